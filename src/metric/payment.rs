//! Payment and refunds. These figures always count every order, refunded or not.
//!
//! Five orders: one paid after 2 minutes, one after 4 and refunded in part, one refunded as a whole, one unpaid, one paid
//! after 12 minutes by a buyer who had bought before.
//!
//! ```
//! use huashu::{metric::{Facts, Options, measure}, order};
//! let csv = "order_id,buyer,created_at,paid_at,state,ordered_amount,paid_amount,refund_amount,sku,quantity
//! 1,甲,2026-01-05 10:00:00,2026-01-05 10:02:00,交易成功,110,100,0,a,1
//! 2,乙,2026-01-05 11:00:00,2026-01-05 11:04:00,交易成功,80,80,30,b,3
//! 3,丙,2026-01-06 10:00:00,2026-01-06 10:03:00,退款成功,50,50,50,a,1
//! 4,丁,2026-01-06 12:00:00,,等待买家付款,40,0,0,a,1
//! 5,甲,2026-01-06 23:50:00,2026-01-07 00:02:00,交易成功,60,60,0,b,2
//! ";
//! let facts = Facts { orders: order::read("a.csv", csv.as_bytes(), &Default::default()).orders, ..Facts::default() };
//! let figures = measure(&facts, &Options::default());
//! let value = |id: &str| figures.get(id).unwrap().value.unwrap();
//! assert_eq!(value("payment.order_rate"), 4.0 / 5.0);
//! assert_eq!(value("payment.amount_rate"), (100.0 + 80.0 + 50.0 + 60.0) / (110.0 + 80.0 + 50.0 + 40.0 + 60.0));
//! assert_eq!(value("payment.delay_median"), (180.0 + 240.0) / 2.0); // of 120, 240, 180 and 720 s
//! assert_eq!(value("refund.order_rate"), 2.0 / 4.0);
//! assert_eq!(value("refund.amount_rate"), (30.0 + 50.0) / 290.0);
//! ```

use super::{
    figure::{Definition, Sheet, yuan},
    select::{View, Window},
    stats,
    totals::{
        NO_ORDERED, NO_ORDERS, NO_REFUND, Sum, Totals, check, explain_all, lacks_ordered, lacks_paid, lacks_returned, paid_stands_in,
    },
};
use crate::order::NONE;
use alloc::vec::Vec;

const PAYMENT_ORDERS: Definition = Definition {
    id: "payment.order_rate",
    title: "付款率（笔数）",
    title_en: "Payment rate by orders",
    unit: "ratio",
    formula: "期内创建的订单中已付款的（含退款）÷ 期内创建的订单 / paid orders, refunded or not, among those created in the period ÷ orders created in the period",
};
const PAYMENT_AMOUNT: Definition = Definition {
    id: "payment.amount_rate",
    title: "付款率（金额）",
    title_en: "Payment rate by amount",
    unit: "ratio",
    formula: "期内创建、两项金额都已知的订单的实付金额 ÷ 其下单金额 / paid amounts ÷ ordered amounts of the orders created in the period of which both are known",
};
const DELAY: Definition = Definition {
    id: "payment.delay_median",
    title: "付款间隔中位数",
    title_en: "Median delay of payment",
    unit: "seconds",
    formula: "期内付款的订单从创建到付款的秒数的中位数 / median of the seconds from creation to payment of the orders paid in the period",
};
const REFUND_ORDERS: Definition = Definition {
    id: "refund.order_rate",
    title: "退款率（笔数）",
    title_en: "Refund rate by orders",
    unit: "ratio",
    formula: "期内付款的订单中有退款的（整单或部分）÷ 期内付款的订单 / paid orders with a refund, part or whole ÷ paid orders",
};
const REFUND_AMOUNT: Definition = Definition {
    id: "refund.amount_rate",
    title: "退款率（金额）",
    title_en: "Refund rate by amount",
    unit: "ratio",
    formula: "期内付款、金额已知的订单的退款金额 ÷ 其实付金额 / refunded amounts ÷ paid amounts of the paid orders whose amounts are known",
};

pub(super) const DEFINITIONS: &[Definition] = &[PAYMENT_ORDERS, PAYMENT_AMOUNT, DELAY, REFUND_ORDERS, REFUND_AMOUNT];

