// The palette: a trace id, a service, an endpoint or a page, by its first letters.
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "../html.js";
import { get } from "../api.js";
import { duration, middle, relative } from "../format.js";
import { link, navigate, pageLink, rangeParams, serviceLink, traceLink } from "../router.js";
import { Dialog } from "./dialog.js";
import { Icon } from "./icon.js";
import { toggleTheme } from "./theme.js";
import { Dot } from "./values.js";

const LIMIT = 8;
const LIST = "palette-results";

/** Pages and commands. `run` gets the range of the address. */
const COMMANDS = [
  { label: "Traces", icon: "traces", run: () => navigate(pageLink("traces")) },
  { label: "Map", icon: "map", run: () => navigate(pageLink("map")) },
  { label: "Services", icon: "services", run: () => navigate(pageLink("services")) },
  { label: "Logs", icon: "logs", run: () => navigate(pageLink("logs")) },
  { label: "Traces with errors", icon: "warn",
    run: () => navigate(link("/traces", { ...rangeParams(), error: "true" })) },
  { label: "Slowest traces", icon: "clock",
    run: () => navigate(link("/traces", { ...rangeParams(), sort: "duration" })) },
  { label: "Switch between light and dark", icon: "theme", run: toggleTheme },
];

function results({ traces, services, endpoints }) {
  return [
    ...traces.map((trace) => ({
      kind: "Trace", label: trace.rootName, dot: trace.service,
      note: `${middle(trace.traceId, 24)} · ${duration(trace.duration)} · ${
        relative(trace.startTime)}`,
      run: () => navigate(traceLink(trace.traceId)),
    })),
    ...services.map((name) => ({
      kind: "Service", label: name, dot: name,
      run: () => navigate(serviceLink(name, rangeParams())),
    })),
    ...endpoints.map(({ service, endpoint }) => ({
      kind: "Endpoint", label: endpoint, note: service, dot: service,
      run: () => navigate(link("/traces", { ...rangeParams(), service, endpoint })),
    })),
  ];
}

/** What the collector finds for the text. Nothing for an empty text. */
function useFound(text) {
  const [found, setFound] = useState([]);
  useEffect(() => {
    const q = text.trim();
    if (!q) {
      setFound([]);
      return undefined;
    }
    const abort = new AbortController();
    get("/api/find", { q, limit: LIMIT }, abort.signal)
      .then((answer) => setFound(results(answer)), () => {});
    return () => abort.abort();
  }, [text]);
  return found;
}

export default function Palette({ onClose }) {
  const [text, setText] = useState("");
  const [active, setActive] = useState(0);
  const list = useRef(null);
  const found = useFound(text);
  const wanted = text.trim().toLowerCase();
  const commands = COMMANDS.filter(({ label }) => label.toLowerCase().includes(wanted));
  const search = wanted ? [{ label: `Search traces for “${text.trim()}”`, icon: "search",
    run: () => navigate(link("/traces", { ...rangeParams(), text: text.trim() })) }] : [];
  const items = [...found, ...commands, ...search];
  const at = Math.min(active, items.length - 1);

  useEffect(() => {
    list.current.children[at]?.scrollIntoView({ block: "nearest" });
  }, [at]);
  const choose = (item) => {
    onClose();
    item?.run();
  };
  const press = (event) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setActive((at + step + items.length) % items.length);
    else if (event.key === "Enter") choose(items[at]);
    else return;
    event.preventDefault();
  };
  return html`<${Dialog} label="Go to" onClose=${onClose} class="palette">
    <div class="palette-line"><${Icon} name="search" />
      <input role="combobox" aria-label="Trace id, service, endpoint or page" autofocus
        aria-expanded="true" aria-controls=${LIST} aria-autocomplete="list" autocomplete="off"
        aria-activedescendant=${items[at] ? `${LIST}-${at}` : null} spellcheck=${false}
        placeholder="Trace id, service, endpoint or page" value=${text} onKeyDown=${press}
        onInput=${(event) => { setText(event.target.value); setActive(0); }} />
      <kbd aria-hidden="true">Esc</kbd>
    </div>
    <ul id=${LIST} role="listbox" aria-label="Results" class="palette-list" ref=${list}>
      ${items.map((item, index) => html`<li key=${`${item.kind} ${item.label} ${item.note}`}
        id=${`${LIST}-${index}`} role="option" aria-selected=${index === at ? "true" : "false"}
        onClick=${() => choose(item)} onPointerMove=${() => setActive(index)}>
        ${item.dot ? html`<${Dot} service=${item.dot} />` : html`<${Icon} name=${item.icon} />`}
        <bdi class="name">${item.label}</bdi>
        ${item.note && html`<bdi class="name dim">${item.note}</bdi>`}
        ${item.kind && html`<span class="palette-kind dim">${item.kind}</span>`}
      </li>`)}
    </ul>
  <//>`;
}
