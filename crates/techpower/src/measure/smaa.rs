//! SMAA-2 (Lahdelma & Salminen 2001, *Operations Research* 49(3), 444-454): how ranks come out when nothing, or little, is known of the weights,
//! with everything else as the recipe states it.
//!
//! Draws are made eight at a time, each in a lane of its own, so that
//! the same arithmetic in the same order gives the same bits with whatever vector instructions a machine has.

use pulp::{Simd, WithSimd};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::num::{Stream, mean};

/// Draws made side by side.
const LANES: usize = 8;
/// Blocks of lanes per generator of random numbers; a unit of work for a thread.
const BLOCKS: usize = 128;
/// Actors up to which every pair is compared; beyond, sorting is faster.
const PAIRS: usize = 96;

type Lane = [f64; LANES];

/// An index of one root, ready to be weighed: nodes in an order in which parents come first.
#[derive(Debug, Clone)]
pub struct Weighable {
    /// For each node its children.
    pub children: Vec<Vec<usize>>,
    /// For each node and actor the score of an indicator, or any number for a node whose score is known and computed; NaN if unknown.
    pub scores: Vec<Vec<f64>>,
    /// For each node its weight among its siblings as the recipe states it.
    pub weights: Vec<f64>,
    /// Whether more is better; a harmonic mean, say, is an arithmetic mean of reciprocals, of which less is better.
    pub upward: bool,
}

/// Which weights are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Feasible {
    /// Any, uniformly over all weights of every node's children: nothing is known of them.
    Any,
    /// Those near the stated ones: each of these times a number uniform from 1 − share to 1 + share, scaled so that those of siblings sum
    /// to 1. The share is from 0 to 1; what lies beyond counts as the nearer end.
    Near(f64),
}

/// What to count of each draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// Ranks and central weights.
    Ranks,
    /// These, and who is ahead of whom, which takes as long again.
    RanksAndPairs,
}

/// What comes of weighing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Smaa {
    /// Number of draws.
    pub draws: usize,
    /// Probability of each rank (from 1) of each actor; empty for actors that are unknown.
    pub acceptability: Vec<Vec<f64>>,
    /// Probability that the first of two actors is ahead of the second, ties counting half; by first, then second. NaN if unknown, and
    /// for all if pairs were not counted.
    pub winning: Vec<Vec<f64>>,
    /// For each actor that is ever first, the mean weights of every node among its siblings when it is: its central weights.
    pub central: Vec<Option<Vec<f64>>>,
    /// For each actor that is ever first, whether its central weights put it first: its confidence factor, which is 0 or 1 because scores are
    /// taken as they are.
    pub confidence: Vec<Option<bool>>,
}

/// Counts of one thread.
struct Counts {
    ranks: Vec<u32>,
    wins: Vec<u32>,
    firsts: Vec<u32>,
    central: Vec<f64>,
}

impl Weighable {
    /// Weighs the index `draws` times, rounded up to whole blocks of 1,024.
    ///
    /// ```
    /// use techpower::{measure::{Count, Feasible, Weighable}, num::Seed};
    /// // Two indicators; the first actor leads in one by 3, the second in the other by 1.
    /// let index = Weighable {
    ///     children: vec![vec![1, 2], vec![], vec![]],
    ///     scores: vec![vec![0.0, 0.0], vec![4.0, 1.0], vec![2.0, 3.0]],
    ///     weights: vec![1.0, 0.5, 0.5],
    ///     upward: true,
    /// };
    /// // The first leads if 3 w > 1 - w, that is if w > 1/4.
    /// let found = index.weigh(100_000, Feasible::Any, Count::Ranks, Seed(1).stream("doc", "smaa"));
    /// assert!((found.acceptability[0][0] - 0.75).abs() < 0.01);
    /// assert!((found.central[0].as_ref().expect("first at times")[1] - 0.625).abs() < 0.01);
    /// // If the weights lie within a tenth of being equal, that is certain.
    /// let near = index.weigh(10_000, Feasible::Near(0.1), Count::Ranks, Seed(1).stream("doc", "smaa"));
    /// assert_eq!(near.acceptability[0][0], 1.0);
    /// ```
    #[must_use]
    pub fn weigh(&self, draws: usize, feasible: Feasible, count: Count, stream: Stream) -> Smaa {
        let known: Vec<usize> =
            (0..self.scores[0].len()).filter(|actor| !self.scores[0][*actor].is_nan()).collect();
        let plan = Plan::of(self, &known, feasible);
        // Without anyone to rank there is nothing to draw.
        let parts = if known.is_empty() { 0 } else { draws.div_ceil(LANES * BLOCKS) };
        let arch = pulp::Arch::new();
        let counts: Vec<Counts> = (0..parts)
            .into_par_iter()
            .map(|part| {
                let generator = Xoshiro256PlusPlus::seed_from_u64(stream.draw(part).bits());
                arch.dispatch(Run { plan: &plan, generator, count })
            })
            .collect();
        self.summarise(&plan, &known, count, &counts)
    }

