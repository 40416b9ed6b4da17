//! Dominance: who is ahead of whom whatever the weights, or whatever they are within bounds.

use serde::{Deserialize, Serialize};

use super::Index;
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
/// and the root is their weighted arithmetic mean if `linear`. Pairs that are not known at the same nodes are left out: their scores are
/// means of different parts.
pub(super) fn dominances(
    index: &Index,
    root: usize,
    rows: &[Option<Vec<f64>>],
    linear: bool,
) -> Vec<Dominance> {
    let end = end_of(&index.nodes, root);
    let known = |node: usize, actor: usize| match (&rows[node], index.nodes[node].is_leaf()) {
        (Some(row), true) => !row[actor].is_nan(),
        (None, true) => false,
        (_, false) => index.score(node, index.headline, actor).nominal.is_some(),
    };
    let patterns: Vec<Vec<bool>> =
        (0..index.actors.len()).map(|actor| (root..end).map(|node| known(node, actor)).collect()).collect();
    let mut found = Vec::new();
    for actor in (0..index.actors.len()).filter(|actor| patterns[*actor][0]) {
        let same = |other: &usize| *other != actor && patterns[*other] == patterns[actor];
        for other in (0..index.actors.len()).filter(same) {
            let pair = Pair { index, rows, known: &patterns[actor], root, actor, other };
            let mut leads = Vec::new();
            pair.leads(root, &mut leads);
            let least = if linear { pair.least(root) } else { None };
            let one = Dominance {
                node: root,
                actor,
                other,
                any_weights: leads.iter().all(|lead| *lead >= 0.0) && leads.iter().any(|lead| *lead > 0.0),
                least_lead: least.filter(|lead| *lead > 0.0),
            };
            if one.any_weights || one.least_lead.is_some() {
                found.push(one);
            }
        }
    }
    found
}

/// Two actors that are known at the same nodes.
struct Pair<'a> {
    index: &'a Index,
    rows: &'a [Option<Vec<f64>>],
    known: &'a [bool],
    root: usize,
    actor: usize,
    other: usize,
}

impl Pair<'_> {
    fn counting(&self, at: usize) -> impl Iterator<Item = usize> + '_ {
        self.index.nodes[at].children.iter().copied().filter(|child| self.known[child - self.root])
    }

    fn lead(&self, at: usize) -> f64 {
        self.rows[at].as_ref().map_or(f64::NAN, |row| row[self.actor] - row[self.other])
    }

    /// The leads at all indicators that reach the root.
    fn leads(&self, at: usize, into: &mut Vec<f64>) {
        if self.index.nodes[at].is_leaf() {
            into.push(self.lead(at));
        }
        for child in self.counting(at) {
            self.leads(child, into);
        }
    }

    /// The least lead at a node, over all weights within bounds. Weights of different nodes are independent and not negative, so that
    /// the least at a node is that of its children's least leads. `None` if nothing is known.
    fn least(&self, at: usize) -> Option<f64> {
        let nodes = &self.index.nodes;
        if nodes[at].is_leaf() {
            return Some(self.lead(at));
        }
        let leads: Vec<(f64, f64, f64)> = self
            .counting(at)
            .filter_map(|child| {
                let (low, high) = nodes[child].weight_bounds.unwrap_or((1.0, 1.0));
                let weight = nodes[child].weight;
                Some((self.least(child)?, weight * low, weight * high))
            })
            .collect();
        (!leads.is_empty()).then(|| least_mean(leads))
    }
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
