//! Exposure: who can reach whom, through which channel, and the asymmetry between the two directions.
//!
//! Four channels are computed; a codebook says which type of power goes through which: loss under denial
//! ([`Channel::Denial`]), pivotality in the coalitional game of sustaining the production graph ([`Channel::Pivotality`]), market
//! dependence ([`Channel::Market`]) and endorsement of one's texts ([`Channel::Endorsement`]).

mod endorsement;
mod flows;
mod game;
mod graph;
mod market;
pub mod network;
mod supply;
mod trade;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

pub use game::banzhaf;
pub use trade::{Dependence, Measure, Standing, Topology, Trade};

use crate::codebook::Channel;
use crate::diag::Notes;
use crate::num::{Seed, Summary};
use crate::study::Study;
use graph::Graph;
use supply::{Drawn, Shares};

const STAGE: &str = "relate";
/// The target of what reaches everyone alike.
pub const EVERYONE: &str = "*";

/// The exposure of a target to a sender through one channel in one year.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reach {
    /// Who acts.
    pub sender: String,
    /// On whom; [`EVERYONE`] for diffuse channels.
    pub target: String,
    /// Year.
    pub year: i16,
    /// Exposure in [0, 1], one per draw.
    pub draws: Vec<f64>,
}

/// What a sender could withhold from a target at one input, with everything below it in the production graph.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Denial {
    /// Who withholds.
    pub sender: String,
    /// From whom.
    pub target: String,
    /// The input; empty for the final products together.
    pub input: String,
    /// Year.
    pub year: i16,
    /// Exposure `1 - exp(-loss)` after substitution.
    pub exposure: Summary,
    /// The Leontief reading, beside the first and never mixed in: the share lost at the worst single input if inputs are used in
    /// fixed proportions. It bounds the first only where the elasticity is at least 2.
    pub leontief: Summary,
}

/// The weight of an actor in the game of sustaining the production graph.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Weight {
    /// The supplier.
    pub actor: String,
    /// Year.
    pub year: i16,
    /// Share of the draws in which all others together cannot sustain the graph.
    pub veto: f64,
    /// Banzhaf's index: the share of coalitions of the others for which it is pivotal.
    pub banzhaf: Summary,
}

/// How much more one actor is exposed to another than the other way round: `A(i, j) = X(i -> j) - X(j -> i)`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Asymmetry {
    /// The channel.
    pub channel: Channel,
    /// Who acts (`i`).
    pub sender: String,
    /// On whom (`j`).
    pub target: String,
    /// Year.
    pub year: i16,
    /// Over the draws, in [-1, 1]; above zero if the target is more exposed.
    pub difference: Summary,
    /// Share of the draws in which the target is more exposed.
    pub above_zero: f64,
}

/// All exposures of a study.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Exposure {
    /// Number of draws.
    pub draws: usize,
    /// By channel, sorted by sender, target and year. A pair that is missing is unknown.
    pub channels: BTreeMap<Channel, Vec<Reach>>,
    /// For every pair of ranked actors whose exposure is known both ways.
    pub asymmetries: Vec<Asymmetry>,
    /// Per input for the headline year, and over all for every year.
    pub denials: Vec<Denial>,
    /// Per supplier and year.
    pub weights: Vec<Weight>,
    /// Inputs with what each needs, for drawing the graph: (input, what it needs).
    pub graph: Vec<(String, Vec<String>)>,
    /// What follows from flows of trade.
    pub trade: Trade,
}

impl Exposure {
    /// The exposure of a target to a sender through a channel in a year; `None` if unknown. A diffuse channel answers for
    /// every target.
    #[must_use]
    pub fn reach(&self, channel: Channel, sender: &str, target: &str, year: i16) -> Option<&Reach> {
        let list = self.channels.get(&channel)?;
        let find = |target: &str| {
            list.binary_search_by(|r| {
                (r.sender.as_str(), r.target.as_str(), r.year).cmp(&(sender, target, year))
            })
            .ok()
            .map(|at| &list[at])
        };
        find(target).or_else(|| find(EVERYONE))
    }
}

