// Figures, tables and lists on the page, and what they are counted by.
import assert from "node:assert/strict";
import { figure, onPage, saved } from "./page.mjs";

const column = (page, table, at) => page.locator(`#${table} tbody tr td:nth-child(${at})`).allTextContents();

onPage("the tables: funnel, wording with its caveat, customers, problems", async (page) => {
  await page.click("#sample");
  await page.waitForSelector("#score-value");
  await page.click("#tab-figures");
  await page.click("#part-conversion");
  assert.match(await page.textContent("#flow"), /询单\d+ 人 100%下单2 人.*流失 \d+ 人（这一步的 [\d.]+%）/s);
  const lift = page.locator(".panel", { has: page.locator("#lift") });
  assert.match(await lift.textContent(), /这是相关，不是因果/);
  assert.ok((await lift.locator("tbody tr .tag.warn").count()) > 10, "eight buyers are a small sample");
  await page.click("#lift th:nth-child(4) button");
  const down = (await column(page, "lift", 4)).filter(Boolean).map((text) => Number(text.replace("−", "-")));
  assert.deepEqual(down, [...down].sort((a, b) => b - a));
  assert.equal(down[0], 100);
  assert.ok((await page.locator("#lift tbody tr").count()) < 60, "only the rows in sight are in the document");
  await page.check(".filters input");
  assert.equal(await page.locator("#lift tbody tr").count(), 0, "no group has thirty buyers");
  await page.click("#part-customers");
  assert.equal((await column(page, "rfm", 3)).reduce((sum, text) => sum + Number(text), 0), 94);
  assert.equal((await column(page, "lifecycle", 2)).reduce((sum, text) => sum + Number(text), 0), 97, "with those who only asked; who paid and was refunded is neither");
  assert.match(await page.textContent("#cycle-product"), /香薰蜡烛礼盒\s*546\.5/);
  await page.click("#part-issues");
  await page.locator("#issues tr", { hasText: "维权、升级" }).locator(".link").click();
  await page.locator(".talk h2", { hasText: "tb阿南不困" }).waitFor();
});

onPage("figures are counted by the standard that is chosen, beside the period before", async (page) => {
  await page.click("#sample");
  await page.waitForSelector("#score-value");
  await page.click("#tab-figures");
  assert.match(await page.textContent("#kpi"), /投诉率[\d.]+%≤\s3%–未达标/);
  const paid = await figure(page, "orders.paid");
  await page.locator(".chips button", { hasText: "最近 30 天" }).click();
  await page.waitForSelector('[id="metric-orders.paid"] .before');
  assert.match(await page.textContent('[id="metric-orders.paid"] .before'), /[▲▼＝].*上期 \d+ 单/);
  assert.equal(await page.inputValue('[aria-label="止"]'), "2026-10-14");
  await page.locator(".controls .chips button").first().click();
  await page.waitForSelector('[id="metric-orders.paid"] .before', { state: "detached" });
  await page.click(".standards summary");
  await page.selectOption("[name=refunded]", "include");
  await page.waitForFunction((paid) => document.querySelector('[id="metric-orders.paid"] .value').textContent !== paid, paid);
  assert.match(await page.textContent(".standards summary"), /退款订单计入/);
  await page.fill("[name=exclude]", "木子啊\n");
  await page.locator("[name=exclude]").blur();
  await page.waitForFunction(() => document.querySelector('[id="metric-orders.paid"] dl').textContent.includes("名单排除"));
  assert.match(await page.textContent(".standards summary"), /名单排除 1 个/);
  await page.fill("[name=asOf]", "2027-06-30");
  await page.click("#part-customers");
  await page.waitForFunction(() => document.querySelector("#layers").textContent.includes("94 人 · 100%") === false);
  await page.click("#tab-actions");
  assert.match(await page.textContent("#too-old"), /抱怨超过 15 天.*超 24 小时待跟进 \d+；询单流失 \d+/);
});

