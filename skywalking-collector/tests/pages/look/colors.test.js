// Contrast and distance of the colours in tokens.css.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { colorIndex, learnColors } from "../../../pages/js/colors.js";

const css = readFileSync(new URL("../../../pages/style/tokens.css", import.meta.url), "utf8");
const THEMES = ["light", "dark"];

/** The linear RGB of a token in a theme. */
function color(token, theme) {
  const [, light, dark] = new RegExp(`--${token}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(css);
  const hex = theme === "light" ? light : dark;
  return [1, 3, 5].map((at) => {
    const c = parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
}

const luminance = ([r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

function contrast(a, b) {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

/** How readers see linear RGB (Machado, Oliveira and Fernandes 2009, severity 1). */
const VISION = {
  normal: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
  deuteranopia: [[0.367, 0.861, -0.228], [0.28, 0.673, 0.047], [-0.012, 0.043, 0.969]],
  tritanopia: [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
};

const times = (matrix, vector) =>
  matrix.map((row) => row.reduce((sum, factor, at) => sum + factor * vector[at], 0));

/** OKLab, in which distances are as people see them. */
function oklab(rgb) {
  const lms = times([[0.4122, 0.5363, 0.0514], [0.2119, 0.6807, 0.1074], [0.0883, 0.2817, 0.63]],
    rgb.map((c) => Math.min(1, Math.max(0, c)))).map(Math.cbrt);
  return times([[0.2105, 0.7936, -0.0041], [1.978, -2.4286, 0.4506], [0.0259, 0.7828, -0.8087]],
    lms);
}

const services = (theme) =>
  Array.from({ length: 8 }, (_, index) => color(`service-${index}`, theme));

for (const theme of THEMES) {
  describe(`${theme} theme`, () => {
    it("has texts of contrast 4.5", () => {
      for (const text of ["text", "text-2", "text-3", "accent", "error", "warn"]) {
        for (const ground of ["bg", "bg-side", "bg-raised", "bg-sunken", "bg-hover"]) {
          const found = contrast(color(text, theme), color(ground, theme));
          assert.ok(found >= 4.5, `${text} on ${ground}: ${found}`);
        }
      }
    });
    it("has bars of contrast 3", () => {
      const bars = [...services(theme), color("histogram", theme), color("error-solid", theme)];
      bars.forEach((bar, index) => {
        const found = contrast(bar, color("bg", theme));
        assert.ok(found >= 3, `${index}: ${found}`);
      });
    });
    for (const [vision, matrix] of Object.entries(VISION)) {
      it(`has services that differ with ${vision} vision`, () => {
        const seen = services(theme).map((rgb) => oklab(times(matrix, rgb)));
        for (let a = 0; a < seen.length; a += 1) {
          for (let b = 0; b < a; b += 1) {
            const distance = Math.hypot(...seen[a].map((value, at) => value - seen[b][at]));
            assert.ok(distance >= 0.075, `${b} and ${a}: ${distance}`);
          }
        }
      });
    }
  });
}

describe("the colour of a service", () => {
  it("is that of its number in answers of the collector", () => {
    learnColors([{ name: "a", color: 3 }, { name: "b", color: 12 }]);
    learnColors({ nodes: [{ name: "c", color: 5 }, { name: "db:5432", color: null }] });
    learnColors({ traces: [{ services: ["d", "e"], colors: [6, 7] }] });
    learnColors({ type: "trace", trace: { services: ["f"], colors: [8] } });
    learnColors({ services: ["g"], colors: [9], columns: {} });
    assert.deepEqual(["a", "b", "c", "d", "e", "f", "g"].map(colorIndex), [3, 4, 5, 6, 7, 0, 1]);
  });
  it("is that of its hash without a number", () => {
    const names = Array.from({ length: 100 }, (_, n) => `service-${n}`);
    const first = names.map(colorIndex);
    assert.deepEqual(names.map(colorIndex), first);
    assert.deepEqual(new Set(first).size, 8);
  });
  it("ignores answers of other forms", () => {
    for (const answer of [null, 7, [], [null], {}, { traces: [{}] }, { nodes: [{}] },
      { services: [1], colors: ["x"] }]) learnColors(answer);
  });
});