/// Computes all exposures, each in [0, 1] and one per draw. Senders are the states and blocs that supply something, have a market or issued a text; targets
/// are the ranked actors.
///
/// ```
/// use techpower::{codebook::Channel, relate::relate, study::{Keep, Study, template}};
/// let mut files = template("demo");
/// let mut put = |name: &str, text: &str| files.insert(format!("tables/{name}.csv"), text.to_owned());
/// put("actors", "actor,name_en,name_zh,kind\nUSA,United States,美国,state\nCHN,China,中国,state\n");
/// put("markets", "actor,market,year,share,reference\nCHN,USA,2023,0.16,r\n");
/// let (study, _) = Study::read(&files, Keep::Rows);
/// let (exposure, _) = relate(&study.expect("a study"));
/// let reach = exposure.reach(Channel::Market, "USA", "CHN", 2024).expect("carried forward a year");
/// assert!(reach.draws.iter().all(|share| *share == 0.16));
/// assert!(exposure.reach(Channel::Market, "CHN", "USA", 2024).is_none()); // unknown, not zero
/// ```
#[must_use]
pub fn relate(study: &Study) -> (Exposure, Notes) {
    let mut notes = Notes::new();
    let graph = Graph::new(study);
    let targets = study.ranked();
    let years: Vec<i16> = (study.options.about.from..=study.options.about.to).collect();
    let seed = Seed(study.options.uncertainty.seed);
    let mut exposure =
        Exposure { draws: study.options.uncertainty.draws, graph: graph.edges(), ..Exposure::default() };
    let shares = Shares::new(study, &graph, &years, &mut notes);
    // Years with the same data have the same results: compute each once.
    let mut done: BTreeMap<&[Option<i16>], usize> = BTreeMap::new();
    let mut periods: Vec<(Vec<i16>, usize)> = Vec::new();
    for (at, year) in years.iter().enumerate() {
        let key = shares.data_years(at);
        if key.iter().all(Option::is_none) {
            continue;
        }
        match done.get(key) {
            Some(period) => periods[*period].0.push(*year),
            None => {
                done.insert(key, periods.len());
                periods.push((vec![*year], at));
            }
        }
    }
    let headline = study.options.about.headline;
    let mut denial = Vec::new();
    let mut pivotality = Vec::new();
    for (years, at) in periods {
        let drawn = shares.draw(at, seed);
        let demand = shares_of_demand(study, &targets, drawn.year);
        let period = Period { graph: &graph, drawn: &drawn, demand, targets: &targets, years, headline };
        let (reaches, denials) = period.deny();
        denial.extend(reaches);
        exposure.denials.extend(denials);
        let (reaches, weights) = period.play(&mut notes);
        pivotality.extend(reaches);
        exposure.weights.extend(weights);
    }
    exposure.channels.insert(Channel::Denial, denial);
    exposure.channels.insert(Channel::Pivotality, pivotality);
    exposure.channels.insert(Channel::Market, market::market(study, &targets, &years, seed));
    exposure.channels.insert(Channel::Endorsement, endorsement::endorsement(study, &years, seed, &mut notes));
    for list in exposure.channels.values_mut() {
        list.sort_by(|a, b| (&a.sender, &a.target, a.year).cmp(&(&b.sender, &b.target, b.year)));
    }
    exposure.asymmetries = asymmetries(&exposure, &targets, &years);
    exposure.denials.sort_by(|a, b| {
        (&a.sender, &a.target, &a.input, a.year).cmp(&(&b.sender, &b.target, &b.input, b.year))
    });
    exposure.weights.sort_by(|a, b| (&a.actor, a.year).cmp(&(&b.actor, b.year)));
    exposure.trade = trade::relate_trade(study, &mut notes);
    (exposure, notes)
}

/// The asymmetry of every pair of targets, in both orders, where both directions are known.
fn asymmetries(exposure: &Exposure, targets: &[String], years: &[i16]) -> Vec<Asymmetry> {
    let mut cases: Vec<(Channel, &String, &String, i16)> = Vec::new();
    for channel in exposure.channels.keys() {
        for sender in targets {
            for target in targets.iter().filter(|target| *target != sender) {
                cases.extend(years.iter().map(|year| (*channel, sender, target, *year)));
            }
        }
    }
    cases
        .into_par_iter()
        .filter_map(|(channel, sender, target, year)| {
            let there = exposure.reach(channel, sender, target, year)?;
            let back = exposure.reach(channel, target, sender, year)?;
            let differences: Vec<f64> = there.draws.iter().zip(&back.draws).map(|(x, y)| x - y).collect();
            let above = differences.iter().filter(|d| **d > 0.0).count() as f64 / differences.len() as f64;
            Some(Asymmetry {
                channel,
                sender: sender.clone(),
                target: target.clone(),
                year,
                difference: Summary::of(&differences)?,
                above_zero: above,
            })
        })
        .collect()
}

/// Years that rest on the same data of supply.
struct Period<'a> {
    graph: &'a Graph,
    drawn: &'a Drawn,
    /// Shares of demand of the targets.
    demand: BTreeMap<String, f64>,
    targets: &'a [String],
    years: Vec<i16>,
    /// The year of which results are kept per input.
    headline: i16,
}

