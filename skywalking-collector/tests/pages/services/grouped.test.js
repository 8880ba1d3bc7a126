import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { grouped } from "../../../pages/js/pages/services/grouped.js";

const item = (statement, duration, peer = "db:5432") =>
  ({ kind: "database", peer, statement, duration });

describe("equal statements", () => {
  it("become one, the first of them, with their number", () => {
    const found = grouped([item("a", 9), item("b", 8), item("a", 7), item("a", 6)]);
    assert.deepEqual(found, [{ ...item("a", 9), times: 3 }, { ...item("b", 8), times: 1 }]);
  });
  it("stay apart if they go to different peers", () => {
    assert.equal(grouped([item("a", 9), item("a", 8, "db:3306")]).length, 2);
  });
});
