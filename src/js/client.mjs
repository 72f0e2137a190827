// The shop in a worker; see client.d.ts, and worker.mjs for what is said between the two.
import { oneOf } from "./choice.mjs";
import { HuashuError } from "./error.mjs";
import { checked, OPTIONS, WRITTEN } from "./options.mjs";

export { toCsv } from "./csv.mjs";
export { HuashuError };

/** Options of any call, which stay here. */
const CALL = ["signal", "onProgress"];
const told = (options, names) => checked(options, [...new Set([...names, ...CALL])]);

export class ShopClient {
  #options;
  #worker;
  #calls = new Map();
  #last = 0;
  #book;
  #failed;

  constructor(options) {
    this.#options = checked(options, ["workerUrl", "workerType", "wasm", "onRestart"]);
    this.ready = this.#start();
    this.ready.catch(() => {}); // every call says so as well
  }

  async #start() {
    const { workerUrl, workerType = "module", wasm } = this.#options;
    let started = false;
    const fail = (message) => {
      const error = new HuashuError({ code: "worker-failed", message: `后台线程出错 / The worker failed: ${message}` });
      if (started) this.#restart(error);
      else this.#end(error);
    };
    try {
      // Bundlers know this form and take the worker along.
      const worker = workerUrl
        ? new Worker(workerUrl, { type: workerType })
        : new Worker(new URL("./worker.mjs", import.meta.url), { type: "module" });
      this.#worker = worker;
      worker.onmessage = ({ data }) => this.#receive(data);
      worker.onmessageerror = () => fail("a message could not be read");
      worker.onerror = (event) => {
        event.preventDefault?.();
        fail(event.message ?? 'it did not load (content security policy, wrong workerUrl, or Vite up to 7 without optimizeDeps: { exclude: ["huashu"] })');
      };
    } catch (error) {
      fail(error.message);
      throw this.#failed;
    }
    try {
      // Both at once, so that no call of the page comes between them.
      const steps = [this.#send("init", [wasm], {}, true)];
      if (this.#book) steps.push(this.#send("useBook", [this.#book], {}, true));
      await Promise.all(steps);
      started = true;
    } catch (error) {
      if (!this.#failed) this.#end(error);
      throw this.#failed;
    }
  }

  /** Rejects what is pending; the worker is of no use any more. */
  #reject(error) {
    this.#worker?.terminate();
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const { reject } of calls) reject(error);
  }

  #end(error) {
    this.#failed = error;
    this.#reject(error);
  }

  #restart(error) {
    this.#reject(error);
    this.ready = this.#start();
    this.ready.catch(() => {});
    this.#options.onRestart?.(error);
  }

  #receive({ id, value, problem, problems, done, total, text, settle }) {
    const call = this.#calls.get(id);
    if (problem?.code === "trap") {
      const error = new HuashuError(problem);
      // A book that breaks a fresh worker would do so again.
      if (call?.starting) this.#end(error);
      else this.#restart(error);
    } else if (settle) {
      // Of a call that was given up the worker has heard by then; any other can no longer be.
      call?.settle();
      this.#worker.postMessage({ settled: id });
    } else if (!call) {
      // given up
    } else if (done !== undefined) {
      call.onProgress?.(done, total, ...(text === undefined ? [] : [text]));
    } else {
      this.#calls.delete(id);
      if (problem) call.reject(new HuashuError(problem, problems));
      else call.resolve(value);
    }
  }

  /** A call whose last argument are its options: those of `names`. */
  async #ask(name, args, options, names) {
    const { signal, onProgress, ...rest } = told(options, names);
    return this.#send(name, [...args, rest], { signal, onProgress });
  }

  async #send(name, args, options, starting = false) {
    const { signal, onProgress } = checked(options, CALL);
    if (this.#failed) throw this.#failed;
    signal?.throwIfAborted();
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      const stop = () => {
        this.#calls.delete(id);
        this.#worker.postMessage({ abort: id });
        reject(signal.reason);
      };
      signal?.addEventListener("abort", stop, { once: true });
      const settle = () => signal?.removeEventListener("abort", stop);
      const end = (f) => (value) => {
        settle();
        f(value);
      };
      this.#calls.set(id, { starting, settle, resolve: end(resolve), reject: end(reject), onProgress });
      try {
        this.#worker.postMessage({ id, call: name, args });
      } catch (cause) {
        this.#calls.get(id).reject(new HuashuError({ code: "bad-input", message: `不能发给后台线程 / cannot be sent to the worker: ${cause.message}`, cause }));
        this.#calls.delete(id);
      }
    });
  }

  async useBook(source = {}, options) {
    const info = await this.#send("useBook", [source], options);
    this.#book = source;
    return info;
  }
  checkBook(source, options) {
    return this.#send("checkBook", [source], options);
  }
  showRule(rule, options) {
    return this.#send("showRule", [rule], options);
  }
  standardText(options) {
    return this.#send("standardText", [], options);
  }
  profiles(options) {
    return this.#send("profiles", [], options);
  }
  chatShapes(options) {
    return this.#send("chatShapes", [], options);
  }
  identify(name, data, options) {
    return this.#send("identify", [name, data], options);
  }
  addChats(name, data, options) {
    return this.#ask("addChats", [name, data], options, OPTIONS.chats);
  }
  addOrders(name, data, options) {
    return this.#ask("addOrders", [name, data], options, OPTIONS.orders);
  }
  addTable(name, data, options) {
    return this.#ask("addTable", [name, data], options, OPTIONS.table);
  }
  async check(options) {
    const given = told(options, OPTIONS.check);
    const conversations = [];
    // The text is parsed here: that is quicker than taking over objects from the worker.
    const onProgress = (done, total, text) => {
      for (const conversation of JSON.parse(text)) conversations.push(conversation);
      given.onProgress?.(done, total);
    };
    const rest = await this.#ask("check", [], { ...given, onProgress }, OPTIONS.check);
    return { book: rest.book, conversations, ...rest };
  }
  conversation(at, options) {
    return this.#send("conversation", [at], options);
  }
  mask(texts, options) {
    return this.#send("mask", [texts], options);
  }
  maskOrders(numbers, options) {
    return this.#send("maskOrders", [numbers], options);
  }
  review(reviews, options) {
    return this.#send("review", [reviews], options);
  }
  todo(rule, talk, verdict, note, options) {
    const { id, messages } = talk ?? {};
    return this.#send("todo", [rule, { id, messages }, verdict, note], options);
  }
  signals(options) {
    return this.#send("signals", [], options);
  }
  metrics(options) {
    return this.#ask("metrics", [], options, OPTIONS.metrics);
  }
  rows(metric, options) {
    return this.#ask("rows", [metric], options, OPTIONS.rows);
  }
  async save(what, format, options) {
    oneOf("save", what, Object.keys(WRITTEN));
    return this.#ask("save", [what, format], options, WRITTEN[what]);
  }
  reset(options) {
    return this.#send("reset", [], options);
  }
  close() {
    this.#end(new HuashuError({ code: "closed", message: "已关闭 / Closed" }));
  }
}
