/** Sales, refunds and inquiries product by product. */
import type { ProductRow, RefundReasonRow } from "huashu/client";
import { Bar } from "../parts/bars";
import { Panel, unpriced, type Column } from "../parts/table";
import { count, share } from "../parts/units";
import { number, t } from "../i18n";

/** The column of a product: its title, and the code beside it. They are saved apart: beside a title a code would be masked as the number of a phone. */
export function productColumns<T extends { title: string | null }>(code: (row: T) => string): Column<T>[] {
  return [
    {
      title: t("商品"), value: (row) => (row.title ? `${code(row)} ${row.title}` : code(row)), saved: code,
      cell: (row) => <>{row.title ?? code(row)}{row.title && <div class="faint small">{code(row)}</div>}</>,
    },
    { title: t("商品标题"), value: (row) => row.title, unshown: true },
  ];
}

export function Products({ rows }: { rows: ProductRow[] }) {
  if (rows.length === 0) return null;
  const most = Math.max(...rows.map((row) => row.amount ?? 0), 1);
  const refunds = (row: ProductRow) => (row.paid ? row.refunded / row.paid : null);
  const conversion = (row: ProductRow) => (row.asked ? (row.asked_ordered ?? 0) / row.asked : null);
  const columns: Column<ProductRow>[] = [
    ...productColumns<ProductRow>((row) => row.product),
    { title: t("金额（元）"), value: (row) => row.amount, cell: (row) => count(row.amount), bar: (row) => row.amount !== null && <Bar share={row.amount / most} />, before: (row) => count(row.amount), num: true },
    ...unpriced(rows, t("金额未知的订单")),
    { title: t("订单"), value: (row) => row.orders, cell: (row) => number(row.orders), before: (row) => number(row.orders), num: true },
    { title: t("件数"), value: (row) => row.pieces, cell: (row) => count(row.pieces, 2), before: (row) => count(row.pieces, 2), num: true },
    { title: t("买家数"), value: (row) => row.buyers, cell: (row) => count(row.buyers), before: (row) => count(row.buyers), num: true },
    { title: t("退款率"), value: refunds, rate: true, cell: (row) => share(refunds(row)), before: (row) => share(refunds(row)), num: true },
    { title: t("询单人数"), value: (row) => row.asked, cell: (row) => count(row.asked), before: (row) => count(row.asked), num: true },
    { title: t("转化率"), value: conversion, rate: true, cell: (row) => share(conversion(row)), before: (row) => share(conversion(row)), num: true },
  ];
  const unasked = rows.every((row) => row.asked === null) ? t("没有聊天，或聊天里没有商品链接和卡片：哪件商品有谁问过不知道。") : "";
  return <Panel title={t("各商品的销售")} note={t("金额是单价 × 件数，未扣优惠，不含邮费；没有单价的，只有一种商品的订单按实付算。") + unasked} table={{ id: "products", rows, columns }} />;
}

/** Why orders were refunded, where the export says so. */
export function RefundReasons({ rows }: { rows: RefundReasonRow[] }) {
  if (rows.length === 0) return null;
  const most = Math.max(...rows.map((row) => row.share));
  const columns: Column<RefundReasonRow>[] = [
    { title: t("退款原因"), value: (row) => row.reason ?? t("未写原因") },
    { title: t("订单"), value: (row) => row.orders, cell: (row) => number(row.orders), before: (row) => number(row.orders), num: true },
    { title: t("占退款订单"), value: (row) => row.share, rate: true, cell: (row) => share(row.share), bar: (row) => <Bar share={row.share / most} />, before: (row) => share(row.share), num: true },
    { title: t("退款金额（元）"), value: (row) => row.amount, cell: (row) => count(row.amount), before: (row) => count(row.amount), num: true },
    ...unpriced(rows, t("金额未知的订单")),
  ];
  return <Panel title={t("退款原因")} note={t("按订单导出里的退款或关闭原因；一单有几个原因的各算一次。")} table={{ id: "refund-reasons", rows, columns }} />;
}
