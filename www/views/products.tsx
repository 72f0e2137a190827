/** Sales, refunds and inquiries product by product. */
import type { ProductRow } from "huashu/client";
import { Bar } from "../parts/bars";
import { Panel, type Column } from "../parts/table";
import { count, share } from "../parts/units";
import { number, t } from "../i18n";

export function Products({ rows }: { rows: ProductRow[] }) {
  if (rows.length === 0) return null;
  const most = Math.max(...rows.map((row) => row.amount), 1);
  const refunds = (row: ProductRow) => (row.paid ? row.refunded / row.paid : null);
  const conversion = (row: ProductRow) => (row.asked ? (row.asked_ordered ?? 0) / row.asked : null);
  const columns: Column<ProductRow>[] = [
    { title: t("商品"), value: (row) => row.product },
    { title: t("金额（元）"), value: (row) => row.amount, cell: (row) => <span class="with-bar"><Bar share={row.amount / most} />{number(row.amount)}</span>, num: true },
    { title: t("订单"), value: (row) => row.orders, cell: (row) => number(row.orders), num: true },
    { title: t("件数"), value: (row) => row.pieces, cell: (row) => number(row.pieces), num: true },
    { title: t("买家"), value: (row) => row.buyers, cell: (row) => number(row.buyers), num: true },
    { title: t("退款率"), value: refunds, cell: (row) => share(refunds(row)), num: true },
    { title: t("询单人数"), value: (row) => row.asked, cell: (row) => count(row.asked), num: true },
    { title: t("转化率"), value: conversion, cell: (row) => share(conversion(row)), num: true },
  ];
  return <Panel title={t("各商品的销售")} table={{ id: "products", rows, columns }} />;
}