onPage("bars of a table begin at one place, none stands where the amount is unknown, and that too is compared", async (page) => {
  const rows = [["2026-01-30", "被子", "1288", "6901234567892"], ["2026-01-30", "枕头", "9"], ["2026-01-30", "赠品", ""], ["2026-01-29", "赠品", ""]];
  const orders = rows.map(([day, title, paid, code = ""], at) => `${at},买家${at},${day} 10:00:00,${paid},${title},1,${code}`);
  await page.setInputFiles("#files", { name: "orders.csv", mimeType: "text/csv", buffer: Buffer.from(`order_id,buyer,paid_at,paid_amount,title,quantity,sku\n${orders.join("\n")}\n`) });
  await page.waitForSelector('[id="metric-orders.paid"]');
  // What a code is shows only by itself.
  assert.match(await saved(page, "#save-metrics"), /,按商品,"?\t?6901234567892"?,被子,/);
  for (const end of ["起", "止"]) await page.fill(`[aria-label="${end}"]`, "2026-01-30");
  await page.waitForSelector('[id="metric-orders.paid"] .before');
  await page.click("#part-issues");
  const bars = await page.locator("#products .track").all();
  assert.equal(bars.length, 2);
  const [one, other] = await Promise.all(bars.map((bar) => bar.boundingBox()));
  assert.equal(one.x, other.x);
  assert.equal(one.width, other.width);
  assert.match(await page.locator("#products tbody tr", { hasText: "赠品" }).textContent(), /^赠品– \(–\)1 \(1\)/);
  assert.match(await saved(page, ".panel:has(#products) .panel-head .button"), /\r\n"?\t?6901234567892"?,被子,1288,/);
});

onPage("orders without buyers are offered a substitute", async (page) => {
  const pdd = "订单号,支付时间,用户实付金额(元),用户购买手机号\n260301-1,2026-03-01 10:00:00,10,13900000001\n260309-2,2026-03-09 10:00:00,20,13900000001\n";
  await page.setInputFiles("#files", { name: "pdd.csv", mimeType: "text/csv", buffer: Buffer.from(pdd) });
  await page.waitForSelector("#substitute");
  await page.locator("#substitute .button").first().click();
  await page.waitForSelector('[id="metric-repurchase.customer_rate"] .value:not(.none)');
  assert.match(await page.textContent('[id="metric-repurchase.customer_rate"] dl'), /手机号代替买家账号/);
});

onPage("only what an export has is offered in place of buyers, another one where the first tells nobody, and an export with neither says so", async (page) => {
  const orders = (columns, cells) => ({ name: "orders.csv", mimeType: "text/csv", buffer: Buffer.from(`订单编号,订单付款时间,买家实际支付金额${columns}\n260301-1,2026-03-01 10:00:00,10${cells}\n260309-2,2026-03-09 10:00:00,20${cells}\n`) });
  const offers = () => page.locator("#substitute .button").allTextContents();
  const only = async (...file) => {
    await page.click("#tab-import");
    if (await page.locator("#clear").count()) await page.click("#clear");
    await page.setInputFiles("#files", orders(...file));
    await page.waitForSelector("#substitute");
  };
  await only("", "");
  assert.deepEqual(await offers(), []);
  assert.match(await page.textContent("#substitute"), /^这份导出分不出买家/);
  await only(",收货人姓名,收货地址", ",李*,**路");
  assert.deepEqual(await offers(), ["用收货人和地址"]);
  await only(",联系手机,收货人姓名,收货地址", ",139****0001,李雷,甲路1号");
  assert.deepEqual(await offers(), ["用手机号", "用收货人和地址"]);
  await page.locator("#substitute .button").first().click();
  await page.locator("#substitute", { hasText: /^手机号也分不出买家（这一列为空、带星号或已加密）。可以让收货人和地址代替买家账号，/ }).waitFor();
  assert.deepEqual(await offers(), ["用收货人和地址"], "the other one stays");
  await page.locator("#substitute .button").click();
  await page.waitForSelector("#substitute", { state: "detached" });
  assert.equal(await figure(page, "orders.buyers"), "1人");
  // A period without orders says nothing of the export.
  for (const end of ["止", "起"]) await page.fill(`[aria-label="${end}"]`, "2026-03-05");
  await page.waitForFunction(() => document.querySelector('[id="metric-orders.paid"] .value').textContent !== "2单");
  assert.equal(await page.locator("#substitute").count(), 0);
  await only(",联系手机,收货人姓名,收货地址", ",139****0001,李*,**路");
  for (const left of [["用收货人和地址"], []]) {
    await page.locator("#substitute .button").first().click();
    await page.waitForFunction((count) => document.querySelectorAll("#substitute .button").length === count, left.length);
    assert.deepEqual(await offers(), left);
  }
  assert.match(await page.textContent("#substitute"), /^手机号、收货人和地址也分不出买家（.*）。这份导出分不出买家/);
});

