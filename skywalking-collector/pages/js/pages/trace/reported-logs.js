// The logs that agents reported for the spans of a trace.

import { useEffect, useMemo, useState } from "preact/hooks";
import { html } from "../../html.js";
import { useGet } from "../../api.js";
import { count, duration, exact, plural } from "../../format.js";
import { link } from "../../router.js";
import { groupLogs, isError, worst } from "./log-groups.js";

/** Logs of a trace can arrive for this time after its last span, in ms. */
const YOUNG = 30_000;
const EVERY = 3000;

/** More logs of a span are shown on request. */
const FEW = 20;

/** A longer text is cut until the user asks for all logs of the trace, in characters. */
const LONGEST = 2000;

/** Reads the logs of a trace, and reads them again while new ones are expected. */
export function useReportedLogs(trace) {
  const path = `/api/traces/${encodeURIComponent(trace.traceId)}/logs`;
  const { data, reload } = useGet(path);
  useEffect(() => {
    const end = trace.startTime + trace.length + YOUNG;
    if (Date.now() > end) return undefined;
    const timer = setInterval(() => {
      if (Date.now() > end) clearInterval(timer);
      else if (!document.hidden) reload();
    }, EVERY);
    return () => clearInterval(timer);
  }, [trace]);
  // An answer with the same number of logs changes nothing.
  return useMemo(() => groupLogs(trace, data?.logs ?? [], data?.matched ?? 0),
    [trace, data?.matched]);
}

/** The sign of a row: how many logs its span has. */
export function LogSign({ logs }) {
  const errors = logs.filter(isError).length;
  const text = `${plural(logs.length, "reported log")}${
    errors > 0 ? `, ${plural(errors, "error")}` : ""}`;
  return html`<span class=${`sign log-sign ${worst(logs)}`} role="img" aria-label=${text}
    title=${text}>
    <svg class="icon" viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">
      <path d="M3 4h10M3 8h10M3 12h6" /></svg>${count(logs.length)}</span>`;
}

/** The link to all logs of the trace. */
export function LogsLink({ trace, logs }) {
  if (logs.total === 0) return null;
  const elsewhere = logs.others.length > 0
    ? `${plural(logs.others.length, "log")} without a stored span` : null;
  return html`<a href=${link("/logs", { trace: trace.traceId })} title=${elsewhere}>
    ${plural(logs.total, "log")}</a>`;
}

function Log({ log, start }) {
  const rest = log.tags.filter(({ key }) => key !== "level");
  return html`<li>
    <div class="reported-head">
      <b class=${`level ${worst([log])}`}>${log.level || "LOG"}</b>
      <span class="number log-time" title=${exact(log.time)}>${
        log.time < start ? "−" : "+"}${duration(Math.abs(log.time - start))}</span></div>
    <pre class="reported-body"><bdi>${log.body.slice(0, LONGEST)}</bdi></pre>
    ${rest.length > 0 && html`<details><summary>${plural(rest.length, "tag")}</summary>
      <dl class="reported-tags">${rest.map(({ key, value }, at) => html`<div key=${at}>
        <dt><bdi>${key}</bdi></dt><dd><bdi>${value}</bdi></dd></div>`)}</dl></details>`}
  </li>`;
}

/** The logs of one span, for its details. */
export function ReportedLogs({ trace, logs, start }) {
  const [all, setAll] = useState(false);
  if (!logs) return null;
  const shown = all ? logs : logs.slice(0, FEW);
  return html`<section class="detail-part">
    <div class="detail-title"><h3>Reported logs <span class="dim">${logs.length}</span></h3>
      <a href=${link("/logs", { trace: trace.traceId })}>All of the trace</a></div>
    <ol class="logs reported" aria-label="Reported logs">
      ${shown.map((log) => html`<${Log} key=${log.number} log=${log} start=${start} />`)}</ol>
    ${shown.length < logs.length && html`<button type="button" class="quiet"
      onClick=${() => setAll(true)}>Show all ${count(logs.length)} logs</button>`}
  </section>`;
}
