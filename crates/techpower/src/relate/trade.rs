//! Trade: who depends on whose exports, who stands in the centre, and topology as a baseline.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::STAGE;
use super::flows::{Flow, Flows, flows};
use super::herfindahl;
use super::network::{
    Direction, Network, articulation_points, betweenness, core_periphery_profile, coreness, eigenvector,
    page_rank,
};
use crate::diag::{Kind, Note, Notes, Place};
use crate::study::{ALL_PRODUCTS, DependenceOptions, NoExports, Study};

/// Networks of single products and years that are computed; beyond, only those of all products together are.
const MOST_NETWORKS: usize = 200;
/// The probability with which PageRank's walk goes on; the usual one.
const DAMPING: f64 = 0.85;

/// How far an importer depends on others for a product in a year.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dependence {
    /// The importing state or bloc.
    pub importer: String,
    /// The product.
    pub product: String,
    /// Year.
    pub year: i16,
    /// Herfindahl index of the sources of its imports, from 1/n to 1.
    pub import_hhi: f64,
    /// The largest source; of equal ones the first by id.
    pub top_source: String,
    /// Share of the largest source in the imports.
    pub top_share: f64,
    /// Herfindahl index of exporters in all exports of the product, flows within blocs left out.
    pub world_hhi: f64,
    /// Imports over exports. `None` if it exports nothing, and the ratio has no bound, or if nothing is known of its exports.
    pub import_export_ratio: Option<f64>,
    /// Whether imports are concentrated.
    pub concentrated: bool,
    /// Whether world exports are concentrated.
    pub world_concentrated: bool,
    /// Whether it could not make up for imports with what it exports; `None` if unknown.
    pub unsubstitutable: Option<bool>,
    /// Whether these three held together in enough years of the window; `None` if unknown.
    pub persistent: Option<bool>,
    /// Whether the three hold in this year and are persistent; `None` if unknown.
    pub dependent: Option<bool>,
}

/// Where an actor stands between the centre and the periphery of a network of trade.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// The state or bloc.
    pub actor: String,
    /// Year.
    pub year: i16,
    /// The product; `all` for all of them together.
    pub product: String,
    /// Coreness, from 0 to 1 for the most central one, on the logarithm of one plus the value (see
    /// [`coreness`](super::network::coreness)); `None` if the network has fewer than three traders.
    pub coreness: Option<f64>,
    /// How well coreness fits the network: a correlation.
    pub fit: Option<f64>,
    /// Persistence when the actor joins the core-periphery profile (see
    /// [`core_periphery_profile`](super::network::core_periphery_profile)), on values; 1 for the last.
    pub alpha: Option<f64>,
    /// Core-periphery centralisation of the network.
    pub centralisation: Option<f64>,
}

/// A measure of topology.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// Share in all exports.
    ExportShare,
    /// Share in all imports.
    ImportShare,
    /// Share of the ordered pairs of others between which it lies, by shortest paths with the reciprocal of values as distances.
    Betweenness,
    /// Eigenvector centrality with both directions added up; the largest is 1.
    Eigenvector,
    /// PageRank of a walk that follows goods from exporter to importer.
    PageRank,
    /// 1 if the network falls apart without it, else 0.
    Articulation,
}

impl Measure {
    /// All measures.
    pub const ALL: &'static [(&'static str, Measure)] = &[
        ("export_share", Measure::ExportShare),
        ("import_share", Measure::ImportShare),
        ("betweenness", Measure::Betweenness),
        ("eigenvector", Measure::Eigenvector),
        ("pagerank", Measure::PageRank),
        ("articulation", Measure::Articulation),
    ];

    /// The word in tables.
    #[must_use]
    pub fn id(self) -> &'static str {
        Measure::ALL.iter().find(|(_, measure)| *measure == self).map_or("", |(word, _)| word)
    }
}

/// A measure of topology of one actor: a baseline, to be compared with what exposure says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Topology {
    /// What is measured.
    pub measure: Measure,
    /// The state or bloc.
    pub actor: String,
    /// Year.
    pub year: i16,
    /// The product; `all` for all of them together.
    pub product: String,
    /// The value; what cannot be computed has no row.
    pub value: f64,
}

/// What follows from flows of trade.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Trade {
    /// By importer, product and year.
    pub dependences: Vec<Dependence>,
    /// By product (all of them first), year and actor.
    pub standings: Vec<Standing>,
    /// By product (all of them first), year, measure and actor.
    pub topology: Vec<Topology>,
}

/// Dependence, centre and periphery, and topology of the years of the study.
pub(super) fn relate_trade(study: &Study, notes: &mut Notes) -> Trade {
    let flows = flows(study, notes);
    let (standings, topology) = networks(study, &flows, notes);
    Trade { dependences: dependences(study, &flows), standings, topology }
}

