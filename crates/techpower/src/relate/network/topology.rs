//! Measures of topology that serve as baselines: eigenvector centrality, PageRank, articulation points, dominators, least cuts.

use std::collections::VecDeque;

use petgraph::algo::articulation_points::articulation_points as cut_nodes;
use petgraph::algo::{dominators::simple_fast, ford_fulkerson};
use petgraph::graph::{DiGraph, NodeIndex, UnGraph};

use super::Network;

/// Rounds after which an iteration is given up.
const MOST_ROUNDS: usize = 10_000;
/// An iteration has settled when no value changes by more than this in a round; the largest is 1, or all sum to 1.
const SETTLED: f64 = 1e-14;

/// Eigenvector centrality (Bonacich 1972, *Journal of Mathematical Sociology* 2(1), 113-120): a node is as central as the nodes that
/// point to it are, in proportion to weights; the leading eigenvector of `x(v) = sum_u w(u, v) x(u) / lambda`, scaled to a largest of 1.
/// Of an undirected network hand in [`Network::symmetrised`].
///
/// By power iteration from equal values, shifted by half the leading eigenvalue as far as it is known, so that networks in two halves
/// settle too; until no value changes by more than 1e-14 in a round. In a network of several components that do not
/// point to one another the component with the largest eigenvalue has the centrality and the others fall to zero. `None` if there is no
/// circle of arcs, since all values are then zero, and if it does not settle.
///
/// ```
/// use techpower::relate::network::{Network, eigenvector};
/// let names = ["hub", "a", "b"].map(str::to_owned).to_vec();
/// let path = Network::new(names, [(0, 1, 1.0), (0, 2, 1.0)]).symmetrised();
/// let found = eigenvector(&path).expect("it settles");
/// assert!((found[1] - 0.5f64.sqrt()).abs() < 1e-12);
/// ```
#[must_use]
pub fn eigenvector(network: &Network) -> Option<Vec<f64>> {
    let n = network.size();
    if !circular(network) {
        return None;
    }
    let mut values = vec![1.0; n];
    for _ in 0..MOST_ROUNDS {
        let mut next = vec![0.0; n];
        for arc in network.arcs() {
            next[arc.to] += arc.weight * values[arc.from];
        }
        let largest = next.iter().copied().fold(0.0, f64::max);
        let shifted = next.iter().zip(&values).map(|(next, value)| next + 0.5 * largest * value);
        let mut next: Vec<f64> = shifted.collect();
        let largest = next.iter().copied().fold(0.0, f64::max);
        next.iter_mut().for_each(|value| *value /= largest);
        let change = next.iter().zip(&values).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        values = next;
        if change <= SETTLED {
            return Some(values);
        }
    }
    None
}

/// Whether arcs run in a circle. Nodes that nothing points to are taken away until none is left (Kahn 1962).
fn circular(network: &Network) -> bool {
    let mut entering = vec![0usize; network.size()];
    network.arcs().iter().for_each(|arc| entering[arc.to] += 1);
    let mut open: Vec<usize> = (0..network.size()).filter(|node| entering[*node] == 0).collect();
    let mut taken = 0;
    while let Some(node) = open.pop() {
        taken += 1;
        for arc in network.arcs_from(node) {
            entering[arc.to] -= 1;
            if entering[arc.to] == 0 {
                open.push(arc.to);
            }
        }
    }
    taken < network.size()
}

/// PageRank (Brin & Page 1998, *Computer Networks* 30, 107-117): the share of time that a walk spends at each node, which follows an arc in
/// proportion to its weight with probability `damping` and else starts anew anywhere; so it does where no arc leads
/// on. Sums to 1. `damping` is taken into [0, 1); 0.85 is usual.
///
/// By iteration until all changes of a round sum to less than 1e-14; `None` without nodes and if it does not settle.
///
/// ```
/// use techpower::relate::network::{Network, page_rank};
/// let names = ["a", "b"].map(str::to_owned).to_vec();
/// // b = 0.15 / 2 + 0.85 (a + b / 2), a = 0.15 / 2 + 0.85 b / 2
/// let found = page_rank(&Network::new(names, [(0, 1, 3.0)]), 0.85).expect("it settles");
/// assert!((found[0] - 0.5 / 1.425).abs() < 1e-12);
/// ```
#[must_use]
pub fn page_rank(network: &Network, damping: f64) -> Option<Vec<f64>> {
    let n = network.size();
    let damping = if damping >= 0.0 { damping.min(1.0 - 1e-9) } else { 0.0 };
    let out = network.out_strengths();
    let mut values = vec![1.0 / n as f64; n];
    for _ in 0..MOST_ROUNDS {
        let stuck: f64 = (0..n).filter(|node| out[*node] == 0.0).map(|node| values[node]).sum();
        let mut next = vec![(1.0 - damping + damping * stuck) / n as f64; n];
        for arc in network.arcs() {
            next[arc.to] += damping * values[arc.from] * (arc.weight / out[arc.from]);
        }
        let total: f64 = next.iter().sum();
        next.iter_mut().for_each(|value| *value /= total);
        let change: f64 = next.iter().zip(&values).map(|(a, b)| (a - b).abs()).sum();
        values = next;
        if n > 0 && change <= SETTLED {
            return Some(values);
        }
    }
    None
}

