//! Games with many players, counted on a decision diagram: players decide one after another whether they are in, and coalitions that
//! leave the same game to the rest are one state.
//!
//! The indices come from the multilinear extension of the game (Owen 1972, *Management Science* 18(5), 64-79): with every other player in
//! with probability `p`, a player is pivotal with probability `d(p)`; Banzhaf's index is `d(1/2)` and Shapley and Shubik's the
//! integral of `d` from 0 to 1. As `d` is a polynomial of a degree below the number of players, Gauss-Legendre quadrature with half as
//! many points is exact.

use std::collections::HashMap;

use super::reduce::Reduced;
use super::{Method, Node, Power, ROUNDING, SimpleGame};
use crate::study::Cycles;

/// Marks of a node in a state whose own quota is reached, or cannot be reached any more. Other nodes carry what is held of them.
const REACHED: u64 = u64::MAX;
const FAILED: u64 = u64::MAX - 1;
/// Ends of the diagram.
const WIN: u32 = u32::MAX;
const LOSE: u32 = u32::MAX - 1;

/// For each player, in the order in which they decide, and each state before it: the states after it stays out and comes in.
struct Diagram {
    order: Vec<usize>,
    levels: Vec<Vec<[u32; 2]>>,
}

/// The power of all players; `None` if the diagram grows beyond `most` states.
pub(super) fn power(reduced: &Reduced, most: usize) -> Option<Power> {
    let diagram = Diagram::of(&reduced.game, most)?;
    let k = reduced.veto.len();
    let mut power = Power {
        winnable: true,
        veto: vec![false; reduced.players],
        banzhaf: vec![0.0; reduced.players],
        shapley: vec![0.0; reduced.players],
        method: Method::Diagram(diagram.levels.iter().map(Vec::len).sum()),
        error: 0.0,
        pairs: None,
    };
    let (value, pivotal) = diagram.evaluate(0.5);
    let half = |players: usize| libm::exp2(-(players as f64));
    for player in &reduced.veto {
        power.veto[*player] = true;
        power.banzhaf[*player] = half(k - 1) * value;
    }
    for (seat, player) in reduced.rest.iter().enumerate() {
        power.banzhaf[*player] = half(k) * pivotal[seat];
    }
    for (p, weight) in gauss_legendre((k + reduced.rest.len()).div_ceil(2)) {
        let (value, pivotal) = diagram.evaluate(p);
        for player in &reduced.veto {
            power.shapley[*player] += weight * libm::pow(p, k as f64 - 1.0) * value;
        }
        let all_in = libm::pow(p, k as f64);
        for (seat, player) in reduced.rest.iter().enumerate() {
            power.shapley[*player] += weight * all_in * pivotal[seat];
        }
    }
    Some(power)
}

impl Diagram {
    fn of(game: &SimpleGame, most: usize) -> Option<Diagram> {
        let order = order(game);
        let mut levels: Vec<Vec<[u32; 2]>> = Vec::with_capacity(order.len());
        let walk = Walk::new(game, &order);
        let mut states = vec![walk.start()];
        let mut total = 0;
        for (step, player) in order.iter().enumerate() {
            let mut next: HashMap<Vec<u64>, u32> = HashMap::new();
            let mut after: Vec<Vec<u64>> = Vec::new();
            let mut level = Vec::with_capacity(states.len());
            for state in &states {
                level.push([false, true].map(|joins| match walk.step(state, *player, joins, step) {
                    Next::Win => WIN,
                    Next::Lose => LOSE,
                    Next::Open(state) => *next.entry(state).or_insert_with_key(|state| {
                        after.push(state.clone());
                        after.len() as u32 - 1
                    }),
                }));
            }
            total += level.len();
            if total + after.len() > most {
                return None;
            }
            levels.push(level);
            states = after;
        }
        Some(Diagram { order, levels })
    }

    /// The probability of winning if each player is in with probability `p`, and for each player that of being pivotal.
    fn evaluate(&self, p: f64) -> (f64, Vec<f64>) {
        let mut values: Vec<Vec<f64>> = vec![Vec::new(); self.levels.len()];
        let value = |after: &[f64], to: u32| match to {
            WIN => 1.0,
            LOSE => 0.0,
            at => after[at as usize],
        };
        for step in (0..self.levels.len()).rev() {
            let after = values.get(step + 1).map_or(&[][..], Vec::as_slice);
            let now = |to: &[u32; 2]| (1.0 - p) * value(after, to[0]) + p * value(after, to[1]);
            values[step] = self.levels[step].iter().map(now).collect();
        }
        let mut pivotal = vec![0.0; self.order.len()];
        let mut arrives = vec![1.0];
        for (step, level) in self.levels.iter().enumerate() {
            let after = values.get(step + 1).map_or(&[][..], Vec::as_slice);
            let mut next = vec![0.0; after.len()];
            for (to, here) in level.iter().zip(&arrives) {
                pivotal[self.order[step]] += here * (value(after, to[1]) - value(after, to[0]));
                for (at, part) in [(to[0], 1.0 - p), (to[1], p)] {
                    if let Some(sum) = next.get_mut(at as usize) {
                        *sum += here * part;
                    }
                }
            }
            arrives = next;
        }
        (values.first().and_then(|first| first.first()).copied().unwrap_or(1.0), pivotal)
    }
}

