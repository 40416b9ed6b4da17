//! Aggregation: putting siblings together (OECD/JRC 2008, step 6), and the weights that do it.

use crate::num::{Matrix, mean};
use crate::study::{Aggregation, Weights};

/// Part of the weight by which two sides may differ and still be tied.
const TIE: f64 = 1e-9;

/// Part of a score by which two scores may differ and still be the same: sums of thirds come out differently in another order.
const SAME: f64 = 1e-12;

/// The scores of siblings: for each, one row of as many values as there are actors.
pub(super) struct Siblings<'a> {
    pub(super) rows: &'a [&'a [f64]],
    pub(super) weights: &'a [f64],
}

/// Puts siblings together into `out`, actor by actor; what is unknown of a sibling does not count, and an actor of whom nothing is known
/// is unknown. `ends` maps the scores of outranking methods, which have units of their own, onto a scale. Returns whether a mean met a
/// part that is not above zero where it must be; that score is unknown.
pub(super) fn aggregate(
    siblings: &Siblings<'_>,
    how: Aggregation,
    power: f64,
    ends: Option<(f64, f64)>,
    out: &mut [f64],
) -> bool {
    match how {
        Aggregation::Arithmetic => arithmetic(siblings, out),
        Aggregation::Copeland | Aggregation::Outranking => outranking(siblings, how, ends, out),
        Aggregation::Geometric => return generalised(siblings, 0.0, out),
        Aggregation::Harmonic => return generalised(siblings, -1.0, out),
        Aggregation::Generalised => return generalised(siblings, power, out),
    }
    false
}

fn arithmetic(siblings: &Siblings<'_>, out: &mut [f64]) {
    let mut totals = vec![0.0; out.len()];
    out.fill(0.0);
    for (row, weight) in siblings.rows.iter().zip(siblings.weights) {
        for ((sum, total), x) in out.iter_mut().zip(totals.iter_mut()).zip(*row) {
            let known = !x.is_nan();
            *sum += if known { weight * x } else { 0.0 };
            *total += if known { *weight } else { 0.0 };
        }
    }
    for (sum, total) in out.iter_mut().zip(&totals) {
        *sum = if *total > 0.0 { *sum / *total } else { f64::NAN };
    }
}

/// Weighted generalised mean `(sum w x^p / sum w)^(1/p)`; its limit for `p = 0` is the geometric mean.
fn generalised(siblings: &Siblings<'_>, p: f64, out: &mut [f64]) -> bool {
    let mut refused = false;
    // Powers above zero are defined for zero.
    let least = if p > 0.0 { 0.0 } else { f64::MIN_POSITIVE };
    for (actor, score) in out.iter_mut().enumerate() {
        let (mut sum, mut total, mut defined) = (0.0, 0.0, true);
        // In units of the part that weighs most, so that no power leaves the range of numbers.
        let parts = siblings.rows.iter().map(|row| row[actor]).filter(|x| !x.is_nan());
        let unit = if p > 0.0 { parts.fold(0.0, f64::max) } else { parts.fold(f64::INFINITY, f64::min) };
        let unit = if unit > 0.0 { unit } else { 1.0 };
        for (row, weight) in siblings.rows.iter().zip(siblings.weights) {
            let x = row[actor];
            if x.is_nan() || *weight == 0.0 {
                continue;
            }
            defined &= x >= least;
            let part = if p == 0.0 {
                libm::log(x)
            } else if p == -1.0 {
                1.0 / x
            } else {
                libm::pow(x / unit, p)
            };
            sum += weight * part;
            total += weight;
        }
        *score = if total <= 0.0 || !defined {
            f64::NAN
        } else if p == 0.0 {
            libm::exp(sum / total)
        } else if p == -1.0 {
            total / sum
        } else {
            unit * libm::pow(sum / total, 1.0 / p)
        };
        refused |= total > 0.0 && !defined;
    }
    refused
}

