// The seed scenario: `snapshot --serve` as a person sees it.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { pageTest, until, useBrowser } from "./harness/browser.mjs";
import { startSeed } from "./harness/programs.mjs";
import { bars, openTrace } from "./harness/pages.mjs";

useBrowser();
let seed;
before(async () => { seed = await startSeed(); });
after(() => seed.stop());

pageTest("waterfall shows the four spans", { name: "seed trace" }, async (page) => {
  await page.goto(`${seed.url}/traces`);
  await page.getByRole("table", { name: "Traces" }).getByRole("link").click();
  await openTrace(page);
  const found = await bars(page);
  assert.deepEqual(found.map(({ level, name, service }) => [level, name, service]), [
    [1, "/API/Snapshot", "RTS_Test"],
    [2, "/Service/OnSnapshot", "RTS_Test"],
    [3, "/Service/OnSnapshot/QueringSnapshot", "Service_Test"],
    [4, "/database/QuerySnapshot", "Service_Test"],
  ]);

  const { columns, start, end } = await seed.get(`/api/traces/${seed.trace}/skeleton`);
  found.forEach(({ left, width, track }, row) => {
    const scale = track / Math.max(end - start, 1);
    assert.ok(Math.abs(left - columns.start[row] * scale) <= 2, `left of row ${row}: ${left}`);
    const expected = columns.duration[row] * scale;
    assert.ok(Math.abs(width - Math.max(expected, 2)) <= 2, `width of row ${row}: ${width}`);
  });
});

pageTest("map shows three calls", { name: "seed map" }, async (page) => {
  await page.goto(`${seed.url}/map`);
  await page.getByRole("button", { name: /^RTS_Test\b/ }).waitFor();
  await page.getByRole("button", { name: "Table" }).click();
  const rows = page.getByRole("table", { name: "Calls" }).locator("tbody").getByRole("row");
  await until(async () => await rows.count() === 3, "three calls");
  const text = (await rows.allInnerTexts()).map((row) => row.replaceAll(/\s+/g, " ")).sort();
  assert.match(text[0], /^RTS_Test Service_Test /);
  assert.match(text[1], /^Service_Test APIService /);
  assert.match(text[2], /^User RTS_Test /);
  await page.getByRole("button", { name: "Map", exact: true }).click();
  await page.getByRole("button", { name: /^APIService\b/ }).waitFor();
  await until(async () => await page.locator("[data-call]").count() === 3, "three edges");
});
