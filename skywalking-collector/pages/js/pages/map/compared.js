// The range that the map is compared with, from the address.
import { useMemo } from "preact/hooks";
import { useRecent } from "../../recent.js";
import { timeRange } from "../../router.js";
import { compare, rangeBefore } from "./compare.js";

const MINUTE = 60_000;

/** The choices, by their name in the address: `compare=15m`. */
export const COMPARE = {
  "5m": { name: "the 5 min before", length: 5 * MINUTE },
  "15m": { name: "the 15 min before", length: 15 * MINUTE },
  "1h": { name: "the hour before", length: 60 * MINUTE },
};

const choiceOf = (params) => {
  const name = params.get("compare");
  return Object.hasOwn(COMPARE, name ?? "") ? COMPARE[name] : null;
};

/** The range that is shown. A comparison needs a start: without one it is as long as the other. */
export function shownRange(params, now) {
  const range = timeRange(params, now);
  const choice = choiceOf(params);
  if (!choice || range.from !== null) return range;
  return { ...range, from: (range.to ?? now) - choice.length };
}

function otherRange(params, now) {
  return rangeBefore(shownRange(params, now).from, choiceOf(params)?.length ?? MINUTE);
}

/** An empty name would leave buttons without a text. */
function named({ nodes, calls }) {
  return { nodes: nodes.map((node) => ({ ...node, name: node.name || "(no name)" })), calls };
}

/** Returns `{ data, error, reload }` of the topology, with changes if the address compares. */
export function useTopology(params) {
  const isCompared = choiceOf(params) !== null;
  const now = useRecent("/api/topology", {}, params, shownRange);
  const before = useRecent(isCompared ? "/api/topology" : null, {}, params, otherRange);
  const old = isCompared ? before.data : null;
  const data = useMemo(
    () => now.data && named(old ? compare(now.data, old) : now.data), [now.data, old]);
  return { data, error: now.error ?? (isCompared ? before.error : null), reload: now.reload };
}
