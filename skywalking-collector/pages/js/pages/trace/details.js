// The details of a span, beside the rows.

import { useState } from "preact/hooks";
import { html } from "../../html.js";
import { useGet } from "../../api.js";
import { clock, duration, exact, percent } from "../../format.js";
import { Copy } from "../../ui/copy.js";
import { Icon } from "../../ui/icon.js";
import { Dot, Duration } from "../../ui/values.js";
import { curlOfSpan } from "./curl.js";
import { describeGap } from "./gaps.js";
import { Causes, Logs, Tags, divided } from "./fields.js";
import { FLAG, LAYERS, TYPES } from "./model.js";
import { References } from "./references.js";
import { ReportedLogs } from "./reported-logs.js";

/** A part of the details. It is left out if it has no content. */
function Section({ title, extra, children }) {
  return html`<section class="detail-part"><div class="detail-title"><h3>${title}</h3>${extra}</div>
    ${children}</section>`;
}

function Facts({ trace, row, details }) {
  const name = (table, index) => (index < 0 ? null : table[index]);
  const facts = [
    ["Service", trace.services[trace.service[row]]],
    ["Instance", trace.instances[trace.instance[row]]],
    ["Type", `${TYPES[trace.type[row]]}, layer ${LAYERS[trace.layer[row]] ?? "unknown"}`],
    ["Component", name(trace.components, trace.component[row])],
    ["Peer", name(trace.peers, trace.peer[row])],
    ["Span", `${trace.spanId[row]} of segment ${trace.segments[trace.segment[row]]}`],
  ].filter(([, value]) => value);
  const skipped = (trace.flags[row] & FLAG.skipAnalysis) !== 0;
  return html`<dl class="detail-facts">
    ${facts.map(([label, value]) => html`<div key=${label}><dt>${label}</dt>
      <dd>${label === "Service" && html`<${Dot} service=${value} />`} <bdi>${value}</bdi></dd>
    </div>`)}
    ${skipped && html`<div><dt>Analysis</dt>
      <dd>The OAP leaves this span out of metrics and of the service map.</dd></div>`}
    ${details?.isSizeLimited && html`<div><dt>Segment</dt>
      <dd>The agent left spans out, because the segment has too many.</dd></div>`}
  </dl>`;
}

function Times({ trace, row }) {
  const start = trace.startTime + trace.start[row];
  const long = trace.duration[row];
  const self = trace.self[row];
  const share = trace.length > 0 ? long / trace.length : null;
  return html`<dl class="times">
    <div><dt>Duration</dt><dd><${Duration} ms=${long} />
      ${share !== null && html`<span class="dim number"> ${percent(share)}</span>`}</dd></div>
    <div><dt>Self time</dt><dd><${Duration} ms=${self} />
      ${long > 0 && html`<span class="dim number"> ${percent(self / long)}</span>`}</dd></div>
    <div><dt>Started</dt><dd class="number" title=${exact(start)}>
      ${clock(start, { ms: true })} <span class="dim">+${duration(trace.start[row])}</span>
    </dd></div>
  </dl>`;
}

function Notices({ trace, row, gaps }) {
  const notes = (trace.notes.get(row) ?? []).map((note) => note.text);
  if (trace.flags[row] & FLAG.negative) notes.push("The span ends before it starts.");
  const waits = (gaps.get(row) ?? []).map((gap) => describeGap(gap, duration));
  return html`
    ${notes.map((text) => html`<p key=${text} class="notice warn">${text}</p>`)}
    ${waits.length > 0 && html`<p class="notice">
      <${Icon} name="clock" /> ${waits.join(", ")}</p>`}`;
}

function Violations({ violations }) {
  if (violations.length === 0) return null;
  return html`<${Section} title="Violations of the protocol">
    <ul class="plain violations">
      ${violations.map((one, index) => html`<li key=${index}><code>${one.rule}</code>
        <p><bdi>${one.text}</bdi></p></li>`)}
    </ul>
  <//>`;
}

function Raw({ value }) {
  const [open, setOpen] = useState(false);
  const text = () => JSON.stringify(value, null, 2);
  const copy = html`<${Copy} text=${text} label="Copy the JSON of this span" />`;
  return html`<${Section} title="JSON" extra=${html`${copy}<button type="button" class="quiet"
    aria-expanded=${String(open)} onClick=${() => setOpen(!open)}>
    ${open ? "Hide" : "Show"}</button>`}>
    ${open && html`<pre class="block" tabindex="0">${text()}</pre>`}
  <//>`;
}

function Loaded({ trace, details, isError, logs }) {
  const { span } = details;
  const { causes, others } = isError ? divided(span.logs) : { causes: [], others: span.logs };
  const curl = curlOfSpan(span.tags, span.peer);
  return html`
    <${Causes} causes=${causes} start=${span.startTime} />
    <${Tags} tags=${span.tags} extra=${curl && html`<${Copy} class="quiet" text=${curl}
      label="Copy as curl: the request of this span">Copy as curl<//>`} />
    <${ReportedLogs} trace=${trace} logs=${logs} start=${span.startTime} />
    <${Logs} logs=${others} start=${span.startTime} />
    <${References} trace=${trace} details=${details} />
    <${Violations} violations=${details.violations} />
    <${Raw} value=${details} />`;
}

/** Keys that scroll the details instead of moving in the list. */
const SCROLLING = new Set(["ArrowDown", "ArrowUp", "PageDown", "PageUp", "Home", "End"]);

const keepScrolling = (event) => {
  if (SCROLLING.has(event.key)) event.stopPropagation();
};

/** `<${Details} trace row gaps logs onClose />`; `logs` are those that were reported for it. */
export function Details({ trace, row, gaps, logs, onClose }) {
  const segment = trace.segments[trace.segment[row]];
  const path = ["/api/traces", trace.traceId, "spans", segment, trace.spanId[row]]
    .map((part, index) => (index === 0 ? part : encodeURIComponent(part))).join("/");
  const { data, error, stale, reload } = useGet(path);
  const details = data && !stale ? data : null;
  const isError = (trace.flags[row] & FLAG.error) !== 0;
  const reason = trace.reason[row] >= 0 ? trace.reasons[trace.reason[row]] : "";
  const name = trace.names[trace.name[row]] || "(no name)";
  return html`<aside class="details" aria-label="Details of the span">
    <div class="details-head">
      <h2><bdi>${name}</bdi></h2>
      <button type="button" class="quiet" onClick=${onClose} aria-label="Close the details"
        title="Close the details (Esc)"><${Icon} name="close" /></button>
    </div>
    <div class="details-body" tabindex="0" role="group" aria-label="Fields of the span"
      onKeyDown=${keepScrolling}>
      ${isError && html`<p class="notice failed"><strong>Failed</strong>
        ${reason && html` <bdi>${reason}</bdi>`}</p>`}
      <${Times} trace=${trace} row=${row} />
      <${Notices} trace=${trace} row=${row} gaps=${gaps} />
      <${Facts} trace=${trace} row=${row} details=${details} />
      ${details && html`<${Loaded} key=${path} trace=${trace} details=${details}
        isError=${isError} logs=${logs} />`}
      ${error && html`<p class="notice warn">${error.message}${" "}
        <button type="button" onClick=${reload}>Try again</button></p>`}
    </div>
  </aside>`;
}
