// Rows as a file that a spreadsheet takes for what it is.

/** Quoted where it must be, and never a formula: the cells that csv.rs gives a leading `'` get one here. */
function cell(value) {
  if (value === null || value === undefined) return "";
  if (typeof value !== "string") return String(value);
  const safe = /^[=+\-@\t\r\n＝＋－＠]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** With the mark, without which Excel takes UTF-8 for something else. */
export const toCsv = (rows) => `\ufeff${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
