// Completions of the search line for its last word.
import { get } from "../../api.js";
import { HINTS, quote } from "./filters.js";

const LIMIT = 12;

const matching = (names, part) => {
  const wanted = part.replaceAll('"', "").toLowerCase();
  const starts = names.filter((name) => name.toLowerCase().startsWith(wanted));
  const holds = names.filter((name) => !starts.includes(name)
    && name.toLowerCase().includes(wanted));
  return [...starts, ...holds].slice(0, LIMIT);
};

async function services(part, signal) {
  const found = await get("/api/services", {}, signal);
  return matching(found.map(({ name }) => name), part)
    .map((name) => ({ insert: `service:${quote(name)} `, label: name, service: name, done: true }));
}

async function instances(part, service, signal) {
  const found = await get("/api/instances", { service }, signal);
  return matching([...new Set(found.map(({ instance }) => instance))], part)
    .map((name) => ({ insert: `instance:${quote(name)} `, label: name, done: true }));
}

async function endpoints(part, service, signal) {
  const q = part.replaceAll('"', "").trim();
  const found = q ? (await get("/api/find", { q, limit: 100 }, signal)).endpoints
    : await get("/api/endpoints", { service, limit: 100 }, signal);
  const own = found.filter((known) => !service || known.service === service);
  return matching([...new Set(own.map(({ endpoint }) => endpoint))], part)
    .map((name) => ({ insert: `endpoint:${quote(name)} `, label: name, done: true }));
}

async function tags(part, service, signal) {
  const [key, value] = part.replaceAll('"', "").split(/=(.*)/s);
  if (value === undefined) {
    const { keys } = await get("/api/tags/keys", { service }, signal);
    const known = new Map(keys.map(({ key: name, traces }) => [name, traces]));
    return matching([...known.keys()], key).map((name) => ({
      insert: `tag:${name}=`, label: `${name}=`, note: `${known.get(name)} traces`,
    }));
  }
  const { values } = await get("/api/tags/values", { key, service, limit: 200 }, signal);
  const known = new Map(values.map(({ value: text, traces }) => [text, traces]));
  return matching([...known.keys()], value).map((text) => ({
    insert: `tag:${quote(`${key}=${text}`)} `, label: `${key}=${text}`, done: true,
    note: `${known.get(text)} traces`,
  }));
}

/** Returns completions: `{ insert, label, note, done }`. `service` is that of the chips. */
export async function complete(word, service, signal) {
  const [, key, part] = /^(service|instance|endpoint|tag):(.*)$/s.exec(word) ?? [];
  if (key === "service") return services(part, signal);
  if (key === "instance") return instances(part, service, signal);
  if (key === "endpoint") return endpoints(part, service, signal);
  if (key === "tag") return tags(part, service, signal);
  return HINTS.filter(({ label }) => label.startsWith(word.toLowerCase()) && label !== word);
}
