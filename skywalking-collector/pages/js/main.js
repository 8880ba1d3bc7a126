// Starts the pages. The collector sends this module with all that it imports, as one file; the same
// holds for each module that is imported by `import()`.
import { render } from "preact";
import { html } from "./html.js";
import { startKeys } from "./keys.js";
import { startRouter } from "./router.js";
import { Shell, loadFirstPage } from "./shell.js";
import { startPaint } from "./ui/paint.js";

startRouter();
startKeys();
/** The first paint waits at most this time in ms for the first traces. */
const LONGEST_WAIT = 100;

const waited = new Promise((resolve) => {
  setTimeout(resolve, LONGEST_WAIT);
});
// The first paint shows the traces if they are here soon: a paint takes longer than the request.
// What fails is tried again by the shell and the page, which show the error.
Promise.allSettled([loadFirstPage(), Promise.race([window.firstTraces?.answer, waited])])
  .then(() => {
    render(html`<${Shell} />`, document.getElementById("app"));
    startPaint();
  });
