// All services: their table, and their violations by rule.
import { useEffect } from "preact/hooks";
import { html } from "../../html.js";
import { useRecent } from "../../recent.js";
import { setParams } from "../../router.js";
import { Failure } from "../../ui/failure.js";
import { Range } from "../../ui/range.js";
import { tabId, Tabs } from "../../ui/tabs.js";
import { ServiceList } from "./list.js";
import { Violations, violationsTab } from "./violations.js";

const PANEL = "services-view";

export function AllServices({ params }) {
  const { data, error, reload, now } = useRecent("/api/services", {}, params);
  useEffect(() => {
    document.title = "Services · SkyWalking collector";
  }, []);
  if (error && !data) {
    return html`<${Failure} title="The services could not be read" text=${error.message}
      retry=${reload} />`;
  }
  const isViolations = params.get("tab") === "violations";
  const count = (data ?? []).reduce((sum, { violations }) => sum + violations, 0);
  const tabs = [{ id: "services", name: "Services" }, violationsTab(count)];
  const chosen = tabs[isViolations ? 1 : 0].id;
  const select = (id) => setParams({
    tab: id === "services" ? null : id, sort: null, order: null, find: null,
  });
  return html`<div class="data-page">
    <div class="data-bar"><h1>Services</h1>
      ${error && html`<span class="problem" role="status">${error.message}</span>`}
      <${Range} params=${params} />
    </div>
    <div class="data-tabs">
      <${Tabs} label="Views of the services" tabs=${tabs} selected=${chosen} onSelect=${select}
        panel=${PANEL} />
    </div>
    <div class="data-view" id=${PANEL} role="tabpanel" tabindex="0"
      aria-labelledby=${tabId(PANEL, chosen)}>
      ${isViolations ? html`<${Violations} name=${null} params=${params} />`
        : html`<${ServiceList} services=${data} now=${now} params=${params} />`}
    </div>
  </div>`;
}
