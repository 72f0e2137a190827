/** Values with their units, as the reader writes them. */
import { number, t } from "../i18n";

const unitNames: Record<string, string> = { yuan: "元", days: "天", seconds: "秒", items: "件", buyers: "人", orders: "单", conversations: "通" };

export const share = (value: number | null, digits = 1): string => (value === null ? "–" : `${number(value * 100, digits)}%`);

export const count = (value: number | null, digits = 0): string => (value === null ? "–" : number(value, digits));

/** A value and its unit apart, for setting the unit smaller. */
export function withUnit(value: number, unit: string): [string, string] {
  if (unit === "ratio") return [number(value * 100), "%"];
  return [number(value), t(unitNames[unit] ?? unit, number(value))];
}

/** `10-12 18:30` of a time, with the year where it is wanted. */
export const clock = (time: string | null): string => (time === null ? "–" : time.slice(0, 16).replace("T", " "));
