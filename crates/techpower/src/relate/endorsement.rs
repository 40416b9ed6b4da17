//! Endorsement: which share of the other states took up an actor's texts.

use std::collections::{BTreeMap, BTreeSet};

use super::{EVERYONE, Reach, STAGE};
use crate::codebook::ActorKind;
use crate::diag::{Kind, Note, Notes, Place};
use crate::num::Seed;
use crate::study::Study;

/// When one state endorsed texts of one sender, and with what credit.
type Credits = Vec<(i16, f64)>;

/// Exposure through texts, one value per sender: the weighted share of the states of the study, other than the sender and its
/// members, that had endorsed any of its texts by the end of the year.
///
/// A text issued by several is endorsed for each of them in part: with `n` issuers each has `1/n` of the credit, and a state
/// counts with the best credit it gave. How much each state matters is not known, so each draw weighs them at random (Dirichlet,
/// all weights equally likely). A bloc's endorsement is that of all its members.
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
    let mut taken: BTreeMap<&str, BTreeMap<&str, Credits>> = BTreeMap::new();
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
                list.entry(state).or_default().push((row.date.year(), credit));
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
    let mut reaches = Vec::new();
    for (sender, taken) in &taken {
        let others: Vec<&str> =
            states.iter().copied().filter(|id| study.unit_of(id) != Some(sender)).collect();
        let stream = seed.stream(STAGE, &format!("endorsement/{sender}"));
        let weights: Vec<Vec<f64>> =
            (0..draws).map(|draw| stream.draw(draw).dirichlet(&vec![1.0; others.len()])).collect();
        for year in years {
            let credit = |id: &&str| -> f64 {
                let given = taken.get(id).into_iter().flatten();
                given.filter(|(from, _)| from <= year).map(|(_, credit)| *credit).fold(0.0, f64::max)
            };
            let credits: Vec<f64> = others.iter().map(credit).collect();
            // Before its first text nothing is known of how its texts are received; from then on no endorsement is zero.
            if *year < since[sender] {
                continue;
            }
            let share = |weights: &Vec<f64>| weights.iter().zip(&credits).map(|(w, credit)| w * credit).sum();
            reaches.push(Reach {
                sender: (*sender).to_owned(),
                target: EVERYONE.to_owned(),
                year: *year,
                draws: weights.iter().map(share).collect(),
            });
        }
    }
    reaches
}
