//! Exercise and reliance: what actors did, weighted, and which type leads.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Dyad, Power, STAGE, share_of};
use crate::code::agreement::correction::Confusion;
use crate::code::{Act, Target};
use crate::diag::{Kind, Note, Notes, Place};
use crate::num::{Seed, Summary, ranks_descending};
use crate::study::Study;

/// Observations in all that the prior on what is true of a coded category weighs as.
const CODING_PRIOR: f64 = 1.0;

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
    /// Probability that Balassa's index exceeds 1: that the actor uses the type more than actors do on the whole.
    pub above_one: f64,
    /// Probability that it is the actor's leading type by share.
    pub leading: f64,
    /// Probability that no actor's weighted acts of this type exceed this actor's: the absolute ranking.
    pub first: f64,
}

/// Draws of reliance in a reported year, kept for claims.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RelianceDraws {
    /// State or bloc.
    pub actor: String,
    /// Position of the type.
    pub power: usize,
    /// Year.
    pub year: i16,
    /// Share of the type in the actor's acts, one per draw.
    pub share: Vec<f64>,
    /// Balassa's index, one per draw.
    pub rca: Vec<f64>,
    /// Weighted number of acts, one per draw.
    pub exercise: Vec<f64>,
}

/// What is drawn of acts: their weights (how much each mode and status counts and how much each document counts), and their types where a coder
/// may have erred.
pub(super) struct Weights {
    /// For each draw the weight of each act, whatever its instrument reaches.
    acts: Vec<Vec<f64>>,
    /// For each draw what the instrument of each act reaches; `None` where that is not modelled.
    reached: Vec<Vec<Option<f64>>>,
    /// For each draw the type of each act that a coder found and nobody checked; empty if there is none.
    types: Vec<Vec<Option<usize>>>,
}

impl Weights {
    /// An act counts as much as the weaker of its mode and its status allows: a bill is proposed in mode and in status,
    /// and should not be discounted twice. Documents are resampled by the Bayesian bootstrap (Rubin 1981, *The Annals of Statistics*
    /// 9(1), 130-134), so that what rests on one document stands or falls together.
    pub(super) fn draw(
        study: &Study,
        acts: &[Act],
        errors: Option<&Confusion>,
        reach: &BTreeMap<String, (f64, f64)>,
        notes: &mut Notes,
    ) -> Weights {
        let bounds: Vec<Option<(f64, f64)>> =
            acts.iter().map(|act| reach.get(&study.events[act.row].event).copied()).collect();
        let weighed = bounds.iter().flatten().count();
        if weighed > 0 {
            notes.push(Note::new(Kind::ActsWeighed, STAGE, Place::default()).with("count", weighed));
        }
        let reaching = Seed(study.options.uncertainty.seed).stream(STAGE, "reach");
        let seed = Seed(study.options.uncertainty.seed);
        let (modes, statuses) = (&study.codebook.modes, &study.codebook.statuses);
        let documents: BTreeSet<&str> =
            acts.iter().map(|act| study.events[act.row].document.as_str()).collect();
        let place: BTreeMap<&str, usize> = documents.iter().enumerate().map(|(at, id)| (*id, at)).collect();
        let (mode_stream, status_stream) = (seed.stream(STAGE, "modes"), seed.stream(STAGE, "statuses"));
        let bootstrap = seed.stream(STAGE, "documents");
        let (weights, reached) = (0..study.options.uncertainty.draws)
            .into_par_iter()
            .map(|draw| {
                let (mut mode_random, mut status_random) = (mode_stream.draw(draw), status_stream.draw(draw));
                let modes: Vec<f64> =
                    modes.iter().map(|m| mode_random.uniform_in(m.weight_low, m.weight_high)).collect();
                let statuses: Vec<f64> =
                    statuses.iter().map(|s| status_random.uniform_in(s.weight_low, s.weight_high)).collect();
                let shares = bootstrap.draw(draw).dirichlet(&vec![1.0; documents.len().max(1)]);
                let mut reach_random = reaching.draw(draw);
                let reached: Vec<Option<f64>> = bounds
                    .iter()
                    .map(|bounds| bounds.map(|(low, high)| reach_random.uniform_in(low, high)))
                    .collect();
                let own = |act: &Act| {
                    let document = place[study.events[act.row].document.as_str()];
                    let own = modes[act.mode].min(statuses[act.status]);
                    shares[document] * documents.len() as f64 * own
                };
                (acts.iter().map(own).collect::<Vec<f64>>(), reached)
            })
            .unzip();
        let types = errors.map_or_else(Vec::new, |errors| types(study, acts, errors));
        Weights { acts: weights, reached, types }
    }

    /// For each draw the mean of what instruments reach, over the acts of some years.
    fn mean_reach(&self, acts: &[Act], years: &RangeInclusive<i16>) -> Vec<f64> {
        let of = |reached: &Vec<Option<f64>>| {
            let within = acts.iter().zip(reached).filter(|(act, _)| years.contains(&act.year));
            let reached: Vec<f64> = within.filter_map(|(_, reached)| *reached).collect();
            reached.iter().sum::<f64>() / reached.len().max(1) as f64
        };
        self.reached.iter().map(of).collect()
    }

