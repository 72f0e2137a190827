// Workbooks and archives, made here, through the packed package.
import assert from "node:assert/strict";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { strToU8, unzipSync, zipSync } from "fflate";
import { writeXlsx } from "hucre/xlsx";
import { chat, orders } from "./support/chat.mjs";
import { host, huashu, installed } from "./support/host.mjs";

const { Shop } = await import(pathToFileURL(join(installed, "node.mjs")).href);
const cells = (csv) => csv.trimEnd().split("\n").map((line) => line.split(","));
const time = (text) => new Date(`${text.replace(" ", "T")}Z`);

/** The orders of the sample with numbers as numbers and times as dates. */
const typed = cells(orders).map((row, at) => (at === 0 ? row : row.map((cell, i) => (i === 0 || i > 4 ? Number(cell) : i === 2 || i === 3 ? cell && time(cell) : cell || null))));
const workbook = (...sheets) => writeXlsx({ sheets: sheets.map((rows, i) => ({ name: `表${i + 1}`, rows, columns: undefined })) });
async function read(data, add = "addOrders", name = "f.xlsx", options = {}) {
  const shop = new Shop();
  const file = await shop[add](name, data, options);
  return { shop, file, codes: file.problems.map(({ code }) => code) };
}
async function* dripping(bytes, step = 1000) {
  for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
}
const figures = ({ shop }) => shop.metrics().metrics;
/** A part of a workbook rewritten. */
function patched(bytes, name, change) {
  const parts = unzipSync(bytes);
  const before = new TextDecoder().decode(parts[name]);
  assert.notEqual(change(before), before, "the patch fits");
  parts[name] = strToU8(change(before));
  return zipSync(parts);
}

test("a workbook of orders is read like the same table as text", async () => {
  const expected = figures(await read(orders, "addOrders", "f.csv"));
  const bytes = await workbook(typed);
  for (const form of [bytes, bytes.buffer, new Blob([bytes]), dripping(bytes)]) {
    const result = await read(form);
    assert.deepEqual(figures(result), expected);
    assert.deepEqual([result.file.orders, result.file.encoding, result.codes], [3, null, []]);
  }
});

test("rows keep their numbers, over titles, blank rows and line ends in cells", async () => {
  const [header, first, ...rest] = typed;
  const bad = [...first];
  [bad[0], bad[5]] = [81009, "二十"];
  const noted = header.map((name, at) => (at === 4 ? "订单状态\r\n" : name));
  const { file } = await read(await workbook([noted, first, [], [null, ""], bad, ...rest]));
  assert.deepEqual(file.problems.map(({ line }) => line), [5]);
  assert.equal(file.orders, 4);
});

test("dates, numbers and texts arrive as the sheet shows them", async () => {
  const head = ["订单编号", "买家会员名", "订单付款时间", "买家实际支付金额", "宝贝标题"];
  const sheet = await workbook([head, ["007", "=甲", time("2026-01-31 00:00:00"), 12.3, "a,\"b\"\nc"], [2024010112345, "乙", time("2026-01-31 10:00:00"), 0.1, ""]]);
  const bytes = patched(sheet, "xl/worksheets/sheet1.xml", (xml) => xml.replace("<v>12.3</v>", "<v>12.300000000000001</v>"));
  const { shop, file, codes } = await read(bytes);
  assert.deepEqual([file.orders, codes], [2, []]);
  const value = (id) => shop.metrics().metrics.find((m) => m.id === id).value;
  assert.equal(value("sales.paid_amount"), 12.4);
  assert.equal(shop.metrics({ period: { from: "2026-01-31", to: "2026-01-31" } }).metrics.find((m) => m.id === "orders.paid").value, 2);
});

test("formulas give what they came to, and are never computed", async () => {
  const bytes = patched(await workbook(typed), "xl/worksheets/sheet1.xml", (xml) => xml.replace("<v>59</v>", "<f>1+1</f><v>60</v>"));
  assert.equal(figures(await read(bytes)).find((m) => m.id === "sales.ordered_amount").value, 60 + 30 + 61.5);
});

test("order numbers that Excel has cut are told, with the cell", async () => {
  const rows = typed.map((row, at) => (at === 0 ? row : [1234567890123450000 + at * 1000, ...row.slice(1)]));
  const { file } = await read(await workbook(rows));
  const [problem] = file.problems;
  assert.deepEqual([problem.code, problem.line, problem.column], ["lost-digits", 2, 1]);
  assert.match(problem.message, /A2.*3 个.*并成一单.*from cell A2 on: 3;/);
  assert.equal(file.problems.length, 1, "said once, with the place");
  assert.deepEqual((await read(await workbook(typed.map((row, at) => (at ? [202601011234567, ...row.slice(1)] : row))))).codes, ["other-buyer"]);
});

