// How well the signals of the standard book find what readers found, and how often its rules speak up in calm chats. Per
// signal: precision, recall and F1 against hand-labelled chats, beside two readers against each other and a plain
// keyword table. Per rule: the share of unlabelled chats that lose points by it. The chats are not part of the project;
// HUASHU_DATA names their directory. An argument names another file of labelled dialogues than the directory's. Beside the dialogues
// that the words were written from stand others that nobody looked at for that: cases/unseen.json holds their labels, the chats their texts.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const data = process.env.HUASHU_DATA ?? join(root, "../shared/data");
const file = process.argv[2] ?? join(data, "labels/dev.jsonl");
if (!existsSync(file)) {
  console.log(`skipped: no ${file}; HUASHU_DATA names the directory of the labelled chats`);
  process.exit(0);
}
/** Signals with fewer cases say little and stay out of the mean. */
const ENOUGH = 20;

const huashu = (...args) =>
  execFileSync(process.execPath, [join(root, "pkg/cli.mjs"), ...args], { encoding: "utf8", maxBuffer: 1 << 30 });
const jsonLines = (text) => text.split("\n").filter(Boolean).map((line) => JSON.parse(line));
const share = (part, whole) => (whole ? part / whole : NaN);
const figure = (value) => (value == null || Number.isNaN(value) ? "–" : value.toFixed(2)).padStart(10);
const head = (first, rest) => console.log(first.padEnd(26) + rest.map((h) => h.padStart(10)).join(""));

/** Adds up hits, noise and misses per signal: `find` gives the signals of the message at `at` of a dialogue. */
function score(dialogues, known, find) {
  const counts = new Map();
  const count = (signal, what) => {
    if (!counts.has(signal)) counts.set(signal, { hit: 0, noise: 0, missed: 0 });
    counts.get(signal)[what]++;
  };
  for (const dialogue of dialogues)
    dialogue.messages.forEach(({ tags }, at) => {
      const ours = find(dialogue, at).filter((signal) => known.has(signal));
      for (const signal of ours) count(signal, tags.includes(signal) ? "hit" : "noise");
      for (const tag of tags) if (known.has(tag) && !ours.includes(tag)) count(tag, "missed");
    });
  return counts;
}
const f1 = (counts) => (counts ? share(2 * counts.hit, 2 * counts.hit + counts.noise + counts.missed) : NaN);

const readers = JSON.parse(readFileSync(join(data, "labels/agreement.json"), "utf8")).signals;
const table = JSON.parse(readFileSync(join(root, "pkg-tests/cases/keywords.json"), "utf8"));

/** Prints how well the signals are found in labelled dialogues; `found` has what we find by dialogue. */
function compare(dialogues, found) {
  // The book may define more signals than were labelled.
  const known = new Set(dialogues.flatMap(({ messages }) => messages.flatMap(({ tags }) => tags)));
  const ours = score(dialogues, known, ({ id }, at) => {
    if (!found.has(id)) throw new Error(`the dialogue ${id} did not come back`);
    return found.get(id)[at] ?? [];
  });
  const listed = new Set([...Object.keys(table.agent), ...Object.keys(table.buyer)].filter((signal) => known.has(signal)));
  const keywords = score(dialogues, listed, ({ messages }, at) => {
    const { role, text } = messages[at];
    const holds = ([, words]) => words.some((word) => text.includes(word));
    return Object.entries(table[role] ?? {}).filter(holds).map(([signal]) => signal);
  });

  head("signal", ["cases", "found", "precision", "recall", "F1", "readers", "kappa", "keywords"]);
  const rows = [...ours].map(([signal, counts]) => ({ signal, ...counts, cases: counts.hit + counts.missed, f1: f1(counts) }));
  rows.sort((a, b) => b.cases - a.cases);
  for (const { signal, hit, noise, cases, f1: ourF1 } of rows) {
    const numbers = [cases, hit + noise].map((n) => String(n).padStart(10)).join("");
    const figures = [share(hit, hit + noise), share(hit, cases), ourF1, readers[signal]?.f1, readers[signal]?.kappa, f1(keywords.get(signal))];
    console.log(signal.padEnd(26) + numbers + figures.map(figure).join(""));
  }
  for (const { signal, f1: ourF1, cases } of rows) {
    const plain = f1(keywords.get(signal));
    if (plain > ourF1) console.log(`warning: the plain keywords find ${signal} better: ${plain.toFixed(2)} against ${ourF1.toFixed(2)}, ${cases} cases`);
  }
  const counted = rows.filter(({ cases }) => cases >= ENOUGH);
  const mean = (list) => list.reduce((sum, row) => sum + row.f1, 0) / list.length;
  console.log(`macro F1 ${mean(counted).toFixed(3)} over the ${counted.length} signals with at least ${ENOUGH} cases, in ${dialogues.length} dialogues`);
  // One message cannot show that an answer is beside the point.
  const told = counted.filter(({ signal }) => signal !== "off_topic");
  console.log(`macro F1 ${mean(told).toFixed(3)} without off_topic`);
}

