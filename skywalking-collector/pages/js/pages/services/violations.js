// The violations of the protocol of a service, by rule.
import { html } from "../../html.js";
import { plural } from "../../format.js";
import { useRecent } from "../../recent.js";
import { traceLink } from "../../router.js";
import { Empty, Failure, Skeleton } from "../../ui/failure.js";

/** The groups cover everything that is stored, whatever the time range is. */
const everything = () => ({});

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
      <p>All stored segments of this service follow the rules of the protocol.</p><//>`;
  }
  const ordered = [...data].sort((a, b) => b.count - a.count);
  return html`<ul class="plain cards">${ordered.map((group) =>
    html`<${Group} key=${group.rule} of=${group} />`)}</ul>`;
}

function Group({ of: { rule, count: times, explanation, remedy, example } }) {
  return html`<li class="card">
    <h2 class="rule"><code>${rule}</code><span class="tag warn"
      title="Since the collector started">${plural(times, "time")}</span></h2>
    <dl class="rule-facts">
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
