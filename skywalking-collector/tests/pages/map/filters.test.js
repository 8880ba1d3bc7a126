import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { traceFilters } from "../../../pages/js/pages/map/filters.js";
import { node } from "./fixtures.js";

describe("filters of the traces of a call", () => {
  const [user, shop, mail] = [node("User", "user"), node("shop"), node("mail")];
  const [orders, queue] = [node("orders:5432", "database"), node("kafka:9092", "queue")];

  it("name both ends by their ids", () => {
    for (const [source, target] of [[shop, mail], [shop, orders], [user, shop], [queue, mail]]) {
      assert.deepEqual(traceFilters(source, target), { source: source.id, target: target.id });
    }
  });
  it("of a node name it", () => {
    assert.deepEqual(traceFilters(null, shop), { service: "shop" });
    assert.deepEqual(traceFilters(null, orders), { target: orders.id });
    assert.deepEqual(traceFilters(null, user), { source: user.id });
  });
  it("to an HTTP peer name the calls to it, although it can have the id of a service", () => {
    const peer = { ...node("api.example.com:443", "http"), isReal: true };
    assert.deepEqual(traceFilters(null, peer), { target: peer.id });
  });
});
