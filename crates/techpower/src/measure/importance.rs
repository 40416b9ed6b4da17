//! Importance: what a node contributes to its parent's variance, against the weight it is given.

use serde::{Deserialize, Serialize};

use super::aggregate::correlation;
use crate::num::mean;

/// Importance of a node for its parent, over the actors of a year.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Importance {
    /// The node.
    pub node: usize,
    /// Nominal weight, as a share.
    pub weight: f64,
    /// Pearson's correlation with the parent.
    pub correlation: f64,
    /// Correlation ratio: share of the parent's variance that goes away when the node is fixed (Paruolo, Saisana & Saltelli 2013, *Journal of the
    /// Royal Statistical Society* A 176(3), 609-634).
    pub ratio: f64,
    /// The correlation ratio as a share of those of all siblings, to be held against the weight (Becker, Saisana, Paruolo &
    /// Vandecasteele 2017, *Ecological Indicators* 80, 12-22).
    pub share: f64,
}

/// Fewer actors than this say nothing about a curve.
const FEWEST: usize = 8;
/// Bandwidths tried.
const BANDWIDTHS: usize = 24;

/// Share of the variance of `y` that a curve in `x` explains: local-linear regression with a Gaussian kernel, its bandwidth by leave-one-out
/// cross-validation. The share is one less the squared errors of leaving one out, relative to those of the mean of the others; so noise is not taken
/// for a curve where actors are few. NaN for fewer than eight pairs known in both, or if either does not vary.
#[must_use]
pub fn correlation_ratio(x: &[f64], y: &[f64]) -> f64 {
    let pairs: Vec<(f64, f64)> =
        x.iter().copied().zip(y.iter().copied()).filter(|(a, b)| !a.is_nan() && !b.is_nan()).collect();
    let (low, high) = pairs
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), (x, _)| (low.min(*x), high.max(*x)));
    let centre = mean(&pairs.iter().map(|(_, y)| *y).collect::<Vec<_>>());
    let squares =
        |values: &mut dyn Iterator<Item = f64>| -> f64 { values.map(|v| (v - centre) * (v - centre)).sum() };
    let variance = squares(&mut pairs.iter().map(|(_, y)| *y));
    if pairs.len() < FEWEST || high <= low || variance <= 0.0 {
        return f64::NAN;
    }
    let range = high - low;
    let mut least = f64::INFINITY;
    for step in 0..BANDWIDTHS {
        // From a thirtieth of the range to ten times it, where the fit is a straight line.
        let bandwidth = range * libm::exp(libm::log(300.0) * step as f64 / (BANDWIDTHS - 1) as f64) / 30.0;
        if let Some(error) = smooth(&pairs, bandwidth) {
            least = least.min(error);
        }
    }
    let n = pairs.len() as f64;
    let without = variance * (n / (n - 1.0)) * (n / (n - 1.0));
    if least.is_finite() { (1.0 - least / without).clamp(0.0, 1.0) } else { f64::NAN }
}

/// Sum of the squared errors of a local-linear fit at every point by all others; `None` if a point has no neighbours at this bandwidth.
fn smooth(pairs: &[(f64, f64)], bandwidth: f64) -> Option<f64> {
    let mut error = 0.0;
    for (x, y) in pairs {
        let (mut s0, mut s1, mut s2, mut t0, mut t1) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for (xi, yi) in pairs {
            let d = xi - x;
            let k = libm::exp(-0.5 * (d / bandwidth) * (d / bandwidth));
            s0 += k;
            s1 += k * d;
            s2 += k * d * d;
            t0 += k * yi;
            t1 += k * d * yi;
        }
        let determinant = s0 * s2 - s1 * s1;
        if determinant <= 1e-9 * s0 * s2 {
            return None;
        }
        let value = (s2 * t0 - s1 * t1) / determinant;
        let leverage = s2 / determinant;
        if leverage >= 1.0 - 1e-9 {
            return None;
        }
        let residual = (y - value) / (1.0 - leverage);
        error += residual * residual;
    }
    Some(error)
}

/// Importance of all children of a node, each with its row of scores.
pub(super) fn importances(children: &[(usize, f64, &[f64])], parent: &[f64]) -> Vec<Importance> {
    let ratios: Vec<f64> = children.iter().map(|(_, _, row)| correlation_ratio(row, parent)).collect();
    let total: f64 = ratios.iter().filter(|ratio| !ratio.is_nan()).sum();
    children
        .iter()
        .zip(&ratios)
        .map(|((node, weight, row), ratio)| Importance {
            node: *node,
            weight: *weight,
            correlation: correlation(row, parent),
            ratio: *ratio,
            share: if total > 0.0 { ratio / total } else { f64::NAN },
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_explained_wholly_and_noise_hardly() {
        let x: Vec<f64> = (0..40).map(f64::from).collect();
        let line: Vec<f64> = x.iter().map(|x| 3.0 - 2.0 * x).collect();
        assert!((correlation_ratio(&x, &line) - 1.0).abs() < 1e-9);
        // A parabola about the middle has no correlation but a high ratio.
        let curve: Vec<f64> = x.iter().map(|x| (x - 19.5) * (x - 19.5)).collect();
        assert!(correlation(&x, &curve).abs() < 1e-12 && correlation_ratio(&x, &curve) > 0.9);
        let mut random = crate::num::Seed(6).stream("test", "noise").draw(0);
        let noise: Vec<f64> = x.iter().map(|_| random.normal()).collect();
        assert!(correlation_ratio(&x, &noise) < 0.3, "{}", correlation_ratio(&x, &noise));
        assert!(correlation_ratio(&x[..4], &line[..4]).is_nan());
    }
}
