/**
 * huashu (话术) scores customer-service chats of online shops against a rule book and computes the shop's figures from its
 * order exports. Everything happens on the user's own machine: no function here sends anything anywhere.
 *
 * Offsets (`start`, `end`) are UTF-16 code units, as in `String.prototype.slice`. Times are the shop's own, ISO without an
 * offset. Amounts are yuan. Ids, formats and reasons are stable; messages are written for people, Chinese first.
 */

/** What `init` takes: where the WebAssembly file is, or what it holds. */
export type InitInput = string | URL | Request | Response | ArrayBufferView | ArrayBuffer | WebAssembly.Module;

/**
 * Loads the WebAssembly file; await it once before anything else. Without an argument it is the `huashu_bg.wasm` beside the
 * module. A second call waits for the first and does nothing more; after a failure the next call tries again.
 * In node nothing needs to be loaded, and the call is free.
 */
export function init(wasm?: InitInput | Promise<InitInput>): Promise<void>;

export type Encoding = "utf-8" | "utf-8-bom" | "utf-16le" | "utf-16be" | "gb18030";
export type Format = "taobao" | "pdd" | "jd" | "douyin" | "shopify" | "youzan" | "wechat" | "wecom" | "qq" | "generic";
export type Role = "buyer" | "agent" | "bot" | "system";
export type MessageKind = "text" | "image" | "voice" | "card" | "link" | "hidden";

/** A place in the input and what is wrong there. Lines and columns count from 1, columns in characters. */
export interface Problem {
  code: string;
  file: string | null;
  line: number | null;
  column: number | null;
  message: string;
}

/** Every error that this package throws on purpose. */
export class HuashuError extends Error {
  constructor(problem: Partial<Problem> & { message: string }, problems?: readonly Problem[]);
  readonly code: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
  /** All that was found wrong, where it is more than one thing (a book with several mistakes); else this error alone. */
  readonly problems: readonly Problem[];
}

declare global {
  /** As in the library `dom`, which programs for node go without. */
  namespace WebAssembly {
    interface Module {}
  }
  /** As in `esnext.disposable`, which need not be among the compiler's libraries. */
  interface SymbolConstructor {
    readonly dispose: unique symbol;
  }
}

// ---------------------------------------------------------------- the book

export interface BookOptions {
  /** A platform profile: `taobao`, `pdd`, `jd`, `douyin`. */
  profile?: string;
  /** The name that errors carry. */
  file?: string;
}

export interface RuleInfo {
  id: string;
  title: string;
  title_en: string;
  kind: "forbid" | "require" | "reply" | "flow" | "measure";
  principle: string;
  category: string;
  severity: "minor" | "major" | "critical";
  /** Ids of the scenes in which the rule holds; empty: in all. */
  scenes: string[];
  /** Points for the first, second, … failure in a conversation. */
  deduct: number[];
  /** The last of `deduct` is charged again for every further failure (`deduct = [5]` in the book); false: a number alone (`deduct = 5`), charged once. */
  repeats: boolean;
  /** Failures beyond those of `deduct` cost points of their own; false also where the last number is 0 or `deduct` alone reaches `max_deduct`. */
  costs_again: boolean;
  /** The most that one conversation can lose by the rule, where it repeats. */
  max_deduct: number | null;
  bonus: number;
  weight: number;
  /** Where the rule comes from, by id. */
  source: string[];
  suggest: string[];
  note: string;
  /** Ids of rules beside which a failure costs nothing: they mean the same omission. */
  yields_to: string[];
  /** A message in which it finds its words wins no bonus. */
  spoils: boolean;
  /** False where the book says `enabled = false` or the profile switches it off; what a book takes `off` is not listed. */
  enabled: boolean;
}

export interface SignalInfo {
  id: string;
  title: string;
  title_en: string;
  who: "buyer" | "agent" | "any";
  /** Used by other signals and scenes only; not reported by `signals()`. */
  helper: boolean;
}

export interface SceneInfo {
  id: string;
  title: string;
  title_en: string;
  after_sale: boolean;
}

/** A tier of the shop's discounts, in yuan: who buys for `from` pays `off` less. */
export interface TierInfo {
  from: number;
  off: number;
}

/** Where groups of customers begin and end: the keys of the book's `[customers]`, in days, purchase days and yuan. */
export interface CustomerCuts {
  /** Days since the last payment up to which new customers are cared for, shown what goes with their purchase, given an offer. */
  care: number;
  related: number;
  active: number;
  /** Days up to which those at risk are worth most to keep, and hard to keep; then they are dormant. */
  risk_high: number;
  risk_low: number;
  /** These windows are for a cycle of 45 days: they are stretched to the shop's own. */
  by_cycle: boolean;
  /** Purchase days of a core customer, who bought or wrote within so many days. */
  core_days: number;
  core_active: number;
  /** Where RFM cuts, unless one of the three cuts below is there. */
  rfm: "mean" | "median";
  recency: number | null;
  frequency: number | null;
  monetary: number | null;
}

export interface ProfileInfo {
  id: string;
  title: string;
  title_en: string;
}

