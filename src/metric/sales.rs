//! Orders and sales.
//!
//! Five orders: one paid after 2 minutes, one paid after 4 and refunded in part, one refunded as a whole, one unpaid, one paid
//! after 12 minutes by a buyer who had bought before.
//!
//! ```
//! use huashu::{metric::{Facts, Options, Refunded, measure}, order};
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
//! assert_eq!(value("orders.created"), 5.0);
//! assert_eq!(value("orders.paid"), 3.0); // without the one refunded as a whole
//! assert_eq!(value("orders.buyers"), 2.0);
//! assert_eq!(value("orders.purchase_days"), 3.0); // 甲 on the 5th and the 7th, 乙 on the 5th
//! assert_eq!(value("sales.ordered_amount"), 110.0 + 80.0 + 40.0 + 60.0);
//! assert_eq!(value("sales.paid_amount"), 100.0 + 80.0 + 60.0);
//! assert_eq!(value("sales.net_amount"), 240.0 - 30.0);
//! assert_eq!(value("sales.per_buyer"), 240.0 / 2.0);
//! assert_eq!(value("sales.per_order"), 240.0 / 3.0);
//! assert_eq!(value("sales.items_per_order"), (1.0 + 3.0 + 2.0) / 3.0);
//! let refunded = Options { refunded: Refunded::Include, ..Options::default() };
//! assert_eq!(measure(&facts, &refunded).get("sales.paid_amount").unwrap().value, Some(290.0));
//! ```
//!
//! Growth compares with the period before: 80 yuan per order after 100 is −20 %.
//!
//! ```
//! use huashu::{metric::{Facts, Options, Period, measure}, order};
//! let csv = "order_id,buyer,paid_at,paid_amount\n1,甲,2026-01-05 10:00:00,100\n2,乙,2026-01-06 10:00:00,80\n";
//! let facts = Facts { orders: order::read("a.csv", csv.as_bytes(), &Default::default()).orders, ..Facts::default() };
//! let figures = measure(&facts, &Options { period: Period::parse("2026-01-06..2026-01-06"), ..Options::default() });
//! assert_eq!(figures.get("sales.per_order").unwrap().previous, Some(Some(100.0)));
//! assert_eq!(figures.get("sales.per_order_growth").unwrap().value, Some(-0.2));
//! ```
use super::{
    buyers::Buyers,
    figure::{Definition, Metric, Sheet, yuan},
    select::{View, Window},
    talk::Parts,
    totals::{NO_ORDERS, NO_REFUND, Sum, Totals, check, explain, explain_each, lacks_ordered, lacks_paid, lacks_returned, paid_stands_in},
};
use crate::{
    order::{NONE, Names},
    sort,
    time::Time,
};
use alloc::{vec, vec::Vec};

