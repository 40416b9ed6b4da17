//! The coalitional game: textbook games, brute force on random graphs, and the properties that power indices have.

use proptest::prelude::*;
use techpower::num::Seed;
use techpower::relate::game::{Effort, Gate, Method, MinimalCoalitions, Node, Power, SimpleGame};
use techpower::study::Cycles;

fn power(game: &SimpleGame) -> Power {
    game.power(Effort::default())
}

fn close(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance, "{found}, not {expected}");
}

/// The United Nations Security Council of 1965: five vetoes and ten others, 9 votes needed with all five (Banzhaf indices 848/16384 and
/// 84/16384; Straffin 1993). Shapley and Shubik's indices are 421/2145 and 4/2145.
#[test]
fn security_council() {
    let weights = [[7.0; 5].as_slice(), [1.0; 10].as_slice()].concat();
    let power = power(&SimpleGame::weighted(&weights, 39.0));
    assert_eq!((power.banzhaf[0], power.banzhaf[14]), (848.0 / 16384.0, 84.0 / 16384.0));
    close(power.shapley[0], 421.0 / 2145.0, 1e-15);
    close(power.shapley[14], 4.0 / 2145.0, 1e-15);
    assert_eq!(power.veto.iter().filter(|veto| **veto).count(), 5);
    assert_eq!((power.method, power.error), (Method::Enumerated, 0.0));
}

/// The Council of the European Union of 15 members (1995-2004): quota 62 of 87 votes. Swings counted coalition by coalition in
/// Python with whole numbers; normalised they are the published 0.1116, 0.0924, 0.0587, 0.0479, 0.0359, 0.0226 (Felsenthal & Machover 1998, *The
/// Measurement of Voting Power*, chapter 5).
#[test]
fn council_of_fifteen() {
    let votes = [10.0, 10.0, 10.0, 10.0, 8.0, 5.0, 5.0, 5.0, 5.0, 4.0, 4.0, 3.0, 3.0, 3.0, 2.0];
    let power = power(&SimpleGame::weighted(&votes, 62.0));
    for (player, swings, shapley) in COUNCIL {
        assert_eq!(power.banzhaf[player], f64::from(swings) / 16384.0);
        close(power.shapley[player], shapley, 1e-14);
    }
}
/// A player of each number of votes, its swings, and its Shapley-Shubik index.
const COUNCIL: [(usize, u32, f64); 6] = [
    (0, 1849, 0.116_666_666_666_666_67),
    (4, 1531, 0.095_460_095_460_095_46),
    (5, 973, 0.055_175_380_175_380_18),
    (9, 793, 0.045_360_195_360_195_36),
    (11, 595, 0.035_253_635_253_635_25),
    (14, 375, 0.020_690_420_690_420_69),
];

/// The federal game of the United States: a bill becomes law with the President, 218 of 435 representatives and 51 of 100 senators, or 50 and the
/// Vice President; or with 290 and 67 against the President. 537 players, counted on a decision diagram; the exact values by counting coalitions by
/// their numbers of senators and representatives, in Python with fractions.
#[test]
fn federal_game() {
    let house = |quota: f64| node((102..537).map(|player| (player, 1.0)).collect(), quota, &[]);
    let senate = |quota: f64| node((2..102).map(|player| (player, 1.0)).collect(), quota, &[]);
    let all = |of: &[usize]| Gate { any: false, of: of.to_vec() };
    let any = |of: &[usize]| Gate { any: true, of: of.to_vec() };
    let nodes = vec![
        node(vec![(0, 1.0)], 1.0, &[]),                       // 0 the President signs
        node(vec![(1, 1.0)], 1.0, &[]),                       // 1 the Vice President
        senate(50.0),                                         // 2
        senate(51.0),                                         // 3
        senate(67.0),                                         // 4
        house(218.0),                                         // 5
        house(290.0),                                         // 6
        node(Vec::new(), 0.0, &[all(&[1, 2])]),               // 7 a tie broken
        node(Vec::new(), 0.0, &[any(&[3, 7]), all(&[0, 5])]), // 8 signed
        node(Vec::new(), 0.0, &[all(&[4, 6])]),               // 9 against the President
        node(Vec::new(), 0.0, &[any(&[8, 9])]),               // 10 law
    ];
    let power = power(&SimpleGame::new(537, nodes, vec![10], Cycles::Greatest));
    assert!(matches!(power.method, Method::Diagram(_)));
    for (player, banzhaf, shapley) in FEDERAL {
        close(power.banzhaf[player], banzhaf, 1e-12);
        close(power.shapley[player], shapley, 1e-12);
    }
    close(power.shapley.iter().sum::<f64>(), 1.0, 1e-9);
}

