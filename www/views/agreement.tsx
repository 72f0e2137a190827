/** The inspector's verdicts beside the book's: agreement per rule, both scores, and what was overruled. */
import { useEffect, useState } from "preact/hooks";
import type { Agreement as Agreed, Result, Review, ReviewReport } from "huashu/client";
import { holdsExample, writeExample } from "../book/own";
import { saveBlob } from "../parts/csv";
import { FileButton } from "../parts/file-button";
import { Nothing } from "../parts/nothing";
import { Panel, type Column } from "../parts/table";
import { both, half, number, t } from "../i18n";
import { parse, reviews } from "../reviews";
import { attempt, book, fitting, nameOf, openConversation, report, review, ruleTitle, todo } from "../store";
import { bookPart } from "./book";
import { results } from "./review";

type Disagreement = ReviewReport["disagreements"][number];

interface Looked {
  /** What counts of the reviews, and what comes of it: null while that is not known. */
  counted: Review[];
  found: ReviewReport | null;
  /** What was overruled as examples of the rules. */
  examples: Map<Disagreement, string>;
}
const nothing: Looked = { counted: [], found: null, examples: new Map() };

export function Agreement() {
  const [{ counted, found, examples }, setFound] = useState<Looked>(nothing);
  const [wrong, setWrong] = useState("");
  useEffect(() => {
    let stale = false;
    const tell = (error: unknown) => {
      setFound(nothing);
      setWrong(error instanceof Error ? error.message : String(error));
    };
    setWrong("");
    const look = async () => {
      const counted = await fitting(reviews.value);
      const found = await review(counted);
      if (!stale) setFound({ counted, found, examples: new Map() });
      const examples = new Map<Disagreement, string>();
      // Why one cannot be kept is told when that is asked for.
      for (const one of found.disagreements) await todo(one).then((text) => examples.set(one, text), () => {});
      if (!stale) setFound({ counted, found, examples });
    };
    if (report.value) look().catch((error: unknown) => stale || tell(error));
    return () => void (stale = true);
  }, [reviews.value, book.value, report.value]);
  if (!report.value) return <Nothing text="还没有聊天记录，先去“导入”粘贴一段吧" />;
  const load = (text: string) => {
    try {
      const loaded = parse(text);
      if (reviews.value.length === 0 || confirm(t("放弃现在的 {0} 条复核，换成这个文件里的？", reviews.value.length))) reviews.value = loaded;
      setWrong("");
    } catch {
      setWrong(both("这不是复核文件"));
    }
  };
  const reviewed = new Set(counted.map((one) => one.conversation));
  const aside = found ? reviews.value.length - counted.length : 0;
  const open = report.value.conversations.filter((c) => c.score.value !== null && !reviewed.has(c.id));
  const draw = () => openConversation(open[Math.floor(Math.random() * open.length)]?.id ?? "");
  return (
    <>
      <section class="card panel" id="agreement">
        <div class="panel-head">
          <h2 class="grow">{t("人工复核")}</h2>
          <button class="button small" id="draw" disabled={open.length === 0} onClick={draw}>{t("随机抽一通")}</button>
          <FileButton small id="reviews-file" accept=".json" onText={load}>{t("打开文件")}</FileButton>
          <button class="button small" id="reviews-save" disabled={reviews.value.length === 0} onClick={() => saveBlob("huashu-reviews.json", new Blob([JSON.stringify(reviews.value, null, 1)], { type: "application/json" }))}>{t("存成文件")}</button>
        </div>
        <p class="soft small">{t("在“质检”里打开一通对话，逐条选“同意”或“改判”。人工结论与自动判定分开存放，不改动得分。")}</p>
        <div class="tiles">
          <Tile value={`${number(reviewed.size)} / ${number(report.value.shop.sample)}`} label={t("已复核对话 / 建议抽检")} />
          <Tile value={number(counted.length)} label={t("复核的判定")} />
          <Tile value={found ? `${number(found.all.agree)} : ${number(found.all.disagree)}` : "–"} label={t("同意 : 改判")} />
          <Tile value={kappa(found?.all)} label={t("一致度 κ")} />
        </div>
        {aside > 0 && <p class="notice warn small" id="aside">{t("另有 {0} 条没有计入：对话现在没有或换成了另一通，或规则没有、已停用。存成文件时它们也在。", number(aside))}</p>}
        {wrong && <div class="notice">{half(wrong)}</div>}
      </section>
      {found && found.rules.length > 0 && <Panel title={t("各规则的一致度")} note={t("κ 是去掉碰巧一致之后的一致程度：1 完全一致，0 与碰巧无异；两边只出现一种结论时算不出。")} table={{ id: "kappa", rows: found.rules, columns: ruleColumns() }} />}
      {found && found.disagreements.length > 0 && <Panel title={t("改判的判定")} note={t("一键存成这条规则的待改进例子：对话去掉个人信息，写进店铺规则书，规则改好以前不影响使用。")} table={{ id: "disagreements", rows: found.disagreements, columns: disagreementColumns(examples) }} />}
      {found && found.conversations.length > 0 && <Panel title={t("两种得分")} table={{ id: "both-scores", rows: found.conversations, columns: scoreColumns() }} />}
    </>
  );
}

