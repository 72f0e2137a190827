//! When customers come back: the tables `cohorts` (month of the first purchase × months after), `second_purchase` (how long it
//! takes, with its curve) and `purchase_count` (U19: first, second, third and more).
//!
//! The first purchase is the first one in the data: export enough history. Up to the 10th of February 甲 bought again after 5
//! days and after 31, 乙 after 20 days, 丙 not within 10 days, 丁 bought yesterday.
//!
//! ```
//! use huashu::{metric::{Facts, Options, day, measure}, order};
//! let csv = "order_id,buyer,paid_at,paid_amount
//! 1,甲,2026-01-05 10:00:00,10
//! 2,甲,2026-01-10 10:00:00,10
//! 3,甲,2026-02-05 10:00:00,10
//! 4,乙,2026-01-15 10:00:00,10
//! 5,乙,2026-02-04 10:00:00,10
//! 6,丙,2026-01-31 10:00:00,10
//! 7,丁,2026-02-09 10:00:00,10
//! ";
//! let facts = Facts { orders: order::read("a.csv", csv.as_bytes(), &Default::default()).orders, ..Facts::default() };
//! let tables = measure(&facts, &Options { as_of: day("2026-02-10"), ..Options::default() }).tables;
//!
//! // Of three first-time buyers of January one bought again in January and two in February, which is not over.
//! let cohorts: Vec<_> = tables.cohorts.iter().map(|row| (&*row.month, row.buyers, row.after, row.returned, row.complete)).collect();
//! assert_eq!(cohorts, [("2026-01", 3, 0, 1, true), ("2026-01", 3, 1, 2, false), ("2026-02", 1, 0, 0, false)]);
//!
//! // Kaplan and Meier: 丁 is known for one day and 丙 for ten, and each counts for as long. After 5 days one of three has bought
//! // again, 1/3. Nobody has been watched for 30 days without buying again: the curve ends.
//! let share = |days| tables.second_purchase.iter().find(|row| row.days == days).map(|row| (row.watched, row.returned, (row.share * 1e9).round()));
//! assert_eq!(share(3), Some((3, 0, 0.0)));
//! assert_eq!(share(7), Some((2, 1, 333_333_333.0)));
//! assert_eq!(share(14), Some((1, 1, 333_333_333.0)));
//! assert_eq!(share(30), None);
//!
//! let times: Vec<_> = tables.purchase_count.iter().map(|row| (row.group, row.buyers)).collect();
//! assert_eq!(times, [("first", 2), ("second", 1), ("third", 1)]);
//! ```

use super::{
    Before,
    buyers::{Buyers, Purchases},
    customers::{Group, group_of},
    rfm::share,
    select::NO_DAY,
    stats,
};
use crate::time::Day;
use alloc::{format, string::String, vec, vec::Vec};
use serde::Serialize;

/// Months of first purchases that are listed, the latest ones, and months after each.
const MONTHS: i32 = 36;
/// Days for which the curve of second purchases is told.
const CURVE: [u16; 14] = [1, 3, 7, 14, 30, 45, 60, 90, 120, 180, 270, 365, 540, LAST];
const LAST: u16 = 730;

/// Customers by the month of their first purchase, so many months after it: a row of the table `cohorts`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cohort {
    /// The month of the first purchase, `2026-01`.
    pub month: String,
    /// Buyers whose first purchase lies in it.
    pub buyers: u64,
    /// Calendar months after it; 0 is the month itself.
    pub after: u32,
    /// Those of them who bought in that month; for month 0, on another day than the first.
    pub returned: u64,
    /// `returned` ÷ `buyers`.
    pub share: f64,
    /// Whether that month was over on the last day: else more may come.
    pub complete: bool,
}

/// How many first-time buyers bought again within so many days: a row of the table `second_purchase`.
///
/// Kaplan and Meier's estimate: buyers who have not bought again count for as long as they have been watched, so that recent
/// first-time buyers neither lower the share nor are left out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SecondPurchase {
    /// Within so many days after the day of the first purchase.
    pub days: u16,
    /// Buyers watched for longer who had not bought again by then; the table ends where there are none.
    pub watched: u64,
    /// Buyers seen to buy again by then.
    pub returned: u64,
    /// Estimated share who bought again by then.
    pub share: f64,
    /// Its 95 % interval (Greenwood, log-log); `null` where nobody or everybody had bought again.
    pub interval: Option<[f64; 2]>,
    /// The row as of so many days earlier as the period has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Before<Self>,
}

/// Months since year 0.
fn month_of(day: i32) -> i32 {
    let (year, month, _) = Day(day).civil();
    year.saturating_mul(12) + month as i32 - 1
}

/// Where a buyer of that first month stands so many months after it.
fn place(month: i32, after: i32) -> Option<usize> {
    if !(0..MONTHS).contains(&month) || !(0..=MONTHS).contains(&after) {
        return None;
    }
    usize::try_from(month * (MONTHS + 1) + after).ok()
}

