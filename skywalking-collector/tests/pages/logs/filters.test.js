// The filters of the Logs page.
import assert from "node:assert/strict";
import { it } from "node:test";
import {
  LEVELS, apiFilters, chips, toggledLevel, toneOf,
} from "../../../pages/js/pages/logs/filters.js";

const params = (text) => new URLSearchParams(text);

it("the address has the filters of the API", () => {
  assert.deepEqual(apiFilters(params("service=a&text=x+y&trace=t&range=5m&log=3&level=INFO")),
    { service: "a", level: ["INFO"], text: "x y", trace: "t" });
  assert.deepEqual(apiFilters(params("service=&range=1h")), {});
  assert.deepEqual(apiFilters(params("level=WARN&level=INFO")).level, ["WARN", "WARNING", "INFO"]);
  assert.deepEqual(chips(params("trace=t&service=a&instance=i")),
    [{ name: "instance", value: "i" }, { name: "trace", value: "t" }]);
});

it("a level's button adds and removes it", () => {
  assert.deepEqual(toggledLevel(params(""), "WARN"), { level: ["WARN"] });
  assert.deepEqual(toggledLevel(params("level=WARN&level=INFO"), "WARN"), { level: ["INFO"] });
  const others = LEVELS.slice(1).map((level) => `level=${level}`).join("&");
  assert.deepEqual(toggledLevel(params(others), LEVELS[0]), { level: null });
});

it("levels of any logger have a tone", () => {
  assert.deepEqual(["error", "FATAL", "Warning", "WARN", "debug", "INFO", "", "x"].map(toneOf),
    ["error", "error", "warn", "warn", "quiet", "", "", ""]);
});
