/** Product by product: what sells, and what buyers complain about. */
import type { IssueRow, MetricReport } from "huashu/client";
import { Bar } from "../parts/bars";
import { Panel, type Column } from "../parts/table";
import { conversations, number, t } from "../i18n";
import { files, openConversation, sceneTitle } from "../store";
import { productColumns, Products, RefundReasons } from "./products";

export function Issues({ report }: { report: MetricReport }) {
  const rows = report.tables.issues;
  const products = <><Products rows={report.tables.products} /><RefundReasons rows={report.tables.refund_reasons} /></>;
  if (rows.length === 0) {
    const heard = files.value.some(({ kind }) => kind !== "orders");
    return <>{products}<div class="card empty">{t(heard ? "没有买家投诉或升级的对话" : "加上聊天记录或商品评价，这里按商品列出买家的问题")}</div></>;
  }
  const named = rows.some((row) => row.buyers > 0);
  const most = Math.max(...rows.map((row) => (named ? row.buyers : row.conversations)), 1);
  const columns: Column<IssueRow>[] = [
    { title: t("问题场景"), value: (row) => (row.problem ? sceneTitle(row.problem) : t("未归类")) },
    ...productColumns<IssueRow>((row) => row.product ?? t("未关联订单")),
    { title: t("买家数"), value: (row) => (named ? row.buyers : null), cell: (row) => (named ? number(row.buyers) : "–"), ...(named && { bar: (row) => <Bar share={row.buyers / most} /> }), before: (row) => (named ? number(row.buyers) : "–"), num: true },
    { title: conversations(), value: (row) => row.conversations, cell: (row) => number(row.conversations), ...(!named && { bar: (row) => <Bar share={row.conversations / most} /> }), before: (row) => number(row.conversations), num: true },
    { title: t("最近一通"), value: (row) => row.latest, cell: (row) => <button class="link" onClick={() => openConversation(row.latest)}>{t("查看")}</button> },
  ];
  return (
    <>
    {products}
    <Panel
      title={t("问题归集")}
      note={t("有抱怨或要升级的对话，按场景和涉及的商品归在一起；多位买家提到同一件事，就该转给产品、仓库或物流。")}
      table={{ id: "issues", rows, columns }}
    />
    </>
  );
}
