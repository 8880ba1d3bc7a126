// The search line: chips of what is set, and an input with completions.
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "../../html.js";
import { get } from "../../api.js";
import { useKeys } from "../../keys.js";
import { navigate, setParams, traceLink } from "../../router.js";
import { Icon } from "../../ui/icon.js";
import { Dot } from "../../ui/values.js";
import { complete } from "./completion.js";
import { chips, lastWord, parse, without, withoutAll } from "./filters.js";

const PLACEHOLDER = "Search: text, service:, endpoint:, tag:key=value, error, >200ms";
const LIST = "search-completions";

function Chip({ chip, params }) {
  const remove = () => setParams(without(params, chip));
  return html`<li class=${`chip ${chip.name === "error" ? "chip-error" : ""}`}>
    ${chip.name === "service" && html`<${Dot} service=${chip.value} />`}
    <span class="chip-text" title=${chip.text}>${chip.text}</span>
    <button type="button" class="chip-remove" aria-label=${`Remove the filter ${chip.text}`}
      onClick=${remove}><${Icon} name="close" size=${12} /></button>
  </li>`;
}

/** The completions of a text, read again when it changes. */
function useCompletions(text, open, service) {
  const [found, setFound] = useState([]);
  useEffect(() => {
    if (!open) return undefined;
    const abort = new AbortController();
    complete(lastWord(text)[1], service, abort.signal)
      .then(setFound, (error) => error.name !== "AbortError" && setFound([]));
    return () => abort.abort();
  }, [text, open, service]);
  return open ? found : [];
}

/** An id of a trace has no space, and no sign of a filter. */
const mayBeId = (text) => /^[^\s:<>"]{8,200}$/.test(text);

/** Returns whether a trace with this id is stored. */
async function isTrace(id) {
  try {
    const { traces } = await get("/api/find", { q: id, limit: 1 });
    return traces[0]?.traceId === id;
  } catch {
    return false;
  }
}

export function Search({ params }) {
  const input = useRef(null);
  const [text, setText] = useState("");
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const shown = chips(params);
  const found = useCompletions(text, open, params.get("service"));
  useKeys("Traces", { "/": { label: "Search", run: () => input.current.focus() } });

  const type = (next) => {
    setText(next);
    setActive(-1);
    setOpen(true);
  };
  const submit = async (value) => {
    const id = value.trim();
    if (mayBeId(id) && await isTrace(id)) {
      navigate(traceLink(id));
      return;
    }
    const changes = parse(value, params);
    setOpen(false);
    setText("");
    setActive(-1);
    if (Object.keys(changes).length) setParams(changes);
  };
  const choose = (item) => {
    const next = lastWord(text)[0] + item.insert;
    if (item.done) submit(next);
    else type(next);
    input.current.focus();
  };
  const move = (step) => {
    setOpen(true);
    if (found.length) setActive((active + step + found.length + (active < 0 && step < 0 ? 1 : 0))
      % found.length);
  };
  const press = (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "Enter") found[active] ? choose(found[active]) : submit(text);
    else if (event.key === "Tab" && found[active]) choose(found[active]);
    else if (event.key === "Escape") open ? setOpen(false) : input.current.blur();
    else if (event.key === "Backspace" && text === "" && shown.length) {
      setParams(without(params, shown.at(-1)));
    } else return;
    event.preventDefault();
  };
  return html`<div class="search" role="search" onClick=${() => input.current.focus()}>
    <${Icon} name="search" />
    ${shown.length > 0 && html`<ul class="chips" aria-label="Filters">
      ${shown.map((chip) => html`<${Chip} key=${`${chip.name} ${chip.value}`} chip=${chip}
        params=${params} />`)}
    </ul>`}
    <input ref=${input} class="search-input" role="combobox" aria-label="Search traces"
      aria-expanded=${found.length > 0 ? "true" : "false"} aria-controls=${LIST}
      aria-autocomplete="list" autocomplete="off" spellcheck=${false}
      aria-activedescendant=${found[active] ? `${LIST}-${active}` : null}
      placeholder=${shown.length ? "" : PLACEHOLDER}
      value=${text} onInput=${(event) => type(event.target.value)} onKeyDown=${press}
      onFocus=${() => setOpen(true)} onBlur=${() => setOpen(false)} />
    ${shown.length > 0 ? html`<button type="button" class="quiet"
      onClick=${() => setParams(withoutAll())}>Clear</button>`
      : html`<kbd aria-hidden="true">/</kbd>`}
    <ul id=${LIST} role="listbox" aria-label="Completions" class="completions"
      hidden=${found.length === 0}>
      ${found.map((item, at) => html`<li key=${item.insert} id=${`${LIST}-${at}`} role="option"
        aria-selected=${at === active ? "true" : "false"}
        onMouseDown=${(event) => { event.preventDefault(); choose(item); }}>
        ${item.service && html`<${Dot} service=${item.service} />`}
        <span class="name">${item.label}</span>
        ${item.note && html`<span class="dim">${item.note}</span>`}
      </li>`)}
    </ul>
  </div>`;
}
