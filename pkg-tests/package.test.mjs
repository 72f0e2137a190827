// The packed package as other people's tools see it: its files, its exports map, its types.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { host, installed, root, run } from "./support/host.mjs";

const manifest = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));

test("the tarball carries what the manifest lists, and nothing else", () => {
  assert.deepEqual(readdirSync(installed).sort(), [...manifest.files, "package.json"].sort());
  for (const name of ["README.md", "LICENSE-MIT", "LICENSE-APACHE"]) assert.ok(manifest.files.includes(name), name);
});

test("the manifest asks for nothing from the network", () => {
  assert.equal(manifest.dependencies, undefined);
  assert.equal(manifest.scripts, undefined);
});

test("the version is the crate's", () => {
  const cargo = readFileSync(join(root, "Cargo.toml"), "utf8");
  assert.equal(manifest.version, cargo.match(/^version = "(.*)"$/m)[1]);
});

test("every export resolves in node to a file", async () => {
  for (const name of Object.keys(manifest.exports)) {
    const script = `console.log(import.meta.resolve(${JSON.stringify(join("huashu", name))}))`;
    const { stdout, stderr } = await run(process.execPath, ["--input-type=module", "-e", script]);
    assert.ok(stdout && existsSync(new URL(stdout.trim())), `${name}: ${stdout}${stderr}`);
  }
});

test("publint finds nothing to say", async () => {
  const { messages } = await publint({ pkgDir: installed, pack: false, strict: true });
  assert.deepEqual(messages.map((m) => formatMessage(m, manifest, { color: false })), []);
});

test("the types resolve under node and bundlers", async () => {
  const tarball = readdirSync(host).find((name) => name.endsWith(".tgz"));
  const attw = join(root, "node_modules/@arethetypeswrong/cli/dist/index.js");
  const entrypoints = Object.keys(manifest.exports).filter((name) => manifest.exports[name].types);
  const { code, stdout, stderr } = await run(process.execPath, [
    attw, tarball, "--profile", "esm-only", "--format", "ascii", "--no-color", "--entrypoints", ...entrypoints,
  ]);
  assert.equal(code, 0, stdout + stderr);
});