/// Outranking: of each pair, the part of the weight known of both in which one is ahead, ties counting half; a pair of whom nothing is
/// known in common is tied. Copeland's method (Copeland 1951; Munda & Nardo 2009, *Applied Economics* 41(12), 1513-1523) counts
/// victories less defeats.
fn outranking(siblings: &Siblings<'_>, how: Aggregation, ends: Option<(f64, f64)>, out: &mut [f64]) {
    let n = out.len();
    let known: Vec<bool> = (0..n).map(|actor| siblings.rows.iter().any(|row| !row[actor].is_nan())).collect();
    let (mut ahead, mut total) = (vec![0.0; n * n], vec![0.0; n * n]);
    for (row, weight) in siblings.rows.iter().zip(siblings.weights) {
        for (i, a) in row.iter().enumerate().filter(|(_, a)| !a.is_nan()) {
            let (ahead, total) = (&mut ahead[i * n..(i + 1) * n], &mut total[i * n..(i + 1) * n]);
            for ((ahead, total), b) in ahead.iter_mut().zip(total).zip(*row) {
                let same = (a - b).abs() <= SAME * a.abs().max(b.abs());
                let part = if same { weight / 2.0 } else { *weight };
                *ahead += if same || a > b { part } else { 0.0 };
                *total += if b.is_nan() { 0.0 } else { *weight };
            }
        }
    }
    out.fill(0.0);
    for i in (0..n).filter(|i| known[*i]) {
        for j in (0..n).filter(|j| known[*j] && *j != i) {
            let (ahead, total) = (ahead[i * n + j], total[i * n + j]);
            let part = if total > 0.0 { ahead / total } else { 0.5 };
            let part = if (part - 0.5).abs() < TIE { 0.5 } else { part };
            out[i] += match how {
                Aggregation::Copeland if part > 0.5 => 1.0,
                Aggregation::Copeland if part < 0.5 => -1.0,
                Aggregation::Copeland => 0.0,
                _ => part,
            };
        }
    }
    let ranked = known.iter().filter(|known| **known).count() as f64;
    let (from, width) = match how {
        Aggregation::Copeland => (1.0 - ranked, 2.0 * (ranked - 1.0)),
        _ => (0.0, ranked - 1.0),
    };
    for (score, known) in out.iter_mut().zip(known) {
        *score = match ends {
            _ if !known => f64::NAN,
            None => *score,
            // A single actor has nobody to be compared to.
            Some(_) if width <= 0.0 => f64::NAN,
            Some((bottom, top)) => bottom + (top - bottom) * (*score - from) / width,
        };
    }
}

/// Weights that the siblings' own scores give; `given` are the nominal ones. `None` if any would be negative or zero, or if there are too few
/// actors known in all siblings.
pub(super) fn own_weights(scheme: Weights, rows: &[&[f64]], given: &[f64]) -> Option<Vec<f64>> {
    match scheme {
        Weights::Given => return Some(given.to_vec()),
        Weights::Equal => return Some(vec![1.0 / given.len() as f64; given.len()]),
        _ if rows.len() == 1 => return Some(vec![1.0]),
        _ => {}
    }
    let complete: Vec<usize> =
        (0..rows[0].len()).filter(|actor| rows.iter().all(|row| !row[*actor].is_nan())).collect();
    if complete.len() < 3 {
        return None;
    }
    let columns: Vec<Vec<f64>> =
        rows.iter().map(|row| complete.iter().map(|actor| row[*actor]).collect()).collect();
    let covariance = Matrix::covariance(&columns, complete.len() as f64 - 1.0);
    let deviations: Vec<f64> = (0..rows.len()).map(|i| libm::sqrt(covariance.at(i, i))).collect();
    if deviations.iter().any(|sd| *sd <= 0.0) {
        return None;
    }
    let mut correlation = Matrix::zeros(rows.len());
    for i in 0..rows.len() {
        for j in 0..rows.len() {
            correlation.set(i, j, covariance.at(i, j) / deviations[i] / deviations[j]);
        }
    }
    let weights = match scheme {
        Weights::PrincipalComponent => correlation.first_eigenvector()?,
        // The correlation of sibling i with sum w_j x_j is (R v)_i up to a common factor, with v_j = w_j sd_j.
        _ => correlation.solve(given)?.iter().zip(&deviations).map(|(v, sd)| v / sd).collect(),
    };
    let total: f64 = weights.iter().sum();
    weights.iter().all(|w| *w > 0.0).then(|| weights.iter().map(|w| w / total).collect())
}

