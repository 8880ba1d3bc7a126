// The filters of the list: in the address, and as parameters of the API.

/** The levels with a button, the worst first. */
export const LEVELS = ["ERROR", "WARN", "INFO", "DEBUG", "TRACE"];

/** The parameters of the address that filter. */
const NAMES = ["service", "instance", "endpoint", "level", "text", "trace"];

/** Those with a chip. The others have a field. */
const CHIPS = ["instance", "endpoint", "trace"];

/** Other names of a level, which the buttons include. */
const ALIASES = { ERROR: ["FATAL", "SEVERE", "CRITICAL"], WARN: ["WARNING"] };

/** Returns the filters of the address as parameters of the API. */
export function apiFilters(params) {
  const filters = {};
  for (const name of NAMES) {
    const values = params.getAll(name).filter((value) => value !== "");
    if (values.length) filters[name] = name === "level" ? withAliases(values) : values[0];
  }
  return filters;
}

const withAliases = (levels) => levels.flatMap((level) => [level, ...(ALIASES[level] ?? [])]);

/** Returns the chips: `{ name, value }`. */
export const chips = (params) =>
  CHIPS.flatMap((name) => (params.get(name) ? [{ name, value: params.get(name) }] : []));

/** Returns the changes of the address that remove all filters. */
export const withoutAll = () => Object.fromEntries(NAMES.map((name) => [name, null]));

/** Returns the changes of the address for a press of a level's button. */
export function toggledLevel(params, level) {
  const chosen = params.getAll("level");
  const next = chosen.includes(level) ? chosen.filter((one) => one !== level) : [...chosen, level];
  // All levels are the same as none.
  return { level: LEVELS.every((one) => next.includes(one)) ? null : next };
}

/** Returns the tone of a level for its colour: `error`, `warn`, `quiet` or an empty text. */
export function toneOf(level) {
  const name = level.toUpperCase();
  const known = Object.keys(ALIASES).find((key) => key === name || ALIASES[key].includes(name));
  if (known) return known.toLowerCase();
  return name === "DEBUG" || name === "TRACE" ? "quiet" : "";
}
