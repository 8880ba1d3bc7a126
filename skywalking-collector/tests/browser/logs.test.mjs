// Reported logs, meters and events: their pages, and the logs of a trace.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { pageTest, until, useBrowser } from "./harness/browser.mjs";
import { openTrace, spans } from "./harness/pages.mjs";
import { startCollector } from "./harness/programs.mjs";

useBrowser();
let shop;
before(async () => {
  shop = await startCollector();
  await shop.send("shop", "--past", "120");
});
after(() => shop.stop());

/** The rows of the list, without its head. */
const logs = (page) => page.getByRole("table", { name: "Logs" }).locator("[role=row][data-id]");

/** Waits until the list shows what the API finds for `query`. */
async function listShows(page, query) {
  const { logs: expected, matched } = await shop.get(`/api/logs?limit=200&${query}`);
  assert.ok(expected.length > 0, `nothing matches ${query}`);
  await until(async () => {
    const shown = await logs(page).evaluateAll((rows) => rows.map(({ dataset }) => dataset.id));
    const total = await page.getByRole("table", { name: "Logs" }).getAttribute("aria-rowcount")
      .catch(() => null);
    return shown[0] === String(expected[0].number) && Number(total) - 1 === expected.length;
  }, `the list shows ${expected.length} of ${matched} logs for ${query}`);
  return expected;
}

const report = (collector, path, records) => fetch(`${collector.url}${path}`, {
  method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(records),
}).then((response) => assert.equal(response.status, 200));

const text = (service, body, level = "INFO") => ({
  service, body: { text: { text: body } }, tags: { data: [{ key: "level", value: level }] },
});

pageTest("filters are in the address", { name: "logs filters" }, async (page) => {
  await page.goto(`${shop.url}/logs`);
  await listShows(page, "");
  await page.getByRole("group", { name: "Levels" }).getByRole("button", { name: "ERROR" }).click();
  await listShows(page, "level=ERROR");
  await page.getByRole("combobox", { name: "Service" }).selectOption("payments");
  await listShows(page, "level=ERROR&service=payments");
  await page.getByRole("textbox", { name: "Search logs" }).fill("RESET");
  const found = await listShows(page, "level=ERROR&service=payments&text=reset");
  assert.ok(found.every(({ body }) => body.toLowerCase().includes("reset")));
  assert.equal(new URL(page.url()).search, "?level=ERROR&service=payments&text=RESET");
  await page.reload();
  await listShows(page, "level=ERROR&service=payments&text=reset");
  await page.getByRole("button", { name: "Clear" }).click();
  await listShows(page, "");
  assert.equal(new URL(page.url()).search, "");
});

pageTest("a line opens its trace at its span", { name: "logs trace" }, async (page) => {
  await page.goto(`${shop.url}/logs?level=ERROR`);
  const [log] = await listShows(page, "level=ERROR");
  await logs(page).first().click();
  await openTrace(page);
  const address = new URL(page.url());
  assert.equal(address.pathname, `/traces/${encodeURIComponent(log.traceId)}`);
  const details = page.getByRole("complementary", { name: "Details of the span" });
  const list = details.getByRole("list", { name: "Reported logs" });
  await list.getByText(log.body.split("\n")[0]).waitFor();
  const { logs: all } = await shop.get(`/api/traces/${log.traceId}/logs`);
  const own = all.filter(({ segmentId, spanId }) =>
    segmentId === log.segmentId && spanId === log.spanId);
  assert.equal(await list.locator("> li").count(), own.length);
  const signs = spans(page).getByRole("img", { name: /reported logs?/ });
  await until(async () => await signs.count() > 0, "signs in the rows");
  const marked = new Set(all.map(({ segmentId, spanId }) => `${segmentId}:${spanId}`));
  assert.equal(await signs.count(), marked.size);
  await page.getByRole("link", { name: `${all.length} logs` }).click();
  await listShows(page, `trace=${log.traceId}`);
  await page.goBack();
  await openTrace(page);
});

pageTest("details show the whole log", { name: "logs details" }, async (page) => {
  await page.goto(`${shop.url}/logs?level=ERROR`);
  const [log] = await listShows(page, "level=ERROR");
  await page.keyboard.press("j");
  await page.keyboard.press("d");
  const details = page.getByRole("complementary", { name: "Details of the log" });
  await details.getByRole("link", { name: log.traceId }).waitFor();
  assert.equal((await details.getByLabel("Text of the log").innerText()).trim(), log.body);
  for (const { key, value } of log.tags) {
    await details.getByRole("row", { name: `${key} ${value}` }).waitFor();
  }
  assert.equal(new URL(page.url()).searchParams.get("log"), String(log.number));
  await page.keyboard.press("Escape");
  await details.waitFor({ state: "hidden" });
  await page.goto(`${shop.url}/logs?level=WARN`);
  await logs(page).first().hover();
  await logs(page).first().getByRole("button", { name: /^Details of log/ }).click();
  await details.getByText('"event": "slow"').waitFor();
});

pageTest("columns keep their width", {}, async (page) => {
  const cell = () => logs(page).first().locator(".cell-service");
  const widthOf = async () => Math.round((await cell().boundingBox()).width);
  await page.goto(`${shop.url}/logs`);
  await logs(page).first().waitFor();
  const before = await widthOf();
  const handle = page.getByRole("separator", { name: "Width of the column Service" });
  await handle.focus();
  await page.keyboard.press("ArrowRight");
  await until(async () => Math.abs(await widthOf() - before - 16) <= 1, "a wider column");
  await page.reload();
  await logs(page).first().waitFor();
  assert.ok(Math.abs(await widthOf() - before - 16) <= 1);
});

