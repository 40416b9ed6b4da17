//! Coreness of the world trade in manufactures of 1994 against positions in the world system.
//!
//! The network of 80 countries and the positions (core, semi-periphery, periphery, after Smith & White) ship with Pajek (de Nooy, Mrvar &
//! Batagelj 2011, *Exploratory Social Network Analysis with Pajek*, chapter 2); they are read from
//! `$TECHPOWER_TESTDATA/pajek-world-trade`, and the test is skipped without them.

use std::path::PathBuf;

use techpower::relate::network::{Network, core_periphery_profile, coreness};

fn text(name: &str) -> Option<String> {
    let folder = PathBuf::from(std::env::var_os("TECHPOWER_TESTDATA")?).join("pajek-world-trade");
    Some(String::from_utf8_lossy(&std::fs::read(folder.join(name)).expect("a file")).into_owned())
}

/// Vertices and arcs of a network in Pajek's format; an arc is from exporter to importer.
fn pajek(text: &str) -> Network {
    let mut names = Vec::new();
    let mut arcs = Vec::new();
    let mut part = "";
    for line in text.lines() {
        if let Some(title) = line.strip_prefix('*') {
            part = title.split_whitespace().next().unwrap_or("");
        } else if part.eq_ignore_ascii_case("vertices") {
            names.extend(line.split('"').nth(1).map(str::to_owned));
        } else if let [from, to, value] = line.split_whitespace().collect::<Vec<_>>()[..] {
            let place = |text: &str| text.parse::<usize>().expect("a vertex") - 1;
            arcs.push((place(from), place(to), value.parse().expect("a value")));
        }
    }
    Network::new(names, arcs)
}

/// Mean ranks, ties sharing.
fn ranks(values: &[f64]) -> Vec<f64> {
    let rank = |x: &f64| {
        let below = values.iter().filter(|y| *y < x).count() as f64;
        let same = values.iter().filter(|y| *y == x).count() as f64;
        below + (same + 1.0) / 2.0
    };
    values.iter().map(rank).collect()
}

fn spearman(a: &[f64], b: &[f64]) -> f64 {
    let (a, b) = (ranks(a), ranks(b));
    let middle = (a.len() as f64 + 1.0) / 2.0;
    let product =
        |x: &[f64], y: &[f64]| -> f64 { x.iter().zip(y).map(|(x, y)| (x - middle) * (y - middle)).sum() };
    product(&a, &b) / (product(&a, &a) * product(&b, &b)).sqrt()
}

/// The value is that of SciPy 1.17.1, `spearmanr([1, 2, 2, 4, 7], [3, 1, 4, 4, 9])`.
#[test]
fn rank_correlation_shares_ties() {
    let found = spearman(&[1.0, 2.0, 2.0, 4.0, 7.0], &[3.0, 1.0, 4.0, 4.0, 9.0]);
    assert!((found - SPEARMAN).abs() < 1e-12, "{found}");
}

const SPEARMAN: f64 = 0.763_157_894_736_842_1;

#[test]
fn coreness_agrees_with_positions_in_the_world_system() {
    let (Some(trade), Some(system)) = (text("Imports_manufactures.txt"), text("World_system.txt")) else {
        eprintln!("skipped: TECHPOWER_TESTDATA is not set");
        return;
    };
    let trade = pajek(&trade);
    assert_eq!((trade.size(), trade.arcs().len()), (80, 998));
    // 1 is the core, 3 the periphery.
    let positions: Vec<f64> =
        system.lines().skip(1).filter_map(|line| line.trim().parse::<f64>().ok()).map(|p| -p).collect();
    assert_eq!(positions.len(), 80);
    let coreness = coreness(&trade.map(libm::log1p)).expect("it settles");
    let by_coreness = spearman(&coreness.values, &positions);
    let profile = core_periphery_profile(&trade);
    let alpha: Vec<f64> = profile.alpha.iter().map(|alpha| alpha.expect("all trade")).collect();
    let by_alpha = spearman(&alpha, &positions);
    eprintln!(
        "coreness {by_coreness:.4}, fit {:?}; alpha {by_alpha:.4}, centralisation {:?}",
        coreness.fit, profile.centralisation
    );
    assert!(by_coreness >= 0.82, "{by_coreness}");
    // The profile tells the periphery apart, not degrees of centrality: it agrees, but less.
    assert!(by_alpha > 0.5, "{by_alpha}");
    // NumPy 2.4.6, the same least squares and the same greedy order on dense matrices.
    assert!((by_coreness - 0.826_176_037_247_241_2).abs() < 1e-9, "{by_coreness}");
    assert!((by_alpha - 0.618_966_628_010_204_7).abs() < 1e-9, "{by_alpha}");
    assert!((profile.centralisation.expect("80 nodes") - 0.858_185_190_783_648_6).abs() < 1e-9);
}
