//! Shares of supply: which data count for which year, and what a draw makes of them.

use std::collections::{BTreeMap, BTreeSet};

use super::STAGE;
use super::graph::Graph;
use crate::diag::{Kind, Note, Notes, Place};
use crate::measure::spans;
use crate::num::{Seed, Stream};
use crate::study::{Blocs, Study, Supply};

/// Named suppliers that provide less than this share of an input together are noted.
const NAMED: f64 = 0.8;

/// Shares of supply by input and year of data.
pub(super) struct Shares<'a> {
    study: &'a Study,
    graph: &'a Graph,
    rows: Vec<BTreeMap<i16, Vec<&'a Supply>>>,
    years: Vec<i16>,
    /// For each year of the study and each input the year of its data.
    data_years: Vec<Vec<Option<i16>>>,
}

/// Draws of an item evenly between two ends.
type Uniform<'a> = dyn Fn(&str, (f64, f64)) -> Vec<f64> + 'a;

/// The shares of one year in all draws, with what else a draw decides.
pub(super) struct Drawn {
    pub(super) year: i16,
    pub(super) draws: usize,
    /// For each input its suppliers; `None` if nothing is known of the input.
    suppliers: Vec<Option<Vec<Supplier>>>,
    /// For each input its elasticity, one per draw.
    pub(super) sigma: Vec<Vec<f64>>,
    /// For each input the part of the loss that stocks spare, one per draw; empty if none are known.
    pub(super) spared: Vec<Vec<f64>>,
    /// For each input and each of its needs the share in the cost, one per draw; zero if what is known leaves nothing.
    pub(super) weights: Vec<Vec<Vec<f64>>>,
    /// What is replaceable after all, one per draw.
    pub(super) epsilon: Vec<f64>,
    /// Share at which a coalition sustains an input, one per draw.
    pub(super) tau: Vec<f64>,
    /// Part of a sender's supply that misses the target: what is withheld and does not leak, one per draw.
    pub(super) denied: Vec<f64>,
    /// How far own production serves own demand first, from 0 (the world market) to 1, one per draw.
    pub(super) home: Vec<f64>,
}

/// A supplier of an input.
struct Supplier {
    /// The state, or bloc that is named itself.
    state: String,
    /// The state or bloc that stands for itself.
    unit: String,
    /// Its share, one per draw.
    shares: Vec<f64>,
    /// The least and the most that the share can be.
    bounds: (f64, f64),
}

/// Who holds what: the suppliers as players.
pub(super) struct Holdings {
    /// Players, sorted.
    pub(super) players: Vec<String>,
    /// For each input its holders; `None` if nothing is known of the input.
    pub(super) inputs: Vec<Option<Vec<Holder>>>,
}

/// A player that holds a share of an input.
pub(super) struct Holder {
    pub(super) player: usize,
    /// Its share, one per draw.
    pub(super) shares: Vec<f64>,
    /// The least and the most that the share can be.
    pub(super) bounds: (f64, f64),
}

impl Holdings {
    /// Whether there are shares, input by input.
    pub(super) fn known(&self) -> Vec<bool> {
        self.inputs.iter().map(Option::is_some).collect()
    }

    /// The position of a player.
    pub(super) fn player(&self, id: &str) -> Option<usize> {
        self.players.binary_search_by(|player| player.as_str().cmp(id)).ok()
    }
}

