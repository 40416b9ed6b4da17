//! Design-based supervised learning: means and regressions of what was checked with known probabilities.

use super::Corrected;
use crate::num::{Lu, Matrix};

/// A document of which the machine says something, and which had a known chance of being checked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampled {
    /// What the machine says.
    pub machine: f64,
    /// What is true, if it was checked.
    pub truth: Option<f64>,
    /// Probability with which it was to be checked, above 0 and at most 1.
    pub probability: f64,
}

impl Sampled {
    /// The design-adjusted outcome `f + R / p (Y - f)`: right on average over the sampling, whatever the machine's errors.
    fn adjusted(&self) -> Option<f64> {
        if !(self.probability > 0.0 && self.probability <= 1.0) {
            return None;
        }
        Some(match self.truth {
            Some(truth) => self.machine + (truth - self.machine) / self.probability,
            None => self.machine,
        })
    }
}

/// The mean by design-based supervised learning (Egami, Hinck, Stewart & Wei 2023, *Advances in Neural Information Processing Systems* 36): the mean of design-adjusted outcomes. `None` for fewer than two documents, or if a probability is not above 0 and at most 1.
///
/// The machine must not have learned from the checked documents; if it did, its values must come from a fit without the document.
///
/// ```
/// use techpower::code::agreement::correction::{Sampled, design_based_mean};
/// let document = |machine, truth| Sampled { machine, truth, probability: 0.5 };
/// let documents = [document(1.0, Some(1.0)), document(0.0, Some(1.0)), document(0.0, None), document(1.0, None)];
/// // Adjusted: 1, 2, 0, 1.
/// assert_eq!(design_based_mean(&documents).expect("enough documents").value, 1.0);
/// ```
#[must_use]
pub fn design_based_mean(documents: &[Sampled]) -> Option<Corrected> {
    let constant = vec![vec![1.0]; documents.len()];
    design_based_regression(documents, &constant)?.first().copied()
}

/// Coefficients of a linear regression by design-based supervised learning (Egami et al. 2023): least squares on design-adjusted
/// outcomes, with errors robust to unequal variance (the sandwich, times `N / (N - k)`; MacKinnon & White 1985, *Journal of Econometrics* 29(3),
/// 305-325, HC1). `covariates` has a row per document, a constant included where one is wanted. `None` if rows differ in length or number, if there
/// are not more documents than covariates, if covariates determine one another, or if a probability is not above 0 and at most 1.
///
/// ```
/// use techpower::code::agreement::correction::{Sampled, design_based_regression};
/// let documents = [1.0, 3.0, 5.0].map(|y| Sampled { machine: y, truth: Some(y), probability: 1.0 });
/// let covariates = [vec![1.0, 0.0], vec![1.0, 1.0], vec![1.0, 2.0]];
/// let found = design_based_regression(&documents, &covariates).expect("regular");
/// assert!((found[0].value - 1.0).abs() < 1e-12 && (found[1].value - 2.0).abs() < 1e-12);
/// ```
#[must_use]
pub fn design_based_regression(documents: &[Sampled], covariates: &[Vec<f64>]) -> Option<Vec<Corrected>> {
    let k = covariates.first()?.len();
    let n = documents.len();
    if k == 0 || n <= k || covariates.len() != n || covariates.iter().any(|row| row.len() != k) {
        return None;
    }
    let outcomes: Vec<f64> = documents.iter().map(Sampled::adjusted).collect::<Option<_>>()?;
    let mut products = vec![0.0; k * k];
    let mut moments = vec![0.0; k];
    for (row, y) in covariates.iter().zip(&outcomes) {
        for a in 0..k {
            moments[a] += row[a] * y;
            (0..k).for_each(|b| products[a * k + b] += row[a] * row[b]);
        }
    }
    let inverse = Lu::of(&Matrix::from_cells(k, products))?.inverse();
    let dot = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(x, y)| x * y).sum() };
    let beta: Vec<f64> = (0..k).map(|a| dot(inverse.row(a), &moments)).collect();
    // The sandwich has on its diagonal the sums of squares of the residuals times the rows of the inverse.
    let mut variances = vec![0.0; k];
    for (row, y) in covariates.iter().zip(&outcomes) {
        let residual = y - dot(row, &beta);
        for (a, variance) in variances.iter_mut().enumerate() {
            let influence = dot(inverse.row(a), row) * residual;
            *variance += influence * influence;
        }
    }
    let scale = n as f64 / (n - k) as f64;
    beta.into_iter().zip(variances).map(|(b, v)| Corrected::finite(b, libm::sqrt(v * scale))).collect()
}

