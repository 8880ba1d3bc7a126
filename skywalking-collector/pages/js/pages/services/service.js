// One service: its head and its tabs.
import { useEffect } from "preact/hooks";
import { html } from "../../html.js";
import { plural } from "../../format.js";
import { useRecent } from "../../recent.js";
import { link, pageLink, rangeParams, setParams } from "../../router.js";
import { Failure } from "../../ui/failure.js";
import { Range } from "../../ui/range.js";
import { tabId, Tabs } from "../../ui/tabs.js";
import { Dot, Name } from "../../ui/values.js";
import { Endpoints } from "./endpoints.js";
import { Events } from "./events.js";
import { Instances } from "./instances.js";
import { Meters } from "./meters.js";
import { Overview } from "./overview.js";
import { Statements } from "./statements.js";
import { Violations, violationsTab } from "./violations.js";

const TABS = [
  { id: "overview", name: "Overview", view: Overview },
  { id: "endpoints", name: "Endpoints", view: Endpoints },
  { id: "instances", name: "Instances", view: Instances },
  { id: "statements", name: "Statements", view: Statements },
  { id: "meters", name: "Meters", view: Meters },
  { id: "events", name: "Events", view: Events },
  { id: "violations", name: "Violations", view: Violations },
];
const PANEL = "service-view";

/** Returns the address of a service on the map. The ids of nodes have the form of the OAP. */
function mapLink(name, params) {
  const bytes = new TextEncoder().encode(name);
  const id = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return link("/map", { ...rangeParams(params), select: `${id}.1` });
}

export function Service({ name, params }) {
  const { data, error, reload } = useRecent("/api/services", {}, params);
  useEffect(() => {
    document.title = `${name} · SkyWalking collector`;
  }, [name]);
  const service = data?.find((each) => each.name === name) ?? null;
  const chosen = TABS.find(({ id }) => id === params.get("tab")) ?? TABS[0];
  const select = (id) => setParams({
    tab: id === TABS[0].id ? null : id,
    sort: null, order: null, find: null, kind: null, endpoint: null, instance: null,
  });
  const tabs = TABS.map((tab) =>
    (tab.id === "violations" ? violationsTab(service?.violations ?? 0) : tab));
  if (error && !data) {
    return html`<${Failure} title="The service could not be read" text=${error.message}
      retry=${reload} />`;
  }
  return html`<div class="data-page">
    <div class="data-bar">
      <nav class="path" aria-label="Path">
        <a href=${pageLink("services", params)}>Services</a>
        <span class="dim" aria-hidden="true">/</span></nav>
      <h1 class="row-name"><${Dot} service=${name} /><${Name} text=${name} length=${48} /></h1>
      <span class="dim facts">${factsOf(service)}</span>
      <${Range} params=${params} />
    </div>
    <div class="data-tabs">
      <${Tabs} label="Views of the service" tabs=${tabs} selected=${chosen.id} onSelect=${select}
        panel=${PANEL} />
      <span class="data-links">
        <a href=${link("/traces", { ...rangeParams(params), service: name })}>Traces</a>
        <a href=${link("/logs", { ...rangeParams(params), service: name })}>Logs</a>
        <a href=${mapLink(name, params)}>Map</a>
      </span>
    </div>
    <div class="data-view" id=${PANEL} role="tabpanel" tabindex="0"
      aria-labelledby=${tabId(PANEL, chosen.id)}>
      <${chosen.view} key=${chosen.id} name=${name} service=${service} isKnown=${data !== null}
        params=${params} />
    </div>
  </div>`;
}

function factsOf(service) {
  if (!service) return "";
  return [service.layer, plural(service.instances, "instance")].filter(Boolean).join(" · ");
}
