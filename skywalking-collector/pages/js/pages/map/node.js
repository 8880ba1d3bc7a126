// A node of the map: a card with its icon, its name and its numbers.
import { html } from "../../html.js";
import { colorOf } from "../../colors.js";
import { percent } from "../../format.js";
import { FAMILY, linesFor, widest } from "./cut.js";
import { errorShare, ringOf } from "./edges.js";
import { KindShape } from "./icons.js";
import { CARD } from "./layout.js";
import { nameSize, numbersSize } from "./sizes.js";
import { changeOfRate, nodeLabel, perMinute } from "./words.js";

const RADIUS = 16;
const TEXT_X = -CARD.width / 2 + 46;
const TEXT_WIDTH = CARD.width - 54;

export function MapNode({ node, place, scale, overview, state, isOpen, onOpen, onPoint, onFocus }) {
  const size = nameSize(scale, overview);
  const share = errorShare(node);
  const press = (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    onOpen(node.id, true);
  };
  // A click focuses, too. A move of the drawing would take the node away from below the pointer.
  const focus = ({ target }) => target.matches(":focus-visible") && onFocus(node.id);
  const { state: change } = node.change ?? {};
  return html`<g class=${`map-node ${state} ${change ?? ""}${isOpen ? " open" : ""}`} role="button"
    tabindex="0" data-node=${node.id}
    aria-expanded=${isOpen ? "true" : "false"} transform=${`translate(${place.x} ${place.y})`}
    onClick=${() => onOpen(node.id, false)} onKeyDown=${press} onFocus=${focus}
    onPointerEnter=${(event) => onPoint(node.id, event)}
    onPointerLeave=${(event) => onPoint(null, event)}>
    <title>${nodeLabel(node)}</title>
    <g aria-hidden="true">
      <rect class="map-card" x=${-CARD.width / 2} y=${-CARD.height / 2} rx="8"
        width=${CARD.width} height=${CARD.height} />
      <g transform=${`translate(${-CARD.width / 2 + 24} 0)`}
        style=${node.kind === "service" ? { color: colorOf(node.name) } : null}>
        <circle class="map-ring" r=${RADIUS} />
        <path class="map-ring-errors" d=${ringOf(share, RADIUS)} />
        <${KindShape} kind=${node.kind} />
      </g>
      <${NodeName} name=${node.name} size=${size} overview=${overview} />
      ${!overview && html`<${NodeNumbers} node=${node} share=${share}
        size=${numbersSize(scale)} />`}
    </g>
  </g>`;
}

/** Rate and errors, or what changed. */
function NodeNumbers({ node, share, size }) {
  const { state: change } = node.change ?? {};
  const calls = perMinute(node);
  const errors = `${percent(share)} errors`;
  const isWide = widest([calls + errors], `${size}px ${FAMILY}`) + 6 > TEXT_WIDTH;
  return html`<text class="map-numbers" x=${TEXT_X} y="15" font-size=${size}>
    ${change === "new" || change === "gone" ? `${change} ` : ""}
    ${change !== "gone" && calls}
    ${change === "kept" && html`<tspan dx="6">${changeOfRate(node.change.perMinute)}</tspan>`}
    ${!change && share > 0 && html`<tspan dx="6" class="map-errors">
      ${isWide ? `${percent(share)} err` : errors}</tspan>`}
  </text>`;
}

function NodeName({ name, size, overview }) {
  const lines = linesFor(name, TEXT_WIDTH, `500 ${size}px ${FAMILY}`, overview ? 2 : 1);
  const first = overview ? size * (lines.length === 1 ? 0.35 : -0.2) : -4;
  return lines.map((line, row) => html`<text key=${row} class="map-name" x=${TEXT_X}
    y=${first + row * size * 1.08} font-size=${size}>${line}</text>`);
}
