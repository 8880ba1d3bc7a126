import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { changeOf, choiceOf, compare, otherRange, trendOf }
  from "../../../pages/js/pages/map/compare.js";
import { errorLevel, errorShare, pathOf, ringOf, widthOf }
  from "../../../pages/js/pages/map/edges.js";
import { fit, panned, revealed, zoomed } from "../../../pages/js/pages/map/viewport.js";
import { call, node, three } from "./fixtures.js";

describe("edges", () => {
  it("grow with the rate, within limits", () => {
    const widths = [0, 1, 10, 100, 1000, 5000].map((rate) => widthOf(rate, 1000));
    assert.deepEqual([...widths].sort((a, b) => a - b), widths);
    assert.equal(widths[0], 1.25);
    assert.equal(widths[4], 6);
    assert.equal(widths[5], 6);
    assert.equal(widthOf(Number.NaN, 0), 1.25);
  });
  it("have a level of errors", () => {
    const levels = [0, 0.001, 0.01, 0.099, 0.1, 1].map(errorLevel);
    assert.deepEqual(levels, ["none", "few", "some", "some", "many", "many"]);
    assert.equal(errorShare({ calls: 0, errors: 0 }), 0);
    assert.equal(errorShare({ calls: 4, errors: 1 }), 0.25);
  });
  it("pass through their points", () => {
    const points = [{ x: 0, y: 0 }, { x: 10, y: 20 }, { x: 30, y: 5 }];
    assert.equal(pathOf({ form: "line", points }, "right"), "M0 0C5 0 5 20 10 20C20 20 20 5 30 5");
    assert.equal(pathOf({ form: "line", points }, "down"),
      "M0 0C0 10 10 10 10 20C10 12.5 30 12.5 30 5");
  });
  it("have a ring for the share of errors", () => {
    assert.equal(ringOf(0, 16), "");
    assert.equal(ringOf(0.25, 16), "M0 -16A16 16 0 0 1 16 0");
    assert.match(ringOf(0.75, 16), /^M0 -16A16 16 0 1 1 -16 0$/);
    assert.match(ringOf(1, 16), /^M0 -16A16 16 0 1 1 -0.01 -16$/);
  });
});

describe("compare", () => {
  const [a, b, c] = [node("a"), node("b"), node("c")];
  const now = {
    nodes: [a, b], calls: [call(a, b, { perMinute: 30, calls: 200, errors: 20, p95: 24 })],
  };
  const before = {
    nodes: [a, c], calls: [call(a, b, { perMinute: 20, calls: 100, errors: 0, p95: 12 }),
      call(a, c)],
  };

  it("gives rate, error share and p95 of both ranges", () => {
    const [edge] = compare(now, before).calls;
    assert.deepEqual(edge.change, {
      state: "kept",
      perMinute: { before: 20, now: 30, delta: 10, ratio: 0.5 },
      errorShare: { before: 0, now: 0.1, delta: 0.1, ratio: null },
      p95: { before: 12, now: 24, delta: 12, ratio: 1 },
    });
  });
  it("marks what is new and what is gone", () => {
    const { nodes, calls } = compare(now, before);
    assert.deepEqual(nodes.map((item) => [item.name, item.change.state]),
      [["a", "kept"], ["b", "new"], ["c", "gone"]]);
    assert.equal(calls[1].change.state, "gone");
    assert.equal(calls[1].perMinute, 0);
    assert.equal(calls[1].change.perMinute.ratio, -1);
  });
  it("has no difference of a missing latency", () => {
    const { p95 } = changeOf(node("a", "user", { p95: null }), node("a", "user", { p95: 4 }));
    assert.deepEqual(p95, { before: 4, now: null, delta: null, ratio: null });
  });
  it("sees small differences as noise", () => {
    const trend = (before, now) => trendOf(changeOf(
      node("a", "service", { perMinute: now }), node("a", "service", { perMinute: before }),
    ).perMinute);
    assert.deepEqual([[100, 105], [100, 120], [100, 80], [0, 3], [0, 0]].map(([x, y]) =>
      trend(x, y)), [0, 1, -1, 1, 0]);
  });
  it("takes the range of the address", () => {
    const now = 10_000_000;
    const other = (text, shown) =>
      otherRange(choiceOf(new URLSearchParams({ compare: text })), shown, now);
    const shown = { from: now - 300, to: null };
    assert.deepEqual(other("before", shown), { from: now - 600, to: now - 300 });
    assert.deepEqual(other("before", { from: 500, to: 700 }), { from: 300, to: 500 });
    assert.deepEqual(other("15m", shown), { from: now - 900_300, to: now - 900_000 });
    assert.deepEqual(other("10-20", { from: null, to: null }), { from: 10, to: 20 });
    for (const none of ["", "20-10", "10", "5m", "constructor"]) {
      assert.equal(other(none, shown), null, none);
    }
    assert.equal(other("before", { from: null, to: null }), null);
  });
  it("of equal ranges changes nothing", () => {
    const { calls } = compare(three(), three());
    assert.ok(calls.every((item) => trendOf(item.change.perMinute) === 0));
  });
});

describe("viewport", () => {
  const drawing = { width: 1000, height: 400 };
  const size = { width: 500, height: 400 };

  it("fits the drawing in the middle", () => {
    assert.deepEqual(fit(drawing, size), { x: 0, y: 100, scale: 0.5 });
    assert.equal(fit({ width: 100, height: 50 }, size).scale, 1.2);
    assert.deepEqual(fit({ width: 0, height: 0 }, size), { x: 0, y: 0, scale: 1 });
  });
  it("zooms around a point, within limits", () => {
    const view = { x: 10, y: 20, scale: 1 };
    const at = { x: 110, y: 70 };
    const next = zoomed(view, 2, at);
    assert.equal(next.scale, 2);
    assert.deepEqual([(at.x - next.x) / 2, (at.y - next.y) / 2], [100, 50]);
    assert.equal(zoomed(view, 1000, at).scale, 3);
    assert.deepEqual(zoomed({ ...view, scale: 3 }, 2, at), { ...view, scale: 3 });
  });
  it("keeps a part of the drawing visible when it moves", () => {
    const view = panned({ x: 0, y: 0, scale: 1 }, -5000, 5000, drawing, size);
    assert.deepEqual(view, { x: 60 - 1000, y: 400 - 60, scale: 1 });
  });
  it("reveals a point with a margin", () => {
    const view = { x: 0, y: 0, scale: 1 };
    const margin = { x: 100, y: 40 };
    assert.deepEqual(revealed(view, { x: 900, y: 200 }, size, margin), { x: -500, y: 0, scale: 1 });
    assert.deepEqual(revealed(view, { x: 200, y: 200 }, size, margin), view);
  });
});
