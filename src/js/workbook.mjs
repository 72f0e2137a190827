// The first sheet of a workbook that holds anything, as CSV: row N of the sheet is line N. Formulas are never computed; what they
// came to when the workbook was saved stands beside them.
import { unzipSync } from "fflate";
import { streamXlsxRows } from "hucre/xlsx";

/** What a workbook or an archive may hold, unpacked: more is no export, and may be made to fill the memory. */
export const MOST_BYTES = 2 ** 31;
/** The texts that cells share are all in memory. */
const MOST_SHARED = 2 ** 29;
const MOST_ROWS = 1_048_576;
const BATCH = 1 << 18;
const encoder = new TextEncoder();
const two = (n) => String(n).padStart(2, "0");

/** A..Z, AA…: as the sheet shows it. */
function letters(column) {
  const rest = Math.floor(column / 26);
  return (rest ? letters(rest - 1) : "") + String.fromCharCode(65 + (column % 26));
}

/** A day, a time of day, or both; Excel counts in days, so that the seconds have to be rounded. */
function date(value) {
  const at = new Date(Math.round(value.getTime() / 1000) * 1000);
  const time = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
  const year = at.getUTCFullYear();
  return year < 1901 ? time : `${year}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())} ${time}`;
}

/** As it was typed: Excel keeps 15 digits, and what a file shows beyond them comes from its halves, quarters, eighths. */
function number(value) {
  if (Number.isInteger(value)) return Math.abs(value) < 1e21 ? BigInt(value).toString() : String(value);
  return String(Number(value.toPrecision(15)));
}
const lacksDigits = (value) => Number.isInteger(value) && Math.abs(value) >= 1e15 && (!Number.isSafeInteger(value) || value % 10 === 0);

/** The names of the sheets in their order; of hidden ones undefined. */
function sheets(bytes, tooLarge) {
  let size = 0;
  const parts = unzipSync(bytes, {
    filter({ name, originalSize }) {
      size += originalSize;
      if (size > MOST_BYTES || (/sharedStrings\.xml$/i.test(name) && originalSize > MOST_SHARED)) throw tooLarge();
      return name === "xl/workbook.xml" && originalSize < 1 << 24;
    },
  });
  const xml = new TextDecoder().decode(parts["xl/workbook.xml"]);
  const entities = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
  const plain = (text) => text.replace(/&(\w+);/g, (whole, name) => entities[name] ?? whole);
  const found = [...xml.matchAll(/<(?:\w+:)?sheet\s[^>]*>/g)].map(([tag]) => (/\sstate="(hidden|veryHidden)"/.test(tag) ? undefined : plain(tag.match(/\sname="([^"]*)"/)?.[1] ?? "")));
  return found.length ? found : [""];
}

/** Reads it, and tells `complain` of sheets left aside and of numbers that have lost digits. `breaks` stands for line ends within cells. */
export async function workbook(bytes, { signal, breaks, tooLarge }, push, complain) {
  const names = sheets(bytes, tooLarge);
  const lost = new Map();
  let text = "";
  const flush = () => {
    if (text) push(encoder.encode(text));
    text = "";
  };
  let line = 0;
  let read;
  let width = 0;
  const cell = (value, column) => {
    if (value === null) return "";
    if (value instanceof Date) return date(value);
    if (typeof value === "number") {
      if (lacksDigits(value)) {
        const known = lost.get(column);
        if (known) known.count++;
        else lost.set(column, { line, count: 1 });
      }
      return number(value);
    }
    const plain = String(value).replace(/\r\n|[\r\n]/g, breaks);
    return /[",\t]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
  };
  try {
    for (let at = 0; at < names.length && read === undefined; at++) {
      if (names[at] === undefined) continue;
      for await (const { index, values } of streamXlsxRows(bytes, { sheet: at })) {
        signal?.throwIfAborted();
        while (values.length && (values.at(-1) === null || values.at(-1) === "")) values.pop();
        if (!values.length) continue;
        if (index >= MOST_ROWS) throw new RangeError("a row beyond the last one");
        read ??= at;
        if (index > line) text += "\n".repeat(index - line);
        line = Math.max(index, line) + 1;
        // Cells at the end of a row that are empty are not in the file.
        width = Math.max(width, values.length);
        text += `${values.map(cell).join(",")}${",".repeat(width - values.length)}\n`;
        if (text.length > BATCH) flush();
      }
    }
  } catch (error) {
    throw Object.assign(error, { line });
  } finally {
    flush();
    for (const [column, { line, count }] of lost) {
      const where = `${letters(column)}${line}`;
      complain({
        code: "lost-digits", line, column: column + 1,
        message: `单元格 ${where} 起有 ${count} 个超过 15 位的数字，Excel 已把后面的位数变成 0，不同的订单编号会因此相同、并成一单：请重新导出，把这一列设为文本 / numbers of more than 15 digits from cell ${where} on: ${count}; Excel has turned their last digits into 0, so that different order numbers become one: export them again as text`,
      });
    }
    const others = names.filter((name, at) => name !== undefined && at !== read);
    if (read !== undefined && others.length) {
      const list = others.slice(0, 20).join("、");
      complain({
        code: "other-sheets", line: null, column: null,
        message: `只读了工作表“${names[read]}”，没有读：${list} / only the sheet “${names[read]}” was read, not: ${list}`,
      });
    }
  }
}
