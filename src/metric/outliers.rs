//! Buyers who may be no customers (resellers, fake orders, the shop's own accounts): the table `outliers`.
//!
//! They distort everything about customers, and only the shop can tell who they are: they are pointed out here, and left out by
//! [`super::Options::exclude`] alone. Nine buyers order once for 10 yuan each; 丙 orders twelve times on one day.
//!
//! ```
//! use huashu::{metric::{Facts, Options, measure}, order};
//! let mut csv = String::from("order_id,buyer,paid_at,paid_amount\n");
//! for order in 0..21 {
//!     let buyer = if order < 9 { format!("b{order}") } else { "丙".into() };
//!     csv += &format!("{order},{buyer},2026-01-05 10:00:00,10\n");
//! }
//! let facts = Facts { orders: order::read("a.csv", csv.as_bytes(), &Default::default()).orders, ..Facts::default() };
//! let found = measure(&facts, &Options::default()).tables.outliers;
//! let rows: Vec<_> = found.iter().map(|row| (&*row.buyer, row.measure, row.value, row.limit.round())).collect();
//! // Nine of ten buyers have one order and 10 yuan: the 90 % quantiles are 2.1 orders and 21 yuan, five times that is 10.5 and 105.
//! assert_eq!(rows, [("丙", "orders_per_day", 12.0, 10.0), ("丙", "orders", 12.0, 10.0), ("丙", "amount", 120.0, 105.0)]);
//! let without = measure(&facts, &Options { exclude: vec!["丙".into()], ..Options::default() });
//! assert_eq!(without.get("orders.buyers").unwrap().value, Some(9.0));
//! assert!(without.get("orders.buyers").unwrap().excluded.iter().any(|e| (e.reason, e.count) == ("listed", 12)));
//! ```

use super::{
    buyers::Purchases,
    select::{NO_DAY, View},
    stats,
};
use crate::sort;
use alloc::{string::String, vec::Vec};
use serde::Serialize;

/// Rows that are listed, the farthest out first.
const MOST: usize = 500;
/// So many times what nine of ten buyers stay below.
const FAR: f64 = 5.0;

/// A buyer far from all others: a row of the table `outliers`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outlier {
    /// The buyer.
    pub buyer: String,
    /// `orders_per_day` (the most on one day), `orders`, `amount` (yuan).
    pub measure: &'static str,
    /// What it is for this buyer.
    pub value: f64,
    /// What nine of ten buyers do not exceed.
    pub usual: f64,
    /// What an outlier exceeds: five times that, at least 5 orders a day or 10 orders.
    pub limit: f64,
}

/// A measure: its id, its least limit, its unit, and its value by the orders of one buyer.
type Measure = (&'static str, f64, f64, fn(&[(i32, i64)]) -> i64);

const MEASURES: [Measure; 3] = [
    ("orders_per_day", 5.0, 1.0, |orders| {
        let days = orders.chunk_by(|a, b| a.0 == b.0).filter(|day| day.first().is_some_and(|(day, _)| *day != NO_DAY));
        days.map(|day| day.len() as i64).max().unwrap_or(0)
    }),
    ("orders", 10.0, 1.0, |orders| orders.len() as i64),
    ("amount", 0.0, 100.0, |orders| orders.iter().fold(0, |sum, (_, cents)| sum.saturating_add(*cents))),
];

pub(super) fn table(view: &View, purchases: &Purchases) -> Vec<Outlier> {
    let mut rows = Vec::new();
    for (measure, least, unit, value) in MEASURES {
        let values = || purchases.each().filter(|orders| !orders.is_empty()).map(value);
        let [usual] = stats::quantiles(&mut values().collect::<Vec<_>>(), [0.9]).map(|q| q / unit);
        let limit = (usual * FAR).max(least);
        let mut own: Vec<Outlier> = (0..)
            .zip(purchases.each())
            .filter(|(_, orders)| value(orders) as f64 / unit > limit)
            .filter_map(|(number, orders)| {
                let buyer = view.orders.buyers.get(number)?.into();
                Some(Outlier { buyer, measure, value: value(orders) as f64 / unit, usual, limit })
            })
            .collect();
        sort::by(&mut own, |a, b| b.value.total_cmp(&a.value).then_with(|| a.buyer.cmp(&b.buyer)));
        own.truncate(MOST);
        rows.append(&mut own);
    }
    rows
}
