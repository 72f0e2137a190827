#!/usr/bin/env node
// The command line. What it finds goes to the standard output, what it has to say about it to the standard error.
import { isUtf8 } from "node:buffer";
import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { chatShapes, lowest, tryOptions } from "./api.mjs";
import { parse, usage } from "./arguments.mjs";
import { oneOf, wrong } from "./choice.mjs";
import { plain } from "./csv.mjs";
import { decode, ENCODINGS } from "./decode.mjs";
import { reasons } from "./figures.mjs";
import { help } from "./help.mjs";
import { Book, HuashuError, Shop } from "./node.mjs";
import { checked, OPTIONS } from "./options.mjs";

const KINDS = ["ratings", "reviews", "roster", "members", "campaigns", "messages", "shipping", "given"];
const READ = { "--book": "value", "--encoding": ENCODINGS, "--shape": "value", "--agents": "value", "--year": "value", "--columns": "value" };
const ORDERS = { "--orders": "files", "--tables": "files", "--buyer": ["account", "phone", "receiver"] };
const commands = {
  check: [check, { ...READ, "--profile": "value", ...ORDERS, "--format": ["text", "json", "csv", "junit"], "--messages": "flag", "--unmasked": "flag", "--fail-under": "value" }],
  signals: [signals, READ],
  metrics: [metrics, {
    ...READ, "--profile": "value", ...ORDERS, "--chats": "files", "--period": "value", "--as-of": "value",
    "--refunded": ["exclude", "include"], "--drop-zero": "flag", "--known-buyers": "flag", "--window": "value",
    "--attribution": ["order", "order-first", "payment"], "--exclude": "value", "--campaign-days": "value", "--forwarded": "value", "--monologue": "value", "--customers": "value", "--rows": "value", "--by": "value", "--table": "value", "--unmasked": "flag", "--format": ["text", "json", "csv"],
  }],
  book: [book, {}],
};

let heard = true;
/** Writes, and waits where the reader at the other end is slower; false once that has read enough (`huashu … | head`). */
function write(text) {
  return new Promise((done, failed) => {
    if (!heard) return done(false);
    process.stdout.write(text, (error) => {
      heard = error?.code !== "EPIPE";
      if (error && heard) failed(new HuashuError({ code: "unwritable", message: `写不出 / cannot write: ${error.message}` }));
      done(heard);
    });
  });
}
const say = (text) => process.stderr.write(`${plain(text)}\n`);

const where = ({ file, line, column }) => [file, line, column].filter((part) => part !== null).map((part) => `${part}:`).join("");
const complain = (problem) => say(`${where(problem)}${where(problem) && " "}${problem.message}`);

/** Says what could not be read, the first of it in full; `hide` takes off what is nobody's business of the lines that are quoted. */
function report(problems, most = 20, hide = (messages) => messages) {
  const shown = problems.slice(0, most);
  const messages = hide(shown.map(({ message }) => message));
  for (const [at, problem] of shown.entries()) complain({ ...problem, message: messages[at] });
  if (problems.length > most) say(`……另有 ${problems.length - most} 处（见 --format json）/ and ${problems.length - most} more (see --format json)`);
}

/** A file that has to be there as a whole. */
function bytes(name) {
  try {
    return readFileSync(name === "-" ? 0 : name);
  } catch (error) {
    throw unreadable(name, error);
  }
}
const wrongText = (file, message) => new HuashuError({ code: "wrong-encoding", file, message });

/** A book, a column map. */
function text(name) {
  const found = bytes(name);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(found);
  } catch {
    throw wrongText(name, "不是 UTF-8 文本，请另存为 UTF-8 / this is no UTF-8 text: save it as UTF-8");
  }
}
function unreadable(name, error) {
  const why = { ENOENT: "文件不存在 / no such file", EISDIR: "这是文件夹 / this is a directory", EACCES: "没有读取权限 / no permission to read it" };
  return new HuashuError({ code: "unreadable", file: name, message: why[error.code] ?? error.message });
}

/** Names that are misspelt, or a directory's, are told of before the first file is read, which takes its time. */
function isThere({ name }) {
  try {
    if (name !== "-" && statSync(name).isDirectory()) throw Object.assign(new Error(), { code: "EISDIR" });
    return true;
  } catch (error) {
    report(unreadable(name, error).problems);
    return false;
  }
}

/** Whatever is read of it first would leave nothing for the others. */
function oneInput(given) {
  const names = ["_", "--orders", "--chats", "--tables", "--book", "--columns", "--exclude"].flatMap((option) => given[option] ?? []);
  if (names.filter((name) => /^(\w+=)?-$/.test(name)).length > 1) throw usage("标准输入（-）只能读一次 / the standard input (-) can be read once only");
}

