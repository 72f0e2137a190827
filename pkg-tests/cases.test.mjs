// The samples of chats, orders and side tables, which the native tests read too, through the packed package: in node and in Chromium.
import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, parse } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { serve } from "../scripts/serve.mjs";
import { launch, open } from "./support/browser.mjs";
import { readers } from "./support/cases.mjs";
import { host, installed, root } from "./support/host.mjs";

const { Shop } = await import(pathToFileURL(join(installed, "node.mjs")).href);
const cases = join(root, "pkg-tests/cases");
const beside = (kind, name) => readFileSync(join(cases, kind, name));

/** Kind and name of every sample, and what is wanted of it. */
const samples = [
  ...readdirSync(join(cases, "chats")).filter((name) => !/\.(jsonl|about)$/.test(name)).map((name) => ({ kind: "chats", name })),
  ...["orders", "tables"].flatMap((kind) =>
    readdirSync(join(cases, kind)).filter((name) => name.endsWith(".json")).map((name) => ({ kind, name, wanted: JSON.parse(beside(kind, name)) })),
  ),
];

/** Compares what a sample gave with what is wanted. */
const compare = {
  chats({ name }, found) {
    const text = (extension) => String(beside("chats", parse(name).name + extension));
    const lines = text(".jsonl").split("\n").filter(Boolean);
    for (const { plain, about, file } of found) {
      assert.deepEqual(plain, lines.map((line) => JSON.parse(line)));
      assert.deepEqual(about, JSON.parse(text(".about")));
      assert.deepEqual(file, [name, lines.length]);
    }
    assert.equal(found.length, 2);
  },
  orders({ wanted }, { problems, created, paid, file }) {
    assert.deepEqual(problems, wanted.problems.map(({ code, line = null, column = null }) => ({ code, line, column })));
    assert.equal(created, wanted.orders.length);
    if (wanted.paid) assert.equal(paid, wanted.paid.length);
    if (wanted.files) return;
    const { platform = "generic", rows = 0, count = wanted.orders.length, columns = file.columns, excluded = {} } = wanted;
    assert.deepEqual(file, { platform, rows, orders: count, columns, excluded });
  },
  tables({ wanted }, { csv, file, columns, excluded, problems, again, whole, given }) {
    const { kind, rows, used } = wanted;
    assert.deepEqual(file, [csv, kind, rows, used]);
    assert.deepEqual({ columns, excluded, problems }, { columns: wanted.columns, excluded: wanted.excluded, problems: wanted.problems });
    assert.deepEqual(again, [whole]);
    assert.deepEqual(
      given,
      wanted.entries.filter((entry) => entry.header).map(({ id = null, agent, value, unit, platform, header, period = null }) =>
        [id, agent ?? null, value, unit, platform, header, period, null, null, csv]),
    );
  },
};

test("there are samples", () => {
  for (const [kind, least] of [["chats", 20], ["orders", 20], ["tables", 5]]) assert.ok(samples.filter((s) => s.kind === kind).length >= least, kind);
});

for (const sample of samples) {
  const { kind, name, wanted } = sample;
  test(`${kind} ${name}`, async () => compare[kind](sample, await readers[kind](Shop, name, async (file) => beside(kind, file), wanted)));
}

// A page without a bundler reads them all, each of which is a test of its own then.
const desk = join(host, "samples");
let server;
let browser;
let results;
before(async () => {
  mkdirSync(desk);
  cpSync(cases, join(desk, "cases"), { recursive: true });
  cpSync(join(root, "pkg-tests/support/cases.mjs"), join(desk, "cases.mjs"));
  writeFileSync(
    join(desk, "index.html"),
    `<!doctype html><meta http-equiv="content-security-policy" content="default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; img-src data:">
     <link rel="icon" href="data:,"><script type="module" src="main.mjs"></script>`,
  );
  writeFileSync(
    join(desk, "main.mjs"),
    `import { init, Shop } from "../node_modules/huashu/index.mjs";
     import { readers } from "./cases.mjs";
     await init();
     globalThis.readAll = async (samples) => {
       const results = {};
       for (const { kind, name, wanted } of samples) {
         const get = async (file) => new Uint8Array(await (await fetch(\`cases/\${kind}/\${file}\`)).arrayBuffer());
         results[\`\${kind} \${name}\`] = await readers[kind](Shop, name, get, wanted).catch((error) => String(error));
       }
       return results;
     };`,
  );
  browser = await launch();
  server = await serve(host);
  const { page, foreign, errors } = await open(browser, server.url);
  await page.goto(`${server.url}samples/index.html`);
  await page.waitForFunction(() => globalThis.readAll, undefined, { timeout: 60_000 });
  results = await page.evaluate((list) => readAll(list), samples);
  assert.deepEqual({ foreign, errors }, { foreign: [], errors: [] });
});
after(async () => {
  await browser?.close();
  await server?.close();
});

for (const sample of samples) {
  const name = `${sample.kind} ${sample.name}`;
  test(`in Chromium: ${name}`, () => compare[sample.kind](sample, results[name]));
}
