/** Both languages of the page. A key is the Chinese text itself, so that the code reads as the page does. */
import { signal } from "@preact/signals";

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

/** The text in the page's language; `{0}`, `{1}` … are filled in. */
export function t(zh: string, ...values: (string | number)[]): string {
  const text = language.value === "zh" ? zh : (english[zh] ?? zh);
  return text.replace(/\{(\d)\}/g, (_, index: string) => String(values[Number(index)] ?? ""));
}

/** The half of a "中文 / English" message that the reader wants. */
export function half(message: string): string {
  const at = message.indexOf(" / ");
  if (at < 0) return message;
  return language.value === "zh" ? message.slice(0, at) : message.slice(at + 3);
}

/** The same for several such parts joined by "; ". */
export const halves = (messages: string): string => messages.split("; ").map(half).join(language.value === "zh" ? "；" : "; ");

/** A title that the book gives in both languages. */
export function titled(thing: { title: string; title_en?: string | null }): string {
  return language.value === "en" && thing.title_en ? thing.title_en : thing.title;
}

/** What shops call a platform or messenger. */
export const platform = (id: string): string => (language.value === "zh" ? (platforms[id] ?? id) : id);

const platforms: Record<string, string> = {
  taobao: "淘宝/天猫", pdd: "拼多多", jd: "京东", douyin: "抖店", youzan: "有赞", wechat: "微信", wecom: "企业微信", qq: "QQ", generic: "通用格式",
};

/** Why something was left out, by the core's reason. */
export const reason = (id: string): string => t(reasons[id] ?? id);

const reasons: Record<string, string> = {
  "after-sale": "纯售后", banner: "横幅", separator: "分隔线", "read-mark": "已读标记", price: "价格行", "no-amount": "缺金额", "no-buyer": "无买家", "no-lines": "无明细", "no-quantity": "缺数量", "no-time": "缺时间", "paid-before-created": "付款早于下单",
  refunded: "已退款", "unknown-state": "状态不明", "zero-amount": "0 元行", return: "退货行", "summary-row": "汇总行",
};

export const number = (value: number, digits = 2): string =>
  value.toLocaleString(language.value === "zh" ? "zh-CN" : "en", { maximumFractionDigits: digits });

