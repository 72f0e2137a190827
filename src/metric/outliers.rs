//! Buyers who may be no customers (resellers, fake orders, the shop's own accounts), by how much they order and by where it goes: the
//! table `outliers`.
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
//! let rows: Vec<_> = found.iter().map(|row| (row.buyer.as_deref().unwrap(), row.measure, row.value, row.limit.round())).collect();
//! // Nine of ten buyers have one order and 10 yuan: the 90 % quantiles are 2.1 orders and 21 yuan, five times that is 10.5 and 105.
//! assert_eq!(rows, [("丙", "orders_per_day", 12.0, 10.0), ("丙", "orders", 12.0, 10.0), ("丙", "amount", 120.0, 105.0)]);
//! let without = measure(&facts, &Options { exclude: vec!["丙".into()], ..Options::default() });
//! assert_eq!(without.get("orders.buyers").unwrap().value, Some(9.0));
//! assert!(without.get("orders.buyers").unwrap().excluded.iter().any(|e| (e.reason, e.count) == ("listed", 12)));
//! ```
//!
//! One who orders under several names gives the same address or phone number. That is usual for nobody, so the limit is fixed: a
//! household or an office may share an address, so more than three others are conspicuous; a phone number is one person's, who may
//! receive for one other. Orders whose export names no buyers are counted by the place alone. Offices and pick-up points
//! look just like it, which is why nothing is left out. Five buyers share an address, written in different ways, and two of them
//! a phone number; the sixth is somebody else.
//!
//! ```
//! use huashu::{metric::{Facts, Options, measure}, order};
//! let mut csv = String::from("order_id,buyer,paid_at,paid_amount,收货地址,手机\n");
//! for (order, (buyer, address)) in
//!     [("a", "甲路1号 2室"), ("b", "甲路1号2室"), ("c", "甲路１号2室"), ("d", "甲路1号，2室"), ("e", "甲路1号2室"), ("f", "乙路1号")].iter().enumerate()
//! {
//!     csv += &format!("{order},{buyer},2026-01-05 10:00:00,10,{address},1390000000{}\n", order / 2);
//! }
//! let facts = Facts { orders: order::read("a.csv", csv.as_bytes(), &Default::default()).orders, ..Facts::default() };
//! let found = measure(&facts, &Options::default()).tables.outliers;
//! let rows: Vec<_> = found.iter().map(|row| (row.buyer.as_deref().unwrap(), row.measure, row.value, row.order.as_deref().unwrap())).collect();
//! assert_eq!(rows, ["a", "b", "c", "d", "e"].map(|buyer| (buyer, "same_address", 4.0, "0")));
//! ```

use super::{
    Before,
    buyers::Purchases,
    select::{NO_DAY, Row, View, Window},
    stats,
};
use crate::{order::Places, sort};
use alloc::{string::String, vec, vec::Vec};
use hashbrown::HashMap;
use serde::Serialize;

/// Rows that are listed of a measure, the farthest out first.
const MOST: usize = 500;
/// So many times what nine of ten buyers stay below.
const FAR: f64 = 5.0;
/// So many orders are not many for a buyer or a place.
const FEW_ORDERS: f64 = 10.0;
const NOBODY: u32 = u32::MAX;

/// A buyer, or a place where orders without a buyer go, far from all others: a row of the table `outliers`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outlier {
    /// The buyer; none for `orders_to_address` and `orders_to_phone`.
    pub buyer: Option<String>,
    /// `orders_per_day` (the most on one day), `orders`, `amount` (yuan); `same_address`, `same_phone`: how many others order to
    /// an address, or under a number, of this buyer; `orders_to_address`, `orders_to_phone`: orders to one place, unless all are one known
    /// buyer's.
    pub measure: &'static str,
    /// What it is for this buyer.
    pub value: f64,
    /// What nine of ten buyers do not exceed.
    pub usual: f64,
    /// What an outlier exceeds: five times that, at least 5 orders a day or 10 orders. Where others share the place: 3 of them, 1
    /// for a phone number.
    pub limit: f64,
    /// For the measures about a place: an order that went there, the same for all who share it, by which the export tells the address.
    pub order: Option<String>,
    /// The place without a buyer that it is about, by its hash; else 0.
    #[serde(skip)]
    pub(super) place: u64,
    /// The row as of so many days earlier as the period has; `null`: it is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Before<Self>,
}