    fn summarise(&self, plan: &Plan, known: &[usize], count: Count, counts: &[Counts]) -> Smaa {
        let (n, n_nodes) = (known.len(), self.children.len());
        let draws = counts.len() * LANES * BLOCKS;
        let total =
            |pick: &dyn Fn(&Counts) -> u32| counts.iter().map(|c| u64::from(pick(c))).sum::<u64>() as f64;
        let n_actors = self.scores[0].len();
        let mut smaa = Smaa {
            draws,
            acceptability: vec![Vec::new(); n_actors],
            winning: vec![vec![f64::NAN; n_actors]; n_actors],
            central: vec![None; n_actors],
            confidence: vec![None; n_actors],
        };
        for (at, actor) in known.iter().enumerate() {
            smaa.acceptability[*actor] =
                (0..n).map(|rank| total(&|c| c.ranks[at * n + rank]) / draws as f64).collect();
            let others = known.iter().enumerate().filter(|(other, _)| *other != at);
            for (other_at, other) in others.filter(|_| count == Count::RanksAndPairs) {
                let (wins, losses) =
                    (total(&|c| c.wins[at * n + other_at]), total(&|c| c.wins[other_at * n + at]));
                smaa.winning[*actor][*other] = (wins + (draws as f64 - wins - losses) / 2.0) / draws as f64;
            }
            let firsts = total(&|c| c.firsts[at]);
            if firsts > 0.0 {
                let central: Vec<f64> = (0..n_nodes)
                    .map(|node| counts.iter().map(|c| c.central[at * n_nodes + node]).sum::<f64>() / firsts)
                    .collect();
                let mut scores = vec![[0.0; LANES]; n];
                let weights: Vec<Lane> = central.iter().map(|w| [*w; LANES]).collect();
                plan.score(&weights, &mut vec![[0.0; LANES]; n_nodes], &mut scores);
                smaa.confidence[*actor] = Some(scores.iter().all(|score| score[0] <= scores[at][0] + 1e-12));
                smaa.central[*actor] = Some(central);
            }
        }
        smaa
    }
}

/// The index laid out for weighing.
struct Plan {
    n: usize,
    children: Vec<Vec<usize>>,
    parent: Vec<usize>,
    leaves: Vec<usize>,
    /// Scores of leaves by actor, then leaf; signed so that more is better.
    values: Vec<f64>,
    /// For actors of whom something is unknown, the whole column of scores by node; empty for the others.
    holes: Vec<Vec<f64>>,
    /// For each node the least of what it can weigh before scaling, and by how much the greatest is above it; empty if it can weigh anything.
    bounds: Vec<(f64, f64)>,
}

impl Plan {
    fn of(index: &Weighable, known: &[usize], feasible: Feasible) -> Plan {
        let n_nodes = index.children.len();
        let mut parent = vec![0; n_nodes];
        for (at, children) in index.children.iter().enumerate() {
            for child in children {
                parent[*child] = at;
            }
        }
        let sign = if index.upward { 1.0 } else { -1.0 };
        let leaves: Vec<usize> = (0..n_nodes).filter(|node| index.children[*node].is_empty()).collect();
        let values = known
            .iter()
            .flat_map(|actor| leaves.iter().map(move |leaf| sign * index.scores[*leaf][*actor]))
            .collect();
        let holes = known
            .iter()
            .map(|actor| {
                let column: Vec<f64> = (0..n_nodes).map(|node| sign * index.scores[node][*actor]).collect();
                if column.iter().any(|x| x.is_nan()) { column } else { Vec::new() }
            })
            .collect();
        let bounds = match feasible {
            Feasible::Any => Vec::new(),
            Feasible::Near(share) => {
                let share = share.clamp(0.0, 1.0);
                index.weights.iter().map(|w| (w * (1.0 - share), w * 2.0 * share)).collect()
            }
        };
        Plan { n: known.len(), children: index.children.clone(), parent, leaves, values, holes, bounds }
    }

