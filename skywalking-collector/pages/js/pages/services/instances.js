// The instances of a service, with what they reported about themselves.
import { html } from "../../html.js";
import { count, duration, exact, percent, rate, relative } from "../../format.js";
import { useRecent } from "../../recent.js";
import { link, rangeParams, serviceLink } from "../../router.js";
import { Empty, Failure, Skeleton } from "../../ui/failure.js";
import { Name } from "../../ui/values.js";
import { errorShare } from "../map/edges.js";

/** More instances are not shown. */
const MOST = 200;
/** With more instances, their properties are closed at first. */
const OPEN = 3;

export function Instances({ name, params }) {
  const { data, error, reload, now } = useRecent("/api/instances", { service: name }, params);
  if (error && !data) {
    return html`<${Failure} title="The instances could not be read" text=${error.message}
      retry=${reload} />`;
  }
  if (!data) return html`<div class="data-wait"><${Skeleton} /></div>`;
  if (data.length === 0) {
    return html`<${Empty} title="No instance is known">
      <p>An instance appears when it handles a request or sends a keep-alive.</p><//>`;
  }
  const shown = [...data].sort((a, b) => b.lastSeen - a.lastSeen).slice(0, MOST);
  return html`<ul class="plain cards">
    ${shown.map((instance) => html`<${Instance} key=${instance.instance} of=${instance} now=${now}
      isOpen=${data.length <= OPEN} params=${params} />`)}
  </ul>
  ${data.length > MOST && html`<p class="table-note dim">The ${MOST} instances that reported last,
    of ${count(data.length)}.</p>`}`;
}

function Instance({ of: item, now, isOpen, params }) {
  const { service, instance, properties } = item;
  const when = (time) => (time === null || time === undefined ? "never"
    : html`<span title=${exact(time)}>${relative(time, now)}</span>`);
  const range = rangeParams(params);
  const share = errorShare(item);
  return html`<li class="card">
    <h2><a href=${serviceLink(service, { ...range, instance })} title="Show its charts">
      <${Name} text=${instance} length=${72} /></a></h2>
    <p class="facts-line">
      <span>Last keep-alive <b>${when(item.lastPing)}</b></span>
      <span>Last report <b>${when(item.lastSeen)}</b></span>
      <span><b class="number">${rate(item.perMinute)}</b> calls a minute</span>
      <span class=${share > 0 ? "problem" : ""}><b>${percent(share)}</b> errors</span>
      <span>p95 <b class="number">${duration(item.p95)}</b></span>
      ${item.layer && html`<span>Layer <b>${item.layer}</b></span>`}
      <a href=${link("/traces", { ...range, service, instance })}>Traces</a>
    </p>
    ${properties.length === 0
      ? html`<p class="dim">It has reported no properties.</p>`
      : html`<details open=${isOpen}>
          <summary>${properties.length === 1 ? "1 property"
            : `${properties.length} properties`}</summary>
          <dl class="properties">${properties.map(({ key, value }, at) => html`<div key=${at}>
            <dt>${key}</dt><dd>${value}</dd></div>`)}</dl>
        </details>`}
  </li>`;
}
