/** One rule in full, and the quick ways to change it: its points, its weight, on or off. */
import { useEffect, useState } from "preact/hooks";
import type { RuleInfo } from "huashu/client";
import { adjust, writeRule } from "../book/own";
import { withKey } from "../book/text";
import { Copy } from "../parts/copy";
import { t, titled } from "../i18n";
import { attempt, book, method, sceneTitle, showRule } from "../store";
import { bookPart } from "./book";

const principles: Record<string, string> = {
  agreement: "名片效应：先认同", reciprocity: "礼尚往来", "choice-support": "支持选择", sales: "销售技巧", speed: "响应速度", wording: "用语", flow: "接待流程", "follow-up": "跟进", compliance: "合规",
};

const named = (id: string): string => {
  const rule = book.value?.rules.find((rule) => rule.id === id);
  return `“${rule ? titled(rule) : id}”`;
};

export function RuleDetail({ rule }: { rule: RuleInfo }) {
  const facts: [string, string][] = [
    [t("原理"), t(principles[rule.principle] ?? rule.principle)],
    [t("场景"), rule.scenes.length ? rule.scenes.map(sceneTitle).join(t("、")) : t("所有场景")],
    [t("说明"), rule.note],
    [t("扣分"), lost(rule)],
    [t("不重复扣"), rule.yields_to.length ? t("{0} 扣了分，这条就不再扣", rule.yields_to.map(named).join(t("、"))) : ""],
    [t("不加分"), rule.spoils ? t("违反这条的那条消息不加分") : ""],
    [t("编号"), rule.id],
  ];
  return (
    <div class="rule-body">
      <dl class="facts">{facts.filter(([, text]) => text).map(([name, text]) => [<dt key={name}>{name}</dt>, <dd key={`${name}-text`}>{text}</dd>])}</dl>
      {rule.suggest.map((text) => <div class="suggest" key={text}><span>{text}</span><Copy text={text} /></div>)}
      <Adjust rule={rule} />
      <Examples rule={rule.id} />
    </div>
  );
}

const lost = ({ deduct, costs_again, max_deduct }: RuleInfo): string => {
  if (deduct.every((points) => points === 0)) return "";
  const once = deduct.length > 1 ? t("一通对话里扣完所列的数就不再扣") : t("一通对话里只扣一次");
  return (costs_again ? t("每次没做到都扣，之后每次按最后一个数扣") : once) + (max_deduct === null ? "" : t("，最多扣 {0} 分", max_deduct));
};

/** A number alone is lost once however often a rule fails, of a list every failure costs; only a list can have a most. */
const withDeduct = (text: string, numbers: number[], repeats: boolean): string =>
  repeats ? withKey(text, "deduct", `[${numbers.join(", ")}]`) : withKey(withKey(text, "max_deduct", null), "deduct", String(numbers[0] ?? 0));

/** The points that a rule is given here. */
const MOST = 100;

function Adjust({ rule }: { rule: RuleInfo }) {
  const [deduct, setDeduct] = useState(rule.deduct.join(" "));
  const [each, setEach] = useState(rule.repeats);
  const [bonus, setBonus] = useState(String(rule.bonus));
  const [weight, setWeight] = useState(String(rule.weight));
  const [enabled, setEnabled] = useState(rule.enabled);
  const numbers = deduct.split(/[\s,，/、]+/).filter(Boolean).map(Number);
  const repeats = each || numbers.length > 1;
  const fits = (points: number) => points >= 0 && points <= MOST;
  const wrong = { deduct: numbers.length === 0 || !numbers.every(fits), bonus: !fits(Number(bonus)), weight: !fits(Number(weight)) };
  const field = (name: keyof typeof wrong, value: string, set: (value: string) => void) => (
    <>
      <input name={name} value={value} aria-invalid={wrong[name]} onInput={(event) => set(event.currentTarget.value)} />
      {wrong[name] && <span class="small wrong" role="alert"> {t("填 0–{0}", MOST)}</span>}
    </>
  );
  const save = () => adjust(rule.id, (source) => {
    let text = source;
    if (deduct !== rule.deduct.join(" ") || repeats !== rule.repeats) text = withDeduct(text, numbers, repeats);
    if (bonus !== String(rule.bonus)) text = withKey(text, "bonus", bonus);
    if (weight !== String(rule.weight)) text = withKey(text, "weight", weight);
    return enabled === rule.enabled ? text : withKey(text, "enabled", enabled ? null : "false");
  });
  const edit = async () => {
    await writeRule(rule.id);
    bookPart.value = "editor";
  };
  return (
    <div class="row adjust">
      <label>{t("扣分（首次、再次…）")} {field("deduct", deduct, setDeduct)}</label>
      <label><input type="checkbox" name="repeats" checked={repeats} disabled={numbers.length > 1} onChange={(event) => setEach(event.currentTarget.checked)} /> {t("每次都扣")}</label>
      <label>{t("加分")} {field("bonus", bonus, setBonus)}</label>
      {method.value === "weight" && <label>{t("权重")} {field("weight", weight, setWeight)}</label>}
      <label><input type="checkbox" name="enabled" checked={enabled} onChange={(event) => setEnabled(event.currentTarget.checked)} /> {t("启用")}</label>
      <button class="button small" name="apply" disabled={wrong.deduct || wrong.bonus || wrong.weight} onClick={() => attempt(save)}>{t("改了重新计分")}</button>
      <button class="button quiet small" onClick={() => attempt(edit)}>{t("在店铺规则书里改")}</button>
    </div>
  );
}

const outcomes: Record<string, [string, string]> = { pass: ["做到了", "good"], fail: ["没做到", "bad"], skip: ["未涉及", ""] };

/** The examples that prove the rule, with their evidence marked. */
function Examples({ rule }: { rule: string }) {
  const [text, setText] = useState("");
  useEffect(() => void showRule(rule).then(setText), [rule]);
  const examples = text.split(/^\[(?!\[)([^\]\n]+)\]$/m).slice(1);
  return (
    <div class="examples">
      {examples.flatMap((name, at) => {
        if (at % 2) return [];
        const [result = "", ...more] = name.split(" ");
        const [label, kind] = outcomes[result] ?? [result, ""];
        return (
          <figure key={at}>
            <figcaption><span class={`tag ${kind}`}>{t(label)}</span> {more.includes("todo") && <span class="tag warn">{t("待改进")}</span>}</figcaption>
            <div class="sample-chat">{examples[at + 1]?.trim().split("\n").map((line, number) => <div key={number}>{marked(line)}</div>)}</div>
          </figure>
        );
      })}
    </div>
  );
}

/** `[[…]]` is evidence. */
const marked = (line: string) => line.split(/\[\[|\]\]/).map((piece, at) => (at % 2 ? <mark key={at}>{piece}</mark> : piece));
