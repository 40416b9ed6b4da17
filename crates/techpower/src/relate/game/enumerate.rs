//! All coalitions of a game, gone through as bits: bit `c` of a set says whether coalition `c`, whose own bits are its players, is in it.

use super::reduce::Reduced;
use super::{Ask, MOST_MEMBERS, Method, MinimalCoalitions, Node, Pairs, Power, ROUNDING, SimpleGame};
use crate::study::Cycles;

/// Masks of the places within a word whose number has a given bit among the lowest six.
const WITHIN: [u64; 6] = [
    0xAAAA_AAAA_AAAA_AAAA,
    0xCCCC_CCCC_CCCC_CCCC,
    0xF0F0_F0F0_F0F0_F0F0,
    0xFF00_FF00_FF00_FF00,
    0xFFFF_0000_FFFF_0000,
    0xFFFF_FFFF_0000_0000,
];

/// Masks of the places within a word whose number has so many bits.
const SIZED: [u64; 7] = sized();

const fn sized() -> [u64; 7] {
    let mut masks = [0; 7];
    let mut place = 0;
    while place < 64u64 {
        masks[place.count_ones() as usize] |= 1 << place;
        place += 1;
    }
    masks
}

/// For each size how many coalitions of six players there are, and how many with a given one.
const ALL_SIZED: [(u64, u64); 7] = [(1, 0), (6, 1), (15, 5), (20, 10), (15, 10), (6, 5), (1, 1)];

/// More players than can be enumerated, for arrays of fixed size.
const MOST_SIZES: usize = 40;

/// A set of coalitions of `n` players.
struct Coalitions {
    n: usize,
    words: Vec<u64>,
}

impl Coalitions {
    /// All places that stand for a coalition: all of a word, or fewer if there are fewer than six players.
    fn full(n: usize) -> u64 {
        if n >= 6 { u64::MAX } else { (1 << (1 << n)) - 1 }
    }

    fn words(n: usize) -> usize {
        1 << n.saturating_sub(6)
    }

    /// The coalitions that win.
    fn winning(game: &SimpleGame, pool: &mut Pool) -> Coalitions {
        let n = game.players;
        let start = if game.cycles == Cycles::Greatest { u64::MAX } else { 0 };
        let mut sets: Vec<Vec<u64>> = vec![Vec::new(); game.nodes.len()];
        for circle in &game.circles {
            if let [only] = circle[..] {
                let mut own = reaching(n, &game.nodes[only], pool);
                sustain(&mut own, &game.nodes[only], &sets, pool);
                sets[only] = own;
                continue;
            }
            let own: Vec<Vec<u64>> = circle.iter().map(|at| reaching(n, &game.nodes[*at], pool)).collect();
            circle.iter().for_each(|at| sets[*at] = pool.take(Coalitions::words(n), start));
            loop {
                let mut changed = false;
                for (at, own) in circle.iter().zip(&own) {
                    let mut now = pool.take(own.len(), 0);
                    now.copy_from_slice(own);
                    sustain(&mut now, &game.nodes[*at], &sets, pool);
                    changed |= now != sets[*at];
                    pool.give(std::mem::replace(&mut sets[*at], now));
                }
                if !changed {
                    break;
                }
            }
            own.into_iter().for_each(|own| pool.give(own));
        }
        let mut words = pool.take(Coalitions::words(n), u64::MAX);
        for at in &game.finals {
            words.iter_mut().zip(&sets[*at]).for_each(|(word, good)| *word &= good);
        }
        words[0] &= Coalitions::full(n);
        sets.into_iter().for_each(|set| pool.give(set));
        Coalitions { n, words }
    }

    /// The coalitions whose complement is not in the set: of the winning ones, those that deny the others.
    fn denying(&self) -> Coalitions {
        let unused = 64 - (1u32 << self.n.min(6));
        let turned = |word: &u64| !(word.reverse_bits() >> unused) & Coalitions::full(self.n);
        Coalitions { n: self.n, words: self.words.iter().rev().map(turned).collect() }
    }

