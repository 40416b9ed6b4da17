//! The scarcity corollary: an actor's comparatively strongest type is the one that omits its scarcest source.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::reliance::Leading;
use super::{Power, STAGE, share_of};
use crate::diag::{Kind, Note, Notes, Place};
use crate::measure::Index;
use crate::num::{Summary, ranks_descending};
use crate::study::Study;

/// Shares nearer than this are equal up to rounding.
const TIE: f64 = 1e-12;
/// Share of an even forecast that is mixed into every forecast before it is scored.
const HUMILITY: f64 = 0.05;

/// How sources are made comparable before an actor's scarcest is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// Strength relative to the mean over the ranked actors.
    Relative,
    /// Rank among the ranked actors; ties are settled by relative strength.
    Rank,
}

impl Basis {
    /// Both, in order.
    pub const ALL: [Basis; 2] = [Basis::Relative, Basis::Rank];

    /// The word used in tables.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Basis::Relative => "relative",
            Basis::Rank => "rank",
        }
    }
}

/// The type that an actor's scarcest source implies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Implied {
    /// State or bloc.
    pub actor: String,
    /// How sources were compared.
    pub basis: Basis,
    /// Year.
    pub year: i16,
    /// Probability of each type of the codebook.
    pub types: Vec<f64>,
    /// Probability that no type is implied, because not exactly one omits the scarcest source.
    pub nothing: f64,
    /// Probability that each source (of the codebook's order) is the scarcest.
    pub scarcest: Vec<f64>,
}

/// How well implied types agree with observed reliance, over the actors for which both are known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Corollary {
    /// How sources were compared.
    pub basis: Basis,
    /// Year.
    pub year: i16,
    /// Actors compared: ranked, with at least one act.
    pub actors: Vec<String>,
    /// Share of actors whose implied type is their leading type.
    pub agreement: Summary,
    /// Agreement to be expected if implied types were dealt to actors at random.
    pub chance: Summary,
    /// Cohen's kappa (Cohen 1960): agreement beyond chance; 0 is chance, 1 is perfect. That nothing is implied is a category of
    /// its own, which no actor is observed in.
    pub kappa: Summary,
    /// Share of draws in which agreement exceeds chance.
    pub above_chance: f64,
    /// Expected logarithmic score of the implied probabilities for the observed leading type, per actor (0 is perfect). Where
    /// nothing is implied all types are forecast alike.
    pub log_score: f64,
    /// The same for a forecast from the other actors' leading types, left out one by one.
    pub base_score: f64,
}

/// The scarcity corollary: each actor's comparatively strongest type is the one that omits its scarcest source.
pub(super) fn corollary(
    study: &Study,
    index: &Index,
    actors: &[String],
    leading: &Leading,
    power: &mut Power,
    notes: &mut Notes,
) {
    let codebook = &study.codebook;
    let omitting: Vec<Option<usize>> =
        codebook.sources.iter().map(|s| codebook.only_type_omitting(&s.id)).collect();
    for (source, _) in codebook.sources.iter().zip(&omitting).filter(|(_, only)| only.is_none()) {
        notes.push(Note::new(Kind::CorollaryUndefined, STAGE, Place::default()).with("source", &source.id));
    }
    let roots: Option<Vec<usize>> = codebook.sources.iter().map(|s| index.root_of(&s.id)).collect();
    let Some(roots) = roots.filter(|roots| !roots.is_empty()) else { return };
    let n_types = codebook.types.len();
    for (at, year) in index.years.iter().enumerate() {
        let known: Vec<usize> = (0..index.actors.len())
            .filter(|actor| roots.iter().all(|root| !index.draws_of(*root, at, *actor)[0].is_nan()))
            .collect();
        if known.is_empty() {
            continue;
        }
        for basis in Basis::ALL {
            // scarcest[actor][draw] is the position of the scarcest source.
            let by_draw: Vec<Vec<usize>> = (0..index.draws)
                .into_par_iter()
                .map(|draw| scarcest(index, &roots, &known, at, basis, draw))
                .collect();
            let share =
                |actor: usize, holds: &dyn Fn(usize) -> bool| share_of(&by_draw, |row| holds(row[actor]));
            for (position, actor) in known.iter().enumerate() {
                power.implied.push(Implied {
                    actor: index.actors[*actor].clone(),
                    basis,
                    year: *year,
                    types: (0..n_types)
                        .map(|k| share(position, &|source| omitting[source] == Some(k)))
                        .collect(),
                    nothing: share(position, &|source| omitting[source].is_none()),
                    scarcest: (0..roots.len()).map(|s| share(position, &|source| source == s)).collect(),
                });
            }
            let Some(leading) = leading.get(year) else { continue };
            // Observed are only actors with at least one act that exercises power by then.
            let acts = |id: &str| -> usize {
                power.reliance.iter().filter(|r| r.actor == id && r.year == *year).map(|r| r.acts).sum()
            };
            let compared: Vec<Compared<'_>> = known
                .iter()
                .enumerate()
                .filter_map(|(position, actor)| {
                    let actor = index.actors[*actor].as_str();
                    let observed =
                        actors.iter().position(|other| other == actor).filter(|_| acts(actor) > 0)?;
                    let implied = by_draw.iter().map(|row| omitting[row[position]]).collect();
                    Some(Compared { actor, implied, leading: &leading[observed] })
                })
                .collect();
            power.corollary.extend(agreement(&compared, n_types, basis, *year));
        }
    }
}

