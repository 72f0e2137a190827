// The page as a shop uses it, in a real browser under its own content security policy: what its tests have in common.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { serve } from "../../scripts/serve.mjs";
import { launch, open } from "../support/browser.mjs";
import { root } from "../support/host.mjs";

let site;
let browser;
before(async () => {
  site = await serve(join(root, "build/page"));
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await site?.close();
});

/** A test on a fresh page, or on what lies at `url`; asserts that nothing left the origin and nothing was blocked or thrown. */
export function onPage(name, body, { skip = false, url, ...options } = {}) {
  test(name, { skip }, async () => {
    const at = url ?? site.url;
    const { page, context, foreign, errors } = await open(browser, url ?? new URL(at).origin, { locale: "zh-CN", serviceWorkers: "block", ...options });
    await page.goto(at);
    await body(page);
    assert.deepEqual(foreign, []);
    assert.deepEqual(errors, []);
    await context.close();
  });
}

export const paste = async (page, text) => {
  await page.fill("#paste", text);
  await page.click("#score");
  await page.waitForSelector("#score-value");
};
export const idle = (page) => page.waitForSelector(".busy", { state: "detached", timeout: 60_000 });
export const score = async (page) => Number(await page.textContent("#score-value"));
/** Waits until the open conversation has these points. */
export const scores = (page, points) => page.waitForFunction((points) => Number(document.querySelector("#score-value")?.textContent) === points, points);
export const figure = (page, id) => page.textContent(`[id="metric-${id}"] .value`);

/** The file that a click saves, as text without its mark. */
export async function saved(page, selector) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.click(selector)]);
  return readFileSync(await download.path(), "utf8");
}
