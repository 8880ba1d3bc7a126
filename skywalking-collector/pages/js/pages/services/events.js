// The reported events of a service, the latest first.
import { html } from "../../html.js";
import { duration, exact, relative } from "../../format.js";
import { useRecent } from "../../recent.js";
import { setParams } from "../../router.js";
import { Empty, Failure, Skeleton } from "../../ui/failure.js";
import { Name } from "../../ui/values.js";

const LIMIT = 500;

const timeOf = ({ startTime, endTime }) => startTime ?? endTime;
const latest = (a, b) => timeOf(b) - timeOf(a) || b.number - a.number;

function NoEvents({ params }) {
  const isLimited = ["range", "from", "to"].some((name) => params.has(name));
  return isLimited
    ? html`<${Empty} title="No events in this time">
        <p>The service has reported no events in this time range.</p>
        <button type="button" onClick=${() => setParams({ range: null, from: null, to: null })}>
          Show everything stored</button>
      <//>`
    : html`<${Empty} title="No events yet">
        <p>An agent reports events by the call collect of EventService, or over HTTP to /v3/events:
          ${" "}its start and shutdown, and what the program reports.</p><//>`;
}

/** `<${Events} name params />` */
export function Events({ name, params }) {
  const { data, error, reload, now } = useRecent("/api/events", { service: name, limit: LIMIT },
    params);
  if (error && !data) {
    return html`<${Failure} title="The events could not be read" text=${error.message}
      retry=${reload} />`;
  }
  if (!data) return html`<div class="data-wait"><${Skeleton} /></div>`;
  if (data.length === 0) return html`<${NoEvents} params=${params} />`;
  return html`<ul class="plain cards" aria-label="Events">
    ${[...data].sort(latest).map((event) => html`<${Event} key=${event.number} of=${event}
      now=${now} />`)}</ul>`;
}

function Event({ of: event, now }) {
  const { name, type, message, startTime, endTime, parameters } = event;
  const time = timeOf(event);
  const took = startTime !== null && endTime !== null ? duration(endTime - startTime) : null;
  const pairs = Object.entries(parameters);
  return html`<li class="card">
    <h2 class="event-name">${name || "(no name)"}
      ${type === "Error" && html`<span class="badge badge-error">Error</span>`}
      <span class="card-end dim" title=${exact(time)}>${relative(time, now)}</span></h2>
    <p class="facts-line">
      ${event.serviceInstance && html`<span>Instance
        ${" "}<b><${Name} text=${event.serviceInstance} length=${48} /></b></span>`}
      ${event.endpoint && html`<span>Endpoint
        ${" "}<b><${Name} text=${event.endpoint} length=${48} /></b></span>`}
      <span>${took === null ? (endTime === null ? "started" : "ended") : html`took <b>${took}</b>`}
      </span></p>
    ${message && html`<p class="event-message"><bdi>${message}</bdi></p>`}
    ${pairs.length > 0 && html`<dl class="properties">${pairs.map(([key, value]) =>
      html`<div key=${key}><dt>${key}</dt><dd>${value}</dd></div>`)}</dl>`}
  </li>`;
}
