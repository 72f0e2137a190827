/** Agents ranked by their mean score. */
import type { AgentReport } from "huashu/client";
import { number, t, titled } from "../i18n";
import { book, report } from "../store";
import { Badge } from "./chats";

export function Agents() {
  const agents = report.value?.agents;
  if (!agents) return <div class="card empty">{t("还没有聊天记录，先去“导入”粘贴一段吧")}</div>;
  const ranked = [...agents].sort((a, b) => (b.score ?? -1) - (a.score ?? -1));
  const most = Math.max(1, ...agents.map((agent) => agent.scored));
  return (
    <div class="card table-box">
      <table>
        <thead>
          <tr>
            <th class="num">{t("名次")}</th>
            <th>{t("客服")}</th>
            <th>{t("平均得分")}</th>
            <th class="num">{t("波动")}</th>
            <th>{t("评分对话")}</th>
            <th>{t("主要扣分")}</th>
          </tr>
        </thead>
        <tbody>
          {ranked.map((agent, index) => (
            <tr key={agent.agent ?? ""}>
              <td class="num">{agent.score === null ? "–" : index + 1}</td>
              <td>{agent.agent || t("匿名")}</td>
              <td><Badge value={agent.score} /></td>
              <td class="num">{agent.spread === null ? "–" : `± ${number(agent.spread, 1)}`}</td>
              <td>
                <span class="bar" style={{ width: `${(80 * agent.scored) / most}px` }} /> <span class="num">{number(agent.scored)}</span>
              </td>
              <td><Losses agent={agent} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Losses({ agent }: { agent: AgentReport }) {
  const rules = new Map(book.value?.rules.map((rule) => [rule.id, rule]));
  const worst = agent.rules.slice(0, 3);
  return (
    <div class="small">
      {worst.map((line) => (
        <div key={line.rule}>
          <span class="points bad">−{number(line.lost)}</span> {rules.has(line.rule) ? titled(rules.get(line.rule)!) : line.rule}
        </div>
      ))}
    </div>
  );
}
