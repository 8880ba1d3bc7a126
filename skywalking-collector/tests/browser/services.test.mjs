// The services and the page of a service.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { pageTest, until, useBrowser } from "./harness/browser.mjs";
import { listShows } from "./harness/pages.mjs";
import { startCollector } from "./harness/programs.mjs";

useBrowser();
let shop;
before(async () => {
  shop = await startCollector();
  await shop.send("shop", "--past", "300");
});
after(() => shop.stop());

const services = (page) => page.getByRole("table", { name: "Services" });
const names = async (page) => (await services(page).getByRole("rowheader").allInnerTexts())
  .map((name) => name.replace("not listed", "").trim());
const byName = (a, b) => (a.name < b.name ? -1 : 1);

pageTest("table is sorted by its heads", { name: "services" }, async (page) => {
  await page.goto(`${shop.url}/services`);
  await services(page).getByRole("rowheader").first().waitFor();
  const known = (await shop.get("/api/services")).sort(byName);
  assert.deepEqual((await names(page)).sort(), known.map(({ name }) => name));
  const sorted = async (column, order, expected) => {
    await services(page).getByRole("button", { name: column }).click();
    await until(async () => await services(page).getByRole("columnheader", { name: column })
      .getAttribute("aria-sort") === order, `sorted by ${column}`);
    assert.deepEqual(await names(page), expected);
  };
  const all = known.map(({ name }) => name);
  await sorted("Service", "ascending", all);
  await sorted("Service", "descending", [...all].reverse());
  assert.equal(new URL(page.url()).search, "?sort=name&order=desc");
  await page.getByRole("searchbox", { name: "Filter services" }).fill("OR");
  const found = [...all].reverse().filter((name) => name.includes("or"));
  await until(async () => (await names(page)).join() === found.join(), "the filter");
  await page.reload();
  await until(async () => (await names(page)).join() === found.join(), "the same after a reload");
});

pageTest("drag on a chart selects a range", { name: "service" }, async (page) => {
  await page.goto(`${shop.url}/services/orders`);
  const chart = page.getByRole("img", { name: /^Calls a minute/ });
  await chart.locator("canvas").waitFor();
  const { x, y, width, height } = await chart.locator(".u-over").boundingBox();
  await page.mouse.move(x + width * 0.25, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + width * 0.75, y + height / 2, { steps: 5 });
  await page.mouse.up();
  await until(() => new URL(page.url()).searchParams.has("from"), "a range in the address");
  const { searchParams } = new URL(page.url());
  const [from, to] = ["from", "to"].map((name) => Number(searchParams.get(name)));
  const { points } = await shop.get(`/api/series?service=orders&from=${from}&to=${to}`);
  const all = await shop.get("/api/series?service=orders");
  assert.ok(from >= all.from && to <= all.to && to - from < all.to - all.from);
  const calls = points.reduce((sum, point) => sum + point.calls, 0);
  await until(async () => (await page.locator(".figures dd").allInnerTexts())
    .includes(String(calls)), `${calls} calls in the range`);
});

pageTest("an endpoint leads to its traces", {}, async (page) => {
  await page.goto(`${shop.url}/services/orders`);
  await page.getByRole("tab", { name: "Endpoints" }).click();
  const endpoints = page.getByRole("table", { name: "Endpoints" });
  await endpoints.getByRole("link", { name: "errors of POST:/orders" }).click();
  await listShows(page, shop, "service=orders&endpoint=POST:/orders&error=true");
  await page.goBack();
  await endpoints.getByRole("rowheader", { name: "POST:/orders" }).getByRole("link").click();
  await page.getByRole("button", { name: "Show the whole service" }).waitFor();
  assert.equal(new URL(page.url()).searchParams.get("endpoint"), "POST:/orders");
});

