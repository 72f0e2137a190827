// What the page keeps and what it forgets, and several things asked of it at once.
import assert from "node:assert/strict";
import { figure, idle, onPage, paste, saved, score } from "./page.mjs";

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

onPage("a quick change is one to the book in force, in every tab; what the own text holds beside it stays there", async (page) => {
  const points = (on, rule, text) => on.waitForFunction(([rule, text]) => document.querySelector(`#rule-${rule} summary .points.bad`)?.textContent.startsWith(text), [rule, text]);
  const deduct = async (on, rule, number) => {
    await on.click(`#rule-${rule} summary`);
    await on.fill(`#rule-${rule} [name=deduct]`, number);
    await on.click(`#rule-${rule} [name=apply]`);
    await points(on, rule, `−${number}`);
  };
  await page.click("#tab-book");
  const usual = await page.textContent("#rule-first-greeting summary .points.bad");
  assert.ok(!usual.startsWith("−9"));
  await deduct(page, "first-greeting", "9");
  await page.click("#book-editor");
  await page.click("#book-standard");
  await page.waitForSelector("#book-standard", { state: "detached" });
  await page.click("#book-rules");
  await deduct(page, "courteous-address", "7");
  assert.equal(await page.textContent("#rule-first-greeting summary .points.bad"), usual, "put out of force, it stays so");
  // A mistake in what is being written is no mistake of what is in force.
  await page.click("#book-editor");
  await page.waitForSelector("#book-state .tag.good");
  await page.click(".cm-content");
  await page.keyboard.press("Control+End");
  await page.keyboard.insertText("\n[[rule\n");
  await page.waitForSelector("#book-state .tag.bad");
  const other = await page.context().newPage();
  await other.goto(page.url());
  await other.click("#tab-book");
  await points(other, "courteous-address", "−7");
  await deduct(other, "no-single-syllable", "6");
  assert.equal(await other.locator(".notice").count(), 0);
  await page.bringToFront(); // Chromium draws a tab that is looked at, the others once a second
  await page.click("#book-rules");
  await points(page, "no-single-syllable", "−6");
  await points(page, "courteous-address", "−7");
  // What is typed with the other tab looking on is all there in both.
  await other.bringToFront();
  await other.click("#book-editor");
  await other.waitForSelector(".cm-content");
  await page.bringToFront();
  await page.click("#book-editor");
  await page.waitForSelector(".cm-content");
  await page.click(".cm-content");
  await page.keyboard.press("Control+End");
  await page.keyboard.type("# 0123456789 abcdefghijklmnopqrstuvwxyz");
  await other.waitForFunction(() => localStorage.getItem("book").endsWith("# 0123456789 abcdefghijklmnopqrstuvwxyz"));
  const text = await saved(page, "#book-save");
  assert.ok(text.endsWith("# 0123456789 abcdefghijklmnopqrstuvwxyz"));
  await other.waitForSelector("#book-state .tag.bad");
  assert.equal(await saved(other, "#book-save"), text);
  for (const [rule, number] of [["first-greeting", 9], ["courteous-address", 7], ["no-single-syllable", 6]]) assert.match(text, new RegExp(`id = "${rule}"[^]*?\\ndeduct = \\[?${number}\\b`), rule);
  // Another file takes its place only when told.
  const load = () => page.setInputFiles("#book-file", { name: "book.toml", mimeType: "text/plain", buffer: Buffer.from('id = "x"\ntitle = "x"\nextends = "standard"\n') });
  await load();
  assert.equal(await saved(page, "#book-save"), text);
  page.on("dialog", (dialog) => dialog.accept());
  await load();
  await page.locator(".cm-content", { hasText: 'title = "x"' }).waitFor();
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
  // Of one drop what comes after it is not read, and listed.
  await page.click("#tab-import");
  await page.setInputFiles("#files", [large(), csv("later.csv", ["3,丙,5,2026-01-03 10:00:00"])]);
  await stop(page, "large.csv");
  await page.locator(".notice", { hasText: "已取消读取 large.csv" }).waitFor();
  await page.click("#tab-files");
  assert.deepEqual(await files(page), ["later.csv", "small.csv"]);
  assert.match(await page.textContent('[data-file="later.csv"]'), /已停止，没有读取/);
  await page.click("#language");
  assert.match(await page.textContent('.notice[role=alert]'), /^Reading large\.csv was/);
  assert.match(await page.textContent('[data-file="later.csv"]'), /Stopped before it was read/);
});

onPage("while a file is read none is removed, and all of them are there at the end", async (page) => {
  await page.setInputFiles("#files", small);
  await page.waitForSelector('[id="metric-orders.paid"]');
  await page.click("#tab-import");
  await page.setInputFiles("#files", large());
  await page.locator(".busy", { hasText: "large.csv" }).waitFor();
  assert.ok(Number(await page.getAttribute("[role=status] progress", "value")) < 1);
  await page.click("#tab-files");
  assert.ok(await page.locator('[data-file="small.csv"] button', { hasText: "移除" }).isDisabled());
  await idle(page);
  assert.equal(await page.getAttribute("#tab-files", "aria-current"), "page", "who went elsewhere stays there");
  assert.deepEqual(await files(page), ["small.csv", "large.csv"]);
});

