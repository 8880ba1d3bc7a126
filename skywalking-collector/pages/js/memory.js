// Values that the browser remembers.
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
