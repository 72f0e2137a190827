/** Agents side by side: score, speed, conversion. */
import type { AgentReport, AgentRow } from "huashu/client";
import { Panel, type Column } from "../parts/table";
import { count, share } from "../parts/units";
import { number, t, titled } from "../i18n";
import { book, figures, report } from "../store";
import { Badge } from "./chats";
import { PaySheets } from "./targets";

/** An agent with what the score sheets and the figures say. */
interface Row {
  name: string;
  sheet: AgentReport | undefined;
  served: AgentRow | undefined;
}

export function Agents() {
  const agents = report.value?.agents;
  if (!agents) return <div class="card empty">{t("还没有聊天记录，先去“导入”粘贴一段吧")}</div>;
  const served = new Map(figures.value?.tables.agents.map((row) => [row.agent, row]));
  const ranked = [...agents].sort((a, b) => (b.score ?? -1) - (a.score ?? -1));
  const rows = ranked.map((sheet): Row => ({ name: sheet.agent || t("匿名"), sheet, served: served.get(sheet.agent ?? "") }));
  const tables = figures.value?.tables;
  const groups = [["按姓名", "people", tables?.people ?? []], ["按组别", "teams", tables?.teams ?? []], ["按班次", "shifts", tables?.shifts ?? []]] as const;
  return (
    <div class="stack">
      <Panel title={t("得分排名")} table={{ id: "agents", rows, columns: scores() }} />
      {served.size > 0 && (
        <Panel
          title={t("接待与转化")}
          note={t("询单和成交按口径归到接待的客服；响应按轮次计，机器人和自动回复不算。")}
          table={{ id: "agents-service", rows: rows.filter((row) => row.served), columns: service(rows) }}
        />
      )}
      {groups.map(([title, id, own]) => own.length > 0 && (
        <Panel key={id} title={t(title)} table={{ id: `agents-${id}`, rows: own.map((row): Row => ({ name: row.agent || t("匿名"), sheet: undefined, served: row })), columns: service(own.map((row) => ({ name: "", sheet: undefined, served: row }))) }} />
      ))}
      <PaySheets rows={figures.value?.tables.pay ?? []} />
    </div>
  );
}

function scores(): Column<Row>[] {
  return [
    { title: t("客服"), value: (row) => row.name, cell: (row) => <b>{row.name}</b> },
    { title: t("平均得分"), value: (row) => row.sheet?.score ?? null, cell: (row) => <Badge value={row.sheet?.score ?? null} /> },
    { title: t("波动"), value: (row) => row.sheet?.spread ?? null, cell: (row) => (row.sheet?.spread == null ? "–" : `± ${number(row.sheet.spread, 1)}`), num: true, note: t("得分的标准差") },
    { title: t("评分对话"), value: (row) => row.sheet?.scored ?? 0, cell: (row) => number(row.sheet?.scored ?? 0), num: true },
    { title: t("一票否决"), value: (row) => row.sheet?.critical ?? 0, cell: (row) => number(row.sheet?.critical ?? 0), num: true },
    { title: t("主要扣分"), value: (row) => row.sheet?.rules[0]?.rule ?? "", cell: (row) => row.sheet && <Losses agent={row.sheet} /> },
  ];
}

function service(rows: Row[]): Column<Row>[] {
  const of = (key: keyof AgentRow) => (row: Row) => (row.served?.[key] ?? null) as number | null;
  const column = (title: string, key: keyof AgentRow, show: (value: number | null) => string): Column<Row> => ({
    title, value: of(key), cell: (row) => show(of(key)(row)), num: true,
  });
  const rate = (row: Row) => (row.served?.ordered == null || !row.served.inquiry_buyers ? null : row.served.ordered / row.served.inquiry_buyers);
  return [
    { title: t("客服"), value: (row) => row.name, cell: (row) => <b>{row.name}</b> },
    column(t("接待对话"), "conversations", count),
    column(t("首次响应（秒）"), "first", (value) => count(value, 1)),
    column(t("平均响应（秒）"), "mean", (value) => count(value, 1)),
    column(t("30 秒内"), "within_30s", share),
    column(t("3 分钟内"), "within_3min", share),
    column(t("回复率"), "reply_rate", share),
    column(t("投诉"), "complaints", count),
    column(t("询单人数"), "inquiry_buyers", count),
    column(t("下单人数"), "ordered", count),
    { title: t("转化率"), value: rate, cell: (row) => share(rate(row)), num: true },
    ...(rows.some((row) => row.served?.amount != null) ? [column(t("成交额（元）"), "amount", count)] : []),
  ];
}

function Losses({ agent }: { agent: AgentReport }) {
  const rules = new Map(book.value?.rules.map((rule) => [rule.id, rule]));
  return (
    <div class="small">
      {agent.rules.slice(0, 3).map((line) => (
        <div key={line.rule}>
          <span class="points bad">−{number(line.lost)}</span> {rules.has(line.rule) ? titled(rules.get(line.rule)!) : line.rule}
        </div>
      ))}
    </div>
  );
}
