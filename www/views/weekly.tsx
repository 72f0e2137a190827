/** The weekly review: the most complained and the most praised conversations, and what set them apart. */
import type { MetricReport, WeeklyRow } from "huashu/client";
import { Copy } from "../parts/copy";
import { share } from "../parts/units";
import { number, t, titled } from "../i18n";
import { book, hasConversation, nameOf, openConversation, type Names } from "../store";

/** Of a signal whether it was said, of a rule whether it was kept. */
const SHARES = {
  signal: { complained: "出现时 {0} 被抱怨，没出现时 {1}", praised: "出现时 {0} 被称赞，没出现时 {1}" },
  rule: { complained: "做到时 {0} 被抱怨，没做到时 {1}", praised: "做到时 {0} 被称赞，没做到时 {1}" },
} as const;

export function Weekly({ report }: { report: MetricReport }) {
  const rows = report.tables.weekly;
  if (rows.length === 0) return <div class="card empty">{t("没有可以复盘的对话：要有带时间的聊天")}</div>;
  const weeks = [...new Set(rows.map((row) => row.week))];
  return (
    <>
      {weeks.map((week) => (
        <section class="card panel weekly" key={week}>
          <div class="panel-head"><h2>{t("{0} 起的一周", week)}</h2></div>
          <div class="halves">
            {rows.filter((row) => row.week === week).map((row) => <Half key={row.kind} row={row} />)}
          </div>
        </section>
      ))}
      <p class="faint small">{t("突出之处是比其他对话更常出现的话术、更常没做到（被抱怨）或做到（被称赞）的规则，是相关，不是因果。")}</p>
    </>
  );
}

function Half({ row }: { row: WeeklyRow }) {
  const names: Names = new Map([...(book.value?.signals ?? []), ...(book.value?.rules ?? [])].map((one) => [one.id, one]));
  const complained = row.kind === "complained";
  return (
    <div class="stack">
      <div class="row"><span class={`tag ${complained ? "bad" : "good"}`}>{t(complained ? "被抱怨" : "被称赞")}</span> <b class="num">{t("{0} / {1} 通", number(row.conversations), number(row.of))}</b>{row.previous && <span class="faint small prior"> ({t("前一周 {0} / {1} 通", number(row.previous.conversations), number(row.previous.of))})</span>}</div>
      <div class="row small">{row.examples.filter(hasConversation).map((id) => <button class="link" key={id} title={id} onClick={() => openConversation(id)}>{nameOf(id)}</button>)}</div>
      {row.apart.length > 0 && (
        <ul class="small apart">
          {row.apart.map((one) => (
            <li key={one.kind + one.id}>
              {names.has(one.id) ? titled(names.get(one.id)!) : one.id} <span class="soft">{t(SHARES[one.kind][row.kind], share(one.with_outcome / one.with_count, 0), share(one.without_outcome / one.without_count, 0))}</span> {one.small && <span class="tag warn">{t("样本少")}</span>}
            </li>
          ))}
        </ul>
      )}
      {row.suggest.map((text) => <div class="suggest" key={text}><span>{text}</span><Copy text={text} /></div>)}
    </div>
  );
}
