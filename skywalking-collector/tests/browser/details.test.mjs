// The details of a span, and the widths of columns.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { pageTest, until, useBrowser } from "./harness/browser.mjs";
import { openTrace, spans, traces } from "./harness/pages.mjs";
import { startCollector } from "./harness/programs.mjs";

useBrowser();
let shop;
let failed;
before(async () => {
  shop = await startCollector();
  await shop.send("shop", "--past", "300");
  const { traces: found } = await shop.get("/api/traces?service=payments&error=true&limit=1");
  failed = await shop.get(`/api/traces/${found[0].traceId}`);
});
after(() => shop.stop());

const valueOf = (log, key) => log.data.find((field) => field.key === key)?.value;

pageTest("an error log is shown once, as a cause", { name: "details error" }, async (page) => {
  const span = failed.spans.find(({ isError, logs }) => isError && logs.length > 1
    && logs.every((log) => valueOf(log, "error.kind")));
  const kinds = span.logs.map((log) => valueOf(log, "error.kind"));
  await page.goto(`${shop.url}/traces/${failed.traceId}`);
  await openTrace(page);
  await spans(page).filter({ hasText: span.operationName }).last().click();
  const details = page.getByRole("complementary", { name: "Details of the span" });
  await details.getByRole("heading", { name: "Causes" }).waitFor();
  for (const kind of kinds) {
    assert.equal(await details.getByText(kind, { exact: true }).count(), 1, kind);
  }
  assert.equal(await details.getByRole("heading", { name: /^Logs/ }).count(), 0);
});

/** Drags a separator by `dx` px. */
async function drag(page, separator, dx) {
  const { x, y, width, height } = await separator.boundingBox();
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + width / 2 + dx, y + height / 2, { steps: 4 });
  await page.mouse.up();
}

const widthOf = async (locator) => Math.round((await locator.boundingBox()).width);

/** Waits until the width of an element is `expected` px, up to the rounding. */
const isWide = (locator, expected) => until(
  async () => Math.abs(await widthOf(locator) - expected) <= 1, `a width of ${expected} px`);

pageTest("columns of the list keep their width", { name: "columns" }, async (page) => {
  const list = page.getByRole("table", { name: "Traces" });
  const head = (name) => list.getByRole("columnheader", { name });
  const cell = () => traces(page).first().locator(".cell-bars");
  const handle = () => page.getByRole("separator", { name: "Width of the column Segments" });
  await page.goto(`${shop.url}/traces`);
  await traces(page).first().waitFor();
  const [before, endpoint] = [await widthOf(cell()), await widthOf(head("Endpoint"))];
  await drag(page, handle(), 60);
  await isWide(cell(), before - 60);
  await isWide(head("Endpoint"), endpoint + 60);
  await handle().focus();
  await page.keyboard.press("ArrowRight");
  await isWide(cell(), before - 76);
  await page.reload();
  await isWide(cell(), before - 76);
  await handle().dblclick();
  await isWide(cell(), before);
});

pageTest("columns of the spans keep their width", {}, async (page) => {
  const head = () => page.getByRole("columnheader", { name: "Service" });
  await page.goto(`${shop.url}/traces/${failed.traceId}?view=table`);
  await head().waitFor();
  const before = await widthOf(head());
  await drag(page, page.getByRole("separator", { name: "Width of the column Service" }), -80);
  await isWide(head(), before + 80);
  await page.reload();
  await isWide(head(), before + 80);
});

pageTest("the width of the keys is that of all fields", {}, async (page) => {
  await page.goto(`${shop.url}/traces/${failed.traceId}`);
  await openTrace(page);
  await page.keyboard.press("e");
  await page.keyboard.press("Enter");
  const key = () => page.getByRole("table", { name: "Tags" }).getByRole("rowheader").first();
  await key().waitFor();
  const before = await widthOf(key());
  await drag(page, page.getByRole("separator", { name: "Width of the keys" }).first(), 40);
  await isWide(key(), before + 40);
  await page.reload();
  await isWide(key(), before + 40);
});
