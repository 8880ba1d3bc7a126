// The commands of the empty page. The test `first-steps` of the browser runs them.
import test from "node:test";
import assert from "node:assert/strict";
import { agentAddress, snippets } from "../../../pages/js/pages/traces/snippets.js";

test("commands have the real address, and a token only if it is needed", () => {
  for (const needsToken of [false, true]) {
    const languages = snippets("[2001:db8::1]:40123", needsToken);
    assert.deepEqual(languages.map(({ name }) => name), ["Rust", "Go", "Java", "Python"]);
    for (const { name, lines } of languages) {
      const text = lines.join("\n");
      assert.equal(text.split("[2001:db8::1]:40123").length, 2, name);
      assert.equal(text.split("YOUR_TOKEN").length, needsToken ? 2 : 1, name);
    }
  }
});

test("address of a collector on all addresses is that of the page", (t) => {
  globalThis.window = { location: { hostname: "devbox.example" } };
  t.after(() => delete globalThis.window);
  for (const [address, expected] of [
    ["127.0.0.1:11800", "127.0.0.1:11800"],
    ["[::1]:11800", "[::1]:11800"],
    ["0.0.0.0:40123", "devbox.example:40123"],
    ["[::]:40123", "devbox.example:40123"],
  ]) {
    assert.equal(agentAddress(address), expected);
  }
});