const Tile = ({ value, label }: { value: string; label: string }) => <div class="tile"><b class="num">{value}</b><span>{label}</span></div>;
const kappa = (one: Agreed | undefined): string => (one?.kappa == null ? "–" : number(one.kappa, 2));

function ruleColumns(): Column<ReviewReport["rules"][number]>[] {
  return [
    { title: t("规则"), value: (row) => ruleTitle(row.rule) },
    { title: t("同意"), value: (row) => row.agree, cell: (row) => number(row.agree), num: true },
    { title: t("改判"), value: (row) => row.disagree, cell: (row) => number(row.disagree), num: true },
    { title: "κ", value: (row) => row.kappa, cell: (row) => <b>{kappa(row)}</b>, num: true },
    { title: t("误扣"), value: (row) => row.counts[1][0] + row.counts[1][2], cell: (row) => number(row.counts[1][0] + row.counts[1][2]), num: true, note: t("自动判未通过，人工不同意") },
    { title: t("漏扣"), value: (row) => row.counts[0][1] + row.counts[2][1], cell: (row) => number(row.counts[0][1] + row.counts[2][1]), num: true, note: t("自动没判未通过，人工判未通过") },
  ];
}

function disagreementColumns(examples: Map<Disagreement, string>): Column<Disagreement>[] {
  const named = (result: Result) => t(results[result]);
  const isKept = (row: Disagreement) => examples.has(row) && holdsExample(examples.get(row) ?? "");
  const keep = async (row: Disagreement) => {
    await writeExample(row.rule, examples.get(row) ?? (await todo(row)));
    bookPart.value = "editor";
  };
  return [
    { title: t("规则"), value: (row) => ruleTitle(row.rule) },
    { title: t("自动"), value: (row) => named(row.automatic) },
    { title: t("人工"), value: (row) => named(row.manual), cell: (row) => <b>{named(row.manual)}</b> },
    { title: t("备注"), value: (row) => row.note },
    { title: t("对话"), value: (row) => row.conversation, cell: (row) => <button class="link" onClick={() => openConversation(row.conversation)}>{t("查看")}</button> },
    { title: t("处理"), value: () => null, unsaved: true, cell: (row) => <button class="button small" onClick={() => attempt(() => keep(row))}>{t(isKept(row) ? "已存，去看" : "存为待改进例子")}</button> },
  ];
}

function scoreColumns(): Column<ReviewReport["conversations"][number]>[] {
  const points = (value: number | null) => (value === null ? "–" : number(value, 1));
  return [
    { title: t("对话"), value: (row) => nameOf(row.conversation), saved: (row) => row.conversation, cell: (row) => <button class="link" title={row.conversation} onClick={() => openConversation(row.conversation)}>{nameOf(row.conversation)}</button> },
    { title: t("自动得分"), value: (row) => row.automatic, cell: (row) => points(row.automatic), num: true },
    { title: t("人工得分"), value: (row) => row.manual, cell: (row) => <b>{points(row.manual)}</b>, num: true },
  ];
}
