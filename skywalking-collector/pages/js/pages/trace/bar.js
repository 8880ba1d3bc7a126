// The bar of a span: self time solid, waiting lighter, the critical path as a line, named gaps, and
// the duration with the reason of an error beside it.

import { html } from "../../html.js";
import { colorOf } from "../../colors.js";
import { duration } from "../../format.js";
import { describeGap } from "./gaps.js";
import { FLAG } from "./model.js";
import { clip, percentOf, selfPieces, textPlace } from "./pieces.js";

/** The space after the range, for the text of bars that end there, in px. */
export const MARGIN = 76;

/** The width of a character of the small font in px, roughly. */
const CHARACTER = 6.5;

const percent = ({ left, width }) => ({ left: `${left}%`, width: `${width}%` });

function intervals(pieces, range, name) {
  return pieces.map(([from, to], index) => html`<i key=${`${name}${index}`} class=${name}
    style=${percent(percentOf(range, from, to))} />`);
}

function gapNames(trace, gaps, row, range, track) {
  return (gaps.get(row) ?? []).map((gap) => {
    const box = percentOf(range, gap.from, gap.to);
    const text = describeGap(gap, duration);
    if (!box || (box.width / 100) * track < text.length * CHARACTER + 16) return null;
    return html`<span key=${`gap${gap.from}`} class="bar-gap" style=${percent(box)}>
      <span>${text}</span></span>`;
  });
}

/** A reason that has less space beside a bar is shown inside of it, in px. */
const LEAST_REASON = 240;

/** A bar that holds so much of a longer reason shows it, in px. */
const LEAST_INSIDE = 90;

/** A reason that is cut to less than this is left out, in px. The details have it. */
const LEAST_CUT = 50;

function beside(side, { left, width }, most) {
  const maxWidth = `${Math.max(40, most - 12)}px`;
  if (side === "after") return { left: `calc(${left + width}% + 6px)`, maxWidth };
  const end = side === "before" ? left : left + width;
  return { right: `calc(${100 - end}% + 6px)`, maxWidth };
}

/**
 * `<${Bar} trace row range track gaps plain />`; `track` is the width of the range in px. `plain`
 * draws the bar alone.
 */
export function Bar({ trace, row, range, track, gaps, plain }) {
  const start = trace.start[row];
  const end = start + trace.duration[row];
  const box = percentOf(range, start, end);
  if (!box) {
    const before = end < range.from;
    return html`<span class=${`bar-outside ${before ? "left" : "right"}`}>
      ${before ? "◂" : ""} ${duration(trace.duration[row])} ${before ? "" : "▸"}
    </span>`;
  }
  const service = { "--service": colorOf(trace.services[trace.service[row]]) };
  if (plain) {
    return html`<div class="bar-track" style=${service}>
      <i class="bar" style=${percent(box)} /></div>`;
  }
  const isError = (trace.flags[row] & FLAG.error) !== 0;
  const reason = isError && trace.reason[row] >= 0 ? trace.reasons[trace.reason[row]] : "";
  const long = duration(trace.duration[row]);
  const least = (range.to - range.from) / Math.max(1, track);
  const self = selfPieces(trace, row, range, least);
  const critical = clip(trace.critical.get(row) ?? [], range, least);
  const forLong = long.length * CHARACTER + 14;
  const width = forLong + (reason ? (reason.length + 2) * CHARACTER : 0);
  const text = textPlace(box, track, MARGIN, width, forLong);
  // A bar that leaves no space beside it holds the reason of its error.
  const barWidth = (box.width / 100) * track;
  const inside = Math.min((reason.length + 3) * CHARACTER, LEAST_INSIDE);
  const holdsReason = reason !== "" && text.width < Math.min(width, LEAST_REASON) &&
    barWidth > inside && barWidth > text.width - forLong;
  const besideReason = reason !== "" && !holdsReason && text.width > forLong + LEAST_CUT;
  return html`<div class="bar-track" style=${service}>
    <i class=${isError ? "bar bar-error" : "bar"} style=${percent(box)} />
    ${intervals(self, range, "bar-self")}
    ${gapNames(trace, gaps, row, range, track)}
    ${intervals(critical, range, "bar-critical")}
    ${holdsReason && html`<span class="bar-text inside" style=${beside("inside", box, barWidth)}>
      <bdi class="bar-reason">${reason}</bdi></span>`}
    <span class=${`bar-text ${text.side}`} style=${beside(text.side, box, text.width)}>
      ${long}
      ${besideReason && html` <bdi class="bar-reason">${reason}</bdi>`}
    </span>
  </div>`;
}