onPage("a period that is not compared says why, once", async (page) => {
  const rows = ["1,甲,10,2026-09-02 10:00:00", "2,乙,20,2026-10-05 10:00:00", "3,丙,20,2026-10-31 10:00:00"];
  await page.setInputFiles("#files", { name: "orders.csv", mimeType: "text/csv", buffer: Buffer.from(`订单编号,买家会员名,买家实际支付金额,订单付款时间\n${rows.join("\n")}\n`) });
  await page.waitForSelector('[id="metric-orders.paid"]');
  const told = (from, to, text) => page.fill('[aria-label="起"]', from).then(() => page.fill('[aria-label="止"]', to)).then(() => page.waitForFunction((text) => document.querySelector("#compared")?.textContent === text, text));
  const usual = "每个数字下面是上期的数字：整月与之前同样多的整月比，其余与之前同样多的天数比。";
  await told("2026-10-01", "2026-10-31", "上期 2026-09-01 – 2026-09-30 的数据不完整（自 2026-09-02 起），不比较");
  await page.click('[id="metric-orders.paid"] summary');
  assert.match(await page.textContent('[id="metric-orders.paid"] dl'), /上期 2026-09-01 – 2026-09-30 的数据/);
  await told("2026-10-02", "2026-10-31", usual);
  await told("2026-09-02", "2026-09-02", "上期没有数据，不比较");
});

