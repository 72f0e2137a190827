/** Figures of the platforms' own reports beside ours. */
import type { GivenRow, Metric } from "huashu/client";
import { Panel, type Column } from "../parts/table";
import { savedWithUnit, withUnit } from "../parts/units";
import { half, number, platform, t, titled } from "../i18n";

const show = (value: number | null, unit: string): string => (value === null ? "–" : unit === "count" ? number(value) : withUnit(value, unit).join(unit === "ratio" ? "" : " "));

const saved = (value: number | null, { unit }: GivenRow) => savedWithUnit(value, unit)[0];

export function Given({ rows, metrics }: { rows: GivenRow[]; metrics: Metric[] }) {
  if (rows.length === 0) return null;
  const titleOf = (row: GivenRow) => {
    const metric = metrics.find((one) => one.id === row.id);
    return metric ? titled(metric) : row.header;
  };
  const columns: Column<GivenRow>[] = [
    { title: t("指标"), value: titleOf, cell: (row) => <>{titleOf(row)}{row.by && <span class="soft"> · {row.by.agent}</span>}</> },
    { title: t("客服"), value: (row) => row.by?.agent ?? null, unshown: true },
    { title: t("平台给的"), value: (row) => row.given, saved: (row) => saved(row.given, row), cell: (row) => show(row.given, row.unit), num: true, note: t("平台报表里的数字") },
    { title: t("我们算的"), value: (row) => row.ours, saved: (row) => saved(row.ours, row), cell: (row) => <b>{show(row.ours, row.unit)}</b>, num: true },
    { title: t("相差"), value: (row) => row.difference, saved: (row) => saved(row.difference, row), cell: (row) => (row.difference === null ? "–" : show(row.difference, row.unit)), num: true },
    { title: t("单位"), value: (row) => (row.unit === "count" ? null : savedWithUnit(row.given, row.unit)[1]), unshown: true },
    { title: t("来自"), value: (row) => `${platform(row.platform)} · ${row.header}`, cell: (row) => <span class="small">{platform(row.platform)} · {row.header}<div class="faint">{row.file}</div></span> },
    { title: t("说明"), value: (row) => half(row.why ?? row.standard ?? ""), cell: (row) => <span class="faint small">{half(row.why ?? row.standard ?? "")}</span> },
  ];
  return <Panel title={t("与平台报表对照")} note={t("平台按自己的规则计时和去重，相差是一个问题，不一定是错。")} table={{ id: "given", rows, columns }} />;
}
