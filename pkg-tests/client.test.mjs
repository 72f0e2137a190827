// The worker client in a real browser under a strict content security policy: results, progress, cancelling, breakdowns.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { serve } from "../scripts/serve.mjs";
import { launch, open } from "./support/browser.mjs";
import { strToU8, zipSync } from "fflate";
import { writeXlsx } from "hucre/xlsx";
import { chat, orders } from "./support/chat.mjs";
import { host, installed } from "./support/host.mjs";

const directory = join(host, "client");
mkdirSync(directory);
const csp = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; img-src data:";
writeFileSync(
  join(directory, "index.html"),
  `<!doctype html><meta http-equiv="content-security-policy" content="${csp}"><link rel="icon" href="data:,">
   <script type="module" src="main.mjs"></script>`,
);
writeFileSync(
  join(directory, "main.mjs"),
  `import { HuashuError, ShopClient } from "../node_modules/huashu/client.mjs";
   Object.assign(globalThis, { HuashuError, ShopClient, chat: ${JSON.stringify(chat)}, orders: ${JSON.stringify(orders)} });`,
);
// A worker whose wasm traps when one conversation is asked for, or already on start.
for (const name of ["shop_conversation", "book_info"]) {
  writeFileSync(
    join(directory, `${name}.mjs`),
    `const original = WebAssembly.instantiateStreaming;
     WebAssembly.instantiateStreaming = async (...args) => {
       const { module, instance } = await original(...args);
       const trap = () => { throw new WebAssembly.RuntimeError("unreachable"); };
       return { module, instance: { exports: { ...instance.exports, ${name}: trap } } };
     };`,
  );
  writeFileSync(join(directory, `worker-${name}.mjs`), `import "./${name}.mjs"; import "../node_modules/huashu/worker.mjs";`);
}

let browser;
let server;
before(async () => {
  browser = await launch();
  server = await serve(host);
});
after(async () => {
  await browser?.close();
  await server?.close();
});

/** Runs a function in a fresh page and resolves to what it returns. */
async function inPage(f, argument) {
  const { page, context, foreign, errors } = await open(browser, server.url);
  await page.goto(`${server.url}client/index.html`);
  await page.waitForFunction(() => globalThis.ShopClient);
  const result = await page.evaluate(f, argument);
  await context.close();
  assert.deepEqual(foreign, []);
  return { result, errors };
}

test("text, bytes and files come to the report that node comes to", async () => {
  const { Shop } = await import(pathToFileURL(join(installed, "node.mjs")).href);
  const shop = new Shop();
  await shop.addChats("chat.jsonl", chat);
  await shop.addOrders("orders.csv", orders);
  await shop.addTable("ratings.csv", "buyer,rating\n阿青,满意\n");
  const { result, errors } = await inPage(async () => {
    const results = [];
    for (const form of [(text) => text, (text) => new TextEncoder().encode(text), (text) => new Blob([text])]) {
      const client = new ShopClient();
      const files = [await client.addChats("chat.jsonl", form(chat)), await client.addOrders("orders.csv", form(orders)), await client.addTable("ratings.csv", form("buyer,rating\n阿青,满意\n"))];
      const saved = [await client.save("check", "json"), await client.save("metrics", "csv"), await client.save("table", "csv", { table: "flow" })];
      results.push({
        files,
        check: await client.check({ messages: true }),
        signals: await client.signals(),
        metrics: await client.metrics({ refunded: "include" }),
        conversation: await client.conversation(0),
        saved: await Promise.all(saved.map((blob) => blob.text())),
      });
      client.close();
    }
    return results;
  });
  assert.deepEqual(errors, []);
  for (const { files, saved, ...rest } of result) {
    assert.deepEqual(files.map((file) => file.conversations ?? file.orders ?? file.used), [1, 3, 1]);
    assert.deepEqual(JSON.parse(saved[0]), shop.check());
    assert.equal(`\ufeff${saved[2]}`, [...shop.write("table", "csv", { table: "flow" })].join(""), "text() takes the mark off");
    assert.deepEqual(rest, {
      check: shop.check({ messages: true }),
      signals: shop.signals(),
      metrics: shop.metrics({ refunded: "include" }),
      conversation: shop.conversation(0),
    });
  }
});

