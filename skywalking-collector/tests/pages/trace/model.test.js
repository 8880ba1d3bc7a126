import assert from "node:assert/strict";
import { test } from "node:test";

import {
  collapsedAbove, collapsedRows, FLAG, keyOf, matchText, nextError, positionAtMost, readSkeleton,
  rowOf, visibleRows,
} from "../../../pages/js/pages/trace/model.js";
import { generate, skeleton } from "./skeleton.js";

//  0 gateway
//  1   orders
//  2     stock      (error)
//  3   users
//  4 gateway
function small() {
  return readSkeleton(skeleton([
    { start: 0, duration: 100, name: 0 },
    { parent: 0, start: 5, duration: 50, service: 1, name: 1 },
    { parent: 1, start: 10, duration: 20, service: 2, name: 2, flags: FLAG.error, reason: 0 },
    { parent: 0, start: 60, duration: 9, service: 3, name: 3, segment: 1, spanId: 0 },
    { start: 90, duration: 10, name: 0 },
  ], {
    services: ["gateway", "orders", "stock", "users"], names: ["GET /", "order", "Take", "user"],
    segments: ["a", "b:c"], reasons: ["Out of stock"],
    critical: [[0, 0, 5], [1, 5, 55], [0, 55, 100]],
    notes: [{ row: 3, kind: "split", text: "x" }, { row: null, kind: "leftOut", text: "y" }],
  }));
}

test("children and subtrees are indexed", () => {
  const trace = small();
  assert.deepEqual([...trace.children], [2, 1, 0, 0, 0]);
  assert.deepEqual([...trace.last], [4, 3, 3, 4, 5]);
  assert.deepEqual([...trace.errors], [2]);
  assert.deepEqual(trace.critical.get(0), [[0, 5], [55, 100]]);
  assert.equal(trace.notes.get(-1)[0].text, "y");
  assert.equal(trace.notes.get(3)[0].text, "x");
});

test("a key names its row, also with a colon in the segment", () => {
  const trace = small();
  for (let row = 0; row < trace.count; row++) assert.equal(rowOf(trace, keyOf(trace, row)), row);
  for (const key of ["", "a", "a:9", "nothing:0", ":", null]) assert.equal(rowOf(trace, key), -1);
});

test("rows without a filter are all rows", () => {
  const { rows, matched, depth } = visibleRows(small(), {});
  assert.deepEqual([...rows], [0, 1, 2, 3, 4]);
  assert.deepEqual([...depth], [0, 1, 2, 1, 0]);
  assert.equal(matched, 5);
});

test("a text matches names, services and reasons and shows the ancestors", () => {
  const trace = small();
  for (const text of ["TAKE", "stock", "out of"]) {
    const shown = visibleRows(trace, { match: matchText(trace, text) });
    assert.deepEqual([...shown.rows], [0, 1, 2], text);
    assert.deepEqual([...shown.passes], [0, 0, 1, 0, 0], text);
    assert.equal(shown.matched, 1);
  }
  assert.equal(visibleRows(trace, { match: matchText(trace, "nothing") }).rows.length, 0);
});

test("a text finds the rows of the search too", () => {
  const trace = small();
  assert.deepEqual([...matchText(trace, "zzz", [3, 99])], [0, 0, 0, 1, 0]);
});

test("a least duration hides shorter spans", () => {
  assert.deepEqual([...visibleRows(small(), { minDuration: 10 }).rows], [0, 1, 2, 4]);
});

test("errors only shows errors and their ancestors", () => {
  assert.deepEqual([...visibleRows(small(), { errorsOnly: true }).rows], [0, 1, 2]);
});

test("children of a hidden service move up", () => {
  const { rows, depth } = visibleRows(small(), { hidden: new Set([1]) });
  assert.deepEqual([...rows], [0, 2, 3, 4]);
  assert.equal(depth[2], 1);
});

test("collapsed rows hide their subtree", () => {
  const trace = small();
  const rows = (collapsed) => [...visibleRows(trace, { collapsed }).rows];
  assert.deepEqual(rows(collapsedRows(trace, null, [1])), [0, 1, 3, 4]);
  assert.deepEqual(rows(collapsedRows(trace, 0, [])), [0, 4]);
  assert.deepEqual(rows(collapsedRows(trace, 1, [])), [0, 1, 3, 4]);
  assert.deepEqual(rows(collapsedRows(trace, 0, [0])), [0, 1, 3, 4]);
  assert.deepEqual(collapsedAbove(trace, 2, collapsedRows(trace, 0, [])), [1, 0]);
});

test("a collapsed row of a hidden service hides nothing", () => {
  const trace = small();
  const collapsed = collapsedRows(trace, null, [1]);
  assert.deepEqual([...visibleRows(trace, { collapsed, hidden: new Set([1]) }).rows], [0, 2, 3, 4]);
});

test("errors are found forwards and backwards and start over", () => {
  const trace = readSkeleton(skeleton([0, 1, 0, 1, 0].map((flags) => ({ flags }))));
  const all = (step) => [-1, 0, 1, 2, 3, 4].map((row) => nextError(trace, row, step));
  assert.deepEqual(all(1), [1, 1, 3, 3, 1, 1]);
  assert.deepEqual(all(-1), [3, 3, 3, 1, 1, 3]);
  assert.equal(nextError(readSkeleton(skeleton([{}])), 0, 1), -1);
});

test("positions are found in sorted rows", () => {
  const rows = Int32Array.of(2, 4, 9);
  assert.deepEqual([1, 2, 3, 9, 10].map((row) => positionAtMost(rows, row)), [-1, 0, 0, 2, 2]);
});

test("generated traces: rows are those of a plain recursion", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const trace = readSkeleton(generate(300, seed));
    assert.equal(trace.count, 300);
    const hidden = new Set([seed % 8]);
    const toggled = [0, 5, 17, 40].filter((row) => row !== 0 || seed % 5 === 0);
    const collapsed = collapsedRows(trace, seed % 3 ? null : 2, toggled);
    const match = matchText(trace, "1");
    const minDuration = seed * 10;
    const passes = (row) =>
      match[row] === 1 && trace.duration[row] >= minDuration && !hidden.has(trace.service[row]);
    const below = (row) =>
      Array.from({ length: trace.count }, (_, at) => at).filter((at) => trace.parent[at] === row);
    const anyPasses = (row) => passes(row) || below(row).some(anyPasses);
    const expected = [];
    const walk = (row) => {
      const visible = !hidden.has(trace.service[row]);
      if (!anyPasses(row)) return;
      if (visible) expected.push(row);
      if (!(visible && collapsed[row])) below(row).forEach(walk);
    };
    below(-1).forEach(walk);
    const shown = visibleRows(trace, { match, minDuration, hidden, collapsed });
    assert.deepEqual([...shown.rows], expected, `seed ${seed}`);
  }
});

test("a trace of 50 000 spans and of 50 000 levels is read", () => {
  const trace = readSkeleton(generate(50_000));
  const started = performance.now();
  const { rows } = visibleRows(trace, { match: matchText(trace, "operation/7"), minDuration: 5 });
  console.log(`50 000 rows filtered in ${(performance.now() - started).toFixed(1)} ms`);
  assert.ok(rows.length > 0 && rows.length < 50_000);
  const deep = readSkeleton(skeleton(
    Array.from({ length: 50_000 }, (_, row) => ({ parent: row - 1, depth: row })),
  ));
  assert.equal(visibleRows(deep, {}).depth[49_999], 49_999);
  assert.equal(deep.last[0], 50_000);
});
