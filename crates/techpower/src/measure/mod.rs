//! Source strength: composite indices whose uncertainty is carried along.
//!
//! An index is made in steps, each a choice of the study (OECD/JRC, *Handbook on Constructing Composite Indicators*, 2008): values,
//! denomination, screening, imputation, treatment of outliers, normalisation, weights, aggregation. What the study says is uncertain
//! is varied, draw by draw or, where the choices are few enough, combination by combination.

mod aggregate;
mod cells;
mod dominance;
mod engine;
mod explain;
mod factors;
mod hierarchy;
mod importance;
mod impute;
mod model;
mod nominal;
mod normalise;
mod notes;
mod smaa;
mod switch;
mod treat;

pub use dominance::Dominance;
pub use explain::{Explanation, Origin, Step, explain};
pub use factors::Factor;
pub use hierarchy::Node;
pub use importance::{Importance, correlation_ratio};
pub use model::{Model, Workspace};
pub use nominal::{Nominal, NominalRoot, altered, nominal};
pub use smaa::{Count, Feasible, Smaa, Weighable, mean_rank};
pub use switch::{LeftOut, Switch};
pub use treat::{Treated, Why};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::diag::Notes;
use crate::num::{Indices, Seed, Summary, exact_sensitivity, exceeds, mean, ranks_descending, sensitivity};
use crate::study::{Scale, Study};
use engine::{Account, Choice, Engine, Work};
use factors::{Source, combinations, combined, drawn};

const STAGE: &str = "measure";
/// More combinations than this are gone through without keeping every score.
const MOST_KEPT: u64 = 20_000;

/// A score of one actor, node and year.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// The recipe as stated, nothing varied; `None` if unknown.
    pub nominal: Option<f64>,
    /// Over the draws; `None` if unknown.
    pub summary: Option<Summary>,
}

/// What treatment did to an indicator in a year, or over the panel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Treatment {
    /// The indicator.
    pub node: usize,
    /// Position of the year; `None` if treated over all years.
    pub year: Option<usize>,
    /// What was done and why.
    pub treated: Treated,
}

/// Sensitivity of a result to the factors, in the headline year.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sensitivity {
    /// Root.
    pub node: usize,
    /// Whose score; `None` for the mean absolute change of all ranks against the nominal ones.
    pub actor: Option<usize>,
    /// Indices by factor, in the order of [`Index::factors`].
    pub indices: Vec<Indices>,
}

/// How strong a source is for an actor itself, in the headline year.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Actor.
    pub actor: usize,
    /// Root.
    pub node: usize,
    /// Strength relative to the mean of all ranked actors.
    pub relative: Summary,
    /// Probability that no other source of the actor is relatively stronger.
    pub strongest: f64,
    /// Probability that none is relatively weaker.
    pub weakest: f64,
}

/// Source strengths of all ranked actors in all years.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Index {
    /// Number of draws.
    pub draws: usize,
    /// Years, ascending.
    pub years: Vec<i16>,
    /// Position of the headline year.
    pub headline: usize,
    /// Ranked states and blocs, sorted by id.
    pub actors: Vec<String>,
    /// Nodes: each root (in the codebook's order of sources) followed by all nodes below it.
    pub nodes: Vec<Node>,
    /// Positions of the roots, one per measured source, in the codebook's order.
    pub roots: Vec<usize>,
    /// The factors that vary.
    pub factors: Vec<Factor>,
    /// The number of combinations of all factors, if they were gone through one by one instead of drawn.
    pub combinations: Option<u64>,
    /// Treatment of every indicator by the recipe as stated.
    pub treatments: Vec<Treatment>,
    /// Sensitivity, by root: of the ranks, then of every actor's score. Absent where a result is unknown or does not vary.
    pub sensitivities: Vec<Sensitivity>,
    /// SMAA-2 of each root in the headline year, in the order of [`Index::roots`]; `None` where it cannot be had.
    pub smaa: Vec<Option<Smaa>>,
    /// Dominances in the headline year.
    pub dominances: Vec<Dominance>,
    /// Importance of every node but the roots, in the headline year.
    pub importances: Vec<Importance>,
    /// Profiles of the actors of whom all sources are known.
    pub profiles: Vec<Profile>,
    /// What each single choice, made otherwise, does to the ranks of the headline year.
    pub switches: Vec<Switch>,
    /// The recipe as stated with one indicator left out, for every indicator that is not the only one of its source.
    pub left_out: Vec<LeftOut>,
    scores: Vec<Score>,
    root_draws: Vec<f64>,
    ranks: Vec<f64>,
    wins: Vec<f64>,
}

