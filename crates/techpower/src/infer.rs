//! Power: potential, exercise and reliance, on common draws, and the corollary that scarcity implies the type.
//!
//! Formulas: potential is the geometric mean of the sources a type draws on times the exposure of its channel; exercise is the
//! weighted number of acts; reliance is revealed comparative use, Balassa's index on acts (Balassa 1965, *The Manchester School*
//! 33(2), 99-123), with a Dirichlet prior on each actor's shares so that few acts give wide intervals.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::code::{Act, Target};
use crate::diag::{Kind, Note, Notes, Place};
use crate::measure::Index;
use crate::num::{Seed, Summary, ranks_descending};
use crate::relate::{EVERYONE, Exposure};
use crate::study::Study;

const STAGE: &str = "infer";
/// Shares nearer than this are equal up to rounding.
const TIE: f64 = 1e-12;

/// A drawn quantity of a pair of actors, a type of power and a year.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dyad {
    /// Who acts.
    pub sender: String,
    /// On whom; [`EVERYONE`] if diffuse.
    pub target: String,
    /// Position of the type in the codebook.
    pub power: usize,
    /// Year.
    pub year: i16,
    /// Over the draws.
    pub summary: Summary,
}

/// How much an actor relies on a type of power, by its acts up to the end of a year.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reliance {
    /// State or bloc.
    pub actor: String,
    /// Position of the type in the codebook.
    pub power: usize,
    /// Year.
    pub year: i16,
    /// Number of acts of this type, unweighted.
    pub acts: usize,
    /// Share of this type in the actor's weighted acts: the within-actor profile.
    pub share: Summary,
    /// Balassa's index: the share relative to the type's share in all actors' acts.
    pub rca: Summary,
    /// Probability that it is the actor's leading type by share.
    pub leading: f64,
    /// Probability that no actor's weighted acts of this type exceed this actor's: the absolute ranking.
    pub first: f64,
}

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

/// Draws of a headline quantity, kept for claims.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RelianceDraws {
    /// State or bloc.
    pub actor: String,
    /// Position of the type.
    pub power: usize,
    /// Share of the type in the actor's acts, one per draw.
    pub share: Vec<f64>,
    /// Balassa's index, one per draw.
    pub rca: Vec<f64>,
    /// Weighted number of acts, one per draw.
    pub exercise: Vec<f64>,
}

/// Draws of the potential of one actor over another in the last year.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PotentialDraws {
    /// Who acts.
    pub sender: String,
    /// On whom.
    pub target: String,
    /// Position of the type.
    pub power: usize,
    /// Exposure, one per draw.
    pub exposure: Vec<f64>,
    /// Potential, one per draw.
    pub potential: Vec<f64>,
}

/// What is inferred about power.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Power {
    /// Number of draws.
    pub draws: usize,
    /// Potential of every ranked actor over every other, where known.
    pub potential: Vec<Dyad>,
    /// Weighted acts by target, cumulated to the end of each year.
    pub exercise: Vec<Dyad>,
    /// Reliance of every ranked actor.
    pub reliance: Vec<Reliance>,
    /// Implied types of every ranked actor with all sources known.
    pub implied: Vec<Implied>,
    /// Agreement of implied types with reliance, per basis and year.
    pub corollary: Vec<Corollary>,
    /// Headline draws of reliance, for the last year.
    pub reliance_draws: Vec<RelianceDraws>,
    /// Headline draws of potential among focal actors, for the last year.
    pub potential_draws: Vec<PotentialDraws>,
}

impl Power {
    /// The reliance of an actor on a type (by position) in a year.
    #[must_use]
    pub fn reliance_of(&self, actor: &str, power: usize, year: i16) -> Option<&Reliance> {
        self.reliance.iter().find(|r| r.actor == actor && r.power == power && r.year == year)
    }
}

