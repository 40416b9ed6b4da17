//! Prediction-powered inference: means and counts from many machine codings and a few checked ones.

use super::{Corrected, moments};

/// A checked document: what the machine says and what is true. For counts these are numbers of events of a category, for shares 0 or 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Checked {
    /// What the machine says.
    pub machine: f64,
    /// What is true.
    pub truth: f64,
}

/// The prediction-powered mean (Angelopoulos, Bates, Fannjiang, Jordan & Zrnic 2023, *Science* 382(6671), 669-674, algorithm 1): the machine's mean
/// over the unchecked documents, plus the mean error over the checked ones. Its variance is that of the machine's values over their number plus that
/// of the errors over theirs; sample variances are used. The mean is that of the source from which all documents come at random. `None` if
/// fewer than two documents are on either side.
///
/// ```
/// use techpower::code::agreement::correction::{Checked, prediction_powered_mean};
/// // The machine finds half of what is there.
/// let checked = [(0.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0)].map(|(machine, truth)| Checked { machine, truth });
/// let unchecked = [1.0, 0.0, 0.0, 0.0];
/// let mean = prediction_powered_mean(&checked, &unchecked).expect("enough documents");
/// assert!((mean.value - 0.5).abs() < 1e-12);
/// ```
#[must_use]
pub fn prediction_powered_mean(checked: &[Checked], unchecked: &[f64]) -> Option<Corrected> {
    let errors: Vec<f64> = checked.iter().map(|one| one.truth - one.machine).collect();
    let (machine, machine_variance) = moments(unchecked)?;
    let (error, error_variance) = moments(&errors)?;
    let variance = machine_variance / unchecked.len() as f64 + error_variance / errors.len() as f64;
    Corrected::finite(machine + error, libm::sqrt(variance))
}

/// The count over these documents and no others: what is true of the checked ones, what the machine says of the rest, and the mean error of the
/// checked ones for each of the rest. With equal chances of being checked this is the prediction-powered mean times the number of documents, for a
/// corpus that is taken as it is: the difference estimator (Särndal, Swensson & Wretman 1992, *Model Assisted Survey Sampling*, section 6.3),
/// with the variance `N (N - n) s^2 / n` of `N` documents, `n` of them checked. Only the rest is uncertain: if all are checked, the error is zero.
/// `None` if fewer than two documents are checked.
///
/// ```
/// use techpower::code::agreement::correction::{Checked, prediction_powered_count};
/// let checked = [(0.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0)].map(|(machine, truth)| Checked { machine, truth });
/// let count = prediction_powered_count(&checked, &[1.0, 0.0, 0.0, 0.0]).expect("enough documents");
/// // 2 checked, 1 coded, and a quarter of an event missed in each of the four others.
/// assert!((count.value - 4.0).abs() < 1e-12);
/// ```
#[must_use]
pub fn prediction_powered_count(checked: &[Checked], unchecked: &[f64]) -> Option<Corrected> {
    let errors: Vec<f64> = checked.iter().map(|one| one.truth - one.machine).collect();
    let (error, variance) = moments(&errors)?;
    let (n, rest) = (checked.len() as f64, unchecked.len() as f64);
    let known: f64 = checked.iter().map(|one| one.truth).sum();
    let coded: f64 = unchecked.iter().sum();
    Corrected::finite(known + coded + rest * error, libm::sqrt((n + rest) * rest * variance / n))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::{Random, Seed, mean};

    const SIMULATIONS: usize = 2_000;

    /// A document: true with probability 0.3; the machine finds 60 % of those and sees 5 % where there is none.
    fn document(random: &mut Random) -> Checked {
        let truth = random.uniform() < 0.3;
        let machine = random.uniform() < if truth { 0.6 } else { 0.05 };
        Checked { machine: f64::from(u8::from(machine)), truth: f64::from(u8::from(truth)) }
    }

    /// Intervals of 90 % hold the truth in 90 % of simulations, within four standard errors of a simulation (2.7 points); estimates are right on
    /// average, within four standard errors; the machine's own are 8.5 points too low.
    #[test]
    fn means_and_counts_are_unbiased_and_intervals_cover() {
        let (n, rest) = (200, 1_000);
        let (mut means, mut counts, mut naive) = (Vec::new(), Vec::new(), Vec::new());
        let (mut mean_covers, mut count_covers) = (0, 0);
        for simulation in 0..SIMULATIONS {
            let mut random = Seed(11).stream("test", "prediction").draw(simulation);
            let checked: Vec<Checked> = (0..n).map(|_| document(&mut random)).collect();
            let others: Vec<Checked> = (0..rest).map(|_| document(&mut random)).collect();
            let unchecked: Vec<f64> = others.iter().map(|one| one.machine).collect();
            let truth: f64 = checked.iter().chain(&others).map(|one| one.truth).sum();
            let found = prediction_powered_mean(&checked, &unchecked).expect("enough documents");
            let (low, high) = found.interval();
            mean_covers += usize::from(low <= 0.3 && 0.3 <= high);
            means.push(found.value);
            let found = prediction_powered_count(&checked, &unchecked).expect("enough documents");
            let (low, high) = found.interval();
            count_covers += usize::from(low <= truth && truth <= high);
            counts.push(found.value - truth);
            naive.push(mean(&unchecked));
        }
        for covers in [mean_covers, count_covers] {
            let share = covers as f64 / SIMULATIONS as f64;
            assert!((share - 0.9).abs() < 0.027, "{share}");
        }
        let near = |values: &[f64], expected: f64| {
            let (mean, variance) = moments(values).expect("values");
            (mean - expected).abs() < 4.0 * libm::sqrt(variance / values.len() as f64)
        };
        assert!(near(&means, 0.3) && near(&counts, 0.0));
        assert!(near(&naive, 0.215) && !near(&naive, 0.3));
    }

    #[test]
    fn a_fully_checked_corpus_has_no_error() {
        let checked = [(0.0, 1.0), (1.0, 1.0)].map(|(machine, truth)| Checked { machine, truth });
        let found = prediction_powered_count(&checked, &[]).expect("enough documents");
        assert_eq!((found.value, found.error), (2.0, 0.0));
        assert_eq!(prediction_powered_mean(&checked, &[]), None);
        assert_eq!(prediction_powered_count(&checked[..1], &[1.0]), None);
    }
}
