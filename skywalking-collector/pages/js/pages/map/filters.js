// The filters of the Traces page for a node or a call.

const isUser = (node) => node?.kind === "user";
/** A peer of HTTP can have the id of a service, but nothing reports for it. */
const isService = (node) => node?.kind === "service";

/**
 * Returns the filters for a call, or for a node if `source` is null. A call has no filter of its
 * own: its traces have a service at one end, and the name of the other end as a service or a peer.
 */
export function traceFilters(source, target) {
  if (isService(source)) return { service: source.name, text: target.name };
  if (isUser(target)) return {};
  const caller = source && !isUser(source) ? { text: source.name } : {};
  return isService(target) ? { service: target.name, ...caller } : { text: target.name };
}
