// The first page loads its modules in parallel: index.html lists all of them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { it } from "node:test";

const pages = new URL("../../../pages/", import.meta.url);
const read = (path) => readFileSync(new URL(path, pages), "utf8");

/** Adds a module and its static imports. */
function collect(path, found) {
  if (found.has(path)) return;
  found.add(path);
  for (const [, target] of read(path).matchAll(/^(?:import|export|\}) [^;]*?"(\.[^"]+)";/gm)) {
    collect(new URL(target, new URL(path, "http://pages/")).pathname.slice(1), found);
  }
}

it("index.html preloads the modules of the first page", () => {
  const found = new Set();
  collect("js/main.js", found);
  collect("js/pages/traces/index.js", found);
  found.delete("js/main.js");
  const links = read("index.html").matchAll(/"modulepreload" href="\/assets\/(js\/[^"]+)"/g);
  assert.deepEqual([...links].map(([, path]) => path), [...found].sort());
});
