// The bar of the map: its range of time, the range to compare with, and map or table.
import { html } from "../../html.js";
import { clock, exact } from "../../format.js";
import { setParams, timeRange } from "../../router.js";
import { Range } from "../../ui/range.js";
import { choiceOf, COMPARE } from "./compare.js";
import { comparedRange } from "./compared.js";

const MINUTE = 60_000;

export function Toolbar({ params, isTable, error }) {
  const view = (name) => () => setParams({ view: name });
  const choice = choiceOf(params);
  return html`<div class="map-bar">
    <h1>Map</h1>
    ${error && html`<span class="problem" role="status">${error.message}</span>`}
    <${CompareWith} choice=${choice} params=${params} />
    <${Range} params=${params} />
    <div class="map-views" role="group" aria-label="View">
      <button type="button" aria-pressed=${isTable ? "false" : "true"} onClick=${view(null)}>
        Map</button>
      <button type="button" aria-pressed=${isTable ? "true" : "false"}
        onClick=${view("table")}>Table</button>
    </div>
    ${choice?.name === "other" && html`<${OtherTime} choice=${choice} />`}
  </div>`;
}

/** Selects the range to compare with, and shows its times. */
function CompareWith({ choice, params }) {
  const now = Date.now();
  const other = comparedRange(params, now);
  const choose = (name) => {
    if (name === "") return setParams({ compare: null });
    if (name === "other") {
      const { from, to } = other ?? { from: now - 10 * MINUTE, to: now - 5 * MINUTE };
      return setParams({ compare: `${seconds(from)}-${seconds(to)}` });
    }
    // These choices depend on the start of what is shown.
    const isOpen = timeRange(params, now).from === null;
    return setParams({ compare: name, ...(isOpen && { range: COMPARE[name].range, to: null }) });
  };
  return html`<div class="map-compare">
    <label><span class="dim">Compare with</span>
      <select value=${choice?.name ?? ""} onChange=${(event) => choose(event.target.value)}>
        <option value="">nothing</option>
        ${Object.entries(COMPARE).map(([value, { name }]) =>
          html`<option key=${value} value=${value}>${name}</option>`)}
        <option value="other">another time…</option>
      </select>
    </label>
    ${choice && choice.name !== "other" && other && html`<span class="dim number map-times"
      title=${`${exact(other.from)} to ${exact(other.to)}`}>
      ${clock(other.from).slice(0, 5)} – ${clock(other.to).slice(0, 5)}</span>`}
  </div>`;
}

const seconds = (time) => Math.floor(time / 1000) * 1000;

/** The value of an input for a local time, with seconds. */
function localText(time) {
  const offset = new Date(time).getTimezoneOffset() * MINUTE;
  return new Date(time - offset).toISOString().slice(0, 19);
}

function OtherTime({ choice }) {
  const { from, to } = choice;
  const change = (next) => {
    const range = { from, to, ...next };
    if (Number.isNaN(range.from) || Number.isNaN(range.to)) return;
    setParams({ compare: `${range.from}-${range.to}` }, { replace: true });
  };
  const input = (name, label) => html`<input type="datetime-local" step="1" aria-label=${label}
    value=${localText(choice[name])}
    onChange=${(event) => change({ [name]: new Date(event.target.value).getTime() })} />`;
  return html`<div class="map-other" role="group" aria-label="Time to compare with">
    ${from >= to && html`<span class="problem" role="status">
      The end must be after the start.</span>`}
    ${input("from", "Start")}<span class="dim" aria-hidden="true">–</span>${input("to", "End")}
  </div>`;
}
