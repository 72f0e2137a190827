/** Our fields by kind of table, and columns that the user matched, kept on this machine for files with the same headers. */
import type { TableKind } from "huashu/client";

export type Columns = Record<string, string>;
/** Our name of a field, what shops call it, and what it is good for. */
export type Field = [id: string, title: string, use?: string];

export const orderFields: Field[] = [
  ["order_id", "订单号", "没有时一行算一单"], ["buyer", "买家", "复购、询单转化要用"], ["created_at", "下单时间"], ["paid_at", "付款时间", "购买日、周期要用"], ["received_at", "收货时间"],
  ["state", "订单状态", "没有付款时间时，靠它看付没付款"], ["ordered_amount", "应付金额"], ["paid_amount", "实付金额", "没有时用数量 × 单价"], ["refund_amount", "退款金额"],
  ["sku", "商品编码", "商品回购周期要用"], ["title", "商品名称"], ["quantity", "数量"], ["unit_price", "单价"],
];

export const chatFields: Field[] = [
  ["text", "消息内容", "必须有；还要有一列说明是谁说的"], ["sender", "发送人"], ["role", "角色", "客户、客服、系统等字样"], ["time", "时间", "响应速度要用"], ["date", "日期", "时间里没有日期时"],
  ["buyer", "买家", "没有发送人时，和客服一列一起说明是谁说的"], ["agent", "客服"], ["to", "接收人"], ["id", "会话编号", "没有时按买家和间隔分开"],
];

export const tableKinds: Record<TableKind, [title: string, fields: Field[]]> = {
  ratings: ["客服评价", [["rating", "满意度"], ["solved", "是否解决"], ["conversation", "对话"], ["buyer", "买家"], ["agent", "客服"], ["at", "时间"]]],
  reviews: ["商品评价", [["text", "评价内容"], ["stars", "星级"], ["order", "订单号"], ["reply", "回复"], ["buyer", "买家"], ["product", "商品"], ["at", "时间"], ["replied_at", "回复时间"]]],
  roster: ["客服名单", [["agent", "客服账号"], ["person", "姓名"], ["team", "组别"], ["shift", "班次"]]],
  members: ["会员", [["buyer", "买家"], ["level", "等级"], ["right", "权益"], ["expires", "到期日"], ["birthday", "生日"], ["tags", "标签"]]],
  campaigns: ["营销触达", [["campaign", "活动"], ["buyer", "买家"], ["at", "时间"]]],
  messages: ["短信", [["buyer", "买家"], ["order", "订单号"], ["at", "时间"], ["kind", "类型"], ["text", "内容"]]],
  shipping: ["物流动态", [["order", "订单号"], ["buyer", "买家"], ["at", "时间"], ["text", "内容"]]],
  given: ["平台报表", [["agent", "客服"], ["date", "日期"]]],
};

const KEY = "columns";
/** The latest maps; older ones are forgotten. */
const MOST = 40;

/** What a table with these headers is, and its columns. */
export interface Kept {
  headers: string;
  /** Absent: orders. */
  table?: TableKind | "chats";
  columns: Columns;
}

const keyOf = (headers: readonly string[]): string => [...headers].sort().join("\t");

function all(): Kept[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(value) ? value.filter((one): one is Kept => typeof one?.headers === "string" && isMap(one.columns)) : [];
  } catch {
    return []; // no storage, or something else in it
  }
}

export const remembered = (headers: readonly string[]): Kept | undefined => all().find((one) => one.headers === keyOf(headers));

/** Null forgets. */
export function remember(headers: readonly string[], kept: Omit<Kept, "headers"> | null): void {
  const key = keyOf(headers);
  const others = all().filter((one) => one.headers !== key);
  try {
    localStorage.setItem(KEY, JSON.stringify(kept ? [{ headers: key, ...kept }, ...others].slice(0, MOST) : others));
  } catch {
    // the columns then last as long as the page
  }
}

const isMap = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** Those of a map that name these fields, under the kind of table or beside it, `null` (no column holds it) as ""; throws where it is none. */
export function only(map: unknown, fields: Field[], table = ""): Columns {
  const value = isMap(map) && isMap(map[table]) ? map[table] : map;
  if (!isMap(value)) throw new Error("not a map");
  return Object.fromEntries(fields.flatMap(([field]) => {
    const header = value[field] === null ? "" : value[field];
    return typeof header === "string" ? [[field, header]] : [];
  }));
}
