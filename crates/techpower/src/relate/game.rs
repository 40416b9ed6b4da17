//! The coalitional game of sustaining the production graph, enumerated exactly.
//!
//! A coalition sustains an input if its members together hold at least the share tau of its supply and it sustains what the
//! input needs; it wins if it sustains every final product (Banzhaf 1965; Dubey & Shapley 1979, *Mathematics of Operations Research*
//! 4(2), 99-131).

use rayon::prelude::*;

use super::STAGE;
use super::graph::Graph;
use super::supply::Drawn;
use crate::diag::{Kind, Note, Notes, Place};
use crate::num::mean;

/// The most players whose coalitions are enumerated.
const MOST_PLAYERS: usize = 20;
/// Shares that reach the threshold up to rounding are enough.
const ROUNDING: f64 = 1e-12;

/// The game in all draws.
pub(super) struct Game {
    pub(super) players: Vec<String>,
    pub(super) draws: Vec<Play>,
}

/// The game in one draw.
pub(super) struct Play {
    /// Players without whom all others together lose.
    pub(super) veto: Vec<bool>,
    n: usize,
    /// For each player, the number of coalitions of the others for which it is pivotal.
    swings: Vec<u64>,
    /// For each player and each other, how many of those coalitions contain the other.
    swings_with: Vec<Vec<u64>>,
}

impl Play {
    /// Banzhaf's index of a player: the share of coalitions of the others for which it is pivotal.
    pub(super) fn banzhaf(&self, player: usize) -> f64 {
        self.swings[player] as f64 / (1u64 << (self.n - 1)) as f64
    }

    /// The player's share of all pivotality over coalitions that contain `target` (over all coalitions if the target supplies
    /// nothing): the normalised Banzhaf index of the game in which the target takes part. Unlike the plain index it does not
    /// shrink with the number of players. Zero if no one is pivotal.
    pub(super) fn pivotality(&self, player: usize, target: Option<usize>) -> f64 {
        let of = |player: usize| match target {
            Some(target) => self.swings_with[player][target],
            None => self.swings[player],
        };
        let total: u64 = (0..self.n).filter(|other| Some(*other) != target).map(of).sum();
        if total == 0 { 0.0 } else { of(player) as f64 / total as f64 }
    }
}

/// Plays the game in every draw.
pub(super) fn play(graph: &Graph, drawn: &Drawn, notes: &mut Notes) -> Game {
    let all = drawn.players.len();
    let mut order: Vec<usize> = (0..all).collect();
    let weight =
        |player: usize| -> f64 { drawn.shares.iter().flatten().map(|shares| mean(&shares[player])).sum() };
    order.sort_by(|a, b| weight(*b).total_cmp(&weight(*a)).then(a.cmp(b)));
    if all > MOST_PLAYERS {
        notes.push(
            Note::new(Kind::TooManyPlayers, STAGE, Place::file("tables/supply.csv"))
                .with("found", all)
                .with("kept", MOST_PLAYERS),
        );
        order.truncate(MOST_PLAYERS);
    }
    order.sort_unstable();
    let n = order.len();
    let plays = (0..drawn.draws)
        .into_par_iter()
        .map(|draw| {
            let inputs: Vec<Node> = graph
                .inputs
                .iter()
                .enumerate()
                .map(|(at, input)| Node {
                    shares: drawn.shares[at]
                        .as_ref()
                        .map(|shares| order.iter().map(|player| shares[*player][draw]).collect()),
                    needs: &graph.needs[at],
                    needs_all: input.needs_all,
                })
                .collect();
            count(&winning(n, &inputs, &graph.finals, drawn.tau[draw]), n)
        })
        .collect();
    Game { players: order.into_iter().map(|player| drawn.players[player].clone()).collect(), draws: plays }
}

struct Node<'a> {
    shares: Option<Vec<f64>>,
    needs: &'a [usize],
    needs_all: bool,
}

