// The map of services: layout, keyboard, details, comparison.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { pageTest, until, useBrowser } from "./harness/browser.mjs";
import { listShows } from "./harness/pages.mjs";
import { startCollector } from "./harness/programs.mjs";

useBrowser();
let shop;
let large;
before(async () => {
  shop = await startCollector();
  large = await startCollector();
  await shop.send("shop", "--past", "300");
  await large.send("map", "60");
});
after(async () => {
  await shop.stop();
  await large.stop();
});

const nodes = (page) => page.locator("[data-node]");
const node = (page, name) => page.getByRole("button", { name: new RegExp(`^${name}, `) });
const details = (page) => page.getByRole("complementary", { name: "Details" });
const view = (page) => page.locator(".map-svg > g").getAttribute("transform");
const places = (page) => nodes(page).evaluateAll((all) =>
  all.map((each) => [each.dataset.node, each.getAttribute("transform")]).sort());

/** Opens the map and waits for all nodes. */
async function openMap(page, collector, query = "") {
  const { nodes: expected } = await collector.get("/api/topology");
  await page.goto(`${collector.url}/map${query}`);
  await until(async () => await nodes(page).count() === expected.length, "all nodes");
}

/** Returns a point on the line of a call, in px of the window. */
const onLine = (page, id) => page.locator(`[data-call="${id}"] .map-touch`).evaluate((path) => {
  const { x, y } = path.getPointAtLength(path.getTotalLength() * 0.3)
    .matrixTransform(path.getScreenCTM());
  return [x, y];
});

pageTest("layout stays when numbers change", {}, async (page) => {
  await openMap(page, shop);
  const [before, name] = [await places(page), node(page, "storefront").locator("title")];
  const text = await name.textContent();
  await shop.send("shop", "--past", "60", "--seed", "7");
  await until(async () => await name.textContent() !== text, "other numbers");
  assert.deepEqual(await places(page), before);
});

pageTest("60 services fit the window without overlap", { name: "map of 60" }, async (page) => {
  await openMap(page, large);
  const boxes = await page.locator(".map-card").evaluateAll((cards) => cards.map((card) => {
    const { left, top, right, bottom } = card.getBoundingClientRect();
    return { left, top, right, bottom };
  }));
  const frame = await page.locator(".map-canvas").boundingBox();
  for (const { left, top, right, bottom } of boxes) {
    assert.ok(left >= frame.x && right <= frame.x + frame.width, `${left} to ${right}`);
    assert.ok(top >= frame.y && bottom <= frame.y + frame.height, `${top} to ${bottom}`);
  }
  const overlaps = boxes.flatMap((a, at) => boxes.slice(at + 1).filter((b) =>
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom));
  assert.equal(overlaps.length, 0);
});

pageTest("keyboard opens and closes a node", {}, async (page) => {
  await openMap(page, shop);
  await until(async () => {
    await page.keyboard.press("Tab");
    return page.evaluate(() => document.activeElement.dataset.node !== undefined);
  }, "the focus is on a node");
  await page.keyboard.press("Tab");
  const focused = await page.evaluate(() => document.activeElement.dataset.node);
  await page.keyboard.press("Enter");
  await details(page).waitFor();
  assert.equal(new URL(page.url()).searchParams.get("select"), focused);
  assert.equal(await page.evaluate(() => document.activeElement.tagName), "H2");
  await page.keyboard.press("Escape");
  await details(page).waitFor({ state: "detached" });
  assert.equal(await page.evaluate(() => document.activeElement.dataset.node), focused);
});

pageTest("keys, wheel and drag move the map", {}, async (page) => {
  await openMap(page, shop);
  const fitting = await view(page);
  const changed = (from) => until(async () => {
    const to = await view(page);
    return to !== from && to;
  }, "the map moves");
  const moves = [
    () => page.keyboard.press("+"),
    () => page.keyboard.press("-"),
    () => page.keyboard.press("ArrowLeft"),
    () => page.mouse.wheel(0, -200),
    async () => {
      await page.mouse.down();
      await page.mouse.move(560, 660, { steps: 4 });
      await page.mouse.up();
    },
  ];
  await page.mouse.move(640, 740);
  for (const move of moves) {
    const from = await view(page);
    await move();
    await changed(from);
  }
  await page.keyboard.press("0");
  await until(async () => await view(page) === fitting, "the map fits again");
  assert.equal(new URL(page.url()).search, "");
});