impl Drawn {
    /// The suppliers as players, with members of a bloc as one or each for itself.
    pub(super) fn holdings(&self, blocs: Blocs) -> Holdings {
        let name = |supplier: &Supplier| match blocs {
            Blocs::One => supplier.unit.clone(),
            Blocs::Many => supplier.state.clone(),
        };
        let players: BTreeSet<String> = self.suppliers.iter().flatten().flatten().map(name).collect();
        let players: Vec<String> = players.into_iter().collect();
        let inputs = self
            .suppliers
            .iter()
            .map(|suppliers| {
                let mut holders: BTreeMap<String, (Vec<f64>, (f64, f64))> = BTreeMap::new();
                for supplier in suppliers.as_ref()? {
                    let holder =
                        holders.entry(name(supplier)).or_insert_with(|| (vec![0.0; self.draws], (0.0, 0.0)));
                    holder.0.iter_mut().zip(&supplier.shares).for_each(|(sum, share)| *sum += share);
                    holder.1 = (holder.1.0 + supplier.bounds.0, holder.1.1 + supplier.bounds.1);
                }
                let holder = |(id, (shares, bounds)): (String, (Vec<f64>, (f64, f64)))| Holder {
                    player: players.binary_search(&id).expect("every holder is a player"),
                    shares,
                    bounds: (bounds.0, bounds.1.min(1.0)),
                };
                Some(holders.into_iter().map(holder).collect())
            })
            .collect();
        Holdings { players, inputs }
    }
}

