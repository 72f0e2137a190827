// The samples of chats, orders and side tables, which the native tests read too, through the packed package.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join, parse } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { installed, root } from "./support/host.mjs";

const { Shop } = await import(pathToFileURL(join(installed, "node.mjs")).href);
const chats = join(root, "pkg-tests/cases/chats");
const orders = join(root, "pkg-tests/cases/orders");
const tables = join(root, "pkg-tests/cases/tables");

/** Cut anywhere: into pieces of prime lengths, so that characters and line ends are cut too. */
async function* cut(bytes, length) {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}
const counts = (list) => Object.fromEntries(list.map(({ reason, count }) => [reason, count]));

const samples = readdirSync(chats).filter((name) => !/\.(jsonl|about)$/.test(name));
test("there are samples", () => assert.ok(samples.length >= 20));

for (const name of samples) {
  test(`chat ${name}`, async () => {
    const bytes = readFileSync(join(chats, name));
    const beside = (extension) => readFileSync(join(chats, parse(name).name + extension), "utf8");
    const lines = beside(".jsonl").split("\n").filter(Boolean);
    const about = JSON.parse(beside(".about"));
    for (const data of [bytes, cut(bytes, 7)]) {
      const shop = new Shop();
      const file = await shop.addChats(name, data, { encoding: "utf-8" });
      const { conversations } = shop.check({ messages: true });
      const plain = conversations.map(({ id, buyer, messages }) => ({
        id, buyer, messages: messages.map(({ role, sender, at, text, kind }) => ({ role, sender, at, text, kind })),
      }));
      assert.deepEqual(plain, lines.map((line) => JSON.parse(line)));
      assert.deepEqual(
        {
          format: file.format,
          shape: file.shape,
          lines: conversations.map(({ source }) => source.line),
          problems: file.problems.map(({ code, line }) => [code, line]),
          notes: file.notes.map(({ code }) => code),
          dropped: counts(file.dropped),
        },
        about,
      );
      assert.deepEqual([file.file, file.conversations], [name, lines.length]);
    }
  });
}

for (const name of readdirSync(orders).filter((name) => name.endsWith(".json"))) {
  test(`orders ${name}`, async () => {
    const wanted = JSON.parse(readFileSync(join(orders, name), "utf8"));
    const shop = new Shop();
    const problems = [];
    let file;
    for (const csv of wanted.files ?? [`${parse(name).name}.csv`]) {
      const options = { ...(wanted.map && { columns: wanted.map }), ...(wanted.buyer && { buyer: wanted.buyer }) };
      file = await shop.addOrders(csv, cut(readFileSync(join(orders, csv)), 13), options);
      problems.push(...file.problems.map(({ code, line, column }) => ({ code, line, column })));
    }
    assert.deepEqual(problems, wanted.problems.map(({ code, line = null, column = null }) => ({ code, line, column })));
    assert.equal(shop.metrics({ refunded: "include" }).metrics.find((m) => m.id === "orders.created").value ?? 0, wanted.orders.length);
    if (wanted.paid) assert.equal(shop.metrics({ refunded: "include" }).metrics.find((m) => m.id === "orders.paid").value, wanted.paid.length);
    if (wanted.files) return;
    const { platform = "generic", rows = 0, count = wanted.orders.length, columns, excluded = {} } = wanted;
    assert.deepEqual([file.platform, file.rows, file.orders], [platform, rows, count]);
    if (columns) assert.deepEqual(file.columns, columns);
    assert.deepEqual(counts(file.excluded), excluded);
  });
}

for (const name of readdirSync(tables).filter((name) => name.endsWith(".json"))) {
  test(`table ${name}`, async () => {
    const { told, kind, rows, used, columns, excluded, problems, entries } = JSON.parse(readFileSync(join(tables, name), "utf8"));
    const csv = `${parse(name).name}.csv`;
    const shop = new Shop();
    const file = await shop.addTable(csv, cut(readFileSync(join(tables, csv)), 13), told);
    assert.deepEqual([file.file, file.kind, file.rows, file.used], [csv, kind, rows, used]);
    assert.deepEqual(file.columns, columns);
    assert.deepEqual(counts(file.excluded), excluded);
    assert.deepEqual(file.problems.map(({ code, line, column }) => ({ code, line, column })), problems);
    const { files, tables: { given } } = shop.metrics();
    assert.deepEqual(files, [file]);
    assert.deepEqual(
      given.map((row) => [row.id, row.by?.agent, row.given, row.unit, row.platform, row.header, row.period, row.ours, row.difference, row.file]),
      entries.filter((entry) => entry.header).map(({ id = null, agent, value, unit, platform, header, period = null }) =>
        [id, agent, value, unit, platform, header, period, null, null, csv]),
    );
  });
}