pageTest("a call opens with its numbers and its traces", { name: "map call" }, async (page) => {
  const requests = [];
  page.on("request", (request) => requests.push(new URL(request.url()).pathname));
  await openMap(page, shop);
  assert.ok(!requests.some((path) => path.includes("vendor/uplot")), "no chart is shown yet");
  const topology = await shop.get("/api/topology");
  const name = (id) => topology.nodes.find((each) => each.id === id).name;
  const call = topology.calls.find(({ source, target }) =>
    name(source) === "storefront" && name(target) === "orders");
  await page.mouse.click(...await onLine(page, call.id));
  await details(page).getByRole("img", { name: /^Latency/ }).locator("canvas").waitFor();
  const errors = details(page).locator("dd", { hasText: "%" }).first();
  assert.equal(await errors.getAttribute("title"), `${call.errors} of ${call.calls} calls`);
  await page.reload();
  await details(page).getByRole("link", { name: "Traces", exact: true }).click();
  const ends = new URLSearchParams({ source: call.source, target: call.target });
  const found = await listShows(page, shop, ends);
  assert.equal(found.length, call.calls);
  await page.getByText("calls from: storefront").waitFor();
  await page.getByRole("button", { name: "Remove the filter calls to: orders" }).click();
  await page.getByText("calls to: orders").waitFor({ state: "detached" });
});

pageTest("a comparison shows changes and new calls", {}, async (page) => {
  await openMap(page, shop);
  await page.getByLabel("Compare with").selectOption("15 min earlier");
  await page.getByText("new", { exact: true }).first().waitFor();
  assert.equal(new URL(page.url()).search, "?compare=15m&range=15m");
  await page.getByRole("button", { name: "Table" }).click();
  await page.getByRole("columnheader", { name: "Change of rate" }).first().waitFor();
  await page.getByRole("cell", { name: "new" }).first().waitFor();
});

pageTest("a comparison with another time is in the address", {}, async (page) => {
  const { from, width, points } = await shop.get("/api/series?service=storefront");
  const seconds = (time) => Math.floor(time / 1000) * 1000;
  const end = seconds(from + points.length * width + 60_000);
  const local = (time) => new Date(time).toISOString().slice(0, 19);
  const group = page.getByRole("group", { name: "Time to compare with" });
  await openMap(page, shop);
  await page.getByLabel("Compare with").selectOption("another time…");
  await group.getByLabel("Start").fill(local(end));
  await group.getByText("The end must be after the start.").waitFor();
  await group.getByLabel("End").fill(local(end + 60_000));
  await page.getByText("new", { exact: true }).first().waitFor();
  assert.equal(new URL(page.url()).search, `?compare=${end}-${end + 60_000}`);
  await page.reload();
  await page.getByText("new", { exact: true }).first().waitFor();
  await group.getByLabel("Start").fill(local(seconds(from) - 60_000));
  await until(async () => await page.getByText("new", { exact: true }).count() === 0,
    "all calls are in both ranges");
  await page.getByRole("button", { name: "Table" }).click();
  await page.getByRole("columnheader", { name: "Change of rate" }).first().waitFor();
});

for (const viewport of [{ width: 1280, height: 800 }, { width: 400, height: 800 }]) {
  const where = `at ${viewport.width} px`;
  pageTest(`texts are readable and apart ${where}`, { viewport }, async (page) => {
    await openMap(page, shop);
    await page.locator(".map-label rect").first().waitFor();
    const { sizes, labels, cards } = await page.evaluate(() => {
      const all = (selector) => [...document.querySelectorAll(`.map-svg ${selector}`)];
      const box = (element) => {
        const { left, top, right, bottom } = element.getBoundingClientRect();
        return { left, top, right, bottom };
      };
      return {
        sizes: all("text").map((text) => [text.textContent,
          parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a]),
        labels: all(".map-label rect").map(box),
        cards: all(".map-card").map(box),
      };
    });
    assert.ok(sizes.length > 20, `${sizes.length} texts`);
    for (const [text, size] of sizes) assert.ok(size >= 10, `${text}: ${size} px`);
    const overlap = (a, b) => a.left < b.right && b.left < a.right
      && a.top < b.bottom && b.top < a.bottom;
    for (const [at, label] of labels.entries()) {
      const others = [...labels.slice(at + 1), ...cards];
      assert.deepEqual(others.filter((other) => overlap(label, other)), [], JSON.stringify(label));
    }
  });
}

pageTest("a click on a node at the edge opens it", { viewport: { width: 400, height: 800 } },
  async (page) => {
    await openMap(page, shop);
    const frame = await page.locator(".map-canvas").boundingBox();
    const cut = await page.locator(".map-card").evaluateAll((cards, { x, width }) => cards
      .map((card) => [card, card.getBoundingClientRect()])
      .filter(([, { left, right }]) => left < x + width - 12 && right > x + width)
      .map(([card, { left, top, height }]) =>
        [card.closest("[data-node]").dataset.node, left + 6, top + height / 2])[0], frame);
    assert.ok(cut, "no node is at the edge");
    const [id, x, y] = cut;
    await page.mouse.click(x, y);
    await details(page).waitFor();
    assert.equal(new URL(page.url()).searchParams.get("select"), id);
  });
