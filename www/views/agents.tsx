/** Agents side by side: score, speed, conversion. */
import { useState } from "preact/hooks";
import type { AgentReport, AgentRow } from "huashu/client";
import { Nothing } from "../parts/nothing";
import { Panel, type Column } from "../parts/table";
import { count, share } from "../parts/units";
import { number, t, titled } from "../i18n";
import { figures, report, ruleTitle, type Part } from "../store";
import { Rows } from "./behind";
import { Badge } from "./chats";
import { Days } from "./controls";
import { PaySheets } from "./targets";

/** An agent with what the score sheets and the figures say. */
interface Row {
  name: string;
  sheet: AgentReport | undefined;
  served: Served | undefined;
  /** What the figures said in the period before. */
  previous: Row | null;
}

type Served = Omit<AgentRow, "previous">;

const rowOf = (name: string, sheet: AgentReport | undefined, served: AgentRow | undefined): Row => ({
  name, sheet, served, previous: served?.previous ? { name, sheet: undefined, served: served.previous, previous: null } : null,
});

export function Agents() {
  const agents = report.value?.agents;
  if (!agents) return <Nothing text="还没有聊天记录，先去“导入”粘贴一段吧" />;
  const served = new Map(figures.value?.tables.agents.map((row) => [row.agent, row]));
  const ranked = [...agents].sort((a, b) => (b.score ?? -1) - (a.score ?? -1));
  const rows = ranked.map((sheet) => rowOf(sheet.agent || t("匿名"), sheet, served.get(sheet.agent ?? "")));
  const tables = figures.value?.tables;
  const groups = [["按姓名", "姓名", "people", "person"], ["按组别", "组别", "teams", "team"], ["按班次", "班次", "shifts", "shift"]] as const;
  return (
    <div class="stack">
      <Panel title={t("得分排名")} note={t("全部对话")} table={{ id: "agents", rows, columns: scores() }} />
      {served.size > 0 && (
        <Service
          title={t("接待与转化")}
          who={t("客服")}
          note={t("询单和成交按口径归到接待的客服；响应按轮次计，机器人和自动回复不算。点数字看明细。")}
          id="agents-service"
          kind="agent"
          rows={rows.filter((row) => row.served)}
        />
      )}
      {groups.map(([title, who, id, kind]) => {
        const own = tables?.[id] ?? [];
        return own.length > 0 && <Service key={id} title={t(title)} who={t(who)} id={`agents-${id}`} kind={kind} rows={own.map((row) => rowOf(row.agent || t("匿名"), undefined, row))} />;
      })}
      <PaySheets rows={figures.value?.tables.pay ?? []} />
    </div>
  );
}

function scores(): Column<Row>[] {
  return [
    { title: t("客服"), value: (row) => row.name, cell: (row) => <b>{row.name}</b> },
    { title: t("平均得分"), value: (row) => row.sheet?.score ?? null, cell: (row) => <Badge value={row.sheet?.score ?? null} />, digits: 1 },
    { title: t("波动"), value: (row) => row.sheet?.spread ?? null, cell: (row) => (row.sheet?.spread == null ? "–" : `±\u00a0${number(row.sheet.spread, 1)}`), num: true, digits: 1, note: t("得分的标准差") },
    { title: t("评分对话"), value: (row) => row.sheet?.scored ?? 0, cell: (row) => number(row.sheet?.scored ?? 0), num: true },
    { title: t("一票否决"), value: (row) => row.sheet?.critical ?? 0, cell: (row) => number(row.sheet?.critical ?? 0), num: true },
    { title: t("主要扣分"), value: (row) => row.sheet?.rules[0] ? ruleTitle(row.sheet.rules[0].rule) : "", saved: (row) => losses(row.sheet).map(([points, title]) => `${title} ${points}`).join(t("；")), cell: (row) => <Losses agent={row.sheet} /> },
  ];
}

interface Opened {
  metric: string;
  name: string;
  by: Part;
}

