// Texts of markup, right-to-left, control characters and 10 000 characters are shown as text.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { pageTest, useBrowser } from "./harness/browser.mjs";
import { openTrace, spans, traces } from "./harness/pages.mjs";
import { startCollector } from "./harness/programs.mjs";

useBrowser();
let collector;
let all;
before(async () => {
  collector = await startCollector();
  await collector.send("hostile-text");
  ({ traces: all } = await collector.get("/api/traces"));
});
after(() => collector.stop());

/** Pages show a long text cut, and its beginning at least. */
const shows = (shown, text) =>
  (text.length <= 40 ? shown === text : shown.startsWith(text.slice(0, 20)));

/** Fails if a text became an element, an address or a script, or widened the page. */
async function isText(page) {
  const found = await page.evaluate(() => ({
    ran: window.hostile,
    elements: document.querySelectorAll(
      "img, iframe, object, embed, #app script, [onload], [onerror]").length,
    addresses: [...document.querySelectorAll("a[href]")].map((a) => a.href)
      .filter((href) => !href.startsWith(window.location.origin)),
    wide: document.documentElement.scrollWidth > window.innerWidth,
  }));
  assert.deepEqual(found, { ran: undefined, elements: 0, addresses: [], wide: false });
}

pageTest("list shows hostile names as text", { name: "hostile traces" }, async (page) => {
  await page.goto(`${collector.url}/traces`);
  await traces(page).nth(all.length - 1).waitFor();
  const shown = await traces(page).locator(".row-link bdi").evaluateAll((names) =>
    names.map(({ textContent }) => textContent));
  for (const { rootName } of all) {
    assert.ok(shown.some((name) => shows(name, rootName)), rootName.slice(0, 60));
  }
  await isText(page);
});

pageTest("trace shows hostile texts as text", { name: "hostile trace" }, async (page) => {
  for (const { traceId, rootName } of all) {
    await page.goto(`${collector.url}/traces/${traceId}`);
    await openTrace(page);
    for (let row = 0; row < await spans(page).count(); row++) {
      await spans(page).nth(row).click();
      const details = page.getByRole("complementary", { name: "Details of the span" });
      await details.getByRole("table", { name: "Tags" }).waitFor();
      await isText(page);
    }
    const title = await page.getByRole("heading", { level: 1 }).getAttribute("title");
    assert.ok(shows(title, rootName), title.slice(0, 60));
  }
});

pageTest("logs show hostile texts as text", { name: "hostile logs" }, async (page) => {
  const { logs } = await collector.get("/api/logs");
  await page.goto(`${collector.url}/logs`);
  await page.locator(".log-row").nth(20).waitFor();
  await isText(page);
  for (const { number } of logs) {
    await page.goto(`${collector.url}/logs?log=${number}`);
    await page.getByRole("table", { name: "Tags" }).waitFor();
    await isText(page);
  }
});

pageTest("map and services show hostile texts as text", { name: "hostile map" }, async (page) => {
  await page.goto(`${collector.url}/map`);
  await page.locator("[data-node]").nth(5).waitFor();
  await isText(page);
  await page.goto(`${collector.url}/map?view=table`);
  await page.getByRole("table", { name: "Calls" }).waitFor();
  await isText(page);
  await page.goto(`${collector.url}/services`);
  await page.getByRole("table").first().waitFor();
  await isText(page);
  for (const { service } of all) {
    await page.goto(`${collector.url}/services/${encodeURIComponent(service)}`);
    await page.getByRole("heading", { level: 1 }).first().waitFor();
    await isText(page);
  }
});
