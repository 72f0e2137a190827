//! Statistics: intervals, an exact test, a correction, medians and quantiles, as reference libraries count them.

use crate::sort;
use alloc::{vec, vec::Vec};

/// The 97.5 % quantile of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// Wilson's 95 % interval of a share; `None` without cases.
///
/// ```
/// // statsmodels 0.15.0: proportion_confint(3500, 10000, method="wilson")
/// let [low, high] = huashu::metric::stats::wilson(3500, 10_000).unwrap();
/// assert!((low - 0.3407107849472953).abs() < 1e-12 && (high - 0.35940441456390754).abs() < 1e-12);
/// ```
pub fn wilson(part: u64, whole: u64) -> Option<[f64; 2]> {
    if whole == 0 || part > whole {
        return None;
    }
    let n = whole as f64;
    let p = part as f64 / n;
    let z2 = Z * Z;
    let middle = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z / (1.0 + z2 / n) * libm::sqrt(p * (1.0 - p) / n + z2 / (4.0 * n * n));
    let low = if part == 0 { 0.0 } else { (middle - half).max(0.0) };
    let high = if part == whole { 1.0 } else { (middle + half).min(1.0) };
    Some([low, high])
}

/// Newcombe's 95 % interval of the difference of two shares, `a` − `b`, each given as part and whole.
///
/// ```
/// // statsmodels 0.15.0: confint_proportions_2indep(56, 70, 48, 80, method="newcomb", compare="diff")
/// let [low, high] = huashu::metric::stats::newcombe((56, 70), (48, 80)).unwrap();
/// assert!((low - 0.05243147240236498).abs() < 1e-12 && (high - 0.33387265403690614).abs() < 1e-12);
/// ```
pub fn newcombe(a: (u64, u64), b: (u64, u64)) -> Option<[f64; 2]> {
    let ([low_a, high_a], [low_b, high_b]) = (wilson(a.0, a.1)?, wilson(b.0, b.1)?);
    let (p, q) = (a.0 as f64 / a.1 as f64, b.0 as f64 / b.1 as f64);
    let below = libm::sqrt((p - low_a) * (p - low_a) + (high_b - q) * (high_b - q));
    let above = libm::sqrt((high_a - p) * (high_a - p) + (q - low_b) * (q - low_b));
    Some([p - q - below, p - q + above])
}

/// The two-sided p of Fisher's exact test for two shares, each given as part and whole; `None` where a part exceeds its
/// whole, or where there are more than 2³¹ cases.
///
/// Tables are weighed against the likeliest one by their ratios, so that nothing large is ever formed; linear in the
/// smaller margin.
///
/// ```
/// // scipy 1.17.1: fisher_exact([[9, 1], [3, 7]])
/// let p = huashu::metric::stats::fisher((9, 10), (3, 10)).unwrap();
/// assert!((p - 0.019766611097880443).abs() < 1e-12);
/// ```
pub fn fisher(a: (u64, u64), b: (u64, u64)) -> Option<f64> {
    const MOST: u64 = 1 << 31;
    if a.0 > a.1 || b.0 > b.1 || a.1 > MOST || b.1 > MOST {
        return None;
    }
    let (drawn, rest, parts) = (a.1, b.1, a.0 + b.0);
    let least = parts.saturating_sub(rest);
    let most = parts.min(drawn);
    // Weight of the table with k + 1 over that with k.
    let ratio = |k: u64| ((drawn - k) as f64 / (k + 1) as f64) * ((parts - k) as f64 / (rest + k + 1 - parts) as f64);
    // The likeliest table: ratios fall as k grows, so it is where they first drop below 1.
    let mode = ((drawn as f64 + 1.0) * (parts as f64 + 1.0) / (drawn as f64 + rest as f64 + 2.0)) as u64;
    let mode = mode.clamp(least, most);
    let weight_to = |target: u64| {
        let mut weight = 1.0;
        for k in mode..target {
            weight *= ratio(k);
            if weight == 0.0 {
                break;
            }
        }
        for k in (target..mode).rev() {
            weight /= ratio(k);
            if weight == 0.0 {
                break;
            }
        }
        weight
    };
    // Tables as unlikely as ours up to rounding count as extreme too: the factor is the one that scipy and R use.
    let limit = weight_to(a.0) * (1.0 + 1e-7);
    let (mut all, mut extreme) = (0.0, 0.0);
    let mut take = |weight: f64| {
        all += weight;
        if weight <= limit {
            extreme += weight;
        }
        weight > 0.0
    };
    take(1.0);
    let mut weight = 1.0;
    for k in mode..most {
        weight *= ratio(k);
        if !take(weight) {
            break;
        }
    }
    weight = 1.0;
    for k in (least..mode).rev() {
        weight /= ratio(k);
        if !take(weight) {
            break;
        }
    }
    Some((extreme / all).min(1.0))
}