    /// Draws and counts one part of the work.
    #[inline(always)]
    fn run<S: Simd>(&self, simd: S, mut generator: Xoshiro256PlusPlus, count: Count) -> Counts {
        let (n, n_nodes) = (self.n, self.children.len());
        let mut counts = Counts {
            ranks: vec![0; n * n],
            wins: vec![0; n * n],
            firsts: vec![0; n],
            central: vec![0.0; n * n_nodes],
        };
        let mut weights = vec![[1.0; LANES]; n_nodes];
        let mut products = vec![[1.0; LANES]; n_nodes];
        let mut scores = vec![[0.0; LANES]; n];
        let mut rounded = vec![[0f32; LANES]; n];
        let mut ranks = vec![[0u32; LANES]; n];
        let mut sorter = Sorter::default();
        for _ in 0..BLOCKS {
            self.draw(&mut generator, &mut weights);
            self.score(&weights, &mut products, &mut scores);
            if n <= PAIRS {
                rank_pairs(simd, &scores, &mut rounded, &mut ranks);
            } else {
                sorter.rank(&scores, &mut ranks);
            }
            for lane in 0..LANES {
                for (actor, rank) in ranks.iter().enumerate() {
                    counts.ranks[actor * n + rank[lane] as usize] += 1;
                }
            }
            if count == Count::RanksAndPairs {
                count_wins(&scores, &mut counts.wins);
            }
            for (actor, rank) in ranks.iter().enumerate() {
                for lane in (0..LANES).filter(|lane| rank[*lane] == 0) {
                    counts.firsts[actor] += 1;
                    let sums = &mut counts.central[actor * n_nodes..(actor + 1) * n_nodes];
                    sums.iter_mut().zip(&weights).for_each(|(sum, weight)| *sum += weight[lane]);
                }
            }
        }
        counts
    }

    /// Weights of every node's children: uniform numbers between their bounds, or exponentials if there are none, divided by their sum. The latter are uniform over
    /// the simplex.
    #[inline(always)]
    fn draw(&self, generator: &mut Xoshiro256PlusPlus, weights: &mut [Lane]) {
        for children in self.children.iter().filter(|children| children.len() > 1) {
            let mut total = [0.0; LANES];
            for child in children {
                let weight = &mut weights[*child];
                let mut bits = [0u64; LANES];
                bits.iter_mut().for_each(|bits| *bits = generator.next_u64());
                for (x, bits) in weight.iter_mut().zip(bits) {
                    // Uniform on (0, 1): midpoints of 2^52 cells, by way of a number between 1 and 2.
                    *x = f64::from_bits((bits >> 12) | 0x3ff0_0000_0000_0000) - (1.0 - f64::EPSILON / 2.0);
                }
                match self.bounds.get(*child) {
                    None => weight.iter_mut().for_each(|x| *x = -logarithm(*x)),
                    Some((low, width)) => weight.iter_mut().for_each(|x| *x = low + width * *x),
                }
                for (x, sum) in weight.iter().zip(&mut total) {
                    *sum += x;
                }
            }
            for child in children {
                for (x, sum) in weights[*child].iter_mut().zip(&total) {
                    *x /= sum;
                }
            }
        }
    }

    /// Scores of all actors: the leaves' values weighed by the products of weights on the way up.
    #[inline(always)]
    fn score(&self, weights: &[Lane], products: &mut [Lane], scores: &mut [Lane]) {
        products[0] = [1.0; LANES];
        for node in 1..weights.len() {
            let above = products[self.parent[node]];
            for ((product, weight), above) in products[node].iter_mut().zip(&weights[node]).zip(&above) {
                *product = weight * above;
            }
        }
        // Side by side, in the order of an actor's values.
        for (place, leaf) in self.leaves.iter().enumerate() {
            products[place] = products[*leaf];
        }
        let leaves = &products[..self.leaves.len()];
        for ((score, values), holes) in
            scores.iter_mut().zip(self.values.chunks_exact(leaves.len())).zip(&self.holes)
        {
            let mut sum = [0.0; LANES];
            if holes.is_empty() {
                for (value, product) in values.iter().zip(leaves) {
                    for lane in 0..LANES {
                        sum[lane] += product[lane] * value;
                    }
                }
            } else {
                sum = self.score_with_holes(holes, weights);
            }
            *score = sum;
        }
    }

