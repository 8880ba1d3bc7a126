// The colours of services: one of eight, chosen by name, the same on every page.

const COLORS = 8;

/** Returns the number of the service's colour, 0 to 7. */
export function colorIndex(service) {
  let hash = 0x811c9dc5;
  for (let at = 0; at < service.length; at += 1) {
    hash = Math.imul(hash ^ service.charCodeAt(at), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash ^= hash >>> 13;
  return (hash >>> 0) % COLORS;
}

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