/** Agents, or whom the roster names, side by side; a click on a figure lists its rows below. */
function Service({ title, who, note, id, kind, rows }: { title: string; who: string; note?: string; id: string; kind: string; rows: Row[] }) {
  const [opened, setOpened] = useState<Opened | null>(null);
  const open = (metric: string, row: Row) => setOpened({ metric, name: row.name, by: { [kind]: row.served?.agent ?? "" } });
  return (
    <>
      <Panel title={title} {...(note && { note })} table={{ id, rows, columns: service(who, rows, open) }}><Days shown /></Panel>
      {opened && (
        <section class="card panel" id={`${id}-rows`}>
          <div class="panel-head">
            <h2 class="grow">{opened.name} · {titleOf(opened.metric)}</h2>
            <button class="button quiet small" onClick={() => setOpened(null)}>{t("关闭")}</button>
          </div>
          <Rows metric={opened.metric} by={opened.by} />
        </section>
      )}
    </>
  );
}

function titleOf(id: string): string {
  const metric = figures.value?.metrics.find((one) => one.id === id);
  return metric ? titled(metric) : id;
}

const seconds = (value: number | null): string => count(value, 1);

function service(who: string, rows: Row[], open: (metric: string, row: Row) => void): Column<Row>[] {
  const of = (key: keyof Served) => (row: Row) => (row.served?.[key] ?? null) as number | null;
  const linked = (title: string, metric: string, value: (row: Row) => number | null, show: (value: number | null) => string): Column<Row> => ({
    title,
    value,
    rate: show === share,
    digits: show === seconds ? 1 : 2,
    cell: (row) => (value(row) === null ? show(null) : <button class="link" title={t("看明细")} onClick={() => open(metric, row)}>{show(value(row))}</button>),
    before: (row) => show(value(row)),
    num: true,
  });
  const column = (title: string, key: keyof Served, metric: string, show: (value: number | null) => string) => linked(title, metric, of(key), show);
  const rate = (row: Row) => (row.served?.ordered == null || !row.served.inquiry_buyers ? null : row.served.ordered / row.served.inquiry_buyers);
  return [
    { title: who, value: (row) => row.name, cell: (row) => <b>{row.name}</b> },
    { title: t("接待对话"), value: of("conversations"), cell: (row) => count(of("conversations")(row)), before: (row) => count(of("conversations")(row)), num: true },
    column(t("首次响应（秒）"), "first", "response.first", seconds),
    column(t("平均响应（秒）"), "mean", "response.mean", seconds),
    column(t("30 秒内"), "within_30s", "response.within_30s", share),
    column(t("3 分钟内"), "within_3min", "response.within_3min", share),
    column(t("回复率"), "reply_rate", "response.reply_rate", share),
    column(t("投诉"), "complaints", "service.complaint_rate", count),
    ...(rows.some((row) => row.served?.forwarded) ? [{ title: t("仅转接"), value: of("forwarded"), cell: (row: Row) => count(of("forwarded")(row)), num: true }] : []),
    column(t("询单人数"), "inquiry_buyers", "inquiry.buyers", count),
    column(t("下单人数"), "ordered", "inquiry.order_conversion", count),
    linked(t("转化率"), "inquiry.order_conversion", rate, share),
    ...(rows.some((row) => row.served?.amount != null) ? [column(t("成交额（元）"), "amount", "sales.inquiry_amount", count)] : []),
  ];
}

/** The rules that cost an agent most. */
const losses = (agent: AgentReport | undefined): [points: string, title: string][] => (agent?.rules ?? []).slice(0, 3).map(({ rule, lost }) => [`−${number(lost)}`, ruleTitle(rule)]);

const Losses = ({ agent }: { agent: AgentReport | undefined }) => (
  <div class="small losses">
    {losses(agent).map(([points, title]) => <div key={title}><span class="points bad">{points}</span> {title}</div>)}
  </div>
);