    /// The score of an actor of whom something is unknown: at every node the mean of what is known.
    fn score_with_holes(&self, column: &[f64], weights: &[Lane]) -> Lane {
        let mut values: Vec<Lane> = column.iter().map(|x| [*x; LANES]).collect();
        for node in
            (0..column.len()).rev().filter(|node| !self.children[*node].is_empty() && !column[*node].is_nan())
        {
            let (mut sum, mut total) = ([0.0; LANES], [0.0; LANES]);
            for child in self.children[node].iter().filter(|child| !column[**child].is_nan()) {
                for lane in 0..LANES {
                    sum[lane] += weights[*child][lane] * values[*child][lane];
                    total[lane] += weights[*child][lane];
                }
            }
            for lane in 0..LANES {
                values[node][lane] = sum[lane] / total[lane];
            }
        }
        values[0]
    }
}

/// One part of the work, as a value: so that all of it is compiled for the vector instructions it is dispatched to.
struct Run<'p> {
    plan: &'p Plan,
    generator: Xoshiro256PlusPlus,
    count: Count,
}

impl WithSimd for Run<'_> {
    type Output = Counts;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Counts {
        self.plan.run(simd, self.generator, self.count)
    }
}

/// Ranks from 0 by comparing every pair; ties share the smallest.
///
/// Pairs are compared in single precision first: rounding keeps the order, so that only scores that round to the same number are left
/// open. If there are any, the ranks do not sum to what they do without ties, and all pairs are compared again in full.
#[inline(always)]
fn rank_pairs<S: Simd>(simd: S, scores: &[Lane], rounded: &mut [[f32; LANES]], ranks: &mut [[u32; LANES]]) {
    for (short, score) in rounded.iter_mut().zip(scores) {
        for lane in 0..LANES {
            short[lane] = score[lane] as f32;
        }
    }
    compare_rounded(simd, rounded, ranks);
    let mut sums = [0u32; LANES];
    for rank in ranks.iter() {
        for lane in 0..LANES {
            sums[lane] += rank[lane];
        }
    }
    let n = scores.len() as u32;
    if sums.iter().any(|sum| *sum != n * (n - 1) / 2) {
        compare(scores, ranks);
    }
}

/// For each score the number of greater ones.
#[inline(always)]
fn compare(scores: &[Lane], greater: &mut [[u32; LANES]]) {
    for (mine, count) in scores.iter().zip(greater) {
        *count = [0; LANES];
        for other in scores {
            for lane in 0..LANES {
                count[lane] += u32::from(other[lane] > mine[lane]);
            }
        }
    }
}

/// The same in single precision, with as many lanes to an instruction as the machine has.
#[inline(always)]
fn compare_rounded<S: Simd>(simd: S, scores: &[[f32; LANES]], greater: &mut [[u32; LANES]]) {
    let width = LANES / S::F32_LANES;
    let (scores, _) = S::as_simd_f32s(scores.as_flattened());
    let (greater, _) = S::as_mut_simd_u32s(greater.as_flattened_mut());
    let (zero, one) = (simd.splat_u32s(0), simd.splat_u32s(1));
    for part in 0..width {
        for (mine, count) in
            scores[part..].iter().step_by(width).zip(greater[part..].iter_mut().step_by(width))
        {
            let mut ahead = zero;
            for other in scores[part..].iter().step_by(width) {
                let behind = simd.less_than_f32s(*mine, *other);
                ahead = simd.add_u32s(ahead, simd.select_u32s(behind, one, zero));
            }
            *count = ahead;
        }
    }
}

/// Adds to the number of draws in which each actor is ahead of each other one.
#[inline(always)]
fn count_wins(scores: &[Lane], wins: &mut [u32]) {
    let n = scores.len();
    for (mine, row) in scores.iter().zip(wins.chunks_exact_mut(n)) {
        for (other, count) in scores.iter().zip(row) {
            let mut ahead = 0u32;
            for lane in 0..LANES {
                ahead += u32::from(mine[lane] > other[lane]);
            }
            *count += ahead;
        }
    }
}

/// Ranks of many actors: values fall into as many buckets as there are actors, and only those that share a bucket are compared.
#[derive(Default)]
struct Sorter {
    starts: Vec<u32>,
    bucket: Vec<u32>,
    sorted: Vec<(f64, u32)>,
}

