// The command line of the packed package: arguments, formats, exit codes, where things are written.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chat, orders } from "./support/chat.mjs";
import { host, huashu, installed, run } from "./support/host.mjs";

const directory = join(host, "cli");
mkdirSync(directory);
const write = (name, text) => {
  writeFileSync(join(directory, name), text);
  return join(directory, name);
};
const chats = write("聊天.jsonl", chat);
const table = write("orders.csv", orders);
const broken = write("broken.toml", 'id = "mine"\ntitle = "我的"\nextends = "standard"\n\n[[rule]]\nid = "x"\ntitel = "…"\nprinciple = "wording"\nkind = "forbid"\nwho = "agent"\nsignals = ["terse"]\n');
const keys = (object) => Object.keys(object).sort();

async function fine(args, options) {
  const { code, stdout, stderr } = await huashu(args, options);
  assert.equal(code, 0, stderr);
  return stdout;
}
async function refused(args, expected, options) {
  const { code, stdout, stderr } = await huashu(args, options);
  assert.equal(code, 2, stdout + stderr);
  assert.equal(stdout, "", "what went wrong belongs on the standard error");
  assert.match(stderr, expected);
}

test("help and version", async () => {
  const help = await fine(["--help"]);
  for (const word of ["用法 / Usage", "huashu check FILE…", "--fail-under", "--attribution", "huashu book show"]) assert.ok(help.includes(word), word);
  assert.equal(await fine(["check", "--help"]), help);
  const { version } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
  assert.equal(await fine(["--version"]), `${version}\n`);
  await refused([], /用法 \/ Usage/);
});

test("check as JSON has the shape of the contract", async () => {
  const report = JSON.parse(await fine(["check", chats, "--format", "json"]));
  assert.deepEqual(keys(report), ["agents", "book", "conversations", "days", "files", "problems", "reviews", "shop"]);
  assert.deepEqual(keys(report.book), ["hash", "id"]);
  const [conversation] = report.conversations;
  assert.equal(conversation.id, "c1");
  assert.equal(conversation.buyer, "阿青");
  assert.equal(conversation.messages, undefined);
  for (const key of ["value", "why", "lost", "gained", "critical", "parts"]) assert.ok(key in conversation.score, key);
  for (const verdict of conversation.verdicts) {
    for (const key of ["rule", "result", "points", "agent", "because", "evidence"]) assert.ok(key in verdict, key);
  }
});

test("--messages brings the messages, and evidence cuts out whole words", async () => {
  const report = JSON.parse(await fine(["check", chats, "--format=json", "--messages"]));
  const [{ messages, verdicts }] = report.conversations;
  assert.deepEqual(messages.map((m) => m.role), ["buyer", "agent", "buyer", "agent"]);
  assert.equal(messages[0].at, "2026-03-02T10:00:00");
  assert.equal(messages[0].kind, "text");
  const curt = verdicts.flatMap((v) => v.evidence).filter((e) => e.message === 3);
  assert.ok(curt.some((e) => messages[3].text.slice(e.start, e.end) === "嗯"), "the bare 嗯 is found");
  // After an emoji, where bytes, characters and UTF-16 units differ.
  const late = verdicts.flatMap((v) => v.evidence).filter((e) => e.message === 0 && e.start > 9);
  for (const { start, end } of late) assert.ok(messages[0].text.slice(start, end).length > 0);
});

test("check as text, CSV and JUnit", async () => {
  assert.match(await fine(["check", chats]), /c1/);
  const csv = await fine(["check", chats, "--format", "csv"]);
  assert.ok(csv.trimEnd().split(/\r?\n/).length > 1, csv);
  const junit = await fine(["check", chats, "--format", "junit"]);
  assert.match(junit, /^<\?xml version="1\.0" encoding="UTF-8"\?>/);
  assert.equal(junit.match(/<testcase /g).length, junit.match(/<\/testcase>|<testcase [^>]*\/>/g).length);
});

test("--fail-under decides the exit code", async () => {
  const { conversations } = JSON.parse(await fine(["check", chats, "--format", "json"]));
  const { value } = conversations[0].score;
  assert.ok(value < 100, "the sample loses points");
  assert.equal((await huashu(["check", chats, "--fail-under", String(value)])).code, 0);
  assert.equal((await huashu(["check", chats, "--fail-under", "100"])).code, 1);
  await refused(["check", chats, "--fail-under", "very"], /--fail-under/);
});

test("check and signals want a chat, whatever else could be read", async () => {
  const missing = join(directory, "nope.txt");
  await refused(["check", missing, "--orders", table, "--fail-under", "90"], /nope\.txt: 文件不存在.*\n没有读到任何聊天 \/ No chat could be read\n/);
  await refused(["check", write("none.txt", "\n"), "--orders", table, "--format", "json"], /没有读到任何聊天/);
  await refused(["signals", missing], /没有读到任何聊天/);
  assert.equal((await huashu(["check", missing, chats, "--fail-under", "100"])).code, 1, "one was read");
  assert.equal((await huashu(["metrics", "--chats", missing, "--orders", table])).code, 0, "figures of orders need none");
});

test("signals are JSON lines, one per conversation", async () => {
  const lines = (await fine(["signals", chats])).trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.equal(lines.length, 1);
  assert.equal(lines[0].id, "c1");
  assert.deepEqual(keys(lines[0]), ["id", "signals"]);
  assert.ok(lines[0].signals["1"].includes("apology"));
});

