/** Where chats and orders come in. */
import { useState } from "preact/hooks";
import { t } from "../i18n";
import { add, addPaste, addSamples, anything, busy, clear } from "../store";

export function Import() {
  const [text, setText] = useState("");
  const paste = () => {
    if (text.trim()) void addPaste(text).then(() => setText(""));
  };
  return (
    <div class="stack">
      <section class="hero">
        <h1>{t("每一句话术值多少分，看得见原因")}</h1>
        <p>{t("粘贴聊天记录，拖入订单报表：逐条对话打分、逐项指标给出算式。全部在浏览器里完成，断网也能用。")}</p>
        <div class="row">
          <button class="button primary" id="sample" disabled={!!busy.value} onClick={() => void addSamples()}>{t("用示例数据看看")}</button>
          {anything.value && <button class="button" onClick={() => void clear()}>{t("清空")}</button>}
        </div>
      </section>
      <section class="intake">
        <div class="card">
          <h2>{t("聊天记录")}</h2>
          <textarea
            id="paste"
            aria-label={t("粘贴聊天记录")}
            placeholder={t("从千牛、咚咚、飞鸽、微信复制的对话，或“客户：… 客服：…”这样的文字，可一次粘贴多段")}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && paste()}
          />
          <div class="row">
            <button class="button primary" id="score" disabled={!text.trim() || !!busy.value} onClick={paste}>{t("开始质检")}</button>
          </div>
          <Drop kind="chats" label={t("选择或拖入聊天文件")} hint={t("支持 TXT、CSV、JSON；GBK 与 UTF-8 自动识别")} />
        </div>
        <div class="card">
          <h2>{t("订单报表")}</h2>
          <Drop kind="orders" tall label={t("选择或拖入订单文件（CSV）")} hint={t("支持淘宝/天猫、拼多多、京东、抖店、有赞、Shopify 的订单导出，其他表格可手动对应列名")} />
        </div>
      </section>
    </div>
  );
}

function Drop({ kind, label, hint, tall }: { kind: "chats" | "orders"; label: string; hint: string; tall?: boolean }) {
  const [over, setOver] = useState(false);
  const take = (files: FileList | null | undefined) => {
    if (files?.length) void add([...files].map((file) => ({ kind, name: file.name, data: file })));
  };
  return (
    <label
      class={`drop ${tall ? "tall" : ""} ${over ? "over" : ""}`}
      onDragOver={(event) => (event.preventDefault(), setOver(true))}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer?.files);
      }}
    >
      <input
        type="file"
        multiple
        id={`${kind}-files`}
        onChange={(event) => {
          take(event.currentTarget.files);
          event.currentTarget.value = "";
        }}
      />
      <strong>{label}</strong>
      <div class="small faint">{hint}</div>
    </label>
  );
}
