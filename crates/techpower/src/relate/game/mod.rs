//! The coalitional game of sustaining a production graph.
//!
//! A coalition sustains an input if its members together hold at least the quota of it and sustain what it needs; it wins if it
//! sustains every final product. That is a simple game (von Neumann & Morgenstern 1944, chapter 10), and a composition of
//! weighted ones. [`SimpleGame::power`] finds its veto players and the indices of Banzhaf (1965; Dubey & Shapley 1979, *Mathematics of
//! Operations Research* 4(2), 99-131) and of Shapley & Shubik (1954, *American Political Science Review* 48(3), 787-792);
//! [`SimpleGame::minimal_coalitions`] its minimal winning and minimal denying (blocking) coalitions.
//!
//! The work is done on what is left of the game when the players without whom no one can win are in and the players who can
//! change nothing are out: every coalition of the others is gone through, 64 at a time, as bits. With more than
//! [`MOST_ENUMERATED`] others a decision diagram is tried, and where that grows too large coalitions are sampled and the error
//! stated.

mod diagram;
mod enumerate;
mod reduce;
mod sample;

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use super::STAGE;
use crate::num::Seed;
use crate::study::Cycles;
pub(super) use enumerate::Pool;
use reduce::Reduced;

/// The most players, beyond those with a veto and those without influence, whose coalitions are all gone through.
pub const MOST_ENUMERATED: usize = 24;
/// Shares that reach the quota up to rounding are enough.
const ROUNDING: f64 = 1e-12;

/// An input of the game.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Node {
    /// What each player holds, as (player, share), each player once. Without any quota it does not matter.
    pub shares: Vec<(usize, f64)>,
    /// The share that a coalition must hold; 0 or less if it need hold none.
    pub quota: f64,
    /// What else is needed: every gate must be passed.
    pub gates: Vec<Gate>,
}

/// Nodes that are needed jointly or as alternatives.
#[derive(Debug, Clone, PartialEq)]
pub struct Gate {
    /// Whether any one will do (else all are needed).
    pub any: bool,
    /// Positions of nodes; an empty gate is open.
    pub of: Vec<usize>,
}

/// A simple game on a graph of nodes.
#[derive(Debug, Clone)]
pub struct SimpleGame {
    players: usize,
    nodes: Vec<Node>,
    finals: Vec<usize>,
    cycles: Cycles,
    /// Circles of the graph, each after what it needs.
    circles: Vec<Vec<usize>>,
}

/// How the numbers of a game were found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Method {
    /// All coalitions were gone through.
    Enumerated,
    /// All coalitions were counted on a decision diagram with this many states.
    Diagram(usize),
    /// This many coalitions and orders of players were sampled.
    Sampled(usize),
}

/// The power of the players of a game.
#[derive(Debug, Clone, PartialEq)]
pub struct Power {
    /// Whether all together win; if not, no one has any power.
    pub winnable: bool,
    /// Players without whom all others together lose.
    pub veto: Vec<bool>,
    /// Banzhaf's index: the share of coalitions of the others for which a player is pivotal, 0 to 1.
    pub banzhaf: Vec<f64>,
    /// Shapley and Shubik's index: the share of orders of the players in which a player is pivotal; they sum to one.
    pub shapley: Vec<f64>,
    /// How they were found.
    pub method: Method,
    /// The largest standard error of any index; 0 if exact.
    pub error: f64,
    /// Banzhaf counts by who else is in the coalition, if they were asked for.
    pub(super) pairs: Option<Pairs>,
}

/// For pairs of players, relative to a common factor, the coalitions with the second for which the first is pivotal.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Pairs {
    players: usize,
    alone: Vec<f64>,
    with: Vec<f64>,
}

impl Pairs {
    /// The player's share of all pivotality over coalitions that contain `target` (over all coalitions if the target is no
    /// player): the normalised Banzhaf index of the game in which the target takes part. Unlike the plain index it does not
    /// shrink with the number of players. Zero if no one is pivotal.
    pub(super) fn pivotality(&self, player: usize, target: Option<usize>) -> f64 {
        let of = |player: usize| match target {
            Some(target) => self.with[player * self.players + target],
            None => self.alone[player],
        };
        let total: f64 = (0..self.players).filter(|other| Some(*other) != target).map(of).sum();
        if total == 0.0 { 0.0 } else { of(player) / total }
    }
}

