//! Imputation: filling in values that are missing in a year from the other actors of that year (OECD/JRC 2008, step 3).

use std::collections::BTreeMap;

use crate::num::{Matrix, Random, Stream, mean, quantile_sorted};
use crate::study::Imputation;

/// Steps of EM after which a fit counts as found.
const MOST_STEPS: usize = 1000;
/// Change of every standardised parameter below which a fit counts as found.
const SETTLED: f64 = 1e-11;

/// What imputation needs to know beside the values.
pub(super) struct Context<'a> {
    /// For each actor its group.
    pub(super) groups: &'a [Option<usize>],
    /// Sets of sibling indicators, for the multivariate normal.
    pub(super) siblings: &'a [Vec<usize>],
    /// Number of nearest neighbours.
    pub(super) neighbours: usize,
    /// Random numbers of multiple imputation.
    pub(super) stream: Stream,
}

/// Fills in the unknown among `values` (indicator, actor) of one year. `set` is the number of the data set of multiple imputation.
pub(super) fn impute(
    values: &mut [f64],
    n_actors: usize,
    how: Imputation,
    context: &Context<'_>,
    set: usize,
) {
    if how == Imputation::None || n_actors == 0 || !values.iter().any(|x| x.is_nan()) {
        return;
    }
    match how {
        Imputation::None => {}
        Imputation::Mean | Imputation::Median => {
            let all = vec![Some(0); n_actors];
            values.chunks_exact_mut(n_actors).for_each(|row| fill_from(row, how, &all));
        }
        Imputation::GroupMean | Imputation::GroupMedian => {
            values.chunks_exact_mut(n_actors).for_each(|row| fill_from(row, how, context.groups));
        }
        Imputation::Neighbours => neighbours(values, n_actors, context.neighbours),
        Imputation::Em | Imputation::Multiple => {
            let mut random = (how == Imputation::Multiple).then(|| context.stream.draw(set));
            for siblings in context.siblings {
                normal(values, n_actors, siblings, random.as_mut());
            }
        }
    }
}

/// Fills in the mean or median of the known values of an actor's group; actors without a group, and groups without a value, stay unknown.
fn fill_from(row: &mut [f64], how: Imputation, groups: &[Option<usize>]) {
    if !row.iter().any(|x| x.is_nan()) {
        return;
    }
    let mut members: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for (x, group) in row.iter().zip(groups).filter(|(x, _)| !x.is_nan()) {
        if let Some(group) = group {
            members.entry(*group).or_default().push(*x);
        }
    }
    let centre = |values: &mut Vec<f64>| match how {
        Imputation::Median | Imputation::GroupMedian => {
            values.sort_by(f64::total_cmp);
            quantile_sorted(values, 0.5)
        }
        _ => mean(values),
    };
    let centres: BTreeMap<usize, f64> =
        members.iter_mut().map(|(group, values)| (*group, centre(values))).collect();
    for (x, group) in row.iter_mut().zip(groups).filter(|(x, _)| x.is_nan()) {
        *x = group.and_then(|group| centres.get(&group).copied()).unwrap_or(f64::NAN);
    }
}

/// Mean of the `k` nearest actors that have a value. The distance is the root mean square over the indicators known of
/// both, each divided by its range (Troyanskaya et al. 2001, *Bioinformatics* 17(6), 520-525); of actors equally near the first by id counts.
fn neighbours(values: &mut [f64], n_actors: usize, k: usize) {
    let rows: Vec<Vec<f64>> = values
        .chunks_exact(n_actors)
        .map(|row| {
            let known = || row.iter().copied().filter(|x| !x.is_nan());
            let range = known().fold(f64::NEG_INFINITY, f64::max) - known().fold(f64::INFINITY, f64::min);
            row.iter().map(|x| if range > 0.0 { x / range } else { 0.0 * x }).collect()
        })
        .collect();
    let distance = |a: usize, b: usize| {
        let (mut n, mut sum) = (0.0, 0.0);
        for row in &rows {
            let difference = row[a] - row[b];
            if !difference.is_nan() {
                n += 1.0;
                sum += difference * difference;
            }
        }
        // Actors without a common indicator are at an unknown distance, beyond all others.
        if n > 0.0 { sum / n } else { f64::INFINITY }
    };
    let before = values.to_vec();
    for actor in 0..n_actors {
        if (0..rows.len()).all(|at| !before[at * n_actors + actor].is_nan()) {
            continue;
        }
        let mut order: Vec<(f64, usize)> = (0..n_actors)
            .filter(|other| *other != actor)
            .map(|other| (distance(actor, other), other))
            .collect();
        order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        for at in 0..rows.len() {
            if before[at * n_actors + actor].is_nan() {
                let near: Vec<f64> = order
                    .iter()
                    .filter(|(distance, _)| distance.is_finite())
                    .map(|(_, other)| before[at * n_actors + other])
                    .filter(|x| !x.is_nan())
                    .take(k)
                    .collect();
                values[at * n_actors + actor] = mean(&near);
            }
        }
    }
}

