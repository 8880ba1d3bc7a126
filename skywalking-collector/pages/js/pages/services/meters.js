// The reported meters of a service, as lines over time.
import { useMemo, useState } from "preact/hooks";
import { html } from "../../html.js";
import { Chart } from "../../charts/chart.js";
import { bytes, duration, value as number } from "../../format.js";
import { useRecent } from "../../recent.js";
import { setParams } from "../../router.js";
import { Empty, Failure, Skeleton } from "../../ui/failure.js";
import { chartsOf } from "./meter-series.js";

/** More charts are not shown at once: the filter selects them. */
const MOST = 60;

/** The colours of lines. They are far apart from each other. */
const colorOf = (at) => `--service-${at}`;
const PERCENTILES = { p50: "--text-3", p95: "--accent-solid", p99: "--p99" };

/** Returns the format of a meter's values, by the unit at the end of its name. */
export function formatOf(name) {
  if (/_bytes(_total)?$/.test(name)) return bytes;
  if (/_(ms|millis|milliseconds)(_sum|_total)?$/.test(name)) return duration;
  return number;
}

const selectRange = (from, to) => setParams({ range: null, from, to });

function Meter({ chart }) {
  const series = chart.series.map(({ label, values }, at) => ({
    label, values, color: PERCENTILES[label] ?? colorOf(at), joined: true,
  }));
  return html`<li class="meter">
    <${Chart} title=${`${chart.name} ${chart.kind}`.trim()} times=${chart.times} series=${series}
      format=${formatOf(chart.name)} height=${140} onRange=${selectRange} />
    ${chart.omitted > 0 && html`<p class="dim">${chart.omitted} more series are not shown: those
      ${" "}with the smallest values.</p>`}
  </li>`;
}

function NoMeters({ params }) {
  const isLimited = ["range", "from", "to"].some((name) => params.has(name));
  return isLimited
    ? html`<${Empty} title="No meters in this time">
        <p>The service has reported no meters in this time range.</p>
        <button type="button" onClick=${() => setParams({ range: null, from: null, to: null })}>
          Show everything stored</button>
      <//>`
    : html`<${Empty} title="No meters yet">
        <p>An agent reports meters by gRPC with the call collect of MeterReportService, to the same
          ${" "}address as its traces, usually every 20 s. The first value appears here at once; a
          ${" "}counter needs two.</p><//>`;
}

/** `<${Meters} name params />` */
export function Meters({ name, params }) {
  const { data, error, reload } = useRecent("/api/meters", { service: name }, params);
  const [text, setText] = useState("");
  const charts = useMemo(() => data && chartsOf(data), [data]);
  if (error && !data) {
    return html`<${Failure} title="The meters could not be read" text=${error.message}
      retry=${reload} />`;
  }
  if (!charts) return html`<div class="data-wait"><${Skeleton} /></div>`;
  if (charts.length === 0) return html`<${NoMeters} params=${params} />`;
  const wanted = text.trim().toLowerCase();
  const found = charts.filter((chart) => `${chart.name} ${chart.kind} ${
    chart.series.map(({ label }) => label).join(" ")}`.toLowerCase().includes(wanted));
  return html`<div class="table-bar">
      <input type="search" aria-label="Filter meters" placeholder="Filter by name or label"
        value=${text} onInput=${(event) => setText(event.target.value)} />
      <span class="dim number" role="status">${found.length} of ${charts.length} charts</span>
    </div>
    <ul class="plain meters charts" aria-label="Meters">
      ${found.slice(0, MOST).map((chart) => html`<${Meter} key=${chart.key} chart=${chart} />`)}
    </ul>
    ${found.length > MOST && html`<p class="table-note dim">The first ${MOST} charts. Filter to see
      ${" "}others.</p>`}`;
}
