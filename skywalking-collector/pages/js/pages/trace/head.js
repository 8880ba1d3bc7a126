// The head of the page: what the trace is, and the services of its spans.

import { useMemo, useState } from "preact/hooks";
import { html } from "../../html.js";
import { hasToken, request } from "../../api.js";
import { count, duration, exact, middle, plural, relative } from "../../format.js";
import { Copy } from "../../ui/copy.js";
import { Dot } from "../../ui/values.js";
import { curlOfApi } from "./curl.js";
import { LogsLink } from "./reported-logs.js";
import { summarizeServices } from "./summary.js";

/** More services than these are shown on request. */
const FEW = 8;

function Status({ trace, onError }) {
  const errors = trace.errors.length;
  if (errors === 0) return html`<span class="status">OK</span>`;
  const text = plural(errors, "failed span");
  return html`<button type="button" class="status failed" onClick=${onError}
    title="Go to the next failed span (e)">${text}</button>`;
}

function Fact({ label, title, children }) {
  return html`<div class="fact"><dt>${label}</dt><dd title=${title}>${children}</dd></div>`;
}

function Services({ trace, hidden, onHide }) {
  const [all, setAll] = useState(false);
  const services = useMemo(() => summarizeServices(trace), [trace]);
  const shown = all ? services : services.slice(0, FEW);
  return html`<div class="trace-services" role="group" aria-label="Services, press to hide">
    ${shown.map(({ service, count: spans, self }) => {
      const name = trace.services[service];
      const isShown = !hidden.includes(name);
      return html`<button key=${service} type="button" class="service-chip"
        aria-pressed=${isShown ? "true" : "false"} onClick=${() => onHide(name)}
        title=${`${name}: ${plural(spans, "span")}, self time ${duration(self)}. ${
          isShown ? "Press to hide." : "Press to show."}`}>
        <${Dot} service=${name} /><bdi class="name">${middle(name, 28)}</bdi>
        <span class="dim number">${count(spans)}</span>
      </button>`;
    })}
    ${services.length > FEW && html`<button type="button" class="quiet"
      onClick=${() => setAll(!all)}>
      ${all ? "Show fewer" : `${services.length - FEW} more`}</button>`}
  </div>`;
}

/** `<${Head} trace logs hidden onHide onError />` */
export function Head({ trace, logs, hidden, onHide, onError }) {
  const name = trace.names[trace.name[0]] || "(no name)";
  const service = trace.services[trace.service[0]];
  const path = `/api/traces/${encodeURIComponent(trace.traceId)}`;
  return html`<header class="trace-head">
    <div class="trace-title">
      <h1 title=${name}><bdi>${middle(name, 90)}</bdi></h1>
      <${Status} trace=${trace} onError=${onError} />
      <span class="trace-actions">
        <${Copy} class="" label="Copy JSON: all spans of this trace"
          text=${async () => (await request(path)).text()}>Copy JSON<//>
        <${Copy} class="" label="Copy as curl: the request for this JSON"
          text=${() => curlOfApi(window.location.origin, path, hasToken())}>Copy as curl<//>
      </span>
    </div>
    <dl class="trace-facts">
      <${Fact} label="Service"><${Dot} service=${service} />${" "}
        <bdi title=${service}>${middle(service, 40)}</bdi><//>
      <${Fact} label="Duration" title=${`${trace.length} ms`}>
        <span class="number">${duration(trace.length)}</span><//>
      <${Fact} label="Started" title=${exact(trace.startTime)}>
        <span class="number">${exact(trace.startTime).slice(0, 23)}</span>
        <span class="dim"> ${relative(trace.startTime)}</span><//>
      <${Fact} label="Spans"><span class="number">${count(trace.count)}</span><//>
      ${logs.total > 0 && html`<${Fact} label="Reported">
        <span class="number"><${LogsLink} trace=${trace} logs=${logs} /></span><//>`}
      <${Fact} label="Trace id" title=${trace.traceId}>
        <code><bdi>${middle(trace.traceId, 24)}</bdi></code>
        <${Copy} text=${trace.traceId} label="Copy the trace id (y)" /><//>
    </dl>
    <${Services} trace=${trace} hidden=${hidden} onHide=${onHide} />
  </header>`;
}