/** A rule book that loaded: every example in it holds. */
export class Book {
  private constructor();
  /** The book that ships. */
  static standard(profile?: string): Book;
  /** The TOML text of the book that ships. */
  static standardText(): string;
  /** The platform profiles that ship. */
  static profiles(): ProfileInfo[];
  /** Reads a book and runs its examples. Throws a HuashuError whose `problems` list every mistake with line and column. */
  static parse(toml: string, options?: BookOptions): Book;
  readonly id: string;
  readonly version: string;
  readonly title: string;
  readonly title_en: string;
  /** Changes with any change of the book's meaning; reports cite it. */
  readonly hash: string;
  /** The platform profile that was put in; null: none. */
  readonly profile: string | null;
  /** What ends a conversation by the book's profile; null: the usual 120 minutes. */
  readonly gap: "day" | null;
  readonly rules: readonly RuleInfo[];
  readonly signals: readonly SignalInfo[];
  readonly scenes: readonly SceneInfo[];
  /** `[[tier]]` of the book; the standard book has none. */
  readonly tiers: readonly TierInfo[];
  /** `[customers]` of the book. */
  readonly customers: CustomerCuts;
  /** What does not keep the book from loading: unused signals, `todo` examples. */
  readonly warnings: readonly Problem[];
  /**
   * A conversation as a `todo` example of a rule, to put below it in the book: TOML text with personal data masked, agents numbered, and
   * what the rule finds marked in place. `verdict` is what ought to come out. Throws `unknown-rule`.
   */
  todo(rule: string, conversation: Talk, verdict: Result, note?: string): string;
  /** The book, or one rule of it, as readable text. Throws `unknown-rule`. */
  show(rule?: string): string;
  /** Gives its memory back; shops keep what they have of it, and the standard books, which all share, stay. After it every call throws `freed`. */
  free(): void;
  [Symbol.dispose](): void;
}

// ---------------------------------------------------------------- reading

/**
 * What is read: text, bytes, a file of the page, or a stream of bytes or text (node: `createReadStream(path)`), which is closed when the call fails. It may be a workbook (.xlsx), or a
 * zip archive of these and of texts: what reads them is loaded when one comes. Of a workbook the first sheet that holds anything is read, a row of it being a line in `problems`; formulas count with the value saved
 * with them. Limits: 1000 files and 2 GB unpacked, a workbook of 512 MB. What has a password or is no such file after all rejects.
 */
export type Input = string | ArrayBufferView | ArrayBuffer | Blob | AsyncIterable<string | ArrayBufferView | ArrayBuffer>;

export interface ReadOptions {
  /** Overrules the detected encoding. */
  encoding?: Encoding;
  /** Called after every slice with the bytes read and the size, where that is known. */
  onProgress?: (read: number, total: number | undefined) => void;
  /** Stops between two slices, and while a stream gives nothing; nothing of the file is kept, and the promise rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Of an archive only the files with these names are read (`export.zip/orders.csv`): chats, orders and tables may lie in one. */
  only?: readonly string[];
}

export interface ChatOptions extends ReadOptions {
  /** Overrules the detected shape: the `shape` of a ChatFile. */
  format?: string;
  /**
   * What ends a conversation in the talk with one buyer: so many minutes of silence, or the day. Unless told it is what the
   * book's profile says (`gap` of the book), else 120; from 0.01 to 525600. It holds for the files read from then on.
   */
  gap?: number | "day";
  /** Names of agents, for chats that do not tell who is one. */
  agents?: string[];
  /** The year of dates without one, where nothing in the file tells it: 1990 to 2100. */
  year?: number;
  /** For tables: the headers of the fields; "" where the table has none. */
  columns?: ChatColumns;
}

/** Headers of a table of messages for our fields. */
export type ChatColumns = Partial<Record<"id" | "date" | "time" | "role" | "sender" | "to" | "text" | "buyer" | "agent", string>>;

/** Headers of an export for our fields; `""`: it has none. What is not named is found as usual. */
export interface ColumnMap {
  order_id?: string;
  buyer?: string;
  created_at?: string;
  paid_at?: string;
  received_at?: string;
  state?: string;
  ordered_amount?: string;
  paid_amount?: string;
  refund_amount?: string;
  sku?: string;
  title?: string;
  quantity?: string;
  unit_price?: string;
}

export interface OrderOptions extends ReadOptions {
  columns?: ColumnMap;
  /**
   * What a buyer is known by: the account of the export, or a substitute that figures then name in their `standard`: the phone number,
   * or a hash of receiver and address. Masked, encrypted and virtual numbers are no key: they are counted in a problem, `masked-buyer`.
   */
  buyer?: "account" | "phone" | "receiver";
}

export interface Excluded {
  reason: string;
  count: number;
}

export interface ChatFile {
  file: string;
  /** What an archive of several files held, each read as its own (`export.zip/orders.csv`); the counts are then their sums. */
  files?: ChatFile[];
  platform: Format;
  /** The same as `platform`. */
  format: Format;
  /** How it was copied (`labelled`, `json`, …), of several ways that of most lines, `reason` counting each; empty where nothing could be read. */
  shape: string;
  /** How certain format and shape are, from 0 to 1, and why. */
  confidence: number;
  reason: string;
  /** Null for a file that is no text. */
  encoding: Encoding | null;
  /** What was read in it. */
  conversations: number;
  messages: number;
  /** Lines that are no messages (banners, separators, …). */
  dropped: Excluded[];
  /** Conversations that do not count: those that had been read before (`repeated-conversation`), each of which counts in its fuller copy. */
  excluded: Excluded[];
  /** Of a table, which header was taken for which of our fields, or might be: what a mapping by hand starts from, and what `columns` takes. */
  columns: ChatColumns;
  /** The fields of `columns` that only what stands below the headers suggests: they are offered, and nothing was read by them. */
  guessed: (keyof ChatColumns)[];
  /** All headers of a table, for a mapping by hand; none of what is no table. */
  headers: string[];
  /** The first row under them, cut short; only from `addChats`, not in reports. */
  sample?: string[];
  /** What was assumed: a year, who the agents are; names given as agents' that nobody in the file has (`unknown-agent`). With this file the figures are those of several shops (`several-shops`). */
  notes: Problem[];
  problems: Problem[];
}

