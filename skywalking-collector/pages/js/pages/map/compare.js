// Compares the numbers of two ranges of time.

import { errorShare } from "./edges.js";

const MINUTE = 60_000;

/** The choices, by their name in the address: `compare=15m`. `shift` is how much earlier, in ms. */
export const COMPARE = {
  before: { name: "the time before", shift: null, range: "5m" },
  "15m": { name: "15 min earlier", shift: 15 * MINUTE, range: "15m" },
  "1h": { name: "an hour earlier", shift: 60 * MINUTE, range: "1h" },
};

/** Returns `{ name, from, to }` of the address, or null. `name` is `other` for a range of times. */
export function choiceOf(params) {
  const text = params.get("compare") ?? "";
  if (Object.hasOwn(COMPARE, text)) return { name: text, from: null, to: null };
  const [, from, to] = /^(\d{1,15})-(\d{1,15})$/.exec(text) ?? [];
  return from === undefined ? null : { name: "other", from: Number(from), to: Number(to) };
}

/**
 * Returns the range that `shown` is compared with, as `{ from, to }` in epoch ms, or null: a
 * choice that depends on `shown` needs its start, and a range needs an end after its start.
 */
export function otherRange(choice, shown, now) {
  if (choice?.name === "other") {
    return choice.from < choice.to ? { from: choice.from, to: choice.to } : null;
  }
  if (!choice || shown.from === null) return null;
  const to = shown.to ?? now;
  const shift = COMPARE[choice.name].shift ?? to - shown.from;
  return { from: shown.from - shift, to: to - shift };
}

/**
 * Returns the topology of `now` with a `change` on each node and call, and what exists only in
 * `before`, with calls of 0. `state` is `new`, `gone` or `kept`.
 */
export function compare(now, before) {
  return { nodes: matched(now.nodes, before.nodes), calls: matched(now.calls, before.calls) };
}

function matched(now, before) {
  const old = new Map(before.map((item) => [item.id, item]));
  const current = new Set(now.map((item) => item.id));
  const kept = now.map((item) => ({ ...item, change: changeOf(item, old.get(item.id)) }));
  const gone = before.filter((item) => !current.has(item.id)).map((item) => {
    const none = { ...item, calls: 0, errors: 0, perMinute: 0, p50: null, p95: null, p99: null };
    return { ...none, change: { ...changeOf(none, item), state: "gone" } };
  });
  return [...kept, ...gone];
}

/** Returns rate, error share and p95 of both ranges with their difference. */
export function changeOf(now, before) {
  return {
    state: before ? "kept" : "new",
    perMinute: difference(before?.perMinute ?? 0, now.perMinute),
    errorShare: difference(before ? errorShare(before) : 0, errorShare(now)),
    p95: difference(before?.p95 ?? null, now.p95 ?? null),
  };
}

/** `delta` is null if a side has no value, `ratio` is null if `before` is 0. */
function difference(before, now) {
  if (before === null || now === null) return { before, now, delta: null, ratio: null };
  const delta = now - before;
  return { before, now, delta, ratio: before === 0 ? null : delta / before };
}

/** Below this share of the old value a difference of rate or p95 is noise. */
const NOISE = 0.1;

/** Returns -1, 0 or 1: falls, stays about equal, rises. */
export function trendOf({ delta, ratio }, noise = NOISE) {
  if (delta === null || delta === 0) return 0;
  if (ratio !== null && Math.abs(ratio) < noise) return 0;
  return delta > 0 ? 1 : -1;
}
