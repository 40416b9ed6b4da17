//! Properties that exposures have whatever the data are, on small studies drawn at random from fixed seeds; and the coalitional game
//! counted naively from the tables of the study.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use techpower::relate::{CutKind, Exposure, relate};

use crate::small::{Texts, read, texts, with};

/// Whole numbers from a fixed seed (Knuth's linear congruential generator, MMIX).
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

const PLAYERS: [&str; 7] = ["AAA", "BBB", "CCC", "CHN", "GGG", "HHH", "USA"];

/// A random study: what it says, and its texts.
struct Drawn {
    /// For each input the shares in hundredths by player.
    shares: Vec<Vec<(usize, u64)>>,
    /// For each input what it needs, and whether any one will do.
    needs: Vec<(Vec<usize>, bool)>,
    texts: Texts,
}

fn drawn(seed: u64, options: &str) -> Drawn {
    let mut dice = Dice(seed);
    let inputs = 2 + dice.below(4) as usize;
    let (mut shares, mut needs) = (Vec::new(), Vec::new());
    for input in 0..inputs {
        let mut left = 100;
        let mut held = Vec::new();
        for player in 0..PLAYERS.len() {
            let share = if dice.below(2) == 0 { dice.below(60).min(left) } else { 0 };
            if share > 0 {
                held.push((player, share));
                left -= share;
            }
        }
        shares.push(held);
        let of: Vec<usize> = (0..input).filter(|_| dice.below(2) == 0).collect();
        let any = of.len() > 1 && dice.below(2) == 0;
        needs.push((of, any));
    }
    let mut tables = [
        "input,name_en,name_zh,layer,kind_of,needs,elasticity,reference\n".to_owned(),
        "input,goes_into\n".to_owned(),
        "provider,input,year,share,low,high,reference\n".to_owned(),
        String::from_utf8(texts()["tables/actors.csv"].clone()).expect("UTF-8"),
    ];
    for (input, (of, any)) in needs.iter().enumerate() {
        let word = if *any { "any" } else { "all" };
        writeln!(tables[0], "i{input},I{input},I{input},foundation,,{word},2,t").expect("text");
        for need in of {
            writeln!(tables[1], "i{need},i{input}").expect("text");
        }
        for (player, share) in &shares[input] {
            writeln!(tables[2], "{},i{input},2022,{},,,t", PLAYERS[*player], *share as f64 / 100.0)
                .expect("text");
        }
    }
    for id in ["AAA", "BBB", "CCC", "GGG", "HHH"] {
        writeln!(tables[3], "{id},{id},{id},state,,,").expect("text");
    }
    let mut texts = with(texts(), "study.toml", "draws = 200", "draws = 20");
    texts = with(texts, "study.toml", "to = 2023", "to = 2023\nheadline = 2022");
    texts = with(texts, "study.toml", "[uncertainty]", &format!("[relate]\n{options}\n[uncertainty]"));
    texts = with(
        texts,
        "study.toml",
        "allies = [\"USA\", \"JPN\", \"DEU\"]",
        "large = [\"AAA\", \"USA\", \"BBB\"]\npart = [\"AAA\", \"USA\"]",
    );
    for (name, table) in ["inputs", "requires", "supply", "actors"].into_iter().zip(tables) {
        texts.insert(format!("tables/{name}.csv"), table.into_bytes());
    }
    Drawn { shares, needs, texts }
}

fn exposure(texts: &Texts) -> Exposure {
    relate(&read(texts).0).0
}

/// Mean exposures over the final products in 2022, by sender and target.
fn losses(exposure: &Exposure) -> Vec<(&str, &str, f64)> {
    let total = exposure.losses.iter().filter(|l| l.layer.is_empty() && l.input.is_empty() && l.year == 2022);
    total.map(|l| (l.sender.as_str(), l.target.as_str(), l.exposure.mean)).collect()
}

const FIXED: &str = "epsilon = 0.01\ntau = 0.3";

/// Whether a coalition sustains all final products, in the words of the definition: its shares of an input reach tau, and it sustains
/// what the input needs. An input of which all named suppliers hold less than tau rests on what it needs alone.
fn wins(study: &Drawn, coalition: u32) -> bool {
    let mut good: Vec<bool> = Vec::new();
    for (held, (of, any)) in study.shares.iter().zip(&study.needs) {
        let all: u64 = held.iter().map(|(_, share)| share).sum();
        let own: u64 = held.iter().filter(|(at, _)| coalition >> at & 1 == 1).map(|(_, share)| share).sum();
        let below = if *any { of.iter().any(|at| good[*at]) } else { of.iter().all(|at| good[*at]) };
        good.push((all < 30 || own >= 30) && below);
    }
    let used: BTreeSet<usize> = study.needs.iter().flat_map(|(of, _)| of.iter().copied()).collect();
    (0..good.len()).filter(|at| !used.contains(at)).all(|at| good[at])
}