export interface OrderFile {
  file: string;
  /** What an archive of several files held, each read as its own (`export.zip/orders.csv`); the counts are then their sums, but an order counts once. */
  files?: OrderFile[];
  platform: Format;
  /** Null for a file that is no text. */
  encoding: Encoding | null;
  rows: number;
  orders: number;
  /** Which header was taken for which of our fields, or might be: what a mapping by hand starts from, and what `columns` and `--columns` take. */
  columns: ColumnMap;
  /** The fields of `columns` whose header only resembles their names: it is offered, and nothing was read by it. */
  guessed: (keyof ColumnMap)[];
  /** All headers of the file, for a mapping by hand. */
  headers: string[];
  /** The first row under them, cut short; only from `addOrders`, not in reports. */
  sample?: string[];
  /** Lines left out on purpose. */
  excluded: Excluded[];
  /** What is damaged in rows that were read: `nul-bytes`, and cells with `broken-characters` (order numbers, buyers and products). `problems` names their places. */
  damaged: Excluded[];
  /** Orders that had been read before, from this file or another (`repeated-order`): each counts once. With this file the figures are those of several shops (`several-shops`). */
  notes: Problem[];
  problems: Problem[];
}

/** What neither chats nor orders say: satisfaction, reviews, who works behind an account, membership, campaigns, SMS, parcels. */
export type TableKind = "ratings" | "reviews" | "roster" | "members" | "campaigns" | "messages" | "shipping" | "given";

export interface TableOptions extends ReadOptions {
  /** Overrules the kind that the headers tell. */
  kind?: TableKind;
  /** Headers for the fields of the kind (see the README); null where the table has none. */
  columns?: Record<string, string | null>;
}

export interface TableFile {
  file: string;
  /** What an archive of several files held, each read as its own (`export.zip/orders.csv`); the counts are then their sums. */
  files?: TableFile[];
  /** Null for a table that is none of them. */
  kind: TableKind | null;
  /** Null for a file that is no text. */
  encoding: Encoding | null;
  /** Rows under the header, and how many of them were used. */
  rows: number;
  used: number;
  /** Which header was taken for which of our fields. */
  columns: Record<string, string>;
  /** All headers of the file, for a mapping by hand. */
  headers: string[];
  /** Rows left out on purpose. */
  excluded: Excluded[];
  /** What is damaged: `nul-bytes`, and cells with `broken-characters`. `problems` names their places. */
  damaged: Excluded[];
  problems: Problem[];
}

export interface ChatMessage {
  role: Role;
  sender: string | null;
  /** ISO without offset; null where nothing tells it. */
  at: string | null;
  /** `HH:MM:SS`, where the time of day is all there is. */
  clock?: string;
  /** Both are written without seconds, which are given as `:00`. */
  to_minute?: true;
  text: string;
  kind: MessageKind;
  /** Ids of the signals found in it. */
  signals: string[];
}

export interface Source {
  file: string;
  line: number;
  /** `review` for a review of a side table. */
  format: Format | "review";
}

// ---------------------------------------------------------------- check

export interface Evidence {
  /** Position in `messages`. */
  message: number;
  start: number;
  end: number;
  role: "hit" | "when" | "then" | "step";
  /** Seconds, characters, share …: what the rule measured here. */
  measured?: number;
  /** The softer words that the book offers for these. */
  replace?: string;
  /** A model found this, not the book's words: the pieces of the message that decided, the heaviest first. */
  learned?: string[];
}

export type Result = "pass" | "fail" | "skip";

export interface Verdict {
  rule: string;
  result: Result;
  /** Points lost (negative) or won. */
  points: number;
  /**
   * The rule that was charged for the same failing, so that this one costs nothing for it; for a pass the rule that the message breaks,
   * so that it wins nothing.
   */
  covered_by?: string;
  /** Who answers for it, or for its first failure. */
  agent: string | null;
  /** All who failed, where they are several: each loses by it in the totals of the agents. */
  agents?: string[];
  because: string | null;
  evidence: Evidence[];
  suggest?: string;
}

export interface ScorePart {
  by: "principle" | "category";
  name: string;
  lost: number;
  gained: number;
}

export interface Score {
  value: number | null;
  /** Why there is no value; else null. */
  why: string | null;
  lost: number;
  gained: number;
  /** A critical rule failed: the score is 0. */
  critical: boolean;
  parts: ScorePart[];
}

export interface Alert {
  id: string;
  title: string;
  title_en: string;
  level: "notice" | "urgent";
  message: number;
  start: number;
  end: number;
  suggest?: string;
}

export interface ConversationReport {
  id: string;
  buyer: string | null;
  agents: string[];
  source: Source;
  scenes: string[];
  score: Score;
  /**
   * How dissatisfied the buyer is, by the points of the book's `[dissatisfaction]`: above 0 complaints prevail, below 0 thanks. To rank
   * conversations by; it has no unit. Null without words of the buyer, or where the book says nothing.
   */
  dissatisfaction: number | null;
  verdicts: Verdict[];
  alerts: Alert[];
  /** Only when asked for. */
  messages?: ChatMessage[];
}