/** `ratings=FILE` says what a table is about, `FILE` leaves that to its headers. */
function kindOf(argument) {
  const at = argument.indexOf("=");
  const kind = argument.slice(0, Math.max(at, 0));
  if (KINDS.includes(kind)) return { kind, name: argument.slice(at + 1) };
  // A file may well be called a=b.csv.
  if (at > 0 && !/[./\\]/.test(kind) && !existsSync(argument)) {
    throw usage(wrong(`--tables 没有 ${kind} 这一种表，只有 ${KINDS.join("、")}`, `--tables knows no kind ${kind}; it is one of ${KINDS.join(", ")}`, kind, KINDS));
  }
  return { name: argument };
}

/** Reads all files; some of them have to hold something, chats above all where these are what was asked for. */
async function read(shop, given, chats = [], needed = false) {
  const { "--orders": orders = [], "--tables": tables = [], "--encoding": encoding } = given;
  const reading = readingOf(given, chats);
  const kinds = tables.map(kindOf);
  const files = [];
  const stream = (name) => (name === "-" ? process.stdin : createReadStream(name, { highWaterMark: 1 << 20 }));
  const all = [
    ...chats.map((name) => ({ name, add: "addChats", options: reading.chats })),
    ...orders.map((name) => ({ name, add: "addOrders", options: reading.orders })),
    ...kinds.map(({ name, kind }) => ({ name, add: "addTable", options: { kind, columns: reading.tables?.[kind] } })),
  ].filter(isThere);
  for (const { name, add, options } of all) {
    try {
      files.push(await shop[add](name, stream(name), { encoding, ...options }));
    } catch (error) {
      if (error.code === "trap" || !(error instanceof HuashuError || error.syscall)) throw error;
      files.push({ file: name, failed: true, problems: error.problems ?? [unreadable(name, error)] });
    }
  }
  // Of the files that were read the shop itself knows best: one file may have answered what another asked for.
  const hide = given["--unmasked"] ? undefined : (messages) => shop.mask(messages);
  report([...files.filter((file) => file.failed).flatMap((file) => file.problems), ...shop.problems], 20, hide);
  // What was assumed: the year, who the agents are.
  report(assumed(files.filter((file) => file.notes)), 20, hide);
  for (const { file, excluded } of files.filter((file) => file.orders !== undefined && file.excluded.length)) {
    say(`${file}: 未计入的行 rows left out: ${excluded.map(({ reason, count }) => `${reasons[reason] ?? reason} ${count}`).join("，")}`);
  }
  // Where no chat was read no score is below any: a gate would be green.
  if (!files.some((file) => file.conversations || (!needed && (file.orders || file.used)))) {
    throw new HuashuError({ code: "nothing-read", message: needed ? "没有读到任何聊天 / No chat could be read" : "没有读到任何聊天、订单或其他表 / No chat, no order and no other table could be read" });
  }
}

/** The notes of all files. An agent who is not in one file may be in another. */
function assumed(files) {
  const chats = files.filter((file) => "conversations" in file);
  const everywhere = ({ message }) => chats.every(({ notes }) => notes.some((note) => note.message === message));
  return files.flatMap(({ notes }) => notes).filter((note) => note.code !== "unknown-agent" || everywhere(note));
}

function bookOf(given) {
  const profile = given["--profile"];
  idOf("--profile", profile, Book.profiles());
  const file = given["--book"];
  return file === undefined ? Book.standard(profile) : Book.parse(text(file), { profile, file });
}

/** How the files are to be read. Mistakes in it are told before anything is. */
function readingOf(given, files) {
  const agents = given["--agents"]?.split(/[,，]/).map((name) => name.trim()).filter(Boolean);
  idOf("--shape", given["--shape"], chatShapes());
  const chats = { format: given["--shape"], agents, year: whole(given, "--year", 1990, 2100) };
  if (given["--buyer"] !== undefined && !given["--orders"]) throw usage("--buyer 要和 --orders 一起用 / --buyer goes with --orders");
  const { columns, tables: { chats: headers, ...tables } = {} } = columnsOf(given["--columns"]);
  const mapped = headers && Object.fromEntries(Object.entries(headers).map(([field, header]) => [field, header ?? ""]));
  if (given["--columns"] !== undefined && !given["--orders"] && !given["--tables"] && !(mapped && files.length)) {
    throw usage('--columns 要和 --orders 或 --tables 一起用；聊天表格的列写在 "chats" 下 / --columns goes with --orders or --tables; the columns of a table of chats stand under "chats"');
  }
  const reading = { chats: { ...chats, columns: mapped }, orders: { columns, buyer: given["--buyer"] }, tables };
  try {
    tryOptions("chats", { columns: mapped });
    tryOptions("orders", reading.orders);
    for (const kind in tables) tryOptions("table", { kind, columns: tables[kind] });
  } catch ({ code, message }) {
    throw new HuashuError({ code, file: given["--columns"], message });
  }
  return reading;
}

