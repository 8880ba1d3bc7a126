// Sorting of the table and of the summary.

import { html } from "../../html.js";

/**
 * Sorts rows by a column, a text or a number. Equal rows keep their order.
 *
 * @param {{text?: Function, number?: Function}} column
 */
export function sortRows(rows, column, order, trace) {
  const sign = order === "asc" ? 1 : -1;
  const sorted = Array.from(rows);
  if (column.number) {
    return sorted.sort((a, b) => sign * (column.number(trace, a) - column.number(trace, b)));
  }
  // Each distinct text gets a rank, so that texts are compared once.
  const texts = sorted.map((row) => column.text(trace, row));
  const distinct = [...new Set(texts)].sort(new Intl.Collator().compare);
  const ranks = new Map(distinct.map((text, rank) => [text, rank]));
  return sorted
    .map((row, index) => [ranks.get(texts[index]), row])
    .sort((a, b) => sign * (a[0] - b[0]))
    .map(([, row]) => row);
}

/** `<${SortHead} id name isNumber sort order onSort />`; `onSort(id, order)`. */
export function SortHead({ id, name, isNumber, sort, order, onSort }) {
  const isSorted = sort === id;
  // The first press sorts numbers from the largest and texts from A.
  const first = isNumber ? "desc" : "asc";
  const next = isSorted ? (order === "asc" ? "desc" : "asc") : first;
  const direction = order === "asc" ? "ascending" : "descending";
  return html`<div role="columnheader" class=${isNumber ? "cell-number" : ""}
    aria-sort=${isSorted ? direction : "none"}>
    <button type="button" class="sort" onClick=${() => onSort(id, next)}>${name}
      ${isSorted && html`<span aria-hidden="true">${order === "asc" ? "↑" : "↓"}</span>`}
    </button></div>`;
}