onPage("buyers who share an address are pointed out, and left out only when told", async (page) => {
  const rows = Array.from({ length: 18 }, (_, at) => `2603${at + 10}0000000011,${at < 12 ? "刷手" : "买家"}${at},2026-03-0${(at % 9) + 1} 10:00:00,20,${at < 6 ? "甲路 1号" : at < 12 ? "丙路 2号" : `乙路${at}号`}`);
  const orders = `订单编号,买家会员名,订单付款时间,买家实际支付金额,收货地址\n${rows.join("\n")}\n`;
  await page.setInputFiles("#files", { name: "orders.csv", mimeType: "text/csv", buffer: Buffer.from(orders) });
  await page.waitForSelector('[id="metric-orders.buyers"]');
  await page.click("#part-customers");
  assert.equal(await page.locator("#outliers tbody tr").count(), 12);
  assert.match(await page.textContent("#outliers tbody tr"), /刷手0同一地址的其他买家5.*2603100000000011/);
  await page.click("#language");
  assert.match(await page.textContent("#outliers tbody tr"), /other buyers at the address/);
  const file = await saved(page, ".panel:has(#outliers) .button.quiet");
  assert.match(file, /\r\n刷\*\*\*5,.*,260\*{9}0011#1\r\n刷\*\*\*0,.*,260\*{9}0011#2\r\n/);
  await page.locator("#outliers .link", { hasText: "leave out" }).first().click();
  await page.waitForFunction(() => document.querySelectorAll("#outliers tbody tr").length === 11);
});

onPage("the list of what to do is saved for a spreadsheet, masked unless asked", async (page) => {
  await page.click("#sample");
  await page.waitForSelector("#score-value");
  await page.click("#tab-actions");
  assert.match(await page.textContent("#actions"), /今日待办（截至 2026-10-14）.*慢慢走的蜗牛.*下单未付款.*您拍下的宝贝/s);
  const masked = await saved(page, "#save-actions");
  assert.ok(masked.startsWith("\ufeff待办,"));
  assert.match(masked, /待催付订单,2026-10-12 18:30,慢\*\*\*牛,"?下单未付款/);
  assert.doesNotMatch(masked, /慢慢走的蜗牛|2610128801540321/);
  await page.check("#full-names");
  assert.match(await saved(page, "#save-actions"), /慢慢走的蜗牛.*,"\t2610128801540321",/);
  await page.click("#tab-chats");
  await page.fill(".list [type=search]", "谁也不是");
  await page.click("#tab-actions");
  await page.click("#alerts .link");
  await page.waitForSelector(".bubble mark.alert");
  // What is opened from elsewhere is found in the list, whatever that was narrowed to.
  assert.equal(await page.inputValue(".list [type=search]"), "");
  await page.selectOption('[aria-label="排序"]', "best");
  await page.click("#tab-actions");
  await page.locator("#actions .link", { hasText: "查看对话" }).last().click();
  await page.waitForFunction(() => {
    const [box, item] = [".list .scroller", ".item[aria-current=true]"].map((one) => document.querySelector(one)?.getBoundingClientRect());
    return item && item.top >= box.top - 1 && item.bottom <= box.bottom + 1;
  });
}, { viewport: { width: 1280, height: 480 } });

onPage("tables are saved with what they show: titles, units, and no buttons", async (page) => {
  await page.click("#sample");
  await page.waitForSelector("#score-value");
  const file = (id) => saved(page, `.panel:has(#${id}) .panel-head .button`);
  await page.click("#tab-agents");
  assert.match(await file("agents"), /林间小筑旗舰店:小北,.*不引导站外联系或交易 −\d/);
  await page.click("#tab-figures");
  assert.match(await file("kpi"), /\r\n投诉率,[\d.]+%,≤\u00a03%,–,未达标\r\n/);
  assert.equal(await page.getAttribute("#kpi", "aria-label"), "目标看板");
  await page.click("#part-customers");
  assert.ok(await page.getAttribute(".curve", "aria-label"));
  await page.click("#part-metrics");
  await page.click("#tab-import");
  await page.setInputFiles("#files", { name: "接待分析.csv", mimeType: "text/csv", buffer: Buffer.from("旺旺昵称,接待人数,首次响应时长（秒)\n林间小筑旗舰店:小北,1,1\n") });
  await page.waitForSelector("#given");
  assert.match(await file("given"), /\r\n首次响应时长,[^,]*小北,1,\d+(\.\d)?,-\d+(\.\d)?,秒,/, "less is a number as well");
});

onPage("the conversations that are listed, and all figures, are saved in the reader's words, rounded as shown and masked", async (page) => {
  await page.click("#sample");
  await page.waitForSelector("#score-value");
  const rows = (text) => text.replace(/^\ufeff/, "").trimEnd().split("\r\n");
  const [head, ...all] = rows(await saved(page, "#save-check"));
  assert.equal(head, "买家,客服,开始,场景,得分,扣分,加分,一票否决,预警,扣分项,加分项,未评分,对话");
  assert.equal(all.length, await page.locator(".item").count());
  assert.match(all[0], /^[^,]\*\*\*.*一票否决.*−\d/);
  await page.fill(".list [type=search]", "小北");
  const some = rows(await saved(page, "#save-check")).slice(1);
  assert.ok(some.length > 0 && some.length < all.length, `${some.length} of ${all.length}`);
  assert.ok(some.every((row) => row.includes("小北")));
  await page.click("#tab-agents");
  const service = rows(await saved(page, ".panel:has(#agents-service) .panel-head .button"));
  assert.match(service[0], /^客服,接待对话,首次响应（秒）/);
  for (const row of service.slice(1)) assert.match(row, /^[^,]+,\d+(,\d+(\.\d)?){2}(,[\d.]+%){3},/);
  await page.click("#tab-figures");
  const figures = await saved(page, "#save-metrics");
  assert.match(figures, /^\ufeff指标,分组,名称,商品标题,数值,单位,上期,分子,分母,区间,周期,原因,算式,口径,未计入,编号\r\n/);
  const [value] = (await figure(page, "inquiry.order_conversion")).match(/[\d.]+%/);
  assert.match(figures, new RegExp(`\r\n询单下单转化率,,,,${value.replace(".", "\\.")},,,`));
  assert.match(figures, /\r\n平均响应时长,按客服,[^,]*小北,,\d+(\.\d)?,秒,/);
  await page.click("#part-customers");
  assert.match(await saved(page, ".panel:has(#lifecycle) .panel-head .button"), /,\d+,[\d.]+%,\d+(\.\d\d?)?\r\n/);
  await page.click("#language");
  const heads = rows(await saved(page, "#save-metrics"))[0];
  assert.match(heads, /^Figures,Part,Name,Product title,Value,Unit,before,/);
  await page.click("#tab-chats");
  assert.match(rows(await saved(page, "#save-check"))[0], /^Buyer,Agent,Begun,/);
});

onPage("a list is printed in full, and no empty verdict by hand", async (page) => {
  await page.click("#sample");
  await page.waitForSelector("#score-value");
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator(".sheet .judge").first().isVisible(), false);
  // A sheet of A4 is 718 px wide between its margins.
  await page.setViewportSize({ width: 718, height: 400 });
  const tab = async (id) => {
    await page.emulateMedia({ media: "screen" });
    await page.click(`#tab-${id}`);
    await page.emulateMedia({ media: "print" });
  };
  await tab("agents");
  assert.match(await page.locator(".panel:has(#agents-service) .days").innerText(), /^统计时间：2026-\d\d-\d\d – 2026-10-14$/);
  const cut = () => page.$$eval(".table-box", (boxes) => boxes.filter((box) => box.scrollWidth > box.clientWidth || getComputedStyle(box).overflowX !== "visible").length);
  assert.equal(await cut(), 0);
  await tab("figures");
  await page.emulateMedia({ media: "screen" });
  await page.click("#part-customers");
  await page.emulateMedia({ media: "print" });
  assert.equal(await cut(), 0);
  await page.emulateMedia({ media: "screen" });
  await page.click("#part-metrics");
  await page.setViewportSize({ width: 1440, height: 400 });
  const unpaid = Array.from({ length: 60 }, (_, at) => `${at},买家${at},2026-10-14 10:00:00,等待买家付款,20`);
  await page.click("#tab-import");
  await page.setInputFiles("#files", { name: "unpaid.csv", mimeType: "text/csv", buffer: Buffer.from(`订单编号,买家会员名,订单创建时间,订单状态,买家应付货款\n${unpaid.join("\n")}\n`) });
  await page.waitForSelector('[id="metric-orders.paid"]');
  await page.click("#tab-actions");
  // The sample alone has fewer.
  await page.waitForFunction(() => Number(document.querySelector("#actions .chips button b")?.textContent.replace(",", "")) > 60);
  const all = Number((await page.textContent("#actions .chips button b")).replace(",", ""));
  const some = await page.locator(".todo").count();
  assert.ok(some < all, `${some} of ${all}`);
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  await page.waitForFunction((all) => document.querySelectorAll(".todo").length === all, all);
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.$eval("#actions .scroller", (box) => box.scrollHeight > box.clientHeight), false);
}, { viewport: { width: 1440, height: 400 } });

