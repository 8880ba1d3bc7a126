// Changes of the address that wait a moment, since browsers ignore too many changes in a row.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { setParams } from "../../router.js";

/** Changes are written to the address after this time without another, in ms. */
const DELAY = 150;

/** Returns parameters with changes: null and "" remove one, a list repeats it. */
function withChanges(params, changes) {
  const merged = new URLSearchParams(params);
  for (const [key, value] of Object.entries(changes)) {
    merged.delete(key);
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== null && item !== undefined && item !== "") merged.append(key, item);
    }
  }
  return merged;
}

/**
 * Returns the parameters with the changes that wait, and a function that changes them. With
 * `{ push: true }` the back button returns to the state before the change.
 */
export function useAddress(params) {
  const pending = useRef({});
  const timer = useRef(0);
  const seen = useRef(params);
  const written = useRef(null);
  const [version, update] = useState(0);
  if (seen.current !== params) {
    seen.current = params;
    // Another address than the one written here: what waits belongs to the one before.
    if (window.location.search !== written.current) pending.current = {};
  }
  useEffect(() => () => clearTimeout(timer.current), []);
  const merged = useMemo(() => withChanges(params, pending.current), [params, version]);
  const write = (options) => {
    clearTimeout(timer.current);
    const changes = pending.current;
    pending.current = {};
    setParams(changes, options);
    written.current = window.location.search;
    update((n) => n + 1);
  };
  const change = (changes, { push = false } = {}) => {
    if (push) {
      // What waits belongs to the state before.
      if (Object.keys(pending.current).length > 0) write({ replace: true });
      pending.current = changes;
      write({ replace: false });
      return;
    }
    pending.current = { ...pending.current, ...changes };
    clearTimeout(timer.current);
    timer.current = setTimeout(() => write({ replace: true }), DELAY);
    update((n) => n + 1);
  };
  return [merged, change];
}
