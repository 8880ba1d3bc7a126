// A real Chromium, and tests of pages in it.
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import assert from "node:assert/strict";

/** The folder with `node_modules` and for the screenshots, which `.ci/pages` sets. */
const FOLDER = process.env.PAGES_FOLDER;
if (!FOLDER) throw new Error("PAGES_FOLDER is not set: run .ci/pages");
const require = createRequire(join(FOLDER, "package.json"));
const { chromium } = require("playwright-core");
export const AXE = require("axe-core").source;
const SCREENSHOTS = join(FOLDER, "screenshots");
mkdirSync(SCREENSHOTS, { recursive: true });

/** A wait that should not fail ends after this time in ms. */
const DEADLINE = 30_000;

/** Root can't use the sandbox; the other options keep the browser from asking other hosts. */
const FLAGS = [
  "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

const executablePath = process.env.CHROMIUM
  || execFileSync("sh", ["-c", "command -v chromium"], { encoding: "utf8" }).trim();

let browser;

/** Starts a browser for the tests of a file. */
export function useBrowser() {
  before(async () => {
    browser = await chromium.launch({ executablePath, args: FLAGS });
  });
  after(() => browser.close());
}

/** A session for the Chrome DevTools Protocol of the whole browser. */
export const browserSession = () => browser.newBrowserCDPSession();

/** Reports what a page must not do: other origins, script errors, policy violations. */
function watch(page, problems) {
  let allowed;
  page.on("request", (request) => {
    const { origin, protocol, hostname } = new URL(request.url());
    if (protocol === "data:" || protocol === "blob:") return;
    // A test may open the pages of several collectors, all on this machine.
    const opens = request.isNavigationRequest() && request.frame() === page.mainFrame();
    if (opens && hostname === "127.0.0.1") allowed = origin;
    if (origin !== allowed) problems.push(`request to ${request.url()}`);
  });
  page.on("pageerror", (error) => problems.push(`error: ${error.stack}`));
  page.on("console", (message) => {
    const text = message.text();
    if (message.type() === "error" && !/Failed to load resource/.test(text)) problems.push(text);
  });
  return page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) =>
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
  });
}

/**
 * Runs a test with a page of its own. Fails also if the page requests another origin, violates the
 * content security policy or has a script error. `options` are those of a browser context, and
 * `name` of a screenshot at the end.
 */
export function pageTest(title, { name, ...options }, body) {
  test(title, async (t) => {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 }, locale: "en-GB", timezoneId: "UTC", ...options,
    });
    context.setDefaultTimeout(DEADLINE);
    const problems = [];
    context.on("page", (page) => watch(page, problems));
    const page = await context.newPage();
    await page.evaluate(() => 0);
    let failed = true;
    try {
      await body(page, t, context);
      failed = false;
    } finally {
      if (name || failed) await screenshot(page, failed ? `failed ${title}` : name);
      await context.close();
    }
    assert.deepEqual(problems, []);
  });
}

/** Writes a screenshot. */
export async function screenshot(page, name) {
  await page.screenshot({ path: join(SCREENSHOTS, `${name.replaceAll(/[^\w-]+/g, "-")}.png`) });
}

/** Waits until `check` returns something else than null, undefined or false, for `limit` ms. */
export async function until(check, what, limit = DEADLINE) {
  const end = Date.now() + limit;
  for (;;) {
    const found = await check();
    if (found) return found;
    if (Date.now() > end) throw new Error(`timed out: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