test("metrics from orders and chats", async () => {
  const report = JSON.parse(await fine(["metrics", "--orders", table, "--chats", chats, "--format", "json"]));
  assert.deepEqual(keys(report), ["as_of", "files", "metrics", "notes", "tables"]);
  const value = (id) => report.metrics.find((m) => m.id === id && !m.by)?.value;
  assert.equal(value("orders.created"), 3);
  assert.equal(value("sales.paid_amount"), 120.5);
  assert.equal(value("inquiry.buyers"), 1);
  assert.equal(value("inquiry.order_conversion"), 1);
  assert.equal(value("response.first"), 12);
  assert.deepEqual(report.files.map(({ file, platform, rows, messages }) => [file, platform, rows, messages]), [[table, "taobao", 3, undefined], [chats, "generic", undefined, 4]]);
  const march = ["--period", "2026-03-01..2026-03-05", "--as-of", "2026-03-31", "--refunded", "include", "--window", "3", "--attribution", "payment"];
  const early = JSON.parse(await fine(["metrics", "--orders", table, ...march, "--format", "json"]));
  assert.equal(early.metrics.find((m) => m.id === "sales.paid_amount").value, 59);
  assert.match(await fine(["metrics", "--orders", table]), /120\.50?/);
  const list = write("list.txt", "\ufeff小舟\r\n\r\n81003 \r\n");
  const without = JSON.parse(await fine(["metrics", "--orders", table, "--exclude", list, "--format", "json"]));
  const created = without.metrics.find((m) => m.id === "orders.created");
  assert.equal(created.value, 1);
  assert.deepEqual(created.excluded, [{ reason: "listed", count: 2 }]);
  const { stderr: unmet } = await huashu(["metrics", "--orders", table, "--exclude", write("unmet.txt", "小舟\n9999\n没有的人\n")]);
  assert.match(unmet, /2 个没有这样的买家或订单：9\*\*\*9、没\*\*\*人/);
  const rows = JSON.parse(await fine(["metrics", "--orders", table, "--rows", "sales.paid_amount", "--format", "json"]));
  assert.deepEqual(rows.rows.map(({ what, id, numerator }) => [what, id, numerator]), [["order", "81001", 59], ["order", "81003", 61.5]]);
  const masked = await fine(["metrics", "--orders", table, "--rows", "repurchase.customer_rate", "--format", "csv"]);
  assert.equal(masked, "\ufeffwhat,id,about,numerator,denominator\r\nbuyer,阿***,,1,1\r\n");
  assert.match(await fine(["metrics", "--chats", chats, "--rows", "response.mean"]), /^response.mean: 2 行 rows\nround c1 2026-03-02T10:00:00  12 \/ 1\n/);
  assert.match(await fine(["metrics", "--orders", table, "--rows", "response.mean"]), /^response.mean: 0 行 rows \(没有聊天.*\)\n$/);
  await refused(["metrics", "--orders", table, "--rows", "sales.paid"], /sales\.paid_amount/);
  const [part] = report.metrics.filter((m) => m.id === "response.mean" && m.by?.agent);
  const own = ["metrics", "--chats", chats, "--rows", "response.mean", "--by"];
  assert.match(await fine([...own, `agent=${part.by.agent}`]), new RegExp(`^response.mean \\[agent ${part.by.agent}\\]: 2 行 rows\nround c1 `));
  await refused([...own, "agent=nobody"], new RegExp(`agent=${part.by.agent}`));
  await refused([...own, "desk=3"], /agent, person, team, shift/);
  await refused([...own, "agent"], /agent=小美/);
  await refused(["metrics", "--chats", chats, "--by", "agent=小美"], /--rows/);
  const lines = "1,甲,2026-03-02 10:00:00,40,杯子,2,20\n2,乙,2026-03-03 10:00:00,20,杯子,1,20\n2,乙,2026-03-03 10:00:00,20,托盘,1,5\n";
  const sold = write("products.csv", `order_id,buyer,paid_at,paid_amount,sku,quantity,unit_price\n${lines}`);
  assert.match(await fine(["metrics", "--orders", sold]), /^sales\.paid_amount \[product 杯子\]  付款金额  60 yuan\n/m);
  assert.match(await fine(["metrics", "--orders", sold, "--format", "csv"]), /\r\nsales\.paid_amount,product 托盘,付款金额,5,yuan,/);
  const cups = await fine(["metrics", "--orders", sold, "--rows", "sales.paid_amount", "--by", "product=杯子", "--unmasked"]);
  assert.equal(cups, "sales.paid_amount [product 杯子]: 2 行 rows\norder 1  40\norder 2  20\n");
  const groups = await fine(["metrics", "--orders", table, "--table", "purchase_count", "--format", "csv"]);
  assert.match(groups, /^\ufeffgroup,title,title_en,rule,buyers,share,amount,no_amount\r\nfirst,[^\r]*,0,0,0,0\r\nsecond,[^\r]*,1,1,120\.5,0\r\n/);
  assert.match(await fine(["metrics", "--orders", table, "--table", "purchase_count"]), /^purchase_count: \d+\n.*\ngroup second; title .*; buyers 1; share 1; amount 120\.50; no_amount 0\n/);
  assert.match(await fine(["metrics", "--chats", chats, "--table", "kpi"]), /interval (0|1|0\.\d{4}); (0|1|0\.\d{4});/, "shares are told apart");
  assert.deepEqual(JSON.parse(await fine(["metrics", "--orders", table, "--table", "lift", "--format", "json"])), []);
  assert.equal(await fine(["metrics", "--orders", table, "--table", "lift"]), "lift: 0\n");
  await refused(["metrics", "--orders", table, "--table", "action"], /actions/);
  await refused(["metrics", "--orders", table, "--table", "actions", "--rows", "orders.paid"], /--rows/);
  await refused(["metrics", "--orders", table, "--exclude", "nowhere.txt"], /nowhere\.txt/);
  assert.match(await fine(["metrics", "--orders", table, "--format", "csv"]), /^\ufeff?id,/);
  const stages = ["metrics", "--orders", table, "--table", "lifecycle", "--customers"];
  const rules = JSON.parse(await fine([...stages, "active=60,risk_high=120,rfm=median,by_cycle=false", "--format", "json"])).map(({ rule }) => rule);
  assert.ok(rules.some((rule) => rule.includes("61–120")), String(rules));
  await refused([...stages, "activ=60"], /customers.*did you mean "active"/);
  await refused([...stages, "active=20"], /care < related < active/);
  await refused([...stages, "rfm=mode"], /rfm/);
  await refused([...stages, "active"], /--customers.*active=60/);
  await refused([...stages, "active=60,active=70"], /active 只能写一次/);
});