    /// The members of an upward closed set of which no part is in it, as bits of players.
    fn minimal(&self) -> Vec<u64> {
        let mut found = Vec::new();
        for (at, word) in self.words.iter().enumerate().filter(|(_, word)| **word != 0) {
            let mut larger = 0;
            for (player, within) in WITHIN.iter().enumerate().take(self.n) {
                larger |= (word & !within) << (1 << player);
            }
            for player in (6..self.n).filter(|player| at >> (player - 6) & 1 == 1) {
                larger |= self.words[at ^ 1 << (player - 6)];
            }
            let mut left = word & !larger;
            while left != 0 {
                found.push((at as u64) << 6 | u64::from(left.trailing_zeros()));
                left &= left - 1;
            }
        }
        found
    }

    /// How many coalitions there are by size, and with each player by size.
    fn tally(&self) -> Tally {
        let mut tally = Tally { sizes: [0; MOST_SIZES], with: vec![[0; MOST_SIZES]; self.n] };
        // Counting bits is ten times faster with the processor's own instruction; whole numbers come out the same.
        pulp::Arch::new().dispatch(|| tally.count(self));
        tally
    }

    /// How many coalitions have both players.
    fn with_both(&self, one: usize, other: usize) -> u64 {
        let within = |player: usize, at: usize| -> u64 {
            if player < 6 {
                WITHIN[player]
            } else if at >> (player - 6) & 1 == 1 {
                u64::MAX
            } else {
                0
            }
        };
        let count =
            |(at, word): (usize, &u64)| u64::from((word & within(one, at) & within(other, at)).count_ones());
        self.words.iter().enumerate().map(count).sum()
    }
}

/// Numbers of coalitions.
struct Tally {
    sizes: [u64; MOST_SIZES],
    with: Vec<[u64; MOST_SIZES]>,
}

impl Tally {
    #[inline(always)]
    fn count(&mut self, set: &Coalitions) {
        let high_players = set.n.saturating_sub(6);
        // What had been counted when each high player last came in: what was counted since has the player.
        let mut before = [[0u64; MOST_SIZES]; MOST_SIZES];
        for (at, word) in set.words.iter().enumerate() {
            let high = at.count_ones() as usize;
            if *word == u64::MAX {
                // All coalitions of the six lowest players: binomial coefficients.
                for (low, (all, with)) in ALL_SIZED.iter().enumerate() {
                    self.sizes[high + low] += all;
                    self.with[..6].iter_mut().for_each(|sizes| sizes[high + low] += with);
                }
            } else if *word != 0 {
                for (low, sized) in SIZED.iter().enumerate() {
                    let some = word & sized;
                    self.sizes[high + low] += u64::from(some.count_ones());
                    for (player, within) in WITHIN.iter().enumerate().take(set.n) {
                        self.with[player][high + low] += u64::from((some & within).count_ones());
                    }
                }
            }
            let turning = at ^ (at + 1);
            for player in (0..high_players).filter(|player| turning >> player & 1 == 1) {
                if at >> player & 1 == 1 {
                    let counted = self.sizes.iter().zip(&before[player]);
                    let with = self.with[player + 6].iter_mut().take(set.n + 1);
                    with.zip(counted).for_each(|(with, (now, before))| *with += now - before);
                } else {
                    before[player] = self.sizes;
                }
            }
        }
    }
}

/// Keeps of a set the coalitions that also pass the gates of a node.
fn sustain(set: &mut [u64], node: &Node, sets: &[Vec<u64>], pool: &mut Pool) {
    for gate in node.gates.iter().filter(|gate| !gate.of.is_empty()) {
        if gate.any {
            let mut any = pool.take(set.len(), 0);
            for at in &gate.of {
                any.iter_mut().zip(&sets[*at]).for_each(|(any, good)| *any |= good);
            }
            set.iter_mut().zip(&any).for_each(|(word, any)| *word &= any);
            pool.give(any);
        } else {
            for at in &gate.of {
                set.iter_mut().zip(&sets[*at]).for_each(|(word, good)| *word &= good);
            }
        }
    }
}

