// The numbers and charts of a service, an endpoint or an instance of it.
import { html } from "../../html.js";
import { CallCharts } from "../../charts/calls.js";
import { pageLink, setParams } from "../../router.js";
import { Empty } from "../../ui/failure.js";
import { Icon } from "../../ui/icon.js";
import { Name } from "../../ui/values.js";
import { Figures } from "../map/figures.js";
import { Neighbours } from "./neighbours.js";

export function Overview({ name, service, isKnown, params }) {
  const part = ["endpoint", "instance"].find((each) => params.has(each));
  if (isKnown && !part && !service?.calls) {
    return html`<${NoCalls} isService=${service !== null} params=${params} />`;
  }
  const query = { service: name, ...(part && { [part]: params.get(part) }) };
  return html`<div class="overview">
    ${part
      ? html`<p class="part">
          <span class="dim">${part === "endpoint" ? "Endpoint" : "Instance"}</span>
          <b><${Name} text=${params.get(part)} length=${80} /></b>
          <button type="button" class="quiet" onClick=${() => setParams({ [part]: null })}
            aria-label="Show the whole service" title="Show the whole service">
            <${Icon} name="close" /></button></p>`
      : service && html`<${Figures} of=${service} />`}
    <${CallCharts} key=${JSON.stringify(query)} query=${query} params=${params} />
    <p class="dim hint">Drag on a chart to select a range of time.</p>
    ${!part && html`<${Neighbours} name=${name} params=${params} />`}
  </div>`;
}

function NoCalls({ isService, params }) {
  const isLimited = ["range", "from", "to"].some((name) => params.has(name));
  return isLimited
    ? html`<${Empty} title="No calls in this time">
        <p>The service received no requests, or they are outside of the time range.</p>
        <button type="button" onClick=${() => setParams({ range: null, from: null, to: null })}>
          Show everything stored</button>
      <//>`
    : !isService ? html`<${Empty} title="This service has not reported">
        <p>No service of this name has reported to the collector. Names are case-sensitive.</p>
        <a href=${pageLink("services", params)}>Show all services</a>
      <//>`
    : html`<${Empty} title="No calls yet">
        <p>The service has received no requests. Its other tabs show what it has reported.</p>
      <//>`;
}