/// A multivariate normal distribution.
struct Normal {
    mean: Vec<f64>,
    covariance: Matrix,
}

/// Fills in siblings by their joint normal distribution: conditional means, or draws where there is a random number generator.
fn normal(values: &mut [f64], n_actors: usize, siblings: &[usize], mut random: Option<&mut Random>) {
    let at = |indicator: usize, actor: usize| siblings[indicator] * n_actors + actor;
    let p = siblings.len();
    let incomplete: Vec<usize> =
        (0..n_actors).filter(|actor| (0..p).any(|i| values[at(i, *actor)].is_nan())).collect();
    if incomplete.is_empty() {
        return;
    }
    // Standardised, so that tolerances mean the same for every unit of measurement.
    let scales: Vec<Option<(f64, f64)>> = (0..p)
        .map(|i| {
            let known: Vec<f64> = (0..n_actors).map(|a| values[at(i, a)]).filter(|x| !x.is_nan()).collect();
            let centre = mean(&known);
            let variance =
                known.iter().map(|x| (x - centre) * (x - centre)).sum::<f64>() / known.len() as f64;
            (known.len() > 1 && variance > 0.0).then(|| (centre, libm::sqrt(variance)))
        })
        .collect();
    let usable: Vec<usize> = (0..p).filter(|i| scales[*i].is_some()).collect();
    let scale = |i: usize| scales[i].expect("usable indicators have a scale");
    let rows: Vec<Vec<f64>> = (0..n_actors)
        .map(|a| usable.iter().map(|i| (values[at(*i, a)] - scale(*i).0) / scale(*i).1).collect())
        .collect();
    let sample: Vec<&Vec<f64>> = match random.as_deref_mut() {
        Some(random) => (0..n_actors).map(|_| &rows[random.below(n_actors)]).collect(),
        None => rows.iter().collect(),
    };
    // A bootstrap sample may lack what a fit needs; the data themselves then stand in for it.
    let Some(fit) = em(&sample).or_else(|| em(&rows.iter().collect::<Vec<_>>())) else { return };
    for actor in incomplete {
        let row = condition(&fit, &rows[actor], random.as_deref_mut());
        for (i, x) in usable.iter().zip(row) {
            if values[at(*i, actor)].is_nan() {
                values[at(*i, actor)] = scale(*i).0 + scale(*i).1 * x;
            }
        }
    }
}

/// Maximum-likelihood fit of a multivariate normal to rows with unknown cells (Dempster, Laird & Rubin 1977, *Journal of the
/// Royal Statistical Society* B 39(1), 1-38; Little & Rubin 2002, *Statistical Analysis with Missing Data*, 11.2). `None` if a variable has fewer than two
/// values or does not vary.
fn em(rows: &[&Vec<f64>]) -> Option<Normal> {
    let p = rows.first()?.len();
    let n = rows.len() as f64;
    let mut fit = Normal { mean: vec![0.0; p], covariance: Matrix::zeros(p) };
    for i in 0..p {
        let known: Vec<f64> = rows.iter().map(|row| row[i]).filter(|x| !x.is_nan()).collect();
        let centre = mean(&known);
        let variance = known.iter().map(|x| (x - centre) * (x - centre)).sum::<f64>() / known.len() as f64;
        if known.len() < 2 || variance <= 0.0 {
            return None;
        }
        fit.mean[i] = centre;
        fit.covariance.set(i, i, variance);
    }
    for _ in 0..MOST_STEPS {
        let mut sum = vec![0.0; p];
        let mut filled: Vec<Vec<f64>> = Vec::with_capacity(rows.len());
        let mut extra = Matrix::zeros(p);
        for row in rows {
            let missing: Vec<usize> = (0..p).filter(|i| row[*i].is_nan()).collect();
            let (full, rest) = expected(&fit, row, &missing);
            for (i, x) in full.iter().enumerate() {
                sum[i] += x;
            }
            for (a, i) in missing.iter().enumerate() {
                for (b, j) in missing.iter().enumerate() {
                    extra.set(*i, *j, extra.at(*i, *j) + rest.at(a, b));
                }
            }
            filled.push(full);
        }
        let mean: Vec<f64> = sum.iter().map(|x| x / n).collect();
        let columns: Vec<Vec<f64>> = (0..p).map(|i| filled.iter().map(|row| row[i]).collect()).collect();
        let mut covariance = Matrix::covariance(&columns, n);
        let mut change = 0.0f64;
        for (new, old) in mean.iter().zip(&fit.mean) {
            change = change.max((new - old).abs());
        }
        for i in 0..p {
            for j in 0..p {
                covariance.set(i, j, covariance.at(i, j) + extra.at(i, j) / n);
                change = change.max((covariance.at(i, j) - fit.covariance.at(i, j)).abs());
            }
        }
        fit = Normal { mean, covariance };
        if change < SETTLED {
            break;
        }
    }
    Some(fit)
}

