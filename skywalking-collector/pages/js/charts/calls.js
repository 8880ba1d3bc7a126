// The charts of a service, an endpoint, an instance or a call: rate, errors, latency.
import { useMemo } from "preact/hooks";
import { html } from "../html.js";
import { duration, rate } from "../format.js";
import { useRecent } from "../recent.js";
import { setParams } from "../router.js";
import { Chart } from "./chart.js";
import { columnsOf } from "./series.js";

/** Below p95, so that both can be seen where they are equal. */
const WIDE = { width: 4, isBelow: true };

const selectRange = (from, to) => setParams({ range: null, from, to });

/**
 * `<${CallCharts} key=${..} query=${{ service }} params=${params} />`. `query` selects the series;
 * give the element a `key` of the same value. `small` leaves errors out and is for a side panel.
 */
export function CallCharts({ query, params, small = false }) {
  const points = small ? 30 : 60;
  const { data, error, now } = useRecent("/api/series", { ...query, points }, params);
  const columns = useMemo(() => data && columnsOf(data, now), [data]);
  if (!columns) {
    return error
      ? html`<p class="problem">${error.message}</p>`
      : html`<div class=${small ? "charts charts-wait small" : "charts charts-wait"} />`;
  }
  const { times } = columns;
  const line = (label, color, values, look) => ({ label, color, values, ...look });
  const height = small ? 96 : 160;
  const errors = line("errors", "--error-solid", columns.errors, { fill: true });
  const calls = line("calls", "--accent-solid", columns.rate, { fill: true });
  return html`<div class=${small ? "charts small" : "charts"}>
    <${Chart} title="Calls a minute" times=${times} series=${small ? [calls, errors] : [calls]}
      format=${rate} height=${height} onRange=${selectRange} />
    ${!small && html`<${Chart} title="Errors a minute" times=${times} series=${[errors]}
      format=${rate} height=${height} onRange=${selectRange} />`}
    <${Chart} title="Latency" times=${times} format=${duration} height=${height}
      onRange=${selectRange} series=${[line("p50", "--text-3", columns.p50),
        line("p95", "--accent-solid", columns.p95), line("p99", "--p99", columns.p99, WIDE)]} />
  </div>`;
}
