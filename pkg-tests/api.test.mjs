// The functions of the packed package in node.
import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { createReadStream, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { chat, orders } from "./support/chat.mjs";
import { host, installed, root, run } from "./support/host.mjs";

const { Book, HuashuError, Shop, init } = await import(pathToFileURL(join(installed, "node.mjs")).href);
const { initSync } = await import(pathToFileURL(join(installed, "huashu.js")).href);
const bytes = (text) => new TextEncoder().encode(text);
const utf16 = (text, swap) => (swap ? Buffer.from(text, "utf16le").swap16() : Buffer.from(text, "utf16le"));

async function read(data, options, add = "addOrders") {
  const shop = new Shop();
  const file = await shop[add]("file", data, options);
  return { shop, file };
}

test("in node nothing needs to be loaded", async () => {
  assert.equal(await init(), undefined);
  assert.equal(await init("ignored"), undefined);
});

test("every form of input comes to the same", async () => {
  const path = join(host, "orders-api.csv");
  writeFileSync(path, orders);
  async function* dripping() {
    for (const byte of bytes(orders)) yield Uint8Array.of(byte);
  }
  const padded = new Uint8Array([...bytes("abc"), ...bytes(orders)]);
  const forms = [
    orders, bytes(orders), bytes(orders).buffer, Buffer.from(orders), padded.subarray(3), new Blob([orders]),
    createReadStream(path), createReadStream(path, { highWaterMark: 1 }), new Blob([orders]).stream(), dripping(),
  ];
  const expected = (await read(orders)).shop.metrics();
  for (const form of forms) assert.deepEqual((await read(form)).shop.metrics(), expected);
  await assert.rejects(read(5), { name: "HuashuError", code: "bad-input" });
  await assert.rejects(read(undefined), { code: "bad-input" });
});

test("pieces of a stream are bytes in any form, or text", async () => {
  const expected = (await read(orders)).shop.metrics();
  async function* dripping(pieces) {
    yield* pieces;
  }
  const path = join(host, "orders-pieces.csv");
  writeFileSync(path, orders);
  const data = bytes(`\n${orders}`).subarray(1); // which does not begin its buffer
  const forms = [
    () => createReadStream(path, "utf8"), () => dripping([orders]), () => dripping([data.slice().buffer]), () => dripping([new DataView(data.buffer, 1)]),
    () => dripping([...orders].map((char) => bytes(char).buffer)), () => new Blob([orders]).stream().pipeThrough(new TextDecoderStream()),
  ];
  for (const form of forms) assert.deepEqual((await read(form())).shop.metrics(), expected, String(form));
  // Text is text, whatever encoding was told, and halves of a character come together.
  const said = "客户：😀在吗\n客服：在的亲\n";
  const { shop } = await read(dripping(said.split("")), { encoding: "gb18030" }, "addChats");
  assert.equal(shop.check({ messages: true }).conversations[0].messages[0].text, "😀在吗");
  // Chats are read again from the file; not where its own bytes are something else.
  const wide = join(host, "wide.txt");
  writeFileSync(wide, Buffer.from(said, "utf16le"));
  const again = await read(createReadStream(wide, "utf16le"), {}, "addChats");
  assert.equal(again.shop.check({ messages: true }).conversations[0].messages[1].text, "在的亲");
  for (const piece of [null, 5, {}, [1, 2]]) await assert.rejects(read(dripping([bytes("a,b\n"), piece])), { name: "HuashuError", code: "bad-input", message: /流里只能是/ });
});

test("a stream is let go of when the call is refused", async () => {
  const shop = new Shop();
  const path = join(host, "orders-closed.csv");
  writeFileSync(path, orders.repeat(10_000));
  let ended = 0;
  async function* lasting() {
    try {
      for (;;) yield bytes(orders);
    } finally {
      ended++;
    }
  }
  const stopping = () => {
    const control = new AbortController();
    return { signal: control.signal, onProgress: () => control.abort() };
  };
  const refusals = [
    [() => ({ encoding: "latin-9000" })], [() => ({ signal: AbortSignal.abort() })], [() => ({ columns: { byuer: "x" } })], [() => ({ window: 3 })], [() => undefined, 5], [stopping],
  ];
  for (const [options, name = "a"] of refusals) {
    const file = createReadStream(path);
    let cancelled = 0;
    const web = new ReadableStream({ pull: (to) => to.enqueue(bytes(orders)), cancel: () => void cancelled++ });
    for (const stream of [file, web, lasting()]) await assert.rejects(shop.addOrders(name, stream, options()));
    assert.deepEqual([file.destroyed, cancelled, web.locked], [true, 1, false], String(options));
  }
  assert.equal(ended, 2, "those that had been begun");
  const held = new ReadableStream();
  held.getReader();
  await assert.rejects(shop.addOrders("a", held, { encoding: "latin-9000" }), { code: "bad-option" });
});

test("a file that cannot be opened ends no program whose call was refused", async () => {
  const refusals = [
    'shop.addChats("c", missing(), { signal: AbortSignal.abort() })', 'shop.addChats("c", missing(), { encoding: "latin-9000" })', "shop.addOrders(5, missing())", "freed.addTable('t', missing())",
  ];
  const script = `
    import { createReadStream } from "node:fs";
    import { Shop } from "huashu";
    const missing = () => createReadStream("missing.txt");
    const [shop, freed] = [new Shop(), new Shop()];
    freed.free();
    for (const call of [${refusals.map((call) => `() => ${call}`)}]) await call().then(() => console.log("read"), (error) => console.log(error.code ?? error.name));
    await new Promise((done) => setTimeout(done, 100));
    console.log("alive");`;
  const { code, stdout, stderr } = await run(process.execPath, ["--input-type=module", "-e", script]);
  assert.deepEqual([code, stdout.split("\n")], [0, ["20", "bad-option", "bad-input", "freed", "alive", ""]], stderr);
});

test("an abort does not wait for a stream that gives nothing any more", { timeout: 20_000 }, async () => {
  const said = bytes("客户：等了三天\n客服：嗯\n");
  const forms = {
    web: (first, ended) => new ReadableStream({ start: (to) => first && to.enqueue(said), cancel: () => ended() }),
    node: (first, ended) => {
      const stream = new Readable({ read() {}, destroy: (error, done) => (ended(), done(error)) });
      if (first) stream.push(said);
      return stream;
    },
    async *iterable(first) {
      if (first) yield said;
      await new Promise(() => {});
    },
  };
  for (const [name, form] of Object.entries(forms)) {
    for (const first of [true, false]) {
      const shop = new Shop();
      const control = new AbortController();
      let ended = 0;
      const stream = form(first, () => ended++);
      const added = shop.addChats("c", stream, { signal: control.signal });
      setTimeout(() => control.abort(), 20);
      await assert.rejects(added, { name: "AbortError" }, name);
      assert.deepEqual([ended, stream.locked ?? false, shop.check().conversations.length], [name === "iterable" ? 0 : 1, false, 0], name);
      assert.equal(getEventListeners(control.signal, "abort").length, 0, name);
    }
  }
  const { signal } = new AbortController();
  for (const data of [new Blob([orders]).stream(), Readable.from([orders])]) await new Shop().addOrders("o", data, { signal });
  assert.equal(getEventListeners(signal, "abort").length, 0, "nothing is left behind where all is read");
});

test("encodings are detected, and can be overruled", async () => {
  const gb = Buffer.from(readFileSync(new URL("./support/orders.gb18030.csv", import.meta.url)));
  const expected = (await read(orders)).shop.metrics().metrics;
  for (const [encoding, data] of [
    ["utf-8", bytes(orders)],
    ["utf-8-bom", bytes(`\ufeff${orders}`)],
    ["utf-16le", utf16(`\ufeff${orders}`)],
    ["utf-16be", utf16(`\ufeff${orders}`, true)],
    ["utf-16le", utf16(orders)],
    ["utf-16be", utf16(orders, true)],
    ["gb18030", gb],
  ]) {
    const { shop, file } = await read(data);
    assert.equal(file.encoding, encoding);
    assert.deepEqual(shop.metrics().metrics, expected, encoding);
    assert.equal((await read(data, { encoding })).file.encoding, encoding);
  }
  // One wrong byte is damage, and the whole stays UTF-8.
  const damaged = bytes(orders);
  damaged[bytes(orders).indexOf(0xe9)] = 0xff;
  const { file } = await read(damaged);
  assert.deepEqual([file.encoding, file.orders], ["utf-8", 3]);
  // Nor is a chat in UTF-8 that was broken before, or that has a line of rubbish; and what was broken before may also be in GB18030.
  const said = ["客户：在吗\n", "客服：在的亲\n"];
  const rubbish = Buffer.from("fffe80fdfcfb9091a1fffe80fdfcfb9091a1fffe80fdfcfb9091a10a", "hex");
  for (const [encoding, chat] of [
    ["utf-8", bytes(said.join(`${"\ufffd".repeat(30)}\n`))],
    ["utf-8", Buffer.concat([bytes(said[0]), rubbish, bytes(said[1])])],
    ["gb18030", Buffer.from("bfcdbba7a3baefbfbdefbfbdefbfbd0abfcdb7fea3bad4dab5c40a", "hex")],
  ]) {
    const found = await read(chat, {}, "addChats");
    assert.equal(found.file.encoding, encoding);
    assert.equal(found.shop.check({ messages: true }).conversations[0].messages.length, 2);
  }
  assert.notEqual((await read(bytes(orders), { encoding: "gb18030" })).shop.metrics().metrics[2].value, 1);
  await assert.rejects(read(orders, { encoding: "latin-9000" }), { code: "bad-option" });
});

test("an encoding that shows only after megabytes of ASCII is found there", async () => {
  const line = "客户：在吗\n客服：在的\n";
  const text = `客户：${"a".repeat(100)}\n`.replace("客户", "buyer").replace("：", ": ").repeat(20_000);
  const { file } = await read(Buffer.concat([Buffer.from(text), Buffer.from("bfcdbba7a3bad4dac2f00a", "hex")]), {}, "addChats");
  assert.equal(file.encoding, "gb18030");
  assert.equal((await read(Buffer.from(text + line), {}, "addChats")).file.encoding, "utf-8");
});

test("characters that two slices share stay whole", async () => {
  const text = "话术😀".repeat(200);
  const line = `${JSON.stringify({ id: "long", messages: [{ role: "buyer", text }, { role: "agent", text: "好的" }] })}\n`;
  const many = line.repeat(1300);
  for (const [encoding, data] of [["utf-8", bytes(`{}\n${many}`)], ["utf-8", bytes(`{ }\n${many}`)], ["utf-16le", utf16(many)]]) {
    assert.ok(data.length > 2 << 20, "several slices");
    const { shop } = await read(data, { encoding }, "addChats");
    const texts = new Set(shop.check({ messages: true }).conversations.map(({ messages }) => messages[0].text));
    assert.deepEqual([...texts], [text]);
  }
});

test("a wrong byte costs one cell, not the file", async () => {
  const gb = readFileSync(new URL("./support/orders.gb18030.csv", import.meta.url));
  const at = gb.indexOf(Buffer.from("d0a1d6db", "hex")); // 小舟
  assert.ok(at > 0);
  for (const [wrong, length] of [["ff", 1], ["d0ff", 2], ["8130", 2]]) {
    const broken = Buffer.concat([gb.subarray(0, at), Buffer.from(wrong, "hex"), gb.subarray(at + length)]);
    const { shop, file } = await read(broken);
    assert.deepEqual([file.encoding, file.orders, file.damaged], ["gb18030", 3, [{ reason: "broken-characters", count: 1 }]], wrong);
    assert.deepEqual(file.problems.map(({ code, line }) => [code, line]), [["broken-character", 3]], wrong);
    const value = (id) => shop.metrics().metrics.find((m) => m.id === id).value;
    assert.deepEqual([value("sales.paid_amount"), value("orders.buyers")], [120.5, 1], wrong);
  }
  // Half a letter before a comma takes nothing of the next cell.
  const half = Buffer.from(gb);
  const end = at + 4;
  assert.equal(half[end], 0x2c);
  const cut = Buffer.concat([half.subarray(0, end - 1), half.subarray(end)]);
  assert.equal((await read(cut)).file.orders, 3);
  const wide = utf16(orders);
  wide[wide.indexOf(utf16("小舟")) + 1] = 0xd8; // half of a pair
  for (const data of [wide, Buffer.from(wide).swap16()]) assert.deepEqual([(await read(data)).file.orders, (await read(data)).file.problems.map(({ code }) => code)], [3, ["broken-character"]]);
  const marked = Buffer.concat([Buffer.from("efbbbf", "hex"), bytes(orders)]);
  marked[marked.indexOf(Buffer.from("小舟"))] = 0xff;
  assert.deepEqual([(await read(marked)).file.encoding, (await read(marked)).file.orders], ["utf-8-bom", 3]);
});

test("files of another kind say what to do", async () => {
  const compressed = gzipSync(Buffer.from(orders.repeat(100)));
  for (const [add, data, words] of [
    ["addOrders", compressed, /gzip/],
    ["addChats", Buffer.from("%PDF-1.7\n%…\n1 0 obj\n"), /PDF/],
    ["addChats", Buffer.concat([Buffer.from("89504e470d0a1a0a0000000d49484452", "hex"), compressed]), /PNG/],
  ]) {
    const { file } = await read(data, {}, add);
    assert.equal(file.orders ?? file.conversations, 0);
    assert.match(file.problems[0].message, words);
    assert.equal(file.problems[0].file, "file");
  }
});

test("progress and cancelling", async () => {
  const blob = new Blob(Array.from({ length: 200 }, () => orders.repeat(40)));
  const seen = [];
  await read(blob, { onProgress: (...now) => seen.push(now) });
  assert.deepEqual(seen.at(-1), [blob.size, blob.size]);
  assert.ok(seen.length > 1);
  const stream = [];
  await read(blob.stream(), { onProgress: (...now) => stream.push(now) });
  assert.deepEqual(stream.at(-1), [blob.size, undefined]);
  const control = new AbortController();
  const shop = new Shop();
  await assert.rejects(shop.addOrders("a", blob, { signal: control.signal, onProgress: () => control.abort() }), { name: "AbortError" });
  await assert.rejects(shop.addOrders("a", blob, { signal: AbortSignal.abort() }), { name: "AbortError" });
  const atTheEnd = new AbortController();
  const onProgress = (read, total) => read === total && atTheEnd.abort();
  await assert.rejects(shop.addOrders("a", orders, { signal: atTheEnd.signal, onProgress }), { name: "AbortError" });
  assert.deepEqual(shop.metrics().files, []);
});

test("files read at the same time do not mix", async () => {
  const shop = new Shop();
  const [first, second] = await Promise.all([shop.addChats("a", new Blob([chat])), shop.addChats("b", new Blob([chat.replace("c1", "c2")]))]);
  assert.deepEqual([first.conversations, second.conversations], [1, 1]);
  assert.equal(shop.check().conversations.length, 2);
});

test("another book scores the same chats, and nothing is read again", async () => {
  const { shop } = await read(chat, {}, "addChats");
  const standard = shop.check();
  const [lost] = standard.conversations[0].verdicts.filter((verdict) => verdict.result === "fail");
  shop.book = Book.parse(`id = "mine"\ntitle = "自己的"\nextends = "standard"\noff = ["${lost.rule}"]\n`);
  const mine = shop.check();
  assert.equal(mine.book.id, "mine");
  assert.notEqual(mine.book.hash, standard.book.hash);
  assert.ok(mine.conversations[0].verdicts.every((verdict) => verdict.rule !== lost.rule));
  shop.book = Book.standard();
  assert.deepEqual(shop.check(), standard);
  shop.reset();
  assert.deepEqual(shop.check().conversations, []);
});

test("a conversation that was looked at and one that was reviewed are judged with the others, once", async () => {
  const talks = [1, 2].map((i) => chat.replace("c1", `c${i}`)).join("");
  const expected = (await read(talks, {}, "addChats")).shop.check();
  const { shop } = await read(talks, {}, "addChats");
  for (const book of [shop.book, Book.standard()]) {
    shop.book = book;
    shop.conversation(1);
    shop.review([{ conversation: expected.conversations[0].id, rule: "first-greeting", verdict: "confirm" }]);
    assert.deepEqual(shop.check(), expected);
  }
});

test("in whatever order a shop is asked, it answers as one that was asked nothing before", async () => {
  const talks = Array.from({ length: 70 }, (_, i) => chat.replace("c1", `c${i}`).replaceAll("阿青", `阿青${i % 7}`)).join("");
  const books = [Book.standard(), Book.standard("pdd")];
  const fresh = async (book) => {
    const shop = new Shop(book);
    await shop.addChats("chats", talks);
    await shop.addOrders("orders", orders);
    return shop;
  };
  const questions = {
    first: (shop) => shop.conversation(0), late: (shop) => shop.conversation(66),
    review: (shop) => shop.review(["c3", "c68"].map((conversation) => ({ conversation, rule: "first-greeting", verdict: "confirm" }))),
    check: (shop) => shop.check(), csv: (shop) => [...shop.write("check", "csv")].join(""), text: (shop) => [...shop.write("check", "text")].join(""),
    metrics: (shop) => shop.metrics(), signals: (shop) => shop.signals(),
  };
  const names = Object.keys(questions);
  const answers = [];
  for (const book of books) {
    const alone = {};
    for (const name of names) alone[name] = questions[name](await fresh(book));
    answers.push(alone);
  }
  // The same orders in every run.
  let seed = 7;
  const draw = (below) => (seed = (seed * 48271) % 2147483647) % below;
  for (let round = 0; round < 6; round++) {
    const shop = await fresh(books[0]);
    const asked = [];
    for (let step = 0, book = 0; step < 7; step++) {
      if (draw(4) === 0) shop.book = books[(book = draw(2))];
      const name = names[draw(names.length)];
      asked.push(`${name} of ${shop.book.profile}`);
      assert.deepEqual(questions[name](shop), answers[book][name], asked.join(", "));
    }
  }
});

test("what is written is what is returned", async () => {
  const { shop } = await read(Array.from({ length: 150 }, (_, i) => chat.replace("c1", `c${i}`)).join(""), {}, "addChats");
  await shop.addOrders("orders", orders);
  const written = (...args) => [...shop.write(...args)].join("");
  assert.deepEqual(JSON.parse(written("check", "json", { messages: true })), shop.check({ messages: true }));
  assert.deepEqual(JSON.parse(written("metrics", "json")), shop.metrics());
  assert.deepEqual(written("signals", "jsonl").trimEnd().split("\n").map((line) => JSON.parse(line)), shop.signals());
  assert.equal(shop.signals().length, 150);
  assert.deepEqual(shop.conversation(7), shop.check({ messages: true }).conversations[7]);
  assert.throws(() => shop.conversation(150), { code: "unknown-conversation" });
  assert.deepEqual(JSON.parse([...new Shop().write("check", "json")].join("")), new Shop().check());
});

test("no cell of any CSV is run as a formula", async () => {
  const { toCsv } = await import(pathToFileURL(join(installed, "client.mjs")).href);
  const written = (text) => toCsv([[text]]).slice(1, -2);
  for (const [text, cell] of [["=1+1", "'=1+1"], ["\t=1", "' =1"], ["260517000123456789", "\"\t260517000123456789\""], ["\n1", "' 1"], ["a\u001b[31m\r\n\0b\u009b", "a [31m   b "], ["a=1", "a=1"], ["＝1", "'＝1"], ["a,\"b\"", "\"a,\"\"b\"\"\""], [-1, "-1"], [null, ""]]) {
    assert.equal(written(text), cell);
  }
  // The core's own CSV, and that of the figures.
  for (const start of [..."=+-@\t\r\n＝＋－＠~/a１“"]) {
    const text = `${start}1,2`;
    const said = { id: text, messages: [{ role: "buyer", text: "在吗" }, { role: "agent", sender: "小美", text: "在的" }] };
    const { shop } = await read(`${JSON.stringify(said)}\n`, {}, "addChats");
    const lines = (...args) => [...shop.write(...args, { unmasked: true })].join("").split("\r\n");
    const [cell] = lines("check", "csv")[1].match(/^(?:"(?:[^"]|"")*"|[^,]*)/);
    assert.equal(cell.replaceAll(/\p{Cc}/gu, " "), written(text), JSON.stringify(start));
  }
  const { shop } = await read(orders.replaceAll("阿青", "＝阿青"));
  assert.match([...shop.write("rows", "csv", { metric: "orders.buyers", unmasked: true })].join(""), /,'＝阿青,/);
});

test("files of several shops say that the figures are of all of them", async () => {
  const shop = new Shop();
  const list = (...rows) => `订单编号,买家会员名,买家实际支付金额,店铺名称\n${rows.map((row) => `${row}\n`).join("")}`;
  const said = ({ notes }) => notes.filter(({ code }) => code === "several-shops").map(({ message }) => message);
  assert.deepEqual(said(await shop.addOrders("a.csv", list("1,甲,10,青禾旗舰店", "2,乙,10,青禾旗舰店"))), []);
  assert.match(said(await shop.addOrders("b.csv", list("3,甲,10,云朵家居"))).join(), /^读到了 2 家店铺的数据（各文件的订单数：青禾旗舰店 2，云朵家居 1）.* \/ the files are of 2 shops \(orders in them: 青禾旗舰店 2, 云朵家居 1\)/);
  assert.deepEqual(said(await shop.addOrders("c.csv", list("4,甲,10,云朵家居"))), [], "it was said");
  const talk = (buyer, agent) => `${buyer} 2026-01-05 9:03:02\n在吗\n${agent} 2026-01-05 9:03:10\n在的亲\n`;
  assert.deepEqual(said(await shop.addChats("a.txt", talk("阿宝", "青禾旗舰店:小鱼"))), []);
  const other = new Shop();
  assert.deepEqual(said(await other.addChats("b.txt", talk("阿青", "云朵家居:小林"))), []);
  shop.merge(other);
  assert.deepEqual(shop.check().files.map((file) => [file.file, said(file).length]), [["a.csv", 0], ["b.csv", 1], ["c.csv", 0], ["a.txt", 0], ["b.txt", 1]]);
});

test("a product is called by its code and its title", async () => {
  const { shop } = await read("order_id,buyer,paid_at,state,sku,title,quantity,unit_price\n1,甲,2026-01-05 10:00:00,交易成功,s1,杯子,1,20\n2,甲,2026-01-09 10:00:00,交易成功,s1,杯子,1,20\n");
  const { tables } = shop.metrics();
  assert.deepEqual([tables.products[0].title, tables["cycle.product"][0].title], ["杯子", "杯子"]);
  const written = (...args) => [...shop.write(...args)].join("");
  for (const options of [{}, { unmasked: true }]) {
    assert.match(written("metrics", "text", options), /orders\.paid \[product s1 杯子\]/);
    assert.match(written("table", "csv", { ...options, table: "products" }), /product,title,.*\r\ns1,杯子,/);
  }
});

test("a code stays as it is beside its title, which is masked", async () => {
  const { shop } = await read("order_id,buyer,paid_at,sku,title,quantity,unit_price\n1,甲,2026-01-05 10:00:00,700123456789,补寄给13912345678,1,20\n");
  const written = (what, format, options) => [...shop.write(what, format, options)].join("");
  for (const format of ["text", "csv"]) {
    assert.match(written("metrics", format), /product 700123456789 补寄给139\*{4}5678\b/, format);
    assert.match(written("metrics", format, { unmasked: true }), /product 700123456789 补寄给13912345678\b/, format);
  }
  assert.match(written("table", "csv", { table: "products" }), /\r\n"\t700123456789",补寄给139\*{4}5678,/);
});

test("a map overrules what is found, field by field, and says what is not there", async () => {
  const taobao = "订单编号,买家会员名,买家实际支付金额,总金额\n1,甲,10,12\n";
  const { file } = await read(taobao, { columns: { paid_amount: "总金额", buyer: "买家" } });
  assert.deepEqual([file.platform, file.columns.paid_amount, file.columns.buyer], ["taobao", "总金额", "买家会员名"]);
  assert.deepEqual(file.problems.map(({ code, line }) => [code, line]), [["missing-column", 1]]);
  const none = await read(taobao, { columns: { buyer: "" } });
  assert.deepEqual([none.file.columns.buyer, none.file.problems], [undefined, []]);
});

test("options that do not exist are refused", async () => {
  const { shop } = await read(orders);
  for (const [args, message] of [
    [["metric", "csv"], /^write 没有 metric，只有 check、.*（是不是 metrics？） \/ write cannot be metric; it is one of: check, .* \(did you mean metrics\?\)$/],
    [["metrics", "csvv"], /did you mean csv/], [["table", "csv", { table: "product" }], /did you mean products/], [["signals", "json"], /^format 没有 json，只有 jsonl（是不是 jsonl？） /],
    [["metrics", "nonsense"], /^format 没有 nonsense，只有 text、json、csv \/ format cannot be nonsense; it is one of: text, json, csv$/],
  ]) assert.throws(() => [...shop.write(...args)], { code: "bad-option", message });
  assert.throws(() => shop.check({ message: true }), { name: "HuashuError", code: "bad-option", message: /message/ });
  for (const what of ["table", "rows"]) assert.throws(() => [...shop.write(what, "csv")], { name: "HuashuError", code: "bad-option" });
  for (const limit of ["a", Number.NaN, -1, 1.5]) assert.throws(() => shop.rows("orders.paid", { limit }), { code: "bad-option", message: /limit/ });
  const unknown = /^没有选项 widnow，可用：.*asOf.*（是不是 window？） \/ there is no option widnow; known: .*asOf.* \(did you mean window\?\)$/;
  assert.throws(() => shop.metrics({ widnow: 3 }), { code: "bad-option", message: unknown });
  const odd = /^metric 没有 nope，只有 .*、sales\.paid_amount、.* \/ metric cannot be nope; it is one of: .*, sales\.paid_amount, /;
  assert.throws(() => shop.rows("nope"), { code: "bad-option", message: odd });
  for (const agent of [undefined, null, 3]) assert.throws(() => shop.rows("sales.paid_amount", { by: { agent } }), { code: "bad-option", message: /^by\.agent 应为/ });
  assert.throws(() => [...shop.write("signals", "jsonl", { nope: 1 })], { code: "bad-option", message: "没有选项 nope，可用：无 / there is no option nope; known: none" });
  assert.throws(() => shop.rows("sales.paid_amount", { by: { agent: "nobody" } }), { code: "bad-option", message: /只有：(.+) \/ .* only of: \1$/ });
  for (const metrics of [{ asOf: "2026-01-31", widnow: 3n }, { customers: { active: 3n } }]) assert.throws(() => shop.metrics(metrics), { name: "HuashuError", code: "bad-option" });
  assert.throws(() => shop.metrics({ refunded: "some" }), { code: "bad-option" });
  assert.throws(() => shop.metrics({ period: { from: "2026-02-30", to: "2026-03-01" } }), { code: "bad-option", message: /2026-02-30/ });
  await assert.rejects(shop.addOrders("a", orders, { columns: { byuer: "x" } }), { code: "unknown-column", message: /byuer/ });
  await assert.rejects(shop.addTable("a", orders, { kind: "orders" }), { code: "bad-option", message: /ratings/ });
  await assert.rejects(shop.addTable("a", orders, { columns: { byuer: "x" } }), { code: "bad-option", message: /byuer/ });
  await assert.rejects(shop.addChats("a", chat, { format: "tabao" }), { code: "bad-option", message: /tabao/ });
});

test("a misspelt option is refused whatever it holds, with the one that was probably meant", async () => {
  const { shop } = await read(orders);
  const writing = (what, options) => () => [...shop.write(what, "csv", options)];
  for (const value of [() => {}, undefined, Symbol("s"), "x", 5]) {
    const refused = async (call, meant) => {
      const wrong = { code: "bad-option", message: new RegExp(`^没有选项 .*，可用：.*（是不是 ${meant}？） / there is no option .*; known: .* \\(did you mean ${meant}\\?\\)$`) };
      if (value === undefined) return call(); // which is untold
      await assert.rejects(async () => call(), wrong);
    };
    await refused(() => shop.addOrders("o", orders, { onProgres: value }), "onProgress");
    await refused(() => shop.addChats("c", chat, { encodng: value }), "encoding");
    await refused(() => shop.addTable("t", "agent,team\n小美,售前\n", { columnss: value }), "columns");
    await refused(() => shop.check({ message: value }), "messages");
    await refused(() => shop.metrics({ widnow: value }), "window");
    await refused(() => shop.rows("orders.paid", { limt: value }), "limit");
    await refused(writing("check", { unmaskd: value }), "unmasked");
    await refused(writing("metrics", { unmaskd: value }), "unmasked");
    await refused(writing("rows", { metric: "orders.paid", metrc: value }), "metric");
    await refused(writing("table", { table: "rfm", tabel: value }), "table");
  }
});

test("what is undefined or null under a key is untold, and a wrong value is named by its key", async () => {
  const { shop } = await read(orders);
  const usual = shop.metrics();
  assert.deepEqual(shop.metrics({ customers: { recency: undefined, active: null } }), usual);
  assert.deepEqual(shop.metrics({ customers: Book.standard().customers }), usual, "the book's own");
  assert.notDeepEqual(shop.metrics({ customers: { recency: 3, active: null } }), usual);
  assert.throws(() => shop.metrics({ customers: { active: 60, recency: {} } }), { code: "bad-option", message: /^customers\.recency 应为 / });
  assert.throws(() => shop.metrics({ customers: { recency: "soon" } }), { code: "bad-option", message: /^customers: .*recency/ });
  await assert.rejects(shop.addOrders("a", orders, { columns: { buyer: 5 } }), { code: "bad-option", message: /^columns\.buyer 应为 / });
});

test("what is being written when the shop is emptied ends with an error, not in the middle", async () => {
  const many = Array.from({ length: 200 }, (_, at) => chat.replace('"c1"', `"c${at}"`)).join("");
  for (const [what, format] of [["check", "json"], ["check", "junit"], ["check", "csv"], ["signals", "jsonl"]]) {
    const { shop } = await read(many, {}, "addChats");
    const written = shop.write(what, format);
    written.next();
    shop.reset();
    await shop.addChats("again", many);
    assert.throws(() => [...written], { name: "HuashuError", code: "reset" }, what);
    assert.doesNotThrow(() => [...shop.write(what, format)]);
  }
});

test("what is of the wrong kind is refused by name, and the shop works on", async () => {
  const { shop } = await read(chat, {}, "addChats");
  const book = Book.standard();
  const talk = shop.conversation(0);
  for (const wrong of [5, null, {}, ["a"], Symbol("s"), 5n]) {
    const calls = {
      toml: () => Book.parse(wrong), Book: () => new Shop(wrong), verdict: () => book.todo("first-greeting", talk, wrong), note: () => book.todo("first-greeting", talk, "pass", wrong),
      texts: () => shop.mask([wrong]), numbers: () => shop.maskOrders([wrong]), reviews: () => shop.review(wrong === null ? wrong : Object(wrong).length ? "a" : wrong), Shop: () => shop.merge(wrong),
      rule: () => book.todo(wrong, talk, "pass"),
    };
    for (const [name, call] of Object.entries(calls)) assert.throws(call, { name: "HuashuError", code: "bad-input", message: new RegExp(name) }, `${name} ${String(wrong)}`);
    assert.throws(() => (shop.book = wrong), { code: "bad-input", message: /Book/ });
    for (const add of ["addChats", "addOrders", "addTable"]) await assert.rejects(shop[add](wrong, chat), { code: "bad-input", message: /^name 应为 \/ has to be: 文本 text; 得到 got: / });
    if (wrong === null) continue;
    assert.throws(() => book.show(wrong), { code: "bad-input", message: /rule/ });
    assert.throws(() => Book.standard(wrong), { code: "bad-option", message: /profile/ });
    for (const name of ["profile", "file"]) assert.throws(() => Book.parse("", { [name]: wrong }), { code: "bad-option", message: new RegExp(name) });
    for (const name of ["signal", "onProgress", "encoding"]) await assert.rejects(shop.addOrders("a", orders, { [name]: wrong }), { code: "bad-option", message: new RegExp(`^${name} `) });
  }
  for (const options of [5, "text", []]) {
    for (const call of [() => Book.parse("", options), () => shop.check(options), () => shop.metrics(options), () => shop.rows("orders.paid", options), () => [...shop.write("check", "csv", options)]]) {
      assert.throws(call, { code: "bad-option", message: /^options 应为 / });
    }
    await assert.rejects(shop.addChats("a", chat, options), { code: "bad-option", message: /^options 应为 / });
  }
  assert.throws(() => Book.parse("", { profil: "pdd" }), { code: "bad-option", message: "没有选项 profil，可用：profile、file（是不是 profile？） / there is no option profil; known: profile, file (did you mean profile?)" });
  assert.deepEqual([shop.check(null), shop.metrics(null).as_of], [shop.check(), shop.metrics().as_of]);
  assert.equal(shop.conversation(0).id, talk.id);
});

test("options have their ranges and kinds, which are told in both languages", async () => {
  const { shop } = await read(chat, {}, "addChats");
  const [NaN, Infinity] = [Number.NaN, Number.POSITIVE_INFINITY];
  const refused = (call, name, value) => assert.throws(call, { code: "bad-option", message: new RegExp(`^${name}(\\.\\w+)? 应为 / has to be: .*; 得到 got: `) }, `${name} ${value}`);
  const numbers = { window: [NaN, Infinity, -1, 1.5, 3651, "2"], campaignDays: [NaN, -1], monologue: [NaN, -1, 2 ** 32], forwarded: [NaN, -1, 0.5, "none"] };
  const others = { period: ["2026-01", {}, { from: "2026-01-01" }, { from: 1, to: 2 }], asOf: [20260101], exclude: ["甲", [1]], dropZero: ["no", 1], customers: ["active=60", { active: NaN }, { active: {} }] };
  for (const [name, values] of Object.entries({ ...numbers, ...others })) {
    for (const value of values) {
      refused(() => shop.metrics({ [name]: value }), name, value);
      refused(() => shop.rows("response.mean", { [name]: value }), name, value);
      refused(() => [...shop.write("metrics", "csv", { [name]: value })], name, value);
    }
  }
  for (const value of [NaN, Infinity, -1, 101, "60"]) refused(() => [...shop.write("check", "junit", { failUnder: value })], "failUnder", value);
  refused(() => shop.check({ messages: "yes" }), "messages");
  for (const by of ["小雨", { agent: 5 }, ["agent"]]) refused(() => shop.rows("response.mean", { by }), "by", by);
  for (const [name, values] of Object.entries({ gap: [NaN, 0, -1, Infinity, "hour"], year: [NaN, 99999, -5, 0, 2026.5], agents: ["小雨", [5]], only: ["a"], columns: ["买家", ["买家"], { text: 5 }] })) {
    for (const value of values) await assert.rejects(shop.addChats("a", chat, { [name]: value }), { code: "bad-option", message: new RegExp(`^${name}(\\.\\w+)? 应为 / has to be: .*; 得到 got: `) }, `${name} ${value}`);
  }
  assert.throws(() => shop.metrics({ period: { from: "2026-03-31", to: "2026-03-01" } }), { code: "bad-option", message: /结束早于开始 \/ .*ends before it begins/ });
  // What wraps at 32 bits is no number of a conversation, and more rows than there are.
  for (const at of [2 ** 32, 2 ** 32 + 3, 2 ** 53, -1, NaN]) assert.throws(() => shop.conversation(at), { code: "bad-option", message: /\(at\)/ });
  for (const limit of [2 ** 32, Number.MAX_SAFE_INTEGER]) assert.equal(shop.rows("response.mean", { limit }).rows.length, 2);
  assert.throws(() => shop.rows("response.mean", { limit: 2 ** 53 }), { code: "bad-option", message: /limit/ });
});

test("a shop and a book that were given back say so, and cost no memory", async () => {
  const { shop } = await read(chat, {}, "addChats");
  const book = Book.parse('id = "a"\ntitle = "a"\nextends = "standard"\n');
  const other = new Shop(book);
  book.free();
  book.free();
  await other.addChats("a", chat);
  assert.equal(other.check().book.id, "a", "the shop has it still");
  for (const call of [() => new Shop(book), () => book.show(), () => (shop.book = book)]) assert.throws(call, { name: "HuashuError", code: "freed" });
  Book.standard().free();
  assert.equal(new Shop().check().book.id, "standard", "what all share stays");
  const written = shop.write("check", "json");
  written.next();
  shop.free();
  shop[Symbol.dispose]();
  const calls = [
    () => shop.check(), () => shop.metrics(), () => shop.rows("orders.paid"), () => shop.signals(), () => shop.conversation(0), () => shop.problems, () => shop.reset(), () => shop.mask([]), () => shop.maskOrders([]),
    () => shop.review([]), () => other.merge(shop), () => shop.merge(other), () => (shop.book = Book.standard()), () => written.next(), () => [...shop.write("metrics", "csv")],
  ];
  for (const call of calls) assert.throws(call, { name: "HuashuError", code: "freed" }, String(call));
  await assert.rejects(shop.addChats("a", chat), { code: "freed" });
  const many = `订单编号,买家会员名,买家实际支付金额\n${Array.from({ length: 40_000 }, (_, at) => `${at},甲${at},5\n`).join("")}`;
  const soon = async (one) => {
    await one.addOrders("a", many);
    one.free();
  };
  // Whose shop is gone when they have been read.
  const late = (one) => assert.rejects(one.addOrders("a", many, { onProgress: () => one.free() }), { code: "freed" });
  for (const run of [soon, late]) {
    const used = [];
    for (let at = 0; at < 12; at++) {
      await run(new Shop());
      used.push(initSync().memory.buffer.byteLength >> 20);
    }
    assert.ok(used.at(-1) - used[1] < 10, `MB of the wasm: ${used}`);
  }
});

test("a book tells what is in it, and what is wrong with it", () => {
  const book = Book.standard();
  assert.equal(book.id, "standard");
  assert.ok(book.rules.length >= 25 && book.signals.length > 25 && book.scenes.length > 3);
  assert.equal(Book.standard().hash, book.hash);
  assert.notEqual(Book.standard("pdd").hash, book.hash);
  const copy = Book.parse(Book.standardText());
  assert.deepEqual([copy.id, copy.rules, copy.signals, copy.scenes], [book.id, book.rules, book.signals, book.scenes]);
  assert.deepEqual(Book.profiles().map((profile) => profile.id).sort(), ["douyin", "jd", "pdd", "taobao"]);
  assert.throws(() => Book.standard("ebay"), { code: "unknown-profile", message: /taobao \| pdd \| jd \| douyin/ });
  assert.throws(() => book.show("nothing"), { code: "unknown-rule" });
  assert.throws(
    () => Book.parse('id = "x"\ntitle = "x"\nextends = "standard"\ntilte_en = 1\n\n[[rule]]\nid = "a"\n', { file: "x.toml" }),
    (error) => {
      assert.ok(error instanceof HuashuError && error instanceof Error);
      assert.ok(error.problems.length > 1);
      assert.deepEqual([error.file, error.line, error.column], ["x.toml", 4, 1]);
      assert.match(error.message, /title_en/);
      return true;
    },
  );
});

test("without init the entry for browsers says what is missing", async () => {
  const script = `import { Book, init } from ${JSON.stringify(pathToFileURL(join(installed, "index.mjs")).href)};
    import { readFileSync } from "node:fs";
    const codes = [];
    try { Book.standard(); } catch (error) { codes.push(error.code); }
    await init("data:application/wasm,rubbish").catch((error) => codes.push(error.code));
    const bytes = readFileSync(${JSON.stringify(join(installed, "huashu_bg.wasm"))});
    const [first, second] = [init(new WebAssembly.Module(bytes)), init()];
    await Promise.all([first, second, init(bytes)]);
    console.log(codes.join(" "), first === second, Book.standard().id);`;
  const { stdout, stderr } = await run(process.execPath, ["--input-type=module", "-e", script]);
  assert.equal(stdout, "not-loaded not-loaded true standard\n", stderr);
  for (const form of ["bytes.buffer", "Promise.resolve(bytes)", "new Response(bytes, { headers: { 'content-type': 'application/wasm' } })"]) {
    const other = `import { Book, init } from ${JSON.stringify(pathToFileURL(join(installed, "index.mjs")).href)};
      import { readFileSync } from "node:fs";
      const bytes = new Uint8Array(readFileSync(${JSON.stringify(join(installed, "huashu_bg.wasm"))}));
      await init(${form});
      console.log(Book.standard().id);`;
    assert.equal((await run(process.execPath, ["--input-type=module", "-e", other])).stdout, "standard\n", form);
  }
});

test("a manual review stays beside the verdicts, and a disagreement becomes an example", async () => {
  const { shop } = await read("客户：等了三天还没到，电话13912345678\n客服：嗯\n", undefined, "addChats");
  const before = shop.check();
  const [{ id }] = before.conversations;
  const reviews = [
    { conversation: id, rule: "no-single-syllable", verdict: "overrule", note: "后面还有话" },
    { conversation: id, rule: "apology-first", verdict: "confirm" },
    { conversation: id, rule: "first-greeting", verdict: "fail" },
  ];
  const { all, rules, conversations, disagreements } = shop.review(reviews);
  assert.deepEqual([all.agree, all.disagree, all.kappa], [2, 1, 0]);
  assert.deepEqual(rules.map(({ rule, agree }) => [rule, agree]), [["apology-first", 1], ["first-greeting", 1], ["no-single-syllable", 0]]);
  assert.ok(conversations[0].manual > conversations[0].automatic);
  assert.deepEqual(shop.check(), before);
  const [{ rule, manual, note }] = disagreements;
  const todo = shop.book.todo(rule, shop.conversation(0), manual, note);
  assert.match(todo, /todo = "后面还有话"\npass = '''\n买家 等了三天还没到，电话139\*{4}5678\n客服 \[\[嗯\]\]\n'''/);
  assert.throws(() => shop.review([{ conversation: id, rule: "no-such", verdict: "confirm" }]), { code: "unknown-rule" });
  assert.throws(() => shop.review([{ conversation: id, rule, verdict: "maybe" }]), { code: "bad-option" });
  assert.throws(() => shop.review([{ conversation: id, rule, verdict: 1 }]), { code: "bad-input", message: /^reviews 应为 \/ has to be: / });
  assert.throws(() => shop.review([{ conversation: id, rule }]), { code: "bad-option", message: '缺少 “verdict” / "verdict" is missing' });
  assert.throws(() => shop.book.todo(rule, shop.check().conversations[0], "pass"), { code: "bad-option" });
});

test("side tables feed rules, reviews and figures", async () => {
  const shop = new Shop();
  await shop.addChats("chat", chat);
  const { conversations } = shop.check();
  const of = (rule) => shop.check().conversations[0].verdicts.find((verdict) => verdict.rule === rule);
  assert.deepEqual([of("member-greeting").result, of("member-greeting").because], ["skip", "buyer-unknown"]);
  await shop.addTable("members.csv", `buyer,level,right,expires\n${conversations[0].buyer},金卡,满减券,2026-03-20\n`);
  assert.notEqual(of("member-greeting").result, "skip");
  assert.notEqual(of("expiring-rights-told").result, "skip");
  assert.deepEqual([of("birthday-greeting").because, of("review-answered").because], ["buyer-unknown", "no-review"]);

  await shop.addTable("reviews.csv", "买家,订单号,评分,评价内容,评价时间,商家回复,回复时间\n甲,1,1,带子开线了,2026-03-02 20:00:00,不然呢，便宜没好货,2026-03-05 20:00:00\n乙,2,5,很好,2026-03-02 20:00:00,,\n");
  const report = shop.check();
  assert.equal(report.conversations.length, 1);
  const failed = report.reviews.map(({ verdicts }) => verdicts.filter(({ result }) => result === "fail").map(({ rule }) => rule));
  assert.deepEqual(failed, [["review-answered", "review-explained", "review-no-insult"], []]);
  assert.match([...shop.write("check", "text")].join(""), /会话 review#1[^]*回复评价不指责/);
  const { metrics, tables } = shop.metrics();
  assert.deepEqual(tables.reviews.map((row) => [row.buyer, row.answered, row.failed]), [["甲", true, failed[0]]]);
  assert.equal(metrics.find((metric) => metric.id === "service.review_answer_rate").value, 0);
  assert.ok(tables.issues.some(({ reviews, open }) => reviews === 1 && open === 0));
});

test("shops that have read parts of the data give together what one that has read all of it gives", async () => {
  const sample = (name) => readFileSync(new URL(`../www/public/sample/${name}`, import.meta.url), "utf8");
  const table = (name) => readFileSync(new URL(`cases/tables/${name}.csv`, import.meta.url), "utf8");
  const [header, ...rows] = sample("taobao-orders.csv").trimEnd().split("\n");
  // Two returns, a row of totals.
  const orders = [...rows, ...["1", "2"].map((id) => rows[0].replace(/\d{16}/, `9${id}`).replaceAll("199.00", "-199.00")), `合计${",".repeat(header.split(",").length - 1)}`];
  const talks = sample("qianniu-chats.txt").trimEnd().split("\n\n");
  const sides = ["ratings", "reviews", "roster", "messages", "campaigns", "shipping"];
  const parts = 4;
  let random = 7;
  const roll = (n) => (random = (random * 48271) % 2147483647) % n;
  // Conversations are named after their file; reviews by their place among all.
  const figures = (shop, options) => {
    const { metrics, tables } = shop.metrics(options);
    return JSON.stringify({ metrics, tables }).replace(/"(chats[^"]*|review)#\d+"/g, '"#"');
  };
  const read = async (part, mine) => {
    const shop = new Shop();
    const some = (list) => list.filter((_, at) => mine(at));
    await shop.addOrders(`orders-${part}.csv`, [header, ...some(orders)].join("\n"));
    await shop.addChats(`chats-${part}.txt`, some(talks).join("\n\n"));
    for (const kind of sides) {
      const [head, ...lines] = table(kind).trimEnd().split("\n");
      await shop.addTable(`${kind}-${part}.csv`, [head, ...some(lines)].join("\n"), { kind });
    }
    return shop;
  };
  const options = [{}, { period: { from: "2026-09-01", to: "2026-10-12" }, knownBuyers: true, refunded: "include" }];
  const whole = await read("whole", () => true);
  const expected = options.map((options) => figures(whole, options));
  assert.ok(JSON.parse(expected[0]).metrics.find((metric) => metric.id === "orders.paid").excluded.some(({ reason, count }) => reason === "return" && count === 2));
  for (let round = 0; round < 6; round++) {
    // Each row goes to one part, and every third one to another as well.
    const of = orders.map(() => [roll(parts), roll(3) ? -1 : roll(parts)]);
    const shops = await Promise.all(Array.from({ length: parts }, (_, part) => read(part, (at) => of[at].includes(part))));
    const alone = figures(shops[0]);
    const order = shops.map((shop) => [roll(1000), shop]).sort(([a], [b]) => a - b).map(([, shop]) => shop);
    // Into a shop that has judged its own already; into an empty one; two and two.
    const judged = await read("judged", (at) => of[at].includes(1));
    judged.metrics();
    const [empty, left, right] = [new Shop(), new Shop(), new Shop()];
    for (const shop of order) judged.merge(shop);
    for (const shop of [...order, order[0]]) empty.merge(shop);
    order.forEach((shop, at) => (at % 2 ? left : right).merge(shop));
    left.merge(right);
    left.merge(left);
    for (const shop of [judged, empty, left]) assert.deepEqual(options.map((options) => figures(shop, options)), expected);
    assert.equal(figures(shops[0]), alone, "what was merged into another stays as it was");
  }
  assert.throws(() => whole.merge({}), { code: "bad-input", message: /Shop/ });
});

test("orders that come twice count once, and the file says so", async () => {
  const list = (...ids) => `订单编号,买家会员名,买家实际支付金额,订单付款时间\n${ids.map((id) => `${id},阿青,10,2026-03-0${id % 9} 10:00:00\n`).join("")}`;
  const shop = new Shop();
  const codes = ({ notes }) => notes.map(({ code, file }) => [code, file]);
  assert.deepEqual(codes(await shop.addOrders("a.csv", list(1, 2))), []);
  const whole = await shop.addOrders("b.csv", list(1, 2));
  assert.deepEqual(codes(whole), [["repeated-order", "b.csv"]]);
  assert.match(whole.notes[0].message, /^这个文件的 2 个订单之前都已读到.* \/ all orders of this file \(2\)/);
  const part = await shop.addOrders("c.csv", list(2, 3));
  assert.match(part.notes[0].message, /^有 1 个订单之前已读到.* \/ orders that had been read before: 1;/);
  const { files, metrics } = shop.metrics();
  assert.deepEqual(files.map(({ notes }) => notes.length), [0, 1, 1]);
  assert.equal(metrics.find(({ id }) => id === "orders.paid").value, 3);
  // The lines of a list's orders are what it lacks, not a repetition.
  const lines = await shop.addOrders("lines.csv", "订单编号,标题,价格,购买数量,商家编码\n1,布,5,2,s1\n");
  assert.deepEqual(lines.notes, []);
  assert.deepEqual(codes(await shop.addOrders("again.csv", "订单编号,标题,价格,购买数量,商家编码\n1,布,5,2,s1\n")), [["repeated-order", "again.csv"]]);
});

test("two files of one name are two files, and lists of other orders no copies", async () => {
  const month = (buyer, month) => `买家,付款时间,实付金额\n${buyer}1,2026-0${month}-01 10:00:00,10\n${buyer}2,2026-0${month}-02 10:00:00,10\n`;
  const paid = (shop) => shop.metrics().metrics.find(({ id }) => id === "orders.paid").value;
  const shop = new Shop();
  await shop.addOrders("orders", month("甲", 1));
  assert.deepEqual((await shop.addOrders("orders", month("乙", 2))).notes, []);
  assert.equal(paid(shop), 4);
  const other = new Shop();
  await other.addOrders("orders", month("乙", 2));
  await other.addOrders("orders", month("丙", 3));
  shop.merge(other);
  assert.equal(paid(shop), 6);

  const numbered = (id) => `订单编号,买家会员名,买家实际支付金额,订单付款时间\n${id},甲,3,2026-03-03 10:00:00\n`;
  const two = new Shop();
  await two.addOrders("a", numbered("2026030112345678901"));
  assert.deepEqual((await two.addOrders("b", numbered("2026030112345678902"))).problems, []);
});

test("a copy of a table without order numbers counts twice, and says so", async () => {
  const rows = "buyer,paid_at,paid_amount\n阿青,2026-03-01 10:00:00,10\n小舟,2026-03-02 10:00:00,20\n";
  const shop = new Shop();
  assert.deepEqual((await shop.addOrders("a.csv", rows)).problems, []);
  assert.deepEqual((await shop.addOrders("other.csv", rows.replace("20\n", "30\n"))).problems, []);
  const { problems } = await shop.addOrders("b.csv", rows);
  assert.deepEqual(problems.map(({ code, file }) => [code, file]), [["repeated-rows", "b.csv"]]);
  assert.match(problems[0].message, /和 a\.csv 一样.*the same rows as in a\.csv/);
  assert.deepEqual((await shop.addOrders("a.csv", rows)).notes.map(({ code }) => code), ["repeated-order"], "of the same name they are the same");
});

test("chats that come twice count once, and what was left out is said", async () => {
  const talk = (buyer, day, more = "") => `${buyer} 2026-01-${day} 9:03:02\n在吗\n云朵家居:小溪 2026-01-${day} 9:03:10\n在的亲\n${more}`;
  const early = talk("阿宝", "05") + talk("小鹿", "05");
  // The second export overlaps the first, and has more of one talk.
  const late = talk("小鹿", "05", "小鹿 2026-01-05 9:04:00\n好\n") + talk("阿宝", "09");
  const shop = new Shop();
  const first = await shop.addChats("a.txt", early);
  assert.deepEqual([first.conversations, first.excluded, first.notes], [2, [], []]);
  shop.check();
  const second = await shop.addChats("b.txt", late);
  assert.deepEqual([second.conversations, second.excluded], [2, [{ reason: "repeated-conversation", count: 1 }]]);
  assert.deepEqual(second.notes.map(({ code, file, line }) => [code, file, line]), [["repeated-conversation", "b.txt", 1]]);
  const report = (given) => given.check({ messages: true }).conversations.map(({ id, buyer, messages, source }) => [id, buyer, messages.length, source.file]);
  assert.deepEqual(report(shop), [["a.txt#1", "阿宝", 2, "a.txt"], ["a.txt#2", "小鹿", 3, "b.txt"], ["b.txt#2", "阿宝", 2, "b.txt"]]);
  assert.equal(shop.conversation(1).messages[2].text, "好");
  assert.deepEqual(shop.signals().map(({ id }) => id), ["a.txt#1", "a.txt#2", "b.txt#2"]);
  assert.equal(shop.check().shop.conversations, 3, "totals count them once, too");
  // The same file once more, under another name and merged from another shop.
  await shop.addChats("c.txt", late);
  const other = new Shop();
  await other.addChats("a.txt", early);
  shop.merge(other);
  assert.equal(shop.check().conversations.length, 3);
  assert.deepEqual(shop.metrics().files.map(({ file, excluded }) => [file, excluded[0]?.count ?? 0]), [["a.txt", 0], ["b.txt", 1], ["c.txt", 2], ["a.txt", 2]]);
  // Without names and times their words tell: another chat of the same name is another one, with an id of its own.
  const pasted = new Shop();
  for (const words of ["在吗", "你好", "你好", "在吗"]) await pasted.addChats("paste", `客户：${words}\n客服：在的亲\n`);
  assert.deepEqual(pasted.check().conversations.map(({ id }) => id), ["paste#1", "paste#1~2"]);
  assert.equal(pasted.check().conversations.length, 2);
});

test("a time of day without a date is no point in time", async () => {
  const shop = new Shop();
  await shop.addChats("a.txt", "小鱼 23:59:50 在吗\n青禾客服 0:00:10 在的亲\n小鱼 0:00:20 好的\n");
  const [{ messages }] = shop.check({ messages: true }).conversations;
  assert.deepEqual(messages.map(({ at, clock }) => [at, clock]), [[null, "23:59:50"], [null, "00:00:10"], [null, "00:00:20"]]);
  const dated = await new Shop().addChats("b.txt", "小鱼 2026-01-05 23:59:50 在吗\n");
  assert.equal(dated.conversations, 1);
  // What was read is read again as it was, and an example keeps its clock.
  const again = new Shop();
  await again.addChats("c.jsonl", `${JSON.stringify({ id: "c", messages })}\n`);
  assert.deepEqual(again.check({ messages: true }).conversations[0].messages.map(({ clock }) => clock), ["23:59:50", "00:00:10", "00:00:20"]);
  assert.match(shop.book.todo("first-greeting", shop.conversation(0), "pass"), /23:59:50 买家 在吗/);
});

test("what is merged is judged by the book of the shop, and waits for its list of orders there", async () => {
  const strict = Book.parse('id = "own"\ntitle = "own"\n[[signal]]\nid = "hello"\ntitle = "hello"\nwho = "agent"\nwords = ["您好"]\n[[signal.example]]\nhit = "[[您好]]"\n[[signal.example]]\nmiss = "在"\n');
  const [lines, list] = [new Shop(strict), new Shop()];
  await lines.addOrders("lines.csv", "订单编号,标题,价格,购买数量,商家编码\n1,布,5,2,s1\n");
  await lines.addChats("chat.txt", chat);
  assert.deepEqual(lines.problems.map(({ code }) => code), ["needs-orders"]);
  await list.addOrders("list.csv", "订单编号,买家会员名,买家实际支付金额,订单付款时间\n1,甲,10,2026-01-02\n");
  list.merge(lines);
  assert.deepEqual(list.problems, []);
  assert.deepEqual([lines.problems.length, list.book.id, list.check().book.id], [1, "standard", "standard"]);
  assert.equal(list.metrics().metrics.find(({ id }) => id === "sales.items_per_order").value, 2);
  assert.deepEqual(list.metrics().files.map(({ file }) => file), ["list.csv", "lines.csv", "chat.txt"]);
});

test("customers are grouped by the book, or by what the options say", async () => {
  const { shop } = await read("订单编号,买家会员名,买家实际支付金额,订单付款时间\n1,甲,10,2026-01-02\n2,甲,10,2026-01-20\n3,乙,5,2026-01-20\n");
  const core = (customers) => shop.metrics({ customers }).tables.layers.find(({ group }) => group === "core").buyers;
  assert.deepEqual([core(undefined), core({}), core({ core_days: 2 })], [0, 0, 1]);
  assert.deepEqual([shop.book.customers.core_days, shop.book.customers.rfm, shop.book.customers.monetary], [3, "mean", null]);
  assert.throws(() => core({ core_day: 2 }), { code: "bad-option", message: /core_days/ });
  assert.throws(() => core({ core_days: "2\ncare = 1" }), { code: "bad-option" });
});

test("tables stand beside those of the period before, in CSV too", async () => {
  const rows = ["1,甲,2026-01-01,20,杯子,1,20", "2,乙,2026-02-05,20,杯子,1,20", "3,丙,2026-02-06,20,杯子,1,20", "4,丙,2026-02-07,10,托盘,1,10"];
  const { shop } = await read(`order_id,buyer,paid_at,paid_amount,sku,quantity,unit_price\n${rows.join("\n")}\n`);
  const options = { period: { from: "2026-02-01", to: "2026-02-28" } };
  const { tables } = shop.metrics({ ...options, asOf: "2026-02-28" });
  assert.deepEqual(tables.products.map(({ product, orders, previous }) => [product, orders, previous?.orders ?? previous]), [["杯子", 2, 1], ["托盘", 1, null]]);
  assert.deepEqual(tables.layers.map(({ previous }) => previous.buyers).reduce((sum, buyers) => sum + buyers), 1, "as of 28 days earlier, the 31st");
  assert.ok(shop.metrics().tables.products.every((row) => !("previous" in row)));
  // The data begin within the period before: there is nothing whole to compare with. After their end nothing is known.
  const paid = (from, to) => shop.metrics({ period: { from, to } }).metrics.find(({ id }) => id === "orders.paid");
  assert.deepEqual([paid("2026-02-01", "2026-02-28").previous, paid("2026-01-30", "2026-02-28").previous], [1, null]);
  assert.deepEqual([paid("2026-03-01", "2026-03-31").value, paid("2026-03-01", "2026-03-31").status], [null, "unavailable"]);
  const [header, ...lines] = [...shop.write("table", "csv", { ...options, table: "products" })].join("").slice(1).trimEnd().split("\r\n").map((line) => line.split(","));
  const at = header.indexOf("previous.orders");
  assert.deepEqual(lines.map((line) => line[at] ?? ""), ["1", ""]);
  assert.ok(!header.includes("previous"));
});

test("a table without rows has its header, as every other, and what a cell holds several of is readable", async () => {
  const declared = readFileSync(join(installed, "index.d.mts"), "utf8");
  const inside = (opening) => declared.split(opening)[1].split("\n}")[0];
  const written = (shop, table, options) => [...shop.write("table", "csv", { ...options, table })].join("");
  const pay = Book.parse(
    `id = "a"\ntitle = "a"\nextends = "standard"\n[[pay]]\nid = "p"\ntitle = "绩效"\n[[pay.item]]\nmetric = "response.mean"\nat_most = [[18, 100], [35, 60]]\n`,
  );
  const shop = new Shop(pay);
  await shop.addChats("chat", chat);
  await shop.addOrders("orders", orders);
  const tables = [...inside("export interface MetricTables {").matchAll(/^  "?([\w.]+)"?: (\w+)\[\];/gm)];
  assert.deepEqual(tables.map(([, id]) => id).sort(), Object.keys(shop.metrics().tables).sort());
  let filled = 0;
  for (const [, id, type] of tables) {
    const header = [...inside(`export type ${type} = {`).matchAll(/^  (\w+): /gm)].map(([, name]) => name);
    assert.equal(written(new Shop(), id).split("\r\n")[0], `\ufeff${header.join()}`, id);
    const full = written(shop, id).slice(1).split("\r\n");
    filled += full.length > 2;
    assert.deepEqual(full[0].split(",").filter((name) => name !== "by"), header, id);
  }
  assert.ok(filled > 10, String(filled));
  assert.equal(written(shop, "pay").split("\r\n")[1], 'p,绩效,店铺:小美,0,100,true,,"metric response.mean, title 平均响应时长, title_en Mean response, value 81, unit seconds, points 0, most 100"');
  const many = new Shop();
  for (let at = 0; at < 40; at++) await many.addChats(`c${at}`, `甲${at} 2026-03-0${3 + (at % 2)} 10:00:00\n${at % 2 ? "太差了，气死我了" : "谢谢，很满意"}\n店铺:小美 2026-03-0${3 + (at % 2)} 10:01:00\n${at % 2 ? "嗯" : "不客气亲"}\n`);
  assert.match(written(many, "weekly"), /,"kind [a-z]+, id [\w-]+, outcome complained, with_count \d+, .*, interval -?[\d.]+ – -?[\d.]+, .*small (true|false); kind /);
});

test("each list of lines says which of its own orders are in no file", async () => {
  const shop = new Shop();
  const lines = (...ids) => `订单编号,标题,价格,购买数量,商家编码\n${ids.map((id) => `${id},布,5,2,s1\n`).join("")}`;
  await shop.addOrders("january.csv", lines(1, 2, 3));
  await shop.addOrders("february.csv", lines(3, 4));
  const told = () => shop.metrics().files.map(({ file, problems }) => [file, problems.map(({ message }) => message.match(/do not count: (\d+) \((.*?)\)/).slice(1).join(": "))]);
  assert.deepEqual(told(), [["january.csv", ["3: 1, 2, 3"]], ["february.csv", ["2: 3, 4"]]]);
  await shop.addOrders("list.csv", "订单编号,买家会员名,买家实际支付金额,订单付款时间\n1,甲,10,2026-01-02\n3,甲,10,2026-01-02\n4,甲,10,2026-01-02\n");
  assert.deepEqual(told(), [["january.csv", ["1: 2"]], ["february.csv", []], ["list.csv", []]]);
});

test("a talk that goes on the same day is no new reception, in whichever file the day began", async () => {
  const said = (id, buyer, at) =>
    JSON.stringify({ id, buyer, messages: [{ role: "buyer", at, text: "有货吗" }, { role: "agent", at, text: "有的亲" }] });
  const [morning, evening] = [said("a", "小鹿", "2026-03-05T09:00:00"), said("b", "小鹿", "2026-03-05T20:00:00")];
  const [other, next] = [said("c", "小熊", "2026-03-05T20:00:00"), said("d", "小鹿", "2026-03-06T09:00:00")];
  const greeted = (shop) =>
    shop.check().conversations.map(({ id, verdicts }) => [id, verdicts.find(({ rule }) => rule === "first-greeting").because ?? "pass"]);
  const together = (await read([evening, morning, other, next].join("\n"), undefined, "addChats")).shop;
  assert.deepEqual(greeted(together), [["b", "begun"], ["a", "missing"], ["c", "missing"], ["d", "missing"]]);
  const apart = (await read(morning, undefined, "addChats")).shop;
  apart.merge((await read(evening, undefined, "addChats")).shop);
  assert.deepEqual(greeted(apart), [["a", "missing"], ["b", "begun"]]);
  const late = (await read(evening, undefined, "addChats")).shop;
  assert.deepEqual(greeted(late), [["b", "missing"]]);
  await late.addChats("morning", morning);
  assert.deepEqual(greeted(late), [["b", "begun"], ["a", "missing"]]);
});

test("what costs nothing because another rule was charged says so", async () => {
  const { shop } = await read("客户：等了三天还没到\n客服：嗯\n", undefined, "addChats");
  const [{ score, verdicts }] = shop.check().conversations;
  const flow = verdicts.find(({ rule }) => rule === "agree-then-solve");
  assert.deepEqual([flow.result, flow.points, flow.covered_by], ["fail", 0, "apology-first"]);
  assert.equal(100 - score.lost, score.value);
  assert.match([...shop.write("check", "csv")].join(""), /,agree-then-solve,.*,apology-first,/);
});

test("what a model found names the pieces that decided", async () => {
  const shop = new Shop();
  await shop.addChats("a.txt", "客服：在的亲\n客户：拉链拉一半就上不去\n客服：嗯\n客户：质量真差\n客服：亲亲");
  const { messages, verdicts } = shop.conversation(0);
  const found = verdicts.find(({ rule }) => rule === "apology-first").evidence.filter(({ role }) => role === "when");
  assert.deepEqual(found.map(({ message }) => message), [1, 3]);
  const [learned, worded] = found;
  assert.equal(messages[1].text.slice(learned.start, learned.end), "拉链拉一半就上不去");
  assert.ok(learned.learned.length > 1 && learned.learned.every((piece) => messages[1].text.includes(piece)), learned.learned);
  assert.equal("learned" in worded, false);
});

test("texts of tables are masked, ids of conversations with the buyer's name", async () => {
  const shop = new Shop();
  const said = (id, buyer) => JSON.stringify({ id, buyer, messages: [{ role: "buyer", text: "质量真差" }, { role: "agent", text: "抱歉" }] });
  await shop.addChats("c.jsonl", `${said("小鹿乱撞@3", "小鹿乱撞")}\n${said("13812345678", "别人")}\n`);
  shop.metrics();
  const texts = ["小鹿乱撞@3", "13812345678", "打13812345678", "SKU-20260101", "2603010000001", "13912345678", ""];
  assert.deepEqual(shop.mask(texts), ["小**撞@3", "138****5678", "打138****5678", "SKU-20260101", "2603010000001", "139****5678", ""]);
});

test("numbers of orders are masked whatever they look like, and numbered where they look alike", () => {
  assert.deepEqual(new Shop().maskOrders(["2603010000001", "1", "SO-2026-0001", "2", "1"]), ["260******0001", "***#1", "S***1", "***#2", "***#1"]);
});

test("a file with NULs among its first bytes is text all the same: read to its end, and read again", async () => {
  const shop = new Shop();
  const file = join(root, "pkg-tests/cases/chats/nul-bytes.txt");
  const talk = await shop.addChats("nuls.txt", createReadStream(file));
  assert.equal(talk.encoding, "utf-8");
  assert.equal(shop.check({ messages: true }).conversations[0].messages.length, talk.messages);
  const [header, row] = orders.split("\n");
  const rows = Array.from({ length: 30_000 }, (_, i) => `${row.replace("81001", 90_000_000 + i)}\n`).join("");
  const table = bytes(`${header}\n${"\0".repeat(60)}${rows}`);
  assert.ok(table.length > 2 << 20);
  const { file: given } = await read(table);
  assert.deepEqual([given.orders, given.encoding], [30_000, "utf-8"]);
  assert.deepEqual(given.problems.map(({ code, line }) => [code, line]), [["nul-bytes", 2]]);
});

test("what is no text is refused, whatever follows", async () => {
  const noise = Uint8Array.from({ length: 2 << 20 }, (_, i) => Math.imul(i, 2_654_435_761) >>> 13);
  noise.set([0x21, 0x21]);
  for (const [add, code] of [["addOrders", "not-a-table"], ["addTable", "not-a-table"], ["addChats", "not-a-chat"]]) {
    for (const data of [noise, new Uint8Array([...noise.subarray(0, 600), ...bytes(orders.repeat(20_000))])]) {
      const { file } = await read(data, {}, add);
      assert.deepEqual([file.encoding, file.problems.length, file.problems[0].code], [null, 1, code], add);
    }
  }
});
