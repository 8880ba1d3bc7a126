// A handle between two columns: dragged, or moved with the arrow keys.

import { html } from "../html.js";

const STEP = 16;

/**
 * `<${Splitter} label="Width of the names" value=${px} min=${120} max=${600} onChange=${set} />`.
 * `direction` is -1 if the column at the right gets the width. `onChange` gets the width, and
 * whether the drag ended. `onReset` is called by a double click.
 */
export function Splitter({
  label, value, min, max, direction = 1, onChange, onReset, class: extra = "", tabindex = 0,
}) {
  const limit = (width) => Math.round(Math.min(Math.max(width, min), Math.max(min, max)));
  const down = (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    const handle = event.currentTarget;
    const startX = event.clientX;
    handle.setPointerCapture(event.pointerId);
    const at = (move) => limit(value + (move.clientX - startX) * direction);
    const move = (moved) => onChange(at(moved), false);
    const up = (moved) => {
      handle.removeEventListener("pointermove", move);
      onChange(at(moved), true);
    };
    handle.addEventListener("pointermove", move);
    handle.addEventListener("pointerup", up, { once: true });
    handle.addEventListener("pointercancel", up, { once: true });
  };
  const press = (event) => {
    const step = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
    if (!step) return;
    event.preventDefault();
    onChange(limit(value + step * direction), true);
  };
  return html`<div class=${`splitter ${extra}`} role="separator" aria-orientation="vertical"
    tabindex=${tabindex} aria-label=${label} aria-valuenow=${limit(value)} aria-valuemin=${min}
    aria-valuemax=${Math.round(Math.max(min, max))} onPointerDown=${down} onKeyDown=${press}
    onDblClick=${onReset} title=${onReset && `${label}. Double-click to reset it.`} />`;
}