/** The map of the orders, and by their kinds those of the tables; that of chats is one of these. */
function columnsOf(file) {
  if (file === undefined) return {};
  const bad = (message) => new HuashuError({ code: "bad-columns", file, message });
  let map;
  try {
    map = JSON.parse(text(file).replace(/^\ufeff/, "")); // Windows' editors begin a file with the mark
  } catch (error) {
    if (error instanceof HuashuError) throw error;
    throw bad(`不是有效的 JSON / not valid JSON: ${error.message}`);
  }
  const isMap = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
  const isHeader = (value) => value === null || typeof value === "string";
  const entries = isMap(map) ? Object.entries(map) : [[]];
  const tables = entries.filter(([name, value]) => (name === "chats" || KINDS.includes(name)) && isMap(value) && Object.values(value).every(isHeader));
  const columns = entries.filter(([, value]) => isHeader(value));
  if (tables.length + columns.length < entries.length) {
    throw bad('应是字段到表头的对照，如 {"buyer": "买家会员名", "ratings": {"rating": "打分"}} / it maps fields to headers, as in {"buyer": "买家会员名", "ratings": {"rating": "打分"}}');
  }
  return { columns: columns.length ? Object.fromEntries(columns) : undefined, tables: Object.fromEntries(tables) };
}

/** One buyer or order number per line. What encoding it has the list itself tells: `--encoding` is that of the files, and another one would make names of it that nobody has. */
async function listOf(file) {
  if (file === undefined) return undefined;
  const found = bytes(file);
  const pieces = [];
  if ((await decode([found], undefined, {}, (piece) => pieces.push(piece))) === null) throw wrongText(file, "这不是文本 / this is no text");
  const list = Buffer.concat(pieces).toString();
  if (list.includes("\ufffd") && !isUtf8(found)) throw wrongText(file, "有些字读不出来，请另存为 UTF-8 / some characters cannot be read: save it as UTF-8");
  return list.split(/\r?\n/).map((line) => line.trim()).filter(Boolean);
}

function number(given, name, least, most) {
  if (given[name] === undefined) return undefined;
  const value = Number(given[name]);
  if (given[name].trim() === "" || !(value >= least && value <= most)) throw usage(`${name} 应为 ${least} 到 ${most} 的数 / ${name} is a number from ${least} to ${most}`);
  return value;
}

function whole(given, name, least, most) {
  const value = number(given, name, least, most);
  if (value !== undefined && !Number.isInteger(value)) throw usage(`${name} 应为整数 / ${name} is a whole number`);
  return value;
}

/** Throws where a value is given that is no id of the list. */
function idOf(name, value, list) {
  if (value !== undefined) oneOf(name, value, list.map(({ id }) => id), "usage");
}

function periodOf(given) {
  if (given["--period"] === undefined) return undefined;
  const [from, to, more] = given["--period"].split("..");
  if (!to || more !== undefined) throw usage("--period 应写成 2026-01-01..2026-01-31 / --period is written 2026-01-01..2026-01-31");
  return { from, to };
}

/** `--customers active=60,rfm=median,by_cycle=true`: keys of the book's `[customers]`. */
function cutsOf(text) {
  if (text === undefined) return undefined;
  const value = (word) => (word === "true" || word === "false" ? word === "true" : word.trim() === "" || Number.isNaN(Number(word)) ? word : Number(word));
  const met = new Set();
  return Object.fromEntries(text.split(",").map((part) => {
    const [key, word, more] = part.split("=").map((half) => half.trim());
    if (met.size === met.add(key).size) throw usage(`--customers 里 ${key} 只能写一次 / ${key} is given twice in --customers`);
    if (!key || word === undefined || more !== undefined) throw usage("--customers 应写成 active=60,risk_high=120 / --customers is written active=60,risk_high=120");
    return [key, value(word)];
  }));
}

/** `--by agent=小美`: the part of the shop whose rows are listed. */
function partOf(given) {
  const text = given["--by"];
  if (text === undefined) return undefined;
  const at = text.indexOf("=");
  if (given["--rows"] === undefined || at < 1) throw usage("--by 与 --rows 一起用，应写成 agent=小美 / --by goes with --rows and is written agent=小美");
  return { [text.slice(0, at)]: text.slice(at + 1) };
}