/// Benjamini and Hochberg's correction: each p as the smallest share of false discoveries at which it would still pass.
///
/// ```
/// // statsmodels 0.15.0: multipletests([0.01, 0.04, 0.03, 0.5], method="fdr_bh")
/// let adjusted = huashu::metric::stats::benjamini_hochberg(&[0.01, 0.04, 0.03, 0.5]);
/// for (ours, known) in adjusted.iter().zip([0.04, 0.16 / 3.0, 0.16 / 3.0, 0.5]) {
///     assert!((ours - known).abs() < 1e-12);
/// }
/// ```
pub fn benjamini_hochberg(ps: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..ps.len()).collect();
    let p = |at: &usize| ps.get(*at).copied().unwrap_or(1.0);
    sort::by(&mut order, |a, b| p(b).total_cmp(&p(a)));
    let mut adjusted = vec![1.0; ps.len()];
    let mut least: f64 = 1.0;
    for (from_top, at) in order.iter().enumerate() {
        let rank = (ps.len() - from_top) as f64;
        least = least.min(p(at) * ps.len() as f64 / rank);
        if let Some(place) = adjusted.get_mut(*at) {
            *place = least;
        }
    }
    adjusted
}

/// A sum that is 0 of nothing, where that of the library is −0.
pub(crate) fn sum(values: impl Iterator<Item = f64>) -> f64 {
    values.fold(0.0, |sum, value| sum + value)
}

/// The median, the mean of the two middle ones where there is an even number; in linear time.
///
/// ```
/// assert_eq!(huashu::metric::stats::median(&mut [3, 1, 10]), Some(3.0));
/// assert_eq!(huashu::metric::stats::median(&mut [3, 1, 10, 4]), Some(3.5));
/// assert_eq!(huashu::metric::stats::median(&mut []), None);
/// ```
pub fn median(values: &mut [i64]) -> Option<f64> {
    let middle = values.len() / 2;
    if values.is_empty() {
        return None;
    }
    let even = values.len().is_multiple_of(2);
    let (below, &mut upper, _) = values.select_nth_unstable(middle);
    if !even {
        return Some(upper as f64);
    }
    let lower = below.iter().copied().max()?;
    Some((lower as f64 + upper as f64) / 2.0)
}

/// Quantiles, given in rising order: on the line between the two nearest values, as pandas and numpy do unless told
/// otherwise; 0 without values. Each is selected among what lies above the one before, so that nothing is sorted as a whole.
///
/// ```
/// // pandas 3.1.1: Series([3, 1, 10, 4, 8]).quantile([0.5, 0.9])
/// let [median, p90] = huashu::metric::stats::quantiles(&mut [3, 1, 10, 4, 8], [0.5, 0.9]);
/// assert!(median == 4.0 && (p90 - 9.2).abs() < 1e-12);
/// ```
pub fn quantiles<const N: usize>(values: &mut [i64], qs: [f64; N]) -> [f64; N] {
    let last = values.len().saturating_sub(1);
    let mut done = 0;
    qs.map(|q| {
        let place = last as f64 * q.clamp(0.0, 1.0);
        let below = (libm::floor(place) as usize).max(done);
        // What comes before `done` is in place already, and not above what comes after.
        let Some(rest) = values.get_mut(done..) else { return 0.0 };
        if below - done >= rest.len() {
            return 0.0;
        }
        let (_, &mut low, above) = rest.select_nth_unstable(below - done);
        let high = above.iter().copied().min().unwrap_or(low);
        done = below;
        low as f64 + (high as f64 - low as f64) * (place - below as f64)
    })
}

