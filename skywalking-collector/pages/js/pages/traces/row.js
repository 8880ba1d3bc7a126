// One trace of the list: a row of 32 px with a small waterfall.
import { html } from "../../html.js";
import { colorOf } from "../../colors.js";
import { count, duration, exact, middle, relative } from "../../format.js";
import { navigate, traceLink } from "../../router.js";
import { Icon } from "../../ui/icon.js";
import { Dot } from "../../ui/values.js";

/** Longer names are cut in the middle. */
const LONGEST = 80;
const BARS_WIDTH = 1000;
const BARS_HEIGHT = 20;

/** The segments of the trace on its own scale. */
function Bars({ trace }) {
  const height = BARS_HEIGHT / Math.max(trace.bars.length, 4);
  const top = (BARS_HEIGHT - height * trace.bars.length) / 2;
  return html`<svg class="bars" viewBox=${`0 0 ${BARS_WIDTH} ${BARS_HEIGHT}`}
    preserveAspectRatio="none" aria-hidden="true">
    ${trace.bars.map(([service, start, end, isError], at) => html`<rect key=${at} x=${start}
      y=${top + at * height} width=${Math.max(end - start, 12)} height=${height * 0.8}
      style=${{ fill: isError ? "var(--error-solid)"
        : colorOf(trace.services[service] ?? trace.service) }} />`)}
  </svg>`;
}

function Services({ trace }) {
  const others = trace.serviceCount - trace.services.length;
  const names = trace.services.join(", ") + (others > 0 ? ` and ${others} more` : "");
  return html`<span class="dots" title=${names}>
    <span class="hidden-text">${names}</span>
    ${trace.services.slice(0, 5).map((service) => html`<${Dot} key=${service}
      service=${service} />`)}
    ${trace.serviceCount > 5 && html`<span class="dim number" aria-hidden="true">
      +${trace.serviceCount - 5}</span>`}
  </span>`;
}

export function Row({ trace, index, scale, now }) {
  // The link is for the keyboard and for new tabs; a click works on the whole row.
  const open = (event) => {
    if (event.target.closest("a") || String(window.getSelection())) return;
    navigate(traceLink(trace.traceId));
  };
  const share = Math.min(1, trace.duration / scale);
  return html`<div class=${`row ${trace.isError ? "row-error" : ""}`} role="row"
    aria-rowindex=${index + 2} data-id=${trace.traceId} data-index=${index}
    onClick=${open}>
    <div role="cell" class="cell-time number" title=${exact(trace.startTime)}>
      ${relative(trace.startTime, now)}
    </div>
    <div role="cell" class="cell-name">
      <${Dot} service=${trace.service} />
      <a href=${traceLink(trace.traceId)} class="row-link"
        title=${`${trace.rootName} (${trace.service})`}>
        <bdi class="name">${middle(trace.rootName, LONGEST) || "(no name)"}</bdi>
        <bdi class="name row-service">${middle(trace.service, LONGEST)}</bdi>
      </a>
      ${trace.isError && html`<bdi class="name reason" title=${trace.reason ?? "error"}>
        ${trace.reason ?? "error without a reason"}</bdi>`}
      ${trace.violations > 0 && html`<span class="row-warn"
        title=${`${trace.violations} violations of the protocol`}><${Icon} name="warn" size=${14} />
        <span class="hidden-text">${trace.violations} violations of the protocol</span></span>`}
    </div>
    <div role="cell" class="cell-bars"><${Bars} trace=${trace} /></div>
    <div role="cell" class="cell-duration number" title=${`${trace.duration} ms`}>
      <span class="duration-bar" aria-hidden="true">
        <span style=${{ width: `${share * 100}%` }} />
      </span>
      <span>${duration(trace.duration)}</span>
    </div>
    <div role="cell" class="cell-spans number" title=${`${trace.spans} spans, ${
      trace.segments} segments`}>${count(trace.spans)}</div>
    <div role="cell" class="cell-services"><${Services} trace=${trace} /></div>
  </div>`;
}
