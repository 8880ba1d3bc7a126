// The slowest statements and cache commands of a service.
import { html } from "../../html.js";
import { duration, exact, relative } from "../../format.js";
import { useRecent } from "../../recent.js";
import { setParams, traceLink } from "../../router.js";
import { Empty, Failure, Skeleton } from "../../ui/failure.js";
import { Copy } from "../../ui/copy.js";
import { Name } from "../../ui/values.js";
import { KindIcon } from "../map/icons.js";
import { formatSql } from "../trace/sql.js";
import { grouped } from "./grouped.js";

const KINDS = [[null, "All"], ["database", "Databases"], ["cache", "Caches"]];

export function Statements({ name, params }) {
  const kind = ["database", "cache"].find((each) => each === params.get("kind")) ?? null;
  const { data, error, reload, now } = useRecent("/api/statements",
    { service: name, kind, limit: 200 }, params);
  if (error && !data) {
    return html`<${Failure} title="The statements could not be read" text=${error.message}
      retry=${reload} />`;
  }
  return html`<div class="table-bar" role="group" aria-label="Kind">
    ${KINDS.map(([value, title]) => html`<button key=${title} type="button"
      aria-pressed=${kind === value ? "true" : "false"}
      onClick=${() => setParams({ kind: value }, { replace: true })}>${title}</button>`)}
  </div>
  ${!data ? html`<div class="data-wait"><${Skeleton} /></div>`
    : data.length === 0
      ? html`<${Empty} title="No statements in this time">
          <p>Exit spans to a database need the tag <code>db.statement</code>, those to a cache
            ${" "}<code>cache.cmd</code>.</p><//>`
      : html`<ul class="plain cards">${grouped(data).map((item) => html`
          <${Statement} of=${item} now=${now}
            key=${`${item.traceId} ${item.segmentId} ${item.spanId}`} />`)}</ul>`}`;
}

function Statement({ of: item, now }) {
  const address = traceLink(item.traceId, { segment: item.segmentId, span: item.spanId });
  return html`<li class="card">
    <p class="facts-line">
      <b class=${`number ${item.slow ? "warn-text" : ""}`} title=${`${item.duration} ms`}>
        ${duration(item.duration)}</b>
      ${item.slow && html`<span class="tag warn" title="A backend records it as slow">
        over ${duration(item.threshold)}</span>`}
      <span class="row-name"><${KindIcon} kind=${item.kind} />${item.dbType || item.kind}
        ${" "}<${Name} text=${item.peer} length=${48} /></span>
      <span class="dim" title=${exact(item.time)}>${relative(item.time, now)}</span>
      ${item.times > 1 && html`<span class="dim">slowest of ${item.times}</span>`}
      <span class="card-end"><a href=${address}>Trace</a>
        <${Copy} text=${item.statement} label="Copy the statement" /></span>
    </p>
    <pre class="statement">${item.kind === "database" ? formatSql(item.statement) : item.statement}
    </pre>
  </li>`;
}
