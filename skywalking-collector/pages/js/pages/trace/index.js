// One trace.

import { useEffect, useMemo } from "preact/hooks";
import { html } from "../../html.js";
import { useGet } from "../../api.js";
import { middle } from "../../format.js";
import { Failure, Skeleton } from "../../ui/failure.js";
import { useGrowth } from "./growth.js";
import { readSkeleton } from "./model.js";
import { Loaded } from "./page.js";

/** A trace that has not arrived is read again after this time in ms. */
const RETRY = 2000;

export const style = ["/assets/style/trace.css", "/assets/style/trace-details.css"];

/** The path of a trace's requests. */
export const pathOf = (id) => `/api/traces/${encodeURIComponent(id)}`;

export default function Trace({ id, params }) {
  const { data, error, stale, reload } = useGet(`${pathOf(id)}/skeleton`);
  const current = stale ? null : data;
  const trace = useMemo(() => current && readSkeleton(current), [current]);
  useGrowth(trace, reload);
  const missing = !trace && error?.status === 404;
  useEffect(() => {
    if (!missing) return undefined;
    const timer = setInterval(() => document.hidden || reload(), RETRY);
    return () => clearInterval(timer);
  }, [missing, id]);
  const root = trace?.count > 0 ? trace.names[trace.name[0]] : id;
  useEffect(() => {
    document.title = `${middle(root, 80)} · SkyWalking collector`;
  }, [root]);
  if (trace && trace.count > 0) {
    return html`<${Loaded} key=${id} trace=${trace} params=${params} error=${error} />`;
  }
  if (missing) {
    return html`<${Failure} title="The trace is not stored" retry=${reload}
      text="It has not arrived yet, or it was evicted. It is shown as soon as it arrives." />`;
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
