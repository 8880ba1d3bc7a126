import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { backCalls, bounded, MAX_NODES, shapeOf } from "../../../pages/js/pages/map/graph.js";
import { CARD, layout } from "../../../pages/js/pages/map/layout.js";
import { call, cycle, generated, node, three } from "./fixtures.js";

const placed = (topology, direction) => layout(bounded(topology), direction);
const places = (drawing) => new Map(drawing.nodes.map((item) => [item.id, item]));

function overlaps(nodes) {
  return nodes.flatMap((a, index) => nodes.slice(index + 1).filter((b) =>
    Math.abs(a.x - b.x) < CARD.width && Math.abs(a.y - b.y) < CARD.height));
}

for (const [title, topology] of [["3 nodes", three()], ["20 nodes", generated(20)],
  ["60 nodes", generated(60)]]) {
  for (const direction of ["right", "down"]) {
    describe(`layout of ${title}, ${direction}`, () => {
      const drawing = placed(topology, direction);
      const axis = direction === "right" ? "x" : "y";

      it("has each node and each call once", () => {
        assert.equal(drawing.nodes.length, topology.nodes.length);
        assert.deepEqual(drawing.edges.map((edge) => edge.id).sort(),
          topology.calls.map((item) => item.id).sort());
      });
      it("places User in the first layer", () => {
        const user = topology.nodes.find((item) => item.kind === "user");
        const { [axis]: first } = places(drawing).get(user.id);
        const others = drawing.nodes.filter((item) => item.id !== user.id);
        assert.ok(others.every((item) => item[axis] >= first));
      });
      it("overlaps no cards", () => assert.deepEqual(overlaps(drawing.nodes), []));
      it("stays within its size", () => {
        const points = drawing.edges.flatMap((edge) => edge.points);
        for (const { x, y } of [...points, ...drawing.nodes]) {
          assert.ok(x >= 0 && x <= drawing.width && y >= 0 && y <= drawing.height, `${x} ${y}`);
        }
      });
      it("places callers before what they call, unless the call is a back call", () => {
        const at = places(drawing);
        const calls = new Map(topology.calls.map((item) => [item.id, item]));
        for (const { id, form } of drawing.edges) {
          const [source, target] = [at.get(calls.get(id).source), at.get(calls.get(id).target)];
          if (form === "line") assert.ok(source[axis] < target[axis], id);
          if (form === "back") assert.ok(source[axis] > target[axis], id);
        }
      });
    });
  }
}

describe("layout stability", () => {
  it("ignores numbers and the order of the response", () => {
    const topology = generated(60);
    const busier = (item) => ({ ...item, calls: item.calls * 3 + 1, p95: 900, errors: 1 });
    const changed = {
      nodes: topology.nodes.map(busier).reverse(), calls: topology.calls.map(busier).reverse(),
    };
    assert.equal(shapeOf(bounded(changed)), shapeOf(bounded(topology)));
    assert.deepEqual(placed(changed), placed(topology));
  });
});

describe("cycles", () => {
  it("draws a call back as an arc apart from the call", () => {
    const { edges } = placed(cycle());
    assert.deepEqual(edges.map((edge) => edge.form).sort(), ["back", "line", "line", "loop"]);
    const back = edges.find((edge) => edge.form === "back");
    const [a, b] = [back.points[0], back.points[back.points.length - 1]];
    const forward = edges.find((edge) => edge.form === "line" && edge.points[0].x > 100);
    assert.ok(a.x > b.x, "it leads to the left");
    assert.ok(Math.abs(forward.label.y - back.label.y) > 10, "labels are apart");
  });
  it("finds no back call in a graph without cycles", () => {
    assert.equal(backCalls(bounded(three())).size, 0);
  });
  it("leaves no cycle in a ring of many nodes", () => {
    const nodes = Array.from({ length: 150 }, (_, at) => node(`s${String(at).padStart(3, "0")}`));
    const calls = nodes.map((item, at) => call(item, nodes[(at + 1) % nodes.length]));
    assert.equal(backCalls(bounded({ nodes, calls })).size, 1);
  });
});

describe("leaves", () => {
  it("stand in several columns if a node has many", () => {
    const hub = node("hub");
    const leaves = Array.from({ length: 30 }, (_, at) => node(`leaf${at}`));
    const topology = { nodes: [hub, ...leaves], calls: leaves.map((leaf) => call(hub, leaf)) };
    const drawing = placed(topology);
    assert.deepEqual(overlaps(drawing.nodes), []);
    assert.equal(new Set(drawing.nodes.map((item) => item.x)).size, 5);
  });
});

describe("bounds", () => {
  it("keep the busiest nodes and report the others", () => {
    const nodes = Array.from({ length: MAX_NODES + 5 }, (_, at) => node(`n${at}`, "service",
      { calls: at }));
    const graph = bounded({ nodes, calls: [call(nodes[0], nodes[100])] });
    assert.equal(graph.nodes.length, MAX_NODES);
    assert.equal(graph.omittedNodes, 5);
    assert.equal(graph.omittedCalls, 1);
    assert.ok(graph.nodes.every((item) => item.calls >= 5));
  });
  it("of an empty graph give an empty drawing", () => {
    assert.deepEqual(placed({ nodes: [], calls: [] }),
      { nodes: [], edges: [], direction: "right", width: 0, height: 0 });
  });
  it("print the time of the largest layout", () => {
    const topology = generated(MAX_NODES);
    const before = performance.now();
    const drawing = placed(topology);
    console.log(`${drawing.nodes.length} nodes, ${drawing.edges.length} calls: ${
      Math.round(performance.now() - before)} ms`);
    assert.equal(drawing.nodes.length, MAX_NODES);
  });
});
