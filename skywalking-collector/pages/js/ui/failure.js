// What a page shows instead of its content.
import { html } from "../html.js";

/** An error: what is wrong, and what to do. `retry` adds a button. */
export function Failure({ title, text, retry }) {
  return html`<div class="empty" role="alert">
    <h1>${title}</h1>
    <p>${text}</p>
    ${retry && html`<button type="button" onClick=${retry}>Try again</button>`}
  </div>`;
}

/** Nothing to show, and why. */
export function Empty({ title, children }) {
  return html`<div class="empty"><h2>${title}</h2>${children}</div>`;
}

/** Grey rows in place of a list that is loading. */
export function Skeleton({ rows = 8 }) {
  return html`<div class="skeleton" aria-hidden="true">
    ${Array.from({ length: rows }, (_, row) => html`<div key=${row} class="skeleton-row" />`)}
  </div>`;
}