/// The coalitions that hold the quota of a node.
fn reaching(n: usize, node: &Node, pool: &mut Pool) -> Vec<u64> {
    let mut bits = pool.take(Coalitions::words(n), u64::MAX);
    if node.quota > 0.0 {
        let mut shares = vec![0.0; n];
        node.shares.iter().for_each(|(player, share)| shares[*player] = *share);
        let mut low = [0.0; 64];
        for (place, sum) in low.iter_mut().enumerate() {
            *sum = (0..n.min(6)).filter(|player| place >> player & 1 == 1).map(|player| shares[player]).sum();
        }
        // What the players up to each one hold, to see early that a block of coalitions cannot reach the quota.
        let mut sums = vec![0.0; n + 1];
        for (player, share) in shares.iter().enumerate() {
            sums[player + 1] = sums[player] + share;
        }
        Quota { shares: &shares, sums: &sums, low: &low, quota: node.quota }.fill(&mut bits, n, 0.0);
    }
    bits
}

/// Memory for sets of coalitions, used again and again: asking the system for it would take longer than the work.
#[derive(Debug, Default)]
pub(in crate::relate) struct Pool(Vec<Vec<u64>>);

impl Pool {
    fn take(&mut self, len: usize, word: u64) -> Vec<u64> {
        let mut words = self.0.pop().unwrap_or_default();
        words.clear();
        words.resize(len, word);
        words
    }

    fn give(&mut self, words: Vec<u64>) {
        self.0.push(words);
    }
}

/// The holdings of a node's players, for marking who reaches its quota.
struct Quota<'a> {
    shares: &'a [f64],
    sums: &'a [f64],
    low: &'a [f64; 64],
    quota: f64,
}

impl Quota<'_> {
    /// Marks which coalitions of the first `n` players reach the quota together with `held`. Blocks in which all or none do are filled
    /// at once, and a player without a share doubles its block, so that the work grows with the suppliers of an input.
    fn fill(&self, bits: &mut [u64], n: usize, held: f64) {
        if held + ROUNDING >= self.quota {
            bits.fill(u64::MAX);
        } else if held + self.sums[n] + ROUNDING < self.quota {
            bits.fill(0);
        } else if n <= 6 {
            let reaches = |place: &usize| held + self.low[*place] + ROUNDING >= self.quota;
            bits[0] = (0..64).filter(reaches).fold(0, |word, place| word | 1 << place);
        } else {
            let (without, with) = bits.split_at_mut(bits.len() / 2);
            self.fill(without, n - 1, held);
            if self.shares[n - 1] == 0.0 {
                with.copy_from_slice(without);
            } else {
                self.fill(with, n - 1, held + self.shares[n - 1]);
            }
        }
    }
}

/// The power of all players of a game, exactly, and its minimal coalitions if they are asked for.
///
/// With `k` players that have a veto and `r` in the rest of the game, of which `W` coalitions win, each of the former is pivotal for `W`
/// coalitions out of `2^(k+r-1)`, and each of the latter for as many as it turns in the rest of the game. Players without influence
/// change neither index of the others.
pub(super) fn solve(reduced: &Reduced, ask: Ask, pool: &mut Pool) -> (Power, Option<MinimalCoalitions>) {
    let (k, r) = (reduced.veto.len(), reduced.rest.len());
    let wins = Coalitions::winning(&reduced.game, pool);
    let tally = wins.tally();
    // Coalitions of the rest, by size, that the player turns by joining them.
    let turned = |player: usize, size: usize| {
        tally.with[player][size + 1] - (tally.sizes[size] - tally.with[player][size])
    };
    let all: u64 = tally.sizes.iter().sum();
    let banzhaf_unit = libm::exp2(-((k + r) as f64 - 1.0));
    let mut power = Power {
        winnable: true,
        veto: vec![false; reduced.players],
        banzhaf: vec![0.0; reduced.players],
        shapley: vec![0.0; reduced.players],
        method: Method::Enumerated,
        error: 0.0,
        pairs: None,
    };
    for player in &reduced.veto {
        power.veto[*player] = true;
        power.banzhaf[*player] = all as f64 * banzhaf_unit;
        let by_size = (0..=r).map(|size| tally.sizes[size] as f64 * order_share(k + r, k - 1 + size));
        power.shapley[*player] = by_size.sum();
    }
    for (seat, player) in reduced.rest.iter().enumerate() {
        power.banzhaf[*player] = (0..r).map(|size| turned(seat, size)).sum::<u64>() as f64 * banzhaf_unit;
        let by_size = (0..r).map(|size| turned(seat, size) as f64 * order_share(k + r, k + size));
        power.shapley[*player] = by_size.sum();
    }
    power.pairs = ask.pairs.then(|| paired(reduced, &wins, &tally));
    let minimal =
        ask.minimal.filter(|_| reduced.players <= MOST_MEMBERS).map(|most| minimal(reduced, &wins, most));
    pool.give(wins.words);
    (power, minimal)
}

