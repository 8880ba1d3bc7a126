// The icons of the kinds of nodes, drawn in a box of 16.
import { html } from "../../html.js";

const PATHS = {
  service: "M8 1.8l5.4 3.1v6.2L8 14.2l-5.4-3.1V4.9zM2.8 5L8 8l5.2-3M8 8v6",
  database: "M2.8 4c0-2.7 10.4-2.7 10.4 0S2.8 6.7 2.8 4v8c0 2.7 10.4 2.7 10.4 0V4"
    + "M2.8 8c0 2.7 10.4 2.7 10.4 0",
  cache: "M9 1.8L3.4 9H8l-1 5.2L12.6 7H8z",
  queue: "M1.8 4.5h3v7h-3zM6.5 4.5h3v7h-3zM12 5.5L14.5 8 12 10.5",
  http: "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM1.8 8h12.4"
    + "M8 1.8c-3.6 3.6-3.6 8.8 0 12.4M8 1.8c3.6 3.6 3.6 8.8 0 12.4",
  user: "M8 2a2.8 2.8 0 1 0 0 5.6A2.8 2.8 0 0 0 8 2zM2.5 14c.4-6 10.6-6 11 0",
  unknown: "M5.5 5.8c0-3.4 5.2-3.2 5 0-.1 1.8-2.5 1.9-2.5 3.8M8 12.6v.1",
};

/** The words for the kinds, for people. */
export const KINDS = {
  service: "service", database: "database", cache: "cache", queue: "queue",
  http: "HTTP server without an agent", user: "callers without an agent",
  unknown: "peer without an agent",
};

export const kindOf = (kind) => (Object.hasOwn(PATHS, kind) ? kind : "unknown");

/** The drawing of a kind inside of an SVG, with its centre at 0. */
export function KindShape({ kind }) {
  return html`<path class="kind-icon" transform="translate(-8 -8)" d=${PATHS[kindOf(kind)]} />`;
}

/** The icon of a kind in a line of text. It is decoration: the kind is in the text. */
export function KindIcon({ kind }) {
  return html`<svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"
    focusable="false"><path d=${PATHS[kindOf(kind)]} /></svg>`;
}
