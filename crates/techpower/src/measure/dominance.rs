//! Dominance: who is ahead of whom whatever the weights, or whatever they are within bounds.

use serde::{Deserialize, Serialize};

use super::Node;
use super::model::end_of;

/// One actor ahead of another.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Dominance {
    /// Root.
    pub node: usize,
    /// Who is ahead.
    pub actor: usize,
    /// Of whom.
    pub other: usize,
    /// Whether it is ahead under any weights at all: nowhere behind, and ahead somewhere.
    pub any_weights: bool,
    /// The least by which it is ahead under weights within the bounds of the index, on the scale of its mean; `None` if no such lead is certain, or
    /// the aggregation is not one kind of mean.
    pub least_lead: Option<f64>,
}

/// All dominances below a root. `rows` are the indicators that count: for each node its values by actor, such that more is better
/// and the root is their weighted arithmetic mean if `linear`. Pairs that are not known in the same indicators are left out.
pub(super) fn dominances(
    nodes: &[Node],
    root: usize,
    rows: &[Option<Vec<f64>>],
    linear: bool,
) -> Vec<Dominance> {
    let leaves: Vec<&Vec<f64>> = rows[root..end_of(nodes, root)].iter().flatten().collect();
    let n = leaves.first().map_or(0, |row| row.len());
    let mut found = Vec::new();
    for actor in 0..n {
        for other in (0..n).filter(|other| *other != actor) {
            let same = leaves.iter().all(|row| row[actor].is_nan() == row[other].is_nan());
            let known = leaves.iter().any(|row| !row[actor].is_nan());
            if !same || !known {
                continue;
            }
            let never_behind = leaves.iter().all(|row| row[actor] >= row[other] || row[actor].is_nan());
            let ahead = leaves.iter().any(|row| row[actor] > row[other]);
            let least = if linear { least_lead(nodes, root, rows, actor, other) } else { None };
            let one = Dominance {
                node: root,
                actor,
                other,
                any_weights: never_behind && ahead,
                least_lead: least.filter(|lead| *lead > 0.0),
            };
            if one.any_weights || one.least_lead.is_some() {
                found.push(one);
            }
        }
    }
    found
}

/// The least lead of an actor over another at a node, over all weights within bounds. Weights of different nodes are independent and not
/// negative, so that the least at a node is that of its children's least leads. `None` if nothing is known.
fn least_lead(
    nodes: &[Node],
    at: usize,
    rows: &[Option<Vec<f64>>],
    actor: usize,
    other: usize,
) -> Option<f64> {
    if nodes[at].is_leaf() {
        let lead = rows[at].as_ref().map(|row| row[actor] - row[other])?;
        return Some(lead).filter(|lead| !lead.is_nan());
    }
    let leads: Vec<(f64, f64, f64)> = nodes[at]
        .children
        .iter()
        .filter_map(|child| {
            let (low, high) = nodes[*child].weight_bounds.unwrap_or((1.0, 1.0));
            let weight = nodes[*child].weight;
            Some((least_lead(nodes, *child, rows, actor, other)?, weight * low, weight * high))
        })
        .collect();
    (!leads.is_empty()).then(|| least_mean(leads))
}

/// The least weighted mean of values whose weights each lie between two bounds. The worst weights give the values below the mean their most and the
/// others their least, so that only as many weightings as there are values come into question.
fn least_mean(mut values: Vec<(f64, f64, f64)>) -> f64 {
    values.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mean = |most: usize| {
        let weights =
            values.iter().enumerate().map(|(at, (x, low, high))| (x, if at < most { high } else { low }));
        let (sum, total) = weights.fold((0.0, 0.0), |(sum, total), (x, w)| (sum + w * x, total + w));
        sum / total
    };
    (0..=values.len()).map(mean).fold(f64::INFINITY, f64::min)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::Seed;

    /// No weighting on a fine random grid does worse, and one comes near.
    #[test]
    fn the_least_mean_is_the_least() {
        let mut random = Seed(4).stream("test", "least").draw(0);
        for _ in 0..50 {
            let values: Vec<(f64, f64, f64)> = (0..4)
                .map(|_| {
                    let low = random.uniform();
                    (random.uniform() - 0.5, low, low + random.uniform())
                })
                .collect();
            let least = least_mean(values.clone());
            let mut nearest = f64::INFINITY;
            for corner in 0..16 {
                let weights: Vec<f64> = values
                    .iter()
                    .enumerate()
                    .map(|(i, v)| if corner >> i & 1 == 1 { v.2 } else { v.1 })
                    .collect();
                let total: f64 = weights.iter().sum();
                nearest = nearest.min(values.iter().zip(&weights).map(|(v, w)| v.0 * w).sum::<f64>() / total);
            }
            assert!((least - nearest).abs() < 1e-14, "{least} {nearest}");
        }
    }
}
