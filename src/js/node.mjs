import { closeSync, fstatSync, openSync, ReadStream, readFileSync, readSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { initSync } from "./huashu.js";
import { setLoaded } from "./api.mjs";
import { openers } from "./source.mjs";

export { Book, HuashuError, Shop } from "./api.mjs";

initSync({ module: readFileSync(new URL("./huashu_bg.wasm", import.meta.url)) });
setLoaded();

export async function init() {}

// A stream of a whole file can be had again from the file, as long as that stays what it was.
openers.push((data) => {
  if (!(data instanceof ReadStream) || typeof data.path !== "string" || data.start || data.end !== Infinity || data.bytesRead || data.readableEncoding) return undefined;
  const path = resolve(data.path);
  const was = statSync(path, { throwIfNoEntry: false });
  if (!was?.isFile()) return undefined;
  return {
    read(from, to) {
      const file = openSync(path);
      try {
        const is = fstatSync(file);
        if (is.size !== was.size || is.mtimeMs !== was.mtimeMs) throw new Error("changed");
        const bytes = new Uint8Array(Math.min(to, is.size) - from);
        for (let done = 0, more; done < bytes.length; done += more) {
          more = readSync(file, bytes, done, bytes.length - done, from + done);
          if (!more) break;
        }
        return bytes;
      } finally {
        closeSync(file);
      }
    },
  };
});
