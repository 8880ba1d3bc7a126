// The services, and one of them if the address names it.
import { html } from "../../html.js";
import { useGet } from "../../api.js";
import { serviceLink, timeRange } from "../../router.js";
import { Failure, Skeleton } from "../../ui/failure.js";
import { Dot, Name } from "../../ui/values.js";

export default function Services({ id, params }) {
  const { data, error, reload } = useGet("/api/services", timeRange(params));
  if (error) return html`<${Failure} title="No services" text=${error.message} retry=${reload} />`;
  return html`<div class="page">
    <h1>${id ?? "Services"}</h1>
    ${data ? html`<ul class="plain">
      ${data.map((service) => html`<li key=${service.name}>
        <a href=${serviceLink(service.name)}>
          <${Dot} service=${service.name} /> <${Name} text=${service.name} />
        </a>
      </li>`)}
    </ul>` : html`<${Skeleton} />`}
  </div>`;
}
