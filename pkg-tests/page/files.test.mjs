// Files on the page: what each is told to be, columns mapped by hand, what could not be read.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { zipSync } from "fflate";
import { root } from "../support/host.mjs";
import { figure, onPage, saved } from "./page.mjs";

const samples = join(root, "www/public/sample");
const data = process.env.HUASHU_DATA ?? join(root, "../shared/data");
const gb18030 = join(data, "orders/taobao_2019_gb18030.csv");

/** A table whose headers nobody knows, and what they mean. */
const strange = (name, rows) => ({ name, mimeType: "text/csv", buffer: Buffer.from(`编号甲,谁买的,哪天付的,付了多少\n${rows.join("\n")}\n`) });
const map = { order_id: "编号甲", buyer: "谁买的", paid_at: "哪天付的", paid_amount: "付了多少" };

/** A table of messages whose headers nobody knows. */
const talks = (name, day) => {
  const rows = [["甲", "在吗", "09:00:00"], ["小丹", "您好亲，在的", "09:00:09"], ["甲", "羊毛被几天发", "09:00:30"], ["小丹", "今天发呢亲", "09:00:40"]];
  const lines = rows.map(([who, said, clock]) => [day, who, said, clock].join(","));
  return { name, mimeType: "text/csv", buffer: Buffer.from(`哪天,哪位,讲了,几点\n${lines.join("\n")}\n`) };
};

onPage("an order export gives figures, and says which row it could not use", async (page) => {
  const rows = readFileSync(join(samples, "taobao-orders.csv"), "utf8").split("\r\n");
  rows.splice(5, 0, '"这一行","断了"');
  await page.setInputFiles("#files", { name: "orders.csv", mimeType: "text/csv", buffer: Buffer.from(rows.join("\r\n")) });
  await page.waitForSelector('[id="metric-orders.created"]');
  assert.equal(await figure(page, "orders.created"), `${rows.length - 3}单`);
  assert.match(await page.textContent("#tab-files"), /文件\s*1$/);
  await page.click("#tab-files");
  assert.match(await page.textContent("main"), /第 6 行/);
});

onPage("a pasted table is what it would be as a file", async (page) => {
  await page.fill("#paste", readFileSync(join(samples, "taobao-orders.csv"), "utf8"));
  await page.click("#score");
  await page.waitForSelector('[id="metric-orders.created"]');
  await page.click("#tab-files");
  assert.match(await page.textContent('[data-file="粘贴"]'), /订单报表/);
});

onPage("computing can be stopped as reading can, keeps the files, and is taken up again", async (page) => {
  const turns = ["在吗", "在的呢亲", "这款有 L 码吗", "您好，L 码有货的哦"].map((text, at) => ({ role: at % 2 ? "agent" : "buyer", text }));
  const lines = Array.from({ length: 10_000 }, (_, at) => JSON.stringify({ id: `${at}`, messages: turns }));
  await page.setInputFiles("#files", { name: "many.jsonl", mimeType: "text/plain", buffer: Buffer.from(lines.join("\n")) });
  await page.locator(".busy", { hasText: "正在计算" }).locator("button").click();
  await page.waitForSelector("#resume");
  await page.click("#tab-chats");
  assert.match(await page.textContent(".empty"), /^已停止计算/);
  await page.click("#tab-files");
  assert.match(await page.textContent("[data-file]"), /10,000 通对话/);
  await page.click("#tab-figures");
  assert.equal(await page.locator('[id="metric-inquiry.order_conversion"]').count(), 0, "no figures of a part");
  await page.click("#resume");
  await page.click("#tab-chats");
  await page.waitForSelector("#score-value");
  assert.match(await page.textContent("main"), /共 10,000 通/);
  assert.equal(await page.locator("#resume").count(), 0);
  // The file was changed on the disk, or is gone: that is told, and no other talk shown for the one that is chosen.
  await page.workers()[0].evaluate(() => void (FileReaderSync.prototype.readAsArrayBuffer = () => { throw new Error("gone"); }));
  for (const button of [".list-foot .button", ".item:not([aria-current=true])"]) {
    await page.locator(button).last().click();
    await page.locator(".notice[role=alert]", { hasText: "many.jsonl 读过以后变了或读不到了" }).locator("button").click();
  }
  assert.equal(await page.locator(".talk, .item[aria-current=true]").count(), 0);
});