test("--columns names the headers of a table that nobody knows", async () => {
  const unknown = write("unknown.csv", "单子,谁,何时,付了\nA1,阿青,2026-03-02 10:05:00,12.50\nA2,小舟,2026-03-03 10:05:00,7.50\n");
  const map = write("map.json", '{"order_id": "单子", "buyer": "谁", "paid_at": "何时", "paid_amount": "付了"}');
  const report = JSON.parse(await fine(["metrics", "--orders", unknown, "--columns", map, "--format", "json"]));
  assert.equal(report.metrics.find((m) => m.id === "sales.paid_amount").value, 20);
  assert.equal(report.files[0].columns.buyer, "谁");
  await refused(["metrics", "--orders", unknown, "--columns", write("bad.json", "{")], /bad\.json.*JSON/);
  await refused(["metrics", "--orders", unknown, "--columns", write("odd.json", '{"byuer": "谁"}')], /byuer/);
  await refused(["metrics", "--orders", unknown, "--columns", write("list.json", '["谁"]')], /list\.json.*表头/);
  await refused(["metrics", "--orders", unknown, "--columns", write("number.json", '{"buyer": 2}')], /number\.json.*表头/);
  await refused(["metrics", "--chats", chats, "--columns", map], /--orders.*"chats"/);
  await refused(["check", chats, "--orders", unknown, "--columns", write("near.json", '{"paidat": "何时"}')], /near\.json: .*did you mean "paid_at"\?/);
  await fine(["metrics", "--orders", unknown, "--columns", write("marked.json", '\ufeff{"buyer": "谁", "paid_at": null, "paid_amount": "付了"}')]);
});

test("rows that are left out are counted beside the figures", async () => {
  const returned = write("returned.csv", "order_id,buyer,paid_at,paid_amount\n1,甲,2026-01-05 10:00:00,30\n2,乙,2026-01-05 10:00:00,-30\n合计,,,0\n");
  for (const args of [["metrics", "--orders", returned], ["check", chats, "--orders", returned]]) {
    const { code, stderr } = await huashu(args);
    assert.deepEqual([code, stderr.match(/returned\.csv: .*/)?.[0]], [0, "returned.csv: 未计入的行 rows left out: 退货行 returns 1，汇总行 summary rows 1"]);
  }
});

