// The colours of services: one of eight, the same on every page.
//
// A service gets the colour of its name's hash if no other has fewer services, otherwise the next
// one with the fewest. The browser remembers the choice, so a service keeps its colour.
import { recall, remember } from "./memory.js";

const COLORS = 8;

/** The colours of more services are those of their hashes, and are not remembered. */
const MOST_REMEMBERED = 200;

const chosen = new Map(read(recall("colors", [])));

/** Returns the remembered pairs of service and colour that are valid. */
function read(pairs) {
  if (!Array.isArray(pairs)) return [];
  const isValid = (pair) => Array.isArray(pair) && typeof pair[0] === "string" &&
    Number.isInteger(pair[1]) && pair[1] >= 0 && pair[1] < COLORS;
  return pairs.filter(isValid).slice(0, MOST_REMEMBERED);
}

function hashed(service) {
  let hash = 0x811c9dc5;
  for (let at = 0; at < service.length; at += 1) {
    hash = Math.imul(hash ^ service.charCodeAt(at), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash ^= hash >>> 13;
  return (hash >>> 0) % COLORS;
}

function choose(service) {
  const first = hashed(service);
  if (chosen.size >= MOST_REMEMBERED) return first;
  const used = new Array(COLORS).fill(0);
  for (const color of chosen.values()) used[color] += 1;
  const fewest = Math.min(...used);
  let color = first;
  while (used[color] > fewest) color = (color + 1) % COLORS;
  chosen.set(service, color);
  remember("colors", [...chosen]);
  return color;
}

/** Returns the number of the service's colour, 0 to 7. */
export const colorIndex = (service) => chosen.get(service) ?? choose(service);

/** Returns the service's colour for CSS, such as `style={{ background: colorOf(name) }}`. */
export const colorOf = (service) => `var(--service-${colorIndex(service)})`;

/** Returns the computed value of a colour token, for a canvas: `computed("--accent")`. */
export function computed(token) {
  const probe = document.createElement("i");
  probe.style.color = `var(${token})`;
  document.body.append(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  return color;
}
