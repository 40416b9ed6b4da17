//! Power: potential, exercise and reliance, on common draws, and the corollary that scarcity implies the type.
//!
//! Formulas: potential is the geometric mean of the sources a type draws on times the exposure of its channel; exercise is the
//! weighted number of acts; reliance is revealed comparative use, Balassa's index on acts (Balassa 1965, *The Manchester School*
//! 33(2), 99-123), with a Dirichlet prior on each actor's shares so that few acts give wide intervals.

mod corollary;
mod reliance;

pub use corollary::{Basis, Change, Corollary, Implied, Trial};
pub use reliance::{Reliance, RelianceDraws};

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::code::Act;
use crate::code::agreement::correction::Confusion;
use crate::diag::Notes;
use crate::measure::Index;
use crate::num::Summary;
use crate::relate::{EVERYONE, Exposure};
use crate::study::Study;

const STAGE: &str = "infer";

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

/// Draws of the potential of one actor over another in a reported year.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PotentialDraws {
    /// Who acts.
    pub sender: String,
    /// On whom.
    pub target: String,
    /// Position of the type.
    pub power: usize,
    /// Year.
    pub year: i16,
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
    /// The corollary tested with one thing made otherwise.
    pub trials: Vec<Trial>,
    /// Draws of reliance, for the reported years ([`About::reported`](crate::study::About::reported)).
    pub reliance_draws: Vec<RelianceDraws>,
    /// Draws of potential among focal actors, for the same years.
    pub potential_draws: Vec<PotentialDraws>,
}

impl Power {
    /// The reliance of an actor on a type (by position) in a year.
    #[must_use]
    pub fn reliance_of(&self, actor: &str, power: usize, year: i16) -> Option<&Reliance> {
        self.reliance.iter().find(|r| r.actor == actor && r.power == power && r.year == year)
    }

    /// The trials of a year, or over all years together, each with how far its advantage ([`Corollary::advantage`]) lies from that of the
    /// test with nothing made otherwise on the same basis; those that move it most come first. Those of a basis without such a test are left out.
    #[must_use]
    pub fn moved(&self, year: Option<i16>) -> Vec<(&Trial, f64)> {
        let of_year = || self.trials.iter().filter(move |trial| trial.year == year);
        let stated = |basis: Basis| {
            of_year().find(|trial| trial.change == Change::Nothing && trial.outcome.basis == basis)
        };
        let mut moved: Vec<(&Trial, f64)> = of_year()
            .filter(|trial| trial.change != Change::Nothing)
            .filter_map(|trial| {
                let stated = stated(trial.outcome.basis)?;
                Some((trial, trial.outcome.advantage() - stated.outcome.advantage()))
            })
            .collect();
        moved.sort_by(|(_, a), (_, b)| b.abs().total_cmp(&a.abs()));
        moved
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
    infer_weighed(study, index, exposure, acts, None, &BTreeMap::new())
}

/// As [`infer`], with acts among them that a coder found in texts and nobody checked: in each draw the type of such an act ([`Act::coded`]), or that it is no
/// act at all, is drawn from what was true of what was coded in checked documents ([`Confusion::posterior`]), so that exercise and reliance carry the
/// coder's errors. Acts that the coder missed in unchecked documents are not made up for.
///
/// ```
/// use techpower::{code::{acts, corpus, count, errors}, infer::infer_coded, measure::measure, relate::relate};
/// use techpower::study::{Keep, Study, template};
/// let mut files = template("demo");
/// files.insert("tables/actors.csv".into(), "actor,name_en,name_zh,kind\nUSA,United States,美国,state\nCHN,China,中国,state\n".into());
/// let toml = files["study.toml"].replace("count = false", "count = true");
/// files.insert("study.toml".into(), toml);
/// let line = |id: &str, event: &str| format!("{{\"id\":\"{id}\",\"date\":\"2022-10-07\",{event}\"text\":\"The United States imposed \
///     export controls on advanced chips sold to China.\"}}\n");
/// files.insert("corpus/news.jsonl".into(), line("a", "") + "{\"id\":\"b\",\"event\":\"\",\"text\":\"The choir sang.\"}\n");
/// let mut study = Study::read(&files, Keep::Rows).0.expect("a study");
/// let (corpus, _) = corpus(&study, &files);
/// let _ = count(&mut study, &corpus);
/// let (index, exposure, mut acts) = (measure(&study).0, relate(&study).0, acts(&study).0);
/// let errors = errors(&study, &corpus, &mut acts);
/// let (power, _) = infer_coded(&study, &index, &exposure, &acts, errors.as_ref());
/// // One act was coded; nothing is known of how often such a coding is right.
/// let reliance = power.reliance_of("USA", 0, 2024).expect("a ranked actor");
/// assert_eq!(reliance.acts, 1);
/// assert!(reliance.leading < 0.5);
/// ```
#[must_use]
pub fn infer_coded(
    study: &Study,
    index: &Index,
    exposure: &Exposure,
    acts: &[Act],
    errors: Option<&Confusion>,
) -> (Power, Notes) {
    infer_weighed(study, index, exposure, acts, errors, &BTreeMap::new())
}

/// As [`infer_coded`], with acts weighed by what their instruments reach, where that is modelled: `reach` has bounds for events by id
/// ([`Findings::acts`](crate::rules::Findings::acts)). In each draw an act's weight is multiplied by a number drawn between its bounds over the mean of
/// these numbers over the acts of the years that are looked at, so that modelled acts weigh as much as others on the whole, and among them those that reach
/// more weigh more.
#[must_use]
pub fn infer_weighed(
    study: &Study,
    index: &Index,
    exposure: &Exposure,
    acts: &[Act],
    errors: Option<&Confusion>,
    reach: &BTreeMap<String, (f64, f64)>,
) -> (Power, Notes) {
    let mut notes = Notes::new();
    let mut power = Power { draws: study.options.uncertainty.draws, ..Power::default() };
    potentials(study, index, exposure, &mut power);
    let actors = study.ranked();
    let weights = reliance::Weights::draw(study, acts, errors, reach, &mut notes);
    reliance::exercise(study, acts, &weights, &actors, &mut power);
    let record = reliance::Record { study, acts, weights: &weights, actors: &actors };
    let observed = record.reliance(&mut power, &mut notes);
    corollary::corollary(&record, index, &observed, &mut power, &mut notes);
    (power, notes)
}

/// Potential `P = (prod S)^(1/n) * X` over the `n` sources a type draws on.
fn potentials(study: &Study, index: &Index, exposure: &Exposure, power: &mut Power) {
    let reported = study.options.about.reported();
    let focal: BTreeSet<&String> = study.focal.iter().collect();
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
                let is_reported = reported.contains(&reach.year)
                    && focal.contains(&reach.sender)
                    && (reach.target == EVERYONE || focal.contains(&reach.target));
                let kept = is_reported.then(|| PotentialDraws {
                    sender: reach.sender.clone(),
                    target: reach.target.clone(),
                    power: k,
                    year: reach.year,
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

fn share_of<T>(draws: &[T], holds: impl Fn(&T) -> bool) -> f64 {
    draws.iter().filter(|draw| holds(draw)).count() as f64 / draws.len() as f64
}
