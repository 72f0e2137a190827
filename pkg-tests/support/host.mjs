// The project that `make test` installed the packed package into, and what the tests do in it.
import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the checkout. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

/** The host project's directory. */
export const host = process.env.HUASHU_HOST;
if (!host) throw new Error("run these tests with `make test`: they need the packed package");

/** The package as the host has it. */
export const installed = join(host, "node_modules/huashu");

/** Runs a program and resolves to what came of it, whatever its exit code. */
export const run = (command, args, { input, ...options } = {}) =>
  new Promise((done) => {
    const child = execFile(command, args, { cwd: host, maxBuffer: 1 << 28, ...options }, (error, stdout, stderr) =>
      done({ code: error ? (error.code ?? 1) : 0, stdout, stderr }),
    );
    child.stdin.on("error", () => {}); // a program that ends without reading
    child.stdin.end(input);
  });

/** Runs the host's `huashu` command line; a run lives for a moment: optimizing its wasm costs more than it gains. */
export const huashu = (args, options) => run(process.execPath, ["--liftoff-only", join(host, "node_modules/.bin/huashu"), ...args], options);