/// Correlation of two rows over the actors known in both; NaN for fewer than three.
pub(super) fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let pairs: Vec<(f64, f64)> =
        a.iter().copied().zip(b.iter().copied()).filter(|(x, y)| !x.is_nan() && !y.is_nan()).collect();
    if pairs.len() < 3 {
        return f64::NAN;
    }
    let (x, y): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
    let (mx, my) = (mean(&x), mean(&y));
    let sum = |f: &dyn Fn(usize) -> f64| (0..x.len()).map(f).sum::<f64>();
    let cross = sum(&|i| (x[i] - mx) * (y[i] - my));
    cross / libm::sqrt(sum(&|i| (x[i] - mx) * (x[i] - mx)) * sum(&|i| (y[i] - my) * (y[i] - my)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAN: f64 = f64::NAN;

    fn together(rows: &[&[f64]], weights: &[f64], how: Aggregation, power: f64) -> (Vec<f64>, bool) {
        let mut out = vec![0.0; rows[0].len()];
        let refused = aggregate(&Siblings { rows, weights }, how, power, None, &mut out);
        (out, refused)
    }

    fn check(rows: &[&[f64]], weights: &[f64], how: Aggregation, power: f64, expected: &[f64]) {
        let (found, _) = together(rows, weights, how, power);
        for (x, y) in found.iter().zip(expected) {
            assert!((x - y).abs() < 1e-12 || (x.is_nan() && y.is_nan()), "{how:?} {power}: {found:?}");
        }
    }

    #[test]
    fn means_skip_what_is_unknown() {
        let rows: [&[f64]; 2] = [&[1.0, 2.0, NAN, NAN], &[4.0, NAN, 9.0, NAN]];
        let weights = [1.0, 3.0];
        check(&rows, &weights, Aggregation::Arithmetic, 0.0, &[3.25, 2.0, 9.0, NAN]);
        check(&rows, &weights, Aggregation::Geometric, 0.0, &[libm::pow(64.0, 0.25), 2.0, 9.0, NAN]);
        check(&rows, &weights, Aggregation::Harmonic, 0.0, &[4.0 / 1.75, 2.0, 9.0, NAN]);
        check(&rows, &weights, Aggregation::Generalised, 2.0, &[12.25f64.sqrt(), 2.0, 9.0, NAN]);
        check(&rows, &weights, Aggregation::Generalised, 1.0, &[3.25, 2.0, 9.0, NAN]);
        check(&rows, &weights, Aggregation::Generalised, 0.0, &[libm::pow(64.0, 0.25), 2.0, 9.0, NAN]);
    }

    #[test]
    fn means_that_need_positive_parts_refuse_others() {
        let rows: [&[f64]; 2] = [&[0.0, 2.0], &[4.0, 3.0]];
        for (how, power) in
            [(Aggregation::Geometric, 0.0), (Aggregation::Harmonic, 0.0), (Aggregation::Generalised, -2.0)]
        {
            let (found, refused) = together(&rows, &[1.0, 1.0], how, power);
            assert!(refused && found[0].is_nan() && !found[1].is_nan(), "{how:?}");
        }
        assert!(!together(&rows, &[1.0, 1.0], Aggregation::Generalised, 2.0).1);
    }

    /// Four actors by three siblings: of the pairs, (2, 1) two thirds, (3, 1) one third, the fourth is ahead of all.
    #[test]
    fn copeland_counts_victories_less_defeats() {
        let rows: [&[f64]; 3] = [&[1.0, 2.0, 3.0, 4.0], &[3.0, 2.0, 1.0, 5.0], &[2.0, 3.0, 1.0, 4.0]];
        check(&rows, &[1.0; 3], Aggregation::Copeland, 0.0, &[0.0 + 1.0 - 1.0 - 1.0, 1.0, -3.0, 3.0]);
        let third = 1.0 / 3.0;
        check(
            &rows,
            &[1.0; 3],
            Aggregation::Outranking,
            0.0,
            &[third + 2.0 * third, 2.0 * third + 2.0 * third, third + third, 3.0],
        );
        // Equals are tied.
        check(&[&[1.0, 2.0], &[2.0, 1.0]], &[1.0, 1.0], Aggregation::Copeland, 0.0, &[0.0, 0.0]);
    }

    #[test]
    fn outranking_does_not_depend_on_the_order_of_actors() {
        let rows: [&[f64]; 3] = [&[1.0, NAN, 3.0, NAN], &[3.0, 2.0, NAN, NAN], &[2.0, 3.0, 1.0, NAN]];
        let turned: Vec<Vec<f64>> = rows.iter().map(|row| row.iter().rev().copied().collect()).collect();
        let turned: Vec<&[f64]> = turned.iter().map(Vec::as_slice).collect();
        for how in [Aggregation::Copeland, Aggregation::Outranking] {
            let (mut back, _) = together(&turned, &[1.0; 3], how, 0.0);
            back.reverse();
            check(&rows, &[1.0; 3], how, 0.0, &back);
        }
    }

    /// Three indicators with equal correlations have equal loadings; balanced weights make the correlations equal.
    #[test]
    fn own_weights_are_refused_when_negative() {
        let x: &[f64] = &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let y: &[f64] = &[2.0, 1.0, 3.0, 6.0, 4.0, 5.0];
        let z: &[f64] = &[3.0, 1.0, 2.0, 4.0, 6.0, 5.0];
        for scheme in [Weights::PrincipalComponent, Weights::CorrelationBalanced] {
            let weights = own_weights(scheme, &[x, y, z], &[1.0 / 3.0; 3]).expect("positive");
            assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            let falling: Vec<f64> = x.iter().map(|x| -x).collect();
            assert_eq!(own_weights(scheme, &[x, y, &falling], &[1.0 / 3.0; 3]), None, "{scheme:?}");
        }
        let weights =
            own_weights(Weights::CorrelationBalanced, &[x, y, z], &[0.36, 0.32, 0.32]).expect("positive");
        let sum: Vec<f64> =
            (0..6).map(|i| weights[0] * x[i] + weights[1] * y[i] + weights[2] * z[i]).collect();
        let (a, b, c) = (correlation(x, &sum), correlation(y, &sum), correlation(z, &sum));
        assert!((a / b - 1.125).abs() < 1e-9 && (b - c).abs() < 1e-9, "{a} {b} {c}");
        assert_eq!(own_weights(Weights::PrincipalComponent, &[&x[..2], &y[..2]], &[0.5, 0.5]), None);
    }
}
