//! The game of sustaining the production graph, played in every draw under every specification.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::STAGE;
use super::game::{Ask, Effort, Gate, Method, Node, Pool, Power, SimpleGame};
use super::graph::{Basis, Graph};
use super::supply::{Drawn, Holdings};
use crate::num::{Seed, Summary};
use crate::study::{Blocs, Cycles, RelateOptions, Subtypes};

/// Minimal coalitions that are minimal in a smaller share of the draws are not told.
const RARE: f64 = 0.01;
/// The most minimal coalitions told of one kind in one specification.
const MOST_COALITIONS: usize = 200;
/// The most minimal coalitions of one kind that a draw counts, the smallest: where there are more, larger ones are rare anyway.
pub(super) const MOST_COUNTED: usize = 500;
/// States of a decision diagram beyond which coalitions are sampled, and how many in each draw.
const STATES: usize = 20_000;
const SAMPLES: usize = 500;
/// Shares that reach a quota up to rounding are enough.
const ROUNDING: f64 = 1e-12;

/// The id of the specification that follows the study's own options.
pub const BASE: &str = "base";

/// A reading of the coalitional game.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Specification {
    /// Its id: [`BASE`], or its choices in words.
    pub id: String,
    /// Share at which a coalition sustains an input; drawn between the two.
    pub tau: (f64, f64),
    /// What sub-types mean.
    pub subtypes: Subtypes,
    /// Whether members of a bloc act as one.
    pub blocs: Blocs,
    /// Inputs left out.
    pub without: Vec<String>,
}

impl Specification {
    /// The specification that follows the study's options.
    pub(super) fn base(options: &RelateOptions) -> Specification {
        Specification {
            id: BASE.to_owned(),
            tau: options.tau,
            subtypes: options.subtypes,
            blocs: Blocs::One,
            without: Vec::new(),
        }
    }

    /// All combinations of the grid, in the order of its lists.
    pub(super) fn grid(options: &RelateOptions) -> Vec<Specification> {
        let grid = &options.grid;
        let mut inputs = vec![("all", Vec::new())];
        if !grid.doubtful.is_empty() {
            inputs.push(("firm", grid.doubtful.clone()));
        }
        let mut all: Vec<Specification> = Vec::new();
        for blocs in &grid.blocs {
            for subtypes in &grid.subtypes {
                for (word, without) in &inputs {
                    for tau in &grid.tau {
                        all.push(Specification {
                            id: format!(
                                "blocs={} subtypes={} inputs={word} tau={tau}",
                                blocs.id(),
                                subtypes.id()
                            ),
                            tau: (*tau, *tau),
                            subtypes: *subtypes,
                            blocs: *blocs,
                            without: without.clone(),
                        });
                    }
                }
            }
        }
        // A choice that stands twice in a list makes no further specification.
        let mut met = BTreeSet::new();
        all.retain(|specification| met.insert(specification.id.clone()));
        all
    }
}

/// The weight of an actor in the game of sustaining the production graph.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Weight {
    /// Id of the specification.
    pub specification: String,
    /// The supplier.
    pub actor: String,
    /// Year.
    pub year: i16,
    /// Share of the draws in which all others together cannot sustain the graph.
    pub veto: f64,
    /// Whether it has a veto whatever the uncertain shares are within their bounds.
    pub certain: bool,
    /// Whether it has a veto for some shares within their bounds.
    pub possible: bool,
    /// Banzhaf's index: the share of coalitions of the others for which it is pivotal.
    pub banzhaf: Summary,
    /// Shapley and Shubik's index: the share of orders of all suppliers in which it is pivotal.
    pub shapley: Summary,
    /// The largest standard error of the indices in any draw; 0 where all coalitions were counted.
    pub error: f64,
}

/// Whether a coalition is a minimal one to stop the graph, or to sustain it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum CutKind {
    /// Without it the others cannot sustain the graph, and it has no member too many: a minimal cut set.
    Denial,
    /// It sustains the graph alone, and has no member too many.
    Sufficient,
}

