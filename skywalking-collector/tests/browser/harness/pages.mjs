// What tests read from the pages.
import assert from "node:assert/strict";
import { AXE, until } from "./browser.mjs";

/** The rows of spans of the waterfall. */
export const spans = (page) =>
  page.getByRole("treegrid", { name: "Spans" }).locator("[role=row][aria-level]");

/** Waits for the first span of a trace. */
export const openTrace = (page) => spans(page).first().waitFor();

/** The rows of the list of traces, without its head. */
export const traces = (page) =>
  page.getByRole("table", { name: "Traces" }).locator("[role=row][data-id]");

/** Waits until the list has as many rows as the API finds for `query`, and shows only these. */
export async function listShows(page, collector, query) {
  const { traces: expected } = await collector.get(`/api/traces?limit=500&${query}`);
  assert.ok(expected.length > 0, `nothing matches ${query}`);
  const wanted = new Set(expected.map(({ traceId }) => traceId));
  await until(async () => {
    const shown = await traces(page).evaluateAll((rows) => rows.map(({ dataset }) => dataset.id));
    const total = await page.getByRole("table", { name: "Traces" })
      .getAttribute("aria-rowcount").catch(() => null);
    return shown.length > 0 && shown.every((id) => wanted.has(id))
      && Number(total) - 1 === Math.min(expected.length, 100);
  }, `the list shows ${expected.length} traces for ${query}`);
  return expected;
}

/** Returns level, name, service and bar of the spans in view, in px from the left of the bars. */
export function bars(page) {
  return spans(page).evaluateAll((rows) => rows.map((row) => {
    const track = row.querySelector(".bar-track").getBoundingClientRect();
    const bar = row.querySelector(".bar").getBoundingClientRect();
    return {
      top: row.getBoundingClientRect().top,
      level: Number(row.getAttribute("aria-level")),
      name: row.querySelector("[role=rowheader] bdi").title,
      service: [...row.querySelectorAll("[role=rowheader] bdi")].at(-1).title,
      left: bar.left - track.left,
      width: bar.width,
      track: track.width,
    };
  }).sort((a, b) => a.top - b.top));
}

/** Fails with the serious and critical findings of axe-core. */
export async function checkAccessibility(page, where) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => window.axe.run(document, {
    resultTypes: ["violations"],
  }));
  const found = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  assert.deepEqual(found.map(({ id, nodes }) => `${where}: ${id}: ${nodes.slice(0, 3)
    .map(({ html, failureSummary }) => `${html} ${failureSummary}`).join("\n")}`), []);
}
