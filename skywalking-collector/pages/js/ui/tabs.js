// Tabs: arrows move between them, and only the selected one is in the order of Tab.
import { useRef } from "preact/hooks";
import { html } from "../html.js";

/**
 * `<${Tabs} label="Views" tabs=${[{ id, name }]} selected=${id} onSelect=${set} panel="view">`.
 * The element with the id `panel` needs `role="tabpanel"` and `aria-labelledby` of `tabId`.
 */
export function Tabs({ label, tabs, selected, onSelect, panel }) {
  const list = useRef(null);
  const move = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = tabs.findIndex(({ id }) => id === selected);
    const next = (at + step + tabs.length) % tabs.length;
    onSelect(tabs[next].id);
    list.current.children[next].focus();
  };
  return html`<div class="tabs" role="tablist" aria-label=${label} ref=${list} onKeyDown=${move}>
    ${tabs.map(({ id, name }) => html`<button key=${id} type="button" role="tab"
      id=${tabId(panel, id)} aria-controls=${panel}
      aria-selected=${id === selected ? "true" : "false"}
      tabindex=${id === selected ? 0 : -1} onClick=${() => onSelect(id)}>${name}</button>`)}
  </div>`;
}

/** Returns the id of a tab's element. */
export const tabId = (panel, id) => `${panel}-tab-${id}`;