onPage("a file that comes twice and an archive's orders are told once", async (page) => {
  const orders = readFileSync(join(samples, "taobao-orders.csv"));
  const count = orders.toString().trimEnd().split("\r\n").length - 1;
  const id = orders.toString().match(/\d{12,}/)[0];
  const lines = `订单编号,标题,价格,购买数量,商家编码\n${id},布,5,2,s1\n`;
  const archive = Buffer.from(zipSync({ "list.csv": orders, "lines.csv": Buffer.from(lines) }));
  await page.setInputFiles("#files", [{ name: "export.zip", mimeType: "application/zip", buffer: archive }, { name: "copy.csv", mimeType: "text/csv", buffer: orders }]);
  await page.waitForSelector('[id="metric-orders.created"]');
  await page.click("#tab-files");
  assert.match(await page.textContent('[data-file="export.zip"]'), new RegExp(`行，${count} 个订单`));
  assert.match(await page.textContent('[data-file="copy.csv"]'), new RegExp(`这个文件的 ${count} 个订单之前都已读到`));
});

onPage("files of two shops say so, above the figures too", async (page) => {
  const orders = (name, shop) => ({ name, mimeType: "text/csv", buffer: Buffer.from(`订单编号,买家会员名,买家实际支付金额,订单付款时间,店铺名称\n${name},甲,10,2026-01-01 10:00:00,${shop}\n`) });
  await page.setInputFiles("#files", [orders("a.csv", "青禾旗舰店"), orders("b.csv", "云朵家居")]);
  await page.waitForSelector('[id="metric-orders.created"]');
  assert.match(await page.textContent(".several"), /^读到了 2 家店铺的数据（各文件的订单数：云朵家居 1，青禾旗舰店 1）/);
  await page.click("#tab-files");
  assert.match(await page.textContent('[data-file="b.csv"]'), /读到了 2 家店铺的数据/);
  // Chats of two shops are told in the same box, without the advice once more.
  const talk = (buyer, agent) => `${buyer} 2026-01-05 9:03:02\n在吗\n${agent} 2026-01-05 9:03:10\n在的亲\n`;
  await page.click("#tab-import");
  await page.fill("#paste", talk("阿宝", "青禾旗舰店:小鱼") + talk("阿青", "云朵家居:小林"));
  await page.click("#score");
  await page.waitForSelector("#score-value");
  await page.click("#tab-figures");
  assert.equal(await page.locator(".several").count(), 1);
  assert.match(await page.textContent(".several"), /各文件的订单数：云朵家居 1，青禾旗舰店 1）.*各文件的对话数：云朵家居 1，青禾旗舰店 1$/);
  assert.equal((await page.textContent(".several")).match(/要分开看/g).length, 1);
});

onPage("a picture dropped as orders is explained, not read", async (page) => {
  const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABh6FO1AAAAABJRU5ErkJggg==", "base64");
  await page.setInputFiles("#files", { name: "截图.png", mimeType: "image/png", buffer: png });
  await page.waitForSelector('[data-file="截图.png"] .tag.bad');
  assert.match(await page.textContent("main"), /PNG 图片/);
  await page.click("#tab-import");
  await page.setInputFiles("#files", { name: "空.csv", mimeType: "text/csv", buffer: Buffer.from("订单编号,买家会员名,买家实际支付金额,订单付款时间\n") });
  await page.waitForSelector('[data-file="空.csv"] .mapping:not([open])');
  assert.match(await page.textContent('[data-file="空.csv"]'), /只有表头/);
});

