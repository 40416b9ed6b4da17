//! Variance-based sensitivity: how much of a result's variance a factor explains, alone and with its interactions.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sobol_burley::parts::{hash, owen_scramble_rev, sobol_rev};

use super::{Stream, mean};

/// Independent scramblings over which intervals are computed.
const REPLICATES: usize = 32;
/// Points of a scrambling with fewer of which its variance would be off.
const FEWEST: usize = 8;
/// 95 % quantile of Student's t with 31 degrees of freedom (SciPy 1.17.1), for intervals of 90 %.
const STUDENT: f64 = 1.695_518_782_545_865;
/// Dimensions for which Sobol points are known.
const MOST_DIMENSIONS: usize = 256;

/// A sensitivity index with its 90 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The index, a share of the variance.
    pub value: f64,
    /// Lower end; equal to the value if it is exact.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// First-order and total index of a factor (Sobol' 1993; Homma & Saltelli 1996).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Indices {
    /// Share of the variance that goes away, on average, when the factor is fixed.
    pub first: Estimate,
    /// Share of the variance that stays, on average, when all other factors are fixed.
    pub total: Estimate,
}

/// Points of a scrambled Sobol' sequence (Owen 1998, *ACM Transactions on Modeling and Computer Simulation* 8(1), 71-102, by the hashing of Burley 2020,
/// *Journal of Computer Graphics Techniques* 9(4), 1-20) in [0, 1), point by point. Other seeds give independent scramblings.
///
/// # Panics
/// For more than 256 dimensions or 65,536 points.
#[must_use]
pub fn sobol_points(n: usize, dimensions: usize, seed: u32) -> Vec<f64> {
    assert!(dimensions <= MOST_DIMENSIONS && n <= 1 << 16, "more Sobol points than there are");
    let mut points = Vec::with_capacity(n * dimensions);
    // The hash is a bijection, so that no two dimensions are scrambled alike.
    let seeds: Vec<u32> = (0..dimensions as u32).map(|dimension| hash(hash(seed) ^ dimension)).collect();
    for i in 0..n as u32 {
        for (dimension, seed) in seeds.iter().enumerate() {
            let bits = owen_scramble_rev(sobol_rev(i.reverse_bits(), dimension as u32), *seed).reverse_bits();
            points.push(f64::from(bits) / 4_294_967_296.0);
        }
    }
    points
}

/// Sensitivity of every output of a model to each of `factors` independent inputs, uniform on [0, 1). The model may use a working space, which
/// each thread makes for itself.
///
/// First-order indices by the centred estimator of Saltelli et al. (2010, *Computer Physics Communications* 181(2), 259-270, table 2, b), total
/// indices by Jansen's (table 2, f), on at least `points` base points in 32 independent scramblings, at `factors + 2` evaluations each. Intervals of
/// 90 % are Student's over the jackknife of the scramblings. `None` for an output that is unknown somewhere or does not vary.
///
/// ```
/// use techpower::num::{Seed, sensitivity};
/// let model = |_: &mut (), x: &[f64]| vec![3.0 * x[0] + x[1]]; // variances 9/12 and 1/12
/// let found = sensitivity(2, 1024, Seed(1).stream("doc", "linear"), 1, || (), model);
/// let first = found[0].as_ref().expect("it varies")[0].first;
/// assert!((first.value - 0.9).abs() < 0.01 && first.low < 0.9 && 0.9 < first.high);
/// ```
#[must_use]
pub fn sensitivity<W>(
    factors: usize,
    points: usize,
    stream: Stream,
    outputs: usize,
    space: impl Fn() -> W + Sync,
    model: impl Fn(&mut W, &[f64]) -> Vec<f64> + Sync,
) -> Vec<Option<Vec<Indices>>> {
    let n = points.div_ceil(REPLICATES).max(FEWEST).next_power_of_two().min(1 << 16);
    let mut random = stream.draw(0);
    let seeds: Vec<u32> = (0..REPLICATES).map(|_| random.below(1 << 32) as u32).collect();
    let parts: Vec<Parts> = seeds
        .into_par_iter()
        .map_init(&space, |space, seed| {
            let points = sobol_points(n, 2 * factors, seed);
            Parts::of(factors, outputs, &points, &mut |x| model(space, x))
        })
        .collect();
    (0..outputs)
        .map(|output| {
            let variance: Vec<f64> = parts.iter().map(|p| p.variance[output]).collect();
            let total: f64 = variance.iter().sum();
            // Rounding alone is no variance.
            let level = parts.iter().map(|p| p.level[output]).fold(0.0, f64::max);
            if !total.is_finite() || total <= 1e-20 * level * level {
                return None;
            }
            if factors == 1 {
                // A single factor explains everything.
                let all = Estimate { value: 1.0, low: 1.0, high: 1.0 };
                return Some(vec![Indices { first: all, total: all }]);
            }
            let of = |pick: &dyn Fn(&Parts) -> f64| {
                jackknife(&parts.iter().map(pick).collect::<Vec<_>>(), &variance)
            };
            Some(
                (0..factors)
                    .map(|factor| Indices {
                        first: of(&|p| p.first[output * factors + factor]),
                        total: of(&|p| p.total[output * factors + factor]),
                    })
                    .collect(),
            )
        })
        .collect()
}

