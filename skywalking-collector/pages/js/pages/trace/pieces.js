// What is drawn in the row of a span: the parts of its bar, and where its text fits.

import { place } from "./scale.js";

/** More parts than these are not drawn. */
const MOST = 200;

/**
 * Returns the self time of a span within a range: the intervals without a running child, in
 * milliseconds after the start of the trace. Intervals closer than `least` are one.
 */
export function selfPieces(trace, row, range, least) {
  const { parent, start, duration, last } = trace;
  const end = Math.min(start[row] + duration[row], range.to);
  const pieces = [];
  let from = Math.max(start[row], range.from);
  const add = (to) => {
    if (to <= from) return;
    const before = pieces[pieces.length - 1];
    if (before && (from - before[1] < least || pieces.length === MOST)) before[1] = to;
    else pieces.push([from, to]);
  };
  for (let child = row + 1; child < last[row] && from < end; child = last[child]) {
    if (parent[child] !== row) break;
    add(Math.min(start[child], end));
    from = Math.max(from, start[child] + duration[child]);
  }
  add(end);
  return pieces;
}

/** Cuts intervals to a range and joins those closer than `least`. */
export function clip(intervals, range, least) {
  const pieces = [];
  for (const [start, end] of intervals) {
    const from = Math.max(start, range.from);
    const to = Math.min(end, range.to);
    if (to < from) continue;
    const before = pieces[pieces.length - 1];
    if (before && (from - before[1] < least || pieces.length === MOST)) before[1] = to;
    else pieces.push([from, to]);
  }
  return pieces;
}

/** Returns the place of an interval in percent of the range, cut at its ends, or null outside. */
export function percentOf(range, from, to) {
  const left = place(range, from);
  const right = place(range, to);
  if (right < 0 || left > 1) return null;
  const cut = Math.max(0, left);
  return { left: cut * 100, width: (Math.min(1, right) - cut) * 100 };
}

/**
 * Returns where the text of a bar goes, `after` it, `before` it or `inside` at its end, and how
 * wide it may be in px. A text that fits nowhere is cut, but not below `least`.
 *
 * @param {{left: number, width: number}} bar in percent
 * @param {number} track the width of the whole range in px
 * @param {number} margin the space after the range in px
 * @param {number} text the width of the whole text in px
 * @param {number} least the width of the part that must be readable in px
 */
export function textPlace(bar, track, margin, text, least) {
  const after = ((100 - bar.left - bar.width) / 100) * track + margin;
  const before = (bar.left / 100) * track;
  if (after >= text) return { side: "after", width: after };
  if (before >= text) return { side: "before", width: before };
  const side = after >= before ? "after" : "before";
  const width = Math.max(after, before);
  if (width >= least) return { side, width };
  return { side: "inside", width: (bar.width / 100) * track };
}
