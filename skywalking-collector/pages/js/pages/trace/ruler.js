// The time ruler above the bars. A drag on it selects the range to show.

import { useRef, useState } from "preact/hooks";
import { html } from "../../html.js";
import { place, ticks } from "./scale.js";

/** A drag that is shorter is a click, in px. */
const SHORTEST_DRAG = 4;

/**
 * Returns handlers that select a range of time by dragging over an element, and the range under the
 * pointer in shares of its width. `onSelect` gets the range in ms.
 */
export function useRangeDrag(range, onSelect) {
  const [drag, setDrag] = useState(null);
  const latest = useRef(null);
  const set = (value) => {
    latest.current = value;
    setDrag(value);
  };
  const share = (event, box) => Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
  const onPointerDown = (event) => {
    if (event.button !== 0) return;
    const box = event.currentTarget.getBoundingClientRect();
    event.currentTarget.setPointerCapture(event.pointerId);
    const at = share(event, box);
    set({ box, start: at, end: at });
  };
  const onPointerMove = (event) => {
    const now = latest.current;
    if (now) set({ ...now, end: share(event, now.box) });
  };
  const onPointerUp = () => {
    const now = latest.current;
    set(null);
    if (!now || Math.abs(now.end - now.start) * now.box.width < SHORTEST_DRAG) return;
    const time = (at) => range.from + at * (range.to - range.from);
    onSelect({
      from: time(Math.min(now.start, now.end)),
      to: time(Math.max(now.start, now.end)),
    });
  };
  return {
    selection: drag && {
      left: `${Math.min(drag.start, drag.end) * 100}%`,
      width: `${Math.abs(drag.end - drag.start) * 100}%`,
    },
    handlers: { onPointerDown, onPointerMove, onPointerUp, onPointerCancel: () => set(null) },
  };
}

/** `<${Ruler} range track onZoom />` */
export function Ruler({ range, track, onZoom }) {
  const { selection, handlers } = useRangeDrag(range, onZoom);
  const marks = ticks(range, Math.max(1, Math.floor(track / 90)));
  return html`<div class="ruler" title="Drag to zoom" ...${handlers}>
    ${marks.map(({ time, label }) => html`<span key=${time} class="tick"
      style=${{ left: `${place(range, time) * 100}%` }}>${label}</span>`)}
    ${selection && html`<span class="range-drag" style=${selection} />`}
  </div>`;
}

/** The lines of the ticks behind the bars. */
export function TickLines({ range, track }) {
  const marks = ticks(range, Math.max(1, Math.floor(track / 90)));
  return html`<div class="tick-lines" aria-hidden="true">
    ${marks.map(({ time }) => html`<i key=${time}
      style=${{ left: `${place(range, time) * 100}%` }} />`)}
  </div>`;
}
