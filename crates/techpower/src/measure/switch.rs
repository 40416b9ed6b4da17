//! What would change if one choice were made otherwise, everything else as stated.

use std::collections::BTreeSet;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::cells::MEAN;
use super::engine::{Account, Choice, Engine, Weighing, Work};
use super::model::end_of;
use crate::num::ranks_descending;
use crate::study::{Aggregation, Imputation, Normalisation, Treatment, Weights};

/// One choice made otherwise, and the ranks that come of it in the headline year.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Switch {
    /// Root.
    pub node: usize,
    /// Factor, as in [`Factor`](super::Factor).
    pub factor: String,
    /// The choice: a word of the option, the code of an indicator that is left out, or a code and the definition taken for it.
    pub choice: String,
    /// Ranks by actor.
    pub ranks: Vec<Option<u32>>,
    /// Pairs of actors whose order is reversed against the nominal one.
    pub reversed: usize,
    /// Pairs of actors that are known both ways.
    pub pairs: usize,
    /// Whether another actor is first.
    pub first_changes: bool,
}

/// Scores of the sources without one indicator, by the recipe as stated; see [`Index::score_without`](super::Index::score_without).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Code of the indicator.
    pub indicator: String,
    /// By root, year and actor; NaN if unknown.
    pub(super) scores: Vec<f64>,
}

/// Every indicator left out once, in all years.
pub(super) fn left_out(engine: &Engine<'_>, roots: &[usize]) -> Vec<LeftOut> {
    engine
        .removable()
        .into_par_iter()
        .map_init(Work::default, |work, leaf| {
            engine.compute(&without(engine, leaf), 0..engine.n_years, work, None);
            let of_root = |root: &usize| {
                let from = engine.at(*root, 0, 0);
                work.scores[from..from + engine.n_years * engine.n_actors].iter().copied()
            };
            LeftOut {
                indicator: engine.nodes[engine.node_of(leaf)].code.clone(),
                scores: roots.iter().flat_map(of_root).collect(),
            }
        })
        .collect()
}

/// The recipe as stated without a leaf.
fn without(engine: &Engine<'_>, leaf: usize) -> Choice {
    let mut choice = engine.nominal();
    choice.readings.out = (0..engine.n_leaves()).map(|other| other == leaf).collect();
    choice
}

/// All switches, root by root.
pub(super) fn switches(engine: &Engine<'_>, roots: &[usize], year: usize) -> Vec<Switch> {
    let nominal = engine.nominal();
    let mut list: Vec<(&'static str, String, Choice, Option<usize>)> = Vec::new();
    let mut push = |factor, choice: String, only: Option<usize>, change: &dyn Fn(&mut Choice)| {
        let mut changed = nominal.clone();
        change(&mut changed);
        if changed != nominal {
            list.push((factor, choice, changed, only));
        }
    };
    for how in [
        Normalisation::MinMax,
        Normalisation::ZScore,
        Normalisation::PercentileRank,
        Normalisation::Goalposts,
    ] {
        if how != Normalisation::Goalposts || engine.all_have_goalposts() {
            push("normalisation", how.id().to_owned(), None, &|choice| choice.readings.normalisation = how);
        }
    }
    for how in [Treatment::None, Treatment::WinsoriseLog, Treatment::Log] {
        push("treatment", how.id().to_owned(), None, &|choice| choice.readings.treatment = how);
    }
    for how in [Imputation::None, Imputation::Mean, Imputation::Neighbours, Imputation::Em] {
        push("imputation", how.id().to_owned(), None, &|choice| choice.readings.imputation = how);
    }
    for scheme in [Weights::Given, Weights::Equal, Weights::PrincipalComponent, Weights::CorrelationBalanced]
    {
        push("weights", scheme.id().to_owned(), None, &|choice| choice.weights = Weighing::Scheme(scheme));
    }
    for how in [Aggregation::Arithmetic, Aggregation::Geometric, Aggregation::Harmonic, Aggregation::Copeland]
    {
        push("aggregation", how.id().to_owned(), None, &|choice| choice.aggregation = vec![how]);
    }
    let root_of = |mut node: usize| {
        while let Some(parent) = engine.nodes[node].parent {
            node = parent;
        }
        node
    };
    for leaf in 0..engine.n_leaves() {
        let node = engine.node_of(leaf);
        let root = Some(root_of(node));
        push("indicators", engine.nodes[node].code.clone(), root, &|choice| {
            *choice = without(engine, leaf);
        });
        for (at, name) in
            engine.cells.definitions[leaf].iter().enumerate().filter(|_| engine.cells.rivals[leaf] > 1)
        {
            push("rivals", format!("{}: {name}", engine.nodes[node].code), root, &|choice| {
                let mut chosen = vec![MEAN; engine.cells.series.len()];
                chosen[leaf] = at as u32;
                choice.readings.rivals = Some(chosen);
            });
        }
    }
    let base = ranks(engine, &nominal, roots, year, &mut Work::default());
    let results: Vec<Vec<Vec<Option<u32>>>> = list
        .par_iter()
        .map_init(Work::default, |work, (_, _, choice, _)| ranks(engine, choice, roots, year, work))
        .collect();
    let mut found = Vec::new();
    let refused: Vec<BTreeSet<usize>> =
        list.iter().map(|(factor, _, choice, _)| refused(engine, factor, choice, year)).collect();
    for (at, root) in roots.iter().enumerate() {
        let below = *root..end_of(&engine.nodes, *root);
        for (((factor, choice, _, only), ranks), refused) in list.iter().zip(&results).zip(&refused) {
            // Weights that were refused are the given ones: nothing was made otherwise.
            if only.is_none_or(|only| only == *root) && refused.range(below.clone()).next().is_none() {
                found.push(compare(*root, factor, choice, &base[at], &ranks[at]));
            }
        }
    }
    found
}

/// Nodes whose own weights a choice of weights cannot have.
fn refused(engine: &Engine<'_>, factor: &str, choice: &Choice, year: usize) -> BTreeSet<usize> {
    if factor != "weights" {
        return BTreeSet::new();
    }
    let mut account = Account::default();
    engine.compute(choice, year..year + 1, &mut Work::default(), Some(&mut account));
    account.unweighted
}

/// Ranks at every root.
fn ranks(
    engine: &Engine<'_>,
    choice: &Choice,
    roots: &[usize],
    year: usize,
    work: &mut Work,
) -> Vec<Vec<Option<u32>>> {
    engine.compute(choice, year..year + 1, work, None);
    let row = |root: &usize| {
        let from = engine.at(*root, year, 0);
        ranks_descending(&work.scores[from..from + engine.n_actors])
    };
    roots.iter().map(row).collect()
}

fn compare(node: usize, factor: &str, choice: &str, before: &[Option<u32>], after: &[Option<u32>]) -> Switch {
    let (mut reversed, mut pairs) = (0, 0);
    for i in 0..before.len() {
        for j in 0..i {
            let (Some(a), Some(b), Some(c), Some(d)) = (before[i], before[j], after[i], after[j]) else {
                continue;
            };
            pairs += 1;
            let turned = (a < b && c > d) || (a > b && c < d);
            reversed += usize::from(turned);
        }
    }
    let firsts = |ranks: &[Option<u32>]| -> Vec<usize> {
        ranks.iter().enumerate().filter(|(_, rank)| **rank == Some(1)).map(|(at, _)| at).collect()
    };
    Switch {
        node,
        factor: factor.to_owned(),
        choice: choice.to_owned(),
        ranks: after.to_vec(),
        reversed,
        pairs,
        first_changes: firsts(before) != firsts(after),
    }
}