/// Nodes without which their part of the network falls apart, whatever the direction of arcs (Hopcroft & Tarjan 1973,
/// *Communications of the ACM* 16(6), 372-378), as positions in order.
///
/// ```
/// use techpower::relate::network::{Network, articulation_points};
/// let names = ["a", "b", "c"].map(str::to_owned).to_vec();
/// assert_eq!(articulation_points(&Network::new(names, [(0, 1, 1.0), (2, 1, 1.0)])), [1]);
/// ```
#[must_use]
pub fn articulation_points(network: &Network) -> Vec<usize> {
    let mut graph: UnGraph<(), f64> = UnGraph::default();
    (0..network.size()).for_each(|_| {
        graph.add_node(());
    });
    for arc in network.arcs() {
        // Of two opposite arcs one is enough.
        if arc.from < arc.to || network.weight(arc.to, arc.from) == 0.0 {
            graph.add_edge(NodeIndex::new(arc.from), NodeIndex::new(arc.to), arc.weight);
        }
    }
    let mut points: Vec<usize> = cut_nodes(&graph).into_iter().map(NodeIndex::index).collect();
    points.sort_unstable();
    points
}

/// For every node its immediate dominator seen from `root`: the last node, other than itself, through which every way from the root to it
/// must pass (Cooper, Harvey & Kennedy 2001, *A Simple, Fast Dominance Algorithm*). `None` for the root and for what cannot be reached
/// from it; all `None` if there is no such root.
///
/// ```
/// use techpower::relate::network::{Network, dominators};
/// let names = ["mine", "smelter", "mill", "fab"].map(str::to_owned).to_vec();
/// let chain = Network::new(names, [(0, 1, 1.0), (0, 2, 1.0), (1, 3, 1.0), (2, 3, 1.0)]);
/// assert_eq!(dominators(&chain, 0), [None, Some(0), Some(0), Some(0)]); // either way round
/// ```
#[must_use]
pub fn dominators(network: &Network, root: usize) -> Vec<Option<usize>> {
    if root >= network.size() {
        return vec![None; network.size()];
    }
    let found = simple_fast(&digraph(network), NodeIndex::new(root));
    let of = |node: usize| found.immediate_dominator(NodeIndex::new(node)).map(NodeIndex::index);
    (0..network.size()).map(of).collect()
}

/// A cut that parts two nodes.
#[derive(Debug, Clone, PartialEq)]
pub struct Cut {
    /// Sum of the weights of the arcs that are cut: the largest flow from source to target.
    pub value: f64,
    /// Nodes that the source still reaches, in order.
    pub side: Vec<usize>,
    /// Positions in [`Network::arcs`] of the arcs that are cut, in order.
    pub arcs: Vec<usize>,
}

/// The arcs of least weight without which no way leads from `source` to `target`, with weights as capacities (Ford & Fulkerson 1956,
/// *Canadian Journal of Mathematics* 8, 399-404; augmenting paths as by Edmonds & Karp 1972). Of several least cuts the one nearest to the source.
/// `None` if the two are the same or do not exist.
///
/// ```
/// use techpower::relate::network::{Network, min_cut};
/// let names = ["s", "a", "b", "t"].map(str::to_owned).to_vec();
/// let pipes = Network::new(names, [(0, 1, 3.0), (0, 2, 2.0), (1, 2, 1.0), (1, 3, 2.0), (2, 3, 2.0)]);
/// let cut = min_cut(&pipes, 0, 3).expect("two nodes");
/// assert_eq!((cut.value, cut.side), (4.0, vec![0, 1, 2]));
/// ```
#[must_use]
pub fn min_cut(network: &Network, source: usize, target: usize) -> Option<Cut> {
    let n = network.size();
    if source == target || source >= n || target >= n {
        return None;
    }
    let (_, flows) = ford_fulkerson(&digraph(network), NodeIndex::new(source), NodeIndex::new(target));
    let reached = reached(network, &flows, source);
    let cut = |at: &usize| {
        let arc = network.arcs()[*at];
        reached[arc.from] && !reached[arc.to]
    };
    let arcs: Vec<usize> = (0..network.arcs().len()).filter(cut).collect();
    Some(Cut {
        value: arcs.iter().map(|at| network.arcs()[*at].weight).sum(),
        side: (0..n).filter(|node| reached[*node]).collect(),
        arcs,
    })
}

/// Which nodes the source reaches along arcs that are not full, or backwards along arcs that are not empty.
fn reached(network: &Network, flows: &[f64], source: usize) -> Vec<bool> {
    let mut steps: Vec<Vec<usize>> = vec![Vec::new(); network.size()];
    for (arc, flow) in network.arcs().iter().zip(flows) {
        if *flow < arc.weight {
            steps[arc.from].push(arc.to);
        }
        if *flow > 0.0 {
            steps[arc.to].push(arc.from);
        }
    }
    let mut reached = vec![false; network.size()];
    let mut open = VecDeque::from([source]);
    reached[source] = true;
    while let Some(node) = open.pop_front() {
        for next in &steps[node] {
            if !std::mem::replace(&mut reached[*next], true) {
                open.push_back(*next);
            }
        }
    }
    reached
}

/// The network as petgraph has it: nodes and arcs keep their positions.
fn digraph(network: &Network) -> DiGraph<(), f64> {
    let mut graph = DiGraph::with_capacity(network.size(), network.arcs().len());
    (0..network.size()).for_each(|_| {
        graph.add_node(());
    });
    for arc in network.arcs() {
        graph.add_edge(NodeIndex::new(arc.from), NodeIndex::new(arc.to), arc.weight);
    }
    graph
}
