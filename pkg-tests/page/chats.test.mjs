// Chats on the page: scores, evidence, rules, the shop's own book and an inspector's view.
import assert from "node:assert/strict";
import { figure, idle, onPage, paste, saved, score, scores } from "./page.mjs";

onPage("a pasted chat gets a score, its reasons and marked evidence", async (page) => {
  await paste(page, "客户：我的快递三天没动了，太慢了\n客服：嗯\n客户：我要投诉\n客服：好的\n");
  assert.ok((await score(page)) < 100);
  assert.match(await page.textContent(".talk"), /我的快递三天没动了/);
  assert.ok((await page.locator(".bubble mark.fail").count()) > 0, "evidence is marked in place");
  assert.match(await page.textContent(".sheet"), /致歉/);
  await page.click("#language");
  assert.match(await page.textContent(".sheet"), /Points lost/);
});

onPage("the sheet says what was charged elsewhere, and the talk where nobody answered", async (page) => {
  const said = (time, name, text) => `${name}(2026-03-01 ${time}): ${text}\n`;
  await paste(page, [
    said("10:00:00", "小花", "质量怎么样"), said("10:04:00", "店:小美", "亲，您好，很好的"),
    said("10:05:00", "小花", "我要投诉"), said("10:05:20", "店:小美", "非常抱歉，马上帮您查"), said("10:06:00", "小花", "我要给差评"),
  ].join(""));
  const sheet = await page.textContent(".sheet");
  assert.match(sheet, /用时 240 秒/);
  assert.match(sheet, /其中有的已由“.*”扣分/);
  assert.equal(await page.locator(".sheet .loss .tag.warn").count(), 1, "an alert is told once");
  assert.match(await page.textContent(".sheet .loss"), /2 处/);
  assert.match(await page.textContent("#message-4 .notes"), /−\d/, "the message that nobody answered shows its points");
});

onPage("an alert that two words of a message ring is told once below it", async (page) => {
  await paste(page, "客户：我要投诉你们经理，12315见\n客服：好的\n");
  assert.equal(await page.locator("#message-0 mark.alert").count(), 2, "both words are marked");
  assert.equal(await page.locator("#message-0 .notes .alert").count(), 1);
});

onPage("the head of a talk about many things stays readable; a picture is named once", async (page) => {
  const said = (name, text, at) => `${name}\n2026-03-11 20:0${at}:00\n${text}\n`;
  await paste(page, [
    said("小***雨", "衣服坏了，太差了，我要退货，还少发了一件", 1), said("童话家童装专营店", "线头是正常的", 2),
    said("小***雨", "[图片]", 3), said("小***雨", "那我申请平台介入，要求补偿", 4), said("童话家童装专营店", "好的", 5),
  ].join(""));
  await page.click("#language");
  const { width, height } = await page.locator(".talk-head .grow").boundingBox();
  assert.ok(width > height, `${width} × ${height}`);
  assert.equal(await page.textContent("#message-2 .bubble"), "[图片]");
}, { viewport: { width: 1280, height: 800 } });

for (const [width, height] of [[1440, 900], [360, 740]]) {
  onPage(`at ${width} px of a long talk what is in sight is laid out, and a message far down is found`, async (page) => {
    const said = (at) => (at === 301 ? "客服：嗯" : at % 2 ? `客服：您好，有货的哦${"，给您安排好了".repeat(at % 12)}${at}` : `客户：在吗，这款有货吗${at}`);
    await paste(page, Array.from({ length: 600 }, (_, at) => said(at)).join("\n"));
    assert.equal(await page.$eval("#message-500", (row) => getComputedStyle(row).contentVisibility), "auto");
    await page.locator(".loss", { hasText: "不单发" }).locator("button").first().click();
    await page.waitForFunction(() => {
      const row = document.querySelector("#message-301.on");
      const { top, bottom } = row.getBoundingClientRect();
      return top > 100 && bottom < innerHeight && Math.abs(top + bottom - innerHeight) < 200;
    });
    const room = await page.$eval("#message-301", (row) => row.getBoundingClientRect().right - row.querySelector(".bubble").getBoundingClientRect().right);
    assert.ok(room >= 2, "the ring is not cut off");
    if (width < 761) {
      await page.click("#to-list");
      await page.locator(".item").first().click();
      await page.click("#to-sheet");
      await page.waitForFunction(() => {
        const { top } = document.querySelector("#score-value").getBoundingClientRect();
        return top > 0 && top < innerHeight / 2;
      });
    }
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.$eval("#message-500", (row) => getComputedStyle(row).contentVisibility), "visible");
  }, { viewport: { width, height } });
}

