//! Repurchase rates (U7), each under its own standard.
//!
//! The seed's own figures: 3,500 of 10,000 customers bought on two days or more, which is 35 %; and of 10,000 orders 3,500
//! were second ones and 500 third ones, which is 40 %.
//!
//! ```
//! use huashu::{metric::{Facts, Options, measure}, order};
//! let table = |rows: String| order::read("a.csv", format!("order_id,buyer,paid_at,paid_amount\n{rows}").as_bytes(), &Default::default()).orders;
//! let value = |orders, id: &str| measure(&Facts { orders, ..Facts::default() }, &Options::default()).get(id).unwrap().value.unwrap();
//!
//! let mut rows = String::new();
//! for buyer in 0..10_000 {
//!     rows += &format!("{buyer}a,b{buyer},2015-03-01 10:00:00,1\n");
//!     if buyer < 3_500 {
//!         rows += &format!("{buyer}b,b{buyer},2015-09-01 10:00:00,1\n");
//!     }
//! }
//! assert_eq!(value(table(rows), "repurchase.customer_rate"), 0.35);
//!
//! let mut rows = String::new();
//! for buyer in 0..6_000 {
//!     let orders = if buyer < 500 { 3 } else if buyer < 3_500 { 2 } else { 1 };
//!     for order in 0..orders {
//!         rows += &format!("{buyer}-{order},b{buyer},2015-03-01 10:00:00,1\n");
//!     }
//! }
//! assert_eq!(value(table(rows), "repurchase.order_rate"), 0.40);
//! ```
//!
//! Merged or not: 甲 ordered twice on one day, 乙 on two days, 丙 once. Of 5 orders on 4 purchase days, merged 1 of 3 buyers and
//! 1 of 4 days is a repurchase; unmerged 2 of 3 buyers and 2 of 5 orders are.
//!
//! ```
//! use huashu::{metric::{Facts, Options, Period, measure}, order};
//! let csv = "order_id,buyer,paid_at,paid_amount
//! 1,甲,2026-01-05 10:00:00,1
//! 2,甲,2026-01-05 10:05:00,1
//! 3,乙,2026-01-05 10:00:00,1
//! 4,乙,2026-02-05 10:00:00,1
//! 5,丙,2026-01-06 10:00:00,1
//! ";
//! let facts = Facts { orders: order::read("a.csv", csv.as_bytes(), &Default::default()).orders, ..Facts::default() };
//! let figures = measure(&facts, &Options::default());
//! let value = |id: &str| figures.get(id).unwrap().value.unwrap();
//! assert_eq!(value("repurchase.customer_rate"), 1.0 / 3.0);
//! assert_eq!(value("repurchase.customer_rate_unmerged"), 2.0 / 3.0);
//! assert_eq!(value("repurchase.order_rate"), 2.0 / 5.0);
//! assert_eq!(value("repurchase.order_rate_merged"), 1.0 / 4.0);
//!
//! // Within February 乙 bought once; over all history up to its end 乙 has returned.
//! let figures = measure(&facts, &Options { period: Period::parse("2026-02-01..2026-02-28"), ..Options::default() });
//! assert_eq!(figures.get("repurchase.customer_rate").unwrap().value, Some(0.0));
//! assert_eq!(figures.get("repurchase.returning_rate").unwrap().value, Some(1.0 / 3.0));
//! ```

use super::{
    buyers::{Buyers, Purchases},
    figure::{Definition, Metric, Sheet},
    select::{View, Window},
};

const CUSTOMER: Definition = Definition {
    id: "repurchase.customer_rate",
    title: "复购率（按客户）",
    title_en: "Repurchase rate by customers",
    unit: "ratio",
    formula: "期内有 2 个及以上购买日的买家 ÷ 期内有购买日的买家 / buyers with two or more purchase days ÷ buyers with a purchase day",
};
const CUSTOMER_UNMERGED: Definition = Definition {
    id: "repurchase.customer_rate_unmerged",
    title: "复购率（按客户，同日不合并）",
    title_en: "Repurchase rate by customers, days not merged",
    unit: "ratio",
    formula: "期内有 2 笔及以上订单的买家 ÷ 期内有订单的买家 / buyers with two or more orders ÷ buyers with an order",
};
const ORDER: Definition = Definition {
    id: "repurchase.order_rate",
    title: "复购率（按订单）",
    title_en: "Repurchase rate by orders",
    unit: "ratio",
    formula: "（订单数 − 买家数）÷ 订单数 / (orders − buyers) ÷ orders",
};
const ORDER_MERGED: Definition = Definition {
    id: "repurchase.order_rate_merged",
    title: "复购率（按订单，同日合并）",
    title_en: "Repurchase rate by orders, days merged",
    unit: "ratio",
    formula: "（购买日数 − 买家数）÷ 购买日数 / (purchase days − buyers) ÷ purchase days",
};
const RETURNING: Definition = Definition {
    id: "repurchase.returning_rate",
    title: "历史复购率（回头客占比）",
    title_en: "Returning customers over all history",
    unit: "ratio",
    formula: "截至期末的全部历史中有 2 个及以上购买日的买家 ÷ 全部买家 / buyers with two or more purchase days in all history up to the period's end ÷ all buyers",
};

