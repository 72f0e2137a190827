// The declared types against real programs and real results, checked as a host's compiler would.
import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { chat, orders } from "./support/chat.mjs";
import { host, installed, root, run } from "./support/host.mjs";

const tsc = join(root, "node_modules/typescript/bin/tsc");

/** Compiles the files of a directory in the host; resolves to the compiler's complaints. */
async function complaints(directory, options) {
  writeFileSync(
    join(directory, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: {
        noEmit: true, strict: true, exactOptionalPropertyTypes: true, target: "es2022", lib: ["es2022", "dom"], types: [], ...options,
      },
    }),
  );
  const { code, stdout, stderr } = await run(process.execPath, [tsc, "-p", directory]);
  return code === 0 ? "" : stdout + stderr;
}
const resolutions = {
  node: { module: "nodenext", moduleResolution: "nodenext" },
  bundler: { module: "esnext", moduleResolution: "bundler" },
  // With the library that knows Symbol.dispose, too.
  newest: { module: "nodenext", moduleResolution: "nodenext", lib: ["esnext", "dom"] },
  // A program for node, without what browsers have.
  service: { module: "nodenext", moduleResolution: "nodenext", lib: ["es2022"], types: ["node"], typeRoots: [join(root, "node_modules/@types")] },
};

for (const [name, options] of Object.entries(resolutions)) {
  test(`a program that uses the package compiles (${name})`, async () => {
    const directory = join(host, `usage-${name}`);
    mkdirSync(directory);
    cpSync(join(root, "pkg-tests/types/usage.ts"), join(directory, "usage.ts"));
    assert.equal(await complaints(directory, options), "");
  });
}

test("reports have exactly the keys that the types declare", async () => {
  const { init, Shop, Book } = await import(pathToFileURL(join(installed, "node.mjs")).href);
  await init();
  const shop = new Shop();
  const chatFile = await shop.addChats("chat.jsonl", chat);
  const orderFile = await shop.addOrders("orders.csv", orders);
  const { rules, signals, scenes } = Book.standard();
  const results = {
    CheckReport: shop.check({ messages: true }),
    MetricReport: shop.metrics(),
    ConversationReport: shop.conversation(0),
    "SignalLine[]": shop.signals(),
    ChatFile: chatFile,
    OrderFile: orderFile,
    TableFile: await shop.addTable("roster.csv", "agent,team\n客服小雨,售前\n合计,\n"),
    "readonly RuleInfo[]": rules,
    "readonly SignalInfo[]": signals,
    "readonly SceneInfo[]": scenes,
    "ProfileInfo[]": Book.profiles(),
  };
  const directory = join(host, "results");
  mkdirSync(directory);
  // Literals are checked for keys too many as well as for keys too few.
  const lines = Object.entries(results).map(
    ([type, value], i) => `export const result${i}: ${type.replace(/\w+Info|\w+Line|\w+File|\w+Report/, "T.$&")} = ${JSON.stringify(value)};`,
  );
  writeFileSync(join(directory, "results.ts"), [`import type * as T from "huashu";`, ...lines].join("\n"));
  assert.equal(await complaints(directory, resolutions.node), "");
});

test("what is declared is exported, and what is exported is declared", async () => {
  const directory = join(host, "names");
  mkdirSync(directory);
  const lines = [];
  for (const [entry, file] of [["huashu", "index"], ["huashu/client", "client"]]) {
    const exported = Object.keys(await import(pathToFileURL(join(installed, `${file}.mjs`)).href));
    lines.push(`import { ${exported.map((name) => `${name} as ${file}_${name}`).join(", ")} } from "${entry}";`);
    lines.push(...exported.map((name) => `void ${file}_${name};`));
    const declared = [...readFileSync(join(installed, `${file}.d.mts`), "utf8").matchAll(/^export (?:class|function|const) (\w+)/gm)];
    for (const [, name] of declared) assert.ok(exported.includes(name), `${entry} declares ${name} and does not export it`);
  }
  const inNode = Object.keys(await import(pathToFileURL(join(installed, "node.mjs")).href));
  assert.deepEqual(inNode.sort(), Object.keys(await import(pathToFileURL(join(installed, "index.mjs")).href)).sort());
  writeFileSync(join(directory, "names.ts"), lines.join("\n"));
  assert.equal(await complaints(directory, resolutions.node), "");
});