const english: Record<string, string> = {
  "话术": "huashu",
  "店铺客服质检与经营数据": "chat quality and shop figures",
  "聊天记录和订单只在这台电脑上计算，不上传。页面禁止一切外部请求；关闭页面，数据即清除。":
    "Chats and orders are worked on by this computer alone and never uploaded. The page forbids every outside request, and closing it erases the data.",
  "导入": "Import", "质检": "Chats", "客服": "Agents", "数据": "Figures", "规则": "Rules", "文件": "Files",
  "每一句话术值多少分，看得见原因": "See what every line your team writes is worth, and why",
  "粘贴聊天记录，拖入订单报表：逐条对话打分、逐项指标给出算式。全部在浏览器里完成，断网也能用。":
    "Paste chats, drop an order export: every conversation is scored with its reasons, every figure comes with its formula. All of it happens in this browser, offline too.",
  "用示例数据看看": "Try it with sample data", "清空": "Clear all",
  "聊天记录": "Chats", "粘贴聊天记录": "Paste a chat", "订单报表": "Order export",
  "从千牛、咚咚、飞鸽、微信复制的对话，或“客户：… 客服：…”这样的文字，可一次粘贴多段": "Copied from any seller workbench or messenger, or text like “客户：…” “客服：…”; several at once are fine",
  "开始质检": "Score it", "选择或拖入聊天文件": "Choose or drop chat files", "选择或拖入订单文件（CSV）": "Choose or drop order files (CSV)",
  "支持 TXT、CSV、JSON；GBK 与 UTF-8 自动识别": "TXT, CSV, JSON; GBK and UTF-8 are told apart by themselves",
  "支持淘宝/天猫、拼多多、京东、抖店、有赞、Shopify 的订单导出，其他表格可手动对应列名": "Exports of Taobao/Tmall, PDD, JD, Douyin, Youzan, Shopify; other tables by matching their columns",
  "正在读取 {0}": "Reading {0}", "正在计算": "Computing", "取消": "Cancel", "已取消，之前读入的内容还在": "Cancelled; what was read before is kept",
  "对话": "Conversations", "平均得分": "Mean score", "一票否决": "Critical failures", "需要关注": "Alerts", "未评分": "Not scored",
  "搜索买家、客服或内容编号": "Search buyer, agent or id", "全部": "All", "有扣分": "Lost points", "有预警": "With alerts", "得分从低到高": "Lowest score first", "按原顺序": "As read", "得分从高到低": "Highest score first",
  "筛选": "Filter", "排序": "Order", "没有符合条件的对话": "No conversation matches", "还没有聊天记录，先去“导入”粘贴一段吧": "No chats yet: paste one under “Import”", "还没有订单，先去“导入”拖入订单报表吧": "No orders yet: drop an export under “Import”",
  "得分": "Score", "扣分": "Lost", "加分": "Gained", "买家": "Buyer", "机器人": "Bot", "系统": "System", "匿名": "unnamed",
  "未启用": "off", "核心指标": "The figures a shop lives by", "还可以做得更好的 {0} 处": "{0} chances to do better", "扣分项": "Points lost", "加分项": "Points won", "做到了": "Passed", "未涉及": "No occasion", "没有扣分，做得很好": "No points lost, well done",
  "建议话术": "Suggested line", "复制": "Copy", "已复制": "Copied", "原话": "Quote", "建议换成": "rather", "预警": "Alert", "用时 {0} 秒": "{0} s", "测得 {0}": "measured {0}",
  "图片": "picture", "语音": "voice", "卡片": "card", "链接": "link", "原件不可见": "not in the copy",
  "名次": "Rank", "评分对话": "Scored", "波动": "Spread", "主要扣分": "Points lost most", "下载表格": "Download table",
  "统计口径": "Standard", "统计周期": "Period", "起": "from", "止": "to", "截至日期": "As of", "退款订单": "Refunded orders", "不计入": "leave out", "计入": "count",
  "询单有效期": "Order window", "到次日": "to the next day", "{0} 天": "{0} days", "成交判定": "Attribution", "按下单": "by order", "下单优先": "order first", "按付款": "by payment",
  "不计 0 元行": "Leave out lines of 0", "只算有买家的订单": "Known buyers only", "重新计算": "Recompute",
  "算式": "Formula", "分子": "Numerator", "分母": "Denominator", "口径": "Standard", "周期": "Period", "区间": "95 % interval", "未计入": "Left out", "原因": "Why", "暂无": "Not available", "点开看算式": "Open for the formula",
  "订单": "Orders", "销售": "Sales", "支付": "Payment", "退款": "Refunds", "询单": "Inquiries", "复购": "Repurchase", "周期与回购": "Cycles", "响应": "Response", "服务": "Service", "客户": "Customers",
  "编号": "Id", "标题": "Title", "类型": "Kind", "场景": "Scenes", "来源": "Source", "分值": "Points", "所有场景": "all", "共 {0} 条规则": "{0} rules", "严重": "critical",
  "平台": "Platform", "编码": "Encoding", "行数": "Rows", "条数": "Read", "问题": "Problems", "没有读不懂的内容": "Everything was understood", "第 {0} 行": "line {0}",
  "还没有文件": "No files yet", "列名对应": "Columns", "按这样重新读取": "Read again this way", "（没有）": "(none)", "自动认出的列名如下，不对可以改": "These columns were recognised; change what is wrong",
  "订单号": "Order number", "下单时间": "Created", "付款时间": "Paid", "收货时间": "Received", "订单状态": "State", "应付金额": "Ordered amount", "实付金额": "Paid amount", "退款金额": "Refund", "商品编码": "SKU", "商品名称": "Product", "数量": "Quantity", "单价": "Unit price",
  "这个文件没有读出内容": "Nothing could be read from this file", "元": "CNY", "天": "days", "秒": "s", "件": "items", "人": "buyers", "单": "orders", "通": "chats",
  "出错了": "Something went wrong", "关闭": "Close", "语言": "English", "共 {0} 通": "{0} in all", "通过 {0} · 未通过 {1} · 未涉及 {2}": "passed {0} · failed {1} · no occasion {2}", "建议人工抽检 {0} 通": "recommended manual sample: {0}",
  "纯售后": "after-sale only", "横幅": "banners", "分隔线": "separators", "已读标记": "read marks", "价格行": "price lines", "缺金额": "no amount", "无买家": "no buyer", "无明细": "no lines", "缺数量": "no quantity", "缺时间": "no time", "付款早于下单": "paid before created",
  "已退款": "refunded", "状态不明": "unknown state", "0 元行": "lines of 0", "退货行": "returns", "汇总行": "summary rows",
  "先选左边的一通对话": "Choose a conversation on the left", "分": "pt",
};
