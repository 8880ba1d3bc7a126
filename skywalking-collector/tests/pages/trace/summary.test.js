import assert from "node:assert/strict";
import { test } from "node:test";

import { describeGap, findGaps } from "../../../pages/js/pages/trace/gaps.js";
import { readSkeleton } from "../../../pages/js/pages/trace/model.js";
import { summarize, summarizeServices } from "../../../pages/js/pages/trace/summary.js";
import { generate, skeleton } from "./skeleton.js";

test("spans are grouped by service, operation and type", () => {
  const trace = readSkeleton(skeleton([
    { duration: 100, self: 40 },
    { parent: 0, duration: 20, self: 20, name: 1, type: 1 },
    { parent: 0, duration: 40, self: 40, name: 1, type: 1, flags: 1 },
    { parent: 0, duration: 0, self: 0, name: 1, type: 0, service: 1 },
  ], { names: ["/", "SELECT"], services: ["web", "db"] }));
  assert.deepEqual(summarize(trace), [
    { service: 0, name: 1, type: 1, count: 2, errors: 1, total: 60, self: 60, longest: 40,
      longestRow: 2, share: 0.6 },
    { service: 0, name: 0, type: 2, count: 1, errors: 0, total: 100, self: 40, longest: 100,
      longestRow: 0, share: 0.4 },
    { service: 1, name: 1, type: 0, count: 1, errors: 0, total: 0, self: 0, longest: 0,
      longestRow: 3, share: 0 },
  ]);
  assert.deepEqual(summarizeServices(trace), [
    { service: 0, count: 3, errors: 1, self: 100 },
    { service: 1, count: 1, errors: 0, self: 0 },
  ]);
});

test("a summary without any time has no shares", () => {
  assert.equal(summarize(readSkeleton(skeleton([{}])))[0].share, 0);
});

test("the counts of a summary add up", () => {
  const groups = summarize(readSkeleton(generate(5000)));
  assert.equal(groups.reduce((sum, group) => sum + group.count, 0), 5000);
  assert.ok(Math.abs(groups.reduce((sum, group) => sum + group.share, 0) - 1) < 1e-9);
});

test("gaps over a tenth of the trace are found and described", () => {
  const trace = readSkeleton(skeleton([
    { start: 0, duration: 1000 },
    { parent: 0, start: 312, duration: 100 },
    { parent: 0, start: 350, duration: 20 },
    { parent: 0, start: 512, duration: 100 },
    { parent: 0, start: 720, duration: 100 },
  ]));
  const texts = findGaps(trace).get(0).map((gap) => describeGap(gap, (ms) => `${ms} ms`));
  assert.deepEqual(texts, [
    "312 ms before the first child",
    "108 ms between two children",
    "180 ms after the last child",
  ]);
});

test("spans without children and children outside of their parent make no gaps", () => {
  const trace = readSkeleton(skeleton([
    { start: 0, duration: 100 },
    { parent: 0, start: 0, duration: 1000 },
    { parent: 1, start: 0, duration: 5 },
  ]));
  assert.deepEqual([...findGaps(trace).keys()], [1]);
  assert.equal(findGaps(readSkeleton(skeleton([{}, { parent: 0 }]))).size, 0);
});