/** What conversations add up to. */
export interface Totals {
  conversations: number;
  scored: number;
  /** Mean score of the scored conversations. */
  score: number | null;
  /** Standard deviation of their scores; null for fewer than two. */
  spread: number | null;
  lost: number;
  gained: number;
  critical: number;
  /** Points lost per rule, most first, and in how many conversations it failed. */
  rules: { rule: string; lost: number; failed: number }[];
}

export interface AgentReport extends Totals {
  /** Null for conversations whose agents have no name. */
  agent: string | null;
}

export interface DayReport extends Totals {
  day: string | null;
}

export interface ShopReport extends Totals {
  /** How many conversations to check by hand. */
  sample: number;
}

export interface CheckReport {
  book: { id: string; hash: string };
  conversations: ConversationReport[];
  /** The reviews of the side tables with the replies to them, as conversations of their own (`review#1`); no totals count them. */
  reviews: ConversationReport[];
  agents: AgentReport[];
  days: DayReport[];
  shop: ShopReport;
  /** What each file was read as: orders and side tables, then chats. */
  files: (OrderFile | TableFile | ChatFile)[];
  problems: Problem[];
}

export interface CheckOptions {
  /** Puts the messages into the report. */
  messages?: boolean;
  /** Leaves `verdicts` empty: for a list of very many conversations, of which `conversation(at)` then gives one with all that was found. */
  brief?: boolean;
  /** Only for JUnit: a conversation that scores below fails; 0 to 100. */
  failUnder?: number;
}

/** For what is written as text, CSV or JUnit, which people pass on. JSON always holds what was read. */
export interface WriteOptions {
  /** Leaves phone and order numbers, addresses, mail addresses and buyers' names as they were read; without it they are masked, in texts, ids and names of files too. */
  unmasked?: boolean;
}

/** A conversation with what was said in it: a report with its messages, or the plain chat form. */
export interface Talk {
  id?: string;
  messages?: readonly { role: Role; sender?: string | null; at?: string | null; clock?: string; text: string }[];
}

/** What an inspector says of one verdict. */
export interface Review {
  /** Id of the conversation. */
  conversation: string;
  rule: string;
  /** `overrule` makes a fail a pass, and anything else a fail; or say what it should be. */
  verdict: "confirm" | "overrule" | Result;
  note?: string;
  /** Of a review that the page saved: a hash of the conversation's buyer and words. Not looked at here. */
  of?: string;
}

export interface Agreement {
  agree: number;
  disagree: number;
  /** Cohen's kappa over pass, fail and skip; null where both gave one and the same result throughout. */
  kappa: number | null;
  /** How often, by the book's result and then by the inspector's, in the order pass, fail, skip. */
  counts: [[number, number, number], [number, number, number], [number, number, number]];
}

/** Verdicts by hand beside those of the book, which stay as they are. */
export interface ReviewReport {
  all: Agreement;
  rules: (Agreement & { rule: string })[];
  /** The scores of the reviewed conversations by the book, and with the inspector's results in place of the book's. */
  conversations: { conversation: string; automatic: number | null; manual: number | null }[];
  /** What was overruled. */
  disagreements: { conversation: string; rule: string; automatic: Result; manual: Result; note: string }[];
}

export interface SignalLine {
  id: string;
  /** By position of the message. */
  signals: Record<string, string[]>;
}

// ---------------------------------------------------------------- metrics

/** Days as `2026-01-31`. */
export interface Period {
  from: string;
  to: string;
}

/** Days and numbers of messages are whole numbers from 0 to 3650. */
export interface MetricOptions {
  /** First and last day, both counted; everything unless told. */
  period?: Period;
  /** The day from which the figures look back; the last day in the data unless told. */
  asOf?: string;
  refunded?: "exclude" | "include";
  dropZero?: boolean;
  knownBuyers?: boolean;
  /** Days after the inquiry in which an order counts as its result; 1 (to the end of the next day) unless told. */
  window?: number;
  attribution?: "order" | "order-first" | "payment";
  /** Days after a campaign reached a buyer within which an order counts as a response; 7 unless told. */
  campaignDays?: number;
  /**
   * A conversation that an agent handed over with at most so many other messages is no inquiry of that agent's (客服转发过滤); 0 unless told.
   * "count": it is one.
   */
  forwarded?: number | "count";
  /** A conversation in which the buyer wrote at most so many messages is no inquiry (客服单口相声过滤); 0 unless told. */
  monologue?: number;
  /** Buyers and order numbers to leave out: own accounts, test buyers, resellers. Figures count them as `listed`. */
  exclude?: string[];
  /** Where groups of customers begin and end; what is not told, or null, is as the book has it. */
  customers?: { [K in keyof CustomerCuts]?: CustomerCuts[K] | null | undefined };
}

export interface RowOptions extends MetricOptions {
  /** Of a part of the shop alone, as `by` of the figure names it (`{ agent: "小美" }`); of any product, listed or not. */
  by?: Record<string, string>;
  /** The most rows to list; 1000 unless told. */
  limit?: number;
}

