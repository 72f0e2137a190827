//! Recency, frequency and money (U9), and a customer's value per year (U10).
//!
//! On the 1st of July 甲 last bought a day ago, on two days, for 100 yuan; 乙 100 days ago, once, for 200. Means: 50.5 days, 1.5 purchase
//! days, 150 yuan. 甲 has been a customer for 31 days: 100 × 365 ÷ 31 yuan a year; 乙 for 101 days: 200 × 365 ÷ 101.
//!
//! ```
//! use huashu::{metric::{Facts, Options, day, measure}, order};
//! let csv = "order_id,buyer,paid_at,paid_amount
//! 1,甲,2026-06-01 10:00:00,50
//! 2,甲,2026-06-30 10:00:00,50
//! 3,乙,2026-03-23 10:00:00,200
//! ";
//! let facts = Facts { orders: order::read("a.csv", csv.as_bytes(), &Default::default()).orders, ..Facts::default() };
//! let tables = measure(&facts, &Options { as_of: day("2026-07-01"), ..Options::default() }).tables;
//! let segments: Vec<_> = tables.rfm.iter().filter(|row| row.buyers > 0).map(|row| (row.title, row.amount)).collect();
//! assert_eq!(segments, [("重要挽留客户", 200.0), ("一般价值客户", 100.0)]);
//! let spread = |measure| tables.rfm_quantiles.iter().find(|row| row.measure == measure).unwrap();
//! assert_eq!((spread("recency").cut, spread("frequency").cut, spread("monetary").cut), (Some(50.5), Some(1.5), Some(150.0)));
//! assert_eq!((spread("monetary_per_year").max, spread("monetary_per_year").min), (1177.41, 722.77));
//! ```

use super::{
    Before, RfmCuts,
    buyers::{Buyer, Buyers},
    figure::yuan,
    stats,
};
use crate::time::Day;
use alloc::{vec, vec::Vec};
use serde::Serialize;

/// One of the eight segments: a row of the table `rfm`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Segment {
    /// `champions`, …
    pub segment: &'static str,
    /// What shops call it.
    pub title: &'static str,
    /// The same in English.
    pub title_en: &'static str,
    /// Bought no longer ago than the cut (`rfm.quantiles`: a value of the shop's own, else the mean or the median).
    pub recent: bool,
    /// On as many days as the shop's own cut, on more than the mean or the median.
    pub frequent: bool,
    /// For as much as the shop's own cut, for more than the mean or the median.
    pub valuable: bool,
    /// How many buyers.
    pub buyers: u64,
    /// Their share of all buyers of whom any amount is known: the others belong to no segment.
    pub share: f64,
    /// What they paid, in yuan, as far as it is known.
    pub amount: f64,
    /// Orders of theirs whose amount is unknown.
    pub no_amount: u64,
    /// Mean days since the last purchase; `null` without buyers.
    pub recency: Option<f64>,
    /// Mean purchase days.
    pub frequency: Option<f64>,
    /// Mean known amount per buyer, in yuan.
    pub monetary: Option<f64>,
    /// The row of the period before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Before<Self>,
}

/// How one of the three measures is spread: a row of the table `rfm.quantiles`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "the names say which quantile")]
pub struct Spread {
    /// `recency` (days), `frequency` (purchase days), `monetary` (yuan), `monetary_per_year` (yuan ÷ years since the first purchase, U10).
    pub measure: &'static str,
    /// Where it is cut into high and low; `null` for `monetary_per_year`, which no segment uses.
    pub cut: Option<f64>,
    /// Buyers left out: none of their amounts is known.
    pub no_amount: u64,
    pub mean: f64,
    pub min: f64,
    pub q25: f64,
    pub median: f64,
    pub q75: f64,
    pub q90: f64,
    pub max: f64,
    /// The row of the period before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Before<Self>,
}

