/** Who the customers are: layers, stages of life, RFM segments, how the measures are spread, repurchase cycles of products. */
import type { CampaignRow, CohortRow, CustomerGroup, MetricReport, OutlierRow, ProductCycleRow, RfmRow, SecondPurchaseRow, SpreadRow } from "huashu/client";
import { Bar } from "../parts/bars";
import { Curve } from "../parts/curve";
import { Panel, unpriced, type Column } from "../parts/table";
import { count, share } from "../parts/units";
import { asOf, half, number, t, titled } from "../i18n";
import { maskName } from "../parts/csv";
import { measure } from "../store";
import { productColumns } from "./products";

const measures: Record<string, string> = { recency: "距上次购买（天）", frequency: "购买日数", monetary: "累计金额（元）", monetary_per_year: "每年金额（元）" };

export function Customers({ report }: { report: MetricReport }) {
  const { layers, lifecycle, outliers, campaigns, purchase_count, second_purchase, cohorts, rfm, "rfm.quantiles": spread, "cycle.product": cycle } = report.tables;
  if (rfm.length + lifecycle.length === 0) {
    return (
      <>
        <div class="card empty">{t("没有顾客数据：订单里要有买家和付款时间")}</div>
        <Outliers rows={outliers} />
      </>
    );
  }
  // Whatever the period, customers are told as of a day.
  const dated = (title: string) => asOf(t(title), report.as_of);
  return (
    <>
      <Layers title={dated("顾客三层")} rows={layers} />
      <Returning title={dated("回头的顾客")} counts={purchase_count} curve={second_purchase} />
      <Cohorts title={dated("首购月份与回购")} rows={cohorts} />
      {lifecycle.length > 0 && <Panel title={dated("生命周期")} note={t("按购买日数和距上次付款的天数分期，每一期该做的事不同。")} table={{ id: "lifecycle", rows: lifecycle, columns: groups(lifecycle) }} />}
      {rfm.length > 0 && <Panel title={dated("RFM 分层")} note={t("最近一次购买（R）、购买日数（F）、累计金额（M）各以一个值分高低（默认全部顾客的均值，规则书可以改）：● 高，○ 低；分界写在下面的分布里。")} table={{ id: "rfm", rows: rfm, columns: segments(rfm) }} />}
      {spread.length > 0 && <Panel title={dated("R、F、M 的分布")} table={{ id: "rfm-quantiles", rows: spread, columns: quantiles(spread) }} />}
      <Campaigns rows={campaigns} />
      <Outliers rows={outliers} />
      {cycle.length > 0 && <Panel title={t("各商品的回购周期")} note={t("同一顾客再次购买同一商品，平均每件用多少天；回访和关怀的时间可以照此安排。")} table={{ id: "cycle-product", rows: cycle, columns: cycles(cycle) }} />}
    </>
  );
}

/** How many they were in the period before. */
function Prior({ row }: { row: CustomerGroup }) {
  return row.previous ? <span class="faint small prior"> ({t("上期")} {number(row.previous.buyers)})</span> : null;
}

function Layers({ title, rows }: { title: string; rows: CustomerGroup[] }) {
  const amount = rows.reduce((sum, row) => sum + (row.amount ?? 0), 0);
  if (rows.length === 0) return null;
  return (
    <section class="card panel" id="layers">
      <div class="panel-head"><h2>{title}</h2></div>
      <div class="thirds">
        {rows.map((row) => (
          <div key={row.group}>
            <div class="row"><b>{titled(row)}</b><span class="soft small grow">{number(row.buyers)} {t("人", row.buyers)} · {share(row.share)}<Prior row={row} /></span></div>
            <Bar share={row.share} />
            <div class="small soft">{count(row.amount)} {t("元")} · {t("金额占 {0}", share(amount && row.amount !== null ? row.amount / amount : null))}{row.no_amount > 0 && ` · ${t("金额未知的订单 {0}", number(row.no_amount))}`}</div>
            <p class="faint small">{half(row.rule)}</p>
          </div>
        ))}
      </div>
    </section>
  );
}

/** How many purchase days customers have, and how soon the second one comes. */
function Returning({ title, counts, curve }: { title: string; counts: CustomerGroup[]; curve: SecondPurchaseRow[] }) {
  if (counts.length === 0) return null;
  const last = curve.at(-1);
  return (
    <section class="card panel" id="returning">
      <div class="panel-head"><h2>{title}</h2></div>
      <div class="halves">
        <table class="mini wide">
          <caption class="faint small">{t("按购买日数")}</caption>
          <tbody>
            {counts.map((row) => (
              <tr key={row.group}>
                <th title={half(row.rule)}>{titled(row)}</th>
                <td><Bar share={row.share} /></td>
                <td class="num">{number(row.buyers)} {t("人", row.buyers)} <span class="soft small">{share(row.share)}</span><Prior row={row} /></td>
              </tr>
            ))}
          </tbody>
        </table>
        {last && (
          <figure>
            <figcaption class="faint small">{t("首购后多少天内买了第二次（生存分析估计，阴影为 95 % 区间）")}</figcaption>
            <Curve label={t("首购后多少天内买了第二次（生存分析估计，阴影为 95 % 区间）")} points={curve.map((row) => ({ x: row.days, y: row.share, band: row.interval }))} unit={t("天")} />
          </figure>
        )}
      </div>
    </section>
  );
}

