// A chart over time. Drag selects a range of time.
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "../html.js";
import { computed } from "../colors.js";
import { clock, exact } from "../format.js";
import { useStore } from "../store.js";
import { theme } from "../ui/theme.js";
import { markedPoints } from "./series.js";
import { loadUPlot } from "./uplot.js";

const FONT = "11px system-ui, sans-serif";
/** All charts of a page show the same moment under the pointer. */
const SYNC = "charts";
/** A shorter drag is a click, in px. */
const SHORTEST_DRAG = 8;

function options({ series, format, height, width, onRange, onCursor }) {
  const grid = { stroke: computed("--line"), width: 1 };
  const axis = { stroke: computed("--text-3"), font: FONT, grid, ticks: { show: false } };
  return {
    width, height, ms: 1, padding: [8, 18, 0, 0],
    legend: { show: false },
    cursor: {
      sync: { key: SYNC }, drag: { x: Boolean(onRange), y: false, setScale: false },
      points: { size: 6 }, y: false,
    },
    scales: { y: { range: (_, least, most) => rangeOf(least, most) } },
    axes: [
      { ...axis, size: 26, grid: { show: false }, space: 72,
        values: (_, times) =>
          times.map((time, at) => timeLabel(time, times[at + 1] ?? times[at - 1])) },
      { ...axis, size: 58, space: 28, values: (_, values) => values.map(format) },
    ],
    series: [{}, ...series.map(({ label, color, fill, joined, width: thick = 1.5 }) => {
      const stroke = computed(color);
      return {
        label, stroke, width: thick, spanGaps: Boolean(joined),
        fill: fill ? stroke.replace("rgb(", "rgba(").replace(")", ", 0.14)") : undefined,
        points: { show: true, size: thick + 3.5, width: 0, fill: stroke, filter: marked },
      };
    })],
    hooks: {
      setCursor: [(plot) => onCursor(plot.cursor.idx)],
      setSelect: [(plot) => {
        const { left, width: wide } = plot.select;
        if (wide < SHORTEST_DRAG || !onRange) return;
        onRange(Math.floor(plot.posToVal(left, "x")), Math.ceil(plot.posToVal(left + wide, "x")));
        plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
      }],
    },
  };
}

/** The range of values includes 0, and leaves a space at its ends. */
const rangeOf = (least, most) => [least < 0 ? least * 1.12 : 0, most > 0 ? most * 1.12
  : least < 0 ? 0 : 1];

/** uPlot draws points at these indexes. */
const marked = (plot, index) => markedPoints(plot.data[index]);

const timeLabel = (time, neighbour) => {
  const close = neighbour !== undefined && Math.abs(neighbour - time) < 60_000;
  return close ? clock(time) : clock(time).slice(0, 5);
};

/**
 * `<${Chart} title="Calls a minute" times=${..} series=${[{ label, color, values, fill }]}
 * format=${rate} onRange=${(from, to) => ..} />`. `color` is a token such as `--accent`. A series
 * can also have the `width` of its line in px, be `isBelow` the others, and be `joined` over gaps.
 */
export function Chart({ title, times, series, format, height = 160, onRange }) {
  // Later series are drawn above earlier ones.
  const drawn = [...series].sort((a, b) => Boolean(b.isBelow) - Boolean(a.isBelow));
  const box = useRef(null);
  const plot = useRef(null);
  const [error, setError] = useState(null);
  const [at, setAt] = useState(null);
  const shown = useStore(theme);
  const latest = useRef({});
  latest.current = { onRange, data: [times, ...drawn.map(({ values }) => values)] };

  useEffect(() => {
    const element = box.current;
    let observer = null;
    let closed = false;
    loadUPlot().then((uPlot) => {
      if (closed) return;
      const settings = options({
        series: drawn, format, height, width: element.clientWidth,
        onRange: onRange && ((from, to) => latest.current.onRange(from, to)), onCursor: setAt,
      });
      const created = new uPlot(settings, latest.current.data, element);
      plot.current = created;
      observer = new ResizeObserver(() =>
        created.setSize({ width: element.clientWidth, height }));
      observer.observe(element);
    }, (reason) => !closed && setError(reason.message));
    return () => {
      closed = true;
      observer?.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [shown, series.map(({ label }) => label).join("\n"), height]);
  useEffect(() => plot.current?.setData(latest.current.data), [times, series]);

  return html`<figure class="chart">
    <figcaption class="chart-head">
      <h2>${title}</h2>
      <${Legend} times=${times} series=${series} format=${format} at=${at} />
    </figcaption>
    ${error
      ? html`<p class="problem">${error}</p>`
      : html`<div class="chart-box" ref=${box} style=${{ height: `${height}px` }} role="img"
          aria-label=${`${title}: ${summary(series, format)}`} />`}
  </figure>`;
}

/** The values under the pointer, or the newest ones. */
function Legend({ times, series, format, at }) {
  const index = at ?? times.length - 1;
  return html`<span class="chart-legend">
    ${at !== null && times[at] !== undefined && html`
      <time class="dim number" title=${exact(times[at])}>${clock(times[at])}</time>`}
    ${series.map(({ label, color, values }) => html`<span key=${label} class="chart-key">
      <span class="dot" style=${{ background: `var(${color})` }} />
      ${label} <b class="number">${format(values[index] ?? null)}</b>
    </span>`)}
  </span>`;
}

function summary(series, format) {
  return series.map(({ label, values }) => {
    const known = values.filter((value) => value !== null);
    return known.length === 0
      ? `${label} has no values`
      : `${label} ${format(Math.min(...known))} to ${format(Math.max(...known))}`;
  }).join(", ");
}
