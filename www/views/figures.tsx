/** The shop's figures: single ones with their formulas, and the tables by what they are about. */
import { signal } from "@preact/signals";
import { half, t } from "../i18n";
import { figures, files } from "../store";
import { Controls } from "./controls";
import { Conversion } from "./conversion";
import { Customers } from "./customers";
import { Issues } from "./issues";
import { Metrics } from "./metrics";
import { Substitute } from "./substitute";
import { Weekly } from "./weekly";

const parts = { metrics: ["指标", Metrics], conversion: ["转化与话术", Conversion], customers: ["顾客", Customers], issues: ["商品与问题", Issues], weekly: ["每周复盘", Weekly] } as const;
const part = signal<keyof typeof parts>("metrics");

/** That figures are those of several shops: the last file of a kind that says so names all of them. The advice is the same of both kinds; of the other one only what stands in brackets is told, how much each shop has. */
function Several() {
  const [first, ...others] = (["orders", "chats"] as const).flatMap((kind) =>
    files.value.flatMap((read) => (read.kind === kind ? read.file.notes.filter(({ code }) => code === "several-shops") : [])).slice(-1).map(({ message }) => half(message)));
  if (first === undefined) return null;
  return (
    <div class="notice warn several">
      <div>
        <p class="sentence">{first}</p>
        {others.map((text) => <p key={text} class="sentence">{/[（(](.*)[）)]/.exec(text)?.[1] ?? text}</p>)}
      </div>
    </div>
  );
}

export function Figures() {
  if (!figures.value) return <div class="card empty">{t("还没有数据，先去“导入”拖入订单报表或聊天记录吧")}</div>;
  const Part = parts[part.value][1];
  return (
    <div class="stack">
      <Controls />
      <Substitute />
      <Several />
      {figures.value.notes.map(({ message }) => <p key={message} class="notice sentence">{half(message)}</p>)}
      <nav class="segments" aria-label={t("数据")}>
        {(Object.keys(parts) as (keyof typeof parts)[]).map((id) => (
          <button key={id} id={`part-${id}`} aria-current={part.value === id} onClick={() => (part.value = id)}>{t(parts[id][0])}</button>
        ))}
      </nav>
      <Part report={figures.value} />
    </div>
  );
}