impl Period<'_> {
    /// A reach for each year of the period.
    fn reaches(&self, sender: &str, target: &str, draws: &[f64]) -> impl Iterator<Item = Reach> {
        self.years.iter().map(move |year| Reach {
            sender: sender.to_owned(),
            target: target.to_owned(),
            year: *year,
            draws: draws.to_vec(),
        })
    }

    /// Loss under denial for every sender and target.
    fn deny(&self) -> (Vec<Reach>, Vec<Denial>) {
        let players = &self.drawn.players;
        let pairs: Vec<(usize, &String)> = (0..players.len())
            .flat_map(|sender| self.targets.iter().map(move |target| (sender, target)))
            .filter(|(sender, target)| players[*sender] != **target)
            .collect();
        let results: Vec<(Vec<f64>, Vec<Denial>)> =
            pairs.par_iter().map(|(sender, target)| self.deny_one(*sender, target)).collect();
        let (mut reaches, mut denials) = (Vec::new(), Vec::new());
        for ((sender, target), (total, rows)) in pairs.into_iter().zip(results) {
            denials.extend(rows);
            if !total.iter().any(|x| x.is_nan()) {
                reaches.extend(self.reaches(&players[sender], target, &total));
            }
        }
        (reaches, denials)
    }

    /// Exposure of one target to one sender over all draws, and the rows of the table of denials.
    fn deny_one(&self, sender: usize, target: &str) -> (Vec<f64>, Vec<Denial>) {
        let demand = self.demand.get(target).copied();
        let losses: Vec<graph::Loss> = (0..self.drawn.draws)
            .map(|draw| self.graph.loss(self.drawn, sender, target, demand, draw))
            .collect();
        let row = |input: &str, exposures: &[f64], bounds: &[f64], year: i16| {
            Some(Denial {
                sender: self.drawn.players[sender].clone(),
                target: target.to_owned(),
                input: input.to_owned(),
                year,
                exposure: Summary::of(exposures)?,
                leontief: Summary::of(bounds)?,
            })
        };
        let total: Vec<f64> = losses.iter().map(|loss| exposure_of(loss.total)).collect();
        let leontief: Vec<f64> = losses.iter().map(|loss| loss.leontief).collect();
        let mut denials: Vec<Denial> =
            self.years.iter().filter_map(|year| row("", &total, &leontief, *year)).collect();
        if self.years.contains(&self.headline) {
            for (at, input) in self.graph.inputs.iter().enumerate() {
                let values: Vec<f64> = losses.iter().map(|loss| exposure_of(loss.inputs[at].0)).collect();
                let leontief: Vec<f64> = losses.iter().map(|loss| loss.inputs[at].1).collect();
                denials.extend(row(&input.id, &values, &leontief, self.headline));
            }
        }
        (total, denials)
    }

    /// The game of sustaining the graph: pivotality of every supplier for every target, and its weight overall.
    fn play(&self, notes: &mut Notes) -> (Vec<Reach>, Vec<Weight>) {
        let game = game::play(self.graph, self.drawn, notes);
        let (mut reaches, mut weights) = (Vec::new(), Vec::new());
        for (at, player) in game.players.iter().enumerate() {
            let banzhaf: Vec<f64> = game.draws.iter().map(|draw| draw.banzhaf(at)).collect();
            let vetoes = game.draws.iter().filter(|draw| draw.veto[at]).count();
            let veto = vetoes as f64 / game.draws.len() as f64;
            if let Some(banzhaf) = Summary::of(&banzhaf) {
                weights.extend(self.years.iter().map(|year| Weight {
                    actor: player.clone(),
                    year: *year,
                    veto,
                    banzhaf,
                }));
            }
            for target in self.targets.iter().filter(|target| *target != player) {
                let with = game.players.iter().position(|other| other == target);
                let draws: Vec<f64> = game.draws.iter().map(|draw| draw.pivotality(at, with)).collect();
                reaches.extend(self.reaches(player, target, &draws));
            }
        }
        (reaches, weights)
    }
}

/// Exposure of a log-loss: `1 - exp(-loss)`.
fn exposure_of(loss: f64) -> f64 {
    -libm::expm1(-loss)
}

/// Each ranked actor's share of demand for the study's inputs in a year: its part in the ranked actors' total of the indicator that
/// stands for demand. The latest value of at most `max_age` years counts, rivals averaged. As others than the ranked demand
/// something too, the shares are somewhat too large, and own supply covers somewhat less than it does.
fn shares_of_demand(study: &Study, ranked: &[String], year: i16) -> BTreeMap<String, f64> {
    let options = &study.options.relate;
    let ranked: BTreeSet<&str> = ranked.iter().map(String::as_str).collect();
    let mut values: BTreeMap<&str, BTreeMap<i16, Vec<f64>>> = BTreeMap::new();
    for row in &study.indicators {
        let actor = study.resolve(row.actor);
        let value = if row.value.is_nan() { (row.low + row.high) / 2.0 } else { row.value };
        let counts = (year.saturating_sub(options.max_age)..=year).contains(&row.year) && !value.is_nan();
        if counts && study.resolve(row.indicator) == options.demand && ranked.contains(actor) {
            values.entry(actor).or_default().entry(row.year).or_default().push(value);
        }
    }
    let latest: BTreeMap<&str, f64> = values
        .into_iter()
        .filter_map(|(actor, mut by_year)| {
            let (_, mut rivals) = by_year.pop_last()?;
            rivals.sort_by(f64::total_cmp);
            Some((actor, crate::num::mean(&rivals)))
        })
        .collect();
    let total: f64 = latest.values().sum();
    latest
        .into_iter()
        .filter(|_| total > 0.0)
        .map(|(actor, value)| (actor.to_owned(), value / total))
        .collect()
}
