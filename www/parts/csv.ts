/** Files to keep. */
import { toCsv } from "huashu/client";

export type Cell = string | number | null;
/** The number of an order, which leaves the page only as the core masks it. */
export interface OrderNumber {
  order: string;
}

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
