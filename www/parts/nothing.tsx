/** What stands where there are no results: because nothing was read, or because the computing of it is not over. */
import { t } from "../i18n";
import { anything, busy, stopped } from "../store";

export const Nothing = ({ text }: { text: string }) => (
  <div class="card empty">{t(!anything.value ? text : busy.value ? "正在计算" : stopped.value ? "已停止计算，读入的文件都还在" : text)}</div>
);
