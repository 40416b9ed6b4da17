//! What a careful reader wants to know of how an index was made, as notes.

use std::collections::{BTreeMap, BTreeSet};

use super::engine::{Account, Engine, Weighing, Work};
use super::model::end_of;
use super::{Index, STAGE, spans};
use crate::diag::{Kind, Note, Notes, Place};
use crate::study::{Imputation, Normalisation, STUDY_FILE, Study, VaryWeights};

fn data() -> Place {
    Place::file("tables/indicators.csv")
}

/// All notes on a computed index.
pub(super) fn note(study: &Study, engine: &Engine<'_>, index: &Index, account: &Account, notes: &mut Notes) {
    if index.actors.is_empty() {
        if !study.indicators.is_empty() {
            notes.push(Note::new(Kind::NothingToRank, STAGE, data()));
        }
        return;
    }
    choices(study, engine, notes);
    left_out(engine, index, &account.saturated, Kind::IndicatorSaturated, notes);
    // What lacks a column or option has been told already.
    let how = study.options.measure.normalisation;
    let unset = how == Normalisation::DistanceToReference && study.options.measure.reference.is_empty();
    let lacking = engine.lacking(how);
    let told = |leaf: usize| unset || lacking.contains(&engine.nodes[engine.node_of(leaf)].code.as_str());
    let unscaled = account.unscaled.iter().copied().filter(|(leaf, _)| !told(*leaf)).collect();
    left_out(engine, index, &unscaled, Kind::IndicatorUnscaled, notes);
    screened(study, index, account, notes);
    refused(study, index, account, notes);
    unweighted(study, engine, index, notes);
    few(engine, index, account, notes);
    unknown(study, index, notes);
}

/// Rank acceptability under any weights cannot be had.
pub(super) fn no_single_mean(notes: &mut Notes) {
    notes.push(Note::new(Kind::SmaaNeedsOneMean, STAGE, Place::key(STUDY_FILE, "measure.aggregation")));
}

/// Choices that need what the study does not have.
fn choices(study: &Study, engine: &Engine<'_>, notes: &mut Notes) {
    let options = &study.options.measure;
    let unset = |option: &str, key: &str| {
        Note::new(Kind::OptionUnset, STAGE, Place::key(STUDY_FILE, &format!("measure.{key}")))
            .with("option", option)
            .with("key", key)
    };
    let lack = |option: &str, what: &str, nodes: &[&str]| {
        Note::new(Kind::OptionWithoutData, STAGE, Place::key(STUDY_FILE, "measure.normalisation"))
            .with("option", option)
            .with("what", what)
            .list("nodes", nodes)
    };
    for how in engine.normalisations() {
        let lacking = engine.lacking(how);
        match how {
            _ if how == Normalisation::DistanceToReference && options.reference.is_empty() => {
                notes.push(unset(how.id(), "reference"));
            }
            _ if lacking.is_empty() => {}
            Normalisation::FractionOfMax => notes.push(
                Note::new(Kind::FractionReverses, STAGE, Place::key(STUDY_FILE, "measure.normalisation"))
                    .with("option", how.id())
                    .list("nodes", lacking),
            ),
            Normalisation::Goalposts => notes.push(lack(how.id(), "goalposts", &lacking)),
            _ => notes.push(lack(how.id(), "target", &lacking)),
        }
    }
    let varied = &options.vary.normalisation;
    let kinds: BTreeSet<_> = varied.iter().map(|how| comparable(*how)).collect();
    if kinds.len() > 1 {
        let choices: Vec<&str> = varied.iter().map(|how| how.id()).collect();
        let place = Place::key(STUDY_FILE, "measure.vary.normalisation");
        notes.push(Note::new(Kind::FactorMixesScales, STAGE, place).list("choices", choices));
    }
    let grouped = [Imputation::GroupMean, Imputation::GroupMedian];
    let used = options.vary.imputation.iter().chain([&options.imputation]).find(|how| grouped.contains(how));
    if let Some(how) = used.filter(|_| options.group.is_empty()) {
        notes.push(unset(how.id(), "group"));
    }
}

/// Methods of which scores can be compared with each other.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Comparable {
    /// Where a value lies between two ends.
    Distances,
    /// How many are behind.
    Ranks,
    /// How far a value lies from the mean, in standard deviations.
    Deviations,
}

fn comparable(how: Normalisation) -> Comparable {
    match how {
        Normalisation::ZScore => Comparable::Deviations,
        Normalisation::Rank | Normalisation::PercentileRank | Normalisation::Borda => Comparable::Ranks,
        _ => Comparable::Distances,
    }
}

/// Indicators that count for nothing in some years.
fn left_out(
    engine: &Engine<'_>,
    index: &Index,
    places: &BTreeSet<(usize, usize)>,
    kind: Kind,
    notes: &mut Notes,
) {
    let mut years: BTreeMap<usize, Vec<i16>> = BTreeMap::new();
    for (leaf, year) in places {
        years.entry(engine.node_of(*leaf)).or_default().push(index.years[*year]);
    }
    for (node, years) in years {
        notes.push(
            Note::new(kind, STAGE, data())
                .with("indicator", &index.nodes[node].code)
                .list("years", spans(&years)),
        );
    }
}