/// Infers power from source strengths, exposures and acts, all on the same draws.
///
/// ```
/// use techpower::{code::acts, infer::infer, measure::measure, relate::relate, study::{Keep, Study, template}};
/// let mut files = template("demo");
/// let mut put = |name: &str, text: &str| files.insert(format!("tables/{name}.csv"), text.to_owned());
/// put("actors", "actor,name_en,name_zh,kind\nUSA,United States,美国,state\nCHN,China,中国,state\n");
/// put("events", "event,date,sender,targets,instrument,layer,power,mode,status,document,evidence,coder,certainty,reference\n\
///     e1,2022-10-07,USA,CHN,export-control,foundation,compulsory,impose,in_force,d1,Chips.,me,primary,87 FR 62186\n");
/// let study = Study::read(&files, Keep::Rows).0.expect("a study");
/// let (index, exposure, acts) = (measure(&study).0, relate(&study).0, acts(&study).0);
/// let (power, _) = infer(&study, &index, &exposure, &acts);
/// let reliance = power.reliance_of("USA", 0, 2024).expect("a ranked actor");
/// assert_eq!(reliance.acts, 1);
/// assert!(reliance.leading > 0.25); // one act tells a little more than the prior
/// ```
#[must_use]
pub fn infer(study: &Study, index: &Index, exposure: &Exposure, acts: &[Act]) -> (Power, Notes) {
    let mut notes = Notes::new();
    let mut power = Power { draws: study.options.uncertainty.draws, ..Power::default() };
    potentials(study, index, exposure, &mut power);
    let actors = study.ranked();
    let weights = Weights::draw(study, acts);
    exercise(study, acts, &weights, &actors, &mut power);
    let leading = reliance(study, acts, &weights, &actors, &mut power, &mut notes);
    corollary(study, index, &actors, acts, &leading, &mut power, &mut notes);
    (power, notes)
}

/// Potential `P = (prod S)^(1/n) * X` over the `n` sources a type draws on.
fn potentials(study: &Study, index: &Index, exposure: &Exposure, power: &mut Power) {
    let last = study.options.about.to;
    let focal: BTreeSet<&String> = study.options.about.focal.iter().collect();
    for (k, kind) in study.codebook.types.iter().enumerate() {
        let roots: Option<Vec<usize>> = kind.draws_on.iter().map(|source| index.root_of(source)).collect();
        let (Some(roots), Some(reaches)) = (roots, exposure.channels.get(&kind.exposure)) else { continue };
        let results: Vec<Option<(Dyad, Option<PotentialDraws>)>> = reaches
            .par_iter()
            .map(|reach| {
                let sender = index.actors.iter().position(|id| *id == reach.sender)?;
                let year = index.years.iter().position(|year| *year == reach.year)?;
                let sources: Vec<&[f64]> =
                    roots.iter().map(|root| index.draws_of(*root, year, sender)).collect();
                let draws: Vec<f64> = (0..index.draws)
                    .map(|draw| {
                        let logs: f64 = sources.iter().map(|source| libm::log(source[draw])).sum();
                        libm::exp(logs / sources.len() as f64) * reach.draws[draw]
                    })
                    .collect();
                let dyad = Dyad {
                    sender: reach.sender.clone(),
                    target: reach.target.clone(),
                    power: k,
                    year: reach.year,
                    summary: Summary::of(&draws)?,
                };
                let headline = reach.year == last
                    && focal.contains(&reach.sender)
                    && (reach.target == EVERYONE || focal.contains(&reach.target));
                let kept = headline.then(|| PotentialDraws {
                    sender: reach.sender.clone(),
                    target: reach.target.clone(),
                    power: k,
                    exposure: reach.draws.clone(),
                    potential: draws,
                });
                Some((dyad, kept))
            })
            .collect();
        for (dyad, kept) in results.into_iter().flatten() {
            power.potential.push(dyad);
            power.potential_draws.extend(kept);
        }
    }
}

/// Weights of acts: per draw, how much each mode and status counts and how much each document counts.
struct Weights {
    /// For each draw the weight of each act.
    acts: Vec<Vec<f64>>,
}