pub(super) fn cohorts(purchases: &Purchases, as_of: Day) -> Vec<Cohort> {
    let last = month_of(as_of.0);
    let oldest = last - MONTHS + 1;
    let mut sizes = vec![0_u64; MONTHS as usize];
    let mut returned = vec![0_u64; (MONTHS * (MONTHS + 1)) as usize];
    for orders in purchases.each() {
        let mut days = orders.iter().map(|(day, _)| *day).filter(|day| *day != NO_DAY && *day <= as_of.0);
        let Some(first) = days.next() else { continue };
        let month = month_of(first) - oldest;
        let Some(size) = usize::try_from(month).ok().and_then(|at| sizes.get_mut(at)) else { continue };
        *size += 1;
        let mut seen = None;
        for after in days.filter(|day| *day != first).map(|day| month_of(day) - oldest - month) {
            if seen != Some(after)
                && let Some(count) = place(month, after).and_then(|at| returned.get_mut(at))
            {
                *count += 1;
            }
            seen = Some(after);
        }
    }
    let mut rows = Vec::new();
    for (month, buyers) in (0..).zip(sizes).filter(|(_, buyers)| *buyers > 0) {
        for after in 0..=last - oldest - month {
            let returned = place(month, after).and_then(|at| returned.get(at)).copied().unwrap_or(0);
            let start = oldest + month;
            rows.push(Cohort {
                month: format!("{:04}-{:02}", start.div_euclid(12), start.rem_euclid(12) + 1),
                buyers,
                after: after.unsigned_abs(),
                returned,
                share: share(returned, buyers),
                complete: start + after < last || month_of(as_of.0.saturating_add(1)) > last,
            });
        }
    }
    rows
}

pub(super) fn second_purchase(purchases: &Purchases, as_of: Day) -> Vec<SecondPurchase> {
    // Per day after the first purchase: who bought again on it, and who was watched up to it; the last place is for all later ones.
    const LONG: usize = LAST as usize + 1;
    let mut counts = vec![(0_u64, 0_u64); LONG + 1];
    let mut watched = 0;
    for orders in purchases.each() {
        let mut days = orders.iter().map(|(day, _)| *day).filter(|day| *day != NO_DAY && *day <= as_of.0);
        let Some(first) = days.next() else { continue };
        let second = days.find(|day| *day != first);
        let span = i64::from(second.unwrap_or(as_of.0)) - i64::from(first);
        let Some(count) = counts.get_mut(usize::try_from(span).unwrap_or(LONG).min(LONG)) else { continue };
        watched += 1;
        if second.is_some() {
            count.0 += 1;
        } else {
            count.1 += 1;
        }
    }
    let mut rows = Vec::new();
    let mut curve = stats::Survival::new(watched);
    for (days, (again, left)) in (0..).zip(counts) {
        curve.step(again, left);
        if curve.watched == 0 {
            break;
        }
        if CURVE.contains(&days) {
            let (share, interval) = (curve.gone(), curve.interval());
            rows.push(SecondPurchase { days, watched: curve.watched, returned: curve.events, share, interval, previous: None });
        }
    }
    rows
}

/// U19: buyers by their number of purchase days.
pub(super) fn purchase_count(buyers: &Buyers) -> Vec<Group> {
    let whole = buyers.with_days().count() as u64;
    let groups = [
        ("first", "首次购买", "Bought once", "1 个购买日 / one purchase day", 1..=1),
        ("second", "二次购买", "Bought twice", "2 个购买日 / two purchase days", 2..=2),
        ("third", "三次及以上", "Three times and more", "3 个及以上购买日 / three purchase days or more", 3..=u32::MAX),
    ];
    groups
        .into_iter()
        .filter(|_| whole > 0)
        .map(|(group, title, title_en, rule, days)| {
            group_of((group, title, title_en, rule.into()), buyers.with_days().filter(|buyer| days.contains(&buyer.days)), whole)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::metric::{Facts, Options, day, measure, sample::orders};

    #[test]
    fn only_the_latest_months_are_listed_and_the_last_one_is_complete_on_its_last_day() {
        let rows =
            "order_id,buyer,paid_at,paid_amount\n1,甲,2020-01-05 10:00:00,1\n2,乙,2023-02-05 10:00:00,1\n3,乙,2026-01-31 10:00:00,1\n";
        let facts = Facts { orders: orders(rows), ..Facts::default() };
        let tables = measure(&facts, &Options { as_of: day("2026-01-31"), ..Options::default() }).tables;
        assert!(tables.cohorts.iter().all(|row| row.month == "2023-02" && row.complete));
        assert_eq!(tables.cohorts.len(), 36);
        assert_eq!(tables.cohorts.iter().map(|row| row.returned).sum::<u64>(), 1);
        assert_eq!(tables.cohorts.last().map(|row| (row.after, row.returned)), Some((35, 1)));
        // 甲 has been watched for longer than the curve is drawn, 乙 bought again after it.
        assert_eq!(tables.second_purchase.len(), 14);
        assert!(tables.second_purchase.iter().all(|row| (row.watched, row.share, row.interval) == (2, 0.0, None)));
    }
}