impl Index {
    /// The score of an actor (by position) at a node (by position) in a year (by position).
    #[must_use]
    pub fn score(&self, node: usize, year: usize, actor: usize) -> Score {
        self.scores[(node * self.years.len() + year) * self.actors.len() + actor]
    }

    /// The draws of a source (by position in [`Index::roots`]); all NaN if unknown.
    #[must_use]
    pub fn draws_of(&self, root: usize, year: usize, actor: usize) -> &[f64] {
        let start = ((root * self.years.len() + year) * self.actors.len() + actor) * self.draws;
        &self.root_draws[start..start + self.draws]
    }

    /// The score of a source (by position in [`Index::roots`]) without an indicator; `None` if unknown.
    #[must_use]
    pub fn score_without(&self, left_out: &LeftOut, root: usize, year: usize, actor: usize) -> Option<f64> {
        let at = (root * self.years.len() + year) * self.actors.len() + actor;
        left_out.scores.get(at).copied().filter(|score| !score.is_nan())
    }

    /// Position of the root that measures a source.
    #[must_use]
    pub fn root_of(&self, source: &str) -> Option<usize> {
        self.roots.iter().position(|node| self.nodes[*node].code == source)
    }

    /// Probability of each rank (from 1) of each actor in a source and year: rank acceptability (Lahdelma & Salminen 2001)
    /// over all that is varied, among the actors whose score is known in every case. Empty for the others. Ties share the smallest rank.
    #[must_use]
    pub fn rank_probabilities(&self, root: usize, year: usize) -> Vec<Vec<f64>> {
        let n = self.actors.len();
        let from = (root * self.years.len() + year) * n * n;
        let known = |row: &[f64]| row.iter().any(|p| *p > 0.0);
        let rows = self.ranks[from..from + n * n].chunks_exact(n.max(1));
        rows.map(|row| if known(row) { row.to_vec() } else { Vec::new() }).collect()
    }

    /// Probability that one actor's source is stronger than another's; `None` if either is unknown. Ties count half.
    #[must_use]
    pub fn winning_probability(&self, root: usize, year: usize, actor: usize, other: usize) -> Option<f64> {
        let n = self.actors.len();
        let p = self.wins[((root * self.years.len() + year) * n + actor) * n + other];
        Some(p).filter(|p| !p.is_nan())
    }

    /// Nominal ranks among the actors of whom there are [`Index::rank_probabilities`].
    #[must_use]
    pub fn ranks_as_stated(&self, root: usize, year: usize) -> Vec<Option<u32>> {
        let ranked = self.rank_probabilities(root, year);
        let score = |actor: usize| self.score(self.roots[root], year, actor).nominal;
        let known = |actor: usize| score(actor).filter(|_| !ranked[actor].is_empty()).unwrap_or(f64::NAN);
        ranks_descending(&(0..self.actors.len()).map(known).collect::<Vec<f64>>())
    }

    /// Nominal ranks of all actors at a root (by position in [`Index::roots`]) in a year.
    #[must_use]
    pub fn nominal_ranks(&self, root: usize, year: usize) -> Vec<Option<u32>> {
        let scores: Vec<f64> = (0..self.actors.len())
            .map(|actor| self.score(self.roots[root], year, actor).nominal.unwrap_or(f64::NAN))
            .collect();
        ranks_descending(&scores)
    }
}

