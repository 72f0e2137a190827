// Rows as a file that a spreadsheet takes for what it is.

/** Quoted where it must be, never a formula, and no number that loses its end: what csv.rs gives a leading `'` or a tab gets one here. */
function cell(value) {
  if (value === null || value === undefined) return "";
  if (typeof value !== "string") return String(value);
  const safe = /^[=+\-@\t\r\n＝＋－＠]/.test(value) ? `'${value}` : /^\d{12,}$/.test(value) ? `\t${value}` : value;
  return /[",\t\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** With the mark, without which Excel takes UTF-8 for something else. */
export const toCsv = (rows) => `\ufeff${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
