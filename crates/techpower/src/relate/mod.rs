//! Exposure: who can reach whom, through which channel, and the asymmetry between the two directions.
//!
//! Four channels are computed; a codebook says which type of power goes through which: loss under denial
//! ([`Channel::Denial`]), pivotality in the coalitional game of sustaining the production graph ([`Channel::Pivotality`]), market
//! dependence ([`Channel::Market`]) and endorsement of one's texts ([`Channel::Endorsement`]).

mod baseline;
mod concentration;
mod conditions;
mod denial;
mod endorsement;
pub mod extraction;
mod flows;
pub mod game;
mod graph;
mod market;
pub mod network;
mod paths;
mod play;
mod supply;
mod transactions;
mod trade;
mod withhold;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

pub use baseline::{Agreement, Baseline, Subject};
pub use concentration::{Concentration, Holding, herfindahl};
pub(crate) use conditions::latest as latest_condition;
pub use paths::Path;
pub use play::{Alliance, BASE, Chokepoint, Cut, CutKind, Remainder, Specification, Weight};
pub use trade::{Dependence, Measure, Standing, Topology, Trade};
pub use transactions::{Extraction, Rest, Side, Transacted};
pub use withhold::{Withheld, Withholding, withhold};

use crate::codebook::{ActorKind, Channel};
use crate::diag::{Kind, Note, Notes, Place};
use crate::measure::spans;
use crate::num::{Seed, Summary};
use crate::study::{Blocs, Study};
use denial::{Case, Denial, Lost};
use game::{Ask, Power};
use graph::{Basis, Graph};
use paths::Spread;
use play::Table;
use supply::{Drawn, Holdings, Shares};

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

/// What a sender or a coalition could withhold from a target at one input, with everything below it in the production graph.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Loss {
    /// Who withholds: an actor, or the name of a coalition of `study.toml`.
    pub sender: String,
    /// From whom.
    pub target: String,
    /// The layer; empty for the final products together.
    pub layer: String,
    /// The input; empty for all outputs of a layer, or for the final products together.
    pub input: String,
    /// Year.
    pub year: i16,
    /// Exposure `1 - exp(-loss)` after substitution.
    pub exposure: Summary,
    /// The Leontief reading, beside the first and never mixed in: the share lost at the worst single input if inputs are used in
    /// fixed proportions. At a single input it bounds the first where the elasticity is at least 2; losses along a chain add up and can
    /// exceed it.
    pub leontief: Summary,
    /// What it would cost the sender, over the final products: the share of its own sales that lies in the target's market, as far as
    /// it withholds. `None` if unknown, and for coalitions.
    pub cost: Option<Summary>,
}

/// In how many specifications of the coalitional game a supplier has a veto.
#[derive(Debug, Clone, PartialEq)]
pub struct Vetoes {
    /// The supplier.
    pub actor: String,
    /// Year.
    pub year: i16,
    /// Specifications in which it is a player.
    pub specifications: usize,
    /// In how many of them it has a veto whatever the uncertain shares are within their bounds.
    pub certain: usize,
    /// In how many it has one in at least 95 % of draws.
    pub likely: usize,
    /// In how many it has one in at least half of the draws.
    pub even: usize,
    /// In how many it has one for some shares.
    pub possible: usize,
    /// Mean probability of a veto over them.
    pub probability: f64,
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
    /// Per input and layer for the headline year, and over all for every year.
    pub losses: Vec<Loss>,
    /// How losses over the final products arrive, in the headline year.
    pub paths: Vec<Path>,
    /// What suppliers hold.
    pub holdings: Vec<Holding>,
    /// How concentrated supply is.
    pub concentrations: Vec<Concentration>,
    /// The specifications of the coalitional game, the study's own first.
    pub specifications: Vec<Specification>,
    /// Per specification, supplier and year; other specifications than the study's own for the headline year alone.
    pub weights: Vec<Weight>,
    /// Minimal coalitions in the headline year.
    pub cuts: Vec<Cut>,
    /// What named coalitions can do in the headline year.
    pub alliances: Vec<Alliance>,
    /// Where single suppliers can stop the graph in the headline year.
    pub chokepoints: Vec<Chokepoint>,
    /// Measures of topology beside loss under denial, in the headline year.
    pub baselines: Vec<Baseline>,
    /// How far these agree.
    pub agreements: Vec<Agreement>,
    /// Inputs with what each needs, for drawing the graph: (input, what it needs).
    pub graph: Vec<(String, Vec<String>)>,
    /// What the input-output transactions say.
    pub transacted: Transacted,
    /// What follows from flows of trade.
    pub trade: Trade,
}

