/** Per file: what it is, what was read, what was not and why; and how to have it read otherwise. */
import type { Excluded, Problem } from "huashu/client";
import { half, number, platform, reason, t } from "../i18n";
import { share } from "../parts/units";
import { chatFields, orderFields, tableKinds } from "../columns";
import { busy, dismiss, files, refused, reread, yieldOf, type Read, type Refused } from "../store";
import { Mapping } from "./mapping";
import { Reading } from "./reading";

export function Files() {
  if (files.value.length + refused.value.length === 0) return <div class="card empty">{t("还没有文件")}</div>;
  return (
    <div class="stack">
      {refused.value.map((one) => <RefusedCard key={one.number} refused={one} />)}
      {files.value.map((read) => <FileCard key={read.number} read={read} />)}
    </div>
  );
}

function RefusedCard({ refused }: { refused: Refused }) {
  return (
    <section class="card panel" data-file={refused.name}>
      <div class="panel-head">
        <h3>{refused.name}</h3>
        <span class="tag bad">{t("没有读出内容")}</span>
        <span class="grow" />
        <button class="button quiet small" onClick={() => dismiss(refused)}>{t("移除")}</button>
      </div>
      <p class="small">{half(refused.why)}</p>
    </section>
  );
}

function FileCard({ read }: { read: Read }) {
  const { kind, file, upload } = read;
  const nothing = yieldOf(read) === 0;
  /** A table of headers only has no need of other columns. */
  const unknown = nothing && !file.problems.some(({ code }) => code === "no-rows");
  const table = kind === "table" ? (upload.table ?? file.kind) : null;
  return (
    <section class="card panel" data-file={file.file}>
      <div class="panel-head">
        <h3>{file.file}</h3>
        <span class={`tag ${nothing ? "bad" : "brand"}`}>{nothing ? t("没有读出内容") : t(kind === "chats" ? "聊天记录" : kind === "orders" ? "订单报表" : file.kind ? tableKinds[file.kind][0] : "其他表")}</span>
        <span class="grow" />
        <button class="button quiet small" disabled={!!busy.value} onClick={() => void reread(upload, null)}>{t("移除")}</button>
      </div>
      <dl class="facts">{facts(read).map(([name, text]) => [<dt key={name}>{name}</dt>, <dd key={`${name}-text`}>{text}</dd>])}</dl>
      {file.files && (
        <ul class="small parts-of">
          {file.files.map((inner) => <li key={inner.file}>{inner.file} <span class="soft">{number("conversations" in inner ? inner.conversations : "orders" in inner ? inner.orders : inner.used)}</span></li>)}
        </ul>
      )}
      <Problems problems={file.problems} of={file.file} title={t("问题")} mapped={file.headers.length > 1} />
      {kind !== "table" && <Problems problems={file.notes} of={file.file} title={t("读的时候这样认定")} />}
      <Reading read={read} />
      {kind === "chats" && file.headers.length > 0 && <Mapping file={file} upload={upload} table="chats" fields={chatFields} nothing={unknown} />}
      {kind === "orders" && file.headers.length > 0 && <Mapping file={file} upload={upload} fields={orderFields} nothing={unknown} />}
      {kind === "table" && file.headers.length > 0 && table && <Mapping file={file} upload={upload} table={table} fields={tableKinds[table][1]} nothing={unknown} />}
    </section>
  );
}

function facts(read: Read): [string, string][] {
  const rows: [string, string][] = [];
  if (read.kind === "chats") {
    const { file } = read;
    if (file.conversations > 0) rows.push([t("认作"), `${platform(file.format)} · ${half(file.reason)}${t("（把握 {0}）", share(file.confidence, 0))}`]);
    rows.push([t("读到"), t("{0} 通对话，{1} 条消息", number(file.conversations), number(file.messages))]);
    if (file.dropped.length) rows.push([t("不算消息"), counts(file.dropped)]);
    if (file.excluded.length) rows.push([t("没有计入"), counts(file.excluded)]);
  } else if (read.kind === "table") {
    const { file } = read;
    rows.push([t("读到"), t("{0} 行，用上 {1} 行", number(file.rows), number(file.used))]);
    if (file.excluded.length) rows.push([t("没有计入"), counts(file.excluded)]);
    if (file.damaged.length) rows.push([t("损坏"), counts(file.damaged)]);
  } else {
    const { file } = read;
    if (file.orders > 0) rows.push([t("认作"), t("{0}订单，按表头对上 {1} 列", platform(file.platform), Object.keys(file.columns).length)]);
    rows.push([t("读到"), t("{0} 行，{1} 个订单", number(file.rows), number(file.orders))]);
    if (file.excluded.length) rows.push([t("没有计入"), counts(file.excluded)]);
    if (file.damaged.length) rows.push([t("损坏"), counts(file.damaged)]);
  }
  rows.push([t("编码"), read.file.encoding ?? t("不是文本")]);
  return rows;
}

const counts = (parts: Excluded[]): string => parts.map((part) => `${reason(part.reason)} ${number(part.count)}`).join(t("；"));

/** What the message of these tells of a map is for whoever writes one; here it is chosen below. */
const unknownColumns = ["no-columns", "no-order-columns"];

const placeOf = (line: number, column: number | null) =>
  column !== null && column > 1 ? t("第 {0} 行第 {1} 字", line, column) : t("第 {0} 行", line);

/** `of`: the file whose card this is; what lies in an archive is named. `mapped`: its columns can be matched on the card. */
function Problems({ problems, of, title, mapped = false }: { problems: Problem[]; of: string; title: string; mapped?: boolean }) {
  if (problems.length === 0) return null;
  return (
    <details class="small" open={problems.length <= 8}>
      <summary class="soft">{title} {number(problems.length)}</summary>
      <ul>
        {problems.slice(0, 50).map((problem, index) => (
          <li key={index}>
            {problem.file != null && problem.file !== of && <b>{problem.file} </b>}
            {problem.line != null && <span class="tag">{placeOf(problem.line, problem.column)}</span>} {mapped && unknownColumns.includes(problem.code) ? t("认不出这张表的列，请在下面选好各列是什么，再重新读取") : half(problem.message)}
          </li>
        ))}
        {problems.length > 50 && <li class="faint">… {number(problems.length - 50)}</li>}
      </ul>
    </details>
  );
}
