// Compiled in the host project, never run: what a front end writes against the package.
import { Book, HuashuError, Shop, init, type CheckReport, type Evidence, type FigureRows, type Metric } from "huashu";
import { ShopClient, type BookInfo } from "huashu/client";

export async function inThePage(file: File, bytes: Uint8Array): Promise<CheckReport> {
  await init();
  const shop = new Shop(Book.standard("taobao"));
  await shop.addChats(file.name, file, { format: "name-time", encoding: "gb18030", gap: "day", agents: ["小溪"], year: 2026, columns: { text: "内容" }, onProgress: (read, total) => void (read / (total ?? 1)) });
  await shop.addOrders("orders.csv", bytes, { columns: { buyer: "会员", paid_amount: "实付" } });
  const table = await shop.addTable("a.csv", bytes, { kind: "roster", columns: { agent: "账号", shift: null } });
  void (table.kind === "roster" && table.used);
  const figures: Metric[] = shop.metrics({ period: { from: "2026-01-01", to: "2026-01-31" }, refunded: "include", window: 2 }).metrics;
  const own: FigureRows = shop.rows("response.mean", { by: { agent: "小美" }, forwarded: 2, customers: { active: 60, rfm: "median" } });
  const before: number | null | undefined = shop.metrics({ forwarded: "count" }).tables.products[0]?.previous?.asked;
  const values: (number | null)[] = figures.map((metric) => metric.value);
  void [values, own, before, shop.metrics({ customers: Book.standard().customers }), shop.metrics({ customers: { recency: undefined } })];
  for (const piece of shop.write("check", "junit")) void piece.length;
  return shop.check({ messages: true });
}

export async function inAWorker(blob: Blob, toml: string): Promise<BookInfo> {
  const client = new ShopClient({ workerUrl: "/huashu/worker.mjs", onRestart: (error) => void error.code });
  await client.ready;
  await client.addChats("chat.txt", blob, { signal: AbortSignal.timeout(1000) });
  const report = await client.check({ onProgress: (done, total) => void (done / total) });
  await client.review([{ conversation: report.conversations[0]!.id, rule: "apology-first", verdict: "overrule", note: "…" }]);
  const example: string = await client.todo("apology-first", await client.conversation(0), "pass");
  void example;
  const marked = (text: string, at: Evidence) => text.slice(at.start, at.end);
  for (const { verdicts } of report.conversations) for (const { evidence } of verdicts) evidence.map((e) => marked("", e));
  const saved: Blob = await client.save("metrics", "csv");
  void saved;
  return client.useBook({ toml });
}

export function closing(toml: string): string | null {
  const book = Book.parse(toml);
  const shop = new Shop(book);
  shop.free();
  book[Symbol.dispose]();
  return book.profile;
}

export function mistakes(toml: string): string[] {
  try {
    return Book.parse(toml).warnings.map((warning) => warning.message);
  } catch (error) {
    if (error instanceof HuashuError) return error.problems.map((p) => `${p.line}:${p.column} ${p.message}`);
    throw error;
  }
}

// @ts-expect-error a format that is not known
void new Shop().write("check", "pdf");
// @ts-expect-error books come from Book.standard and Book.parse
void new Book();
// @ts-expect-error a misspelt option
void new Shop().check({ message: true });
