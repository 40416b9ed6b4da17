//! Shares of supply: which data count for which year, and what a draw makes of them.

use std::collections::{BTreeMap, BTreeSet};

use super::STAGE;
use super::graph::Graph;
use crate::diag::{Kind, Note, Notes, Place};
use crate::measure::spans;
use crate::num::{Random, Seed};
use crate::study::{Study, Supply};

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
            .filter_map(|row| self.study.unit_of(&row.provider))
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

    /// Shares of the players in one input, one list per player. A stated share with an interval is triangular, an interval alone
    /// uniform, and a share of which nothing is known lies anywhere in what the others leave. Shares that exceed the whole are
    /// scaled down to it.
    fn input_shares(&self, rows: &[&Supply], players: &[String], item: &str, seed: Seed) -> Vec<Vec<f64>> {
        let draws = self.study.options.uncertainty.draws;
        let mut shares = vec![vec![0.0; draws]; players.len()];
        // A bloc's own row speaks for its members.
        let has_own: BTreeSet<&str> =
            rows.iter().map(|row| row.provider.as_str()).filter(|id| self.study.is_unit(id)).collect();
        let counted: Vec<(&Supply, usize)> = rows
            .iter()
            .filter_map(|row| {
                let unit = self.study.unit_of(&row.provider)?;
                if unit != row.provider && has_own.contains(unit) {
                    return None;
                }
                Some((*row, players.iter().position(|player| player == unit)?))
            })
            .collect();
        for draw in 0..draws {
            let mut known = 0.0;
            for pass in [true, false] {
                for (row, player) in &counted {
                    let is_known = row.share.is_some() || row.low.is_some() || row.high.is_some();
                    if is_known != pass {
                        continue;
                    }
                    let mut random = seed.stream(STAGE, &format!("share/{item}/{}", row.provider)).draw(draw);
                    let share = if is_known {
                        draw_share(row, &mut random)
                    } else {
                        random.uniform_in(0.0, f64::max(0.0, 1.0 - known))
                    };
                    known += share;
                    shares[*player][draw] += share;
                }
            }
            if known > 1.0 {
                for list in &mut shares {
                    list[draw] /= known;
                }
            }
        }
        shares
    }
}

fn draw_share(row: &Supply, random: &mut Random) -> f64 {
    match (row.share, row.low, row.high) {
        (Some(share), low, high) => random.triangular(low.unwrap_or(share), share, high.unwrap_or(share)),
        (None, low, high) => random.uniform_in(low.unwrap_or(0.0), high.unwrap_or(1.0)),
    }
}
