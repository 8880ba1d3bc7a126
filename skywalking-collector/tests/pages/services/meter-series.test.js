// The lines of meters.
import assert from "node:assert/strict";
import { it } from "node:test";
import {
  MOST_LINES, chartsOf, increases, percentile,
} from "../../../pages/js/pages/services/meter-series.js";

const single = (name, values, { labels = [], serviceInstance = "a-1", times } = {}) => ({
  name, kind: "single", labels, serviceInstance, values,
  times: times ?? values.map((_, at) => at * 60_000), bounds: [], counts: [],
});

it("a counter is shown as its increase a minute", () => {
  assert.deepEqual(increases([0, 30_000, 90_000], [10, 15, 17]), [null, 10, 2]);
  assert.deepEqual(increases([0, 60_000], [10, 4]), [null, 4], "begun again");
  const [chart] = chartsOf([single("jobs_total", [1, 3, 7])]);
  assert.deepEqual([chart.kind, chart.series[0].values], ["a minute", [null, 2, 4]]);
  assert.deepEqual(chartsOf([single("jobs", [1, 3])])[0].series[0].values, [1, 3]);
});

it("percentiles are upper bounds of buckets", () => {
  const bounds = [null, 5, 10];
  assert.equal(percentile(bounds, [1, 0, 0], 0.5), 5);
  assert.equal(percentile(bounds, [1, 8, 1], 0.5), 10);
  assert.equal(percentile(bounds, [1, 8, 1], 0.95), 10);
  assert.equal(percentile([0, 5], [0, 3], 0.5), 5);
  assert.equal(percentile(bounds, [0, 0, 0], 0.5), null);
  assert.equal(percentile([], [], 0.5), null);
});

it("a histogram has the percentiles since the point before", () => {
  const [chart] = chartsOf([{
    name: "took", kind: "histogram", labels: [{ key: "path", value: "/a" }],
    serviceInstance: "a-1", times: [0, 20, 40], values: [], bounds: [0, 5, 10],
    counts: [[9, 9, 9], [19, 10, 9], [1, 0, 0]],
  }]);
  assert.equal(chart.kind, "path=/a");
  assert.deepEqual(chart.series.map(({ label, values }) => [label, values]),
    [["p50", [null, 5, 5]], ["p95", [null, 10, 5]], ["p99", [null, 10, 5]]]);
});

it("series of one name share a chart and its times", () => {
  const label = (value) => [{ key: "state", value }];
  const charts = chartsOf([
    single("pool", [1, 2], { labels: label("idle"), times: [0, 20] }),
    single("pool", [5], { labels: label("used"), times: [10] }),
    single("cpu", [1]),
  ]);
  assert.deepEqual(charts.map(({ name }) => name), ["cpu", "pool"]);
  assert.deepEqual(charts[1].times, [0, 10, 20]);
  assert.deepEqual(charts[1].series, [
    { label: "state=idle", values: [1, null, 2] },
    { label: "state=used", values: [null, 5, null] },
  ]);
});

it("instances are named if there are several", () => {
  const [chart] = chartsOf([single("cpu", [1]), single("cpu", [2], { serviceInstance: "a-2" })]);
  assert.deepEqual(chart.series.map(({ label }) => label), ["a-1", "a-2"]);
});

it("further lines are counted", () => {
  const many = Array.from({ length: MOST_LINES + 3 }, (_, at) =>
    single("jobs", [at], { labels: [{ key: "queue", value: `${at}` }] }));
  const [chart] = chartsOf(many);
  assert.deepEqual([chart.series.length, chart.omitted], [MOST_LINES, 3]);
  assert.equal(chart.series[0].label, "queue=3", "those with the smallest values are left out");
});
