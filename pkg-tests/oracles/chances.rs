//! Two shares side by side, by the books: Wilson's and Newcombe's intervals as they are written there, Fisher's test by counting
//! every table in whole numbers, Benjamini and Hochberg's correction by looking at all p for each.

use huashu::metric::Lift;
use std::collections::BTreeMap;

/// Of something that is there or not: cases with it, those of them with the outcome, cases without it, those of them with the outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Four {
    pub with: u64,
    pub with_outcome: u64,
    pub without: u64,
    pub without_outcome: u64,
}

impl Four {
    pub fn add(&mut self, with: bool, outcome: bool) {
        let (whole, part) = if with { (&mut self.with, &mut self.with_outcome) } else { (&mut self.without, &mut self.without_outcome) };
        *whole += 1;
        *part += u64::from(outcome);
    }

    /// Where one of the groups is empty there is nothing to compare.
    pub fn compares(&self) -> bool {
        self.with > 0 && self.without > 0
    }

    pub fn difference(&self) -> f64 {
        self.with_outcome as f64 / self.with as f64 - self.without_outcome as f64 / self.without as f64
    }

    /// Newcombe's method 10: each bound from the distances of the shares to their own Wilson bounds.
    fn interval(&self) -> [f64; 2] {
        let (p, q) = (self.with_outcome as f64 / self.with as f64, self.without_outcome as f64 / self.without as f64);
        let ([l1, u1], [l2, u2]) = (wilson(p, self.with as f64), wilson(q, self.without as f64));
        [self.difference() - (p - l1).hypot(u2 - q), self.difference() + (u1 - p).hypot(q - l2)]
    }

    /// Of all tables with these margins the share, each weighed by the ways to come about, of those no likelier than this one.
    fn p(&self) -> f64 {
        let outcomes = self.with_outcome + self.without_outcome;
        let ways = |k: u64| if k > outcomes { 0 } else { choose(self.with, k) * choose(self.without, outcomes - k) };
        let own = ways(self.with_outcome);
        let extreme: u128 = (0..=self.with).map(ways).filter(|ways| *ways <= own).sum();
        extreme as f64 / choose(self.with + self.without, outcomes) as f64
    }
}

/// Ways to take `k` of `n`.
fn choose(n: u64, k: u64) -> u128 {
    if k > n { 0 } else { (0..k).fold(1, |ways, at| ways * u128::from(n - at) / u128::from(at + 1)) }
}

/// The shares at which this one would lie at the edge of 95 %: the roots of (p − x)² = z² x (1 − x) / n.
fn wilson(p: f64, n: f64) -> [f64; 2] {
    let z2 = 1.959_963_984_540_054_f64.powi(2);
    let (a, b, c) = (1.0 + z2 / n, -(2.0 * p + z2 / n), p * p);
    let root = (b * b - 4.0 * a * c).max(0.0).sqrt();
    [(-b - root) / (2.0 * a), (-b + root) / (2.0 * a)]
}

/// Of each p the smallest p·m/rank of those that are not smaller; the rank counts the p up to one.
fn corrected(p: f64, all: &[f64]) -> f64 {
    let rank = |p: f64| all.iter().filter(|other| **other <= p).count() as f64;
    all.iter().filter(|other| **other >= p).map(|other| other * all.len() as f64 / rank(*other)).fold(1.0, f64::min)
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

/// What a list may show: of kind and id with its counts.
pub type Shown<'a> = dyn Fn(&(&str, &str), &Four) -> bool + 'a;

/// What of the rows of one outcome is not as these counts, by kind and id, have it; of those that may be shown at most so many rows are
/// listed, strongest evidence first.
pub fn differs(rows: &[&Lift], known: &BTreeMap<(&'static str, &str), Four>, most: usize, shows: &Shown) -> Option<String> {
    let known: BTreeMap<(&str, &str), Four> = known.iter().filter(|(_, four)| four.compares()).map(|(key, four)| (*key, *four)).collect();
    let all: Vec<f64> = known.values().map(Four::p).collect();
    let known: BTreeMap<(&str, &str), Four> = known.into_iter().filter(|(key, four)| shows(key, four)).collect();
    if rows.len() != known.len().min(most) {
        return Some(format!("{} rows of {known:?}", rows.len()));
    }
    for row in rows {
        let Some(four) = known.get(&(row.kind, row.id.as_str())) else { return Some(format!("there is no {row:?}")) };
        let counts =
            Four { with: row.with_count, with_outcome: row.with_outcome, without: row.without_count, without_outcome: row.without_outcome };
        let [low, high] = four.interval();
        let same = counts == *four
            && close(row.difference, four.difference())
            && close(row.interval[0], low)
            && close(row.interval[1], high)
            && close(row.p, four.p())
            && close(row.p_corrected, corrected(four.p(), &all))
            && row.small == (four.with < 30 || four.without < 30);
        if !same {
            return Some(format!("{row:?} against {four:?} {low} {high} {}", four.p()));
        }
    }
    let shown = |key: &(&str, &str)| rows.iter().any(|row| (row.kind, row.id.as_str()) == *key);
    let weakest = rows.iter().map(|row| row.p).fold(0.0, f64::max);
    let stronger = known.iter().find(|(key, four)| !shown(key) && four.p() < weakest - 1e-9);
    let before = |pair: &[&Lift]| (pair[0].kind, &pair[0].id) < (pair[1].kind, &pair[1].id);
    let in_order = rows.windows(2).all(|pair| pair[0].p < pair[1].p || (pair[0].p == pair[1].p && before(pair)));
    if stronger.is_some() || !in_order {
        return Some(format!("in this order: {rows:?}, without {stronger:?}"));
    }
    None
}
