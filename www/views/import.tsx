/** Where chats and orders come in. */
import { t, titled } from "../i18n";
import { chosen, take } from "../parts/drop";
import { reviews } from "../reviews";
import { addPaste, addSamples, anything, bookText, book, busy, clear, pasted, refused } from "../store";

export function Import() {
  const text = pasted.value;
  const idle = !busy.value;
  const said = reviews.value.length;
  const clearAll = () => (said === 0 || confirm(t("{0} 条人工复核也会清掉，要留就先在“规则 → 人工复核”里存成文件。仍然清空？", said))) && void clear();
  return (
    <div class="stack">
      <section class="hero">
        <h1>{t("每一句话术值多少分，看得见原因")}</h1>
        <p>{t("粘贴聊天记录，拖入订单报表：逐条对话打分、逐项指标给出算式。全部在浏览器里完成，断网也能用。")}</p>
        <div class="row">
          <button class="button primary" id="sample" disabled={!idle} onClick={() => void addSamples()}>{t("用示例数据看看")}</button>
          {(anything.value || refused.value.length > 0) && <button class="button" id="clear" disabled={!idle} onClick={clearAll}>{t("清空")}</button>}
        </div>
        {bookText.value !== null && book.value && <p class="small" id="own-in-force">{t("按店铺规则书“{0}”打分", titled(book.value))}</p>}
      </section>
      <section class="intake">
        <div class="card">
          <h2>{t("粘贴聊天记录")}</h2>
          <textarea
            id="paste"
            aria-label={t("粘贴聊天记录")}
            placeholder={t("从千牛、咚咚、飞鸽、微信复制的对话，或“客户：… 客服：…”这样的文字；可一次粘贴多段，没有昵称的，每段之间空两行")}
            value={text}
            onInput={(event) => (pasted.value = event.currentTarget.value)}
            onKeyDown={(event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && void addPaste()}
          />
          <div class="row">
            <button class="button primary" id="score" disabled={!text.trim() || !idle} onClick={() => void addPaste()}>{t("开始质检")}</button>
          </div>
        </div>
        <div class="card">
          <h2>{t("拖入文件或整个文件夹")}</h2>
          <Drop />
          <ul class="small soft points-list">
            <li>{t("聊天：千牛、咚咚、飞鸽、微信、企业微信、QQ 的 TXT、CSV、JSON、Excel")}</li>
            <li>{t("订单：淘宝/天猫、拼多多、京东、抖店、有赞、Shopify 的导出；其他表格可自己对应列名")}</li>
            <li>{t("评价、客服名单、会员、营销、短信、物流、平台报表的表格；压缩包也可以")}</li>
            <li>{t("是聊天还是订单、什么平台、GBK 还是 UTF-8，都自动分辨；认错了可以在“文件”里改")}</li>
          </ul>
        </div>
      </section>
    </div>
  );
}

function Drop() {
  const input = (id: string, folder: boolean) => (
    <input
      type="file"
      multiple
      id={id}
      {...(folder && { webkitdirectory: true })}
      onChange={(event) => {
        take(chosen(event.currentTarget.files));
        event.currentTarget.value = "";
      }}
    />
  );
  return (
    <div class="drop tall" id="drop">
      <strong>{t("把聊天和订单一起拖到这里")}</strong>
      <div class="row">
        <label class="button">{t("选择文件")}{input("files", false)}</label>
        <label class="button">{t("选择文件夹")}{input("folder", true)}</label>
      </div>
    </div>
  );
}
