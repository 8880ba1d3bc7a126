// The first page's size, and traces of 10 000 and 50 000 spans. Times and memory are printed.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before } from "node:test";
import { browserSession, pageTest, until, useBrowser } from "./harness/browser.mjs";
import { spans, traces } from "./harness/pages.mjs";
import { startCollector } from "./harness/programs.mjs";

useBrowser();
let collector;
before(async () => {
  collector = await startCollector();
  await collector.send("shop", "--past", "50");
});
after(() => collector.stop());

/** The first page may transfer this many bytes. */
const MOST_BYTES = 150_000;

/** Opens an address and returns the time in ms at which an element of the selector is painted. */
async function timeTo(page, selector, address) {
  await page.addInitScript((wanted) => {
    const painted = new MessageChannel();
    painted.port1.onmessage = () => {
      window.ready = performance.now();
    };
    const look = () => {
      // The frame is painted before the message arrives.
      if (document.querySelector(wanted)) painted.port2.postMessage(null);
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, selector);
  await page.goto(address);
  return page.waitForFunction(() => window.ready).then((ready) => ready.jsonValue());
}

/** Waits until the browser is idle: it loads pages of its own when a window is opened. */
async function idle() {
  const browser = await browserSession();
  const used = async () => {
    const { processInfo } = await browser.send("SystemInfo.getProcessInfo");
    return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
  };
  let before = await used();
  let calm = 0;
  await until(async () => {
    const now = await used();
    calm = now - before < 0.005 ? calm + 1 : 0;
    before = now;
    return calm === 10;
  }, "an idle browser");
}

/** Opens the first page. Returns the time in ms until its first row is painted, and its bytes. */
async function firstPage(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await idle();
  let bytes = 0;
  session.on("Network.loadingFinished", ({ encodedDataLength }) => { bytes += encodedDataLength; });
  const ready = await timeTo(page, "[role=table] [data-id]", `${collector.url}/`);
  await page.waitForLoadState("load");
  return { ready, bytes };
}

pageTest("first page is small", { name: "first page" }, async (page, t, context) => {
  const { ready, bytes } = await firstPage(page);
  // The collector prepares its files at the first request. A new context has no cache.
  const again = [];
  for (let number = 0; number < 5; number += 1) {
    const other = await context.browser().newContext();
    again.push((await firstPage(await other.newPage())).ready.toFixed(0));
    await other.close();
  }
  t.diagnostic(`first page (${process.env.PAGES_BUILD} build): ${bytes} bytes transferred, first `
    + `row painted after ${ready.toFixed(0)} ms; after ${again.join(", ")} ms in new contexts`);
  assert.ok(bytes > 0 && bytes <= MOST_BYTES, `${bytes} bytes`);
});

/** Memory of the pages' processes, and of the script's objects in the page, in MB. */
async function memory(page, context) {
  const session = await context.newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  const all = await (await browserSession()).send("SystemInfo.getProcessInfo");
  const resident = (id) =>
    Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${id}/status`, "utf8"))[1]);
  const pages = all.processInfo.filter(({ type }) => type === "renderer");
  const largest = Math.max(...pages.map(({ id }) => resident(id)));
  return `heap ${(usedSize / 1e6).toFixed(0)} MB, process ${(largest / 1000).toFixed(0)} MB`;
}

/** Scrolls for some frames. Returns their times in ms. */
const scroll = (page, by) => page.getByRole("treegrid", { name: "Spans" }).evaluate(
  (element, step) => new Promise((resolve) => {
    const times = [];
    let before = performance.now();
    const frame = (now) => {
      times.push(now - before);
      before = now;
      element.scrollTop += step;
      if (times.length < 120) requestAnimationFrame(frame);
      else resolve(times.slice(1));
    };
    requestAnimationFrame(frame);
  }), by);

for (const number of [10_000, 50_000]) {
  pageTest(`trace of ${number} spans is shown and scrolls`, { name: `spans ${number}` },
    async (page, t, context) => {
      await collector.send("spans", String(number), "--seed", String(number));
      const { traces: found } = await collector.get("/api/traces?service=importer&limit=500");
      const { traceId } = found.find((one) => one.spans === number);
      const ready = await timeTo(page, "[role=treegrid] [role=row][aria-level]",
        `${collector.url}/traces/${traceId}`);
      const slow = await scroll(page, 390);
      const fast = await scroll(page, 5000);
      const long = (frames) => frames.filter((time) => time > 50).length;
      const worst = Math.max(...slow, ...fast).toFixed(0);
      const tree = page.getByRole("treegrid", { name: "Spans" });
      await tree.focus();
      await page.keyboard.press("End");
      const rows = await tree.getAttribute("aria-rowcount");
      assert.equal(Number(rows), number + 1);
      await until(() => spans(page).evaluateAll((elements, last) => elements.some((element) =>
        Number(element.getAttribute("aria-rowindex")) === last), number + 1), "the last span");
      t.diagnostic(`${number} spans: first row after ${ready.toFixed(0)} ms, frames over 50 ms: `
        + `${long(slow)} + ${long(fast)} of ${slow.length + fast.length}, longest ${worst} ms, `
        + await memory(page, context));
    });
}