/// Measures the sources of power of a study.
///
/// Ranked are the states and blocs of the study that have at least one indicator value in the hierarchy; members of a bloc
/// are not ranked beside it unless the study asks for it.
///
/// ```
/// use techpower::{measure::measure, study::{Keep, Study, template}};
/// let mut files = template("demo");
/// let mut put = |name: &str, text: &str| files.insert(format!("tables/{name}.csv"), text.to_owned());
/// put("actors", "actor,name_en,name_zh,kind\nUSA,United States,美国,state\nCHN,China,中国,state\nJPN,Japan,日本,state\n");
/// put("index", "code,name_en,name_zh,parent,level,direction,weight\nmarket,Market,市场,,2,1,1\ngdp,GDP,生产总值,market,1,1,1\n");
/// put("indicators", "actor,indicator,year,value,reference\nUSA,gdp,2023,27,r\nCHN,gdp,2023,18,r\nJPN,gdp,2023,4,r\n");
/// let (study, _) = Study::read(&files, Keep::Rows);
/// let (index, _) = measure(&study.expect("a study"));
/// assert_eq!(index.actors, ["CHN", "JPN", "USA"]);
/// let year = index.years.iter().position(|year| *year == 2023).expect("in the study");
/// assert_eq!(index.score(index.roots[0], year, 2).nominal, Some(100.0)); // the largest market, of 1 to 100
/// ```
#[must_use]
pub fn measure(study: &Study) -> (Index, Notes) {
    let mut notes = Notes::new();
    let engine = Engine::of(study, &mut notes);
    let headline = engine.headline;
    let roots = engine.roots();
    let sources = factors::sources(study, &engine, &mut notes);

    let (mut work, mut account) = (Work::default(), Account::default());
    engine.compute(&engine.nominal(), 0..engine.n_years, &mut work, Some(&mut account));
    let nominal = work.scores.clone();

    let draws = study.options.uncertainty.draws;
    let sampled = run(&engine, draws as u64, |draw| drawn(&engine, &sources, draw as usize));
    let combinations = combinations(&sources);
    let gone_through = combinations
        .filter(|n| *n <= MOST_KEPT)
        .map(|n| run(&engine, n, |number| combined(&engine, &sources, number)));
    let kept = gone_through.as_ref().unwrap_or(&sampled);
    let mut scores: Vec<Score> = (0..nominal.len())
        .into_par_iter()
        .map(|at| {
            let column: Vec<f64> = kept.iter().map(|scores| scores[at]).collect();
            // A score that is unknown in some draws has no summary.
            Score { nominal: Some(nominal[at]).filter(|x| !x.is_nan()), summary: Summary::of(&column) }
        })
        .collect();
    let per_node = engine.n_years * engine.n_actors;
    let places = roots.iter().flat_map(|root| root * per_node..(root + 1) * per_node);
    let known = places.map(|at| kept.iter().all(|scores| !scores[at].is_nan())).collect();
    let mut tally = match combinations.filter(|n| *n > MOST_KEPT) {
        None => {
            let mut tally = Tally::new(known, engine.n_actors);
            kept.iter().for_each(|scores| tally.take(&engine, &roots, scores));
            tally
        }
        Some(n) => tally_all(&engine, &roots, &sources, n, known),
    };
    tally.finish(&engine, &roots, &mut scores, combinations.is_some_and(|n| n > MOST_KEPT));

    let mut index = Index {
        draws,
        headline,
        factors: sources.iter().map(|source| source.factor.clone()).collect(),
        combinations,
        treatments: treatments(study, &engine, &account),
        sensitivities: Vec::new(),
        smaa: Vec::new(),
        dominances: Vec::new(),
        importances: Vec::new(),
        profiles: Vec::new(),
        switches: Vec::new(),
        left_out: Vec::new(),
        root_draws: root_draws(&engine, &roots, &sampled),
        ranks: tally.ranks,
        wins: tally.wins,
        scores,
        years: engine.years.clone(),
        actors: engine.actors.clone(),
        roots,
        nodes: engine.nodes.clone(),
    };
    if !index.actors.is_empty() && !index.roots.is_empty() {
        let view = View { study, engine: &engine, index: &index, headline };
        let sensitivities = view.sensitivities(&sources);
        let (smaa, dominances) = view.weighed(&mut work, &mut notes);
        let importances = view.importances(&nominal);
        let profiles = view.profiles();
        let switches = switch::switches(&engine, &index.roots, headline);
        let left_out = switch::left_out(&engine, &index.roots);
        (index.sensitivities, index.smaa, index.dominances) = (sensitivities, smaa, dominances);
        (index.importances, index.profiles) = (importances, profiles);
        (index.switches, index.left_out) = (switches, left_out);
    }
    notes::note(study, &engine, &index, &account, &mut notes);
    (index, notes)
}