/// Vetoes, Banzhaf's indices and minimal coalitions are those of a count over all coalitions, exactly.
#[test]
fn the_game_is_that_of_the_tables() {
    let mut compared = 0;
    for seed in 0..40 {
        let study = drawn(seed, FIXED);
        let found = exposure(&study.texts);
        let everyone = (1u32 << PLAYERS.len()) - 1;
        for weight in found.weights.iter().filter(|w| w.year == 2022) {
            let bit = 1 << PLAYERS.iter().position(|id| *id == weight.actor).expect("a player");
            let swings = (0..=everyone)
                .filter(|others| others & bit == 0 && wins(&study, others | bit) && !wins(&study, *others));
            let banzhaf = swings.count() as f64 / f64::from(1u32 << (PLAYERS.len() - 1));
            assert!((weight.banzhaf.mean - banzhaf).abs() < 1e-12, "seed {seed}, {}", weight.actor);
            let veto = !wins(&study, everyone & !bit);
            assert_eq!(weight.veto, f64::from(u8::from(veto)), "seed {seed}, {}", weight.actor);
            // Nothing is uncertain here.
            assert_eq!((weight.certain, weight.possible), (veto, veto), "seed {seed}, {}", weight.actor);
            compared += 1;
        }
        if wins(&study, 0) {
            continue;
        }
        let minimal = |does: &dyn Fn(u32) -> bool| -> BTreeSet<Vec<String>> {
            let ids = |set: u32| (0..PLAYERS.len()).filter(move |at| set >> at & 1 == 1);
            let least =
                (0..=everyone).filter(|set| does(*set) && ids(*set).all(|at| !does(set & !(1 << at))));
            least.map(|set| ids(set).map(|at| PLAYERS[at].to_owned()).collect()).collect()
        };
        for (kind, expected) in [
            (CutKind::Denial, minimal(&|set| !wins(&study, everyone & !set))),
            (CutKind::Sufficient, minimal(&|set| wins(&study, set))),
        ] {
            let cuts = found.cuts.iter().filter(|cut| cut.kind == kind);
            let told: BTreeSet<Vec<String>> = cuts.map(|cut| cut.coalition.clone()).collect();
            assert_eq!(told, expected, "seed {seed}, {kind:?}");
        }
    }
    assert!(compared > 150, "only {compared} suppliers were compared");
}

/// More withheld is never less loss, and more leakage never more.
#[test]
fn losses_follow_what_is_withheld() {
    for seed in 0..10 {
        let of = |options: &str| exposure(&drawn(seed, &format!("{FIXED}\n{options}")).texts);
        let falling = ["withheld = 1.0", "withheld = 0.7", "withheld = 0.7\nleakage = 0.2", "withheld = 0.2"];
        let all: Vec<Exposure> = falling.iter().map(|options| of(options)).collect();
        for pair in all.windows(2) {
            let (more, less) = (losses(&pair[0]), losses(&pair[1]));
            assert_eq!(more.len(), less.len());
            assert!(!more.is_empty());
            for (more, less) in more.iter().zip(&less) {
                assert_eq!((more.0, more.1), (less.0, less.1));
                assert!(more.2 + 1e-12 >= less.2, "seed {seed}: {more:?}, {less:?}");
            }
        }
    }
}

/// A coalition denies no less than a part of it, in losses and in the game.
#[test]
fn a_larger_coalition_denies_no_less() {
    let mut compared = 0;
    for seed in 0..20 {
        let found = exposure(&drawn(seed, "epsilon = [0.01, 0.05]\ntau = [0.1, 0.6]").texts);
        let rows = losses(&found);
        let of = |name: &str, target: &str| rows.iter().find(|r| r.0 == name && r.1 == target).map(|r| r.2);
        for target in ["CHN", "EU27"] {
            if let (Some(large), Some(part)) = (of("large", target), of("part", target)) {
                assert!(large + 1e-12 >= part, "seed {seed}, {target}: {large} < {part}");
                let alone = of("AAA", target).unwrap_or(0.0);
                assert!(part + 1e-12 >= alone, "seed {seed}, {target}: {part} < {alone}");
                compared += 1;
            }
        }
        let denies = |name: &str| found.alliances.iter().find(|a| a.name == name).expect("a row").denies;
        assert!(denies("large") >= denies("part"), "seed {seed}");
    }
    assert!(compared > 20, "only {compared} coalitions were compared");
}

/// Bounds: what is certain always happens, what happens is possible; shares stay shares.
#[test]
fn shares_stay_shares() {
    for seed in 0..20 {
        let found = exposure(&drawn(seed, "tau = [0.1, 0.6]").texts);
        for weight in &found.weights {
            assert!(!weight.certain || weight.veto == 1.0, "seed {seed}: {weight:?}");
            assert!(weight.veto == 0.0 || weight.possible, "seed {seed}: {weight:?}");
        }
        for loss in &found.losses {
            for summary in [loss.exposure, loss.leontief] {
                for value in [summary.mean, summary.q05, summary.q50, summary.q95] {
                    assert!((0.0..=1.0).contains(&value), "seed {seed}: {loss:?}");
                }
            }
        }
        for (sender, target, _) in losses(&found) {
            let paths = found.paths.iter().filter(|p| p.sender == sender && p.target == target);
            assert!(
                paths.map(|p| p.contribution).sum::<f64>() <= 1.0 + 1e-9,
                "seed {seed}: {sender}, {target}"
            );
        }
    }
}