onPage("a number that makes no sense is refused beside its field", async (page) => {
  await page.click("#sample");
  await page.waitForSelector("#score-value");
  await page.click("#tab-figures");
  await page.click(".standards summary");
  for (const [name, number] of [["monologue", "1.5"], ["monologue", "-1"], ["care", "2.5"]]) {
    await page.fill(`[name=${name}]`, number);
    await page.locator(`[name=${name}]`).blur();
    await page.locator(`label:has([name=${name}])`, { hasText: "请填 0 或更大的整数" }).waitFor();
  }
  assert.equal(await page.locator(".notice").count(), 0);
  await page.fill("[name=monologue]", "1");
  await page.locator("[name=monologue]").blur();
  await page.waitForFunction(() => document.querySelector(".standards summary").textContent.includes("买家 1 条以内不算询单"));
  assert.equal(await page.locator("label:has([name=monologue]) .wrong").count(), 0);
});

onPage("agents' figures say of what days they are, and that their scores are of all conversations", async (page) => {
  await page.click("#sample");
  await page.waitForSelector("#score-value");
  await page.click("#tab-figures");
  await page.locator(".chips button", { hasText: "最近 7 天" }).click();
  await page.waitForSelector('[id="metric-orders.paid"] .before');
  await page.click("#tab-agents");
  for (const media of ["screen", "print"]) {
    await page.emulateMedia({ media });
    assert.match(await page.locator(".panel:has(#agents-service)").innerText(), /统计时间：2026-10-08 – 2026-10-14/, media);
    assert.match(await page.locator(".panel:has(#agents)").innerText(), /^得分排名[^]*?全部对话/, media);
    assert.equal((await page.locator("main").innerText()).match(/2026-10-08/g).length, 1, `${media}: nowhere else`);
  }
}, { viewport: { width: 720, height: 700 } });

