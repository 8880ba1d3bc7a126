// The columns of numbers that services, endpoints and instances share.
import { html } from "../../html.js";
import { count, duration, percent, rate } from "../../format.js";
import { errorShare } from "../map/edges.js";

const latency = (name, title) => ({
  id: name, name, title, value: (row) => row[name],
  cell: (row) => html`<span title=${row[name] === null ? "No calls" : `${row[name]} ms`}>
    ${duration(row[name])}</span>`,
});

export const NUMBERS = [
  {
    id: "calls", name: "Calls", value: (row) => row.calls,
    cell: (row) => html`<span title=${row.calls}>${count(row.calls)}</span>`,
  },
  {
    id: "rate", name: "Calls/min", value: (row) => row.perMinute,
    cell: (row) => html`<span title=${row.perMinute}>${rate(row.perMinute)}</span>`,
  },
  {
    id: "errors", name: "Errors", title: "Share of the calls with an error",
    value: (row) => errorShare(row),
    cell: (row) => html`<span class=${row.errors > 0 ? "problem" : "dim"}
      title=${`${row.errors} of ${row.calls} calls`}>${percent(errorShare(row))}</span>`,
  },
  latency("p50", "Half of the calls are faster"),
  latency("p95", "95 of 100 calls are faster"),
  latency("p99", "99 of 100 calls are faster"),
];