impl<'a> Shares<'a> {
    pub(super) fn new(study: &'a Study, graph: &'a Graph, years: &[i16], notes: &mut Notes) -> Shares<'a> {
        let mut rows: Vec<BTreeMap<i16, Vec<&Supply>>> = vec![BTreeMap::new(); graph.inputs.len()];
        for row in &study.supply {
            if let Some(at) = graph.inputs.iter().position(|input| input.id == row.input) {
                rows[at].entry(row.year).or_default().push(row);
            }
        }
        for list in rows.iter_mut().flat_map(BTreeMap::values_mut) {
            list.sort_by(|a, b| a.provider.cmp(&b.provider));
        }
        let age = study.options.relate.max_age;
        let data_years: Vec<Vec<Option<i16>>> = years
            .iter()
            .map(|year| {
                let latest = |by_year: &BTreeMap<i16, Vec<&Supply>>| {
                    by_year.range(year.saturating_sub(age)..=*year).next_back().map(|(from, _)| *from)
                };
                rows.iter().map(latest).collect()
            })
            .collect();
        for (at, input) in graph.inputs.iter().enumerate() {
            let unknown: Vec<i16> = years
                .iter()
                .zip(&data_years)
                .filter(|(_, data)| data[at].is_none())
                .map(|(year, _)| *year)
                .collect();
            // What goes into nothing is what the target makes itself; nobody need supply it.
            if !unknown.is_empty() && !study.supply.is_empty() && !graph.finals.contains(&at) {
                notes.push(
                    Note::new(Kind::InputWithoutSupply, STAGE, Place::file("tables/supply.csv"))
                        .with("input", &input.id)
                        .list("years", spans(&unknown)),
                );
            }
        }
        for (input, by_year) in graph.inputs.iter().zip(&rows) {
            for (year, list) in by_year {
                let sum: f64 = list.iter().filter_map(|row| row.share.or(row.high)).sum();
                let open = list.iter().any(|row| row.share.is_none() && row.high.is_none());
                if sum < NAMED && !open {
                    notes.push(
                        Note::new(Kind::SupplyUnnamed, STAGE, Place::file("tables/supply.csv"))
                            .with("input", &input.id)
                            .with("year", year)
                            .with("sum", format!("{sum:.2}")),
                    );
                }
            }
        }
        if study.options.relate.demand.is_empty() && !study.supply.is_empty() {
            notes.push(Note::new(
                Kind::NoDemand,
                STAGE,
                Place::key(crate::study::STUDY_FILE, "relate.demand"),
            ));
        }
        Shares { study, graph, rows, years: years.to_vec(), data_years }
    }

    /// For each input the year of the data that count in a year (by position).
    pub(super) fn data_years(&self, year: usize) -> &[Option<i16>] {
        &self.data_years[year]
    }

    /// Draws the shares of a year (by position).
    pub(super) fn draw(&self, year: usize, seed: Seed) -> Drawn {
        let draws = self.study.options.uncertainty.draws;
        let options = &self.study.options.relate;
        let uniform = |item: &str, (low, high): (f64, f64)| -> Vec<f64> {
            let stream = seed.stream(STAGE, item);
            (0..draws).map(|draw| stream.draw(draw).uniform_in(low, high)).collect()
        };
        let withheld = uniform("withheld", options.withheld);
        let leakage = uniform("leakage", options.leakage);
        let suppliers = self.rows.iter().zip(&self.data_years[year]).zip(&self.graph.inputs);
        Drawn {
            year: self.years[year],
            draws,
            suppliers: suppliers
                .map(|((rows, from), input)| {
                    let from = (*from)?;
                    Some(self.suppliers(rows.get(&from)?, &format!("{}/{from}", input.id), seed))
                })
                .collect(),
            sigma: self
                .graph
                .inputs
                .iter()
                .map(|input| uniform(&format!("elasticity/{}", input.id), input.elasticity))
                .collect(),
            spared: self
                .graph
                .inputs
                .iter()
                .map(|input| {
                    let months = input.stock.map(|stock| uniform(&format!("stock/{}", input.id), stock));
                    let part = |months: f64| (months / options.horizon).min(1.0);
                    months.into_iter().flatten().map(part).collect()
                })
                .collect(),
            weights: (0..self.graph.inputs.len()).map(|at| self.cost_shares(at, &uniform)).collect(),
            epsilon: uniform("epsilon", options.epsilon),
            tau: uniform("tau", options.tau),
            denied: withheld.iter().zip(&leakage).map(|(held, leak)| held * (1.0 - leak)).collect(),
            home: uniform("home", (0.0, 1.0)),
        }
    }

    /// The shares of what an input needs in its cost, one list per need; in each draw they sum to at most one.
    ///
    /// Known shares are uniform in their interval, scaled down to the whole if they exceed it. Unknown ones divide evenly what these
    /// leave; so without any known share all are equal and sum to one. If all are known and sum to less, the rest is cost of what
    /// no supplier can deny: own labour, and inputs that are not in the graph.
    fn cost_shares(&self, input: usize, uniform: &Uniform<'_>) -> Vec<Vec<f64>> {
        let needs = &self.graph.needs[input];
        let id = |at: usize| self.graph.inputs[at].id.as_str();
        let known: Vec<Option<Vec<f64>>> = needs
            .iter()
            .map(|need| Some(uniform(&format!("cost/{}/{}", id(need.input), id(input)), need.cost_share?)))
            .collect();
        let unknown = known.iter().filter(|share| share.is_none()).count();
        let mut shares = vec![Vec::new(); needs.len()];
        for draw in 0..self.study.options.uncertainty.draws {
            let stated: f64 = known.iter().flatten().map(|share| share[draw]).sum();
            let rest = (1.0 - stated).max(0.0) / unknown.max(1) as f64;
            for (list, known) in shares.iter_mut().zip(&known) {
                list.push(known.as_ref().map_or(rest, |share| share[draw] / stated.max(1.0)));
            }
        }
        shares
    }

    /// The suppliers of an input.
    ///
    /// Stated shares come first: triangular within their interval, scaled down to the whole if they exceed it. Of what they leave,
    /// shares of which only an end is known are uniform as far as there is room, and those of which nothing is known
    /// divide the rest with suppliers that no one named (Dirichlet, every division equally likely).
    fn suppliers(&self, rows: &[&Supply], item: &str, seed: Seed) -> Vec<Supplier> {
        let draws = self.study.options.uncertainty.draws;
        let rows: Vec<Row<'_>> = self.counted(rows, item, seed);
        let mut suppliers: Vec<Supplier> = bounds(&rows)
            .into_iter()
            .zip(&rows)
            .map(|(bounds, row)| Supplier {
                state: row.state.to_owned(),
                unit: row.unit.to_owned(),
                shares: Vec::with_capacity(draws),
                bounds,
            })
            .collect();
        let blanks = seed.stream(STAGE, &format!("blanks/{item}"));
        for draw in 0..draws {
            let mut drawn = vec![0.0; rows.len()];
            for (row, value) in rows.iter().zip(&mut drawn) {
                if let Known::Share(low, share, high) = row.known {
                    *value = row.stream.draw(draw).triangular(low, share, high);
                }
            }
            scale_down(&mut drawn, 1.0);
            let rest = 1.0 - drawn.iter().sum::<f64>();
            let lows: f64 = rows.iter().map(Row::low).sum();
            let mut ranges = vec![0.0; rows.len()];
            for (row, value) in rows.iter().zip(&mut ranges) {
                if let Known::Range(low, high) = row.known {
                    let room = (rest - (lows - low)).max(low);
                    *value = row.stream.draw(draw).uniform_in(low, high.min(room));
                }
            }
            scale_down(&mut ranges, rest);
            let rest = (rest - ranges.iter().sum::<f64>()).max(0.0);
            let unknown = rows.iter().filter(|row| row.known == Known::Nothing).count();
            let mut parts =
                if unknown > 0 { blanks.draw(draw).dirichlet(&vec![1.0; unknown + 1]) } else { Vec::new() };
            for (((row, stated), range), supplier) in rows.iter().zip(&drawn).zip(&ranges).zip(&mut suppliers)
            {
                let blank = if row.known == Known::Nothing { rest * parts.pop().unwrap_or(0.0) } else { 0.0 };
                supplier.shares.push(stated + range + blank);
            }
        }
        suppliers
    }

    /// The rows that count: a row is left aside if the whole that its provider belongs to has a row of its own.
    fn counted<'b>(&'b self, rows: &[&'b Supply], item: &str, seed: Seed) -> Vec<Row<'b>> {
        let present: BTreeSet<&str> = rows.iter().map(|row| row.provider.as_str()).collect();
        rows.iter()
            .filter(|row| !self.study.wholes_of(&row.provider).any(|whole| present.contains(whole)))
            .filter_map(|row| {
                Some(Row {
                    state: self.study.state_of(&row.provider)?,
                    unit: self.study.home_of(&row.provider)?,
                    known: match (row.share, row.low, row.high) {
                        (Some(share), low, high) => {
                            Known::Share(low.unwrap_or(share), share, high.unwrap_or(share))
                        }
                        (None, None, None) => Known::Nothing,
                        (None, low, high) => Known::Range(low.unwrap_or(0.0), high.unwrap_or(1.0)),
                    },
                    stream: seed.stream(STAGE, &format!("share/{item}/{}", row.provider)),
                })
            })
            .collect()
    }
}

