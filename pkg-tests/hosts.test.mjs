// The packed package in other people's projects: node, a page without a bundler, Vite's server and Vite's build.
// Every one of them has to come to the same report, directly and through the worker.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { build, createServer } from "vite";
import { serve } from "../scripts/serve.mjs";
import { launch, open } from "./support/browser.mjs";
import { chat, orders } from "./support/chat.mjs";
import { host, run } from "./support/host.mjs";

const direct = `
import { init, Shop } from "huashu";
await init();
const shop = new Shop();
await shop.addChats("chat.jsonl", ${JSON.stringify(chat)});
await shop.addOrders("orders.csv", ${JSON.stringify(orders)});
const inPage = { check: shop.check({ messages: true }), metrics: shop.metrics() };
`;
const app = `
${direct}
import { ShopClient } from "huashu/client";
const client = new ShopClient();
await client.addChats("chat.jsonl", ${JSON.stringify(chat)});
await client.addOrders("orders.csv", ${JSON.stringify(orders)});
globalThis.reports = { inPage, inWorker: { check: await client.check({ messages: true }), metrics: await client.metrics() } };
client.close();
`;
const importmap = { huashu: "./node_modules/huashu/index.mjs", "huashu/client": "./node_modules/huashu/client.mjs" };
const viteApp = join(host, "vite-app");

let browser;
let expected;
before(async () => {
  browser = await launch();
  const { stdout, stderr } = await run(process.execPath, [
    "--input-type=module", "-e", `${direct} console.log(JSON.stringify(inPage));`,
  ]);
  assert.ok(stdout, stderr);
  expected = JSON.parse(stdout);
  mkdirSync(viteApp);
  writeFileSync(join(host, "plain.mjs"), app);
  writeFileSync(
    join(host, "plain.html"),
    `<!doctype html><link rel="icon" href="data:,"><script type="importmap">${JSON.stringify({ imports: importmap })}</script>
     <script type="module" src="./plain.mjs"></script>`,
  );
  writeFileSync(join(viteApp, "main.mjs"), app);
  writeFileSync(
    join(viteApp, "index.html"),
    `<!doctype html><link rel="icon" href="data:,"><script type="module" src="./main.mjs"></script>`,
  );
});
after(() => browser?.close());

/** Opens a page and compares what it computed with what node did. */
async function agrees(url) {
  const { page, context, foreign, errors } = await open(browser, new URL(url).origin);
  await page.goto(url);
  const reports = await page
    .waitForFunction(() => globalThis.reports, undefined, { timeout: 20_000 })
    .then((handle) => handle.jsonValue())
    .catch((error) => assert.fail([error.message, ...errors].join("\n")));
  await context.close();
  assert.deepEqual(reports.inPage, expected);
  assert.deepEqual(reports.inWorker, expected);
  assert.deepEqual({ foreign, errors }, { foreign: [], errors: [] });
}

test("node reads the chat and the orders", () => {
  const [conversation] = expected.check.conversations;
  assert.equal(conversation.messages[0].text, "我的快递三天没动了😭等得着急");
  assert.equal(typeof conversation.score.value, "number");
  assert.equal(expected.metrics.metrics.find((m) => m.id === "sales.paid_amount").value, 120.5);
});

test("a page without a bundler", async () => {
  const server = await serve(host);
  await agrees(`${server.url}plain.html`).finally(server.close);
});

// As it is, and with what the README tells those to say who have an older one.
for (const [name, options] of Object.entries({ "": {}, ", of modules": { worker: { format: "es" } } })) {
  test(`Vite's build${name}`, async () => {
    await build({ root: viteApp, configFile: false, logLevel: "error", ...options });
    const server = await serve(join(viteApp, "dist"));
    await agrees(server.url).finally(server.close);
  });
}

for (const [name, options] of Object.entries({ "": {}, ", without its bundle of dependencies": { optimizeDeps: { exclude: ["huashu"] } } })) {
  test(`Vite's development server${name}`, async () => {
    const { url, close } = await serve(viteApp); // a port that is free; its client does not take 0 for one
    await close();
    const port = Number(new URL(url).port);
    const server = await createServer({
      root: viteApp,
      configFile: false,
      logLevel: "error",
      ...options,
      server: { host: "127.0.0.1", port, strictPort: true },
    });
    await server.listen();
    await agrees(`http://127.0.0.1:${port}/`).finally(() => server.close());
  });
}
