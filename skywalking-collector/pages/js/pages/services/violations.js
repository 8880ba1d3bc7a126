// The violations of the protocol, by rule: those of a service, or of all services.
import { html } from "../../html.js";
import { plural } from "../../format.js";
import { useRecent } from "../../recent.js";
import { link, serviceLink, traceLink } from "../../router.js";
import { Empty, Failure, Skeleton } from "../../ui/failure.js";
import { Dot, Name } from "../../ui/values.js";

/** The groups cover everything that is stored, whatever the time range is. */
const everything = () => ({});

/** Returns the tab for `count` violations. */
export const violationsTab = (count) => ({
  id: "violations", name: count > 0 ? `Violations (${count})` : "Violations",
});

/** `<${Violations} name params />`; the name is null for all services. */
export function Violations({ name, params }) {
  const { data, error, reload } = useRecent("/api/violations", { group: "rule", service: name },
    params, everything);
  if (error && !data) {
    return html`<${Failure} title="The violations could not be read" text=${error.message}
      retry=${reload} />`;
  }
  if (!data) return html`<div class="data-wait"><${Skeleton} /></div>`;
  if (data.length === 0) {
    return html`<${Empty} title="No violations">
      <p>All reports${name === null ? "" : " of this service"} follow the rules of the protocol.</p>
    <//>`;
  }
  const ordered = [...data].sort((a, b) => b.count - a.count);
  return html`<p class="cards-note dim">
      <a href=${link("/traces", { service: name, violations: "true" })}>Traces with violations</a>
    </p>
    <ul class="plain cards">${ordered.map((group) =>
      html`<${Group} key=${group.rule} of=${group} isAll=${name === null} />`)}</ul>`;
}

function Group({ of: { rule, count: times, services, explanation, remedy, example }, isAll }) {
  return html`<li class="card">
    <h2 class="rule"><code>${rule}</code><span class="tag warn"
      title="Since the collector started">${plural(times, "time")}</span></h2>
    <dl class="rule-facts">
      ${isAll && services.length > 0 && html`<div><dt>Services</dt><dd class="rule-services">
        ${services.map((service) => html`<a key=${service} class="row-name"
          href=${serviceLink(service, { tab: "violations" })}>
          <${Dot} service=${service} /><${Name} text=${service} length=${40} /></a>`)}</dd></div>`}
      <div><dt>What a backend does</dt><dd>${explanation}</dd></div>
      <div><dt>What to change</dt><dd>${remedy}</dd></div>
      ${example && html`<div><dt>Example</dt><dd>
        ${example.text && html`<p>${example.text}</p>`}
        ${example.traceId && html`<a href=${traceLink(example.traceId,
          { segment: example.segmentId, span: example.spanId })}>Open its trace</a>`}
      </dd></div>`}
    </dl>
  </li>`;
}
