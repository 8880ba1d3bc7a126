// Sorting of the table and of the summary.

import { html } from "../../html.js";

/**
 * Sorts rows by a column, a text or a number. Equal rows keep their order.
 *
 * @param {{text?: Function, number?: Function}} column
 */
export function sortRows(rows, column, order, trace) {
  const list = Array.from(rows);
  const sign = order === "asc" ? 1 : -1;
  const values = column.number
    ? Float64Array.from(list, (row) => sign * column.number(trace, row))
    : Float64Array.from(ranks(list.map((row) => column.text(trace, row))), (rank) => sign * rank);
  return Array.from(list.keys()).sort((a, b) => values[a] - values[b]).map((at) => list[at]);
}

/** Returns the place of each text among the distinct texts, so that texts are compared once. */
function ranks(texts) {
  const distinct = [...new Set(texts)].sort(new Intl.Collator().compare);
  const places = new Map(distinct.map((text, place) => [text, place]));
  return texts.map((text) => places.get(text));
}

/**
 * `<${SortHeads} columns sort order onSort handle />`: the row of heads. `onSort(id, order)`;
 * `handle(id)` returns the handle that resizes a column.
 */
export function SortHeads({ columns, sort, order, onSort, handle }) {
  return html`<div class="spans-head" role="row" aria-rowindex="1">
    ${columns.map(({ id, name, number }) => html`<${SortHead} key=${id} id=${id} name=${name}
      isNumber=${Boolean(number)} sort=${sort} order=${order} onSort=${onSort}
      handle=${handle(id)} />`)}
  </div>`;
}

function SortHead({ id, name, isNumber, sort, order, onSort, handle }) {
  const isSorted = sort === id;
  // The first press sorts numbers from the largest and texts from A.
  const first = isNumber ? "desc" : "asc";
  const next = isSorted ? (order === "asc" ? "desc" : "asc") : first;
  const direction = order === "asc" ? "ascending" : "descending";
  return html`<div role="columnheader" class=${isNumber ? "cell-number" : ""}
    aria-sort=${isSorted ? direction : "none"}>
    <button type="button" class="sort" onClick=${() => onSort(id, next)}>${name}
      ${isSorted && html`<span aria-hidden="true">${order === "asc" ? "↑" : "↓"}</span>`}
    </button>${handle}</div>`;
}
