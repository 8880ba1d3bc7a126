// The traces of the list: pages of the API, and new ones of the live stream.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { get, useGeneration } from "../../api.js";
import { useStream } from "../../live.js";
import { isReturn } from "../../router.js";

const PAGE = 100;
/** Traces in memory while the list is live. Older ones are read again on demand. */
const LIVE_LIMIT = 2000;
/** The newest traces are read again when the stream starts: some may have arrived before it. */
const OVERLAP = 20;

const ORDERS = {
  start: (a, b) => b.startTime - a.startTime || (a.traceId < b.traceId ? 1 : -1),
  duration: (a, b) => b.duration - a.duration || b.startTime - a.startTime,
};

/** Adds summaries; a known trace is replaced. Returns a sorted list. */
function merge(traces, added, { sort, order }) {
  const known = new Map(traces.map((trace) => [trace.traceId, trace]));
  for (const trace of added) known.set(trace.traceId, trace);
  const sorted = [...known.values()].sort(ORDERS[sort]);
  return order === "asc" ? sorted.reverse() : sorted;
}

/** Adds traces of the stream, and forgets the oldest beyond the limit. */
function addLive(state, added, ordering) {
  const known = new Set(state.traces.map(({ traceId }) => traceId));
  const fresh = [...added.keys()].filter((id) => !known.has(id)).length;
  const traces = merge(state.traces, added.values(), ordering);
  const limit = Math.max(LIVE_LIMIT, state.traces.length);
  return { ...state, matched: state.matched + fresh, traces: traces.slice(0, limit) };
}

const EMPTY = { traces: [], matched: 0, next: null, key: null, error: null, loading: true };

/** The list that was shown last, for the back button. */
let kept = EMPTY;

/**
 * Returns the list, its state, and what changes it. `key` identifies the filters; `query()` returns
 * them for the API, with the range. With `live`, new traces are added. They are counted in
 * `waiting` instead while `paused`, or if the order is not newest first.
 */
export function useFeed({ key, query, sort, order, live, paused }) {
  const generation = useGeneration();
  const [state, setState] = useState(() => (isReturn() && kept.key === key ? kept : EMPTY));
  kept = state;
  const restored = useRef(state.key === key);
  const [waiting, setWaiting] = useState(0);
  const [round, setRound] = useState(0);
  const held = useRef(new Map());
  const latest = useRef(null);
  latest.current = { query, sort, order, hold: paused || sort !== "start" || order !== "desc" };
  const list = (params) => get("/api/traces", { ...query(), sort, order, limit: PAGE, ...params });

  // Does not wait for the first paint.
  useLayoutEffect(() => {
    let current = true;
    const restore = restored.current;
    restored.current = false;
    held.current = new Map();
    setWaiting(0);
    setState((old) => ({ ...old, loading: true }));
    list().then(
      (page) => current && setState((old) => ({
        ...page, key, error: null, loading: false,
        ...(restore && { traces: merge(old.traces, page.traces, { sort, order }), next: old.next }),
      })),
      (error) => current && setState((old) => ({ ...old, error, loading: false })),
    );
    return () => {
      current = false;
    };
  }, [key, generation, round]);

  const stream = useStream({
    path: "/api/live", item: "trace", live, query: () => latest.current.query(),
    take: (arrived, missing) => {
      const added = new Map(arrived.map((trace) => [trace.traceId, trace]));
      const { hold, ...ordering } = latest.current;
      if (!hold) setState((old) => addLive(old, added, ordering));
      else for (const id of added.keys()) held.current.set(id, true);
      if (hold || missing) setWaiting((n) => Math.max(held.current.size, n + missing));
    },
    reread: async (arrive) => {
      const page = await get("/api/traces", { ...latest.current.query(), limit: OVERLAP });
      arrive(page.traces);
    },
  }, [key, generation]);

  const more = () => {
    if (!state.next || state.loading) return;
    setState((old) => ({ ...old, loading: true }));
    list({ cursor: state.next }).then(
      (page) => setState((old) => (old.key !== key ? old : {
        ...old, traces: merge(old.traces, page.traces, { sort, order }), next: page.next,
        loading: false,
      })),
      (error) => setState((old) => ({ ...old, error, loading: false })),
    );
  };
  const reload = () => setRound((n) => n + 1);
  return { ...state, stale: state.key !== key, waiting, stream, more, reload };
}