/// Eight segments by a cut of each measure, and how each is spread.
pub(super) fn tables(buyers: &Buyers, as_of: Day, cuts: &RfmCuts) -> (Vec<Segment>, Vec<Spread>) {
    const NAMES: [(&str, &str, &str); 8] = [
        ("champions", "重要价值客户", "Champions"),
        ("promising", "重要发展客户", "Big spenders to develop"),
        ("slipping", "重要保持客户", "Champions to keep"),
        ("losing", "重要挽留客户", "Big spenders to win back"),
        ("loyal", "一般价值客户", "Loyal, small baskets"),
        ("new", "一般发展客户", "Recent, to develop"),
        ("fading", "一般保持客户", "Loyal, fading"),
        ("lost", "一般挽留客户", "Lost"),
    ];
    let all: Vec<&Buyer> = buyers.with_days().collect();
    if all.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let priced: Vec<&Buyer> = all.iter().copied().filter(|buyer| buyer.priced > 0).collect();
    let no_amount = (all.len() - priced.len()) as u64;
    let mut recencies: Vec<i64> = all.iter().map(|b| recency(b, as_of)).collect();
    let mut frequencies: Vec<i64> = all.iter().map(|b| i64::from(b.days)).collect();
    let mut amounts: Vec<i64> = priced.iter().map(|b| b.cents).collect();
    // U10: a customer of ten days who paid 100 yuan is worth more than one of ten years who paid 100. Ages under a month
    // count as a month, so that one purchase yesterday does not become a fortune per year.
    let mut yearly: Vec<i64> = priced
        .iter()
        .map(|b| {
            let age = (i64::from(as_of.0) - i64::from(b.first) + 1).max(30);
            (i128::from(b.cents) * 365 / i128::from(age)).try_into().unwrap_or(i64::MAX)
        })
        .collect();
    let mean = |values: &[i64]| values.iter().map(|&v| i128::from(v)).sum::<i128>() as f64 / values.len().max(1) as f64;
    // In units of the cuts: days, days, cents.
    let own = [cuts.recency.map(i64::from), cuts.frequency.map(i64::from), cuts.monetary];
    let mut means = [mean(&recencies), mean(&frequencies), mean(&amounts)];
    if cuts.median {
        means = [&mut recencies, &mut frequencies, &mut amounts].map(|values| stats::median(values).unwrap_or(0.0));
    }
    let above = |value: f64, own: Option<i64>, mean: f64| own.map_or(value > mean, |own| value >= own as f64);
    let mut sums: Vec<(u64, i128, i128, i128, u64)> = vec![(0, 0, 0, 0, 0); NAMES.len()];
    for buyer in &priced {
        let recent = (recency(buyer, as_of) as f64) <= own[0].map_or(means[0], |own| own as f64);
        let frequent = above(f64::from(buyer.days), own[1], means[1]);
        let valuable = above(buyer.cents as f64, own[2], means[2]);
        let at = usize::from(!frequent) + 2 * usize::from(!recent) + 4 * usize::from(!valuable);
        if let Some(sum) = sums.get_mut(at) {
            sum.0 += 1;
            sum.1 += i128::from(recency(buyer, as_of));
            sum.2 += i128::from(buyer.days);
            sum.3 += i128::from(buyer.cents);
            sum.4 += u64::from(buyer.orders - buyer.priced);
        }
    }
    let segments = (0..)
        .zip(NAMES)
        .zip(sums)
        .filter(|_| !priced.is_empty())
        .map(|((at, (segment, title, title_en)), (n, recency, days, cents, no_amount))| {
            let mean = |sum: f64| (n > 0).then(|| sum / n as f64);
            Segment {
                segment,
                title,
                title_en,
                recent: at & 2 == 0,
                frequent: at & 1 == 0,
                valuable: at & 4 == 0,
                buyers: n,
                share: share(n, priced.len() as u64),
                amount: yuan(cents),
                no_amount,
                recency: mean(recency as f64),
                frequency: mean(days as f64),
                monetary: mean(yuan(cents)),
                previous: None,
            }
        })
        .collect();
    let spreads = [
        ("recency", &mut recencies, 1.0, 0),
        ("frequency", &mut frequencies, 1.0, 0),
        ("monetary", &mut amounts, 100.0, no_amount),
        ("monetary_per_year", &mut yearly, 100.0, no_amount),
    ];
    let cuts = own.into_iter().zip(means).map(|(own, mean)| Some(own.map_or(mean, |own| own as f64))).chain([None]);
    let known = spreads.into_iter().zip(cuts).filter(|((_, values, ..), _)| !values.is_empty());
    let spreads = known.map(|((measure, values, unit, no_amount), cut)| {
        let cut = cut.map(|cut| cut / unit);
        let mean = values.iter().map(|&v| i128::from(v)).sum::<i128>() as f64 / unit / values.len() as f64;
        let [min, q25, median, q75, q90, max] = stats::quantiles(values, [0.0, 0.25, 0.5, 0.75, 0.9, 1.0]).map(|q| q / unit);
        Spread { measure, cut, no_amount, mean, min, q25, median, q75, q90, max, previous: None }
    });
    (segments, spreads.collect())
}