    /// The weight of an act in a draw, beside a mean reach: modelled acts together weigh as much as if they were not modelled.
    fn of(&self, draw: usize, at: usize, mean_reach: f64) -> f64 {
        let reach = self.reached[draw][at].filter(|_| mean_reach > 0.0);
        self.acts[draw][at] * reach.map_or(1.0, |reach| reach / mean_reach)
    }

    /// The type of an act in a draw; `None` if it exercises none, or is none.
    fn type_in(&self, draw: usize, at: usize, act: &Act) -> Option<usize> {
        match self.types.get(draw) {
            Some(types) if act.coded.is_some() => types[at],
            _ => act.power,
        }
    }

    /// The types that an act has in any draw.
    fn possible(&self, at: usize, act: &Act) -> BTreeSet<usize> {
        if self.types.is_empty() || act.coded.is_none() {
            return act.power.into_iter().collect();
        }
        self.types.iter().filter_map(|types| types[at]).collect()
    }
}

/// For each draw the types of acts that a coder found: one draw of what is true of each coded category, and by it the type of each act.
/// Other acts have none here.
fn types(study: &Study, acts: &[Act], errors: &Confusion) -> Vec<Vec<Option<usize>>> {
    let of_category: Vec<Option<usize>> = errors
        .categories()
        .iter()
        .map(|category| study.codebook.types.iter().position(|t| t.id == *category))
        .collect();
    let stream = Seed(study.options.uncertainty.seed).stream(STAGE, "coding");
    (0..study.options.uncertainty.draws)
        .into_par_iter()
        .map(|draw| {
            let mut random = stream.draw(draw);
            let truths = errors.posterior(CODING_PRIOR, &mut random);
            let mut type_of = |act: &Act| {
                let shares = truths.get(act.coded?)?;
                let mut left = random.uniform();
                let truth = shares.iter().position(|share| {
                    left -= share;
                    left < 0.0
                });
                // The last category is that there was no act.
                of_category.get(truth?).copied().flatten()
            };
            acts.iter().map(&mut type_of).collect()
        })
        .collect()
}

