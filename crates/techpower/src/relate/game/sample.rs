//! Games too large to count: coalitions and orders of players are sampled, and the standard error is stated.

use super::reduce::Reduced;
use super::{Ask, Effort, Method, Pairs, Power, STAGE};
use crate::num::Random;

/// The power of all players, estimated: Banzhaf's index from random coalitions, Shapley and Shubik's from random orders (Castro, Gómez &
/// Tejada 2009, *Computers & Operations Research* 36(5), 1726-1730).
pub(super) fn power(reduced: &Reduced, effort: Effort, ask: Ask) -> Power {
    let (k, r) = (reduced.veto.len(), reduced.rest.len());
    let stream = effort.seed.stream(STAGE, "coalitions");
    let mut wins = 0u64;
    let mut turned = vec![0u64; r];
    // With whom the players of the rest turn coalitions, and with whom coalitions win.
    let mut turned_with = vec![0u64; r * r];
    let mut wins_with = vec![0u64; r];
    let mut first = vec![0u64; k + r];
    for sample in 0..effort.samples {
        let mut random = stream.draw(sample);
        let coalition: Vec<bool> = (0..r).map(|_| random.uniform() < 0.5).collect();
        let (won, turning) = turners(reduced, &coalition);
        wins += u64::from(won);
        turning.iter().for_each(|seat| turned[*seat] += 1);
        for other in (0..r).filter(|seat| coalition[*seat]) {
            wins_with[other] += u64::from(won);
            turning.iter().filter(|seat| **seat != other).for_each(|seat| turned_with[seat * r + other] += 1);
        }
        first[pivot(reduced, &mut random)] += 1;
    }
    let samples = effort.samples as f64;
    let mut power = Power {
        winnable: true,
        veto: vec![false; reduced.players],
        banzhaf: vec![0.0; reduced.players],
        shapley: vec![0.0; reduced.players],
        method: Method::Sampled(effort.samples),
        error: 0.0,
        pairs: None,
    };
    // The players with a veto are in with probability one half each, which is known and need not be sampled.
    let half = |players: usize| libm::exp2(-(players as f64));
    let error = |share: f64| libm::sqrt(share * (1.0 - share) / samples);
    let mut errors = Vec::new();
    for (seat, player) in reduced.veto.iter().enumerate() {
        let share = wins as f64 / samples;
        power.veto[*player] = true;
        power.banzhaf[*player] = half(k - 1) * share;
        power.shapley[*player] = first[seat] as f64 / samples;
        errors.extend([half(k - 1) * error(share), error(power.shapley[*player])]);
    }
    for (seat, player) in reduced.rest.iter().enumerate() {
        let share = turned[seat] as f64 / samples;
        power.banzhaf[*player] = half(k) * share;
        power.shapley[*player] = first[k + seat] as f64 / samples;
        errors.extend([half(k) * error(share), error(power.shapley[*player])]);
    }
    power.error = errors.into_iter().fold(0.0, f64::max);
    power.pairs = ask.pairs.then(|| {
        let players = reduced.players;
        let mut pairs = Pairs { players, alone: vec![0.0; players], with: vec![0.0; players * players] };
        for player in &reduced.veto {
            pairs.alone[*player] = wins as f64;
            pairs.with[player * players..(player + 1) * players].fill(wins as f64);
            for (seat, target) in reduced.rest.iter().enumerate() {
                pairs.with[player * players + target] = wins_with[seat] as f64;
            }
        }
        for (seat, player) in reduced.rest.iter().enumerate() {
            // A player turns a coalition whether it is in it or not: half of these coalitions are without it.
            pairs.alone[*player] = turned[seat] as f64;
            pairs.with[player * players..(player + 1) * players].fill(turned[seat] as f64);
            for (other, target) in reduced.rest.iter().enumerate().filter(|(other, _)| *other != seat) {
                pairs.with[player * players + target] = turned_with[seat * r + other] as f64;
            }
        }
        pairs
    });
    power
}

/// Whether a coalition wins, and the players of the rest that turn it by joining or leaving it.
fn turners(reduced: &Reduced, coalition: &[bool]) -> (bool, Vec<usize>) {
    let everyone: Vec<u64> = coalition.iter().map(|joins| if *joins { u64::MAX } else { 0 }).collect();
    let wins = reduced.game.winning(&everyone) & 1 == 1;
    let seats: Vec<usize> = (0..coalition.len()).collect();
    let mut turning = Vec::new();
    for some in seats.chunks(64) {
        // In each lane one player does the opposite.
        let mut members = everyone.clone();
        some.iter().enumerate().for_each(|(lane, seat)| members[*seat] ^= 1 << lane);
        let others = reduced.game.winning(&members);
        turning.extend(
            some.iter()
                .enumerate()
                .filter(|(lane, _)| (others >> lane & 1 == 1) != wins)
                .map(|(_, seat)| *seat),
        );
    }
    (wins, turning)
}

/// Who turns the coalition of those before it into a winning one, in a random order of all players with any influence: players with a
/// veto are numbered first, then those of the rest.
fn pivot(reduced: &Reduced, random: &mut Random) -> usize {
    let k = reduced.veto.len();
    let places: Vec<f64> = (0..k + reduced.rest.len()).map(|_| random.uniform()).collect();
    let mut seats: Vec<usize> = (0..reduced.rest.len()).collect();
    seats.sort_by(|a, b| places[k + a].total_cmp(&places[k + b]));
    let turning = turning(reduced, &seats).map(|seat| k + seat);
    let last_veto = (0..k).max_by(|a, b| places[*a].total_cmp(&places[*b]));
    [turning, last_veto]
        .into_iter()
        .flatten()
        .max_by(|a, b| places[*a].total_cmp(&places[*b]))
        .expect("a game that can be won has a pivot")
}

/// The player of the rest with whom the rest of the game is won, in an order; `None` if it is won from the start.
fn turning(reduced: &Reduced, seats: &[usize]) -> Option<usize> {
    let sizes: Vec<usize> = (0..=seats.len()).collect();
    for some in sizes.chunks(64) {
        let mut members = vec![0u64; seats.len()];
        for (lane, size) in some.iter().enumerate() {
            seats[..*size].iter().for_each(|seat| members[*seat] |= 1 << lane);
        }
        let wins = reduced.game.winning(&members);
        if let Some((_, size)) = some.iter().enumerate().find(|(lane, _)| wins >> lane & 1 == 1) {
            return size.checked_sub(1).map(|at| seats[at]);
        }
    }
    None
}
