/** The shop in a worker: the page stays free, and what goes wrong there does not take the page along. */
import type {
  ChatFile, ChatOptions, CheckOptions, CheckReport, ConversationReport, CustomerCuts, FigureRows, MetricOptions, MetricReport, MetricTables, OrderFile,
  OrderOptions, ProfileInfo, Problem, Result, Review, ReviewReport, RowOptions, RuleInfo, SceneInfo, HuashuError, SignalInfo,
  SignalLine, TableFile, TableOptions, Talk, TierInfo, WriteOptions,
} from "./index.mjs";
export type * from "./index.mjs";
export { HuashuError } from "./index.mjs";

/**
 * Rows as CSV, with the mark that Excel wants before UTF-8. A text that a spreadsheet would run as a formula (it begins with `=`, `+`, `-`, `@`,
 * also of full width, a tab or a line break) gets a leading `'`, and one of twelve digits and more, which it would round, a leading
 * tab, as in all CSV that the package writes. Control characters become spaces.
 */
export declare function toCsv(rows: (string | number | null | undefined)[][]): string;

export interface ClientOptions {
  /** Where `huashu/worker` is, for hosts whose bundler or content security policy wants it elsewhere. */
  workerUrl?: string | URL;
  /** `classic` where `workerUrl` is one script that imports nothing: a page opened from a disk may start no modules. Usually `module`. */
  workerType?: "classic" | "module";
  /** The WebAssembly file for the worker; what cannot be sent there (Response) must be read before. */
  wasm?: string | URL | ArrayBufferView | ArrayBuffer | WebAssembly.Module;
  /**
   * Called when the worker broke down. All pending calls were rejected with this error, a new worker has the same book,
   * and the chats, orders and tables are gone: add them again.
   */
  onRestart?: (error: HuashuError) => void;
}

/** The book in the worker. */
export interface BookSource {
  /** The book's text; the standard book without it. */
  toml?: string;
  profile?: string;
  file?: string;
}

export interface BookInfo {
  id: string;
  version: string;
  title: string;
  title_en: string;
  hash: string;
  profile: string | null;
  gap: "day" | null;
  rules: RuleInfo[];
  signals: SignalInfo[];
  scenes: SceneInfo[];
  tiers: TierInfo[];
  customers: CustomerCuts;
  warnings: Problem[];
}

export interface CallOptions {
  /** Gives the call up; the promise rejects with the signal's reason at once. What already takes effect (a file being added, a book being put in, a reset) does, and the promise resolves. */
  signal?: AbortSignal;
}

export interface WorkOptions extends CallOptions {
  /** Called with the conversations done and all of them. */
  onProgress?: (done: number, total: number) => void;
}

export interface ChatShape {
  id: string;
  /** What its lines look like; empty for `json` and `table`. */
  looks: string;
}

/** What a file is, and what the readers of chats, orders and side tables made of its beginning. */
export interface Identified {
  kind: "chats" | "orders" | "table";
  /** What an archive of several files holds, each told apart; `kind` is then that of the first. Their names are what `only` takes. */
  entries?: { name: string; kind: "chats" | "orders" | "table" }[];
  chats: ChatFile;
  orders: OrderFile;
  table: TableFile;
}

/** What can be sent to a worker. A Blob is read there, in slices. Bytes are copied, never taken away. */
export type ClientInput = string | ArrayBufferView | ArrayBuffer | Blob;

export class ShopClient {
  constructor(options?: ClientOptions);
  /** Settles when the worker has loaded; rejects with a HuashuError when it cannot. Other calls wait for it by themselves. */
  readonly ready: Promise<void>;
  /** Puts a book in; the next check is by it, and nothing is read again. A book with mistakes rejects and changes nothing. */
  useBook(source?: BookSource, options?: CallOptions): Promise<BookInfo>;
  /** Reads a book and runs its examples without putting it in: for an editor. */
  checkBook(source: BookSource, options?: CallOptions): Promise<BookInfo>;
  /** `Book.show` of one rule of the book in the worker: all that is known of it and its examples, as text. */
  showRule(rule: string, options?: CallOptions): Promise<string>;
  standardText(options?: CallOptions): Promise<string>;
  profiles(options?: CallOptions): Promise<ProfileInfo[]>;
  /** The shapes of copied chats that are known: what the option `format` of `addChats` may be. */
  chatShapes(options?: CallOptions): Promise<ChatShape[]>;
  /** What a file is, told from its beginning; nothing is added. */
  identify(name: string, data: ClientInput, options?: CallOptions): Promise<Identified>;
  addChats(name: string, data: ClientInput, options?: ChatOptions): Promise<ChatFile>;
  addOrders(name: string, data: ClientInput, options?: OrderOptions): Promise<OrderFile>;
  addTable(name: string, data: ClientInput, options?: TableOptions): Promise<TableFile>;
  check(options?: CheckOptions & WorkOptions): Promise<CheckReport>;
  conversation(at: number, options?: CallOptions): Promise<ConversationReport>;
  /** `Shop.mask` in the worker. */
  mask(texts: readonly string[], options?: CallOptions): Promise<string[]>;
  /** `Shop.maskOrders` in the worker. */
  maskOrders(numbers: readonly string[], options?: CallOptions): Promise<string[]>;
  /** `Shop.review` in the worker. */
  review(reviews: readonly Review[], options?: CallOptions): Promise<ReviewReport>;
  /** `Book.todo` of the book in the worker. */
  todo(rule: string, conversation: Talk, verdict: Result, note?: string, options?: CallOptions): Promise<string>;
  signals(options?: WorkOptions): Promise<SignalLine[]>;
  metrics(options?: MetricOptions & CallOptions): Promise<MetricReport>;
  /** The rows behind a figure. */
  rows(metric: string, options?: RowOptions & CallOptions): Promise<FigureRows>;
  /** A result as a file to save. */
  save(what: "check", format: "text" | "json" | "csv" | "junit", options?: CheckOptions & WriteOptions & CallOptions): Promise<Blob>;
  save(what: "signals", format: "jsonl", options?: CallOptions): Promise<Blob>;
  save(what: "metrics", format: "text" | "json" | "csv", options?: MetricOptions & WriteOptions & CallOptions): Promise<Blob>;
  save(what: "rows", format: "text" | "json" | "csv", options: RowOptions & WriteOptions & { metric: string } & CallOptions): Promise<Blob>;
  save(what: "table", format: "text" | "json" | "csv", options: MetricOptions & WriteOptions & { table: keyof MetricTables } & CallOptions): Promise<Blob>;
  reset(options?: CallOptions): Promise<void>;
  /** Ends the worker. */
  close(): void;
}
