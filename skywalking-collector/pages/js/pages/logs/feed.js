// The logs of the list: pages of the API, and new ones of the live stream.
import { useEffect, useRef, useState } from "preact/hooks";
import { get, useGeneration } from "../../api.js";
import { useStream } from "../../live.js";
import { isReturn } from "../../router.js";

const PAGE = 200;
/** Logs in memory while the list is live. Older ones are read again on demand. */
const LIVE_LIMIT = 5000;
/** The newest logs are read again when the stream starts: some may have arrived before it. */
const OVERLAP = 50;

const newest = (a, b) => b.time - a.time || b.number - a.number;

/** Adds logs. A known one is left out. Returns a sorted list. */
export function merge(logs, added) {
  const known = new Set(logs.map(({ number }) => number));
  const fresh = added.filter(({ number }) => !known.has(number) && known.add(number));
  return fresh.length === 0 ? logs : [...fresh, ...logs].sort(newest);
}

const EMPTY = { logs: [], matched: 0, next: null, key: null, error: null, loading: true };

/** The list that was shown last, for the back button. */
let kept = EMPTY;

/**
 * Returns the list, its state, and what changes it. `key` identifies the filters; `query()` returns
 * them for the API, with the range. With `live`, new logs are added, or counted in `waiting` while
 * `paused`.
 */
export function useFeed({ key, query, live, paused }) {
  const generation = useGeneration();
  const [state, setState] = useState(() => (isReturn() && kept.key === key ? kept : EMPTY));
  kept = state;
  const [waiting, setWaiting] = useState(0);
  const [round, setRound] = useState(0);
  const latest = useRef(null);
  latest.current = { query, paused };
  const list = (params) => get("/api/logs", { ...query(), limit: PAGE, ...params });

  useEffect(() => {
    let current = true;
    setWaiting(0);
    setState((old) => ({ ...old, loading: true }));
    list().then(
      (page) => current && setState((old) => ({
        ...page, key, error: null, loading: false,
        ...(old.key === key && old.next && { logs: merge(old.logs, page.logs), next: old.next }),
      })),
      (error) => current && setState((old) => ({ ...old, error, loading: false })),
    );
    return () => {
      current = false;
    };
  }, [key, generation, round]);

  const stream = useStream({
    path: "/api/live/logs", item: "log", live, query: () => latest.current.query(),
    take: (added, missing) => {
      if (latest.current.paused) setWaiting((n) => n + added.length + missing);
      else {
        if (missing) setWaiting((n) => n + missing);
        setState((old) => {
          const logs = merge(old.logs, added);
          const limit = Math.max(LIVE_LIMIT, old.logs.length);
          const matched = old.matched + logs.length - old.logs.length + missing;
          return { ...old, logs: logs.slice(0, limit), matched };
        });
      }
    },
    reread: async () => {
      const { logs } = await get("/api/logs", { ...latest.current.query(), limit: OVERLAP });
      setState((old) => ({ ...old, logs: merge(old.logs, logs) }));
    },
  }, [key, generation]);

  const more = () => {
    if (!state.next || state.loading) return;
    setState((old) => ({ ...old, loading: true }));
    list({ cursor: state.next }).then(
      (page) => setState((old) => (old.key !== key ? old
        : { ...old, logs: merge(old.logs, page.logs), next: page.next, loading: false })),
      (error) => setState((old) => ({ ...old, error, loading: false })),
    );
  };
  const reload = () => setRound((n) => n + 1);
  return { ...state, stale: state.key !== key, waiting, stream, more, reload };
}
