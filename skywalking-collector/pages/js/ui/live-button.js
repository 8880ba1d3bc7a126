// The button that pauses and resumes a live list.
import { html } from "../html.js";
import { Icon } from "./icon.js";

/** `<${LiveButton} paused live stream toggle what="traces" />`; `stream` is that of `useStream`. */
export function LiveButton({ paused, live, stream, toggle, what }) {
  if (!live) return null;
  const open = stream === "open" && !paused;
  const text = paused ? "Paused" : open ? "Live" : "Connecting";
  return html`<button type="button" class="live" aria-pressed=${paused ? "true" : "false"}
    onClick=${toggle} title=${paused ? `Add new ${what} again (Space)` : "Pause (Space)"}
    aria-label=${paused ? "Resume the live list" : "Pause the live list"}>
    <span class=${`live-dot ${open ? "live-on" : ""}`} aria-hidden="true" />
    <span>${text}</span><${Icon} name=${paused ? "play" : "pause"} size=${14} />
  </button>`;
}
