/** Overrules what was found out about a file: what it is, its encoding, its shape, who its agents are. */
import { useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import type { Encoding, TableKind } from "huashu/client";
import { t } from "../i18n";
import { NumberField } from "../parts/number-field";
import { tableKinds } from "../columns";
import { busy, reread, shapes, yieldOf, type Kind, type Read, type Upload } from "../store";

type Options = Upload["options"];

const encodings: Encoding[] = ["utf-8", "gb18030", "utf-16le", "utf-16be"];
const buyerKeys = { account: "买家账号", phone: "手机号", receiver: "收货人和地址" } as const;

export function Reading({ read }: { read: Read }) {
  const { upload } = read;
  const [kind, setKind] = useState<Kind>(upload.kind);
  const [table, setTable] = useState(upload.table);
  const [options, setOptions] = useState(upload.options);
  /** Sets one option; an empty one is found out again. */
  const set = <K extends keyof Options>(key: K, value: Options[K] | undefined) => {
    const { [key]: _, ...rest } = options;
    setOptions(value === undefined ? rest : { ...rest, [key]: value });
  };
  /** The columns stay where the kind does. */
  const changed = (): Upload => {
    const { table: _, ...rest } = upload;
    const { columns: __, ...others } = options;
    const same = kind === upload.kind && table === upload.table;
    return { ...rest, kind, ...(kind === "table" && table && { table }), options: fitting(kind, same ? options : others) };
  };
  return (
    <details class="reading" open={yieldOf(read) === 0 && read.file.headers.length > 0}>
      <summary class="soft small">{t("认错了？换一种读法")}</summary>
      <div class="fields">
        <Field name={t("这是")}>
          <select name="kind" value={kind} onChange={(event) => setKind(event.currentTarget.value as Kind)}>
            <option value="chats">{t("聊天记录")}</option>
            <option value="orders">{t("订单报表")}</option>
            <option value="table">{t("其他表")}</option>
          </select>
        </Field>
        {kind === "table" && (
          <Field name={t("内容")}>
            <select name="table" value={table ?? ""} onChange={(event) => setTable((event.currentTarget.value || undefined) as TableKind | undefined)}>
              <option value="">{t("自动识别")}</option>
              {Object.entries(tableKinds).map(([id, [title]]) => <option key={id} value={id}>{t(title)}</option>)}
            </select>
          </Field>
        )}
        <Field name={t("编码")}>
          <select name="encoding" value={options.encoding ?? ""} onChange={(event) => set("encoding", (event.currentTarget.value || undefined) as Encoding | undefined)}>
            <option value="">{!options.encoding && read.file.encoding ? t("自动识别（{0}）", read.file.encoding) : t("自动识别")}</option>
            {encodings.map((id) => <option key={id} value={id}>{id}</option>)}
          </select>
        </Field>
        {kind === "chats" ? (
          <>
            <Field name={t("格式")}>
              <select name="format" value={options.format ?? ""} onChange={(event) => set("format", event.currentTarget.value || undefined)}>
                <option value="">{t("自动识别")}</option>
                {shapes.value.map(({ id, looks }) => <option key={id} value={id}>{looks || (id === "table" ? t("表格") : id.toUpperCase())}</option>)}
              </select>
            </Field>
            <Field name={t("隔多少分钟算新的一通")}>
              <NumberField name="gap" min={1} placeholder="120" value={options.gap === "day" ? undefined : options.gap} onNumber={(value) => set("gap", value)} />
            </Field>
            <Field name={t("客服的名字（用逗号隔开）")}>
              <input
                name="agents"
                value={options.agents?.join("，") ?? ""}
                onChange={(event) => {
                  const names = event.currentTarget.value.split(/[,，、]/).map((name) => name.trim()).filter(Boolean);
                  set("agents", names.length ? names : undefined);
                }}
              />
            </Field>
            <Field name={t("没写年份时算哪一年")}>
              <NumberField name="year" min={2000} max={2100} value={options.year} onNumber={(value) => set("year", value)} />
            </Field>
          </>
        ) : kind === "orders" && (
          <Field name={t("用什么认买家")}>
            <select name="buyer" value={options.buyer ?? "account"} onChange={(event) => set("buyer", event.currentTarget.value as keyof typeof buyerKeys)}>
              {Object.entries(buyerKeys).map(([id, name]) => <option key={id} value={id}>{t(name)}</option>)}
            </select>
          </Field>
        )}
      </div>
      {kind === "orders" && (options.buyer ?? "account") !== "account" && <p class="faint small">{t("导出里没有买家账号时才用：同一手机号或同一收货地址算一位买家，每个有关的数字都会注明。")}</p>}
      <button class="button" disabled={!!busy.value} onClick={() => void reread(upload, changed())}>{t("按这样重新读取")}</button>
    </details>
  );
}

/** The options that files of a kind have. */
function fitting(kind: Kind, { encoding, format, gap, agents, year, columns, buyer }: Options): Options {
  const given = kind === "chats" ? { encoding, format, gap, agents, year, columns } : kind === "orders" ? { encoding, columns, buyer } : { encoding, columns };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

const Field = ({ name, children }: { name: string; children: ComponentChildren }) => (
  <label>
    <span>{name}</span>
    {children}
  </label>
);