/// The President, the Vice President, a senator, a representative: Banzhaf, Shapley-Shubik.
const FEDERAL: [(usize, f64, f64); 4] = [
    (0, 0.249_999_999_999_999_3, 0.163_120_362_764_442_43),
    (1, 0.019_897_309_346_794_692, 0.002_650_837_240_114_292),
    (2, 0.019_897_309_346_794_94, 0.004_141_395_348_347_114),
    (102, 0.009_569_407_217_589_256, 0.000_965_722_448_645_383_6),
];

fn node(shares: Vec<(usize, f64)>, quota: f64, gates: &[Gate]) -> Node {
    Node { shares, quota, gates: gates.to_vec() }
}

/// A random graph of inputs, circles among them if asked for.
fn random_game(trial: usize, players: usize, circles: bool, cycles: Cycles) -> SimpleGame {
    let mut random = Seed(3).stream("test", "game").draw(trial);
    let nodes = (0..6)
        .map(|at| {
            let mut gates = Vec::new();
            for _ in 0..2 {
                let of = (0..6).filter(|other| *other != at && (circles || *other < at));
                gates.push(Gate {
                    any: random.uniform() < 0.5,
                    of: of.filter(|_| random.uniform() < 0.4).collect(),
                });
            }
            let mut shares: Vec<(usize, f64)> = Vec::new();
            for player in 0..players {
                if random.uniform() < 0.6 {
                    shares.push((player, random.uniform() * 2.0 / players as f64));
                }
            }
            let quota = if random.uniform() < 0.8 { random.uniform() * 0.4 } else { 0.0 };
            Node { shares, quota, gates }
        })
        .collect::<Vec<Node>>();
    SimpleGame::new(players, nodes, vec![4, 5], cycles)
}

/// Everything by definition: coalition by coalition, order by order in the weights of Shapley.
fn by_definition(game: &SimpleGame, n: usize) -> (Vec<bool>, Vec<f64>, Vec<f64>, MinimalCoalitions) {
    let members = |mask: usize| -> Vec<usize> { (0..n).filter(|player| mask >> player & 1 == 1).collect() };
    let wins: Vec<bool> = (0..1 << n).map(|mask| game.wins(&members(mask))).collect();
    let full = (1 << n) - 1;
    let factorial = |n: usize| (1..=n).map(|k| k as f64).product::<f64>();
    let mut banzhaf = vec![0.0; n];
    let mut shapley = vec![0.0; n];
    let mut minimal = MinimalCoalitions::default();
    for mask in 0..=full {
        let size = members(mask).len();
        for player in (0..n).filter(|player| mask >> player & 1 == 0) {
            if wins[mask | 1 << player] && !wins[mask] {
                banzhaf[player] += 1.0 / (1 << (n - 1)) as f64;
                shapley[player] += factorial(size) * factorial(n - 1 - size) / factorial(n);
            }
        }
        let smaller = |mask: usize| members(mask).into_iter().map(move |player| mask & !(1 << player));
        if wins[mask] && smaller(mask).all(|part| !wins[part]) {
            minimal.winning.push(mask as u128);
        }
        if wins[full] && !wins[full ^ mask] && smaller(mask).all(|part| wins[full ^ part]) {
            minimal.denying.push(mask as u128);
        }
    }
    for list in [&mut minimal.winning, &mut minimal.denying] {
        list.sort_by_key(|members| (members.count_ones(), *members));
    }
    let veto = (0..n).map(|player| wins[full] && !wins[full ^ 1 << player]).collect();
    (veto, banzhaf, shapley, minimal)
}

