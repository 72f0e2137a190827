import Papa from "papaparse";
import { columns, counting } from "./figures.mjs";

const decoder = new TextDecoder();
const rows = (bytes) => Papa.parse(decoder.decode(bytes), { skipEmptyLines: true }).data;

export default {
  "read-orders": (bytes) => () => ({ orders: rows(bytes).length - 1 }),
  figures: (bytes) => () => {
    const [header, ...rest] = rows(bytes);
    const count = counting(columns(header));
    for (const row of rest) count.add(row);
    return count.finish();
  },
};
