import assert from "node:assert/strict";
import { test } from "node:test";

import { clamp, isWhole, label, pan, place, step, ticks, whole, zoom }
  from "../../../pages/js/pages/trace/scale.js";

const labels = (from, to, most) => ticks({ from, to }, most).map((tick) => tick.label);

test("ticks are round and have the digits of their step", () => {
  assert.deepEqual(labels(0, 312, 5), ["0", "100 ms", "200 ms", "300 ms"]);
  assert.deepEqual(labels(0, 1240, 5), ["0", "500 ms", "1.0 s"]);
  assert.deepEqual(labels(990, 1010, 5), ["990 ms", "995 ms", "1.000 s", "1.005 s", "1.010 s"]);
  assert.deepEqual(labels(0, 1, 4), ["0", "0.5 ms", "1.0 ms"]);
  assert.deepEqual(labels(0, 90_000, 4), ["0", "30 s", "1 min", "1 min 30 s"]);
  assert.deepEqual(labels(0, 5_400_000, 4), ["0", "30 min", "1 h", "1 h 30 min"]);
});

test("ticks stay few for every length", () => {
  for (let length = 1; length < 1e12; length = Math.ceil(length * 1.37)) {
    for (const most of [1, 3, 8]) {
      const list = ticks({ from: length / 3, to: length / 3 + length }, most);
      assert.ok(list.length <= most + 1, `${length} ${most}: ${list.length}`);
      assert.equal(new Set(list.map((tick) => tick.label)).size, list.length, `${length} ${most}`);
    }
  }
});

test("steps are 1, 2 or 5 times a power of ten below a second", () => {
  assert.deepEqual([1, 3, 40, 900].map((length) => step(length, 1)), [1, 5, 50, 1000]);
});

test("a label of more than a minute has no empty seconds", () => {
  assert.equal(label(120_000, 60_000), "2 min");
  assert.equal(label(3_600_000 * 25, 3_600_000), "25 h");
});

test("zoom keeps the time under the pointer in place", () => {
  const range = { from: 100, to: 500 };
  const closer = zoom(range, 0.5, 200, 1000);
  assert.equal(place(closer, 200), place(range, 200));
  assert.equal(closer.to - closer.from, 200);
});

test("ranges stay within the trace", () => {
  assert.deepEqual(zoom({ from: 0, to: 100 }, 4, 50, 200), { from: 0, to: 200 });
  assert.deepEqual(pan({ from: 10, to: 20 }, -5, 100), { from: 0, to: 10 });
  assert.deepEqual(pan({ from: 80, to: 90 }, 9, 100), { from: 90, to: 100 });
  assert.deepEqual(clamp({ from: 4, to: 4 }, 100), { from: 4, to: 5 });
  assert.deepEqual(clamp({ from: -10, to: 900 }, 100), { from: 0, to: 100 });
});

test("a trace of 0 ms has a range", () => {
  assert.deepEqual(whole(0), { from: 0, to: 1 });
  assert.ok(isWhole(whole(0), 0));
  assert.deepEqual(zoom(whole(0), 0.5, 0.5, 0), { from: 0, to: 1 });
});
