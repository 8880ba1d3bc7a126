// Small components for values: a time, a duration, and the dot of a service's colour.
import { html } from "../html.js";
import { colorOf } from "../colors.js";
import { clock, duration, exact, middle } from "../format.js";

/** A duration in ms; the exact one on hover. */
export function Duration({ ms }) {
  return html`<span class="number" title=${`${ms} ms`}>${duration(ms)}</span>`;
}

/** A time of day; date and zone on hover. */
export function Time({ at }) {
  return html`<time class="number" datetime=${new Date(at).toISOString()} title=${exact(at)}>
    ${clock(at)}
  </time>`;
}

/** The dot of a service. It is decoration: the name is beside it. */
export function Dot({ service }) {
  return html`<span class="dot" style=${{ background: colorOf(service) }} aria-hidden="true" />`;
}

/** A name, cut in the middle; the whole one on hover. */
export function Name({ text, length = 60 }) {
  const cut = middle(text, length);
  return html`<span class="name" title=${text}>${cut}</span>`;
}
