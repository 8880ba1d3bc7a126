// Values that components share, and values that the browser remembers.
import { useEffect, useState } from "preact/hooks";

/** Creates a value with subscribers. */
export function store(value) {
  const subscribers = new Set();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const notify of [...subscribers]) notify(value);
    },
    subscribe(notify) {
      subscribers.add(notify);
      return () => subscribers.delete(notify);
    },
  };
}

/** Returns the value of a store, and renders again when it changes. */
export function useStore(from) {
  const [, update] = useState(0);
  const value = from.get();
  useEffect(() => {
    const notify = () => update((n) => n + 1);
    if (!Object.is(from.get(), value)) notify();
    return from.subscribe(notify);
  }, [from]);
  return value;
}

const PREFIX = "skywalking.";

/** Reads a remembered value. `fallback` if it is missing or storage is disabled. */
export function recall(name, fallback) {
  try {
    const text = localStorage.getItem(PREFIX + name);
    return text === null ? fallback : JSON.parse(text);
  } catch {
    return fallback;
  }
}

/** Remembers a value, such as a column width. `null` forgets it. */
export function remember(name, value) {
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // Storage is disabled: the value lasts until the page is closed.
  }
}

/** A state that is remembered: `const [width, setWidth] = useRemembered("width", 240)`. */
export function useRemembered(name, fallback) {
  const [value, setValue] = useState(() => recall(name, fallback));
  const set = (next) => {
    remember(name, next);
    setValue(next);
  };
  return [value, set];
}