onPage("agents are ranked, and a click sorts by another column", async (page) => {
  await page.click("#sample");
  await page.waitForSelector("#score-value");
  await page.click("#tab-agents");
  const names = await column(page, "agents-service", 1);
  await page.click("#agents-service th:nth-child(3) button");
  const sorted = await column(page, "agents-service", 3);
  assert.equal(sorted[0], "60.8");
  assert.notDeepEqual(await column(page, "agents-service", 1), names);
});

onPage("a click on an agent's figure lists its rows, in the table and under the figure", async (page) => {
  await page.click("#sample");
  await page.waitForSelector("#score-value");
  await page.click("#tab-agents");
  const line = page.locator("#agents-service tbody tr").first();
  const name = await line.locator("td").first().textContent();
  const asked = line.locator("td", { has: page.locator(".link") }).nth(6).locator(".link");
  const count = Number(await asked.textContent());
  assert.ok(count > 0);
  await asked.click();
  await page.waitForSelector("#agents-service-rows .behind");
  assert.match(await page.textContent("#agents-service-rows h2"), new RegExp(`${name} · 询单人数`));
  assert.equal(await page.locator("#agents-service-rows tbody tr").count(), count);
  await page.locator("#agents-service-rows .button").click();
  await page.waitForSelector("#agents-service-rows", { state: "detached" });
  await page.click("#tab-figures");
  const card = page.locator('[id="metric-response.mean"]');
  await card.locator("summary").click();
  const own = card.locator("table", { hasText: "按客服" }).locator("tr", { hasText: name }).locator(".link");
  await own.click();
  await card.locator(".rows-of").waitFor();
  await card.locator(".behind").waitFor();
  assert.ok((await card.locator(".behind tbody tr").count()) > 0);
  await own.click();
  await card.locator(".behind").waitFor({ state: "detached" });
});

onPage("customers are grouped by windows that are set here, and stand beside the period before", async (page) => {
  await page.click("#sample");
  await page.waitForSelector("#score-value");
  await page.click("#tab-figures");
  await page.click(".standards summary");
  assert.equal(await page.getAttribute("[name=active]", "placeholder"), "45");
  await page.fill("[name=active]", "60");
  await page.locator("[name=active]").blur();
  await page.click("#part-customers");
  await page.waitForFunction(() => document.querySelector("#lifecycle").textContent.includes("61–90 天"));
  assert.match(await page.textContent(".standards summary"), /顾客分期改了 1 处/);
  await page.fill("[name=active]", "20");
  await page.locator("[name=active]").blur();
  await page.locator("main, body", { hasText: "窗口应递增" }).first().waitFor();
  assert.equal(await page.inputValue("[name=active]"), "60", "what is refused is not kept");
  await page.fill("[name=active]", "");
  await page.locator("[name=active]").blur();
  await page.waitForFunction(() => document.querySelector("#lifecycle").textContent.includes("46–90 天"));
  assert.equal(await page.locator(".prior").count(), 0);
  await page.selectOption("[name=forwarded]", "count");
  await page.waitForFunction(() => document.querySelector(".standards summary").textContent.includes("转接出去的也算询单"));
  await page.locator(".chips button", { hasText: "最近 30 天" }).click();
  await page.waitForSelector("#rfm .prior");
  for (const table of ["#layers", "#returning", "#cohorts", ".panel:has(#lifecycle)", ".panel:has(#rfm)", ".panel:has(#rfm-quantiles)"]) {
    assert.match(await page.textContent(`${table} h2`), /（截至 2026-10-14）$/, table);
  }
  assert.match(await page.textContent("#layers"), /上期 \d+/);
  await page.click("#part-issues");
  await page.waitForSelector("#products .prior");
  assert.match(await saved(page, ".panel:has(#products) .panel-head .button"), /订单,订单 上期/);
});

