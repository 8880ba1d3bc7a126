// The side bar: the pages, and at its foot what arrives.
import { html } from "../html.js";
import { pageLink, useRoute } from "../router.js";
import { Arrivals } from "./arrivals.js";
import { Icon } from "./icon.js";
import { toggleTheme, theme } from "./theme.js";
import { useStore } from "../store.js";

const MOD = navigator.platform.startsWith("Mac") ? "⌘" : "Ctrl";

const ENTRIES = [
  { page: "traces", name: "Traces", icon: "traces", routes: ["traces", "trace"] },
  { page: "map", name: "Map", icon: "map", routes: ["map"] },
  { page: "services", name: "Services", icon: "services", routes: ["services", "service"] },
  { page: "logs", name: "Logs", icon: "logs", routes: ["logs"] },
];

/** The side bar. `show` opens the palette (`palette`) or the list of keys (`keys`). */
export function Sidebar({ show }) {
  const { name, params } = useRoute();
  const shown = useStore(theme);
  const other = shown === "dark" ? "light" : "dark";
  return html`<nav class="side" aria-label="Pages">
    <ul class="side-pages">
      ${ENTRIES.map((entry) => html`<li key=${entry.page}>
        <a href=${pageLink(entry.page, params)} class="side-link"
          aria-current=${entry.routes.includes(name) ? "page" : null}>
          <${Icon} name=${entry.icon} /><span>${entry.name}</span>
        </a>
      </li>`)}
    </ul>
    <button type="button" class="side-find" onClick=${() => show("palette")}
      title="Go to a trace, service, endpoint or page">
      <${Icon} name="search" /><span>Go to</span><kbd aria-hidden="true">${MOD} K</kbd>
    </button>
    <div class="side-foot">
      <${Arrivals} />
      <div class="side-buttons">
      <button type="button" class="quiet" onClick=${toggleTheme} title=${`Use the ${other} theme`}
        aria-label=${`Use the ${other} theme`}><${Icon} name="theme" /></button>
      <button type="button" class="quiet" onClick=${() => show("keys")} title="Keys (?)"
        aria-label="Keys"><${Icon} name="keys" /></button>
      </div>
    </div>
  </nav>`;
}