impl CutKind {
    /// The word used in tables.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            CutKind::Denial => "denial",
            CutKind::Sufficient => "sufficient",
        }
    }
}

/// A minimal coalition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cut {
    /// Id of the specification.
    pub specification: String,
    /// To stop the graph, or to sustain it.
    pub kind: CutKind,
    /// Its members, sorted.
    pub coalition: Vec<String>,
    /// Year.
    pub year: i16,
    /// Share of the draws in which it is minimal.
    pub probability: f64,
}

/// What a named coalition can do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alliance {
    /// Id of the specification.
    pub specification: String,
    /// Name of the coalition in `study.toml`.
    pub name: String,
    /// Those of its members that supply something, sorted.
    pub members: Vec<String>,
    /// Year.
    pub year: i16,
    /// Share of the draws in which the others cannot sustain the graph without it.
    pub denies: f64,
    /// Share of the draws in which it sustains the graph alone.
    pub sustains: f64,
}

/// An input at which one supplier can stop the whole graph.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Chokepoint {
    /// The supplier.
    pub actor: String,
    /// The input.
    pub input: String,
    /// Year.
    pub year: i16,
    /// Share of the draws in which the others hold too little of it, and without it the graph stops.
    pub probability: f64,
}

/// The production graph in one year under one specification.
pub(super) struct Table<'a> {
    pub(super) graph: &'a Graph,
    pub(super) drawn: &'a Drawn,
    pub(super) holdings: &'a Holdings,
    pub(super) basis: &'a [Basis],
    pub(super) specification: &'a Specification,
    pub(super) cycles: Cycles,
    pub(super) seed: Seed,
}

/// What is left of an input to the others when some suppliers withhold it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remainder {
    /// The input.
    pub input: String,
    /// Draws in which it can be told: its named suppliers together hold enough to sustain it.
    pub known: usize,
    /// Of these, draws in which the others hold too little.
    pub short: usize,
}

impl Remainder {
    /// Of the draws in which it can be told, the share in which the others hold too little; unknown if there are none.
    #[must_use]
    pub fn share(&self) -> Option<f64> {
        (self.known > 0).then(|| self.short as f64 / self.known as f64)
    }
}

/// What is told of a game.
#[derive(Default)]
pub(super) struct Told {
    pub(super) weights: Vec<Weight>,
    pub(super) cuts: Vec<Cut>,
    pub(super) alliances: Vec<Alliance>,
    /// Inputs of which even all named suppliers together hold too little, with the share of draws.
    pub(super) unsustained: Vec<(String, f64)>,
    /// In how many draws coalitions had to be sampled.
    pub(super) sampled: usize,
}

