// The map of services.
import { html } from "../../html.js";
import { useGet } from "../../api.js";
import { timeRange } from "../../router.js";
import { Failure, Skeleton } from "../../ui/failure.js";

export default function ServiceMap({ params }) {
  const { data, error, reload } = useGet("/api/topology", timeRange(params));
  if (error) return html`<${Failure} title="No map" text=${error.message} retry=${reload} />`;
  const name = (id) => data.nodes.find((node) => node.id === id)?.name ?? id;
  return html`<div class="page">
    <h1>Map</h1>
    ${data ? html`<ul class="plain">
      ${data.calls.map((call) => html`<li key=${call.id}>
        ${name(call.source)} → ${name(call.target)}
      </li>`)}
    </ul>` : html`<${Skeleton} />`}
  </div>`;
}
