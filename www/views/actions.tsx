/** What to do today: for which buyer, why, by when, and the line to begin with; and what calls for a human at once. */
import { useMemo, useState } from "preact/hooks";
import type { ActionRow, AlertRow } from "huashu/client";
import { Copy } from "../parts/copy";
import { type Cell, maskName, saveCsv } from "../parts/csv";
import { Panel, type Column } from "../parts/table";
import { clock } from "../parts/units";
import { narrow } from "../parts/narrow";
import { Nothing } from "../parts/nothing";
import { WindowList } from "../parts/window-list";
import { asOf, half, number, t, titled } from "../i18n";
import { attempt, figures, hasConversation, masked, openConversation, report } from "../store";

export function Actions() {
  const [kind, setKind] = useState("");
  const [full, setFull] = useState(false);
  const tables = figures.value?.tables;
  if (!tables) return <Nothing text="还没有数据，先去“导入”拖入订单报表或聊天记录吧" />;
  const kinds = new Map(tables["actions.count"].map((one) => [one.action, one]));
  const rows = tables.actions.filter((row) => !kind || row.action === kind);
  const all = tables["actions.count"].reduce((sum, one) => sum + one.count, 0);
  const old = tables["actions.count"].filter((one) => one.too_old > 0 && (!kind || one.action === kind));
  const save = async () => {
    const lines = rows.map((row) => {
      const isOrder = row.action === "remind_payment" && row.about !== null;
      const about = isOrder && !full ? { order: row.about as string } : row.about;
      return [titled(kinds.get(row.action) ?? { title: row.action }), clock(row.due), full ? row.buyer : maskName(row.buyer), half(row.reason), about, row.suggest];
    });
    const header = [t("待办"), t("到期"), t("买家"), t("原因"), t("订单或对话"), t("建议话术")];
    saveCsv("huashu-actions.csv", [header, ...(full ? (lines as Cell[][]) : await masked(lines))]);
  };
  return (
    <div class="stack">
      <Alerts rows={tables.alerts} />
      <section class="card panel" id="actions">
        <div class="panel-head">
          <h2 class="grow">{asOf(t("今日待办"), figures.value?.as_of ?? null)}</h2>
          <label class="small soft"><input type="checkbox" id="full-names" checked={full} onChange={(event) => setFull(event.currentTarget.checked)} /> {t("表格里写全买家和单号")}</label>
          <button class="button small" id="save-actions" disabled={rows.length === 0} onClick={() => attempt(save)}>{t("下载表格")}</button>
        </div>
        <div class="chips">
          {[{ action: "", title: t("全部"), count: all }, ...kinds.values()].map((one) => (
            <button key={one.action} aria-pressed={kind === one.action} onClick={() => setKind(one.action)}>{titled(one)} <b class="num">{number(one.count)}</b></button>
          ))}
        </div>
        {all > tables.actions.length && <p class="faint small">{t("每类只列出到期最晚的 500 条")}</p>}
        {old.length > 0 && <p class="faint small" id="too-old">{t("过期太久，没有列出（抱怨超过 15 天、询单流失超过 7 天）：{0}", old.map((one) => `${titled(one)} ${number(one.too_old)}`).join(t("；")))}</p>}
        {rows.length === 0 ? (
          <p class="empty">{t("没有待办")}</p>
        ) : (
          <WindowList items={rows} rowHeight={narrow.matches ? 200 : 84} row={(row) => <Row key={`${row.action} ${row.buyer} ${row.about} ${row.due}`} row={row} title={titled(kinds.get(row.action) ?? { title: row.action })} />} />
        )}
      </section>
    </div>
  );
}

function Row({ row, title }: { row: ActionRow; title: string }) {
  return (
    <div class="todo">
      <div><span class="tag brand">{title}</span><div class="small num soft">{t("到期")} {clock(row.due)}</div></div>
      <div>
        <b>{row.buyer}</b>
        {row.about && (hasConversation(row.about) ? <button class="link small" onClick={() => openConversation(row.about!)}>{t("查看对话")}</button> : <div class="faint small num">{row.about}</div>)}
      </div>
      <div class="small">{half(row.reason)}</div>
      <div class="suggest"><span>{row.suggest}</span><Copy text={row.suggest} /></div>
    </div>
  );
}

function Alerts({ rows }: { rows: AlertRow[] }) {
  const names = useMemo(() => new Map(report.value?.conversations.flatMap((c) => c.alerts.map((alert) => [alert.id, alert] as const)) ?? []), [report.value]);
  if (rows.length === 0) return null;
  const urgent = (row: AlertRow) => names.get(row.alert)?.level === "urgent";
  const title = (row: AlertRow) => (names.has(row.alert) ? titled(names.get(row.alert)!) : row.alert);
  const columns: Column<AlertRow>[] = [
    { title: t("预警"), value: title, cell: (row) => <span class={`tag ${urgent(row) ? "bad" : "warn"}`}>{title(row)}</span> },
    { title: t("买家"), value: (row) => row.buyer, saved: (row) => row.buyer && maskName(row.buyer) },
    { title: t("客服"), value: (row) => row.agent },
    { title: t("时间"), value: (row) => row.at, cell: (row) => <span class="num">{clock(row.at)}</span> },
    { title: t("所在对话"), value: (row) => row.conversation, cell: (row) => <button class="link" onClick={() => openConversation(row.conversation)}>{t("查看")}</button> },
  ];
  return <Panel title={t("需要人工立刻处理")} note={t("买家情绪激动、要投诉或提到平台介入的对话，由主管先看。")} table={{ id: "alerts", rows: distinct(rows).sort((a, b) => Number(urgent(b)) - Number(urgent(a))), columns }} />;
}

/** An alert that rang twice in one conversation is one line. */
function distinct(rows: AlertRow[]): AlertRow[] {
  const seen = new Set<string>();
  return rows.filter((row) => {
    const key = `${row.alert} ${row.conversation}`;
    return !seen.has(key) && seen.add(key);
  });
}