#[test]
fn random_graphs_agree_with_the_definition() {
    let mut won = 0;
    for trial in 0..400 {
        let n = 1 + trial % 9;
        let cycles = if trial % 3 == 0 { Cycles::Least } else { Cycles::Greatest };
        let game = random_game(trial, n, trial % 2 == 0, cycles);
        let (veto, banzhaf, shapley, minimal) = by_definition(&game, n);
        let power = power(&game);
        won += usize::from(power.winnable);
        assert_eq!(power.veto, veto, "trial {trial}");
        for player in 0..n {
            close(power.banzhaf[player], banzhaf[player], 1e-12);
            close(power.shapley[player], shapley[player], 1e-12);
        }
        assert_eq!(game.minimal_coalitions(), Some(minimal), "trial {trial}");
        for (player, veto) in veto.iter().enumerate() {
            assert_eq!(game.denies(&[player]), !power.winnable || *veto);
        }
    }
    assert!(won > 150, "many games can be won: {won}");
}

/// More players than are enumerated: the decision diagram gives the same as enumeration of an equal game with fewer, and samples lie
/// within four standard errors of it.
#[test]
fn diagram_and_samples_agree_with_enumeration() {
    // 26 players in two chambers, at most 24 of whom are left when vetoes are taken out; then the same as enumerated by two.
    let votes: Vec<f64> = (0..27).map(|player| f64::from(1 + player % 4)).collect();
    let quota = 0.6 * votes.iter().sum::<f64>();
    let game = SimpleGame::weighted(&votes, quota);
    let counted = power(&game);
    assert!(matches!(counted.method, Method::Diagram(_)));
    // By generating functions: how many coalitions of the others have each weight and size.
    for player in 0..4 {
        let others: Vec<usize> =
            (0..27).filter(|other| *other != player).map(|other| votes[other] as usize).collect();
        let mut ways = vec![vec![0.0f64; 28]; 80];
        ways[0][0] = 1.0;
        for weight in others {
            for sum in (weight..80).rev() {
                for size in (1..28).rev() {
                    ways[sum][size] += ways[sum - weight][size - 1];
                }
            }
        }
        let own = votes[player] as usize;
        let turned = |sum: usize| (sum as f64) < quota && (sum + own) as f64 >= quota;
        let banzhaf: f64 = (0..80).filter(|sum| turned(*sum)).flat_map(|sum| &ways[sum]).sum();
        close(counted.banzhaf[player], banzhaf / 2f64.powi(26), 1e-13);
        let factorial = |n: usize| (1..=n).map(|k| k as f64).product::<f64>();
        let order = |size: usize| factorial(size) * factorial(26 - size) / factorial(27);
        let shapley: f64 = (0..80)
            .filter(|sum| turned(*sum))
            .map(|sum| (0..27).map(|size| ways[sum][size] * order(size)).sum::<f64>())
            .sum();
        close(counted.shapley[player], shapley, 1e-13);
    }
    let sampled = game.power(Effort { states: 10, samples: 20_000, seed: Seed(8) });
    assert_eq!(sampled.method, Method::Sampled(20_000));
    assert!(sampled.error > 0.0 && sampled.error < 0.004);
    for player in 0..27 {
        close(sampled.banzhaf[player], counted.banzhaf[player], 4.5 * sampled.error);
        close(sampled.shapley[player], counted.shapley[player], 4.5 * sampled.error);
    }
}

