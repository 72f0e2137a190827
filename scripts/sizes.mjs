// Prints what the package weighs beside its budget, and fails when it grows beyond the ceiling. The package does not meet the
// budget yet; the ceiling, just above what it weighs, keeps it from growing until it does. 1 KB is 1000 bytes.
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const budget = { gzip: 320_000, brotli: 260_000 };
const ceiling = { gzip: 910_000, brotli: 724_000 };
const pkg = join(dirname(fileURLToPath(import.meta.url)), "..", "pkg");

const weigh = (bytes) => ({
  raw: bytes.length,
  gzip: gzipSync(bytes, { level: 9 }).length,
  brotli: brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length,
});
const rows = readdirSync(pkg)
  .filter((name) => /\.(wasm|js|mjs)$/.test(name))
  .map((name) => ({ name, ...weigh(readFileSync(join(pkg, name))) }))
  .sort((a, b) => b.raw - a.raw);
// Loaded when an archive or a workbook comes, and by nobody else.
const [later] = rows.splice(rows.findIndex(({ name }) => name === "unpack.mjs"), 1);
const total = { name: "total", raw: 0, gzip: 0, brotli: 0 };
for (const row of rows) for (const kind of ["raw", "gzip", "brotli"]) total[kind] += row[kind];

const kb = (n) => (n === undefined ? "" : (n / 1000).toFixed(1)).padStart(9);
console.log("KB".padEnd(18) + ["raw", "gzip", "brotli"].map((h) => h.padStart(9)).join(""));
for (const row of [...rows, total, { name: "budget", ...budget }, { name: "ceiling", ...ceiling }, { ...later, name: "on demand: unpack" }])
  console.log(row.name.padEnd(18) + kb(row.raw) + kb(row.gzip) + kb(row.brotli));

const over = Object.keys(ceiling).filter((kind) => total[kind] > ceiling[kind]);
if (over.length) {
  console.error(`sizes: above the ceiling in ${over.join(" and ")}`);
  process.exit(1);
}
