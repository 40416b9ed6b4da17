//! Source strengths: exact cases and invariances.

use techpower::diag::Kind;
use techpower::measure::measure;

use crate::small::{kinds, read, study, texts, with};

/// Compute: the rivals 34 and 54 average to 44; min-max over 44, 33, 17. Energy counts downwards. Weights 3 : 1.
#[test]
fn the_nominal_score_can_be_computed_by_hand() {
    let (index, _) = measure(&study());
    assert_eq!(index.actors, ["CHN", "EU27", "USA"]);
    let root = index.roots[index.root_of("resource").expect("a root")];
    let year = index.years.iter().position(|y| *y == 2022).expect("a year");
    let nominal = |actor| index.score(root, year, actor).nominal.expect("known");
    let scale = |part: f64| 1.0 + 99.0 * part;
    let compute = scale((33.0 - 17.0) / (44.0 - 17.0));
    let energy = scale(1.0 - (9.0 - 8.0) / (20.0 - 8.0));
    assert!((nominal(0) - (0.75 * compute + 0.25 * energy)).abs() < 1e-12);
    assert_eq!(nominal(1), 1.0);
    assert_eq!(nominal(2), 100.0);
}

#[test]
fn rows_in_any_order_give_the_same_bits() {
    let plain = measure(&study()).0;
    let mut shuffled = texts();
    for path in ["tables/indicators.csv", "tables/index.csv", "tables/actors.csv"] {
        let text = String::from_utf8(shuffled[path].clone()).expect("UTF-8");
        let mut lines: Vec<&str> = text.lines().collect();
        lines[1..].reverse();
        shuffled.insert(path.into(), lines.join("\n").into_bytes());
    }
    // As text, in which unknown is the same as unknown.
    assert!(format!("{:?}", measure(&read(&shuffled).0).0) == format!("{plain:?}"));
}

#[test]
fn rivals_are_chosen_as_a_whole_definition() {
    // With vintage b only the USA has a rival; in each draw its value is 34 or 54, about half of the time.
    let texts = with(
        texts(),
        "tables/indicators.csv",
        "CHN,compute,2022,33,percent,30,36,a",
        "CHN,compute,2022,60,percent,,,a",
    );
    let (index, _) = measure(&read(&texts).0);
    let compute = index.nodes.iter().position(|node| node.code == "compute").expect("a node");
    let score = index.score(compute, 0, 2).summary.expect("known");
    // Min-max against 17 and 60: either 34 or 54.
    let scale = |value: f64| 1.0 + 99.0 * (value - 17.0) / (60.0 - 17.0);
    assert!((score.q05 - scale(34.0)).abs() < 1e-9);
    assert!((score.q95 - scale(54.0)).abs() < 1e-9);
    assert!((score.mean - scale(44.0)).abs() < 6.0);
}

#[test]
fn rank_probabilities_sum_to_one_and_agree_with_pairwise() {
    let (index, _) = measure(&study());
    for root in 0..index.roots.len() {
        for row in index.rank_probabilities(root, 0) {
            assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
        for (a, b) in [(0, 1), (1, 2)] {
            let (ab, ba) =
                (index.winning_probability(root, 0, a, b), index.winning_probability(root, 0, b, a));
            assert!((ab.expect("known") + ba.expect("known") - 1.0).abs() < 1e-12);
        }
    }
}

#[test]
fn a_value_is_carried_forward_and_then_unknown() {
    let texts = with(texts(), "study.toml", "to = 2023", "to = 2026");
    let (index, notes) = measure(&read(&texts).0);
    let root = index.roots[0];
    let known: Vec<bool> =
        (0..index.years.len()).map(|year| index.score(root, year, 0).nominal.is_some()).collect();
    assert_eq!(index.years, [2022, 2023, 2024, 2025, 2026]);
    assert_eq!(known, [true, true, true, true, false], "at most three years");
    assert!(kinds(&notes).contains(&Kind::ValuesCarried) && kinds(&notes).contains(&Kind::ScoreUnknown));
}

#[test]
fn an_indicator_without_variance_is_left_out() {
    let mut changed = texts();
    let text = String::from_utf8(changed["tables/indicators.csv"].clone()).expect("UTF-8");
    let text = text.replace("gdp,2022,25", "gdp,2022,17").replace("gdp,2022,18", "gdp,2022,17");
    changed.insert("tables/indicators.csv".into(), text.into_bytes());
    let (index, notes) = measure(&read(&changed).0);
    let market = index.roots[index.root_of("market").expect("a root")];
    assert!(index.score(market, 0, 0).nominal.is_none());
    assert!(kinds(&notes).contains(&Kind::IndicatorSaturated));
}

/// An indicator with goalposts that does not vary is on its goalposts in every draw, so that nothing is known only in some.
#[test]
fn a_score_is_known_in_all_draws_or_in_none() {
    let mut changed = with(
        texts(),
        "tables/index.csv",
        "gdp,GDP,国内生产总值,market,1,1,1,,",
        "gdp,GDP,国内生产总值,market,1,1,1,,0..100",
    );
    changed = with(
        changed,
        "study.toml",
        "[uncertainty]",
        "[measure.vary]\nnormalisation = [\"min-max\", \"z-score\"]\n[uncertainty]",
    );
    let text = String::from_utf8(changed["tables/indicators.csv"].clone()).expect("UTF-8");
    let text = text.replace("gdp,2022,25", "gdp,2022,17").replace("gdp,2022,18", "gdp,2022,17");
    changed.insert("tables/indicators.csv".into(), text.into_bytes());
    let (index, _) = measure(&read(&changed).0);
    let root = index.root_of("market").expect("a root");
    for actor in 0..3 {
        assert!(index.draws_of(root, 0, actor).iter().all(|score| (score - 17.83).abs() < 1e-9));
    }
    assert_eq!(index.winning_probability(root, 0, 0, 1), Some(0.5));
}

#[test]
fn a_study_without_indicators_has_no_scores() {
    let mut changed = texts();
    changed.remove("tables/indicators.csv");
    changed.remove("tables/index.csv");
    let (index, _) = measure(&read(&changed).0);
    assert!(index.nodes.is_empty() && index.roots.is_empty());
}
