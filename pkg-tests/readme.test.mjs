// What the README shows is what a reader gets: its commands are run and their output compared, its modules and its rule too.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { before, test } from "node:test";
import { host, huashu, root, run } from "./support/host.mjs";

const readme = readFileSync(join(root, "README.md"), "utf8");
const blocks = (language) => [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"))].map((match) => match[1]);

let desk;
before(() => {
  desk = mkdtempSync(join(host, "readme-"));
  cpSync(join(root, "www/public/sample"), desk, { recursive: true });
  symlinkSync(join(host, "node_modules"), join(desk, "node_modules"));
});

test("every command prints what the README says", async () => {
  const shown = blocks("console").flatMap((block) => block.split(/^\$ /m).slice(1));
  assert.ok(shown.length >= 3, "the README shows the command line at work");
  const env = { ...process.env, PATH: join(host, "node_modules/.bin") + delimiter + process.env.PATH };
  for (const part of shown) {
    const [command, ...output] = part.trimEnd().split("\n");
    const { stdout, stderr } = await run("sh", ["-c", command], { cwd: desk, env });
    assert.equal((stdout + stderr).trimEnd(), output.join("\n"), command);
  }
});

test("every module runs and says what its comments say", async () => {
  const modules = blocks("js");
  assert.ok(modules.length >= 1);
  for (const [index, code] of modules.entries()) {
    const file = join(desk, `readme-${index}.mjs`);
    writeFileSync(file, code);
    const { code: exit, stdout, stderr } = await run(process.execPath, [file], { cwd: desk });
    assert.equal(exit, 0, stderr);
    const said = [...code.matchAll(/console\.log\(.*\); +\/\/ (.*)$/gm)].map((match) => match[1]);
    assert.deepEqual(stdout.trimEnd().split("\n"), said);
  }
});

test("the rule that it teaches loads", async () => {
  const books = blocks("toml");
  assert.ok(books.length >= 1);
  for (const [index, book] of books.entries()) {
    const file = join(desk, `book-${index}.toml`);
    writeFileSync(file, book);
    const { code, stdout, stderr } = await huashu(["book", "check", file]);
    assert.equal(code, 0, stdout + stderr);
  }
});