onPage("what is pasted is text, never markup", async (page) => {
  await paste(page, '客户：<img src=x onerror="document.title=1"><b>在吗</b>\n客服：您好，在的呢\n');
  assert.equal(await page.locator(".bubble b, .bubble img").count(), 0);
  assert.match(await page.textContent(".talk"), /<b>在吗<\/b>/);
});

onPage("text that is no chat is told so, with its place", async (page) => {
  await page.fill("#paste", "今天天气不错");
  await page.click("#score");
  await page.waitForSelector(".panel .tag.bad");
  assert.match(await page.textContent("main"), /第 1 行/);
});

onPage("one click shows the sample: conversations, agents, figures with formulas", async (page) => {
  await page.click("#sample");
  await page.waitForSelector("#score-value");
  assert.ok((await page.locator(".item").count()) >= 8);
  await idle(page);
  assert.equal(await page.evaluate(() => document.activeElement.tagName), "MAIN", "the keys go on from the page's beginning");
  // Without a clipboard, as at a plain http address.
  await page.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
  const suggestion = page.locator(".sheet .suggest").first();
  await suggestion.locator(".button").click();
  await suggestion.locator(".button", { hasText: "已复制" }).waitFor();
  await page.focus(".list [type=search]");
  await page.keyboard.press("Control+V");
  assert.equal(await page.inputValue(".list [type=search]"), await suggestion.locator("span").textContent());
  await page.fill(".list [type=search]", "");
  await page.locator(".loss > button").first().click();
  assert.equal(await page.locator(".bubble-row.on").count(), 1);
  const before = await page.textContent(".talk h2");
  await page.locator(".item").nth(3).click();
  await page.waitForFunction((before) => document.querySelector(".talk h2").textContent !== before, before);
  assert.equal(await page.locator(".bubble-row.on").count(), 0, "another talk has no such message");
  await page.click("#tab-agents");
  assert.ok((await page.locator("tbody tr").count()) >= 3);
  await page.click("#tab-figures");
  assert.match(await figure(page, "inquiry.order_conversion"), /%/);
  await page.click('[id="metric-inquiry.order_conversion"] summary');
  assert.match(await page.textContent('[id="metric-inquiry.order_conversion"] dl'), /算式.*分子.*分母.*口径.*周期/s);
  await page.click("#tab-files");
  assert.match(await page.textContent("main"), /qianniu-chats\.txt/);
});

