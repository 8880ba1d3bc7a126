// The topology, compared with that of another range of time if the address asks for it.
import { useMemo } from "preact/hooks";
import { useRecent } from "../../recent.js";
import { timeRange } from "../../router.js";
import { choiceOf, compare, otherRange } from "./compare.js";

/** An empty name would leave buttons without a text. */
function named({ nodes, calls }) {
  return { nodes: nodes.map((node) => ({ ...node, name: node.name || "(no name)" })), calls };
}

/** Returns the range that the address compares with, or null. */
export const comparedRange = (params, now) =>
  otherRange(choiceOf(params), timeRange(params, now), now);

/** Returns `{ data, error, reload }` of the topology, with changes if the address compares. */
export function useTopology(params) {
  const isCompared = comparedRange(params, Date.now()) !== null;
  const now = useRecent("/api/topology", {}, params);
  const before = useRecent(isCompared ? "/api/topology" : null, {}, params, comparedRange);
  const old = isCompared ? before.data : null;
  const data = useMemo(
    () => now.data && named(old ? compare(now.data, old) : now.data), [now.data, old]);
  return { data, error: now.error ?? (isCompared ? before.error : null), reload: now.reload };
}
