// The rows of the list.
import { useEffect, useState } from "preact/hooks";
import { html } from "../../html.js";
import { setParams } from "../../router.js";
import { useColumns } from "../../ui/columns.js";
import { useRows } from "../../ui/rows.js";
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

const idOf = ({ traceId }) => traceId;

export function List({ traces, sort, order, stale, more }) {
  const { view, padding, props } = useRows({
    name: "Traces", noun: "trace", items: traces, idOf, row: ROW, head: HEAD, more,
  });
  const [now, setNow] = useState(Date.now());
  const scale = scaleOf(traces);
  const { style, handle } = useColumns("traces", COLUMNS);

  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);

  return html`<div class=${`list ${stale ? "list-stale" : ""}`} style=${style} ...${props}
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