impl Exposure {
    fn channel(&mut self, channel: Channel) -> &mut Vec<Reach> {
        self.channels.entry(channel).or_default()
    }

    /// The specifications over which is counted: the grid, or the study's own if there is no grid.
    pub fn counted(&self) -> impl Iterator<Item = &Specification> {
        let gridded = self.specifications.len() > 1;
        self.specifications.iter().filter(move |specification| (specification.id != BASE) == gridded)
    }

    /// In how many specifications each supplier has a veto in the headline year, the likeliest first: over the grid, or the study's own
    /// specification if there is no grid. A bloc counts only where its members act as one.
    #[must_use]
    pub fn vetoes(&self, study: &Study) -> Vec<Vetoes> {
        let among: BTreeSet<&str> = self.counted().map(|specification| specification.id.as_str()).collect();
        let year = study.options.about.headline;
        let apart: BTreeSet<&str> = self
            .specifications
            .iter()
            .filter(|specification| specification.blocs == Blocs::Many)
            .map(|specification| specification.id.as_str())
            .collect();
        let is_bloc = |id: &str| study.actors.get(id).is_some_and(|actor| actor.kind == ActorKind::Bloc);
        let counted = |w: &&Weight| {
            among.contains(w.specification.as_str())
                && w.year == year
                && !(apart.contains(w.specification.as_str()) && is_bloc(&w.actor))
        };
        let mut by_actor: BTreeMap<&str, Vec<&Weight>> = BTreeMap::new();
        for weight in self.weights.iter().filter(counted) {
            by_actor.entry(&weight.actor).or_default().push(weight);
        }
        let mut vetoes: Vec<Vetoes> = by_actor
            .into_iter()
            .map(|(actor, weights)| {
                let count = |holds: &dyn Fn(&Weight) -> bool| weights.iter().filter(|w| holds(w)).count();
                Vetoes {
                    actor: actor.to_owned(),
                    year: weights[0].year,
                    specifications: weights.len(),
                    certain: count(&|w| w.certain),
                    likely: count(&|w| w.veto >= 0.95),
                    even: count(&|w| w.veto >= 0.5),
                    possible: count(&|w| w.possible),
                    probability: weights.iter().map(|w| w.veto).sum::<f64>() / weights.len() as f64,
                }
            })
            .collect();
        vetoes.sort_by(|a, b| b.probability.total_cmp(&a.probability).then(a.actor.cmp(&b.actor)));
        vetoes
    }

