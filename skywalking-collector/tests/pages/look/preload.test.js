// The first page needs one script, which index.html preloads. The collector sends the start module
// with all modules that it imports, also preact and htm.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { it } from "node:test";

const pages = new URL("../../../pages/", import.meta.url);
const read = (path) => readFileSync(new URL(path, pages), "utf8");
const index = read("index.html");
const { imports } = JSON.parse(/<script type="importmap">([^]*?)<\/script>/.exec(index)[1]);

/** Adds the vendored modules that a module needs. */
function collect(path, seen, vendored) {
  if (seen.has(path)) return;
  seen.add(path);
  for (const [, name] of read(path).matchAll(/^(?:import|\}) [^;]*?"([^"]+)";/gm)) {
    if (name.startsWith(".")) {
      collect(new URL(name, new URL(path, "http://pages/")).pathname.slice(1), seen, vendored);
    } else {
      vendored.add(imports[name]);
    }
  }
}

it("index.html preloads the script of the first page and names its vendored modules", () => {
  const entries = ["js/main.js", "js/pages/traces/index.js"];
  const vendored = new Set();
  const seen = new Set();
  for (const entry of entries) collect(entry, seen, vendored);
  assert.ok(seen.size > 30);
  const links = index.matchAll(/"modulepreload" href="([^"]+)"/g);
  assert.deepEqual([...links].map(([, path]) => path), ["/assets/js/main.js"]);
  // Without the bundler, the pages import them by these names.
  assert.deepEqual([...vendored].sort(), ["/assets/vendor/htm/htm.mjs",
    "/assets/vendor/preact/hooks.mjs", "/assets/vendor/preact/preact.mjs"]);
});
