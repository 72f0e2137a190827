// What the entries for browsers and for node have in common: the book and the shop around the wasm of the same names.
import * as wasm from "./huashu.js";
import { oneOf } from "./choice.mjs";
import { HuashuError } from "./error.mjs";
import { render, renderRows, renderTable } from "./figures.mjs";
import { close, open } from "./open.mjs";
import { checked, expect, OPTIONS, refuse, REVIEWS, TEXT, TEXTS, WRITTEN } from "./options.mjs";
import { readable, Source } from "./source.mjs";

export { HuashuError };

/** Conversations per call into the wasm: the text of one step stays below a megabyte or so. */
const STEP = 64;
/** Rows behind a figure, unless told otherwise. */
const LIMIT = 1000;

let loaded = false;
let trap;

/** An option of the worker: what is awaited between reading a file and adding it. */
export const SETTLE = Symbol("settle");

/** The entries say so when the wasm is there. */
export const setLoaded = () => (loaded = true);

/** Calls into the wasm. It throws its errors as JSON; a trap leaves it in an unknown state, so that nothing may be called again. */
function call(f) {
  if (trap) throw trap;
  if (!loaded) throw new HuashuError({ code: "not-loaded", message: "请先 await init() / await init() first" });
  try {
    return f();
  } catch (error) {
    if (typeof error === "string") {
      const problems = JSON.parse(error);
      throw new HuashuError(problems[0], problems);
    }
    if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) {
      const message = `内部错误，需要重新载入 / Internal error, load again: ${error.message}`;
      throw (trap = new HuashuError({ code: "trap", message, cause: error }));
    }
    throw error;
  }
}

const json = (f) => JSON.parse(call(f));
function text(options = {}) {
  try {
    return JSON.stringify(options);
  } catch (error) {
    refuse("bad-option", "参数里有不能写成 JSON 的值", `this cannot be written as JSON: ${error.message}`);
  }
}
/** What to count. The cuts go over as lines of TOML, which reads the keys and values of JSON. */
function asked({ customers, ...rest }) {
  const cuts = Object.entries(customers ?? {}).filter(([, cut]) => (cut ?? null) !== null);
  return text({ ...rest, customers: cuts.map((pair) => pair.map((part) => text(part)).join(" = ")).join("\n") });
}
/** What is behind books and shops, until they are freed. */
const handles = new WeakMap();
const live = (object) => handles.get(object) ?? refuse("freed", "已经释放，不能再用", "it was freed");
function behind(object, kind, name) {
  expect("参数 argument", object, [() => object instanceof kind, name]);
  return live(object);
}

/** Gives back the memory; what broke down stays as it is. */
function release(object) {
  const handle = handles.get(object);
  handles.delete(object);
  if (!trap) handle?.free();
}

/** What `mask` makes of texts as they may leave, all of them asked for at once. */
function hiding(mask, texts) {
  const distinct = [...new Set(texts.filter((text) => typeof text === "string"))];
  const hidden = mask(distinct);
  const map = new Map(distinct.map((text, at) => [text, hidden[at]]));
  return (text) => map.get(text);
}

/** What can be written, and how. */
const FORMATS = ["text", "json", "csv"];
const formats = { check: [...FORMATS, "junit"], signals: ["jsonl"], metrics: FORMATS, rows: FORMATS, table: FORMATS };

/** The rows of a table without who the buyers are. */
function masked(rows, shop) {
  const hide = hiding((texts) => shop.mask(texts), rows.flatMap(({ conversation, latest, product, sku, title, examples = [] }) => [conversation, latest, product, sku, title, ...examples]));
  // What a payment is reminded of is an order.
  const isOrder = (row) => row.action === "remind_payment";
  const order = hiding((numbers) => shop.maskOrders(numbers), rows.map((row) => (isOrder(row) ? row.about : row.order)));
  return rows.map((row) => {
    const said = (value) => wasm.mask(value, row.buyer);
    const masks = {
      buyer: wasm.mask_name, order, about: isOrder(row) ? order : said, reason: said, conversation: hide, latest: hide, product: hide, sku: hide, file: said,
      examples: (ids) => ids.map(hide),
      // That of a product, which is the export's; others are ours.
      ...((row.product ?? row.sku) && { title: hide }),
    };
    const known = Object.entries(masks).filter(([name]) => (row[name] ?? null) !== null);
    return { ...row, ...Object.fromEntries(known.map(([name, mask]) => [name, call(() => mask(row[name]))])) };
  });
}