/// What one scrambling contributes: for each output its variance, and for each factor the part of it explained first and in all.
struct Parts {
    variance: Vec<f64>,
    level: Vec<f64>,
    first: Vec<f64>,
    total: Vec<f64>,
}

impl Parts {
    fn of(
        factors: usize,
        outputs: usize,
        points: &[f64],
        model: &mut dyn FnMut(&[f64]) -> Vec<f64>,
    ) -> Parts {
        let n = points.len() / (2 * factors).max(1);
        let mut a: Vec<Vec<f64>> = Vec::with_capacity(n);
        let mut b = Vec::with_capacity(n);
        let mut mixed: Vec<Vec<Vec<f64>>> = vec![Vec::with_capacity(n); factors];
        for point in points.chunks_exact(2 * factors) {
            let (left, right) = point.split_at(factors);
            a.push(model(left));
            b.push(model(right));
            for (factor, results) in mixed.iter_mut().enumerate() {
                let mut x = left.to_vec();
                x[factor] = right[factor];
                results.push(model(&x));
            }
        }
        let mut parts =
            Parts { variance: Vec::new(), level: Vec::new(), first: Vec::new(), total: Vec::new() };
        let size = n as f64;
        for output in 0..outputs {
            let all: Vec<f64> = a.iter().chain(&b).map(|y| y[output]).collect();
            let centre = mean(&all);
            parts.level.push(all.iter().fold(0.0, |most: f64, y| most.max(y.abs())));
            parts.variance.push(all.iter().map(|y| (y - centre) * (y - centre)).sum::<f64>() / (2.0 * size));
            for results in &mixed {
                let (mut first, mut total) = (0.0, 0.0);
                for i in 0..n {
                    let (ya, yb, ym) = (a[i][output], b[i][output], results[i][output]);
                    first += (yb - centre) * (ym - ya);
                    total += (ya - ym) * (ya - ym);
                }
                parts.first.push(first / size);
                parts.total.push(total / (2.0 * size));
            }
        }
        parts
    }
}

/// The ratio of two sums and its interval, by the jackknife (Miller 1974, *Biometrika* 61(1), 1-15).
fn jackknife(above: &[f64], below: &[f64]) -> Estimate {
    let n = above.len() as f64;
    let (a, b): (f64, f64) = (above.iter().sum(), below.iter().sum());
    let pseudo: Vec<f64> =
        above.iter().zip(below).map(|(x, y)| n * (a / b) - (n - 1.0) * ((a - x) / (b - y))).collect();
    let value = mean(&pseudo);
    let squares: f64 = pseudo.iter().map(|p| (p - value) * (p - value)).sum();
    let half = STUDENT * libm::sqrt(squares / (n - 1.0) / n);
    Estimate { value, low: value - half, high: value + half }
}

/// Exact indices of a result given for every combination of the factors' levels, all equally likely; the last factor runs fastest.
/// `None` if a result is unknown or none differs.
///
/// ```
/// use techpower::num::exact_sensitivity;
/// // x + y over {0, 1} x {0, 2}: variances 1/4 and 1, no interaction.
/// let found = exact_sensitivity(&[2, 2], &[0.0, 2.0, 1.0, 3.0]).expect("it varies");
/// assert_eq!((found[0].first.value, found[1].total.value), (0.2, 0.8));
/// ```
///
/// # Panics
/// If there are not as many results as combinations.
#[must_use]
pub fn exact_sensitivity(levels: &[usize], results: &[f64]) -> Option<Vec<Indices>> {
    assert_eq!(results.len(), levels.iter().product::<usize>(), "a result for every combination");
    let centre = mean(results);
    let squares = |values: &[f64]| {
        values.iter().map(|y| (y - centre) * (y - centre)).sum::<f64>() / values.len() as f64
    };
    let variance = squares(results);
    let level = results.iter().fold(0.0, |most: f64, y| most.max(y.abs()));
    if !variance.is_finite() || variance <= 1e-20 * level * level {
        return None;
    }
    let exact = |value: f64| {
        // What is left by rounding is nothing.
        let value = if value.abs() < 1e-12 { 0.0 } else { value };
        Estimate { value, low: value, high: value }
    };
    Some(
        (0..levels.len())
            .map(|factor| {
                let inner: usize = levels[factor + 1..].iter().product();
                let outer = results.len() / inner / levels[factor];
                let mut of_level = vec![0.0; levels[factor]];
                let mut of_rest = vec![0.0; outer * inner];
                for (at, y) in results.iter().enumerate() {
                    of_level[at / inner % levels[factor]] += y;
                    of_rest[at / inner / levels[factor] * inner + at % inner] += y;
                }
                of_level.iter_mut().for_each(|sum| *sum /= (outer * inner) as f64);
                of_rest.iter_mut().for_each(|sum| *sum /= levels[factor] as f64);
                Indices {
                    first: exact(squares(&of_level) / variance),
                    total: exact(1.0 - squares(&of_rest) / variance),
                }
            })
            .collect(),
    )
}
