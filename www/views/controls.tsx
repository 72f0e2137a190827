/** What the figures count, and by which standard. */
import { useState } from "preact/hooks";
import type { MetricOptions } from "huashu/client";
import { t } from "../i18n";
import { measure, metricOptions, save } from "../store";

export function Controls() {
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
