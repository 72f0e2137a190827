// `node run.mjs WHO WORK FILE SECONDS [BOOK]`: does a piece of work again and again for so long, and prints JSON of the milliseconds of
// each run, by the clock and of the processor, of what came out, and of the most memory that was used. Every contender gets the file's bytes in memory.
import { readFileSync } from "node:fs";

const [who, work, file, seconds, book] = process.argv.slice(2);
const bytes = new Uint8Array(readFileSync(file));
const { default: contender } = await import(`./${who}.mjs`);
const run = await contender[work](bytes, book);
const [times, cpu] = [[], []];
let result;
for (const start = performance.now(); times.length < 3 || performance.now() - start < seconds * 1000; ) {
  const [begun, used] = [performance.now(), process.cpuUsage()];
  result = await run();
  times.push(performance.now() - begun);
  const { user, system } = process.cpuUsage(used);
  cpu.push((user + system) / 1000);
}
console.log(JSON.stringify({ ms: times, cpu, result, rss: process.resourceUsage().maxRSS * 1024 }));
process.exit(0);
