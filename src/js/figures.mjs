// Figures as text for a terminal and as CSV for a spreadsheet; as JSON they are what the wasm gives.
import { plain, toCsv } from "./csv.mjs";

const number = (value) => (Number.isInteger(value) ? String(value) : value.toFixed(2));
const percent = (value) => `${(value * 100).toFixed(2)} %`;
const part = (by) => Object.entries(by ?? {}).flat().join(" ");

/** Why something was left out; in JSON and CSV it is the code. */
export const reasons = {
  "after-sale": "纯售后 after-sale only", "clock-backwards": "时间倒退 clock going backwards", "few-buyer-messages": "买家消息太少 too few buyer messages",
  forwarded: "仅转接 only handed over", listed: "名单排除 on the list to exclude", "no-amount": "缺金额 without amount", "no-buyer": "无买家 without buyer",
  "no-buyer-message": "无买家消息 without a buyer message", "no-chats": "当日无聊天或短信 on days without chats or text messages", "no-lines": "无明细 without lines", "no-quantity": "缺数量 without quantity", "no-time": "缺时间 without time", "to-minute": "时间没有秒 times without seconds",
  "off-hours": "非上班时间 outside working hours", "other-products": "其他商品 of other products", "paid-before-created": "付款早于下单 paid before ordered", refunded: "已退款 refunded",
  "refund-of-several": "退款分不清商品 refund of several products", "repeated-header": "重复表头 repeated header", return: "退货行 returns", "summary-row": "汇总行 summary rows", unanswered: "未回复 unanswered",
  "unknown-state": "状态不明 of unknown state", "zero-amount": "0 元行 of amount 0",
};

function value({ value, unit }) {
  if (value === null) return "—";
  return unit === "ratio" ? percent(value) : `${number(value)} ${value === 1 ? unit.replace(/s$/, "") : unit}`;
}

const twoLines = (head, about) => `${plain(head)}\n    ${plain(about.join("; "))}\n`;

function line(metric) {
  const { id, by, title, numerator, denominator, interval, previous, standard, period, status, why, excluded } = metric;
  const about = [];
  if (numerator !== null && denominator !== null) about.push(`${number(numerator)} / ${number(denominator)}`);
  if (interval) about.push(`95 %: ${interval.map(percent).join(" – ")}`);
  if (previous !== undefined) about.push(`上期 before: ${value({ value: previous, unit: metric.unit })}`);
  if (status === "unavailable") about.push(why);
  else if (period) about.push(period);
  if (standard) about.push(standard);
  if (excluded.length) about.push(`未计入 left out: ${excluded.map(({ reason, count }) => `${reasons[reason] ?? reason} ${count}`).join("，")}`);
  return twoLines(`${id}${by ? ` [${part(by)}]` : ""}  ${title}  ${value(metric)}`, about);
}

const columns = {
  id: (m) => m.id,
  by: (m) => part(m.by),
  title: (m) => m.title,
  value: (m) => m.value,
  unit: (m) => m.unit,
  numerator: (m) => m.numerator,
  denominator: (m) => m.denominator,
  low: (m) => m.interval?.[0],
  high: (m) => m.interval?.[1],
  previous: (m) => m.previous,
  period: (m) => m.period,
  status: (m) => m.status,
  why: (m) => m.why,
  formula: (m) => m.formula,
  standard: (m) => m.standard,
  excluded: (m) => m.excluded.map(({ reason, count }) => `${reason} ${count}`).join("; "),
  difference: (m) => m.difference,
};

/** What a platform's report gives, in the columns of our figures. */
const given = (row) => ({ ...row, id: row.id ?? "", title: row.header, value: row.given, status: "given", formula: `${row.platform} ${row.file}`, excluded: [] });

function givenLine({ id, by, header, given, ours, difference, unit, platform, file, period, standard, why }) {
  const show = (value_) => value({ value: value_, unit });
  const beside = ours === null ? why : `我们 ours ${show(ours)}; 相差 difference ${show(difference)}`;
  return twoLines(`${platform} ${header}${by ? ` [${part(by)}]` : ""}  ${show(given)}`, [id, beside, period, standard, file].filter(Boolean));
}

export function render({ metrics, tables }, format) {
  if (format === "text") {
    const beside = tables.given.length ? [`平台报表给出的数字 / what the platforms' reports give\n`, ...tables.given.map(givenLine)] : [];
    return [...metrics.map(line), ...beside].join("\n");
  }
  const rows = [...metrics, ...tables.given.map(given)];
  return toCsv([Object.keys(columns), ...rows.map((row) => Object.values(columns).map((get) => get(row)))]);
}

