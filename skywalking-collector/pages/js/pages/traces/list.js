// The rows of the list. New rows never move what is under the pointer, the focus or the view.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { html } from "../../html.js";
import { useKeys } from "../../keys.js";
import { isReturn, setParams } from "../../router.js";
import { useColumns } from "../../ui/columns.js";
import { reveal, useVirtual } from "../../ui/virtual.js";
import { Row } from "./row.js";

const ROW = 32;
const HEAD = 28;

/** The duration at the end of the shared scale: 95 % of the traces are shorter. */
function scaleOf(traces) {
  const durations = traces.map(({ duration }) => duration).sort((a, b) => a - b);
  return Math.max(1, durations[Math.floor((durations.length - 1) * 0.95)]);
}

const COLUMNS = [
  { id: "time", name: "Time", width: 88 },
  { id: "endpoint", name: "Endpoint", least: 160 },
  { id: "segments", name: "Segments", width: 180 },
  { id: "duration", name: "Duration", width: 148 },
  { id: "spans", name: "Spans", width: 56 },
  { id: "services", name: "Services", width: 88 },
];

function Column({ name, label, sort, order, class: extra, handle }) {
  const sorted = sort === name;
  const next = { sort: name === "start" ? null : name, order: sorted && order === "desc"
    ? "asc" : null };
  const choose = () => setParams(next, { replace: true });
  return html`<div role="columnheader" class=${extra}
    aria-sort=${sorted ? (order === "asc" ? "ascending" : "descending") : "none"}>
    <button type="button" class="column" onClick=${choose}>
      ${label}<span aria-hidden="true">${sorted ? (order === "asc" ? " ↑" : " ↓") : ""}</span>
    </button>${handle}
  </div>`;
}

/** The position of the list that was shown last, for the back button. */
let keptTop = 0;

/** Keeps the anchor row in place when rows are added above it. */
function useAnchor(scroller, traces, pointer) {
  const anchor = useRef(null);
  const [padding, setPadding] = useState(0);
  const remember = () => {
    const element = scroller.current;
    const focused = element.contains(document.activeElement)
      ? document.activeElement.closest("[data-id]")?.dataset.id : null;
    const first = traces[Math.ceil(element.scrollTop / ROW)]?.traceId;
    const id = pointer.current ?? focused ?? (element.scrollTop > 0 ? first : null);
    const index = id ? traces.findIndex(({ traceId }) => traceId === id) : -1;
    anchor.current = index < 0 ? null : { id, offset: index * ROW - element.scrollTop };
  };
  useLayoutEffect(() => {
    const element = scroller.current;
    const kept = anchor.current;
    const index = kept ? traces.findIndex(({ traceId }) => traceId === kept.id) : -1;
    if (index >= 0) {
      const top = index * ROW - kept.offset;
      const needed = top + element.clientHeight - HEAD - traces.length * ROW;
      if (needed > 0) element.querySelector(".list-body").style.minHeight =
        `${traces.length * ROW + needed}px`;
      element.scrollTop = top;
      setPadding(Math.max(0, needed));
    } else {
      setPadding(0);
    }
  }, [traces]);
  return { remember, padding, release: () => setPadding(0) };
}

export function List({ traces, sort, order, stale, more }) {
  const scroller = useRef(null);
  const pointer = useRef(null);
  const following = useRef(false);
  const view = useVirtual(scroller, traces.length, ROW, HEAD);
  const { remember, padding, release } = useAnchor(scroller, traces, pointer);
  const [now, setNow] = useState(Date.now());
  const scale = scaleOf(traces);
  const { style, handle } = useColumns("traces", COLUMNS);

  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  useLayoutEffect(() => {
    if (isReturn()) scroller.current.scrollTop = keptTop;
  }, []);
  useEffect(remember);
  useEffect(() => {
    if (more && view.end >= traces.length - 10) more();
  }, [view.end, traces.length, more !== null]);

  const over = (event) => {
    const id = event.target.closest("[data-id]")?.dataset.id ?? null;
    if (pointer.current === null && id) following.current = scroller.current.scrollTop === 0;
    pointer.current = id;
    remember();
  };
  const leave = () => {
    pointer.current = null;
    if (following.current) scroller.current.scrollTop = 0;
    following.current = false;
    release();
    remember();
  };
  const scrolled = () => {
    keptTop = scroller.current.scrollTop;
    if (pointer.current === null) following.current = false;
    remember();
  };
  const wheel = () => {
    following.current = false;
  };
  const step = (by) => () => {
    const element = scroller.current;
    const row = document.activeElement?.closest?.("[data-id]");
    const first = Number.isFinite(by) ? Math.ceil(element.scrollTop / ROW) : 0;
    const at = row ? Number(row.dataset.index) + by : first;
    const index = Math.max(0, Math.min(traces.length - 1, at));
    reveal(element, index, ROW, HEAD);
    // The row may be rendered only after the scroll.
    requestAnimationFrame(() => requestAnimationFrame(() => {
      element.querySelector(`[data-index="${index}"] a`)?.focus({ preventScroll: true });
    }));
  };
  useKeys("Traces", {
    ArrowDown: { label: "Next trace", run: step(1) },
    j: { label: "Next trace", run: step(1) },
    ArrowUp: { label: "Previous trace", run: step(-1) },
    k: { label: "Previous trace", run: step(-1) },
    Home: { label: "First trace", run: step(-Infinity) },
  });

  return html`<div class=${`list ${stale ? "list-stale" : ""}`} ref=${scroller} style=${style}
    onPointerOver=${over} onPointerLeave=${leave} onScroll=${scrolled} onWheel=${wheel}
    role="table" aria-label="Traces" aria-rowcount=${traces.length + 1}>
    <div class="list-head row" role="row" aria-rowindex="1">
      <${Column} name="start" label="Time" sort=${sort} order=${order} class="cell-time"
        handle=${handle("time")} />
      <div role="columnheader" class="cell-name">Endpoint</div>
      <div role="columnheader" class="cell-bars">Segments${handle("segments")}</div>
      <${Column} name="duration" label="Duration" sort=${sort} order=${order}
        class="cell-duration" handle=${handle("duration")} />
      <div role="columnheader" class="cell-spans">Spans${handle("spans")}</div>
      <div role="columnheader" class="cell-services">Services${handle("services")}</div>
    </div>
    <div class="list-body" role="rowgroup"
      style=${{ height: `${view.total - HEAD}px`, minHeight: `${view.total - HEAD + padding}px` }}>
      <div style=${{ transform: `translateY(${view.top}px)` }} role="presentation">
        ${traces.slice(view.start, view.end).map((trace, at) => html`<${Row} key=${trace.traceId}
          trace=${trace} index=${view.start + at} scale=${scale} now=${now} />`)}
      </div>
    </div>
  </div>`;
}
