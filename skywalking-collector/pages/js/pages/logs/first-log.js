// Shown while no log is stored: how to send the first one.
import { html } from "../../html.js";
import { useGet } from "../../api.js";
import { useRemembered } from "../../store.js";
import { Copy } from "../../ui/copy.js";
import { Tabs, tabId } from "../../ui/tabs.js";
import { agentAddress } from "../traces/snippets.js";
import { snippets } from "./snippets.js";

const PANEL = "first-log";

export function FirstLog() {
  const { data: about } = useGet("/api/about");
  const [way, setWay] = useRemembered("logs.way", "curl");
  if (!about) return null;
  const grpc = agentAddress(about.grpcAddr);
  const ways = snippets(grpc, agentAddress(about.httpAddr), about.tokenRequired);
  const chosen = ways.find(({ id }) => id === way) ?? ways[0];
  const text = chosen.lines.join("\n");
  return html`<div class="first-steps">
    <span class="live-dot live-on" aria-hidden="true" />
    <h1>No log has arrived yet on ${grpc}</h1>
    <p>An agent that reports logs sends them to the address of its traces. They appear here as soon
      ${" "}as they arrive.</p>
    <${Tabs} label="Ways to send a log" tabs=${ways} selected=${chosen.id} onSelect=${setWay}
      panel=${PANEL} />
    <div id=${PANEL} role="tabpanel" aria-labelledby=${tabId(PANEL, chosen.id)} class="snippet">
      <pre tabindex="0" aria-label=${`Lines for ${chosen.name}`}>${text}</pre>
      <${Copy} text=${text} label="Copy the lines" />
    </div>
    <p class="dim">${chosen.note}
      ${about.tokenRequired && " Replace YOUR_TOKEN with the token of this collector."}</p>
  </div>`;
}