test("workbooks and archives are read in the worker, with what is loaded for them", async () => {
  const sheet = await writeXlsx({ sheets: [{ name: "订单", rows: orders.trimEnd().split("\n").map((line) => line.split(",")) }] });
  const archive = zipSync({ "订单.xlsx": sheet, "更多.csv": strToU8(orders.replaceAll("8100", "8200")) });
  const { result, errors } = await inPage(async (packed) => {
    const client = new ShopClient();
    const [sheet, archive] = packed.map((bytes) => new Blob([new Uint8Array(bytes)]));
    const found = await client.identify("订单.xlsx", sheet);
    const first = await client.addOrders("订单.xlsx", sheet);
    const both = await client.addOrders("全部.zip", archive);
    const old = await client.addOrders("旧.xls", new Blob([Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1)])).catch((error) => error.code);
    return { kind: found.kind, first: first.orders, files: both.files.map(({ file }) => file), created: (await client.metrics()).metrics[0].value, old };
  }, [[...sheet], [...archive]]);
  assert.deepEqual(result, { kind: "orders", first: 3, files: ["全部.zip/订单.xlsx", "全部.zip/更多.csv"], created: 6, old: "old-workbook" });
  assert.deepEqual(errors, []);
});

test("tables of orders and of chats are told apart, also where their headers are unknown or their messages talk of refunds", async () => {
  const files = {
    orders: "订单号,买家,金额,下单时间\nA0,小红花,20,2026-03-01 10:00:00\nA1,小蓝花,30,2026-03-01 11:00:00\n",
    chats: "aa,bb,cc,dd\nk1,小鹿,在吗,2026-03-01 10:00:00\nk1,小丹,在的亲,2026-03-01 10:00:10\nk1,小鹿,退款,2026-03-01 10:00:20\n",
    table: "订单编号,买家会员名,宝贝标题,评价内容,评价时间\n11,小鹿,杯子,很好用,2026-03-01 10:00:00\n",
    unknown: "谁,货,多少,哪天\n小鹿,杯子,20,2026-03-01 10:00:00\n小丹,盘子,30,2026-03-01 10:00:10\n小鹿,碗,5,2026-03-01 10:00:20\n小丹,杯子,5,2026-03-01 10:00:30\n",
    more: "p1,p2,p3\n小鹿,在吗,10:00:00\n小丹,在的亲,10:00:10\n小鹿,退款金额,10:00:20\n",
  };
  const { result, errors } = await inPage(async (files) => {
    const client = new ShopClient();
    const kinds = [];
    for (const text of files) kinds.push((await client.identify("表.csv", text)).kind);
    return kinds;
  }, Object.values(files));
  assert.deepEqual(result, ["orders", "chats", "table", "orders", "chats"]);
  assert.deepEqual(errors, []);
});

test("an archive of chats, orders and a side table: each file goes where it belongs", async () => {
  const ratings = "客服,满意度,评价时间\n小暖,非常满意,2026-06-02 10:00:00\n";
  const given = "客服昵称,咨询人数,接待人数,平均响应时间(秒)\n小暖,12,10,18\n";
  const packed = zipSync({ "聊天.jsonl": strToU8(chat), "订单.csv": strToU8(orders), "评价.csv": strToU8(ratings), "__MACOSX/._x": strToU8("x") });
  const { result, errors } = await inPage(async ([packed, given]) => {
    const client = new ShopClient();
    const archive = new Blob([new Uint8Array(packed)]);
    const { kind, entries } = await client.identify("全部.zip", archive);
    const only = (kind) => ({ only: entries.filter((entry) => entry.kind === kind).map((entry) => entry.name) });
    const chats = await client.addChats("全部.zip", archive, only("chats"));
    const orders = await client.addOrders("全部.zip", archive, only("orders"));
    const table = await client.addTable("全部.zip", archive, only("table"));
    const report = await client.identify("报表.csv", given);
    const problems = [chats, orders, table].flatMap((file) => file.problems.map((problem) => problem.code));
    return { kind, entries, read: [chats.conversations, orders.orders, table.used], table: table.kind, problems, report: [report.kind, report.table.kind] };
  }, [[...packed], given]);
  assert.deepEqual(result, {
    kind: "chats",
    entries: [["聊天.jsonl", "chats"], ["订单.csv", "orders"], ["评价.csv", "table"]].map(([name, kind]) => ({ name: `全部.zip/${name}`, kind })),
    read: [1, 3, 1],
    table: "ratings",
    problems: [],
    report: ["table", "given"],
  });
  assert.deepEqual(errors, []);
});

