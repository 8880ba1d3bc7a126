// Who calls a service, and what it calls. Each entry opens the call on the map.
import { html } from "../../html.js";
import { useRecent } from "../../recent.js";
import { link, rangeParams } from "../../router.js";
import { Name } from "../../ui/values.js";
import { KindIcon } from "../map/icons.js";
import { numbers } from "../map/words.js";

/** More entries are left to the map. */
const MOST = 12;

export function Neighbours({ name, params }) {
  const { data } = useRecent("/api/topology", {}, params);
  const own = data?.nodes.find((node) => node.kind === "service" && node.name === name);
  if (!own) return null;
  const nodes = new Map(data.nodes.map((node) => [node.id, node]));
  const lists = [
    ["Called by", "source", data.calls.filter(({ target }) => target === own.id)],
    ["Calls", "target", data.calls.filter(({ source }) => source === own.id)],
  ];
  return html`<div class="neighbours">
    ${lists.map(([title, end, calls]) => html`<section key=${title}>
      <h2>${title}</h2>
      ${calls.length === 0 ? html`<p class="dim">Nothing in this time.</p>`
        : html`<ul class="plain">${[...calls].sort((a, b) => b.calls - a.calls).slice(0, MOST)
            .map((call) => html`<li key=${call.id}>
              <a class="row-name" href=${link("/map",
                { ...rangeParams(params), select: call.id })}>
                <${KindIcon} kind=${nodes.get(call[end])?.kind} />
                <${Name} text=${nodes.get(call[end])?.name ?? call[end]} length=${40} /></a>
              <span class=${call.errors > 0 ? "number problem" : "number dim"}>
                ${numbers(call)}</span>
            </li>`)}</ul>`}
      ${calls.length > MOST && html`<p class="dim">${calls.length - MOST} more are on the map.</p>`}
    </section>`)}
  </div>`;
}
