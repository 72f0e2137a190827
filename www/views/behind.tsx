/** The rows behind a figure, on request. */
import { useEffect, useState } from "preact/hooks";
import type { FigureRows } from "huashu/client";
import { half, number, t } from "../i18n";
import { figures, hasConversation, nameOf, openConversation, rowsOf, type Part } from "../store";

const names: Record<string, string> = { order: "订单", buyer: "买家", conversation: "对话", round: "轮次", product: "商品", news: "物流动态", review: "评价" };
const MOST = 200;

export function Behind({ metric }: { metric: string }) {
  const [open, setOpen] = useState(false);
  return open ? <Rows metric={metric} /> : <button class="link small rows-behind" onClick={() => setOpen(true)}>{t("看明细")}</button>;
}

/** Those of the shop, or of a part of it. */
export function Rows({ metric, by }: { metric: string; by?: Part }) {
  const [found, setFound] = useState<FigureRows | string | null>(null);
  useEffect(() => {
    let stale = false;
    const show = (rows: FigureRows | string) => void (stale || setFound(rows));
    rowsOf(metric, MOST, by).then(show, (error: unknown) => show(error instanceof Error ? error.message : String(error)));
    return () => void (stale = true);
  }, [metric, JSON.stringify(by), figures.value]);
  if (found === null) return <p class="faint small">{t("正在计算")}</p>;
  if (typeof found === "string") return <p class="faint small">{half(found)}</p>;
  return (
    <div class="behind">
      <p class="faint small">{found.total > found.rows.length ? t("共 {0} 条，列出前 {1} 条", number(found.total), number(found.rows.length)) : t("共 {0} 条", number(found.total))}</p>
      <table class="mini small" aria-label={t("明细")}>
        <thead><tr><th>{t(names[found.rows[0]?.what ?? "order"] ?? "明细")}</th><th class="num">{t("分子")}</th><th class="num">{t("分母")}</th></tr></thead>
        <tbody>
          {found.rows.map((row, at) => (
            <tr key={at}>
              <td>{hasConversation(row.id) ? <button class="link" title={row.id} onClick={() => openConversation(row.id)}>{nameOf(row.id)}</button> : row.id}{row.about && <span class="faint"> {row.about.replace("T", " ")}</span>}</td>
              <td class="num">{number(row.numerator)}</td>
              <td class="num">{number(row.denominator)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
