//! How well codings agree with passages that people coded.

use std::collections::{BTreeMap, BTreeSet};

use super::event::{Coded, Event};
use super::passage::{Gold, Passage};
use crate::diag::Lang;
use crate::num::{Seed, quantile_sorted};

/// A figure with its interval.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// `all`, `en` or `zh`.
    pub language: &'static str,
    /// Whether passages marked uncertain are counted.
    pub with_uncertain: bool,
    /// What is measured.
    pub measure: &'static str,
    /// Value, 0 to 1; `None` if nothing could be measured.
    pub value: Option<f64>,
    /// 5 % quantile over documents drawn with replacement.
    pub q05: Option<f64>,
    /// 95 % quantile.
    pub q95: Option<f64>,
    /// Passages it rests on.
    pub passages: usize,
}

/// What is measured, in the order of the table.
pub const MEASURES: [&str; 12] = [
    "detection precision",
    "detection recall",
    "detection F1",
    "power accuracy",
    "power macro-F1",
    "instrument accuracy",
    "mode accuracy",
    "layer accuracy",
    "sender accuracy",
    "target F1",
    "evidence overlap",
    "all right",
];

/// What one passage adds to the sums.
#[derive(Debug, Clone, Default)]
struct Tally {
    coded: bool,
    event: bool,
    /// Type as coded and as the nearest person has it.
    power: Option<(String, String)>,
    instrument: Option<bool>,
    mode: Option<bool>,
    layer: Option<bool>,
    sender: Option<bool>,
    /// Hits, coded, wanted.
    targets: Option<(usize, usize, usize)>,
    evidence: Option<bool>,
    all: Option<bool>,
}

/// Scores codings of passages, in the order of the passages: the surest event of each against the people's codings, of which either is accepted;
/// passages on whose kind people differ are left out. Intervals are from a bootstrap over documents.
#[must_use]
pub fn score(passages: &[Passage], coded: &[Coded], draws: usize, seed: Seed) -> Vec<Figure> {
    let mut figures = Vec::new();
    for with_uncertain in [true, false] {
        for (language, lang) in [("all", None), ("en", Some(Lang::En)), ("zh", Some(Lang::Zh))] {
            let tallies: Vec<Tally> = passages
                .iter()
                .zip(coded)
                .filter(|(passage, _)| lang.is_none() || passage.document.lang == lang)
                .filter(|(passage, _)| with_uncertain || !passage.uncertain)
                .filter_map(|(passage, coded)| tally(passage, coded))
                .collect();
            let point = measures(&tallies.iter().collect::<Vec<_>>());
            let stream = seed.stream("code", &format!("score/{language}/{with_uncertain}"));
            let mut drawn: Vec<Vec<f64>> = vec![Vec::new(); MEASURES.len()];
            for draw in 0..draws {
                let mut random = stream.draw(draw);
                let sample: Vec<&Tally> =
                    (0..tallies.len()).map(|_| &tallies[random.below(tallies.len())]).collect();
                for (list, value) in drawn.iter_mut().zip(measures(&sample)) {
                    list.extend(value.0);
                }
            }
            for ((measure, (value, passages)), mut drawn) in MEASURES.into_iter().zip(point).zip(drawn) {
                drawn.sort_by(f64::total_cmp);
                let at = |p: f64| (!drawn.is_empty()).then(|| quantile_sorted(&drawn, p));
                figures.push(Figure {
                    language,
                    with_uncertain,
                    measure,
                    value,
                    q05: at(0.05),
                    q95: at(0.95),
                    passages,
                });
            }
        }
    }
    figures
}

