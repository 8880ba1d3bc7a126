// The address is the state of the pages.
//
// To plug in a page, add a route below. `load` imports its module when the route is first shown, so
// that its libraries are fetched only then. The module's default export is a component; it gets
// `id` (the decoded part of the path, or null) and `params` (a URLSearchParams of the query).
// It reads the time range with `timeRange(params)` and changes its state with `setParams`.
// It may export `style`, a list of style sheets below /assets/ that are loaded before it is shown.
import { recall, remember } from "./memory.js";
import { store, useStore } from "./store.js";

const ROUTES = [
  { name: "traces", path: /^\/(?:traces)?$/, load: () => import("./pages/traces/index.js") },
  { name: "trace", path: /^\/traces\/([^/]+)$/, load: () => import("./pages/trace/index.js") },
  { name: "logs", path: /^\/logs$/, load: () => import("./pages/logs/index.js") },
  { name: "map", path: /^\/map$/, load: () => import("./pages/map/index.js") },
  { name: "services", path: /^\/services$/, load: () => import("./pages/services/index.js") },
  {
    name: "service",
    path: /^\/services\/([^/]+)$/,
    load: () => import("./pages/services/index.js"),
  },
];

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function read() {
  const { pathname, search } = window.location;
  const params = new URLSearchParams(search);
  for (const route of ROUTES) {
    const match = route.path.exec(pathname);
    if (match) {
      return { name: route.name, route, id: match[1] ? decode(match[1]) : null, params };
    }
  }
  return { name: "missing", route: null, id: null, params };
}

const current = store(read());

let returned = false;

/** Returns whether the browser's back or forward button led to the current address. */
export const isReturn = () => returned;

/** Returns the current route: `{ name, route, id, params }`. */
export const useRoute = () => useStore(current);

/** Returns the current route outside of components. */
export const route = () => current.get();

/** Returns an address. `params` is an object; a list repeats its key; null and "" are left out. */
export function link(path, params = {}) {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== null && item !== undefined && item !== "") query.append(key, item);
    }
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

/**
 * The parameters that make up the view of a page. The browser remembers what the user chose last,
 * and links to the page carry it, so that the address remains the state.
 */
const VIEWS = {
  traces: ["sort", "order"], trace: ["view"], map: ["view"], services: ["sort", "order"],
  logs: [],
};

/** Remembers the view of the current page if it differs from that of `before` on the same page. */
function rememberView(before) {
  const { name, params } = current.get();
  const names = VIEWS[name];
  if (name !== before.name || !names) return;
  if (names.every((one) => params.get(one) === before.params.get(one))) return;
  remember(`view.${name}`, Object.fromEntries(names.map((one) => [one, params.get(one)])));
}

/** Returns the parameters of the view of a page that the user chose last. */
function lastView(name) {
  const known = recall(`view.${name}`, null) ?? {};
  return Object.fromEntries(VIEWS[name].map((one) => [one, known[one]]));
}

/** Returns the address of a page, such as `traces`, with a time range and the last view. */
export const pageLink = (name, params = current.get().params) =>
  link(`/${name}`, { ...rangeParams(params), ...lastView(name) });

/** Returns the address of a trace. `params` can select a span: `{ segment, span }`. */
export function traceLink(id, params = {}) {
  const view = lastView("trace");
  // The summary does not show single spans.
  const isHidden = view.view === "summary" && params.segment;
  return link(`/traces/${encodeURIComponent(id)}`, { ...(isHidden ? {} : view), ...params });
}

/** Returns the address of a service. */
export const serviceLink = (name, params) => link(`/services/${encodeURIComponent(name)}`, params);

/** Shows an address. `replace` keeps the back button where it was. */
export function navigate(href, { replace = false } = {}) {
  if (href === window.location.pathname + window.location.search) return;
  returned = false;
  const before = current.get();
  window.history[replace ? "replaceState" : "pushState"](null, "", href);
  current.set(read());
  rememberView(before);
}

/** Changes parameters of the current address. Others stay; null removes one. */
export function setParams(changes, options) {
  const query = new URLSearchParams(window.location.search);
  for (const [key, value] of Object.entries(changes)) {
    query.delete(key);
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== null && item !== undefined && item !== "") query.append(key, item);
    }
  }
  const text = query.toString();
  navigate(window.location.pathname + (text ? `?${text}` : ""), options);
}

/** The relative time ranges in minutes, by their name in the address (`range=15m`). */
export const RANGES = { "5m": 5, "15m": 15, "1h": 60 };

/** The parameters of the time range, which links between pages keep. */
export function rangeParams(params = current.get().params) {
  return { range: params.get("range"), from: params.get("from"), to: params.get("to") };
}

/** A relative range moves in steps of this length in ms, so that not each render reads again. */
const STEP = 5000;

/** Returns `{ from, to }` in epoch ms for the API. Both are null for everything stored. */
export function timeRange(params, now = Date.now()) {
  const minutes = RANGES[params.get("range")];
  if (minutes) return { from: Math.floor(now / STEP) * STEP - minutes * 60_000, to: null };
  const number = (name) => (/^\d{1,15}$/.test(params.get(name) ?? "") ? +params.get(name) : null);
  return { from: number("from"), to: number("to") };
}

/** Follows links of the pages without loading the document again. */
export function startRouter() {
  window.addEventListener("popstate", () => {
    returned = true;
    current.set(read());
  });
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const anchor = event.target.closest?.("a[href]");
    if (!anchor || anchor.target || anchor.hasAttribute("download")) return;
    if (anchor.origin !== window.location.origin) return;
    if (!ROUTES.some(({ path }) => path.test(anchor.pathname))) return;
    event.preventDefault();
    navigate(anchor.pathname + anchor.search);
  });
}
