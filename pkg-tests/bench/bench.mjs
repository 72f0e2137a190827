// What the package does in a second, in node, on made-up data: `make bench`, or with sizes of one's own
// `node pkg-tests/bench/bench.mjs CONVERSATIONS ORDERS`. Every figure is the best of five runs.
import { cpus } from "node:os";
import { init, Shop } from "../../pkg/node.mjs";
import { chats, orders } from "./data.mjs";

const [conversations, rows] = [process.argv[2] ?? 5_000, process.argv[3] ?? 100_000].map(Number);
const chatBytes = chats(conversations);
const orderBytes = orders(rows);

await init();
const shop = new Shop();
const best = new Map();
async function timed(name, work) {
  const start = performance.now();
  const result = await work();
  best.set(name, Math.min(best.get(name) ?? Infinity, performance.now() - start));
  return result;
}
let counted;
for (let run = 0; run < 5; run++) {
  shop.reset();
  const chatFile = await timed("read chats", () => shop.addChats("chats.txt", chatBytes));
  const orderFile = await timed("read orders", () => shop.addOrders("orders.csv", orderBytes));
  await timed("signals", () => shop.signals());
  const report = await timed("check", () => shop.check());
  await timed("metrics", () => shop.metrics());
  counted = [chatFile.conversations, orderFile.orders, report.conversations.length];
}
if (counted.join() !== [conversations, rows, conversations].join())
  throw new Error(`read ${counted} of ${conversations} conversations and ${rows} orders: these times would mean nothing`);

const mb = (bytes) => bytes.length / 1e6;
const per = { "read chats": [mb(chatBytes), "MB/s"], "read orders": [mb(orderBytes), "MB/s"] };
console.log(`node ${process.version} on ${cpus()[0]?.model}`);
console.log(`${conversations} conversations (${mb(chatBytes).toFixed(1)} MB), ${rows} orders (${mb(orderBytes).toFixed(1)} MB)`);
for (const [name, ms] of best) {
  const [amount, unit] = per[name] ?? (name === "metrics" ? [rows, "orders/s"] : [conversations, "conversations/s"]);
  console.log(`${name.padEnd(12)} ${ms.toFixed(0).padStart(6)} ms ${((amount / ms) * 1000).toFixed(unit === "MB/s" ? 1 : 0).padStart(9)} ${unit}`);
}
console.log(`memory       ${(process.memoryUsage().rss / 1e6).toFixed(0).padStart(6)} MB at the end`);
