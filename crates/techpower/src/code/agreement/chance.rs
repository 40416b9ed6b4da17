//! Percent agreement and the coefficients that correct it for chance: Cohen's and Fleiss' kappa, Gwet's AC1 and AC2.

use super::Ratings;

/// How near two different categories count. By position in the order of categories.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weights {
    /// Only the same category agrees.
    Identity,
    /// `1 - |k - l| / (q - 1)`.
    Linear,
    /// `1 - (k - l)^2 / (q - 1)^2`.
    Quadratic,
    /// `1 - C(|k - l| + 1, 2) / C(q, 2)` (Gwet 2014, *Handbook of Inter-Rater Reliability*, 4th ed.).
    Ordinal,
}

impl Weights {
    /// The weight of a pair of categories out of so many.
    #[must_use]
    pub fn weight(self, first: usize, second: usize, categories: usize) -> f64 {
        if first == second {
            return 1.0;
        }
        let apart = first.abs_diff(second) as f64;
        let most = categories.saturating_sub(1).max(1) as f64;
        match self {
            Weights::Identity => 0.0,
            Weights::Linear => 1.0 - apart / most,
            Weights::Quadratic => 1.0 - apart * apart / (most * most),
            Weights::Ordinal => 1.0 - apart * (apart + 1.0) / (most * (most + 1.0)),
        }
    }

    /// `sum_kl w_kl a_k b_l`.
    fn product(self, a: &[f64], b: &[f64]) -> f64 {
        if self == Weights::Identity {
            return a.iter().zip(b).map(|(x, y)| x * y).sum();
        }
        let row = |k: usize| -> f64 {
            b.iter().enumerate().map(|(l, share)| self.weight(k, l, a.len()) * share).sum::<f64>()
        };
        a.iter().enumerate().filter(|(_, share)| **share > 0.0).map(|(k, share)| share * row(k)).sum()
    }
}

/// Agreement beyond chance as a share of what chance leaves; `None` if chance leaves nothing.
fn beyond(agreement: f64, chance: f64) -> Option<f64> {
    (chance < 1.0 - 1e-12).then(|| (agreement - chance) / (1.0 - chance))
}

/// Percent agreement: the mean, over units rated by at least two coders, of the share of pairs of coders who agree (Gwet 2014).
/// `None` if there is no such unit.
///
/// ```
/// use techpower::code::agreement::{Ratings, Weights, percent_agreement};
/// let mut ratings = Ratings::new(3, 2);
/// ratings.push(&[Some(0), Some(0), Some(1)], 0); // one pair of three agrees
/// ratings.push(&[Some(1), Some(1), None], 1);
/// assert_eq!(percent_agreement(&ratings, Weights::Identity), Some(2.0 / 3.0));
/// ```
#[must_use]
pub fn percent_agreement(ratings: &Ratings, weights: Weights) -> Option<f64> {
    let (mut sum, mut units) = (0.0, 0.0);
    for row in ratings.rows() {
        let (mut agreement, mut pairs) = (0.0, 0.0);
        for (at, first) in row.iter().enumerate() {
            for (k, l) in row[at + 1..].iter().filter_map(|second| (*first).zip(*second)) {
                agreement += weights.weight(k, l, ratings.categories());
                pairs += 1.0;
            }
        }
        if pairs > 0.0 {
            sum += agreement / pairs;
            units += 1.0;
        }
    }
    (units > 0.0).then(|| sum / units)
}

/// Cohen's kappa of two coders (Cohen 1960, *Educational and Psychological Measurement* 20(1), 37-46), weighted (Cohen 1968, *Psychological
/// Bulletin* 70(4), 213-220), over the units that both rated. `None` if there is none, or if both put everything into one category.
///
/// ```
/// use techpower::code::agreement::{Ratings, Weights, cohen_kappa};
/// let mut ratings = Ratings::new(2, 2);
/// for (cells, times) in [([0, 0], 20), ([0, 1], 5), ([1, 0], 10), ([1, 1], 15)] {
///     (0..times).for_each(|_| ratings.push(&cells.map(Some), 0));
/// }
/// let kappa = cohen_kappa(&ratings, 0, 1, Weights::Identity).expect("both categories are used");
/// assert!((kappa - 0.4).abs() < 1e-12);
/// ```
#[must_use]
pub fn cohen_kappa(ratings: &Ratings, first: usize, second: usize, weights: Weights) -> Option<f64> {
    let q = ratings.categories();
    let (mut firsts, mut seconds) = (vec![0.0; q], vec![0.0; q]);
    let (mut agreement, mut units) = (0.0, 0.0);
    for row in ratings.rows() {
        let (Some(Some(k)), Some(Some(l))) = (row.get(first), row.get(second)) else { continue };
        firsts[*k] += 1.0;
        seconds[*l] += 1.0;
        agreement += weights.weight(*k, *l, q);
        units += 1.0;
    }
    if units == 0.0 {
        return None;
    }
    beyond(agreement / units, weights.product(&firsts, &seconds) / (units * units))
}

