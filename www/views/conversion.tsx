/** From inquiry to a kept order, and which wording goes along with it. */
import { useState } from "preact/hooks";
import type { FlowRow, LiftRow, MetricReport } from "huashu/client";
import { Interval } from "../parts/bars";
import { Panel, type Column } from "../parts/table";
import { rounded, share } from "../parts/units";
import { number, t, titled } from "../i18n";
import { book, type Names } from "../store";

export function Conversion({ report }: { report: MetricReport }) {
  return (
    <>
      <Funnel steps={report.tables.flow} />
      <Wording rows={report.tables.lift} />
    </>
  );
}

function Funnel({ steps }: { steps: FlowRow[] }) {
  const whole = steps[0]?.buyers ?? 0;
  return (
    <section class="card panel" id="flow">
      <div class="panel-head"><h2>{t("询单漏斗")}</h2></div>
      {whole === 0 ? (
        <p class="soft">{t("没有可以对上的询单：要有带买家名的聊天和订单")}</p>
      ) : (
        <ol class="funnel">
          {steps.map((step, at) => {
            const before = steps[at - 1]?.buyers ?? step.buyers;
            return (
              <li key={step.step}>
                <span class="name">{titled(step)}</span>
                <span class="track tall"><i style={{ width: `${(100 * step.buyers) / whole}%` }} /></span>
                <span class="num"><b>{number(step.buyers)}</b> {t("人", step.buyers)} <span class="soft small">{share(step.buyers / whole)}</span>{step.previous && <span class="faint small prior"> ({t("上期")} {number(step.previous.buyers)})</span>}</span>
                <span class={`small ${step.lost > 0 ? "loss-text" : "faint"}`}>
                  {at === 0 ? "" : step.lost > 0 ? t("流失 {0} 人（这一步的 {1}）", number(step.lost), share(before ? step.lost / before : 0)) : t("无流失")}
                </span>
              </li>
            );
          })}
        </ol>
      )}
    </section>
  );
}

type Outcome = LiftRow["outcome"];
const outcomes: Record<Outcome, string> = { ordered: "下单", satisfied: "表示满意", rated: "评价满意", refunded: "付款后退款", again: "付款后再次购买" };

function Wording({ rows }: { rows: LiftRow[] }) {
  const [outcome, setOutcome] = useState<Outcome>(rows[0]?.outcome ?? "ordered");
  const [kind, setKind] = useState<"" | LiftRow["kind"]>("");
  const [large, setLarge] = useState(false);
  const names: Names = new Map([...(book.value?.signals ?? []), ...(book.value?.rules ?? [])].map((one) => [one.id, one]));
  const titleOf = (row: LiftRow) => (names.has(row.id) ? titled(names.get(row.id)!) : row.id);
  const shown = rows.filter((row) => row.outcome === outcome && (!kind || row.kind === kind) && !(large && row.small));
  const part = (of: number, all: number) => <>{share(all ? of / all : null)} <span class="faint small">{number(of)}/{number(all)}</span></>;
  const columns: Column<LiftRow>[] = [
    { title: t("话术或规则"), value: titleOf, cell: (row) => <><span class={`tag ${row.kind === "signal" ? "brand" : ""}`}>{t(row.kind === "signal" ? "用语" : "规则项")}</span> {titleOf(row)}</> },
    { title: t("用到时"), value: (row) => row.with_outcome / row.with_count, cell: (row) => part(row.with_outcome, row.with_count), num: true, rate: true },
    { title: t("没用到时"), value: (row) => row.without_outcome / row.without_count, cell: (row) => part(row.without_outcome, row.without_count), num: true, rate: true },
    { title: t("相差"), value: (row) => row.difference, saved: (row) => rounded(row.difference * 100, 1), cell: (row) => <b>{row.difference > 0 ? "+" : row.difference < 0 ? "−" : ""}{number(Math.abs(row.difference) * 100, 1)}</b>, before: (row) => number(row.difference * 100, 1), num: true, note: t("百分点") },
    {
      title: t("95 % 区间"),
      value: (row) => row.interval[0],
      saved: reach,
      cell: (row) => (
        <span class="with-plot" title={reach(row)}>
          <Interval at={row.difference} low={row.interval[0]} high={row.interval[1]} calm={row.p_corrected > 0.05 || row.small} />
        </span>
      ),
    },
    { title: "p", value: (row) => row.p, saved: (row) => chance(row.p), cell: (row) => chance(row.p), num: true, note: t("Fisher 精确检验，双侧") },
    { title: t("校正后 p"), value: (row) => row.p_corrected, saved: (row) => chance(row.p_corrected), cell: (row) => chance(row.p_corrected), num: true, note: t("按比较次数校正（Benjamini–Hochberg）") },
    { title: t("样本"), value: (row) => row.with_count + row.without_count, cell: (row) => <>{number(row.with_count + row.without_count)} {row.small && <span class="tag warn">{t("样本少")}</span>}{row.open ? <div class="faint small">{t("另有未定 {0}", number(row.open))}</div> : null}</>, num: true },
  ];
  if (rows.length === 0) return <section class="card panel"><h2>{t("哪些话术更能成交")}</h2><p class="soft">{t("没有可以比较的对话：要有带买家名的聊天和订单")}</p></section>;
  return (
    <Panel title={t("哪些话术更能成交")} note={t("比较的是用到和没用到这句话术（或做到与没做到这条规则）的询单买家。这是相关，不是因果：快要下单的买家，客服本来就会说不一样的话。少于 30 人的一组标为“样本少”，只作线索。")} table={{ id: "lift", rows: shown, columns }}>
      <div class="row filters">
        <label>{t("看")} <select id="lift-outcome" value={outcome} onChange={(event) => setOutcome(event.currentTarget.value as Outcome)}>
          {[...new Set(rows.map((row) => row.outcome))].map((id) => <option key={id} value={id}>{t(outcomes[id] ?? id)}</option>)}
        </select></label>
        <label><select aria-label={t("类型")} value={kind} onChange={(event) => setKind(event.currentTarget.value as typeof kind)}>
          <option value="">{t("话术和规则")}</option>
          <option value="signal">{t("只看话术")}</option>
          <option value="rule">{t("只看规则")}</option>
        </select></label>
        <label><input type="checkbox" checked={large} onChange={(event) => setLarge(event.currentTarget.checked)} /> {t("不看样本少的")}</label>
      </div>
    </Panel>
  );
}

const reach = (row: LiftRow): string => row.interval.map((end) => share(end)).join(" – ");

const chance = (p: number): string => (p < 0.001 ? "< 0.001" : number(p, 3));
