// What the page keeps and what it forgets, and several things asked of it at once.
import assert from "node:assert/strict";
import { figure, onPage, paste, score } from "./page.mjs";

const csv = (name, rows) => ({ name, mimeType: "text/csv", buffer: Buffer.from(`订单编号,买家会员名,买家实际支付金额,订单付款时间\n${rows.join("\n")}\n`) });
const small = csv("small.csv", ["1,甲,10,2026-01-01 10:00:00", "2,乙,20,2026-01-02 10:00:00"]);
/** Takes a second or so to be read. */
const large = () => csv("large.csv", Array.from({ length: 200_000 }, (_, at) => `9${at},买家${at % 5000},10,2026-01-0${(at % 9) + 1} 10:00:00`));
const files = (page) => page.locator("[data-file]").evaluateAll((cards) => cards.map((card) => card.dataset.file));
/** Presses 取消 as soon as the progress says all this: from here it might be over by then. */
const stop = (page, ...texts) => page.evaluate((texts) => new Promise((done) => {
  const look = () => {
    const box = document.querySelector(".busy");
    if (!box || !texts.every((text) => box.textContent.includes(text))) return requestAnimationFrame(look);
    box.querySelector("button").click();
    done();
  };
  look();
}), texts);
const idle = (page) => page.waitForSelector(".busy", { state: "detached" });

onPage("a file that cannot be read is told by its name; those after it are read", async (page) => {
  const old = { name: "旧版.xls", mimeType: "application/vnd.ms-excel", buffer: Buffer.concat([Buffer.from("d0cf11e0a1b11ae1", "hex"), Buffer.alloc(600)]) };
  await page.setInputFiles("#files", [old, small]);
  await page.waitForSelector('[data-file="small.csv"]');
  assert.match(await page.textContent('[data-file="旧版.xls"]'), /没有读出内容.*xlsx|没有读出内容.*另存/s);
  assert.match(await page.textContent("#tab-files"), /1$/);
  await page.click("#tab-figures");
  assert.equal(await figure(page, "sales.paid_amount"), "30元");
  await page.click("#tab-files");
  await page.locator('[data-file="旧版.xls"] button').click();
  assert.deepEqual(await files(page), ["small.csv"]);
});

onPage("a period can be typed digit by digit, and says so when it begins after its end", async (page) => {
  await page.setInputFiles("#files", small);
  await page.waitForSelector('[id="metric-orders.paid"]');
  const [from, to] = [page.locator('[aria-label="起"]'), page.locator('[aria-label="止"]')];
  // Month, day and year, as the tests' Chromium has them.
  const type = async (field, digits) => {
    await field.blur();
    await field.focus();
    for (const digit of digits) {
      await page.keyboard.press(digit);
      await page.waitForTimeout(150);
    }
  };
  await type(from, "01022026");
  await type(to, "01022026");
  await page.waitForFunction(() => document.querySelector('[id="metric-sales.paid_amount"] .value').textContent === "20元");
  assert.deepEqual([await from.inputValue(), await to.inputValue()], ["2026-01-02", "2026-01-02"]);
  await type(to, "01012026");
  await page.locator(".span", { hasText: "起晚于止" }).waitFor();
  await idle(page);
  assert.equal(await figure(page, "sales.paid_amount"), "20元", "the period before stays");
  await page.click(".standards summary");
  await type(page.locator("[name=asOf]"), "03012026");
  await page.waitForFunction(() => document.querySelector(".standards summary").textContent.includes("算到 2026-03-01"));
  assert.equal(await page.inputValue("[name=asOf]"), "2026-03-01");
});

onPage("the shop's own book is in force again the next time, by its name, until it is put out of force", async (page) => {
  const chat = "客户：我的快递三天没动了，太慢了\n客服：在路上了\n";
  await paste(page, chat);
  const before = await score(page);
  await page.click("#tab-book");
  await page.click("#rule-apology-first summary");
  await page.fill("#rule-apology-first [name=deduct]", "1");
  await page.click("#rule-apology-first [name=apply]");
  await page.waitForFunction(() => document.querySelector("#rule-apology-first summary .points").textContent === "−1…");
  await page.reload();
  await page.waitForSelector("#own-in-force");
  assert.match(await page.textContent("#own-in-force"), /“我的店铺规则”/);
  await paste(page, chat);
  assert.ok((await score(page)) > before);
  assert.match(await page.textContent(".sheet"), /按店铺规则书“我的店铺规则”打分/);
  await page.click("#tab-book");
  await page.click("#book-editor");
  await page.locator("#book-state", { hasText: "正在使用" }).waitFor();
  await page.click("#book-standard");
  await page.waitForSelector("#book-standard", { state: "detached" });
  await page.reload();
  await paste(page, chat);
  assert.equal(await score(page), before);
});

