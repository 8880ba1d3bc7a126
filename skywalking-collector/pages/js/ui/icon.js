// Icons, drawn in a box of 16. They are decoration: the button or link has the name.
import { html } from "../html.js";

const PATHS = {
  traces: "M2 4h8M5 8h7M8 12h6",
  map: "M4 8a2 2 0 1 0 0-.01M12 4a2 2 0 1 0 0-.01M12 12a2 2 0 1 0 0-.01M6 7l4-2M6 9l4 2",
  services: "M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5h.01M5 11h.01",
  logs: "M3.5 2.5h9v11h-9zM5.5 5.5h5M5.5 8h5M5.5 10.5h3",
  theme: "M8 2a6 6 0 1 0 0 12zM8 2a6 6 0 0 1 0 12",
  keys: "M1.5 4h13v8h-13zM4 6.5h.01M7 6.5h.01M10 6.5h.01M12 6.5h.01M5 9.5h6",
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.5 10.5l3.5 3.5",
  pause: "M5.5 3.5v9M10.5 3.5v9",
  play: "M5 3l8 5-8 5z",
  close: "M4 4l8 8M12 4l-8 8",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  check: "M3 8.5l3.5 3.5L13 5",
  warn: "M8 2l6.5 11.5h-13zM8 6.5v3.5M8 12h.01",
  down: "M4 6l4 4 4-4",
  right: "M6 4l4 4-4 4",
  clock: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 4.5V8l2.5 1.5",
};

/** `<${Icon} name="search" />` */
export function Icon({ name, size = 16 }) {
  return html`<svg class="icon" viewBox="0 0 16 16" width=${size} height=${size}
    aria-hidden="true" focusable="false"><path d=${PATHS[name]} /></svg>`;
}
