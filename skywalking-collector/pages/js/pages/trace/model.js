// The spans of a trace as typed arrays in tree order, and which of them are shown.

/** Bits of the column `flags`. */
export const FLAG = {
  error: 1,
  skipAnalysis: 2,
  thread: 4,
  process: 8,
  severalReferences: 16,
  logs: 32,
  violation: 64,
  statement: 128,
  continuation: 256,
  negative: 512,
};

/** Values of the column `link`. */
export const LINK = { root: 0, child: 1, reference: 2, parentMissing: 3, cycle: 4 };

export const TYPES = ["Entry", "Exit", "Local"];
export const LAYERS = [
  "Unknown", "Database", "RPCFramework", "Http", "MQ", "Cache", "FAAS", "GenAI",
];

const COLUMNS = {
  segment: Int32Array, spanId: Int32Array, parent: Int32Array, depth: Int32Array,
  link: Uint8Array, service: Int32Array, instance: Int32Array, name: Int32Array,
  peer: Int32Array, component: Int32Array, type: Uint8Array, layer: Uint8Array,
  start: Float64Array, duration: Float64Array, self: Float64Array, flags: Int32Array,
  reason: Int32Array,
};

/**
 * Reads the JSON of a skeleton into typed arrays. Adds the index of the children.
 *
 * `startTime` is in epoch milliseconds, `length` the duration of the trace in milliseconds.
 */
export function readSkeleton(json) {
  const count = json.columns.start.length;
  const columns = {};
  for (const [name, Type] of Object.entries(COLUMNS)) {
    columns[name] = Type.from(json.columns[name]);
  }
  const { last, children } = indexChildren(columns.parent, count);
  return {
    traceId: json.traceId,
    startTime: json.start,
    length: Math.max(0, json.end - json.start),
    count,
    services: json.services,
    instances: json.instances,
    names: json.names,
    peers: json.peers,
    components: json.components,
    reasons: json.reasons,
    segments: json.segments,
    ...columns,
    last,
    children,
    errors: rowsWith(columns.flags, FLAG.error),
    critical: piecesByRow(json.critical),
    notes: byRow(json.notes),
    violations: byRow(json.violations),
  };
}

/** Returns for each row the row after its subtree (`last`) and its number of children. */
function indexChildren(parent, count) {
  const last = new Int32Array(count);
  const children = new Int32Array(count);
  for (let row = count - 1; row >= 0; row--) {
    if (last[row] === 0) last[row] = row + 1;
    const above = parent[row];
    if (above >= 0) {
      children[above]++;
      if (last[row] > last[above]) last[above] = last[row];
    }
  }
  return { last, children };
}

function rowsWith(flags, bit) {
  const rows = [];
  for (let row = 0; row < flags.length; row++) if (flags[row] & bit) rows.push(row);
  return Int32Array.from(rows);
}

function piecesByRow(critical) {
  const rows = new Map();
  for (const [row, from, to] of critical) {
    const pieces = rows.get(row);
    if (pieces) pieces.push([from, to]);
    else rows.set(row, [[from, to]]);
  }
  return rows;
}

/** Groups notes or violations by their row. Those of the whole trace are under -1. */
function byRow(list) {
  const rows = new Map();
  for (const one of list) {
    const row = one.row ?? -1;
    const group = rows.get(row);
    if (group) group.push(one);
    else rows.set(row, [one]);
  }
  return rows;
}

/** Identifies a span in the address: its segment and number. */
export function keyOf(trace, row) {
  return `${trace.segments[trace.segment[row]]}:${trace.spanId[row]}`;
}

/** Returns the row of a key, or -1. */
export function rowOf(trace, key) {
  const colon = (key ?? "").lastIndexOf(":");
  if (colon < 0) return -1;
  const segment = trace.segments.indexOf(key.slice(0, colon));
  const spanId = Number(key.slice(colon + 1));
  if (segment < 0) return -1;
  for (let row = 0; row < trace.count; row++) {
    if (trace.segment[row] === segment && trace.spanId[row] === spanId) return row;
  }
  return -1;
}