test("progress is true, for reading and for checking", async () => {
  const { result } = await inPage(async () => {
    const client = new ShopClient();
    const lines = Array.from({ length: 6000 }, (_, i) => chat.replace('"c1"', `"c${i}"`));
    const blob = new Blob(lines);
    const reading = [];
    const checking = [];
    const file = await client.addChats("many.jsonl", blob, { onProgress: (...now) => reading.push(now) });
    const report = await client.check({ onProgress: (...now) => checking.push(now) });
    const signals = [];
    await client.signals({ onProgress: (...now) => signals.push(now) });
    return { size: blob.size, reading, checking, signals, conversations: file.conversations, checked: report.conversations.length };
  });
  assert.equal(result.conversations, 6000);
  assert.equal(result.checked, 6000);
  assert.ok(result.reading.length > 1 && result.checking.length > 1);
  for (const [list, total] of [[result.reading, result.size], [result.checking, 6000], [result.signals, 6000]]) {
    assert.deepEqual(list.at(-1), [total, total]);
    assert.deepEqual(list.map(([done]) => done), list.map(([done]) => done).sort((a, b) => a - b));
    assert.ok(list.every((now) => now[1] === total));
  }
});

test("cancelling works at once, keeps nothing of the file, and leaves the rest alone", async () => {
  const { result, errors } = await inPage(async () => {
    const client = new ShopClient();
    await client.addChats("chat.jsonl", chat);
    const big = new Blob(Array.from({ length: 60 }, () => chat.repeat(3000)));
    const control = new AbortController();
    const cancelled = client.addChats("big.jsonl", big, { signal: control.signal, onProgress: () => control.abort() });
    const name = await cancelled.catch((error) => error.name);
    const before = await client.addChats("late.jsonl", chat, { signal: AbortSignal.abort() }).catch((error) => error.name);
    const queued = new AbortController();
    const [first, second] = [client.check(), client.metrics({ signal: queued.signal }).catch((error) => error.name)];
    queued.abort();
    return { name, before, second: await second, conversations: (await first).conversations.length };
  });
  assert.deepEqual(result, { name: "AbortError", before: "AbortError", second: "AbortError", conversations: 1 });
  assert.deepEqual(errors, []);
});

test("of a file that was given up nothing is kept, however small it is", async () => {
  const { result } = await inPage(async () => {
    const client = new ShopClient();
    await client.ready;
    const names = [];
    const abandon = async (call, early) => {
      const control = new AbortController();
      const added = call({ signal: control.signal, onProgress: () => control.abort() });
      if (early) control.abort();
      names.push(await added.then(() => "added", (error) => error.name));
    };
    await abandon((options) => client.addChats("chat.jsonl", chat, options), true);
    await abandon((options) => client.addChats("chat.jsonl", chat, options));
    await abandon((options) => client.addOrders("orders.csv", new Blob([orders]), options));
    const { conversations } = await client.check();
    return { names, conversations: conversations.length, files: (await client.metrics()).files.length };
  });
  assert.deepEqual(result, { names: ["AbortError", "AbortError", "AbortError"], conversations: 0, files: 0 });
});