test("--columns maps a table of chats, which otherwise comes with guesses", async () => {
  const unknown = write("talk.csv", "aa,bb,cc\n小鹿,在吗,2024-01-05 09:00:00\n小丹,在的亲,2024-01-05 09:00:10\n");
  const guesses = '{"chats":{"time":"cc","text":"bb","sender":"aa"}}';
  const { code, stderr } = await huashu(["check", unknown]);
  assert.equal(code, 2);
  assert.ok(stderr.includes(guesses) && !stderr.includes("乱码"), stderr);
  const map = write("talk.json", guesses);
  for (const more of [[], ["--shape", "table"]]) {
    const { conversations } = JSON.parse(await fine(["check", unknown, ...more, "--agents", "小丹", "--columns", map, "--messages", "--format", "json"]));
    assert.deepEqual(conversations.map(({ buyer, agents, messages }) => [buyer, agents, messages.map(({ text }) => text)]), [["小鹿", ["小丹"], ["在吗", "在的亲"]]]);
  }
  assert.match(await fine(["signals", unknown, "--columns", map]), /talk\.csv#1","signals"/);
  await fine(["metrics", "--chats", unknown, "--columns", map]);
  // The map of a table leaves a text alone, and may stand beside those of orders.
  const both = write("both.json", '{"order_id": "单子", "chats": {"sender": "aa", "text": "bb", "time": "cc", "id": null}}');
  const { conversations } = JSON.parse(await fine(["check", chats, unknown, "--columns", both, "--format", "json"]));
  assert.equal(conversations.length, 2);
  await refused(["check", unknown, "--columns", write("flat.json", '{"sender": "aa"}')], /"chats"/);
  await refused(["check", unknown, "--columns", write("who.json", '{"chats": {"who": "aa"}}')], /who\.json: .*who.*sender/);
});

test("both reports say what each file was read as", async () => {
  const copy = write("files.txt", "张三 2026-01-05 10:00:00\n在吗，想问下有货吗\n李四 2026-01-05 10:00:20\n您好亲，有货的呢\n----\n");
  const args = ["--orders", table, "--format", "json"];
  const { files } = JSON.parse(await fine(["check", copy, ...args]));
  assert.deepEqual(JSON.parse(await fine(["metrics", "--chats", copy, ...args])).files, files);
  const [orders_, talks] = files;
  assert.deepEqual([orders_.file, orders_.orders], [table, 3]);
  const { file, platform, format, shape, encoding, conversations, messages, dropped, notes, problems } = talks;
  assert.deepEqual([file, platform, format, shape, encoding, conversations, messages, problems], [copy, "taobao", "taobao", "name-time", "utf-8", 1, 2, []]);
  assert.deepEqual([dropped, notes.map(({ code }) => code)], [[{ reason: "separator", count: 1 }], ["roles-by-behaviour"]]);
  assert.equal(talks.confidence, 1);
});

test("an agent whom no file has is named", async () => {
  const one = write("one.txt", "张三 2026-01-05 10:00:00\n在吗\n李四 2026-01-05 10:00:20\n在的\n");
  const other = write("other.txt", "张三 2026-01-06 10:00:00\n在吗\n王五 2026-01-06 10:00:20\n在的\n");
  const told = async (...args) => (await huashu(["check", ...args])).stderr;
  assert.match(await told(one, "--agents", "李四,不存在"), /one\.txt: 没有叫“不存在”的人/);
  assert.equal(await told(one, other, "--agents", "李四,王五"), "");
  assert.match(await told(one, other, "--agents", "李四,赵六"), /没有叫“赵六”的人/);
});

test("a table that nobody knows comes with guesses, which read it once they are saved", async () => {
  const { Shop } = await import(pathToFileURL(join(installed, "node.mjs")).href);
  const csv = "内部订单编号,最终实付金额,发生,脱敏客户昵称\nA1,12.50,2026-03-02,阿青\nA2,7.50,2026-03-03,小舟\n";
  const file = await new Shop().addOrders("own.csv", csv);
  assert.deepEqual([file.orders, file.columns, file.guessed], [
    0, { order_id: "内部订单编号", buyer: "脱敏客户昵称", paid_amount: "最终实付金额" }, ["order_id", "buyer", "paid_amount"],
  ]);
  assert.deepEqual(file.sample, ["A1", "12.50", "2026-03-02", "阿青"]);
  const own = write("own.csv", csv);
  await refused(["metrics", "--orders", own], /{"order_id":"内部订单编号",/);
  const map = write("own.json", JSON.stringify({ ...file.columns, created_at: "发生" }));
  const report = JSON.parse(await fine(["metrics", "--orders", own, "--columns", map, "--format", "json"]));
  assert.deepEqual([report.files[0].orders, report.files[0].guessed, report.files[0].sample], [2, [], undefined]);
  assert.equal(report.metrics.find((m) => m.id === "sales.paid_amount").value, 20);
});

test("--buyer chooses a substitute for the buyer's account, and the figures name it", async () => {
  const pdd = write("pdd.csv", "订单号,支付时间,用户实付金额(元),用户购买手机号\n260301-1,2026-03-01 10:00:00,10,13900000001\n260309-2,2026-03-09 10:00:00,20,13900000001\n260309-3,2026-03-09 10:00:00,20,139****0002\n");
  const rate = async (...more) => {
    const { code, stdout, stderr } = await huashu(["metrics", "--orders", pdd, ...more, "--format", "json"]);
    assert.equal(code, 0, stderr);
    return { ...JSON.parse(stdout).metrics.find((m) => m.id === "repurchase.customer_rate"), stderr };
  };
  const none = await rate();
  assert.equal(none.status, "unavailable");
  assert.match(none.why, /改以手机号或收货人加地址区分买家/);
  const phone = await rate("--buyer", "phone");
  assert.equal(phone.value, 1);
  assert.match(phone.standard, /以手机号代替买家账号/);
  assert.match(phone.stderr, /1 处手机号带星号/);
  const receiver = await rate("--buyer=receiver");
  assert.equal(receiver.status, "unavailable");
  assert.match(receiver.why, /没有可用的收货人和地址/);
  assert.match(receiver.stderr, /没有这样的列/);
  await fine(["check", chats, "--orders", pdd, "--buyer", "phone"]);
  await refused(["metrics", "--orders", pdd, "--buyer", "fone"], /did you mean phone\?/);
  await refused(["check", chats, "--buyer", "phone"], /--orders/);
});

test("lines ask for their list of orders until it comes", async () => {
  const lines = write("lines.csv", "订单编号,标题,价格,购买数量,外部系统编号\n1,水杯,10,2,SB\n");
  const list = write("list.csv", "订单编号,买家会员名,买家实际支付金额,订单状态,订单付款时间\n1,小满,20,交易成功,2026-03-01 10:00:00\n");
  const told = async (...files) => {
    const { stdout, stderr } = await huashu(["metrics", "--orders", ...files, "--format", "json"]);
    return [/补充表/.test(stderr), JSON.parse(stdout || '{"files":[]}').files.flatMap((file) => file.problems.map((p) => p.code))];
  };
  assert.deepEqual(await told(lines, list), [false, []]);
  assert.deepEqual(await told(list, lines), [false, []]);
  assert.deepEqual(await told(lines, table), [true, ["needs-orders"]]);
  const more = write("more.csv", "订单编号,标题,价格,购买数量,外部系统编号\n1,水杯,10,2,SB\n9007,水杯,10,2,SB\n9008,水杯,10,2,SB\n");
  const { stderr } = await huashu(["metrics", "--orders", list, more]);
  assert.match(stderr, /more\.csv: .*2 个订单（9007, 9008）/);
});

test("--tables reads side tables by their headers, or as the kind before the name", async () => {
  const ratings = write("ratings.csv", "顾客,满意度\n阿青,满意\n小舟,不满意\n");
  const odd = write("odd=roster.csv", "谁,哪组\n客服小雨,售前\n");
  const map = write("tables.json", '{"roster": {"agent": "谁", "team": "哪组"}}');
  const report = JSON.parse(await fine(["metrics", "--tables", ratings, `roster=${odd}`, "--columns", map, "--format", "json"]));
  assert.deepEqual(report.files.map(({ kind, used }) => [kind, used]), [["ratings", 2], ["roster", 1]]);
  await fine(["check", chats, "--tables", ratings]);
  await refused(["metrics", "--tables", odd], /roster 客服名单/);
  await refused(["metrics", "--tables", `rating=${ratings}`], /knows no kind rating.*did you mean ratings/);
  // The kinds are those of the core.
  const { Shop } = await import(pathToFileURL(join(installed, "node.mjs")).href);
  const { message } = await new Shop().addTable("a", "", { kind: "odd" }).catch((error) => error);
  await refused(["metrics", "--tables", `odd=${ratings}`], new RegExp(/is one of: (.*?)(?:, did you|$)/.exec(message)[1]));
  await refused(["metrics", "--tables", "a.b=nowhere.csv"], /a\.b=nowhere\.csv: 文件不存在/);
  await refused(["metrics", "--tables", ratings, "--columns", write("kinds.json", '{"rosters": {}}')], /kinds\.json.*表头/);
  await refused(["metrics", "--tables", `roster=${odd}`, "--columns", write("fields.json", '{"roster": {"who": "谁"}}')], /who.*agent, person, team, shift/);
});

test("a platform's report stands beside our figures", async () => {
  const report = write("接待分析.csv", "旺旺昵称,接待人数,首次响应时长（秒)\n小美,1,15\n汇总,1,15\n均值,1,15\n");
  const args = ["metrics", "--chats", chats, "--tables", report];
  const { tables, files } = JSON.parse(await fine([...args, "--format", "json"]));
  const first = tables.given.filter((row) => row.id === "response.first");
  assert.deepEqual(first.map(({ by, given, ours, difference, platform }) => [by?.agent, given, ours, difference, platform]), [
    ["小美", 15, 12, 3, "taobao"], [undefined, 15, 12, 3, "taobao"],
  ]);
  assert.deepEqual([files[0].kind, files[0].excluded], ["given", [{ reason: "summary-row", count: 1 }]]);
  assert.match(await fine(args), /taobao 首次响应时长（秒\) \[agent 小美\] {2}15 seconds\n.*ours 12 seconds; 相差 difference 3 seconds/);
  const csv = await fine([...args, "--format", "csv"]);
  assert.match(csv, /\r\nresponse\.first,agent 小美,首次响应时长（秒\),15,seconds,.*,given,.*,3\r\n/);
  const mapped = write("ours.csv", "人,首响\n小美,10\n");
  const map = write("given.json", '{"given": {"agent": "人", "response.first": "首响"}}');
  const told = JSON.parse(await fine(["metrics", "--chats", chats, "--tables", `given=${mapped}`, "--columns", map, "--format", "json"]));
  assert.deepEqual(told.tables.given.map((row) => [row.id, row.difference, row.platform]), [["response.first", -2, "generic"]]);
});

