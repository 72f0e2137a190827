/** A figure by agent, person, team, shift, hour of the day, weekday and product. */
import { useState } from "preact/hooks";
import type { Metric } from "huashu/client";
import { Bar } from "../parts/bars";
import { partName, parts } from "../parts/metric";
import { withUnit } from "../parts/units";
import { halves, number, t } from "../i18n";
import { Rows } from "./behind";

const MOST = 24;

export function Breakdown({ metrics }: { metrics: Metric[] }) {
  const [opened, setOpened] = useState<Metric | null>(null);
  const isOpen = (metric: Metric) => JSON.stringify(opened?.by) === JSON.stringify(metric.by);
  const kinds = [...new Set(metrics.flatMap((metric) => Object.keys(metric.by ?? {})))];
  return (
    <>
      {kinds.map((by) => {
        const known = metrics.filter((metric) => metric.by?.[by] !== undefined && metric.value !== null);
        // Products come most sold first: a product sold once would lead every rate.
        const inOrder = by === "hour" || by === "weekday" || by === "product";
        if (!inOrder) known.sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
        const most = Math.max(...known.map((metric) => Math.abs(metric.value ?? 0)), Number.MIN_VALUE);
        const others = known[0]?.excluded.find((part) => part.reason === "other-products")?.count ?? 0;
        const more = Math.max(known.length - MOST, 0) + others;
        return (
          known.length > 0 && (
            <div key={by}>
              <table class="mini small">
                <caption class="faint">{t(parts[by] ?? by)}</caption>
                <tbody>
                  {known.slice(0, MOST).map((metric) => (
                    <tr key={metric.by?.[by]}>
                      <th title={partName(by, metric.by?.[by] ?? "")}>{partName(by, metric.by?.[by] ?? "")}</th>
                      <td><Bar share={Math.abs(metric.value ?? 0) / most} /></td>
                      <td class="num">
                        <button class="link" title={t("看明细")} aria-pressed={isOpen(metric)} onClick={() => setOpened(isOpen(metric) ? null : metric)}>{withUnit(metric.value ?? 0, metric.unit).join("")}</button>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
              {more > 0 && <p class="faint small">{t("另有 {0} 个未列出", number(more))}</p>}
              {by === "product" && <p class="faint small">{halves(`${known[0]?.formula}; ${known[0]?.standard}`)}</p>}
              {opened?.by?.[by] !== undefined && <><p class="small rows-of">{partName(by, opened.by[by])}</p><Rows metric={opened.id} by={opened.by} /></>}
            </div>
          )
        );
      })}
    </>
  );
}