onPage("the rules are searched and read with their examples; a change of points scores again", async (page) => {
  await paste(page, "客户：我的快递三天没动了，太慢了\n客服：在路上了\n客户：我要投诉\n客服：好的\n");
  const before = await score(page);
  await page.click("#tab-book");
  await page.fill("#rule-search", "先致歉");
  assert.ok((await page.locator(".rule").count()) < 10);
  await page.click("#rule-apology-first summary");
  await page.waitForSelector(".examples mark");
  assert.match(await page.textContent("#rule-apology-first"), /名片效应.*非常抱歉给您添麻烦了.*没做到.*做到了.*未涉及/s);
  assert.doesNotMatch(await page.textContent("#rule-apology-first"), /\bP2\b/, "the mark of a line in our own documents");
  for (const [name, number] of [["deduct", "999"], ["deduct", ""], ["bonus", "-1"]]) {
    const usual = await page.inputValue(`#rule-apology-first [name=${name}]`);
    await page.fill(`#rule-apology-first [name=${name}]`, number);
    await page.locator("#rule-apology-first label [role=alert]", { hasText: "填 0–100" }).waitFor();
    assert.equal(await page.getAttribute(`#rule-apology-first [name=${name}]`, "aria-invalid"), "true");
    assert.ok(await page.isDisabled("#rule-apology-first [name=apply]"));
    await page.fill(`#rule-apology-first [name=${name}]`, usual);
    await page.waitForSelector("#rule-apology-first [role=alert]", { state: "detached" });
  }
  await page.fill("#rule-apology-first [name=deduct]", "1");
  await page.click("#rule-apology-first [name=apply]");
  await page.waitForFunction(() => document.querySelector("#rule-apology-first summary .points").textContent === "−1…");
  assert.match(await page.textContent("#rule-apology-first .facts"), /之后每次按最后一个数扣/);
  await page.fill("#rule-apology-first [name=deduct]", "1 0");
  await page.click("#rule-apology-first [name=apply]");
  await page.waitForFunction(() => document.querySelector("#rule-apology-first summary .points").textContent === "−1/0");
  assert.match(await page.textContent("#rule-apology-first .facts"), /一通对话里扣完所列的数就不再扣/);
  await page.fill("#rule-apology-first [name=deduct]", "1");
  // A single number is charged every time, as the list was, until that is switched off.
  await page.uncheck("#rule-apology-first [name=repeats]");
  await page.click("#rule-apology-first [name=apply]");
  await page.waitForFunction(() => document.querySelector("#rule-apology-first summary .points").textContent === "−1");
  await page.click("#tab-chats");
  await page.waitForFunction((before) => Number(document.querySelector("#score-value")?.textContent) > before, before);
  await page.click("#tab-book");
  await page.click("#book-editor");
  await page.click("#book-standard");
  await page.waitForSelector("#book-standard", { state: "detached" });
  await page.click("#tab-chats");
  await scores(page, before);
});

onPage("the shop's own book is checked while it is written", async (page) => {
  await paste(page, "客户：在吗\n客服：在的，稍等哈\n");
  await page.click("#tab-book");
  await page.click("#book-editor");
  await page.waitForSelector("#book-state .tag.good");
  await page.click(".cm-content");
  await page.keyboard.press("Control+End");
  const rule = '\n[[signal]]\nid = "haha"\ntitle = "哈"\nwho = "agent"\nwords = ["哈"]\n[[signal.example]]\nhit = "稍等[[哈]]"\n[[signal.example]]\nmiss = "稍等"\n';
  const examples = '[[rule.example]]\nfail = "买家 在吗\\n客服 稍等[[哈]]"\n[[rule.example]]\npass = "买家 在吗\\n客服 稍等"\n';
  await page.keyboard.insertText(`${rule}[[rule]]\nid = "no-haha"\ntitle = "不说哈"\nprinciple = "wording"\nkind = "forbid"\nwho = "agent"\nsignals = ["haha"]\n${examples}`);
  await page.keyboard.press("ArrowUp");
  for (let line = 1; line < 6; line++) await page.keyboard.press("ArrowUp");
  await page.keyboard.insertText("\ndeductt = 7\n");
  await page.waitForSelector("#book-state .tag.bad");
  assert.match(await page.textContent(".problems"), /第 24 行第 1 字.*deductt.*是否为 “deduct”/s);
  assert.equal(await page.isEnabled("#book-apply"), false);
  await page.waitForSelector(".cm-lintRange-error");
  await page.locator(".problems .link").first().click();
  await page.keyboard.press("End");
  // Typed over a selection, by keys or by an input method, Chromium itself would keep the old words' style, which is blocked.
  await page.keyboard.press("Shift+Home");
  const keys = await page.context().newCDPSession(page);
  await keys.send("Input.imeSetComposition", { text: "kou", selectionStart: 3, selectionEnd: 3 });
  await keys.send("Input.insertText", { text: "扣" });
  assert.ok((await page.textContent(".cm-content")).includes("\"no-haha\"") && !(await page.textContent(".cm-content")).includes("deductt"));
  await page.keyboard.press("Shift+Home");
  await page.keyboard.insertText("deduct = 7");
  await page.waitForSelector("#book-state .tag.good");
  await page.click("#book-apply");
  await page.waitForFunction(() => document.querySelector("#book-state").textContent.includes("正在使用"));
  assert.match(await saved(page, "#book-save"), /no-haha/);
  await page.click("#tab-chats");
  await page.locator(".sheet", { hasText: /不说哈\s*−7/ }).waitFor();
  await page.reload();
  await page.click("#tab-book");
  await page.click("#book-editor");
  await page.waitForSelector(".cm-content");
  assert.match(await page.textContent("#book-state"), /\d+ 条规则|检查/);
});