impl Weights {
    /// An act counts as much as the weaker of its mode and its status allows: a bill is proposed in mode and in status,
    /// and should not be discounted twice. Documents are resampled by the Bayesian bootstrap (Rubin 1981, *The Annals of Statistics*
    /// 9(1), 130-134), so that what rests on one document stands or falls together.
    fn draw(study: &Study, acts: &[Act]) -> Weights {
        let seed = Seed(study.options.uncertainty.seed);
        let (modes, statuses) = (&study.codebook.modes, &study.codebook.statuses);
        let documents: BTreeSet<&str> =
            acts.iter().map(|act| study.events[act.row].document.as_str()).collect();
        let place: BTreeMap<&str, usize> = documents.iter().enumerate().map(|(at, id)| (*id, at)).collect();
        let (mode_stream, status_stream) = (seed.stream(STAGE, "modes"), seed.stream(STAGE, "statuses"));
        let bootstrap = seed.stream(STAGE, "documents");
        let acts = (0..study.options.uncertainty.draws)
            .into_par_iter()
            .map(|draw| {
                let (mut mode_random, mut status_random) = (mode_stream.draw(draw), status_stream.draw(draw));
                let modes: Vec<f64> =
                    modes.iter().map(|m| mode_random.uniform_in(m.weight_low, m.weight_high)).collect();
                let statuses: Vec<f64> =
                    statuses.iter().map(|s| status_random.uniform_in(s.weight_low, s.weight_high)).collect();
                let shares = bootstrap.draw(draw).dirichlet(&vec![1.0; documents.len().max(1)]);
                acts.iter()
                    .map(|act| {
                        let document = place[study.events[act.row].document.as_str()];
                        shares[document] * documents.len() as f64 * modes[act.mode].min(statuses[act.status])
                    })
                    .collect()
            })
            .collect();
        Weights { acts }
    }
}

/// Weighted acts by sender, target and type, cumulated to the end of each year. An act on several targets counts in full for
/// each of them; an act on no one counts for its sender's reliance only.
fn exercise(study: &Study, acts: &[Act], weights: &Weights, actors: &[String], power: &mut Power) {
    let mut dyads: BTreeMap<(&str, &str, usize), Vec<usize>> = BTreeMap::new();
    for (at, act) in acts.iter().enumerate() {
        let Some(k) = act.power else { continue };
        if !actors.contains(&act.unit) {
            continue;
        }
        for target in
            act.targets.iter().filter(|target| !matches!(target, Target::Unit(id) if *id == act.unit))
        {
            dyads.entry((&act.unit, target.id(), k)).or_default().push(at);
        }
    }
    let about = &study.options.about;
    for ((sender, target, k), list) in dyads {
        for year in about.from..=about.to {
            let counted: Vec<usize> =
                list.iter().copied().filter(|at| (about.from..=year).contains(&acts[*at].year)).collect();
            if counted.is_empty() {
                continue;
            }
            let draws: Vec<f64> =
                weights.acts.iter().map(|weights| counted.iter().map(|at| weights[*at]).sum()).collect();
            power.exercise.extend(Summary::of(&draws).map(|summary| Dyad {
                sender: sender.to_owned(),
                target: target.to_owned(),
                power: k,
                year,
                summary,
            }));
        }
    }
}

/// The leading type of every actor in every draw of one year: `leading[actor][draw]`.
type Leading = BTreeMap<i16, Vec<Vec<usize>>>;