/// How a game may be worked on.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// States beyond which a decision diagram is given up.
    pub states: usize,
    /// Coalitions and orders to sample when it is.
    pub samples: usize,
    /// Seed of the samples.
    pub seed: Seed,
}

impl Default for Effort {
    fn default() -> Effort {
        Effort { states: 4_000_000, samples: 100_000, seed: Seed(1) }
    }
}

/// What is asked of a game beside the indices.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ask {
    /// Pivotality by who else is in the coalition.
    pub(super) pairs: bool,
    /// The smallest minimal coalitions of each kind, so many at most.
    pub(super) minimal: Option<usize>,
}

/// More players than this have no place in the bits of a minimal coalition.
const MOST_MEMBERS: usize = 128;

/// Minimal coalitions of a game, smallest first; bit `p` of each says whether player `p` is a member.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MinimalCoalitions {
    /// Coalitions that win, and lose without any one of their members: minimal sufficient coalitions.
    pub winning: Vec<u128>,
    /// Coalitions without whom the others lose, though not if any one of them joined the others: minimal cut sets.
    pub denying: Vec<u128>,
}

impl SimpleGame {
    /// A game of `players` players.
    ///
    /// ```
    /// use techpower::relate::game::{Effort, Node, SimpleGame};
    /// // The European Economic Community of 1958: quota 12 of 4, 4, 4, 2, 2, 1; Luxembourg is powerless (Brams 1976).
    /// let votes = [4.0, 4.0, 4.0, 2.0, 2.0, 1.0];
    /// let power = SimpleGame::weighted(&votes, 12.0).power(Effort::default());
    /// assert_eq!(power.banzhaf[0], 10.0 / 32.0);
    /// assert_eq!(power.banzhaf[5], 0.0);
    /// assert!((power.shapley[0] - 7.0 / 30.0).abs() < 1e-15);
    /// ```
    ///
    /// # Panics
    /// If a node names a player or node that is not there, a player stands twice in a node, or a share is negative or no number.
    #[must_use]
    pub fn new(players: usize, nodes: Vec<Node>, finals: Vec<usize>, cycles: Cycles) -> SimpleGame {
        for node in &nodes {
            let mut seen = vec![false; players];
            for (player, share) in &node.shares {
                assert!(*share >= 0.0 && share.is_finite(), "a share is 0 or more");
                assert!(!std::mem::replace(&mut seen[*player], true), "player {player} stands twice");
            }
            assert!(
                node.gates.iter().flat_map(|gate| &gate.of).all(|at| *at < nodes.len()),
                "a node is missing"
            );
        }
        let circles = circles(&nodes);
        SimpleGame { players, nodes, finals, cycles, circles }
    }

    /// A weighted game: a coalition wins if its weights reach the quota.
    ///
    /// # Panics
    /// If a weight is negative or no number.
    #[must_use]
    pub fn weighted(weights: &[f64], quota: f64) -> SimpleGame {
        let shares = weights.iter().copied().enumerate().collect();
        let node = Node { shares, quota, gates: Vec::new() };
        SimpleGame::new(weights.len(), vec![node], vec![0], Cycles::Greatest)
    }

    /// The nodes, in the order in which they were given.
    #[must_use]
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Which of up to 64 coalitions sustain each node. The coalitions are given as lanes: bit `l` of `members[p]` says whether
    /// player `p` is in coalition `l`. `lost` names for each node the lanes in which it is taken away.
    pub(super) fn sustained(&self, members: &[u64], lost: Option<&[u64]>) -> Vec<u64> {
        let own: Vec<u64> = self
            .nodes
            .iter()
            .enumerate()
            .map(|(at, node)| reaching(node, members) & !lost.map_or(0, |lost| lost[at]))
            .collect();
        let mut good = vec![0; self.nodes.len()];
        for circle in &self.circles {
            let start = if self.cycles == Cycles::Greatest { u64::MAX } else { 0 };
            circle.iter().for_each(|at| good[*at] = start);
            loop {
                let mut changed = false;
                for at in circle {
                    let now =
                        self.nodes[*at].gates.iter().fold(own[*at], |sum, gate| sum & gate.lanes(&good));
                    changed |= now != good[*at];
                    good[*at] = now;
                }
                if circle.len() == 1 || !changed {
                    break;
                }
            }
        }
        good
    }

    /// Which of up to 64 coalitions, given as lanes, win.
    fn winning(&self, members: &[u64]) -> u64 {
        let good = self.sustained(members, None);
        self.finals.iter().fold(u64::MAX, |all, at| all & good[*at])
    }