    /// Puts rows in order, so that they can be found and do not depend on how they came about.
    fn sort(&mut self) {
        for list in self.channels.values_mut() {
            list.sort_by(|a, b| (&a.sender, &a.target, a.year).cmp(&(&b.sender, &b.target, b.year)));
        }
        self.losses.sort_by(|a, b| {
            let key =
                |l: &Loss| (l.sender.clone(), l.target.clone(), l.input.clone(), l.layer.clone(), l.year);
            key(a).cmp(&key(b))
        });
        self.holdings.sort_by(|a, b| (&a.input, a.year, &a.provider).cmp(&(&b.input, b.year, &b.provider)));
        self.concentrations.sort_by(|a, b| (&a.input, a.year).cmp(&(&b.input, b.year)));
        let order: BTreeMap<&str, usize> =
            self.specifications.iter().enumerate().map(|(at, s)| (s.id.as_str(), at)).collect();
        self.weights.sort_by(|a, b| {
            let at = |w: &Weight| order[w.specification.as_str()];
            (at(a), &a.actor, a.year).cmp(&(at(b), &b.actor, b.year))
        });
    }

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
    let options = &study.options;
    let seed = Seed(options.uncertainty.seed);
    let years: Vec<i16> = (options.about.from..=options.about.to).collect();
    let targets = study.ranked();
    let graph = Graph::new(study);
    notes.extend(graph.orphans());
    let markets = market::market(study, &targets, &years, seed, &mut notes);
    let mut exposure = Exposure {
        draws: options.uncertainty.draws,
        graph: graph.edges(),
        specifications: vec![Specification::base(&options.relate)],
        ..Exposure::default()
    };
    exposure.specifications.extend(Specification::grid(&options.relate));
    let shares = Shares::new(study, &graph, &years, &mut notes);
    let reader = Reader { study, graph: &graph, targets: &targets, markets: &markets, seed };
    for (years, at) in periods(&shares, &years) {
        reader.period(&shares, at, &years, &mut exposure, &mut notes);
    }
    exposure.channels.insert(Channel::Market, conditions::multiply(study, markets, seed, &mut notes));
    exposure.channels.insert(Channel::Endorsement, endorsement::endorsement(study, &years, seed, &mut notes));
    exposure.trade = trade::relate_trade(study, &mut notes);
    exposure.sort();
    exposure.asymmetries = asymmetries(&exposure, &targets, &years);
    exposure.transacted = transactions::relate_transactions(study, &mut notes);
    (exposure, notes)
}

/// Years that rest on the same data of supply, with the position of the first: what is drawn for one holds for all.
fn periods(shares: &Shares<'_>, years: &[i16]) -> Vec<(Vec<i16>, usize)> {
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
    periods
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

/// What all periods have in common.
struct Reader<'a> {
    study: &'a Study,
    graph: &'a Graph,
    targets: &'a [String],
    markets: &'a [Reach],
    seed: Seed,
}

/// What one sender, or a coalition, does to one target.
#[derive(Default)]
struct Denied {
    reach: Option<Vec<f64>>,
    losses: Vec<Loss>,
    paths: Vec<Path>,
}

