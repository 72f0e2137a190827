/** The rules of the book in force: searchable, each with its principle, scenes, points, sources, suggestions and examples. */
import { useState } from "preact/hooks";
import type { RuleInfo } from "huashu/client";
import { critical, t, titled } from "../i18n";
import { book, sceneTitle } from "../store";
import { RuleDetail } from "./rule";

const severities = { minor: "一般", major: "重要", critical: "一票否决" } as const;

export function Rules() {
  const [search, setSearch] = useState("");
  const [scene, setScene] = useState("");
  const [group, setGroup] = useState("");
  const [severity, setSeverity] = useState("");
  const rules = book.value?.rules ?? [];
  const wanted = search.trim().toLowerCase();
  const has = (rule: RuleInfo) => [rule.id, rule.title, rule.title_en, rule.note, rule.category, ...rule.suggest].some((text) => text.toLowerCase().includes(wanted));
  const shown = rules.filter((rule) => (!wanted || has(rule)) && (!scene || rule.scenes.includes(scene)) && (!group || rule.category === group) && (!severity || rule.severity === severity));
  const groups = [...new Set(rules.map((rule) => rule.category).filter(Boolean))];
  return (
    <section class="card panel">
      <div class="row filters">
        <input type="search" id="rule-search" class="grow" placeholder={t("搜索规则、建议话术")} aria-label={t("搜索规则、建议话术")} value={search} onInput={(event) => setSearch(event.currentTarget.value)} />
        <select aria-label={t("类别")} value={group} onChange={(event) => setGroup(event.currentTarget.value)}>
          <option value="">{t("所有类别")}</option>
          {groups.map((name) => <option key={name} value={name}>{t(name)}</option>)}
        </select>
        <select aria-label={t("场景")} value={scene} onChange={(event) => setScene(event.currentTarget.value)}>
          <option value="">{t("所有场景")}</option>
          {book.value?.scenes.map((one) => <option key={one.id} value={one.id}>{titled(one)}</option>)}
        </select>
        <select aria-label={t("严重程度")} value={severity} onChange={(event) => setSeverity(event.currentTarget.value)}>
          <option value="">{t("所有程度")}</option>
          {Object.entries(severities).map(([id, name]) => <option key={id} value={id}>{t(name)}</option>)}
        </select>
        <span class="faint">{t("{0} 条", shown.length)}</span>
      </div>
      <div class="rules">
        {shown.map((rule) => <Line key={rule.id} rule={rule} />)}
        {shown.length === 0 && <p class="empty">{t("没有符合条件的规则")}</p>}
      </div>
    </section>
  );
}

function Line({ rule }: { rule: RuleInfo }) {
  const [open, setOpen] = useState(false);
  return (
    <details class={`rule ${rule.enabled ? "" : "off"}`} id={`rule-${rule.id}`} open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span class="rule-name">
          {titled(rule)} {rule.severity === "critical" && <span class="tag bad">{critical()}</span>} {!rule.enabled && <span class="tag">{t("未启用")}</span>}
        </span>
        <span class="small soft">{[t(rule.category), rule.scenes.map(sceneTitle).join(t("、"))].filter(Boolean).join(" · ")}</span>
        <span class="num">
          {rule.deduct.some((points) => points > 0) && <span class="points bad">−{rule.deduct.join("/")}{rule.costs_again && "…"}</span>}
          {rule.bonus > 0 && <span class="points good"> +{rule.bonus}</span>}
        </span>
      </summary>
      {open && <RuleDetail rule={rule} />}
    </details>
  );
}
