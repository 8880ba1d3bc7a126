import assert from "node:assert/strict";
import { test } from "node:test";

import { readSkeleton } from "../../../pages/js/pages/trace/model.js";
import { clip, percentOf, selfPieces, textPlace } from "../../../pages/js/pages/trace/pieces.js";
import { skeleton } from "./skeleton.js";

const trace = readSkeleton(skeleton([
  { start: 10, duration: 90 },
  { parent: 0, start: 20, duration: 20 },
  { parent: 1, start: 25, duration: 60 },
  { parent: 0, start: 30, duration: 20 },
  { parent: 0, start: 90, duration: 50 },
]));

test("self time is what the direct children leave", () => {
  assert.deepEqual(selfPieces(trace, 0, { from: 0, to: 200 }, 0), [[10, 20], [50, 90]]);
  assert.deepEqual(selfPieces(trace, 2, { from: 0, to: 200 }, 0), [[25, 85]]);
});

test("self time is cut to the range and close pieces are joined", () => {
  assert.deepEqual(selfPieces(trace, 0, { from: 15, to: 60 }, 0), [[15, 20], [50, 60]]);
  assert.deepEqual(selfPieces(trace, 0, { from: 0, to: 200 }, 40), [[10, 90]]);
});

test("a span with many children has few pieces", () => {
  const rows = [{ start: 0, duration: 100_000 }];
  for (let child = 0; child < 20_000; child++) {
    rows.push({ parent: 0, start: child * 5, duration: 2 });
  }
  const many = readSkeleton(skeleton(rows));
  assert.ok(selfPieces(many, 0, { from: 0, to: 100_000 }, 0).length <= 200);
});

test("intervals outside of the range are left out", () => {
  assert.deepEqual(clip([[0, 5], [8, 20], [30, 40]], { from: 6, to: 25 }, 0), [[8, 20]]);
  assert.equal(percentOf({ from: 10, to: 20 }, 0, 5), null);
  assert.equal(percentOf({ from: 10, to: 20 }, 25, 30), null);
  assert.deepEqual(percentOf({ from: 10, to: 20 }, 5, 15), { left: 0, width: 50 });
});

test("a text goes where it fits", () => {
  const side = (left, width, text) => textPlace({ left, width }, 1000, 70, text, 50).side;
  assert.equal(side(0, 50, 300), "after");
  assert.equal(side(60, 40, 300), "before");
  assert.equal(side(0, 100, 60), "after");
  assert.equal(side(20, 78, 300), "before", "the wider side if it is cut anyway");
  assert.equal(textPlace({ left: 0, width: 100 }, 1000, 20, 60, 50).side, "inside");
});
