// The summary: the spans grouped by service, operation and type.

import { useMemo } from "preact/hooks";
import { html } from "../../html.js";
import { count, duration, middle, percent } from "../../format.js";
import { Dot } from "../../ui/values.js";
import { TYPES } from "./model.js";
import { SortHead, sortRows } from "./sort.js";
import { summarize } from "./summary.js";

/** More groups than these are left out, the ones with the least self time. */
const MOST = 500;

const COLUMNS = [
  { id: "name", name: "Endpoint or operation", text: (trace, one) => trace.names[one.name] },
  { id: "service", name: "Service", text: (trace, one) => trace.services[one.service] },
  { id: "count", name: "Spans", number: (trace, one) => one.count },
  { id: "failed", name: "Failed", number: (trace, one) => one.errors },
  { id: "total", name: "Total", number: (trace, one) => one.total },
  { id: "longest", name: "Longest", number: (trace, one) => one.longest },
  { id: "self", name: "Self time", number: (trace, one) => one.self },
];

function Group({ trace, group, onOpen }) {
  const name = trace.names[group.name] || "(no name)";
  const service = trace.services[group.service];
  return html`<div class="group-row" role="row">
    <div role="rowheader" class="cell-name">
      <button type="button" class="link" onClick=${() => onOpen(group)}
        title=${`${name}: show the longest span`}><bdi>${middle(name, 80)}</bdi></button>
      <span class="dim"> ${TYPES[group.type]}</span></div>
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
  const groups = useMemo(() => summarize(trace), [trace]);
  const column = COLUMNS.find(({ id }) => id === sort) ?? COLUMNS[6];
  const sorted = useMemo(
    () => sortRows(groups.slice(0, MOST), column, order, trace), [groups, column, order, trace]);
  return html`<div class="rows span-groups" tabindex="0" role="table"
    aria-label="Summary by operation">
    <div class="table-head" role="row">
      ${COLUMNS.map(({ id, name, number }) => html`<${SortHead} key=${id} id=${id} name=${name}
        isNumber=${Boolean(number)} sort=${column.id} order=${order} onSort=${onSort} />`)}
    </div>
    ${sorted.map((group) => html`<${Group} key=${`${group.service} ${group.name} ${group.type}`}
      trace=${trace} group=${group} onOpen=${onOpen} />`)}
    ${groups.length > MOST && html`<p class="dim rows-note">
      ${`Shows the ${MOST} operations with the most self time, of ${count(groups.length)}.`}</p>`}
  </div>`;
}