pub(super) const DEFINITIONS: &[Definition] = &[CUSTOMER, CUSTOMER_UNMERGED, ORDER, ORDER_MERGED, RETURNING];

const MERGED: &str = "同一买家同日订单合并 / orders of one buyer and day merged";
const UNMERGED: &str = "同日订单不合并 / orders of one day not merged";
const EMPTY: &str = "期内没有可计的订单 / no order to count in this period";

#[derive(Default)]
struct Counts {
    orders: u64,
    buyers: u64,
    again: u64,
    days: u64,
    dated: u64,
    returning: u64,
}

impl Counts {
    fn of(buyers: &Buyers) -> Self {
        let mut counts = Self::default();
        for buyer in buyers.with_orders() {
            counts.buyers += 1;
            counts.orders += u64::from(buyer.orders);
            counts.again += u64::from(buyer.orders >= 2);
            counts.days += u64::from(buyer.days);
            counts.dated += u64::from(buyer.days >= 1);
            counts.returning += u64::from(buyer.days >= 2);
        }
        counts
    }
}

pub(super) fn figures(view: &View, window: Window, purchases: &Purchases, buyers: &Buyers, sheet: &mut Sheet) {
    let counts = Counts::of(buyers);
    let explain = |buyers: &Buyers, metric: &mut Metric, standard: &str, dated: bool| {
        metric.standard(standard);
        view.explain_refunded(metric);
        view.explain(metric);
        view.explain_buyers(metric);
        metric.left_out("refunded", buyers.refunded).left_out("no-buyer", buyers.nobody);
        if dated {
            metric.left_out("no-time", buyers.timeless);
        }
        if let Some(why) = view.lacks_buyers() {
            metric.unavailable(why);
        } else if let Some(why) = view.lacks_times().filter(|_| dated) {
            metric.unavailable(why);
        }
    };
    sheet.add(&CUSTOMER, |m| explain(buyers, m.share(counts.returning, counts.dated, EMPTY), MERGED, true));
    sheet.add(&CUSTOMER_UNMERGED, |m| explain(buyers, m.share(counts.again, counts.buyers, EMPTY), UNMERGED, false));
    sheet.add(&ORDER, |m| explain(buyers, m.share(counts.orders - counts.buyers, counts.orders, EMPTY), UNMERGED, false));
    sheet.add(&ORDER_MERGED, |m| explain(buyers, m.share(counts.days - counts.dated, counts.days, EMPTY), MERGED, true));
    let buyers = Buyers::of(purchases, window.history());
    let history = Counts::of(&buyers);
    sheet.add(&RETURNING, |m| {
        m.standard("截至期末的全部历史 / all history up to the period's end");
        explain(&buyers, m.share(history.returning, history.dated, EMPTY), MERGED, true);
    });
}

#[cfg(test)]
mod tests {
    use crate::metric::{Facts, Options, Period, Refunded, measure, sample};
    use alloc::vec::Vec;

    #[test]
    fn refunded_orders_are_counted_as_left_out() {
        let csv = "order_id,buyer,paid_at,state,paid_amount,sku,quantity
1,甲,2026-01-05 10:00:00,交易成功,1,a,1
2,甲,2026-02-05 10:00:00,交易成功,1,a,1
3,甲,2026-02-06 10:00:00,退款成功,1,a,1
4,乙,2026-01-06 10:00:00,退款成功,1,b,1
";
        let facts = Facts { orders: sample::orders(csv), ..Facts::default() };
        let count = |options: &Options, id: &str, product: Option<&str>| {
            let found = measure(&facts, options);
            let is = |by: Option<&crate::metric::By>| by.filter(|by| by.kind == "product").map(|by| by.name.as_str()) == product;
            let metric = found.metrics.iter().find(|m| m.id == id && is(m.by.as_ref())).unwrap();
            metric.excluded.iter().map(|e| (e.reason, e.count)).collect::<Vec<_>>()
        };
        let all = Options::default();
        let period = Options { period: Period::parse("2026-02-01..2026-02-28"), ..Options::default() };
        for id in ["repurchase.customer_rate", "repurchase.order_rate", "repurchase.returning_rate", "cycle.customer"] {
            assert_eq!(count(&all, id, None), [("refunded", 2)], "{id}");
        }
        assert_eq!(count(&period, "repurchase.customer_rate", None), [("refunded", 1)]);
        assert_eq!(count(&period, "repurchase.returning_rate", None), [("refunded", 2)], "of all history");
        assert_eq!(count(&all, "repurchase.customer_rate", Some("a")), [("refunded", 1)]);
        assert_eq!(count(&Options { refunded: Refunded::Include, ..all }, "repurchase.customer_rate", None), []);
    }
}
