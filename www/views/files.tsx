/** Per file: what it is, what was read, what was not and why. */
import { useState } from "preact/hooks";
import type { ColumnMap, Excluded, OrderFile, Problem } from "huashu/client";
import { half, number, platform, reason, t } from "../i18n";
import { chatFiles, orderFiles, remap } from "../store";

const fieldNames: Record<keyof ColumnMap, string> = {
  order_id: "订单号", buyer: "买家", created_at: "下单时间", paid_at: "付款时间", received_at: "收货时间", state: "订单状态",
  ordered_amount: "应付金额", paid_amount: "实付金额", refund_amount: "退款金额", sku: "商品编码", title: "商品名称", quantity: "数量", unit_price: "单价",
};

export function Files() {
  if (chatFiles.value.length + orderFiles.value.length === 0) return <div class="card empty">{t("还没有文件")}</div>;
  return (
    <div class="stack">
      {chatFiles.value.map((file) => (
        <section class="card pad stack" key={`chats ${file.file}`}>
          <Head name={file.file} kind={t("聊天记录")} facts={[platform(file.format), file.encoding, t("共 {0} 通", number(file.conversations))]} />
          <LeftOut parts={file.dropped} />
          <Problems problems={file.problems} nothing={file.conversations === 0} />
        </section>
      ))}
      {orderFiles.value.map((file) => (
        <section class="card pad stack" key={`orders ${file.file}`}>
          <Head
            name={file.file}
            kind={t("订单报表")}
            facts={[platform(file.platform), file.encoding, `${t("行数")} ${number(file.rows)}`, `${t("订单")} ${number(file.orders)}`]}
          />
          <LeftOut parts={file.excluded} />
          <Problems problems={file.problems} nothing={file.orders === 0} />
          <Mapping file={file} />
        </section>
      ))}
    </div>
  );
}

function Head({ name, kind, facts }: { name: string; kind: string; facts: (string | null)[] }) {
  return (
    <div class="row">
      <h3>{name}</h3>
      <span class="tag brand">{kind}</span>
      <span class="soft small">{facts.filter(Boolean).join(" · ")}</span>
    </div>
  );
}

/** What is no message or no order, by its reason. */
function LeftOut({ parts }: { parts: Excluded[] }) {
  if (parts.length === 0) return null;
  return <p class="soft small">{t("未计入")}：{parts.map((part) => `${reason(part.reason)} ${number(part.count)}`).join("；")}</p>;
}

function Problems({ problems, nothing }: { problems: Problem[]; nothing: boolean }) {
  if (problems.length === 0 && !nothing) return <p class="soft small">{t("没有读不懂的内容")}</p>;
  return (
    <>
      {nothing && <div class="notice">{t("这个文件没有读出内容")}</div>}
      <ul class="small">
        {problems.slice(0, 50).map((problem, index) => (
          <li key={index}>
            {problem.line != null && <span class="tag">{t("第 {0} 行", problem.line)}</span>} {half(problem.message)}
          </li>
        ))}
        {problems.length > 50 && <li class="faint">… {number(problems.length - 50)}</li>}
      </ul>
    </>
  );
}

function Mapping({ file }: { file: OrderFile }) {
  const [columns, setColumns] = useState<ColumnMap>(file.columns);
  if (file.headers.length === 0) return null;
  return (
    <details open={file.orders === 0}>
      <summary class="soft small">{t("自动认出的列名如下，不对可以改")}</summary>
      <div class="mapping">
        {(Object.entries(fieldNames) as [keyof ColumnMap, string][]).map(([field, name]) => (
          <label key={field}>
            {t(name)}
            <select
              value={columns[field] ?? ""}
              onChange={(event) => {
                const { [field]: _, ...rest } = columns;
                const header = event.currentTarget.value;
                setColumns(header ? { ...rest, [field]: header } : rest);
              }}
            >
              <option value="">{t("（没有）")}</option>
              {file.headers.map((header) => <option key={header} value={header}>{header}</option>)}
            </select>
          </label>
        ))}
      </div>
      <button class="button" onClick={() => void remap(file.file, columns)}>{t("按这样重新读取")}</button>
    </details>
  );
}