/** Marks the rows whose texts contain `text`, in any case. `found` are further rows. */
export function matchText(trace, text, found = []) {
  const wanted = text.toLowerCase();
  const contains = (texts) => texts.map((one) => one.toLowerCase().includes(wanted));
  const tables = [
    [contains(trace.names), trace.name],
    [contains(trace.services), trace.service],
    [contains(trace.instances), trace.instance],
    [contains(trace.peers), trace.peer],
    [contains(trace.components), trace.component],
    [contains(trace.reasons), trace.reason],
  ].filter(([hits]) => hits.includes(true));
  const match = new Uint8Array(trace.count);
  for (const [hits, column] of tables) {
    for (let row = 0; row < trace.count; row++) if (hits[column[row]]) match[row] = 1;
  }
  for (const row of found) if (row < trace.count) match[row] = 1;
  return match;
}

/**
 * Returns the rows to show, in order.
 *
 * A row that passes every filter is shown with its ancestors, which are context. Rows of a hidden
 * service are left out; their children move one level up.
 *
 * @param {object} trace
 * @param {{match?: Uint8Array, minDuration?: number, errorsOnly?: boolean, hidden?: Set<number>,
 *   collapsed?: Uint8Array}} filter
 * @returns {{rows: Int32Array, depth: Int32Array, passes: Uint8Array, matched: number}} `depth` and
 *   `passes` are by row of the trace
 */
export function visibleRows(trace, filter) {
  const { match, minDuration = 0, errorsOnly = false, hidden, collapsed } = filter;
  const { count, parent, service, flags, duration, last } = trace;
  const isHidden = Uint8Array.from(trace.services, (_, index) => (hidden?.has(index) ? 1 : 0));
  const passes = new Uint8Array(count);
  const shown = new Uint8Array(count);
  let matched = 0;
  for (let row = count - 1; row >= 0; row--) {
    if (
      !isHidden[service[row]] && (!match || match[row]) && duration[row] >= minDuration &&
      (!errorsOnly || flags[row] & FLAG.error)
    ) {
      passes[row] = 1;
      shown[row] = 1;
      matched++;
    }
    if (shown[row] && parent[row] >= 0) shown[parent[row]] = 1;
  }
  const depth = new Int32Array(count);
  const rows = new Int32Array(count);
  let length = 0;
  let row = 0;
  while (row < count) {
    const above = parent[row];
    const visible = shown[row] && !isHidden[service[row]];
    if (above >= 0) depth[row] = depth[above] + (isHidden[service[above]] ? 0 : 1);
    if (visible) rows[length++] = row;
    row = visible && collapsed?.[row] ? last[row] : row + 1;
  }
  return { rows: rows.slice(0, length), depth, passes, matched };
}

/** Returns the position of the last entry of the sorted `rows` that is at most `row`, or -1. */
export function positionAtMost(rows, row) {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle] <= row) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Returns the error after (`step` 1) or before (-1) a row, starting over at the end, or -1. */
export function nextError(trace, row, step) {
  const { errors } = trace;
  if (errors.length === 0) return -1;
  const at = positionAtMost(errors, row);
  const next = step > 0 ? at + 1 : at - (errors[at] === row ? 1 : 0);
  return errors[(next + errors.length) % errors.length];
}

/** Returns which rows are collapsed: those at `depth` or deeper, except for the toggled rows. */
export function collapsedRows(trace, depth, toggled) {
  const collapsed = new Uint8Array(trace.count);
  if (depth !== null) {
    for (let row = 0; row < trace.count; row++) {
      if (trace.depth[row] >= depth && trace.children[row] > 0) collapsed[row] = 1;
    }
  }
  for (const row of toggled) {
    if (trace.children[row] > 0) collapsed[row] = collapsed[row] ? 0 : 1;
  }
  return collapsed;
}

/** Returns the collapsed ancestors of a row, which hide it. */
export function collapsedAbove(trace, row, collapsed) {
  const above = [];
  for (let at = trace.parent[row]; at >= 0; at = trace.parent[at]) {
    if (collapsed[at]) above.push(at);
  }
  return above;
}
