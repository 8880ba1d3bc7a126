// The whole trace in a strip. A drag selects the range that the waterfall shows.

import { useEffect, useRef } from "preact/hooks";
import { html } from "../../html.js";
import { colorIndex, computed } from "../../colors.js";
import { useStore } from "../../store.js";
import { theme } from "../../ui/theme.js";
import { FLAG } from "./model.js";
import { isWhole, place, whole } from "./scale.js";
import { useRangeDrag } from "./ruler.js";
import { useWidth } from "./waterfall.js";

const HEIGHT = 44;
const LINE = 2;

/** A line of the strip stands for many rows. At most these are drawn. */
const MOST_IN_LINE = 12;

/** Returns what to draw: rectangles `[x, width, line, colour]` in px, errors last. */
function strip(trace, width, lines) {
  const range = whole(trace.length);
  const rectangles = [];
  const errors = [];
  const used = Math.min(lines, Math.max(trace.count, 1));
  for (let line = 0; line < used; line++) {
    const first = Math.floor((line * trace.count) / used);
    const end = Math.floor(((line + 1) * trace.count) / used);
    const by = Math.max(1, Math.ceil((end - first) / MOST_IN_LINE));
    for (let row = first; row < end; row++) {
      const isError = (trace.flags[row] & FLAG.error) !== 0;
      if (!isError && (row - first) % by !== 0) continue;
      const x = place(range, trace.start[row]) * width;
      const long = Math.max(2, (trace.duration[row] / (range.to - range.from)) * width);
      if (isError) errors.push([x, long, line, -1]);
      else rectangles.push([x, long, line, trace.service[row]]);
    }
  }
  return { used, rectangles: rectangles.concat(errors.slice(0, lines * MOST_IN_LINE)) };
}

function draw(canvas, trace, width) {
  const scale = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(HEIGHT * scale);
  const context = canvas.getContext("2d");
  context.scale(scale, scale);
  context.clearRect(0, 0, width, HEIGHT);
  const { used, rectangles } = strip(trace, width, Math.floor(HEIGHT / LINE));
  const pitch = Math.min(6, HEIGHT / used);
  const colors = new Map([[-1, computed("--error-solid")]]);
  const colorFor = (service) => {
    if (!colors.has(service)) {
      colors.set(service, computed(`--service-${colorIndex(trace.services[service])}`));
    }
    return colors.get(service);
  };
  for (const [x, long, line, service] of rectangles) {
    context.fillStyle = colorFor(service);
    context.fillRect(x, line * pitch, long, Math.max(1, pitch - 1));
  }
}

/** `<${Minimap} trace range onZoom />` */
export function Minimap({ trace, range, onZoom }) {
  const canvas = useRef(null);
  const box = useRef(null);
  const width = useWidth(box);
  const colors = useStore(theme);
  const all = whole(trace.length);
  const { selection, handlers } = useRangeDrag(all, onZoom);
  useEffect(() => {
    if (canvas.current && width > 0) draw(canvas.current, trace, width);
  }, [trace, width, colors]);
  const left = place(all, range.from) * 100;
  const right = 100 - place(all, range.to) * 100;
  const zoomed = !isWhole(range, trace.length);
  return html`<div class="minimap" ref=${box} ...${handlers} onDblClick=${() => onZoom(all)}
    title="Drag to zoom. Double-click shows all." role="img" aria-label="Overview of the trace">
    <canvas ref=${canvas} />
    ${zoomed && html`<span class="minimap-shade" style=${{ left: 0, width: `${left}%` }} />
      <span class="minimap-shade" style=${{ right: 0, width: `${right}%` }} />
      <span class="minimap-window" style=${{ left: `${left}%`, right: `${right}%` }} />`}
    ${selection && html`<span class="range-drag" style=${selection} />`}
  </div>`;
}
