// The side panel: numbers, chart and links of a node or a call.
import { useEffect, useRef } from "preact/hooks";
import { html } from "../../html.js";
import { CallCharts } from "../../charts/calls.js";
import { middle } from "../../format.js";
import { rangeParams, serviceLink } from "../../router.js";
import { Icon } from "../../ui/icon.js";
import { Name } from "../../ui/values.js";
import { Figures } from "./figures.js";
import { KindIcon, KINDS, kindOf } from "./icons.js";
import { traceLinks } from "./links.js";
import { perMinute } from "./words.js";

export function Panel({ topology, selected, params, takeFocus, onSelect }) {
  const title = useRef(null);
  useEffect(() => {
    if (takeFocus) title.current?.focus();
  }, [selected]);
  const nodes = new Map(topology.nodes.map((node) => [node.id, node]));
  const node = nodes.get(selected);
  const call = topology.calls.find(({ id }) => id === selected);
  const common = { topology, nodes, params, title, onSelect };
  return html`<aside class="map-panel" aria-label="Details">
    <button type="button" class="quiet map-panel-close" aria-label="Close the details"
      title="Close (Esc)" onClick=${() => onSelect(null)}><${Icon} name="close" /></button>
    ${node && html`<${NodeDetails} key=${node.id} node=${node} ...${common} />`}
    ${call && html`<${CallDetails} key=${call.id} call=${call} ...${common} />`}
    ${!node && !call && html`<h2 tabindex="-1" ref=${title}>No calls</h2>
      <p class="dim">Nothing was recorded for this node or call in the selected time.</p>`}
  </aside>`;
}

function NodeDetails({ node, topology, nodes, params, title, onSelect }) {
  const isUser = node.kind === "user";
  const isService = node.kind === "service";
  const callers = topology.calls.filter((call) => call.target === node.id);
  const callees = topology.calls.filter((call) => call.source === node.id);
  const facts = [KINDS[kindOf(node.kind)], isUser ? null : node.type, node.layer];
  // A peer without an agent has no series of its own, but each of its callers has.
  const only = callers.length === 1 ? callers[0] : null;
  const query = isService ? { service: node.name }
    : only && { source: only.source, target: only.target };
  return html`
    <h2 tabindex="-1" ref=${title} class="map-panel-title"><${KindIcon} kind=${node.kind} />
      <${Name} text=${node.name} length=${34} /></h2>
    <p class="dim">${facts.filter(Boolean).join(" · ")}</p>
    <${Figures} of=${node} />
    ${query && html`<${CallCharts} key=${JSON.stringify(query)} query=${query} params=${params}
      small />`}
    <${Links} source=${null} target=${node} params=${params}>
      ${isService && html`<a href=${serviceLink(node.name, rangeParams(params))}>Service</a>`}
    <//>
    <${Calls} title="Called by" calls=${callers} other="source" ...${{ nodes, onSelect }} />
    <${Calls} title="Calls" calls=${callees} other="target" ...${{ nodes, onSelect }} />`;
}

function CallDetails({ call, nodes, params, title, onSelect }) {
  const [source, target] = [nodes.get(call.source), nodes.get(call.target)];
  const points = call.detectPoints ?? [];
  const seen = points.length > 1 ? "reported by both sides"
    : points.length === 1 ? `reported by the ${points[0]} only` : null;
  const open = (node) => html`<button type="button" class="map-link"
    onClick=${() => onSelect(node.id, true)}><${KindIcon} kind=${node.kind} />
    <${Name} text=${node.name} length=${34} /></button>`;
  return html`
    <h2 tabindex="-1" ref=${title} class="hidden-text">Call from ${source.name} to ${target.name}
    </h2>
    <div class="map-ends">${open(source)}<span class="dim" aria-hidden="true">↓</span>
      ${open(target)}</div>
    <p class="dim">${[call.component, seen].filter(Boolean).join(" · ")}</p>
    <${Figures} of=${call} />
    <${CallCharts} query=${{ source: call.source, target: call.target }} params=${params} small />
    <${Links} source=${source} target=${target} params=${params} />`;
}

function Links({ source, target, params, children }) {
  return html`<p class="map-links">
    ${traceLinks(source, target, params).map(({ name, href }) =>
      html`<a key=${name} href=${href}>${name}</a>`)}
    ${children}
  </p>`;
}

function Calls({ title, calls, other, nodes, onSelect }) {
  if (calls.length === 0) return null;
  const ordered = [...calls].sort((a, b) => b.perMinute - a.perMinute);
  return html`<section>
    <h3>${title}</h3>
    <ul class="plain">
      ${ordered.map((call) => {
        const node = nodes.get(call[other]);
        return html`<li key=${call.id}><button type="button" class="map-link"
          onClick=${() => onSelect(call.id, true)} title=${node.name}>
          <${KindIcon} kind=${node.kind} /><span class="name">${middle(node.name, 28)}</span>
          <span class=${call.errors > 0 ? "number problem" : "number dim"}>${perMinute(call)}</span>
        </button></li>`;
      })}
    </ul>
  </section>`;
}
