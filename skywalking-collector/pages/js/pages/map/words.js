// The texts of the map.
import { duration, percent, rate } from "../../format.js";
import { trendOf } from "./compare.js";
import { errorShare } from "./edges.js";
import { KINDS, kindOf } from "./icons.js";

export const perMinute = (item) => `${rate(item.perMinute)}/min`;

const errors = (item) => (item.errors > 0 ? `${percent(errorShare(item))} errors` : null);

const p95 = (item) => (item.p95 === null || item.p95 === undefined ? null
  : `p95 ${duration(item.p95)}`);

/** The numbers in one line: `120/min · p95 24 ms · 3.4 % errors`. */
export const numbers = (item) =>
  [perMinute(item), p95(item), errors(item)].filter(Boolean).join(" · ");

/** What a screen reader reads for a node. */
export function nodeLabel(node) {
  const kind = KINDS[kindOf(node.kind)];
  const share = node.errors > 0 ? errors(node) : "no errors";
  return [node.name, kind, `${rate(node.perMinute)} calls a minute`, share, p95(node)]
    .filter(Boolean).join(", ");
}

const ARROWS = { "-1": "▼", 0: "=", 1: "▲" };

/** The change of a number: `▲ 32 %`, `▼ 12 ms`, or `=` if it is about equal. */
function changeText(difference, format) {
  const trend = trendOf(difference);
  if (difference.delta === null || trend === 0) return "=";
  return `${ARROWS[trend]} ${format(Math.abs(difference.delta), difference)}`;
}

/** The change of a rate in percent of the rate before. */
export const changeOfRate = (difference) =>
  changeText(difference, (delta, { ratio }) =>
    (ratio === null ? `${rate(delta)}/min` : percent(Math.abs(ratio))));

export const changeOfLatency = (difference) => changeText(difference, (delta) => duration(delta));

/** In percentage points; differences below 0.05 points are noise. */
export function changeOfErrors({ delta }) {
  if (delta === null || Math.abs(delta) < 0.0005) return "=";
  return `${delta > 0 ? "▲" : "▼"} ${percent(Math.abs(delta)).replace("%", "pts")}`;
}

/** The lines of a label on an edge in a comparison: only what changed. */
export function changeLines({ state, perMinute: calls, p95: latency, errorShare: share }) {
  if (state !== "kept") return [state];
  const lines = [
    ["", changeOfRate(calls)], ["p95 ", changeOfLatency(latency)], ["err ", changeOfErrors(share)],
  ];
  return lines.filter(([, text]) => text !== "=").map((line) => line.join(""));
}

/** The changes in one line, with the values before. */
export function changeSentence({ state, perMinute: calls, p95: latency, errorShare: share }) {
  if (state === "new") return "no calls before";
  const before = [`${rate(calls.before)}/min`,
    latency.before === null ? null : `p95 ${duration(latency.before)}`,
    share.before > 0 ? `${percent(share.before)} errors` : null];
  return `before: ${before.filter(Boolean).join(" · ")}`;
}