test("an order of an archive's list and of its lines is one order", async () => {
  const lines = "订单编号,标题,价格,购买数量,商家编码\n81001,布,5,2,s1\n81001,线,5,2,s2\n99999,线,5,2,s2\n";
  const { file, shop } = await read(zipSync({ "list.csv": strToU8(orders), "lines.csv": strToU8(lines) }), "addOrders", "export.zip");
  assert.deepEqual(file.files.map(({ orders }) => orders), [3, 2]);
  assert.equal(file.orders, 4);
  assert.deepEqual(file.notes, []);
  const again = await shop.addOrders("again.zip", zipSync({ "list.csv": strToU8(orders), "copy.csv": strToU8(orders) }));
  assert.equal(again.orders, 3);
  assert.deepEqual(again.notes.map(({ code, file }) => [code, file]), [["repeated-order", "again.zip/list.csv"], ["repeated-order", "again.zip/copy.csv"]]);
});

test("the first sheet that holds anything is read, and the others are named", async () => {
  const { shop, file } = await read(await workbook([], typed, [["别的"]]));
  assert.deepEqual([file.orders, file.problems.map(({ code }) => code)], [3, ["other-sheets"]]);
  assert.match(file.problems[0].message, /“表2”.*表1、表3/);
  assert.deepEqual(shop.problems.map(({ code }) => code), ["other-sheets"], "the shop knows of it too");
});

test("a workbook of messages is read, with the columns named", async () => {
  const rows = [["会话", "角色", "几点", "说了什么"], ["c1", "买家", time("2026-03-02 10:00:00"), "在吗\n急"], ["c1", "客服", time("2026-03-02 10:00:05"), "在的"]];
  // Less than a millisecond before ten: a day of a computer has no exact tenths.
  const bytes = patched(await workbook(rows), "xl/worksheets/sheet1.xml", (xml) => xml.replace(/<v>46083\.41666\d*<\/v>/, "<v>46083.41666666</v>"));
  const { shop } = await read(bytes, "addChats", "f.xlsx", { columns: { id: "会话", role: "角色", time: "几点", text: "说了什么" } });
  const { messages } = shop.check({ messages: true }).conversations[0];
  assert.deepEqual(messages.map(({ at, text }) => [at, text]), [["2026-03-02T10:00:00", "在吗\n急"], ["2026-03-02T10:00:05", "在的"]]);
});

test("a side table may be a workbook", async () => {
  const { file } = await read(await workbook([["买家", "评分"], ["阿青", 5], ["小舟", 1]]), "addTable", "评价.xlsx", { kind: "ratings", columns: { buyer: "买家", rating: "评分" } });
  assert.equal(file.rows, 2);
});

test("every file of an archive is read as its own, whatever its name is written in", async () => {
  const [head, ...rows] = cells(orders);
  const part = (row) => strToU8(`${[head, row].map((r) => r.join(",")).join("\n")}\n`);
  const bytes = zipSync({ "一月/订单.csv": part(rows[0]), "__MACOSX/._x": strToU8("x"), "二月.xlsx": await workbook([typed[0], typed[2]]), "c.csv": part(rows[2]), "空/": new Uint8Array() });
  for (const form of [bytes, new Blob([bytes]), dripping(bytes, 100)]) {
    const result = await read(form, "addOrders", "export.zip");
    assert.deepEqual(result.file.files.map(({ file, orders }) => [file, orders]), [["export.zip/一月/订单.csv", 1], ["export.zip/二月.xlsx", 1], ["export.zip/c.csv", 1]]);
    assert.deepEqual([result.file.file, result.file.orders, result.file.rows], ["export.zip", 3, 3]);
    assert.deepEqual(figures(result), figures(await read(orders, "addOrders", "f.csv")));
  }
  // 订单.csv in GB18030, as Windows in Chinese writes it; one file speaks for itself.
  const gbk = Buffer.from("b6a9b5a5", "hex");
  const plain = Buffer.from(zipSync({ "QQQQ.csv": strToU8(orders) }));
  for (let at; (at = plain.indexOf("QQQQ")) >= 0; ) gbk.copy(plain, at);
  assert.deepEqual((await read(plain, "addOrders", "e.zip")).file.file, "e.zip/订单.csv");
  const both = await read(zipSync({ "a.jsonl": strToU8(chat), "b.jsonl": strToU8(chat.replace('"c1"', '"c2"')) }), "addChats", "chats.zip");
  assert.deepEqual([both.file.conversations, both.file.files.length, both.shop.check().conversations.length], [2, 2, 2]);
});

