// The frame of all pages: the side bar, the page of the address, and what floats above it.
import { useEffect, useErrorBoundary, useState } from "preact/hooks";
import { html } from "./html.js";
import { connection } from "./api.js";
import { useKeys } from "./keys.js";
import { navigate, pageLink, route, useRoute } from "./router.js";
import { useStore } from "./store.js";
import { Failure } from "./ui/failure.js";
import { Sidebar } from "./ui/sidebar.js";
import { TokenDialog } from "./ui/token.js";
import { toggleTheme } from "./ui/theme.js";

const loaded = new Map();

/** Loads a style sheet once. Resolves also if it is missing: the page then looks plain. */
function loadStyle(href) {
  if (document.querySelector(`link[rel="stylesheet"][href="${href}"]`)) return Promise.resolve();
  return new Promise((resolve) => {
    const element = document.createElement("link");
    element.rel = "stylesheet";
    element.href = href;
    element.onload = resolve;
    element.onerror = resolve;
    document.head.append(element);
  });
}

async function loadPage(route) {
  const module = await route.load();
  await Promise.all((module.style ?? []).map(loadStyle));
  loaded.set(route.load, module.default);
}

/** Loads the page of the address, so that the first paint shows it. */
export async function loadFirstPage() {
  const first = route().route;
  if (first) await loadPage(first);
}

/** Shows the page of the address, and a skeleton while its module is loaded. */
function Page() {
  const { route, id, params } = useRoute();
  const [, update] = useState(0);
  const [error, setError] = useState(null);
  const [crash, resetCrash] = useErrorBoundary((thrown) => console.error(thrown));
  const Component = route && loaded.get(route.load);
  useEffect(() => {
    setError(null);
    if (crash) resetCrash();
    if (!route || Component) return;
    loadPage(route).then(() => update((n) => n + 1), setError);
  }, [route]);
  if (!route) {
    return html`<${Failure} title="This page does not exist"
      text="Open Traces in the side bar, or check the address." />`;
  }
  if (error) {
    return html`<${Failure} title="The page could not be loaded"
      text="The collector did not answer. Start it again and reload the page." />`;
  }
  if (crash) {
    return html`<${Failure} title="This page has a bug" text=${String(crash.message ?? crash)}
      retry=${resetCrash} />`;
  }
  return Component ? html`<${Component} id=${id} params=${params} />` : null;
}

function ConnectionBar() {
  const state = useStore(connection);
  if (state !== "gone") return null;
  return html`<div class="bar-gone" role="alert">
    The collector does not answer. What is shown is from before; this page reconnects by itself.
  </div>`;
}

/** What floats above a page. Loaded when it is first shown. */
const FLOATING = {
  palette: () => import("./ui/palette.js"),
  keys: () => import("./ui/key-list.js"),
};

export function Shell() {
  const state = useStore(connection);
  const [floating, setFloating] = useState(null);
  const show = (name) => FLOATING[name]().then(
    (module) => setFloating({ Component: module.default }), () => {});
  const close = () => setFloating(null);
  const go = (page) => () => navigate(pageLink(page));
  useKeys("Everywhere", {
    "Mod+k": { label: "Go to a trace, service, endpoint or page", run: () => show("palette") },
    "?": { label: "Show the keys", run: () => show("keys") },
    "g t": { label: "Go to Traces", run: go("traces") },
    "g m": { label: "Go to Map", run: go("map") },
    "g s": { label: "Go to Services", run: go("services") },
    "g l": { label: "Go to Logs", run: go("logs") },
    D: { label: "Switch between light and dark", run: toggleTheme },
  });
  return html`
    <a class="skip" href="#main">Skip to the page</a>
    <div class="shell">
      <${Sidebar} show=${show} />
      <div class="content">
        <main id="main" tabindex="-1"><${Page} /></main>
        <${ConnectionBar} />
      </div>
      ${floating && state !== "token" && html`<${floating.Component} onClose=${close} />`}
      ${state === "token" && html`<${TokenDialog} />`}
    </div>
  `;
}