/// Scores of all nodes, years and actors, for every one of `n` choices.
fn run(engine: &Engine<'_>, n: u64, choice: impl Fn(u64) -> Choice + Sync) -> Vec<Vec<f64>> {
    (0..n)
        .into_par_iter()
        .map_init(Work::default, |work, number| {
            engine.compute(&choice(number), 0..engine.n_years, work, None);
            work.scores.clone()
        })
        .collect()
}

fn root_draws(engine: &Engine<'_>, roots: &[usize], sampled: &[Vec<f64>]) -> Vec<f64> {
    let per_node = engine.n_years * engine.n_actors;
    let mut draws = Vec::with_capacity(roots.len() * per_node * sampled.len());
    for root in roots {
        for at in root * per_node..(root + 1) * per_node {
            let column = sampled.iter().map(|scores| scores[at]);
            let known = !column.clone().any(f64::is_nan);
            draws.extend(column.map(|score| if known { score } else { f64::NAN }));
        }
    }
    draws
}

/// Counts of ranks and victories at the roots, over equally likely choices. Ranks are among the actors known in all of them: one that is lost in some
/// would push others down in the rest and be listed nowhere.
struct Tally {
    n: u64,
    /// By root, year and actor, as are the sums.
    known: Vec<bool>,
    ranks: Vec<f64>,
    wins: Vec<f64>,
    sums: Vec<f64>,
}

impl Tally {
    /// Nothing counted yet.
    fn new(known: Vec<bool>, n_actors: usize) -> Tally {
        let (n_pairs, n) = (known.len() * n_actors, known.len());
        Tally { n: 0, known, ranks: vec![0.0; n_pairs], wins: vec![0.0; n_pairs], sums: vec![0.0; n] }
    }

    fn take(&mut self, engine: &Engine<'_>, roots: &[usize], scores: &[f64]) {
        self.n += 1;
        for (at, root) in roots.iter().enumerate() {
            for year in 0..engine.n_years {
                let from = engine.at(*root, year, 0);
                self.count(at * engine.n_years + year, &scores[from..from + engine.n_actors]);
            }
        }
    }

    fn count(&mut self, place: usize, scores: &[f64]) {
        let n = scores.len();
        for (actor, score) in scores.iter().enumerate() {
            self.sums[place * n + actor] += score;
            let row = (place * n + actor) * n;
            let mut ahead = 0;
            for (other, theirs) in scores.iter().enumerate() {
                ahead += usize::from(self.known[place * n + other] && exceeds(*theirs, *score));
                self.wins[row + other] += if score.is_nan() || theirs.is_nan() {
                    f64::NAN
                } else if exceeds(*score, *theirs) {
                    1.0
                } else if exceeds(*theirs, *score) {
                    0.0
                } else {
                    0.5
                };
            }
            if self.known[place * n + actor] {
                self.ranks[row + ahead] += 1.0;
            }
        }
    }

    fn add(&mut self, other: &Tally) {
        self.n += other.n;
        let pairs =
            [(&mut self.ranks, &other.ranks), (&mut self.wins, &other.wins), (&mut self.sums, &other.sums)];
        for (mine, theirs) in pairs {
            mine.iter_mut().zip(theirs).for_each(|(a, b)| *a += b);
        }
    }