/// A row with its unknown cells replaced by conditional means, and the conditional covariance of these cells.
fn expected(fit: &Normal, row: &[f64], missing: &[usize]) -> (Vec<f64>, Matrix) {
    let known: Vec<usize> = (0..row.len()).filter(|i| !row[*i].is_nan()).collect();
    let mut full = row.to_vec();
    let mut rest = fit.covariance.part(missing);
    let within = fit.covariance.part(&known);
    let deviation: Vec<f64> = known.iter().map(|i| row[*i] - fit.mean[*i]).collect();
    for (a, i) in missing.iter().enumerate() {
        full[*i] = fit.mean[*i];
        let across: Vec<f64> = known.iter().map(|k| fit.covariance.at(*i, *k)).collect();
        let Some(slopes) = within.solve(&across).or_else(|| ridged(&within).solve(&across)) else { continue };
        full[*i] += slopes.iter().zip(&deviation).map(|(b, d)| b * d).sum::<f64>();
        for (b, j) in missing.iter().enumerate() {
            let explained: f64 = slopes.iter().zip(&known).map(|(s, k)| s * fit.covariance.at(*j, *k)).sum();
            rest.set(a, b, rest.at(a, b) - explained);
        }
    }
    (full, rest)
}

/// A covariance with a millionth added to its diagonal (the variables are standardised): where known cells determine one another, this
/// shares out what they say among them (Schafer 1997, *Analysis of Incomplete Multivariate Data*, 5.2.3).
fn ridged(covariance: &Matrix) -> Matrix {
    let mut ridged = covariance.clone();
    for i in 0..ridged.size() {
        ridged.set(i, i, ridged.at(i, i) * (1.0 + 1e-6) + 1e-9);
    }
    ridged
}

