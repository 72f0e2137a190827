/** The editor of the shop's own book: checked while it is written, put into force without reading anything again. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Problem } from "huashu/client";
import type { Editor } from "../book/editor-view";
import { apply, check, checking, found, goal, own, write } from "../book/own";
import { begin, withMethod } from "../book/text";
import { saveBlob } from "../parts/csv";
import { FileButton } from "../parts/file-button";
import { half, language, number, t } from "../i18n";
import { bookText, method, useBook } from "../store";

export function BookEditor() {
  const box = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor | null>(null);
  const [failed, setFailed] = useState("");
  useEffect(() => {
    let gone = false;
    void check();
    // Loaded when it is wanted: most visits never open it.
    import("../book/editor-view").then(
      ({ mount }) => {
        if (!gone && box.current) editor.current = mount(box.current, own.value, write, t("店铺规则书"));
        mark();
        if (goal.value !== null) editor.current?.goTo(goal.value, 1);
        goal.value = null;
      },
      (error: unknown) => setFailed(String(error)),
    );
    return () => {
      gone = true;
      editor.current?.destroy();
    };
  }, []);
  const mark = () =>
    editor.current?.show(here().map(({ line, column, message }) => ({ line: line ?? 1, column: column ?? 1, severe: !found.value?.info, message: half(message) })));
  useEffect(mark, [found.value, language.value]);
  useEffect(() => editor.current?.setText(own.value), [own.value]);
  /** What was written and is not in force would be lost. */
  const spare = () => own.value === begin || own.value === bookText.value;
  const load = (text: string) => (text === own.value || spare() || confirm(t("放弃店铺规则书里写的内容，换成这个文件？"))) && write(text);
  const restore = () => (spare() || confirm(t("放弃店铺规则书里写的内容，换成正在使用的？"))) && write(bookText.value ?? begin);
  return (
    <section class="card panel" id="own-book">
      <div class="panel-head">
        <State />
        <span class="grow" />
        <label class="filters">{t("计分办法")} <select name="method" value={/^method\s*=\s*"weight"/m.test(own.value) ? "weight" : "deduction"} onChange={(event) => write(withMethod(own.value, event.currentTarget.value as "deduction" | "weight"))}>
          <option value="deduction">{t("扣分制")}</option>
          <option value="weight">{t("按权重计分")}</option>
        </select></label>
        <FileButton small id="book-file" accept=".toml,text/plain" onText={load}>{t("打开文件")}</FileButton>
        <button class="button small" id="book-save" onClick={() => saveBlob("book.toml", new Blob([own.value], { type: "application/toml" }))}>{t("存成文件")}</button>
        <button class="button small" onClick={() => confirm(t("放弃店铺规则书里写的内容，重新开始？")) && write(begin)}>{t("重新开始")}</button>
        {bookText.value !== null && bookText.value !== own.value && <button class="button small" id="book-restore" onClick={restore}>{t("恢复正在使用的规则书")}</button>}
        {bookText.value !== null && <button class="button small" id="book-standard" onClick={() => void useBook(null)}>{t("改用标准规则书")}</button>}
        <button class="button primary small" id="book-apply" disabled={!found.value?.info || checking.value} onClick={() => void apply()}>{t("应用并重新计分")}</button>
      </div>
      {failed && <div class="notice">{failed}</div>}
      <div class="editor" ref={box} />
      <Problems goTo={(line, column) => editor.current?.goTo(line, column)} />
      <p class="faint small">{t("每次停下来都会检查全书并跑一遍里面的例子。规则书存在这台电脑上；应用后只重新打分，不用重新读文件。")}</p>
    </section>
  );
}

/** What is wrong in the own book, rather than in the one that it extends. */
const here = (): readonly Problem[] => found.value?.problems.filter((problem) => problem.line !== null && !problem.file?.startsWith("standard/")) ?? [];

function State() {
  const { info, problems } = found.value ?? { info: null, problems: [] };
  if (!found.value) return <span class="soft small">{t("正在检查")}</span>;
  const inForce = bookText.value === own.value && method.value;
  return info ? (
    <span id="book-state" class="small"><span class="tag good">{t("可用")}</span> {t("{0} 条规则，例子全部通过", number(info.rules.length))}{inForce ? ` · ${t("正在使用")}` : ""}</span>
  ) : (
    <span id="book-state" class="small"><span class="tag bad">{t("有 {0} 处要改", number(problems.length))}</span> {t("改好之前仍用现在的规则书")}</span>
  );
}

function Problems({ goTo }: { goTo: (line: number, column: number) => void }) {
  const problems = here();
  if (problems.length === 0) return null;
  return (
    <ul class="problems small">
      {problems.slice(0, 100).map((problem, at) => (
        <li key={at}>
          <button class="link" onClick={() => goTo(problem.line ?? 1, problem.column ?? 1)}>{t("第 {0} 行第 {1} 字", problem.line ?? 1, problem.column ?? 1)}</button> {half(problem.message)}
        </li>
      ))}
    </ul>
  );
}
