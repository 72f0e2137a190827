// Builds www/ into build/page: static files that run from any directory of any server.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { oneFile } from "./one-file.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

// The page takes the package as any host does, by its name and through its exports map.
const modules = join(root, "www/node_modules");
mkdirSync(modules, { recursive: true });
rmSync(join(modules, "huashu"), { recursive: true, force: true });
symlinkSync("../../pkg", join(modules, "huashu"), "junction");

await build({
  root: join(root, "www"),
  configFile: false,
  base: "./",
  logLevel: "warn",
  worker: { format: "es" },
  build: {
    outDir: join(root, "build/page"),
    emptyOutDir: true,
    target: "es2022",
    // data: addresses would need holes in the page's content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
// The service worker names every file of this build, the page itself as its directory.
const out = join(root, "build/page");
const files = readdirSync(out, { recursive: true }).filter((name) => statSync(join(out, name)).isFile()).sort();
const worker = readFileSync(join(root, "www/offline.js"), "utf8");
const hash = createHash("sha256").update(worker);
for (const name of files) hash.update(name).update(readFileSync(join(out, name)));
const page = { version: hash.digest("hex").slice(0, 16), files: ["./", ...files.filter((name) => name !== "index.html").map((name) => `./${name.replaceAll("\\", "/")}`)] };
writeFileSync(join(out, "offline.js"), `self.__page = ${JSON.stringify(page)};\n${worker}`);
await oneFile(join(out, "huashu.html"));
console.log("page: build/page; as one file build/page/huashu.html");
