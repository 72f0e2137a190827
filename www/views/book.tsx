/** The rule book as a shop reads it. */
import { t, titled } from "../i18n";
import { book } from "../store";

export function Book() {
  if (!book.value) return null;
  const scenes = new Map(book.value.scenes.map((scene) => [scene.id, titled(scene)]));
  return (
    <div class="stack">
      <div class="row">
        <h2>{titled(book.value)}</h2>
        <span class="faint small">{book.value.version} · {book.value.hash}</span>
        <span class="soft small">{t("共 {0} 条规则", book.value.rules.length)}</span>
      </div>
      <div class="card table-box">
        <table>
          <thead>
            <tr>
              <th>{t("标题")}</th>
              <th>{t("场景")}</th>
              <th class="num">{t("分值")}</th>
              <th>{t("建议话术")}</th>
              <th>{t("来源")}</th>
            </tr>
          </thead>
          <tbody>
            {book.value.rules.map((rule) => (
              <tr key={rule.id}>
                <td>
                  {titled(rule)} {rule.severity === "critical" && <span class="tag bad">{t("一票否决")}</span>}
                  {!rule.enabled && <span class="tag">{t("未启用")}</span>}
                  <div class="faint small"><code>{rule.id}</code></div>
                </td>
                <td class="small">{rule.scenes.length ? rule.scenes.map((id) => scenes.get(id) ?? id).join("、") : t("所有场景")}</td>
                <td class="num">
                  {rule.deduct.some((points) => points > 0) && <span class="points bad">−{rule.deduct.join("/")}</span>}
                  {rule.bonus > 0 && <span class="points good"> +{rule.bonus}</span>}
                </td>
                <td class="small">{rule.suggest[0]}</td>
                <td class="small">{rule.source.join(" ")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