/// The number of threads does not show.
#[test]
fn threads_do_not_show() {
    let study = read(&drawn(3, "tau = [0.1, 0.6]").texts).0;
    let of = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| format!("{:?}", relate(&study)))
    };
    assert_eq!(of(1), of(3));
}

/// Losses at each input by the definition: `-ln(1 - w) / (sigma - 1)` with sigma 2 and w at most 0.99, and below it the mean over joint
/// needs or the least over alternatives.
#[test]
fn losses_are_those_of_the_definition() {
    let mut compared = 0;
    for seed in 0..20 {
        let study = drawn(seed, FIXED);
        let found = exposure(&study.texts);
        for (player, sender) in PLAYERS.iter().enumerate() {
            let mut logs: Vec<f64> = Vec::new();
            for (held, (of, any)) in study.shares.iter().zip(&study.needs) {
                let share = held.iter().find(|(at, _)| *at == player).map_or(0.0, |(_, s)| *s as f64 / 100.0);
                let needs = of.iter().map(|at| logs[*at]);
                let below = match (of.len(), any) {
                    (0, _) => 0.0,
                    (_, true) => needs.fold(f64::INFINITY, f64::min),
                    (n, false) => needs.sum::<f64>() / n as f64,
                };
                logs.push(below - (1.0 - share.min(0.99)).ln());
            }
            for row in found.losses.iter().filter(|l| l.sender == *sender && l.target == "EU27") {
                let Some(input) = row.input.strip_prefix('i') else { continue };
                let expected = 1.0 - (-logs[input.parse::<usize>().expect("a number")]).exp();
                assert!((row.exposure.mean - expected).abs() < 1e-12, "seed {seed}: {row:?}, not {expected}");
                compared += usize::from(expected > 0.0);
            }
        }
    }
    assert!(compared > 100, "only {compared} losses were compared");
}

/// Suppliers with equal shares are equal; vetoes grow with the quota where all of an input is named; and members that act together
/// deny what their bloc denies.
#[test]
fn equals_quotas_and_blocs() {
    let options = "[relate]\nepsilon = 0.01\n[relate.grid]\ntau = [0.1, 0.3, 0.5, 0.7, 0.9]\n\
                   blocs = [\"one\", \"many\"]\n[uncertainty]";
    let mut texts = with(texts(), "study.toml", "to = 2023", "to = 2023\nheadline = 2022");
    texts = with(texts, "study.toml", "[uncertainty]", options);
    texts = with(texts, "study.toml", "[\"USA\", \"JPN\", \"DEU\"]", "[\"DEU\", \"FRA\"]");
    texts = with(texts, "tables/actors.csv", "JPN,", "FRA,France,法国,state,EU27,,\nJPN,");
    let supply = "provider,input,year,share,low,high,reference\nUSA,gallium,2022,0.25,,,t\nCHN,gallium,2022,0.25,,,t\n\
                  DEU,gallium,2022,0.25,,,t\nFRA,gallium,2022,0.25,,,t\nUSA,chips,2022,0.4,,,t\nCHN,chips,2022,0.4,,,t\n\
                  JPN,chips,2022,0.2,,,t\n";
    texts.insert("tables/supply.csv".into(), supply.into());
    let found = exposure(&texts);
    let rows = losses(&found);
    let loss = |sender: &str| rows.iter().find(|r| r.0 == sender && r.1 == "EU27").expect("a row").2;
    assert_eq!(loss("USA"), loss("CHN"));
    let veto = |actor: &str, blocs: &str, tau: &str| {
        let id = format!("blocs={blocs} subtypes=stated inputs=all tau={tau}");
        let row = found.weights.iter().find(|w| w.specification == id && w.actor == actor);
        row.map(|w| (w.veto, w.banzhaf.mean))
    };
    let taus = ["0.1", "0.3", "0.5", "0.7", "0.9"];
    for blocs in ["one", "many"] {
        assert!(taus.iter().all(|tau| veto("USA", blocs, tau) == veto("CHN", blocs, tau)));
        let grown: Vec<f64> = taus.iter().map(|tau| veto("USA", blocs, tau).expect("a row").0).collect();
        assert_eq!(grown, [0.0, 0.0, 0.0, 1.0, 1.0]);
    }
    for tau in taus {
        let id = format!("blocs=many subtypes=stated inputs=all tau={tau}");
        let union = found.alliances.iter().find(|a| a.specification == id && a.name == "allies");
        let bloc = veto("EU27", "one", tau).expect("a row").0;
        assert_eq!(union.expect("a row").denies, bloc, "tau {tau}");
    }
}

/// What stands in a list of the grid twice does not count twice.
#[test]
fn a_grid_counts_no_specification_twice() {
    let options =
        "tau = 0.3\n[relate.grid]\ntau = [0.3, 0.5, 0.3]\nsubtypes = [\"all\", \"all\"]\nblocs = [\"one\"]";
    let found = exposure(&drawn(1, options).texts);
    assert_eq!(found.specifications.len(), 1 + 2);
}
