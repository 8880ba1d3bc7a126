// The addresses of the traces behind a node or a call.
import { link, rangeParams } from "../../router.js";
import { traceFilters } from "./filters.js";

/** Returns `[{ name, href }]` for the traces of a call, or of a node if `source` is null. */
export function traceLinks(source, target, params) {
  const filters = traceFilters(source, target);
  const address = (more) => link("/traces", { ...rangeParams(params), ...filters, ...more });
  return [
    { name: "Traces", href: address({}) },
    { name: "With errors", href: address({ error: "true" }) },
    { name: "Slowest first", href: address({ sort: "duration" }) },
  ];
}
