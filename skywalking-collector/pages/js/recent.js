// Data of the time range that is read again every few seconds.
import { useEffect, useState } from "preact/hooks";
import { useGet } from "./api.js";
import { timeRange } from "./router.js";

/** The time between a response and the next request, in ms. */
const EVERY = 5000;

/**
 * Reads `/api` for the time range of the address: `useRecent("/api/services", {}, params)`.
 * Reads again 5 s after each response while the tab is visible. A range such as "the last 15
 * minutes" moves along; `now` is its end. `rangeOf(params, now)` returns another range. A null path
 * reads nothing.
 */
export function useRecent(path, query, params, rangeOf = timeRange) {
  const [now, setNow] = useState(Date.now);
  const result = useGet(path, { ...query, ...rangeOf(params, now) });
  const { loading } = result;
  useEffect(() => {
    if (loading) return undefined;
    const again = () => {
      if (document.hidden) return;
      setNow(Date.now());
      result.reload();
    };
    const timer = setTimeout(again, EVERY);
    document.addEventListener("visibilitychange", again);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", again);
    };
  }, [loading, now]);
  return { ...result, now };
}
