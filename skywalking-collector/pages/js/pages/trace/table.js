// The spans as a table, sorted by start, duration or self time.

import { useLayoutEffect, useRef } from "preact/hooks";
import { html } from "../../html.js";
import { colorOf } from "../../colors.js";
import { count, duration, middle, percent } from "../../format.js";
import { useColumns } from "../../ui/columns.js";
import { reveal, useVirtual } from "../../ui/virtual.js";
import { FLAG } from "./model.js";
import { ROW_HEIGHT } from "./row.js";
import { SortHeads, sortRows } from "./sort.js";

const HEAD = 28;

const COLUMNS = [
  { id: "name", name: "Span", least: 180,
    text: (trace, row) => trace.names[trace.name[row]] },
  { id: "service", name: "Service", width: 160,
    text: (trace, row) => trace.services[trace.service[row]] },
  { id: "start", name: "Start", width: 90,
    number: (trace, row) => trace.start[row] },
  { id: "duration", name: "Duration", width: 90,
    number: (trace, row) => trace.duration[row] },
  { id: "self", name: "Self time", width: 190,
    number: (trace, row) => trace.self[row] },
];

function TableRow({ trace, row, index, top, selected, onSelect }) {
  const name = trace.names[trace.name[row]] || "(no name)";
  const service = trace.services[trace.service[row]];
  const isError = (trace.flags[row] & FLAG.error) !== 0;
  const reason = trace.reason[row] >= 0 ? trace.reasons[trace.reason[row]] : "failed";
  const share = trace.length > 0 ? trace.self[row] / trace.length : 0;
  return html`<div class=${selected ? "table-row selected" : "table-row"} role="row"
    id=${`row-${row}`} aria-rowindex=${index + 2} aria-selected=${selected ? "true" : "false"}
    style=${{ top: `${top}px` }} onClick=${() => onSelect(row)}>
    <div role="rowheader" class="cell-operation"><bdi title=${name}>${middle(name, 80)}</bdi>
      ${isError && html` <bdi class="bar-reason">${reason}</bdi>`}</div>
    <div role="gridcell" class="cell-service">
      <span class="dot" style=${{ background: colorOf(service) }} />
      <bdi title=${service}>${middle(service, 32)}</bdi></div>
    <div role="gridcell" class="number cell-number" title=${`${trace.start[row]} ms`}>
      +${duration(trace.start[row])}</div>
    <div role="gridcell" class="number cell-number" title=${`${trace.duration[row]} ms`}>
      ${duration(trace.duration[row])}</div>
    <div role="gridcell" class="number cell-self" title=${`${trace.self[row]} ms`}>
      <span class="share"><i style=${{ width: `${Math.min(100, share * 100)}%` }} /></span>
      <span>${duration(trace.self[row])}</span>
      <span class="dim cell-share">${percent(share)}</span></div>
  </div>`;
}

const columnOf = (sort) => COLUMNS.find(({ id }) => id === sort) ?? COLUMNS[4];

/** Returns the rows that pass the filter, sorted by the column `sort`. */
export function tableRows(trace, passes, sort, order) {
  const rows = [];
  for (let row = 0; row < trace.count; row++) if (passes[row]) rows.push(row);
  return sortRows(rows, columnOf(sort), order, trace);
}

/** `<${Table} trace list sort order selected target onSort onSelect />` */
export function Table({ trace, list: sorted, sort, order, selected, target, onSort, onSelect }) {
  const scroller = useRef(null);
  const { style, handle } = useColumns("spans", COLUMNS);
  const column = columnOf(sort);
  const view = useVirtual(scroller, sorted.length, ROW_HEIGHT, HEAD);
  useLayoutEffect(() => {
    const at = sorted.indexOf(selected);
    if (scroller.current && at >= 0) reveal(scroller.current, at, ROW_HEIGHT, HEAD);
  }, [target]);
  const inView = [];
  for (let index = view.start; index < view.end; index++) {
    const row = sorted[index];
    inView.push(html`<${TableRow} key=${row} trace=${trace} row=${row} index=${index}
      top=${HEAD + index * ROW_HEIGHT} selected=${row === selected} onSelect=${onSelect} />`);
  }
  const active = sorted.slice(view.start, view.end).includes(selected);
  return html`<div class="rows span-table" ref=${scroller} style=${style} tabindex="0" role="grid"
    aria-label=${`Spans, ${count(sorted.length)}`} aria-rowcount=${sorted.length + 1}
    aria-activedescendant=${active ? `row-${selected}` : null}>
    <div class="rows-inner" role="presentation" style=${{ height: `${view.total}px` }}>
      <${SortHeads} columns=${COLUMNS} sort=${column.id} order=${order} onSort=${onSort}
        handle=${handle} />
      ${inView}
    </div>
  </div>`;
}
