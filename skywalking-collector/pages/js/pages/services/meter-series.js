// The lines of charts from the answer of `/api/meters`.

const MINUTE = 60_000;

/** More lines of a chart are left out, those with the smallest last values. */
export const MOST_LINES = 8;

const COUNTERS = /_(total|count|sum)$/;

/** Whether a meter is a counter, by its name. The protocol does not say it. */
export const isCounter = (name) => COUNTERS.test(name);

/** Returns the increase a minute before each point. The first one has none. */
export function increases(times, values) {
  return values.map((value, at) => {
    if (at === 0) return null;
    const minutes = (times[at] - times[at - 1]) / MINUTE;
    // A counter that is smaller than before has begun again.
    const grown = value < values[at - 1] ? value : value - values[at - 1];
    return minutes > 0 ? grown / minutes : null;
  });
}

/** Returns the upper bound of the bucket of a share of the observations, or null without one. */
export function percentile(bounds, counts, share) {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total <= 0) return null;
  let seen = 0;
  for (let at = 0; at < counts.length; at++) {
    seen += counts[at];
    // The last bucket has no upper bound.
    if (seen >= total * share) return bounds[at + 1] ?? bounds[at] ?? null;
  }
  return null;
}

/** Returns the counts of a histogram's buckets since the point before. */
function grown(counts, at) {
  if (at === 0) return null;
  const began = counts[at].some((count, bucket) => count < counts[at - 1][bucket]);
  return counts[at].map((count, bucket) => count - (began ? 0 : counts[at - 1][bucket]));
}

const labelOf = (meter, instances) => {
  const labels = meter.labels.map(({ key, value }) => `${key}=${value}`);
  if (instances > 1) labels.unshift(meter.serviceInstance);
  return labels.join(" ") || meter.name;
};

/** Puts the values of several lines on one axis of times. */
function onOneAxis(lines) {
  const times = [...new Set(lines.flatMap((line) => line.times))].sort((a, b) => a - b);
  const position = new Map(times.map((time, at) => [time, at]));
  const series = lines.map(({ label, times: own, values }) => {
    const column = new Array(times.length).fill(null);
    own.forEach((time, at) => {
      column[position.get(time)] = values[at];
    });
    return { label, values: column };
  });
  return { times, series };
}

function lineChart(name, meters, instances) {
  const counter = isCounter(name);
  const last = ({ values }) => values.at(-1) ?? 0;
  const largest = [...meters].sort((a, b) => last(b) - last(a)).slice(0, MOST_LINES);
  // The order of the API, so that a line keeps its colour.
  const lines = meters.filter((meter) => largest.includes(meter)).map((meter) => ({
    label: labelOf(meter, instances), times: meter.times,
    values: counter ? increases(meter.times, meter.values) : meter.values,
  }));
  return {
    key: name, name, kind: counter ? "a minute" : "", omitted: meters.length - lines.length,
    ...onOneAxis(lines),
  };
}

function histogramChart(meter, instances) {
  const { times, bounds, counts } = meter;
  const parts = times.map((_, at) => grown(counts, at));
  const line = (label, share) => ({
    label, values: parts.map((part) => part && percentile(bounds, part, share)),
  });
  const label = labelOf(meter, instances);
  return {
    key: `${meter.name} ${label}`, name: meter.name, omitted: 0, times,
    kind: label === meter.name ? "" : label,
    series: [line("p50", 0.5), line("p95", 0.95), line("p99", 0.99)],
  };
}

/**
 * Returns the charts of a service's meters, by name: `{ key, name, kind, times, series, omitted }`.
 * A series is `{ label, values }`; `omitted` is the number of further lines.
 */
export function chartsOf(meters) {
  const instances = new Set(meters.map(({ serviceInstance }) => serviceInstance)).size;
  const names = [...new Set(meters.map(({ name }) => name))].sort();
  return names.flatMap((name) => {
    const own = meters.filter((meter) => meter.name === name);
    const singles = own.filter(({ kind }) => kind === "single");
    const charts = own.filter(({ kind }) => kind === "histogram")
      .map((meter) => histogramChart(meter, instances));
    return singles.length > 0 ? [lineChart(name, singles, instances), ...charts] : charts;
  });
}