    /// Turns counts into probabilities; where all was gone through without being kept, the means of the roots become exact too. What is unknown in some choices is unknown.
    fn finish(&mut self, engine: &Engine<'_>, roots: &[usize], scores: &mut [Score], exact_means: bool) {
        let (n_actors, n) = (engine.n_actors, self.n as f64);
        for place in 0..self.sums.len() {
            let row = place * n_actors..(place + 1) * n_actors;
            self.ranks[row.clone()].iter_mut().for_each(|count| *count /= n);
            self.wins[row].iter_mut().for_each(|count| *count /= n);
            if exact_means {
                let (at, rest) = (place / (engine.n_years * n_actors), place % (engine.n_years * n_actors));
                let score = &mut scores[roots[at] * engine.n_years * n_actors + rest];
                let mean = Some(self.sums[place] / n).filter(|mean| !mean.is_nan());
                score.summary = score.summary.zip(mean).map(|(summary, mean)| Summary { mean, ..summary });
            }
        }
    }
}

/// Goes through all combinations, keeping only counts. Parts are fixed, so that sums do not depend on threads. `known` are the actors known in all draws;
/// if a combination loses one of them, all are gone through again without it.
fn tally_all(
    engine: &Engine<'_>,
    roots: &[usize],
    sources: &[Source],
    n: u64,
    mut known: Vec<bool>,
) -> Tally {
    const PART: u64 = 4096;
    loop {
        let parts: Vec<Tally> = (0..n.div_ceil(PART))
            .into_par_iter()
            .map_init(Work::default, |work, part| {
                let mut tally = Tally::new(known.clone(), engine.n_actors);
                for number in part * PART..((part + 1) * PART).min(n) {
                    engine.compute(&combined(engine, sources, number), 0..engine.n_years, work, None);
                    tally.take(engine, roots, &work.scores);
                }
                tally
            })
            .collect();
        let mut total = Tally::new(known.clone(), engine.n_actors);
        parts.iter().for_each(|part| total.add(part));
        known.iter_mut().zip(&total.sums).for_each(|(known, sum)| *known &= !sum.is_nan());
        if known == total.known {
            return total;
        }
    }
}

fn treatments(study: &Study, engine: &Engine<'_>, account: &Account) -> Vec<Treatment> {
    let panel = study.options.measure.treatment_scope == crate::study::Scope::Panel && engine.n_years > 1;
    account
        .treatments
        .iter()
        .map(|((leaf, year), treated)| Treatment {
            node: engine.node_of(*leaf),
            year: (!panel).then_some(*year),
            treated: *treated,
        })
        .collect()
}

/// What is computed for the headline year only.
struct View<'a> {
    study: &'a Study,
    engine: &'a Engine<'a>,
    index: &'a Index,
    headline: usize,
}