/// Kaplan and Meier's estimate of how many are left of a group that is not watched to the end: step by step in time.
///
/// ```
/// use huashu::metric::stats::Survival;
/// // scipy 1.17.1: ecdf(CensoredData(uncensored=[5, 20, 31], right=[1, 10, 40])).sf, at 20
/// let mut curve = Survival::new(6);
/// for day in 0..=20 {
///     curve.step(u64::from([5, 20, 31].contains(&day)), u64::from([1, 10, 40].contains(&day)));
/// }
/// assert_eq!((curve.watched, curve.events), (2, 2));
/// assert!((curve.gone() - (1.0 - 4.0 / 5.0 * 2.0 / 3.0)).abs() < 1e-12);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Survival {
    /// How many are still watched.
    pub watched: u64,
    /// How many events there were.
    pub events: u64,
    left: f64,
    /// Greenwood's sum.
    spread: f64,
}

impl Survival {
    /// All are there.
    pub const fn new(watched: u64) -> Self {
        Self { watched, events: 0, left: 1.0, spread: 0.0 }
    }

    /// The next moment: `events` of those watched have theirs, then `leaving` are watched no longer.
    pub fn step(&mut self, events: u64, leaving: u64) {
        let (n, d) = (self.watched as f64, events as f64);
        if events > 0 && events <= self.watched {
            self.left *= 1.0 - d / n;
            self.spread += d / (n * (n - d));
        }
        self.events += events;
        self.watched = self.watched.saturating_sub(events).saturating_sub(leaving);
    }

    /// The estimated share that had its event by now.
    pub const fn gone(&self) -> f64 {
        1.0 - self.left
    }