const CREATED: Definition = Definition {
    id: "orders.created",
    title: "下单笔数",
    title_en: "Orders created",
    unit: "orders",
    formula: "期内创建的订单数，含未付款与退款 / orders created in the period, unpaid and refunded ones included",
};
const PAID: Definition = Definition {
    id: "orders.paid",
    title: "付款笔数",
    title_en: "Paid orders",
    unit: "orders",
    formula: "期内付款的订单数 / orders paid in the period",
};
const BUYERS: Definition = Definition {
    id: "orders.buyers",
    title: "付款买家数",
    title_en: "Buyers",
    unit: "buyers",
    formula: "期内有付款订单的买家数，去重 / distinct buyers with a paid order in the period",
};
const PURCHASE_DAYS: Definition = Definition {
    id: "orders.purchase_days",
    title: "购买日数",
    title_en: "Purchase days",
    unit: "days",
    formula: "每个买家有付款订单的不同日期数之和 / each buyer's distinct days with a paid order, summed",
};
const ORDERED_AMOUNT: Definition = Definition {
    id: "sales.ordered_amount",
    title: "下单金额",
    title_en: "Ordered amount",
    unit: "yuan",
    formula: "期内创建的订单的下单金额之和 / ordered amounts of the orders created in the period, summed",
};
const PAID_AMOUNT: Definition = Definition {
    id: "sales.paid_amount",
    title: "付款金额",
    title_en: "Paid amount",
    unit: "yuan",
    formula: "期内付款的订单的实付金额之和，部分退款不扣 / paid amounts of the paid orders, summed; part refunds are not taken off",
};
const NET_AMOUNT: Definition = Definition {
    id: "sales.net_amount",
    title: "净销售额",
    title_en: "Net amount",
    unit: "yuan",
    formula: "付款金额 − 退款金额 / paid amount − refunded amount",
};
pub(super) const PER_BUYER: Definition = Definition {
    id: "sales.per_buyer",
    title: "客单价",
    title_en: "Amount per buyer",
    unit: "yuan",
    formula: "付款金额 ÷ 有实付金额的付款买家数 / paid amount ÷ buyers with a known paid amount",
};
const PER_ORDER: Definition = Definition {
    id: "sales.per_order",
    title: "笔单价",
    title_en: "Amount per order",
    unit: "yuan",
    formula: "付款金额 ÷ 有实付金额的付款笔数 / paid amount ÷ paid orders with a known amount",
};
const GROWTH: Definition = Definition {
    id: "sales.per_order_growth",
    title: "笔单价提升率",
    title_en: "Growth of the amount per order",
    unit: "ratio",
    formula: "（本期笔单价 − 上期笔单价）÷ 上期笔单价 / (amount per order − that of the period before) ÷ that of the period before",
};
const ITEMS: Definition = Definition {
    id: "sales.items_per_order",
    title: "连带件数",
    title_en: "Items per order",
    unit: "items",
    formula: "付款订单的商品件数之和 ÷ 付款笔数 / pieces in paid orders ÷ paid orders",
};

pub(super) const DEFINITIONS: &[Definition] =
    &[CREATED, PAID, BUYERS, PURCHASE_DAYS, ORDERED_AMOUNT, PAID_AMOUNT, NET_AMOUNT, PER_BUYER, PER_ORDER, GROWTH, ITEMS];

const NO_QUANTITY: &str =
    "导出里没有购买数量：请导出带商品件数的报表 / the export has no quantities: export the orders with the number of pieces";

pub(super) fn figures(view: &View, window: Window, totals: &Totals, buyers: &Buyers, sheet: &mut Sheet) {
    of_orders(view, totals, buyers, sheet);
    net(view, totals, sheet);
    by_time(view, window, sheet);
    items(view, window, totals, sheet);
}

/// Those that orders and their buyers tell.
pub(super) fn of_orders(view: &View, totals: &Totals, buyers: &Buyers, sheet: &mut Sheet) {
    orders(view, totals, buyers, sheet);
    amounts(view, totals, buyers, sheet);
}

fn orders(view: &View, totals: &Totals, buyers: &Buyers, sheet: &mut Sheet) {
    sheet.add(&CREATED, |m| {
        explain_each(view, totals.created_timeless, m.count(totals.created));
        paid_stands_in(view, m);
        check(m, view.lacks_placed());
    });
    sheet.add(&PAID, |m| {
        explain(view, totals, m.count(totals.paid));
        check(m, view.lacks_placed());
    });
    sheet.add(&BUYERS, |m| {
        explain(view, totals, m.count(buyers.with_orders().count() as u64));
        view.explain_buyers(m);
        m.left_out("no-buyer", totals.nobody);
        check(m, view.lacks_buyers().or(view.lacks_placed()));
    });
    sheet.add(&PURCHASE_DAYS, |m| {
        m.standard("同一买家同日订单合并 / orders of one buyer and day merged");
        explain(view, totals, m.count(buyers.each.iter().map(|b| u64::from(b.days)).sum()));
        view.explain_buyers(m);
        m.left_out("no-buyer", totals.nobody).left_out("no-time", buyers.timeless);
        check(m, view.lacks_buyers().or(view.lacks_times()));
    });
}

