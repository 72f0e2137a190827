// Rows as a file that a spreadsheet takes for what it is.

/** A text on one line, without what moves a terminal's cursor or colours it: words.rs does the same. */
export const plain = (text) => text.replace(/\p{Cc}/gu, " ");

/** Quoted where it must be, never a formula, and no number that loses its end: what csv.rs gives a leading `'` or a tab gets one here. */
function cell(value) {
  if (value === null || value === undefined) return "";
  if (typeof value !== "string") return String(value);
  const text = plain(value);
  const safe = /^[=+\-@\t\r\n＝＋－＠]/.test(value) ? `'${text}` : /^\d{12,}$/.test(text) ? `\t${text}` : text;
  return /[",\t\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** With the mark, without which Excel takes UTF-8 for something else. */
export const toCsv = (rows) => `\ufeff${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