/// A measure: its id, its least limit, its unit, and its value by the orders of one buyer.
type Measure = (&'static str, f64, f64, fn(&[(i32, i64)]) -> i64);

const MEASURES: [Measure; 3] = [
    ("orders_per_day", 5.0, 1.0, |orders| {
        let days = orders.chunk_by(|a, b| a.0 == b.0).filter(|day| day.first().is_some_and(|(day, _)| *day != NO_DAY));
        days.map(|day| day.len() as i64).max().unwrap_or(0)
    }),
    ("orders", FEW_ORDERS, 1.0, |orders| orders.len() as i64),
    ("amount", 0.0, 100.0, |orders| orders.iter().fold(0, |sum, (_, cents)| sum.saturating_add((*cents).max(0)))),
];

/// Where orders may go: the measure of others who share it, and how many of them may; the measure of its orders; its column.
type Place = (&'static str, u32, &'static str, fn(&Places) -> &[u64]);

const PLACES: [Place; 2] =
    [("same_address", 3, "orders_to_address", |places| &places.address), ("same_phone", 1, "orders_to_phone", |places| &places.phone)];

pub(super) fn table(view: &View, purchases: &Purchases, window: Window) -> Vec<Outlier> {
    let mut rows = Vec::new();
    for (measure, least, unit, value) in MEASURES {
        let values = || purchases.each_within(window).filter(|orders| !orders.is_empty()).map(value);
        let [usual] = stats::quantiles(&mut values().collect::<Vec<_>>(), [0.9]).map(|q| q / unit);
        let limit = (usual * FAR).max(least);
        let own = (0..)
            .zip(purchases.each_within(window))
            .filter(|(_, orders)| value(orders) as f64 / unit > limit)
            .filter_map(|(number, orders)| {
                let buyer = Some(view.orders.buyers.get(number)?.into());
                Some(Outlier { buyer, measure, value: value(orders) as f64 / unit, usual, limit, order: None, place: 0, previous: None })
            })
            .collect();
        list(&mut rows, own);
    }
    for place in PLACES {
        shared(view, purchases, window, place, &mut rows);
    }
    rows
}

/// Adds the rows of a measure, the farthest out first.
fn list(rows: &mut Vec<Outlier>, mut own: Vec<Outlier>) {
    sort::by(&mut own, |a, b| b.value.total_cmp(&a.value).then_with(|| (&a.order, &a.buyer).cmp(&(&b.order, &b.buyer))));
    own.truncate(MOST);
    rows.append(&mut own);
}

/// The orders that count and whose place is known, by its hash.
fn placed<'a>(view: &'a View, window: Window, column: &'a [u64]) -> impl Iterator<Item = (u64, Row)> + 'a {
    let known = view.rows().filter(move |row| view.counts(row) && window.contains(row.paid));
    known.filter_map(|row| Some((column.get(row.at as usize).copied().filter(|hash| *hash != 0)?, row)))
}

/// Who shares a place with others, and the places with many orders.
fn shared(view: &View, purchases: &Purchases, window: Window, (measure, few, orders_there, column): Place, rows: &mut Vec<Outlier>) {
    let column = column(&view.orders.places);
    if column.is_empty() {
        return;
    }
    // Of each place how many orders went there, whose the first was, and whether all are one known buyer's.
    let mut numbers: HashMap<u64, u32> = HashMap::new();
    let mut places: Vec<(u32, u32, bool)> = Vec::new();
    for (hash, row) in placed(view, window, column) {
        let number = *numbers.entry(hash).or_insert(places.len() as u32);
        if number as usize == places.len() {
            places.push((0, row.buyer, row.has_buyer()));
        }
        if let Some((count, first, alone)) = places.get_mut(number as usize) {
            *count += 1;
            *alone &= row.buyer == *first;
        }
    }
    let [usual] = stats::quantiles(&mut places.iter().map(|(count, ..)| i64::from(*count)).collect::<Vec<_>>(), [0.9]);
    let limit = (usual * FAR).max(FEW_ORDERS);
    // What goes to places of several: place, buyer, order; then of each buyer how many others there are at most, and an order there.
    let is_shared = |hash: &u64| numbers.get(hash).and_then(|number| places.get(*number as usize)).is_some_and(|(.., alone)| !alone);
    let mut together: Vec<(u64, u32, u32)> =
        placed(view, window, column).filter(|(hash, _)| is_shared(hash)).map(|(hash, row)| (hash, row.buyer, row.at)).collect();
    sort::plain(&mut together);
    let mut others: Vec<(u32, Option<&str>)> = vec![(0, None); view.orders.buyers.len() as usize];
    let mut many = Vec::new();
    for there in together.chunk_by(|a, b| a.0 == b.0) {
        let order = there.iter().filter_map(|(_, _, at)| view.orders.ids.get(*at)).min();
        let buyers =
            || there.chunk_by(|a, b| a.1 == b.1).filter_map(|own| own.first().map(|(_, buyer, _)| *buyer)).filter(|buyer| *buyer != NOBODY);
        let count = (buyers().count() as u32).saturating_sub(1);
        for buyer in buyers() {
            if let Some(most) = others.get_mut(buyer as usize)
                && (count > most.0 || (count == most.0 && count > 0 && order < most.1))
            {
                *most = (count, order);
            }
        }
        if there.len() as f64 > limit {
            let (value, order) = (there.len() as f64, order.map(String::from));
            let place = there.first().map_or(0, |(hash, ..)| *hash);
            many.push(Outlier { buyer: None, measure: orders_there, value, usual, limit, order, place, previous: None });
        }
    }
    let bought = || others.iter().zip(purchases.each_within(window)).filter(|(_, orders)| !orders.is_empty());
    let [usual] = stats::quantiles(&mut bought().map(|((count, _), _)| i64::from(*count)).collect::<Vec<_>>(), [0.9]);
    let limit = f64::from(few);
    let row = |(number, (count, order)): (u32, &(u32, Option<&str>))| {
        let buyer = Some(view.orders.buyers.get(number)?.into());
        let (value, order) = (f64::from(*count), order.map(String::from));
        (*count > few).then_some(Outlier { buyer, measure, value, usual, limit, order, place: 0, previous: None })
    };
    list(rows, (0..).zip(&others).filter_map(row).collect());
    list(rows, many);
}
