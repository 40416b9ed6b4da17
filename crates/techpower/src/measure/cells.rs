//! The raw values of indicators: which row counts for which year, and what a draw makes of rivals and intervals.

use std::collections::{BTreeMap, BTreeSet};

use super::{Node, STAGE};
use crate::diag::{Kind, Note, Notes, Place};
use crate::num::{Seed, Stream, mean};
use crate::study::Study;

/// One row of an actor, indicator and year.
#[derive(Debug, Clone, PartialEq)]
struct Rival {
    vintage: String,
    reference: String,
    value: f64,
    low: f64,
    high: f64,
}

impl Rival {
    /// The best single value: as stated, or else the middle of the interval.
    fn point(&self) -> f64 {
        if self.value.is_nan() { (self.low + self.high) / 2.0 } else { self.value }
    }

    fn is_known(&self) -> bool {
        !self.point().is_nan()
    }
}

/// All rows of one actor, indicator and year.
#[derive(Debug, Clone)]
struct Datum {
    rivals: Vec<Rival>,
    /// Random numbers of this datum; `None` if nothing about it varies.
    stream: Option<Stream>,
}

/// The data behind the cells (node, year, actor), where one datum may serve several years.
pub(super) struct Cells {
    data: Vec<Datum>,
    /// For each cell the position of its datum.
    cells: Vec<Option<usize>>,
    /// For each datum its node.
    nodes: Vec<usize>,
    /// For each node the vintages among which a draw chooses, and its random numbers.
    vintages: Vec<(Vec<String>, Stream)>,
    vary_rivals: bool,
    vary_intervals: bool,
}

/// Finds the data of every cell; notes what is carried forward and what is missing.
pub(super) fn cells(
    study: &Study,
    nodes: &[Node],
    actors: &[String],
    years: &[i16],
    notes: &mut Notes,
) -> Cells {
    let options = &study.options.measure;
    let leaves: BTreeMap<&str, usize> = nodes
        .iter()
        .enumerate()
        .filter(|(_, n)| n.children.is_empty())
        .map(|(at, n)| (n.code.as_str(), at))
        .collect();
    let ranks: BTreeMap<&str, usize> = actors.iter().enumerate().map(|(at, id)| (id.as_str(), at)).collect();
    let mut rivals: BTreeMap<(usize, usize), BTreeMap<i16, Vec<Rival>>> = BTreeMap::new();
    let members: BTreeSet<&str> = study
        .indicators
        .iter()
        .filter(|row| leaves.contains_key(study.resolve(row.indicator)))
        .map(|row| study.resolve(row.actor))
        .filter(|id| study.unit_of(id).is_some_and(|unit| unit != *id))
        .filter(|id| study.actors.get(*id).is_some_and(|actor| actor.part_of.is_some()))
        .collect();
    if !members.is_empty() {
        let members: Vec<&str> = members.into_iter().collect();
        let at = Place::file("tables/indicators.csv");
        notes.push(Note::new(Kind::MemberNotRanked, STAGE, at).with("actors", members.join(", ")));
    }
    for row in &study.indicators {
        let (Some(node), Some(actor)) =
            (leaves.get(study.resolve(row.indicator)), ranks.get(study.resolve(row.actor)))
        else {
            continue;
        };
        let rival = Rival {
            vintage: study.resolve(row.vintage).to_owned(),
            reference: study.resolve(row.reference).to_owned(),
            value: row.value,
            low: row.low,
            high: row.high,
        };
        if rival.is_known() {
            rivals.entry((*node, *actor)).or_default().entry(row.year).or_default().push(rival);
        }
    }
    let seed = Seed(study.options.uncertainty.seed);
    let mut found = Cells {
        data: Vec::new(),
        cells: vec![None; nodes.len() * years.len() * actors.len()],
        nodes: Vec::new(),
        vintages: Vec::new(),
        vary_rivals: options.vary_rivals,
        vary_intervals: options.vary_intervals,
    };
    let mut vintages: Vec<BTreeSet<String>> = vec![BTreeSet::new(); nodes.len()];
    let mut carried: BTreeMap<usize, (usize, i16)> = BTreeMap::new();
    for ((node, actor), by_year) in rivals {
        let mut positions: BTreeMap<i16, usize> = BTreeMap::new();
        for (year, mut rivals) in by_year {
            rivals.sort_by(|a, b| (&a.vintage, &a.reference).cmp(&(&b.vintage, &b.reference)));
            vintages[node].extend(rivals.iter().map(|rival| rival.vintage.clone()));
            let varies = (options.vary_rivals && rivals.len() > 1)
                || (options.vary_intervals && rivals.iter().any(|r| !r.low.is_nan() || !r.high.is_nan()));
            let item = format!("cell/{}/{}/{year}", nodes[node].code, actors[actor]);
            positions.insert(year, found.data.len());
            found.data.push(Datum { rivals, stream: varies.then(|| seed.stream(STAGE, &item)) });
            found.nodes.push(node);
        }
        for (at, year) in years.iter().enumerate() {
            let earliest = year.saturating_sub(options.max_age);
            if let Some((from, datum)) = positions.range(earliest..=*year).next_back() {
                found.cells[(node * years.len() + at) * actors.len() + actor] = Some(*datum);
                if from < year {
                    let (count, age) = carried.entry(node).or_insert((0, 0));
                    *count += 1;
                    *age = (*age).max(year - from);
                }
            }
        }
    }
    found.vintages = vintages
        .into_iter()
        .zip(nodes)
        .map(|(set, node)| (set.into_iter().collect(), seed.stream(STAGE, &format!("vintage/{}", node.code))))
        .collect();
    let file = || Place::file("tables/indicators.csv");
    for (code, node) in &leaves {
        if !found.nodes.contains(node) {
            notes.push(Note::new(Kind::IndicatorWithoutData, STAGE, file()).with("indicator", code));
        }
        if let Some((count, age)) = carried.get(node) {
            notes.push(
                Note::new(Kind::ValuesCarried, STAGE, file())
                    .with("indicator", code)
                    .with("count", count)
                    .with("age", age),
            );
        }
    }
    found
}

