// The graph of a topology: what the map draws, bounded and in an order that numbers don't change.

/** The map draws at most this many nodes and calls. The table lists all of them. */
export const MAX_NODES = 150;
const MAX_CALLS = 400;

const byText = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** Returns the nodes with the most calls and the calls between them, sorted by name and id. */
export function bounded({ nodes, calls }) {
  const kept = nodes.length <= MAX_NODES
    ? [...nodes]
    : [...nodes].sort((a, b) => (b.calls - a.calls) || byText(a.id, b.id)).slice(0, MAX_NODES);
  const ids = new Set(kept.map((node) => node.id));
  const inside = calls.filter((call) => ids.has(call.source) && ids.has(call.target));
  const most = inside.length <= MAX_CALLS
    ? inside
    : inside.sort((a, b) => (b.calls - a.calls) || byText(a.id, b.id)).slice(0, MAX_CALLS);
  const isUser = (node) => (node.kind === "user" ? 0 : 1);
  return {
    nodes: kept.sort((a, b) =>
      isUser(a) - isUser(b) || byText(a.name, b.name) || byText(a.id, b.id)),
    calls: most.sort((a, b) => byText(a.id, b.id)),
    omittedNodes: nodes.length - kept.length,
    omittedCalls: calls.length - most.length,
  };
}

/** Returns a text that is equal for graphs with the same nodes and calls. */
export function shapeOf({ nodes, calls }) {
  return JSON.stringify([nodes.map((node) => node.id), calls.map((call) => call.id)]);
}

/**
 * Returns the ids of the calls that lead back towards the roots: without them the graph has no
 * cycle. Only calls of a cycle can be among them. Roots are `User` and nodes that nothing calls.
 */
export function backCalls(graph) {
  const rank = distances(graph);
  const cycleOf = components(graph);
  const back = new Set();
  for (const { id, source, target } of graph.calls) {
    const isCycle = source !== target && cycleOf.get(source) === cycleOf.get(target);
    if (isCycle && rank.get(source) > rank.get(target)) back.add(id);
  }
  return back;
}

function outgoingOf({ nodes, calls }) {
  const outgoing = new Map(nodes.map((node) => [node.id, []]));
  for (const { source, target } of calls) if (source !== target) outgoing.get(source).push(target);
  return outgoing;
}

/** Returns the place of each node in the order of the distance from the roots. */
function distances({ nodes, calls }) {
  const outgoing = outgoingOf({ nodes, calls });
  const called = new Set([...outgoing.values()].flat());
  const order = new Map();
  const roots = nodes.filter(({ id }) => !called.has(id));
  for (const starts of [roots, ...nodes.map((node) => [node])]) {
    const queue = starts.map(({ id }) => id).filter((id) => !order.has(id));
    for (const id of queue) order.set(id, order.size);
    for (let at = 0; at < queue.length; at += 1) {
      for (const target of outgoing.get(queue[at])) {
        if (order.has(target)) continue;
        order.set(target, order.size);
        queue.push(target);
      }
    }
  }
  return order;
}

/** Returns a number for each node that only the nodes of the same cycles share (Tarjan). */
function components({ nodes, calls }) {
  const outgoing = outgoingOf({ nodes, calls });
  const index = new Map();
  const low = new Map();
  const component = new Map();
  const open = [];
  const enter = (id) => {
    index.set(id, index.size);
    low.set(id, index.get(id));
    open.push(id);
    return { id, next: 0 };
  };
  const lower = (id, value) => low.set(id, Math.min(low.get(id), value));
  for (const node of nodes) {
    const path = index.has(node.id) ? [] : [enter(node.id)];
    while (path.length > 0) {
      const top = path[path.length - 1];
      const target = outgoing.get(top.id)[top.next];
      top.next += 1;
      if (target !== undefined) {
        if (!index.has(target)) path.push(enter(target));
        else if (!component.has(target)) lower(top.id, index.get(target));
        continue;
      }
      path.pop();
      if (path.length > 0) lower(path[path.length - 1].id, low.get(top.id));
      if (low.get(top.id) !== index.get(top.id)) continue;
      const members = open.splice(open.lastIndexOf(top.id));
      for (const id of members) component.set(id, index.get(top.id));
    }
  }
  return component;
}
