/** The conversations that are listed as a file: one a line, with what each lost and won points by. */
import type { ConversationReport, Verdict } from "huashu/client";
import { maskName } from "../parts/csv";
import { saveTable, type Column } from "../parts/table";
import { clock } from "../parts/units";
import { conversations, critical, half, number, t, titled } from "../i18n";
import { eachInFull, ruleTitle, sceneTitle } from "../store";

/** What is saved of a conversation: with all its verdicts and messages those of a year would be too many to keep. */
interface Checked extends Pick<ConversationReport, "id" | "buyer" | "agents" | "scenes" | "score" | "alerts"> {
  begun: string;
  lost: string;
  won: string;
}

const pointed = (verdicts: Verdict[]): string => verdicts.map(({ rule, points }) => `${ruleTitle(rule)} ${points > 0 ? "+" : "−"}${number(Math.abs(points))}`).join(t("；"));

function columns(): Column<Checked>[] {
  return [
    { title: t("买家"), value: ({ buyer }) => buyer && maskName(buyer) },
    { title: t("客服"), value: ({ agents }) => agents.join(t("、")) },
    { title: t("开始"), value: ({ begun }) => begun },
    { title: t("场景"), value: ({ scenes }) => scenes.map(sceneTitle).join(t("、")) },
    { title: t("得分"), value: ({ score }) => score.value, digits: 1 },
    { title: t("扣分"), value: ({ score }) => score.lost },
    { title: t("加分"), value: ({ score }) => score.gained },
    { title: critical(), value: ({ score }) => (score.critical ? critical() : null) },
    { title: t("预警"), value: ({ alerts }) => [...new Set(alerts.map(titled))].join(t("；")) },
    { title: t("扣分项"), value: ({ lost }) => lost },
    { title: t("加分项"), value: ({ won }) => won },
    { title: t("未评分"), value: ({ score }) => score.why && half(score.why) },
    { title: conversations(), value: ({ id }) => id },
  ];
}

export function saveChecked(places: readonly number[]): Promise<void> {
  const rows: Checked[] = [];
  const take = ({ id, buyer, agents, scenes, score, alerts, verdicts, messages }: ConversationReport) => {
    const at = messages?.[0]?.at ?? null;
    const lost = pointed(verdicts.filter(({ points }) => points < 0).sort((a, b) => a.points - b.points));
    const won = pointed(verdicts.filter(({ points }) => points > 0));
    rows.push({ id, buyer, agents, scenes, score, alerts, lost, won, begun: at === null ? "" : clock(at) });
  };
  return eachInFull(places, take, () => saveTable({ id: "check", rows, columns: columns() }));
}
