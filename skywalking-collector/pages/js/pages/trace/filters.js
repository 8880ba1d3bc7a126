// The filter line of the trace page.

import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "../../html.js";
import { count, duration, plural } from "../../format.js";
import { Icon } from "../../ui/icon.js";
import { isFiltered } from "./state.js";

/** The filter follows the text after this time without a key, in ms. */
const DELAY = 150;

/** Shares of the duration, in percent. The slider selects one of them. */
const SHARES = [0, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50];

function TextFilter({ text, input, onText }) {
  const [typed, setTyped] = useState(text);
  const timer = useRef(0);
  useEffect(() => setTyped(text), [text]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const type = (event) => {
    const { value } = event.target;
    setTyped(value);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onText(value), DELAY);
  };
  const press = (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.target.blur();
  };
  return html`<label class="filter-text"><${Icon} name="search" />
    <input ref=${input} type="search" value=${typed} onInput=${type} onKeyDown=${press}
      placeholder="Filter by name, tag or log" aria-label="Filter by name, tag or log"
      aria-keyshortcuts="/" spellcheck=${false} autocomplete="off" /></label>`;
}

function ShareFilter({ share, length, onShare }) {
  const at = Math.max(0, SHARES.findIndex((one) => one >= share));
  const slide = (event) => onShare(SHARES[Number(event.target.value)]);
  const text = share > 0 ? `at least ${share} %, ${duration((length * share) / 100)}` : "all";
  return html`<label class="filter-share" title=${`Duration: ${text}`}>
    <span>Duration</span>
    <input type="range" min="0" max=${SHARES.length - 1} step="1" value=${at} onInput=${slide}
      aria-label="Least duration as a share of the trace" aria-valuetext=${text} />
    <span class="number filter-value">${share > 0 ? `≥ ${share} %` : "all"}</span>
  </label>`;
}

/** `<${Filters} state trace matched input searching onChange onClear />` */
export function Filters({ state, trace, matched, input, searching, onChange, onClear }) {
  const button = (name, text, title) => html`<button type="button"
    aria-pressed=${state[name] ? "true" : "false"} title=${title}
    onClick=${() => onChange({ [name]: state[name] ? null : "1" })}>${text}</button>`;
  const filtered = isFiltered(state);
  return html`<div class="filters" role="search" aria-label="Spans">
    <${TextFilter} text=${state.text} input=${input}
      onText=${(text) => onChange({ text })} />
    <${ShareFilter} share=${state.share} length=${trace.length}
      onShare=${(share) => onChange({ share: share || null })} />
    ${button("errors", "Errors", "Only failed spans and their ancestors")}
    ${button("critical", "Critical path", "Only spans of the critical path (c)")}
    <span class="filter-result" aria-live="polite">
      ${filtered && html`<span class="number">${
        `${count(matched)} of ${plural(trace.count, "span")}`}</span>`}
      ${searching && html`<span class="dim"> searching tags and logs</span>`}
    </span>
    ${filtered && html`<button type="button" class="quiet" onClick=${onClear}>Clear</button>`}
  </div>`;
}
