// Shown while nothing is stored: how to send the first trace.
import { html } from "../../html.js";
import { useGet } from "../../api.js";
import { useRemembered } from "../../store.js";
import { Copy } from "../../ui/copy.js";
import { Tabs, tabId } from "../../ui/tabs.js";
import { agentAddress, snippets } from "./snippets.js";

const PANEL = "first-steps";

export function FirstSteps() {
  const { data: about } = useGet("/api/about");
  const [language, setLanguage] = useRemembered("language", "rust");
  if (!about) return null;
  const address = agentAddress(about.grpcAddr);
  const languages = snippets(address, about.tokenRequired);
  const chosen = languages.find(({ id }) => id === language) ?? languages[0];
  const text = chosen.lines.join("\n");
  return html`<div class="first-steps">
    <span class="live-dot live-on" aria-hidden="true" />
    <h1>Nothing has arrived yet on ${address}</h1>
    <p>Send a trace with any SkyWalking agent. It appears here as soon as it arrives.</p>
    <${Tabs} label="Languages" tabs=${languages} selected=${chosen.id} onSelect=${setLanguage}
      panel=${PANEL} />
    <div id=${PANEL} role="tabpanel" aria-labelledby=${tabId(PANEL, chosen.id)} class="snippet">
      <pre tabindex="0" aria-label=${`Commands for ${chosen.name}`}>${text}</pre>
      <${Copy} text=${text} label="Copy the commands" />
    </div>
    <p class="dim">${chosen.note}
      ${about.tokenRequired && " Replace YOUR_TOKEN with the token of this collector."}</p>
    <p class="dim">Agents that report over HTTP use ${agentAddress(about.httpAddr)}.</p>
  </div>`;
}
