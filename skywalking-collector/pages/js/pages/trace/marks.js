// Signs of a row: how the span is joined to its parent, and what is unusual about it.

import { html } from "../../html.js";
import { FLAG, LINK } from "./model.js";

const PATHS = {
  process: "M2 4v8M5 8h8M10 5l3 3-3 3",
  thread: "M3 2.5v4c0 2 2 3 5 3h4M9.5 6.5l3 3-3 3",
  several: "M2 4h4l4 4h4M2 12h4l4-4M11.5 5.5L14 8l-2.5 2.5",
  note: "M8 2l6.5 11.5h-13zM8 6.5v3.5M8 12h.01",
  error: "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM8 5v3.6M8 11h.01",
  continuation: "M3 3v10M6 8h3M11 8h3",
};

/** A sign with a sentence. It is read to users of a screen reader, and shown on hover. */
export function Sign({ name, text, tone = "" }) {
  return html`<span class=${`sign ${tone}`} role="img" aria-label=${text} title=${text}>
    <svg class="icon" viewBox="0 0 16 16" width="13" height="13" aria-hidden="true">
      <path d=${PATHS[name]} />
    </svg>
  </span>`;
}

const UNUSUAL_LINK = {
  [LINK.parentMissing]: "The parent span is not stored: it has not arrived, or it was lost.",
  [LINK.cycle]: "The span is its own ancestor. Its references form a cycle.",
};

/** Returns the signs of a row: `[{ name, text, tone }]`. */
export function signsOf(trace, row) {
  const flags = trace.flags[row];
  const signs = [];
  if (flags & FLAG.error) signs.push({ name: "error", text: "Failed", tone: "error" });
  if (flags & FLAG.severalReferences) {
    signs.push({ name: "several", text: "Has several references. The details list them." });
  } else if (flags & FLAG.process) {
    signs.push({ name: "process", text: "Called from another process" });
  } else if (flags & FLAG.thread) {
    signs.push({ name: "thread", text: "Continues in another thread" });
  }
  if (flags & FLAG.continuation) {
    signs.push({ name: "continuation", text: "Continues a span whose segment was split" });
  }
  const sentences = (trace.notes.get(row) ?? []).map((note) => note.text);
  const link = UNUSUAL_LINK[trace.link[row]];
  if (link && sentences.length === 0) sentences.push(link);
  if (flags & FLAG.negative) sentences.push("The span ends before it starts.");
  for (const violation of trace.violations.get(row) ?? []) sentences.push(violation.text);
  if (flags & FLAG.violation && sentences.length === 0) {
    sentences.push("The span violates a rule of the protocol. The details name it.");
  }
  if (sentences.length > 0) {
    signs.push({ name: "note", text: sentences.join(" "), tone: "warn" });
  }
  return signs;
}
