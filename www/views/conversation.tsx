/** One conversation: its messages with the evidence marked in place, and the score sheet beside it. */
import { useEffect, useState } from "preact/hooks";
import type { Alert, ConversationReport, Evidence, ChatMessage, RuleInfo, Verdict } from "huashu/client";
import { bring } from "../parts/bring";
import { Marked, type Mark } from "../parts/marked";
import { critical, half, number, t, titled } from "../i18n";
import { Copy } from "../parts/copy";
import { Judge, results } from "./review";
import { book, bookText, conversation, sceneTitle } from "../store";

const roleNames = { buyer: "买家", agent: "客服", bot: "机器人", system: "系统" } as const;
const kindNames = { image: "图片", voice: "语音", card: "卡片", link: "链接", hidden: "原件不可见" } as const;

export function Conversation() {
  const [at, setAt] = useState<number | null>(null);
  const c = conversation.value;
  useEffect(() => setAt(null), [c?.id]);
  if (!c) return <div class="card empty">{t("先选左边的一通对话")}</div>;
  const rules = new Map(book.value?.rules.map((rule) => [rule.id, rule]));
  const found = byMessage(c, rules);
  const show = (message: number) => {
    setAt(message);
    bring(`#message-${message}`, "center");
  };
  return (
    <div class="detail">
      <section class="card talk">
        <div class="row narrow-only">
          <button class="link grow" id="to-list" onClick={() => bring(".list", "start")}>{t("回到对话列表")}</button>
          <button class="link" id="to-sheet" onClick={() => bring(".sheet", "start")}>{t("得分")} {c.score.value === null ? "—" : number(c.score.value, 1)}</button>
        </div>
        <div class="talk-head">
          <h2>{c.buyer ?? c.id}</h2>
          {c.scenes.map((scene) => (
            <span class="tag brand" key={scene}>{sceneTitle(scene)}</span>
          ))}
          <span class="faint small grow">{[c.agents.join("、"), c.source && `${c.source.file}:${c.source.line}`].filter(Boolean).join(" · ")}</span>
        </div>
        {c.messages?.map((message, index) => (
          <Bubble key={index} message={message} index={index} on={at === index} found={found.get(index) ?? nothing} rules={rules} />
        ))}
      </section>
      <Sheet c={c} rules={rules} show={show} />
    </div>
  );
}

/** The messages that a verdict is about: where it found or missed something, else, as with a buyer nobody answered, what asked for it. */
function placesOf(verdict: Verdict): Set<number> {
  const found = verdict.evidence.filter((evidence) => evidence.role !== "when");
  return new Set((found.length ? found : verdict.evidence).map((evidence) => evidence.message));
}

/** What is said of one message; an alert that several of its words rang is said once. */
interface Found {
  marks: Mark[];
  losses: Verdict[];
  alerts: Alert[];
}
const nothing: Found = { marks: [], losses: [], alerts: [] };

function byMessage(c: ConversationReport, rules: Map<string, RuleInfo>): Map<number, Found> {
  const all = new Map<number, Found>();
  const at = (message: number): Found => {
    const found = all.get(message) ?? { marks: [], losses: [], alerts: [] };
    all.set(message, found);
    return found;
  };
  for (const verdict of c.verdicts) {
    const rule = rules.get(verdict.rule);
    for (const evidence of verdict.evidence) {
      if (verdict.points === 0 || (verdict.result === "pass" && evidence.role === "when")) continue;
      const kind = evidence.role === "when" ? "when" : verdict.points < 0 ? "fail" : "pass";
      const more = evidence.replace ? `${t("建议换成")} ${evidence.replace}` : evidence.learned ? `${t("由模型判断")}${t("；")}${t("主要看 {0}", evidence.learned.join(" · "))}` : "";
      const note = `${rule ? titled(rule) : verdict.rule}${more && `（${more}）`}`;
      at(evidence.message).marks.push({ start: evidence.start, end: evidence.end, kind, note });
    }
    if (verdict.points < 0) for (const message of placesOf(verdict)) at(message).losses.push(verdict);
  }
  for (const alert of c.alerts) {
    const { marks, alerts } = at(alert.message);
    marks.push({ start: alert.start, end: alert.end, kind: "alert", note: `${t("预警")} ${titled(alert)}` });
    if (!alerts.some(({ id }) => id === alert.id)) alerts.push(alert);
  }
  return all;
}

