// A row of the waterfall: the tree at the left, the bar at the right.

import { Component } from "preact";
import { html } from "../../html.js";
import { colorOf } from "../../colors.js";
import { duration, middle, plural } from "../../format.js";
import { Bar } from "./bar.js";
import { Sign, signsOf } from "./marks.js";
import { FLAG } from "./model.js";
import { LogSign } from "./reported-logs.js";

export const ROW_HEIGHT = 26;

/** The indent of a level in px. Deeper levels than half of the names' column can hold are cut. */
const INDENT = 14;

/** The width of a character in px, roughly. */
const CHARACTER = 6.6;

/** Describes the bar of a row on hover, and to users of a screen reader. */
function describeRow(trace, row) {
  const parts = [
    `${duration(trace.duration[row])}, self time ${duration(trace.self[row])}`,
    `starts after ${duration(trace.start[row])}`,
  ];
  if (trace.critical.has(row)) parts.push("on the critical path");
  if (trace.flags[row] & FLAG.error) {
    parts.push(trace.reason[row] < 0 ? "failed" : `failed: ${trace.reasons[trace.reason[row]]}`);
  }
  return parts.join(", ");
}

function Gutter({ trace, row, depth, collapsed, nameWidth, logs, plain, onToggle }) {
  const most = Math.max(2, Math.floor((nameWidth * 0.5) / INDENT));
  const levels = Math.min(depth, most);
  const name = trace.names[trace.name[row]] || "(no name)";
  const service = trace.services[trace.service[row]];
  const inside = trace.last[row] - row - 1;
  const signs = plain ? [] : signsOf(trace, row);
  const free = (nameWidth - levels * INDENT - 52 - signs.length * 18 - (logs ? 32 : 0)) / CHARACTER;
  // The service takes a third at most if the name needs the rest.
  const forName = Math.max(6, Math.floor(free - Math.min(service.length, free / 3)));
  const toggle = (event) => {
    event.stopPropagation();
    onToggle(row);
  };
  return html`<div class="span-name" role="rowheader">
    ${levels > 0 && html`<span class="span-guides" style=${{ width: `${levels * INDENT}px` }} />`}
    ${depth > most && html`<span class="span-depth" title=${`Level ${depth + 1}`}>
      ${depth + 1}</span>`}
    ${inside > 0
      ? html`<span class=${collapsed ? "span-toggle" : "span-toggle open"} onClick=${toggle}
          title=${collapsed ? `Expand ${plural(inside, "span")}` : "Collapse"}
          aria-hidden="true" />`
      : html`<span class="span-toggle none" />`}
    <span class="dot" style=${{ background: colorOf(service) }} />
    ${signs.map((sign) => html`<${Sign} key=${sign.name} ...${sign} />`)}
    <bdi class="span-operation" title=${name}>${middle(name, forName)}</bdi>
    ${logs && !plain && html`<${LogSign} logs=${logs} />`}
    ${collapsed && inside > 0 && html`<span class="span-inside">+${inside}</span>`}
    ${!plain && html`<bdi class="span-service" title=${service}>${middle(service, 32)}</bdi>`}
  </div>`;
}

const COMPARED = [
  "trace", "row", "index", "top", "depth", "collapsed", "selected", "context", "nameWidth", "track",
  "range", "gaps", "logs", "plain",
];

/** Renders again only if something that it shows changes. */
export class Row extends Component {
  shouldComponentUpdate(next) {
    return COMPARED.some((name) => next[name] !== this.props[name]);
  }

  render({ trace, row, index, top, depth, collapsed, selected, context, nameWidth, track, range,
    gaps, logs, plain, onSelect, onToggle }) {
    const hasChildren = trace.children[row] > 0;
    const classes = ["span-row"];
    if (selected) classes.push("selected");
    if (context) classes.push("context");
    return html`<div class=${classes.join(" ")} role="row" id=${`row-${row}`}
      aria-level=${depth + 1} aria-rowindex=${index + 2} aria-selected=${String(selected)}
      aria-expanded=${hasChildren ? String(!collapsed) : null} style=${{ top: `${top}px` }}
      onClick=${() => onSelect(row)} onDblClick=${() => onToggle(row)}>
      <${Gutter} trace=${trace} row=${row} depth=${depth} collapsed=${collapsed}
        nameWidth=${nameWidth} logs=${logs} plain=${plain} onToggle=${onToggle} />
      <div class="span-bar" role="gridcell" title=${describeRow(trace, row)}>
        <${Bar} trace=${trace} row=${row} range=${range} track=${track} gaps=${gaps}
          plain=${plain} />
      </div>
    </div>`;
  }
}