impl Sorter {
    fn rank(&mut self, scores: &[Lane], ranks: &mut [[u32; LANES]]) {
        let n = scores.len();
        self.starts.resize(n + 1, 0);
        self.bucket.resize(n, 0);
        self.sorted.resize(n, (0.0, 0));
        for lane in 0..LANES {
            let low = scores.iter().map(|s| s[lane]).fold(f64::INFINITY, f64::min);
            let high = scores.iter().map(|s| s[lane]).fold(f64::NEG_INFINITY, f64::max);
            let per = if high > low { (n - 1) as f64 / (high - low) } else { 0.0 };
            self.starts.fill(0);
            for (score, bucket) in scores.iter().zip(&mut self.bucket) {
                // The highest come first.
                *bucket = ((high - score[lane]) * per) as u32;
                self.starts[*bucket as usize + 1] += 1;
            }
            for at in 0..n {
                self.starts[at + 1] += self.starts[at];
            }
            let mut next = self.starts.clone();
            for (actor, score) in scores.iter().enumerate() {
                let place = &mut next[self.bucket[actor] as usize];
                self.sorted[*place as usize] = (score[lane], actor as u32);
                *place += 1;
            }
            for at in 0..n {
                let (from, to) = (self.starts[at] as usize, self.starts[at + 1] as usize);
                self.sorted[from..to].sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            }
            let (mut rank, mut last) = (0, f64::NAN);
            for (at, (score, actor)) in self.sorted.iter().enumerate() {
                if *score != last {
                    (rank, last) = (at, *score);
                }
                ranks[*actor as usize][lane] = rank as u32;
            }
        }
    }
}

/// Natural logarithm of a normal number above zero, without branches, so that lanes of it run side by side. The method and coefficients are
/// those of fdlibm's `e_log.c` (Sun Microsystems 1993); the error is below one unit in the last place.
#[inline(always)]
fn logarithm(x: f64) -> f64 {
    const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    /// High half of sqrt(1/2), below which a mantissa is doubled.
    const TURN: u64 = 0x3fe6_a09e_0000_0000;
    let bits = x.to_bits().wrapping_add(0x3ff0_0000_0000_0000 - TURN);
    // A whole number below 2^52 is the low end of the bits of 2^52 plus that number.
    let exponent = f64::from_bits((bits >> 52) | 0x4330_0000_0000_0000) - (4_503_599_627_370_496.0 + 1023.0);
    let f = f64::from_bits((bits & 0x000f_ffff_ffff_ffff).wrapping_add(TURN)) - 1.0;
    let half = 0.5 * f * f;
    let s = f / (2.0 + f);
    let z = s * s;
    let w = z * z;
    let even =
        w * (3.999_999_999_940_942e-1 + w * (2.222_219_843_214_978_4e-1 + w * 1.531_383_769_920_937_3e-1));
    let odd = z
        * (6.666_666_666_666_735e-1
            + w * (2.857_142_874_366_239e-1
                + w * (1.818_357_216_161_805e-1 + w * 1.479_819_860_511_658_6e-1)));
    s * (half + (odd + even)) + exponent * LN2_LOW - half + f + exponent * LN2_HIGH
}

