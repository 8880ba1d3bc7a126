// The endpoints of a service.
import { html } from "../../html.js";
import { useRecent } from "../../recent.js";
import { link, rangeParams, serviceLink } from "../../router.js";
import { Empty, Failure, Skeleton } from "../../ui/failure.js";
import { Name } from "../../ui/values.js";
import { NUMBERS } from "./columns.js";
import { DataTable } from "./data-table.js";

const LIMIT = 1000;

const columns = (service, params) => [
  {
    id: "endpoint", name: "Endpoint", text: true, value: (row) => row.endpoint,
    cell: (row) => html`<a class="row-name" title="Show its charts"
      href=${serviceLink(service, { ...rangeParams(params), endpoint: row.endpoint })}>
      <${Name} text=${row.endpoint} length=${64} /></a>`,
  },
  ...NUMBERS,
  {
    id: "traces", name: "Traces",
    cell: (row) => {
      const address = (more) => link("/traces",
        { ...rangeParams(params), service, endpoint: row.endpoint, ...more });
      return html`<span class="row-links">
        ${row.errors > 0 && html`<a href=${address({ error: "true" })}
          aria-label=${`errors of ${row.endpoint}`}>errors</a>`}
        <a href=${address({ sort: "duration" })}
          aria-label=${`slowest traces of ${row.endpoint}`}>slowest</a>
        <a href=${address({})} aria-label=${`all traces of ${row.endpoint}`}>all</a></span>`;
    },
  },
];

export function Endpoints({ name, params }) {
  const { data, error, reload } = useRecent("/api/endpoints", { service: name, limit: LIMIT },
    params);
  if (error && !data) {
    return html`<${Failure} title="The endpoints could not be read" text=${error.message}
      retry=${reload} />`;
  }
  if (!data) return html`<div class="data-wait"><${Skeleton} /></div>`;
  if (data.length === 0) {
    return html`<${Empty} title="No endpoint was called in this time">
      <p>Each entry span makes an endpoint of its operation name.</p><//>`;
  }
  return html`<${DataTable} label="Endpoints" columns=${columns(name, params)} rows=${data}
    keyOf=${(row) => row.endpoint} textOf=${(row) => row.endpoint} fallback="calls" params=${params}
    filter="Filter endpoints" />`;
}
