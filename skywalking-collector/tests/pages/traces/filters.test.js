import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  apiFilters, chips, lastWord, parse, quote, without, withoutAll, words,
} from "../../../pages/js/pages/traces/filters.js";

const params = (text = "") => new URLSearchParams(text);

describe("search line", () => {
  it("becomes filters", () => {
    const text = 'service:shop endpoint:"GET:/a b" tag:k=v error >200ms <1.5s violations';
    assert.deepEqual(parse(text, params()), {
      service: "shop", endpoint: "GET:/a b", tag: ["k=v"], error: "true", minDuration: 200,
      maxDuration: 1500, violations: "true",
    });
  });
  it("accepts filters in any case, and with a space after the colon", () => {
    assert.deepEqual(parse("Service: shop error TAG: k=v", params()),
      { service: "shop", error: "true", tag: ["k=v"] });
  });
  it("keeps other words as one text", () => {
    assert.deepEqual(parse("time out  of:x >y", params()), { text: "time out of:x >y" });
  });
  it("adds tags to those that are set", () => {
    assert.deepEqual(parse("tag:a tag:b=1", params("tag=a&tag=c")), { tag: ["a", "c", "b=1"] });
  });
  it("changes nothing without a word", () => {
    assert.deepEqual(parse("  ", params("error=true")), {});
  });
  it("reads units and comparisons", () => {
    assert.deepEqual(parse(">=2s", params()), { minDuration: 2000 });
    assert.deepEqual(parse("<3m", params()), { maxDuration: 180_000 });
    assert.deepEqual(parse("!error >5", params()), { error: "false", minDuration: 5 });
  });
});

describe("words", () => {
  it("are split outside of quotes", () => {
    assert.deepEqual(words('a "b c" d:"e f" "open g'), ["a", "b c", "d:e f", "open g"]);
  });
  it("with spaces are quoted", () => {
    assert.equal(quote("a b"), '"a b"');
    assert.equal(quote("a"), "a");
    assert.deepEqual(words(`service:${quote("a b")}`), ["service:a b"]);
  });
  it("are completed at the end", () => {
    assert.deepEqual(lastWord("error serv"), ["error ", "serv"]);
    assert.deepEqual(lastWord('error service:"a b'), ["error ", 'service:"a b']);
    assert.deepEqual(lastWord("error "), ["error ", ""]);
  });
});

describe("chips", () => {
  it("name the nodes of a call", () => {
    const ids = params("source=VXNlcg==.0&target=w6k6MQ==.1&minDuration=x");
    assert.deepEqual(chips(ids).map(({ text }) => text),
      ["calls from: User", "calls to: é:1", "≥ x"]);
    assert.deepEqual(chips(params("source=%25")).map(({ text }) => text), ["calls from: %"]);
  });
  const set = params("tag=a%3D1&service=s&tag=b&minDuration=1500&error=true&sort=duration");

  it("show what is set, each tag by itself", () => {
    assert.deepEqual(chips(set).map(({ text }) => text),
      ["service: s", "tag: a=1", "tag: b", "error", "≥ 1.5 s"]);
  });
  it("are removed one by one", () => {
    assert.deepEqual(without(set, { name: "tag", value: "a=1" }), { tag: ["b"] });
    assert.deepEqual(without(set, { name: "error", value: "true" }), { error: [] });
  });
  it("are removed together", () => {
    const removed = Object.keys(withoutAll());
    for (const name of Object.keys(apiFilters(set))) assert.ok(removed.includes(name), name);
  });
  it("are parameters of the API", () => {
    assert.deepEqual(apiFilters(set),
      { service: "s", tag: ["a=1", "b"], error: "true", minDuration: "1500" });
  });
});
