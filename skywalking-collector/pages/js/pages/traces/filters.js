// The filters of the list: in the address, as chips, and as text in the search line.
import { duration } from "../../format.js";

/** The parameters of the address that filter, in the order of their chips. */
const NAMES = [
  "service", "instance", "endpoint", "source", "target", "tag", "error", "violations",
  "minDuration", "maxDuration", "text",
];

/** What can be typed, for the completion. */
export const HINTS = [
  { insert: "service:", label: "service:", note: "a service by name" },
  { insert: "endpoint:", label: "endpoint:", note: "an endpoint by name" },
  { insert: "instance:", label: "instance:", note: "an instance by name" },
  { insert: "tag:", label: "tag:", note: "a tag, tag:key or tag:key=value" },
  { insert: "error ", label: "error", note: "traces with an error", done: true },
  { insert: "!error ", label: "!error", note: "traces without an error", done: true },
  { insert: "violations ", label: "violations", note: "with protocol violations", done: true },
  { insert: ">200ms ", label: ">200ms", note: "slower than 200 ms", done: true },
  { insert: "<1s ", label: "<1s", note: "faster than 1 s", done: true },
];

/** Returns the filters of the address as parameters of the API. */
export function apiFilters(params) {
  const filters = {};
  for (const name of NAMES) {
    const values = params.getAll(name);
    if (values.length) filters[name] = name === "tag" ? values : values[0];
  }
  return filters;
}

/** The name of a node of the map, from its id. */
function nodeName(id) {
  try {
    const bytes = atob(id.replace(/\.\d$/, ""));
    return new TextDecoder("utf-8", { fatal: true })
      .decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
  } catch {
    return id;
  }
}

function chipText(name, value) {
  if (name === "error") return value === "false" ? "no error" : "error";
  if (name === "violations") return value === "false" ? "no violations" : "violations";
  const limit = { minDuration: "≥", maxDuration: "≤" }[name];
  if (limit) return `${limit} ${/^\d+$/.test(value) ? duration(Number(value)) : value}`;
  if (name === "source") return `calls from: ${nodeName(value)}`;
  if (name === "target") return `calls to: ${nodeName(value)}`;
  if (name === "text") return `“${value}”`;
  return `${name}: ${value}`;
}

/** Returns the chips: `{ name, value, text }`. */
export function chips(params) {
  return NAMES.flatMap((name) =>
    params.getAll(name).map((value) => ({ name, value, text: chipText(name, value) })));
}

/** Returns the changes of the address that remove a chip. */
export function without(params, chip) {
  const rest = params.getAll(chip.name).filter((value) => value !== chip.value);
  return { [chip.name]: rest };
}

/** Returns the changes of the address that remove all filters. */
export const withoutAll = () => Object.fromEntries(NAMES.map((name) => [name, null]));

const UNITS = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000 };

/** Splits at spaces outside of double quotes. */
export function words(text) {
  return (text.match(/(?:"[^"]*"?|[^\s"])+/g) ?? []).map((word) => word.replaceAll('"', ""));
}

/** Splits the text into what stays and the last word, which is completed. */
export function lastWord(text) {
  const match = /(?:[^\s"]*"[^"]*|[^\s"]*)$/.exec(text);
  return [text.slice(0, match.index), match[0]];
}

function durationChange(word) {
  const match = /^([<>])=?(\d+(?:\.\d+)?)(ms|s|m|min|h)?$/.exec(word);
  if (!match) return null;
  const ms = Math.round(Number(match[2]) * UNITS[match[3] ?? "ms"]);
  return match[1] === ">" ? { minDuration: ms } : { maxDuration: ms };
}

/** A space after the colon of a filter, as in `service: shop`. */
const SPACED = /((?:^|\s)(?:service|instance|endpoint|tag):)\s+/gi;

/** Returns the changes of the address for the text of the search line. */
export function parse(text, params) {
  const changes = {};
  const free = [];
  for (const word of words(text.replace(SPACED, "$1"))) {
    const [, typed, value] = /^(service|instance|endpoint|tag):(.+)$/is.exec(word) ?? [];
    const key = typed?.toLowerCase();
    const limit = durationChange(word);
    if (key === "tag") changes.tag = [...(changes.tag ?? params.getAll("tag")), value];
    else if (key) changes[key] = value;
    else if (limit) Object.assign(changes, limit);
    else if (word === "error") changes.error = "true";
    else if (word === "!error") changes.error = "false";
    else if (word === "violations") changes.violations = "true";
    else free.push(word);
  }
  if (free.length) changes.text = free.join(" ");
  if (changes.tag) changes.tag = [...new Set(changes.tag)];
  return changes;
}

/** Quotes a value for the search line. */
export const quote = (value) => (/[\s"]/.test(value) ? `"${value.replaceAll('"', "")}"` : value);
