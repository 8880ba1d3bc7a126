// The page of keys: what the keyboard does on the page that is shown.
import { html } from "../html.js";
import { groups } from "../keys.js";
import { Dialog } from "./dialog.js";

const SYMBOLS = { ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→", Escape: "Esc" };
const mac = navigator.platform.startsWith("Mac");

/** The caps of a key such as `Mod+k` or `g t`. */
function caps(key) {
  const parts = key.includes(" ") ? key.split(" ") : key.length > 1 ? key.split("+") : [key];
  return parts.map((part) => (part === "Mod" ? (mac ? "⌘" : "Ctrl")
    : SYMBOLS[part] ?? (part.length === 1 && /[A-Z]/.test(part) ? `Shift ${part}` : part)));
}

/** Groups of the same title as one; keys with the same label share a line. */
function merged() {
  const titles = new Map();
  for (const { title, keys } of groups.get()) {
    const lines = titles.get(title) ?? new Map();
    for (const [key, { label }] of Object.entries(keys)) {
      lines.set(label, [...(lines.get(label) ?? []), key]);
    }
    titles.set(title, lines);
  }
  return [...titles];
}

export default function KeyList({ onClose }) {
  return html`<${Dialog} label="Keys" onClose=${onClose} class="key-list">
    <div class="key-list-head"><h1>Keys</h1>
      <button type="button" autofocus onClick=${onClose}>Close</button></div>
    ${merged().map(([title, lines]) => html`<section key=${title}>
      <h2>${title}</h2>
      <dl>${[...lines].map(([label, keys]) => html`<div key=${label}>
        <dt>${label}</dt>
        <dd>${keys.map((key, at) => html`<span key=${key}>${at > 0 && html`<i>or</i>`}
          ${caps(key).map((cap) => html`<kbd key=${cap}>${cap}</kbd>`)}</span>`)}</dd>
      </div>`)}</dl>
    </section>`)}
  <//>`;
}
