//! Means, quantiles and ranks.

use serde::{Deserialize, Serialize};

/// A drawn quantity in four numbers: its mean and its 5 %, 50 % and 95 % quantiles.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Arithmetic mean.
    pub mean: f64,
    /// 5 % quantile.
    pub q05: f64,
    /// Median.
    pub q50: f64,
    /// 95 % quantile.
    pub q95: f64,
}

impl Summary {
    /// Summarises draws; `None` if there are none or any is not a number (an unknown draw makes the whole unknown).
    ///
    /// ```
    /// use techpower::num::Summary;
    /// let s = Summary::of(&[1.0, 2.0, 3.0]).unwrap();
    /// assert_eq!((s.mean, s.q50), (2.0, 2.0));
    /// assert!(Summary::of(&[1.0, f64::NAN]).is_none());
    /// ```
    #[must_use]
    pub fn of(draws: &[f64]) -> Option<Summary> {
        if draws.is_empty() || draws.iter().any(|x| x.is_nan()) {
            return None;
        }
        let mut sorted = draws.to_vec();
        sorted.sort_by(f64::total_cmp);
        Some(Summary {
            mean: mean(draws),
            q05: quantile_sorted(&sorted, 0.05),
            q50: quantile_sorted(&sorted, 0.5),
            q95: quantile_sorted(&sorted, 0.95),
        })
    }
}

/// Arithmetic mean, summed in the order given; NaN for no values.
#[must_use]
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// A share in hundredths, halves upwards: so that 0.835 is told as 0.84 wherever it is told as 84 percent.
///
/// ```
/// use techpower::num::hundredths;
/// assert_eq!([0.835, 0.825, 0.834].map(hundredths), [84.0, 83.0, 83.0]);
/// ```
#[must_use]
pub fn hundredths(share: f64) -> f64 {
    // The nearest number with twelve digits, so that a half is one although it has no binary form.
    libm::round(libm::round(share * 1e12) / 1e10)
}

/// Quantile of sorted values by linear interpolation between order statistics: type 7 of Hyndman & Fan (1996), *The
/// American Statistician* 50(4), the default of R and numpy. NaN for no values.
#[must_use]
pub fn quantile_sorted(sorted: &[f64], p: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let at = p.clamp(0.0, 1.0) * last as f64;
    let below = libm::floor(at) as usize;
    let above = (below + 1).min(last);
    sorted[below] + (at - below as f64) * (sorted[above] - sorted[below])
}

/// Quantile of weighted values: the smallest value at which the cumulated weight reaches the share `p` of the total weight
/// (the inverse of the weighted empirical distribution function). Weights must not be negative; NaN without positive weight.
#[must_use]
pub fn weighted_quantile(values: &[f64], weights: &[f64], p: f64) -> f64 {
    let mut pairs: Vec<(f64, f64)> =
        values.iter().copied().zip(weights.iter().copied()).filter(|(_, w)| *w > 0.0).collect();
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let goal = p.clamp(0.0, 1.0) * pairs.iter().map(|(_, w)| w).sum::<f64>();
    let mut sum = 0.0;
    for (value, weight) in &pairs {
        sum += weight;
        if sum >= goal {
            return *value;
        }
    }
    pairs.last().map_or(f64::NAN, |(value, _)| *value)
}

/// Spearman's rank correlation (Spearman 1904): Pearson's correlation of the ranks, where equal values share the middle of their ranks.
/// `None` with fewer than three pairs, or if all values of a side are equal.
///
/// ```
/// use techpower::num::rank_correlation;
/// assert_eq!(rank_correlation(&[1.0, 2.0, 3.0], &[10.0, 20.0, 90.0]), Some(1.0));
/// assert_eq!(rank_correlation(&[1.0, 2.0, 3.0], &[5.0, 5.0, 5.0]), None);
/// ```
///
/// # Panics
/// If the sides differ in length.
#[must_use]
pub fn rank_correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    assert_eq!(a.len(), b.len(), "pairs of values");
    if a.len() < 3 {
        return None;
    }
    let (a, b) = (middle_ranks(a), middle_ranks(b));
    let centre = (a.len() + 1) as f64 / 2.0;
    let sum =
        |x: &[f64], y: &[f64]| -> f64 { x.iter().zip(y).map(|(x, y)| (x - centre) * (y - centre)).sum() };
    let spread = sum(&a, &a) * sum(&b, &b);
    (spread > 0.0).then(|| sum(&a, &b) / libm::sqrt(spread))
}

/// Ranks from the smallest value up; equal values share the middle of their ranks.
fn middle_ranks(values: &[f64]) -> Vec<f64> {
    let below = |x: f64| values.iter().filter(|y| exceeds(x, **y)).count();
    let above = |x: f64| values.iter().filter(|y| exceeds(**y, x)).count();
    values.iter().map(|x| (1 + below(*x) + values.len() - above(*x)) as f64 / 2.0).collect()
}

/// Whether one value is greater than another by more than rounding: by more than 1e-12 of the greater of the two. Sums that are the same in
/// exact arithmetic can differ by less.
#[must_use]
pub fn exceeds(a: f64, b: f64) -> bool {
    a - b > 1e-12 * a.abs().max(b.abs())
}

/// Ranks from the largest value down: 1 is the largest; equal values share the smallest rank of their group ("1224", the
/// competition ranking), where values that differ by rounding only are equal; unknown values (`NaN`) have no rank.
///
/// ```
/// use techpower::num::ranks_descending;
/// assert_eq!(ranks_descending(&[5.0, 9.0, f64::NAN, 5.0, 1.0]), [Some(2), Some(1), None, Some(2), Some(4)]);
/// ```
#[must_use]
pub fn ranks_descending(values: &[f64]) -> Vec<Option<u32>> {
    values
        .iter()
        .map(|x| (!x.is_nan()).then(|| 1 + values.iter().filter(|y| exceeds(**y, *x)).count() as u32))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// NumPy 2.4.6: `numpy.quantile([1, 3, 4, 10], [0, .05, .5, .95, 1])` gives 1, 1.3, 3.5, 9.1, 10.
    #[test]
    fn quantiles_agree_with_numpy() {
        let sorted = [1.0, 3.0, 4.0, 10.0];
        for (p, expected) in [(0.0, 1.0), (0.05, 1.3), (0.5, 3.5), (0.95, 9.1), (1.0, 10.0)] {
            assert!((quantile_sorted(&sorted, p) - expected).abs() < 1e-12);
        }
        assert!(quantile_sorted(&[], 0.5).is_nan());
    }

    #[test]
    fn weighted_quantiles_count_weight_not_values() {
        assert_eq!(weighted_quantile(&[1.0, 2.0, 3.0], &[1.0, 1.0, 8.0], 0.5), 3.0);
        assert_eq!(weighted_quantile(&[3.0, 1.0], &[0.0, 2.0], 0.9), 1.0);
        assert!(weighted_quantile(&[1.0], &[0.0], 0.5).is_nan());
    }
}
