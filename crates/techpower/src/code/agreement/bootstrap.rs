//! Intervals by resampling documents.

use rayon::prelude::*;

use super::STAGE;
use crate::num::{Seed, quantile_sorted};

/// Most draws, as a share, that may be undefined before an interval is withheld.
const UNDEFINED: f64 = 0.05;

/// How documents are resampled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resampling {
    /// The seed.
    pub seed: Seed,
    /// Number of draws.
    pub draws: usize,
}

/// The quantiles of a measure over the draws.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// 5 % quantile.
    pub q05: f64,
    /// Median.
    pub q50: f64,
    /// 95 % quantile.
    pub q95: f64,
}

/// Percentile intervals of measures by the bootstrap over clusters (Efron 1979, *The Annals of Statistics* 7(1), 1-26; of clusters, Davison &
/// Hinkley 1997, section 3.8): a draw takes as many clusters as there are, with replacement, and `of` computes all measures from it. The same
/// seed and number of clusters give the same draws, whatever is measured, so that measures can be compared.
///
/// A measure can be undefined in a draw. Its interval is that of the other draws, and is withheld if more than one draw in twenty is undefined.
/// There is no interval of fewer than two clusters.
///
/// ```
/// use techpower::{code::agreement::{Resampling, intervals}, num::{Seed, mean}};
/// let values = [1.0, 2.0, 3.0, 4.0];
/// let resampling = Resampling { seed: Seed(1), draws: 200 };
/// let found = intervals(4, &resampling, |drawn| {
///     vec![Some(mean(&drawn.iter().map(|at| values[*at]).collect::<Vec<f64>>())), None]
/// });
/// let interval = found[0].expect("always defined");
/// assert!(interval.q05 < 2.5 && interval.q95 > 2.5);
/// assert_eq!(found[1], None);
/// ```
#[must_use]
pub fn intervals(
    clusters: usize,
    resampling: &Resampling,
    of: impl Fn(&[usize]) -> Vec<Option<f64>> + Sync,
) -> Vec<Option<Interval>> {
    let stream = resampling.seed.stream(STAGE, "documents");
    let draws: Vec<Vec<Option<f64>>> = if clusters < 2 {
        Vec::new()
    } else {
        (0..resampling.draws)
            .into_par_iter()
            .map(|draw| {
                let mut random = stream.draw(draw);
                let drawn: Vec<usize> = (0..clusters).map(|_| random.below(clusters)).collect();
                of(&drawn)
            })
            .collect()
    };
    let Some(measures) = draws.first().map(Vec::len) else {
        return vec![None; of(&(0..clusters).collect::<Vec<usize>>()).len()];
    };
    (0..measures)
        .map(|measure| {
            let mut defined: Vec<f64> =
                draws.iter().filter_map(|draw| draw.get(measure).copied().flatten()).collect();
            let undefined = draws.len() - defined.len();
            if defined.is_empty() || undefined as f64 > UNDEFINED * draws.len() as f64 {
                return None;
            }
            defined.sort_by(f64::total_cmp);
            let at = |p: f64| quantile_sorted(&defined, p);
            Some(Interval { q05: at(0.05), q50: at(0.5), q95: at(0.95) })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::ratings::examples::crossed;
    use super::super::{Weights, cohen_kappa};
    use super::*;

    /// The same bits on one thread and on several.
    #[test]
    fn threads_do_not_matter() {
        let ratings = crossed(&[&[20, 5], &[10, 15]]);
        let by_cluster = ratings.by_cluster(50);
        let run = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            pool.install(|| {
                intervals(50, &Resampling { seed: Seed(3), draws: 300 }, |drawn| {
                    vec![cohen_kappa(&ratings.sample(&by_cluster, drawn), 0, 1, Weights::Identity)]
                })
            })
        };
        let found = run(1);
        assert_eq!(found, run(4));
        // The large-sample standard error of Fleiss, Cohen & Everitt (1969) for this table is 0.1270: 0.4 -+ 1.645 standard errors.
        let interval = found[0].expect("defined");
        assert!((interval.q05 - 0.19).abs() < 0.05 && (interval.q95 - 0.61).abs() < 0.05, "{interval:?}");
    }

    #[test]
    fn what_is_often_undefined_has_no_interval() {
        let resampling = Resampling { seed: Seed(1), draws: 400 };
        let found = intervals(3, &resampling, |drawn| vec![drawn.contains(&0).then_some(1.0), Some(1.0)]);
        // (2/3)^3, almost a third of the draws, lack the first cluster.
        assert_eq!(found, [None, Some(Interval { q05: 1.0, q50: 1.0, q95: 1.0 })]);
        assert_eq!(intervals(1, &resampling, |_| vec![Some(1.0)]), [None]);
        assert_eq!(intervals(0, &resampling, |_| vec![Some(1.0)]), [None]);
        assert_eq!(intervals(3, &Resampling { seed: Seed(1), draws: 0 }, |_| vec![Some(1.0)]), [None]);
    }
}