/// Chips need tools and tools need chips. With the installed base both run on; from nothing neither can begin, unless there
/// is another way to the first tool.
#[test]
fn a_circle_runs_on_or_cannot_begin() {
    let circle = |cycles: Cycles, by_hand: bool| {
        let mut tools = vec![0];
        let mut nodes = vec![
            node(vec![(0, 1.0)], 0.5, &[Gate { any: false, of: vec![1] }]),
            node(vec![(1, 1.0)], 0.5, &[]),
        ];
        if by_hand {
            tools.push(2);
            nodes.push(node(vec![(1, 1.0)], 0.5, &[]));
        }
        nodes[1].gates.push(Gate { any: true, of: tools });
        SimpleGame::new(2, nodes, vec![0], cycles).wins(&[0, 1])
    };
    assert!(circle(Cycles::Greatest, false));
    assert!(!circle(Cycles::Least, false));
    assert!(circle(Cycles::Least, true));
}

proptest! {
    /// Scale invariance: what counts is shares and quota in proportion.
    #[test]
    fn scale_does_not_matter(weights in prop::collection::vec(0u32..20, 1..9), quota in 1u32..40, scale in 1u32..9) {
        let of = |scale: f64| {
            let weights: Vec<f64> = weights.iter().map(|w| f64::from(*w) * scale).collect();
            power(&SimpleGame::weighted(&weights, f64::from(quota) * scale))
        };
        prop_assert_eq!(of(1.0), of(f64::from(scale)));
    }

    /// Symmetry, dummies, efficiency and monotonicity (Shapley 1953; Felsenthal & Machover 1998, chapters 2 and 3).
    #[test]
    fn indices_have_their_properties(weights in prop::collection::vec(0u32..9, 2..10), quota in 1u32..40) {
        let weights: Vec<f64> = weights.iter().map(|w| f64::from(*w)).collect();
        let power = power(&SimpleGame::weighted(&weights, f64::from(quota)));
        for a in 0..weights.len() {
            for b in 0..weights.len() {
                if weights[a] >= weights[b] {
                    prop_assert!(power.banzhaf[a] >= power.banzhaf[b]);
                    prop_assert!(power.shapley[a] >= power.shapley[b] - 1e-15);
                }
            }
            if weights[a] == 0.0 {
                prop_assert_eq!((power.banzhaf[a], power.shapley[a], power.veto[a]), (0.0, 0.0, false));
            }
        }
        let total: f64 = power.shapley.iter().sum();
        let all = if power.winnable { 1.0 } else { 0.0 };
        prop_assert!((total - all).abs() < 1e-12);
    }

    /// More members never lose what fewer win.
    #[test]
    fn games_are_monotone(trial in 0usize..10_000, mask in 0usize..256, player in 0usize..8) {
        let game = random_game(trial, 8, true, Cycles::Greatest);
        let members = |mask: usize| -> Vec<usize> { (0..8).filter(|p| mask >> p & 1 == 1).collect() };
        prop_assert!(!game.wins(&members(mask)) || game.wins(&members(mask | 1 << player)));
        prop_assert!(!game.denies(&members(mask)) || game.denies(&members(mask | 1 << player)));
    }

    /// A bloc is the union of its members: it denies and sustains what they do together.
    #[test]
    fn a_bloc_is_the_union_of_its_members(trial in 0usize..10_000) {
        let game = random_game(trial, 8, true, Cycles::Greatest);
        let merged = merge(trial);
        for mask in 0usize..128 {
            // In the merged game player 6 stands for the former players 6 and 7.
            let members: Vec<usize> = (0..7).filter(|p| mask >> p & 1 == 1).collect();
            let apart: Vec<usize> = members.iter().copied().chain(members.contains(&6).then_some(7)).collect();
            prop_assert_eq!(merged.wins(&members), game.wins(&apart));
        }
    }
}

/// The random game with its last two players merged.
fn merge(trial: usize) -> SimpleGame {
    let game = random_game(trial, 8, true, Cycles::Greatest);
    let nodes = game.nodes().iter().map(|node| {
        let mut shares: Vec<(usize, f64)> =
            node.shares.iter().copied().filter(|(player, _)| *player < 6).collect();
        let bloc: f64 = node.shares.iter().filter(|(player, _)| *player >= 6).map(|(_, share)| share).sum();
        shares.push((6, bloc));
        Node { shares, ..node.clone() }
    });
    SimpleGame::new(7, nodes.collect(), vec![4, 5], Cycles::Greatest)
}