    /// Whether a coalition wins.
    #[must_use]
    pub fn wins(&self, coalition: &[usize]) -> bool {
        let mut members = vec![0; self.players];
        coalition.iter().for_each(|player| members[*player] = 1);
        self.winning(&members) & 1 == 1
    }

    /// Whether all players but those of a coalition lose: the coalition can deny the rest.
    #[must_use]
    pub fn denies(&self, coalition: &[usize]) -> bool {
        let others: Vec<usize> = (0..self.players).filter(|player| !coalition.contains(player)).collect();
        !self.wins(&others)
    }

    /// Veto players and the indices of Banzhaf and Shapley-Shubik.
    #[must_use]
    pub fn power(&self, effort: Effort) -> Power {
        self.solve(effort, Ask { pairs: false, minimal: None }, &mut Pool::default()).0
    }

    /// Minimal winning and minimal denying coalitions; `None` if too many players are left to go through all coalitions, or there are more
    /// than 128.
    #[must_use]
    pub fn minimal_coalitions(&self) -> Option<MinimalCoalitions> {
        let effort = Effort { states: 0, samples: 1, seed: Seed(1) };
        self.solve(effort, Ask { pairs: false, minimal: Some(usize::MAX) }, &mut Pool::default()).1
    }

    /// The power of the players, and minimal coalitions if they are asked for and can be found.
    pub(super) fn solve(
        &self,
        effort: Effort,
        ask: Ask,
        pool: &mut Pool,
    ) -> (Power, Option<MinimalCoalitions>) {
        let Some(reduced) = Reduced::of(self) else {
            return (Power::none(self.players, ask.pairs), ask.minimal.map(|_| MinimalCoalitions::default()));
        };
        if reduced.rest.len() <= MOST_ENUMERATED {
            return enumerate::solve(&reduced, ask, pool);
        }
        // A diagram does not tell who else is in the coalition.
        let counted = if ask.pairs { None } else { diagram::power(&reduced, effort.states) };
        (counted.unwrap_or_else(|| sample::power(&reduced, effort, ask)), None)
    }
}

impl Power {
    /// The power of players who cannot win even together.
    fn none(players: usize, pairs: bool) -> Power {
        let pairs =
            pairs.then(|| Pairs { players, alone: vec![0.0; players], with: vec![0.0; players * players] });
        Power {
            winnable: false,
            veto: vec![false; players],
            banzhaf: vec![0.0; players],
            shapley: vec![0.0; players],
            method: Method::Enumerated,
            error: 0.0,
            pairs,
        }
    }
}

impl Gate {
    fn lanes(&self, good: &[u64]) -> u64 {
        let mut below = self.of.iter().map(|at| good[*at]);
        if self.of.is_empty() {
            u64::MAX
        } else if self.any {
            below.fold(0, |any, one| any | one)
        } else {
            below.by_ref().fold(u64::MAX, |all, one| all & one)
        }
    }
}

/// The lanes in which the members hold the quota of a node.
fn reaching(node: &Node, members: &[u64]) -> u64 {
    if node.quota <= 0.0 {
        return u64::MAX;
    }
    let mut held = [0.0; 64];
    for (player, share) in &node.shares {
        let lanes = members[*player];
        for (lane, sum) in held.iter_mut().enumerate() {
            *sum += if lanes >> lane & 1 == 1 { *share } else { 0.0 };
        }
    }
    (0..64).filter(|lane| held[*lane] + ROUNDING >= node.quota).fold(0, |word, lane| word | 1 << lane)
}

/// Circles of a graph of nodes, each after what it needs.
fn circles(nodes: &[Node]) -> Vec<Vec<usize>> {
    let mut graph = DiGraph::<(), ()>::with_capacity(nodes.len(), nodes.len());
    nodes.iter().for_each(|_| {
        graph.add_node(());
    });
    for (at, node) in nodes.iter().enumerate() {
        for need in node.gates.iter().flat_map(|gate| &gate.of) {
            graph.add_edge(NodeIndex::new(at), NodeIndex::new(*need), ());
        }
    }
    // Components come in postorder: with edges from a node to its needs, the needs first.
    kosaraju_scc(&graph)
        .into_iter()
        .map(|circle| {
            let mut members: Vec<usize> = circle.into_iter().map(NodeIndex::index).collect();
            members.sort_unstable();
            members
        })
        .collect()
}