onPage("a file that is added while another is read waits; cancelling stops the one that is read, and names it", async (page) => {
  const drop = ({ name, buffer }) => page.evaluateHandle(([name, text]) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([text], name));
    return () => document.body.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer }));
  }, [name, buffer.toString()]);
  const drops = [await drop(large()), await drop(small)];
  await page.evaluate((drops) => drops.forEach((drop) => drop()), drops);
  await stop(page, "large.csv", "后面还有 1 项");
  await page.waitForSelector('[id="metric-orders.paid"]');
  await page.click("#tab-files");
  assert.deepEqual(await files(page), ["small.csv"]);
});

onPage("while a file is read none is removed, and all of them are there at the end", async (page) => {
  await page.setInputFiles("#files", small);
  await page.waitForSelector('[id="metric-orders.paid"]');
  await page.click("#tab-import");
  await page.setInputFiles("#files", large());
  await page.locator(".busy", { hasText: "large.csv" }).waitFor();
  await page.click("#tab-files");
  assert.ok(await page.locator('[data-file="small.csv"] button', { hasText: "移除" }).isDisabled());
  await page.waitForSelector(".busy", { state: "detached", timeout: 60_000 });
  await page.click("#tab-files");
  assert.deepEqual(await files(page), ["small.csv", "large.csv"]);
});

onPage("reading that is cancelled says which file it was", async (page) => {
  await page.setInputFiles("#files", large());
  await stop(page, "large.csv");
  await page.locator(".notice", { hasText: "已取消读取 large.csv" }).waitFor();
});

onPage("what is not read again because that was cancelled is told by its name", async (page) => {
  await page.setInputFiles("#files", [small, large()]);
  await page.waitForSelector('[id="metric-orders.paid"]', { timeout: 60_000 });
  await page.click("#tab-files");
  await page.locator('[data-file="small.csv"] button', { hasText: "移除" }).click();
  await stop(page, "large.csv");
  await page.locator('[data-file="large.csv"]', { hasText: "没有重新读取" }).waitFor();
  assert.deepEqual(await files(page), ["large.csv"]);
});

onPage("the sample is read once, however often it is asked for", async (page) => {
  await page.dblclick("#sample");
  await page.waitForSelector("#score-value");
  await idle(page);
  await page.click("#tab-files");
  assert.deepEqual(await files(page), ["qianniu-chats.txt", "taobao-orders.csv"]);
});

onPage("clearing forgets the period, the buyers left out and the search, and keeps the standard", async (page) => {
  await page.click("#sample");
  await page.waitForSelector("#score-value");
  await page.fill(".list [type=search]", "小北");
  await page.click("#tab-figures");
  await page.click(".standards summary");
  await page.fill("[name=exclude]", "木子啊");
  await page.locator("[name=exclude]").blur();
  await page.selectOption("[name=refunded]", "include");
  await page.locator(".chips button", { hasText: "最近 7 天" }).click();
  await page.waitForSelector('[id="metric-orders.paid"] .before');
  await page.click("#tab-import");
  await page.click("#clear");
  await page.waitForSelector("#clear", { state: "detached" });
  await page.setInputFiles("#files", small);
  await page.waitForSelector('[id="metric-orders.paid"]');
  assert.equal(await figure(page, "sales.paid_amount"), "30元");
  assert.equal(await page.inputValue('[aria-label="起"]'), "");
  const standard = await page.textContent(".standards summary");
  assert.doesNotMatch(standard, /名单排除/);
  assert.match(standard, /退款订单计入/);
  await page.click("#tab-import");
  await page.fill("#paste", "客户：在吗\n客服：您好，在的\n");
  await page.click("#score");
  await page.waitForSelector("#score-value");
  assert.equal(await page.inputValue(".list [type=search]"), "");
});

onPage("pasted text stays until it was read, and the search of the conversations while other tabs are looked at", async (page) => {
  await page.fill("#paste", "今天天气不错");
  await page.click("#tab-book");
  await page.click("#tab-import");
  assert.equal(await page.inputValue("#paste"), "今天天气不错");
  await page.click("#score");
  await page.waitForSelector(".panel .tag.bad");
  await page.click("#tab-import");
  assert.equal(await page.inputValue("#paste"), "今天天气不错", "it was no chat");
  // Within one task no answer of the worker comes in between.
  await page.evaluate(async () => {
    document.querySelector("#score").click();
    for (let turn = 0; turn < 1000 && !document.querySelector(".busy button"); turn++) await null;
    document.querySelector(".busy button").click();
  });
  await page.locator(".notice", { hasText: "已取消" }).waitFor();
  assert.equal(await page.inputValue("#paste"), "今天天气不错", "it was cancelled");
  await paste(page, "客户：在吗\n客服：您好，在的\n");
  await page.fill(".list [type=search]", "客");
  await page.selectOption('[aria-label="筛选"]', "unscored");
  await page.click("#tab-import");
  assert.equal(await page.inputValue("#paste"), "");
  await page.click("#tab-chats");
  assert.equal(await page.inputValue(".list [type=search]"), "客");
  assert.equal(await page.inputValue('[aria-label="筛选"]'), "unscored");
});
