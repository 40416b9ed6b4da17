//! Endorsement: which share of the other states took up an actor's texts.
//!
//! Of some texts only part of those that took it up is named, and how many there were in all is known. Then each draw deals the others out
//! among the states that are not named, so that what is unknown shows as an interval and not as a refusal.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::{EVERYONE, Reach, STAGE};
use crate::codebook::ActorKind;
use crate::diag::{Kind, Note, Notes, Place};
use crate::num::{Random, Seed};
use crate::study::{ACTS, Endorsers, STUDY_FILE, Study};

/// States named in a note.
const MOST_NAMED: usize = 12;

/// When one state took up texts of one sender, with what credit, and how.
type Credits<'a> = Vec<(i16, f64, &'a str)>;

/// Exposure through texts, one value per sender: the weighted share of the states of the study, other than the sender and its
/// members, that had endorsed, co-sponsored, adopted or echoed any of its texts by the end of the year.
///
/// Who is not named has not endorsed, unless `endorsers.csv` says how many did in all: see [`Unnamed`].
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
    let mut named: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut strays: BTreeSet<&str> = BTreeSet::new();
    for row in &study.endorsements {
        let Some(senders) = issuers.get(row.text.as_str()) else {
            strays.insert(&row.text);
            continue;
        };
        let members =
            study.actors.values().filter(|actor| actor.part_of.as_deref() == Some(row.actor.as_str()));
        let states: Vec<&str> = members.map(|actor| actor.id.as_str()).chain([row.actor.as_str()]).collect();
        named.entry(&row.text).or_default().extend(&states);
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
    let mut unnamed: Vec<Unnamed<'_>> = Vec::new();
    for row in &study.endorsers {
        let Some(senders) = issuers.get(row.text.as_str()) else { continue };
        let own = |id: &&str| study.unit_of(id).is_some_and(|unit| senders.contains(unit));
        let mut known: BTreeSet<&str> = named.get(row.text.as_str()).cloned().unwrap_or_default();
        known.extend(states.iter().copied().filter(own));
        known.retain(|id| states.contains(id));
        let act =
            study.endorsements.iter().find(|other| other.text == row.text).map_or("", |other| &other.act);
        let stream = seed.stream(STAGE, &format!("endorsers/{}", row.text));
        unnamed.push(Unnamed {
            senders,
            year: issued[row.text.as_str()],
            credit: 1.0 / senders.len() as f64,
            act: way(act),
            states: (0..draws).map(|draw| dealt(row, &states, &known, &mut stream.draw(draw))).collect(),
        });
        for sender in senders {
            let year = since.entry(sender).or_insert(i16::MAX);
            *year = (*year).min(issued[row.text.as_str()]);
            taken.entry(sender).or_default();
        }
    }
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
        let places: Vec<usize> =
            (0..states.len()).filter(|at| study.unit_of(states[*at]) != Some(sender)).collect();
        let others: Vec<&str> = places.iter().map(|at| states[*at]).collect();
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
            // What is known by name, and the texts of which some are not named, laid out once for all draws.
            let by_name: Vec<Vec<(f64, &[f64])>> = others
                .iter()
                .map(|id| {
                    let given = taken.get(id).into_iter().flatten().filter(|(from, ..)| from <= year);
                    given.map(|(_, credit, act)| (*credit, ways[act].as_slice())).collect()
                })
                .collect();
            let texts: Vec<(&Unnamed<'_>, &[f64])> = unnamed
                .iter()
                .filter(|text| text.year <= *year && text.senders.contains(sender))
                .map(|text| (text, ways[text.act].as_slice()))
                .collect();
            let credit = |at: usize, draw: usize| -> f64 {
                let given = by_name[at].iter().map(|(credit, way)| credit * way[draw]);
                let dealt = texts.iter().filter(|(text, _)| text.states[draw][places[at]]);
                given.chain(dealt.map(|(text, way)| text.credit * way[draw])).fold(0.0, f64::max)
            };
            let share = |draw: usize| -> f64 {
                let weights = weighed.first().unwrap_or_else(|| &random[draw]);
                weights.iter().enumerate().map(|(at, weight)| weight * credit(at, draw)).sum()
            };
            reaches.push(Reach {
                sender: (*sender).to_owned(),
                target: EVERYONE.to_owned(),
                year: *year,
                draws: (0..draws).into_par_iter().map(share).collect(),
            });
        }
    }
    if !weightless.is_empty() {
        let list: Vec<&str> = weightless.iter().copied().take(MOST_NAMED).collect();
        notes.push(
            Note::new(Kind::StatesWeightless, STAGE, Place::key(STUDY_FILE, "relate.endorsement.weigh_by"))
                .with("indicator", &options.endorsement.weigh_by)
                .with("count", weightless.len())
                .list("actors", list),
        );
    }
    reaches
}

/// A text of which only some of those that took it up are named.
struct Unnamed<'a> {
    senders: &'a BTreeSet<&'a str>,
    year: i16,
    /// What each of its issuers gets for it.
    credit: f64,
    act: &'a str,
    /// For each draw, which states of the study are among those that are not named.
    states: Vec<Vec<bool>>,
}

/// Deals the endorsers of a text that are not named, their number drawn between its bounds, among the states that could have endorsed
/// it and are not named either, each as likely as any other and none twice. What falls to states that the study does not have is lost to it.
/// The issuers and the states that are named are among those that are counted.
fn dealt(row: &Endorsers, states: &[&str], known: &BTreeSet<&str>, random: &mut Random) -> Vec<bool> {
    let all = row.low as usize + random.below(row.high as usize - row.low as usize + 1);
    let mut left = all.saturating_sub(known.len());
    let mut among = (row.eligible as usize).saturating_sub(known.len());
    let mut endorses = |id: &&str| {
        if known.contains(id) || among == 0 {
            return false;
        }
        let falls = random.uniform() * (among as f64) < left as f64;
        among -= 1;
        left -= usize::from(falls);
        falls
    };
    states.iter().map(&mut endorses).collect()
}

/// The way in which a text was taken up; plain endorsement if the row does not say.
fn way(act: &str) -> &str {
    if act.is_empty() { ACTS[0] } else { act }
}
