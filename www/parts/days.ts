/** Days as `2026-01-31`. */
import type { Period } from "huashu/client";

const DAY = 86_400_000;
const text = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** The usual periods, looking back from the last day of the data: the clock of the machine says nothing about it. */
export function spans(last: string): [string, Period][] {
  const end = Date.parse(last);
  const month = last.slice(0, 8) + "01";
  const before = text(Date.parse(month) - DAY);
  return [
    ["最近 7 天", { from: text(end - 6 * DAY), to: last }],
    ["最近 30 天", { from: text(end - 29 * DAY), to: last }],
    ["当月", { from: month, to: last }],
    ["上月", { from: before.slice(0, 8) + "01", to: before }],
  ];
}

/** The days that several periods `2026-01-01..2026-01-31` reach over. */
export function reach(periods: (string | null)[]): Period | null {
  const ends = periods.flatMap((period) => period?.split("..") ?? []).sort();
  const [from, to] = [ends[0], ends.at(-1)];
  return from !== undefined && to !== undefined ? { from, to } : null;
}
