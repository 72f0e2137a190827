// `make bench`: what we do beside the usual ways to do it, on the same made-up bytes in the same run. Every contender runs in a
// process of its own, one after another and in several rounds; figures are medians. What is done in a second is of the processor's time, which a
// busy machine changes less than the clock's; it adds the threads of those who use several (polars, and the collectors of JavaScript). `bench.mjs reading`,
// `figures` or `signals` runs one part only.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Book, Shop } from "../../pkg/node.mjs";
import { book, lists, wordsOf } from "./book.mjs";
import { chats, orders, wideOrders } from "./data.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const desk = join(here, "../../build/bench");
mkdirSync(desk, { recursive: true });
const wanted = process.argv.slice(2);
const python = process.env.PYTHON ?? "python3";
const native = process.env.BENCH_NATIVE;

function made(name, data) {
  const path = join(desk, name);
  writeFileSync(path, data);
  return path;
}
/** The first half of the runs is left out: until then engines still compile, which `first` tells. */
const later = (list) => list.slice(list.length >> 1);
/** Of the processor's time: some systems count it in steps of milliseconds, so that single runs say nothing. */
const mean = (list) => list.reduce((sum, value) => sum + value, 0) / list.length;
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];

const js = (who, ...args) => [process.execPath, ["--max-old-space-size=4096", join(here, "run.mjs"), who, ...args]];
const commands = {
  native: (...args) => [native, args],
  wasm: (...args) => js("ours", ...args),
  "csv-core, native": (...args) => [native, args],
  "csv-core, wasm": (...args) => js("bare", ...args),
  PapaParse: (...args) => js("papaparse", ...args),
  uDSV: (...args) => js("udsv", ...args),
  "DuckDB-wasm": (...args) => js("duckdb", ...args),
  pandas: (...args) => [python, [join(here, "frames.py"), "pandas", ...args]],
  polars: (...args) => [python, [join(here, "frames.py"), "polars", ...args]],
  "automaton, native": (...args) => [native, args],
  "automaton, wasm": (...args) => js("bare", ...args),
  "RegExp per rule": (_, ...args) => js("regexps", "each", ...args),
  "one RegExp": (_, ...args) => js("regexps", "one", ...args),
};

/** Runs each contender in so many rounds; those that cannot run are left out, with a word about it. */
function race(rounds, seconds, entries) {
  const found = new Map(entries.map(([name]) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, work, file, given] of entries) {
      if (!found.has(name)) continue;
      const [command, args] = commands[name](work, file, String(seconds), ...(given ? [given] : []));
      const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", maxBuffer: 1 << 26 });
      if (status === 0) {
        found.get(name).push(JSON.parse(stdout));
      } else {
        console.log(`  ${name}: left out (${status === 3 || status === null ? "not installed" : stderr.trim().split("\n").at(-1)})`);
        found.delete(name);
      }
    }
  }
  return new Map([...found].map(([name, runs]) => [name, { first: median(runs.map((run) => run.ms[0])), ms: median(runs.map((run) => median(later(run.ms)))), cpu: median(runs.map((run) => mean(later(run.cpu)))), rss: median(runs.map((run) => run.rss)), result: runs[0].result }]));
}

/** What has to be the same came out the same. */
function agree(results, about) {
  const [first, ...rest] = results.values();
  for (const { result } of rest) {
    for (const [key, value] of Object.entries(first.result)) {
      if (!(Math.abs(result[key] - value) <= 1e-6 * Math.abs(value))) throw new Error(`${about}: ${key} is ${result[key]} and ${value}`);
    }
  }
}
const row = (name, ...cells) => console.log(`  ${name.padEnd(20)}${cells.map((cell) => String(cell).padStart(12)).join("")}`);
const fixed = (value, digits = 0) => value.toFixed(digits);
const mb = (bytes) => fixed(bytes / 1e6);

