import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { traceFilters } from "../../../pages/js/pages/map/filters.js";
import { node } from "./fixtures.js";

describe("filters of the traces of a call", () => {
  const [user, shop, mail] = [node("User", "user"), node("shop"), node("mail")];
  const [orders, queue] = [node("orders:5432", "database"), node("kafka:9092", "queue")];

  it("between services name both", () => {
    assert.deepEqual(traceFilters(shop, mail), { service: "shop", text: "mail" });
  });
  it("to a peer name the caller and the peer", () => {
    assert.deepEqual(traceFilters(shop, orders), { service: "shop", text: "orders:5432" });
  });
  it("from User name the called service", () => {
    assert.deepEqual(traceFilters(user, shop), { service: "shop" });
  });
  it("from a queue name the consumer and the queue", () => {
    assert.deepEqual(traceFilters(queue, mail), { service: "mail", text: "kafka:9092" });
  });
  it("to an HTTP peer use its name as text, although it can have the id of a service", () => {
    const peer = { ...node("api.example.com:443", "http"), isReal: true };
    assert.deepEqual(traceFilters(null, peer), { text: peer.name });
  });
  it("of a node name it", () => {
    assert.deepEqual(traceFilters(null, shop), { service: "shop" });
    assert.deepEqual(traceFilters(null, orders), { text: "orders:5432" });
    assert.deepEqual(traceFilters(null, user), {});
  });
});
