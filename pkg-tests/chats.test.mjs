// Long files of chats in node: their texts are read again from the file, and what stays in memory is small.
import assert from "node:assert/strict";
import { appendFileSync, createReadStream, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { host, installed, root } from "./support/host.mjs";

const { Book, Shop } = await import(pathToFileURL(join(installed, "node.mjs")).href);
const { initSync } = await import(pathToFileURL(join(installed, "huashu.js")).href);

const ASKED = ["在吗，有 L 码吗", "什么时候发货呀😇", "等了三天还没到，怎么回事", "能便宜点吗", "好的谢谢"];
const SAID = ["您好，很高兴为您服务", "有的亲，今天下单今天发", "非常抱歉让您久等了，马上为您查询", "亲，已经是最优惠的价格了呢", "不客气亲"];
const pad = (number) => String(number).padStart(2, "0");

/** So many messages, eight to a conversation, as {buyer, agent, at, text}; two conversations run at the same time. */
function* messages(count) {
  for (let i = 0; i < count; i++) {
    const pair = Math.floor(i / 16);
    const turn = Math.floor(i / 2) % 8;
    const minute = pair % 600;
    const at = `2026-${pad(1 + (Math.floor(pair / 14_400) % 12))}-${pad(1 + (Math.floor(pair / 600) % 24))} ${pad(9 + Math.floor(minute / 60))}:${pad(minute % 60)}:${pad((i % 16) * 3)}`;
    const words = turn % 2 ? SAID : ASKED;
    yield { number: pair * 2 + (i % 2), buyer: `tb${pair * 2 + (i % 2)}`, agent: turn % 2 === 1, at, text: `${words[(pair + turn) % 5]} ${"·".repeat(720)} ${i}` };
  }
}
const who = ({ buyer, agent }) => (agent ? `云朵家居:小溪 --> ${buyer}` : buyer);
const forms = {
  txt: (list) => list.map((m) => `${who(m)} ${m.at}\n${m.text}\n`).join(""),
  csv: (list) => `会话ID,时间,角色,发送人,内容\n${list.map((m) => `s${m.number},${m.at},${m.agent ? "客服" : "客户"},${m.agent ? "小溪" : m.buyer},${m.text}\n`).join("")}`,
  jsonl: (list) => {
    const talks = Map.groupBy ? Map.groupBy(list, (m) => m.number) : list.reduce((map, m) => map.set(m.number, [...(map.get(m.number) ?? []), m]), new Map());
    const line = ([id, talk]) => JSON.stringify({ id: `c${id}`, messages: talk.map((m) => ({ role: m.agent ? "agent" : "buyer", sender: m.agent ? "小溪" : m.buyer, at: m.at.replace(" ", "T"), text: m.text })) });
    return [...talks].map((talk) => `${line(talk)}\n`).join("");
  },
};

/** Two bytes for what GB18030 has in two, four for the rest of what is written here. */
function gb18030(text) {
  const decoder = new TextDecoder("gb18030");
  const known = new Map([["😇", [0x94, 0x39, 0xfd, 0x33]]]);
  assert.equal(decoder.decode(Uint8Array.from(known.get("😇"))), "😇");
  for (let lead = 0xa1; lead < 0xff; lead++) {
    for (let trail = 0xa1; trail < 0xff; trail++) known.set(decoder.decode(Uint8Array.of(lead, trail)), [lead, trail]);
  }
  return Uint8Array.from([...text].flatMap((c) => (c < "\x80" ? c.charCodeAt(0) : known.get(c))));
}
const utf16le = (text) => Buffer.from(text, "utf16le");
const encodings = {
  "utf-8": (text) => Buffer.from(text),
  "utf-8-bom": (text) => Buffer.from(`\ufeff${text}`),
  "utf-16le": (text) => utf16le(`\ufeff${text}`),
  "utf-16be": (text) => utf16le(text).swap16(),
  gb18030,
};

/** What is said of the texts does not matter where it is asked how they are read. */
const blank = Book.parse('id = "blank"\ntitle = "空"\n');
async function check(data) {
  const shop = new Shop(blank);
  const file = await shop.addChats("chats", data);
  return { file, shop, conversations: shop.check({ messages: true }).conversations };
}

// Before the others, whose memory would serve it.
test("a message costs no more memory than README says, whatever it says", async () => {
  const stated = Number(readFileSync(join(root, "README.md"), "utf8").match(/at most (\d+) bytes a message/)[1]);
  const count = 12_000;
  const memory = () => initSync().memory.buffer.byteLength;
  // What the first chat of all costs, however short.
  const first = new Shop();
  await first.addChats("short", forms.txt([...messages(64)]));
  first.check();
  const before = memory();
  for (const form of ["txt", "jsonl"]) {
    const path = join(host, `long.${form}`);
    // 1,500 bytes each: the file is larger than what may be needed for it.
    writeFileSync(path, forms[form]([...messages(count)]));
    const shop = new Shop();
    const file = await shop.addChats("long", createReadStream(path));
    assert.equal(file.messages, count);
    for (const piece of shop.write("check", "csv")) assert.ok(piece !== undefined);
    assert.ok(shop.metrics().metrics.length > 0);
    const each = (memory() - before) / count;
    assert.ok(each < stated, `${form}: ${each} bytes a message`);
    shop.reset();
  }
});

for (const [form, write] of Object.entries(forms)) {
  test(`texts are read again, whatever holds them and however they are written: ${form}`, async () => {
    const count = 800;
    const list = [...messages(count)];
    const text = write(list);
    const expected = (await check(text)).conversations;
    assert.equal(expected.length, count / 8);
    const said = new Map(list.map((m) => [m.text.slice(m.text.lastIndexOf(" ") + 1), m]));
    for (const { buyer, messages } of expected) {
      assert.equal(messages.length, 8);
      for (const message of messages) {
        const m = said.get(message.text.slice(message.text.lastIndexOf(" ") + 1));
        assert.deepEqual([message.text, buyer], [m.text, m.buyer]);
      }
    }
    for (const [encoding, encode] of Object.entries(encodings)) {
      const bytes = encode(text);
      assert.ok(bytes.length > 1 << 20, "more than one slice");
      const path = join(host, `chats.${encoding}.${form}`);
      writeFileSync(path, bytes);
      for (const data of [bytes, new Blob([bytes]), createReadStream(path, { highWaterMark: 99_991 })]) {
        const { file, conversations, shop } = await check(data);
        assert.equal(file.encoding, encoding);
        assert.deepEqual(conversations, expected);
        for (const at of [99, 0, 41]) assert.deepEqual(shop.conversation(at), expected[at]);
      }
    }
  });
}

test("a brief report leaves out verdicts and nothing else", async () => {
  const shop = new Shop();
  await shop.addChats("chats", forms.txt([...messages(64)]));
  const full = shop.check();
  const { conversations } = full;
  assert.ok(conversations.length > 4 && full.conversations.every((c) => c.verdicts.length > 9));
  assert.deepEqual(shop.check({ brief: true }), { ...full, conversations: full.conversations.map((c) => ({ ...c, verdicts: [] })) });
});

test("a file that changed is not read as if it had not", async () => {
  const path = join(host, "growing.txt");
  writeFileSync(path, forms.txt([...messages(32)]));
  const shop = new Shop();
  await shop.addChats("growing.txt", createReadStream(path));
  const before = shop.conversation(0);
  appendFileSync(path, "\n");
  assert.deepEqual(shop.conversation(0), before, "what is at hand stays");
  shop.book = shop.book;
  assert.throws(() => shop.conversation(0), { name: "HuashuError", code: "file-changed", file: "growing.txt" });
  await shop.addChats("again.txt", createReadStream(path));
  assert.equal(shop.check().conversations.length, 4);
  assert.deepEqual(shop.conversation(0).messages, before.messages, "the same conversations, read from the other file");
});

/** What becomes of a text with these options: the file, and the conversations with their messages. */
async function reading(text, options, book) {
  const shop = new Shop(book);
  const file = await shop.addChats("chats", text, options);
  return { file, conversations: shop.check({ messages: true }).conversations };
}

test("a file says as what it was read and why, and the user may overrule it", async () => {
  const text = "阿宝 2026-01-05 9:03:02\n客服：在吗\n云朵家居:小溪 2026-01-05 9:03:10\n在的亲\n";
  const found = await reading(text);
  assert.equal(found.file.shape, "name-time");
  assert.ok(found.file.confidence > 0.6 && found.file.confidence < 0.7, "a line of three is written as in another shape");
  assert.match(found.file.reason, /4 行中有 2 行.*: 2 of the first 4/);
  assert.deepEqual(found.conversations[0].messages.map((m) => m.text), ["客服：在吗", "在的亲"]);
  const overruled = await reading(text, { format: "labelled" });
  assert.equal(overruled.file.shape, "labelled");
  assert.ok(overruled.file.confidence < found.file.confidence);
  assert.notDeepEqual(overruled.conversations, found.conversations);
  await assert.rejects(reading(text, { format: "fax" }), { code: "bad-option", message: /name-time/ });
  await assert.rejects(reading(text, { colums: {} }), { code: "bad-option" });
});

test("agents, the year and the columns are taken as told", async () => {
  const told = await reading("阿宝: 好的\n小溪: 好的\n阿宝: 行\n小溪: 行\n", { agents: ["阿宝"] });
  assert.deepEqual([told.conversations[0].buyer, told.conversations[0].agents], ["小溪", ["阿宝"]]);
  const years = "阿宝 1-5 9:03:02\n在吗\n云朵家居:小溪 1-5 9:03:10\n在的\n";
  const [unknown, known] = [await reading(years, { format: "name-clock" }), await reading(years, { format: "name-clock", year: 2024 })];
  assert.ok(unknown.file.notes.concat(unknown.file.problems).length > 0);
  assert.ok(known.conversations.every((c) => c.messages.every((m) => m.at === null || m.at.startsWith("2024"))));
  const table = "谁,话,几点\n客户,在吗,2026-01-05 09:00:00\n客服,在的,2026-01-05 09:00:05\n";
  const { conversations } = await reading(table, { columns: { role: "谁", text: "话", time: "几点" } });
  assert.deepEqual(conversations[0].messages.map((m) => [m.role, m.text, m.at]), [["buyer", "在吗", "2026-01-05T09:00:00"], ["agent", "在的", "2026-01-05T09:00:05"]]);
});

test("a conversation ends after the gap told, or with the day where the profile has it so", async () => {
  const at = (time, text) => `阿宝 2026-01-${time}\n${text}\n云朵家居:小溪 2026-01-${time}\n好的\n`;
  const text = at("05 9:00:00", "在吗") + at("05 23:59:50", "发了吗") + at("06 0:00:10", "到哪了");
  const lengths = async (options, book) => (await reading(text, options, book)).conversations.map((c) => c.messages.length);
  assert.deepEqual(await lengths(), [2, 4]);
  assert.deepEqual(await lengths({ gap: 1440 }), [6]);
  assert.deepEqual(await lengths({ gap: 0.25 }), [2, 2, 2]);
  assert.deepEqual(await lengths({ gap: "day" }), [4, 2]);
  const book = Book.standard("pdd");
  assert.equal(book.gap, "day");
  assert.deepEqual(await lengths({}, book), [4, 2], "as the profile has it");
  assert.deepEqual(await lengths({ gap: 120 }, book), [2, 4], "the user's word counts more");
  assert.equal(Book.standard("taobao").gap, null);
  await assert.rejects(lengths({ gap: "week" }), { code: "bad-option", message: /day/ });
});
