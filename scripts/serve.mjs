// A static server for this machine alone: `node scripts/serve.mjs DIRECTORY [PORT]`; the tests use serve() too.
import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".jsonl": "application/jsonl; charset=utf-8",
  ".csv": "text/csv; charset=utf-8",
  ".toml": "application/toml; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".md": "text/markdown; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
};

/** The file that a request means, or undefined outside the directory. */
function find(directory, url) {
  let path;
  try {
    path = resolve(directory, "." + decodeURIComponent(new URL(url, "http://localhost").pathname));
  } catch {
    return undefined;
  }
  if (path !== directory && !path.startsWith(directory + sep)) return undefined;
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory()) return find(path, "/index.html");
  return stat?.isFile() ? { path, size: stat.size } : undefined;
}

/** Serves a directory on the loopback address and resolves to its `url` and a `close` function; port 0 takes a free one. */
export async function serve(directory, port = 0) {
  const base = resolve(directory);
  const server = createServer((request, response) => {
    const file = ["GET", "HEAD"].includes(request.method) && find(base, request.url);
    if (!file) return response.writeHead(404, { "content-type": "text/plain" }).end("not found\n");
    response.writeHead(200, {
      "content-type": types[extname(file.path)] ?? "application/octet-stream",
      "content-length": file.size,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    });
    if (request.method === "HEAD") return response.end();
    createReadStream(file.path).on("error", () => response.destroy()).pipe(response);
  });
  await new Promise((done, failed) => server.once("error", failed).listen(port, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close: () => new Promise((done) => (server.close(done), server.closeAllConnections())),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [directory, port] = process.argv.slice(2);
  const taken = (error) => {
    if (error.code !== "EADDRINUSE" || port) throw error;
    return serve(directory);
  };
  try {
    console.log(`The page is at ${(await serve(directory, Number(port ?? 8080)).catch(taken)).url} (Ctrl-C ends it)`);
  } catch (error) {
    console.error(`serve: ${error.message}; name another port: make run PORT=8081`);
    process.exit(1);
  }
}