/** What an order, a buyer, a conversation or a round adds to a figure. */
export interface FigureRow {
  /** `product`: a purchase of one that was followed by another; `news`: of a parcel. */
  what: "order" | "buyer" | "conversation" | "round" | "product" | "news" | "review";
  /** The order's number, the buyer, the conversation's id. */
  id: string;
  /** When the round opened, the rating or the news came; the product's code; the campaign; null for others. */
  about: string | null;
  /** What it adds above the line, and below it (0 where the figure is a plain count or sum). */
  numerator: number;
  denominator: number;
}

/**
 * The rows behind a figure; all of them together are its numerator and denominator. Not so for `payment.delay_median`, whose value is the median of the
 * rows, and `sales.per_order_growth`, which compares the mean of the rows with that of the period before.
 */
export interface FigureRows {
  metric: string;
  /** Absent: the whole shop. */
  by?: Record<string, string>;
  /** Why the figure is unavailable; null where it is not. */
  why: string | null;
  /** How many there are; the first of them are listed. */
  total: number;
  rows: FigureRow[];
}

export interface Metric {
  id: string;
  title: string;
  title_en: string;
  /**
   * The part of the shop that it is about (`{ agent: "小美" }`); absent: the whole shop. `agent`, `person`, `team`, `shift`, `hour`, `weekday`,
   * `campaign`; `product` of the twenty most sold, the others counted in `excluded` (`other-products`).
   */
  by?: Record<string, string>;
  value: number | null;
  unit: string;
  numerator: number | null;
  denominator: number | null;
  /** 95 % interval of a rate. */
  interval?: [number, number];
  /**
   * The value one period earlier, where a period was asked for and the data reaches back into it; null where it is unavailable there, as it is
   * where the data begins after that period does (`standard` says on which day).
   */
  previous?: number | null;
  formula: string;
  /** Which variant of the formula. */
  standard: string;
  /** The days it covers, `2026-01-01..2026-01-31`; null where there are none. */
  period: string | null;
  status: "ok" | "unavailable";
  /** Why it is unavailable; else null. */
  why: string | null;
  excluded: Excluded[];
}

/**
 * The same row in the period before: absent where no period was asked for or the data begins after that one does, null where there was no
 * such row. Tables of customers, and `outliers`, are as of a day (`asOf`): their previous rows are as of so many days earlier.
 */
export type Previous<Row> = Omit<Row, "previous"> | null;

/** A group of customers: rows of `lifecycle`, `layers` and `purchase_count` (first, second, third purchase and more). */
export type CustomerGroup = {
  group: string;
  title: string;
  title_en: string;
  /** By what a customer belongs to it. */
  rule: string;
  buyers: number;
  share: number;
  /** What they paid, in yuan, as far as it is known; null where it is of none of their orders. */
  amount: number | null;
  /** Orders of theirs whose amount is unknown. */
  no_amount: number;
  /** That of the period before. */
  previous?: Previous<CustomerGroup>;
};

/** A figure beside its target, as the book's `[[kpi]]` has it. */
export type KpiRow = {
  /** The figure's id. */
  metric: string;
  title: string;
  title_en: string;
  by?: Record<string, string>;
  value: number | null;
  unit: string;
  interval: [number, number] | null;
  /** The value of the period before. */
  previous: number | null;
  /** Null where the book names none. */
  target: number | null;
  direction: "at_least" | "at_most" | null;
  /** Null where it cannot be said: no value, no target, or more is not final, or was left out for want of data, than was counted. */
  met: boolean | null;
  /** Value − target. */
  gap: number | null;
  /** Why there is no value. */
  why: string | null;
};

/** One agent's points by a pay sheet of the book (`[[pay]]`), each with its figure; most points first. */
export type PayRow = {
  /** Id and title of the sheet. */
  sheet: string;
  title: string;
  agent: string;
  /** Points of the figures that there are and that are settled, and the most that all can give. */
  points: number;
  most: number;
  /** Whether every figure of the sheet gives points. */
  complete: boolean;
  /** The level reached; null where there is none or the sheet is incomplete. */
  level: string | null;
  /** `points` are null without a value and where it is not settled (as `met` of `KpiRow`), and `why` says which. */
  items: { metric: string; title: string; title_en: string; value: number | null; unit: string; points: number | null; most: number; why: string | null }[];
  /** That of the period before; without a value where the data of a figure does not reach back into it. */
  previous?: Previous<PayRow>;
};

/**
 * A buyer who may be no customer: a reseller, a fake, the shop itself; or a place where many orders go. Nothing is left out by itself:
 * put the buyer or the orders into `exclude`.
 */
export type OutlierRow = {
  /** Null for `orders_to_address` and `orders_to_phone`. */
  buyer: string | null;
  /**
   * `amount` in yuan. `same_address`, `same_phone`: how many other buyers order to an address, or under a number, of this one.
   * `orders_to_address`, `orders_to_phone`: orders to one place, unless all are one known buyer's.
   */
  measure: "orders_per_day" | "orders" | "amount" | "same_address" | "same_phone" | "orders_to_address" | "orders_to_phone";
  value: number;
  /** What nine of ten buyers, or places, do not exceed. */
  usual: number;
  /** What an outlier exceeds. */
  limit: number;
  /** Of the measures about a place: the number of an order that went there, the same for all who share it; look the place up by it. */
  order: string | null;
  /** What it was so many days earlier; null: it was not pointed out then. */
  previous?: Previous<OutlierRow>;
};

