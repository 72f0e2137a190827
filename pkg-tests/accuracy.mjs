// How well the signals of the standard book find what readers found: precision, recall and F1 per signal against
// hand-labelled chats, beside the F1 of two readers against each other. The chats are not part of the project;
// HUASHU_DATA names their directory.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const labels = join(process.env.HUASHU_DATA ?? join(root, "../shared/data"), "labels");
const file = join(labels, "dev.jsonl");
if (!existsSync(file)) {
  console.log(`skipped: no ${file}; HUASHU_DATA names the directory of the labelled chats`);
  process.exit(0);
}
/** Signals with fewer cases say little and stay out of the mean. */
const ENOUGH = 20;

const jsonLines = (text) => text.split("\n").filter(Boolean).map((line) => JSON.parse(line));
const found = new Map(
  jsonLines(
    execFileSync(process.execPath, [join(root, "pkg/cli.mjs"), "signals", file], { encoding: "utf8", maxBuffer: 1 << 28 }),
  ).map(({ id, signals }) => [id, signals]),
);
const readers = JSON.parse(readFileSync(join(labels, "agreement.json"), "utf8")).signals;

const counts = new Map();
const count = (signal, what) => {
  if (!counts.has(signal)) counts.set(signal, { hit: 0, noise: 0, missed: 0 });
  counts.get(signal)[what]++;
};
const known = new Set();
const dialogues = jsonLines(readFileSync(file, "utf8"));
for (const { messages } of dialogues) for (const { tags } of messages) for (const tag of tags) known.add(tag);
for (const { id, messages } of dialogues) {
  const signals = found.get(id);
  if (!signals) throw new Error(`the dialogue ${id} did not come back`);
  messages.forEach(({ tags }, at) => {
    // The book may define more signals than were labelled.
    const ours = (signals[at] ?? []).filter((signal) => known.has(signal));
    for (const signal of ours) count(signal, tags.includes(signal) ? "hit" : "noise");
    for (const tag of tags) if (!ours.includes(tag)) count(tag, "missed");
  });
}

const share = (part, whole) => (whole ? part / whole : NaN);
const rows = [...counts]
  .map(([signal, { hit, noise, missed }]) => ({
    signal,
    cases: hit + missed,
    found: hit + noise,
    precision: share(hit, hit + noise),
    recall: share(hit, hit + missed),
    f1: share(2 * hit, 2 * hit + noise + missed),
  }))
  .sort((a, b) => b.cases - a.cases);
const figure = (value) => (value === undefined || Number.isNaN(value) ? "–" : value.toFixed(2)).padStart(10);
console.log("signal".padEnd(14) + ["cases", "found", "precision", "recall", "F1", "readers"].map((h) => h.padStart(10)).join(""));
for (const { signal, cases, found, precision, recall, f1 } of rows)
  console.log(
    signal.padEnd(14) + String(cases).padStart(10) + String(found).padStart(10) + figure(precision) + figure(recall) + figure(f1) +
      figure(readers[signal]?.f1),
  );
const counted = rows.filter(({ cases }) => cases >= ENOUGH);
const macro = counted.reduce((sum, { f1 }) => sum + f1, 0) / counted.length;
console.log(`macro F1 ${macro.toFixed(3)} over the ${counted.length} signals with at least ${ENOUGH} cases, in ${dialogues.length} dialogues`);
