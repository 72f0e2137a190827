/** Both languages of the page. A key is the Chinese text itself, so that the code reads as the page does. */
import { signal } from "@preact/signals";
import { english } from "./english";

export type Language = "zh" | "en";

const stored = (): Language | null => {
  try {
    const value = localStorage.getItem("language");
    return value === "zh" || value === "en" ? value : null;
  } catch {
    return null; // storage may be forbidden when the page runs from disk
  }
};

export const language = signal<Language>(stored() ?? (navigator.language.startsWith("zh") ? "zh" : "en"));

export function switchLanguage(): void {
  language.value = language.value === "zh" ? "en" : "zh";
  try {
    localStorage.setItem("language", language.value);
  } catch {
    // the choice then lasts as long as the page
  }
}

/** The text in the page's language; `{0}`, `{1}` … are filled in, `{0|day|days}` with the word that the number wants. */
export const t = (zh: string, ...values: Values): string => said(language.value, zh, values);

type Values = (string | number)[];

function said(language: Language, zh: string, values: Values): string {
  const text = language === "zh" ? zh : (english[zh] ?? zh);
  return text.replace(/\{(\d)(?:\|([^|}]*)\|([^}]*))?\}/g, (_, index: string, one?: string, many?: string) => {
    const value = String(values[Number(index)] ?? "");
    return one === undefined ? value : ((value === "1" ? one : many) ?? "");
  });
}

/** The text in both languages, as the core's messages are, which may be among its values: for what is kept, and read by `half` when it is shown. */
export function both(zh: string, ...values: Values): string {
  const inOne = (language: Language) => said(language, zh, values.map((value) => halfOf(language, String(value))));
  return `${inOne("zh")} / ${inOne("en")}`;
}

/** The half of a "中文 / English" message that the reader wants. */
export const half = (message: string): string => halfOf(language.value, message);

function halfOf(language: Language, message: string): string {
  const at = message.indexOf(" / ");
  if (at < 0) return message;
  return language === "zh" ? message.slice(0, at) : message.slice(at + 3);
}

/** The same for several such parts joined by "; ". */
export const halves = (messages: string): string => messages.split("; ").map(half).join(language.value === "zh" ? "；" : "; ");

/** A title that the book gives in both languages. */
export function titled(thing: { title: string; title_en?: string | null }): string {
  return language.value === "en" && thing.title_en ? thing.title_en : thing.title;
}

/** What is counted, rather than one of them. */
export const conversations = (): string => titled({ title: "对话", title_en: "Conversations" });

/** The mark of one conversation or rule, rather than how many there are. */
export const critical = (): string => titled({ title: "一票否决", title_en: "Critical" });

/** The title of what is told as of a day. */
export const asOf = (title: string, day: string | null): string => (day === null ? title : t("{0}（截至 {1}）", title, day));

/** What shops call a platform or messenger. */
export const platform = (id: string): string => t(platforms[id] ?? id);

const platforms: Record<string, string> = {
  taobao: "淘宝/天猫", pdd: "拼多多", jd: "京东", douyin: "抖店", youzan: "有赞", wechat: "微信", wecom: "企业微信", qq: "QQ", generic: "通用格式", chitu: "赤兔", shopify: "Shopify",
};

/** Why something was left out, by the core's reason. */
export const reason = (id: string): string => t(reasons[id] ?? id);

const reasons: Record<string, string> = {
  "after-sale": "纯售后", banner: "横幅", separator: "分隔线", "read-mark": "已读标记", price: "价格行", "no-amount": "缺金额", "no-buyer": "无买家", "no-chats": "当日无聊天或短信", "no-lines": "无明细", "no-quantity": "缺数量", "no-time": "缺时间", "to-minute": "时间没有秒", "paid-before-created": "付款早于下单",
  refunded: "已退款", "refund-of-several": "退款分不清商品", "unknown-state": "状态不明", "zero-amount": "0 元行", listed: "名单排除", forwarded: "仅转接", "few-buyer-messages": "买家消息太少", "no-buyer-message": "无买家消息", "clock-backwards": "时间倒退", "off-hours": "非上班时间", "other-products": "其他商品", unanswered: "未回复", "repeated-header": "重复表头", return: "退货行", "summary-row": "汇总行",
  "no-agent": "缺客服", "no-post": "缺姓名、组别、班次", "second-post": "同一账号重复", "no-kind": "缺短信类型和内容", "no-campaign": "缺活动", "no-rating": "缺评分", "no-membership": "缺会员信息", "no-review": "缺评价", "no-order": "缺订单号", "no-news": "缺物流信息",
  "repeated-conversation": "之前读到过的对话", "nul-bytes": "空字节（NUL）", "broken-characters": "有乱码的格子",
};

export const number = (value: number, digits = 2): string =>
  value.toLocaleString(language.value === "zh" ? "zh-CN" : "en", { maximumFractionDigits: digits });