impl Reader<'_> {
    /// Everything that rests on shares of supply, for years that rest on the same ones.
    fn period(
        &self,
        shares: &Shares<'_>,
        at: usize,
        years: &[i16],
        exposure: &mut Exposure,
        notes: &mut Notes,
    ) {
        let options = &self.study.options.relate;
        let drawn = shares.draw(at, self.seed);
        let holdings = drawn.holdings(Blocs::One);
        let known = holdings.known();
        let basis: Vec<Basis> =
            (0..known.len()).map(|input| self.graph.basis(input, options.subtypes, &known)).collect();
        let (held, concentrations) =
            concentration::concentration(self.graph, &drawn, &holdings, shares.data_years(at), years);
        exposure.holdings.extend(held);
        exposure.concentrations.extend(concentrations);
        let denial = Denial::new(self.graph, &drawn, &holdings, &basis);
        self.deny(&denial, years, exposure);
        let headline = self.study.options.about.headline;
        if years.contains(&headline) {
            let (losses, paths) = (&exposure.losses, &exposure.paths);
            (exposure.baselines, exposure.agreements) =
                baseline::baselines(self.graph, &holdings, self.targets.len(), losses, paths, headline);
        }
        self.play(&drawn, years, exposure, notes);
    }

    /// Loss under denial for every sender and target, and for every named coalition.
    fn deny(&self, denial: &Denial<'_>, years: &[i16], exposure: &mut Exposure) {
        let players = &denial.holdings.players;
        let demand = shares_of_demand(self.study, self.targets, denial.drawn.year);
        let alone =
            players.iter().enumerate().map(|(at, id)| (id.clone(), vec![at], vec![id.as_str()], true));
        let named = self.study.options.relate.coalitions.iter().map(|(name, ids)| {
            let units: BTreeSet<&str> = ids.iter().filter_map(|id| self.study.home_of(id)).collect();
            let seats = units.iter().filter_map(|id| denial.holdings.player(id)).collect();
            (name.clone(), seats, units.into_iter().collect(), false)
        });
        type Sender<'a> = (String, Vec<usize>, Vec<&'a str>, bool);
        let senders: Vec<Sender<'_>> = alone.chain(named).collect();
        let pairs: Vec<(&Sender<'_>, &String)> = senders
            .iter()
            .flat_map(|sender| self.targets.iter().map(move |target| (sender, target)))
            .filter(|((_, _, members, _), target)| !members.contains(&target.as_str()))
            .collect();
        let results: Vec<Denied> = pairs
            .par_iter()
            .map(|((name, seats, _, alone), target)| {
                let seats = denial.seats(seats, target);
                let case = Case { seats: &seats, demand: demand.get(*target).copied(), draw: 0 };
                self.deny_one(denial, (name, target), *alone, case, years)
            })
            .collect();
        for (((name, _, _, alone), target), denied) in pairs.into_iter().zip(results) {
            exposure.losses.extend(denied.losses);
            exposure.paths.extend(denied.paths);
            if let Some(draws) = denied.reach.filter(|_| *alone) {
                exposure.channel(Channel::Denial).extend(reaches(name, target, years, &draws));
            }
        }
    }

    /// Exposure of one target over all draws, by input and layer in the headline year, and how it arrives.
    fn deny_one(
        &self,
        denial: &Denial<'_>,
        (sender, target): (&str, &str),
        alone: bool,
        case: Case<'_>,
        years: &[i16],
    ) -> Denied {
        let headline = self.study.options.about.headline;
        let told = years.contains(&headline);
        let draws = denial.drawn.draws;
        let layers = denial.graph.layers();
        let outputs: Vec<&[usize]> =
            std::iter::once(&denial.graph.finals[..]).chain(layers.values().map(Vec::as_slice)).collect();
        let mut over = vec![(Vec::with_capacity(draws), Vec::with_capacity(draws)); outputs.len()];
        let inputs = if told { denial.graph.inputs.len() } else { 0 };
        let mut single = vec![(Vec::with_capacity(draws), Vec::with_capacity(draws)); inputs];
        let mut spread = Spread::default();
        for draw in 0..draws {
            let case = Case { draw, ..case };
            let lost = denial.losses(case);
            let push = |lists: &mut (Vec<f64>, Vec<f64>), lost: Lost| {
                lists.0.push(exposure_of(lost.log));
                lists.1.push(lost.worst);
            };
            for (lists, outputs) in over.iter_mut().zip(&outputs) {
                push(lists, denial.over(outputs, &lost));
            }
            for (lists, lost) in single.iter_mut().zip(&lost) {
                push(lists, *lost);
            }
            if told {
                spread.add(&denial.trace(case, &lost));
            }
        }
        let row = |layer: &str, input: &str, lists: &(Vec<f64>, Vec<f64>), year: i16| {
            Some(Loss {
                sender: sender.to_owned(),
                target: target.to_owned(),
                layer: layer.to_owned(),
                input: input.to_owned(),
                year,
                exposure: Summary::of(&lists.0)?,
                leontief: Summary::of(&lists.1)?,
                cost: None,
            })
        };
        let total = &over[0];
        let mut denied = Denied::default();
        denied.losses.extend(years.iter().filter_map(|year| {
            let cost = if alone { self.cost(denial, sender, target, *year) } else { None };
            Some(Loss { cost, ..row("", "", total, *year)? })
        }));
        if told {
            for (layer, lists) in layers.keys().zip(&over[1..]) {
                denied.losses.extend(row(layer, "", lists, headline));
            }
            for (input, lists) in denial.graph.inputs.iter().zip(&single) {
                denied.losses.extend(row(&input.layer, &input.id, lists, headline));
            }
            denied.paths = spread.paths(denial, case, sender, target, headline);
        }
        denied.reach = (!total.0.iter().any(|x| x.is_nan())).then(|| over.swap_remove(0).0);
        denied
    }

    /// The part of the sender's own sales that it would lose.
    fn cost(&self, denial: &Denial<'_>, sender: &str, target: &str, year: i16) -> Option<Summary> {
        let sold =
            self.markets.iter().find(|r| r.sender == target && r.target == sender && r.year == year)?;
        let lost: Vec<f64> =
            sold.draws.iter().zip(&denial.drawn.denied).map(|(share, denied)| share * denied).collect();
        Summary::of(&lost)
    }

    /// The game of sustaining the graph: under the study's own specification for all years, under the others for the headline year.
    fn play(&self, drawn: &Drawn, years: &[i16], exposure: &mut Exposure, notes: &mut Notes) {
        let headline = self.study.options.about.headline;
        let told = years.contains(&headline);
        for specification in exposure.specifications.clone() {
            let base = specification.id == BASE;
            if !base && !told {
                continue;
            }
            let holdings = drawn.holdings(specification.blocs);
            let known = holdings.known();
            let basis: Vec<Basis> = (0..known.len())
                .map(|input| self.graph.basis(input, specification.subtypes, &known))
                .collect();
            let table = Table {
                graph: self.graph,
                drawn,
                holdings: &holdings,
                basis: &basis,
                specification: &specification,
                cycles: self.study.options.relate.cycles,
                seed: self.seed,
            };
            let alliances =
                if told { self.alliances(&holdings, specification.blocs) } else { BTreeMap::new() };
            let (told_of, powers) =
                table.play(Ask { pairs: base, minimal: told.then_some(play::MOST_COUNTED) }, &alliances);
            self.note(&told_of, &specification, years, notes);
            if base {
                self.pivotality(&holdings, &powers, years, exposure);
                for year in years {
                    exposure
                        .weights
                        .extend(told_of.weights.iter().map(|w| Weight { year: *year, ..w.clone() }));
                }
                if told {
                    let found = table.chokepoints();
                    exposure
                        .chokepoints
                        .extend(found.into_iter().map(|c| Chokepoint { year: headline, ..c }));
                }
            } else {
                exposure.weights.extend(told_of.weights.into_iter().map(|w| Weight { year: headline, ..w }));
            }
            exposure.cuts.extend(told_of.cuts.into_iter().map(|cut| Cut { year: headline, ..cut }));
            exposure
                .alliances
                .extend(told_of.alliances.into_iter().map(|a| Alliance { year: headline, ..a }));
        }
    }

    /// The named coalitions as seats of players; members that supply nothing have none.
    fn alliances(&self, holdings: &Holdings, blocs: Blocs) -> BTreeMap<String, Vec<usize>> {
        let seats = |ids: &Vec<String>| -> Vec<usize> {
            let members: BTreeSet<usize> = ids
                .iter()
                .flat_map(|id| match blocs {
                    Blocs::One => {
                        self.study.home_of(id).and_then(|unit| holdings.player(unit)).into_iter().collect()
                    }
                    Blocs::Many => self
                        .study
                        .states_in(id)
                        .filter_map(|state| holdings.player(state))
                        .collect::<Vec<_>>(),
                })
                .collect();
            members.into_iter().collect()
        };
        let coalitions = &self.study.options.relate.coalitions;
        coalitions.iter().map(|(name, ids)| (name.clone(), seats(ids))).collect()
    }

    /// Pivotality of every supplier for every target.
    fn pivotality(&self, holdings: &Holdings, powers: &[Power], years: &[i16], exposure: &mut Exposure) {
        if powers.iter().any(|power| power.pairs.is_none()) {
            return;
        }
        for (at, player) in holdings.players.iter().enumerate() {
            for target in self.targets.iter().filter(|target| *target != player) {
                let with = holdings.player(target);
                let pairs = powers.iter().filter_map(|power| power.pairs.as_ref());
                let draws: Vec<f64> = pairs.map(|pairs| pairs.pivotality(at, with)).collect();
                exposure.channel(Channel::Pivotality).extend(reaches(player, target, years, &draws));
            }
        }
    }

    fn note(&self, told: &play::Told, specification: &Specification, years: &[i16], notes: &mut Notes) {
        let at = || Place::file("tables/supply.csv");
        if !told.unsustained.is_empty() {
            let inputs: Vec<String> = told
                .unsustained
                .iter()
                .map(|(input, share)| format!("{input} ({:.0} %)", share * 100.0))
                .collect();
            notes.push(
                Note::new(Kind::InputUnsustained, STAGE, at())
                    .with("specification", &specification.id)
                    .list("years", spans(years))
                    .list("inputs", inputs),
            );
        }
        if told.sampled > 0 {
            let error = told.weights.iter().map(|weight| weight.error).fold(0.0, f64::max);
            notes.push(
                Note::new(Kind::CoalitionsSampled, STAGE, at())
                    .with("specification", &specification.id)
                    .with("players", told.weights.len())
                    .with("draws", told.sampled)
                    .with("error", format!("{error:.3}")),
            );
        }
    }
}