fn reliance(
    study: &Study,
    acts: &[Act],
    weights: &Weights,
    actors: &[String],
    power: &mut Power,
    notes: &mut Notes,
) -> Leading {
    let about = &study.options.about;
    let n_types = study.codebook.types.len();
    let draws = study.options.uncertainty.draws;
    let stream = Seed(study.options.uncertainty.seed).stream(STAGE, "shares");
    let prior = study.options.infer.prior;
    let mut leading = Leading::new();
    if n_types == 0 || actors.is_empty() {
        return leading;
    }
    for year in about.from..=about.to {
        let mut counts = vec![vec![0usize; n_types]; actors.len()];
        let mut counted: Vec<(usize, usize, usize)> = Vec::new();
        for (at, act) in acts.iter().enumerate() {
            let (Some(k), Some(actor)) = (act.power, actors.iter().position(|id| *id == act.unit)) else {
                continue;
            };
            if (about.from..=year).contains(&act.year) {
                counts[actor][k] += 1;
                counted.push((at, actor, k));
            }
        }
        if year == about.to {
            let silent: Vec<&str> = actors
                .iter()
                .zip(&counts)
                .filter(|(_, counts)| counts.iter().sum::<usize>() == 0)
                .map(|(id, _)| id.as_str())
                .collect();
            if !silent.is_empty() {
                notes.push(
                    Note::new(Kind::NoActs, STAGE, Place::file("tables/events.csv"))
                        .with("actors", silent.join(", ")),
                );
            }
        }
        let results: Vec<Drawn> = (0..draws)
            .into_par_iter()
            .map(|draw| {
                let mut exercise = vec![vec![0.0; n_types]; actors.len()];
                for (at, actor, k) in &counted {
                    exercise[*actor][*k] += weights.acts[draw][*at];
                }
                let mut random = stream.draw(draw);
                let shares: Vec<Vec<f64>> = exercise
                    .iter()
                    .map(|acts| random.dirichlet(&acts.iter().map(|v| prior + v).collect::<Vec<f64>>()))
                    .collect();
                Drawn::new(exercise, shares, prior)
            })
            .collect();
        let mut by_actor = Vec::new();
        for (actor, id) in actors.iter().enumerate() {
            for (k, acts) in counts[actor].iter().enumerate() {
                let of = |f: &dyn Fn(&Drawn) -> f64| -> Vec<f64> { results.iter().map(f).collect() };
                let share = of(&|d| d.shares[actor][k]);
                let rca = of(&|d| d.rca[actor][k]);
                let (Some(share_summary), Some(rca_summary)) = (Summary::of(&share), Summary::of(&rca))
                else {
                    continue;
                };
                power.reliance.push(Reliance {
                    actor: id.clone(),
                    power: k,
                    year,
                    acts: *acts,
                    share: share_summary,
                    rca: rca_summary,
                    leading: share_of(&results, |d| d.leading[actor] == k),
                    first: share_of(&results, |d| d.first[actor][k]),
                });
                if year == about.to {
                    power.reliance_draws.push(RelianceDraws {
                        actor: id.clone(),
                        power: k,
                        exercise: of(&|d| d.exercise[actor][k]),
                        share,
                        rca,
                    });
                }
            }
            by_actor.push(results.iter().map(|d| d.leading[actor]).collect());
        }
        leading.insert(year, by_actor);
    }
    leading
}

/// One draw of reliance.
struct Drawn {
    exercise: Vec<Vec<f64>>,
    shares: Vec<Vec<f64>>,
    rca: Vec<Vec<f64>>,
    leading: Vec<usize>,
    /// Whether no actor's acts of a type exceed this actor's, and it has any.
    first: Vec<Vec<bool>>,
}

impl Drawn {
    fn new(exercise: Vec<Vec<f64>>, shares: Vec<Vec<f64>>, prior: f64) -> Drawn {
        let n_types = shares[0].len();
        // The world's profile: all actors' acts pooled, with the same prior.
        let pooled: Vec<f64> =
            (0..n_types).map(|k| prior + exercise.iter().map(|acts| acts[k]).sum::<f64>()).collect();
        let total: f64 = pooled.iter().sum();
        let rca = shares
            .iter()
            .map(|shares| {
                shares.iter().zip(&pooled).map(|(share, pooled)| share / (pooled / total)).collect()
            })
            .collect();
        let leading = shares
            .iter()
            .map(|shares| (0..n_types).fold(0, |best, k| if shares[k] > shares[best] { k } else { best }))
            .collect();
        let firsts: Vec<Vec<Option<u32>>> = (0..n_types)
            .map(|k| ranks_descending(&exercise.iter().map(|acts| acts[k]).collect::<Vec<f64>>()))
            .collect();
        let first = (0..exercise.len())
            .map(|actor| {
                (0..n_types).map(|k| firsts[k][actor] == Some(1) && exercise[actor][k] > 0.0).collect()
            })
            .collect();
        Drawn { exercise, shares, rca, leading, first }
    }
}

