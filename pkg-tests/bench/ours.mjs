// The package itself, in wasm.
import { readFileSync } from "node:fs";
import { Book, Shop } from "../../pkg/node.mjs";

export default {
  "read-orders": (bytes) => async () => {
    const shop = new Shop();
    return { orders: (await shop.addOrders("orders.csv", bytes)).orders };
  },
  "read-chats": (bytes) => async () => ({ conversations: (await new Shop().addChats("chats.txt", bytes)).conversations }),
  figures: (bytes) => async () => {
    const shop = new Shop();
    await shop.addOrders("orders.csv", bytes);
    const { metrics } = shop.metrics();
    const value = (id) => metrics.find((metric) => metric.id === id && !metric.by).value;
    return {
      orders: value("orders.paid"), buyers: value("orders.buyers"), sales: value("sales.paid_amount"),
      repurchase: value("repurchase.customer_rate"), cycle: value("cycle.customer"),
    };
  },
  async signals(bytes, book) {
    const shop = new Shop(book ? Book.parse(readFileSync(book, "utf8")) : Book.standard());
    await shop.addChats("chats.txt", bytes);
    const pairs = shop.signals().flatMap(({ signals }) => Object.values(signals)).flat().length;
    return () => {
      for (const piece of shop.write("signals", "jsonl")) if (!piece) throw new Error("there are chats");
      return { pairs };
    };
  },
  async check(bytes) {
    const shop = new Shop();
    await shop.addChats("chats.txt", bytes);
    const standard = Book.standard();
    return () => {
      shop.book = standard; // and all is judged again
      return { conversations: shop.check().conversations.length };
    };
  },
};
