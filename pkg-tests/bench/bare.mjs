// The bare passes in wasm: csv-core over all fields, an automaton over all words.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { fields, Words } = createRequire(import.meta.url)("../../build/bench/wasm/huashu_bench.js");

export default {
  "bare-csv": (bytes) => () => ({ fields: fields(bytes) }),
  "bare-words"(bytes, list) {
    const words = new Words(readFileSync(list, "utf8"));
    return () => ({ hits: words.count(bytes) });
  },
};