fn amounts(view: &View, totals: &Totals, buyers: &Buyers, sheet: &mut Sheet) {
    sheet.add(&ORDERED_AMOUNT, |m| {
        view.explain_refunded(m.sum(totals.ordered));
        view.explain(m);
        m.left_out("refunded", totals.refunded_created).left_out("no-time", totals.created_timeless);
        m.left_out("no-amount", totals.ordered.unknown);
        check(m, lacks_ordered(view, totals.ordered));
    });
    sheet.add(&PAID_AMOUNT, |m| {
        explain(view, totals, m.sum(totals.amount));
        m.left_out("no-amount", totals.amount.unknown);
        check(m, lacks_paid(view, totals.amount));
    });
    sheet.add(&PER_BUYER, |m| {
        let count = buyers.each.iter().filter(|buyer| buyer.priced > 0).count();
        explain(view, totals, m.over(yuan(totals.amount_of_buyers.cents), count as f64, NO_ORDERS));
        view.explain_buyers(m);
        m.left_out("no-buyer", totals.nobody).left_out("no-amount", totals.amount_of_buyers.unknown);
        check(m, view.lacks_buyers().or(lacks_paid(view, totals.amount_of_buyers)));
    });
    sheet.add(&PER_ORDER, |m| {
        explain(view, totals, m.over(yuan(totals.amount.cents), totals.amount.known as f64, NO_ORDERS));
        m.left_out("no-amount", totals.amount.unknown);
        check(m, lacks_paid(view, totals.amount));
    });
    sheet.add(&GROWTH, |m| {
        explain(view, totals, m);
        m.unavailable("增长需要与上期比较：请给出统计期间 / growth compares with the period before: give a period");
    });
}

/// What is left of the paid amount.
pub(super) fn net(view: &View, totals: &Totals, sheet: &mut Sheet) {
    sheet.add(&NET_AMOUNT, |m| {
        let net = totals.net();
        m.sum(net);
        if !view.orders.fields.refund_amount {
            m.standard(
                "导出无退款金额，按状态扣除整单退款 / no refunded amounts in the export: whole refunds are taken off by their state",
            );
        }
        explain(view, totals, m);
        m.left_out("no-amount", net.unknown);
        check(m, lacks_returned(totals, net).or(lacks_paid(view, net)).or((!view.knows_refunds()).then_some(NO_REFUND)));
    });
}

/// Fills in the growth once the period before is known.
pub(super) fn growth(sheet: &mut Sheet) {
    let Some((value, previous)) =
        sheet.metrics.iter().find(|m| m.id == PER_ORDER.id && m.by.is_none()).map(|m| (m.value, m.previous.flatten()))
    else {
        return;
    };
    let Some(metric) = sheet.metrics.iter_mut().find(|m| m.id == GROWTH.id && m.by.is_none()) else { return };
    match (value, previous) {
        (Some(value), Some(previous)) => {
            metric.over(value - previous, previous, "上期笔单价为 0 / the amount per order was 0 in the period before");
        }
        (None, _) => {
            metric.unavailable("本期没有笔单价 / there is no amount per order in this period");
        }
        (_, None) => {
            metric.unavailable(
                "上期没有可比的订单：请导出包含上期的订单 / nothing to compare with: export the orders of the period before as well",
            );
        }
    }
}

