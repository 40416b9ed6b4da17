//! The raw values of indicators: which rows count for which year, what a draw makes of rivals and intervals, and what is declared
//! of missing ones.

use std::collections::{BTreeMap, BTreeSet};

use super::{Node, STAGE};
use crate::diag::{Kind, Note, Notes, Place};
use crate::num::{Random, Seed, Stream, mean};
use crate::study::{Missing, Panel, Study};

/// One row of an actor, indicator and year.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rival {
    pub(super) vintage: String,
    pub(super) reference: String,
    pub(super) unit: String,
    value: f64,
    low: f64,
    high: f64,
}

impl Rival {
    /// The best single value: as stated, or else the middle of the interval.
    pub(super) fn point(&self) -> f64 {
        if self.value.is_nan() { (self.low + self.high) / 2.0 } else { self.value }
    }

    fn is_known(&self) -> bool {
        !self.point().is_nan()
    }

    /// Triangular within the interval with its peak at the stated value, or uniform if none is stated.
    fn within(&self, random: &mut Random) -> f64 {
        let low = if self.low.is_nan() { self.point() } else { self.low };
        let high = if self.high.is_nan() { self.point() } else { self.high };
        if self.value.is_nan() {
            random.uniform_in(low, high)
        } else {
            random.triangular(low, self.value, high)
        }
    }
}

/// All rows of one actor, indicator and year.
#[derive(Debug, Clone)]
pub(super) struct Datum {
    pub(super) series: usize,
    pub(super) year: i16,
    pub(super) rivals: Vec<Rival>,
    /// For each of the indicator's rival definitions the row that stands for it here.
    chosen: Vec<u32>,
    /// Random numbers of the interval; `None` if there is none.
    stream: Option<Stream>,
    /// The value when nothing varies: the mean of the rivals.
    point: f64,
}

/// How the value of a cell comes from data.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Fill {
    Unknown,
    Of(u32),
    /// Between two years: the part of the way from the first to the second.
    Between(u32, u32, f64),
}

/// What is declared of a missing value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Declared {
    pub(super) missing: Missing,
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) reason: String,
    pub(super) stream: Stream,
}

/// The data behind the cells (series, year, actor). The series are the indicators of the hierarchy, in its order, then the
/// denominators beside it.
pub(super) struct Cells {
    pub(super) data: Vec<Datum>,
    pub(super) cells: Vec<Fill>,
    /// Codes of the series.
    pub(super) series: Vec<String>,
    /// For each series the number of rival definitions.
    pub(super) rivals: Vec<usize>,
    /// For each series the names of its rival definitions.
    pub(super) definitions: Vec<Vec<String>>,
    /// What is declared of missing cells of indicators, by place.
    pub(super) declared: BTreeMap<usize, Declared>,
    n_years: usize,
    n_actors: usize,
}

/// Stands for the mean of rival definitions.
pub(super) const MEAN: u32 = u32::MAX;

/// Which rivals a draw takes and whether it falls within intervals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Reading<'a> {
    /// For each series one of its rival definitions, or [`MEAN`]; `None` takes the mean of all.
    pub(super) rivals: Option<&'a [u32]>,
    /// Draw of the intervals; `None` takes the stated values.
    pub(super) intervals: Option<usize>,
}