fn names(index: &Index, actors: impl IntoIterator<Item = usize>) -> Vec<&str> {
    actors.into_iter().map(|actor| index.actors[actor].as_str()).collect()
}

fn screened(study: &Study, index: &Index, account: &Account, notes: &mut Notes) {
    for (year, actors) in &account.screened {
        notes.push(
            Note::new(Kind::ScreenedOut, STAGE, data())
                .list("actors", names(index, actors.iter().copied()))
                .with("year", index.years[*year])
                .with("share", study.options.measure.screen),
        );
    }
}

fn push(notes: &mut Notes, note: Option<Note>) {
    if let Some(note) = note {
        notes.push(note);
    }
}

/// Means that met what is not above zero, told once per node.
fn refused(study: &Study, index: &Index, account: &Account, notes: &mut Notes) {
    for (node, by_year) in &account.refused {
        let levels = &study.options.measure.aggregation;
        let level = usize::from(index.nodes[*node].level.saturating_sub(2)).min(levels.len() - 1);
        let years: Vec<i16> = by_year.keys().map(|year| index.years[*year]).collect();
        let actors: BTreeSet<usize> = by_year.values().flatten().copied().collect();
        notes.push(
            Note::new(Kind::NotPositive, STAGE, Place::key(STUDY_FILE, "measure.aggregation"))
                .with("node", &index.nodes[*node].code)
                .list("actors", names(index, actors))
                .list("years", spans(&years))
                .with("mean", levels[level].id()),
        );
    }
}

/// Nodes whose own weights were refused, by the recipe as stated and by the schemes among which draws choose.
fn unweighted(study: &Study, engine: &Engine<'_>, index: &Index, notes: &mut Notes) {
    let options = &study.options.measure;
    let mut schemes = BTreeSet::from([options.weights]);
    if let VaryWeights::Schemes(varied) = &options.vary.weights {
        schemes.extend(varied);
    }
    for scheme in schemes {
        let mut choice = engine.nominal();
        choice.weights = Weighing::Scheme(scheme);
        let mut account = Account::default();
        engine.compute(&choice, 0..index.years.len(), &mut Work::default(), Some(&mut account));
        for node in account.unweighted {
            notes.push(
                Note::new(Kind::NegativeWeights, STAGE, Place::key(STUDY_FILE, "measure.weights"))
                    .with("node", &index.nodes[node].code)
                    .with("scheme", scheme.id()),
            );
        }
    }
}

/// A single actor, a single indicator, actors without anything.
fn few(engine: &Engine<'_>, index: &Index, account: &Account, notes: &mut Notes) {
    let known = |leaf: usize, actor: usize| {
        (0..index.years.len()).any(|year| {
            !account.imputed[(leaf * index.years.len() + year) * index.actors.len() + actor].is_nan()
        })
    };
    let leaves = |root: usize| {
        let end = end_of(&index.nodes, root);
        (0..engine.n_leaves()).filter(move |leaf| (root..end).contains(&engine.node_of(*leaf)))
    };
    let with_data: Vec<usize> = (0..index.actors.len())
        .filter(|actor| (0..engine.n_leaves()).any(|leaf| known(leaf, *actor)))
        .collect();
    if let [only] = with_data[..] {
        notes.push(Note::new(Kind::OnlyOneActor, STAGE, data()).with("actor", &index.actors[only]));
    }
    for root in &index.roots {
        let code = &index.nodes[*root].code;
        if leaves(*root).count() == 1 {
            notes.push(Note::new(Kind::OnlyOneIndicator, STAGE, data()).with("source", code));
        }
        let nothing: Vec<usize> =
            (0..index.actors.len()).filter(|actor| !leaves(*root).any(|leaf| known(leaf, *actor))).collect();
        if !nothing.is_empty() && nothing.len() < index.actors.len() {
            notes.push(
                Note::new(Kind::ActorWithoutData, STAGE, data())
                    .with("source", code)
                    .list("actors", names(index, nothing)),
            );
        }
    }
}

/// Source strengths that are unknown, told once for the actors alike: by the recipe as stated, or only in some draws.
fn unknown(study: &Study, index: &Index, notes: &mut Notes) {
    for root in &index.roots {
        for (year_at, year) in index.years.iter().enumerate() {
            let of = |kind: Kind, holds: &dyn Fn(usize) -> bool| {
                let actors: Vec<usize> = (0..index.actors.len()).filter(|actor| holds(*actor)).collect();
                let note = Note::new(kind, STAGE, data())
                    .with("source", &index.nodes[*root].code)
                    .list("actors", names(index, actors.iter().copied()))
                    .with("year", year)
                    .with("coverage", study.options.measure.min_coverage);
                (!actors.is_empty()).then_some(note)
            };
            let score = |actor: usize| index.score(*root, year_at, actor);
            push(notes, of(Kind::ScoreUnknown, &|actor| score(actor).nominal.is_none()));
            push(
                notes,
                of(Kind::ScoreLost, &|actor| {
                    score(actor).nominal.is_some() && score(actor).summary.is_none()
                }),
            );
        }
    }
}
