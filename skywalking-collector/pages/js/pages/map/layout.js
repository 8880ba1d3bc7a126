// Places the nodes of a graph in layers: callers first, `User` in the first layer.

import { Graph, layout as arrange } from "../../../vendor/dagre/dagre.mjs";
import { backCalls } from "./graph.js";
import { fit } from "./viewport.js";

/** The size of a node's card. */
export const CARD = { width: 176, height: 52 };
/** A larger graph has numbers only on the edges of the node under the pointer. */
export const MANY_NODES = 30;
/** The space for a number on an edge, and for the lines of a comparison. */
const LABEL = { width: 58, height: 18 };
const CHANGES = { width: 96, height: 18 };
const NO_LABEL = { width: 16, height: 2 };

/** In a large graph a longer call passes other layers. It is drawn lighter. */
const FAR = { right: CARD.width, down: CARD.height + 60 };
const MARGIN = 24;
const LOOP = 30;
/** A node with more leaves than this gets them in several columns. */
const LEAVES = { right: 9, down: 2 };
const MAX_COLUMNS = 4;

/**
 * Returns the centre of each node, and the points of each call with the place of its label.
 *
 * `direction` is `right` or `down`; `lines` is the number of lines on an edge. Numbers have no
 * influence, so a layout stays when they change.
 */
export function layout(graph, direction = "right", lines = 1) {
  const back = backCalls(graph);
  const selfCalls = graph.calls.filter((call) => call.source === call.target);
  const others = graph.calls.filter((call) => call.source !== call.target);
  const loops = new Set(selfCalls.map((call) => call.source));
  const isLarge = graph.nodes.length > MANY_NODES;
  const label = isLarge ? NO_LABEL
    : lines > 1 ? { ...CHANGES, height: CHANGES.height * lines } : LABEL;
  const columns = leafColumns(graph, others, back, LEAVES[direction]);

  const dagre = new Graph({ multigraph: true });
  dagre.setGraph({
    ...(direction === "right"
      ? { rankdir: "LR", ranksep: isLarge ? 44 : 26 }
      : { rankdir: "TB", ranksep: 36 }),
    ...(isLarge ? { nodesep: 14, edgesep: 7 } : { nodesep: 20, edgesep: 12 }),
  });
  for (const node of graph.nodes) {
    // A loop needs space above its card, on both sides to keep the card in the middle.
    const extra = loops.has(node.id) ? 2 * LOOP : 0;
    dagre.setNode(node.id, { width: CARD.width, height: CARD.height + extra });
  }
  for (const call of others) {
    const [from, to] = back.has(call.id) ? [call.target, call.source] : [call.source, call.target];
    const minlen = columns.get(to) ?? 1;
    dagre.setEdge(from, to, { ...label, labelpos: "c", minlen, weight: 1 }, call.id);
  }
  keepFirst(dagre, graph.nodes);
  arrange(dagre);

  const nodes = graph.nodes.map(({ id }) => ({ id, x: dagre.node(id).x, y: dagre.node(id).y }));
  const places = new Map(nodes.map((node) => [node.id, node]));
  const edges = others.map((call) => {
    const isBack = back.has(call.id);
    const edge = isBack
      ? dagre.edge(call.target, call.source, call.id)
      : dagre.edge(call.source, call.target, call.id);
    const inner = edge.points.slice(1, -1).map(({ x, y }) => ({ x, y }));
    if (isBack) inner.reverse();
    const ends = ports(places.get(call.source), places.get(call.target), direction,
      isBack ? edge : null);
    const points = [ends[0], ...inner, ends[1]];
    const axis = direction === "right" ? "x" : "y";
    const isFar = isLarge && Math.abs(ends[1][axis] - ends[0][axis]) > FAR[direction];
    const form = isBack ? "back" : "line";
    return { id: call.id, form, isFar, points, label: { x: edge.x, y: edge.y } };
  });
  for (const call of selfCalls) edges.push(loop(call.id, places.get(call.source)));
  return moved({ nodes, edges, direction });
}

