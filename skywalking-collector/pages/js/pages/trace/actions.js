// What a user can do on the trace page: move, collapse, zoom, filter. Keys and clicks share it.

import { collapsedAbove, keyOf, nextError } from "./model.js";
import { pan, zoom } from "./scale.js";
import { collapseParams, selectionParams, toggle, zoomParams } from "./state.js";

/**
 * Returns the actions of a trace.
 *
 * `list` are the rows of the view in their order. `change(params, options)` changes the address.
 * `reveal` brings the selected row into view. `closed` are the rows that were collapsed while a
 * filter is set, changed by `setClosed`; without a filter the address has them.
 */
export function actionsOf({ trace, state, selected, shown, collapsed, filtered, list, range, closed,
  setClosed, change, reveal }) {
  const at = () => list.indexOf(selected);
  const toggleRow = (row) => {
    if (filtered) setClosed(toggle(closed, row));
    else change(collapseParams(state.depth, toggle(state.toggled, row)));
  };
  const expandAbove = (row) => {
    const above = collapsedAbove(trace, row, collapsed);
    if (above.length === 0) return {};
    if (filtered) {
      setClosed(closed.filter((one) => !above.includes(one)));
      return {};
    }
    return collapseParams(state.depth, above.reduce(toggle, state.toggled));
  };
  const select = (row, { open = state.details && selected >= 0, push = false } = {}) => {
    const key = row < 0 ? null : keyOf(trace, row);
    change({ ...expandAbove(row), ...selectionParams(key, open) }, { push });
    reveal();
  };
  const open = (row) => {
    const isOpen = selected >= 0 && state.details;
    change(selectionParams(keyOf(trace, row), true), { push: !isOpen });
  };
  const setZoom = (next, push) => change(zoomParams(next, trace.length), { push });
  const centre = () => {
    if (selected < 0) return (range.from + range.to) / 2;
    const middle = trace.start[selected] + trace.duration[selected] / 2;
    return middle < range.from || middle > range.to ? (range.from + range.to) / 2 : middle;
  };
  const maxDepth = () => trace.depth.reduce((most, one) => Math.max(most, one), 0);
  const setDepth = (step) => {
    const most = maxDepth();
    const next = Math.max(0, Math.min(state.depth ?? most, most) + step);
    setClosed([]);
    change(collapseParams(next >= most ? null : next, []));
  };
  return {
    toggleRow,
    select,
    open,
    setZoom,
    setDepth,
    move(step) {
      if (list.length === 0) return;
      const now = at();
      const next = Math.min(list.length - 1, Math.max(0, now + step));
      select(list[next]);
    },
    /** Expands the selected row, or selects its first child. */
    right() {
      if (selected < 0) return;
      if (collapsed[selected]) toggleRow(selected);
      else if (trace.children[selected] > 0 && at() + 1 < list.length) select(list[at() + 1]);
    },
    /** Collapses the selected row, or selects its parent. */
    left() {
      if (selected < 0) return;
      if (trace.children[selected] > 0 && !collapsed[selected]) toggleRow(selected);
      else if (trace.parent[selected] >= 0) select(trace.parent[selected]);
    },
    /** Selects the next failed span that the filter shows. */
    error(step) {
      let row = selected;
      for (let tries = 0; tries < trace.errors.length; tries++) {
        row = nextError(trace, row, step);
        if (shown.passes[row]) {
          select(row);
          return;
        }
      }
    },
    zoomBy: (factor) => setZoom(zoom(range, factor, centre(), trace.length), false),
    panBy: (share) => setZoom(pan(range, share, trace.length), false),
    showDetails: () => {
      if (selected >= 0) open(selected);
    },
    /** Closes the details, then removes the selection. */
    escape() {
      if (selected < 0) return;
      if (state.details) change({ details: "0" });
      else change(selectionParams(null));
    },
    hideService(name) {
      const { hidden } = state;
      const next = hidden.includes(name) ? hidden.filter((one) => one !== name) : [...hidden, name];
      change({ hide: next }, { push: true });
    },
  };
}

