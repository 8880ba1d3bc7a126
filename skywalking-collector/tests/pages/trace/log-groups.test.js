// Reported logs beside their spans.
import assert from "node:assert/strict";
import { it } from "node:test";
import { groupLogs, worst } from "../../../pages/js/pages/trace/log-groups.js";
import { keyOf, readSkeleton } from "../../../pages/js/pages/trace/model.js";
import { generate } from "./skeleton.js";

const log = (key, number, level = "INFO") => {
  const colon = key.lastIndexOf(":");
  return { segmentId: key.slice(0, colon), spanId: Number(key.slice(colon + 1)), number, level };
};

it("logs are grouped by the row of their span", () => {
  const trace = readSkeleton(generate(20));
  const [first, second] = [keyOf(trace, 3), keyOf(trace, 7)];
  const logs = [log(first, 1), log(second, 2), log(first, 3), log("none:0", 4),
    { ...log(first, 5), spanId: null }];
  const { total, byRow, others } = groupLogs(trace, logs, 9);
  const numbers = (found) => found.map(({ number }) => number);
  assert.deepEqual([...byRow].map(([row, found]) => [row, numbers(found)]),
    [[3, [1, 3]], [7, [2]]]);
  assert.deepEqual([total, numbers(others)], [9, [4, 5]]);
  assert.equal(groupLogs(trace, [], 0).byRow.size, 0);
});

it("the worst level is that of the sign", () => {
  const levels = (...all) => all.map((level) => ({ level }));
  assert.equal(worst(levels("INFO", "warn", "Error")), "error");
  assert.equal(worst(levels("INFO", "WARNING")), "warn");
  assert.equal(worst(levels("INFO", "")), "");
});
