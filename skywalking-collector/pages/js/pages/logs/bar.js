// The line of filters: text, service, levels, and chips of what else is set.
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "../../html.js";
import { useKeys } from "../../keys.js";
import { setParams } from "../../router.js";
import { Icon } from "../../ui/icon.js";
import { LEVELS, chips, toggledLevel, withoutAll } from "./filters.js";

/** The text is searched when nothing was typed for this time in ms. */
const PAUSE = 250;

function TextFilter({ params }) {
  const set = params.get("text") ?? "";
  const [text, setText] = useState(set);
  const input = useRef(null);
  useEffect(() => setText(set), [set]);
  useEffect(() => {
    if (text === set) return undefined;
    const timer = setTimeout(() => setParams({ text: text || null }, { replace: true }), PAUSE);
    return () => clearTimeout(timer);
  }, [text]);
  useKeys("Logs", { "/": { label: "Search", run: () => input.current.focus() } });
  const press = (event) => {
    if (event.key !== "Escape") return;
    if (text) setText("");
    else input.current.blur();
    event.preventDefault();
  };
  return html`<div class="search logs-search" role="search" onClick=${() => input.current.focus()}>
    <${Icon} name="search" />
    <input ref=${input} class="search-input" aria-label="Search logs" autocomplete="off"
      spellcheck=${false} placeholder="Search the text and the values of tags" value=${text}
      maxlength="200" onInput=${(event) => setText(event.target.value)} onKeyDown=${press} />
    <kbd aria-hidden="true">/</kbd>
  </div>`;
}

function ServiceFilter({ params, services }) {
  const chosen = params.get("service") ?? "";
  const names = services.map(({ name }) => name);
  if (chosen && !names.includes(chosen)) names.unshift(chosen);
  return html`<select aria-label="Service" value=${chosen}
    onChange=${(event) => setParams({ service: event.target.value, instance: null })}>
    <option value="">All services</option>
    ${names.map((name) => html`<option key=${name} value=${name}>${name}</option>`)}
  </select>`;
}

function LevelFilter({ params }) {
  const chosen = params.getAll("level");
  return html`<div class="levels" role="group" aria-label="Levels">
    ${LEVELS.map((level) => html`<button key=${level} type="button"
      class=${`level-button level-${level.toLowerCase()}`}
      aria-pressed=${chosen.includes(level) ? "true" : "false"}
      onClick=${() => setParams(toggledLevel(params, level))}>${level}</button>`)}
  </div>`;
}

/** `<${Bar} params services />` */
export function Bar({ params, services }) {
  const shown = chips(params);
  const isSet = Object.keys(withoutAll()).some((name) => params.has(name));
  return html`<div class="logs-bar">
    <${TextFilter} params=${params} />
    <${ServiceFilter} params=${params} services=${services} />
    <${LevelFilter} params=${params} />
    ${shown.length > 0 && html`<ul class="chips" aria-label="Filters">
      ${shown.map(({ name, value }) => html`<li key=${name} class="chip">
        <span class="chip-text" title=${`${name}: ${value}`}>${name}: ${value}</span>
        <button type="button" class="chip-remove" aria-label=${`Remove the filter ${name}`}
          onClick=${() => setParams({ [name]: null })}><${Icon} name="close" size=${12} /></button>
      </li>`)}
    </ul>`}
    ${isSet && html`<button type="button" class="quiet" onClick=${() => setParams(withoutAll())}>
      Clear</button>`}
  </div>`;
}
