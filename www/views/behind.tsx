/** The rows behind a figure, on request. */
import { useState } from "preact/hooks";
import type { FigureRows } from "huashu/client";
import { half, number, t } from "../i18n";
import { hasConversation, openConversation, rowsOf } from "../store";

const names: Record<string, string> = { order: "订单", buyer: "买家", conversation: "对话", round: "轮次", product: "商品", news: "物流动态", review: "评价" };
const MOST = 200;

export function Behind({ metric }: { metric: string }) {
  const [found, setFound] = useState<FigureRows | string | null>(null);
  const load = () => void rowsOf(metric, MOST).then(setFound, (error: unknown) => setFound(error instanceof Error ? half(error.message) : String(error)));
  if (found === null) return <button class="link small rows-behind" onClick={load}>{t("看明细")}</button>;
  if (typeof found === "string") return <p class="faint small">{found}</p>;
  return (
    <div class="behind">
      <p class="faint small">{found.total > found.rows.length ? t("共 {0} 条，列出前 {1} 条", number(found.total), number(found.rows.length)) : t("共 {0} 条", number(found.total))}</p>
      <table class="mini small">
        <thead><tr><th>{t(names[found.rows[0]?.what ?? "order"] ?? "明细")}</th><th class="num">{t("分子")}</th><th class="num">{t("分母")}</th></tr></thead>
        <tbody>
          {found.rows.map((row, at) => (
            <tr key={at}>
              <td>{hasConversation(row.id) ? <button class="link" onClick={() => openConversation(row.id)}>{row.id}</button> : row.id}{row.about && <span class="faint"> {row.about.replace("T", " ")}</span>}</td>
              <td class="num">{number(row.numerator)}</td>
              <td class="num">{number(row.denominator)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