/** Customers by the month of their first purchase in the data, so many months after it. */
export type CohortRow = {
  /** `2026-01`; the latest 36. */
  month: string;
  /** Buyers whose first purchase lies in it. */
  buyers: number;
  /** Calendar months after it; 0 is the month itself. */
  after: number;
  /** Those of them who bought in that month (for month 0: on another day than the first), and their share. */
  returned: number;
  share: number;
  /** Whether that month was over: else more may come. */
  complete: boolean;
};

/** How many first-time buyers bought again within so many days, by Kaplan and Meier: buyers count for as long as they were watched. */
export type SecondPurchaseRow = {
  days: number;
  /** Buyers watched for longer who had not bought again by then. */
  watched: number;
  /** Buyers seen to buy again by then. */
  returned: number;
  /** Estimated share, and its 95 % interval. */
  share: number;
  interval: [number, number] | null;
  /** That of so many days earlier. */
  previous?: Previous<SecondPurchaseRow>;
};

/** A segment of customers by recency, frequency and money; who has no order of a known amount belongs to none. */
export type RfmRow = {
  segment: string;
  title: string;
  title_en: string;
  /** Each against the mean of all buyers. */
  recent: boolean;
  frequent: boolean;
  valuable: boolean;
  buyers: number;
  share: number;
  /** What they paid, yuan, as far as it is known. */
  amount: number;
  /** Orders of theirs whose amount is unknown. */
  no_amount: number;
  /** Mean days since the last purchase, mean purchase days, mean yuan; null without buyers. */
  recency: number | null;
  frequency: number | null;
  monetary: number | null;
  /** That of the period before. */
  previous?: Previous<RfmRow>;
};

/** How a measure of customers is spread. */
export type SpreadRow = {
  measure: string;
  /** Where the segments cut; null where they do not. */
  cut: number | null;
  /** Buyers left out, for none of their amounts is known. */
  no_amount: number;
  mean: number;
  min: number;
  q25: number;
  median: number;
  q75: number;
  q90: number;
  max: number;
  /** That of the period before. */
  previous?: Previous<SpreadRow>;
};

/** Repurchase cycle of a product: mean days per piece over pairs of purchases. */
export type ProductCycleRow = {
  sku: string;
  /** The title that the export has beside the code; null where it has none. */
  title: string | null;
  pairs: number;
  mean: number;
  /** That of the period before. */
  previous?: Previous<ProductCycleRow>;
};

export type AgentRow = {
  agent: string;
  conversations: number;
  complaints: number;
  /** Mean seconds; null without times. */
  first: number | null;
  mean: number | null;
  within_30s: number | null;
  within_3min: number | null;
  reply_rate: number | null;
  /** Conversations that the agent only handed over: no inquiries of this agent's. */
  forwarded: number;
  inquiry_buyers: number;
  /** Null without orders that name their buyers. */
  ordered: number | null;
  /** Null as well where it is known of none of the orders. */
  amount: number | null;
  /** That of the period before. */
  previous?: Previous<AgentRow>;
};

/** A campaign and who bought after it reached them; the best answered first. */
export type CampaignRow = {
  campaign: string;
  /** The days on which it reached somebody. */
  from: string;
  to: string;
  reached: number;
  /** Paid for an order within `days` of the first time it reached them. */
  responded: number;
  share: number;
  interval: [number, number] | null;
  days: number;
  /** What these orders paid, yuan, as far as it is known; null where it is of none of them. */
  amount: number | null;
  /** Those of them whose amount is unknown. */
  no_amount: number;
  /** Buyers whose days are not over. */
  open: number;
};

/** A step from inquiry to an order that was not refunded. */
export type FlowRow = {
  step: string;
  title: string;
  title_en: string;
  buyers: number;
  /** Buyers of the step before who did not come this far. */
  lost: number;
  /** That of the period before. */
  previous?: Previous<FlowRow>;
};

/** What goes along with a signal or a kept rule: association, not cause. */
export type LiftRow = {
  /** Of inquiry buyers: whether a signal was found in their answered talks; whether a rule was never broken in their talks. */
  kind: "signal" | "rule";
  id: string;
  /** `rated`: no rating below 4 stars, among those who rated; among those who paid `refunded` as a whole, and `again`: bought on another day too, since the inquiry. */
  outcome: "ordered" | "satisfied" | "rated" | "refunded" | "again";
  with_count: number;
  with_outcome: number;
  without_count: number;
  without_outcome: number;
  /** Share with it less share without it, and its 95 % interval. */
  difference: number;
  interval: [number, number];
  /** Fisher's exact p, and the same corrected for the number of comparisons. */
  p: number;
  p_corrected: number;
  /** A group has fewer than 30 buyers. */
  small: boolean;
  /** Of `ordered`: those who may order yet, or of whom the orders do not tell; they are left out, whether they have ordered or not. */
  open?: number;
  /** That of the period before. What became of its buyers is told to this day: they had longer to buy again or be refunded. */
  previous?: Previous<LiftRow>;
};

/** A bad review, or one without stars that complains; those without a reply first. */
export type ReviewRow = {
  at: string | null;
  buyer: string | null;
  order: string | null;
  product: string | null;
  stars: number | null;
  /** Ids of the scenes that the book finds in it. */
  problems: string[];
  answered: boolean;
  /** To the reply; null without both times, and where that of the reply lies before. */
  seconds: number | null;
  /** Ids of the rules that the reply, or its absence, breaks. */
  failed: string[];
};

