import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { cutTo, twoLines } from "../../../pages/js/pages/map/cut.js";

const measure = (text) => Array.from(text).length * 10;

describe("names on cards", () => {
  it("stay whole if they fit", () => assert.equal(cutTo("checkout", 80, measure), "checkout"));
  it("are cut in the middle, within the width", () => {
    const cut = cutTo("checkout-service-of-the-shop", 120, measure);
    assert.equal(cut, "checkou…shop");
    assert.ok(measure(cut) <= 120);
  });
  it("of 10 000 characters keep both ends", () => {
    const cut = cutTo(`a${"x".repeat(10_000)}z`, 100, measure);
    assert.match(cut, /^ax+…x*z$/);
    assert.ok(measure(cut) <= 100);
  });
  it("are cut between characters of several units", () => {
    assert.equal(cutTo("😀😀😀😀😀😀😀😀", 50, measure), "😀😀😀…😀");
  });
  it("break after a separator near the middle", () => {
    assert.deepEqual(twoLines("inventory-service", 100, measure), ["inventory-", "service"]);
    assert.deepEqual(twoLines("abcdefghijkl", 60, measure), ["abcdef", "ghijkl"]);
    assert.deepEqual(twoLines("short", 100, measure), ["short"]);
  });
  it("of 10 000 characters have two lines within the width", () => {
    for (const text of ["x".repeat(10_000), "-".repeat(10_000)]) {
      const lines = twoLines(text, 100, measure);
      assert.equal(lines.length, 2);
      assert.ok(lines.every((line) => measure(line) <= 100));
    }
  });
});
