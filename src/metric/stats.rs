//! Statistics: intervals, medians and quantiles as reference libraries count them.

/// The 97.5 % quantile of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// Wilson's 95 % interval of a share; `None` without cases.
///
/// ```
/// // statsmodels 0.14: proportion_confint(3500, 10000, method="wilson")
/// let [low, high] = huashu::metric::stats::wilson(3500, 10_000).unwrap();
/// assert!((low - 0.340_709_018).abs() < 1e-6 && (high - 0.359_405_5).abs() < 1e-4);
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
