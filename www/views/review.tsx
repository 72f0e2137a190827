/** What an inspector says of one verdict: agreed, or what it should be, with a note. */
import type { ConversationReport, Result, Review, Verdict } from "huashu/client";
import { t } from "../i18n";
import { put, reviewOf } from "../reviews";
import { ruleTitle } from "../store";

export const results: Record<Result, string> = { pass: "通过", fail: "未通过", skip: "未涉及" };

export function Judge({ talk, verdict }: { talk: ConversationReport; verdict: Verdict }) {
  const review = reviewOf(talk, verdict.rule);
  const others = (Object.keys(results) as Result[]).filter((result) => result !== verdict.result);
  const choose = (choice: string) => put(talk, verdict.rule, choice ? { ...review, verdict: choice as Review["verdict"] } : null);
  return (
    <div class={`judge small ${review ? "said" : ""}`}>
      <select aria-label={`${t("复核")} ${ruleTitle(verdict.rule)}`} data-rule={verdict.rule} value={review?.verdict ?? ""} onChange={(event) => choose(event.currentTarget.value)}>
        <option value="">{t("复核…")}</option>
        <option value="confirm">{t("同意：{0}", t(results[verdict.result]))}</option>
        {others.map((result) => <option key={result} value={result}>{t("改判：{0}", t(results[result]))}</option>)}
      </select>
      {review && (
        <input
          placeholder={t("备注")}
          aria-label={`${t("备注")} ${ruleTitle(verdict.rule)}`}
          value={review.note ?? ""}
          onChange={(event) => put(talk, verdict.rule, { verdict: review.verdict, note: event.currentTarget.value })}
        />
      )}
    </div>
  );
}