    /// Its 95 % interval, by Greenwood's variance on the log-log scale; `None` where there was no event, or only events.
    pub fn interval(&self) -> Option<[f64; 2]> {
        let log = libm::log(self.left);
        if self.left <= 0.0 || log == 0.0 {
            return None;
        }
        let wide = libm::exp(Z * libm::sqrt(self.spread) / log);
        Some([1.0 - libm::pow(self.left, wide), 1.0 - libm::pow(self.left, 1.0 / wide)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(ours: f64, known: f64) {
        assert!((ours - known).abs() <= 1e-9 * known.abs().max(1e-3), "{ours} against {known}");
    }

    /// statsmodels 0.15.0, `proportion_confint(part, whole, method="wilson")`.
    #[test]
    fn wilson_as_statsmodels() {
        for (part, whole, known) in [
            (0, 10, [0.0, 0.27753279986288926]),
            (10, 10, [0.7224672001371106, 1.0]),
            (1, 3, [0.06149194472039626, 0.7923403991979523]),
            (5, 7, [0.3589344518326191, 0.9177810759959432]),
            (999, 1000, [0.9943574414020421, 0.9998234536293739]),
            (1751, 25420, [0.0658341863630017, 0.07206163337372642]),
        ] {
            let [low, high] = wilson(part, whole).unwrap();
            close(low, known[0]);
            close(high, known[1]);
        }
        assert_eq!(wilson(0, 0), None);
        assert_eq!(wilson(2, 1), None);
    }

    /// statsmodels 0.15.0, `confint_proportions_2indep(…, method="newcomb", compare="diff")`; its bounds are cut at ±1,
    /// which Newcombe's own never pass.
    #[test]
    fn newcombe_as_statsmodels() {
        for (a, b, known) in [
            ((9, 10), (3, 10), [0.1705227239345029, 0.809017973535488]),
            ((10, 10), (0, 20), [0.6790860371419145, 1.0]),
            ((0, 10), (0, 10), [-0.27753279986288926, 0.27753279986288926]),
            ((5, 56), (0, 29), [-0.038137147903536936, 0.19256001385511165]),
            ((100, 1000), (50, 10_000), [0.07783607972938798, 0.11518796384125313]),
            ((1, 1), (0, 1), [-0.12210872068194178, 1.0]),
        ] {
            let [low, high] = newcombe(a, b).unwrap();
            close(low, known[0]);
            close(high, known[1]);
        }
        assert_eq!(newcombe((0, 0), (1, 2)), None);
    }

    /// scipy 1.17.1, `fisher_exact([[a, n - a], [b, m - b]])`.
    #[test]
    fn fisher_as_scipy() {
        for (a, b, known) in [
            ((56, 70), (48, 80), 0.012521129749209154),
            ((10, 10), (0, 20), 3.328339160423118e-08),
            ((0, 10), (0, 10), 1.0),
            ((5, 56), (0, 29), 0.1606214432094711),
            ((100, 1000), (50, 10_000), 1.9048983604321263e-68),
            ((1, 1), (0, 1), 1.0),
            ((3500, 10_000), (3400, 10_000), 0.14085140828928455),
            ((1, 10), (11, 14), 0.0027594561852200836),
            ((400_000, 500_000), (399_000, 500_000), 0.01267253756187491),
            ((8, 10), (1, 6), 0.034965034965034975),
        ] {
            let ours = fisher(a, b).unwrap();
            assert!((ours - known).abs() <= 1e-9 * known, "{a:?} {b:?}: {ours} against {known}");
        }
        assert_eq!(fisher((0, 0), (0, 0)), Some(1.0));
        assert_eq!(fisher((2, 1), (0, 5)), None);
    }

    /// statsmodels 0.15.0, `multipletests(…, method="fdr_bh")`.
    #[test]
    fn correction_as_statsmodels() {
        let ours = benjamini_hochberg(&[0.01, 0.04, 0.03, 0.005, 0.5, 0.9, 0.04]);
        for (ours, known) in ours.into_iter().zip([0.035, 0.056, 0.056, 0.035, 0.5833333333333334, 0.9, 0.056]) {
            close(ours, known);
        }
        assert!(benjamini_hochberg(&[]).is_empty());
    }

    /// scipy 1.17.1, `ecdf(CensoredData(uncensored, right)).sf` and its `confidence_interval(method="log-log")`.
    #[test]
    fn survival_as_scipy() {
        let at = |events: &[u64], leaving: &[u64], until: u64| {
            let mut curve = Survival::new((events.len() + leaving.len()) as u64);
            let count = |list: &[u64], day| list.iter().filter(|d| **d == day).count() as u64;
            (0..=until).for_each(|day| curve.step(count(events, day), count(leaving, day)));
            (curve.gone(), curve.interval())
        };
        let (first, second): ([&[u64]; 2], [&[u64]; 2]) = ([&[5, 20, 31], &[1, 10, 40]], [&[1, 1, 2, 3, 3, 3, 9], &[2, 3, 4, 4, 12, 20]]);
        for ([events, leaving], until, share, known) in [
            (first, 20, 0.4666666666666667, [0.13692881726120754, 0.9316679121527972]),
            (first, 35, 0.7333333333333334, [0.3138637208429881, 0.9903229994211187]),
            (second, 4, 0.4871794871794872, [0.25417266801187177, 0.7814663604426256]),
            (second, 9, 0.6581196581196582, [0.3523715291144456, 0.9294625488639264]),
        ] {
            let (gone, interval) = at(events, leaving, until);
            close(gone, share);
            close(interval.unwrap()[0], known[0]);
            close(interval.unwrap()[1], known[1]);
        }
        assert_eq!(at(&[5], &[1], 2), (0.0, None));
        assert_eq!(at(&[5], &[], 5), (1.0, None));
    }

    /// pandas 3.1.1, `Series([3, 1, 10, 4, 8]).quantile(…)`.
    #[test]
    fn quantiles_as_pandas() {
        let ours = quantiles(&mut [3, 1, 10, 4, 8], [0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0]);
        for (ours, known) in ours.into_iter().zip([1.0, 1.8, 3.0, 4.0, 8.0, 9.2, 10.0]) {
            close(ours, known);
        }
        assert_eq!(quantiles(&mut [7], [0.0, 0.3, 1.0]), [7.0; 3]);
        assert_eq!(quantiles(&mut [], [0.5]), [0.0]);
        assert_eq!(quantiles(&mut [5, 5, 1, 1], [0.1, 0.5, 0.9]), [1.0, 3.0, 5.0]);
    }
}