/** Months of first purchase against months after it; the darker, the more came back. */
function Cohorts({ title, rows }: { title: string; rows: CohortRow[] }) {
  if (rows.length === 0) return null;
  const months = [...new Set(rows.map((row) => row.month))];
  const reach = Math.max(...rows.map((row) => row.after));
  const cells = new Map(rows.map((row) => [`${row.month} ${row.after}`, row]));
  const most = Math.max(...rows.map((row) => row.share), Number.MIN_VALUE);
  return (
    <section class="card panel" id="cohorts">
      <div class="panel-head"><h2>{title}</h2></div>
      <p class="soft small">{t("每一行是某月首次购买的顾客，之后每个月有多少人又买；淡色斜体的月份还没结束。")}</p>
      <div class="table-box">
        <table class="heat" aria-label={title}>
          <thead>
            <tr>
              <th>{t("首购月份")}</th>
              <th class="num">{t("人数")}</th>
              {Array.from({ length: reach + 1 }, (_, after) => <th key={after} class="num">{after === 0 ? t("首月") : `+${after}`}</th>)}
            </tr>
          </thead>
          <tbody>
            {months.map((month) => (
              <tr key={month}>
                <td>{month}</td>
                <td class="num">{number(cells.get(`${month} 0`)?.buyers ?? 0)}</td>
                {Array.from({ length: reach + 1 }, (_, after) => {
                  const cell = cells.get(`${month} ${after}`);
                  return (
                    <td key={after} class={`num ${cell && !cell.complete ? "open" : ""}`} title={cell && t("{0} 人", number(cell.returned))} style={cell ? { "--heat": `${Math.round((70 * cell.share) / most)}%` } : {}}>
                      {cell ? share(cell.share, 0) : ""}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Campaigns({ rows }: { rows: CampaignRow[] }) {
  if (rows.length === 0) return null;
  const columns: Column<CampaignRow>[] = [
    { title: t("活动"), value: (row) => row.campaign, cell: (row) => <><b>{row.campaign}</b><div class="faint small num">{row.from === row.to ? row.from : `${row.from} – ${row.to}`}</div></> },
    { title: t("触达人数"), value: (row) => row.reached, cell: (row) => number(row.reached), num: true },
    { title: t("响应人数"), value: (row) => row.responded, cell: (row) => number(row.responded), num: true },
    { title: t("响应率"), value: (row) => row.share, rate: true, cell: (row) => <>{share(row.share)} {row.interval && <span class="faint small">{row.interval.map((end) => share(end)).join(" – ")}</span>}</>, num: true },
    { title: t("带来金额（元）"), value: (row) => row.amount, cell: (row) => count(row.amount), num: true },
    ...unpriced(rows, t("金额未知的订单")),
    { title: t("还在响应期内"), value: (row) => row.open, cell: (row) => number(row.open), num: true },
  ];
  return <Panel title={t("营销响应")} note={t("触达后 {0} 天内付款的算响应。", rows[0]?.days ?? 0)} table={{ id: "campaigns", rows, columns }} />;
}

const conspicuous: Record<OutlierRow["measure"], string> = {
  orders_per_day: "一天内的订单数",
  orders: "订单数",
  amount: "金额（元）",
  same_address: "同一地址的其他买家",
  same_phone: "同一手机号的其他买家",
  orders_to_address: "同一地址的订单",
  orders_to_phone: "同一手机号的订单",
};

/** Buyers who may be none, and places where many orders go. */
function Outliers({ rows }: { rows: OutlierRow[] }) {
  if (rows.length === 0) return null;
  const leaveOut = (buyer: string) => void measure((before) => ({ ...before, exclude: [...(before.exclude ?? []), buyer] }));
  const columns: Column<OutlierRow>[] = [
    { title: t("买家"), value: (row) => row.buyer, saved: (row) => row.buyer && maskName(row.buyer) },
    { title: t("异常在"), value: (row) => t(conspicuous[row.measure]) },
    { title: t("数值"), value: (row) => row.value, cell: (row) => <b>{number(row.value)}</b>, before: (row) => number(row.value), num: true },
    { title: t("九成买家不超过"), value: (row) => row.usual, cell: (row) => number(row.usual), num: true },
    { title: t("超过此数算异常"), value: (row) => row.limit, cell: (row) => number(row.limit), num: true },
    { title: t("其中一单"), value: (row) => row.order, saved: (row) => row.order && { order: row.order } },
    { title: t("处理"), value: () => null, unsaved: true, cell: ({ buyer }) => buyer && <button class="link" onClick={() => leaveOut(buyer)}>{t("不计入")}</button> },
  ];
  return <Panel title={t("异常买家和地址")} note={t("买得特别多、特别密，或与别的买家同一地址、同一手机号的买家，可能是刷单、代购或自己人，会带偏复购和客单价；驿站和公司地址也会这样。这里只指出，不会自动去掉。")} table={{ id: "outliers", rows, columns }} />;
}

function groups(rows: CustomerGroup[]): Column<CustomerGroup>[] {
  const most = Math.max(...rows.map((row) => row.share));
  return [
    { title: t("阶段"), value: titled, cell: (row) => <><b>{titled(row)}</b><div class="faint small">{half(row.rule)}</div></> },
    { title: t("人数"), value: (row) => row.buyers, cell: (row) => number(row.buyers), before: (row) => number(row.buyers), num: true },
    { title: t("占比"), value: (row) => row.share, rate: true, cell: (row) => share(row.share), bar: (row) => <Bar share={most ? row.share / most : 0} />, before: (row) => share(row.share) },
    { title: t("金额（元）"), value: (row) => row.amount, cell: (row) => count(row.amount), before: (row) => count(row.amount), num: true },
    ...unpriced(rows, t("金额未知的订单")),
  ];
}

function segments(rows: RfmRow[]): Column<RfmRow>[] {
  const amount = rows.reduce((sum, row) => sum + row.amount, 0);
  const most = Math.max(...rows.flatMap((row) => [row.share, amount ? row.amount / amount : 0]));
  const dots = (row: RfmRow) => [row.recent, row.frequent, row.valuable].map((high) => (high ? "●" : "○")).join(" ");
  return [
    { title: t("分层"), value: titled, cell: (row) => <b>{titled(row)}</b> },
    { title: "R F M", value: dots, cell: (row) => <span class="dots">{dots(row)}</span> },
    { title: t("人数"), value: (row) => row.buyers, cell: (row) => number(row.buyers), before: (row) => number(row.buyers), num: true },
    { title: t("人数占比"), value: (row) => row.share, rate: true, cell: (row) => share(row.share), bar: (row) => <Bar share={most ? row.share / most : 0} />, before: (row) => share(row.share) },
    { title: t("金额占比"), value: (row) => (amount ? row.amount / amount : 0), rate: true, cell: (row) => share(amount ? row.amount / amount : 0), bar: (row) => <Bar share={amount && most ? row.amount / amount / most : 0} kind="gold" /> },
    { title: t("距上次购买（天）"), value: (row) => row.recency, digits: 0, cell: (row) => count(row.recency), before: (row) => count(row.recency), num: true },
    { title: t("购买日数"), value: (row) => row.frequency, digits: 1, cell: (row) => count(row.frequency, 1), before: (row) => count(row.frequency, 1), num: true },
    { title: t("人均金额（元）"), value: (row) => row.monetary, cell: (row) => count(row.monetary), before: (row) => count(row.monetary), num: true },
    ...unpriced(rows, t("金额未知的订单")),
  ];
}

function quantiles(rows: SpreadRow[]): Column<SpreadRow>[] {
  const value = (title: string, key: "mean" | "min" | "q25" | "median" | "q75" | "q90" | "max"): Column<SpreadRow> => ({
    title, value: (row) => row[key], digits: 1, cell: (row) => number(row[key], 1), before: (row) => number(row[key], 1), num: true,
  });
  return [
    { title: t("指标"), value: (row) => t(measures[row.measure] ?? row.measure) },
    value(t("均值"), "mean"), value(t("最小"), "min"), value("25%", "q25"), value(t("中位数"), "median"), value("75%", "q75"), value("90%", "q90"), value(t("最大"), "max"),
    { title: t("高低分界"), value: (row) => row.cut, digits: 1, cell: (row) => count(row.cut, 1), before: (row) => count(row.cut, 1), num: true },
    ...unpriced(rows, t("金额未知的人")),
  ];
}

function cycles(rows: ProductCycleRow[]): Column<ProductCycleRow>[] {
  const longest = Math.max(...rows.map((row) => row.mean));
  return [
    ...productColumns<ProductCycleRow>((row) => row.sku),
    { title: t("复购次数"), value: (row) => row.pairs, cell: (row) => number(row.pairs), before: (row) => number(row.pairs), num: true },
    { title: t("平均周期（天）"), value: (row) => row.mean, digits: 1, cell: (row) => number(row.mean, 1), bar: (row) => <Bar share={longest ? row.mean / longest : 0} />, before: (row) => number(row.mean, 1) },
  ];
}
