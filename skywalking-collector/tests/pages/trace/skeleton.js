// Skeletons for the tests of the trace page.

/** A generator of numbers from 0 to 1 that returns the same sequence for the same seed. */
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const EMPTY = {
  segment: 0, spanId: 0, parent: -1, depth: 0, link: 0, service: 0, instance: 0, name: 0, peer: -1,
  component: -1, type: 2, layer: 0, start: 0, duration: 0, self: 0, flags: 0, reason: -1,
};

/** Builds a skeleton from rows: objects with the columns that differ from an empty span. */
export function skeleton(rows, more = {}) {
  const columns = Object.fromEntries(Object.keys(EMPTY).map((name) => [name, []]));
  rows.forEach((given, index) => {
    const parent = given.parent ?? -1;
    const depth = parent < 0 ? 0 : columns.depth[parent] + 1;
    const row = { ...EMPTY, spanId: index, depth, link: parent < 0 ? 0 : 1, ...given };
    for (const name of Object.keys(EMPTY)) columns[name].push(row[name]);
  });
  const end = Math.max(0, ...rows.map((row) => (row.start ?? 0) + (row.duration ?? 0)));
  return {
    traceId: "trace", start: 1_700_000_000_000, end: 1_700_000_000_000 + end, spans: rows.length,
    services: ["web"], instances: ["web-1"], names: ["/"], peers: [], components: [], reasons: [],
    segments: ["segment"], columns, critical: [], notes: [], violations: [],
    ...more,
  };
}

/** Generates a skeleton of `count` spans: a tree of random shape with times that nest. */
export function generate(count, seed = 1) {
  const next = random(seed);
  const rows = [];
  const add = (parent, start, duration, left) => {
    const stack = [{ parent, start, duration, left }];
    while (stack.length > 0) {
      const one = stack.pop();
      const row = rows.length;
      const type = Math.floor(next() * 3);
      rows.push({
        parent: one.parent, start: one.start, duration: one.duration, type,
        service: Math.floor(next() * 8), name: Math.floor(next() * 40), layer: type === 1 ? 1 : 0,
        flags: next() < 0.01 ? 1 : 0, self: one.duration, reason: -1,
      });
      let left = one.left - 1;
      const below = [];
      let at = one.start;
      while (left > 0) {
        const take = Math.min(left, 1 + Math.floor(next() * Math.max(1, left / 2)));
        const rest = one.start + one.duration - at;
        const long = Math.floor(rest * next() * 0.6);
        const begin = at + Math.floor((rest - long) * next() * 0.2);
        below.push({ parent: row, start: begin, duration: long, left: take });
        at = begin + long;
        left -= take;
      }
      stack.push(...below.reverse());
    }
  };
  add(-1, 0, 60_000, count);
  const range = (length, name) => Array.from({ length }, (_, index) => name(index));
  return skeleton(rows, {
    services: range(8, (index) => `service-${index}`),
    names: range(40, (index) => `/operation/${index}`),
  });
}