pageTest("only rows in view are in the document, and more are read", {}, async (page) => {
  const { matched } = await shop.get("/api/logs?limit=1");
  assert.ok(matched > 400, `${matched}`);
  await page.goto(`${shop.url}/logs`);
  await logs(page).first().waitFor();
  assert.ok(await logs(page).count() < 80);
  const list = page.getByRole("table", { name: "Logs" });
  await until(async () => {
    await list.evaluate((element) => { element.scrollTop = element.scrollHeight; });
    return Number(await list.getAttribute("aria-rowcount")) - 1 === matched;
  }, "all logs");
  assert.ok(await logs(page).count() < 80);
});

pageTest("live list begins empty, adds logs, and pauses", { name: "logs live" }, async (page) => {
  const own = await startCollector();
  try {
    await page.goto(`${own.url}/logs`);
    const title = `No log has arrived yet on ${own.grpcAddr}`;
    await page.getByRole("heading", { name: title }).waitFor();
    await report(own, "/v3/logs", [text("a", "first"), text("a", "<b>second</b>")]);
    await until(async () => await logs(page).count() === 2, "two logs");
    await page.getByText("<b>second</b>").waitFor();
    await page.keyboard.press("Space");
    await page.getByRole("button", { name: "Resume the live list" }).waitFor();
    await report(own, "/v3/logs", [text("a", "meanwhile")]);
    await page.getByRole("button", { name: "1 new log: show" }).waitFor();
    assert.equal(await logs(page).count(), 2);
    await page.getByRole("button", { name: "Resume the live list" }).click();
    await until(async () => await logs(page).count() === 3, "the log meanwhile");

    // What is under the pointer stays there.
    await logs(page).filter({ hasText: "first" }).hover();
    const top = async () =>
      (await logs(page).filter({ hasText: "first" }).boundingBox()).y;
    const before = await top();
    await report(own, "/v3/logs", [text("a", "above")]);
    await until(async () => await logs(page).count() === 4, "the log above");
    assert.ok(Math.abs(await top() - before) <= 1, `${await top()} ${before}`);
  } finally {
    await own.stop();
  }
});

pageTest("lines of the first log work when they are pasted", {}, async (page) => {
  const own = await startCollector();
  try {
    await page.goto(`${own.url}/logs`);
    const lines = await page.getByLabel("Lines for curl").innerText();
    const { execFileSync } = await import("node:child_process");
    execFileSync("sh", ["-c", lines]);
    await logs(page).filter({ hasText: "the first log" }).waitFor();
    const [log] = (await own.get("/api/logs")).logs;
    assert.deepEqual([log.service, log.level, log.body], ["hello", "INFO", "the first log"]);
  } finally {
    await own.stop();
  }
});

pageTest("meters are lines on the page of their service", { name: "meters" }, async (page) => {
  const series = await shop.get("/api/meters?service=orders");
  await page.goto(`${shop.url}/services/orders`);
  await page.getByRole("tab", { name: "Meters" }).click();
  const charts = page.getByRole("list", { name: "Meters" }).getByRole("img");
  await charts.first().waitFor();
  for (const name of new Set(series.map((one) => one.name))) {
    await page.getByRole("img", { name: new RegExp(`^${name}\\b`) }).first().waitFor();
  }
  const cpu = await page.getByRole("img", { name: /^process_cpu_ratio/ })
    .getAttribute("aria-label");
  assert.match(cpu, /orders-1 0\.\d+ to 0\.\d+, orders-2 /);
  const all = await charts.count();
  await page.getByRole("searchbox", { name: "Filter meters" }).fill("status=500");
  await until(async () => await charts.count() === 1, "one chart");
  assert.ok(all > 4);
  await until(() => page.locator(".meter canvas").count(), "the lines");
  await page.goto(`${shop.url}/services/orders?tab=meters&from=1000&to=2000`);
  await page.getByRole("button", { name: "Show everything stored" }).click();
  await charts.first().waitFor();
});

pageTest("events are listed on the page of their service", { name: "events" }, async (page) => {
  const events = await shop.get("/api/events?service=orders");
  await page.goto(`${shop.url}/services/orders?tab=events`);
  const list = page.getByRole("list", { name: "Events" });
  await list.getByRole("heading", { name: "Start" }).first().waitFor();
  assert.equal(await list.locator("> li").count(), events.length);
  const failed = list.locator("> li").filter({ hasText: "Reload" }).first();
  await failed.getByText("Error").waitFor();
  await failed.getByText("the settings were not read").waitFor();
  await failed.getByText("/etc/shop.toml").waitFor();
  await page.goto(`${shop.url}/services/orders`);
  await page.getByRole("link", { name: "Logs", exact: true }).last().click();
  await listShows(page, "service=orders");
});

pageTest("what the OAP drops is listed with what to change", {}, async (page) => {
  const own = await startCollector();
  try {
    const response = await fetch(`${own.url}/v3/logs`, {
      method: "POST", headers: { "content-type": "application/json" },
      body: JSON.stringify([{ service: "a" }, text("a", "kept")]),
    });
    assert.equal(response.status, 400);
    await page.goto(`${own.url}/services?tab=violations`);
    const card = page.getByRole("listitem").filter({ hasText: "log-no-body" });
    await card.getByText("Set the body to a text, to JSON or to YAML.").waitFor();
  } finally {
    await own.stop();
  }
});
