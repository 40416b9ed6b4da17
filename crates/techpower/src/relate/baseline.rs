//! Topology beside denial: what the shape of the chain alone would say of suppliers and inputs, and how far loss under denial agrees.
//!
//! Measures of centrality ask through how many ways something passes. For tangible goods that is the wrong question (a good that only
//! one country makes can lie at the rim of every network), and so they are reported as baselines and enter nothing else.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::graph::Graph;
use super::network::{Direction, Network, betweenness, eigenvector, min_cut, page_rank};
use super::supply::Holdings;
use super::{Loss, Path};
use crate::num::{mean, rank_correlation, ranks_descending};

/// The probability with which PageRank's walk goes on; the usual one.
const DAMPING: f64 = 0.85;

/// What a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Subject {
    /// A supplier, in the network of who supplies the makers of what.
    Supplier,
    /// An input, in the production graph.
    Input,
}

impl Subject {
    /// The word used in tables.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Subject::Supplier => "supplier",
            Subject::Input => "input",
        }
    }
}

/// A measure of topology beside loss under denial.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// Supplier or input.
    pub subject: Subject,
    /// Its id.
    pub id: String,
    /// Year.
    pub year: i16,
    /// The measure of topology.
    pub measure: String,
    /// Its value.
    pub value: f64,
    /// Rank by it, 1 for the largest.
    pub rank: u32,
    /// Loss under denial: of a supplier the mean exposure of the ranked actors to it; of an input what the supplier that can add most by
    /// withholding it adds to the log-loss of the ranked actors, on average over them.
    pub denial: f64,
    /// Rank by it, 1 for the largest.
    pub denial_rank: u32,
}

/// How far a measure of topology and loss under denial agree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// Suppliers or inputs.
    pub subject: Subject,
    /// The measure of topology.
    pub measure: String,
    /// Year.
    pub year: i16,
    /// How many are compared.
    pub count: usize,
    /// Spearman's rank correlation, -1 to 1; `None` if one side does not vary.
    pub spearman: Option<f64>,
}

/// Topology of suppliers and inputs in a year, held against losses and paths of that year.
pub(super) fn baselines(
    graph: &Graph,
    holdings: &Holdings,
    targets: usize,
    losses: &[Loss],
    paths: &[Path],
    year: i16,
) -> (Vec<Baseline>, Vec<Agreement>) {
    let (mut rows, mut agreements) = (Vec::new(), Vec::new());
    let suppliers = suppliers(graph, holdings);
    let mut exposed: BTreeMap<&str, (f64, usize)> = BTreeMap::new();
    for loss in losses.iter().filter(|l| l.year == year && l.input.is_empty() && l.layer.is_empty()) {
        let sum = exposed.entry(&loss.sender).or_default();
        *sum = (sum.0 + loss.exposure.mean, sum.1 + 1);
    }
    let denial: Vec<f64> = suppliers
        .names()
        .iter()
        .map(|id| exposed.get(id.as_str()).map_or(0.0, |(sum, count)| sum / *count as f64))
        .collect();
    compare(
        Subject::Supplier,
        &suppliers,
        supplier_measures(&suppliers),
        &denial,
        year,
        &mut rows,
        &mut agreements,
    );
    let inputs = inputs(graph);
    let mut added: BTreeMap<&str, BTreeMap<&str, f64>> = BTreeMap::new();
    let coalitions: BTreeSet<&str> =
        paths.iter().map(|p| p.sender.as_str()).filter(|id| holdings.player(id).is_none()).collect();
    for path in paths.iter().filter(|p| p.year == year && !coalitions.contains(p.sender.as_str())) {
        *added.entry(&path.input).or_default().entry(&path.sender).or_insert(0.0) += path.added;
    }
    let most = |id: &String| -> f64 {
        let by_sender = added.get(id.as_str()).into_iter().flat_map(BTreeMap::values);
        by_sender.fold(0.0, |most: f64, sum| most.max(*sum)) / targets.max(1) as f64
    };
    let denial: Vec<f64> = inputs.names().iter().map(most).collect();
    compare(
        Subject::Input,
        &inputs,
        input_measures(graph, &inputs),
        &denial,
        year,
        &mut rows,
        &mut agreements,
    );
    (rows, agreements)
}

