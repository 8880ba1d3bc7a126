// Reads a trace again while spans of it arrive.

import { useEffect, useRef } from "preact/hooks";
import { get } from "../../api.js";

/** A trace is expected to grow for this time after its last span or its last growth, in ms. */
const YOUNG = 30_000;

/** The time between two checks in ms. A check reads the summary alone. */
const INTERVAL = 1500;

/** Calls `reload` when the collector has another number of spans of the trace. */
export function useGrowth(trace, reload) {
  const lastGrowth = useRef(0);
  const latest = useRef(reload);
  latest.current = reload;
  useEffect(() => {
    if (!trace) return undefined;
    const abort = new AbortController();
    const check = async () => {
      const last = Math.max(trace.startTime + trace.length, lastGrowth.current);
      if (document.hidden || Date.now() - last > YOUNG) return;
      try {
        // Other ids may start with this one.
        const params = { q: trace.traceId, limit: 20 };
        const { traces } = await get("/api/find", params, abort.signal);
        const summary = traces.find((one) => one.traceId === trace.traceId);
        if (summary && summary.spans !== trace.count) {
          lastGrowth.current = Date.now();
          latest.current();
        }
      } catch {
        // The collector does not answer, or the page is closed. The next check follows.
      }
    };
    const timer = setInterval(check, INTERVAL);
    return () => {
      abort.abort();
      clearInterval(timer);
    };
  }, [trace]);
}
