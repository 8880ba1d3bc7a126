// The list of traces.
import { html } from "../../html.js";
import { useGet } from "../../api.js";
import { timeRange, traceLink } from "../../router.js";
import { Failure, Skeleton } from "../../ui/failure.js";
import { Dot, Duration, Name, Time } from "../../ui/values.js";

export default function Traces({ params }) {
  const { data, error, reload } = useGet("/api/traces", { ...timeRange(params), limit: 100 });
  if (error) return html`<${Failure} title="No traces" text=${error.message} retry=${reload} />`;
  return html`<div class="page">
    <h1>Traces</h1>
    ${data ? html`<ul class="plain">
      ${data.traces.map((trace) => html`<li key=${trace.traceId}>
        <a href=${traceLink(trace.traceId)}>
          <${Time} at=${trace.startTime} /> <${Dot} service=${trace.service} />
          <${Name} text=${trace.rootName} /> <${Duration} ms=${trace.duration} />
        </a>
      </li>`)}
    </ul>` : html`<${Skeleton} />`}
  </div>`;
}