test("a book or a reset that was given up does not take effect, whenever that was", async () => {
  const { result, errors } = await inPage(async () => {
    const client = new ShopClient({ workerUrl: "worker-shop_conversation.mjs" });
    const { hash } = await client.useBook({ profile: "pdd" });
    const standard = await client.standardText();
    const own = { toml: standard.replace('id = "standard"', 'id = "mine"') };
    const outcomes = [];
    for (const call of [(options) => client.useBook(own, options), (options) => client.reset(options)]) {
      for (const wait of [undefined, 0, 5, 20, 50, 100, 200]) {
        await client.useBook({ profile: "pdd" });
        await client.reset();
        await client.addChats("chat.jsonl", chat);
        const control = new AbortController();
        const done = call({ signal: control.signal }).then(() => true, () => false);
        if (wait === undefined) control.abort();
        else setTimeout(() => control.abort(), wait);
        const took = await done;
        const { book, conversations } = await client.check();
        outcomes.push([wait, took, took === (book.hash !== hash || conversations.length === 0)]);
        if (book.hash === hash) continue;
        // The one in force is that of the next worker, too.
        await client.conversation(0).catch(() => {});
        outcomes.push([wait, took, (await client.check()).book.hash === book.hash]);
      }
    }
    await client.useBook({ profile: "pdd" });
    const control = new AbortController();
    const given = client.useBook(own, { signal: control.signal }).catch(() => {});
    control.abort();
    await given;
    await client.conversation(0).catch(() => {});
    return { outcomes, kept: (await client.check()).book.hash === hash };
  });
  assert.ok(result.kept, "a new worker has the book in force, not the one given up");
  assert.deepEqual(result.outcomes.filter(([, , true_]) => !true_), []);
  assert.ok(result.outcomes.some(([, took]) => !took));
  assert.deepEqual(errors, []);
});

test("mistakes of the user are errors with their place, and the work goes on", async () => {
  const { result } = await inPage(async () => {
    const client = new ShopClient();
    const caught = [];
    const note = (error) => caught.push([error instanceof HuashuError, error.code, error.line, error.problems.length > 0]);
    const before = await client.useBook({ profile: "pdd" });
    await client.useBook({ toml: 'id = "mine"\n[[rule]]\ntitel = "…"\n' }).catch(note);
    await client.checkBook({ toml: "=" }).catch(note);
    await client.addOrders("o.csv", orders, { columns: { byuer: "x" } }).catch(note);
    await client.addChats("n", 5).catch(note);
    await client.addChats("chat.jsonl", chat);
    const { book } = await client.check();
    return { caught, same: book.hash === before.hash };
  });
  assert.ok(result.same, "a book that does not load changes nothing");
  assert.equal(result.caught.length, 4);
  for (const [ours, code, , listed] of result.caught) assert.deepEqual([ours, typeof code, listed], [true, "string", true]);
  assert.deepEqual(result.caught.slice(0, 2).map(([, , line]) => line > 0), [true, true]);
});