function Bubble(props: { message: ChatMessage; index: number; on: boolean; found: Found; rules: Map<string, RuleInfo> }) {
  const { message, index, on, found, rules } = props;
  const { marks, losses, alerts } = found;
  return (
    <div class={`bubble-row ${message.role} ${on ? "on" : ""}`} id={`message-${index}`}>
      <div class="who">{[message.sender ?? t(roleNames[message.role]), (message.at?.replace("T", " ") ?? message.clock)?.slice(0, message.to_minute ? -3 : undefined)].filter(Boolean).join(" · ")}</div>
      <div class="bubble">
        {message.kind !== "text" && !/^[[【]/.test(message.text) && <em class="kind">[{t(kindNames[message.kind])}] </em>}
        <Marked text={message.text} marks={marks} />
      </div>
      <div class="notes">
        {losses.map((verdict) => (
          <div key={verdict.rule}>
            {lostAt(verdict)} {rules.has(verdict.rule) ? titled(rules.get(verdict.rule)!) : verdict.rule}
          </div>
        ))}
        {alerts.map((alert) => (
          <div class="alert" key={alert.id}>{t("预警")} · {titled(alert)}</div>
        ))}
      </div>
    </div>
  );
}

const signed = (points: number): string => (points > 0 ? `+${number(points)}` : `−${number(-points)}`);

/** The points of a verdict at one of its messages: of several together, it says so. */
function lostAt(verdict: Verdict): string {
  const places = placesOf(verdict).size;
  return places > 1 ? t("{0} 处共 {1}", places, signed(verdict.points)) : signed(verdict.points);
}

function Sheet({ c, rules, show }: { c: ConversationReport; rules: Map<string, RuleInfo>; show: (message: number) => void }) {
  const of = (result: Verdict["result"]) => c.verdicts.filter((verdict) => verdict.result === result);
  const failed = of("fail");
  const lost = failed.filter((verdict) => verdict.points < 0).sort((a, b) => a.points - b.points);
  const won = of("pass").filter((verdict) => verdict.points > 0);
  const missed = failed.filter((verdict) => verdict.points === 0 && !verdict.covered_by);
  const covered = failed.filter((verdict) => verdict.points === 0 && verdict.covered_by);
  const kept = of("pass").filter((verdict) => verdict.points === 0 && verdict.covered_by);
  const alarms = new Map<string, { alert: Alert; times: number }>();
  for (const alert of c.alerts) {
    const known = alarms.get(alert.id);
    if (known) known.times++;
    else alarms.set(alert.id, { alert, times: 1 });
  }
  const line = (verdict: Verdict) => <Line key={verdict.rule} verdict={verdict} c={c} rules={rules} show={show} />;
  return (
    <section class="card sheet" aria-label={t("得分")}>
      <div class="sheet-score">
        <b class="num" id="score-value">{c.score.value === null ? "—" : number(c.score.value, 1)}</b>
        <span class="soft">
          {c.score.value === null
            ? half(c.score.why ?? "")
            : `${t("扣分")} ${number(c.score.lost)} · ${t("加分")} ${number(c.score.gained)}`}
        </span>
        {c.score.critical && <span class="tag bad">{critical()}</span>}
      </div>
      {bookText.value !== null && book.value && <p class="small faint">{t("按店铺规则书“{0}”打分", titled(book.value))}</p>}
      <p class="small faint">{t("通过 {0} · 未通过 {1} · 可做得更好 {2} · 未涉及 {3}", of("pass").length, lost.length + covered.length, missed.length, of("skip").length)}</p>
      {[...alarms.values()].map(({ alert, times }) => (
        <div class="loss" key={alert.id}>
          <button onClick={() => show(alert.message)}>
            <span><span class="tag warn">{t("预警")}</span> {titled(alert)}</span>
            {times > 1 && <span class="soft small">{t("{0} 处", times)}</span>}
          </button>
          {alert.suggest && <Suggest text={alert.suggest} />}
        </div>
      ))}
      {lost.length > 0 && <h3>{t("扣分项")}</h3>}
      {lost.map(line)}
      {lost.length === 0 && c.score.value !== null && <p class="soft">{t("没有扣分，做得很好")}</p>}
      {won.length > 0 && <h3>{t("加分项")}</h3>}
      {won.map(line)}
      {covered.length + kept.length > 0 && (
        <details>
          <summary class="soft small">{t("同一件事只算一次的 {0} 处", covered.length + kept.length)}</summary>
          {[...covered, ...kept].map(line)}
        </details>
      )}
      {missed.length > 0 && (
        <details>
          <summary class="soft small">{t("还可以做得更好的 {0} 处", missed.length)}</summary>
          {missed.map(line)}
        </details>
      )}
      <details>
        <summary class="soft small">{t("其余规则，逐条复核")}</summary>
        {c.verdicts.filter((verdict) => verdict.result === "skip" || (verdict.result === "pass" && verdict.points === 0 && !verdict.covered_by)).map((verdict) => (
          <div class="other" key={verdict.rule}>
            <span class="small">{rules.has(verdict.rule) ? titled(rules.get(verdict.rule)!) : verdict.rule} <span class={`tag ${verdict.result === "pass" ? "good" : ""}`}>{t(results[verdict.result])}</span></span>
            <Judge talk={c} verdict={verdict} />
          </div>
        ))}
      </details>
    </section>
  );
}

function Line(props: { verdict: Verdict; c: ConversationReport; rules: Map<string, RuleInfo>; show: (message: number) => void }) {
  const { verdict, c, rules, show } = props;
  const name = (id: string) => (rules.has(id) ? titled(rules.get(id)!) : id);
  const first = verdict.evidence.find((evidence) => evidence.role !== "when") ?? verdict.evidence[0];
  return (
    <div class="loss">
      <button onClick={() => first && show(first.message)} disabled={!first}>
        <span>{name(verdict.rule)}</span>
        {verdict.points !== 0 && <span class={`points ${verdict.points < 0 ? "bad" : "good"}`}>{signed(verdict.points)}</span>}
      </button>
      {first && <Quote evidence={first} c={c} timed={verdict.because === "late" || rules.get(verdict.rule)?.principle === "speed"} />}
      {verdict.covered_by && <p class="small faint">{t(covered(verdict), name(verdict.covered_by))}</p>}
      {verdict.result === "fail" && verdict.suggest && <Suggest text={verdict.suggest} />}
      <Judge talk={c} verdict={verdict} />
    </div>
  );
}

/** Why another rule took the points, or some of them. */
function covered(verdict: Verdict): string {
  if (verdict.result !== "fail") return "同一条消息违反“{0}”，不加分";
  return verdict.points === 0 ? "已由“{0}”扣分，不重复扣" : "其中有的已由“{0}”扣分";
}

function Quote({ evidence, c, timed }: { evidence: Evidence; c: ConversationReport; timed: boolean }) {
  const text = c.messages?.[evidence.message]?.text.slice(evidence.start, evidence.end);
  return (
    <div class="quote">
      {text && <>“{text}”</>}
      {evidence.replace && <> → {evidence.replace}</>}
      {evidence.learned && <> <span class="faint" title={t("主要看 {0}", evidence.learned.join(" · "))}>{t("由模型判断")}</span></>}
      {evidence.measured != null && <> {t(timed ? "用时 {0} 秒" : "测得 {0}", number(evidence.measured, 1))}</>}
    </div>
  );
}

const Suggest = ({ text }: { text: string }) => (
  <div class="suggest">
    <span>{text}</span>
    <Copy text={text} />
  </div>
);
