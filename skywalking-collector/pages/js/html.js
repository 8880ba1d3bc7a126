// Templates: html`<p>${text}</p>`. Values become text nodes, never markup.
import { h } from "preact";
import htm from "htm";

export const html = htm.bind(h);