onPage("a table without known headers is mapped by hand, saved, and known the next time", async (page) => {
  await page.setInputFiles("#files", strange("table.csv", ["1,甲,2026-01-01,10", "2,甲,2026-01-09,20", "3,乙,2026-01-03,5"]));
  await page.locator('[data-file="table.csv"] li', { hasText: "请在下面选好各列是什么" }).waitFor();
  for (const [field, header] of Object.entries(map)) await page.selectOption(`.mapping [name=${field}]`, header);
  assert.equal(await page.locator(".mapping tr", { has: page.locator("[name=buyer]") }).locator(".sample").textContent(), "甲");
  assert.deepEqual(JSON.parse(await saved(page, ".mapping .row .button:nth-child(2)")), map);
  await page.click(".mapping .button.primary");
  await page.waitForSelector(".panel .tag.brand");
  await page.click("#tab-figures");
  assert.equal(await figure(page, "repurchase.customer_rate"), "50%");
  assert.equal(await figure(page, "sales.paid_amount"), "35元");
  await page.reload();
  await page.setInputFiles("#files", strange("next.csv", ["4,丙,2026-02-01,7"]));
  await page.waitForSelector('[id="metric-orders.paid"]');
  assert.equal(await figure(page, "sales.paid_amount"), "7元");
});

onPage("a table of messages without known headers is mapped by hand, saved, and known the next time", async (page) => {
  await page.setInputFiles("#files", talks("talks.csv", "2026-01-05"));
  await page.waitForSelector('[data-file="talks.csv"] .mapping[open]');
  assert.equal(await page.textContent('[data-file="talks.csv"] .tag'), "没有读出内容");
  const told = await page.textContent('[data-file="talks.csv"] li');
  assert.match(told, /请在下面选好各列是什么/);
  assert.doesNotMatch(told, /chats/, "no map to be written by hand where it can be chosen");
  const value = (field) => page.inputValue(`.mapping [name=${field}]`);
  const guesses = async () => [await value("text"), await value("sender"), await value("time"), await value("date"), await value("buyer")];
  assert.deepEqual(await guesses(), ["讲了", "哪位", "几点", "哪天", ""], "the best guesses");
  assert.equal(await page.locator(".mapping .tag.warn").count(), 4);
  await page.selectOption(".mapping [name=sender]", "");
  await page.selectOption(".mapping [name=sender]", "哪位");
  assert.equal(await page.locator(".mapping tr", { has: page.locator("[name=text]") }).locator(".sample").textContent(), "在吗");
  const map = { time: "几点", date: "哪天", text: "讲了", sender: "哪位" };
  assert.deepEqual(JSON.parse(await saved(page, ".mapping .row .button:nth-child(2)")), { chats: map });
  await page.click(".mapping .button.primary");
  await page.waitForSelector('[data-file="talks.csv"] .tag.brand');
  assert.match(await page.textContent('[data-file="talks.csv"]'), /1 通对话，4 条消息.*列名对应（用的是你定的）/s);
  await page.click("#tab-chats");
  assert.match(await page.textContent(".talk"), /01-05 09:00:00|2026-01-05/);
  await page.reload();
  await page.setInputFiles("#files", talks("next.csv", "2026-01-06"));
  await page.waitForSelector("#score-value");
  await page.click("#tab-files");
  // A map that is not enough leaves the table unread, and can be taken back.
  await page.click(".mapping summary");
  await page.selectOption(".mapping [name=text]", "");
  await page.click(".mapping .button.primary");
  await page.waitForSelector('[data-file="next.csv"] .tag.bad');
  await page.click(".mapping .button.quiet");
  await page.waitForSelector('[data-file="next.csv"] .mapping:not(:has(.quiet))');
});

