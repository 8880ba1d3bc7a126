// One log, beside the list: its whole text, its span and its tags.
import { html } from "../../html.js";
import { useGet } from "../../api.js";
import { exact } from "../../format.js";
import { link, serviceLink } from "../../router.js";
import { Copy } from "../../ui/copy.js";
import { Skeleton } from "../../ui/failure.js";
import { Icon } from "../../ui/icon.js";
import { Dot } from "../../ui/values.js";
import { toneOf } from "./filters.js";
import { logTraceLink } from "./row.js";

/** A longer text is cut in the page, in characters. */
const LONGEST = 100_000;

/** Returns JSON with indents. Any other text is returned as it is. */
export function formatted({ format, body }) {
  if (format !== "json") return body;
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

function Facts({ log }) {
  const address = logTraceLink(log);
  const facts = [
    ["Time", html`<time class="number">${exact(log.time)}</time>`],
    ["Level", log.level && html`<span class=${`level ${toneOf(log.level)}`}>${log.level}</span>`],
    ["Service", html`<a class="row-name" href=${serviceLink(log.service)}>
      <${Dot} service=${log.service} /><bdi>${log.service}</bdi></a>`],
    ["Instance", log.serviceInstance && html`<bdi>${log.serviceInstance}</bdi>`],
    ["Endpoint", log.endpoint && html`<bdi>${log.endpoint}</bdi>`],
    ["Trace", address && html`<a href=${address}><bdi>${log.traceId}</bdi></a>
      <${Copy} text=${log.traceId} label="Copy the trace id" />`],
    ["Span", log.spanId !== null && html`<bdi>${log.spanId} of segment ${log.segmentId}</bdi>`],
  ];
  return html`<dl class="log-facts">${facts.filter(([, value]) => value).map(([name, value]) =>
    html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function Body({ log }) {
  const text = formatted(log);
  return html`<section class="log-part">
    <div class="log-part-head"><h3>Text</h3><${Copy} text=${log.body} label="Copy the text" /></div>
    <pre class="log-body" tabindex="0" aria-label="Text of the log">
      <bdi>${text.slice(0, LONGEST)}</bdi></pre>
    ${text.length > LONGEST && html`<p class="dim">The first ${LONGEST} of ${text.length}
      ${" "}characters. The button copies the whole text.</p>`}
  </section>`;
}

/** `<${Details} number onClose />` */
export function Details({ number, onClose }) {
  const { data, error, stale } = useGet(`/api/logs/${number}`);
  const log = stale ? null : data;
  return html`<aside class="log-details" aria-label="Details of the log">
    <div class="log-details-head"><h2>Log</h2>
      ${log?.traceId
        && html`<a href=${link("/logs", { trace: log.traceId })}>Logs of its trace</a>`}
      <button type="button" class="quiet" onClick=${onClose} aria-label="Close the details"
        title="Close the details (Esc)"><${Icon} name="close" /></button></div>
    <div class="log-details-body" tabindex="0" role="group" aria-label="Fields of the log">
      ${error && stale !== false && html`<p class="problem">${error.message}</p>`}
      ${!log && !error && html`<${Skeleton} />`}
      ${log && html`<${Facts} log=${log} /><${Body} log=${log} />
        ${log.tags.length > 0 && html`<section class="log-part"><h3>Tags</h3>
          <table class="log-tags" aria-label="Tags"><tbody>
            ${log.tags.map(({ key, value }, at) => html`<tr key=${at}>
              <th scope="row"><bdi>${key}</bdi></th><td><bdi>${value}</bdi></td></tr>`)}
          </tbody></table></section>`}`}
    </div>
  </aside>`;
}
