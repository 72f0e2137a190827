/** Where the orders name no buyers: offers what of their own columns may stand for them. */
import { t } from "../i18n";
import { figures, files, rereadAll, substitutes } from "../store";

type Stand = "phone" | "receiver";
const buttons: Record<Stand, string> = { phone: "用手机号", receiver: "用收货人和地址" };
const names: Record<Stand, string> = { phone: "手机号", receiver: "收货人和地址" };

/** Headers of such columns, as the platforms and shops write them. */
const isPhone = (header: string): boolean => /手机|电话|phone|mobile/i.test(header);
const isReceiver = (header: string): boolean => /收货人|收件人|客户姓名|shipping name/i.test(header) && !isPhone(header);

export function Substitute() {
  const orders = files.value.flatMap((read) => (read.kind === "orders" && read.file.orders > 0 ? read : []));
  const shop = (id: string) => figures.value?.metrics.find((metric) => metric.id === id && !metric.by);
  // A period without orders has no buyers either, whatever the export.
  if (!shop("orders.paid")?.value || shop("orders.buyers")?.status !== "unavailable") return null;
  const headers = orders.flatMap(({ file }) => [file, ...(file.files ?? [])].flatMap((one) => one.headers));
  const all: Stand[] = [...(headers.some(isPhone) ? ["phone" as const] : []), ...(headers.some(isReceiver) ? ["receiver" as const] : [])];
  const tried = all.filter((stand) => substitutes.value.includes(stand) || orders.some(({ upload }) => upload.options.buyer === stand));
  const left = all.filter((stand) => !tried.includes(stand));
  const called = (stands: Stand[], word: string) => stands.map((stand) => t(names[stand])).join(t(word));
  const by = (buyer: Stand) => {
    substitutes.value = [...tried, buyer];
    void rereadAll((upload) => (upload.kind === "orders" ? { ...upload, options: { ...upload.options, buyer } } : upload));
  };
  return (
    <div class="notice calm" id="substitute">
      <span class="grow">
        {tried.length > 0 && t("{0}也分不出买家（这一列为空、带星号或已加密）。", called(tried, "、"))}
        {tried.length === 0 && left.length > 0 && t("这些订单没有买家账号，复购和询单转化算不出来。")}
        {left.length > 0 ? t("可以让{0}代替买家账号，每个有关的数字都会注明。", called(left, "或")) : t("这份导出分不出买家：复购和询单转化算不出来。")}
      </span>
      {left.map((stand) => <button key={stand} class="button small" onClick={() => by(stand)}>{t(buttons[stand])}</button>)}
    </div>
  );
}
