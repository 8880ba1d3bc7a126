// When traces started and how slow they were. A range that is dragged becomes the time range.
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "../../html.js";
import { useGet } from "../../api.js";
import { clock, duration, plural } from "../../format.js";
import { setParams, timeRange } from "../../router.js";
import { apiFilters } from "./filters.js";

const BUCKETS = 120;
const HEIGHT = 56;
/** The histogram is read again after this time in ms while the list is live. */
const REFRESH = 2000;
/** A shorter drag in px is a click. */
const SHORTEST_DRAG = 4;

function readout(data, index) {
  const bucket = data.buckets[index];
  const start = data.from + index * data.width;
  const time = `${clock(start)} – ${clock(start + data.width)}`;
  if (!bucket.count) return `${time} · no traces`;
  const errors = bucket.errors ? ` · ${plural(bucket.errors, "error")}` : "";
  return `${time} · ${plural(bucket.count, "trace")}${errors} · p50 ${duration(bucket.p50)}`
    + ` · p95 ${duration(bucket.p95)}`;
}

/** The line of the p95, with gaps where no trace started. */
function line(buckets, x, slowest) {
  let path = "";
  let drawn = false;
  buckets.forEach((bucket, at) => {
    if (bucket.count) {
      const y = HEIGHT - 3 - (bucket.p95 / slowest) * (HEIGHT - 6);
      path += `${drawn ? "L" : "M"}${x(at + 0.5).toFixed(1)} ${y.toFixed(1)}h0.01`;
    }
    drawn = bucket.count > 0;
  });
  return path;
}

function Bars({ data, width }) {
  const most = Math.max(1, ...data.buckets.map((bucket) => bucket.count));
  const slowest = Math.max(1, ...data.buckets.map((bucket) => bucket.p95 ?? 0));
  const x = (at) => (at / data.buckets.length) * width;
  const bar = Math.max(1, x(1) - 1);
  const height = (n) => (n ? Math.max(2, (n / most) * (HEIGHT - 2)) : 0);
  const box = (at, top, bottom) => (top > bottom
    ? `M${x(at).toFixed(2)} ${(HEIGHT - top).toFixed(2)}h${bar.toFixed(2)}`
      + `v${(top - bottom).toFixed(2)}h${-bar.toFixed(2)}z`
    : "");
  let ok = "";
  let failed = "";
  data.buckets.forEach((bucket, at) => {
    const all = height(bucket.count);
    const errors = Math.min(all, height(bucket.errors));
    ok += box(at, all, errors);
    failed += box(at, errors, 0);
  });
  return html`<g>
    <path class="histogram-bar" d=${ok} />
    <path class="histogram-errors" d=${failed} />
    <path class="histogram-line" d=${line(data.buckets, x, slowest)} />
  </g>`;
}

/** What is shown while no bar is hovered. */
function Summary({ data }) {
  const errors = data.buckets.reduce((sum, bucket) => sum + bucket.errors, 0);
  const slowest = Math.max(0, ...data.buckets.map((bucket) => bucket.p95 ?? 0));
  return html`<span>
    ${errors > 0 && html`<span class="problem">${plural(errors, "error")}</span> · `}
    <span class="histogram-legend" aria-hidden="true" />p95 up to ${duration(slowest)}
  </span>`;
}

/** The width of an element in px. */
function useWidth(element) {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(entry.contentRect.width));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return width;
}

export function Histogram({ params, live }) {
  const box = useRef(null);
  const width = useWidth(box);
  const [hovered, setHovered] = useState(null);
  const [drag, setDrag] = useState(null);
  const range = timeRange(params);
  const to = range.to ?? (params.has("range") ? Math.ceil(Date.now() / 5000) * 5000 : null);
  const buckets = width && width < 480 ? BUCKETS / 2 : BUCKETS;
  const { data } = useGet("/api/histogram",
    { ...apiFilters(params), from: range.from, to, buckets }, { every: live ? REFRESH : 0 });
  const usable = data && data.width > 0 && data.buckets.length > 0 && width > 0;
  const inside = (event) => Math.max(0, Math.min(width,
    event.clientX - box.current.getBoundingClientRect().left));
  const indexAt = (px) => Math.min(data.buckets.length - 1,
    Math.floor((px / width) * data.buckets.length));
  const timeAt = (px) => Math.round(data.from + (px / width) * data.buckets.length * data.width);
  const zoom = (from, until) => setParams({ range: null, from, to: Math.max(until, from + 1) });

  const down = (event) => {
    if (!usable || event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setDrag({ from: inside(event), to: inside(event) });
  };
  const moved = (event) => {
    if (!usable) return;
    setHovered(indexAt(inside(event)));
    if (drag) setDrag({ ...drag, to: inside(event) });
  };
  const up = () => {
    if (!drag) return;
    const [start, end] = [Math.min(drag.from, drag.to), Math.max(drag.from, drag.to)];
    setDrag(null);
    if (end - start >= SHORTEST_DRAG) zoom(timeAt(start), timeAt(end));
  };
  const press = (event) => {
    if (!usable) return;
    const last = data.buckets.length - 1;
    const at = hovered ?? last;
    if (event.key === "ArrowLeft") setHovered(Math.max(0, at - 1));
    else if (event.key === "ArrowRight") setHovered(Math.min(last, at + 1));
    else if (event.key === "Enter" && hovered !== null) {
      const start = Math.floor(data.from + at * data.width);
      zoom(start, Math.ceil(start + data.width));
    } else if (event.key === "Escape") setDrag(null);
    else return;
    event.preventDefault();
  };
  const at = usable && hovered !== null && hovered < data.buckets.length ? hovered : null;
  return html`<div class="histogram">
    <div class="histogram-box" ref=${box} tabindex="0" role="group"
      aria-label="Traces over time. Arrow keys move, Enter zooms to a bar, a drag to a range."
      onPointerDown=${down} onPointerMove=${moved} onPointerUp=${up} onPointerCancel=${up}
      onPointerLeave=${() => setHovered(null)} onKeyDown=${press}
      onBlur=${() => setHovered(null)}>
      <svg width=${width} height=${HEIGHT} aria-hidden="true">
        ${usable && html`<${Bars} data=${data} width=${width} />`}
        ${at !== null && html`<rect class="histogram-hover" height=${HEIGHT}
          x=${(at / data.buckets.length) * width} width=${width / data.buckets.length} />`}
        ${drag && html`<rect class="histogram-drag" height=${HEIGHT}
          x=${Math.min(drag.from, drag.to)} width=${Math.abs(drag.to - drag.from)} />`}
      </svg>
    </div>
    <div class="histogram-foot number">
      <span>${usable ? clock(data.from) : ""}</span>
      <span class="histogram-readout" role="status">
        ${at !== null ? readout(data, at) : usable && html`<${Summary} data=${data} />`}
      </span>
      <span>${usable ? clock(data.from + data.width * data.buckets.length) : ""}</span>
    </div>
  </div>`;
}
