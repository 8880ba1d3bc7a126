// The references of a span: to its parents in other segments, and of other spans to it.

import { html } from "../../html.js";
import { plural } from "../../format.js";
import { traceLink } from "../../router.js";
import { Dot } from "../../ui/values.js";
import { rowOf } from "./model.js";

/** The collector returns at most this many spans that refer to a span. */
const MOST = 100;

/** A span of this or of another trace, as a link if it is stored. */
function Target({ trace, traceId, segment, span, service, text, stored }) {
  const isHere = traceId === trace.traceId;
  const row = isHere ? rowOf(trace, `${segment}:${span}`) : -1;
  const name = row >= 0 ? trace.names[trace.name[row]] : text;
  const label = html`<${Dot} service=${service} /> <bdi>${name || "(no name)"}</bdi>
    <bdi class="dim"> ${service}</bdi>`;
  if (!stored) {
    return html`<span class="reference">${label} <span class="dim">not stored</span></span>`;
  }
  return html`<a class="reference" href=${traceLink(traceId, { segment, span })}>${label}
    ${!isHere && html`<span class="dim"> in another trace</span>`}</a>`;
}

const KIND = { CrossProcess: "Called from", CrossThread: "Continues" };

/** `<${References} trace details />` */
export function References({ trace, details }) {
  const { references, referencedBy } = details;
  if (references.length === 0 && referencedBy.length === 0) return null;
  return html`<section class="detail-part">
    <div class="detail-title"><h3>References</h3></div>
    <ul class="plain references">
      ${references.map((ref, index) => html`<li key=${`to${index}`}>
        <span class="reference-kind">${KIND[ref.refType] ?? "Refers to"}</span>
        <${Target} trace=${trace} traceId=${ref.traceId} segment=${ref.parentSegmentId}
          span=${ref.parentSpanId} service=${ref.parentService} text=${ref.parentEndpoint}
          stored=${ref.stored} />
        ${ref.networkAddressUsedAtPeer && html`<span class="dim"> by address
          ${" "}<bdi>${ref.networkAddressUsedAtPeer}</bdi></span>`}
      </li>`)}
      ${referencedBy.map((one, index) => html`<li key=${`by${index}`}>
        <span class="reference-kind">Referenced by</span>
        <${Target} trace=${trace} traceId=${one.traceId} segment=${one.segmentId}
          span=${one.spanId} service=${one.service} text=${one.operationName} stored=${true} />
      </li>`)}
    </ul>
    ${referencedBy.length >= MOST && html`<p class="dim">
      ${`Shows the first ${plural(MOST, "span")} that refer to this one.`}</p>`}
  </section>`;
}