/// Mean rank of an actor from its rank acceptability.
#[must_use]
pub fn mean_rank(acceptability: &[f64]) -> f64 {
    if acceptability.is_empty() {
        return mean(&[]);
    }
    acceptability.iter().enumerate().map(|(rank, p)| (rank + 1) as f64 * p).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::Seed;

    #[test]
    fn the_logarithm_is_that_of_libm() {
        let mut random = Seed(3).stream("test", "logarithm").draw(0);
        for _ in 0..100_000 {
            let x = random.uniform() * 2.0 + 1e-300;
            let (found, expected) = (logarithm(x), libm::log(x));
            assert!((found - expected).abs() <= 2.3e-16 * expected.abs().max(1.0), "{x}: {found} {expected}");
        }
        assert!((logarithm(1.0)).abs() < 1e-300);
    }

    fn flat(rows: &[&[f64]]) -> Weighable {
        let mut scores = vec![vec![0.0; rows[0].len()]];
        scores.extend(rows.iter().map(|row| row.to_vec()));
        let mut children = vec![(1..=rows.len()).collect()];
        children.extend(rows.iter().map(|_| Vec::new()));
        let weights = vec![1.0 / rows.len() as f64; rows.len() + 1];
        Weighable { children, scores, weights, upward: true }
    }

    /// Two indicators, three actors on a line: analytic acceptabilities. A(1,0), B(0,1), C(0.6,0.6): A is first if w > 0.6, B if w < 0.4.
    #[test]
    fn acceptability_of_two_indicators_is_exact() {
        let found = flat(&[&[1.0, 0.0, 0.6], &[0.0, 1.0, 0.6]]).weigh(
            400_000,
            Feasible::Any,
            Count::RanksAndPairs,
            Seed(1).stream("test", "smaa"),
        );
        let check = |actor: usize, rank: usize, expected: f64| {
            let p = found.acceptability[actor][rank];
            assert!((p - expected).abs() < 0.004, "actor {actor} rank {rank}: {p}, not {expected}");
        };
        check(0, 0, 0.4);
        check(1, 0, 0.4);
        check(2, 0, 0.2);
        check(2, 2, 0.0);
        assert!((found.winning[0][1] - 0.5).abs() < 0.004 && (found.winning[2][0] - 0.6).abs() < 0.004);
        assert!((found.central[0].as_ref().expect("first")[1] - 0.8).abs() < 0.004);
        assert_eq!(found.confidence, [Some(true), Some(true), Some(true)]);
    }

    /// Three indicators and as many actors, each best in one: by symmetry a third each.
    #[test]
    fn weights_are_uniform_over_the_simplex() {
        let found = flat(&[&[1.0, 0.0, 0.0], &[0.0, 1.0, 0.0], &[0.0, 0.0, 1.0]]).weigh(
            300_000,
            Feasible::Any,
            Count::Ranks,
            Seed(2).stream("test", "smaa"),
        );
        for actor in 0..3 {
            assert!((found.acceptability[actor][0] - 1.0 / 3.0).abs() < 0.004);
            // E[max of three uniform spacings] = 11/18.
            assert!((found.central[actor].as_ref().expect("first")[actor + 1] - 11.0 / 18.0).abs() < 0.004);
        }
    }

    /// The first is ahead if its weight is the greater: 0.6 (1 + u/2) > 0.4 (1 + v/2) with u and v uniform from -1 to 1, which holds for 13 of 16.
    #[test]
    fn near_weights_are_those_times_a_uniform_number() {
        let mut index = flat(&[&[1.0, 0.0], &[0.0, 1.0]]);
        index.weights = vec![1.0, 0.6, 0.4];
        let first = |share: f64| {
            let stream = Seed(4).stream("test", "smaa");
            index.weigh(400_000, Feasible::Near(share), Count::Ranks, stream).acceptability[0][0]
        };
        assert!((first(0.5) - 13.0 / 16.0).abs() < 0.003, "{}", first(0.5));
        assert_eq!((first(0.0), first(0.1)), (1.0, 1.0));
    }

    #[test]
    fn what_is_unknown_counts_for_nobody() {
        let mut index = flat(&[&[1.0, f64::NAN, 0.2], &[0.0, 0.5, 0.4]]);
        let found = index.weigh(10_000, Feasible::Any, Count::RanksAndPairs, Seed(1).stream("test", "smaa"));
        // The second is always 0.5; the first is ahead if w > 0.5.
        assert!((found.winning[0][1] - 0.5).abs() < 0.02, "{}", found.winning[0][1]);
        index.scores[0][1] = f64::NAN;
        let found = index.weigh(10_000, Feasible::Any, Count::RanksAndPairs, Seed(1).stream("test", "smaa"));
        assert!(found.acceptability[1].is_empty() && found.acceptability[0].len() == 2);
    }

    #[test]
    fn sorting_ranks_as_comparing_does() {
        let mut random = Seed(5).stream("test", "ranks").draw(0);
        for n in [2, 30, 150] {
            let mut scores = vec![[0.0; LANES]; n];
            for score in scores.iter_mut().flatten() {
                *score = (random.uniform() * 40.0).round() * random.uniform().round();
            }
            let (mut pairs, mut sorted) = (vec![[0; LANES]; n], vec![[0; LANES]; n]);
            rank_pairs(pulp::Scalar, &scores, &mut vec![[0.0; LANES]; n], &mut pairs);
            Sorter::default().rank(&scores, &mut sorted);
            assert_eq!(pairs, sorted);
        }
    }
}
