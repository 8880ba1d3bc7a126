// The columns of a list. The user changes their widths, and the browser remembers them.
import { useState } from "preact/hooks";
import { html } from "../html.js";
import { recall, remember } from "../memory.js";
import { Splitter } from "./splitter.js";

const NARROWEST = 40;
const WIDEST = 800;

/** Returns the remembered widths that are valid. */
function read(stored, columns) {
  const isValid = (width) => Number.isFinite(width) && width >= NARROWEST && width <= WIDEST;
  return Object.fromEntries(columns.map(({ id }) => [id, stored?.[id]])
    .filter(([, width]) => isValid(width)));
}

/**
 * Returns `{ style, handle }`. A column is `{ id, name, width }` with a width in px; one has
 * `least` in place of `width` and gets the remaining space. `style` sets `--columns` for
 * `grid-template-columns`. `handle(id)` belongs into the head of the column, whose position is
 * `relative`.
 */
export function useColumns(list, columns) {
  const [widths, setWidths] = useState(() => read(recall(`columns.${list}`, null), columns));
  const rest = columns.findIndex(({ least }) => least !== undefined);
  const widthOf = ({ id, width }) => widths[id] ?? width;
  const template = columns.map((column) => (column.least === undefined
    ? `${widthOf(column)}px` : `minmax(${column.least}px, 1fr)`)).join(" ");
  const set = (next, isLast) => {
    setWidths(next);
    if (isLast) remember(`columns.${list}`, Object.keys(next).length ? next : null);
  };
  const handle = (id) => {
    const at = columns.findIndex((column) => column.id === id);
    if (at === rest) return null;
    const { [id]: own, ...others } = widths;
    // The border towards the column that gets the remaining space is the one that moves.
    const isBefore = at < rest;
    return html`<${Splitter} label=${`Width of the column ${columns[at].name}`}
      class=${`column-handle ${isBefore ? "after" : "before"}`} value=${widthOf(columns[at])}
      min=${NARROWEST} max=${WIDEST} direction=${isBefore ? 1 : -1}
      onChange=${(width, isLast) => set({ ...widths, [id]: width }, isLast)}
      onReset=${() => set(others, true)} />`;
  };
  return { style: { "--columns": template }, handle };
}
