import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { chosenSort, matching, nextSort, sorted }
  from "../../../pages/js/pages/services/sort.js";

const columns = [
  { id: "name", text: true, value: (row) => row.name },
  { id: "p95", value: (row) => row.p95 },
  { id: "chart" },
];
const rows = [
  { name: "b10", p95: 3 }, { name: "b9", p95: null }, { name: "A1", p95: 30 },
  { name: "c", p95: 3 },
];
const names = (list) => list.map(({ name }) => name);

describe("sorting", () => {
  it("puts numbers in order, equal ones as they came, missing ones last", () => {
    assert.deepEqual(names(sorted(rows, columns[1], "desc")), ["A1", "b10", "c", "b9"]);
    assert.deepEqual(names(sorted(rows, columns[1], "asc")), ["b10", "c", "A1", "b9"]);
  });
  it("puts texts in natural order", () => {
    assert.deepEqual(names(sorted(rows, columns[0], "asc")), ["A1", "b9", "b10", "c"]);
  });
  it("does not change its input", () => {
    sorted(rows, columns[0], "asc");
    assert.deepEqual(names(rows), ["b10", "b9", "A1", "c"]);
  });
});

describe("sort in the address", () => {
  const chosen = (query) => chosenSort(columns, new URLSearchParams(query), "p95");

  it("is the fallback if it is missing or unknown", () => {
    for (const query of ["", "sort=x&order=y", "sort=chart", "sort=__proto__"]) {
      const { column, order } = chosen(query);
      assert.deepEqual([column.id, order], ["p95", "desc"]);
    }
  });
  it("names column and order", () => {
    const { column, order } = chosen("sort=name&order=desc");
    assert.deepEqual([column.id, order], ["name", "desc"]);
    assert.equal(chosen("sort=name").order, "asc");
  });
  it("turns at the second click", () => {
    assert.deepEqual(nextSort(columns[0], chosen("")), { sort: "name", order: null });
    assert.deepEqual(nextSort(columns[1], chosen("")), { sort: "p95", order: "asc" });
    assert.deepEqual(nextSort(columns[1], chosen("order=asc")), { sort: "p95", order: "desc" });
  });
});

describe("filter", () => {
  const find = (text) => names(matching(rows, text, ({ name }) => name));

  it("finds all words in any case", () => {
    assert.deepEqual(find("B 1"), ["b10"]);
    assert.deepEqual(find(" "), names(rows));
    assert.deepEqual(find("(.*"), []);
  });
});
