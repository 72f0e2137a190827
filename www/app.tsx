/** The frame: header, rooms, progress, failures. */
import { useEffect, useLayoutEffect } from "preact/hooks";
import { icon } from "./host";
import { half, language, number, switchLanguage, t, titled } from "./i18n";
import { useDrop } from "./parts/drop";
import { busy, cancel, failure, resume, stopped, tab, unread, waiting, type Tab } from "./store";
import { Actions } from "./views/actions";
import { Agents } from "./views/agents";
import { Book } from "./views/book";
import { Chats } from "./views/chats";
import { Figures } from "./views/figures";
import { Files } from "./views/files";
import { Import } from "./views/import";

const rooms: Record<Tab, [zh: string, () => preact.JSX.Element | null, en?: string]> = {
  import: ["导入", Import],
  chats: ["质检", Chats],
  agents: ["客服", Agents, "Agents"],
  figures: ["数据", Figures],
  actions: ["待办", Actions],
  book: ["规则", Book],
  files: ["文件", Files],
};

export const tabs = Object.keys(rooms) as Tab[];

export function App() {
  const Room = rooms[tab.value][1];
  const over = useDrop();
  useLayoutEffect(() => scrollTo(0, 0), [tab.value]);
  useEffect(() => {
    document.documentElement.lang = language.value === "zh" ? "zh-CN" : "en";
    document.title = `${t("话术")} · ${t("店铺客服质检与经营数据")}`;
  }, [language.value]);
  return (
    <>
      <header class="top">
        <div class="top-inner">
          <span class="logo"><img src={icon} alt="" />{t("话术")} <small>{t("店铺客服质检与经营数据")}</small></span>
          <nav class="tabs grow" aria-label={t("话术")}>
            {tabs.map((id) => (
              <button key={id} id={`tab-${id}`} aria-current={tab.value === id && "page"} onClick={() => (tab.value = id)}>
                {titled({ title: t(rooms[id][0]), title_en: rooms[id][2] ?? null })}{id === "files" && unread.value > 0 && <> <span class="tag bad">{number(unread.value)}</span></>}
              </button>
            ))}
          </nav>
          <button class="button quiet" id="language" onClick={switchLanguage}>{language.value === "zh" ? "English" : "中文"}</button>
        </div>
      </header>
      <main>
        {busy.value && (
          <div class="card busy" role="status">
            <div class="row">
              <span class="grow">{busy.value.what ? t("正在读取 {0}", busy.value.what) : t("正在计算")}{waiting.value > 0 && t("，后面还有 {0} 项", waiting.value)}</span>
              <button class="button quiet" onClick={cancel}>{t("取消")}</button>
            </div>
            <div class="progress"><i style={{ width: `${Math.round((busy.value.share ?? 1) * 100)}%` }} /></div>
          </div>
        )}
        {failure.value && (
          <div class="notice" role="alert">
            <span class="grow">{half(failure.value)}</span>
            <button class="button quiet" onClick={() => (failure.value = null)}>{t("关闭")}</button>
          </div>
        )}
        {stopped.value && !busy.value && (
          <div class="notice" role="status">
            <span class="grow">{t("已停止计算，读入的文件都还在")}</span>
            <button class="button" id="resume" onClick={() => void resume()}>{t("重新计算")}</button>
          </div>
        )}
        <Room />
      </main>
      {over && <div class="dropping" aria-hidden="true">{t("松开就读入")}</div>}
      <footer class="foot">
        {t("聊天记录和订单只在这台电脑上计算，不上传。页面禁止一切外部请求；关闭页面，数据即清除。")}
      </footer>
    </>
  );
}
