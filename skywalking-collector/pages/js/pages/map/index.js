// The map of services: a drawing or a table, with details of what is selected beside it.
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "../../html.js";
import { useKeys } from "../../keys.js";
import { setParams } from "../../router.js";
import { Empty, Failure } from "../../ui/failure.js";
import { Canvas } from "./canvas.js";
import { useTopology } from "./compared.js";
import { Panel } from "./panel.js";
import { MapTable } from "./table.js";
import { Toolbar } from "./toolbar.js";

export const style = [
  "/assets/style/data.css", "/assets/style/charts.css", "/assets/style/map.css",
];

const PANEL = 360;
const NARROW = 720;

export default function ServiceMap({ params }) {
  const { data, error, reload } = useTopology(params);
  const page = useRef(null);
  const [takeFocus, setTakeFocus] = useState(false);
  const selected = params.get("select");
  const isTable = params.get("view") === "table";
  const select = (id, byKey = false) => {
    setTakeFocus(byKey);
    setParams({ select: id }, { replace: selected !== null && id !== null });
  };
  const close = () => {
    const opener = [...page.current.querySelectorAll("[data-node]")]
      .find((node) => node.dataset.node === selected);
    select(null);
    opener?.focus();
  };
  useKeys("Map", {
    Escape: { label: "Close the details", run: () => selected && close() },
    v: { label: "Switch between map and table", run: () =>
      setParams({ view: isTable ? null : "table" }) },
  });
  useEffect(() => {
    document.title = "Map · SkyWalking collector";
  }, []);

  if (error && !data) {
    return html`<${Failure} title="The map could not be read" text=${error.message}
      retry=${reload} />`;
  }
  const narrow = window.innerWidth < NARROW;
  const panelSpace = selected === null ? { right: 0, bottom: 0 }
    : narrow ? { right: 0, bottom: window.innerHeight * 0.55 } : { right: PANEL, bottom: 0 };
  const onSelect = (id, byKey) => (id === null ? close() : select(id, byKey));
  return html`<div class="map-page" ref=${page}>
    <${Toolbar} params=${params} isTable=${isTable} error=${error} />
    <div class="map-body">
      ${!data ? null : data.nodes.length === 0
        ? html`<${NoCalls} params=${params} />`
        : isTable
          ? html`<${MapTable} topology=${data} selected=${selected} onSelect=${onSelect} />`
          : html`<${Canvas} topology=${data} selected=${selected} panelSpace=${panelSpace}
              onSelect=${onSelect} />`}
      ${data && selected !== null && html`<${Panel} topology=${data} selected=${selected}
        params=${params} takeFocus=${takeFocus} onSelect=${onSelect} />`}
    </div>
  </div>`;
}

function NoCalls({ params }) {
  const isLimited = params.get("range") || params.get("from") || params.get("to");
  const all = () => setParams({ range: null, from: null, to: null, compare: null });
  return isLimited
    ? html`<${Empty} title="No calls in this time">
        <p>Services appear here when they handle or make calls.</p>
        <button type="button" onClick=${all}>Show everything stored</button>
      <//>`
    : html`<${Empty} title="No calls have arrived yet">
        <p>The map shows services and the calls between them as soon as an agent reports.</p>
        <a href="/traces">How to send the first trace</a>
      <//>`;
}