/// Finds the data of every cell.
pub(super) fn cells(
    study: &Study,
    nodes: &[Node],
    actors: &[String],
    years: &[i16],
    notes: &mut Notes,
) -> Cells {
    let leaves: Vec<&str> = nodes.iter().filter(|n| n.is_leaf()).map(|n| n.code.as_str()).collect();
    let beside: BTreeSet<&str> = study
        .index
        .iter()
        .filter_map(|row| row.denominator.as_deref())
        .filter(|code| !leaves.contains(code))
        .collect();
    let series: Vec<String> = leaves.iter().copied().chain(beside).map(str::to_owned).collect();
    let n_leaves = leaves.len();
    let codes = series.clone();
    let places: BTreeMap<&str, usize> =
        codes.iter().enumerate().map(|(at, code)| (code.as_str(), at)).collect();
    let ranks: BTreeMap<&str, usize> = actors.iter().enumerate().map(|(at, id)| (id.as_str(), at)).collect();
    note_members(study, &places, &ranks, notes);

    let seed = Seed(study.options.uncertainty.seed);
    let mut found = Cells {
        data: Vec::new(),
        cells: vec![Fill::Unknown; series.len() * years.len() * actors.len()],
        rivals: vec![1; series.len()],
        definitions: Vec::new(),
        declared: BTreeMap::new(),
        n_years: years.len(),
        n_actors: actors.len(),
        series,
    };
    let mut rows: BTreeMap<(usize, usize), BTreeMap<i16, Vec<Rival>>> = BTreeMap::new();
    for row in &study.indicators {
        let (Some(at), Some(actor)) =
            (places.get(study.resolve(row.indicator)), ranks.get(study.resolve(row.actor)))
        else {
            continue;
        };
        if row.missing != Missing::Undeclared {
            if let Some(year) = years.iter().position(|year| *year == row.year).filter(|_| *at < n_leaves) {
                let item = format!("missing/{}/{}/{}", found.series[*at], actors[*actor], row.year);
                found.declared.insert(
                    (at * years.len() + year) * actors.len() + actor,
                    Declared {
                        missing: row.missing,
                        low: row.low,
                        high: row.high,
                        reason: study.resolve(row.reason).to_owned(),
                        stream: seed.stream(STAGE, &item),
                    },
                );
            }
            continue;
        }
        let rival = Rival {
            vintage: study.resolve(row.vintage).to_owned(),
            reference: study.resolve(row.reference).to_owned(),
            unit: study.resolve(row.unit).to_owned(),
            value: row.value,
            low: row.low,
            high: row.high,
        };
        if rival.is_known() {
            rows.entry((*at, *actor)).or_default().entry(row.year).or_default().push(rival);
        }
    }
    for rivals in rows.values_mut().flat_map(BTreeMap::values_mut) {
        rivals.sort_by(|a, b| (&a.vintage, &a.reference).cmp(&(&b.vintage, &b.reference)));
    }
    let definitions = definitions(&rows, found.series.len());
    found.rivals = definitions.iter().map(|list| list.len().max(1)).collect();
    found.definitions = definitions.iter().map(|list| list.iter().map(Definition::name).collect()).collect();
    let mut carried: BTreeMap<usize, (usize, i16)> = BTreeMap::new();
    for ((at, actor), by_year) in rows {
        let mut positions: Vec<(i16, u32)> = Vec::new();
        for (year, rivals) in by_year {
            positions.push((year, found.data.len() as u32));
            let item = format!("cell/{}/{}/{year}", found.series[at], actors[actor]);
            let interval = rivals.iter().any(|r| !r.low.is_nan() || !r.high.is_nan());
            let points: Vec<f64> = rivals.iter().map(Rival::point).collect();
            found.data.push(Datum {
                series: at,
                year,
                chosen: definitions[at].iter().map(|definition| definition.row_among(&rivals)).collect(),
                stream: interval.then(|| seed.stream(STAGE, &item)),
                point: mean(&points),
                rivals,
            });
        }
        for (place, year) in years.iter().enumerate() {
            let fill = fill(&positions, *year, study.options.measure.panel, study.options.measure.max_age);
            found.cells[(at * years.len() + place) * actors.len() + actor] = fill;
            let from = match fill {
                Fill::Of(datum) => found.data[datum as usize].year,
                _ => *year,
            };
            if from < *year && at < n_leaves {
                let (count, age) = carried.entry(at).or_insert((0, 0));
                *count += 1;
                *age = (*age).max(year - from);
            }
        }
    }
    note_cells(&found, n_leaves, &carried, notes);
    found
}

/// A rival definition of an indicator: a vintage, and which of the rows of that vintage if a cell has several.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Definition {
    vintage: String,
    nth: usize,
    place: usize,
}

impl Definition {
    fn name(&self) -> String {
        if self.nth == 0 { self.vintage.clone() } else { format!("{} ({})", self.vintage, self.nth + 1) }
    }

