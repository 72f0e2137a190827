// Puts pkg/ together: the wasm and its glue, src/js as it stands but for its comments, package.json, README and licences.
// The files of src/js import the glue as './huashu.js', which lies beside them only here.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, minifySync } from "vite";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const pkg = join(root, "pkg");

const metadata = JSON.parse(
  execFileSync("cargo", ["metadata", "--no-deps", "--format-version", "1"], { cwd: root, encoding: "utf8" }),
);
const crate = metadata.packages.find((p) => p.name === "huashu");

rmSync(pkg, { recursive: true, force: true });
mkdirSync(pkg);
/** Comments are for those who work on the sources: they would be an eighth of what the scripts weigh. Names and lines stay, for stack traces that can be read. */
const plain = { mangle: false, compress: false, codegen: { removeWhitespace: false } };
function copy(from, name) {
  const to = join(pkg, name);
  cpSync(join(root, from, name), to);
  if (/(?<!\.d)\.m?js$/.test(name)) writeFileSync(to, minifySync(name, readFileSync(to, "utf8"), plain).code);
}
for (const name of ["huashu.js", "huashu_bg.wasm"]) copy("build/wasm", name);
// What reads archives and workbooks comes with its libraries as one file, so that neither a page nor node has to find them.
const bundled = ["unpack.mjs", "workbook.mjs"];
for (const name of readdirSync(join(root, "src/js"))) if (!bundled.includes(name)) copy("src/js", name);
await build({
  root,
  configFile: false,
  logLevel: "warn",
  build: {
    outDir: pkg,
    emptyOutDir: false,
    copyPublicDir: false,
    target: "es2022",
    lib: { entry: join(root, "src/js/unpack.mjs"), formats: ["es"], fileName: () => "unpack.mjs" },
    rollupOptions: {
      external: (id) => ["decode.mjs", "error.mjs"].includes(basename(id)),
      output: { paths: (id) => `./${basename(id)}`, minify: true },
    },
  },
});
const licences = ["fflate", "hucre"].map((name) => {
  const { version } = JSON.parse(readFileSync(join(root, "node_modules", name, "package.json"), "utf8"));
  return `${name} ${version}\n\n${readFileSync(join(root, "node_modules", name, "LICENSE"), "utf8").trim()}\n`;
});
writeFileSync(join(pkg, "LICENSE-unpack"), `unpack.mjs contains:\n\n${licences.join("\n\n")}`);
for (const name of readdirSync(root)) if (/^(README\.md|LICENSE.*)$/.test(name)) copy(".", name);

/** An entry of the exports map; `types` stands first, because resolvers take the first that fits. */
const entry = (name, node) => ({ types: `./${name}.d.mts`, ...(node && { node: `./${node}.mjs` }), default: `./${name}.mjs` });
const manifest = {
  name: crate.name,
  version: crate.version,
  description: crate.description,
  keywords: crate.keywords,
  license: crate.license,
  type: "module",
  // Modules that are imported for what they do, not for what they export.
  sideEffects: ["./cli.mjs", "./node.mjs", "./worker.mjs"],
  engines: { node: ">=20.19" },
  bin: { huashu: "./cli.mjs" },
  exports: {
    ".": entry("index", "node"),
    "./client": entry("client"),
    "./worker": "./worker.mjs",
    "./huashu_bg.wasm": "./huashu_bg.wasm",
    "./package.json": "./package.json",
  },
  files: readdirSync(pkg).sort(),
};
writeFileSync(join(pkg, "package.json"), JSON.stringify(manifest, null, 2) + "\n");

const leaves = (value) => (typeof value === "string" ? [value] : Object.values(value).flatMap(leaves));
const missing = leaves([manifest.bin, manifest.exports]).filter((name) => !existsSync(join(pkg, name)));
if (missing.length) {
  console.error(`package: src/js lacks ${missing.join(", ")}`);
  process.exit(1);
}
