// What a file is, told from its beginning by the readers themselves; nothing of it is kept.
import { Shop } from "./api.mjs";

const HEAD = 1 << 16;

/** Resolves to the kind and what each reader made of the beginning. An unknown table is taken for orders: these can be mapped by hand. */
export async function identify(book, name, data) {
  const trial = new Shop(book);
  const head = typeof data === "string" ? data.slice(0, HEAD) : data instanceof Blob || data instanceof ArrayBuffer ? data.slice(0, HEAD) : data.subarray(0, HEAD);
  const orders = await trial.addOrders(name, head);
  const chats = await trial.addChats(name, head);
  const isOrders = orders.orders > 0 && !(chats.conversations > 0 && orders.platform === "generic");
  const isTable = chats.conversations === 0 && orders.headers.length > 1;
  return { kind: isOrders || isTable ? "orders" : "chats", chats, orders };
}
