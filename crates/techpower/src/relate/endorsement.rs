//! Endorsement: which share of the other states took up an actor's texts.

use std::collections::{BTreeMap, BTreeSet};

use super::{EVERYONE, Reach, STAGE};
use crate::codebook::ActorKind;
use crate::diag::{Kind, Note, Notes, Place};
use crate::num::Seed;
use crate::study::{ACTS, STUDY_FILE, Study};

/// States named in a note.
const MOST_NAMED: usize = 12;

/// When one state took up texts of one sender, with what credit, and how.
type Credits<'a> = Vec<(i16, f64, &'a str)>;

/// Exposure through texts, one value per sender: the weighted share of the states of the study, other than the sender and its
/// members, that had endorsed, co-sponsored, adopted or echoed any of its texts by the end of the year.
///
/// A text issued by several is endorsed for each of them in part: with `n` issuers each has `1/n` of the credit, times the weight of
/// the way in which it was taken up, and a state counts with the best credit it gave. A bloc's endorsement is that of all its
/// members. States weigh what the study says, an indicator's latest values of at most `max_age` years; states without a value weigh
/// nothing then, and are noted. If it says nothing, each draw weighs them at random (Dirichlet, all weights equally likely).
pub(super) fn endorsement(study: &Study, years: &[i16], seed: Seed, notes: &mut Notes) -> Vec<Reach> {
    let mut issuers: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut issued: BTreeMap<&str, i16> = BTreeMap::new();
    for event in &study.events {
        if let Some(unit) = study.unit_of(&event.sender) {
            issuers.entry(&event.event).or_default().insert(unit);
            let year = issued.entry(&event.event).or_insert(event.date.year());
            *year = (*year).min(event.date.year());
        }
    }
    // The year from which a sender has a text whose endorsements are recorded.
    let mut since: BTreeMap<&str, i16> = BTreeMap::new();
    let mut taken: BTreeMap<&str, BTreeMap<&str, Credits<'_>>> = BTreeMap::new();
    let mut strays: BTreeSet<&str> = BTreeSet::new();
    for row in &study.endorsements {
        let Some(senders) = issuers.get(row.text.as_str()) else {
            strays.insert(&row.text);
            continue;
        };
        let members =
            study.actors.values().filter(|actor| actor.part_of.as_deref() == Some(row.actor.as_str()));
        let states: Vec<&str> = members.map(|actor| actor.id.as_str()).chain([row.actor.as_str()]).collect();
        let credit = 1.0 / senders.len() as f64;
        for sender in senders {
            let year = since.entry(sender).or_insert(i16::MAX);
            *year = (*year).min(issued[row.text.as_str()]);
            let list = taken.entry(sender).or_default();
            for state in &states {
                list.entry(state).or_default().push((row.date.year(), credit, way(&row.act)));
            }
        }
    }
    for text in strays {
        notes.push(
            Note::new(Kind::TextWithoutIssuer, STAGE, Place::file("tables/endorsements.csv"))
                .with("text", text),
        );
    }
    let states: Vec<&str> = study
        .actors
        .values()
        .filter(|actor| actor.kind == ActorKind::State)
        .map(|actor| actor.id.as_str())
        .collect();
    let draws = study.options.uncertainty.draws;
    let options = &study.options.relate;
    let ways: BTreeMap<&str, Vec<f64>> = options
        .endorsement
        .weights
        .iter()
        .map(|(act, (low, high))| {
            let stream = seed.stream(STAGE, &format!("endorsement-act/{act}"));
            let weight = |draw| stream.draw(draw).uniform_in(*low, *high);
            (act.as_str(), (0..draws).map(weight).collect())
        })
        .collect();
    let mut reaches = Vec::new();
    let mut weightless: BTreeSet<&str> = BTreeSet::new();
    for (sender, taken) in &taken {
        let others: Vec<&str> =
            states.iter().copied().filter(|id| study.unit_of(id) != Some(sender)).collect();
        let stream = seed.stream(STAGE, &format!("endorsement/{sender}"));
        let random: Vec<Vec<f64>> = if options.endorsement.weigh_by.is_empty() {
            (0..draws).map(|draw| stream.draw(draw).dirichlet(&vec![1.0; others.len()])).collect()
        } else {
            Vec::new()
        };
        // Before its first text nothing is known of how its texts are received; from then on no endorsement is zero.
        for year in years.iter().filter(|year| **year >= since[sender]) {
            let weighed = if random.is_empty() {
                let values = super::latest_values(study, &options.endorsement.weigh_by, *year);
                weightless.extend(others.iter().filter(|id| !values.contains_key(*id)));
                let of: Vec<f64> = others.iter().map(|id| values.get(id).copied().unwrap_or(0.0)).collect();
                let total: f64 = of.iter().sum();
                if total <= 0.0 {
                    continue;
                }
                vec![of.into_iter().map(|value| value / total).collect()]
            } else {
                Vec::new()
            };
            let credit = |id: &&str, draw: usize| -> f64 {
                let given = taken.get(id).into_iter().flatten().filter(|(from, ..)| from <= year);
                given.map(|(_, credit, act)| credit * ways[act][draw]).fold(0.0, f64::max)
            };
            let share = |draw: usize| -> f64 {
                let weights = weighed.first().unwrap_or_else(|| &random[draw]);
                weights.iter().zip(&others).map(|(weight, id)| weight * credit(id, draw)).sum()
            };
            reaches.push(Reach {
                sender: (*sender).to_owned(),
                target: EVERYONE.to_owned(),
                year: *year,
                draws: (0..draws).map(share).collect(),
            });
        }
    }
    if !weightless.is_empty() {
        let list: Vec<&str> = weightless.iter().copied().take(MOST_NAMED).collect();
        notes.push(
            Note::new(Kind::StatesWeightless, STAGE, Place::key(STUDY_FILE, "relate.endorsement.weigh_by"))
                .with("indicator", &options.endorsement.weigh_by)
                .with("count", weightless.len())
                .with("actors", list.join(", ")),
        );
    }
    reaches
}

/// The way in which a text was taken up; plain endorsement if the row does not say.
fn way(act: &str) -> &str {
    if act.is_empty() { ACTS[0] } else { act }
}