fn share_of<T>(draws: &[T], holds: impl Fn(&T) -> bool) -> f64 {
    draws.iter().filter(|draw| holds(draw)).count() as f64 / draws.len() as f64
}

/// The scarcity corollary: each actor's comparatively strongest type is the one that omits its scarcest source.
fn corollary(
    study: &Study,
    index: &Index,
    actors: &[String],
    acts: &[Act],
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
            let from = study.options.about.from;
            let active = |id: &str| {
                acts.iter()
                    .any(|act| act.power.is_some() && act.unit == id && (from..=*year).contains(&act.year))
            };
            let compared: Vec<(usize, usize)> = known
                .iter()
                .enumerate()
                .filter_map(|(position, actor)| {
                    let id = &index.actors[*actor];
                    let observed = actors.iter().position(|other| other == id)?;
                    active(id).then_some((position, observed))
                })
                .collect();
            power.corollary.extend(agreement(
                index, &known, &compared, &by_draw, &omitting, leading, n_types, basis, *year,
            ));
        }
    }
}

/// The scarcest source of each known actor in a draw.
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
            (0..roots.len())
                .min_by(|a, b| {
                    let ((rank_a, strength_a), (rank_b, strength_b)) = (key(*a), key(*b));
                    rank_a.cmp(&rank_b).then(strength_a.total_cmp(&strength_b))
                })
                .unwrap_or(0)
        })
        .collect()
}

#[allow(clippy::too_many_arguments)]
fn agreement(
    index: &Index,
    known: &[usize],
    compared: &[(usize, usize)],
    scarcest: &[Vec<usize>],
    omitting: &[Option<usize>],
    leading: &[Vec<usize>],
    n_types: usize,
    basis: Basis,
    year: i16,
) -> Option<Corollary> {
    if compared.len() < 2 {
        return None;
    }
    let n = compared.len() as f64;
    let (mut agreements, mut chances, mut kappas) = (Vec::new(), Vec::new(), Vec::new());
    for (draw, row) in scarcest.iter().enumerate() {
        let (mut implied, mut observed) = (vec![0.0; n_types], vec![0.0; n_types]);
        let mut same = 0.0;
        for (position, actor) in compared {
            let lead = leading[*actor][draw];
            observed[lead] += 1.0 / n;
            if let Some(k) = omitting[row[*position]] {
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
    let draws = scarcest.len() as f64;
    // Probabilities with half a count added to each type, so that no forecast is ever certain.
    let smooth = |counts: Vec<f64>| -> Vec<f64> {
        let total: f64 = counts.iter().sum::<f64>() + 0.5 * n_types as f64;
        counts.into_iter().map(|count| (count + 0.5) / total).collect()
    };
    let observed: Vec<Vec<f64>> = compared
        .iter()
        .map(|(_, actor)| {
            (0..n_types)
                .map(|k| leading[*actor].iter().filter(|lead| **lead == k).count() as f64 / draws)
                .collect()
        })
        .collect();
    let (mut log_score, mut base_score) = (0.0, 0.0);
    for (at, (position, _)) in compared.iter().enumerate() {
        let implied =
            |k: Option<usize>| scarcest.iter().filter(|row| omitting[row[*position]] == k).count() as f64;
        let nothing = implied(None) / n_types as f64;
        let forecast = smooth((0..n_types).map(|k| implied(Some(k)) + nothing).collect());
        let others = smooth(
            (0..n_types)
                .map(|k| {
                    observed.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, o)| o[k]).sum()
                })
                .collect(),
        );
        for k in 0..n_types {
            log_score += observed[at][k] * libm::log(forecast[k]) / n;
            base_score += observed[at][k] * libm::log(others[k]) / n;
        }
    }
    let above = agreements.iter().zip(&chances).filter(|(same, chance)| **same > *chance + TIE).count()
        as f64
        / draws;
    Some(Corollary {
        basis,
        year,
        actors: compared.iter().map(|(position, _)| index.actors[known[*position]].clone()).collect(),
        agreement: Summary::of(&agreements)?,
        chance: Summary::of(&chances)?,
        kappa: Summary::of(&kappas)?,
        above_chance: above,
        log_score,
        base_score,
    })
}
