// A table that is sorted by its heads and filtered by a text.
import { useMemo, useRef } from "preact/hooks";
import { html } from "../../html.js";
import { count } from "../../format.js";
import { useKeys } from "../../keys.js";
import { setParams } from "../../router.js";
import { Icon } from "../../ui/icon.js";
import { chosenSort, matching, nextSort, sorted } from "./sort.js";

/** More rows are not shown; the filter finds them. */
const MAX_ROWS = 500;

/**
 * `<${DataTable} label="Services" columns=${..} rows=${..} keyOf=${..} textOf=${..}
 * fallback="calls" params=${params} />`. A column is `{ id, name, value, text, title, cell(row) }`;
 * without `value` it is not sorted. The first column is the head of its row.
 */
export function DataTable({ label, columns, rows, keyOf, textOf, fallback, params, filter }) {
  const input = useRef(null);
  useKeys(label, filter ? { "/": { label: filter, run: () => input.current.focus() } } : {});
  const sort = chosenSort(columns, params, fallback);
  const text = params.get("find") ?? "";
  const found = useMemo(() => matching(rows, text, textOf), [rows, text]);
  const all = useMemo(() => sorted(found, sort.column, sort.order),
    [found, sort.column.id, sort.order]);
  const shown = all.slice(0, MAX_ROWS);
  return html`
    ${filter && html`<div class="table-bar">
      <input ref=${input} type="search" placeholder=${filter} aria-label=${filter} value=${text}
        onInput=${(event) => setParams({ find: event.target.value }, { replace: true })} />
      <span class="dim" role="status">${text ? `${count(all.length)} of ${count(rows.length)}` : ""}
      </span>
    </div>`}
    <div class="table-scroll">
      <table class="data" aria-label=${label}>
        <thead><tr>${columns.map((column) =>
          html`<${Head} key=${column.id} column=${column} sort=${sort} />`)}</tr></thead>
        <tbody>${shown.map((row) => html`<tr key=${keyOf(row)}>
          ${columns.map((column, at) => (at === 0
            ? html`<th key=${column.id} scope="row">${column.cell(row)}</th>`
            : html`<td key=${column.id} class=${column.text ? "" : "number"}>
                ${column.cell(row)}</td>`))}
        </tr>`)}</tbody>
      </table>
      ${all.length === 0 && html`<p class="table-note dim">Nothing matches “${text}”.</p>`}
      ${all.length > MAX_ROWS && html`<p class="table-note dim">
        ${count(MAX_ROWS)} of ${count(all.length)} rows are shown. Use the filter to find others.
      </p>`}
    </div>`;
}

function Head({ column, sort }) {
  const look = column.text ? "" : "number";
  if (!column.value) return html`<th scope="col" class=${look} title=${column.title}>
    ${column.name}</th>`;
  const isChosen = sort.column.id === column.id;
  const direction = sort.order === "asc" ? "ascending" : "descending";
  return html`<th scope="col" class=${look} aria-sort=${isChosen ? direction : null}>
    <button type="button" class=${`table-head ${isChosen ? `chosen ${sort.order}` : ""}`}
      title=${column.title} onClick=${() => setParams(nextSort(column, sort), { replace: true })}>
      ${column.name}<${Icon} name="down" size=${12} /></button>
  </th>`;
}