/// Orders and amounts by the hour and weekday of the payment.
fn by_time(view: &View, window: Window, sheet: &mut Sheet) {
    let agents = Names::default();
    let parts = Parts::new(&agents);
    let mut sums: Vec<(u64, Sum)> = parts.sums();
    // Exports that write days alone put every order at midnight.
    let mut clock = false;
    for row in view.rows().filter(|row| view.counts(row) && window.contains(row.paid)) {
        let time = view.times(&row).1;
        let at = if time == NONE { None } else { Some(Time::from_seconds(time)) };
        clock |= at.is_some_and(|at| at.of_day() != 0);
        for part in parts.of(None, at) {
            if let Some((orders, amount)) = sums.get_mut(part) {
                *orders += 1;
                amount.add(row.paid_amount);
            }
        }
    }
    for (part, (orders, amount)) in sums.into_iter().enumerate().filter(|(part, (orders, _))| *part > 0 && *orders > 0) {
        let by = parts.name(part, &agents);
        if !clock && by.as_ref().is_some_and(|by| by.kind == "hour") {
            continue;
        }
        let explain = |m: &mut Metric| {
            m.standard("按付款时间，无付款时间的按创建时间 / by the time of payment, else of creation");
            view.explain_refunded(m);
            check(m, view.lacks_times());
        };
        sheet.add_by(&PAID, by.clone(), |m| explain(m.count(orders)));
        sheet.add_by(&PAID_AMOUNT, by, |m| {
            explain(m.sum(amount));
            m.left_out("no-amount", amount.unknown);
            check(m, lacks_paid(view, amount));
        });
    }
}

fn items(view: &View, window: Window, totals: &Totals, sheet: &mut Sheet) {
    let (quantities, unknown, unknown_orders) = quantities(view, window);
    let (orders, thousandths) =
        quantities.iter().flatten().fold((0_u64, 0_i128), |(n, sum), quantity| (n + 1, sum + i128::from(*quantity)));
    sheet.add(&ITEMS, |m| {
        explain(view, totals, m.over(thousandths as f64 / 1000.0, orders as f64, NO_ORDERS));
        m.left_out("no-quantity", unknown).left_out("no-lines", totals.paid.saturating_sub(orders + unknown_orders));
        check(m, view.lacks_placed().or((orders == 0 && totals.paid > 0).then_some(NO_QUANTITY)));
    });
}

/// Per order its pieces, in thousandths, where it counts and any are known; how many lines have no quantity, and of how many orders none
/// has one.
pub(super) fn quantities(view: &View, window: Window) -> (Vec<Option<i64>>, u64, u64) {
    let lines = &view.orders.lines;
    let mut sums = vec![None; view.orders.len()];
    let mut unknown: Vec<u32> = Vec::new();
    for ((&order, &quantity), &amount) in lines.order.iter().zip(&lines.quantity).zip(&lines.amount) {
        if view.counted_on(order, window).is_none() || (view.drops_zero() && amount == 0) {
            continue;
        }
        if quantity == NONE {
            unknown.push(order);
        } else if let Some(sum) = sums.get_mut(order as usize) {
            *sum = Some(sum.unwrap_or(0_i64).saturating_add(quantity));
        }
    }
    let lines = unknown.len() as u64;
    sort::plain(&mut unknown);
    unknown.dedup();
    let without = unknown.iter().filter(|order| sums.get(**order as usize).is_some_and(Option::is_none)).count() as u64;
    (sums, lines, without)
}

#[cfg(test)]
mod tests {
    use crate::metric::{Facts, Options, Period, Status, measure, sample::orders};
    use alloc::vec::Vec;

    #[test]
    fn orders_by_hour_and_weekday_of_payment() {
        let rows = "order_id,buyer,paid_at,paid_amount\n1,甲,2026-01-05 10:00:00,10\n2,乙,2026-01-05 10:59:59,5\n3,丙,2026-01-11 11:00:00,1\n4,丁,,1\n";
        let figures = measure(&Facts { orders: orders(rows), ..Facts::default() }, &Options::default());
        let of = |kind: &str, name: &str| {
            let by = |id: &str| {
                let found =
                    figures.metrics.iter().find(|m| m.id == id && m.by.as_ref().is_some_and(|by| by.kind == kind && by.name == name));
                found.and_then(|m| m.value)
            };
            (by("orders.paid"), by("sales.paid_amount"))
        };
        assert_eq!(of("hour", "10"), (Some(2.0), Some(15.0)));
        assert_eq!(of("hour", "11"), (Some(1.0), Some(1.0)));
        assert_eq!(of("weekday", "1"), (Some(2.0), Some(15.0)));
        assert_eq!(of("weekday", "7"), (Some(1.0), Some(1.0)));
        assert_eq!(of("hour", "9"), (None, None));
    }

