import assert from "node:assert/strict";
import { test } from "node:test";

import { actionsOf } from "../../../pages/js/pages/trace/actions.js";
import { collapsedRows, FLAG, keyOf, readSkeleton, rowOf, visibleRows }
  from "../../../pages/js/pages/trace/model.js";
import { rangeOf, readState } from "../../../pages/js/pages/trace/state.js";
import { skeleton } from "./skeleton.js";

const trace = readSkeleton(skeleton([
  { duration: 100 },
  { parent: 0, duration: 50 },
  { parent: 1, duration: 20, flags: FLAG.error },
  { parent: 0, start: 60, duration: 9, service: 1 },
  { start: 90, duration: 10, flags: FLAG.error },
], { services: ["a", "b"] }));

/** A page without its rendering: the address and the actions on it. */
function page(query = "") {
  const params = new URLSearchParams(query);
  let closed = [];
  const pushes = [];
  const change = (changes, { push = false } = {}) => {
    pushes.push(push);
    for (const [key, value] of Object.entries(changes)) {
      params.delete(key);
      for (const one of [value].flat()) if (one !== null && one !== "") params.append(key, one);
    }
  };
  const now = () => {
    const state = readState(params);
    const filtered = state.errors;
    const collapsed = filtered
      ? collapsedRows(trace, null, closed)
      : collapsedRows(trace, state.depth, state.toggled);
    const shown = visibleRows(trace, { collapsed, errorsOnly: state.errors });
    const selected = rowOf(trace, state.selected);
    return { state, filtered, collapsed, shown, selected };
  };
  const setClosed = (rows) => {
    closed = rows;
  };
  return {
    params,
    pushes,
    now,
    rows: () => [...now().shown.rows],
    selected: () => now().selected,
    act(name, ...args) {
      const { state, filtered, collapsed, shown, selected } = now();
      actionsOf({
        trace, state, selected, shown, collapsed, filtered, list: shown.rows, closed, setClosed,
        change, range: rangeOf(state, trace.length), reveal: () => {},
      })[name](...args);
      return this;
    },
  };
}

const at = (row) => {
  const key = keyOf(trace, row);
  return `segment=${key.split(":")[0]}&span=${key.split(":")[1]}`;
};

test("moving starts at the first row, stops at the last, and opens no details", () => {
  const shown = page();
  shown.act("move", 1);
  assert.equal(shown.selected(), 0);
  assert.equal(shown.now().state.details, false);
  shown.act("move", Infinity);
  assert.equal(shown.selected(), 4);
  shown.act("move", 1);
  assert.equal(shown.selected(), 4);
  shown.act("move", -20);
  assert.equal(shown.selected(), 0);
  assert.ok(!shown.pushes.includes(true), "the back button leaves the trace");
});

test("left collapses, then selects the parent; right expands, then selects a child", () => {
  const shown = page(at(1));
  shown.act("left");
  assert.deepEqual(shown.rows(), [0, 1, 3, 4]);
  shown.act("left");
  assert.equal(shown.selected(), 0);
  shown.act("right");
  assert.equal(shown.selected(), 1);
  shown.act("right");
  assert.deepEqual(shown.rows(), [0, 1, 2, 3, 4]);
  shown.act("right");
  assert.equal(shown.selected(), 2);
});

test("the next error expands what hides it", () => {
  const shown = page("depth=0");
  assert.deepEqual(shown.rows(), [0, 4]);
  shown.act("error", 1);
  assert.equal(shown.selected(), 2);
  assert.deepEqual(shown.rows(), [0, 1, 2, 3, 4]);
  shown.act("error", 1);
  assert.equal(shown.selected(), 4);
  shown.act("error", 1);
  assert.equal(shown.selected(), 2);
  shown.act("error", -1);
  assert.equal(shown.selected(), 4);
});

test("rows collapsed under a filter do not change the address", () => {
  const shown = page(`errors=1&${at(1)}`);
  assert.deepEqual(shown.rows(), [0, 1, 2, 4]);
  shown.act("left");
  assert.deepEqual(shown.rows(), [0, 1, 4]);
  assert.equal(shown.params.get("toggled"), null);
  shown.act("error", 1);
  assert.deepEqual(shown.rows(), [0, 1, 2, 4]);
});

test("levels are collapsed and expanded", () => {
  const shown = page("toggled=1");
  shown.act("setDepth", -1);
  assert.equal(shown.params.get("depth"), "1");
  assert.equal(shown.params.get("toggled"), null);
  assert.deepEqual(shown.rows(), [0, 1, 3, 4]);
  shown.act("setDepth", -1).act("setDepth", -1);
  assert.deepEqual(shown.rows(), [0, 4]);
  shown.act("setDepth", 1).act("setDepth", 1);
  assert.equal(shown.params.get("depth"), null);
});

test("opening details is a step of the back button, changing their span is not", () => {
  const shown = page();
  shown.act("open", 1).act("open", 2);
  assert.deepEqual(shown.pushes, [true, false]);
  assert.equal(shown.now().state.details, true);
  shown.act("escape");
  assert.equal(shown.now().state.details, false);
  assert.equal(shown.selected(), 2);
  shown.act("escape");
  assert.equal(shown.selected(), -1);
});

test("zooming keeps the selected span in place and ends at the whole trace", () => {
  const shown = page(at(4));
  shown.act("zoomBy", 0.5);
  assert.equal(shown.params.get("zoom"), "47.5-97.5");
  shown.act("zoomBy", 2);
  assert.equal(shown.params.get("zoom"), null);
});

test("a service is hidden and shown", () => {
  const shown = page();
  shown.act("hideService", "b");
  assert.deepEqual(shown.now().state.hidden, ["b"]);
  shown.act("hideService", "b");
  assert.deepEqual(shown.now().state.hidden, []);
});
