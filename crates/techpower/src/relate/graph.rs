//! The production graph and the loss that a denial causes when it is composed along it.

use std::collections::{BTreeMap, BTreeSet};

use super::supply::Drawn;
use crate::study::{Input, Study};

/// The production graph in an order in which every input stands before what it goes into.
pub(super) struct Graph {
    pub(super) inputs: Vec<Input>,
    /// For each input the positions of what it needs.
    pub(super) needs: Vec<Vec<usize>>,
    /// Positions of the inputs that go into nothing: the final products.
    pub(super) finals: Vec<usize>,
}

/// The loss of one target under denial by one sender in one draw.
pub(super) struct Loss {
    /// Log-loss over the final products; NaN if nothing is known.
    pub(super) total: f64,
    /// Leontief reading over the final products.
    pub(super) leontief: f64,
    /// For each input the log-loss and the Leontief reading, with all it needs.
    pub(super) inputs: Vec<(f64, f64)>,
}

impl Graph {
    /// Orders the graph, which a study has without circles.
    pub(super) fn new(study: &Study) -> Graph {
        let mut sorted: Vec<Input> = study.inputs.clone();
        sorted.sort_by(|a, b| a.id.cmp(&b.id));
        let position: BTreeMap<&str, usize> =
            sorted.iter().enumerate().map(|(at, i)| (i.id.as_str(), at)).collect();
        let mut needs: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); sorted.len()];
        let mut edges: Vec<&(String, String)> = study.requires.iter().collect();
        edges.sort();
        for (input, product) in edges {
            let (Some(from), Some(to)) = (position.get(input.as_str()), position.get(product.as_str()))
            else {
                continue;
            };
            needs[*to].insert(*from);
        }
        // Kahn's order, the smallest id first among those whose needs stand already.
        let mut products: Vec<Vec<usize>> = vec![Vec::new(); sorted.len()];
        for (product, needs) in needs.iter().enumerate() {
            needs.iter().for_each(|need| products[*need].push(product));
        }
        let mut waiting: Vec<usize> = needs.iter().map(BTreeSet::len).collect();
        let mut open: BTreeSet<usize> = (0..sorted.len()).filter(|at| waiting[*at] == 0).collect();
        let mut order: Vec<usize> = Vec::with_capacity(sorted.len());
        while let Some(at) = open.pop_first() {
            order.push(at);
            for product in &products[at] {
                waiting[*product] -= 1;
                if waiting[*product] == 0 {
                    open.insert(*product);
                }
            }
        }
        let mut rank = vec![0; sorted.len()];
        for (new, old) in order.iter().enumerate() {
            rank[*old] = new;
        }
        let used: BTreeSet<usize> = needs.iter().flatten().copied().collect();
        Graph {
            inputs: order.iter().map(|at| sorted[*at].clone()).collect(),
            needs: order.iter().map(|at| needs[*at].iter().map(|need| rank[*need]).collect()).collect(),
            finals: (0..order.len()).filter(|at| !used.contains(&order[*at])).collect(),
        }
    }

    /// Inputs with what each needs.
    pub(super) fn edges(&self) -> Vec<(String, Vec<String>)> {
        let name = |at: &usize| self.inputs[*at].id.clone();
        self.inputs
            .iter()
            .zip(&self.needs)
            .map(|(input, needs)| (input.id.clone(), needs.iter().map(name).collect()))
            .collect()
    }

    /// The loss of `target` when `sender` withholds everything.
    ///
    /// At each input the loss is `-ln(1 - w) / (sigma - 1)`, the rise of a CES price index when suppliers with share `w`
    /// fall away (Feenstra 1994, *American Economic Review* 84(1), 157-177). To it comes what its own inputs lose: the mean
    /// over inputs needed jointly (equal cost shares), the least over alternatives. An input of which nothing is known drops out of
    /// the mean, and cannot be the way out among alternatives. The final products are averaged. `w` is the
    /// sender's share of the target's supply, at most `1 - epsilon`.
    ///
    /// The Leontief reading takes the largest share at any input instead: in fixed proportions the worst input limits the product.
    /// It exceeds the other only where elasticities are at least 2: varieties that substitute badly are missed out of proportion.
    pub(super) fn loss(
        &self,
        drawn: &Drawn,
        sender: usize,
        target: &str,
        demand: Option<f64>,
        draw: usize,
    ) -> Loss {
        let epsilon = drawn.epsilon[draw];
        let mut inputs: Vec<(f64, f64)> = Vec::with_capacity(self.inputs.len());
        for (at, input) in self.inputs.iter().enumerate() {
            let below: Vec<(f64, f64)> =
                self.needs[at].iter().map(|need| inputs[*need]).filter(|(loss, _)| !loss.is_nan()).collect();
            let from_below = match (below.is_empty(), input.needs_all) {
                (true, _) => None,
                (false, true) => Some((
                    below.iter().map(|(loss, _)| loss).sum::<f64>() / below.len() as f64,
                    below.iter().map(|(_, worst)| *worst).fold(0.0, f64::max),
                )),
                (false, false) => Some((
                    below.iter().map(|(loss, _)| *loss).fold(f64::INFINITY, f64::min),
                    below.iter().map(|(_, worst)| *worst).fold(f64::INFINITY, f64::min),
                )),
            };
            let own = drawn.withheld(at, sender, target, demand, draw).map(|share| {
                let share = share.clamp(0.0, 1.0 - epsilon);
                (-libm::log1p(-share) / (drawn.sigma[at][draw] - 1.0), share)
            });
            inputs.push(match (own, from_below) {
                (None, None) => (f64::NAN, f64::NAN),
                (Some(only), None) | (None, Some(only)) => only,
                (Some(own), Some(below)) => (own.0 + below.0, own.1.max(below.1)),
            });
        }
        let known: Vec<(f64, f64)> =
            self.finals.iter().map(|at| inputs[*at]).filter(|(loss, _)| !loss.is_nan()).collect();
        Loss {
            total: known.iter().map(|(loss, _)| loss).sum::<f64>() / known.len() as f64,
            leontief: known.iter().map(|(_, worst)| *worst).fold(f64::NAN, f64::max),
            inputs,
        }
    }
}
