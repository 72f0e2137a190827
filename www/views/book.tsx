/** The rule book: its rules to read and adjust, and the editor of the shop's own book. */
import { signal } from "@preact/signals";
import { t, titled } from "../i18n";
import { book, method, profile, profiles, useProfile } from "../store";
import { Agreement } from "./agreement";
import { BookEditor } from "./book-editor";
import { Rules } from "./rules";

const parts = { rules: ["规则", Rules], editor: ["店铺规则书", BookEditor], agreement: ["人工复核", Agreement] } as const;
export const bookPart = signal<keyof typeof parts>("rules");

export function Book() {
  if (!book.value) return null;
  const Part = parts[bookPart.value][1];
  return (
    <div class="stack">
      <section class="card panel">
        <div class="panel-head">
          <h2>{titled(book.value)}</h2>
          <span class="tag brand">{t(method.value === "weight" ? "按权重计分" : "扣分制")}</span>
          <span class="faint small grow">{t("共 {0} 条规则", book.value.rules.length)} · {book.value.version} · <code>{book.value.hash.slice(0, 12)}</code></span>
          <label class="filters">{t("平台")} <select id="profile" value={profile.value} onChange={(event) => void useProfile(event.currentTarget.value)}>
            <option value="">{t("通用")}</option>
            {profiles.value.map((one) => <option key={one.id} value={one.id}>{titled(one)}</option>)}
          </select></label>
        </div>
      </section>
      <nav class="segments" aria-label={t("规则")}>
        {(Object.keys(parts) as (keyof typeof parts)[]).map((id) => (
          <button key={id} id={`book-${id}`} aria-current={bookPart.value === id} onClick={() => (bookPart.value = id)}>{t(parts[id][0])}</button>
        ))}
      </nav>
      <Part />
    </div>
  );
}