/// Days since the last purchase.
pub(super) fn recency(buyer: &Buyer, as_of: Day) -> i64 {
    i64::from(as_of.0) - i64::from(buyer.last)
}

/// A part of a whole; 0 where there is nothing.
pub(super) fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use crate::metric::{Cuts, Facts, Options, RfmCuts, day, measure, sample::orders};
    use alloc::{format, vec, vec::Vec};

    #[test]
    fn segments_by_the_means() {
        // Recency 1, 100, 1 and 100 days, mean 50.5; purchase days 2, 1, 1 and 1, mean 1.25; amounts 100, 200, 10 and 10, mean 80.
        let rows = "
1,甲,2026-06-01 10:00:00,50
2,甲,2026-06-30 10:00:00,50
3,乙,2026-03-23 10:00:00,200
4,丙,2026-06-30 10:00:00,10
5,丁,2026-03-23 10:00:00,10
";
        let orders = orders(&format!("order_id,buyer,paid_at,paid_amount{rows}"));
        let options = Options { as_of: day("2026-07-01"), ..Options::default() };
        let found = measure(&Facts { orders, ..Facts::default() }, &options);
        let rows: Vec<(&str, f64)> = found.tables.rfm.iter().filter(|row| row.buyers > 0).map(|row| (row.title, row.amount)).collect();
        assert_eq!(rows, [("重要价值客户", 100.0), ("重要挽留客户", 200.0), ("一般发展客户", 10.0), ("一般挽留客户", 10.0)]);
        let cuts: Vec<Option<f64>> = found.tables.rfm_quantiles.iter().map(|row| row.cut).collect();
        assert_eq!(cuts, [Some(50.5), Some(1.25), Some(80.0), None]);
        let yearly = found.tables.rfm_quantiles.iter().find(|row| row.measure == "monetary_per_year").unwrap();
        // 甲: 100 yuan in 31 days; 丁: 10 yuan in 101 days.
        assert_eq!((yearly.max, yearly.min), (1177.41, 36.13));
    }

    #[test]
    fn segments_by_the_median_or_by_cuts_of_the_shops_own() {
        let rows = "
1,甲,2026-06-01 10:00:00,50
2,甲,2026-06-30 10:00:00,50
3,乙,2026-03-23 10:00:00,300
4,丙,2026-06-20 10:00:00,10
";
        let orders = orders(&format!("order_id,buyer,paid_at,paid_amount{rows}"));
        let facts = Facts { orders, ..Facts::default() };
        let segments = |rfm: RfmCuts| {
            let cuts = Cuts { rfm, ..Cuts::default() };
            let found = measure(&facts, &Options { as_of: day("2026-07-01"), cuts, ..Options::default() });
            let rows: Vec<(&str, u64)> =
                found.tables.rfm.iter().filter(|row| row.buyers > 0).map(|row| (row.segment, row.buyers)).collect();
            let cuts: Vec<f64> = found.tables.rfm_quantiles.iter().filter_map(|row| row.cut).collect();
            (rows, cuts)
        };
        // Medians: 11 days, 1 purchase day, 100 yuan.
        let by_median = segments(RfmCuts { median: true, ..RfmCuts::default() });
        assert_eq!(by_median, (vec![("losing", 1), ("loyal", 1), ("new", 1)], vec![11.0, 1.0, 100.0]));
        let own = RfmCuts { median: false, recency: Some(5), frequency: Some(1), monetary: Some(10_000) };
        assert_eq!(segments(own), (vec![("champions", 1), ("slipping", 1), ("fading", 1)], vec![5.0, 1.0, 100.0]));
    }
}