onPage("a table with a date and people who speak in turn is offered as chats", async (page) => {
  const text = "日期,谁,内容1,会员号\n2026-03-01 10:00,买家,在吗,小花\n2026-03-01 10:01,小美,在的亲,小花\n2026-03-01 10:02,买家,坏了,小花\n2026-03-01 10:09,小美,哦,小花\n";
  await page.setInputFiles("#files", { name: "talks.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
  await page.waitForSelector(".mapping[open]");
  assert.deepEqual([await page.inputValue(".mapping [name=text]"), await page.inputValue(".mapping [name=sender]")], ["内容1", "谁"]);
  assert.equal(await page.inputValue(".reading[open] [name=kind]"), "chats");
});

onPage("the columns of a table of messages that are known can be overruled", async (page) => {
  const text = "发送人,消息,备注,时间\n甲,在吗,在吗？（原文）,2026-01-05 09:00:00\n店:小丹,在的,在的亲（原文）,2026-01-05 09:00:09\n";
  await page.setInputFiles("#files", { name: "known.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
  await page.waitForSelector("#score-value");
  await page.click("#tab-files");
  await page.click(".mapping summary");
  assert.equal(await page.inputValue(".mapping [name=text]"), "消息");
  await page.setInputFiles(".mapping input", { name: "columns.json", mimeType: "application/json", buffer: Buffer.from('{"buyer":"x","chats":{"text":"备注","sender":"发送人"}}') });
  await page.waitForFunction(() => document.querySelector(".mapping [name=text]").value === "备注");
  await page.click(".mapping .button.primary");
  await page.waitForSelector(".mapping .button.quiet", { state: "attached" });
  await page.click("#tab-chats");
  assert.match(await page.textContent(".talk"), /在的亲（原文）/);
});

onPage("side tables and platform reports are told by their headers and shown where they belong", async (page) => {
  const table = (name) => ({ name, mimeType: "text/csv", buffer: readFileSync(join(root, "pkg-tests/cases/tables", name)) });
  await page.setInputFiles("#files", [...["roster.csv", "ratings.csv", "campaigns.csv", "given-taobao.csv"].map(table), strange("mine.csv", ["1,甲,2026-01-01,10"])]);
  await page.waitForSelector('[data-file="mine.csv"]');
  for (const [name, kind] of [["roster", "客服名单"], ["ratings", "客服评价"], ["campaigns", "营销触达"], ["given-taobao", "平台报表"]]) {
    assert.equal(await page.textContent(`[data-file="${name}.csv"] .tag`), kind);
  }
  const mine = page.locator('[data-file="mine.csv"]');
  await mine.locator("[name=kind]").selectOption("table");
  await mine.locator("[name=table]").selectOption("members");
  await mine.locator(".reading .button").click();
  await mine.locator(".mapping [name=birthday]").waitFor();
  await mine.locator(".mapping [name=buyer]").selectOption("谁买的");
  await mine.locator(".mapping [name=level]").selectOption("付了多少");
  await mine.locator(".mapping .button.primary").click();
  await page.waitForFunction(() => document.querySelector('[data-file="mine.csv"] .tag').textContent === "会员");
  await page.click("#tab-figures");
  assert.match(await page.textContent("#given"), /生意参谋|淘宝/);
  assert.match(await saved(page, ".panel:has(#given) .panel-head .button"), /^\ufeff指标,客服,平台给的,我们算的,相差,单位,来自,说明\r\n平均响应时长,.*,35\.5,,,秒,/);
});

onPage("a saved map is loaded from its file; another file is refused", async (page) => {
  await page.setInputFiles("#files", strange("table.csv", ["1,甲,2026-01-01,10"]));
  const json = (value) => ({ name: "columns.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(value)) });
  await page.setInputFiles(".mapping input", json([1, 2]));
  await page.waitForSelector(".mapping .notice");
  await page.setInputFiles(".mapping input", json(map));
  await page.waitForFunction(() => document.querySelector(".mapping [name=buyer]").value === "谁买的");
  await page.click(".mapping .button.primary");
  await page.waitForSelector(".panel .tag.brand");
});

onPage("null in a map says that no column holds the field", async (page) => {
  await page.setInputFiles("#files", { name: "taobao.csv", mimeType: "text/csv", buffer: Buffer.from("订单编号,买家会员名,订单付款时间,买家实际支付金额\n1,甲,2026-01-01 10:00:00,10\n") });
  await page.waitForSelector('[id="metric-orders.buyers"]');
  await page.click("#tab-files");
  await page.click(".mapping summary");
  const buyer = () => page.inputValue(".mapping [name=buyer]");
  assert.equal(await buyer(), "买家会员名");
  await page.setInputFiles(".mapping input", { name: "columns.json", mimeType: "application/json", buffer: Buffer.from('{"buyer":null,"paid_amount":"买家实际支付金额"}') });
  await page.waitForFunction(() => document.querySelector(".mapping [name=buyer]").value === "");
  assert.deepEqual(JSON.parse(await saved(page, ".mapping .row .button:nth-child(2)")), { buyer: "", paid_amount: "买家实际支付金额" });
  await page.click(".mapping .button.primary");
  await page.waitForSelector(".mapping .button.quiet", { state: "attached" });
  assert.equal(await buyer(), "");
});

onPage("files of all kinds at once are told apart, and told otherwise on demand", async (page) => {
  const file = (name, text) => ({ name, mimeType: "text/plain", buffer: Buffer.from(text) });
  const gb18030 = readFileSync(join(root, "pkg-tests/support/orders.gb18030.csv"));
  await page.setInputFiles("#files", [
    file("聊天.txt", "客户：有货吗\n客服：有的亲\n"),
    { name: "订单.csv", mimeType: "text/csv", buffer: gb18030 },
    file("随笔.txt", "今天天气不错\n出门走走\n"),
    file(".DS_Store", "x"),
  ]);
  await page.waitForSelector('[data-file="随笔.txt"]');
  const card = (name) => page.locator(`[data-file="${name}"]`);
  assert.equal(await page.locator("[data-file]").count(), 3);
  assert.match(await card("聊天.txt").textContent(), /聊天记录.*通用格式.*“客户：内容”.*把握 \d+%.*1 通对话，2 条消息.*utf-8/s);
  assert.match(await card("订单.csv").textContent(), /订单报表.*淘宝\/天猫订单，按表头对上 \d+ 列.*3 个订单.*gb18030/s);
  assert.match(await card("随笔.txt").textContent(), /没有读出内容.*第 1 行/s);
  await card("订单.csv").locator(".reading summary").click();
  await card("订单.csv").locator("[name=encoding]").selectOption("utf-8");
  await card("订单.csv").locator(".reading .button").click();
  await card("订单.csv").locator(".tag.bad").waitFor();
  await card("订单.csv").locator("[name=encoding]").selectOption("");
  await card("订单.csv").locator(".reading .button").click();
  await card("订单.csv").locator(".tag.brand").waitFor();
  await card("聊天.txt").locator(".reading summary").click();
  await card("聊天.txt").locator("[name=format]").selectOption({ label: "表格" });
  await card("聊天.txt").locator(".reading .button").click();
  await card("聊天.txt").locator(".tag.bad").waitFor();
  await card("聊天.txt").locator(".panel-head .button").click();
  await card("聊天.txt").waitFor({ state: "detached" });
  assert.equal(await page.locator("[data-file]").count(), 2);
});

onPage("a real export in GB18030 gives the known answers", async (page) => {
  const answers = JSON.parse(readFileSync(join(data, "orders/answers.json"), "utf8"))["taobao_2019 (状态 交易成功)"];
  await page.setInputFiles("#files", gb18030);
  await page.waitForSelector('[id="metric-orders.paid"]', { timeout: 60_000 });
  assert.equal(await figure(page, "orders.buyers"), `${answers.customers.toLocaleString("zh-CN")}人`);
  assert.equal(await figure(page, "repurchase.customer_rate"), `${(answers.cust_rate_day * 100).toLocaleString("zh-CN", { maximumFractionDigits: 2 })}%`);
}, { skip: existsSync(gb18030) ? false : `no real orders at ${gb18030}` });
