//! Look-through: at which inputs a sender's hold over a target sits, how much of it comes through third parties' products, and along
//! which path.

use serde::{Deserialize, Serialize};

use super::denial::{Case, Denial, Trace};
use crate::num::mean;

/// Contributions below this share of the loss are not told.
const SMALL: f64 = 0.01;

/// What the denial of one input adds to a target's loss, and how it arrives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Path {
    /// Who withholds.
    pub sender: String,
    /// From whom.
    pub target: String,
    /// Year.
    pub year: i16,
    /// The input withheld.
    pub input: String,
    /// What it adds to the log-loss over the final products, on average over draws.
    pub added: f64,
    /// Its mean share of that log-loss, 0 to 1.
    pub contribution: f64,
    /// Mean share of that which arrives through products that others than the target make, the sender among them, 0 to 1; the rest goes
    /// into what the target makes itself, or is used by it as it is.
    pub indirect: f64,
    /// The way that carries most of it, from the input to a final product.
    pub path: Vec<String>,
    /// For each step after the input its largest supplier other than the sender; empty where there is none.
    pub through: Vec<String>,
}

/// Means over draws of how a loss spreads.
#[derive(Default)]
pub(super) struct Spread {
    draws: usize,
    added: Vec<f64>,
    indirect: Vec<f64>,
    /// For each pair (from, to) the mean part of a loss that the link carries, in the order of first meeting.
    links: Vec<((usize, usize), f64)>,
    total: f64,
}

impl Spread {
    /// Adds a draw.
    pub(super) fn add(&mut self, trace: &Trace) {
        self.draws += 1;
        self.added.resize(trace.added.len(), 0.0);
        self.indirect.resize(trace.added.len(), 0.0);
        for at in 0..trace.added.len() {
            self.added[at] += trace.added[at];
            self.indirect[at] += trace.indirect[at];
            self.total += trace.added[at];
        }
        for (from, to, part) in &trace.carried {
            match self.links.iter_mut().find(|(ends, _)| *ends == (*from, *to)) {
                Some((_, sum)) => *sum += part,
                None => self.links.push(((*from, *to), *part)),
            }
        }
    }

    /// The inputs that add something, the largest contribution first.
    pub(super) fn paths(
        &self,
        denial: &Denial<'_>,
        case: Case<'_>,
        sender: &str,
        target: &str,
        year: i16,
    ) -> Vec<Path> {
        let ways = self.ways(denial);
        let mut inputs: Vec<usize> =
            (0..self.added.len()).filter(|at| self.added[*at] > SMALL * self.total).collect();
        inputs.sort_by(|a, b| self.added[*b].total_cmp(&self.added[*a]).then(a.cmp(b)));
        let id = |at: &usize| denial.graph.inputs[*at].id.clone();
        inputs
            .into_iter()
            .map(|at| {
                let way = follow(&ways, at);
                Path {
                    sender: sender.to_owned(),
                    target: target.to_owned(),
                    year,
                    input: id(&at),
                    added: self.added[at] / self.draws as f64,
                    contribution: self.added[at] / self.total,
                    indirect: self.indirect[at] / self.added[at],
                    through: way[1..].iter().map(|step| maker(denial, case, *step)).collect(),
                    path: way.iter().map(id).collect(),
                }
            })
            .collect()
    }

    /// For each input the next on the way to a final product that carries most, and how much it carries.
    fn ways(&self, denial: &Denial<'_>) -> Vec<(f64, Option<usize>)> {
        let mut ways = vec![(0.0, None); self.added.len()];
        denial.graph.finals.iter().for_each(|at| ways[*at] = (1.0, None));
        // Links carry at most all, so the best way passes no input twice, and as many rounds as inputs are enough.
        for _ in 0..ways.len() {
            let mut changed = false;
            for ((from, to), sum) in &self.links {
                let carries = sum / self.draws as f64 * ways[*to].0;
                if carries > ways[*from].0 {
                    ways[*from] = (carries, Some(*to));
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        ways
    }
}

fn follow(ways: &[(f64, Option<usize>)], from: usize) -> Vec<usize> {
    let mut way = vec![from];
    let mut at = from;
    while let Some(next) = ways[at].1.filter(|next| !way.contains(next)) {
        way.push(next);
        at = next;
    }
    way
}

/// The largest supplier of an input other than the sender; empty if there is none.
fn maker(denial: &Denial<'_>, case: Case<'_>, input: usize) -> String {
    let holders = denial.holdings.inputs[input].iter().flatten().enumerate();
    let others = holders.filter(|(seat, _)| !case.seats[input].senders.contains(seat));
    let largest =
        others.map(|(_, holder)| holder).reduce(|a, b| if mean(&b.shares) > mean(&a.shares) { b } else { a });
    largest.map_or_else(String::new, |holder| denial.holdings.players[holder.player].clone())
}
