// The rows of the list.
import { html } from "../../html.js";
import { useColumns } from "../../ui/columns.js";
import { useRows } from "../../ui/rows.js";
import { Row } from "./row.js";

const ROW = 26;
const HEAD = 28;

const COLUMNS = [
  { id: "time", name: "Time", width: 96 },
  { id: "level", name: "Level", width: 60 },
  { id: "service", name: "Service", width: 140 },
  { id: "text", name: "Text", least: 200 },
  { id: "logger", name: "Logger", width: 180 },
  { id: "details", name: "Details", width: 28 },
];

const idOf = ({ number }) => String(number);

/** `<${List} logs stale more selected onSelect />`; `selected` is the number of a log, or null. */
export function List({ logs, stale, more, selected, onSelect }) {
  const { view, padding, props } = useRows({
    name: "Logs", noun: "log", items: logs, idOf, row: ROW, head: HEAD, more,
  });
  const { style, handle } = useColumns("logs", COLUMNS);
  return html`<div class=${`list logs-list ${stale ? "list-stale" : ""}`} style=${style} ...${props}
    role="table" aria-label="Logs" aria-rowcount=${logs.length + 1}>
    <div class="list-head row" role="row" aria-rowindex="1">
      <div role="columnheader" class="cell-time">Time${handle("time")}</div>
      <div role="columnheader" class="cell-level">Level${handle("level")}</div>
      <div role="columnheader" class="cell-service">Service${handle("service")}</div>
      <div role="columnheader" class="cell-text">Text</div>
      <div role="columnheader" class="cell-logger">Logger${handle("logger")}</div>
      <div role="columnheader" class="cell-details"><span class="hidden-text">Details</span></div>
    </div>
    <div class="list-body" role="rowgroup"
      style=${{ height: `${view.total - HEAD}px`, minHeight: `${view.total - HEAD + padding}px` }}>
      <div style=${{ transform: `translateY(${view.top}px)` }} role="presentation">
        ${logs.slice(view.start, view.end).map((log, at) => html`<${Row} key=${log.number}
          log=${log} index=${view.start + at} isSelected=${log.number === selected}
          onSelect=${onSelect} />`)}
      </div>
    </div>
  </div>`;
}