/// Mean share of each category over the units that anyone rated; `None` if there is none.
fn prevalence(ratings: &Ratings) -> Option<Vec<f64>> {
    let mut sums = vec![0.0; ratings.categories()];
    let mut units = 0.0;
    for row in ratings.rows() {
        let raters = row.iter().flatten().count();
        units += f64::from(u8::from(raters > 0));
        row.iter().flatten().for_each(|k| sums[*k] += 1.0 / raters as f64);
    }
    (units > 0.0).then(|| sums.into_iter().map(|sum| sum / units).collect())
}

/// Fleiss' kappa (Fleiss 1971, *Psychological Bulletin* 76(5), 378-382), generalised to missing values and weights by Gwet (2014):
/// chance is the agreement of two ratings drawn from the mean shares of the categories. `None` if no unit has two ratings, or if all are of one
/// category.
#[must_use]
pub fn fleiss_kappa(ratings: &Ratings, weights: Weights) -> Option<f64> {
    let agreement = percent_agreement(ratings, weights)?;
    let shares = prevalence(ratings)?;
    beyond(agreement, weights.product(&shares, &shares))
}

/// Gwet's AC1 with [`Weights::Identity`], AC2 with other weights (Gwet 2008, *British Journal of Mathematical and Statistical Psychology* 61(1),
/// 29-48; 2014): chance is `T / (q (q - 1)) * sum_k s_k (1 - s_k)`, with `s` the mean shares of `q` categories and `T` the sum of all
/// weights. `None` if no unit has two ratings or there are fewer than two categories.
///
/// It does not fall when one category is rare, where kappa does.
#[must_use]
pub fn gwet_ac(ratings: &Ratings, weights: Weights) -> Option<f64> {
    let q = ratings.categories();
    if q < 2 {
        return None;
    }
    let agreement = percent_agreement(ratings, weights)?;
    let shares = prevalence(ratings)?;
    let ones = vec![1.0; q];
    let spread: f64 = shares.iter().map(|share| share * (1.0 - share)).sum();
    beyond(agreement, weights.product(&ones, &ones) * spread / (q * (q - 1)) as f64)
}

#[cfg(test)]
mod tests {
    use super::super::ratings::examples::{crossed, krippendorff, ratings};
    use super::*;

    fn check(found: Option<f64>, expected: f64, tolerance: f64) {
        let found = found.expect("a value");
        assert!((found - expected).abs() < tolerance, "{found}, not {expected}");
    }

    /// Textbook tables of two coders.
    #[test]
    fn cohen_kappa_agrees_with_textbooks() {
        for (table, expected) in [
            ([[20, 5], [10, 15]], 0.4),
            ([[45, 15], [25, 15]], 0.1304),
            ([[25, 35], [5, 35]], 0.2593),
            ([[118, 5], [2, 0]], -0.0234),
        ] {
            let ratings = crossed(&[&table[0], &table[1]]);
            check(cohen_kappa(&ratings, 0, 1, Weights::Identity), expected, 5e-5);
        }
    }

    /// Where almost all is of one category, kappa is low and AC1 is not (Feinstein & Cicchetti 1990).
    #[test]
    fn gwet_ac1_withstands_a_rare_category() {
        check(gwet_ac(&crossed(&[&[118, 5], &[2, 0]]), Weights::Identity), 0.9408, 5e-5);
    }