/// For every coalition (as a bit mask) whether it wins, packed 64 to a word.
fn winning(n: usize, inputs: &[Node<'_>], finals: &[usize], tau: f64) -> Vec<u64> {
    let words = (1usize << n).div_ceil(64);
    let full = if n >= 6 { u64::MAX } else { (1u64 << (1 << n)) - 1 };
    let mut sustained: Vec<Vec<u64>> = Vec::with_capacity(inputs.len());
    for input in inputs {
        let mut bits = vec![full; words];
        if let Some(shares) = &input.shares {
            // Shares of the players up to each one, to see early that a block of coalitions cannot reach the threshold.
            let mut sums = vec![0.0; n + 1];
            for (player, share) in shares.iter().enumerate() {
                sums[player + 1] = sums[player] + share;
            }
            fill(&mut bits, n, shares, &sums, 0.0, tau);
            bits[0] &= full;
        }
        if !input.needs.is_empty() {
            for (word, bits) in bits.iter_mut().enumerate() {
                let mut below = input.needs.iter().map(|need| sustained[*need][word]);
                *bits &= if input.needs_all {
                    below.fold(u64::MAX, |all, one| all & one)
                } else {
                    below.by_ref().fold(0, |any, one| any | one)
                };
            }
        }
        sustained.push(bits);
    }
    (0..words).map(|word| finals.iter().fold(full, |all, product| all & sustained[*product][word])).collect()
}

/// Marks which coalitions of the first `n` players reach the threshold together with `held`. Blocks in which all or none do
/// are filled at once, and a player without a share doubles its block, so that the work grows with the suppliers of an input.
fn fill(bits: &mut [u64], n: usize, shares: &[f64], sums: &[f64], held: f64, tau: f64) {
    if held + ROUNDING >= tau {
        bits.fill(u64::MAX);
    } else if held + sums[n] + ROUNDING < tau {
        bits.fill(0);
    } else if n <= 6 {
        let reaches = |coalition: usize| {
            let share: f64 =
                (0..n).filter(|player| coalition >> player & 1 == 1).map(|player| shares[player]).sum();
            held + share + ROUNDING >= tau
        };
        bits[0] = (0..1usize << n).filter(|coalition| reaches(*coalition)).fold(0, |word, at| word | 1 << at);
    } else {
        let (without, with) = bits.split_at_mut(bits.len() / 2);
        fill(without, n - 1, shares, sums, held, tau);
        if shares[n - 1] == 0.0 {
            with.copy_from_slice(without);
        } else {
            fill(with, n - 1, shares, sums, held + shares[n - 1], tau);
        }
    }
}

/// Masks of the positions within a word whose number has a given bit among the lowest six.
const WITHIN: [u64; 6] = [
    0xAAAA_AAAA_AAAA_AAAA,
    0xCCCC_CCCC_CCCC_CCCC,
    0xF0F0_F0F0_F0F0_F0F0,
    0xFF00_FF00_FF00_FF00,
    0xFFFF_0000_FFFF_0000,
    0xFFFF_FFFF_0000_0000,
];

/// Counts swings, all and by who else is in the coalition.
fn count(wins: &[u64], n: usize) -> Play {
    let has = |player: usize, word: usize| -> u64 {
        if player < 6 {
            WITHIN[player]
        } else if word >> (player - 6) & 1 == 1 {
            u64::MAX
        } else {
            0
        }
    };
    let everyone = (1usize << n) - 1;
    let is_win = |coalition: usize| wins[coalition / 64] >> (coalition % 64) & 1 == 1;
    let mut play = Play {
        veto: (0..n).map(|player| is_win(everyone) && !is_win(everyone & !(1 << player))).collect(),
        n,
        swings: vec![0; n],
        swings_with: vec![vec![0; n]; n],
    };
    for player in 0..n {
        for word in 0..wins.len() {
            // The wins of the same coalitions with the player, moved onto the places of those without.
            let with = if player < 6 {
                (wins[word] & WITHIN[player]) >> (1 << player)
            } else {
                wins[word | 1 << (player - 6)]
            };
            let swings = with & !wins[word] & !has(player, word);
            if swings == 0 {
                continue;
            }
            play.swings[player] += u64::from(swings.count_ones());
            for other in 0..n {
                play.swings_with[player][other] += u64::from((swings & has(other, word)).count_ones());
            }
        }
    }
    play
}

/// Banzhaf's index of every player of a weighted game: a coalition wins if its weights reach the quota. The index is the share
/// of coalitions of the other players for which the player is pivotal.
///
/// ```
/// // The European Economic Community of 1958: quota 12 of 4, 4, 4, 2, 2, 1; Luxembourg is powerless (Brams 1976).
/// let index = techpower::relate::banzhaf(&[4.0, 4.0, 4.0, 2.0, 2.0, 1.0], 12.0);
/// assert_eq!(index[0], 10.0 / 32.0);
/// assert_eq!(index[3], 6.0 / 32.0);
/// assert_eq!(index[5], 0.0);
/// ```
///
/// # Panics
/// With more than 20 players or none.
#[must_use]
pub fn banzhaf(weights: &[f64], quota: f64) -> Vec<f64> {
    assert!((1..=MOST_PLAYERS).contains(&weights.len()), "1 to {MOST_PLAYERS} players");
    let input = Node { shares: Some(weights.to_vec()), needs: &[], needs_all: true };
    let play = count(&winning(weights.len(), &[input], &[0], quota), weights.len());
    (0..weights.len()).map(|player| play.banzhaf(player)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::Seed;

    /// Counts swings coalition by coalition, by definition.
    fn by_definition(n: usize, wins: &dyn Fn(usize) -> bool) -> (Vec<u64>, Vec<Vec<u64>>) {
        let mut swings = vec![0; n];
        let mut with = vec![vec![0; n]; n];
        for coalition in 0..1usize << n {
            for player in (0..n).filter(|p| coalition >> p & 1 == 0) {
                if wins(coalition | 1 << player) && !wins(coalition) {
                    swings[player] += 1;
                    for other in (0..n).filter(|o| coalition >> o & 1 == 1) {
                        with[player][other] += 1;
                    }
                }
            }
        }
        (swings, with)
    }

    /// Random graphs of five inputs and three to nine players agree with the definition.
    #[test]
    fn bit_parallel_counting_agrees_with_the_definition() {
        for trial in 0..60 {
            let mut random = Seed(3).stream("test", "game").draw(trial);
            let n = 3 + random.below(7);
            let needs: Vec<Vec<usize>> =
                (0..5).map(|at| (0..at).filter(|_| random.uniform() < 0.5).collect()).collect();
            let inputs: Vec<Node<'_>> = needs
                .iter()
                .map(|needs| Node {
                    shares: (random.uniform() < 0.8)
                        .then(|| (0..n).map(|_| random.uniform() / n as f64).collect()),
                    needs,
                    needs_all: random.uniform() < 0.5,
                })
                .collect();
            let tau = random.uniform() / 2.0;
            let sustains = |coalition: usize| {
                let mut good: Vec<bool> = Vec::new();
                for input in &inputs {
                    let own = input.shares.as_ref().is_none_or(|shares| {
                        let sum: f64 = (0..n).filter(|p| coalition >> p & 1 == 1).map(|p| shares[p]).sum();
                        sum + ROUNDING >= tau
                    });
                    let below = match (input.needs.is_empty(), input.needs_all) {
                        (true, _) => true,
                        (_, true) => input.needs.iter().all(|need| good[*need]),
                        (_, false) => input.needs.iter().any(|need| good[*need]),
                    };
                    good.push(own && below);
                }
                good[4]
            };
            let play = count(&winning(n, &inputs, &[4], tau), n);
            let (swings, with) = by_definition(n, &sustains);
            assert_eq!(play.swings, swings);
            assert_eq!(play.swings_with, with);
        }
    }

    /// The United Nations Security Council of 1965: five vetoes and ten others, 9 votes needed with all five
    /// (Banzhaf indices 848/16384 and 84/16384; Straffin 1993).
    #[test]
    fn security_council() {
        let weights = [[7.0; 5].as_slice(), [1.0; 10].as_slice()].concat();
        let index = banzhaf(&weights, 39.0);
        assert_eq!(index[0], 848.0 / 16384.0);
        assert_eq!(index[14], 84.0 / 16384.0);
    }
}