/// The share of orders of `n` players in which a given player comes after a given set of `size` others and before all else:
/// `size! (n - 1 - size)! / n!`.
pub(super) fn order_share(n: usize, size: usize) -> f64 {
    let mut choose = 1.0;
    for at in 0..size.min(n - 1 - size) {
        choose = choose * (n - 1 - at) as f64 / (at + 1) as f64;
    }
    1.0 / (n as f64 * choose)
}

/// Pivotality by who else is in the coalition. Of the coalitions that contain both of two players of the rest, `W(p, t)` win, and
/// of those that contain the second, `W(t)`; the first turns `2 W(p, t) - W(t)` of them.
fn paired(reduced: &Reduced, wins: &Coalitions, tally: &Tally) -> Pairs {
    let players = reduced.players;
    let r = reduced.rest.len();
    let all: u64 = tally.sizes.iter().sum();
    let with: Vec<u64> = tally.with.iter().map(|by_size| by_size.iter().sum()).collect();
    let mut pairs = Pairs { players, alone: vec![0.0; players], with: vec![0.0; players * players] };
    let mut set = |player: usize, target: usize, count: f64| pairs.with[player * players + target] = count;
    for player in &reduced.veto {
        pairs.alone[*player] = all as f64;
        (0..players).for_each(|target| set(*player, target, all as f64));
        for (seat, target) in reduced.rest.iter().enumerate() {
            set(*player, *target, with[seat] as f64);
        }
    }
    for (seat, player) in reduced.rest.iter().enumerate() {
        let turned = (2 * with[seat] - all) as f64;
        pairs.alone[*player] = turned;
        (0..players).for_each(|target| set(*player, target, turned));
        for other in (0..r).filter(|other| *other != seat) {
            let both = wins.with_both(seat, other);
            set(*player, reduced.rest[other], (2 * both - with[other]) as f64);
        }
    }
    pairs
}

/// Minimal winning and denying coalitions, the smallest first; at most `most` of each.
fn minimal(reduced: &Reduced, wins: &Coalitions, most: usize) -> MinimalCoalitions {
    let alone = |player: &usize| 1u128 << player;
    let veto: u128 = reduced.veto.iter().map(alone).sum();
    let named = |bits: u64, first: u128| -> u128 {
        let seats = (0..reduced.rest.len()).filter(|seat| bits >> seat & 1 == 1);
        first | seats.map(|seat| alone(&reduced.rest[seat])).sum::<u128>()
    };
    let smallest = |mut bits: Vec<u64>| -> Vec<u64> {
        let key = |bits: &u64| (bits.count_ones(), *bits);
        if bits.len() > most {
            bits.select_nth_unstable_by_key(most, key);
            bits.truncate(most);
        }
        bits
    };
    let winning = smallest(wins.minimal()).into_iter().map(|bits| named(bits, veto));
    let denying = smallest(wins.denying().minimal()).into_iter().map(|bits| named(bits, 0));
    let mut found = MinimalCoalitions {
        winning: winning.collect(),
        denying: reduced.veto.iter().map(alone).chain(denying).collect(),
    };
    for list in [&mut found.winning, &mut found.denying] {
        list.sort_unstable_by_key(|members| (members.count_ones(), *members));
    }
    found
}
