/** The frame: header, rooms, progress, failures. */
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { icon } from "./host";
import { half, language, number, switchLanguage, t, titled } from "./i18n";
import { useDrop } from "./parts/drop";
import { busy, cancel, failure, refused, resume, stopped, tab, unread, waiting, type Tab } from "./store";
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

const name = (id: Tab): string => titled({ title: t(rooms[id][0]), title_en: rooms[id][2] ?? null });

/** How far it is; while that is not known, that it goes on. */
const Progress = ({ share }: { share: number | null }) =>
  share === null ? <progress key="unknown" aria-label={t("进度")} /> : <progress key="known" aria-label={t("进度")} value={share} />;

export function App() {
  const Room = rooms[tab.value][1];
  const over = useDrop();
  const main = useRef<HTMLElement>(null);
  const begun = useRef(false);
  useLayoutEffect(() => scrollTo(0, 0), [tab.value]);
  // What had the focus may be gone by now: the next key then goes on from the page's beginning, not from the browser's.
  useEffect(() => {
    if (!begun.current || busy.value) return void (begun.current = true);
    // A date field has no focus for a moment, as it goes on to its next part.
    const timer = setTimeout(() => document.activeElement === document.body && main.current?.focus({ preventScroll: true }));
    return () => clearTimeout(timer);
  }, [tab.value, !busy.value, refused.value.length]);
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
                {name(id)}{id === "files" && unread.value > 0 && <> <span class="tag bad">{number(unread.value)}</span></>}
              </button>
            ))}
          </nav>
          <button class="button quiet" id="language" onClick={switchLanguage}>{language.value === "zh" ? "English" : "中文"}</button>
        </div>
      </header>
      <main ref={main} tabIndex={-1}>
        {tab.value !== "import" && <h1 class="unseen">{name(tab.value)}</h1>}
        <div class="live" role="status">{busy.value && (
          <div class="card busy">
            <div class="row">
              <span class="grow">{busy.value.what ? t("正在读取 {0}", busy.value.what) : t("正在计算")}{waiting.value > 0 && t("，后面还有 {0} 项", waiting.value)}</span>
              <button class="button quiet" onClick={cancel}>{t("取消")}</button>
            </div>
            <Progress share={busy.value.share} />
          </div>
        )}</div>
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
