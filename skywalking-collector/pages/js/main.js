// Starts the pages.
import { render } from "preact";
import { html } from "./html.js";
import { startKeys } from "./keys.js";
import { startRouter } from "./router.js";
import { Shell } from "./shell.js";

startRouter();
startKeys();
render(html`<${Shell} />`, document.getElementById("app"));