/// The scarcest source of each known actor in a draw. By rank, ties are settled by relative strength; sources that are alike in
/// that too take turns over the draws.
fn scarcest(
    index: &Index,
    roots: &[usize],
    known: &[usize],
    year: usize,
    basis: Basis,
    draw: usize,
) -> Vec<usize> {
    let strength: Vec<Vec<f64>> = roots
        .iter()
        .map(|root| known.iter().map(|actor| index.draws_of(*root, year, *actor)[draw]).collect())
        .collect();
    let relative: Vec<Vec<f64>> = strength
        .iter()
        .map(|values| {
            let mean = crate::num::mean(values);
            values.iter().map(|value| value / mean).collect()
        })
        .collect();
    let ranks: Vec<Vec<Option<u32>>> = strength.iter().map(|values| ranks_descending(values)).collect();
    (0..known.len())
        .map(|actor| {
            let key = |source: usize| match basis {
                Basis::Relative => (0, relative[source][actor]),
                // The worse the rank, the scarcer.
                Basis::Rank => (-i64::from(ranks[source][actor].unwrap_or(0)), relative[source][actor]),
            };
            let order = |a: usize, b: usize| {
                let ((rank_a, strength_a), (rank_b, strength_b)) = (key(a), key(b));
                rank_a.cmp(&rank_b).then(strength_a.total_cmp(&strength_b))
            };
            let least = (1..roots.len())
                .fold(0, |best, source| if order(source, best).is_lt() { source } else { best });
            let alike: Vec<usize> = (0..roots.len()).filter(|source| order(*source, least).is_eq()).collect();
            alike[draw % alike.len()]
        })
        .collect()
}

/// An actor of which both the implied and the leading type are known, draw by draw.
struct Compared<'a> {
    actor: &'a str,
    /// The implied type; `None` where nothing is implied.
    implied: Vec<Option<usize>>,
    /// The leading type by its acts.
    leading: &'a [usize],
}

/// Agreement of implied with leading types; `None` for fewer than two actors.
fn agreement(compared: &[Compared<'_>], n_types: usize, basis: Basis, year: i16) -> Option<Corollary> {
    let draws = compared.first()?.implied.len();
    if compared.len() < 2 {
        return None;
    }
    let n = compared.len() as f64;
    let (mut agreements, mut chances, mut kappas) = (Vec::new(), Vec::new(), Vec::new());
    for draw in 0..draws {
        let (mut implied, mut observed) = (vec![0.0; n_types], vec![0.0; n_types]);
        let mut same = 0.0;
        for actor in compared {
            let lead = actor.leading[draw];
            observed[lead] += 1.0 / n;
            if let Some(k) = actor.implied[draw] {
                implied[k] += 1.0 / n;
                if k == lead {
                    same += 1.0 / n;
                }
            }
        }
        let chance: f64 = implied.iter().zip(&observed).map(|(a, b)| a * b).sum();
        agreements.push(same);
        chances.push(chance);
        // If all are of one type on both sides, chance alone agrees and kappa is 0 by convention.
        kappas.push(if chance < 1.0 { (same - chance) / (1.0 - chance) } else { 0.0 });
    }
    let above = agreements.iter().zip(&chances).filter(|(same, chance)| **same > *chance + TIE).count();
    let (log_score, base_score) = log_scores(compared, n_types);
    Some(Corollary {
        basis,
        year,
        actors: compared.iter().map(|actor| actor.actor.to_owned()).collect(),
        agreement: Summary::of(&agreements)?,
        chance: Summary::of(&chances)?,
        kappa: Summary::of(&kappas)?,
        above_chance: above as f64 / draws as f64,
        log_score,
        base_score,
    })
}

/// Expected logarithmic scores per actor (Good 1952, *Journal of the Royal Statistical Society* B 14(1), 107-114) of two forecasts
/// of the leading type: the implied types, and the other actors' leading types. Both are first mixed with the same share of an even
/// forecast, so that neither is ever certain.
fn log_scores(compared: &[Compared<'_>], n_types: usize) -> (f64, f64) {
    let even = 1.0 / n_types as f64;
    let humble = |shares: &[f64]| -> Vec<f64> {
        let total: f64 = shares.iter().sum();
        shares.iter().map(|share| HUMILITY * even + (1.0 - HUMILITY) * share / total).collect()
    };
    let score = |observed: &[f64], forecast: &[f64]| -> f64 {
        observed.iter().zip(forecast).map(|(share, probability)| share * libm::log(*probability)).sum()
    };
    let observed: Vec<Vec<f64>> = compared
        .iter()
        .map(|actor| (0..n_types).map(|k| share_of(actor.leading, |lead| *lead == k)).collect())
        .collect();
    let (mut log_score, mut base_score) = (0.0, 0.0);
    for (at, actor) in compared.iter().enumerate() {
        let nothing = share_of(&actor.implied, Option::is_none);
        let implied: Vec<f64> =
            (0..n_types).map(|k| share_of(&actor.implied, |i| *i == Some(k)) + nothing * even).collect();
        let others: Vec<f64> = (0..n_types)
            .map(|k| observed.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, o)| o[k]).sum())
            .collect();
        log_score += score(&observed[at], &humble(&implied));
        base_score += score(&observed[at], &humble(&others));
    }
    (log_score / compared.len() as f64, base_score / compared.len() as f64)
}
