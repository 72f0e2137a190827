// What callers hand in, checked before it reaches the wasm: that takes anything for a text, wraps numbers, and is told nothing of NaN.
import { oneOf } from "./choice.mjs";
import { HuashuError } from "./error.mjs";

/** Throws an error with its message in both languages. */
export function refuse(code, chinese, english) {
  throw new HuashuError({ code, message: `${chinese} / ${english}` });
}

const isText = (value) => typeof value === "string";
const isMap = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const mapOf = (test, example) => [(value) => isMap(value) && Object.values(value).every(test), example];

/** Kinds of values: a test, and what passes it. */
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

const KINDS = {
  agents: TEXTS, only: TEXTS, exclude: TEXTS,
  messages: FLAG, brief: FLAG, unmasked: FLAG, dropZero: FLAG, knownBuyers: FLAG,
  window: DAYS, campaignDays: DAYS, monologue: DAYS, forwarded: or("count", DAYS), year: whole(1990, 2100), limit: whole(0, Number.MAX_SAFE_INTEGER),
  gap: or("day", number(0.01, 525600, Number.isFinite, "数字 number")), failUnder: number(0, 100, Number.isFinite, "数字 number"),
  columns: mapOf((header) => header === null || isText(header), '{ buyer: "买家" }'),
  by: mapOf(isText, '{ agent: "小美" }'),
  customers: mapOf((cut) => /^[sb]/.test(typeof cut) || Number.isFinite(cut), "{ active: 60 }"),
  period: [(value) => isText(value?.from) && isText(value.to), '{ from: "2026-01-01", to: "2026-01-31" }'],
  onProgress: [(value) => typeof value === "function", "函数 function"],
  signal: [(value) => typeof value?.throwIfAborted === "function", "AbortSignal"],
};
for (const name of ["encoding", "format", "buyer", "kind", "profile", "file", "toml", "asOf", "refunded", "attribution"]) KINDS[name] = TEXT;

/** Throws where a value is none of its kind. */
export function expect(name, value, [test, what], code = "bad-input") {
  if (!test(value)) refuse(code, `${name} 应为`, `has to be: ${what}; 得到 got: ${value && typeof value === "object" ? "object" : String(value)}`);
}

/** The options that are told. What they are called the wasm knows, but for those of `names`, and of texts what they may be. */
export function checked(options, names) {
  const all = options ?? {};
  expect("options", all, [isMap, "{ … }"], "bad-option");
  const told = Object.entries(all).filter(([, value]) => (value ?? null) !== null);
  for (const [name, value] of told) {
    if (names) oneOf("options", name, names);
    if (Object.hasOwn(KINDS, name)) expect(name, value, KINDS[name], "bad-option");
  }
  const { from, to } = all.period ?? {};
  if (/^\d{4}-\d\d-\d\d,\d{4}-\d\d-\d\d$/.test([from, to]) && from > to) refuse("bad-option", `时段 ${from}..${to} 的结束早于开始`, `the period ${from}..${to} ends before it begins`);
  return Object.fromEntries(told);
}
