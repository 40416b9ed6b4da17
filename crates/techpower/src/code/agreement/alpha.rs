//! Krippendorff's alpha for any number of coders, missing values and several levels of measurement.

use super::Ratings;

/// The difference between two categories, as alpha squares and sums it.
#[derive(Debug, Clone, Copy)]
pub enum Distance<'a> {
    /// 0 for the same category, else 1.
    Nominal,
    /// By how much was rated between two categories, which stand in their order.
    Ordinal,
    /// The squared difference of the categories' values.
    Interval(&'a [f64]),
    /// The squared difference of the categories' values, relative to their sum; values are not below zero.
    Ratio(&'a [f64]),
    /// A table, row by row: taken as it is, not squared.
    Given(&'a [f64]),
}

impl Distance<'_> {
    /// The difference of two categories, of which so many ratings are pairable.
    fn between(&self, first: usize, second: usize, pairable: &[f64]) -> f64 {
        if first == second {
            return 0.0;
        }
        let value = |values: &[f64], k: usize| values.get(k).copied().unwrap_or(f64::NAN);
        match self {
            Distance::Nominal => 1.0,
            Distance::Ordinal => {
                let (low, high) = (first.min(second), first.max(second));
                let between: f64 = pairable[low..=high].iter().sum();
                let apart = between - (pairable[low] + pairable[high]) / 2.0;
                apart * apart
            }
            Distance::Interval(values) => {
                let apart = value(values, first) - value(values, second);
                apart * apart
            }
            Distance::Ratio(values) => {
                let (a, b) = (value(values, first), value(values, second));
                let apart = (a - b) / (a + b);
                apart * apart
            }
            Distance::Given(table) => value(table, first * pairable.len() + second),
        }
    }
}

/// Krippendorff's alpha: `1 - (n - 1) sum o_ck d_ck / sum n_c n_k d_ck`, with `o` the coincidences of two ratings in a unit, each weighted by one
/// over the unit's ratings less one, `n_c` the pairable ratings of a category and `d` the differences (Krippendorff 2011, *Computing
/// Krippendorff's alpha-reliability*, section D). `None` if no unit has two ratings, if all pairable ratings are alike, or if a difference is not
/// defined.
///
/// ```
/// use techpower::code::agreement::{Distance, Ratings, krippendorff_alpha};
/// let mut ratings = Ratings::new(2, 2);
/// for (unit, cells) in [[0, 0], [1, 1], [0, 1]].into_iter().enumerate() {
///     ratings.push(&cells.map(Some), unit);
/// }
/// // Six ratings, two coincidences that differ: 1 - 5 * 2 / (2 * 3 * 3).
/// let alpha = krippendorff_alpha(&ratings, &Distance::Nominal).expect("there is variation");
/// assert!((alpha - 4.0 / 9.0).abs() < 1e-12);
/// ```
#[must_use]
pub fn krippendorff_alpha(ratings: &Ratings, distance: &Distance<'_>) -> Option<f64> {
    let mut pairable = vec![0.0; ratings.categories()];
    for row in ratings.rows().filter(|row| row.iter().flatten().count() >= 2) {
        row.iter().flatten().for_each(|k| pairable[*k] += 1.0);
    }
    let n: f64 = pairable.iter().sum();
    let mut observed = 0.0;
    for row in ratings.rows() {
        let known: Vec<usize> = row.iter().flatten().copied().collect();
        if known.len() < 2 {
            continue;
        }
        let mut sum = 0.0;
        for (at, first) in known.iter().enumerate() {
            sum += known[at + 1..].iter().map(|k| distance.between(*first, *k, &pairable)).sum::<f64>();
        }
        // Each pair coincides in both orders.
        observed += 2.0 * sum / (known.len() - 1) as f64;
    }
    let used: Vec<usize> = (0..pairable.len()).filter(|k| pairable[*k] > 0.0).collect();
    let mut expected = 0.0;
    for (at, first) in used.iter().enumerate() {
        for second in &used[at + 1..] {
            expected +=
                2.0 * pairable[*first] * pairable[*second] * distance.between(*first, *second, &pairable);
        }
    }
    let alpha = 1.0 - (n - 1.0) * observed / expected;
    (expected > 0.0 && alpha.is_finite()).then_some(alpha)
}

#[cfg(test)]
mod tests {
    use super::super::ratings::examples::{krippendorff, ratings};
    use super::*;

    /// Values with four digits; the nominal, ordinal, interval and ratio alphas of Krippendorff (2011) are 0.743, 0.815, 0.849 and 0.797.
    #[test]
    fn alpha_agrees_with_krippendorffs_example() {
        let values = [1.0, 2.0, 3.0, 4.0, 5.0];
        let apart: Vec<f64> = (0..25).map(|at| f64::from(u8::from(at / 5 != at % 5))).collect();
        for (distance, expected) in [
            (Distance::Nominal, 0.7434),
            (Distance::Ordinal, 0.8154),
            (Distance::Interval(&values), 0.8491),
            (Distance::Ratio(&values), 0.7974),
            (Distance::Given(&apart), 0.7434),
        ] {
            let found = krippendorff_alpha(&krippendorff(), &distance).expect("a value");
            assert!((found - expected).abs() < 5e-5, "{distance:?}: {found}, not {expected}");
        }
    }

    #[test]
    fn what_is_not_defined_is_none() {
        for ratings in [
            ratings(2, &[&[1, 1], &[1, 1]]),
            ratings(2, &[&[1, 0], &[0, 2]]),
            ratings(2, &[&[1], &[2]]),
            ratings(2, &[]),
        ] {
            assert_eq!(krippendorff_alpha(&ratings, &Distance::Nominal), None);
        }
        let ratings = ratings(2, &[&[1, 2], &[1, 1]]);
        // A value that is not known, and a ratio of what sums to zero.
        assert_eq!(krippendorff_alpha(&ratings, &Distance::Interval(&[1.0])), None);
        assert_eq!(krippendorff_alpha(&ratings, &Distance::Ratio(&[1.0, -1.0])), None);
    }
}