impl View<'_> {
    fn n_actors(&self) -> usize {
        self.engine.n_actors
    }

    /// For each root: the mean absolute change of ranks against the nominal ones, then all scores.
    fn outputs(&self, scores: &[f64], nominal: &[Vec<Option<u32>>]) -> Vec<f64> {
        let mut out = Vec::with_capacity(self.index.roots.len() * (1 + self.n_actors()));
        for (root, nominal) in self.index.roots.iter().zip(nominal) {
            let from = self.engine.at(*root, self.headline, 0);
            let row = &scores[from..from + self.n_actors()];
            let ranks = ranks_descending(row);
            // Ranked against those whose score is known as stated; one that gets lost on the way makes the whole unknown.
            let shifts: Vec<f64> = ranks
                .iter()
                .zip(nominal)
                .filter(|(_, nominal)| nominal.is_some())
                .map(|(rank, nominal)| match (rank, nominal) {
                    (Some(rank), Some(nominal)) => (f64::from(*rank) - f64::from(*nominal)).abs(),
                    _ => f64::NAN,
                })
                .collect();
            out.push(mean(&shifts));
            out.extend(row);
        }
        out
    }

    fn sensitivities(&self, sources: &[Source]) -> Vec<Sensitivity> {
        let points = self.study.options.uncertainty.sensitivity;
        if sources.is_empty() || (points == 0 && self.index.combinations.is_none()) {
            return Vec::new();
        }
        let nominal: Vec<Vec<Option<u32>>> =
            (0..self.index.roots.len()).map(|root| self.index.nominal_ranks(root, self.headline)).collect();
        let years = self.headline..self.headline + 1;
        let n_outputs = self.index.roots.len() * (1 + self.n_actors());
        let found: Vec<Option<Vec<Indices>>> = match self.index.combinations {
            Some(n) => {
                let results: Vec<Vec<f64>> = (0..n)
                    .into_par_iter()
                    .map_init(Work::default, |work, number| {
                        self.engine.compute(
                            &combined(self.engine, sources, number),
                            years.clone(),
                            work,
                            None,
                        );
                        self.outputs(&work.scores, &nominal)
                    })
                    .collect();
                let levels: Vec<usize> =
                    sources.iter().map(|source| source.factor.levels.unwrap_or(1) as usize).collect();
                (0..n_outputs)
                    .into_par_iter()
                    .map(|output| {
                        let column: Vec<f64> = results.iter().map(|result| result[output]).collect();
                        exact_sensitivity(&levels, &column)
                    })
                    .collect()
            }
            None => {
                let stream = Seed(self.study.options.uncertainty.seed).stream(STAGE, "sensitivity");
                let model = |work: &mut Work, x: &[f64]| {
                    let mut choice = self.engine.nominal();
                    for (source, u) in sources.iter().zip(x) {
                        source.set(self.engine, &mut choice, source.stand(*u));
                    }
                    self.engine.compute(&choice, years.clone(), work, None);
                    self.outputs(&work.scores, &nominal)
                };
                sensitivity(sources.len(), points, stream, n_outputs, Work::default, model)
            }
        };
        found
            .into_iter()
            .enumerate()
            .filter_map(|(output, indices)| {
                let (root, within) = (output / (1 + self.n_actors()), output % (1 + self.n_actors()));
                Some(Sensitivity {
                    node: self.index.roots[root],
                    actor: within.checked_sub(1),
                    indices: indices?,
                })
            })
            .collect()
    }

    /// SMAA-2 and dominance of every root, on the indicators as the recipe normalises them.
    fn weighed(&self, work: &mut Work, notes: &mut Notes) -> (Vec<Option<Smaa>>, Vec<Dominance>) {
        let mut account = Account::default();
        let year = self.headline..self.headline + 1;
        self.engine.compute(&self.engine.nominal(), year, work, Some(&mut account));
        let parts = model::Parts::of(self.engine, work, self.headline);
        if !parts.linear {
            notes::no_single_mean(notes);
        }
        let draws = self.study.options.uncertainty.smaa;
        let seed = Seed(self.study.options.uncertainty.seed);
        let mut dominances = Vec::new();
        let mut smaa = Vec::new();
        for root in &self.index.roots {
            let code = &self.index.nodes[*root].code;
            dominances.extend(dominance::dominances(self.index, *root, &parts.better(), parts.linear));
            smaa.push((parts.linear && draws > 0).then(|| {
                let stream = seed.stream(STAGE, &format!("smaa/{code}"));
                let weighable = parts.weighable(self.engine, work, &account, *root);
                weighable.weigh(draws, Feasible::Any, Count::Ranks, stream)
            }));
        }
        (smaa, dominances)
    }

    fn importances(&self, nominal: &[f64]) -> Vec<Importance> {
        let row = |node: usize| {
            let from = self.engine.at(node, self.headline, 0);
            &nominal[from..from + self.n_actors()]
        };
        let nodes = &self.index.nodes;
        let of = |(at, node): (usize, &Node)| {
            let children: Vec<(usize, f64, &[f64])> =
                node.children.iter().map(|child| (*child, nodes[*child].weight, row(*child))).collect();
            importance::importances(&children, row(at))
        };
        nodes.iter().enumerate().filter(|(_, node)| !node.is_leaf()).flat_map(of).collect()
    }

    fn profiles(&self) -> Vec<Profile> {
        let index = self.index;
        let n_roots = index.roots.len();
        let draws_of = |root: usize, actor: usize| index.draws_of(root, self.headline, actor);
        // A ratio to the mean means something on a scale that begins at or above zero, and beside another source.
        let ratios = matches!(self.engine.options.scale, Scale::Ends(bottom, _) if bottom >= 0.0);
        if !ratios || n_roots < 2 {
            return Vec::new();
        }
        let known: Vec<usize> = (0..self.n_actors())
            .filter(|actor| (0..n_roots).all(|root| !draws_of(root, *actor)[0].is_nan()))
            .collect();
        let means: Vec<Vec<f64>> = (0..n_roots)
            .map(|root| {
                let ranked: Vec<usize> =
                    (0..self.n_actors()).filter(|actor| !draws_of(root, *actor)[0].is_nan()).collect();
                (0..index.draws)
                    .map(|draw| mean(&ranked.iter().map(|a| draws_of(root, *a)[draw]).collect::<Vec<_>>()))
                    .collect()
            })
            .collect();
        let mut profiles = Vec::new();
        for actor in known {
            let relative: Vec<Vec<f64>> = (0..n_roots)
                .map(|root| {
                    draws_of(root, actor).iter().zip(&means[root]).map(|(x, mean)| x / mean).collect()
                })
                .collect();
            for root in 0..n_roots {
                let Some(summary) = Summary::of(&relative[root]) else { continue };
                let share = |holds: &dyn Fn(f64, f64) -> bool| {
                    let held = |draw: &usize| {
                        (0..n_roots).all(|other| holds(relative[root][*draw], relative[other][*draw]))
                    };
                    (0..index.draws).filter(held).count() as f64 / index.draws as f64
                };
                profiles.push(Profile {
                    actor,
                    node: index.roots[root],
                    relative: summary,
                    strongest: share(&|mine, other| mine >= other),
                    weakest: share(&|mine, other| mine <= other),
                });
            }
        }
        profiles
    }
}