test("what cannot be read says why and what to do", async () => {
  const compound = (text) => Buffer.concat([Buffer.from("d0cf11e0a1b11ae1", "hex"), Buffer.alloc(504), Buffer.from(text, "utf16le")]);
  const locked = Buffer.from(zipSync({ "a.csv": strToU8(orders) }));
  locked[6] |= 1;
  // As `zip -r -P` writes it: the directory before the file has no content, and no password.
  const lockedWithin = Buffer.from(zipSync({ "月/": new Uint8Array(), "月/a.csv": [strToU8(orders), { level: 0 }] }));
  lockedWithin[lockedWithin.indexOf("PK\x03\x04", 4, "latin1") + 6] |= 1;
  const sheet = await workbook(typed);
  const zipped = zipSync({ "a.csv": strToU8(orders.repeat(2000)) });
  for (const [code, data, message] of [
    ["old-workbook", compound("Workbook"), /\.xls.*另存为/],
    ["password", compound("EncryptedPackage"), /密码/],
    ["password", locked, /密码/],
    ["password", lockedWithin, /密码/],
    ["password", dripping(lockedWithin, 7), /密码/],
    ["nested", zipSync({ "b.zip": zipSync({ "a.csv": strToU8(orders) }) }), /压缩包/],
    ["not-a-chat", zipSync({ "[Content_Types].xml": strToU8("<Types/>"), "word/document.xml": strToU8("<w:p>客户：在吗</w:p>") }), /Word.*复制/],
    ["empty-archive", zipSync({}), /没有文件/],
    ["empty-archive", zipSync({ "a/": new Uint8Array() }), /没有文件/],
  ]) {
    const shop = new Shop();
    await assert.rejects(shop.addOrders("f", data), (error) => error.code === code && message.test(error.message), code);
    assert.equal(shop.metrics().metrics.find((m) => m.id === "orders.created").value ?? 0, 0);
  }
  for (const data of [sheet.subarray(0, sheet.length - 200), zipped.subarray(0, zipped.length >> 1)]) {
    const { codes } = await read(data);
    assert.ok(codes.includes("damaged-file") && !codes.includes("empty-file"), String(codes));
  }
  const rubbish = Uint8Array.from(sheet);
  rubbish.fill(7, 60, sheet.length - 2000);
  assert.ok((await read(rubbish)).codes.includes("damaged-file"));
});

test("what systems put beside the files of an archive does not count among them", async () => {
  const [head, row] = cells(orders);
  const file = (at) => strToU8(`${head.join(",")}\n${[at, ...row.slice(1)].join(",")}\n`);
  const all = Array.from({ length: 501 }, (_, at) => [[`月/${at}/`, new Uint8Array()], [`月/${at}/a.csv`, file(at)], [`__MACOSX/月/${at}/._a.csv`, strToU8("x")]]);
  const bytes = zipSync(Object.fromEntries(all.flat()));
  assert.equal((await read(bytes, "addOrders", "export.zip")).file.orders, 501);
});

test("what is made to fill the memory is refused", async () => {
  const many = Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`${i}.csv`, strToU8("a,b\n")]));
  await assert.rejects(read(zipSync(many)), { code: "too-large" });
  const far = patched(await workbook(typed), "xl/worksheets/sheet1.xml", (xml) => xml.replace('<row r="4"', '<row r="4000000000"'));
  assert.ok((await read(far)).codes.includes("damaged-file"));
  const claims = Buffer.from(await workbook(typed)); // says of its last part that it is of four gigabytes
  claims.writeUInt32LE(0xfffffff0, claims.lastIndexOf("PK\x01\x02", undefined, "latin1") + 24);
  await assert.rejects(read(claims), { code: "too-large" });
});

test("cancelling keeps nothing of an archive", async () => {
  const shop = new Shop();
  const control = new AbortController();
  const bytes = zipSync({ "a.csv": strToU8(orders), "b.csv": crypto.getRandomValues(new Uint8Array(60_000)) }, { level: 0 });
  const reading = shop.addOrders("x.zip", dripping(Buffer.concat([bytes, Buffer.alloc(3 << 20)])), { signal: control.signal, onProgress: () => control.abort() });
  await assert.rejects(reading, { name: "AbortError" });
  assert.equal(shop.metrics().metrics.find((m) => m.id === "orders.created").value ?? 0, 0);
});

test("the command line reads them too", async () => {
  const path = join(host, "orders.xlsx");
  writeFileSync(path, await workbook(typed, [["说明"]]));
  const { code, stdout, stderr } = await huashu(["metrics", "--orders", path, "--format", "json"]);
  assert.equal(code, 0, stderr);
  assert.equal(JSON.parse(stdout).metrics.find((m) => m.id === "sales.paid_amount").value, 120.5);
  assert.match(stderr, /orders\.xlsx: 只读了工作表/);
});

test("only who has such a file loads what reads it, and its licences are there", () => {
  for (const name of readdirSync(installed).filter((name) => /\.m?js$/.test(name) && name !== "unpack.mjs")) {
    assert.doesNotMatch(readFileSync(join(installed, name), "utf8"), /from\s*"\.\/unpack\.mjs"/, name);
  }
  const imports = [...readFileSync(join(installed, "unpack.mjs"), "utf8").matchAll(/(?:from|import)\s*\(?\s*["'`]([^"'`]+)["'`]/g)].map((match) => match[1]);
  assert.deepEqual([...new Set(imports)].sort(), ["./decode.mjs", "./error.mjs"]);
  assert.match(readFileSync(join(installed, "LICENSE-unpack"), "utf8"), /fflate.*MIT License.*hucre.*MIT License/s);
});
