// The table of all services.
import { html } from "../../html.js";
import { polylineOf } from "../../charts/series.js";
import { count, exact, plural, relative } from "../../format.js";
import { link, rangeParams, serviceLink, setParams } from "../../router.js";
import { Empty, Skeleton } from "../../ui/failure.js";
import { Dot, Name } from "../../ui/values.js";
import { NUMBERS } from "./columns.js";
import { DataTable } from "./data-table.js";

const WIDTH = 96;
const HEIGHT = 20;
const NOT_LISTED = "A backend does not list this service yet: it lists services with an entry span "
  + "or a keep-alive.";

function Sparkline({ values }) {
  const points = polylineOf(values ?? [], WIDTH, HEIGHT - 2);
  return html`<svg class="sparkline" width=${WIDTH} height=${HEIGHT} aria-hidden="true">
    <polyline points=${points} transform="translate(0 1)" /></svg>`;
}

const columns = (params, now) => [
  {
    id: "name", name: "Service", text: true, value: (row) => row.name,
    cell: (row) => html`<a class="row-name" href=${serviceLink(row.name, rangeParams(params))}>
      <${Dot} service=${row.name} /><${Name} text=${row.name} length=${48} />
      ${row.listed === false && html`<span class="tag" title=${NOT_LISTED}>not listed</span>`}</a>`,
  },
  ...NUMBERS,
  { id: "sparkline", name: "Calls over time", cell: (row) =>
    html`<${Sparkline} values=${row.sparkline} />` },
  { id: "layer", name: "Layer", text: true, value: (row) => row.layer,
    cell: (row) => row.layer ?? html`<span class="dim">–</span>` },
  { id: "instances", name: "Instances", value: (row) => row.instances,
    cell: (row) => count(row.instances) },
  { id: "seen", name: "Last seen", value: (row) => row.lastSeen,
    cell: (row) => html`<span title=${exact(row.lastSeen)}>${relative(row.lastSeen, now)}</span>` },
  { id: "violations", name: "Violations", value: (row) => row.violations,
    title: "Violations of the protocol in stored segments",
    cell: (row) => (row.violations > 0
      ? html`<a class="warn-text" title=${plural(row.violations, "violation")}
          href=${serviceLink(row.name, { ...rangeParams(params), tab: "violations" })}>
          ${count(row.violations)}</a>`
      : html`<span class="dim">0</span>`) },
];

/** `<${ServiceList} services now params />`; `services` is null until they are read. */
export function ServiceList({ services, now, params }) {
  if (!services) return html`<div class="data-wait"><${Skeleton} /></div>`;
  if (services.length === 0) return html`<${NoServices} params=${params} />`;
  return html`<${DataTable} label="Services" columns=${columns(params, now)} rows=${services}
    keyOf=${(row) => row.name} textOf=${(row) => `${row.name} ${row.layer ?? ""}`}
    fallback="calls" params=${params} filter="Filter services" />`;
}

function NoServices({ params }) {
  const isLimited = ["range", "from", "to"].some((name) => params.has(name));
  return isLimited
    ? html`<${Empty} title="No service was active in this time">
        <p>A service appears when it handles a request or sends a keep-alive.</p>
        <button type="button" onClick=${() => setParams({ range: null, from: null, to: null })}>
          Show everything stored</button>
      <//>`
    : html`<${Empty} title="No service has reported yet">
        <p>A service appears when it handles a request or sends a keep-alive.</p>
        <a href=${link("/traces")}>How to send the first trace</a>
      <//>`;
}