/// A row with its unknown cells replaced by conditional means, or by a draw around them.
fn condition(fit: &Normal, row: &[f64], random: Option<&mut Random>) -> Vec<f64> {
    let missing: Vec<usize> = (0..row.len()).filter(|i| row[*i].is_nan()).collect();
    let (mut full, rest) = expected(fit, row, &missing);
    if let Some(random) = random {
        let noise: Vec<f64> = missing.iter().map(|_| random.normal()).collect();
        let lower = rest.cholesky();
        for (a, i) in missing.iter().enumerate() {
            full[*i] += match &lower {
                Some(lower) => (0..=a).map(|b| lower.at(a, b) * noise[b]).sum::<f64>(),
                None => libm::sqrt(rest.at(a, a).max(0.0)) * noise[a],
            };
        }
    }
    full
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::Seed;

    const NAN: f64 = f64::NAN;

    fn imputed(rows: &[&[f64]], how: Imputation, groups: &[Option<usize>], set: usize) -> Vec<Vec<f64>> {
        let n = rows[0].len();
        let mut values = rows.concat();
        let siblings = vec![(0..rows.len()).collect()];
        let context = Context {
            groups,
            siblings: &siblings,
            neighbours: 2,
            stream: Seed(1).stream("test", "imputation"),
        };
        impute(&mut values, n, how, &context, set);
        values.chunks(n).map(<[f64]>::to_vec).collect()
    }

    fn check(rows: &[&[f64]], how: Imputation, expected: &[f64]) {
        let groups = [Some(0), Some(0), Some(1), Some(1), None];
        let found = imputed(rows, how, &groups[..rows[0].len()], 0);
        for (x, y) in found[0].iter().zip(expected) {
            assert!((x - y).abs() < 1e-9 || (x.is_nan() && y.is_nan()), "{how:?}: {x}, not {y}");
        }
    }

    #[test]
    fn means_and_medians_are_of_the_others() {
        let row: &[f64] = &[1.0, NAN, 4.0, 10.0, NAN];
        check(&[row], Imputation::None, row);
        check(&[row], Imputation::Mean, &[1.0, 5.0, 4.0, 10.0, 5.0]);
        check(&[row], Imputation::Median, &[1.0, 4.0, 4.0, 10.0, 4.0]);
        check(&[row], Imputation::GroupMean, &[1.0, 1.0, 4.0, 10.0, NAN]);
        check(&[row], Imputation::GroupMedian, &[1.0, 1.0, 4.0, 10.0, NAN]);
    }

    /// scikit-learn 1.8, `KNNImputer(n_neighbors=2)` on the columns divided by their ranges, gives the same.
    #[test]
    fn neighbours_are_nearest_by_what_is_known_of_both() {
        check(
            &[&[1.0, NAN, 4.0, 10.0, 6.0], &[1.0, 2.0, 2.5, 9.0, 8.0], &[NAN, 20.0, 25.0, 90.0, 20.0]],
            Imputation::Neighbours,
            &[1.0, 2.5, 4.0, 10.0, 6.0],
        );
    }

    /// With one variable complete, the maximum-likelihood fit is in closed form (Anderson 1957, *JASA* 52(278), 200-203): the
    /// regression on the complete cases.
    #[test]
    fn em_finds_the_regression_of_a_monotone_pattern() {
        let x: &[f64] = &[1.0, 2.0, 3.0, 4.0, 5.0, 7.0];
        let y: &[f64] = &[2.0, 2.5, 4.5, 4.0, NAN, NAN];
        let groups = [None; 6];
        let found = imputed(&[x, y], Imputation::Em, &groups, 0);
        // Complete cases: means 2.5 and 3.25, slope 4.0 / 5.0 = 0.8.
        for (at, x) in [(4, 5.0), (5, 7.0)] {
            assert!((found[1][at] - (3.25 + 0.8 * (x - 2.5))).abs() < 1e-7, "{}", found[1][at]);
        }
    }

    /// Draws scatter around the conditional mean, differ by data set, and are the same for the same one.
    #[test]
    fn multiple_imputation_draws_around_the_conditional_mean() {
        let x: &[f64] = &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0];
        let y: &[f64] = &[1.5, 1.8, 3.3, 4.1, 4.8, 6.2, 6.9, NAN];
        let groups = [None; 8];
        let draw = |set| imputed(&[x, y], Imputation::Multiple, &groups, set)[1][7];
        assert_eq!(draw(3), draw(3));
        let draws: Vec<f64> = (0..400).map(draw).collect();
        let spread = draws.iter().map(|d| (d - mean(&draws)).abs()).sum::<f64>() / 400.0;
        assert!(
            (mean(&draws) - 8.0).abs() < 0.2 && spread > 0.05 && spread < 1.0,
            "{} {spread}",
            mean(&draws)
        );
    }

    /// Two siblings that are one say what one says.
    #[test]
    fn collinear_siblings_are_used() {
        let x: &[f64] = &[1.0, 2.0, 3.0, 4.0, 5.0, 9.0];
        let twice: Vec<f64> = x.iter().map(|x| 2.0 * x).collect();
        let z: &[f64] = &[10.0, 20.0, 30.0, 40.0, 50.0, NAN];
        let found = imputed(&[x, &twice, z], Imputation::Em, &[None; 6], 0);
        assert!((found[2][5] - 90.0).abs() < 0.1, "{}", found[2][5]);
    }

    #[test]
    fn what_cannot_be_fitted_stays_unknown() {
        let groups = [None; 3];
        let found = imputed(&[&[NAN, NAN, NAN], &[1.0, 1.0, NAN]], Imputation::Em, &groups, 0);
        assert!(found[0].iter().all(|x| x.is_nan()) && found[1][2].is_nan());
    }
}
