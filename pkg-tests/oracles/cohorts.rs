//! The tables `cohorts` and `second_purchase`: when customers come back, over years.

use huashu::{
    metric::{Cohort, Facts, Options, Period, Refunded, measure},
    order,
    time::Day,
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// 2022-01-01.
const START: i32 = 18_993;

#[derive(Clone, Debug)]
struct Purchase {
    buyer: Option<u8>,
    day: i32,
    refunded: bool,
}

/// Purchases on days of a few years; many on the first and last days of months, and soon after one another.
fn purchases() -> impl Strategy<Value = Vec<Purchase>> {
    let edges =
        (0_i32..52, -1_i32..2).prop_map(|(month, day)| Day::new(2022 + month / 12, month as u32 % 12 + 1, 1).unwrap().0 - START + day);
    let day = prop_oneof![2 => edges, 2 => 0_i32..1500, 1 => 700_i32..800, 1 => prop_oneof![Just(0), Just(1), Just(3), Just(7), Just(30), Just(730), Just(731)]];
    let purchase = (proptest::option::weighted(0.95, 0_u8..12), day, proptest::bool::weighted(0.1))
        .prop_map(|(buyer, day, refunded)| Purchase { buyer, day: START + day, refunded });
    proptest::collection::vec(purchase, 1..40)
}

/// Year and month, and how many months there are between two.
fn month(day: i32) -> (i32, u32) {
    let (year, month, _) = Day(day).civil();
    (year, month)
}

fn months_between(a: (i32, u32), b: (i32, u32)) -> i32 {
    (b.0 - a.0) * 12 + b.1 as i32 - a.1 as i32
}

/// Each buyer's purchase days up to a day.
fn days(purchases: &[Purchase], include: bool, as_of: i32) -> Vec<BTreeSet<i32>> {
    let mut found: BTreeMap<u8, BTreeSet<i32>> = BTreeMap::new();
    for purchase in purchases.iter().filter(|p| (include || !p.refunded) && p.day <= as_of) {
        if let Some(buyer) = purchase.buyer {
            found.entry(buyer).or_default().insert(purchase.day);
        }
    }
    found.into_values().collect()
}

fn cohorts(buyers: &[BTreeSet<i32>], as_of: i32) -> Vec<Cohort> {
    let first = |days: &BTreeSet<i32>| month(*days.first().unwrap());
    let mut rows = Vec::new();
    // The latest 36 months, the one of the last day among them.
    let months: BTreeSet<(i32, u32)> = buyers.iter().map(first).filter(|first| months_between(*first, month(as_of)) < 36).collect();
    for cohort in months {
        let own: Vec<_> = buyers.iter().filter(|days| first(days) == cohort).collect();
        for after in 0..=months_between(cohort, month(as_of)) {
            // For month 0 on another day than the first.
            let returned = own.iter().filter(|days| days.iter().skip(1).any(|day| months_between(cohort, month(*day)) == after)).count();
            let is_last = months_between(cohort, month(as_of)) == after;
            rows.push(Cohort {
                month: format!("{}-{:02}", cohort.0, cohort.1),
                buyers: own.len() as u64,
                after: after as u32,
                returned: returned as u64,
                share: returned as f64 / own.len() as f64,
                // The month of the last day is over where the next day is of another.
                complete: !is_last || month(as_of + 1) != month(as_of),
            });
        }
    }
    rows
}

/// Kaplan and Meier: watched for longer, returned, share, and its interval by Greenwood on the log-log scale.
fn second(buyers: &[BTreeSet<i32>], as_of: i32, within: i32) -> (u64, u64, f64, Option<[f64; 2]>) {
    let span = |days: &BTreeSet<i32>| {
        let mut days = days.iter();
        let first = days.next().unwrap();
        days.next().map_or((as_of - first, false), |second| (second - first, true))
    };
    let spans: Vec<(i32, bool)> = buyers.iter().map(span).collect();
    let (mut left, mut spread) = (1.0, 0.0);
    for day in spans.iter().filter(|(day, again)| *again && *day <= within).map(|(day, _)| *day).collect::<BTreeSet<_>>() {
        let watched = spans.iter().filter(|(span, _)| *span >= day).count() as f64;
        let again = spans.iter().filter(|span| **span == (day, true)).count() as f64;
        left *= 1.0 - again / watched;
        spread += again / (watched * (watched - again));
    }
    let wide = 1.959_963_984_540_054 * f64::sqrt(spread) / f64::ln(left);
    let bound = |sign: f64| 1.0 - left.powf((sign * wide).exp());
    let interval = (0.0 < left && left < 1.0).then(|| [bound(1.0), bound(-1.0)]);
    let watched = spans.iter().filter(|(span, _)| *span > within).count() as u64;
    (watched, spans.iter().filter(|(span, again)| *again && *span <= within).count() as u64, 1.0 - left, interval)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cohorts_agree(
        purchases in purchases(),
        as_of in proptest::option::of(-5_i32..1600),
        include in any::<bool>(),
        period in proptest::option::of((0_i32..1500, 0_i32..400)),
    ) {
        let mut csv = String::from("order_id,buyer,paid_at,state,paid_amount\n");
        for (number, purchase) in purchases.iter().enumerate() {
            let buyer = purchase.buyer.map(|buyer| format!("b{buyer}")).unwrap_or_default();
            csv += &format!("{number},{buyer},{} 10:00:00,{},1\n", Day(purchase.day), if purchase.refunded { "退款成功" } else { "交易成功" });
        }
        let facts = Facts { orders: order::read("a.csv", csv.as_bytes(), &Default::default()).orders, ..Facts::default() };
        let as_of = as_of.map(|day| START + day);
        let refunded = if include { Refunded::Include } else { Refunded::Exclude };
        let period = period.map(|(from, days)| Period { from: Day(START + from), to: Day(START + from + days) });
        let tables = measure(&facts, &Options { as_of: as_of.map(Day), refunded, period, ..Options::default() }).tables;
        let as_of = as_of.or(purchases.iter().map(|purchase| purchase.day).max()).unwrap();
        let buyers = if purchases.iter().any(|p| p.buyer.is_some()) { days(&purchases, include, as_of) } else { Vec::new() };
        // The curve as of so many days earlier, where the data hold all of the period before.
        let first = purchases.iter().map(|purchase| purchase.day).min().unwrap();
        let earlier = period.filter(|period| first <= period.before().from.0).map(|period| as_of - period.days() as i32);
        let earlier = earlier.filter(|day| first <= *day).map(|day| (days(&purchases, include, day), day));
        for row in &tables.second_purchase {
            prop_assert_eq!(row.previous.is_some(), earlier.is_some(), "{:?}", row);
            let Some((buyers, day)) = &earlier else { continue };
            let (watched, returned, share, _) = second(buyers, *day, i32::from(row.days));
            let old = row.previous.as_ref().and_then(Option::as_deref);
            prop_assert_eq!(old.map(|old| (old.watched, old.returned)), (watched > 0).then_some((watched, returned)), "{:?}", row);
            prop_assert!(old.is_none_or(|old| (old.share - share).abs() < 1e-9), "{row:?} {share}");
        }
        prop_assert_eq!(&tables.cohorts, &cohorts(&buyers, as_of));
        let mut rows = tables.second_purchase.iter();
        for within in [1, 3, 7, 14, 30, 45, 60, 90, 120, 180, 270, 365, 540, 730] {
            let (watched, returned, share, interval) = second(&buyers, as_of, within);
            if watched == 0 {
                break;
            }
            let row = rows.next();
            prop_assert!(row.is_some(), "{within}");
            let row = row.unwrap();
            prop_assert_eq!((i32::from(row.days), row.watched, row.returned), (within, watched, returned));
            let same = match (row.interval, interval) {
                (Some(a), Some(b)) => (a[0] - b[0]).abs() < 1e-9 && (a[1] - b[1]).abs() < 1e-9,
                (a, b) => a == b,
            };
            prop_assert!((row.share - share).abs() < 1e-9 && same, "{row:?} against {share} {interval:?}");
        }
        prop_assert!(rows.next().is_none());
    }
}
