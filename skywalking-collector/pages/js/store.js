// Values that components share, and states that the browser remembers.
import { useEffect, useState } from "preact/hooks";
import { recall, remember } from "./memory.js";

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

/** A state that is remembered: `const [width, setWidth] = useRemembered("width", 240)`. */
export function useRemembered(name, fallback) {
  const [value, setValue] = useState(() => recall(name, fallback));
  const set = (next) => {
    remember(name, next);
    setValue(next);
  };
  return [value, set];
}