test("a list to exclude is read as other files are, whatever it is written in", async () => {
  const created = async (name, data, ...more) => {
    const { metrics } = JSON.parse(await fine(["metrics", "--orders", table, "--exclude", write(name, data), "--format", "json", ...more]));
    return metrics.find((m) => m.id === "orders.created").value;
  };
  const gb = Buffer.from("b0a2c7e00d0a", "hex"); // 阿青
  for (const [name, data] of Object.entries({ "utf-8": "阿青\n", "utf-8-bom": "\ufeff阿青\n", gb18030: gb, "utf-16le": Buffer.from("\ufeff阿青\r\n", "utf16le"), "utf-16be": Buffer.from("\ufeff阿青\r\n", "utf16le").swap16() })) {
    assert.equal(await created(`list-${name}.txt`, data), 1, name);
  }
  const told = write("told.csv", orders.replaceAll("阿青", "a"));
  const list = write("told.txt", Buffer.from("a\n", "utf16le"));
  const { stdout } = await huashu(["metrics", "--orders", write("told.csv", Buffer.from(readFileSync(told, "utf8"), "utf16le")), "--exclude", list, "--encoding", "utf-16le", "--format", "json"]);
  assert.equal(JSON.parse(stdout).metrics.find((m) => m.id === "orders.created").value, 1);
  const other = await fine(["metrics", "--orders", fileURLToPath(new URL("./support/orders.gb18030.csv", import.meta.url)), "--exclude", write("list.txt", "阿青\n"), "--encoding", "gb18030", "--format", "json"]);
  assert.equal(JSON.parse(other).metrics.find((m) => m.id === "orders.created").value, 1, "what is told is the encoding of the orders");
  assert.equal(await created("list-gb.txt", gb, "--encoding", "utf-8"), 1);
  await refused(["metrics", "--orders", table, "--exclude", write("broken.txt", Buffer.from("b0a2c7e0ff0a", "hex"))], /broken\.txt: 有些字读不出来/);
  await refused(["metrics", "--orders", table, "--exclude", write("list.bin", Uint8Array.from({ length: 900 }, (_, at) => at % 32))], /list\.bin: 这不是文本/);
});

