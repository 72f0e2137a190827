/** Figures beside the targets of the book, and the agents' pay sheets. */
import type { KpiRow, PayRow } from "huashu/client";
import { Panel, type Column } from "../parts/table";
import { withUnit } from "../parts/units";
import { half, number, t, titled } from "../i18n";
import { Days } from "./controls";

const show = (value: number | null, unit: string): string => (value === null ? "–" : withUnit(value, unit).join(unit === "ratio" ? "" : " "));

const name = (row: KpiRow): string => titled(row) + (row.by?.agent === undefined ? "" : ` · ${row.by.agent}`);

const target = (row: KpiRow): string => (row.target === null ? "–" : `${row.direction === "at_most" ? "≤" : "≥"}\u00a0${show(row.target, row.unit)}`);

function met(row: KpiRow): string {
  if (row.met === null) return row.value === null || row.target === null ? "–" : t("尚无定论");
  return t(row.met ? "达标" : "未达标");
}

export function Targets({ rows }: { rows: KpiRow[] }) {
  if (rows.length === 0) return null;
  const columns: Column<KpiRow>[] = [
    {
      title: t("指标"),
      value: name,
      // The reason is too long for a column of numbers on a narrow screen.
      cell: (row) => <>{name(row)}{row.value === null && <div class="faint small">{half(row.why ?? "")}</div>}</>,
    },
    { title: t("数值"), value: (row) => row.value, saved: (row) => show(row.value, row.unit), cell: (row) => <b>{row.value === null ? t("暂无") : show(row.value, row.unit)}</b>, num: true },
    { title: t("目标"), value: (row) => row.target, saved: target, cell: target, num: true },
    { title: t("上期"), value: (row) => row.previous, saved: (row) => show(row.previous, row.unit), cell: (row) => show(row.previous, row.unit), num: true },
    { title: t("达成"), value: (row) => (row.met === null ? null : Number(row.met)), saved: met, cell: (row) => (row.met === null ? <span class="faint small">{met(row)}</span> : <span class={`tag ${row.met ? "good" : "bad"}`}>{met(row)}</span>) },
  ];
  return <Panel title={t("目标看板")} note={t("目标写在规则书里，可以改成店里自己的。")} table={{ id: "kpi", rows, columns }} />;
}

const level = (row: PayRow) => {
  const missing = row.items.some((item) => item.value === null) ? t("数据不全") : t("尚无定论");
  return row.level ?? (row.complete ? "–" : <span class="faint small">{missing}</span>);
};

export function PaySheets({ rows }: { rows: PayRow[] }) {
  const sheets = [...new Set(rows.map((row) => row.sheet))];
  return (
    <>
      {sheets.map((sheet) => {
        const own = rows.filter((row) => row.sheet === sheet);
        const items = own[0]?.items ?? [];
        const columns: Column<PayRow>[] = [
          { title: t("客服"), value: (row) => row.agent, cell: (row) => <b>{row.agent || t("匿名")}</b> },
          { title: t("绩效分"), value: (row) => row.points, cell: (row) => <b>{number(row.points, 1)} <span class="faint small">/ {number(row.most)}</span></b>, before: (row) => number(row.points, 1), num: true },
          { title: t("等级"), value: (row) => row.level, cell: level, before: level },
          ...items.map((item, at): Column<PayRow> => ({
            title: titled(item),
            value: (row) => row.items[at]?.points ?? null,
            cell: (row) => {
              const own = row.items[at];
              return own && (own.points === null ? <span class="faint small">{own.value !== null && show(own.value, own.unit)} {half(own.why ?? "")}</span> : <>{number(own.points, 1)} <span class="faint small">{show(own.value, own.unit)}</span></>);
            },
            before: (row) => {
              const own = row.items[at];
              return own && own.points !== null ? number(own.points, 1) : "–";
            },
            num: true,
          })),
        ];
        return <Panel key={sheet} title={own[0]?.title ?? sheet} note={t("按规则书里的分档把各项数字折成分，用来核绩效。")} table={{ id: `pay-${sheet}`, rows: own, columns }}><Days shown /></Panel>;
      })}
    </>
  );
}
