// What a file is, told from its beginning by the readers themselves; nothing of it is kept.
import { Shop } from "./api.mjs";
import { bytesOf, isPacked, noInput } from "./open.mjs";

const HEAD = 1 << 16;

/** Resolves to the kind and what each reader made of the beginning. An unknown table is taken for what it resembles, else for orders: both can be mapped by hand. */
export async function identify(book, name, input) {
  const data = bytesOf(input) ?? input;
  if (typeof data !== "string" && !(data instanceof Uint8Array) && !(data instanceof Blob)) noInput();
  const trial = new Shop(book);
  try {
    return await tryAll(trial, name, data);
  } finally {
    trial.free();
  }
}

async function tryAll(trial, name, data) {
  const slice = (end) => (data instanceof Uint8Array ? data.subarray(0, end) : data.slice(0, end));
  // Of what is packed the beginning alone says nothing.
  const packed = typeof data !== "string" && isPacked(new Uint8Array(await new Blob([slice(8)]).arrayBuffer()));
  const head = packed ? data : slice(HEAD);
  const orders = await trial.addOrders(name, head);
  const table = await trial.addTable(name, head);
  const chats = await trial.addChats(name, head);
  const entries = orders.files?.map((file, at) => ({ name: file.file, kind: kindOf(chats.files[at], file, table.files[at]) }));
  return { kind: entries?.[0].kind ?? kindOf(chats, orders, table), ...(entries && { entries }), chats, orders, table };
}

/** What tables of orders have, and others that name orders have not. */
const SALES = ["state", "ordered_amount", "paid_amount", "refund_amount", "paid_at", "quantity", "unit_price", "after_sale"];

function kindOf(chats, orders, table) {
  const isTable = table.kind !== null && table.used > 0;
  const isOrders = orders.orders > 0 && orders.platform !== "generic" && (!isTable || SALES.some((field) => field in orders.columns));
  // Buyers and times are in tables of both kinds.
  const ofOrders = Object.keys(orders.columns).some((field) => field !== "buyer" && field !== "created_at");
  const isTalk = chats.problems.some(({ code }) => code === "no-columns") && "sender" in chats.columns && !ofOrders && orders.orders === 0;
  const isUnknown = !isTalk && chats.conversations === 0 && (orders.orders > 0 || orders.headers.length > 1);
  return isOrders ? "orders" : isTable ? "table" : isUnknown ? "orders" : "chats";
}