async function check(given) {
  if (!given._.length) throw usage("缺少聊天文件 / Which chats? huashu check FILE…（放在 --orders 之前 / before --orders）");
  const least = number(given, "--fail-under", 0, 100);
  const shop = new Shop(bookOf(given));
  await read(shop, given, given._, true);
  const options = { messages: given["--messages"], failUnder: least, unmasked: given["--unmasked"] };
  // The gate judges all of it, whether somebody reads on or not.
  for (const piece of shop.write("check", given["--format"] ?? "text", options)) if (!(await write(piece)) && least === undefined) break;
  return least !== undefined && lowest(shop) < least ? 1 : 0;
}

async function signals(given) {
  if (!given._.length) throw usage("缺少聊天文件 / Which chats? huashu signals FILE…");
  const shop = new Shop(bookOf(given));
  await read(shop, given, given._, true);
  for (const piece of shop.write("signals", "jsonl")) if (!(await write(piece))) break;
}

async function metrics(given) {
  if (given._.length) throw usage(`请写明 --orders 或 --chats / Put --orders or --chats before ${given._[0]}`);
  if (given["--rows"] !== undefined && given["--table"] !== undefined) throw usage("--rows 和 --table 只能用一个 / use either --rows or --table");
  if (!given["--orders"] && !given["--chats"] && !given["--tables"]) throw usage("缺少文件 / Which files? huashu metrics --orders FILE… --chats FILE…");
  const options = {
    period: periodOf(given),
    asOf: given["--as-of"],
    refunded: given["--refunded"],
    dropZero: given["--drop-zero"],
    knownBuyers: given["--known-buyers"],
    window: whole(given, "--window", 0, 3650),
    attribution: given["--attribution"],
    campaignDays: whole(given, "--campaign-days", 0, 3650),
    forwarded: given["--forwarded"] === "count" ? "count" : whole(given, "--forwarded", 0, 3650),
    monologue: whole(given, "--monologue", 0, 3650),
    exclude: await listOf(given["--exclude"]),
    customers: cutsOf(given["--customers"]),
  };
  checked(options, OPTIONS.metrics);
  const shop = new Shop(bookOf(given));
  await read(shop, given, given["--chats"]);
  if (options.exclude) report(shop.metrics(options).notes);
  const [metric, by, table, unmasked] = [given["--rows"], partOf(given), given["--table"], given["--unmasked"]];
  const results = metric !== undefined ? ["rows", { ...options, metric, by, limit: 1e6, unmasked }] : table !== undefined ? ["table", { ...options, table, unmasked }] : ["metrics", { ...options, unmasked }];
  for (const piece of shop.write(results[0], given["--format"] ?? "text", results[1])) await write(piece);
}

async function book(given) {
  const [action, name, ...more] = given._;
  if (action === "check" && name !== undefined && !more.length) {
    const checked = Book.parse(text(name), { file: name });
    report(checked.warnings, Infinity);
    await write(`${plain(name)}: ${checked.rules.length} 条规则，${checked.signals.length} 个信号，例子全部成立 / rules: ${checked.rules.length}, signals: ${checked.signals.length}; all examples hold\n`);
  } else if (action === "show" && !more.length) {
    await write(name === "standard" ? Book.standardText() : Book.standard().show(name));
  } else {
    if (action !== undefined) oneOf("huashu book …", action, ["check", "show"], "usage");
    throw usage("用法 / Usage: huashu book check FILE | huashu book show [RULE|standard]");
  }
}

async function main([name, ...args]) {
  if (name === undefined) {
    process.stderr.write(help);
    return 2;
  }
  if (["--help", "-h", "help"].includes(name) || args.some((argument) => argument === "--help" || argument === "-h")) {
    await write(help);
    return 0;
  }
  if (name === "--version" || name === "-V") {
    await write(`${JSON.parse(readFileSync(new URL("./package.json", import.meta.url), "utf8")).version}\n`);
    return 0;
  }
  if (!Object.hasOwn(commands, name)) throw usage(wrong(`没有 ${name} 这个命令`, `There is no command ${name}`, name, Object.keys(commands)));
  const [run, options] = commands[name];
  const given = parse(args, options);
  oneInput(given);
  return (await run(given)) ?? 0;
}

process.stdout.on("error", () => {}); // write() hears of it
process.stderr.on("error", () => {}); // and there is nobody to tell
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = 2;
  if (error instanceof HuashuError) report(error.problems, 200);
  else error.stack.split("\n").forEach(say);
  if (error.code === "usage") say("更多说明 / More: huashu --help");
}