const NO_STATE: &str = "导出未标明哪些订单已付款：请导出带付款时间或订单状态的报表 / the export does not say what was paid: export the orders with the time of payment or their state";
const EMPTY_REFUNDS: &str =
    "有退款而实付或退款金额不明的订单，退了多少不在内 / what was given back on orders of unknown amounts is not in it";
const NOTHING_PAID: &str = "期内没有已付款的订单 / no order was paid in this period";
const NO_WORTH: &str = "期内可计的订单金额都是 0 / the orders that count in this period are of 0";
const NO_DELAY: &str =
    "没有同时带创建时间和付款时间的订单：请导出这两列 / no order has both the time of creation and that of payment: export both columns";

pub(super) fn figures(view: &View, window: Window, totals: &Totals, sheet: &mut Sheet) {
    rates(view, totals, sheet);
    refunded_amount(view, totals, sheet);
    delay(view, window, totals, sheet);
}

/// The shares of what was ordered and paid.
pub(super) fn rates(view: &View, totals: &Totals, sheet: &mut Sheet) {
    payment(view, totals, sheet);
    sheet.add(&REFUND_ORDERS, |m| {
        explain_all(view, totals, totals.paid_timeless, m.share(totals.with_refund, totals.all_paid, NO_ORDERS));
        check(m, lacks_refunds(view));
    });
}

/// How much of what was paid was given back.
pub(super) fn refunded_amount(view: &View, totals: &Totals, sheet: &mut Sheet) {
    sheet.add(&REFUND_AMOUNT, |m| {
        explain_all(
            view,
            totals,
            totals.paid_timeless,
            m.over(yuan(totals.all_refunds), yuan(totals.all_amount.cents), nothing(totals.all_amount)),
        );
        m.left_out("no-amount", totals.all_amount.unknown);
        if totals.with_refund > totals.refunds_known {
            m.standard(EMPTY_REFUNDS);
        }
        check(m, lacks_refunds(view).or(lacks_returned(totals, totals.all_amount)).or(lacks_paid(view, totals.all_amount)));
    });
}

fn lacks_refunds(view: &View) -> Option<&'static str> {
    view.lacks_placed().or((!view.knows_refunds()).then_some(NO_REFUND))
}

/// Why there is no share of a sum that is 0.
const fn nothing(sum: Sum) -> &'static str {
    if sum.known > 0 { NO_WORTH } else { NO_ORDERS }
}

fn payment(view: &View, totals: &Totals, sheet: &mut Sheet) {
    let unknown = view.lacks_placed().or((!view.knows_payment()).then_some(NO_STATE));
    sheet.add(&PAYMENT_ORDERS, |m| {
        explain_all(view, totals, totals.created_timeless, m.share(totals.created_paid, totals.created, NO_ORDERS));
        paid_stands_in(view, m);
        check(m, unknown);
    });
    sheet.add(&PAYMENT_AMOUNT, |m| {
        let (paid, ordered) = (totals.all_created_amount, totals.all_ordered);
        explain_all(view, totals, totals.created_timeless, m.over(yuan(paid.cents), yuan(ordered.cents), nothing(ordered)));
        m.left_out("no-amount", totals.incomparable);
        let none_of_paid = || (totals.created_paid > 0 && paid.known == 0).then_some(NO_ORDERED);
        check(m, unknown.or(lacks_ordered(view, ordered)).or(lacks_paid(view, paid)).or_else(none_of_paid));
    });
}

fn delay(view: &View, window: Window, totals: &Totals, sheet: &mut Sheet) {
    let mut seconds: Vec<i64> = Vec::new();
    let (mut unknown, mut backwards) = (0, 0);
    delays(view, window, |_, delay| match delay {
        NONE => unknown += 1,
        0.. => seconds.push(delay),
        _ => backwards += 1,
    });
    sheet.add(&DELAY, |m| {
        if let Some(median) = stats::median(&mut seconds) {
            m.plain(median);
            (m.numerator, m.denominator) = (None, Some(seconds.len() as f64));
        } else {
            m.unavailable(if unknown > 0 { NO_DELAY } else { NOTHING_PAID });
        }
        explain_all(view, totals, unknown, m);
        m.left_out("paid-before-created", backwards);
        check(m, view.lacks_placed().or(view.lacks_clock()));
    });
}

