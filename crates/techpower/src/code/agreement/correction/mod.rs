//! Correction for a coder's errors: what counts would be if every document had been checked, from a checked sample.
//!
//! A machine codes all documents, and a person checks some of them. `prediction` and `design` correct means and counts whatever the errors are, as
//! long as chance alone decided which documents were checked: `prediction` if each was equally likely, `design` with any known probabilities.
//! `confusion` draws corrected counts of all categories at once, for stages that work on draws. None corrects a sample picked by hand.

mod confusion;
mod design;
mod prediction;

pub use confusion::Confusion;
pub use design::{Sampled, design_based_mean, design_based_regression};
pub use prediction::{Checked, prediction_powered_count, prediction_powered_mean};

use crate::num::normal_quantile;

/// A corrected quantity with its error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Corrected {
    /// The estimate.
    pub value: f64,
    /// Its standard error.
    pub error: f64,
}

impl Corrected {
    /// A quantile of the normal distribution around the estimate.
    #[must_use]
    pub fn quantile(self, p: f64) -> f64 {
        self.value + self.error * normal_quantile(p)
    }

    /// The normal interval from the 5 % to the 95 % quantile.
    ///
    /// ```
    /// use techpower::code::agreement::correction::Corrected;
    /// let (low, high) = Corrected { value: 10.0, error: 2.0 }.interval();
    /// assert!((low - 6.710).abs() < 1e-3 && (high - 13.290).abs() < 1e-3);
    /// ```
    #[must_use]
    pub fn interval(self) -> (f64, f64) {
        (self.quantile(0.05), self.quantile(0.95))
    }

    /// `None` if either number is not finite.
    fn finite(value: f64, error: f64) -> Option<Corrected> {
        (value.is_finite() && error.is_finite()).then_some(Corrected { value, error })
    }
}

/// Mean and sample variance; `None` for fewer than two values.
fn moments(values: &[f64]) -> Option<(f64, f64)> {
    if values.len() < 2 {
        return None;
    }
    let mean = crate::num::mean(values);
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    Some((mean, squares / (values.len() - 1) as f64))
}
