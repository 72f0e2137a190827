import { inferSchema, initParser } from "udsv";
import { columns, counting } from "./figures.mjs";

const decoder = new TextDecoder();
function rows(bytes) {
  const text = decoder.decode(bytes);
  const schema = inferSchema(text);
  return { names: schema.cols.map((column) => column.name), rows: initParser(schema).stringArrs(text) };
}

export default {
  "read-orders": (bytes) => () => ({ orders: rows(bytes).rows.length }),
  figures: (bytes) => () => {
    const { names, rows: all } = rows(bytes);
    const count = counting(columns(names));
    for (const row of all) count.add(row);
    return count.finish();
  },
};