/** Returns the layout for a narrow window, in the direction that fits better. */
export function narrowLayout(graph, size, lines) {
  const [down, right] = ["down", "right"].map((direction) => layout(graph, direction, lines));
  return fit(down, size).scale >= fit(right, size).scale ? down : right;
}

/** The id of a node that is not drawn, before the first layer. */
const START = "\0start";

/** Keeps `User` in the first layer. A node that nothing calls stands before what it calls. */
function keepFirst(dagre, nodes) {
  if (!nodes.some((node) => node.kind === "user")) return;
  dagre.setNode(START, { width: 0, height: 0 });
  for (const { id, kind } of nodes) {
    if ((dagre.inEdges(id) ?? []).length > 0) continue;
    const weight = kind === "user" ? 1000 : 0;
    dagre.setEdge(START, id, { width: 0, height: 0, minlen: 1, weight }, "order");
  }
}

/** Spreads the leaves of a node with many of them over columns. Returns column by node. */
function leafColumns(graph, calls, back, limit) {
  const forward = calls.map((call) =>
    (back.has(call.id) ? [call.target, call.source] : [call.source, call.target]));
  const sources = new Set(forward.map(([from]) => from));
  const leaves = new Map();
  const placed = new Set();
  for (const [from, to] of forward) {
    if (sources.has(to) || placed.has(to)) continue;
    placed.add(to);
    leaves.set(from, [...(leaves.get(from) ?? []), to]);
  }
  const columns = new Map();
  for (const ids of leaves.values()) {
    const count = Math.min(MAX_COLUMNS, Math.ceil(ids.length / limit));
    ids.forEach((id, index) => columns.set(id, 1 + (index % count)));
  }
  return columns;
}

/** Where a call starts and ends at its cards. A back call does so on the side of its label. */
function ports(source, target, direction, back) {
  const sign = back ? -1 : 1;
  const isRight = direction === "right";
  const across = isRight ? "y" : "x";
  const isBefore = back && back[across] < (source[across] + target[across]) / 2;
  const side = back ? (isBefore ? -1 : 1) * (isRight ? 10 : 24) : 0;
  if (isRight) {
    return [
      { x: source.x + sign * CARD.width / 2, y: source.y + side },
      { x: target.x - sign * CARD.width / 2, y: target.y + side },
    ];
  }
  return [
    { x: source.x + side, y: source.y + sign * CARD.height / 2 },
    { x: target.x + side, y: target.y - sign * CARD.height / 2 },
  ];
}

function loop(id, { x, y }) {
  const top = y - CARD.height / 2;
  const points = [{ x: x + 26, y: top }, { x: x + 26, y: top - LOOP }, { x: x + 66, y: top - LOOP },
    { x: x + 66, y: top }];
  return { id, form: "loop", points, label: { x: x + 46, y: top - LOOP * 0.75 } };
}

/** Moves the drawing to the origin, with a margin. */
function moved({ nodes, edges, direction }) {
  const xs = [];
  const ys = [];
  for (const { x, y } of nodes) {
    xs.push(x - CARD.width / 2, x + CARD.width / 2);
    ys.push(y - CARD.height / 2, y + CARD.height / 2);
  }
  for (const { points } of edges) {
    for (const { x, y } of points) {
      xs.push(x);
      ys.push(y);
    }
  }
  const least = (values) => values.reduce((a, b) => Math.min(a, b), Infinity);
  const most = (values) => values.reduce((a, b) => Math.max(a, b), -Infinity);
  if (nodes.length === 0) return { nodes, edges, direction, width: 0, height: 0 };
  const dx = MARGIN - least(xs);
  const dy = MARGIN - least(ys);
  const move = (point) => ({ x: round(point.x + dx), y: round(point.y + dy) });
  return {
    nodes: nodes.map((node) => ({ id: node.id, ...move(node) })),
    edges: edges.map((edge) =>
      ({ ...edge, points: edge.points.map(move), label: move(edge.label) })),
    direction,
    width: round(most(xs) + dx + MARGIN),
    height: round(most(ys) + dy + MARGIN),
  };
}

const round = (value) => Math.round(value * 10) / 10;
