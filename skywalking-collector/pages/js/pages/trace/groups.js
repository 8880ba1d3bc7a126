// The summary: the spans grouped by service, operation and type.

import { useMemo, useRef } from "preact/hooks";
import { html } from "../../html.js";
import { count, duration, middle, percent } from "../../format.js";
import { useColumns } from "../../ui/columns.js";
import { useVirtual } from "../../ui/virtual.js";
import { Dot } from "../../ui/values.js";
import { TYPES } from "./model.js";
import { SortHeads, sortRows } from "./sort.js";
import { summarize } from "./summary.js";

const HEIGHT = 32;
const HEAD = 28;

const COLUMNS = [
  { id: "name", name: "Operation", least: 180,
    text: (trace, one) => trace.names[one.name] },
  { id: "service", name: "Service", width: 160,
    text: (trace, one) => trace.services[one.service] },
  { id: "count", name: "Spans", width: 70,
    number: (trace, one) => one.count },
  { id: "failed", name: "Failed", width: 70,
    number: (trace, one) => one.errors },
  { id: "total", name: "Total", width: 90,
    number: (trace, one) => one.total },
  { id: "longest", name: "Longest", width: 90,
    number: (trace, one) => one.longest },
  { id: "self", name: "Self time", width: 190,
    number: (trace, one) => one.self },
];

function Group({ trace, group, index, onOpen }) {
  const name = trace.names[group.name] || "(no name)";
  const service = trace.services[group.service];
  return html`<div class="group-row" role="row" aria-rowindex=${index + 2}
    style=${{ top: `${HEAD + index * HEIGHT}px` }}>
    <div role="rowheader" class="cell-operation">
      <button type="button" class="link" onClick=${() => onOpen(group)}
        title=${`${name}: show the longest span`}><bdi>${middle(name, 80)}</bdi></button>
      <span class="dim group-type"> ${TYPES[group.type]}</span></div>
    <div role="cell" class="cell-service"><${Dot} service=${service} />
      <bdi title=${service}>${middle(service, 32)}</bdi></div>
    <div role="cell" class="number cell-number">${count(group.count)}</div>
    <div role="cell" class=${`number cell-number ${group.errors ? "problem" : "dim"}`}>
      ${count(group.errors)}</div>
    <div role="cell" class="number cell-number" title=${`${group.total} ms`}>
      ${duration(group.total)}</div>
    <div role="cell" class="number cell-number" title=${`${group.longest} ms`}>
      ${duration(group.longest)}</div>
    <div role="cell" class="number cell-self" title=${`${group.self} ms`}>
      <span class="share"><i style=${{ width: `${group.share * 100}%` }} /></span>
      <span>${duration(group.self)}</span>
      <span class="dim cell-share">${percent(group.share)}</span></div>
  </div>`;
}

/** `<${Groups} trace sort order onSort onOpen />`; `onOpen` gets a group. */
export function Groups({ trace, sort, order, onSort, onOpen }) {
  const scroller = useRef(null);
  const { style, handle } = useColumns("summary", COLUMNS);
  const groups = useMemo(() => summarize(trace), [trace]);
  const column = COLUMNS.find(({ id }) => id === sort) ?? COLUMNS[6];
  const sorted = useMemo(
    () => sortRows(groups, column, order, trace), [groups, column, order, trace]);
  const view = useVirtual(scroller, sorted.length, HEIGHT, HEAD);
  return html`<div class="rows span-groups" ref=${scroller} style=${style} tabindex="0" role="table"
    aria-label="Summary by operation" aria-rowcount=${sorted.length + 1}>
    <div class="rows-inner" role="presentation" style=${{ height: `${view.total}px` }}>
      <${SortHeads} columns=${COLUMNS} sort=${column.id} order=${order} onSort=${onSort}
        handle=${handle} />
      ${sorted.slice(view.start, view.end).map((group, at) => html`<${Group}
        key=${`${group.service} ${group.name} ${group.type}`} trace=${trace} group=${group}
        index=${view.start + at} onOpen=${onOpen} />`)}
    </div>
  </div>`;
}
