import assert from "node:assert/strict";
import { test } from "node:test";

import {
  collapseParams, isFiltered, rangeOf, readState, selectionParams, toggle, zoomParams,
} from "../../../pages/js/pages/trace/state.js";

const read = (query) => readState(new URLSearchParams(query));

test("an empty address is the waterfall of the whole trace", () => {
  const state = read("");
  assert.deepEqual(state, {
    view: "waterfall", selected: null, details: true, zoom: null, depth: null, toggled: [],
    text: "", share: 0, errors: false, critical: false, hidden: [], sort: null, order: "desc",
  });
  assert.deepEqual(rangeOf(state, 500), { from: 0, to: 500 });
  assert.ok(!isFiltered(state));
});

test("every parameter is read", () => {
  const state = read("view=table&segment=a%3Ab&span=3&details=0&zoom=1.5-20&depth=2&toggled=4.17"
    + "&text=x&share=0.5&errors=1&critical=1&hide=a&hide=b&sort=self&order=asc");
  assert.deepEqual(state, {
    view: "table", selected: "a:b:3", details: false, zoom: { from: 1.5, to: 20 }, depth: 2,
    toggled: [4, 17], text: "x", share: 0.5, errors: true, critical: true, hidden: ["a", "b"],
    sort: "self", order: "asc",
  });
});

test("values that are not valid are ignored", () => {
  for (const query of [
    "view=x", "span=3", "segment=a", "segment=a&span=-1", "zoom=5", "zoom=5-1", "zoom=a-b",
    "zoom=1-2-3", "depth=-1", "toggled=x.y", "share=x", "errors=true", "order=up",
  ]) assert.deepEqual(read(query), read(""), query);
});

test("what is written is read back", () => {
  const params = {
    ...selectionParams("segment:1:7", false), ...zoomParams({ from: 10.25, to: 20 }, 100),
    ...collapseParams(3, [5, 6]),
  };
  const state = read(new URLSearchParams(params).toString());
  assert.equal(state.selected, "segment:1:7");
  assert.equal(state.details, false);
  assert.deepEqual(state.zoom, { from: 10.25, to: 20 });
  assert.equal(state.depth, 3);
  assert.deepEqual(state.toggled, [5, 6]);
});

test("the whole trace and no toggled rows need no parameters", () => {
  assert.deepEqual(zoomParams({ from: 0, to: 100 }, 100), { zoom: null });
  assert.deepEqual(collapseParams(null, []), { depth: null, toggled: null });
  assert.deepEqual(selectionParams(null), { segment: null, span: null, details: null });
});

test("toggled rows are limited", () => {
  const many = Array.from({ length: 1000 }, (_, row) => row);
  assert.equal(collapseParams(null, many).toggled.split(".").length, 200);
  assert.equal(read(`toggled=${many.join(".")}`).toggled.length, 200);
  assert.deepEqual(toggle(toggle([], 3), 3), []);
});
