/** What is said beside a figure, in words, and all figures as a file. */
import type { Metric } from "huashu/client";
import { half, halves, number, reason, t, titled } from "../i18n";
import { figures } from "../store";
import type { Column } from "./table";
import { savedWithUnit, share } from "./units";

/** How figures are told apart by the part of the shop that they are about. */
export const parts: Record<string, string> = { agent: "按客服", person: "按姓名", team: "按组别", shift: "按班次", hour: "按小时", weekday: "按星期", campaign: "按活动", product: "按商品" };
const weekdays = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"];

export function partName(by: string, value: string): string {
  if (by === "hour") return t("{0} 点", value);
  if (by === "weekday") return t(weekdays[Number(value) - 1] ?? value);
  const title = productTitle(by, value);
  return title ? `${value} ${title}` : value || t("匿名");
}

const productTitle = (by: string, value: string): string | null => (by === "product" && figures.value?.tables.products.find((row) => row.product === value)?.title) || null;

export const intervalOf = ({ interval }: Metric): string | null => (interval ? interval.map((end) => share(end, 2)).join(" – ") : null);

/** Days as the reader writes them: the core has `2026-01-01..2026-01-31`. */
const spelt = (text: string): string => text.replace(/(\d)\.\.(\d)/g, "$1 – $2");

export const standardOf = ({ standard }: Metric): string | null => (standard ? spelt(halves(standard)) : null);

/** Why figures do not stand beside those of the period before: each reason once. */
export function uncompared(metrics: readonly Metric[]): string[] {
  const reasons = metrics.flatMap(({ standard }) => standard.split("; ").filter((part) => /^上期 .*不比较/.test(part)));
  return [...new Set(reasons)].map((part) => spelt(half(part)));
}

export const daysOf = ({ period }: Metric): string | null => (period ? spelt(period) : null);

export const leftOutOf = ({ excluded }: Metric): string | null => (excluded.length ? excluded.map((part) => `${reason(part.reason)} ${number(part.count)}`).join(t("；")) : null);

export function metricColumns(): Column<Metric>[] {
  const entries = ({ by }: Metric) => Object.entries(by ?? {});
  const text = (title: string, value: (row: Metric) => string | null): Column<Metric> => ({ title: t(title), value });
  return [
    { title: t("指标"), value: titled },
    text("分组", (row) => entries(row).map(([by]) => t(parts[by] ?? by)).join(t("；"))),
    text("名称", (row) => entries(row).map(([by, value]) => (by === "product" && value ? value : partName(by, value))).join(t("；"))),
    text("商品标题", (row) => entries(row).flatMap(([by, value]) => productTitle(by, value) ?? []).join(t("；"))),
    { title: t("数值"), value: ({ value, unit }) => savedWithUnit(value, unit)[0] },
    { title: t("单位"), value: ({ value, unit }) => savedWithUnit(value, unit)[1] },
    { title: t("上期"), value: ({ previous, unit }) => savedWithUnit(previous ?? null, unit)[0] },
    { title: t("分子"), value: (row) => row.numerator },
    { title: t("分母"), value: (row) => row.denominator },
    text("区间", intervalOf),
    text("周期", daysOf),
    text("原因", (row) => row.why && half(row.why)),
    text("算式", (row) => half(row.formula)),
    text("口径", standardOf),
    text("未计入", leftOutOf),
    text("编号", (row) => row.id),
  ];
}
