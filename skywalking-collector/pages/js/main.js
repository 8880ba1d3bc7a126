// Starts the pages. The collector sends this module with all that it imports, as one file; the same
// holds for each module that is imported by `import()`.
import { render } from "preact";
import { html } from "./html.js";
import { startKeys } from "./keys.js";
import { startRouter } from "./router.js";
import { Shell, loadFirstPage } from "./shell.js";

startRouter();
startKeys();
const start = () => render(html`<${Shell} />`, document.getElementById("app"));
// If the page can't be loaded, the shell tries again and shows the error.
loadFirstPage().then(start, start);