pageTest("instances show their properties", { name: "instances" }, async (page) => {
  const [instance] = await shop.get("/api/instances?service=orders");
  await page.goto(`${shop.url}/services/orders?tab=instances`);
  const card = page.getByRole("listitem").filter({ hasText: instance.instance });
  for (const { key, value } of instance.properties) {
    await card.getByText(key, { exact: true }).first().waitFor();
    await card.getByText(value, { exact: true }).first().waitFor();
  }
  await card.getByText("Last keep-alive").waitFor();
});

pageTest("the badge leads to the violations", { name: "violations" }, async (page) => {
  const rules = await shop.get("/api/violations?group=rule");
  await page.goto(`${shop.url}/traces`);
  await page.getByRole("link", { name: /^\d+ violations$/ }).click();
  await page.getByRole("tab", { name: /^Violations \(\d+\)$/, selected: true }).waitFor();
  for (const { rule, remedy, services: named } of rules) {
    const card = page.getByRole("listitem").filter({ hasText: rule });
    await card.getByText(remedy, { exact: true }).first().waitFor();
    assert.deepEqual(await card.locator("a.row-name").allInnerTexts(), named);
  }
  const [service] = rules[0].services;
  await page.getByRole("tabpanel").getByRole("link", { name: service }).first().click();
  await page.getByRole("heading", { name: service }).waitFor();
  await page.getByText(rules[0].rule).waitFor();
  assert.equal(new URL(page.url()).search, "?tab=violations");
});

pageTest("a key goes to the filter", {}, async (page) => {
  await page.goto(`${shop.url}/services`);
  await services(page).getByRole("rowheader").first().waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("paym");
  await until(async () => (await names(page)).join() === "payments", "the filter");
});

pageTest("unknown service leads to the known ones", {}, async (page) => {
  await page.goto(`${shop.url}/services/Payments`);
  await page.getByRole("heading", { name: "This service has not reported" }).waitFor();
  await page.getByRole("link", { name: "Show all services" }).click();
  await services(page).getByRole("link", { name: "payments" }).first().waitFor();
});

pageTest("arrows move between the tabs", {}, async (page) => {
  await page.goto(`${shop.url}/services/orders`);
  await page.getByRole("tab", { name: "Overview" }).focus();
  await page.keyboard.press("ArrowRight");
  await page.getByRole("table", { name: "Endpoints" }).waitFor();
  assert.equal(new URL(page.url()).searchParams.get("tab"), "endpoints");
  await page.goBack();
  await page.getByRole("img", { name: /^Latency/ }).waitFor();
});

pageTest("empty ranges say what to do", {}, async (page) => {
  for (const path of ["/map", "/services/orders"]) {
    await page.goto(`${shop.url}${path}?from=1000&to=2000`);
    await page.getByRole("button", { name: "Show everything stored" }).click();
    await until(() => new URL(page.url()).search === "", "the whole range");
  }
});

pageTest("a service has the same colour on each page", {}, async (page) => {
  const services = await shop.get("/api/services");
  const expected = (name) =>
    `var(--service-${services.find((each) => each.name === name).color % 8})`;
  assert.deepEqual(services.map(({ color }) => color).sort((a, b) => a - b),
    services.map((_, at) => at));
  await page.goto(`${shop.url}/services`);
  const dots = page.locator("th .dot");
  await dots.first().waitFor();
  const shown = await names(page);
  assert.deepEqual(await dots.evaluateAll((all) => all.map((dot) => dot.style.background)),
    shown.map(expected));
  await page.goto(`${shop.url}/map`);
  const orders = page.getByRole("button", { name: /^orders, service/ });
  assert.equal(await orders.locator(".map-ring").locator("..").evaluate((group) =>
    group.style.color), expected("orders"));
  await page.goto(`${shop.url}/traces?service=orders`);
  const row = page.locator("[data-id]").first();
  await row.waitFor();
  const [trace] = (await shop.get("/api/traces?service=orders&limit=1")).traces;
  assert.deepEqual(await row.locator(".dots .dot").evaluateAll((all) =>
    all.map((dot) => dot.style.background)), trace.services.slice(0, 5).map(expected));
});
