//! From Epoch AI's counts of AI chips by owner: cumulative totals by chip maker, quarter and owner in H100-equivalents, with 5 % and 95 %
//! bounds, added up over chip makers into `indicators.csv` at the end of each year.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::STAGE;
use super::shared::{Actors, columns, complete, number, some, study_text, table};
use crate::diag::{Kind, Note, Notes, Place};
use crate::study::STUDY_FILE;
use crate::table::{Files, Grid, read_grid};

const SOURCE: &str = "Epoch AI, AI chip counts (MIT)";
const LICENCE: &str = "MIT";
/// The indicator that is written.
const INDICATOR: &str = "ai_chip_stock";
const UNIT: &str = "H100-equivalents";
/// Folders of the files of owners, below the folder that is imported.
const FOLDERS: [&str; 4] = ["", "coreweave", "owners_csv_export", "owners_csv_export/coreweave"];
/// End of the names of files of cumulative totals. Others give the same chips again, by quarter or by kind of chip.
const TOTALS: &str = "_cumulative_totals.csv";
const MAKER: &str = "Chip manufacturer";
const OWNER: &str = "Owner";
const END: &str = "End date";
const MEDIAN: &str = "Compute estimate in H100e (median)";
const LOW: &str = "H100e (5th percentile)";
const HIGH: &str = "H100e (95th percentile)";
const COLUMNS: [&str; 6] = [MAKER, OWNER, END, MEDIAN, LOW, HIGH];
/// The owner that stands for a country.
const CHINA: &str = "China";
/// The owner that stands for all that are not named.
const OTHERS: &str = "Other";
/// What the row of China is, by construction of the data.
const OFFICIAL: &str = "official supply only, by construction: neither smuggled chips nor others are in it";
/// States of owners that the builtin codebook does not know.
const HOMES: [(&str, &str); 2] = [("CoreWeave", "USA"), ("xAI", "USA")];

/// The files of a study that holds the stock of AI chips of each owner at the end of each year, by path: `indicators.csv`, the actors, and a
/// bare `study.toml`. `None` if no file of cumulative totals by owner was found.
///
/// A value is the sum of the medians over chip makers in the last quarter of the year, its bounds the sums of the 5 % and 95 % bounds: wider than those
/// of the sum, unless makers err together. Its `vintage` names the makers. Years whose last quarter is not there or not complete are left out, and so
/// are owners that are not named. The owner `China` becomes the state, with a warning: its row is official supply by construction.
///
/// ```
/// use std::collections::BTreeMap;
/// use techpower::import::epoch_chips;
/// let head = "Chip manufacturer,Owner,End date,Compute estimate in H100e (median),H100e (5th percentile),H100e (95th percentile)";
/// let files = BTreeMap::from([
///     ("a_owners_cumulative_totals.csv".to_owned(), format!("{head}\nA,Meta,9/30/2024,8,7,9\nA,Meta,12/31/2024,10,8,12\n")),
///     ("b_owners_cumulative_totals.csv".to_owned(), format!("{head}\nB,Meta,12/31/2024,5,4,7\n")),
/// ]);
/// let (study, _) = epoch_chips(&files, "demo");
/// let rows = &study.unwrap()["tables/indicators.csv"];
/// assert!(rows.contains("firm:meta,ai_chip_stock,2024,15,H100-equivalents,12,19,"));
/// ```
#[must_use]
pub fn epoch_chips(files: &dyn Files, id: &str) -> (Option<BTreeMap<String, String>>, Notes) {
    let mut notes = Notes::new();
    let mut import = Import {
        stocks: BTreeMap::new(),
        ends: BTreeMap::new(),
        owners: BTreeSet::new(),
        excluded: BTreeSet::new(),
        notes: &mut notes,
    };
    import.read(files);
    let made = import.files(id);
    (made, notes)
}

/// A stock with its bounds.
#[derive(Debug, Clone, Copy)]
struct Stock {
    median: f64,
    low: f64,
    high: f64,
}

struct Import<'a> {
    /// Stocks at the end of a year, by owner, year and maker.
    stocks: BTreeMap<(String, i16), BTreeMap<String, Stock>>,
    /// Last quarter of each year, by maker.
    ends: BTreeMap<(i16, String), Date>,
    /// Owners that are named, and those that the rest of a maker is said to exclude.
    owners: BTreeSet<String>,
    excluded: BTreeSet<String>,
    notes: &'a mut Notes,
}

