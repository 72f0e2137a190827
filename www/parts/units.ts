/** Values with their units, as the reader writes them. */
import { number, t } from "../i18n";
import type { Cell } from "./csv";

const unitNames: Record<string, string> = { yuan: "元", days: "天", seconds: "秒", items: "件", buyers: "人", orders: "单", conversations: "通" };

/** Its minus is none that a spreadsheet would begin a formula with. */
const signed = (value: number, digits: number): string => number(value, digits).replace("-", "−");

export const share = (value: number | null, digits = 1): string => (value === null ? "–" : `${signed(value * 100, digits)}%`);

export const count = (value: number | null, digits = 0): string => (value === null ? "–" : number(value, digits));

export const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

const digitsOf = (unit: string): number => (unit === "seconds" ? 1 : 2);

/** A value and its unit apart, for setting the unit smaller. */
export function withUnit(value: number, unit: string): [string, string] {
  if (unit === "ratio") return [share(value, 2).slice(0, -1), "%"];
  const text = signed(value, digitsOf(unit));
  return [text, t(unitNames[unit] ?? unit, text)];
}

/** The same for a file, in which numbers stay numbers. */
export function savedWithUnit(value: number | null, unit: string): [Cell, Cell] {
  if (value === null) return [null, null];
  return unit === "ratio" ? [share(value, 2), null] : [rounded(value, digitsOf(unit)), withUnit(value, unit)[1]];
}

/** `10-12 18:30` of a time, with the year where it is wanted. */
export const clock = (time: string | null): string => (time === null ? "–" : time.slice(0, 16).replace("T", " "));