/// A reach for each of some years.
fn reaches(sender: &str, target: &str, years: &[i16], draws: &[f64]) -> impl Iterator<Item = Reach> {
    years.iter().map(move |year| Reach {
        sender: sender.to_owned(),
        target: target.to_owned(),
        year: *year,
        draws: draws.to_vec(),
    })
}

/// Exposure of a log-loss: `1 - exp(-loss)`.
fn exposure_of(loss: f64) -> f64 {
    -libm::expm1(-loss)
}

/// Each ranked actor's share of demand for the study's inputs in a year: its part in the ranked actors' total of the indicator that
/// stands for demand. As others than the ranked demand something too, the shares are somewhat too large, and own supply covers
/// somewhat less than it does.
fn shares_of_demand(study: &Study, ranked: &[String], year: i16) -> BTreeMap<String, f64> {
    let values = latest_values(study, &study.options.relate.demand, year);
    let ranked: BTreeMap<&str, f64> =
        ranked.iter().filter_map(|id| Some((id.as_str(), *values.get(id.as_str())?))).collect();
    let total: f64 = ranked.values().sum();
    ranked
        .into_iter()
        .filter(|_| total > 0.0)
        .map(|(actor, value)| (actor.to_owned(), value / total))
        .collect()
}

/// Each actor's latest value of an indicator of at most `max_age` years before a year, rivals averaged.
fn latest_values<'a>(study: &'a Study, indicator: &str, year: i16) -> BTreeMap<&'a str, f64> {
    let mut values: BTreeMap<&str, BTreeMap<i16, Vec<f64>>> = BTreeMap::new();
    let oldest = year.saturating_sub(study.options.relate.max_age);
    for row in study.indicators.iter().filter(|row| (oldest..=year).contains(&row.year)) {
        let value = if row.value.is_nan() { (row.low + row.high) / 2.0 } else { row.value };
        if !value.is_nan() && study.resolve(row.indicator) == indicator {
            values.entry(study.resolve(row.actor)).or_default().entry(row.year).or_default().push(value);
        }
    }
    values
        .into_iter()
        .filter_map(|(actor, mut by_year)| {
            let (_, mut rivals) = by_year.pop_last()?;
            rivals.sort_by(f64::total_cmp);
            Some((actor, crate::num::mean(&rivals)))
        })
        .collect()
}