fn compare(
    subject: Subject,
    network: &Network,
    measures: Vec<(&'static str, Vec<f64>)>,
    denial: &[f64],
    year: i16,
    rows: &mut Vec<Baseline>,
    agreements: &mut Vec<Agreement>,
) {
    let denial_ranks = ranks_descending(denial);
    for (measure, values) in measures {
        let ranks = ranks_descending(&values);
        agreements.push(Agreement {
            subject,
            measure: measure.to_owned(),
            year,
            count: values.len(),
            spearman: rank_correlation(&values, denial),
        });
        for (at, id) in network.names().iter().enumerate() {
            let (Some(rank), Some(denial_rank)) = (ranks[at], denial_ranks[at]) else { continue };
            rows.push(Baseline {
                subject,
                id: id.clone(),
                year,
                measure: measure.to_owned(),
                value: values[at],
                rank,
                denial: denial[at],
                denial_rank,
            });
        }
    }
}

/// The network of suppliers: from each holder of an input to each holder of what it goes into, with the product of their shares. What has no
/// holders of its own, such as a broader input, hands on to what it goes into.
fn suppliers(graph: &Graph, holdings: &Holdings) -> Network {
    let shares: Vec<Vec<(usize, f64)>> = holdings
        .inputs
        .iter()
        .map(|holders| holders.iter().flatten().map(|holder| (holder.player, mean(&holder.shares))).collect())
        .collect();
    let mut arcs = Vec::new();
    for product in 0..graph.inputs.len() {
        for input in makers_below(graph, &shares, product) {
            for (from, share) in &shares[input] {
                for (to, other) in shares[product].iter().filter(|(to, _)| to != from) {
                    arcs.push((*from, *to, share * other));
                }
            }
        }
    }
    Network::new(holdings.players.clone(), arcs.into_iter().filter(|(_, _, weight)| *weight > 0.0))
}

/// Inputs with holders that go into a product, directly or by way of inputs without holders.
fn makers_below(graph: &Graph, shares: &[Vec<(usize, f64)>], product: usize) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut open: Vec<usize> = graph.below(product).collect();
    while let Some(at) = open.pop() {
        if !seen.insert(at) {
            continue;
        }
        if shares[at].is_empty() {
            open.extend(graph.below(at));
        } else {
            found.insert(at);
        }
    }
    found
}

/// The production graph as a network, every edge alike.
fn inputs(graph: &Graph) -> Network {
    let names = graph.inputs.iter().map(|input| input.id.clone()).collect();
    let arcs = (0..graph.inputs.len()).flat_map(|to| graph.below(to).map(move |from| (from, to, 1.0)));
    Network::new(names, arcs)
}

fn supplier_measures(network: &Network) -> Vec<(&'static str, Vec<f64>)> {
    let distances: Vec<f64> = network.arcs().iter().map(|arc| 1.0 / arc.weight).collect();
    let mut measures = vec![
        ("out_strength", network.out_strengths()),
        ("betweenness", betweenness(network, &distances, Direction::Directed)),
    ];
    measures.extend(eigenvector(&network.symmetrised()).map(|values| ("eigenvector", values)));
    measures.extend(page_rank(&reversed(network), DAMPING).map(|values| ("pagerank", values)));
    measures
}

fn input_measures(graph: &Graph, network: &Network) -> Vec<(&'static str, Vec<f64>)> {
    let alike = vec![1.0; network.arcs().len()];
    let mut measures = vec![
        ("out_strength", network.out_strengths()),
        ("betweenness", betweenness(network, &alike, Direction::Directed)),
    ];
    measures.extend(page_rank(&reversed(network), DAMPING).map(|values| ("pagerank", values)));
    // How many edges must be cut to part an input from the final products: the fewer, the easier the way is closed. A final product has no
    // way to be closed; of several the widest counts.
    let ways = |at: usize| -> f64 {
        let finals = graph.finals.iter().filter(|end| **end != at);
        finals.filter_map(|end| min_cut(network, at, *end)).map(|cut| cut.value).fold(0.0, f64::max)
    };
    measures.push(("min_cut", (0..network.size()).map(ways).collect()));
    measures
}

/// The network with every arc turned round: a walk on it goes from makers to what they need.
fn reversed(network: &Network) -> Network {
    let arcs = network.arcs().iter().map(|arc| (arc.to, arc.from, arc.weight));
    Network::new(network.names().to_vec(), arcs)
}
