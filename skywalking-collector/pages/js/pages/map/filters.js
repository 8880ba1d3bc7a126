// The filters of the Traces page for a node or a call.

/** Returns the filters for a call, or for a node if `source` is null. */
export function traceFilters(source, target) {
  if (source) return { source: source.id, target: target.id };
  if (target.kind === "user") return { source: target.id };
  return target.kind === "service" ? { service: target.name } : { target: target.id };
}
