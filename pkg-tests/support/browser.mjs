// A real Chromium that is told to reach nothing but what a test serves, and writes down what it tried.
import { chromium } from "playwright-core";

const args = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--js-flags=--liftoff-only", // a page lives for seconds: optimizing its wasm costs more than it gains
];

/** One browser for a test file; close it when the file is done. */
export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM, args });

/**
 * A fresh page. `foreign` lists the requests that left `origin` (they are refused), `errors` what the page threw, logged
 * as an error or had blocked by its content security policy. A test asserts that both stay empty.
 */
export async function open(browser, origin, options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const foreign = [];
  const errors = [];
  await context.route("**/*", (route) => {
    const url = route.request().url();
    if (url.startsWith(origin) || /^(data|blob):/.test(url)) return route.continue();
    foreign.push(url);
    return route.abort();
  });
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  return { page, context, foreign, errors };
}