    /// The row that stands for the definition in a cell: its own, or else one of the cell's rows by turns, so that an actor
    /// without this definition keeps what it has.
    fn row_among(&self, rivals: &[Rival]) -> u32 {
        let same: Vec<usize> =
            rivals.iter().enumerate().filter(|(_, r)| r.vintage == self.vintage).map(|(at, _)| at).collect();
        match same.len() {
            0 => (self.place % rivals.len()) as u32,
            n => same[self.nth % n] as u32,
        }
    }
}

/// The rival definitions of every series, in the order of vintages.
fn definitions(
    rows: &BTreeMap<(usize, usize), BTreeMap<i16, Vec<Rival>>>,
    n_series: usize,
) -> Vec<Vec<Definition>> {
    let mut most: Vec<BTreeMap<&str, usize>> = vec![BTreeMap::new(); n_series];
    for ((at, _), by_year) in rows {
        for rivals in by_year.values() {
            let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
            for rival in rivals {
                *counts.entry(&rival.vintage).or_insert(0) += 1;
            }
            for (vintage, count) in counts {
                let most = most[*at].entry(vintage).or_insert(0);
                *most = count.max(*most);
            }
        }
    }
    // Vintages that never meet in a cell are no rivals: they are only labels.
    let meets = |at: usize| {
        rows.iter()
            .any(|((series, _), by_year)| *series == at && by_year.values().any(|rivals| rivals.len() > 1))
    };
    most.into_iter()
        .enumerate()
        .map(|(at, most)| {
            if !meets(at) {
                return vec![Definition { vintage: String::new(), nth: 0, place: 0 }];
            }
            let all = most.into_iter().flat_map(|(vintage, count)| (0..count).map(move |nth| (vintage, nth)));
            all.enumerate()
                .map(|(place, (vintage, nth))| Definition { vintage: vintage.to_owned(), nth, place })
                .collect()
        })
        .collect()
}

/// How a year's value comes from the years with data, ascending.
fn fill(positions: &[(i16, u32)], year: i16, panel: Panel, max_age: i16) -> Fill {
    let upto = positions.partition_point(|(at, _)| *at <= year);
    let before = upto.checked_sub(1).map(|at| positions[at]);
    let after = positions.get(upto).copied();
    match (panel, before, after) {
        (_, Some((at, datum)), _) if at == year => Fill::Of(datum),
        (Panel::Latest, Some((at, datum)), _) if year - at <= max_age => Fill::Of(datum),
        (Panel::Linear, Some((from, a)), Some((to, b))) => {
            Fill::Between(a, b, f64::from(year - from) / f64::from(to - from))
        }
        (Panel::Linear, Some((_, datum)), None) | (Panel::Linear, None, Some((_, datum))) => Fill::Of(datum),
        _ => Fill::Unknown,
    }
}

fn note_members(
    study: &Study,
    places: &BTreeMap<&str, usize>,
    ranks: &BTreeMap<&str, usize>,
    notes: &mut Notes,
) {
    let members: BTreeSet<&str> = study
        .indicators
        .iter()
        .filter(|row| places.contains_key(study.resolve(row.indicator)))
        .map(|row| study.resolve(row.actor))
        .filter(|id| !ranks.contains_key(id))
        .filter(|id| study.unit_of(id).is_some_and(|unit| unit != *id))
        .filter(|id| study.actors.get(*id).is_some_and(|actor| actor.part_of.is_some()))
        .collect();
    if !members.is_empty() {
        let at = Place::file("tables/indicators.csv");
        notes.push(Note::new(Kind::MemberNotRanked, STAGE, at).list("actors", members));
    }
}

