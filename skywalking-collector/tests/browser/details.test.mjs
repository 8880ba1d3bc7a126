// The details of a span.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { pageTest, useBrowser } from "./harness/browser.mjs";
import { openTrace, spans } from "./harness/pages.mjs";
import { startCollector } from "./harness/programs.mjs";

useBrowser();
let shop;
let failed;
before(async () => {
  shop = await startCollector();
  await shop.send("shop", "--past", "300");
  const { traces } = await shop.get("/api/traces?service=payments&error=true&limit=1");
  failed = await shop.get(`/api/traces/${traces[0].traceId}`);
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
