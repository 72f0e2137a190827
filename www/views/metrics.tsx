/** Every figure with its formula, standard, period and what was left out. */
import { useState } from "preact/hooks";
import type { Metric, MetricReport } from "huashu/client";
import { daysOf, intervalOf, leftOutOf, standardOf } from "../parts/metric";
import { withUnit } from "../parts/units";
import { half, number, t, titled } from "../i18n";
import { Behind } from "./behind";
import { Breakdown } from "./breakdown";
import { Given } from "./given";
import { Targets } from "./targets";

const families = ["inquiry", "sales", "repurchase", "cycle", "orders", "payment", "refund", "response", "service", "customers"] as const;
const familyNames: Record<string, string> = {
  inquiry: "询单", sales: "销售", repurchase: "复购", cycle: "周期与回购", orders: "订单", payment: "支付", refund: "退款", response: "响应", service: "服务", customers: "客户", campaigns: "营销",
};
/** What a shop lives by, shown first. */
const keys = ["inquiry.order_conversion", "repurchase.customer_rate", "sales.paid_amount", "sales.per_buyer", "response.mean"];

const familyOf = (metric: Metric): string => metric.id.split(".")[0] ?? "";

export function Metrics({ report }: { report: MetricReport }) {
  const whole = report.metrics.filter((metric) => !metric.by);
  const parts = new Map<string, Metric[]>();
  for (const metric of report.metrics) if (metric.by) parts.set(metric.id, [...(parts.get(metric.id) ?? []), metric]);
  const card = (metric: Metric, first = false) => <Figure key={metric.id} metric={metric} parts={parts.get(metric.id) ?? []} first={first} />;
  const others = [...new Set(whole.map(familyOf))].filter((family) => !(families as readonly string[]).includes(family));
  return (
    <>
      <section class="stack">
        <h2 class="family">{t("核心指标")}</h2>
        <div class="figures">{keys.flatMap((id) => whole.find((metric) => metric.id === id) ?? []).map((metric) => card(metric, true))}</div>
      </section>
      <Targets rows={report.tables.kpi} />
      {[...families, ...others].map((family) => {
        const members = whole.filter((metric) => familyOf(metric) === family && !keys.includes(metric.id));
        return (
          members.length > 0 && (
            <section key={family} class="stack">
              <h2 class="family">{t(familyNames[family] ?? family)}</h2>
              <div class="figures">{members.map((metric) => card(metric))}</div>
            </section>
          )
        );
      })}
      <Given rows={report.tables.given} metrics={whole} />
    </>
  );
}

function Figure({ metric, parts, first }: { metric: Metric; parts: Metric[]; first: boolean }) {
  const [open, setOpen] = useState(false);
  const [value, unit] = withUnit(metric.value ?? 0, metric.unit);
  const rows: [string, string | null][] = [
    ["原因", metric.why ? half(metric.why) : null],
    ["算式", half(metric.formula)],
    ["分子", metric.numerator == null ? null : number(metric.numerator)],
    ["分母", metric.denominator == null ? null : number(metric.denominator)],
    ["区间", intervalOf(metric)],
    ["口径", standardOf(metric)],
    ["周期", daysOf(metric)],
    ["未计入", leftOutOf(metric)],
  ];
  return (
    <details class={`card figure ${first ? "key" : ""}`} id={`metric-${metric.id}`} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary title={t("点开看算式")}>
        <div class="soft small">{titled(metric)}</div>
        {metric.status === "ok" ? (
          <div class="value num">{value}<small>{unit}</small></div>
        ) : (
          <div class="value none">{t("暂无")}</div>
        )}
        <Before metric={metric} />
        <div class="faint small">{metric.status === "ok" ? half(metric.formula) : half(metric.why ?? "")}</div>
      </summary>
      <dl>
        {rows.map(([name, text]) => text !== null && [<dt key={name}>{t(name)}</dt>, <dd key={`${name}-text`}>{text}</dd>])}
        <dt>id</dt>
        <dd><code>{metric.id}</code></dd>
      </dl>
      {open && <Breakdown metrics={parts} />}
      {open && metric.status === "ok" && <Behind metric={metric.id} />}
    </details>
  );
}

/** The same figure one period earlier, where one was asked for. */
function Before({ metric }: { metric: Metric }) {
  const { previous, value, unit } = metric;
  if (previous == null) return null;
  const change = value === null ? 0 : value - previous;
  const points = unit === "ratio" ? `${number(Math.abs(change) * 100)} ${t("个百分点")}` : previous === 0 ? number(Math.abs(change)) : `${number((Math.abs(change) / Math.abs(previous)) * 100, 1)}%`;
  return (
    <div class="before small">
      {value !== null && <span class="change">{change > 0 ? "▲" : change < 0 ? "▼" : "＝"} {change !== 0 && points}</span>}{" "}
      <span class="faint">{t("上期")} {withUnit(previous, unit).join(unit === "ratio" ? "" : " ")}</span>
    </div>
  );
}
