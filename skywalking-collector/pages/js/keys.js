// Keyboard shortcuts. A page registers its keys with `useKeys`; the page of keys lists them.
import { useEffect, useRef } from "preact/hooks";
import { store } from "./store.js";

/** The registered groups: `{ title, keys: { key: { label, run } } }`. The newest has priority. */
export const groups = store([]);

/** The keys of a sequence such as "g t" must follow each other within this time, in ms. */
const SEQUENCE = 1200;

let prefix = "";
let prefixTime = 0;

function nameOf(event) {
  const key = event.key === " " ? "Space" : event.key;
  if (event.ctrlKey || event.metaKey) return `Mod+${key.length === 1 ? key.toLowerCase() : key}`;
  if (event.altKey) return `Alt+${key}`;
  return event.shiftKey && key.length > 1 ? `Shift+${key}` : key;
}

function isTyping(target) {
  return target.closest?.("input, textarea, select, [contenteditable]") !== null;
}

/** A focused button or link handles these keys itself. */
function handlesItself(target, name) {
  const focused = target.closest?.("button, a, summary, [role=tab]");
  return focused && (name === "Enter" || (name === "Space" && !focused.matches("a")));
}

function find(name) {
  for (const group of [...groups.get()].reverse()) {
    if (Object.hasOwn(group.keys, name)) return group.keys[name];
    if (group.modal) return null;
  }
  return null;
}

function pressed(event) {
  if (event.defaultPrevented || event.isComposing) return;
  // The browser closes a modal dialog with Escape, and the page behind it must not react.
  if (document.querySelector("dialog[open]")) return;
  const name = nameOf(event);
  const target = event.target instanceof Element ? event.target : document.body;
  if (isTyping(target) && !name.startsWith("Mod+")) return;
  if (handlesItself(target, name)) return;
  const now = Date.now();
  const sequence = prefix && now - prefixTime < SEQUENCE ? find(`${prefix} ${name}`) : null;
  const action = sequence ?? find(name);
  prefix = name;
  prefixTime = now;
  if (!action) return;
  event.preventDefault();
  prefix = "";
  action.run(event);
}

/** Starts to listen. Called once. */
export function startKeys() {
  document.addEventListener("keydown", pressed);
}

/**
 * Registers keys while the component is shown:
 * `useKeys("Trace", { e: { label: "Next error", run } })`. Names are those of `KeyboardEvent.key`,
 * `Space`, `Mod+k` for Ctrl or Cmd, and sequences such as `g t`. `modal` hides earlier groups.
 */
export function useKeys(title, keys, { modal = false } = {}) {
  const latest = useRef(keys);
  latest.current = keys;
  const names = Object.keys(keys).join("\n");
  useEffect(() => {
    const stable = {};
    for (const [name, { label }] of Object.entries(latest.current)) {
      stable[name] = { label, run: (event) => latest.current[name]?.run(event) };
    }
    const group = { title, keys: stable, modal };
    groups.set([...groups.get(), group]);
    return () => groups.set(groups.get().filter((other) => other !== group));
  }, [title, names, modal]);
}