fn tally(passage: &Passage, coded: &Coded) -> Option<Tally> {
    let kinds: BTreeSet<bool> = passage.codings.iter().map(Option::is_some).collect();
    if kinds.len() != 1 {
        return None;
    }
    let event = kinds.contains(&true);
    let mut tally = Tally { coded: !coded.events.is_empty(), event, ..Tally::default() };
    let (true, Some(first)) = (event, coded.events.first()) else { return Some(tally) };
    let golds: Vec<&Gold> = passage.codings.iter().flatten().collect();
    let any = |field: &dyn Fn(&Gold) -> &str, value: &str| -> Option<bool> {
        let stated: Vec<&str> =
            golds.iter().map(|gold| field(gold)).filter(|text| !text.is_empty()).collect();
        (!stated.is_empty()).then(|| stated.contains(&value))
    };
    let power = any(&|gold| &gold.power, &first.power);
    tally.power = power.map(|right| {
        let wanted = if right { first.power.clone() } else { golds[0].power.clone() };
        (first.power.clone(), wanted)
    });
    tally.instrument = any(&|gold| &gold.instrument, &first.instrument);
    tally.mode = any(&|gold| &gold.mode, &first.mode);
    tally.layer = any(&|gold| &gold.layer, &first.layer);
    let sender = first.sender.as_ref().map_or("", |sender| sender.actor.as_str());
    tally.sender = Some(golds.iter().any(|gold| gold.senders.iter().any(|wanted| wanted == sender)));
    // The targets of an act are those of all its rows.
    let targets: BTreeSet<&str> = rows(&coded.events, &first.event)
        .flat_map(|event| &event.targets)
        .map(|target| target.actor.as_str())
        .collect();
    tally.targets = golds
        .iter()
        .map(|gold| {
            let hits = gold.targets.iter().filter(|wanted| targets.contains(wanted.as_str())).count();
            (hits, targets.len(), gold.targets.len())
        })
        .max_by(|a, b| f1(*a).total_cmp(&f1(*b)));
    tally.evidence = (!golds[0].evidence.is_empty()).then(|| {
        let whole = if first.evidence.in_title { &passage.document.title } else { &passage.document.text };
        whole.find(&golds[0].evidence).is_some_and(|start| {
            let end = start + golds[0].evidence.len();
            first.evidence.bytes.0 < end && start < first.evidence.bytes.1
        })
    });
    tally.all = Some(power == Some(true) && tally.sender == Some(true) && tally.layer == Some(true));
    Some(tally)
}

fn rows<'a>(events: &'a [Event], event: &'a str) -> impl Iterator<Item = &'a Event> {
    events.iter().filter(move |other| other.event == event)
}

fn f1((hits, coded, wanted): (usize, usize, usize)) -> f64 {
    if coded + wanted == 0 { 1.0 } else { 2.0 * hits as f64 / (coded + wanted) as f64 }
}

/// The measures in their order, each with the passages it rests on.
fn measures(tallies: &[&Tally]) -> Vec<(Option<f64>, usize)> {
    let count = |keep: &dyn Fn(&Tally) -> bool| tallies.iter().filter(|tally| keep(tally)).count();
    let both = count(&|t| t.coded && t.event);
    let (coded, events) = (count(&|t| t.coded), count(&|t| t.event));
    let ratio = |a: usize, b: usize| (b > 0).then(|| a as f64 / b as f64);
    let share = |of: &dyn Fn(&Tally) -> Option<bool>| {
        let known: Vec<bool> = tallies.iter().filter_map(|tally| of(tally)).collect();
        (ratio(known.iter().filter(|right| **right).count(), known.len()), known.len())
    };
    let power: Vec<&(String, String)> = tallies.iter().filter_map(|tally| tally.power.as_ref()).collect();
    let mut classes: BTreeMap<&str, (usize, usize, usize)> = BTreeMap::new();
    for (found, wanted) in &power {
        let hit = usize::from(found == wanted);
        let entry = classes.entry(wanted).or_default();
        entry.0 += hit;
        entry.2 += 1;
        classes.entry(found).or_default().1 += 1;
    }
    // A type that nobody has in these passages has no F1.
    let of_classes: Vec<f64> = classes.values().filter(|sums| sums.2 > 0).map(|sums| f1(*sums)).collect();
    let targets: Vec<f64> = tallies.iter().filter_map(|tally| tally.targets).map(f1).collect();
    let mean =
        |values: &[f64]| (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64);
    vec![
        (ratio(both, coded), coded),
        (ratio(both, events), events),
        (ratio(2 * both, coded + events), tallies.len()),
        (ratio(power.iter().filter(|(found, wanted)| found == wanted).count(), power.len()), power.len()),
        (mean(&of_classes), power.len()),
        share(&|t| t.instrument),
        share(&|t| t.mode),
        share(&|t| t.layer),
        share(&|t| t.sender),
        (mean(&targets), targets.len()),
        share(&|t| t.evidence),
        share(&|t| t.all),
    ]
}
