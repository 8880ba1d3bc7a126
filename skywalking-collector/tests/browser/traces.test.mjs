// The list of traces: search, live tail, deep links, keys.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { pageTest, until, useBrowser } from "./harness/browser.mjs";
import { listShows, openTrace, traces } from "./harness/pages.mjs";
import { startCollector } from "./harness/programs.mjs";

useBrowser();
let collector;
before(async () => {
  collector = await startCollector();
  await collector.send("shop", "--past", "60");
});
after(() => collector.stop());

const FILTERS = [
  ["service:payments", "service=payments"],
  ["endpoint:POST:/orders", "endpoint=POST:/orders"],
  ["tag:http.method=POST", "tag=http.method%3DPOST"],
  ["error", "error=true"],
  ["!error", "error=false"],
  ["violations", "violations=true"],
  [">150ms", "minDuration=150"],
  ["<40ms", "maxDuration=40"],
  ["refused", "text=refused"],
  ["service:orders error >100ms", "service=orders&error=true&minDuration=100"],
];

pageTest("search finds traces by each filter", { name: "traces search" }, async (page) => {
  await page.goto(`${collector.url}/traces`);
  const input = page.getByRole("combobox", { name: "Search traces" });
  for (const [typed, query] of FILTERS) {
    await input.fill(`${typed} `);
    await input.press("Enter");
    await listShows(page, collector, query);
    await page.getByRole("button", { name: "Clear" }).click();
    await page.getByRole("button", { name: "Clear" }).waitFor({ state: "hidden" });
  }
  await input.fill("service:orders error ");
  await input.press("Enter");
  await listShows(page, collector, "service=orders&error=true");
});

pageTest("many filters fit a narrow window", { viewport: { width: 400, height: 800 } },
  async (page) => {
    await page.goto(`${collector.url}/traces?service=recommendations&error=true&minDuration=1`
      + "&endpoint=GET%3A%2Fa%2Fvery%2Flong%2Fname%2Fof%2Fan%2Fendpoint");
    const clear = await page.getByRole("button", { name: "Clear" }).boundingBox();
    const search = await page.getByRole("search").boundingBox();
    assert.ok(clear.x + clear.width <= search.x + search.width - 8, JSON.stringify(clear));
    const input = await page.getByRole("combobox", { name: "Search traces" }).boundingBox();
    assert.ok(input.width >= 40, JSON.stringify(input));
  });

pageTest("range of time limits the list", {}, async (page) => {
  await page.goto(`${collector.url}/traces`);
  await page.getByRole("button", { name: "5 min", exact: true }).click();
  const { traces: all } = await collector.get("/api/traces?limit=500");
  await until(async () => {
    const shown = await traces(page).evaluateAll((rows) => rows.map(({ dataset }) => dataset.id));
    const recent = all.filter(({ startTime }) => startTime > Date.now() - 330_000);
    return shown.length > 0 && recent.length < all.length
      && shown.every((id) => recent.some(({ traceId }) => traceId === id));
  }, "only traces of the last 5 minutes");
  assert.match(page.url(), /range=5m/);
});

pageTest("deep link restores filters and order", {}, async (page) => {
  await page.goto(`${collector.url}/traces?service=orders&error=true&sort=duration`);
  const expected = await listShows(page, collector, "service=orders&error=true&sort=duration");
  assert.equal(await traces(page).first().getAttribute("data-id"), expected[0].traceId);
  await page.getByRole("button", { name: "Remove the filter service: orders" }).waitFor();
  await page.getByRole("button", { name: "Remove the filter error" }).waitFor();
});

pageTest("back button returns to the list", {}, async (page) => {
  await page.goto(`${collector.url}/traces?error=true`);
  await listShows(page, collector, "error=true");
  await traces(page).first().getByRole("link").click();
  await openTrace(page);
  assert.match(page.url(), /\/traces\/[0-9a-f]{32}/);
  await page.goBack();
  await listShows(page, collector, "error=true");
  await page.goForward();
  await openTrace(page);
});

pageTest("keys open a trace, go to its error and close it", {}, async (page) => {
  await page.goto(`${collector.url}/traces`);
  await traces(page).first().waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("service:payments error ");
  await page.keyboard.press("Enter");
  await listShows(page, collector, "service=payments&error=true");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await page.keyboard.press("j");
  await until(() => page.evaluate(() => document.activeElement.closest("[data-id]") !== null),
    "the focus is on a trace");
  await page.keyboard.press("Enter");
  await openTrace(page);
  await page.keyboard.press("e");
  await page.keyboard.press("Enter");
  const details = page.getByRole("complementary", { name: "Details of the span" });
  await details.getByText("Failed", { exact: true }).waitFor();
  await page.keyboard.press("Escape");
  await details.waitFor({ state: "hidden" });
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog", { name: "Keys" }).waitFor({ state: "hidden" });
  await page.keyboard.press("g");
  await page.keyboard.press("t");
  await traces(page).first().waitFor();
});

pageTest("list takes the response that was asked for first", {}, async (page) => {
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url())));
  await page.goto(`${collector.url}/traces`);
  await traces(page).first().waitFor();
  const lists = asked.filter(({ pathname, searchParams }) =>
    pathname === "/api/traces" && searchParams.get("limit") === "100");
  assert.equal(lists.length, 1);
  const first = asked.findIndex(({ pathname }) => pathname.startsWith("/api/"));
  assert.equal(asked[first], lists[0], "it is the first query");
});

pageTest("palette goes to a service", {}, async (page) => {
  await page.goto(`${collector.url}/traces`);
  await traces(page).first().waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Trace id, service, endpoint or page" }).fill("invent");
  await page.getByRole("option", { name: /^inventory\b/ }).first().click();
  await page.getByRole("heading", { name: "inventory" }).waitFor();
  assert.match(page.url(), /\/services\/inventory/);
});

pageTest("live list adds traces, and pauses", { name: "traces live" }, async (page) => {
  const own = await startCollector();
  try {
    await page.goto(`${own.url}/traces`);
    const title = `Nothing has arrived yet on ${own.grpcAddr}`;
    await page.getByRole("heading", { name: title }).waitFor();
    await own.send("shop", "--past", "0", "--seconds", "1", "--rate", "3", "--seed", "2");
    await page.getByRole("button", { name: "Pause the live list" }).waitFor();
    const stored = async () => (await own.get("/api/stats")).tracesStored;
    await until(async () => await traces(page).count() === await stored(), "all traces");
    const before = await traces(page).count();
    await page.keyboard.press("Space");
    await page.getByRole("button", { name: "Resume the live list" }).waitFor();
    await own.send("shop", "--past", "0", "--seconds", "1", "--rate", "2", "--seed", "3");
    await page.getByRole("button", { name: /new or changed traces?: show/ }).waitFor();
    assert.equal(await traces(page).count(), before);
    await page.getByRole("button", { name: "Resume the live list" }).click();
    await until(async () => await traces(page).count() === await stored(), "the traces meanwhile");
  } finally {
    await own.stop();
  }
});

pageTest("histogram selects a range of time by a drag", {}, async (page) => {
  await page.goto(`${collector.url}/traces`);
  await traces(page).first().waitFor();
  const box = await page.locator(".histogram").first().boundingBox();
  await page.mouse.move(box.x + box.width * 0.2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, box.y + box.height / 2, { steps: 4 });
  await page.mouse.up();
  await until(() => /from=\d+&to=\d+/.test(page.url()), "the address has the range");
  const query = new URL(page.url()).searchParams;
  await listShows(page, collector, `from=${query.get("from")}&to=${query.get("to")}`);
});
