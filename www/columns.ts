/** Columns that the user matched, kept on this machine for files with the same headers. */
import type { ColumnMap } from "huashu/client";

const KEY = "columns";
/** The latest maps; older ones are forgotten. */
const MOST = 40;

type Kept = [headers: string, columns: ColumnMap][];

export const fields = [
  "order_id", "buyer", "created_at", "paid_at", "received_at", "state", "ordered_amount", "paid_amount", "refund_amount", "sku", "title", "quantity", "unit_price",
] as const satisfies (keyof ColumnMap)[];

const keyOf = (headers: readonly string[]): string => [...headers].sort().join("\t");

function kept(): Kept {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(value) ? (value as Kept) : [];
  } catch {
    return []; // no storage, or something else in it
  }
}

export function remembered(headers: readonly string[]): ColumnMap | null {
  const key = keyOf(headers);
  const columns = kept().find((entry) => Array.isArray(entry) && entry[0] === key)?.[1];
  return columns ? only(columns) : null;
}

/** Null forgets. */
export function remember(headers: readonly string[], columns: ColumnMap | null): void {
  const key = keyOf(headers);
  const others = kept().filter((entry) => entry[0] !== key);
  try {
    localStorage.setItem(KEY, JSON.stringify(columns ? [[key, columns], ...others].slice(0, MOST) : others));
  } catch {
    // the columns then last as long as the page
  }
}

/** The known fields of a map; throws where it is none. */
export function only(value: unknown): ColumnMap {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("not a map");
  const map = value as Record<string, unknown>;
  return Object.fromEntries(fields.flatMap((field) => (typeof map[field] === "string" && map[field] ? [[field, map[field]]] : [])));
}
