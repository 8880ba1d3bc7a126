// The time axis: which part of a trace is shown, in milliseconds after its start, and its ticks.

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Steps from one second on. Shorter ones are 1, 2 or 5 times a power of ten. */
const STEPS = [
  SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 15 * SECOND, 30 * SECOND,
  MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
  HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY,
];

/** The shortest part of a trace that can be shown, in milliseconds. */
const SHORTEST = 1;

/** Returns the whole of a trace. */
export function whole(duration) {
  return { from: 0, to: Math.max(duration, SHORTEST) };
}

/** Moves a range into a trace, and limits its length. */
export function clamp(range, duration) {
  const { to: end } = whole(duration);
  const length = Math.min(Math.max(range.to - range.from, SHORTEST), end);
  const from = Math.min(Math.max(range.from, 0), end - length);
  return { from, to: from + length };
}

/** Makes a range `factor` times as long. The time `at` keeps its place. */
export function zoom(range, factor, at, duration) {
  const length = range.to - range.from;
  const { to: end } = whole(duration);
  const next = Math.min(Math.max(length * factor, SHORTEST), end);
  const share = (at - range.from) / length;
  const from = at - share * next;
  return clamp({ from, to: from + next }, duration);
}

/** Moves a range by a share of its length. */
export function pan(range, share, duration) {
  const by = share * (range.to - range.from);
  return clamp({ from: range.from + by, to: range.to + by }, duration);
}

/** Returns whether a range is the whole trace. */
export function isWhole(range, duration) {
  return range.from <= 0 && range.to >= whole(duration).to;
}

/** Returns the place of a time in a range: 0 at its start, 1 at its end. */
export function place(range, time) {
  return (time - range.from) / (range.to - range.from);
}

/** Returns the step between ticks so that at most `most` fit into `length` milliseconds. */
export function step(length, most) {
  const least = length / Math.max(1, most);
  if (least <= SECOND) {
    const power = 10 ** Math.floor(Math.log10(least));
    return [1, 2, 5, 10].map((times) => times * power).find((one) => one >= least * (1 - 1e-9));
  }
  return STEPS.find((one) => one >= least) ?? Math.ceil(least / DAY) * DAY;
}

/** Returns the ticks of a range, each with its time and its label. */
export function ticks(range, most) {
  const by = step(range.to - range.from, most);
  const first = Math.ceil(range.from / by - 1e-9);
  const list = [];
  for (let index = first; index * by <= range.to + by * 1e-9; index++) {
    const time = index * by;
    list.push({ time, label: label(time, by) });
  }
  return list;
}

/** Formats the time of a tick with as many digits as the step between ticks needs. */
export function label(time, by) {
  if (time === 0) return "0";
  if (time < SECOND) return `${digits(time, by)} ms`;
  if (time < MINUTE) return `${digits(time / SECOND, by / SECOND)} s`;
  if (time < HOUR) {
    const seconds = digits((time % MINUTE) / SECOND, by / SECOND);
    return `${Math.floor(time / MINUTE)} min${Number(seconds) ? ` ${seconds} s` : ""}`;
  }
  const minutes = digits((time % HOUR) / MINUTE, Math.min(1, by / MINUTE));
  return `${Math.floor(time / HOUR)} h${Number(minutes) ? ` ${minutes} min` : ""}`;
}

function digits(value, by) {
  const places = Math.min(6, Math.max(0, -Math.floor(Math.log10(by) + 1e-9)));
  return value.toFixed(places);
}
