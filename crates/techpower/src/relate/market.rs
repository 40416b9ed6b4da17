//! Market dependence: how much of a target's sales lies in a sender's market.

use std::collections::{BTreeMap, BTreeSet};

use super::{Reach, STAGE};
use crate::codebook::ActorKind;
use crate::diag::{Kind, Note, Notes, Place};
use crate::num::Seed;
use crate::study::{Market, Study};

/// Actors named in a note.
const MOST_NAMED: usize = 12;

/// What is known of one target's sales in one market: shares of the actor itself, and of its firms.
#[derive(Default)]
struct Known<'a> {
    own: BTreeMap<i16, f64>,
    firms: BTreeMap<&'a str, BTreeMap<i16, f64>>,
}

/// Exposure through markets. A state's own share and the shares of its firms measure the same thing differently: each draw
/// uses one of the two where both are known, and weighs the firms at random (Dirichlet, all weights equally likely).
pub(super) fn market(
    study: &Study,
    targets: &[String],
    years: &[i16],
    seed: Seed,
    notes: &mut Notes,
) -> Vec<Reach> {
    let mut known: BTreeMap<(&str, &str), Known<'_>> = BTreeMap::new();
    let mut at_home: Vec<&str> = Vec::new();
    for row in &study.markets {
        let (Some(share), Some(market)) = (row.share, study.home_of(&row.market)) else { continue };
        let Some(seller) = seller(study, row) else { continue };
        if seller == market {
            at_home.push(&row.actor);
        }
        // What is sold to a member does not tell what is sold to its bloc.
        if seller == market || market != row.market || !targets.iter().any(|t| t == seller) {
            continue;
        }
        let entry = known.entry((market, seller)).or_default();
        let list =
            if seller == row.actor { &mut entry.own } else { entry.firms.entry(&row.actor).or_default() };
        list.insert(row.year, share);
    }
    if !at_home.is_empty() {
        let actors: BTreeSet<&str> = at_home.iter().copied().collect();
        let actors: Vec<&str> = actors.into_iter().take(MOST_NAMED).collect();
        notes.push(
            Note::new(Kind::SoldAtHome, STAGE, Place::file("tables/markets.csv"))
                .with("count", at_home.len())
                .list("actors", actors),
        );
    }
    let draws = study.options.uncertainty.draws;
    let age = study.options.relate.max_age;
    let mut reaches = Vec::new();
    for ((market, seller), known) in &known {
        let stream = seed.stream(STAGE, &format!("market/{market}/{seller}"));
        for year in years {
            let latest = |list: &BTreeMap<i16, f64>| {
                list.range(year.saturating_sub(age)..=*year).next_back().map(|(_, share)| *share)
            };
            let own = latest(&known.own);
            let firms: Vec<f64> = known.firms.values().filter_map(latest).collect();
            if own.is_none() && firms.is_empty() {
                continue;
            }
            let value = |draw: usize| {
                let mut random = stream.draw(draw);
                let by_firms = random.uniform() < 0.5;
                match own {
                    Some(own) if firms.is_empty() || !by_firms => own,
                    _ => {
                        let weights = random.dirichlet(&vec![1.0; firms.len()]);
                        firms.iter().zip(weights).map(|(share, weight)| share * weight).sum()
                    }
                }
            };
            reaches.push(Reach {
                sender: (*market).to_owned(),
                target: (*seller).to_owned(),
                year: *year,
                draws: (0..draws).map(value).collect(),
            });
        }
    }
    reaches
}

/// The state or bloc whose sales a row speaks of: the actor itself or the home of a firm. A member's own sales do not speak for
/// its bloc.
fn seller<'a>(study: &'a Study, row: &'a Market) -> Option<&'a str> {
    let actor = study.actors.get(&row.actor)?;
    let own = actor.kind == ActorKind::Firm || study.is_unit(&actor.id);
    study.home_of(&actor.id).filter(|_| own)
}