onPage("an inspector agrees or overrules; a disagreement becomes a todo example of the rule", async (page) => {
  await paste(page, "客户：我的快递三天没动了，电话13912345678\n客服：在路上了\n");
  const before = await score(page);
  assert.equal(await page.getAttribute(".sheet [data-rule=apology-first]", "aria-label"), "复核 买家抱怨后，首次回复第一句先致歉");
  await page.selectOption(".sheet [data-rule=apology-first]", "pass");
  await page.fill(".sheet .judge.said input", "语气可以");
  await page.locator(".sheet .judge.said input").blur();
  await page.locator(".sheet details summary").last().click();
  await page.selectOption(".sheet [data-rule=no-denial]", "confirm");
  assert.equal(await score(page), before, "the book's score stays");
  await page.click("#tab-book");
  await page.click("#book-agreement");
  await page.waitForSelector("#disagreements");
  assert.match(await page.textContent("#agreement"), /1 : 1/);
  assert.match(await page.textContent("#disagreements"), /先致歉.*未通过.*通过.*语气可以/s);
  const [automatic, manual] = await page.locator("#both-scores td.num").allTextContents();
  assert.ok(Number(manual) > Number(automatic));
  assert.equal(JSON.parse(await saved(page, "#reviews-save")).length, 2);
  await page.click("#disagreements .button");
  await page.waitForSelector("#book-state .tag.good");
  const text = await saved(page, "#book-save");
  await page.waitForSelector(".cm-content");
  const opened = () => page.waitForFunction(() => document.querySelector(".editor").shadowRoot.querySelector(".cm-activeLine")?.textContent === "# apology-first");
  await opened();
  await page.click(".cm-content");
  await page.keyboard.press("Control+Home");
  await page.click("#book-agreement");
  await page.locator("#disagreements .button", { hasText: "已存，去看" }).click();
  await opened();
  assert.equal(await saved(page, "#book-save"), text, "it is stored once");
  assert.match(text, /id = "apology-first".*todo = .*语气可以/s);
  assert.doesNotMatch(text, /13912345678/);
});