/** A problem with a product. */
/** How long buyers wait: the shop (`agent` null), then its agents. */
export type WaitRow = {
  agent: string | null;
  /** Rounds whose times have seconds, those that no human answered, answered within 6 s, and later than after 100 s. */
  rounds: number;
  unanswered: number;
  within_6s: number;
  slow: number;
  /** Seconds of the answered rounds: median, what nine of ten do not exceed, the longest. */
  median: number | null;
  p90: number | null;
  max: number | null;
  /** Conversations, and those longer than 30 minutes. */
  conversations: number;
  long: number;
  /** Buyers with a round, and those with a round not answered within 3 minutes. */
  buyers: number;
  buyers_late: number;
  /** That of the period before. */
  previous?: Previous<WaitRow>;
};

/** Sales and inquiries by product, most sold first (at most 500). */
export type ProductRow = {
  /** Its code, or its title where the export has no code. */
  product: string;
  /** The title that the export has beside the code; null where it has none. */
  title: string | null;
  /** Paid orders with it as `orders.paid` counts them, their buyers, pieces, and unit price × quantity in yuan; null where it is not known. */
  orders: number;
  buyers: number | null;
  pieces: number | null;
  amount: number | null;
  /** Those of them whose amount for it is unknown: they are not in `amount`. */
  no_amount: number;
  /** Paid orders with it, refunded or not, and how many of them have a refund, unless sub-orders or tickets tell that it was of other products. */
  paid: number;
  refunded: number;
  /** Inquiry buyers in whose talks a link or a card names it, and those of them who ordered; null where it cannot be known, as where no talk names any product. */
  asked: number | null;
  asked_ordered: number | null;
  /** That of the period before. */
  previous?: Previous<ProductRow>;
};

/** One side of a week: its most complained or most praised conversations, and which wording made the difference. */
export type WeeklyRow = {
  /** The Monday of the week; the latest eight. */
  week: string;
  kind: "complained" | "praised";
  /** So many conversations of the week are of this kind, of so many. */
  conversations: number;
  of: number;
  /** Ids of the most telling ones. */
  examples: string[];
  /** What they have more often: signals, and rules broken (in complaints) or kept (in praise). Of conversations with the signal (or the rule kept) so many are of this kind, against those without. */
  apart: (Omit<LiftRow, "outcome" | "previous"> & { outcome: "complained" | "praised" })[];
  /** The book's lines for the rules broken in complaints, or kept in praised conversations. */
  suggest: string[];
  /** That of the week before, whole, be it in the period or not; absent where no period was asked for or the chats begin after its Monday. */
  previous?: Previous<WeeklyRow>;
};

export type IssueRow = {
  /** Id of the scene. */
  problem: string | null;
  /** The SKU of the buyer's latest paid order before the talk; for a review the product, or that of the order, that its table names. */
  product: string | null;
  /** The title that the export has beside its code; null where it has none. */
  title: string | null;
  conversations: number;
  /** Bad reviews, and reviews without stars that complain. */
  reviews: number;
  buyers: number;
  /** Reviews without a reply, conversations whose buyer was not heard to be satisfied. */
  open: number;
  /** Id of the latest of these conversations; `review#1` where there are reviews only. */
  latest: string;
  /** That of the period before. */
  previous?: Previous<IssueRow>;
};

/** Something to do for one buyer. */
export type ActionRow = {
  /**
   * `remind_payment`: unpaid for so long that most who pay by themselves have done so, and for no more than three days, by a buyer who has neither paid nor been reminded in a chat since.
   * `follow_up`: a complaint after which the buyer was not heard to be satisfied, from a day after the last talk on, for 15 days.
   * `lost_inquiry`: the window has been over for no more than 7 days, the orders are of its days, and the buyer has neither ordered or paid to this day nor paid in the week before asking, is not to be followed up, and owes for no order from before.
   * `core_fading`: a core customer by purchase days and mean order who has neither bought nor written for longer than one, and is not dormant yet.
   * `care`: the first day of a window, for new customers any, for old ones that of being at risk.
   */
  action: string;
  due: string;
  buyer: string;
  /** The order or the conversation. */
  about: string | null;
  /** Chinese / English. */
  reason: string;
  suggest: string;
};

/** How many actions of a kind there are, those beyond the list included. */
export type ActionCountRow = {
  action: string;
  title: string;
  title_en: string;
  count: number;
  /** How many more were due so long ago that they are nobody's task today: complaints after 15 days, lost inquiries after 7. */
  too_old: number;
};

export type AlertRow = {
  alert: string;
  conversation: string;
  buyer: string | null;
  agent: string | null;
  at: string | null;
};

/** The tables by id; what the input cannot carry is an empty list. */
/** A figure of a platform's own report, beside ours. */
export type GivenRow = {
  /** The figure of ours that it is about; null where we have none. */
  id: string | null;
  /** Absent: the whole shop. */
  by?: { agent: string };
  given: number;
  /** Null where there is nothing to compare with, and `why`. */
  ours: number | null;
  /** What the platform says more than we do. */
  difference: number | null;
  unit: "ratio" | "seconds" | "yuan" | "count";
  /** `chitu` is 赤兔; `generic`: columns mapped by hand. */
  platform: "taobao" | "pdd" | "jd" | "douyin" | "chitu" | "generic";
  /** The column's header in the report. */
  header: string;
  file: string;
  /** The days that the report covers, where it says so. */
  period: string | null;
  /** How the platform counts, where that is known. */
  standard: string | null;
  why: string | null;
};

