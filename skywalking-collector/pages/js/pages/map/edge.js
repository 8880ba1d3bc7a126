// An edge of the map: a curve with an arrow, and the label on it.
import { html } from "../../html.js";
import { middle } from "../../format.js";
import { FAMILY, widest } from "./cut.js";
import { errorLevel, errorShare, pathOf, widthOf } from "./edges.js";
import { labelSize } from "./sizes.js";
import { changeLines, changeSentence, numbers, perMinute } from "./words.js";

/** The arrow at the end of an edge, in the direction of the layers or against it. */
function arrowOf({ form, points }, direction, width) {
  const { x, y } = points[points.length - 1];
  const size = 5 + width * 0.9;
  const turn = form === "loop" ? 90
    : (direction === "right" ? 0 : 90) + (form === "back" ? 180 : 0);
  return html`<path class="map-arrow" transform=${`translate(${x} ${y}) rotate(${turn})`}
    d=${`M0 0L${-size * 1.25} ${size * 0.6}V${-size * 0.6}z`} />`;
}

export function MapEdge({ call, edge, direction, most, state, onOpen, onPoint }) {
  const width = widthOf(call.perMinute, most);
  const path = pathOf(edge, direction);
  const level = errorLevel(errorShare(call));
  const far = edge.isFar ? "far" : "";
  return html`<g class=${`map-edge errors-${level} ${call.change?.state ?? ""} ${far} ${state}`}
    data-call=${call.id} onClick=${() => onOpen(call.id)}
    onPointerEnter=${(event) => onPoint(call.id, event)}
    onPointerLeave=${(event) => onPoint(null, event)}>
    <path class="map-line" d=${path} stroke-width=${width} />
    ${arrowOf(edge, direction, width)}
    <path class="map-touch" d=${path} />
  </g>`;
}

/** The label of an edge: its rate, or what changed. */
export function EdgeLabel({ call, edge, scale }) {
  const lines = call.change ? changeLines(call.change) : [perMinute(call)];
  if (lines.length === 0) return null;
  const size = labelSize(scale);
  const step = size * 1.25;
  const width = widest(lines, `${size}px ${FAMILY}`) + size * 0.7;
  const height = lines.length * step + 2;
  return html`<g class="map-label" transform=${`translate(${edge.label.x} ${edge.label.y})`}
    font-size=${size}>
    <rect x=${-width / 2} y=${-height / 2} width=${width} height=${height} rx="4" />
    ${lines.map((line, row) => html`<text key=${row}
      y=${(row - (lines.length - 1) / 2) * step + size * 0.35}
      class=${call.change ? "map-change" : ""}>${line}</text>`)}
  </g>`;
}

const LINE = 15;

/** The label of an edge under the pointer: all numbers, at the same size at any zoom. */
export function EdgeHint({ call, edge, scale, names }) {
  const before = call.change ? [changeSentence(call.change)] : [];
  const lines = [names.map((name) => middle(name, 36)).join(" → "), numbers(call), ...before];
  const width = widest(lines, `500 12px ${FAMILY}`) + 20;
  const height = lines.length * LINE + 12;
  return html`<g class="map-hint"
    transform=${`translate(${edge.label.x} ${edge.label.y}) scale(${1 / scale})`}>
    <rect x=${-width / 2} y=${-height - 8} width=${width} height=${height} rx="6" />
    ${lines.map((line, row) => html`<text key=${row} x="0" y=${-height + 8 + row * LINE}
      class=${row === 0 ? "map-hint-title" : ""}>${line}</text>`)}
  </g>`;
}
