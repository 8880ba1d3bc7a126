// The addresses of the traces behind a node or a call.
import { link, rangeParams } from "../../router.js";

/** Returns the filters of the Traces page. A peer without an agent is found by its name as text. */
export function traceFilters(source, target) {
  if (target.isReal && target.kind !== "user") return { service: target.name };
  if (source && source.kind !== "user") return { service: source.name, text: target.name };
  return { text: target.name };
}

/** Returns `[{ name, href }]` for the traces of a call, or of a node if `source` is null. */
export function traceLinks(source, target, params) {
  const filters = target.kind === "user" ? {} : traceFilters(source, target);
  const address = (more) => link("/traces", { ...rangeParams(params), ...filters, ...more });
  return [
    { name: "Traces", href: address({}) },
    { name: "With errors", href: address({ error: "true" }) },
    { name: "Slowest first", href: address({ sort: "duration" }) },
  ];
}
