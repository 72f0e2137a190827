/** All conversations with their scores; the chosen one beside them. */
import { useEffect, useMemo, useState } from "preact/hooks";
import type { ConversationReport } from "huashu/client";
import { showTalk } from "../parts/narrow";
import { Nothing } from "../parts/nothing";
import { WindowList } from "../parts/window-list";
import { conversations, number, t } from "../i18n";
import { busy, choose, chosen, filter, keeps, listed, report, wanted, type Filter } from "../store";
import { saveChecked } from "./checked";
import { Conversation } from "./conversation";

/** A conversation with its position in the report. */
type Row = { c: ConversationReport; at: number };
type Order = "worst" | "best" | "read";

/** The height of an item; style.css has the same. */
const ITEM = 66;

/** Brings an item of the list into sight. */
function showItem(index: number): void {
  const box = document.querySelector(".list .scroller");
  if (!box || index < 0) return;
  const top = index * ITEM;
  if (top < box.scrollTop || top + ITEM > box.scrollTop + box.clientHeight) box.scrollTop = top - (box.clientHeight - ITEM) / 2;
}

export function Chats() {
  const [order, setOrder] = useState<Order>("worst");
  const all = report.value?.conversations ?? [];
  const shown = useMemo(() => {
    const value = ({ c }: Row) => c.score.value ?? (order === "worst" ? Infinity : -Infinity);
    if (order === "read") return listed.value;
    return [...listed.value].sort((a, b) => (order === "worst" ? value(a) - value(b) : value(b) - value(a)));
  }, [listed.value, order]);
  useEffect(() => showItem(shown.findIndex(({ at }) => at === chosen.value)), [chosen.value]);
  if (!report.value) return <Nothing text="还没有聊天记录，先去“导入”粘贴一段吧" />;

  const scored = all.flatMap((c) => c.score.value ?? []);
  const mean = scored.length ? scored.reduce((sum, value) => sum + value, 0) / scored.length : null;
  const tiles: [string, string, Filter][] = [
    [number(all.length), conversations(), "all"],
    [mean === null ? "—" : number(mean, 1), t("平均得分"), "lost"],
    [number(all.filter(keeps.critical).length), t("一票否决"), "critical"],
    [number(all.filter(keeps.alerts).length), t("需要关注"), "alerts"],
  ];
  return (
    <div class="stack">
      <div class="tiles">
        {tiles.map(([value, label, goal]) => (
          <button class="card tile" key={label} aria-pressed={filter.value === goal} onClick={() => (filter.value = goal)}>
            <b class="num">{value}</b>
            <span>{label}</span>
          </button>
        ))}
      </div>
      <div class="split">
        <section class="card list" aria-label={conversations()}>
          <div class="list-head">
            <input type="search" placeholder={t("搜索买家、客服或对话编号")} aria-label={t("搜索买家、客服或对话编号")} value={wanted.value} onInput={(event) => (wanted.value = event.currentTarget.value)} />
            <div class="row two">
              <select aria-label={t("筛选")} value={filter.value} onChange={(event) => (filter.value = event.currentTarget.value as Filter)}>
                <option value="all">{t("全部")}</option>
                <option value="lost">{t("有扣分")}</option>
                <option value="critical">{t("一票否决")}</option>
                <option value="alerts">{t("有预警")}</option>
                <option value="unscored">{t("未评分")}</option>
              </select>
              <select aria-label={t("排序")} value={order} onChange={(event) => setOrder(event.currentTarget.value as Order)}>
                <option value="worst">{t("得分从低到高")}</option>
                <option value="best">{t("得分从高到低")}</option>
                <option value="read">{t("按原顺序")}</option>
              </select>
            </div>
          </div>
          {shown.length === 0 && <div class="empty small">{t("没有符合条件的对话")}</div>}
          <WindowList items={shown} rowHeight={ITEM} row={(row) => <Item key={row.at} {...row} />} />
          <div class="list-foot">
            <span class="faint small grow">{t("共 {0} 通", number(shown.length))}</span>
            <button class="button quiet small" id="save-check" disabled={shown.length === 0 || busy.value !== null} onClick={() => void saveChecked(shown.map(({ at }) => at))}>{t("下载表格")}</button>
          </div>
        </section>
        <Conversation />
      </div>
    </div>
  );
}

function Item({ c, at }: Row) {
  return (
    <button class="item" aria-current={chosen.value === at} onClick={() => void choose(at).then(showTalk)}>
      <Badge value={c.score.value} />
      <span class="grow">
        <div class="name">
          {c.buyer ?? c.id}
          {c.alerts.length > 0 && <span class="tag warn">{t("预警")}</span>}
        </div>
        <div class="sub">
          {c.agents.join("、") || t("匿名")} · {c.score.value === null ? t("未评分") : [c.score.lost > 0 && `−${number(c.score.lost)}`, c.score.gained > 0 && `+${number(c.score.gained)}`].filter(Boolean).join(" ") || "±0"}
        </div>
      </span>
    </button>
  );
}

export function Badge({ value }: { value: number | null }) {
  const level = value === null ? "none" : value >= 85 ? "" : value >= 60 ? "mid" : "low";
  return <span class={`badge num ${level}`}>{value === null ? "–" : number(value, 0)}</span>;
}