onPage("reviews of chats and rules that are gone are left aside, kept and told of; others replace them only when told", async (page) => {
  const talk = (name, days) => ({ name, mimeType: "text/plain", buffer: Buffer.from(`客户：我的快递${days}天没动了\n客服：在路上了\n`) });
  await page.setInputFiles("#files", [talk("jan.txt", "三"), talk("feb.txt", "五")]);
  await page.waitForSelector("#score-value");
  await idle(page);
  for (const [at, name] of ["jan", "feb"].entries()) {
    await page.locator(".item").nth(at).click();
    await page.locator(".talk-head", { hasText: `${name}.txt` }).waitFor();
    await page.selectOption(".sheet [data-rule=apology-first]", "confirm");
  }
  await page.click("#tab-files");
  await page.locator('[data-file="jan.txt"] button', { hasText: "移除" }).click();
  await page.waitForSelector('[data-file="jan.txt"]', { state: "detached" });
  await idle(page);
  await page.click("#tab-book");
  await page.click("#book-agreement");
  const shown = (...texts) => page.waitForFunction((texts) => texts.every((text) => document.querySelector("#agreement").textContent.includes(text)), texts);
  await shown("1 / ", "1复核的判定", "1 : 0", "另有 1 条没有计入");
  await page.click("#book-rules");
  await page.click("#rule-apology-first summary");
  await page.uncheck("#rule-apology-first [name=enabled]");
  await page.click("#rule-apology-first [name=apply]");
  await page.waitForSelector("#rule-apology-first.off");
  await idle(page);
  await page.click("#book-agreement");
  await shown("0 / ", "0复核的判定", "0 : 0", "另有 2 条没有计入");
  assert.equal(await page.locator(".notice:not(.warn)").count(), 0);
  const kept = async () => JSON.parse(await saved(page, "#reviews-save")).map(({ conversation }) => conversation);
  assert.equal((await kept()).length, 2);
  const file = (reviews) => ({ name: "reviews.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(reviews)) });
  const load = async (reviews, accept) => {
    const asked = page.waitForEvent("dialog").then((dialog) => (accept ? dialog.accept() : dialog.dismiss()));
    await page.setInputFiles("#reviews-file", file(reviews));
    await asked;
  };
  await load([{ conversation: "gone", rule: "none", verdict: "pass" }], false);
  assert.equal((await kept()).length, 2);
  await load([{ conversation: "gone", rule: "none", verdict: "pass" }], true);
  await shown("0复核的判定", "另有 1 条没有计入");
  assert.deepEqual(await kept(), ["gone"]);
  assert.equal(await page.$eval("#reviews-file", (input) => input.files.length), 0, "the same file can be opened again");
});

onPage("a verdict by hand stays with the talk that it was about, whatever bears its name the next time", async (page) => {
  const week = (buyer, asked) => ({ name: "聊天记录.txt", mimeType: "text/plain", buffer: Buffer.from(`${buyer} 2026-10-12 10:00:00\n${asked}\n青禾:小鱼 2026-10-12 10:05:00\n嗯\n`) });
  const [first, second] = [week("tb111", "在吗，有货吗"), week("tb999", "我要退货")];
  const rule = ".sheet [data-rule=answer-3min]";
  const note = page.locator(".sheet .judge.said input");
  const only = async (file) => {
    await page.click("#tab-files");
    await page.locator("[data-file] button", { hasText: "移除" }).click();
    await page.waitForSelector("[data-file]", { state: "detached" });
    await page.click("#tab-import");
    await page.setInputFiles("#files", file);
    await page.waitForSelector("#score-value");
    await idle(page);
  };
  await page.setInputFiles("#files", first);
  await page.waitForSelector("#score-value");
  await page.selectOption(rule, "pass");
  await note.fill("小鱼当时在处理系统故障");
  await note.blur();
  await only(second);
  assert.equal(await page.inputValue(rule), "", "another buyer's talk has no verdict");
  assert.equal(await note.count(), 0);
  await page.click("#tab-book");
  await page.click("#book-agreement");
  await page.locator("#aside", { hasText: "另有 1 条没有计入" }).waitFor();
  await page.click("#tab-chats");
  await page.selectOption(rule, "confirm");
  await only(first);
  assert.equal(await page.inputValue(rule), "pass", "each has its own");
  assert.equal(await note.inputValue(), "小鱼当时在处理系统故障");
  await page.click("#tab-book");
  await page.locator("#aside", { hasText: "另有 1 条没有计入" }).waitFor();
  const all = JSON.parse(await saved(page, "#reviews-save"));
  assert.deepEqual(all.map(({ conversation, verdict }) => [conversation, verdict]), [["聊天记录.txt#1", "pass"], ["聊天记录.txt#1", "confirm"]]);
  assert.doesNotMatch(JSON.stringify(all), /tb111|有货/);
  // A file of before says nothing about the talk.
  page.on("dialog", (dialog) => dialog.accept());
  const before = [{ conversation: "聊天记录.txt#1", rule: "answer-3min", verdict: "skip" }];
  await page.setInputFiles("#reviews-file", { name: "reviews.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(before)) });
  await page.waitForSelector("#aside", { state: "detached" });
  await page.click("#tab-chats");
  assert.equal(await page.inputValue(rule), "skip");
});
