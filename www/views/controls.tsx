/** What the figures count, and by which standard. */
import { useEffect, useState } from "preact/hooks";
import type { CustomerCuts, MetricOptions, Period } from "huashu/client";
import { DateField } from "../parts/date-field";
import { metricColumns, uncompared } from "../parts/metric";
import { NumberField } from "../parts/number-field";
import { saveTable } from "../parts/table";
import { spans } from "../parts/days";
import { t } from "../i18n";
import { attempt, book, days, figures, measure, metricOptions } from "../store";

const refunds = { exclude: "不计入", include: "计入" } as const;
const attributions = { order: "按下单", "order-first": "下单优先", payment: "按付款" } as const;

/** Sets options; what is undefined goes back to the usual. */
function change(part: { [K in keyof MetricOptions]?: MetricOptions[K] | undefined }): void {
  void measure((before) => Object.fromEntries(Object.entries({ ...before, ...part }).filter(([, value]) => value !== undefined && value !== false)) as MetricOptions);
}

export function Controls() {
  const { period } = metricOptions.value;
  return (
    <section class="card panel controls-card" aria-label={t("统计口径")}>
      <div class="controls">
        <div class="chips">
          <button aria-pressed={!period} onClick={() => change({ period: undefined })}>{t("全部")}</button>
          {days.value && spans(days.value.to).map(([name, span]) => (
            <button key={name} aria-pressed={period?.from === span.from && period.to === span.to} onClick={() => change({ period: span })}>{t(name)}</button>
          ))}
        </div>
        <Span />
        <span class="grow" />
        <button class="button quiet small" id="save-metrics" onClick={() => attempt(() => saveTable({ id: "metrics", rows: figures.value?.metrics ?? [], columns: metricColumns() }))}>{t("下载表格")}</button>
      </div>
      {period && <Compared />}
      <Days />
      <details class="standards">
        <summary class="small soft">{t("口径：{0}", summary())}</summary>
        <Standards />
      </details>
    </section>
  );
}

/** What the figures of a period are compared with, or why they are not. */
function Compared() {
  const shop = figures.value?.metrics.filter(({ by }) => !by) ?? [];
  const any = shop.some(({ previous }) => previous != null);
  const reasons = uncompared(shop);
  const lines = any
    ? [t("每个数字下面是上期的数字：整月与之前同样多的整月比，其余与之前同样多的天数比。"), ...reasons.map((why) => t("部分数字：{0}", why))]
    : reasons.length > 0 ? reasons : [t("上期没有数据，不比较")];
  return <div id="compared">{lines.map((line) => <p key={line} class="faint small sentence">{line}</p>)}</div>;
}

/** What days the figures are of: on paper, and on the screen where nothing else shows it. */
export function Days({ shown = false }: { shown?: boolean }) {
  const span = metricOptions.value.period ?? days.value;
  return span && <p class={`small soft ${shown ? "days" : "print-only"}`}>{t("统计时间：{0} – {1}", span.from, span.to)}</p>;
}

/** A period needs both its ends; without either it is all the data. */
function Span() {
  const { period } = metricOptions.value;
  const [{ from, to }, setSpan] = useState({ from: "", to: "", ...period });
  useEffect(() => setSpan({ from: "", to: "", ...period }), [period?.from, period?.to]);
  const set = (from: string, to: string) => {
    setSpan({ from, to });
    if (from && to && from <= to) change({ period: { from, to } });
    else if (!from && !to) change({ period: undefined });
  };
  const range = { ...(days.value && { min: days.value.from, max: days.value.to }) };
  return (
    <span class="span">
      <DateField aria-label={t("起")} value={from} {...range} onDate={(day) => set(day, to)} />
      <span>–</span>
      <DateField aria-label={t("止")} value={to} {...range} onDate={(day) => set(from, day)} />
      {from && to && from > to && <span class="small wrong" role="alert">{t("起晚于止，没有按它统计")}</span>}
    </span>
  );
}

/** The standards in force, in a line. */
function summary(): string {
  const { refunded, window, attribution, forwarded, monologue, dropZero, knownBuyers, asOf, exclude, customers } = metricOptions.value;
  return [
    refunded === "include" ? t("退款订单计入") : t("退款订单不计入"),
    window === undefined ? t("询单到次日内下单算成交") : t("询单后 {0} 天内下单算成交", window),
    t(attributions[attribution ?? "order"]),
    forwarded === "count" ? t("转接出去的也算询单") : forwarded !== undefined && t("转接前另回 {0} 条以内的不算询单", forwarded),
    monologue !== undefined && t("买家 {0} 条以内不算询单", monologue),
    dropZero && t("不计 0 元行"),
    knownBuyers && t("只算有买家的订单"),
    exclude && t("名单排除 {0} 个", exclude.length),
    customers && t("顾客分期改了 {0} 处", Object.keys(customers).length),
    asOf && t("算到 {0}", asOf),
  ].filter(Boolean).join(" · ");
}

