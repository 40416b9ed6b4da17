//! The conditions of the Brussels effect as multipliers of market exposure.
//!
//! Bradford (2020, *The Brussels Effect*, chapter 2) names five: market size, regulatory capacity, stringent standards, inelastic
//! targets and non-divisibility. A share of sales in a market says how much is at stake there; how far its rules bind what is done
//! elsewhere depends on the others.

use super::{Reach, STAGE};
use crate::diag::{Kind, Note, Notes, Place};
use crate::num::Seed;
use crate::study::{Condition, Study};

/// Exposures times the conditions that the study names, as far as the sender meets them. The latest value of at most `max_age` years counts,
/// triangular within its interval. One of which nothing is known may be met in any degree: it is drawn evenly between its bounds.
pub(super) fn multiply(
    study: &Study,
    mut exposures: Vec<Reach>,
    seed: Seed,
    notes: &mut Notes,
) -> Vec<Reach> {
    let options = &study.options.relate;
    for condition in &options.conditions {
        let mut unknown: Vec<&str> = Vec::new();
        for reach in &mut exposures {
            let row = latest(study, &reach.sender, condition, reach.year);
            if row.is_none() && unknown.last() != Some(&reach.sender.as_str()) {
                unknown.push(&reach.sender);
            }
            let stream = seed.stream(STAGE, &format!("condition/{condition}/{}", reach.sender));
            for (draw, value) in reach.draws.iter_mut().enumerate() {
                let mut random = stream.draw(draw);
                *value *= match row.map(|row| (row.value, row.low, row.high)) {
                    Some((Some(met), low, high)) => {
                        random.triangular(low.unwrap_or(met), met, high.unwrap_or(met))
                    }
                    Some((None, low, high)) => random.uniform_in(low.unwrap_or(0.0), high.unwrap_or(1.0)),
                    None => random.uniform(),
                };
            }
        }
        if !unknown.is_empty() {
            unknown.sort_unstable();
            unknown.dedup();
            notes.push(
                Note::new(Kind::ConditionUnknown, STAGE, Place::file("tables/conditions.csv"))
                    .with("condition", condition)
                    .list("actors", unknown),
            );
        }
    }
    exposures
}

/// The latest row of a condition that counts for a year.
pub(crate) fn latest<'a>(study: &'a Study, actor: &str, condition: &str, year: i16) -> Option<&'a Condition> {
    let oldest = year.saturating_sub(study.options.relate.max_age);
    study
        .conditions
        .iter()
        .filter(|row| row.actor == actor && row.condition == condition && (oldest..=year).contains(&row.year))
        .max_by_key(|row| row.year)
}
