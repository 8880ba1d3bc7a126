// A button that copies a text.
import { useEffect, useState } from "preact/hooks";
import { html } from "../html.js";
import { Icon } from "./icon.js";

/** Copies also where the page has no access to the clipboard, such as over plain HTTP. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "offscreen";
    (document.querySelector("dialog[open]") ?? document.body).append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}

/** `<${Copy} text=${id} label="Copy the trace id" />`; `children` replaces the icon. */
export function Copy({ text, label, class: extra = "quiet", children }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  const press = async (event) => {
    event.preventDefault();
    event.stopPropagation();
    await copy(typeof text === "function" ? await text() : text);
    setCopied(true);
  };
  return html`<button type="button" class=${extra} title=${copied ? "Copied" : label}
    aria-label=${copied ? "Copied" : label} onClick=${press}>
    ${copied ? html`<${Icon} name="check" />` : children ?? html`<${Icon} name="copy" />`}
  </button>`;
}