/// A row of dependence with whether its three criteria hold together.
type Case = (Dependence, Option<bool>);

/// Dependence of every importer on every product it imports, by the four criteria of GeoDep (CEPII, described with the dataset; Lefebvre &
/// Wibaux 2024, *CEPII Policy Brief* 47), which go back to European Commission (2021), *Strategic dependencies and capacities*,
/// SWD(2021) 352: imports are concentrated, world exports are concentrated, imports exceed exports, and all that in two
/// of three years.
fn dependences(study: &Study, flows: &Flows<'_>) -> Vec<Dependence> {
    let options = &study.options.relate.dependence;
    let markets: Vec<(&(i16, &str), &Vec<Flow>)> = flows.by.iter().collect();
    let cases: Vec<Vec<Case>> = markets
        .par_iter()
        .map(|((year, product), list)| market(flows, *year, product, list, options))
        .collect();
    let mut series: BTreeMap<(String, String), BTreeMap<i16, Case>> = BTreeMap::new();
    for case in cases.into_iter().flatten() {
        let key = (case.0.importer.clone(), case.0.product.clone());
        series.entry(key).or_default().insert(case.0.year, case);
    }
    let about = &study.options.about;
    let mut rows = Vec::new();
    for years in series.into_values() {
        let together: BTreeMap<i16, Option<bool>> = years.iter().map(|(y, (_, all))| (*y, *all)).collect();
        for (year, (mut row, all)) in years {
            if (about.from..=about.to).contains(&year) {
                row.persistent = persistent(&together, year, options);
                row.dependent = both(all, row.persistent);
                rows.push(row);
            }
        }
    }
    rows
}

/// The importers of one product in one year. Persistence is left open.
fn market(
    flows: &Flows<'_>,
    year: i16,
    product: &str,
    list: &[Flow],
    options: &DependenceOptions,
) -> Vec<Case> {
    let mut imports: BTreeMap<usize, Vec<(usize, f64)>> = BTreeMap::new();
    let mut exports: BTreeMap<usize, f64> = BTreeMap::new();
    for flow in list {
        imports.entry(flow.importer).or_default().push((flow.exporter, flow.value));
        *exports.entry(flow.exporter).or_insert(0.0) += flow.value;
    }
    let exported: Vec<f64> = exports.values().copied().collect();
    let Some(world_hhi) = concentration(&exported) else { return Vec::new() };
    let case = |(importer, sources): (usize, Vec<(usize, f64)>)| -> Option<Case> {
        let values: Vec<f64> = sources.iter().map(|(_, value)| *value).collect();
        let total: f64 = values.iter().sum();
        // Nothing imported is nothing to depend on.
        let import_hhi = concentration(&values)?;
        let mut top = sources[0];
        for source in &sources {
            if source.1 > top.1 {
                top = *source;
            }
        }
        let own = exports.get(&importer).copied();
        let ratio = own.filter(|exported| *exported > 0.0).map(|exported| total / exported);
        let unsubstitutable = match (ratio, own, options.no_exports) {
            (Some(ratio), _, _) => Some(ratio > options.ratio),
            (None, Some(_), _) | (None, None, NoExports::Unbounded) => Some(true),
            (None, None, NoExports::Unknown) => None,
        };
        let concentrated = import_hhi > options.import_hhi;
        let world_concentrated = world_hhi > options.world_hhi;
        let row = Dependence {
            importer: flows.units[importer].to_owned(),
            product: product.to_owned(),
            year,
            import_hhi,
            top_source: flows.units[top.0].to_owned(),
            top_share: top.1 / total,
            world_hhi,
            import_export_ratio: ratio,
            concentrated,
            world_concentrated,
            unsubstitutable,
            persistent: None,
            dependent: None,
        };
        Some((row, both(Some(concentrated && world_concentrated), unsubstitutable)))
    };
    imports.into_iter().filter_map(case).collect()
}

/// The Herfindahl index of values. `None` if there is nothing to share.
fn concentration(values: &[f64]) -> Option<f64> {
    let total: f64 = values.iter().sum();
    // Rounding may lift a sum of squares above one.
    (total > 0.0 && total.is_finite()).then(|| herfindahl(values.iter().map(|value| value / total)).min(1.0))
}

/// Whether the criteria hold in enough years of the window that ends with `year`. A year without data is unknown; the answer is known if it
/// would be the same whatever the unknown years are.
fn persistent(
    together: &BTreeMap<i16, Option<bool>>,
    year: i16,
    options: &DependenceOptions,
) -> Option<bool> {
    let window = (0..options.window as i16).map(|back| together.get(&(year - back)).copied().flatten());
    let (mut held, mut unknown) = (0, 0);
    for holds in window {
        held += usize::from(holds == Some(true));
        unknown += usize::from(holds.is_none());
    }
    match held {
        held if held >= options.years => Some(true),
        held if held + unknown < options.years => Some(false),
        _ => None,
    }
}

