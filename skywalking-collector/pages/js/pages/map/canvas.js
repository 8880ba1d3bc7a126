// The drawing of the map, with pan, zoom and selection.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { html } from "../../html.js";
import { useKeys } from "../../keys.js";
import { EdgeHint, EdgeLabel, MapEdge } from "./edge.js";
import { bounded, shapeOf } from "./graph.js";
import { CARD, layout, MANY_NODES, narrowLayout } from "./layout.js";
import { useMotion } from "./motion.js";
import { MapNode } from "./node.js";
import { revealed } from "./viewport.js";
import { ZoomButtons } from "./zoom.js";

/** Below this scale only names are readable, so numbers are left out and names become larger. */
const OVERVIEW = 0.62;
/** A narrower map has its layers from top to bottom. */
const NARROW = 560;
const STEP = 60;

/** Which nodes and calls belong to what is selected or under the pointer; null for all. */
function related({ calls }, focus) {
  if (!focus) return null;
  const ids = new Set([focus]);
  for (const call of calls) {
    if (call.id === focus) ids.add(call.source).add(call.target);
    if (call.source === focus) ids.add(call.id).add(call.target);
    if (call.target === focus) ids.add(call.id).add(call.source);
  }
  return ids;
}

export function Canvas({ topology, selected, panelSpace, onSelect }) {
  const graph = useMemo(() => bounded(topology), [topology]);
  const [narrow, setNarrow] = useState(null);
  const shape = shapeOf(graph);
  const lines = graph.calls.some((call) => call.change) ? 3 : 1;
  const drawing = useMemo(
    () => (narrow ? narrowLayout(graph, narrow, lines) : layout(graph, "right", lines)),
    [shape, narrow, lines]);
  const places = useMemo(() => new Map(drawing.nodes.map((node) => [node.id, node])), [drawing]);
  const edges = useMemo(() => new Map(drawing.edges.map((edge) => [edge.id, edge])), [drawing]);
  const motion = useMotion(drawing);
  const { view, size } = motion;
  const [pointed, setPointed] = useState(null);
  // Where the pointer was at a click. The drawing can move below it without a move of the pointer.
  const still = useRef({});
  const press = ({ clientX, clientY }) => {
    still.current = { clientX, clientY };
  };
  const point = (id, { clientX, clientY }) => {
    if (clientX === still.current.clientX && clientY === still.current.clientY) return;
    setPointed(id);
  };

  useEffect(() => {
    if (size.width > 0) setNarrow(size.width < NARROW ? size : null);
  }, [size.width]);
  /** Moves the drawing so that a node or a call, and if possible what it relates to, is in view. */
  const show = (id) => {
    if (size.width === 0) return;
    const free = { width: size.width - panelSpace.right, height: size.height - panelSpace.bottom };
    const margin = {
      x: Math.min((CARD.width / 2) * view.scale + 16, free.width / 2),
      y: Math.min((CARD.height / 2) * view.scale + 16, free.height / 2),
    };
    const ids = [...related(graph, id)].filter((other) => other !== id && places.has(other));
    const next = [...ids, id].map((each) => places.get(each) ?? edges.get(each)?.label)
      .filter(Boolean)
      .reduce((from, place) => revealed(from, place, free, margin), view);
    if (next.x === view.x && next.y === view.y) return;
    motion.reveal(next);
    setPointed(null);
  };
  useEffect(() => {
    if (selected) show(selected);
    else motion.reveal(null);
  }, [selected, size.width, drawing]);
  useKeys("Map", {
    "+": { label: "Zoom in", run: () => motion.zoom(1.25) },
    "=": { label: "Zoom in", run: () => motion.zoom(1.25) },
    "-": { label: "Zoom out", run: () => motion.zoom(0.8) },
    0: { label: "Fit the window", run: motion.reset },
    ArrowLeft: { label: "Move to the left", run: () => motion.pan(STEP, 0) },
    ArrowRight: { label: "Move to the right", run: () => motion.pan(-STEP, 0) },
    ArrowUp: { label: "Move up", run: () => motion.pan(0, STEP) },
    ArrowDown: { label: "Move down", run: () => motion.pan(0, -STEP) },
  });

  const overview = view.scale < OVERVIEW;
  const focus = related(graph, pointed ?? selected);
  // Calls that pass other layers are below the others.
  const isFar = ({ id }) => Number(Boolean(edges.get(id).isFar));
  const drawn = [...graph.calls].sort((a, b) => isFar(b) - isFar(a));
  const hinted = graph.calls.find((call) => call.id === pointed);
  const labelled = overview ? [] : graph.calls.filter((call) => call !== hinted
    && (focus ? focus.has(call.id) : graph.nodes.length <= MANY_NODES));
  const stateOf = (id) => (!focus || focus.has(id) ? "" : pointed ? "dimmed" : "muted");
  const most = graph.calls.reduce((max, call) => Math.max(max, call.perMinute), 0);
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const open = (id, byKey) => (byKey || !motion.dragged()) && onSelect(id, byKey);
  const close = (event) => {
    if (!motion.dragged() && !event.target.closest("[data-node], [data-call]")) onSelect(null);
  };
  const common = { direction: drawing.direction, most, onPoint: point, onOpen: open };
  // In tab order nodes follow their layers.
  const axis = drawing.direction === "right" ? "x" : "y";
  const ordered = [...drawing.nodes].sort((a, b) => a[axis] - b[axis] || a.x - b.x || a.y - b.y);

  return html`<div class="map-canvas" ref=${motion.box}>
    <svg class="map-svg" width=${size.width} height=${size.height} role="group"
      aria-label="Map of the services. Tab moves through the nodes, Enter opens one."
      onClick=${close} onPointerDown=${press}>
      <g transform=${`translate(${view.x} ${view.y}) scale(${view.scale})`}>
        <g aria-hidden="true">
          ${drawn.map((call) => html`<${MapEdge} key=${call.id} call=${call}
            edge=${edges.get(call.id)} state=${stateOf(call.id)} ...${common} />`)}
          ${labelled.map((call) => html`<${EdgeLabel} key=${call.id} call=${call}
            edge=${edges.get(call.id)} scale=${view.scale} />`)}
        </g>
        ${ordered.map((place) => html`<${MapNode} key=${place.id} node=${nodes.get(place.id)}
          place=${place} scale=${view.scale} overview=${overview} state=${stateOf(place.id)}
          isOpen=${selected === place.id} onOpen=${open} onPoint=${point}
          onFocus=${show} />`)}
        ${hinted && html`<g aria-hidden="true"><${EdgeHint} call=${hinted}
          edge=${edges.get(hinted.id)} scale=${view.scale}
          names=${[nodes.get(hinted.source).name, nodes.get(hinted.target).name]} /></g>`}
      </g>
    </svg>
    <${ZoomButtons} motion=${motion} />
    ${graph.omittedNodes + graph.omittedCalls > 0 && html`<p class="map-note">
      The map shows the ${graph.nodes.length} busiest of ${topology.nodes.length} nodes and
      ${" "}${graph.calls.length} of ${topology.calls.length} calls. The table lists all.</p>`}
  </div>`;
}
