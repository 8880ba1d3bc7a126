import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { columnsOf, markedPoints, polylineOf } from "../../../pages/js/charts/series.js";

const point = (calls, errors, p95) => ({ calls, errors, p50: p95, p95, p99: p95 });

describe("columns of a series", () => {
  const series = {
    from: 60_000, to: 240_000, width: 60_000, points: [point(6, 1, 9), point(0, 0, null),
      point(5, 0, 7)],
  };

  it("are rates a minute and latencies by time", () => {
    const { times, rate, errors, p95 } = columnsOf(series, 600_000);
    assert.deepEqual(times, [60_000, 120_000, 180_000]);
    assert.deepEqual(rate, [6, 0, 5]);
    assert.deepEqual(errors, [1, 0, 0]);
    assert.deepEqual(p95, [9, null, 7]);
  });
  it("count the last point for the time that has passed", () => {
    assert.deepEqual(columnsOf(series, 210_000).rate, [6, 0, 10]);
    assert.equal(columnsOf(series, 180_000).rate[2], 300);
  });
});

describe("points of a chart", () => {
  it("are all of a few values", () => {
    assert.deepEqual(markedPoints([3, 4, null, 5]), [0, 1, 3]);
  });
  it("are those that no line shows, of many values", () => {
    const line = Array.from({ length: 30 }, () => 1);
    assert.deepEqual(markedPoints([...line, null, 2, null, 3]), [31, 33]);
    assert.deepEqual(markedPoints([7, undefined, ...line]), [0]);
  });
});

describe("polyline", () => {
  it("scales to the largest value", () => {
    assert.equal(polylineOf([0, 5, 10], 100, 20), "0,20 50,10 100,0");
  });
  it("is empty without calls", () => {
    assert.equal(polylineOf([0, 0], 100, 20), "");
    assert.equal(polylineOf([], 100, 20), "");
  });
});
