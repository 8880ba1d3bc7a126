// The page of a trace: several references, reasons, views, and traces that arrive later.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { pageTest, until, useBrowser } from "./harness/browser.mjs";
import { openTrace, spans, traces } from "./harness/pages.mjs";
import { startCollector } from "./harness/programs.mjs";

useBrowser();
let collector;

const START = Date.now() - 60_000;

function span(name, type, more = {}) {
  return {
    spanId: 0, parentSpanId: -1, startTime: START, endTime: START + 100, operationName: name,
    peer: "", spanType: type, spanLayer: "MQ", componentId: 0, isError: false, tags: [], logs: [],
    refs: [], ...more,
  };
}

const segment = (trace, id, service, spans) => ({
  traceId: trace, traceSegmentId: id, service, serviceInstance: `${service}-1`, spans,
});

const reference = (trace) => ({
  refType: "CrossProcess", traceId: trace, parentTraceSegmentId: `${trace}-producer`,
  parentSpanId: 0, parentService: `of ${trace}`, parentServiceInstance: `${trace}-1`,
  parentEndpoint: "produce", networkAddressUsedAtPeer: "queue:1",
});

async function report(...segments) {
  const response = await fetch(`${collector.url}/v3/segments`, {
    method: "POST", headers: { "content-type": "application/json" },
    body: JSON.stringify(segments),
  });
  assert.equal(response.status, 200, await response.text());
}

before(async () => {
  collector = await startCollector();
  await report(
    segment("first", "first-producer", "of first", [span("produce", "Entry")]),
    segment("second", "second-producer", "of second", [span("produce", "Entry")]),
    segment("first", "consumer", "consumer", [span("consume", "Entry", {
      startTime: START + 50, refs: [reference("first"), reference("second")],
    })]),
    segment("failed", "failed", "shop", [span("fail", "Entry", {
      isError: true,
      logs: [{ time: START, data: [{ key: "event", value: "error" },
        { key: "message", value: "disk full" }] }],
    })]),
  );
});
after(() => collector.stop());

const details = (page) => page.getByRole("complementary", { name: "Details of the span" });
const title = (text) => `${text} · SkyWalking collector`;

pageTest("consumer of two traces links both, and is linked from both", {}, async (page) => {
  await page.goto(`${collector.url}/traces/first?segment=consumer&span=0`);
  await openTrace(page);
  assert.deepEqual(await spans(page).evaluateAll((rows) => rows.map((row) =>
    Number(row.getAttribute("aria-level")))), [1, 2]);
  const links = details(page).getByRole("link");
  await until(async () => await links.count() === 2, "two links");
  await links.nth(1).click();
  await until(() => new URL(page.url()).pathname === "/traces/second", "the other trace");
  await spans(page).getByRole("img", { name: /continues this span in trace "first"/ }).waitFor();
  await details(page).getByRole("link", { name: /consume consumer in another trace/ }).click();
  await until(() => new URL(page.url()).pathname === "/traces/first", "the first trace");
  await spans(page).nth(1).waitFor();
});

pageTest("row keeps the reason of an error beside the details", {}, async (page) => {
  await page.goto(`${collector.url}/traces/failed?segment=failed&span=0`);
  await details(page).waitFor();
  await spans(page).getByText("disk full", { exact: true }).waitFor();
});

pageTest("title names the trace", {}, async (page) => {
  await page.goto(`${collector.url}/traces`);
  await traces(page).filter({ hasText: "fail" }).getByRole("link").click();
  await until(async () => await page.title() === title("fail"), "the title of the trace");
  await page.goBack();
  await until(async () => await page.title() === title("Traces"), "the title of the list");
});

pageTest("views are remembered", {}, async (page) => {
  await page.goto(`${collector.url}/traces`);
  await traces(page).filter({ hasText: "fail" }).getByRole("link").click();
  await page.getByRole("tab", { name: "Table" }).click();
  await page.goto(`${collector.url}/services?sort=name`);
  await page.getByRole("button", { name: "p95" }).click();
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Map" }).click();
  await page.locator("[data-node]").first().waitFor();
  await page.keyboard.press("v");
  await page.getByRole("heading", { name: "Nodes" }).waitFor();

  await page.keyboard.press("g");
  await page.keyboard.press("s");
  await page.getByRole("columnheader", { name: "p95" }).and(page.locator("[aria-sort]")).waitFor();
  assert.equal(new URL(page.url()).search, "?sort=p95");
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Map" }).click();
  await page.getByRole("heading", { name: "Nodes" }).waitFor();
  await page.goto(`${collector.url}/traces`);
  await traces(page).filter({ hasText: "fail" }).getByRole("link").click();
  await page.getByRole("tab", { name: "Table", selected: true }).waitFor();
  assert.equal(new URL(page.url()).search, "?view=table");
  await page.goto(`${collector.url}/traces/failed`);
  await page.getByRole("tab", { name: "Waterfall", selected: true }).waitFor();
});

pageTest("trace is shown as soon as it arrives", {}, async (page) => {
  await page.goto(`${collector.url}/traces/later`);
  await page.getByRole("heading", { name: "The trace is not stored" }).waitFor();
  await report(segment("later", "later", "shop", [span("at last", "Entry")]));
  await openTrace(page);
});

pageTest("id in the search line opens its trace", {}, async (page) => {
  await page.goto(`${collector.url}/traces`);
  await traces(page).first().waitFor();
  const input = page.getByRole("combobox", { name: "Search traces" });
  await report(segment("f00d5ca1ab1e", "id", "shop", [span("by id", "Entry")]));
  await input.fill(" f00d5ca1ab1e ");
  await input.press("Enter");
  await openTrace(page);
  assert.equal(new URL(page.url()).pathname, "/traces/f00d5ca1ab1e");
});
