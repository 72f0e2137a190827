/** Which header of an order table holds which of our fields: the guess, to be corrected, saved and taken up again. */
import { useState } from "preact/hooks";
import type { ColumnMap, OrderFile } from "huashu/client";
import { t } from "../i18n";
import { fields, only, remember } from "../columns";
import { saveBlob } from "../parts/csv";
import { reread, type Upload } from "../store";

const names: Record<keyof ColumnMap, string> = {
  order_id: "订单号", buyer: "买家", created_at: "下单时间", paid_at: "付款时间", received_at: "收货时间", state: "订单状态",
  ordered_amount: "应付金额", paid_amount: "实付金额", refund_amount: "退款金额", sku: "商品编码", title: "商品名称", quantity: "数量", unit_price: "单价",
};
/** What each is good for, so that nobody maps for nothing. */
const uses: Partial<Record<keyof ColumnMap, string>> = {
  order_id: "没有时一行算一单", buyer: "复购、询单转化要用", paid_at: "购买日、周期要用", state: "没有付款时间时，靠它看付没付款", paid_amount: "没有时用数量 × 单价", sku: "商品回购周期要用",
};

export function Mapping({ file, upload }: { file: OrderFile; upload: Upload }) {
  const [columns, setColumns] = useState<ColumnMap>(file.columns);
  const [wrong, setWrong] = useState("");
  const set = (field: keyof ColumnMap, header: string) => {
    const { [field]: _, ...rest } = columns;
    setColumns(header ? { ...rest, [field]: header } : rest);
  };
  const read = () => {
    remember(file.headers, columns);
    void reread(upload, { ...upload, kind: "orders", options: { ...upload.options, columns } });
  };
  const forget = () => {
    remember(file.headers, null);
    const { columns: _, ...options } = upload.options;
    void reread(upload, { ...upload, options });
  };
  const load = async (chosen: File | undefined) => {
    try {
      if (chosen) setColumns(only(JSON.parse((await chosen.text()).replace(/^\ufeff/, ""))));
      setWrong("");
    } catch {
      setWrong(t("这不是列名对应文件：应是字段到表头的 JSON，如 {\"buyer\": \"买家会员名\"}"));
    }
  };
  return (
    <details class="mapping" open={file.orders === 0}>
      <summary class="soft small">{file.orders === 0 ? t("请指明各列是什么，再重新读取") : upload.options.columns ? t("列名对应（用的是你定的）") : t("列名对应（自动认出，不对可以改）")}</summary>
      <div class="table-box">
        <table>
          <thead>
            <tr><th>{t("我们要的")}</th><th>{t("表里的列")}</th><th>{t("第一行")}</th></tr>
          </thead>
          <tbody>
            {fields.map((field) => (
              <tr key={field}>
                <td>{t(names[field])} {columns[field] !== undefined && file.guessed.includes(field) && <span class="tag warn">{t("猜的")}</span>}{uses[field] && <div class="faint small">{t(uses[field])}</div>}</td>
                <td>
                  <select name={field} value={columns[field] ?? ""} onChange={(event) => set(field, event.currentTarget.value)}>
                    <option value="">{t("（没有）")}</option>
                    {[...new Set([...file.headers, ...(columns[field] ? [columns[field]] : [])])].map((header) => <option key={header} value={header}>{header}</option>)}
                  </select>
                </td>
                <td class="small soft sample">{sampleOf(file, columns[field])}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {wrong && <div class="notice">{wrong}</div>}
      <div class="row">
        <button class="button primary" onClick={read}>{t("按这样重新读取")}</button>
        <button class="button" onClick={() => saveBlob("columns.json", new Blob([`${JSON.stringify(columns, null, 2)}\n`], { type: "application/json" }))}>{t("存成文件")}</button>
        <label class="button file">{t("从文件载入")}<input type="file" accept=".json,application/json" onChange={(event) => void load(event.currentTarget.files?.[0])} /></label>
        {upload.options.columns && <button class="button quiet" onClick={forget}>{t("恢复自动识别")}</button>}
      </div>
      <p class="faint small">{t("记在这台电脑上，下次表头相同的文件照此读取。存成的文件也可给命令行的 --columns 用。")}</p>
    </details>
  );
}

function sampleOf(file: OrderFile, header: string | undefined): string {
  const at = header === undefined ? -1 : file.headers.indexOf(header);
  return at < 0 ? "" : (file.sample?.[at] ?? "");
}
