//! Shares of supply: which data count for which year, and what a draw makes of them.

use std::collections::{BTreeMap, BTreeSet};

use super::STAGE;
use super::graph::Graph;
use crate::diag::{Kind, Note, Notes, Place};
use crate::measure::spans;
use crate::num::{Seed, Stream};
use crate::study::{Study, Supply};

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

/// The shares of one year in all draws.
pub(super) struct Drawn {
    pub(super) year: i16,
    pub(super) draws: usize,
    /// States and blocs that supply something, sorted.
    pub(super) players: Vec<String>,
    /// For each input, for each player its shares, one per draw; `None` if nothing is known of the input.
    pub(super) shares: Vec<Option<Vec<Vec<f64>>>>,
    /// For each input its elasticity, one per draw.
    pub(super) sigma: Vec<Vec<f64>>,
    /// What is replaceable after all, one per draw.
    pub(super) epsilon: Vec<f64>,
    /// Share at which a coalition sustains an input, one per draw.
    pub(super) tau: Vec<f64>,
    /// How far own production serves own demand first, from 0 (the world market) to 1, one per draw.
    home: Vec<f64>,
}

impl Drawn {
    /// The share of a target's supply of an input that a sender could withhold; `None` if nothing is known of the input.
    ///
    /// Between two poles, drawn evenly: on an integrated world market every actor draws on each supplier in proportion to its
    /// world share; or an actor's own production serves its own demand first, so that with world share `s` and share of world
    /// demand `d` it supplies `min(1, s / d)` itself. What it does not supply itself comes from the others in proportion.
    pub(super) fn withheld(
        &self,
        input: usize,
        sender: usize,
        target: &str,
        demand: Option<f64>,
        draw: usize,
    ) -> Option<f64> {
        let shares = self.shares[input].as_ref()?;
        let own = self.players.iter().position(|player| player == target).map_or(0.0, |at| shares[at][draw]);
        let most = demand.filter(|d| *d > 0.0).map_or(own, |d| (own / d).clamp(own, 1.0));
        let itself = own + self.home[draw] * (most - own);
        Some(if own < 1.0 { shares[sender][draw] * (1.0 - itself) / (1.0 - own) } else { 0.0 })
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
                        .with("years", spans(&unknown)),
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
        let data: Vec<Option<(i16, &Vec<&Supply>)>> = self
            .rows
            .iter()
            .zip(&self.data_years[year])
            .map(|(rows, from)| from.and_then(|from| rows.get(&from).map(|list| (from, list))))
            .collect();
        let players: BTreeSet<&str> = data
            .iter()
            .flatten()
            .flat_map(|(_, list)| list.iter())
            .filter_map(|row| self.study.home_of(&row.provider))
            .collect();
        let players: Vec<String> = players.into_iter().map(str::to_owned).collect();
        let uniform = |item: &str, (low, high): (f64, f64)| -> Vec<f64> {
            let stream = seed.stream(STAGE, item);
            (0..draws).map(|draw| stream.draw(draw).uniform_in(low, high)).collect()
        };
        Drawn {
            year: self.years[year],
            draws,
            shares: data
                .iter()
                .zip(&self.graph.inputs)
                .map(|(data, input)| {
                    data.map(|(from, list)| {
                        self.input_shares(list, &players, &format!("{}/{from}", input.id), seed)
                    })
                })
                .collect(),
            sigma: self
                .graph
                .inputs
                .iter()
                .map(|input| uniform(&format!("elasticity/{}", input.id), input.elasticity))
                .collect(),
            epsilon: uniform("epsilon", options.epsilon),
            tau: uniform("tau", options.tau),
            home: uniform("home", (0.0, 1.0)),
            players,
        }
    }

    /// Shares of the players in one input, one list per player.
    ///
    /// Stated shares come first: triangular within their interval, scaled down to the whole if they exceed it. Of what they leave,
    /// shares of which only an end is known are uniform as far as there is room, and those of which nothing is known
    /// divide the rest with suppliers that no one named (Dirichlet, every division equally likely).
    fn input_shares(&self, rows: &[&Supply], players: &[String], item: &str, seed: Seed) -> Vec<Vec<f64>> {
        let draws = self.study.options.uncertainty.draws;
        let mut shares = vec![Vec::with_capacity(draws); players.len()];
        let rows: Vec<Row> = self.counted(rows, players, item, seed);
        let blanks = seed.stream(STAGE, &format!("blanks/{item}"));
        for draw in 0..draws {
            let mut held = vec![0.0; players.len()];
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
            for ((row, stated), range) in rows.iter().zip(&drawn).zip(&ranges) {
                let blank = if row.known == Known::Nothing { rest * parts.pop().unwrap_or(0.0) } else { 0.0 };
                held[row.player] += stated + range + blank;
            }
            shares.iter_mut().zip(held).for_each(|(list, share)| list.push(share));
        }
        shares
    }

    /// The rows that count: a row is left aside if the whole that its provider belongs to has a row of its own.
    fn counted(&self, rows: &[&Supply], players: &[String], item: &str, seed: Seed) -> Vec<Row> {
        let present: BTreeSet<&str> = rows.iter().map(|row| row.provider.as_str()).collect();
        rows.iter()
            .filter(|row| !self.study.wholes_of(&row.provider).any(|whole| present.contains(whole)))
            .filter_map(|row| {
                let home = self.study.home_of(&row.provider)?;
                Some(Row {
                    player: players.iter().position(|player| player == home)?,
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

/// What is known of a share.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Known {
    /// Low, share, high.
    Share(f64, f64, f64),
    /// Low, high.
    Range(f64, f64),
    Nothing,
}

/// A row that counts for a player.
struct Row {
    player: usize,
    known: Known,
    stream: Stream,
}

impl Row {
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
