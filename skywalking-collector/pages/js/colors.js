// The colours of services: one of eight, the same on every page and in every browser.
//
// The collector numbers services in the order of their first arrival. Its answers have the numbers,
// and the number selects the colour. A service without a known number has the colour of its hash.

const COLORS = 8;

/** More numbers are not kept. */
const MOST = 10_000;

const numbers = new Map();

function note(service, number) {
  if (typeof service !== "string" || !Number.isInteger(number) || number < 0) return;
  if (numbers.size >= MOST && !numbers.has(service)) numbers.clear();
  numbers.set(service, number);
}

/**
 * Keeps the numbers of services in an answer of the collector: a list of services, a map, a page
 * of traces, a trace as columns, or a message of the live stream.
 */
export function learnColors(answer) {
  if (Array.isArray(answer)) {
    if (answer[0]?.color !== undefined) for (const { name, color } of answer) note(name, color);
  } else if (answer?.colors) {
    answer.services?.forEach((service, at) => note(service, answer.colors[at]));
  } else if (answer?.traces) {
    for (const trace of answer.traces) learnColors(trace);
  } else if (answer?.nodes) {
    for (const { name, color } of answer.nodes) note(name, color);
  } else if (answer?.trace) {
    learnColors(answer.trace);
  }
}

function hashed(service) {
  let hash = 0x811c9dc5;
  for (let at = 0; at < service.length; at += 1) {
    hash = Math.imul(hash ^ service.charCodeAt(at), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash ^= hash >>> 13;
  return hash >>> 0;
}

/** Returns the number of the service's colour, 0 to 7. */
export const colorIndex = (service) => (numbers.get(service) ?? hashed(service)) % COLORS;

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