#[cfg(test)]
mod tests {
    use super::super::moments;
    use super::*;
    use crate::num::Seed;

    const SIMULATIONS: usize = 2_000;

    /// A share of 0.2 + 0.3 x, x being 0 or 1; the machine errs more where x is 1, and what it codes is checked more often. Intervals of 90 % hold the
    /// truth in 90 % of simulations within four standard errors of a simulation (2.7 points), estimates are right on average within
    /// four standard errors, and least squares on the machine's own values are not.
    #[test]
    fn estimates_are_unbiased_and_intervals_cover() {
        let mut found = [Vec::new(), Vec::new(), Vec::new()];
        let mut naive = Vec::new();
        let mut covers = [0usize; 3];
        let expected = [0.35, 0.2, 0.3];
        for simulation in 0..SIMULATIONS {
            let mut random = Seed(12).stream("test", "design").draw(simulation);
            let mut documents = Vec::new();
            let mut covariates = Vec::new();
            for _ in 0..800 {
                let x = f64::from(u8::from(random.uniform() < 0.5));
                let truth = random.uniform() < 0.2 + 0.3 * x;
                let machine = random.uniform() < if truth { 0.9 - 0.4 * x } else { 0.1 };
                let probability = if machine { 0.5 } else { 0.15 };
                let truth = (random.uniform() < probability).then_some(f64::from(u8::from(truth)));
                documents.push(Sampled { machine: f64::from(u8::from(machine)), truth, probability });
                covariates.push(vec![1.0, x]);
            }
            let regression = design_based_regression(&documents, &covariates).expect("regular");
            let mean = design_based_mean(&documents).expect("enough documents");
            for (at, estimate) in [mean, regression[0], regression[1]].into_iter().enumerate() {
                let (low, high) = estimate.interval();
                covers[at] += usize::from(low <= expected[at] && expected[at] <= high);
                found[at].push(estimate.value);
            }
            let taken: Vec<Sampled> = documents.iter().map(|one| Sampled { truth: None, ..*one }).collect();
            naive.push(design_based_regression(&taken, &covariates).expect("regular")[1].value);
        }
        let near = |values: &[f64], expected: f64| {
            let (mean, variance) = moments(values).expect("values");
            (mean - expected).abs() < 4.0 * libm::sqrt(variance / values.len() as f64)
        };
        for at in 0..3 {
            let share = covers[at] as f64 / SIMULATIONS as f64;
            assert!((share - 0.9).abs() < 0.027, "{at}: {share}");
            assert!(near(&found[at], expected[at]), "{at}");
        }
        // 0.5 * 0.5 + 0.5 * 0.1 less 0.2 * 0.9 + 0.8 * 0.1.
        assert!(near(&naive, 0.04));
    }

    #[test]
    fn what_is_not_defined_is_none() {
        let document = |probability| Sampled { machine: 1.0, truth: None, probability };
        assert_eq!(design_based_mean(&[document(0.5), document(0.0)]), None);
        assert_eq!(design_based_mean(&[document(0.5), document(1.5)]), None);
        assert_eq!(design_based_mean(&[document(0.5)]), None);
        assert_eq!(design_based_mean(&[]), None);
        let three = [document(0.5); 3];
        assert_eq!(design_based_regression(&three, &[vec![1.0], vec![1.0]]), None);
        assert_eq!(design_based_regression(&three, &[vec![1.0, 1.0], vec![1.0, 1.0], vec![1.0, 1.0]]), None);
    }
}