/** Why orders were refunded, in the platform's words: a row of the table `refund_reasons`, which is empty where no export gives a reason. */
export type RefundReasonRow = {
  /** `null`: the refunded orders that give none. */
  reason: string | null;
  /** Paid orders of the period with a refund. An order that gives several reasons counts for each. */
  orders: number;
  /** What was given back on them, in yuan, as far as it is known; null where it is of none of them; and of how many it is not. */
  amount: number | null;
  no_amount: number;
  /** Of all orders with a refund. */
  share: number;
  /** That of the period before. */
  previous?: Previous<RefundReasonRow>;
};

export interface MetricTables {
  given: GivenRow[];
  lifecycle: CustomerGroup[];
  layers: CustomerGroup[];
  purchase_count: CustomerGroup[];
  cohorts: CohortRow[];
  second_purchase: SecondPurchaseRow[];
  kpi: KpiRow[];
  pay: PayRow[];
  outliers: OutlierRow[];
  rfm: RfmRow[];
  "rfm.quantiles": SpreadRow[];
  "cycle.product": ProductCycleRow[];
  agents: AgentRow[];
  /** The same of the roster's persons, teams and shifts, whose names stand in `agent`. */
  people: AgentRow[];
  teams: AgentRow[];
  shifts: AgentRow[];
  campaigns: CampaignRow[];
  flow: FlowRow[];
  lift: LiftRow[];
  weekly: WeeklyRow[];
  products: ProductRow[];
  refund_reasons: RefundReasonRow[];
  response: WaitRow[];
  issues: IssueRow[];
  reviews: ReviewRow[];
  actions: ActionRow[];
  "actions.count": ActionCountRow[];
  alerts: AlertRow[];
  [id: string]: Record<string, unknown>[];
}

export interface MetricReport {
  metrics: Metric[];
  /** The day that tables of customers and of what is to be done are as of: `asOf`, else the last one of the data; null where nothing has a date. */
  as_of: string | null;
  tables: MetricTables;
  /** What `exclude` names and no buyer and no order is (`unmet-exclude`): how many, and the first few of them, masked. */
  notes: Problem[];
  /** What each file was read as: orders and side tables, then chats. */
  files: (OrderFile | TableFile | ChatFile)[];
}

// ---------------------------------------------------------------- the shop

/** Chats, orders and side tables of one shop, and the book that they are judged by. */
export class Shop {
  constructor(book?: Book);
  /** Set it to score the same chats by another book; nothing is read again. */
  book: Book;
  /** Reads one file or paste. Several may follow each other; call it again only when the last one is done. */
  addChats(name: string, data: Input, options?: ChatOptions): Promise<ChatFile>;
  addOrders(name: string, data: Input, options?: OrderOptions): Promise<OrderFile>;
  addTable(name: string, data: Input, options?: TableOptions): Promise<TableFile>;
  /**
   * Takes in all that another shop of the same program has read; that one stays as it is. However files were split between shops, in
   * whatever order these meet and however much the files overlap, the figures are those of one shop that read them all: an order
   * counts once by its number, a conversation once by buyer and beginning (by its id without these). Conversations are judged by the
   * book of this shop. A shop of a worker cannot be sent to another one: send the files.
   */
  merge(other: Shop): void;
  /** What could not be read of all files so far. What a later file answered is gone from it: lines whose list of orders has come. */
  readonly problems: Problem[];
  check(options?: CheckOptions): CheckReport;
  /** One conversation with its messages, by its position in `check().conversations`. */
  conversation(at: number): ConversationReport;
  /** Texts as they may leave, in their order: without phone and long numbers, addresses and mail addresses, ids of conversations without the
   * buyer's name too, once `check` or `metrics` has judged them. Codes stay. */
  mask(texts: readonly string[]): string[];
  /** Numbers of orders as they may leave, in their order, whatever they look like; those that look alike then are numbered (`***#1`). */
  maskOrders(numbers: readonly string[]): string[];
  /** Verdicts by hand beside those of the book: agreement per rule, both scores, what was overruled. Of several reviews of one verdict the
   * last counts. Throws `unknown-conversation`, `unknown-rule`. */
  review(reviews: readonly Review[]): ReviewReport;
  /** The signals of every conversation. */
  signals(): SignalLine[];
  metrics(options?: MetricOptions): MetricReport;
  /** The rows behind a figure of the whole shop, or of a part of it (`by`). */
  rows(metric: string, options?: RowOptions): FigureRows;
  /** The same results as text, piece by piece, for a file: nothing large is held at once. Throws `reset` where that is called before the end. */
  write(what: "check", format: "text" | "json" | "csv" | "junit", options?: CheckOptions & WriteOptions): Generator<string>;
  write(what: "signals", format: "jsonl"): Generator<string>;
  write(what: "metrics", format: "text" | "json" | "csv", options?: MetricOptions & WriteOptions): Generator<string>;
  write(what: "rows", format: "text" | "json" | "csv", options: RowOptions & WriteOptions & { metric: string }): Generator<string>;
  write(what: "table", format: "text" | "json" | "csv", options: MetricOptions & WriteOptions & { table: keyof MetricTables }): Generator<string>;
  /** Forgets all chats, orders and tables. */
  reset(): void;
  /**
   * Gives its memory back at once; else that waits for the garbage collector, which does not see how much it is. After it every call throws
   * `freed`. `using shop = new Shop()` does it at the end of the block.
   */
  free(): void;
  [Symbol.dispose](): void;
}
