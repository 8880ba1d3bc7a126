// The first page loads its scripts in parallel: index.html preloads them. The collector sends the
// start module and the targets of dynamic imports with all modules that they import.
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

it("index.html preloads the scripts of the first page", () => {
  const entries = ["js/main.js", "js/pages/traces/index.js"];
  const vendored = new Set();
  const seen = new Set();
  for (const entry of entries) collect(entry, seen, vendored);
  assert.ok(seen.size > 30);
  // The Traces page is part of the start module's file.
  const links = index.matchAll(/"modulepreload" href="([^"]+)"/g);
  assert.deepEqual([...links].map(([, path]) => path).sort(),
    ["/assets/js/main.js", ...vendored].sort());
});
