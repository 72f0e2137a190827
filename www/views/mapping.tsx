/** Which header of a table holds which of our fields: the guess, to be corrected, saved and taken up again. */
import { useState } from "preact/hooks";
import type { TableKind } from "huashu/client";
import { both, half, t } from "../i18n";
import { only, remember, type Columns, type Field } from "../columns";
import { saveBlob } from "../parts/csv";
import { FileButton } from "../parts/file-button";
import { busy, mapped, reread, type Upload } from "../store";

interface Table {
  headers: string[];
  columns: object;
  /** Fields whose header only resembles their names. */
  guessed?: string[];
  /** The first row. */
  sample?: string[];
}

/** `table`: what the map stands under; that of orders stands alone. */
export function Mapping({ file, upload, table, fields, nothing }: { file: Table; upload: Upload; table?: TableKind | "chats"; fields: Field[]; nothing: boolean }) {
  const none = Object.entries(upload.options.columns ?? {}).filter(([, header]) => header === "");
  const [columns, setColumns] = useState<Columns>({ ...(file.columns as Columns), ...Object.fromEntries(none) });
  const [wrong, setWrong] = useState("");
  // "" says that there is none: a field that is not named is found as usual.
  const set = (field: string, header: string) => setColumns({ ...columns, [field]: header });
  const read = () => {
    remember(file.headers, { columns, ...(table && { table }) });
    void reread(upload, mapped(upload, table, columns));
  };
  const forget = () => {
    remember(file.headers, null);
    const { columns: _, format: __, ...options } = upload.options;
    void reread(upload, { ...upload, options });
  };
  const load = (text: string) => {
    try {
      setColumns(only(JSON.parse(text), fields, table));
      setWrong("");
    } catch {
      setWrong(both("这不是列名对应文件：应是字段到表头的 JSON，如 {\"buyer\": \"买家会员名\"}"));
    }
  };
  return (
    <details class="mapping" open={nothing}>
      <summary class="soft small">{nothing ? t("请指明各列是什么，再重新读取") : upload.options.columns ? t("列名对应（用的是你定的）") : t("列名对应（自动认出，不对可以改）")}</summary>
      <div class="table-box">
        <table aria-label={t("列名对应（自动认出，不对可以改）")}>
          <thead>
            <tr><th>{t("我们要的")}</th><th>{t("表里的列")}</th><th>{t("第一行")}</th></tr>
          </thead>
          <tbody>
            {fields.map(([field, title, use]) => (
              <tr key={field}>
                <td>{t(title)} {columns[field] && file.guessed?.includes(field) && <span class="tag warn">{t("猜的")}</span>}{use && <div class="faint small">{t(use)}</div>}</td>
                <td>
                  <select name={field} aria-label={t(title)} value={columns[field] ?? ""} onChange={(event) => set(field, event.currentTarget.value)}>
                    <option value="">{t("（没有）")}</option>
                    {[...new Set([...file.headers, ...(columns[field] ? [columns[field]] : [])])].map((header) => <option key={header} value={header}>{header}</option>)}
                  </select>
                </td>
                <td class="small soft sample">{file.sample?.[file.headers.indexOf(columns[field] ?? "\n")] ?? ""}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {wrong && <div class="notice">{half(wrong)}</div>}
      <div class="row">
        <button class="button primary" disabled={!!busy.value} onClick={read}>{t("按这样重新读取")}</button>
        <button class="button" onClick={() => saveBlob("columns.json", new Blob([`${JSON.stringify(table ? { [table]: columns } : columns, null, 2)}\n`], { type: "application/json" }))}>{t("存成文件")}</button>
        <FileButton accept=".json,application/json" onText={load}>{t("从文件载入")}</FileButton>
        {upload.options.columns && <button class="button quiet" disabled={!!busy.value} onClick={forget}>{t("恢复自动识别")}</button>}
      </div>
      <p class="faint small">{t("记在这台电脑上，下次表头相同的文件照此读取。存成的文件也可给命令行的 --columns 用。")}</p>
    </details>
  );
}