impl Table<'_> {
    /// The share at which a coalition sustains an input in a draw.
    fn tau(&self, draw: usize) -> f64 {
        let (low, high) = self.specification.tau;
        if low == high { low } else { self.drawn.tau[draw] }
    }

    fn is_dropped(&self, input: usize) -> bool {
        self.specification.without.contains(&self.graph.inputs[input].id)
    }

    /// What named suppliers hold of an input in a draw; `None` if it does not rest on its suppliers.
    fn named(&self, input: usize, draw: usize) -> Option<f64> {
        if self.basis[input] != Basis::Own || self.is_dropped(input) {
            return None;
        }
        Some(self.holdings.inputs[input].as_ref()?.iter().map(|holder| holder.shares[draw]).sum())
    }

    /// The game in a draw. An input of which even all named suppliers together hold less than the quota comes from suppliers whom
    /// nobody named; no coalition can deny or secure it.
    pub(super) fn game(&self, draw: usize) -> SimpleGame {
        let tau = self.tau(draw);
        let node = |input: usize| {
            let mut node = self.frame(input);
            if self.named(input, draw).is_some_and(|held| held + ROUNDING >= tau) {
                let holders = self.holdings.inputs[input].iter().flatten();
                node.shares = holders.map(|holder| (holder.player, holder.shares[draw])).collect();
                node.quota = tau;
            }
            node
        };
        let nodes = (0..self.graph.inputs.len()).map(node).collect();
        SimpleGame::new(self.holdings.players.len(), nodes, self.graph.finals.clone(), self.cycles)
    }

    /// What the others can still do when a coalition withholds some inputs: the share of draws in which they cannot sustain the graph, and for
    /// each input in how many draws they hold too little. It is a game of two: the others, and what is withheld.
    pub(super) fn without(
        &self,
        coalition: &[usize],
        withheld: &dyn Fn(usize) -> bool,
    ) -> (f64, Vec<Remainder>) {
        const OTHERS: usize = 0;
        const COALITION: usize = 1;
        let inputs = self.graph.inputs.len();
        let remainder =
            |input: usize| Remainder { input: self.graph.inputs[input].id.clone(), known: 0, short: 0 };
        let (mut stopped, mut remainders) = (0, (0..inputs).map(remainder).collect::<Vec<Remainder>>());
        for draw in 0..self.drawn.draws {
            let tau = self.tau(draw);
            let node = |input: usize| {
                let mut node = self.frame(input);
                let Some(held) = self.named(input, draw).filter(|held| held + ROUNDING >= tau) else {
                    return (node, None);
                };
                let holders = self.holdings.inputs[input].iter().flatten();
                let gone = |player: usize| withheld(input) && coalition.contains(&player);
                let kept: f64 = holders.filter(|h| !gone(h.player)).map(|h| h.shares[draw]).sum();
                node.shares = vec![(OTHERS, kept), (COALITION, (held - kept).max(0.0))];
                node.quota = tau;
                (node, Some(kept + ROUNDING < tau))
            };
            let nodes: Vec<(Node, Option<bool>)> = (0..inputs).map(node).collect();
            for (remainder, (_, short)) in remainders.iter_mut().zip(&nodes) {
                remainder.known += usize::from(short.is_some());
                remainder.short += usize::from(*short == Some(true));
            }
            let nodes = nodes.into_iter().map(|(node, _)| node).collect();
            let game = SimpleGame::new(2, nodes, self.graph.finals.clone(), self.cycles);
            stopped += usize::from(game.denies(&[COALITION]));
        }
        (stopped as f64 / self.drawn.draws as f64, remainders)
    }

    /// The node of an input without its suppliers.
    fn frame(&self, input: usize) -> Node {
        let mut node = Node::default();
        if self.is_dropped(input) {
            return node;
        }
        let needs = self.graph.needs[input].iter().map(|need| need.input).collect();
        node.gates.push(Gate { any: !self.graph.inputs[input].needs_all, of: needs });
        let kinds = || self.graph.kinds[input].clone();
        match self.basis[input] {
            Basis::AllKinds => node.gates.push(Gate { any: false, of: kinds() }),
            Basis::AnyKind => node.gates.push(Gate { any: true, of: kinds() }),
            Basis::Own | Basis::Nothing => {}
        }
        node
    }

    /// Plays the game in every draw.
    pub(super) fn play(&self, ask: Ask, alliances: &BTreeMap<String, Vec<usize>>) -> (Told, Vec<Power>) {
        let samples = self.seed.stream(STAGE, "samples of coalitions");
        let effort =
            |draw: usize| Effort { states: STATES, samples: SAMPLES, seed: Seed(samples.draw(draw).bits()) };
        type Played = (Power, Option<super::game::MinimalCoalitions>, Vec<(bool, bool)>);
        let played: Vec<Played> = (0..self.drawn.draws)
            .into_par_iter()
            .map_init(Pool::default, |pool, draw| {
                let game = self.game(draw);
                let (power, minimal) = game.solve(effort(draw), ask, pool);
                let named = alliances.values().map(|ids| (game.denies(ids), game.wins(ids))).collect();
                (power, minimal, named)
            })
            .collect();
        let mut told = Told { unsustained: self.unsustained(), ..Told::default() };
        let draws = self.drawn.draws as f64;
        let minimal = || played.iter().filter_map(|(_, minimal, _)| minimal.as_ref());
        told.cuts = self.cuts(CutKind::Denial, minimal().flat_map(|minimal| minimal.denying.iter().copied()));
        told.cuts.extend(
            self.cuts(CutKind::Sufficient, minimal().flat_map(|minimal| minimal.winning.iter().copied())),
        );
        for (at, (name, ids)) in alliances.iter().enumerate() {
            let share = |which: fn(&(bool, bool)) -> bool| {
                played.iter().filter(|(_, _, named)| which(&named[at])).count() as f64 / draws
            };
            told.alliances.push(Alliance {
                specification: self.specification.id.clone(),
                name: name.clone(),
                members: ids.iter().map(|player| self.holdings.players[*player].clone()).collect(),
                year: self.drawn.year,
                denies: share(|(denies, _)| *denies),
                sustains: share(|(_, sustains)| *sustains),
            });
        }
        let powers: Vec<Power> = played.into_iter().map(|(power, _, _)| power).collect();
        told.sampled = powers.iter().filter(|power| matches!(power.method, Method::Sampled(_))).count();
        told.weights = self.weights(&powers);
        (told, powers)
    }

    fn weights(&self, powers: &[Power]) -> Vec<Weight> {
        let (certain, possible) = self.bounds();
        let weight = |(player, actor): (usize, &String)| {
            let over = |value: fn(&Power) -> &Vec<f64>| -> Vec<f64> {
                powers.iter().map(|power| value(power)[player]).collect()
            };
            let vetoes = powers.iter().filter(|power| power.veto[player]).count();
            Some(Weight {
                specification: self.specification.id.clone(),
                actor: actor.clone(),
                year: self.drawn.year,
                veto: vetoes as f64 / powers.len() as f64,
                certain: certain[player],
                possible: possible[player] || vetoes > 0,
                banzhaf: Summary::of(&over(|power| &power.banzhaf))?,
                shapley: Summary::of(&over(|power| &power.shapley))?,
                error: powers.iter().map(|power| power.error).fold(0.0, f64::max),
            })
        };
        self.holdings.players.iter().enumerate().filter_map(weight).collect()
    }

    /// The commonest of the minimal coalitions of all draws.
    fn cuts(&self, kind: CutKind, coalitions: impl Iterator<Item = u128>) -> Vec<Cut> {
        let mut sorted: Vec<u128> = coalitions.collect();
        sorted.sort_unstable();
        let mut counts: Vec<(u128, usize)> =
            sorted.chunk_by(|a, b| a == b).map(|same| (same[0], same.len())).collect();
        let draws = self.drawn.draws as f64;
        counts.retain(|(_, count)| *count as f64 >= RARE * draws);
        // The commonest first; of equals the smaller, then in the order of their members.
        counts.sort_by_key(|(members, count)| {
            (usize::MAX - count, members.count_ones(), u128::MAX - members.reverse_bits())
        });
        counts
            .into_iter()
            .take(MOST_COALITIONS)
            .map(|(members, count)| Cut {
                specification: self.specification.id.clone(),
                kind,
                coalition: (0..self.holdings.players.len())
                    .filter(|player| members >> player & 1 == 1)
                    .map(|player| self.holdings.players[player].clone())
                    .collect(),
                year: self.drawn.year,
                probability: count as f64 / draws,
            })
            .collect()
    }

    /// Inputs of which even all named suppliers together hold too little, with the share of draws in which they do.
    fn unsustained(&self) -> Vec<(String, f64)> {
        (0..self.graph.inputs.len())
            .filter_map(|input| {
                let short = (0..self.drawn.draws)
                    .filter(|draw| {
                        self.named(input, *draw).is_some_and(|held| held + ROUNDING < self.tau(*draw))
                    })
                    .count();
                let id = self.graph.inputs[input].id.clone();
                (short > 0).then_some((id, short as f64 / self.drawn.draws as f64))
            })
            .collect()
    }

    /// For each player whether it has a veto whatever the shares are within their bounds, and whether it has one for some of them.
    ///
    /// It surely stops an input if the others, at their highest, hold less than the lowest quota, and all named suppliers, at
    /// their lowest, hold the highest; it may stop it if the others, at their lowest, hold less than the highest quota, and with it,
    /// at its highest, reach the lowest.
    fn bounds(&self) -> (Vec<bool>, Vec<bool>) {
        let players = self.holdings.players.len();
        let (low_tau, high_tau) = self.specification.tau;
        let frames: Vec<Node> = (0..self.graph.inputs.len()).map(|input| self.frame(input)).collect();
        let game = SimpleGame::new(players, frames, self.graph.finals.clone(), self.cycles);
        let (mut certain, mut possible) = (vec![false; players], vec![false; players]);
        for first in (0..players).step_by(64) {
            let (mut surely, mut maybe) =
                (vec![0; self.graph.inputs.len()], vec![0; self.graph.inputs.len()]);
            for input in (0..self.graph.inputs.len()).filter(|at| self.named(*at, 0).is_some()) {
                let holders = self.holdings.inputs[input].as_deref().unwrap_or_default();
                let lows: f64 = holders.iter().map(|holder| holder.bounds.0).sum();
                let highs: f64 = holders.iter().map(|holder| holder.bounds.1).sum();
                for holder in holders.iter().filter(|holder| (first..first + 64).contains(&holder.player)) {
                    let lane = 1u64 << (holder.player - first);
                    let (low, high) = holder.bounds;
                    let others_most = (highs - high).min(1.0 - low);
                    if others_most + ROUNDING < low_tau && lows + ROUNDING >= high_tau {
                        surely[input] |= lane;
                    }
                    if lows - low + ROUNDING < high_tau && lows - low + high + ROUNDING >= low_tau {
                        maybe[input] |= lane;
                    }
                }
            }
            for (lost, found) in [(&surely, &mut certain), (&maybe, &mut possible)] {
                let good = game.sustained(&vec![u64::MAX; players], Some(lost));
                let wins = self.graph.finals.iter().fold(u64::MAX, |all, at| all & good[*at]);
                for (lane, found) in found[first..].iter_mut().take(64).enumerate() {
                    *found = wins >> lane & 1 == 0;
                }
            }
        }
        (certain, possible)
    }

    /// Inputs at which single suppliers can stop the graph, with the share of draws in which they can.
    pub(super) fn chokepoints(&self) -> Vec<Chokepoint> {
        let inputs = self.graph.inputs.len();
        let mut counts: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for draw in 0..self.drawn.draws {
            let game = self.game(draw);
            let tau = self.tau(draw);
            let everyone = vec![u64::MAX; self.holdings.players.len()];
            for first in (0..inputs).step_by(64) {
                let lost: Vec<u64> = (0..inputs)
                    .map(|at| if (first..first + 64).contains(&at) { 1 << (at - first) } else { 0 })
                    .collect();
                let good = game.sustained(&everyone, Some(&lost));
                let wins = self.graph.finals.iter().fold(u64::MAX, |all, at| all & good[*at]);
                for input in (first..inputs.min(first + 64)).filter(|at| wins >> (at - first) & 1 == 0) {
                    let Some(held) = self.named(input, draw).filter(|held| held + ROUNDING >= tau) else {
                        continue;
                    };
                    for holder in self.holdings.inputs[input].iter().flatten() {
                        if held - holder.shares[draw] + ROUNDING < tau {
                            *counts.entry((holder.player, input)).or_insert(0) += 1;
                        }
                    }
                }
            }
        }
        counts
            .into_iter()
            .map(|((player, input), count)| Chokepoint {
                actor: self.holdings.players[player].clone(),
                input: self.graph.inputs[input].id.clone(),
                year: self.drawn.year,
                probability: count as f64 / self.drawn.draws as f64,
            })
            .collect()
    }
}