onPage("points of a pay sheet stand beside those of the period before", async (page) => {
  await page.click("#sample");
  await page.waitForSelector("#score-value");
  await page.click("#tab-book");
  await page.click("#book-editor");
  await page.waitForSelector("#book-state .tag.good");
  await page.click(".cm-content");
  await page.keyboard.press("Control+End");
  const item = '[[pay.item]]\nmetric = "response.mean"\nat_most = [[18, 100], [65, 60]]\n';
  await page.keyboard.insertText(`\n[[pay]]\nid = "month"\ntitle = "绩效"\nlevel = [{ from = 90, title = "金牌" }, { from = 0, title = "银牌" }]\n${item}`);
  await page.locator("#book-apply:enabled").click();
  await page.click("#tab-figures");
  for (const end of ["起", "止"]) await page.fill(`[aria-label="${end}"]`, "2026-10-13");
  await page.waitForSelector('[id="metric-orders.paid"] .before');
  await page.click("#tab-agents");
  await page.waitForSelector("#pay-month .prior");
  assert.match(await page.textContent("#pay-month"), /可可100 \/ 100 \(100\)金牌 \(金牌\)100 14 秒 \(100\).*小北60 \/ 100 \(0\)银牌 \(银牌\)60 60 秒 \(0\)/);
});

onPage("a figure opens its breakdown and the rows behind it; the week is reviewed", async (page) => {
  await page.click("#sample");
  await page.waitForSelector("#score-value");
  await page.click("#tab-figures");
  await page.click('[id="metric-response.mean"] summary');
  await page.waitForSelector('[id="metric-response.mean"] .rows-behind');
  assert.match(await page.textContent('[id="metric-response.mean"]'), /按客服.*小北.*按小时.*9 点/s);
  await page.click('[id="metric-response.mean"] .rows-behind');
  await page.waitForSelector('[id="metric-response.mean"] .behind tbody tr');
  const [total] = (await page.textContent('[id="metric-response.mean"] .behind p')).match(/\d+/);
  assert.equal(await page.locator('[id="metric-response.mean"] .behind tbody tr').count(), Number(total));
  const paid = page.locator('[id="metric-sales.paid_amount"]');
  await paid.locator("summary").click();
  const quilt = paid.locator("table", { hasText: "按商品" }).locator("tr", { hasText: "羊毛被" });
  await quilt.waitFor();
  assert.match(await paid.textContent(), /按商品.*单价 × 件数之和/s);
  await quilt.locator(".link").click();
  await paid.locator(".behind tbody tr").first().waitFor();
  const amounts = await paid.locator(".behind tbody tr td:nth-child(2)").allTextContents();
  const yuan = (text) => Number(text.replace(/[^\d.]/g, ""));
  assert.equal(yuan(await quilt.locator(".link").textContent()), amounts.map(yuan).reduce((a, b) => a + b));
  await page.click("#part-issues");
  assert.match(await page.textContent("#products"), /羊毛被/);
  await page.click("#part-weekly");
  assert.match(await page.textContent(".weekly"), /被抱怨.*tb阿南不困/s);
  await page.locator(".weekly .link").first().click();
  await page.waitForSelector(".talk");
});
