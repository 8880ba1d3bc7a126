// Gaps: the parts of a span with children in which none of its children runs.

/** A gap has a name from this share of the trace's duration on. */
const SHARE = 0.1;

/**
 * Finds the gaps that take more than a tenth of the trace. Spans without children have none.
 *
 * @returns {Map<number, {from: number, to: number, kind: "before" | "between" | "after"}[]>}
 *   by row, with times in milliseconds after the start of the trace
 */
export function findGaps(trace) {
  const { count, parent, start, duration } = trace;
  const least = trace.length * SHARE;
  const gaps = new Map();
  if (least <= 0) return gaps;
  // Siblings are in the order of their start, so one pass sees the children of a span in order.
  const covered = Float64Array.from(start);
  const add = (row, from, to, kind) => {
    if (to - from <= least) return;
    const list = gaps.get(row);
    if (list) list.push({ from, to, kind });
    else gaps.set(row, [{ from, to, kind }]);
  };
  const seen = new Uint8Array(count);
  for (let row = 0; row < count; row++) {
    const above = parent[row];
    if (above < 0) continue;
    const end = start[above] + duration[above];
    const from = Math.min(Math.max(start[row], start[above]), end);
    const to = Math.min(Math.max(start[row] + duration[row], start[above]), end);
    add(above, covered[above], from, seen[above] ? "between" : "before");
    seen[above] = 1;
    if (to > covered[above]) covered[above] = to;
  }
  for (let row = 0; row < count; row++) {
    if (seen[row]) add(row, covered[row], start[row] + duration[row], "after");
  }
  return gaps;
}

/** Describes a gap. `format` formats a duration in milliseconds. */
export function describeGap(gap, format) {
  const long = format(gap.to - gap.from);
  switch (gap.kind) {
    case "before":
      return `${long} before the first child`;
    case "after":
      return `${long} after the last child`;
    default:
      return `${long} between two children`;
  }
}
