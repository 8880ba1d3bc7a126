// What arrives, at the foot of the side bar: segments a second, violations, dropped traces.
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "../html.js";
import { connection, useGet } from "../api.js";
import { count, plural, rate } from "../format.js";
import { link } from "../router.js";
import { useStore } from "../store.js";
import { Icon } from "./icon.js";

/** The counters are read again after this time in ms. It also notices when the collector ends. */
const EVERY = 2000;

/** The segments a second between the last two answers. */
function useRate(stats) {
  const last = useRef(null);
  const [segments, setSegments] = useState(null);
  useEffect(() => {
    if (!stats) return;
    const now = performance.now();
    if (last.current && stats.segmentsAccepted >= last.current.accepted) {
      const seconds = (now - last.current.now) / 1000;
      setSegments((stats.segmentsAccepted - last.current.accepted) / seconds);
    }
    last.current = { now, accepted: stats.segmentsAccepted };
  }, [stats]);
  return segments;
}

export function Arrivals() {
  const { data: stats } = useGet("/api/stats", {}, { every: EVERY });
  const state = useStore(connection);
  const segments = useRate(stats);
  if (!stats) return null;
  const dropped = stats.tracesEvicted;
  const refused = stats.segmentsRefused;
  return html`<ul class="arrivals plain number" aria-label="What arrives">
    <li title=${`${stats.segmentsAccepted} segments stored, ${stats.spansStored} spans in memory`}>
      <span class=${`live-dot ${state === "ok" && segments > 0 ? "live-on" : ""}`}
        aria-hidden="true" />
      <b>${state === "ok" ? rate(segments) : "–"}</b> segments/s
    </li>
    ${stats.violations > 0 && html`<li><a class="badge badge-warn"
      href=${link("/services", { tab: "violations" })}
      title="Violations of the protocol, by rule, with what to change">
      <${Icon} name="warn" size=${12} />${plural(stats.violations, "violation")}</a></li>`}
    ${refused > 0 && html`<li class="badge badge-error"
      title="A SkyWalking backend would lose these segments, too.">
      ${plural(refused, "segment")} refused</li>`}
    ${dropped > 0 && html`<li
      title="The oldest traces are removed at the memory limit.">
      ${count(dropped)} dropped</li>`}
  </ul>`;
}