impl Cells {
    /// The value of every cell in a draw, NaN if unknown. Without a draw, rivals are averaged and intervals ignored.
    ///
    /// A draw first chooses one vintage per indicator, so that actors are compared by the same definition where they can be;
    /// an actor without that vintage gets one of its own. Within an interval the value is triangular with its peak at the
    /// stated value, or uniform if none is stated.
    pub(super) fn values(&self, draw: Option<usize>) -> Vec<f64> {
        let chosen: Vec<Option<&str>> = self
            .vintages
            .iter()
            .map(|(vintages, stream)| match draw {
                Some(draw) if self.vary_rivals && !vintages.is_empty() => {
                    Some(vintages[stream.draw(draw).below(vintages.len())].as_str())
                }
                _ => None,
            })
            .collect();
        let drawn: Vec<f64> = self
            .data
            .iter()
            .zip(&self.nodes)
            .map(|(datum, node)| match (draw, &datum.stream) {
                (Some(draw), Some(stream)) => self.draw(datum, chosen[*node], stream, draw),
                _ => nominal(datum),
            })
            .collect();
        self.cells.iter().map(|datum| datum.map_or(f64::NAN, |at| drawn[at])).collect()
    }

    fn draw(&self, datum: &Datum, vintage: Option<&str>, stream: &Stream, draw: usize) -> f64 {
        let mut random = stream.draw(draw);
        if !self.vary_rivals {
            let points: Vec<f64> = datum.rivals.iter().map(|rival| self.within(rival, &mut random)).collect();
            return mean(&points);
        }
        let same: Vec<&Rival> =
            datum.rivals.iter().filter(|rival| Some(rival.vintage.as_str()) == vintage).collect();
        let rival = match same.len() {
            0 => &datum.rivals[random.below(datum.rivals.len())],
            n => same[random.below(n)],
        };
        self.within(rival, &mut random)
    }

    fn within(&self, rival: &Rival, random: &mut crate::num::Random) -> f64 {
        if !self.vary_intervals {
            return rival.point();
        }
        let low = if rival.low.is_nan() { rival.point() } else { rival.low };
        let high = if rival.high.is_nan() { rival.point() } else { rival.high };
        if rival.value.is_nan() {
            random.uniform_in(low, high)
        } else {
            random.triangular(low, rival.value, high)
        }
    }
}

fn nominal(datum: &Datum) -> f64 {
    let points: Vec<f64> = datum.rivals.iter().map(Rival::point).collect();
    mean(&points)
}
