// Builds www/ into build/page: static files that run from any directory of any server.
import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

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
console.log("page: build/page");