fn note_cells(found: &Cells, n_leaves: usize, carried: &BTreeMap<usize, (usize, i16)>, notes: &mut Notes) {
    let file = || Place::file("tables/indicators.csv");
    let with_data: BTreeSet<usize> = found.data.iter().map(|datum| datum.series).collect();
    for (at, code) in found.series[..n_leaves].iter().enumerate() {
        if !with_data.contains(&at) {
            notes.push(Note::new(Kind::IndicatorWithoutData, STAGE, file()).with("indicator", code));
        }
        if let Some((count, age)) = carried.get(&at) {
            notes.push(
                Note::new(Kind::ValuesCarried, STAGE, file())
                    .with("indicator", code)
                    .with("count", count)
                    .with("age", age),
            );
        }
        let size = found.n_years * found.n_actors;
        let declared: Vec<&Declared> = found
            .declared
            .range(at * size..(at + 1) * size)
            .filter(|(cell, _)| found.cells[**cell] == Fill::Unknown)
            .map(|(_, declared)| declared)
            .collect();
        if !declared.is_empty() {
            let bounded = declared.iter().filter(|declared| declared.missing != Missing::Unknown).count();
            notes.push(
                Note::new(Kind::MissingDeclared, STAGE, file())
                    .with("indicator", code)
                    .with("count", declared.len())
                    .with("bounded", bounded),
            );
        }
    }
}

impl Cells {
    /// The values of all series in a year into `values` (series, actor), NaN where unknown.
    pub(super) fn read(&self, reading: Reading<'_>, year: usize, values: &mut [f64]) {
        for at in 0..self.series.len() {
            let from = (at * self.n_years + year) * self.n_actors;
            for (value, fill) in values[at * self.n_actors..(at + 1) * self.n_actors]
                .iter_mut()
                .zip(&self.cells[from..from + self.n_actors])
            {
                *value = match *fill {
                    Fill::Unknown => f64::NAN,
                    Fill::Of(datum) => self.value(datum, reading),
                    Fill::Between(a, b, part) => {
                        let (a, b) = (self.value(a, reading), self.value(b, reading));
                        a + part * (b - a)
                    }
                };
            }
        }
    }

    fn value(&self, datum: u32, reading: Reading<'_>) -> f64 {
        let datum = &self.data[datum as usize];
        let rival = reading
            .rivals
            .map(|chosen| chosen[datum.series])
            .filter(|definition| *definition != MEAN)
            .map(|definition| &datum.rivals[datum.chosen[definition as usize] as usize]);
        match (reading.intervals, &datum.stream, rival) {
            (Some(draw), Some(stream), Some(rival)) => rival.within(&mut stream.draw(draw)),
            (Some(draw), Some(stream), None) => {
                let mut random = stream.draw(draw);
                let points: Vec<f64> = datum.rivals.iter().map(|rival| rival.within(&mut random)).collect();
                mean(&points)
            }
            (_, _, Some(rival)) => rival.point(),
            (_, _, None) => datum.point,
        }
    }

    /// Whether any cell in use has an interval.
    pub(super) fn has_intervals(&self) -> bool {
        self.in_use().any(|datum| datum.stream.is_some())
    }

    /// Data behind at least one cell.
    fn in_use(&self) -> impl Iterator<Item = &Datum> {
        let used = self.cells.iter().flat_map(|fill| match fill {
            Fill::Unknown => vec![],
            Fill::Of(datum) => vec![*datum],
            Fill::Between(a, b, _) => vec![*a, *b],
        });
        used.map(|datum| &self.data[datum as usize])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_years_fill_in_as_the_panel_says() {
        let positions = [(2018, 0), (2020, 1), (2025, 2)];
        let check = |panel, year, expected| {
            assert_eq!(fill(&positions, year, panel, 3), expected, "{panel:?} {year}")
        };
        check(Panel::Latest, 2017, Fill::Unknown);
        check(Panel::Latest, 2019, Fill::Of(0));
        check(Panel::Latest, 2023, Fill::Of(1));
        check(Panel::Latest, 2024, Fill::Unknown);
        check(Panel::None, 2019, Fill::Unknown);
        check(Panel::None, 2020, Fill::Of(1));
        check(Panel::Linear, 2017, Fill::Of(0));
        check(Panel::Linear, 2021, Fill::Between(1, 2, 0.2));
        check(Panel::Linear, 2030, Fill::Of(2));
    }
}