test("what a file holds moves no cursor and forges no line", async () => {
  const odd = "\u001b[31m红\r\0\u0085\u009b";
  const rows = `订单编号,买家会员名,订单创建时间,订单付款时间,订单状态,买家应付货款,买家实际支付金额,宝贝标题\n81${odd},阿${odd},2026-03-02 10:05:00,2026-03-02 10:06:00,交易${odd}成,59.00,x${odd},"杯${odd}\n伪造"\n`;
  const sold = write(`o\u001b[31m\r.csv`, rows);
  const said = write("odd\u001b.jsonl", `${JSON.stringify({ id: `c${odd}`, messages: [{ role: "buyer", sender: `阿${odd}`, at: "2026-03-02T10:00:00", text: "太差了，等了三天" }, { role: "agent", sender: `小${odd}`, at: "2026-03-02T10:09:00", text: "嗯" }] })}\n这不是\u001b[31m JSON\n`);
  const control = /(?![\n])\p{Cc}/u;
  for (const format of ["text", "csv"]) {
    for (const more of [[], ["--rows", "orders.buyers"], ["--rows", "response.mean"], ["--table", "products"], ["--table", "agents"]]) {
      const { code, stdout, stderr } = await huashu(["metrics", "--orders", sold, "--chats", said, "--unmasked", "--format", format, ...more]);
      assert.equal(code, 0, stderr);
      assert.doesNotMatch(stdout.replaceAll("\r\n", "\n"), control, `${format} ${more}`);
      assert.doesNotMatch(stderr, control);
      assert.match(stderr, /\[31m/, "it is quoted, without what acts");
      assert.doesNotMatch(stdout, /^伪造/m);
    }
  }
  for (const args of [["check", "x\u001b[31m\r.txt"], ["check", chats, "--form\u001bat"], ["metrics", "--orders", table, "--columns", write("map\u001b.json", '{"a\u001b')]]) {
    const { code, stderr } = await huashu(args);
    assert.equal(code, 2);
    assert.doesNotMatch(stderr, control);
  }
});

test("several files, and the standard input", async () => {
  const second = write("second.jsonl", chat.replace('"c1"', '"c2"'));
  const report = JSON.parse(await fine(["check", second, "-", "--format", "json"], { input: chat }));
  assert.deepEqual(report.conversations.map((c) => c.id), ["c2", "c1"]);
  for (const args of [["check", "-", "-"], ["check", "-", "--book", "-"], ["check", "-", "--columns=-", "--orders", table], ["metrics", "--orders", "-", "--exclude", "-"], ["check", "-", "--tables", "ratings=-"], ["metrics", "--orders", table, "--exclude", "-", "--columns", "-"]]) {
    await refused(args, /标准输入（-）只能读一次/, { input: chat });
  }
  await fine(["check", chats, "--book", "-"], { input: 'id = "a"\ntitle = "a"\nextends = "standard"\n' });
});

test("exports in GB18030 and UTF-16 are read without being told", async () => {
  const utf16 = write("utf16.csv", Buffer.from(`\ufeff${orders}`, "utf16le"));
  const report = JSON.parse(await fine(["metrics", "--orders", utf16, "--format", "json"]));
  assert.deepEqual([report.files[0].encoding, report.files[0].orders], ["utf-16le", 3]);
  // 客户：在吗 / 客服：在的
  const gb = write("gb.txt", Buffer.from("bfcdbba7a3bad4dac2f00abfcdb7fea3bad4dab5c40a", "hex"));
  const { conversations } = JSON.parse(await fine(["check", gb, "--messages", "--format", "json"]));
  assert.deepEqual(conversations[0].messages.map((m) => m.text), ["在吗", "在的"]);
});

test("the encoding can be told", async () => {
  // 客户：在吗 / 客服：在的, with a mark of UTF-8 that is wrong
  const gb = write("marked.txt", Buffer.concat([Buffer.from("efbbbf", "hex"), Buffer.from("bfcdbba7a3bad4dac2f00abfcdb7fea3bad4dab5c40a", "hex")]));
  const { conversations } = JSON.parse(await fine(["check", gb, "--encoding", "gb18030", "--messages", "--format", "json"]));
  assert.ok(conversations[0].messages.at(-1).text.endsWith("在的"));
  assert.match((await huashu(["check", gb, "--encoding", "latin1"])).stderr, /--encoding.*gb18030/);
  await fine(["metrics", "--orders", table, "--encoding", "utf-8"]);
});

test("what was left out is said in words, counts in English that is right", async () => {
  const one = write("one.csv", "order_id,buyer,created_at,paid_at,state,paid_amount\n1,阿青,2026-03-02 10:00:00,2026-03-02 10:01:00,交易成功,5\n2,,2026-03-02 11:00:00,2026-03-02 11:01:00,退款成功,5\n3,,2026-03-02 12:00:00,2026-03-02 12:01:00,交易成功,\n");
  const report = await fine(["metrics", "--orders", one, "--chats", chats]);
  assert.match(report, /^orders\.buyers .*  1 buyer\n.*未计入 left out: .*无买家 without buyer 1/m);
  assert.doesNotMatch(report, /[;，] ?[a-z]+(-[a-z]+)* \d+$/m, "no bare codes");
  assert.doesNotMatch(report, /(?<![\d.])1 [a-z]+s\b/, "one of them");
  const { metrics } = JSON.parse(await fine(["metrics", "--orders", one, "--format", "json"]));
  assert.ok(metrics.some(({ excluded }) => excluded.some(({ reason }) => reason === "no-buyer")), "JSON has the codes");
});

test("a file that comes twice says so on the standard error", async () => {
  const copy = write("copy.csv", orders);
  const { code, stderr } = await huashu(["metrics", "--orders", table, copy]);
  assert.equal(code, 0);
  assert.match(stderr, /copy\.csv: 这个文件的 3 个订单之前都已读到/);
  // An unknown agent is told of once nobody has the name, whatever orders come along.
  const named = await huashu(["metrics", "--orders", table, "--chats", chats, "--agents", "没有这人"]);
  assert.match(named.stderr, /没有这人/);
});

test("what people pass on is masked unless they ask otherwise", async () => {
  const said = write("phone.jsonl", chat.replace("好，那我再等等", "我再等等，电话13912345678，太慢了"));
  for (const format of ["text", "csv", "junit"]) {
    const written = async (...more) => (await huashu(["check", said, "--format", format, "--fail-under", "100", ...more])).stdout;
    const masked = await written();
    assert.ok(!masked.includes("阿青") && !masked.includes("13912345678") && masked.includes("阿***"), format);
    const open = await written("--unmasked");
    assert.ok(open.includes("阿青") && !open.includes("阿***"), format);
  }
  const rows = ["metrics", "--orders", table, "--rows", "orders.buyers", "--format", "csv"];
  assert.ok(!(await fine(rows)).includes("阿青"));
  assert.ok((await fine([...rows, "--unmasked"])).includes("阿青"));
  const unpaid = write("unpaid.csv", "order_id,buyer,created_at,paid_at,state,paid_amount\n260301000001,=阿青,2026-03-02 10:00:00,,等待买家付款,5\n");
  const actions = ["metrics", "--orders", unpaid, "--table", "actions", "--format", "csv"];
  assert.match(await fine(actions), /\r\nremind_payment,2026-03-02T[\d:]+,'=\*\*\*青,260\*{5}0001,.*,.*\r\n$/);
  const open = await fine([...actions, "--unmasked"]);
  assert.match(open, /,'=阿青,"\t260301000001",/, "digits that a spreadsheet would round are text");
  const again = write("again.csv", `order_id,buyer,created_at,paid_amount\n${open.match(/"\t\d+"/)},阿青,2026-03-02 10:00:00,5\n260301000001,阿青,2026-03-02 10:00:00,5\n`);
  assert.match(await fine(["metrics", "--orders", again, "--rows", "orders.created", "--format", "json"]), /"id": ?"260301000001"/);
  await refused(["signals", said, "--unmasked"], /--unmasked/);
});

test("lines that could not be read are quoted without what is masked", async () => {
  const odd = write("odd.txt", "收件人电话13812345678，寄到中山路12号3栋\n小美 2026-10-12 10:00:00\n您好\n张三 2026-10-12 10:01:00\n在吗\n");
  const told = async (...args) => (await huashu(args)).stderr;
  for (const args of [["check", odd], ["check", odd, "--format", "json"], ["metrics", "--chats", odd], ["signals", odd]]) {
    const text = await told(...args);
    assert.ok(text.includes("odd.txt:1:1: ") && text.includes("“收件人电话138****5678，寄到中山路**号*栋”") && !text.includes("13812345678"), text);
  }
  assert.match(await told("check", odd, "--unmasked"), /“收件人电话13812345678，寄到中山路12号3栋”/);
  assert.match((await huashu(["check", odd, "--format", "json"])).stdout, /收件人电话13812345678/, "JSON holds what was read");
});

test("a buyer's name is masked within texts, in ids and in names of files", async () => {
  const copied = "小鹿乱撞1988 2026-03-01 10:00:00\n太差了，等了三天\n小美 2026-03-01 10:05:00\n@小鹿乱撞1988 不能退，嗯\n小鹿乱撞1988 2026-03-01 10:06:00\n我是小鹿乱撞1988，垃圾店\n";
  const file = write("与小鹿乱撞1988（13812345678）的聊天.txt", copied);
  const hidden = (text, what) => assert.ok(!text.includes("鹿乱撞") && !text.includes("13812345678"), `${what}: ${text}`);
  for (const format of ["text", "csv", "junit"]) {
    const written = async (...more) => (await huashu(["check", file, "--agents", "小美", "--format", format, "--fail-under", "100", ...more])).stdout;
    const masked = await written();
    hidden(masked, format);
    assert.ok(masked.includes("与小******8（138****5678）的聊天.txt#1") && masked.includes("@小******8 不能退"), masked);
    assert.ok((await written("--unmasked")).includes("@小鹿乱撞1988 不能退"), format);
  }
  const figures = ["metrics", "--chats", file, "--agents", "小美", "--format", "csv"];
  for (const more of [["--table", "alerts"], ["--table", "issues"], ["--rows", "response.mean"]]) {
    const masked = await fine([...figures, ...more]);
    hidden(masked, more);
    assert.ok(masked.includes("与小******8（138****5678）的聊天.txt#1"), masked);
    assert.ok((await fine([...figures, ...more, "--unmasked"])).includes("与小鹿乱撞1988（13812345678）的聊天.txt#1"), `${more}`);
  }
});

test("what buyers wrote into orders is masked in figures, and numbers of orders of any form", async () => {
  const head = "order_id,buyer,paid_at,paid_amount,refund_amount,退款原因,title,quantity,unit_price\n";
  const sold = write("refunds.csv", `${head}SO-2026-0001,甲,2026-03-02 10:00:00,40,40,打错电话13812345678改寄文三路100号3幢502室,补寄给13912345678,1,40\n#1001,乙,2026-03-03 10:00:00,20,0,,杯子,1,20\n`);
  const figures = async (...more) => fine(["metrics", "--orders", sold, "--refunded", "include", "--format", "csv", ...more]);
  const written = [
    [["--table", "refund_reasons"], "打错电话138****5678改寄文三路***号*幢***室", "打错电话13812345678"],
    [["--table", "products"], "补寄给139****5678", "补寄给13912345678"],
    [[], "product 补寄给139****5678", "product 补寄给13912345678"],
    [["--rows", "sales.paid_amount"], "\r\norder,S***1,", "\r\norder,SO-2026-0001,"],
    [["--rows", "sales.paid_amount"], "\r\norder,#***1,", "\r\norder,#1001,"],
  ];
  for (const [options, masked, open] of written) {
    const [hidden, shown] = [await figures(...options), await figures(...options, "--unmasked")];
    assert.ok(hidden.includes(masked) && !hidden.includes(open), hidden);
    assert.ok(shown.includes(open), shown);
  }
});

test("what looks alike once masked is numbered, and what a row is about is masked too", async () => {
  const head = "order_id,buyer,paid_at,paid_amount\n";
  const sold = write("short.csv", `${head}1,阿青,2026-03-02 10:00:00,40\n2,阿红,2026-03-03 10:00:00,20\nA12345,阿蓝,2026-03-03 10:00:00,20\n`);
  const sent = write("sent.csv", "活动,买家,触达时间\n回访13812345678,阿青,2026-03-01 10:00:00\n");
  const figures = async (...more) => fine(["metrics", "--orders", sold, "--tables", sent, "--format", "csv", ...more]);
  const orders = await figures("--rows", "sales.paid_amount");
  assert.ok(["order,***#1,,40", "order,***#2,,20", "order,A***5,,20"].every((row) => orders.includes(row)), orders);
  const reached = await figures("--rows", "campaigns.response_rate");
  assert.ok(reached.includes("buyer,阿***,回访138****5678,1,1"), reached);
  assert.ok((await figures("--rows", "campaigns.response_rate", "--unmasked")).includes("buyer,阿青,回访13812345678,1,1"));
  const report = write("13912345678的日报.csv", "旺旺昵称,接待人数,平均响应时长（秒)\n小美,12,25\n");
  for (const more of [[], ["--table", "given"]]) {
    const given = ["metrics", "--tables", report, "--format", "csv", ...more];
    const masked = await fine(given);
    assert.ok(masked.includes("139****5678的日报.csv") && !masked.includes("13912345678"), masked);
    assert.ok((await fine([...given, "--unmasked"])).includes("13912345678的日报.csv"));
  }
});

test("books are checked and shown", async () => {
  const foreign = join(directory, "gbk.toml");
  writeFileSync(foreign, Buffer.from("6964203d20226d696e65220a7469746c65203d2022ced2b5c4220a", "hex"));
  await refused(["book", "check", foreign], /gbk\.toml: 不是 UTF-8 文本/);
  const { code, stderr } = await huashu(["book", "check", broken]);
  assert.equal(code, 2);
  assert.match(stderr, /broken\.toml:7:1: /);
  assert.match(stderr, /title/, "the likely right spelling");
  const shown = await fine(["book", "show"]);
  assert.ok(shown.length > 1000);
  const { conversations } = JSON.parse(await fine(["check", chats, "--format", "json"]));
  assert.match(await fine(["book", "show", conversations[0].verdicts[0].rule]), new RegExp(conversations[0].verdicts[0].rule));
  await refused(["book", "show", "no-such-rule"], /no-such-rule/);
  const copied = join(directory, "copied.toml");
  writeFileSync(copied, await fine(["book", "show", "standard"]));
  assert.match(await fine(["book", "check", copied]), /all examples hold/);
  await refused(["book", "chekc", broken], /（是不是 check？） \/ .*\(did you mean check\?\)/);
  await refused(["check", chats, "--book", broken], /broken\.toml:7:1: /);
  await refused(["check", chats, "--profile", "ebay"], /ebay/);
});

test("usage errors say what was probably meant", async () => {
  await refused(["chek", chats], /did you mean check\?/);
  await refused(["check", chats, "--fromat", "json"], /没有 --fromat 这个选项（是不是 --format？） \/ There is no option --fromat \(did you mean --format\?\)/);
  await refused(["check", chats, "--format", "jsn"], /did you mean json\?/);
  await refused(["check", chats, "--format"], /--format/);
  await refused(["check", chats, "--messages=yes"], /--messages/);
  await refused(["check", chats, "--format", "csv", "--format", "json"], /--format/);
  await refused(["check"], /huashu check FILE/);
  await refused(["check", "--orders", table], /--orders/);
  await refused(["metrics"], /--orders/);
  await refused(["metrics", table], /--orders/);
  await refused(["metrics", "--orders"], /--orders/);
  await refused(["metrics", "--orders", table, "--window", "1.5"], /--window.*整数/);
  await refused(["metrics", "--orders", table, "--period", "march"], /--period/);
  await refused(["metrics", "--orders", table, "--period", "2026-03-31..2026-03-01"], /结束早于开始 \/ .*2026-03-31\.\.2026-03-01 ends before it begins/);
  await refused(["metrics", "--orders", table, "--as-of", "2026-02-30"], /2026-02-30/);
});

test("files that cannot be read", async () => {
  await refused(["check", join(directory, "nowhere.txt")], /nowhere\.txt: 文件不存在/);
  await refused(["check", join(directory, "nowhere.txt"), directory], /nowhere\.txt: 文件不存在.*\n.*文件夹.*\n没有读到/);
  await refused(["check", directory], /文件夹/);
  await refused(["check", write("empty.txt", "")], /没有读到/);
  await refused(["metrics", "--orders", write("book.xlsx", "PK\x03\x04…")], /另存为 CSV/);
  const noise = write("noise.bin", Uint8Array.from({ length: 9000 }, (_, at) => (at * 2654435761) >>> 13));
  for (const args of [["check"], ["metrics", "--orders"]]) {
    const { code, stderr } = await huashu([...args, noise]);
    assert.deepEqual([code, stderr.match(/noise\.bin: 这不是文本/g)?.length, stderr.trimEnd().split("\n").length], [2, 1, 2], stderr);
  }
  await refused(["metrics", "--orders", write("web.txt", "2024-01-05\n09:00:00\n在吗\n小鹿\n09:00:10\n在的\n店:小丹\n")], /web\.txt: 这像是聊天记录/);
  const line = '{"id": "c1", "messages": [{"role": "buyer", "text": "在吗"}]}\n';
  const torn = await huashu(["check", write("torn.jsonl", `${line}${line}{"id": "c2", "messages": [{"role": buyer}]}\n${line}`)]);
  assert.match(torn.stderr, /torn\.jsonl:3:36: 这里的 JSON 有误，这一段已略过 \/ the JSON is wrong here/);
  // One of them can be read: that is something, and the others are named.
  const { code, stdout, stderr } = await huashu(["check", join(directory, "book.xlsx"), directory, join(directory, "nowhere.txt"), chats, "--format", "json", "--orders", "gone.csv"]);
  assert.equal(code, 0);
  assert.equal(JSON.parse(stdout).conversations.length, 1);
  assert.match(stderr, /^.*cli: 这是文件夹.*\n.*nowhere\.txt: 文件不存在.*\ngone\.csv: 文件不存在.*\n.*book\.xlsx: /);
  assert.equal((await huashu(["check", directory, chats, "--fail-under", "100"])).code, 1, "what is read is judged");
});

test("what was assumed of a chat is said, not only what is wrong with it", async () => {
  const copy = write("copy.txt", "张三 2026-01-05 10:00:00\n在吗，想问下有货吗\n李四 2026-01-05 10:00:20\n您好亲，有货的呢\n");
  const { code, stdout, stderr } = await huashu(["check", copy, "--format", "json"]);
  assert.equal(code, 0, stderr);
  assert.deepEqual(JSON.parse(stdout).conversations[0].agents, ["李四"]);
  assert.match(stderr, /copy\.txt: 没有标明谁是客服/);
  // And overruled.
  const told = await huashu(["check", copy, "--format", "json", "--agents", "张三", "--shape", "name-time"]);
  assert.deepEqual([JSON.parse(told.stdout).conversations[0].agents, told.stderr], [["张三"], ""]);
  const undated = write("undated.txt", "店铺:小北 1-5 10:00:00\n您好\n木子 1-5 10:00:20\n在吗\n");
  const signals = await huashu(["check", undated, "--messages", "--format", "json", "--year", "2024"]);
  assert.match(signals.stdout, /"2024-01-05T10:00:00"/);
  await refused(["check", copy, "--shape", "no-such"], /--shape 没有 no-such，只有 .*name-time/);
  await refused(["check", copy, "--profile", "taoboa"], /--profile.*taobao, pdd, jd, douyin.*did you mean taobao\?/);
  await refused(["check", copy, "--year", "x"], /--year/);
  await refused(["check", copy, "--year", "2020.5"], /--year 应为整数/);
});

test("a reader that stops reading ends the program quietly", async () => {
  const many = write("many.jsonl", Array.from({ length: 3000 }, (_, i) => chat.replace('"c1"', `"c${i}"`)).join(""));
  const { code, stdout, stderr } = await run("sh", ["-c", `"$0" check "$1" --format json --messages | head -c 100`, join(host, "node_modules/.bin/huashu"), many]);
  assert.deepEqual([code, stdout.length, stderr], [0, 100, ""]);
  // The gate holds all the same: its exit code is that of all conversations.
  for (const [under, expected] of [["99", 1], ["1", 0]]) {
    const { stdout, stderr } = await run("sh", ["-c", `{ "$0" check "$1" --fail-under ${under}; echo "code $?" >&2; } | head -n 1`, join(host, "node_modules/.bin/huashu"), many]);
    assert.deepEqual([stdout.split("\n").length, stderr], [2, `code ${expected}\n`]);
  }
});

test("a full disk is told of in a line", async () => {
  for (const args of [["check", chats], ["metrics", "--chats", chats], ["signals", chats], ["--help"]]) {
    const { code, stderr } = await run("sh", ["-c", '"$@" >/dev/full', "sh", join(host, "node_modules/.bin/huashu"), ...args]);
    assert.deepEqual([code, stderr.split("\n").length], [2, 2], stderr);
    assert.match(stderr, /^写不出 \/ cannot write: ENOSPC/);
  }
});
