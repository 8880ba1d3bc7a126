// The reported logs of a trace by span, and the worst of them.

import { keyOf } from "./model.js";

const NONE = { total: 0, byRow: new Map(), others: [] };

/** Groups logs by the row of their span. Logs whose span is not stored are in `others`. */
export function groupLogs(trace, logs, total) {
  if (logs.length === 0) return NONE;
  const rows = new Map();
  for (let row = 0; row < trace.count; row++) rows.set(keyOf(trace, row), row);
  const byRow = new Map();
  const others = [];
  for (const log of logs) {
    const row = log.spanId === null ? undefined : rows.get(`${log.segmentId}:${log.spanId}`);
    if (row === undefined) others.push(log);
    else if (byRow.has(row)) byRow.get(row).push(log);
    else byRow.set(row, [log]);
  }
  return { total, byRow, others };
}

/** Whether the level is that of an error. */
export const isError = ({ level }) => /^(error|fatal|severe|critical)$/i.test(level);
const isWarning = ({ level }) => /^warn(ing)?$/i.test(level);

/** The tone of the worst log: `error`, `warn` or an empty text. */
export const worst = (logs) =>
  (logs.some(isError) ? "error" : logs.some(isWarning) ? "warn" : "");