function Standards() {
  const options = metricOptions.value;
  return (
    <div class="fields">
      <label>
        <span>{t("退款订单")}</span>
        <select name="refunded" value={options.refunded ?? "exclude"} onChange={(event) => change({ refunded: event.currentTarget.value === "include" ? "include" : undefined })}>
          {Object.entries(refunds).map(([id, name]) => <option key={id} value={id}>{t(name)}</option>)}
        </select>
      </label>
      <label>
        <span>{t("询单有效期")}</span>
        <select name="window" value={options.window ?? ""} onChange={(event) => change({ window: event.currentTarget.value === "" ? undefined : Number(event.currentTarget.value) })}>
          <option value="">{t("到次日")}</option>
          <option value={0}>{t("当日")}</option>
          {Array.from({ length: 14 }, (_, at) => at + 2).map((count) => <option key={count} value={count}>{t("{0} 天", count)}</option>)}
        </select>
      </label>
      <label>
        <span>{t("成交判定")}</span>
        <select name="attribution" value={options.attribution ?? "order"} onChange={(event) => change({ attribution: event.currentTarget.value as keyof typeof attributions })}>
          {Object.entries(attributions).map(([id, name]) => <option key={id} value={id}>{t(name)}</option>)}
        </select>
      </label>
      <label>
        <span>{t("客服转接出去的会话")}</span>
        <select
          name="forwarded"
          value={options.forwarded ?? 0}
          onChange={(event) => {
            const value = event.currentTarget.value;
            change({ forwarded: value === "0" ? undefined : value === "count" ? "count" : Number(value) });
          }}
        >
          <option value={0}>{t("只转接的不算其询单")}</option>
          {Array.from({ length: 10 }, (_, at) => at + 1).map((count) => <option key={count} value={count}>{t("另回 {0} 条以内的也不算", count)}</option>)}
          <option value="count">{t("都算其询单")}</option>
        </select>
      </label>
      <label>
        <span>{t("买家不超过几条消息不算询单")}</span>
        <NumberField name="monologue" min={0} value={options.monologue ?? 0} onNumber={(value) => change({ monologue: value || undefined })} />
      </label>
      <label>
        <span>{t("截至日期（回看天数从这天算起）")}</span>
        <DateField name="asOf" value={options.asOf ?? ""} onDate={(day) => change({ asOf: day || undefined })} />
      </label>
      <label class="check">
        <input type="checkbox" name="dropZero" checked={!!options.dropZero} onChange={(event) => change({ dropZero: event.currentTarget.checked })} />
        <span>{t("不计 0 元行")}</span>
      </label>
      <label class="check">
        <input type="checkbox" name="knownBuyers" checked={!!options.knownBuyers} onChange={(event) => change({ knownBuyers: event.currentTarget.checked })} />
        <span>{t("只算有买家的订单")}</span>
      </label>
      <label class="wide">
        <span>{t("不计入的买家和订单号，每行一个（自己人、测试、刷单）")}</span>
        <textarea
          name="exclude"
          rows={3}
          value={options.exclude?.join("\n") ?? ""}
          onChange={(event) => {
            const list = event.currentTarget.value.split(/\r?\n/).map((line) => line.trim()).filter(Boolean);
            change({ exclude: list.length ? list : undefined });
          }}
        />
      </label>
      <Cuts />
    </div>
  );
}

type Told = NonNullable<MetricOptions["customers"]>;

/** The numbers of `[customers]`, in the order of a customer's life. */
const cuts: [keyof CustomerCuts, string][] = [
  ["care", "新客关怀到第几天"],
  ["related", "关联推荐到第几天"],
  ["active", "满月优惠到第几天，之后算预流失"],
  ["risk_high", "高挽留到第几天"],
  ["risk_low", "低挽留到第几天，之后算沉睡"],
  ["core_days", "核心客户至少几个购买日"],
  ["core_active", "核心客户几天内购买或咨询过"],
  ["recency", "RFM：几天内买过算近"],
  ["frequency", "RFM：几个购买日算多"],
  ["monetary", "RFM：累计几元算高"],
];

/** Where groups of customers begin and end, as the book has it until it is changed here. */
function Cuts() {
  const usual = book.value?.customers;
  const told = metricOptions.value.customers ?? {};
  const set = (part: { [K in keyof Told]?: Told[K] | undefined }) => {
    const customers = Object.fromEntries(Object.entries({ ...told, ...part }).filter(([, value]) => value !== undefined)) as Told;
    change({ customers: Object.keys(customers).length ? customers : undefined });
  };
  if (!usual) return null;
  return (
    <fieldset class="wide fields" id="cuts">
      <legend class="small soft">{t("顾客的分期、分层（留空为规则书的）")}</legend>
      {cuts.map(([key, name]) => (
        <label key={key}>
          <span>{t(name)}</span>
          <NumberField
            name={key}
            min={0}
            {...(key === "monetary" && { step: "any" })}
            value={told[key] as number | undefined}
            placeholder={usual[key] === null ? "–" : String(usual[key])}
            onNumber={(value) => set({ [key]: value })}
          />
        </label>
      ))}
      <label>
        <span>{t("RFM 以什么分高低")}</span>
        <select name="rfm" value={told.rfm ?? usual.rfm} onChange={(event) => set({ rfm: event.currentTarget.value === usual.rfm ? undefined : (event.currentTarget.value as CustomerCuts["rfm"]) })}>
          <option value="mean">{t("均值")}</option>
          <option value="median">{t("中位数")}</option>
        </select>
      </label>
      <label class="check">
        <input type="checkbox" name="by_cycle" checked={told.by_cycle ?? usual.by_cycle} onChange={(event) => set({ by_cycle: event.currentTarget.checked === usual.by_cycle ? undefined : event.currentTarget.checked })} />
        <span>{t("按本店回购周期伸缩")}</span>
      </label>
    </fieldset>
  );
}