/** The numbers of the row of the period before as fields of their own, `previous.orders`. */
function spread(rows) {
  const isRow = (previous) => typeof previous === "object" && previous !== null;
  if (!rows.some(({ previous }) => isRow(previous))) return rows;
  const numbers = (previous) => Object.entries(previous ?? {}).filter(([, value]) => typeof value === "number");
  return rows.map(({ previous, ...row }) => ({ ...row, ...Object.fromEntries(numbers(previous).map(([name, value]) => [`previous.${name}`, value])) }));
}

const group = "group title title_en rule buyers share amount no_amount";
const agent = "agent conversations complaints first mean within_30s within_3min reply_rate forwarded inquiry_buyers ordered amount";
/** The columns of tables without rows: those that every row has. */
const fields = {
  given: "id given ours difference unit platform header file period standard why",
  lifecycle: group, layers: group, purchase_count: group,
  cohorts: "month buyers after returned share complete",
  second_purchase: "days watched returned share interval",
  kpi: "metric title title_en value unit interval previous target direction met gap why",
  pay: "sheet title agent points most complete level items",
  outliers: "buyer measure value usual limit order",
  rfm: "segment title title_en recent frequent valuable buyers share amount no_amount recency frequency monetary",
  "rfm.quantiles": "measure cut no_amount mean min q25 median q75 q90 max",
  "cycle.product": "sku title pairs mean",
  agents: agent, people: agent, teams: agent, shifts: agent,
  campaigns: "campaign from to reached responded share interval days amount no_amount open",
  flow: "step title title_en buyers lost",
  lift: "kind id outcome with_count with_outcome without_count without_outcome difference interval p p_corrected small",
  weekly: "week kind conversations of examples apart suggest",
  products: "product title orders buyers pieces amount no_amount paid refunded asked asked_ordered",
  refund_reasons: "reason orders amount no_amount share",
  response: "agent rounds unanswered within_6s slow median p90 max conversations long buyers buyers_late",
  issues: "problem product title conversations reviews buyers open latest",
  reviews: "at buyer order product stars problems answered seconds failed",
  actions: "action due buyer about reason suggest",
  "actions.count": "action title title_en count too_old",
  alerts: "alert conversation buyer agent at",
};

/** A table: a column for each field; what a field holds several of stands in one cell. */
export function renderTable(id, table, format) {
  const rows = spread(table);
  const names = rows.length ? [...new Set(rows.flatMap(Object.keys))] : fields[id].split(" ");
  // Shares are below 1 and told apart by more than two decimals.
  const short = (value) => (typeof value !== "number" || Number.isInteger(value) ? String(value) : Math.abs(value) >= 1 ? number(value) : value.toFixed(4));
  /** What has fields of its own is `name value, name value`. */
  const whole = (value) => {
    if (Array.isArray(value)) return value.map(whole).join("; ");
    if (typeof value !== "object" || value === null) return value;
    const told = Object.entries(value).filter(([, part]) => part !== null);
    return told.map(([name, part]) => `${name} ${[part].flat().map(short).join(" – ")}`).join(", ");
  };
  if (format === "csv") return toCsv([names, ...rows.map((row) => names.map((name) => whole(row[name])))]);
  const shown = (value) => {
    if (typeof value === "number") return short(value);
    return Array.isArray(value) && value.every((one) => typeof one === "number") ? value.map(short).join("; ") : whole(value);
  };
  const lines = rows.map((row) => names.filter((name) => (row[name] ?? null) !== null).map((name) => `${name} ${shown(row[name])}`).join("; "));
  return `${id}: ${rows.length}\n${lines.map((line) => `${plain(line)}\n`).join("")}`;
}

/** The rows behind a figure. */
export function renderRows({ metric, by, why, total, rows }, format) {
  const names = ["what", "id", "about", "numerator", "denominator"];
  const cells = rows.map((row) => names.map((name) => row[name]));
  if (format === "csv") return toCsv([names, ...cells]);
  const lines = rows.map(({ what, id, about, numerator, denominator }) =>
    `${what} ${id}${about === null ? "" : ` ${about}`}  ${number(numerator)}${denominator ? ` / ${number(denominator)}` : ""}`);
  return [`${metric}${by ? ` [${part(by)}]` : ""}: ${total} 行 rows${rows.length < total ? `，列出 listed ${rows.length}` : ""}${why ? ` (${why})` : ""}`, ...lines].map((line) => `${plain(line)}\n`).join("");
}
