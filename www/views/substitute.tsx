/** Where the orders name no buyers: offers what may stand for them. */
import { t } from "../i18n";
import { figures, files, rereadAll } from "../store";

export function Substitute() {
  const orders = files.value.filter((read) => read.kind === "orders" && read.file.orders > 0);
  const unknown = orders.length > 0 && figures.value?.metrics.find((metric) => metric.id === "orders.buyers" && !metric.by)?.status === "unavailable";
  const tried = orders.some(({ upload }) => upload.options.buyer);
  if (!unknown || tried) return null;
  const by = (buyer: "phone" | "receiver") => void rereadAll((upload) => (upload.kind === "orders" ? { ...upload, options: { ...upload.options, buyer } } : upload));
  return (
    <div class="notice calm" id="substitute">
      <span class="grow">{t("这些订单没有买家账号，复购和询单转化算不出来。可以让手机号或收货人代替买家账号，每个有关的数字都会注明。")}</span>
      <button class="button small" onClick={() => by("phone")}>{t("用手机号")}</button>
      <button class="button small" onClick={() => by("receiver")}>{t("用收货人和地址")}</button>
    </div>
  );
}
