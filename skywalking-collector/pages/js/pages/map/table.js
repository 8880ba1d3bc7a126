// The map as a table: the same nodes and calls, for a screen reader and for exact numbers.
import { html } from "../../html.js";
import { count, duration, percent, rate } from "../../format.js";
import { Name } from "../../ui/values.js";
import { errorShare } from "./edges.js";
import { KindIcon, KINDS, kindOf } from "./icons.js";
import { changeOfErrors, changeOfLatency, changeOfRate } from "./words.js";

const NUMBERS = ["Calls", "Calls/min", "Errors", "p50", "p95", "p99"];

export function MapTable({ topology, selected, onSelect }) {
  const nodes = new Map(topology.nodes.map((node) => [node.id, node]));
  const ordered = [...topology.calls].sort((a, b) => b.calls - a.calls);
  const isCompared = [...topology.nodes, ...topology.calls].some((item) => item.change);
  const open = (id, name) => html`<button type="button" class="map-link"
    aria-expanded=${selected === id ? "true" : "false"}
    onClick=${() => onSelect(id, true)}>${name}</button>`;
  const named = (node) => html`<${KindIcon} kind=${node.kind} />
    <${Name} text=${node.name} length=${40} />`;
  return html`<div class="map-tables">
    <h2 id="map-calls">Calls</h2>
    <table class="data" aria-labelledby="map-calls">
      <thead><tr><th scope="col">Caller</th><th scope="col">Called</th>
        <${Heads} isCompared=${isCompared} /></tr></thead>
      <tbody>${ordered.map((call) => html`<tr key=${call.id}>
        <th scope="row">${open(call.id, named(nodes.get(call.source)))}</th>
        <td><span class="map-named">${named(nodes.get(call.target))}</span></td>
        <${Cells} item=${call} isCompared=${isCompared} />
      </tr>`)}</tbody>
    </table>
    <h2 id="map-nodes">Nodes</h2>
    <table class="data" aria-labelledby="map-nodes">
      <thead><tr><th scope="col">Node</th><th scope="col">Kind</th>
        <${Heads} isCompared=${isCompared} /></tr></thead>
      <tbody>${topology.nodes.map((node) => html`<tr key=${node.id}>
        <th scope="row">${open(node.id, named(node))}</th>
        <td>${KINDS[kindOf(node.kind)]}</td>
        <${Cells} item=${node} isCompared=${isCompared} />
      </tr>`)}</tbody>
    </table>
  </div>`;
}

function Heads({ isCompared }) {
  const names = isCompared ? [...NUMBERS, "Change of rate", "of errors", "of p95"] : NUMBERS;
  return names.map((name) => html`<th key=${name} scope="col" class="number">${name}</th>`);
}

function Cells({ item, isCompared }) {
  const { change } = item;
  const cell = (text, title, look = "") =>
    html`<td class=${`number ${look}`} title=${title}>${text}</td>`;
  return html`
    ${cell(count(item.calls), item.calls)}
    ${cell(rate(item.perMinute), item.perMinute)}
    ${cell(percent(errorShare(item)), item.errors, item.errors > 0 ? "problem" : "")}
    ${["p50", "p95", "p99"].map((name) => cell(duration(item[name]), item[name]))}
    ${isCompared && (change && change.state !== "kept"
      ? html`<td class="number">${change.state}</td><td /><td />`
      : html`
        ${cell(change ? changeOfRate(change.perMinute) : "")}
        ${cell(change ? changeOfErrors(change.errorShare) : "")}
        ${cell(change ? changeOfLatency(change.p95) : "")}`)}`;
}