/// The paid orders of a window with the seconds from creation to payment: [`NONE`] where they are unknown, negative where an order
/// was paid before it was created.
pub(super) fn delays(view: &View, window: Window, mut take: impl FnMut(u32, i64)) {
    for row in view.rows().filter(|row| row.is_paid() && window.contains(row.paid)) {
        let time = |column: &[i64]| column.get(row.at as usize).copied().unwrap_or(NONE);
        let (created, paid) = (time(&view.orders.created_at), time(&view.orders.paid_at));
        take(row.at, if created == NONE || paid == NONE { NONE } else { paid.saturating_sub(created).max(NONE + 1) });
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        metric::{Facts, Figures, Options, measure},
        order,
    };
    use alloc::{format, vec::Vec};

    fn figures(csv: &str) -> Figures {
        let orders = order::read("orders.csv", csv.as_bytes(), &order::OrderOptions::default()).orders;
        measure(&Facts { orders, ..Facts::default() }, &Options::default())
    }

    #[test]
    fn closed_orders_of_an_export_without_payments_may_have_been_refunded() {
        let taobao = "订单编号,支付单号,买家应付货款,总金额,订单状态,收货地址,订单创建时间,商品标题\n\
                      351531314732911,20,88,88,交易成功,浙江,2025-03-01 10:00:00,杯\n";
        let closed = "351531314732912,21,66,66,交易关闭,浙江,2025-03-02 10:00:00,碗\n";
        let refunds = |csv: &str| figures(csv).get("refund.order_rate").unwrap().clone();
        let unknown = refunds(&format!("{taobao}{closed}"));
        assert_eq!(unknown.value, None);
        assert!(unknown.why.unwrap().contains("does not say what was refunded"));
        assert_eq!(refunds(taobao).value, Some(0.0));
        // The states say which are paid, as ever.
        assert_eq!(figures(&format!("{taobao}{closed}")).get("payment.order_rate").unwrap().value, Some(0.5));
        // Other exports have a word for what was paid back, or say what was paid.
        let own = "order_id,state,created_at\n1,交易成功,2025-03-01\n2,已取消,2025-03-02\n3,退款成功,2025-03-02\n";
        assert_eq!(refunds(own).value, Some(0.5));
        let amounts = "order_id,state,created_at,paid_amount\n1,交易成功,2025-03-01,5\n2,已取消,2025-03-02,0\n";
        assert_eq!(refunds(amounts).value, Some(0.0));
    }

    /// 20 of the 60 yuan of one of two orders, of which after-sale columns say no more than that the refund went through.
    #[test]
    fn the_amount_says_how_much_an_after_sale_gave_back() {
        let taobao = "子订单编号,主订单编号,买家会员名,商品标题,购买数量,订单状态,退款状态,退款金额,买家应付货款,买家实付金额,订单创建时间,订单付款时间,退款原因
21,2,甲,茶杯,2,交易成功,退款成功,20.00,60.00,60.00,2026-02-01 10:00:00,2026-02-01 10:00:05,少件
31,3,乙,茶杯,2,交易成功,没有申请退款,0,60.00,60.00,2026-02-01 10:00:00,2026-02-01 10:00:05,
";
        let own = "订单编号,买家,下单时间,付款时间,实付金额,退款金额,售后状态,商品,数量,状态
1,甲,2026-02-01 10:00:00,2026-02-01 10:00:10,60,20,退款成功,茶杯,2,已完成
2,乙,2026-02-01 10:00:00,2026-02-01 10:00:10,60,,,茶杯,2,已完成
";
        // Neither tells when or whether it was paid, but who gets money back has paid.
        let bare = "订单编号,买家,实付金额,退款金额,售后状态,商品,状态\n1,甲,60,20,退款成功,茶杯,\n2,乙,60,,,茶杯,已完成\n";
        let douyin = "主订单编号,子订单编号,选购商品,商品数量,订单应付金额,订单提交时间,支付完成时间,订单状态,售后状态
1,11,茶杯,2,60,2026-02-01 10:00:00,2026-02-01 10:00:10,已完成,退款成功
2,21,茶杯,2,60,2026-02-01 10:00:00,2026-02-01 10:00:10,已完成,-
";
        let ticket = "售后单号,订单号,商品单号,退商品金额（元）,售后类型,售后状态,售后原因\n1,1,11,20,仅退款,退款成功,少件\n";
        let read = |csv: &str| order::read("a.csv", csv.as_bytes(), &Default::default()).orders;
        for (list, tickets) in [(taobao, None), (own, None), (bare, None), (douyin, Some(ticket))] {
            let mut orders = read(list);
            tickets.into_iter().for_each(|tickets| {
                orders.merge(read(tickets));
            });
            let found = measure(&Facts { orders, ..Facts::default() }, &Options::default());
            let of = |id: &str| found.get(id).map(|m| (m.numerator.unwrap_or(0.0), m.denominator)).unwrap();
            assert_eq!((of("orders.paid").0, of("sales.paid_amount").0, of("sales.net_amount").0), (2.0, 120.0, 100.0), "{list}");
            assert_eq!(of("refund.order_rate"), (1.0, Some(2.0)), "{list}");
            let rates: Vec<_> = found.metrics.iter().filter(|m| m.id == "refund.amount_rate").map(|m| m.numerator).collect();
            assert_eq!(rates, [Some(20.0), Some(20.0)], "of the shop and of its one product: {list}");
            assert!(found.tables.refund_reasons.iter().all(|row| row.amount == Some(20.0)), "{list}");
        }
        // Where nobody says how much, it was all, and of an order that was closed as well.
        let mut closed = read(&douyin.replace("已完成,退款成功", "已关闭,退款成功"));
        closed.merge(read(ticket));
        for orders in [read(douyin), closed] {
            assert_eq!(
                measure(&Facts { orders, ..Facts::default() }, &Options::default()).get("refund.amount_rate").unwrap().value,
                Some(0.5)
            );
        }
    }

    #[test]
    fn what_is_missing_is_told_as_it_is() {
        let why = |row: &str, id: &str| {
            let csv = format!("订单编号,买家会员名,买家应付货款,买家实际支付金额,订单状态,订单创建时间,订单付款时间\n{row}\n");
            figures(&csv).get(id).unwrap().why.clone().unwrap_or_default()
        };
        for row in ["1,甲,10,0,等待买家付款,2026-01-05 10:00:00,", "1,甲,10,0,交易关闭,2026-01-05 10:00:00,"] {
            assert!(why(row, "payment.delay_median").contains("no order was paid"), "{row}");
        }
        assert!(why("1,甲,10,10,交易成功,,2026-01-05 10:01:00", "payment.delay_median").contains("export both columns"));
        let free = "1,甲,0,0,交易成功,2026-01-05 10:00:00,2026-01-05 10:01:00";
        for id in ["payment.amount_rate", "refund.amount_rate"] {
            assert!(why(free, id).contains("are of 0"), "{id}");
        }
    }

    #[test]
    fn masked_buyers_are_told_from_missing_ones() {
        let why = |csv: &str| figures(csv).get("repurchase.customer_rate").unwrap().why.clone();
        let masked = why("订单编号,买家会员名,订单付款时间,买家实际支付金额\n1,t**,2024-03-01,5\n2,甲**,2024-03-02,5\n");
        assert!(masked.unwrap().contains("all buyer names are masked"));
        let some = why("订单编号,买家会员名,订单付款时间,买家实际支付金额\n1,t**,2024-03-01,5\n2,甲,2024-03-02,5\n");
        assert_eq!(some, None);
        let none = why("订单编号,订单付款时间,买家实际支付金额\n1,2024-03-01,5\n");
        assert!(none.unwrap().contains("the export names no buyers"));
    }

    #[test]
    fn amounts_are_compared_of_the_same_orders() {
        let found = figures(
            "order_id,buyer,state,paid_at,created_at,ordered_amount,paid_amount,refund_amount
1,甲,交易成功,2025-03-01,2025-03-01,100,90,
2,甲,交易成功,2025-03-01,2025-03-01,100,,40
3,乙,交易成功,2025-03-01,2025-03-01,70,,
4,丙,等待买家付款,,2025-03-01,50,,
5,丙,交易成功,2025-03-01,2025-03-01,,30,
",
        );
        let of = |id: &str| {
            let metric = found.get(id).unwrap();
            let left_out = metric.excluded.iter().map(|e| (e.reason, e.count)).collect::<Vec<_>>();
            ((metric.numerator.unwrap(), metric.denominator), left_out)
        };
        // 2 and 3 were paid, nobody knows how much; of 5 nobody knows what was ordered.
        assert_eq!(of("payment.amount_rate"), ((90.0, Some(150.0)), [("no-amount", 3)].to_vec()));
        assert_eq!(of("refund.amount_rate"), ((0.0, Some(120.0)), [("no-amount", 2)].to_vec()));
        assert!(found.get("refund.amount_rate").unwrap().standard.contains("退了多少不在内"));
        assert_eq!(of("sales.net_amount"), ((120.0, None), [("no-amount", 2)].to_vec()));
        assert_eq!(of("sales.per_order"), ((120.0, Some(2.0)), [("no-amount", 2)].to_vec()));
        // Of what 乙 bought no amount is known.
        assert_eq!(of("sales.per_buyer"), ((120.0, Some(2.0)), [("no-amount", 2)].to_vec()));
    }

    #[test]
    fn a_part_refund_of_unknown_amount_is_a_refund() {
        // 售后状态 says so, as Pinduoduo and Youzan write it.
        let found = figures(
            "订单号,订单状态,售后状态,支付时间,用户实付金额(元)
1,已收货,部分退款,2025-03-01 10:00:00,100
2,已收货,无售后或售后取消,2025-03-01 10:00:00,50
3,待收货,部分退款成功,2025-03-01 10:00:00,
",
        );
        let of = |id: &str| {
            let metric = found.get(id).unwrap();
            let left_out = metric.excluded.iter().map(|e| (e.reason, e.count)).collect::<Vec<_>>();
            (metric.numerator.or(metric.value).unwrap(), metric.denominator, left_out)
        };
        assert_eq!(of("refund.order_rate"), (2.0, Some(3.0), [].to_vec()));
        assert_eq!(of("refund.amount_rate"), (0.0, Some(50.0), [("no-amount", 2)].to_vec()));
        assert!(found.get("refund.amount_rate").unwrap().standard.contains("退了多少不在内"));
        assert_eq!(of("sales.net_amount"), (50.0, None, [("no-amount", 2)].to_vec()));
        assert_eq!(of("sales.paid_amount").0, 150.0);
        // Where all are such it is the amounts given back that lack, not those paid.
        let found = figures("订单号,订单状态,售后状态,支付时间,用户实付金额(元)\n1,已收货,部分退款,2025-03-01 10:00:00,100\n");
        for id in ["refund.amount_rate", "sales.net_amount"] {
            let why = found.get(id).unwrap().why.as_deref().unwrap();
            assert!(why.contains("退款金额"), "{id}: {why}");
        }
    }

    #[test]
    fn a_share_of_nothing_known_is_unknown() {
        let rate = |rows: &str| {
            figures(&format!("order_id,state,created_at,ordered_amount,paid_amount\n{rows}")).get("payment.amount_rate").unwrap().value
        };
        assert_eq!(rate("1,交易成功,2025-03-01,,30\n2,等待买家付款,2025-03-01,50,\n"), None);
        assert_eq!(rate("1,交易成功,2025-03-01,30,\n2,等待买家付款,2025-03-01,50,\n"), None);
        assert_eq!(rate("2,等待买家付款,2025-03-01,50,\n3,交易成功,2025-03-01,50,50\n"), Some(0.5));
    }

    #[test]
    fn what_counts_is_not_left_out() {
        let found = figures("order_id,buyer,state,created_at\n1,甲,交易成功,2025-03-01\n2,乙,飞走了,2025-03-02\n");
        let excluded = |id: &str| found.get(id).unwrap().excluded.iter().map(|e| (e.reason, e.count)).collect::<Vec<_>>();
        assert_eq!(found.get("orders.created").unwrap().value, Some(2.0));
        assert_eq!(excluded("orders.created"), []);
        assert_eq!(excluded("orders.paid"), [("unknown-state", 1)]);
    }
}
