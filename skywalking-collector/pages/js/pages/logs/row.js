// One log of the list: a row of 26 px.
import { html } from "../../html.js";
import { clock, exact, middle } from "../../format.js";
import { navigate, traceLink } from "../../router.js";
import { Icon } from "../../ui/icon.js";
import { Dot } from "../../ui/values.js";
import { toneOf } from "./filters.js";

/** A longer text is cut in the row, in characters. */
const LONGEST = 600;

/** The value of a tag, or an empty text. */
export const tagOf = (log, name) => log.tags.find(({ key }) => key === name)?.value ?? "";

/** Returns the address of the log's trace, with its span selected, or null without a trace. */
export function logTraceLink(log) {
  if (!log.traceId) return null;
  const span = log.spanId === null ? {} : { segment: log.segmentId, span: log.spanId };
  return traceLink(log.traceId, span);
}

/** The text of a log on one line. */
export const lineOf = (body) => body.slice(0, LONGEST).replace(/\s*[\r\n]+\s*/g, " ⏎ ").trim();

export function Row({ log, index, isSelected, onSelect }) {
  const address = logTraceLink(log);
  // The link is for the keyboard and for new tabs; a click works on the whole row.
  const open = (event) => {
    if (event.target.closest("a, button") || String(window.getSelection())) return;
    if (address) navigate(address);
    else onSelect(log.number);
  };
  const tone = toneOf(log.level);
  const text = lineOf(log.body) || "(no text)";
  const logger = tagOf(log, "logger");
  return html`<div class=${`row log-row ${tone} ${isSelected ? "selected" : ""}`} role="row"
    aria-rowindex=${index + 2} data-id=${log.number} data-index=${index} onClick=${open}>
    <div role="cell" class="cell-time number" title=${exact(log.time)}>
      ${clock(log.time, { ms: true })}</div>
    <div role="cell" class="cell-level">${log.level
      ? html`<span class=${`level ${tone}`}><bdi>${middle(log.level, 12)}</bdi></span>` : ""}</div>
    <div role="cell" class="cell-service"><${Dot} service=${log.service} />
      <bdi class="name" title=${`${log.service} ${log.serviceInstance}`}>${log.service}</bdi></div>
    <div role="cell" class="cell-text">
      ${address
        ? html`<a href=${address} class="row-link name" title="Open the trace">
            <bdi>${text}</bdi></a>`
        : html`<button type="button" class="row-link name" title="Show the details"
            onClick=${() => onSelect(log.number)}><bdi>${text}</bdi></button>`}
    </div>
    <div role="cell" class="cell-logger" title=${logger}><bdi class="name">${logger}</bdi></div>
    <div role="cell" class="cell-details">
      <button type="button" class="quiet" title="Details (d)" tabindex="-1"
        aria-label=${`Details of log ${log.number}`} aria-pressed=${isSelected ? "true" : "false"}
        onClick=${() => onSelect(log.number)}><${Icon} name="right" /></button></div>
  </div>`;
}
