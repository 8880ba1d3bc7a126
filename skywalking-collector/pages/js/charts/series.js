// The columns of a chart from a response of `/api/series`.

const MINUTE = 60_000;

/** Returns `{ times, rate, errors, p50, p95, p99 }`: times in ms, rate and errors a minute. */
export function columnsOf({ from, width, points }, now = Date.now()) {
  const times = points.map((_, at) => from + at * width);
  // The last point can be incomplete: it counts for the time that has passed.
  const minutes = times.map((time) => Math.min(width, Math.max(now - time, 1000)) / MINUTE);
  const perMinute = (name) => points.map((point, at) => point[name] / minutes[at]);
  const column = (name) => points.map((point) => point[name] ?? null);
  return {
    times, rate: perMinute("calls"), errors: perMinute("errors"),
    p50: column("p50"), p95: column("p95"), p99: column("p99"),
  };
}

/** A chart with more values shows points only where no line does. */
const MANY_VALUES = 24;

/**
 * Returns the indexes of the values that are drawn as points: all of a few, otherwise those without
 * neighbours, at the ends of gaps, since no line shows them.
 */
export function markedPoints(values) {
  const has = (at) => (values[at] ?? null) !== null;
  const known = values.flatMap((_, at) => (has(at) ? [at] : []));
  if (known.length <= MANY_VALUES) return known;
  return known.filter((at) => !has(at - 1) && !has(at + 1));
}

/** Returns the `points` of an SVG polyline; empty for fewer than two values or for zeros alone. */
export function polylineOf(values, width, height) {
  const most = Math.max(...values);
  if (values.length < 2 || !(most > 0)) return "";
  const step = width / (values.length - 1);
  const round = (value) => Math.round(value * 10) / 10;
  return values
    .map((value, at) => `${round(at * step)},${round(height - (value / most) * height)}`)
    .join(" ");
}
