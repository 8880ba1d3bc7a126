// Each page in light and dark, at 400, 1280 and 1600 px: screenshots, accessibility, no overflow.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { pageTest, screenshot, useBrowser } from "./harness/browser.mjs";
import { checkAccessibility, openTrace, traces } from "./harness/pages.mjs";
import { startCollector } from "./harness/programs.mjs";

useBrowser();
let collector;
let empty;
let failed;
let log;
before(async () => {
  collector = await startCollector();
  empty = await startCollector();
  await collector.send("shop", "--past", "300");
  const { traces: found } = await collector.get("/api/traces?service=payments&error=true&limit=1");
  failed = found[0].traceId;
  const { logs } = await collector.get("/api/logs?level=ERROR&service=payments&limit=1");
  log = logs[0].number;
});
after(async () => {
  await collector.stop();
  await empty.stop();
});

/** Each page: its name, its address, and a wait for its content. */
const PAGES = [
  ["empty", () => `${empty.url}/`, (page) => page.getByRole("tablist").waitFor()],
  ["traces", () => `${collector.url}/traces`, (page) => traces(page).first().waitFor()],
  ["trace", () => `${collector.url}/traces/${failed}`, openTrace],
  ["trace-details", () => `${collector.url}/traces/${failed}`, async (page) => {
    await openTrace(page);
    await page.keyboard.press("e");
    await page.keyboard.press("Enter");
    await page.getByRole("table", { name: "Tags" }).waitFor();
  }],
  ["trace-table", () => `${collector.url}/traces/${failed}?view=table`,
    (page) => page.getByRole("tabpanel").getByRole("row").nth(1).waitFor()],
  ["trace-summary", () => `${collector.url}/traces/${failed}?view=summary`,
    (page) => page.getByRole("tabpanel").getByRole("row").nth(1).waitFor()],
  ["map", () => `${collector.url}/map`, (page) => page.locator("[data-node]").nth(8).waitFor()],
  ["services", () => `${collector.url}/services`,
    (page) => page.getByRole("link", { name: "payments" }).first().waitFor()],
  ["service", () => `${collector.url}/services/catalog`,
    (page) => page.getByRole("heading", { name: "catalog" }).waitFor()],
  ["service-meters", () => `${collector.url}/services/catalog?tab=meters`,
    (page) => page.locator(".meter canvas").nth(5).waitFor()],
  ["service-events", () => `${collector.url}/services/catalog?tab=events`,
    (page) => page.getByRole("heading", { name: "Start" }).first().waitFor()],
  ["logs", () => `${collector.url}/logs`, (page) => page.locator(".log-row").nth(12).waitFor()],
  ["logs-details", () => `${collector.url}/logs?level=ERROR&log=${log}`,
    (page) => page.getByRole("table", { name: "Tags" }).waitFor()],
  ["logs-empty", () => `${empty.url}/logs`, (page) => page.getByRole("tablist").waitFor()],
];

const LOOKS = [
  ["light", { colorScheme: "light" }],
  ["dark", { colorScheme: "dark" }],
  ["400", { colorScheme: "light", viewport: { width: 400, height: 800 } }],
  ["1600", { colorScheme: "dark", viewport: { width: 1600, height: 1000 } }],
];

for (const [look, options] of LOOKS) {
  pageTest(`pages at ${look} are accessible and fit`, options, async (page) => {
    for (const [name, address, wait] of PAGES) {
      await page.goto(address());
      await wait(page);
      await page.evaluate(() => document.fonts.ready);
      await screenshot(page, `${name}-${look}`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= page.viewportSize().width, `${name} at ${look} is ${wide} px wide`);
      await checkAccessibility(page, `${name} at ${look}`);
    }
  });
}

pageTest("what arrives is in view at 400 px", { viewport: { width: 400, height: 800 } },
  async (page) => {
    await page.goto(`${collector.url}/traces`);
    const arrivals = page.getByRole("list", { name: "What arrives" });
    await arrivals.waitFor();
    const { x, y, width, height } = await arrivals.boundingBox();
    assert.ok(x >= 0 && x + width <= 400 && y + height <= 800 && height >= 20, `${y} ${height}`);
    await arrivals.getByRole("link", { name: /violations/ }).click();
    await page.getByRole("tab", { name: /^Violations/, selected: true }).waitFor();
  });

pageTest("dark follows the system, and the switch is kept", { colorScheme: "dark" },
  async (page) => {
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await page.goto(`${collector.url}/traces`);
    await traces(page).first().waitFor();
    const dark = await background();
    await page.getByRole("button", { name: "Use the light theme" }).click();
    await page.getByRole("button", { name: "Use the dark theme" }).waitFor();
    const light = await background();
    assert.notEqual(light, dark);
    await page.reload();
    await traces(page).first().waitFor();
    assert.equal(await background(), light);
  });