/// Whether both hold: false if either is false, whatever the other is (Kleene 1952).
fn both(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

/// Centre, periphery and topology of the networks of all products together and of single ones, year by year.
fn networks(study: &Study, flows: &Flows<'_>, notes: &mut Notes) -> (Vec<Standing>, Vec<Topology>) {
    let about = &study.options.about;
    let within = |year: &i16| (about.from..=about.to).contains(year);
    let all = flows.of_all();
    let whole = all.iter().map(|(year, list)| (ALL_PRODUCTS, *year, list));
    let single = flows.by.iter().map(|((year, product), list)| (*product, *year, list));
    let mut single: Vec<(&str, i16, &Vec<Flow>)> = single.filter(|(_, year, _)| within(year)).collect();
    single.sort_by_key(|(product, year, _)| (*product, *year));
    if single.len() > MOST_NETWORKS {
        notes.push(
            Note::new(Kind::TooManyNetworks, STAGE, Place::file("tables/trade.csv"))
                .with("found", single.len())
                .with("most", MOST_NETWORKS),
        );
        single.clear();
    }
    let keys: Vec<(&str, i16, &Vec<Flow>)> =
        whole.filter(|(_, year, _)| within(year)).chain(single).collect();
    let parts: Vec<(Vec<Standing>, Vec<Topology>)> = keys
        .into_par_iter()
        .map(|(product, year, list)| {
            let network = network(flows, list);
            (standings(&network, product, year), topology(&network, product, year))
        })
        .collect();
    let (standings, topology): (Vec<Vec<Standing>>, Vec<Vec<Topology>>) = parts.into_iter().unzip();
    (standings.into_iter().flatten().collect(), topology.into_iter().flatten().collect())
}

/// The network of some flows above zero, with those who take part in it.
fn network(flows: &Flows<'_>, list: &[Flow]) -> Network {
    let mut place: BTreeMap<usize, usize> = BTreeMap::new();
    for flow in list.iter().filter(|flow| flow.value > 0.0) {
        place.insert(flow.exporter, 0);
        place.insert(flow.importer, 0);
    }
    place.values_mut().enumerate().for_each(|(at, place)| *place = at);
    let names = place.keys().map(|unit| flows.units[*unit].to_owned()).collect();
    let arcs = list.iter().filter(|flow| flow.value > 0.0);
    Network::new(names, arcs.map(|flow| (place[&flow.exporter], place[&flow.importer], flow.value)))
}

fn standings(network: &Network, product: &str, year: i16) -> Vec<Standing> {
    let coreness = coreness(&network.map(libm::log1p));
    let profile = core_periphery_profile(network);
    let standing = |(at, actor): (usize, &String)| Standing {
        actor: actor.clone(),
        year,
        product: product.to_owned(),
        coreness: coreness.as_ref().map(|found| found.values[at]),
        fit: coreness.as_ref().and_then(|found| found.fit),
        alpha: profile.alpha[at],
        centralisation: profile.centralisation,
    };
    network.names().iter().enumerate().map(standing).collect()
}

fn topology(network: &Network, product: &str, year: i16) -> Vec<Topology> {
    let mut rows = Vec::new();
    for (_, measure) in Measure::ALL {
        for (actor, value) in network.names().iter().zip(values(network, *measure)) {
            let (actor, product) = (actor.clone(), product.to_owned());
            rows.push(Topology { measure: *measure, actor, year, product, value });
        }
    }
    rows
}

/// A measure of every node; empty if it cannot be computed.
fn values(network: &Network, measure: Measure) -> Vec<f64> {
    let n = network.size() as f64;
    let shares = |strengths: Vec<f64>| -> Vec<f64> {
        let total: f64 = strengths.iter().sum();
        strengths.into_iter().map(|strength| strength / total).collect()
    };
    match measure {
        Measure::ExportShare => shares(network.out_strengths()),
        Measure::ImportShare => shares(network.in_strengths()),
        Measure::Betweenness if n < 3.0 => Vec::new(),
        Measure::Betweenness => {
            let distances: Vec<f64> = network.arcs().iter().map(|arc| 1.0 / arc.weight).collect();
            let pairs = (n - 1.0) * (n - 2.0);
            let found = betweenness(network, &distances, Direction::Directed);
            found.into_iter().map(|between| between / pairs).collect()
        }
        Measure::Eigenvector => eigenvector(&network.symmetrised()).unwrap_or_default(),
        Measure::PageRank => page_rank(network, DAMPING).unwrap_or_default(),
        Measure::Articulation => {
            let points = articulation_points(network);
            (0..network.size()).map(|node| if points.contains(&node) { 1.0 } else { 0.0 }).collect()
        }
    }
}