const signalsOf = (path) => jsonLines(huashu("signals", path)).map(({ id, signals }) => [id, signals]);
compare(jsonLines(readFileSync(file, "utf8")), new Map(signalsOf(file)));

const { labels } = JSON.parse(readFileSync(join(root, "pkg-tests/cases/unseen.json"), "utf8"));
const sources = ["chats/taobao_edc.jsonl", "chats/jd_jddc.jsonl", "satisfaction/dev.jsonl"].map((name) => join(data, name)).filter(existsSync);
const unseen = sources.flatMap((path) => jsonLines(readFileSync(path, "utf8"))).filter(({ id }) => labels[id]);
if (unseen.length) {
  console.log("\ndialogues that nobody looked at while the words were written, settled between two readers");
  const tagged = unseen.map(({ id, messages }) => ({ id, messages: messages.map((message, at) => ({ ...message, tags: labels[id][at] ?? [] })) }));
  compare(tagged, new Map(sources.flatMap(signalsOf)));
}

/** Ranks from 1 on; equal values share the mean of theirs. */
function ranks(values) {
  const order = values.map((_, i) => i).sort((a, b) => values[a] - values[b]);
  const ranked = [];
  for (let from = 0, to; from < order.length; from = to) {
    for (to = from; to < order.length && values[order[to]] === values[order[from]]; to++);
    for (let i = from; i < to; i++) ranked[order[i]] = (from + 1 + to) / 2;
  }
  return ranked;
}
/** Spearman's rank correlation: Pearson's of the ranks. */
function spearman(a, b) {
  const [x, y] = [ranks(a), ranks(b)];
  const middle = (x.length + 1) / 2;
  const sum = (u, v) => u.reduce((total, value, i) => total + (value - middle) * (v[i] - middle), 0);
  return sum(x, y) / Math.sqrt(sum(x, x) * sum(y, y));
}
/** The share of pairs of one that is and one that is not in which the first has the larger value; equal values are half a pair. */
function auc(values, is) {
  const positive = is.filter(Boolean).length;
  const sum = ranks(values).reduce((total, rank, i) => total + (is[i] ? rank : 0), 0);
  return (sum - (positive * (positive + 1)) / 2) / (positive * (is.length - positive));
}
const judged = join(data, "satisfaction/dev.jsonl");
if (existsSync(judged)) {
  const mean = new Map(jsonLines(readFileSync(judged, "utf8")).map(({ id, satisfaction }) => [id, satisfaction]));
  const { conversations } = JSON.parse(huashu("check", judged, "--format", "json"));
  const ours = conversations.map(({ dissatisfaction }) => dissatisfaction ?? 0);
  const people = conversations.map(({ id }) => mean.get(id));
  const wrong = people.findIndex((value) => value === undefined);
  if (wrong >= 0 || conversations.length !== mean.size) throw new Error("the dialogues did not come back as they are");
  // SnowNLP 0.12.3 (python 3.11), SnowNLP(text).sentiments of the same dialogues; of the buyer's last message, of all of the buyer's, of the
  // whole talk and the mean over the buyer's messages, the first does best. Correlations by scipy, AUC by scikit-learn 1.9.1.
  console.log(`\ndissatisfaction in ${people.length} dialogues, against the mean of 19 annotators`);
  head("", ["rho", "AUC"]);
  for (const [name, rho, area] of [
    ["ours", spearman(ours, people.map((value) => -value)), auc(ours, people.map((value) => value < 0))],
    ["SnowNLP, recorded", 0.407, 0.730],
  ])
    console.log(name.padEnd(26) + figure(rho) + figure(area));
}

for (const name of ["jd_jddc", "taobao_edc"]) {
  const chats = join(data, `chats/${name}.jsonl`);
  if (!existsSync(chats)) {
    console.log(`skipped: no ${chats}`);
    continue;
  }
  const { conversations } = JSON.parse(huashu("check", chats, "--format", "json"));
  const rules = new Map();
  for (const { verdicts } of conversations)
    for (const { rule, result, points } of verdicts) {
      if (result === "skip") continue;
      const counts = rules.get(rule) ?? { judged: 0, lost: 0 };
      counts.judged++;
      if (result === "fail" && points < 0) counts.lost++;
      rules.set(rule, counts);
    }
  const values = conversations.map(({ score }) => score.value).filter((value) => value !== null);
  const average = values.reduce((sum, value) => sum + value, 0) / values.length;
  console.log(`\n${name}: ${conversations.length} chats, mean score ${average.toFixed(1)}; chats that lose points, of all and of those judged`);
  head("rule", ["chats", "of all", "of judged"]);
  const speaking = [...rules].filter(([, { lost }]) => lost).sort((a, b) => b[1].lost - a[1].lost);
  for (const [rule, { judged, lost }] of speaking)
    console.log(rule.padEnd(26) + String(lost).padStart(10) + [share(lost, conversations.length), share(lost, judged)].map(figure).join(""));
}
