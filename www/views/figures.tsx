/** Every figure with its formula, standard, period and what was left out. */
import { useState } from "preact/hooks";
import type { Metric, MetricOptions } from "huashu/client";
import { half, halves, number, reason, t, titled } from "../i18n";
import { figures, measure, metricOptions, save } from "../store";

const families = ["inquiry", "sales", "repurchase", "cycle", "orders", "payment", "refund", "response", "service", "customers"] as const;
const familyNames: Record<(typeof families)[number], string> = {
  inquiry: "询单", sales: "销售", repurchase: "复购", cycle: "周期与回购", orders: "订单", payment: "支付", refund: "退款", response: "响应", service: "服务", customers: "客户",
};
/** What a shop lives by, shown first. */
const keys = ["inquiry.order_conversion", "repurchase.customer_rate", "sales.paid_amount", "sales.per_buyer", "response.mean"];
const unitNames: Record<string, string> = { yuan: "元", days: "天", seconds: "秒", items: "件", buyers: "人", orders: "单", conversations: "通" };

export function Figures() {
  if (!figures.value) return <div class="card empty">{t("还没有订单，先去“导入”拖入订单报表吧")}</div>;
  const whole = figures.value.metrics.filter((metric) => !metric.by);
  return (
    <div class="stack">
      <Controls />
      <section class="stack">
        <h2 class="family">{t("核心指标")}</h2>
        <div class="figures">
          {keys.flatMap((id) => whole.find((metric) => metric.id === id) ?? []).map((metric) => <Figure key={metric.id} metric={metric} first />)}
        </div>
      </section>
      {families.map((family) => {
        const members = whole.filter((metric) => metric.id.startsWith(`${family}.`) && !keys.includes(metric.id));
        return (
          members.length > 0 && (
            <section key={family} class="stack">
              <h2 class="family">{t(familyNames[family])}</h2>
              <div class="figures">
                {members.map((metric) => <Figure key={metric.id} metric={metric} />)}
              </div>
            </section>
          )
        );
      })}
    </div>
  );
}

function valueText(metric: Metric): [string, string] {
  const value = metric.value ?? 0;
  if (metric.unit === "ratio") return [number(value * 100), "%"];
  return [number(value), t(unitNames[metric.unit] ?? metric.unit)];
}

function Figure({ metric, first = false }: { metric: Metric; first?: boolean }) {
  const [value, unit] = valueText(metric);
  const rows: [string, string | null][] = [
    ["原因", metric.why ? half(metric.why) : null],
    ["算式", half(metric.formula)],
    ["分子", metric.numerator == null ? null : number(metric.numerator)],
    ["分母", metric.denominator == null ? null : number(metric.denominator)],
    ["区间", metric.interval ? `${number(metric.interval[0] * 100)} % – ${number(metric.interval[1] * 100)} %` : null],
    ["口径", metric.standard ? halves(metric.standard) : null],
    ["周期", metric.period?.replace("..", " – ") ?? null],
    ["未计入", metric.excluded.length ? metric.excluded.map((part) => `${reason(part.reason)} ${number(part.count)}`).join("；") : null],
  ];
  return (
    <details class={`card figure ${first ? "key" : ""}`} id={`metric-${metric.id}`}>
      <summary title={t("点开看算式")}>
        <div class="soft small">{titled(metric)}</div>
        {metric.status === "ok" ? (
          <div class="value num">{value}<small>{unit}</small></div>
        ) : (
          <div class="value none">{t("暂无")}</div>
        )}
        <div class="faint small">{metric.status === "ok" ? half(metric.formula) : half(metric.why ?? "")}</div>
      </summary>
      <dl>
        {rows.map(([name, text]) => text !== null && [<dt key={name}>{t(name)}</dt>, <dd key={`${name}-text`}>{text}</dd>])}
        <dt>id</dt>
        <dd><code>{metric.id}</code></dd>
      </dl>
    </details>
  );
}

function Controls() {
  const options = metricOptions.value;
  const change = (part: Partial<MetricOptions>) => void measure({ ...options, ...part });
  const [{ from, to }, setSpan] = useState({ from: "", to: "", ...options.period });
  /** A period needs both its ends; without either it is all the data. */
  const span = (from: string, to: string) => {
    setSpan({ from, to });
    const { period: _, ...rest } = options;
    if (from && to) void measure({ ...rest, period: { from, to } });
    else if (!from && !to) void measure(rest);
  };
  return (
    <section class="card controls" aria-label={t("统计口径")}>
      <label>
        {t("统计周期")}
        <input type="date" aria-label={t("起")} value={from} onChange={(event) => span(event.currentTarget.value, to)} />–
        <input type="date" aria-label={t("止")} value={to} onChange={(event) => span(from, event.currentTarget.value)} />
      </label>
      <label>
        {t("退款订单")}
        <select value={options.refunded ?? "exclude"} onChange={(event) => change({ refunded: event.currentTarget.value as "exclude" | "include" })}>
          <option value="exclude">{t("不计入")}</option>
          <option value="include">{t("计入")}</option>
        </select>
      </label>
      <label>
        {t("询单有效期")}
        <select
          value={options.window ?? ""}
          onChange={(event) => {
            const { window: _, ...rest } = options;
            const days = event.currentTarget.value;
            void measure(days === "" ? rest : { ...rest, window: Number(days) });
          }}
        >
          <option value="">{t("到次日")}</option>
          {[0, 1, 2, 3, 7, 15].map((days) => <option key={days} value={days}>{t("{0} 天", days)}</option>)}
        </select>
      </label>
      <label>
        {t("成交判定")}
        <select value={options.attribution ?? "order"} onChange={(event) => change({ attribution: event.currentTarget.value as NonNullable<MetricOptions["attribution"]> })}>
          <option value="order">{t("按下单")}</option>
          <option value="order-first">{t("下单优先")}</option>
          <option value="payment">{t("按付款")}</option>
        </select>
      </label>
      <label>
        <input type="checkbox" checked={!!options.dropZero} onChange={(event) => change({ dropZero: event.currentTarget.checked })} />
        {t("不计 0 元行")}
      </label>
      <label>
        <input type="checkbox" checked={!!options.knownBuyers} onChange={(event) => change({ knownBuyers: event.currentTarget.checked })} />
        {t("只算有买家的订单")}
      </label>
      <button class="button quiet small" onClick={() => void save("metrics", "huashu-metrics.csv")}>{t("下载表格")}</button>
    </section>
  );
}
