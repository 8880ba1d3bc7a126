// The time range, which all pages share: in the address as `range`, or as `from` and `to`.
import { html } from "../html.js";
import { clock, exact } from "../format.js";
import { RANGES, setParams, timeRange } from "../router.js";
import { Icon } from "./icon.js";

const LABELS = { "5m": "5 min", "15m": "15 min", "1h": "1 h" };

/** `<${Range} params=${params} />` */
export function Range({ params }) {
  const chosen = params.get("range") in RANGES ? params.get("range") : null;
  const { from, to } = chosen ? { from: null, to: null } : timeRange(params);
  const custom = from !== null || to !== null;
  const set = (range) => () => setParams({ range, from: null, to: null });
  const text = custom ? `${from === null ? "…" : clock(from)} – ${to === null ? "now" : clock(to)}`
    : null;
  const title = custom ? `${from === null ? "everything" : exact(from)} to ${
    to === null ? "now" : exact(to)}` : null;
  return html`<div class="range" role="group" aria-label="Time range">
    ${custom && html`<button type="button" class="range-custom number" aria-pressed="true"
      title=${`${title}. Click to show everything.`} onClick=${set(null)}>
      ${text}<${Icon} name="close" size=${12} /></button>`}
    ${Object.keys(RANGES).map((range) => html`<button key=${range} type="button"
      aria-pressed=${chosen === range ? "true" : "false"} title=${`The last ${LABELS[range]}`}
      onClick=${set(range)}>${LABELS[range]}</button>`)}
    <button type="button" aria-pressed=${!chosen && !custom ? "true" : "false"}
      title="Everything that is stored" onClick=${set(null)}>All</button>
  </div>`;
}