    #[test]
    fn empty_amounts_are_not_a_missing_column() {
        let why = |rows: &str, period: Option<&str>| {
            let options = Options { period: period.and_then(Period::parse), ..Options::default() };
            measure(&Facts { orders: orders(rows), ..Facts::default() }, &options).get("sales.paid_amount").unwrap().why.clone()
        };
        let rows = "order_id,buyer,paid_at,paid_amount\n1,甲,2026-01-05 10:00:00,10\n2,乙,2026-01-06 10:00:00,\n";
        assert!(why(rows, Some("2026-01-06..2026-01-06")).unwrap().contains("are empty"));
        assert_eq!(why(rows, Some("2026-01-05..2026-01-06")), None);
        assert!(why("order_id,buyer,paid_at\n1,甲,2026-01-05 10:00:00\n", None).unwrap().contains("has no paid amounts"));
    }

    #[test]
    fn an_unknown_amount_is_in_no_hour() {
        let rows =
            "order_id,buyer,paid_at,paid_amount\n1,甲,2026-01-05 10:00:00,10\n2,乙,2026-01-05 10:30:00,\n3,丙,2026-01-05 11:00:00,\n";
        let figures = measure(&Facts { orders: orders(rows), ..Facts::default() }, &Options::default());
        let of = |name: &str| {
            let is = |m: &&crate::metric::Metric| {
                m.id == "sales.paid_amount" && m.by.as_ref().is_some_and(|by| by.kind == "hour" && by.name == name)
            };
            let m = figures.metrics.iter().find(is).unwrap();
            let unknown: u64 = m.excluded.iter().filter(|left| left.reason == "no-amount").map(|left| left.count).sum();
            (m.value, m.status, unknown)
        };
        assert_eq!(of("10"), (Some(10.0), Status::Ok, 1));
        assert_eq!(of("11"), (None, Status::Unavailable, 1));
    }

    #[test]
    fn without_times_a_period_is_unknown_and_not_empty() {
        let facts = Facts { orders: orders("order_id,buyer,paid_amount\n1,甲,10\n2,乙,5\n"), ..Facts::default() };
        assert_eq!(measure(&facts, &Options::default()).get("orders.created").unwrap().value, Some(2.0));
        let figures = measure(&facts, &Options { period: Period::parse("2026-01-01..2026-01-31"), ..Options::default() });
        for metric in &figures.metrics {
            assert_eq!((metric.value, metric.status), (None, Status::Unavailable), "{}", metric.id);
        }
        assert!(figures.get("orders.paid").unwrap().why.as_deref().unwrap().contains("no times"));
    }

    #[test]
    fn a_column_that_is_missing_is_unknown_in_an_empty_period_too() {
        let rows = "order_id,buyer,paid_at,paid_amount\n1,甲,2026-01-05 10:00:00,10\n2,甲,2026-03-05 10:00:00,10\n";
        let facts = Facts { orders: orders(rows), ..Facts::default() };
        let figures = measure(&facts, &Options { period: Period::parse("2026-02-01..2026-02-28"), ..Options::default() });
        assert_eq!(figures.get("sales.paid_amount").unwrap().value, Some(0.0));
        assert_eq!(figures.get("sales.ordered_amount").unwrap().value, None);
    }

    #[test]
    fn an_order_without_quantities_is_left_out_once() {
        let rows = "order_id,buyer,paid_at,paid_amount,sku,quantity\n1,甲,2026-01-05 10:00:00,10,a,2\n2,乙,2026-01-05 10:00:00,5,a,\n3,丙,2026-01-05 10:00:00,5,a,\n3,丙,2026-01-05 10:00:00,5,b,1\n";
        let figures = measure(&Facts { orders: orders(rows), ..Facts::default() }, &Options::default());
        let items = figures.get("sales.items_per_order").unwrap();
        assert_eq!(items.excluded.iter().map(|e| (e.reason, e.count)).collect::<Vec<_>>(), [("no-quantity", 2)]);
    }
}
