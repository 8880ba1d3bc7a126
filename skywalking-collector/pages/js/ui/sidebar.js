// The side bar: the pages, and at its foot what arrives.
import { html } from "../html.js";
import { link, rangeParams, useRoute } from "../router.js";
import { Icon } from "./icon.js";
import { toggleTheme, theme } from "./theme.js";
import { useStore } from "../store.js";

const ENTRIES = [
  { path: "/traces", name: "Traces", icon: "traces", routes: ["traces", "trace"] },
  { path: "/map", name: "Map", icon: "map", routes: ["map"] },
  { path: "/services", name: "Services", icon: "services", routes: ["services", "service"] },
];

export function Sidebar() {
  const { name, params } = useRoute();
  const shown = useStore(theme);
  const other = shown === "dark" ? "light" : "dark";
  return html`<nav class="side" aria-label="Pages">
    <ul class="side-pages">
      ${ENTRIES.map((entry) => html`<li key=${entry.path}>
        <a href=${link(entry.path, rangeParams(params))} class="side-link"
          aria-current=${entry.routes.includes(name) ? "page" : null}>
          <${Icon} name=${entry.icon} /><span>${entry.name}</span>
        </a>
      </li>`)}
    </ul>
    <div class="side-foot">
      <button type="button" class="quiet" onClick=${toggleTheme} title=${`Use the ${other} theme`}
        aria-label=${`Use the ${other} theme`}><${Icon} name="theme" /></button>
    </div>
  </nav>`;
}
