// What callers hand in, checked before it reaches the wasm: that takes anything for a text, wraps numbers, and is told nothing of NaN.
import { known } from "./choice.mjs";
import { HuashuError } from "./error.mjs";

/** Throws an error with its message in both languages. */
export function refuse(code, chinese, english) {
  throw new HuashuError({ code, message: `${chinese} / ${english}` });
}

const isText = (value) => typeof value === "string";
const isMap = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
/** What stands under a key may be absent as well. */
const mapOf = (test, example) => [isMap, example, (value) => (value ?? null) === null || test(value)];

/** Kinds of values: a test, what passes it, and of what has keys a test of the value of each. */
export const TEXT = [isText, "文本 text"];
export const TEXTS = [(value) => Array.isArray(value) && value.every(isText), "文本的列表 list of texts"];
export const REVIEWS = [
  (value) => Array.isArray(value) && value.every((one) => isMap(one) && Object.values(one).every((part) => part === undefined || isText(part))),
  '[{ conversation: "…", rule: "…", verdict: "…" }]',
];
const FLAG = [(value) => typeof value === "boolean", "true | false"];
const number = (least, most, test, what) => [(value) => test(value) && value >= least && value <= most, `${what} ${least}–${most}`];
const whole = (least, most) => number(least, most, Number.isSafeInteger, "整数 whole number");
const or = (word, [test, what]) => [(value) => value === word || test(value), `${what} | "${word}"`];
const DAYS = whole(0, 3650);
const FUNCTION = [(value) => typeof value === "function", "函数 function"];

const KINDS = {
  agents: TEXTS, only: TEXTS, exclude: TEXTS,
  messages: FLAG, brief: FLAG, unmasked: FLAG, dropZero: FLAG, knownBuyers: FLAG,
  window: DAYS, campaignDays: DAYS, monologue: DAYS, forwarded: or("count", DAYS), year: whole(1990, 2100), limit: whole(0, Number.MAX_SAFE_INTEGER),
  gap: or("day", number(0.01, 525600, Number.isFinite, "数字 number")), failUnder: number(0, 100, Number.isFinite, "数字 number"),
  columns: mapOf(isText, '{ buyer: "买家" }'),
  by: [isMap, '{ agent: "小美" }', isText],
  customers: mapOf((cut) => /^[sb]/.test(typeof cut) || Number.isFinite(cut), "{ active: 60 }"),
  period: [(value) => isText(value?.from) && isText(value.to), '{ from: "2026-01-01", to: "2026-01-31" }'],
  onProgress: FUNCTION, onRestart: FUNCTION,
  signal: [(value) => typeof value?.throwIfAborted === "function", "AbortSignal"],
};
for (const name of ["encoding", "format", "buyer", "kind", "profile", "file", "toml", "asOf", "refunded", "attribution", "metric", "table"]) KINDS[name] = TEXT;

/** What each method's options are called. */
const READING = ["encoding", "onProgress", "signal", "only"];
const FIGURES = [
  "period", "asOf", "refunded", "dropZero", "knownBuyers", "window", "attribution", "campaignDays", "forwarded", "monologue", "exclude", "customers",
];
export const OPTIONS = {
  book: ["profile", "file"],
  chats: ["format", "gap", "agents", "year", "columns", ...READING],
  orders: ["columns", "buyer", ...READING],
  table: ["kind", "columns", ...READING],
  check: ["messages", "brief", "failUnder"],
  metrics: FIGURES,
  rows: ["by", "limit", ...FIGURES],
};
/** The same of what is written. */
export const WRITTEN = {
  check: ["unmasked", ...OPTIONS.check],
  signals: [],
  metrics: ["unmasked", ...FIGURES],
  rows: ["metric", "unmasked", ...OPTIONS.rows],
  table: ["table", "unmasked", ...FIGURES],
};

/** Throws where a value is none of its kind. */
export function expect(name, value, [test, what, each], code = "bad-input") {
  if (!test(value)) refuse(code, `${name} 应为`, `has to be: ${what}; 得到 got: ${value && typeof value === "object" ? "object" : String(value)}`);
  if (each) for (const [key, part] of Object.entries(value)) expect(`${name}.${key}`, part, [each, what], code);
}

/** The options that are told; of texts the wasm knows what they may be. */
export function checked(options, names) {
  const all = options ?? {};
  expect("options", all, [isMap, "{ … }"], "bad-option");
  const told = Object.entries(all).filter(([, value]) => (value ?? null) !== null);
  for (const [name, value] of told) {
    known(name, names);
    if (Object.hasOwn(KINDS, name)) expect(name, value, KINDS[name], "bad-option");
  }
  const { from, to } = all.period ?? {};
  if (/^\d{4}-\d\d-\d\d,\d{4}-\d\d-\d\d$/.test([from, to]) && from > to) refuse("bad-option", `时段 ${from}..${to} 的结束早于开始`, `the period ${from}..${to} ends before it begins`);
  return Object.fromEntries(told);
}