/** Breaks the worker while a file is read. */
async function breakDown(page, name) {
  await page.locator(".busy", { hasText: name }).waitFor();
  await page.workers()[0].evaluate(() => void setTimeout(() => { throw new Error("boom"); }));
  await page.locator(".notice", { hasText: "读入的内容都没有了" }).waitFor();
  await idle(page);
  await page.click("#tab-files");
}

onPage("what a breakdown costs is listed, file by file", async (page) => {
  const picture = { name: "截图.png", mimeType: "image/png", buffer: Buffer.from("89504e470d0a1a0a", "hex") };
  const later = csv("later.csv", ["3,丙,5,2026-01-03 10:00:00"]);
  await page.setInputFiles("#files", [small, picture]);
  await page.waitForSelector('[data-file="small.csv"]');
  await page.click("#tab-import");
  await page.setInputFiles("#files", [later, large(), csv("last.csv", ["4,丁,5,2026-01-03 10:00:00"])]);
  await breakDown(page, "large.csv");
  assert.deepEqual((await files(page)).sort(), ["last.csv", "large.csv", "later.csv", "small.csv", "截图.png"].sort());
  assert.match(await page.textContent('[data-file="later.csv"]'), /读入的内容没有了；要用请再添加一次/);
  assert.equal(await page.locator("[data-file] .tag.brand").count(), 0);
  for (const left of [4, 3, 2, 1, 0]) {
    await page.locator("[data-file] button", { hasText: "移除" }).first().click();
    await page.waitForFunction((left) => document.querySelectorAll("[data-file]").length === left, left);
  }
  // The same while files are read again, but for the one that was to go.
  await page.click("#tab-import");
  await page.setInputFiles("#files", [small, later, large()]);
  await page.waitForSelector('[id="metric-orders.paid"]', { timeout: 60_000 });
  await page.click("#tab-files");
  await page.locator('[data-file="small.csv"] button', { hasText: "移除" }).click();
  await breakDown(page, "large.csv");
  assert.deepEqual((await files(page)).sort(), ["large.csv", "later.csv"]);
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

onPage("clearing asks before it takes verdicts by hand along", async (page) => {
  const asked = [];
  let answer = "dismiss";
  page.on("dialog", (dialog) => {
    asked.push(dialog.message());
    return dialog[answer]();
  });
  const clear = async () => {
    await page.click("#tab-import");
    await page.click("#clear");
  };
  await paste(page, "客户：我的快递三天没动了\n客服：在路上了\n");
  await page.selectOption(".sheet [data-rule=apology-first]", "pass");
  await clear();
  assert.match(asked[0], /^1 条人工复核/);
  await page.click("#tab-chats");
  assert.equal(await page.inputValue(".sheet [data-rule=apology-first]"), "pass");
  answer = "accept";
  await clear();
  await page.waitForSelector("#clear", { state: "detached" });
  await paste(page, "客户：我的快递三天没动了\n客服：在路上了\n");
  await page.click("#tab-files");
  assert.equal(await page.locator('[data-file="粘贴"]').count(), 1, "it comes under its old name, and a kept review finds it");
  await clear();
  await page.waitForSelector("#clear", { state: "detached" });
  assert.equal(asked.length, 2, "nothing to ask about");
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

onPage("a book saved in GBK is read as such, what is no text is not opened, and the book in force comes back into the editor", async (page) => {
  const asked = [];
  page.on("dialog", (dialog) => {
    asked.push(dialog.message());
    return dialog.accept();
  });
  const file = (name, buffer) => ({ name, mimeType: "application/octet-stream", buffer });
  const titled = (title) => `id = "own"\ntitle = "${title}"\nextends = "standard"\n`;
  const opens = async (name, buffer, title) => {
    await page.setInputFiles("#book-file", file(name, buffer));
    await page.locator(".cm-content", { hasText: `title = "${title}"` }).waitFor();
  };
  await page.click("#tab-book");
  await page.click("#book-editor");
  await page.waitForSelector(".cm-content");
  const gbk = Buffer.concat([Buffer.from('id = "own"\ntitle = "'), Buffer.from("ced2b5c4b5eac6cc", "hex"), Buffer.from('"\nextends = "standard"\n')]);
  await opens("gbk.toml", gbk, "我的店铺");
  await page.locator("#book-apply:enabled").click();
  await page.locator("#book-state", { hasText: "正在使用" }).waitFor();
  assert.equal(await page.locator("#book-restore").count(), 0);
  for (const [name, buffer] of [["截图.png", Buffer.from("89504e470d0a1a0a0000000d49484452", "hex")], ["记事本.toml", Buffer.from(`\ufeff${titled("乱")}`, "utf16le")], ["坏.toml", Buffer.from('title = "\xff\xff"', "latin1")]]) {
    await page.setInputFiles("#book-file", file(name, buffer));
    await page.locator(".notice", { hasText: `${name} 不是 UTF-8 或 GBK 编码的文本，没有打开` }).locator("button").click();
    assert.match(await saved(page, "#book-save"), /title = "我的店铺"/, name);
  }
  assert.equal(asked.length, 0, "nothing was to be replaced");
  await opens("other.toml", Buffer.from(`\ufeff${titled("另一本")}`), "另一本");
  await page.click("#book-restore");
  await page.locator(".cm-content", { hasText: 'title = "我的店铺"' }).waitFor();
  assert.equal(asked.length, 1);
  await page.locator("#book-state", { hasText: "正在使用" }).waitFor();
  assert.equal(await page.locator("#book-restore").count(), 0);
});
