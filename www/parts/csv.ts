/** Files that a spreadsheet takes for what they are. */
export type Cell = string | number | null;
/** The number of an order, which leaves the page only as the core masks it. */
export interface OrderNumber {
  order: string;
}

/** Quoted where it must be, never a formula; a tab keeps long digits from being rounded. */
function cell(value: Cell): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : /^\d{12,}$/.test(value) ? `\t${value}` : value;
  return /[",\t\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** With the mark, without which Excel takes UTF-8 for something else. */
export const toCsv = (rows: Cell[][]): string => `\ufeff${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;

export const saveCsv = (name: string, rows: Cell[][]): void => saveBlob(name, new Blob([toCsv(rows)], { type: "text/csv" }));

export function saveBlob(name: string, blob: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** A name but for its first and last character, as the core masks it. */
export function maskName(name: string): string {
  const letters = [...name];
  return `${letters.length > 1 ? letters[0] : ""}***${letters.length > 2 ? letters.at(-1) : ""}`;
}