/// Years in spans: `2018-2020` and `2023`.
pub(crate) fn spans(years: &[i16]) -> Vec<String> {
    let mut parts: Vec<(i16, i16)> = Vec::new();
    for year in years {
        match parts.last_mut() {
            Some((_, last)) if *last + 1 == *year => *last = *year,
            _ => parts.push((*year, *year)),
        }
    }
    let word = |(from, to): &(i16, i16)| if from == to { from.to_string() } else { format!("{from}-{to}") };
    parts.iter().map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::{Keep, VaryIndicators, template};

    /// Of an actor that a combination loses and no draw did, nothing is left when all are gone through.
    #[test]
    fn who_is_lost_while_going_through_is_not_ranked() {
        let mut files = template("demo");
        let mut put = |name: &str, text: &str| files.insert(format!("tables/{name}.csv"), text.to_owned());
        put("actors", "actor,name_en,name_zh,kind\nA,A,甲,state\nB,B,乙,state\nC,C,丙,state\n");
        put(
            "index",
            "code,name_en,name_zh,parent,level,direction,weight\nmarket,M,市,,2,1,1\na,A,甲,market,1,1,1\nb,B,乙,market,1,1,1\n",
        );
        put(
            "indicators",
            "actor,indicator,year,value,reference\nA,a,2024,1,r\nB,a,2024,2,r\nA,b,2024,1,r\nB,b,2024,2,r\nC,b,2024,3,r\n",
        );
        let mut study = Study::read(&files, Keep::Rows).0.expect("a study");
        study.options.measure.vary.indicators = VaryIndicators::LeaveOneOut;
        let engine = Engine::of(&study, &mut Notes::new());
        let (roots, sources) = (engine.roots(), factors::sources(&study, &engine, &mut Notes::new()));
        let sources: Vec<Source> = sources.into_iter().filter(|one| one.factor.id == "indicators").collect();
        let n = combinations(&sources).expect("none or either is out");
        let tally = tally_all(&engine, &roots, &sources, n, vec![true; engine.n_years * 3]);
        let at = engine.headline * 3;
        assert_eq!((n, &tally.known[at..at + 3]), (3, &[true, true, false][..]));
        assert_eq!(tally.ranks[at * 3..], [0.0, 3.0, 0.0, 3.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn years_are_told_in_spans() {
        assert_eq!(spans(&[2018, 2019, 2020, 2023]), ["2018-2020", "2023"]);
        assert!(spans(&[]).is_empty());
    }
}