/// Weighted acts by sender, target and type, cumulated to the end of each year. An act on several targets counts in full for
/// each of them; an act on no one counts for its sender's reliance only.
pub(super) fn exercise(study: &Study, acts: &[Act], weights: &Weights, actors: &[String], power: &mut Power) {
    let mut dyads: BTreeMap<(&str, &str, usize), Vec<usize>> = BTreeMap::new();
    for (at, act) in acts.iter().enumerate() {
        if !actors.contains(&act.unit) {
            continue;
        }
        for k in weights.possible(at, act) {
            for target in
                act.targets.iter().filter(|target| !matches!(target, Target::Unit(id) if *id == act.unit))
            {
                dyads.entry((&act.unit, target.id(), k)).or_default().push(at);
            }
        }
    }
    let about = &study.options.about;
    let years = about.from..=about.to;
    let means: BTreeMap<i16, Vec<f64>> =
        years.clone().map(|year| (year, weights.mean_reach(acts, &(about.from..=year)))).collect();
    for ((sender, target, k), list) in dyads {
        for year in years.clone() {
            let counted: Vec<usize> =
                list.iter().copied().filter(|at| (about.from..=year).contains(&acts[*at].year)).collect();
            if counted.is_empty() {
                continue;
            }
            let of = |(draw, mean): (usize, &f64)| -> f64 {
                let of_type = counted.iter().filter(|at| weights.type_in(draw, **at, &acts[**at]) == Some(k));
                of_type.fold(0.0, |sum, at| sum + weights.of(draw, *at, *mean))
            };
            let draws: Vec<f64> = means[&year].iter().enumerate().map(of).collect();
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

/// The acts of ranked actors and what is drawn of them.
pub(super) struct Record<'a> {
    pub(super) study: &'a Study,
    pub(super) acts: &'a [Act],
    pub(super) weights: &'a Weights,
    pub(super) actors: &'a [String],
}

/// Acts that count for something.
struct Counted {
    /// Positions of acts and of their actors.
    list: Vec<(usize, usize)>,
    /// Number of acts by actor and type, unweighted.
    acts: Vec<Vec<usize>>,
    /// Of which years they are.
    years: RangeInclusive<i16>,
}

/// Which type leads in the acts of each actor.
pub(super) struct Observed {
    /// By actor and draw.
    pub(super) leading: Vec<Vec<usize>>,
    /// Number of acts by actor, unweighted.
    pub(super) acts: Vec<usize>,
}

/// In which sense a type leads in an actor's acts.
#[derive(Debug, Clone, Copy)]
pub(super) enum Leading {
    /// Its share is the largest.
    ByShare,
    /// Its share is the largest relative to its share in the acts of all.
    Comparative,
}

impl Observed {
    fn of(counted: &Counted, drawn: &[Drawn], leading: Leading) -> Observed {
        let of = |draw: &Drawn, actor: usize| match leading {
            Leading::ByShare => draw.leading[actor],
            Leading::Comparative => largest(&draw.rca[actor]),
        };
        Observed {
            leading: (0..counted.acts.len())
                .map(|actor| drawn.iter().map(|draw| of(draw, actor)).collect())
                .collect(),
            acts: counted.acts.iter().map(|acts| acts.iter().sum()).collect(),
        }
    }
}

impl Record<'_> {
    /// What is observed of the acts of some years that are kept.
    pub(super) fn observed(
        &self,
        years: RangeInclusive<i16>,
        leading: Leading,
        keep: &dyn Fn(&Act) -> bool,
    ) -> Observed {
        let counted = self.counted(years, keep);
        Observed::of(&counted, &self.drawn(&counted), leading)
    }

    fn counted(&self, years: RangeInclusive<i16>, keep: &dyn Fn(&Act) -> bool) -> Counted {
        let n_types = self.study.codebook.types.len();
        let acts = vec![vec![0; n_types]; self.actors.len()];
        let mut counted = Counted { list: Vec::new(), acts, years };
        for (at, act) in self.acts.iter().enumerate().filter(|(_, act)| keep(act)) {
            let Some(actor) = self.actors.iter().position(|id| *id == act.unit) else { continue };
            if counted.years.contains(&act.year) && (act.power.is_some() || act.coded.is_some()) {
                if let Some(k) = act.power {
                    counted.acts[actor][k] += 1;
                }
                counted.list.push((at, actor));
            }
        }
        counted
    }

    fn drawn(&self, counted: &Counted) -> Vec<Drawn> {
        let options = &self.study.options;
        let n_types = self.study.codebook.types.len();
        let stream = Seed(options.uncertainty.seed).stream(STAGE, "shares");
        let prior = options.infer.prior;
        let means = self.weights.mean_reach(self.acts, &counted.years);
        (0..options.uncertainty.draws)
            .into_par_iter()
            .map(|draw| {
                let mut exercise = vec![vec![0.0; n_types]; self.actors.len()];
                for (at, actor) in &counted.list {
                    if let Some(k) = self.weights.type_in(draw, *at, &self.acts[*at]) {
                        exercise[*actor][k] += self.weights.of(draw, *at, means[draw]);
                    }
                }
                let mut random = stream.draw(draw);
                let shares: Vec<Vec<f64>> = exercise
                    .iter()
                    .map(|acts| random.dirichlet(&acts.iter().map(|v| prior + v).collect::<Vec<f64>>()))
                    .collect();
                Drawn::new(exercise, shares, prior)
            })
            .collect()
    }

    /// Reliance by the acts up to the end of each year, and which types lead in them.
    pub(super) fn reliance(&self, power: &mut Power, notes: &mut Notes) -> BTreeMap<i16, Observed> {
        let about = &self.study.options.about;
        let n_types = self.study.codebook.types.len();
        let mut observed = BTreeMap::new();
        if n_types == 0 || self.actors.is_empty() {
            return observed;
        }
        for year in about.from..=about.to {
            let counted = self.counted(about.from..=year, &|_| true);
            if year == about.headline {
                let silent: Vec<&str> = self
                    .actors
                    .iter()
                    .zip(&counted.acts)
                    .filter(|(_, acts)| acts.iter().sum::<usize>() == 0)
                    .map(|(id, _)| id.as_str())
                    .collect();
                if !silent.is_empty() {
                    notes.push(
                        Note::new(Kind::NoActs, STAGE, Place::file("tables/events.csv"))
                            .list("actors", silent),
                    );
                }
            }
            let drawn = self.drawn(&counted);
            for (actor, id) in self.actors.iter().enumerate() {
                for (k, acts) in counted.acts[actor].iter().enumerate() {
                    let of = |f: &dyn Fn(&Drawn) -> f64| -> Vec<f64> { drawn.iter().map(f).collect() };
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
                        above_one: share_of(&drawn, |d| d.rca[actor][k] > 1.0),
                        leading: share_of(&drawn, |d| d.leading[actor] == k),
                        first: share_of(&drawn, |d| d.first[actor][k]),
                    });
                    if about.reported().contains(&year) {
                        power.reliance_draws.push(RelianceDraws {
                            actor: id.clone(),
                            power: k,
                            year,
                            exercise: of(&|d| d.exercise[actor][k]),
                            share,
                            rca,
                        });
                    }
                }
            }
            observed.insert(year, Observed::of(&counted, &drawn, Leading::ByShare));
        }
        observed
    }
}

/// Position of the largest value, the first of several.
fn largest(values: &[f64]) -> usize {
    (0..values.len()).fold(0, |best, k| if values[k] > values[best] { k } else { best })
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
        let leading = shares.iter().map(|shares| largest(shares)).collect();
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
