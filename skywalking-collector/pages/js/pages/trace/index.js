// One trace.

import { useMemo } from "preact/hooks";
import { html } from "../../html.js";
import { useGet } from "../../api.js";
import { Failure, Skeleton } from "../../ui/failure.js";
import { useGrowth } from "./growth.js";
import { readSkeleton } from "./model.js";
import { Loaded } from "./page.js";

export const style = ["/assets/style/trace.css", "/assets/style/trace-details.css"];

/** The path of a trace's requests. */
export const pathOf = (id) => `/api/traces/${encodeURIComponent(id)}`;

export default function Trace({ id, params }) {
  const { data, error, stale, reload } = useGet(`${pathOf(id)}/skeleton`);
  const current = stale ? null : data;
  const trace = useMemo(() => current && readSkeleton(current), [current]);
  useGrowth(trace, reload);
  if (trace && trace.count > 0) {
    return html`<${Loaded} key=${id} trace=${trace} params=${params} error=${error} />`;
  }
  if (error) {
    return html`<${Failure} title="The trace cannot be shown" text=${error.message}
      retry=${reload} />`;
  }
  if (trace) {
    return html`<${Failure} title="The trace has no spans" text="Its spans may still arrive."
      retry=${reload} />`;
  }
  return html`<div class="page"><${Skeleton} rows=${16} /></div>`;
}