/// The least and the most that each share can be, whatever is drawn. Stated shares that exceed the whole are scaled down to it; others
/// take what these leave.
fn bounds(rows: &[Row<'_>]) -> Vec<(f64, f64)> {
    let ends: Vec<(f64, f64)> = rows
        .iter()
        .map(|row| match row.known {
            Known::Share(low, _, high) | Known::Range(low, high) => (low, high),
            Known::Nothing => (0.0, 1.0),
        })
        .collect();
    let lows: f64 = ends.iter().map(|(low, _)| low).sum();
    let highs: f64 = ends.iter().map(|(_, high)| high).sum();
    rows.iter()
        .zip(&ends)
        .map(|(row, (low, high))| {
            let others = lows - low;
            let most = match row.known {
                Known::Share(..) => high / (high + others).max(1.0),
                Known::Range(..) | Known::Nothing => high.min((1.0 - others).max(*low)),
            };
            (low / highs.max(1.0), most)
        })
        .collect()
}

/// What is known of a share.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Known {
    /// Low, share, high.
    Share(f64, f64, f64),
    /// Low, high.
    Range(f64, f64),
    Nothing,
}

/// A row that counts.
struct Row<'a> {
    state: &'a str,
    unit: &'a str,
    known: Known,
    stream: Stream,
}

impl Row<'_> {
    /// The least it must be, if only a range is known.
    fn low(&self) -> f64 {
        if let Known::Range(low, _) = self.known { low } else { 0.0 }
    }
}

/// Scales values down so that they sum to at most `whole`.
fn scale_down(values: &mut [f64], whole: f64) {
    let sum: f64 = values.iter().sum();
    if sum > whole && sum > 0.0 {
        values.iter_mut().for_each(|value| *value *= whole.max(0.0) / sum);
    }
}