/** Figures whose products are called by code and title; `hide` takes off what a buyer may have had written into these. */
function named({ metrics, tables }, hide = (texts) => texts) {
  const titles = new Map(tables.products.map(({ product, title }) => [product, title]));
  // One by one: beside a title a code would be taken for the number of a phone.
  const shown = hiding(hide, metrics.flatMap(({ by }) => [by?.product, titles.get(by?.product)]));
  const name = (product) => [product, titles.get(product)].filter(Boolean).map(shown).join(" ");
  return metrics.map((figure) => (figure.by?.product === undefined ? figure : { ...figure, by: { product: name(figure.by.product) } }));
}

/** The rows behind a figure, as JSON text. */
function rowsOf(shop, metric, by, options, limit, mask) {
  if (typeof metric !== "string") refuse("bad-option", "要写明是哪个指标", `name the figure (metric): ${metric}`);
  return call(() => shop.rows(metric, by && text(by), asked(options), Math.min(limit, 2 ** 32 - 1), mask));
}

/** How a report names the book of a shop. */
export const cite = ({ book }) => ({ id: book.id, hash: book.hash });

/** Books do not change, and the one that ships takes a while to compile: one for each profile is enough. */
const standards = new Map();

export class Book {
  constructor(handle) {
    handles.set(this, handle);
    Object.assign(this, json(() => handle.info()));
  }
  static standard(profile) {
    profile = checked({ profile }, OPTIONS.book).profile;
    let book = standards.get(profile);
    if (!book) standards.set(profile, (book = new Book(call(() => wasm.Book.standard(profile)))));
    return book;
  }
  static parse(toml, options) {
    expect("toml", toml, TEXT);
    const { profile, file } = checked(options, OPTIONS.book);
    return new Book(call(() => wasm.Book.parse(toml, profile, file)));
  }
  static standardText() {
    return call(() => wasm.Book.standard_text());
  }
  static profiles() {
    return json(() => wasm.Book.profiles());
  }
  todo(rule, talk, verdict, note = "") {
    const { id = "", messages = [] } = talk ?? {};
    for (const [name, value] of Object.entries({ rule, verdict, note })) expect(name, value, TEXT);
    expect("messages", messages, [() => Array.isArray(messages) && messages.every(Boolean), "[{ role, text }]"]);
    const plain = messages.map(({ role, sender, at, clock, text }) => ({ role, sender, at: at ?? clock, text }));
    return call(() => live(this).todo(rule, `${text({ id, messages: plain })}\n`, verdict, note));
  }
  show(rule) {
    expect("rule", rule ?? "", TEXT);
    return call(() => live(this).show(rule));
  }
  free() {
    if (standards.get(this.profile ?? undefined) !== this) release(this);
  }
}

/** The shapes of copied chats: id and what their lines look like. */
export const chatShapes = () => json(() => wasm.chat_shapes());

/** How many conversations a shop has. */
export const countOf = (shop) => call(() => live(shop).conversations);

/** Checks the conversations of a shop step by step: yields {done, total, text}, the text a JSON list; returns the rest of the report. */
export function* checking(shop, options) {
  const writer = call(() => new wasm.Writer("json", text(checked(options, OPTIONS.check))));
  const total = countOf(shop);
  for (let at = 0; at < total; at += STEP) {
    const done = Math.min(at + STEP, total);
    call(() => live(shop).judge(done));
    yield { done, total, text: `[${call(() => writer.rows(live(shop), at, STEP))}]` };
  }
  return JSON.parse(`{${call(() => writer.tail(live(shop)))}`);
}

/** Throws what reading a file with these options would throw. */
export const tryOptions = (what, options) => call(() => new wasm.Input(what, "", text(checked(options, OPTIONS[what]))).free());

