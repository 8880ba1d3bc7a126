import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  bytes, count, duration, exact, middle, percent, plural, rate, relative, value as number,
} from "../../../pages/js/format.js";

const all = (format, cases) => {
  for (const [value, text] of cases) assert.equal(format(value), text, String(value));
};

describe("numbers", () => {
  it("of milliseconds have a unit that people read", () => {
    all(duration, [
      [0, "0 ms"], [0.5, "0.5 ms"], [9.96, "10 ms"], [312, "312 ms"], [999.6, "1 s"],
      [1240, "1.24 s"], [9999, "10 s"], [59_960, "1 min"], [125_000, "2 min 5 s"],
      [11_400_000, "3 h 10 min"], [90_000_000, "1 d 1 h"], [-5, "−5 ms"], [null, "–"],
    ]);
  });
  it("of things are short", () => {
    all(count, [[0, "0"], [9999, "9999"], [12_400, "12.4 k"], [999_949, "999.9 k"],
      [3_100_000, "3.1 M"], [null, "–"]]);
    all(rate, [[0, "0"], [0.04, "< 0.1"], [2.5, "2.5"], [10, "10"], [12_400, "12.4 k"]]);
    all(percent, [[0, "0 %"], [0.0001, "< 0.1 %"], [0.034, "3.4 %"], [0.5, "50 %"], [1, "100 %"]]);
    all(number, [[0, "0"], [0.125, "0.125"], [12.44, "12.4"], [-3, "-3"], [950, "950"],
      [12_400, "12.4 k"], [3_100_000, "3.1 M"], [1.2e12, "1.2e+12"], [0.00001, "1.0e-5"],
      [null, "–"]]);
    all(bytes, [[0, "0 B"], [0.5, "1 B"], [512, "512 B"], [1536, "1.5 KiB"],
      [12 * 1024 * 1024, "12 MiB"], [1e18, "888 PiB"], [-2048, "-2 KiB"], [null, "–"]]);
    assert.equal(plural(1, "span"), "1 span");
    assert.equal(plural(2, "span"), "2 spans");
  });
});

describe("times", () => {
  it("are relative", () => {
    all((seconds) => relative(1e12 - seconds * 1000, 1e12), [[0, "now"], [12, "12 s ago"],
      [300, "5 min ago"], [7200, "2 h ago"], [200_000, "2 d ago"], [-60, "in 1 min"]]);
  });
  it("are exact with their zone", () => {
    assert.match(exact(0), /^19(69|70)-\d\d-\d\d \d\d:\d\d:\d\d\.000 UTC([+−]\d\d:\d\d)?$/);
    assert.equal(exact(Number.NaN), "NaN");
  });
});

describe("long names", () => {
  it("are cut in the middle, between characters", () => {
    assert.equal(middle("short"), "short");
    assert.equal(middle("abcdefghij", 5), "abc…j");
    assert.equal(Array.from(middle("🦀".repeat(100), 11)).length, 11);
  });
});
