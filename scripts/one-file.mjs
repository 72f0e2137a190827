// Builds the page once more as one HTML file that runs from a disk, build/page/huashu.html: styles, scripts, the worker with its wasm
// and the samples stand in it, and its content security policy names them by their hashes.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const www = join(root, "www");

/** One script of all that an entry imports; what it names as a file is written into it. */
async function bundle(entry, format, plugins = []) {
  const [{ output }] = await build({
    root: www,
    configFile: false,
    logLevel: "warn",
    plugins,
    // A classic script has none; what it is the base of are whole addresses by then.
    define: format === "iife" ? { "import.meta.url": "self.location.href" } : {},
    build: { write: false, target: "es2022", lib: { entry, formats: [format], name: "huashu" }, rollupOptions: { output: { codeSplitting: false } } },
  });
  const [{ code }] = output;
  return { code, styles: output.filter(({ fileName }) => fileName.endsWith(".css")).map(({ source }) => source) };
}

/** What `one-file/host.ts` imports, and the page's own host replaced by it. */
function parts(worker) {
  const folder = join(www, "public/sample");
  const samples = Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]));
  const icon = `data:image/svg+xml;base64,${readFileSync(join(www, "public/icon.svg")).toString("base64")}`;
  const made = Object.entries({ worker, samples, icon }).map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`);
  return {
    name: "one-file",
    enforce: "pre",
    resolveId: (id) => (id === "one-file:parts" ? "\0one-file:parts" : id === "./host" ? join(www, "one-file/host.ts") : null),
    load: (id) => (id === "\0one-file:parts" ? made.join("\n") : null),
  };
}

/** Within a page a script ends at the first `</script`; in a string that may be written otherwise. */
const inScript = (code) => code.replaceAll("</script", "<\\/script");
const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

export async function oneFile(out) {
  const worker = (await bundle(join(root, "pkg/worker.mjs"), "iife")).code;
  const page = await bundle(join(www, "main.tsx"), "es", [parts(worker)]);
  const script = inScript(page.code);
  const style = readFileSync(join(www, "style.css"), "utf8") + page.styles.join("\n");
  const policy =
    `default-src 'none'; script-src ${hash(script)} 'wasm-unsafe-eval'; worker-src blob:; style-src ${hash(style)}; img-src data:; ` +
    "connect-src data:; base-uri 'none'; form-action 'none'";
  // Functions, because a replacement text may hold `$&` and the like.
  const html = readFileSync(join(www, "index.html"), "utf8")
    .replace(/(Content-Security-Policy" content=")[^"]*/, (_, before) => before + policy)
    .replace(/ *<link rel="icon"[^>]*>\n/, "")
    .replace(/<link rel="stylesheet"[^>]*>/, () => `<style>${style}</style>`)
    .replace(/<script type="module"[^>]*>/, () => `<script type="module">${script}`);
  writeFileSync(out, html);
}
