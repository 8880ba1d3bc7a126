// A collector with a token, and a collector that goes away.
import assert from "node:assert/strict";
import { pageTest, until, useBrowser } from "./harness/browser.mjs";
import { traces } from "./harness/pages.mjs";
import { startCollector } from "./harness/programs.mjs";

useBrowser();

pageTest("token is asked for and kept for the tab", { name: "token" }, async (page, t, context) => {
  const collector = await startCollector({ token: "correct-horse" });
  try {
    await collector.send("shop", "--past", "5");
    await page.goto(`${collector.url}/traces`);
    const dialog = page.getByRole("dialog", { name: "Token" });
    await dialog.getByLabel("Token", { exact: true }).fill("schlüssel");
    await dialog.getByRole("button", { name: "Use this token" }).click();
    await dialog.getByText("A token has visible ASCII characters").waitFor();
    await dialog.getByLabel("Token", { exact: true }).fill("wrong");
    await dialog.getByRole("button", { name: "Use this token" }).click();
    await dialog.getByText("does not accept the entered token").waitFor();
    await dialog.getByLabel("Token", { exact: true }).fill("correct-horse");
    await dialog.getByRole("button", { name: "Use this token" }).click();
    await traces(page).first().waitFor();
    await dialog.waitFor({ state: "hidden" });

    await page.reload();
    await traces(page).first().waitFor();
    assert.equal(await dialog.count(), 0);

    const other = await context.newPage();
    await other.goto(`${collector.url}/traces`);
    await other.getByRole("dialog", { name: "Token" }).waitFor();
    const stored = await page.evaluate(() => JSON.stringify({ ...localStorage }) + document.cookie);
    assert.ok(!stored.includes("correct-horse") && !page.url().includes("correct"), stored);
  } finally {
    await collector.stop();
  }
});

pageTest("page reports that the collector is gone, and reconnects", {}, async (page) => {
  const first = await startCollector();
  let second;
  try {
    await first.send("shop", "--past", "5");
    await page.goto(`${first.url}/traces`);
    await traces(page).first().waitFor();
    const shown = await traces(page).count();
    await first.stop();
    await page.getByRole("alert").getByText("The collector does not answer").waitFor();
    assert.equal(await traces(page).count(), shown);
    second = await startCollector({ http: first.httpAddr });
    await second.send("shop", "--past", "2", "--seed", "9");
    await page.getByRole("alert").waitFor({ state: "hidden" });
    const stored = (await second.get("/api/traces?limit=500")).matched;
    await until(async () => await traces(page).count() === stored, "the traces of the new one");
  } finally {
    await first.stop();
    await second?.stop();
  }
});
