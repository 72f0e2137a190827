// The other end of client.mjs: one shop, one call after another. {id, call, args} comes in; {id, text | value}, {id, done,
// total, text?} while it goes on, and {id, problem, problems, trap} go out. {abort: id} stops a call between two slices. Before what
// was asked for takes effect (a file, a book, a reset) {id, settle} goes out, and {settled: id} comes in: an abort may have been on its way.
import { init } from "./index.mjs";
import { Book, chatShapes, checking, cite, countOf, judging, SETTLE, Shop } from "./api.mjs";
import { identify } from "./identify.mjs";
import { checked, OPTIONS } from "./options.mjs";

let shop;
let queue = Promise.resolve();
let settled;
const running = new Map();

const info = ({ ...fields }) => fields;
function parse(source) {
  const { toml, ...options } = checked(source, ["toml", ...OPTIONS.book]);
  return toml === undefined ? Book.standard(options.profile) : Book.parse(toml, options);
}

/** Lets messages in (an abort, above all), but not more often than it matters. */
let rested = 0;
async function rest(signal) {
  const now = performance.now();
  if (now - rested > 40) {
    await new Promise((done) => setTimeout(done));
    rested = performance.now();
  }
  signal.throwIfAborted();
}

const calls = {
  async init(_, wasm) {
    await init(wasm);
    shop = new Shop();
  },
  async useBook({ signal, [SETTLE]: settle }, source) {
    const [before, book] = [shop.book, parse(source)];
    await settle();
    if (!signal.aborted) shop.book = book;
    for (const unused of [before, book]) if (unused !== shop.book) unused.free();
    signal.throwIfAborted();
    return info(book);
  },
  checkBook(_, source) {
    const book = parse(source);
    book.free();
    return info(book);
  },
  showRule: (_, rule) => shop.book.show(rule),
  standardText: () => Book.standardText(),
  profiles: () => Book.profiles(),
  chatShapes: () => chatShapes(),
  identify: (_, name, data) => identify(shop.book, name, data),
  addChats: (task, name, data, options) => shop.addChats(name, data, { ...options, ...task }),
  addTable: (task, name, data, options) => shop.addTable(name, data, { ...options, ...task }),
  addOrders: (task, name, data, options) => shop.addOrders(name, data, { ...options, ...task }),
  async check({ onProgress, signal }, options) {
    const run = checking(shop, options);
    for (let step = run.next(); ; step = run.next()) {
      if (step.done) return { book: cite(shop), ...step.value };
      onProgress(step.value.done, step.value.total, step.value.text);
      await rest(signal);
    }
  },
  conversation: (_, at) => shop.conversation(at),
  mask: (_, texts) => shop.mask(texts),
  maskOrders: (_, numbers) => shop.maskOrders(numbers),
  review: (_, reviews) => shop.review(reviews),
  todo: (_, ...args) => shop.book.todo(...args),
  async signals({ onProgress, signal }) {
    const lines = [];
    const total = countOf(shop);
    for (const piece of shop.write("signals", "jsonl")) {
      for (const line of piece.split("\n")) if (line) lines.push(JSON.parse(line));
      onProgress(lines.length, total);
      await rest(signal);
    }
    return lines;
  },
  async metrics({ signal }, options) {
    for (const _ of judging(shop)) await rest(signal);
    return shop.metrics(options);
  },
  async rows({ signal }, metric, options) {
    for (const _ of judging(shop)) await rest(signal);
    return shop.rows(metric, options);
  },
  async save({ signal }, what, format, options) {
    const parts = [];
    if (["metrics", "rows", "table"].includes(what)) for (const _ of judging(shop)) await rest(signal);
    for (const piece of shop.write(what, format, options)) {
      parts.push(new Blob([piece]));
      await rest(signal);
    }
    return new Blob(parts);
  },
  async reset({ signal, [SETTLE]: settle }) {
    await settle();
    signal.throwIfAborted();
    shop.reset();
  },
};

async function run({ id, call, args }, signal) {
  try {
    signal.throwIfAborted();
    const onProgress = (done, total, text) => postMessage({ id, done, total, text });
    const settle = () => new Promise((done) => {
      settled = done;
      postMessage({ id, settle: true });
    });
    postMessage({ id, value: await calls[call]({ onProgress, signal, [SETTLE]: settle }, ...args) });
  } catch (error) {
    const { code, file, line, column, message, problems } = error;
    postMessage({ id, problem: { code, file, line, column, message: message ?? String(error) }, problems });
  } finally {
    running.delete(id);
  }
}

self.onmessage = ({ data }) => {
  if ("abort" in data) return running.get(data.abort)?.abort();
  if ("settled" in data) return settled?.();
  const control = new AbortController();
  running.set(data.id, control);
  queue = queue.then(() => run(data, control.signal));
};
