// What is unusual about the whole trace, in one line until the user asks for all.

import { useState } from "preact/hooks";
import { html } from "../../html.js";

/** `<${Notes} trace error />`; `error` is that of the last reading. */
export function Notes({ trace, error }) {
  const [all, setAll] = useState(false);
  const texts = [
    ...(trace.notes.get(-1) ?? []), ...(trace.violations.get(-1) ?? []),
  ].map((one) => one.text);
  if (error) texts.unshift(error.message);
  if (texts.length === 0) return null;
  const shown = all ? texts : texts.slice(0, 1);
  return html`<div class=${all ? "trace-notes all" : "trace-notes"} role="group"
    aria-label="Notes on the trace">
    <ul class="plain" tabindex=${all ? 0 : null}>
      ${shown.map((text, index) => html`<li key=${index} title=${text}><bdi>${text}</bdi></li>`)}
    </ul>
    ${texts.length > 1 && html`<button type="button" class="quiet" aria-expanded=${String(all)}
      onClick=${() => setAll(!all)}>${all ? "Show one" : `${texts.length - 1} more`}</button>`}
  </div>`;
}
