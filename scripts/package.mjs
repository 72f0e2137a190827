// Puts pkg/ together: the wasm and its glue, src/js as it stands, package.json, README and licences.
// The files of src/js import the glue as './huashu.js', which lies beside them only here.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const pkg = join(root, "pkg");

const metadata = JSON.parse(
  execFileSync("cargo", ["metadata", "--no-deps", "--format-version", "1"], { cwd: root, encoding: "utf8" }),
);
const crate = metadata.packages.find((p) => p.name === "huashu");

rmSync(pkg, { recursive: true, force: true });
mkdirSync(pkg);
const copy = (from, name) => cpSync(join(root, from, name), join(pkg, name));
for (const name of ["huashu.js", "huashu_bg.wasm"]) copy("build/wasm", name);
for (const name of readdirSync(join(root, "src/js"))) copy("src/js", name);
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
