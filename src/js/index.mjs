import start from "./huashu.js";
import { HuashuError, setLoaded } from "./api.mjs";

export { Book, HuashuError, Shop } from "./api.mjs";

let loading;

async function load(wasm) {
  try {
    // Bundlers know this form and take the file along.
    await start({ module_or_path: (await wasm) ?? new URL("./huashu_bg.wasm", import.meta.url) });
    setLoaded();
  } catch (cause) {
    loading = undefined;
    const message = `载入 huashu_bg.wasm 失败 / huashu_bg.wasm did not load: ${cause?.message ?? cause}`;
    throw new HuashuError({ code: "not-loaded", message, cause });
  }
}

export function init(wasm) {
  return (loading ??= load(wasm));
}
