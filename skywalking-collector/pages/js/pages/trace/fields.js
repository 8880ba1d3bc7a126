// Tags, logs and causes of a span.

import { useState } from "preact/hooks";
import { html } from "../../html.js";
import { count, duration, exact } from "../../format.js";
import { recall, remember } from "../../memory.js";
import { store, useStore } from "../../store.js";
import { Copy } from "../../ui/copy.js";
import { Splitter } from "../../ui/splitter.js";
import { formatSql } from "./sql.js";

/** Tags that hold a statement or a command. They are shown as a block. */
const STATEMENTS = new Set(["db.statement", "cache.cmd", "db.bind_vars", "db.sql.parameters"]);

/** A longer text is cut until the user asks for all of it, in characters. */
const LONG = 4000;

/** A longer value is shown as a block below its key, in characters. */
const LONG_LINE = 200;

/** A block of text in the fixed font, cut if it is long. */
function Block({ text }) {
  const [all, setAll] = useState(false);
  const isCut = text.length > LONG && !all;
  // A block that may scroll is in the order of Tab, so that keys can scroll it.
  const scrolls = text.length > 400 || text.split("\n", 12).length > 10;
  return html`<pre class="block" tabindex=${scrolls ? 0 : null}>
      <bdi>${isCut ? text.slice(0, LONG) : text}</bdi></pre>
    ${isCut && html`<button type="button" class="quiet" onClick=${() => setAll(true)}>
      Show all ${count(text.length)} characters</button>`}`;
}

const isBlock = ({ key, value }) =>
  STATEMENTS.has(key) || value.length > LONG_LINE || value.includes("\n");

function Field({ field }) {
  const copy = html`<td class="field-copy">
    <${Copy} text=${field.value} label=${`Copy ${field.key}`} /></td>`;
  if (!isBlock(field)) {
    return html`<tr><th scope="row"><bdi>${field.key}</bdi></th>
      <td><bdi>${field.value}</bdi></td>${copy}</tr>`;
  }
  const text = field.key === "db.statement" ? formatSql(field.value) : field.value;
  return html`<tr class="field-head"><th scope="row" colspan="2"><bdi>${field.key}</bdi></th>
      ${copy}</tr>
    <tr class="field-block"><td colspan="3"><${Block} text=${text} /></td></tr>`;
}

/** The width of the keys in px, the same in all tables of fields. */
const KEYS = 128;
const stored = recall("trace.keys", KEYS);
const keyWidth = store(Number.isFinite(stored) ? stored : KEYS);

function setKeyWidth(width, isLast) {
  keyWidth.set(width);
  if (isLast) remember("trace.keys", width);
}

/** The fields of a span or of a log. `hasFocus` is whether Tab stops at the handle. */
function Fields({ fields, label, hasFocus = false }) {
  const width = useStore(keyWidth);
  return html`<div class="fields-box" style=${{ "--keys": `${width}px` }}>
    <${Splitter} label="Width of the keys" class="split-keys" value=${width} min=${48} max=${240}
      tabindex=${hasFocus ? 0 : -1} onChange=${setKeyWidth}
      onReset=${() => setKeyWidth(KEYS, true)} />
    <table class="fields" aria-label=${label}><tbody>
      ${fields.map((field, index) => html`<${Field} key=${index} field=${field} />`)}
    </tbody></table></div>`;
}

/** `<${Tags} tags extra />` */
export function Tags({ tags, extra }) {
  if (tags.length === 0) return null;
  return html`<section class="detail-part">
    <div class="detail-title"><h3>Tags <span class="dim">${tags.length}</span></h3>${extra}</div>
    <${Fields} fields=${tags} label="Tags" hasFocus />
  </section>`;
}

/** The fields of an error log that a cause shows in its own form. */
const CAUSE_FIELDS = ["error.kind", "message", "stack"];

/**
 * Divides logs into those that describe an error, the outermost first, and all others:
 * `{ causes: [{ time, kind, message, stack, fields }], others: [log] }`. `fields` has the other
 * fields of the log, without `event=error`.
 */
export function divided(logs) {
  const causes = [];
  const others = [];
  for (const log of logs) {
    const value = (name) => log.data.find(({ key }) => key === name)?.value ?? "";
    const [kind, message, stack] = CAUSE_FIELDS.map(value);
    if (kind === "" && stack === "") {
      others.push(log);
      continue;
    }
    const shown = new Set(CAUSE_FIELDS);
    // Of a repeated key, the first value is shown as a part of the cause.
    const fields = log.data.filter(({ key, value: text }) =>
      !shown.delete(key) && !(key === "event" && text === "error"));
    causes.push({ time: log.time, kind, message, stack, fields });
  }
  return { causes, others };
}

/** The time of a log after the start of its span. */
function LogTime({ time, start }) {
  return html`<span class="number log-time" title=${exact(time)}>${
    time < start ? "−" : "+"}${duration(Math.abs(time - start))}</span>`;
}

/** `<${Causes} causes start />`; `start` is that of the span, in epoch ms. */
export function Causes({ causes, start }) {
  if (causes.length === 0) return null;
  return html`<section class="detail-part">
    <div class="detail-title"><h3>${causes.length === 1 ? "Cause" : "Causes"}</h3></div>
    <ol class="causes">
      ${causes.map((cause, index) => html`<li key=${index}>
        <div class="cause-head">${cause.kind && html`<code><bdi>${cause.kind}</bdi></code>`}
          <${LogTime} time=${cause.time} start=${start} /></div>
        ${cause.message && html`<p><bdi>${cause.message}</bdi></p>`}
        ${cause.stack && html`<details><summary>Stack</summary>
          <${Block} text=${cause.stack} /></details>`}
        ${cause.fields.length > 0 && html`<${Fields} fields=${cause.fields}
          label=${`Other fields of cause ${index + 1}`} />`}
      </li>`)}
    </ol>
  </section>`;
}

/** `<${Logs} logs start />`; `start` is that of the span, in epoch ms. */
export function Logs({ logs, start }) {
  const [all, setAll] = useState(false);
  if (logs.length === 0) return null;
  const shown = all ? logs : logs.slice(0, 20);
  return html`<section class="detail-part">
    <div class="detail-title"><h3>Logs <span class="dim">${logs.length}</span></h3></div>
    <ol class="logs">
      ${shown.map((log, index) => html`<li key=${index}>
        <${LogTime} time=${log.time} start=${start} />
        <${Fields} fields=${log.data} label=${`Log ${index + 1}`} />
      </li>`)}
    </ol>
    ${shown.length < logs.length && html`<button type="button" class="quiet"
      onClick=${() => setAll(true)}>Show all ${logs.length} logs</button>`}
  </section>`;
}