/** Judges the conversations of a shop step by step, as far as that has not been done. */
export function* judging(shop) {
  const total = countOf(shop);
  for (let done = 0; done < total; done += STEP) yield call(() => live(shop).judge(done + STEP));
}

/** The lowest score of what was checked last; undefined where nothing was scored. */
export const lowest = (shop) => call(() => live(shop).lowest());

/** What an archive gave: one file speaks for itself, several are counted together and stand beside it; an order that some of them hold is one. */
function together(name, files, orders) {
  const [first] = files;
  if (files.length === 1) return first;
  const whole = { ...first, file: name };
  for (const file of files.slice(1)) {
    for (const [key, value] of Object.entries(file)) {
      // A file that nothing was read from says nothing of the others.
      if (key === "confidence") whole[key] = Math.min(whole[key] || value, value || whole[key]);
      else if (typeof value === "number") whole[key] += value;
      else if (key === "problems" || key === "notes" || key === "dropped" || key === "excluded" || key === "damaged") whole[key] = [...whole[key], ...value];
    }
  }
  return { ...whole, ...(orders > 0 && { orders }), files };
}

export class Shop {
  #book;
  #resets = 0;
  constructor(book = Book.standard()) {
    handles.set(this, call(() => new wasm.Shop(behind(book, Book, "Book"))));
    this.#book = book;
  }
  get #shop() {
    return live(this);
  }
  get book() {
    return this.#book;
  }
  set book(book) {
    call(() => this.#shop.set_book(behind(book, Book, "Book")));
    this.#book = book;
  }
  addChats(name, data, options) {
    return this.#read("chats", name, data, options);
  }
  addOrders(name, data, options) {
    return this.#read("orders", name, data, options);
  }
  addTable(name, data, options) {
    return this.#read("table", name, data, options);
  }
  merge(other) {
    const handle = behind(other, Shop, "Shop");
    // With itself it is what it is.
    if (other !== this) call(() => this.#shop.merge(handle));
  }
  get problems() {
    return json(() => this.#shop.problems());
  }
  async #read(what, name, data, options) {
    const files = [];
    try {
      live(this);
      expect("name", name, TEXT);
      const { encoding, onProgress, signal, only, ...rest } = checked(options, OPTIONS[what]);
      if (what === "chats") rest.gap ??= this.#book.gap ?? undefined;
      // Before the first byte is taken from a stream.
      const again = what === "chats" ? readable(data) : undefined;
      const breaks = what === "chats" ? "<br/>" : " ";
      for await (const file of open(name, data, { encoding, onProgress, signal, breaks, only })) {
        const input = call(() => new wasm.Input(what, file.name, text(rest)));
        if (file.size) input.expect(file.size);
        const source = what === "chats" ? new Source(file.name, file.whole && again) : undefined;
        files.push({ input, source });
        const push = (bytes, at) => {
          source?.push(bytes, at);
          call(() => input.push(bytes));
        };
        const complain = ({ code, line, column, message }) => call(() => input.complain(code, line ?? 0, column ?? 0, message));
        const read = await file.read(push, complain);
        files.at(-1).encoding = read ?? undefined;
        if (source) source.encoding = read ?? "utf-8";
      }
      await options?.[SETTLE]?.();
      signal?.throwIfAborted();
      return this.#add(name, files);
    } catch (error) {
      // Nothing is kept of what was not read to its end.
      if (error?.code !== "trap") for (const { input } of files) input.free();
      close(data);
      throw error;
    }
  }
  /** Hands over what was read, and takes it off the list. */
  #add(name, files) {
    const shop = this.#shop;
    const given = [];
    const several = files.length > 1;
    let orders;
    if (several) call(() => shop.begin_archive());
    try {
      while (files.length) {
        const { input, encoding, source } = files.shift();
        given.push(json(() => shop.add(input, encoding, source)));
      }
    } finally {
      if (several) orders = call(() => shop.end_archive());
    }
    return together(name, given, orders);
  }
  check(options) {
    const conversations = [];
    const run = checking(this, options);
    for (let step = run.next(); ; step = run.next()) {
      if (step.done) return { book: cite(this), conversations, ...step.value };
      for (const conversation of JSON.parse(step.value.text)) conversations.push(conversation);
    }
  }
  conversation(at) {
    if (!Number.isSafeInteger(at) || at < 0 || at >= 2 ** 32) refuse("bad-option", `对话的序号 at 应为 0 起的整数`, `conversations are counted by whole numbers from 0 (at): ${String(at)}`);
    return json(() => this.#shop.conversation(at));
  }
  mask(texts) {
    expect("texts", texts, TEXTS);
    return json(() => this.#shop.mask(text(texts)));
  }
  maskOrders(numbers) {
    live(this);
    expect("numbers", numbers, TEXTS);
    return json(() => wasm.mask_orders(text(numbers)));
  }
  review(reviews) {
    expect("reviews", reviews, REVIEWS);
    return json(() => this.#shop.review(text(reviews)));
  }
  signals() {
    const lines = [];
    for (const piece of this.write("signals", "jsonl")) {
      for (const line of piece.split("\n")) if (line) lines.push(JSON.parse(line));
    }
    return lines;
  }
  metrics(options) {
    return json(() => this.#shop.metrics(asked(checked(options, OPTIONS.metrics))));
  }
  rows(metric, options) {
    const { limit = LIMIT, by, ...rest } = checked(options, OPTIONS.rows);
    return JSON.parse(rowsOf(this.#shop, metric, by, rest, limit, false));
  }
  *write(what, format, given) {
    oneOf("write", what, Object.keys(formats));
    oneOf("format", format, formats[what]);
    const options = checked(given, WRITTEN[what]);
    const resets = this.#resets;
    const shop = () => (resets === this.#resets ? this.#shop : refuse("reset", "还没写完，内容已被 reset() 清空", "reset() was called before all was written"));
    if (what === "metrics") {
      const { unmasked = false, ...rest } = options;
      const figures = call(() => this.#shop.metrics(asked(rest)));
      if (format === "json") return yield `${figures}\n`;
      const found = JSON.parse(figures);
      const [metrics, given] = unmasked ? [named(found), found.tables.given] : [named(found, (texts) => this.mask(texts)), masked(found.tables.given, this)];
      yield render({ metrics, tables: { given } }, format);
    } else if (what === "rows") {
      const { metric, by, limit = LIMIT, unmasked = false, ...rest } = options;
      const found = rowsOf(this.#shop, metric, by, rest, limit, format !== "json" && !unmasked);
      yield format === "json" ? `${found}\n` : renderRows(JSON.parse(found), format);
    } else if (what === "table") {
      const { table, unmasked = false, ...rest } = options;
      const { tables } = this.metrics(rest);
      oneOf("table", table, Object.keys(tables));
      const rows = tables[table];
      yield format === "json" ? `${text(rows)}\n` : renderTable(table, unmasked ? rows : masked(rows, this), format);
    } else if (what === "signals") {
      for (let at = 0, piece; (piece = call(() => shop().signals(at, STEP))) !== undefined; at += STEP) yield piece;
    } else {
      const writer = call(() => new wasm.Writer(format, text(options)));
      const total = shop().conversations;
      // JUnit begins with how many failed.
      for (let at = 0; format === "junit" && at < total; at += STEP) yield call(() => shop().judge(at + STEP)) ?? "";
      yield call(() => writer.head(shop()));
      for (let at = 0; at < total; at += STEP) {
        call(() => shop().judge(at + STEP));
        yield (format === "json" && at > 0 ? "," : "") + call(() => writer.rows(shop(), at, STEP));
      }
      yield (format === "json" ? "]," : "") + call(() => writer.tail(shop()));
    }
  }
  reset() {
    call(() => this.#shop.reset());
    this.#resets++;
  }
  free() {
    release(this);
  }
}

// For `using`, where that is known.
if (Symbol.dispose) for (const { prototype } of [Book, Shop]) prototype[Symbol.dispose] = prototype.free;
