// One trace.
import { html } from "../../html.js";
import { useGet } from "../../api.js";
import { Failure, Skeleton } from "../../ui/failure.js";
import { Dot, Duration, Name } from "../../ui/values.js";

export default function Trace({ id }) {
  const { data, error, reload } = useGet(`/api/traces/${encodeURIComponent(id)}`);
  if (error) return html`<${Failure} title="No trace" text=${error.message} retry=${reload} />`;
  return html`<div class="page">
    <h1>Trace <code>${id}</code></h1>
    ${data ? html`<ul class="plain">
      ${data.spans.map((span) => html`<li key=${`${span.segmentId} ${span.spanId}`}>
        <${Dot} service=${span.service} /> ${span.service}
        ${" "}<${Name} text=${span.operationName} />
        ${" "}<${Duration} ms=${span.endTime - span.startTime} />
      </li>`)}
    </ul>` : html`<${Skeleton} />`}
  </div>`;
}
