import { readFileSync } from "node:fs";
import { initSync } from "./huashu.js";
import { setLoaded } from "./api.mjs";

export { Book, HuashuError, Shop } from "./api.mjs";

initSync({ module: readFileSync(new URL("./huashu_bg.wasm", import.meta.url)) });
setLoaded();

export async function init() {}
