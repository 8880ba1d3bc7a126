// The keys of the trace page.

import { copy } from "../../ui/copy.js";

/** Keys that move in a list of spans. The summary has none, so they scroll it. */
function listKeys(actions, page) {
  return {
    j: { label: "Next span", run: () => actions.move(1) },
    k: { label: "Previous span", run: () => actions.move(-1) },
    ArrowDown: { label: "Next span", run: () => actions.move(1) },
    ArrowUp: { label: "Previous span", run: () => actions.move(-1) },
    PageDown: { label: "A page of spans down", run: () => actions.move(page) },
    PageUp: { label: "A page of spans up", run: () => actions.move(-page) },
    Home: { label: "First span", run: () => actions.move(-Infinity) },
    End: { label: "Last span", run: () => actions.move(Infinity) },
    Enter: { label: "Show the details", run: actions.showDetails },
    e: { label: "Next failed span", run: () => actions.error(1) },
    E: { label: "Previous failed span", run: () => actions.error(-1) },
  };
}

/** Keys of the tree and of its bars. */
function waterfallKeys(actions, change) {
  return {
    ArrowRight: { label: "Expand, or go to the first child", run: actions.right },
    ArrowLeft: { label: "Collapse, or go to the parent", run: actions.left },
    "+": { label: "Expand one level", run: () => actions.setDepth(1) },
    "-": { label: "Collapse one level", run: () => actions.setDepth(-1) },
    z: { label: "Zoom in", run: () => actions.zoomBy(0.5) },
    x: { label: "Zoom out", run: () => actions.zoomBy(2) },
    "Shift+ArrowLeft": { label: "Earlier", run: () => actions.panBy(-0.2) },
    "Shift+ArrowRight": { label: "Later", run: () => actions.panBy(0.2) },
    0: { label: "Show the whole trace", run: () => change({ zoom: null }) },
  };
}

/** Returns the keys for `useKeys`. `change` changes the address, `input` is the text filter. */
export function traceKeys({ actions, trace, state, change, input, page }) {
  const view = (name) => () => change({ view: name, sort: null, order: null }, { push: true });
  return {
    ...(state.view === "summary" ? {} : listKeys(actions, page)),
    ...(state.view === "waterfall" ? waterfallKeys(actions, change) : {}),
    Escape: { label: "Close the details", run: actions.escape },
    c: {
      label: "Only the critical path",
      run: () => change({ critical: state.critical ? null : "1" }, { push: true }),
    },
    "/": { label: "Filter the spans", run: () => input.current?.focus() },
    t: { label: "Table", run: view("table") },
    w: { label: "Waterfall", run: view(null) },
    s: { label: "Summary", run: view("summary") },
    y: { label: "Copy the trace id", run: () => copy(trace.traceId) },
  };
}
