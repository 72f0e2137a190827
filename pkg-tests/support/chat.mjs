// A small chat and order table of our own, for tests that ask whether things arrive, not what they mean.
export const chat =
  JSON.stringify({
    id: "c1",
    messages: [
      { role: "buyer", sender: "阿青", at: "2026-03-02T10:00:00", text: "我的快递三天没动了😭等得着急" },
      { role: "agent", sender: "店铺:小美", at: "2026-03-02T10:00:12", text: "实在抱歉让您久等啦，马上帮您催，今天18点前回复您" },
      { role: "buyer", sender: "阿青", at: "2026-03-02T10:01:00", text: "好，那我再等等" },
      { role: "agent", sender: "店铺:小美", at: "2026-03-02T10:03:30", text: "嗯" },
    ],
  }) + "\n";

export const orders = `订单编号,买家会员名,订单创建时间,订单付款时间,订单状态,买家应付货款,买家实际支付金额
81001,阿青,2026-03-02 10:05:00,2026-03-02 10:06:00,交易成功,59.00,59.00
81002,小舟,2026-03-02 11:00:00,,交易关闭,30.00,0.00
81003,阿青,2026-03-09 09:00:00,2026-03-09 09:01:30,交易成功,61.50,61.50
`;