/// Players in an order that settles one node after another.
fn order(game: &SimpleGame) -> Vec<usize> {
    let mut first = vec![usize::MAX; game.players];
    let mut most = vec![0.0f64; game.players];
    for (at, node) in game.nodes.iter().enumerate() {
        for (player, share) in &node.shares {
            first[*player] = first[*player].min(at);
            most[*player] = most[*player].max(*share);
        }
    }
    let mut order: Vec<usize> = (0..game.players).collect();
    order.sort_by(|a, b| first[*a].cmp(&first[*b]).then(most[*b].total_cmp(&most[*a])).then(a.cmp(b)));
    order
}

enum Next {
    Win,
    Lose,
    Open(Vec<u64>),
}

/// What is needed to go from one state to the next.
struct Walk<'a> {
    game: &'a SimpleGame,
    /// For each node what the players that have not decided after each step hold together.
    left: Vec<Vec<f64>>,
}

impl<'a> Walk<'a> {
    fn new(game: &'a SimpleGame, order: &[usize]) -> Walk<'a> {
        let left = game
            .nodes
            .iter()
            .map(|node| {
                let mut shares = vec![0.0; game.players];
                node.shares.iter().for_each(|(player, share)| shares[*player] = *share);
                let mut left = vec![0.0; order.len()];
                for step in (1..order.len()).rev() {
                    left[step - 1] = left[step] + shares[order[step]];
                }
                left
            })
            .collect();
        Walk { game, left }
    }

    fn start(&self) -> Vec<u64> {
        let own = |node: &Node| if node.quota > 0.0 { 0.0f64.to_bits() } else { REACHED };
        self.game.nodes.iter().map(own).collect()
    }

    fn step(&self, state: &[u64], player: usize, joins: bool, step: usize) -> Next {
        let mut after = state.to_vec();
        for (at, node) in self.game.nodes.iter().enumerate() {
            if after[at] >= FAILED {
                continue;
            }
            let mut held = f64::from_bits(after[at]);
            if joins {
                let own = node.shares.iter().find(|(other, _)| *other == player);
                held += own.map_or(0.0, |(_, share)| *share);
            }
            after[at] = if held + ROUNDING >= node.quota {
                REACHED
            } else if held + self.left[at][step] + ROUNDING < node.quota {
                FAILED
            } else {
                held.to_bits()
            };
        }
        // Two readings at once: what is open fails, and what is open is reached.
        let own: Vec<u64> = after
            .iter()
            .map(|mark| match *mark {
                REACHED => 0b11,
                FAILED => 0b00,
                _ => 0b10,
            })
            .collect();
        let good = self.readings(&own);
        let wins = self.game.finals.iter().fold(0b11, |all, at| all & good[*at]);
        match wins {
            0b11 => return Next::Win,
            0b00 => return Next::Lose,
            _ => {}
        }
        self.forget(&mut after, &good);
        Next::Open(after)
    }

    /// Whether each node is sustained in either reading.
    fn readings(&self, own: &[u64]) -> Vec<u64> {
        let mut good = vec![if self.game.cycles == Cycles::Greatest { 0b11 } else { 0 }; own.len()];
        for circle in &self.game.circles {
            loop {
                let mut changed = false;
                for at in circle {
                    let gates = &self.game.nodes[*at].gates;
                    let now = gates.iter().fold(own[*at], |sum, gate| sum & gate.lanes(&good));
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

    /// Settles nodes that can change nothing any more, so that states which differ only in them are one. What is sustained in both
    /// readings rests on nothing that is open, so it stays sustained.
    fn forget(&self, state: &mut [u64], good: &[u64]) {
        let mut matters = vec![false; state.len()];
        let mut waiting: Vec<usize> = self.game.finals.clone();
        while let Some(at) = waiting.pop() {
            if good[at] == 0b10 && !std::mem::replace(&mut matters[at], true) {
                waiting.extend(self.game.nodes[at].gates.iter().flat_map(|gate| &gate.of));
            }
        }
        for (at, mark) in state.iter_mut().enumerate().filter(|(at, _)| !matters[*at]) {
            *mark = if good[at] == 0b11 { REACHED } else { FAILED };
        }
    }
}

/// Points and weights of Gauss-Legendre quadrature on [0, 1], exact for polynomials of degree below `2 n`. Roots of the Legendre
/// polynomial by Newton's method from the estimate of Abramowitz & Stegun (1964), 22.16.6.
fn gauss_legendre(n: usize) -> Vec<(f64, f64)> {
    (0..n)
        .map(|at| {
            let mut x = libm::cos(std::f64::consts::PI * (at as f64 + 0.75) / (n as f64 + 0.5));
            let mut slope = 1.0;
            for _ in 0..100 {
                let (mut before, mut now) = (1.0, x);
                for degree in 2..=n {
                    let degree = degree as f64;
                    let next = ((2.0 * degree - 1.0) * x * now - (degree - 1.0) * before) / degree;
                    (before, now) = (now, next);
                }
                slope = n as f64 * (x * now - before) / (x * x - 1.0);
                let step = now / slope;
                x -= step;
                if step.abs() < 1e-15 {
                    break;
                }
            }
            ((1.0 + x) / 2.0, 1.0 / ((1.0 - x * x) * slope * slope))
        })
        .collect()
}