    /// AC1 and kappa as the R package irrCAC computes them on Krippendorff's example. Percent agreement by hand: of eleven units with two ratings eight agree in
    /// all pairs, two in three of six, one in none: 9/11.
    #[test]
    fn several_coders_with_missing_values_agree_with_irrcac() {
        check(gwet_ac(&krippendorff(), Weights::Identity), 0.77544, 5e-6);
        check(fleiss_kappa(&krippendorff(), Weights::Identity), 0.76117, 5e-6);
        check(percent_agreement(&krippendorff(), Weights::Identity), 9.0 / 11.0, 1e-12);
    }

    /// Fleiss' example as in Wikipedia, "Fleiss' kappa": ten subjects, fourteen raters, five categories.
    #[test]
    fn fleiss_kappa_agrees_with_the_example() {
        let table: [[usize; 5]; 10] = [
            [0, 0, 0, 0, 14],
            [0, 2, 6, 4, 2],
            [0, 0, 3, 5, 6],
            [0, 3, 9, 2, 0],
            [2, 2, 8, 1, 1],
            [7, 7, 0, 0, 0],
            [3, 2, 6, 3, 0],
            [2, 5, 3, 2, 2],
            [6, 5, 2, 1, 0],
            [0, 2, 2, 3, 7],
        ];
        let mut ratings = Ratings::new(14, 5);
        for (at, counts) in table.iter().enumerate() {
            let cells: Vec<Option<usize>> =
                counts.iter().enumerate().flat_map(|(k, count)| vec![Some(k); *count]).collect();
            ratings.push(&cells, at);
        }
        check(fleiss_kappa(&ratings, Weights::Identity), 0.2099, 5e-5);
    }

    /// By hand: three ordered categories, units (1, 1), (1, 2), (3, 2), (3, 3). Linear agreement (1 + 1/2 + 1/2 + 1) / 4 = 3/4. The shares of the
    /// first are 1/2, 0, 1/2, of the second 1/4, 1/2, 1/4, so chance is 1/2 and kappa 1/2. Quadratic: agreement 7/8, chance 5/8, kappa 2/3.
    #[test]
    fn weighted_kappa_agrees_with_an_exact_case() {
        let ratings = ratings(3, &[&[1, 1], &[1, 2], &[3, 2], &[3, 3]]);
        check(cohen_kappa(&ratings, 0, 1, Weights::Linear), 0.5, 1e-12);
        check(cohen_kappa(&ratings, 0, 1, Weights::Quadratic), 2.0 / 3.0, 1e-12);
        // The mean shares are 3/8, 1/4, 3/8 and the linear weights sum to 5: chance 5/6 * 21/32 = 35/64, AC2 = (48 - 35) / (64 - 35).
        check(gwet_ac(&ratings, Weights::Linear), 13.0 / 29.0, 1e-12);
    }

    #[test]
    fn weights_are_those_of_the_definitions() {
        for weights in [Weights::Linear, Weights::Quadratic, Weights::Ordinal] {
            assert_eq!((weights.weight(2, 2, 4), weights.weight(0, 3, 4)), (1.0, 0.0));
        }
        // C(2, 2) / C(4, 2).
        assert!((Weights::Ordinal.weight(0, 1, 4) - 5.0 / 6.0).abs() < 1e-12);
    }

    #[test]
    fn what_is_not_defined_is_none() {
        let one = ratings(2, &[&[1, 1], &[1, 1]]);
        assert_eq!(cohen_kappa(&one, 0, 1, Weights::Identity), None);
        assert_eq!(fleiss_kappa(&one, Weights::Identity), None);
        assert_eq!(percent_agreement(&one, Weights::Identity), Some(1.0));
        // Two categories could have been chosen, and no one disagrees.
        assert_eq!(gwet_ac(&one, Weights::Identity), Some(1.0));
        for alone in [ratings(2, &[&[1], &[2]]), ratings(2, &[&[1, 0], &[0, 2]]), ratings(2, &[])] {
            assert_eq!(percent_agreement(&alone, Weights::Identity), None);
            assert_eq!(cohen_kappa(&alone, 0, 1, Weights::Identity), None);
            assert_eq!(fleiss_kappa(&alone, Weights::Identity), None);
            assert_eq!(gwet_ac(&alone, Weights::Identity), None);
        }
    }
}
