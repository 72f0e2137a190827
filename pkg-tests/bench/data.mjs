// Made-up chats and orders of any size, the same ones on every run.

const asked = [
  "在吗", "这件有 M 码吗，我一米六二一百斤", "这个颜色和图片差得多不多呀", "能便宜点吗，别家比你们少二十", "今天拍下什么时候能发货",
  "我的快递三天没动了，到底怎么回事", "收到就是破的，你们发货前都不看的吗", "我要退款，太失望了", "先看看别家，回头再说", "给我妈妈买的，她皮肤比较敏感能用吗",
  "已经拍了，麻烦改一下地址", "发票可以开公司抬头吗", "好的谢谢", "嗯嗯", "怎么还不回我，人呢", "再不处理我就去平台投诉了",
];
const answered = [
  "您好，欢迎光临，有什么可以帮您的吗", "亲，M 码正合适的，这款是宽松版型，很多跟您身材差不多的买家都选的 M", "图片是自然光下拍的，屏幕不同会有一点点色差哦",
  "这款已经是活动价啦，我帮您申请一份小礼物，您看可以吗", "下午四点前拍下的当天发出，一般三天左右到", "非常抱歉让您久等了，我马上联系快递核实，今天六点前给您答复",
  "实在不好意思，给您添麻烦了，换新还是退款您来定，运费我们出", "这个不能退的", "绝对没问题，保证三天到", "好的，地址已经帮您改成新的了，麻烦您核对一下",
  "可以的，抬头和税号发我就行", "嗯", "感谢您的支持，期待您再来", "这款面料里加了弹力纤维，所以久坐不勒，您上班穿也舒服", "可能明天发吧", "订单还没付款哦，现在付款的话今天能赶上发货",
];
const goods = ["亚麻衬衫", "保温杯 500ml", "儿童雨鞋", "护手霜三支装", "手机支架"];

/** A small generator (Lehmer): figures of two runs can be compared because their data is the same. */
export function numbers(seed) {
  let state = seed;
  return (below) => (state = (state * 48271) % 2147483647) % below;
}
const two = (n) => String(n).padStart(2, "0");
const at = (minutes, seconds) => {
  const date = new Date(Date.UTC(2026, 0, 1, 0, minutes, seconds));
  return date.toISOString().slice(0, 19).replace("T", " ");
};

/** Conversations as Qianniu copies them, of one or two sentences a message; every third message holds one of the `words` as well. */
export function chats(count, words = []) {
  const next = numbers(20260101);
  const lines = [];
  for (let c = 0; c < count; c++) {
    const start = c * 7;
    for (let m = 0; m < 12; m++) {
      const buyer = m % 2 === 0;
      const list = buyer ? asked : answered;
      lines.push(`${buyer ? `买家${c}` : `青禾旗舰店:客服${c % 9}`} ${at(start + (m >> 1), buyer ? next(20) : 25 + next(30))}`, [list[next(list.length)], ...(next(2) ? [list[next(list.length)]] : []), ...(words.length && !next(3) ? [words[next(words.length)]] : [])].join("，"));
    }
    lines.push("");
  }
  return new TextEncoder().encode(lines.join("\n"));
}

/** An order table with Taobao's headers. */
export function orders(count) {
  const next = numbers(20260202);
  const rows = ["订单编号,买家会员名,订单创建时间,订单付款时间,订单状态,宝贝标题,宝贝总数量,买家应付货款,买家实际支付金额"];
  for (let o = 0; o < count; o++) {
    const paid = next(10) > 1;
    const quantity = 1 + next(3);
    const amount = `${quantity * (19 + next(180))}.${two(next(100))}`;
    const minutes = Math.floor((o * 525_600) / count);
    rows.push(
      [
        10_000_000 + o, `买家${next(Math.ceil(count / 3))}`, at(minutes, next(60)), paid ? at(minutes + 1 + next(30), next(60)) : "",
        paid ? (next(12) ? "交易成功" : "交易关闭") : "交易关闭", goods[next(goods.length)], quantity, amount, paid ? amount : "0.00",
      ].join(","),
    );
  }
  return new TextEncoder().encode(rows.join("\n") + "\n");
}

/** The same orders as Taobao exports them: 46 quoted columns, most of which no figure needs. */
export function wideOrders(count) {
  const next = numbers(20260303);
  const headers =
    "订单编号,买家会员名,买家支付宝账号,买家应付货款,买家应付邮费,买家支付积分,总金额,返点积分,买家实际支付金额,买家实际支付积分,订单状态,买家留言,收货人姓名,收货地址,运送方式,联系电话,联系手机,订单创建时间,订单付款时间,宝贝标题,宝贝种类,物流单号,物流公司,订单备注,宝贝总数量,店铺Id,店铺名称,订单关闭原因,卖家服务费,买家服务费,发票抬头,是否手机订单,分阶段订单信息,特权订金订单id,是否上传合同照片,是否上传小票,是否代付,定金排名,修改后的sku,修改后的收货地址,异常信息,天猫卡券抵扣,集分宝抵扣,是否是O2O交易,退款金额,预约门店".split(",");
  const [narrow, ...rows] = new TextDecoder().decode(orders(count)).trim().split("\n").map((line) => line.split(","));
  const quoted = (cells) => cells.map((cell) => `"${cell}"`).join(",");
  const lines = rows.map((row) => {
    const cells = {
      买家支付宝账号: `u${next(1e6)}@example.com`, 买家应付邮费: "0.00", 收货人姓名: "林某", 收货地址: `浙江省 杭州市 余杭区 某某街道某某路${next(999)}号(310000)`,
      运送方式: "快递", 联系手机: `'1380000${two(next(100))}${two(next(100))}`, 宝贝种类: 1, 物流单号: `No:${next(1e9)}`, 物流公司: "某某快递", 店铺Id: 0,
      店铺名称: "青禾旗舰店", 订单关闭原因: "订单未关闭", 卖家服务费: "0元", 买家服务费: "0元", 是否手机订单: "手机订单", 是否上传合同照片: "否",
      是否上传小票: "否", 是否代付: "否", 退款金额: "0.00",
    };
    narrow.forEach((header, i) => (cells[header] = row[i]));
    return quoted(headers.map((header) => cells[header] ?? ""));
  });
  return new TextEncoder().encode([quoted(headers), ...lines].join("\n") + "\n");
}
