// The numbers of a node, a call, a service or an endpoint as a list.
import { html } from "../../html.js";
import { count, duration, percent, rate } from "../../format.js";
import { errorShare } from "./edges.js";
import { changeOfErrors, changeOfLatency, changeOfRate } from "./words.js";

/** `<${Figures} of=${item} />`. With a `change` on the item, each number has its change. */
export function Figures({ of: item }) {
  const { change } = item;
  const share = errorShare(item);
  const rows = [
    ["Calls a minute", rate(item.perMinute), `${item.perMinute}`,
      change && changeOfRate(change.perMinute)],
    ["Errors", percent(share), `${item.errors} of ${item.calls} calls`,
      change && changeOfErrors(change.errorShare), share > 0 ? "problem" : ""],
    ["p50", duration(item.p50), `${item.p50} ms`],
    ["p95", duration(item.p95), `${item.p95} ms`, change && changeOfLatency(change.p95)],
    ["p99", duration(item.p99), `${item.p99} ms`],
    ["Calls", count(item.calls), `${item.calls}`],
  ];
  return html`<dl class="figures">
    ${rows.map(([name, value, whole, difference, look = ""]) => html`<div key=${name}>
      <dt>${name}</dt>
      <dd class=${`number ${look}`} title=${whole}>${value}
        ${difference && difference !== "=" && html`
          <span class="figure-change">${difference}</span>`}</dd>
    </div>`)}
  </dl>`;
}
