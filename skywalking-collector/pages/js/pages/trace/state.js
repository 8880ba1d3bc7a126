// The state of the trace page in its address.
//
// | parameter | content |
// | --- | --- |
// | `view` | `table` or `summary`; the waterfall without it |
// | `segment`, `span` | the selected span |
// | `details` | `0` if the details are closed |
// | `zoom` | `from-to` in ms after the start |
// | `depth`, `toggled` | the depth from which rows are collapsed; rows that differ, `4.17.20` |
// | `text`, `share`, `errors`, `critical`, `hide` | filter; `share` in percent, `hide` repeats |
// | `sort`, `order` | the order of the table and of the summary |

import { clamp, isWhole, whole } from "./scale.js";

const VIEWS = ["waterfall", "table", "summary"];

/** More toggled rows than these are not kept in the address. */
const MOST_TOGGLED = 200;

const number = (text) => (/^\d{1,9}(\.\d{1,6})?$/.test(text ?? "") ? Number(text) : null);

/** Reads the state from the parameters of the address. Ignores what is not valid. */
export function readState(params) {
  const view = params.get("view");
  const share = number(params.get("share"));
  const depth = number(params.get("depth"));
  const zoom = (params.get("zoom") ?? "").split("-").map(number);
  const segment = params.get("segment");
  const span = params.get("span");
  return {
    view: VIEWS.includes(view) ? view : "waterfall",
    selected: segment !== null && /^\d{1,10}$/.test(span ?? "") ? `${segment}:${span}` : null,
    details: params.get("details") !== "0",
    zoom: zoom.length === 2 && !zoom.includes(null) && zoom[0] < zoom[1]
      ? { from: zoom[0], to: zoom[1] }
      : null,
    depth: depth === null ? null : Math.floor(depth),
    toggled: (params.get("toggled") ?? "").split(".").map(number).filter((row) => row !== null)
      .slice(0, MOST_TOGGLED),
    text: params.get("text") ?? "",
    share: share === null ? 0 : Math.min(100, share),
    errors: params.get("errors") === "1",
    critical: params.get("critical") === "1",
    hidden: params.getAll("hide"),
    sort: params.get("sort"),
    order: params.get("order") === "asc" ? "asc" : "desc",
  };
}

/** Returns the range of time to show. */
export function rangeOf(state, length) {
  return state.zoom ? clamp(state.zoom, length) : whole(length);
}

/** The parameters of a zoom. The whole trace has none. */
export function zoomParams(range, length) {
  if (isWhole(range, length)) return { zoom: null };
  const short = (time) => String(Number(time.toFixed(3)));
  return { zoom: `${short(range.from)}-${short(range.to)}` };
}

/** The parameters of a selected span, by its key. */
export function selectionParams(key, details) {
  if (key === null) return { segment: null, span: null, details: null };
  const colon = key.lastIndexOf(":");
  return {
    segment: key.slice(0, colon),
    span: key.slice(colon + 1),
    details: details ? null : "0",
  };
}

/** The parameters of collapsed rows. */
export function collapseParams(depth, toggled) {
  const rows = [...toggled].slice(-MOST_TOGGLED);
  return { depth, toggled: rows.length > 0 ? rows.join(".") : null };
}

/** Returns the toggled rows after one more toggle. */
export function toggle(toggled, row) {
  return toggled.includes(row) ? toggled.filter((one) => one !== row) : [...toggled, row];
}

/** Returns whether the filter can hide rows. */
export function isFiltered(state) {
  return state.text !== "" || state.share > 0 || state.errors || state.critical ||
    state.hidden.length > 0;
}

/** The parameters of an empty filter. */
export const NO_FILTER = { text: null, share: null, errors: null, critical: null, hide: null };