impl Import<'_> {
    fn push(&mut self, kind: Kind, at: Place, args: &[(&str, &str)]) {
        let note = Note::new(kind, STAGE, at);
        self.notes.push(args.iter().fold(note, |note, (name, value)| note.with(name, value)));
    }

    fn read(&mut self, files: &dyn Files) {
        let mut seen = BTreeSet::new();
        let mut found = false;
        for folder in FOLDERS {
            for name in files.list(folder).unwrap_or_default() {
                if !name.ends_with(TOTALS) {
                    continue;
                }
                let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
                let Some(grid) = read_grid(files, &path, self.notes) else { continue };
                // Totals of a maker's sales have no column of owners.
                if grid.position(OWNER).is_some() && complete(&grid, &COLUMNS, self.notes) {
                    found = true;
                    self.totals(&grid, &mut seen);
                }
            }
        }
        if !found {
            let why = format!("no *{TOTALS} with a column `{OWNER}` in it");
            self.push(Kind::UnreadableFile, Place::file("owners_csv_export"), &[("why", &why)]);
        }
    }

    /// Takes the rows of a file that end a year.
    fn totals(&mut self, grid: &Grid, seen: &mut BTreeSet<(String, String, Date)>) {
        for (row, line) in grid.rows.iter().zip(&grid.lines) {
            let at = |column: &str| Place::cell(&grid.path, *line, column);
            let (maker, owner) = (grid.cell(row, MAKER), grid.cell(row, OWNER));
            if let Some(column) = [MAKER, OWNER].into_iter().find(|column| grid.cell(row, column).is_empty())
            {
                self.push(Kind::MissingValue, at(column), &[]);
                continue;
            }
            let Some(end) = date(grid.cell(row, END)) else {
                self.push(Kind::BadDate, at(END), &[("text", grid.cell(row, END))]);
                continue;
            };
            let Some(stock) = self.stock(grid, row, *line) else { continue };
            let key = (maker.to_owned(), owner.to_owned(), end);
            if !seen.insert(key) {
                let key = format!("{maker}, {owner}, {end}");
                self.push(Kind::DuplicateRow, Place::row(&grid.path, *line), &[("key", &key)]);
                continue;
            }
            self.owners.insert(owner.to_owned());
            self.excluded.extend(excluded(grid.cell(row, "Notes")));
            let incomplete = grid.position("Incomplete").is_some_and(|at| !row[at].is_empty());
            let last = self.ends.entry((end.year(), maker.to_owned())).or_insert(end);
            *last = (*last).max(end);
            if ends_year(end) && !incomplete {
                let makers = self.stocks.entry((owner.to_owned(), end.year())).or_default();
                makers.insert(maker.to_owned(), stock);
            }
        }
    }

    /// The stock of a row, if its numbers are numbers and in order.
    fn stock(&mut self, grid: &Grid, row: &[String], line: u64) -> Option<Stock> {
        let mut read = |column: &str| {
            let text = grid.cell(row, column).replace(',', "");
            number(&text).inspect_err(|kind| {
                let kind = if text.is_empty() { Kind::MissingValue } else { *kind };
                self.push(kind, Place::cell(&grid.path, line, column), &[("text", &text)]);
            })
        };
        let (median, low, high) = (read(MEDIAN).ok()?, read(LOW).ok()?, read(HIGH).ok()?);
        if low <= median && median <= high && low >= 0.0 {
            return Some(Stock { median, low, high });
        }
        let found = format!("{low}, {median}, {high}");
        self.push(Kind::IntervalDisordered, Place::row(&grid.path, line), &[("found", &found)]);
        None
    }

    fn files(&mut self, id: &str) -> Option<BTreeMap<String, String>> {
        let years: BTreeSet<i16> = self.stocks.keys().map(|(_, year)| *year).collect();
        let Some((from, to)) = years.first().copied().zip(years.last().copied()) else {
            self.push(Kind::ImportNothing, Place::file("owners_csv_export"), &[]);
            return None;
        };
        self.note_years();
        self.note_makers();
        self.note_owners();
        let mut actors = Actors::new();
        let indicators = self.indicators(&mut actors);
        let at = Place::file("tables/indicators.csv");
        self.push(Kind::ImportLicence, at, &[("source", SOURCE), ("licence", LICENCE)]);
        Some(BTreeMap::from([
            ("tables/actors.csv".to_owned(), actors.text()),
            ("tables/indicators.csv".to_owned(), indicators),
            (STUDY_FILE.to_owned(), study_text(id, from, to, "")),
        ]))
    }

    /// Years whose last quarter no maker gives.
    fn note_years(&mut self) {
        let whole: BTreeSet<i16> = self.stocks.keys().map(|(_, year)| *year).collect();
        let last: BTreeMap<i16, Date> = self
            .ends
            .iter()
            .filter(|((year, _), _)| !whole.contains(year))
            .map(|((year, _), end)| (*year, *end))
            .collect();
        for (year, end) in last {
            let (year, end) = (year.to_string(), end.to_string());
            let at = Place::file("owners_csv_export");
            self.push(Kind::ImportYearUnfinished, at, &[("year", &year), ("end", &end)]);
        }
    }

    /// Makers that an owner has chips of in some years only: before, they are unknown, not zero.
    fn note_makers(&mut self) {
        let mut makers: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for ((owner, _), stocks) in &self.stocks {
            makers.entry(owner).or_default().extend(stocks.keys().map(String::as_str));
        }
        let mut lacking: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
        for ((owner, year), stocks) in self.stocks.iter().filter(|((owner, _), _)| owner != OTHERS) {
            for maker in &makers[owner.as_str()] {
                if !stocks.contains_key(*maker) {
                    let key = (owner.clone(), (*maker).to_owned());
                    lacking.entry(key).or_default().push(year.to_string());
                }
            }
        }
        for ((owner, maker), years) in lacking {
            let args = [("owner", owner.as_str()), ("maker", &maker), ("years", &years.join(", "))];
            self.push(Kind::ImportMakerLacking, Place::file("owners_csv_export"), &args);
        }
    }

    /// Owners that are taken out of the rest without having rows of their own.
    fn note_owners(&mut self) {
        let lost: Vec<String> = self.excluded.difference(&self.owners).cloned().collect();
        if !lost.is_empty() {
            let at = Place::file("owners_csv_export");
            self.push(Kind::ImportOwnerLost, at, &[("owners", &some(&lost))]);
        }
    }

    /// `indicators.csv`.
    fn indicators(&mut self, actors: &mut Actors) -> String {
        let mut rows = Vec::new();
        let stocks = std::mem::take(&mut self.stocks);
        let at = || Place::file("tables/indicators.csv");
        for ((owner, year), makers) in &stocks {
            if owner == OTHERS {
                continue;
            }
            let sum = |part: fn(&Stock) -> f64| makers.values().map(part).sum::<f64>().to_string();
            let named: Vec<&str> = makers.keys().map(String::as_str).collect();
            let mut vintage = format!("end of year; chips of {}", named.join(", "));
            let actor = if owner == CHINA {
                vintage = format!("{vintage}; {OFFICIAL}");
                actors.state("CHN", CHINA);
                "CHN".to_owned()
            } else {
                let home = HOMES.iter().find(|(name, _)| name == owner).map_or("", |(_, home)| *home);
                actors.firm(owner, home, &[])
            };
            rows.push(vec![
                actor,
                INDICATOR.to_owned(),
                year.to_string(),
                sum(|stock| stock.median),
                UNIT.to_owned(),
                sum(|stock| stock.low),
                sum(|stock| stock.high),
                vintage,
                format!("{SOURCE}, *{TOTALS}; medians and 5 % and 95 % bounds added up over chip makers"),
                String::new(),
                String::new(),
            ]);
        }
        if stocks.keys().any(|(owner, _)| owner == CHINA) {
            self.push(Kind::ImportOfficialOnly, at(), &[("actor", "CHN")]);
        }
        let others: Vec<String> = stocks
            .iter()
            .filter(|((owner, _), _)| owner == OTHERS)
            .map(|((_, year), makers)| {
                let sum: f64 = makers.values().map(|stock| stock.median).sum();
                format!("{year}: {sum}")
            })
            .collect();
        if !others.is_empty() {
            self.push(Kind::ImportOthers, at(), &[("sums", &some(&others)), ("unit", UNIT)]);
        }
        table(columns::INDICATORS, rows.into_iter())
    }
}

/// The owners named by a remark such as `Excludes Meta, China. Estimates generated on: ...`.
fn excluded(remark: &str) -> Vec<String> {
    let Some((_, rest)) = remark.split_once("Excludes ") else { return Vec::new() };
    let list = rest.split('.').next().unwrap_or_default();
    list.split(',').map(|owner| owner.trim().to_owned()).filter(|owner| !owner.is_empty()).collect()
}

/// Whether a day ends a calendar year.
fn ends_year(day: Date) -> bool {
    day.month() == 12 && day.day() == 31
}

/// A day as `12/31/2024` or `2024-12-31`.
fn date(text: &str) -> Option<Date> {
    let text = text.trim();
    if let Ok(date) = text.parse() {
        return Some(date);
    }
    let mut parts = text.split('/');
    let (month, day, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}