test("what is of the wrong kind is refused by name, without a new worker", async () => {
  const { result, errors } = await inPage(async () => {
    const restarts = [];
    const client = new ShopClient({ onRestart: (error) => restarts.push(error.code) });
    const { profile } = await client.useBook({ profile: "pdd" });
    await client.addChats("chat.jsonl", chat);
    const calls = {
      name: () => client.addChats(5, new Blob([chat])), Blob: () => client.addChats("a", null), identify: () => client.identify("a", 5), unnamed: () => client.identify(5, chat), rule: () => client.showRule(5),
      toml: () => client.useBook({ toml: 5 }), tomll: () => client.useBook({ tomll: "" }), options: () => client.useBook(5), checked: () => client.checkBook({ tomll: "" }),
      window: () => client.metrics({ window: NaN }), all: () => client.metrics(5), limit: () => client.rows("orders.paid", { limit: -1 }), at: () => client.conversation(2 ** 32), signal: () => client.check({ signal: 5 }),
      onProgress: () => client.check({ onProgress: 5 }), messages: () => client.todo("first-greeting", null, "pass"), texts: () => client.mask("a"), function: () => client.addChats("a", () => chat),
      encoding: () => client.addChats("a", chat, { encodng: "utf-8" }), forwarded: () => client.metrics({ forwardd() {} }), table: () => client.save("table", "csv", { tabel: "rfm" }), sgnal: () => client.reset({ sgnal: 5 }),
      workerUrl: async () => new ShopClient({ workerUlr: "x" }), onRestart: async () => new ShopClient({ onRestart: 5 }), client: async () => new ShopClient("worker.mjs"), saved: () => client.save("metric", "csv"),
    };
    const caught = {};
    for (const [name, call] of Object.entries(calls)) caught[name] = await call().then(() => "fine", (error) => (error instanceof HuashuError ? `${error.code}: ${error.message}` : String(error)));
    const { book, conversations } = await client.check(null);
    return { caught, restarts, profile, same: book.hash === (await client.useBook({ profile: "pdd" })).hash, conversations: conversations.length };
  });
  const { caught, ...rest } = result;
  assert.deepEqual(rest, { restarts: [], profile: "pdd", same: true, conversations: 1 });
  for (const [name, message] of Object.entries(caught)) assert.match(message, /^bad-(input|option): .* \/ /, name);
  for (const name of ["name", "Blob", "rule", "toml", "tomll", "options", "window", "limit", "at", "signal", "onProgress", "messages", "texts", "encoding", "forwarded", "table", "sgnal", "workerUrl", "onRestart"]) assert.ok(caught[name].includes(name), caught[name]);
  for (const [wrong, meant] of Object.entries({ tomll: "toml", workerUrl: "workerUrl", sgnal: "signal", saved: "metrics" })) assert.match(caught[wrong], new RegExp(`did you mean ${meant}\\?`));
  assert.deepEqual(errors, []);
});

test("after a trap what is pending is rejected, and a new worker has the same book", async () => {
  const { result } = await inPage(async () => {
    const restarts = [];
    const client = new ShopClient({ workerUrl: "worker-shop_conversation.mjs", onRestart: (error) => restarts.push(error.code) });
    const { hash } = await client.useBook({ profile: "pdd" });
    await client.addChats("chat.jsonl", chat);
    const pending = await Promise.all([client.conversation(0), client.check(), client.signals()].map((p) => p.catch((error) => error.code)));
    const empty = await client.check();
    await client.addChats("chat.jsonl", chat);
    const again = await client.check();
    return { restarts, pending, empty: empty.conversations.length, again: again.conversations.length, same: again.book.hash === hash };
  });
  assert.deepEqual(result, { restarts: ["trap"], pending: ["trap", "trap", "trap"], empty: 0, again: 1, same: true });
});

test("a worker that cannot start says so and does not try for ever", async () => {
  const { result } = await inPage(async () => {
    const codes = [];
    let why;
    for (const options of [
      { workerUrl: "nowhere.mjs" },
      { workerUrl: "https://elsewhere.example/worker.mjs" },
      { workerUrl: "worker-book_info.mjs" },
      { wasm: "nowhere.wasm" },
    ]) {
      const client = new ShopClient({ ...options, onRestart: () => codes.push("restart") });
      const both = await Promise.all([client.ready, client.check()].map((p) => p.then(() => "fine", (error) => error.code)));
      if (options.workerUrl === "nowhere.mjs") why = await client.ready.catch((error) => error.message);
      codes.push(both.join(" "));
    }
    const client = new ShopClient();
    const pending = client.check().catch((error) => error.code);
    client.close();
    codes.push(await pending, await client.check().catch((error) => error.code));
    return { codes, why };
  });
  assert.match(result.why, /Vite.*optimizeDeps: \{ exclude: \["huashu"\] \}/);
  assert.deepEqual(result.codes, ["worker-failed worker-failed", "worker-failed worker-failed", "trap trap", "not-loaded not-loaded", "closed", "closed"]);
});