const parts = {
  reading() {
    const talk = made("chats-20000.txt", chats(20_000));
    for (const [what, table] of [
      ["100,000 orders of 9 columns", made("orders-100000.csv", orders(100_000))],
      ["60,000 orders of 46 quoted columns", made("orders-wide.csv", wideOrders(60_000))],
    ]) {
      const size = statSync(table).size;
      console.log(`\nReading ${what}, ${mb(size)} MB: to typed columns (ours), to arrays of strings (PapaParse, uDSV), to a table (DuckDB), to nothing (csv-core)`);
      row("", "MB/CPU-s", "ms", "MB memory");
      const results = race(3, 1.5, [
        ...["native", "wasm", "PapaParse", "uDSV", "DuckDB-wasm"].map((name) => [name, "read-orders", table]),
        ...["csv-core, native", "csv-core, wasm"].map((name) => [name, "bare-csv", table]),
      ]);
      for (const [name, { ms, cpu, rss }] of results) row(name, fixed(size / cpu / 1e3), fixed(ms), mb(rss));
      agree(new Map([...results].filter(([name]) => !name.startsWith("csv-core"))), "reading");
    }
    const large = statSync(talk).size;
    console.log(`\nReading 20,000 conversations of 12 messages, ${mb(large)} MB`);
    row("", "MB/CPU-s", "ms", "MB memory");
    for (const [name, { ms, cpu, rss }] of race(2, 0.7, [["native", "read-chats", talk], ["wasm", "read-chats", talk]])) row(name, fixed(large / cpu / 1e3), fixed(ms), mb(rss));
  },
  figures() {
    for (const [count, rounds, seconds] of [[10_000, 3, 1], [100_000, 2, 2], [1_000_000, 1, 0]]) {
      const table = made(`orders-${count}.csv`, orders(count));
      console.log(`\nFrom the bytes of ${count.toLocaleString("en")} orders (${mb(statSync(table).size)} MB) to orders, buyers, sales, repurchase rate and cycle; ours to all figures`);
      row("", "per CPU-s", "CPU ms", "ms", "first ms", "MB memory");
      const all = ["native", "wasm", "PapaParse", "uDSV", "DuckDB-wasm", "pandas", "polars"];
      const results = race(rounds, seconds, [...all.map((name) => [name, "figures", table]), ["csv-core, wasm", "bare-csv", table]]);
      for (const [name, { first, ms, cpu, rss }] of results) row(name, name.startsWith("csv") ? "" : fixed((count / cpu) * 1e3), fixed(cpu), fixed(ms), fixed(first), mb(rss));
      agree(new Map([...results].filter(([name]) => !name.startsWith("csv-core"))), "figures");
    }
  },
  async signals() {
    const words = wordsOf(Book.standardText());
    const talk = made("words-1000.txt", chats(1_000, words));
    const messages = 12_000;
    const { messages: read } = await new Shop().addChats("chats.txt", readFileSync(talk));
    if (read !== messages) throw new Error(`read ${read} messages of ${messages}`);
    const speed = (results) => {
      for (const [name, { ms, cpu, rss }] of results) row(name, fixed((messages / cpu) * 1e3), fixed(ms), mb(rss));
    };
    console.log(`\nSignals of ${messages.toLocaleString("en")} messages, found and written; check: rules, scores, evidence and report as well`);
    row("", "per CPU-s", "ms", "MB memory");
    const standard = race(3, 0.5, [["native", "signals", talk], ["wasm", "signals", talk]]);
    agree(standard, "signals");
    speed(standard);
    speed(new Map([...race(2, 0.5, [["wasm", "check", talk]])].map(([, found]) => ["wasm, check", found])));
    for (const count of [30, 200, 1_000]) {
      const drawn = lists(words, count);
      const toml = made(`book-${count}.toml`, book(drawn));
      const list = made(`book-${count}.json`, JSON.stringify(drawn));
      const plain = made(`book-${count}.txt`, [...new Set(drawn.flat())].join("\n"));
      console.log(`\nA book of ${count} rules and ${count * 4} words, on the same messages`);
      row("", "per CPU-s", "ms", "MB memory");
      const results = race(2, 0.3, [
        ["native", "signals", talk, toml], ["wasm", "signals", talk, toml], ["RegExp per rule", "", talk, list], ["one RegExp", "", talk, list],
        ["automaton, native", "bare-words", talk, plain], ["automaton, wasm", "bare-words", talk, plain],
      ]);
      speed(results);
      agree(new Map([...results].filter(([name]) => !name.startsWith("automaton"))), `a book of ${count} rules`);
    }
  },
};

const version = spawnSync(python, ["--version"], { encoding: "utf8" }).stdout?.trim();
console.log(`${cpus()[0]?.model}, ${availableParallelism()} cores; node ${process.version}; ${version ?? "no python"}; load ${fixed(loadavg()[0], 1)} at the start`);
for (const [name, part] of Object.entries(parts)) if (!wanted.length || wanted.includes(name)) await part();
console.log(`\nload ${fixed(loadavg()[0], 1)} at the end`);
