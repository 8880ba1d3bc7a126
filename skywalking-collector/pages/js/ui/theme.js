// The switch between light and dark. Without a choice, the theme follows the system.
import { recall, remember } from "../memory.js";
import { store } from "../store.js";

const dark = () => window.matchMedia("(prefers-color-scheme: dark)").matches;

/** The theme that is shown: `light` or `dark`. */
export const theme = store(recall("theme", null) ?? (dark() ? "dark" : "light"));

/** Switches the theme and remembers it, unless it is that of the system. */
export function toggleTheme() {
  const next = theme.get() === "dark" ? "light" : "dark";
  const system = next === (dark() ? "dark" : "light");
  remember("theme", system ? null : next);
  if (system) delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  theme.set(next);
}

window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  if (recall("theme", null) === null) theme.set(dark() ? "dark" : "light");
});
