//! From COINr (Becker et al. 2022, *Journal of Open Source Software* 7(78), 4567): its `iData`, one row a unit with a column per
//! indicator, and its `iMeta`, one row an indicator, aggregate, group or denominator.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::STAGE;
use crate::codebook::Codebook;
use crate::diag::{Kind, Lang, Note, Notes, Place};
use crate::study::{MeasureOptions, STUDY_FILE, Scale, VaryWeights, recipe_text, schema};
use crate::table::{Files, Grid, read_grid};

/// Columns of `iMeta` that are read, beside others that are kept out.
const META: [&str; 6] = ["iCode", "Level", "Parent", "Direction", "Weight", "Type"];
/// Columns of `iData` that say whose row it is.
const UNIT: [&str; 3] = ["uCode", "uName", "Time"];
/// Types of rows of `iMeta`.
const TYPES: [&str; 4] = ["indicator", "aggregate", "group", "denominator"];
/// What every value refers to.
const REFERENCE: &str = "COINr iData";
/// Year of data that have no column `Time`.
const UNDATED: i16 = 2000;

/// The files of a study that holds the data and the hierarchy of COINr's `iData` and `iMeta`, by path; and a `study.toml` that measures them as
/// COINr does by default: min-max from 0 to 100, arithmetic means, nothing varied. `None` if either cannot be read.
///
/// Groups of `iMeta` become columns of `actors.csv`, denominators become indicators beside the hierarchy, and a unit that the builtin codebook
/// knows gets its Chinese name; other units and all indicators carry their English name in both languages.
///
/// ```
/// use std::collections::BTreeMap;
/// use techpower::import::coinr;
/// let files = BTreeMap::from([
///     ("iData.csv".to_owned(), "uCode,uName,Time,a,b\nAUT,Austria,2018,1,4\nBEL,Belgium,2018,2,NA\n".to_owned()),
///     ("iMeta.csv".to_owned(), "iCode,Level,Parent,Direction,Weight,Type\na,1,I,1,1,Indicator\n\
///         b,1,I,-1,2,Indicator\nI,2,NA,1,1,Aggregate\n".to_owned()),
/// ]);
/// let (study, notes) = coinr(&files, "iData.csv", "iMeta.csv", "demo");
/// let study = study.expect("both are there");
/// assert!(notes.is_empty());
/// assert!(study["tables/indicators.csv"].contains("AUT,b,2018,4,"));
/// assert!(!study["tables/indicators.csv"].contains("BEL,b"));
/// ```
#[must_use]
pub fn coinr(
    files: &dyn Files,
    data: &str,
    meta: &str,
    id: &str,
) -> (Option<BTreeMap<String, String>>, Notes) {
    let mut notes = Notes::new();
    let grids = read_grid(files, data, &mut notes).zip(read_grid(files, meta, &mut notes));
    let Some((data, meta)) = grids else { return (None, notes) };
    let mut import = Import { data: &data, meta: &meta, notes: &mut notes };
    let files = import.files(id);
    (files, notes)
}

struct Import<'a> {
    data: &'a Grid,
    meta: &'a Grid,
    notes: &'a mut Notes,
}

/// A cell's text, empty for what R writes for missing.
fn text(cell: &str) -> &str {
    let cell = cell.trim();
    if matches!(cell, "NA" | "NaN") { "" } else { cell }
}

impl Import<'_> {
    fn files(&mut self, id: &str) -> Option<BTreeMap<String, String>> {
        if self.data.position("iCode").is_some() && self.meta.position("uCode").is_some() {
            self.notes.push(Note::new(Kind::ImportExchanged, STAGE, Place::file(&self.data.path)));
            return None;
        }
        let mut complete = true;
        for (grid, columns) in [(self.meta, &META[..]), (self.data, &UNIT[..1])] {
            for column in columns.iter().filter(|column| grid.position(column).is_none()) {
                complete = false;
                let strangers = grid.header.iter().map(String::as_str);
                self.notes.push(
                    Note::new(Kind::MissingColumn, STAGE, Place::cell(&grid.path, 1, column))
                        .with("column", column)
                        .near(column, strangers),
                );
            }
        }
        if !complete {
            return None;
        }
        self.note_meta();
        let (groups, denominators, indicators) =
            (self.of_type("group"), self.of_type("denominator"), self.of_type("indicator"));
        let values: Vec<String> = indicators.into_iter().chain(denominators).collect();
        self.note_columns(&values, &groups);
        let years = self.years();
        if years.iter().all(Option::is_none) {
            // Without a single dated row there is no study.
            if years.is_empty() {
                self.notes.push(Note::new(Kind::EmptyFile, STAGE, Place::file(&self.data.path)));
            }
            return None;
        }
        let mut files = BTreeMap::new();
        files.insert("tables/actors.csv".to_owned(), self.actors(&groups));
        files.insert("tables/index.csv".to_owned(), self.index());
        files.insert("tables/indicators.csv".to_owned(), self.indicators(&values, &years));
        let dated = || years.iter().flatten().copied();
        let (from, to) = (dated().min().unwrap_or(UNDATED), dated().max().unwrap_or(UNDATED));
        files.insert(STUDY_FILE.to_owned(), study_text(id, from, to));
        Some(files)
    }

    /// Codes of the rows of `iMeta` of a type.
    fn of_type(&self, wanted: &str) -> Vec<String> {
        let rows = self.meta.rows.iter().filter(|row| self.kind(row) == wanted);
        rows.map(|row| self.meta.cell(row, "iCode").to_owned()).collect()
    }

    /// The type of a row of `iMeta`, in small letters.
    fn kind(&self, row: &[String]) -> String {
        text(self.meta.cell(row, "Type")).to_lowercase()
    }

    /// Rows of `iMeta` of a type that there is none of, twice the same code, and directions and weights that are taken for 1.
    fn note_meta(&mut self) {
        let mut seen = BTreeSet::new();
        for (row, line) in self.meta.rows.iter().zip(&self.meta.lines) {
            let place = |column: &str| Place::cell(&self.meta.path, *line, column);
            let (code, kind) = (self.meta.cell(row, "iCode"), self.kind(row));
            if !TYPES.contains(&kind.as_str()) {
                let note = Note::new(Kind::BadChoice, STAGE, place("Type"));
                let note = note.near(&kind, TYPES).with("text", &kind).list("choices", TYPES);
                self.notes.push(note);
            }
            if !seen.insert(code) {
                self.notes.push(Note::new(Kind::DuplicateRow, STAGE, place("iCode")).with("key", code));
            }
            for column in ["Direction", "Weight"] {
                if matches!(kind.as_str(), "indicator" | "aggregate")
                    && text(self.meta.cell(row, column)).is_empty()
                {
                    let note = Note::new(Kind::ImportTakenForOne, STAGE, place(column));
                    self.notes.push(note.with("code", code).with("column", column));
                }
            }
            let by = self.meta.position("Denominator").map_or("", |at| text(&row[at]));
            if !by.is_empty() && self.data.position(by).is_none() {
                let known = self.data.header.iter().map(String::as_str);
                let note = Note::new(Kind::UnknownDenominator, STAGE, place("Denominator"));
                self.notes.push(note.near(by, known).with("code", by));
            }
        }
    }

    /// Columns that one of the files lacks and the other speaks of.
    fn note_columns(&mut self, values: &[String], groups: &[String]) {
        let described =
            |name: &str| values.iter().chain(groups).any(|code| code == name) || UNIT.contains(&name);
        for code in values.iter().chain(groups).filter(|code| self.data.position(code).is_none()) {
            let strangers = self.data.header.iter().map(String::as_str).filter(|name| !described(name));
            self.notes.push(
                Note::new(Kind::ImportColumnMissing, STAGE, Place::cell(&self.data.path, 1, code))
                    .with("column", code)
                    .with("meta", &self.meta.path)
                    .near(code, strangers),
            );
        }
        for (at, name) in self.data.header.iter().enumerate() {
            if self.data.header[..at].contains(name) {
                let at = Place::cell(&self.data.path, 1, name);
                self.notes.push(Note::new(Kind::RepeatedColumn, STAGE, at).with("column", name));
            }
            if !described(name) {
                self.notes.push(
                    Note::new(
                        Kind::ImportColumnUnknown,
                        STAGE,
                        Place::cell(&self.data.path, 1, &self.data.header[at]),
                    )
                    .with("column", name)
                    .with("meta", &self.meta.path),
                );
            }
        }
    }

    fn year(&self, row: &[String]) -> Option<i16> {
        if self.data.position("Time").is_none() {
            return Some(UNDATED);
        }
        // As a number, or the beginning of a date.
        let time = text(self.data.cell(row, "Time"));
        let year = time.split_once(['.', '-']).map_or(time, |(year, _)| year);
        year.parse().ok().filter(|year| (1000..3000).contains(year))
    }

    /// The year of every row; a row without one is left out with a note.
    fn years(&mut self) -> Vec<Option<i16>> {
        let years: Vec<Option<i16>> = self.data.rows.iter().map(|row| self.year(row)).collect();
        for ((row, line), _) in
            self.data.rows.iter().zip(&self.data.lines).zip(&years).filter(|(_, year)| year.is_none())
        {
            let at = Place::cell(&self.data.path, *line, "Time");
            self.notes.push(Note::new(Kind::BadYear, STAGE, at).with("text", self.data.cell(row, "Time")));
        }
        years
    }

    fn actors(&self, groups: &[String]) -> String {
        let own = |code: &str| schema::ACTORS.columns.iter().any(|column| column.name == code);
        let groups: Vec<&String> =
            groups.iter().filter(|code| self.data.position(code).is_some() && !own(code)).collect();
        let (codebook, _) = Codebook::builtin();
        let mut writer = csv::Writer::from_writer(Vec::new());
        let mut header = vec!["actor", "name_en", "name_zh", "kind"];
        header.extend(groups.iter().map(|code| code.as_str()));
        writer.write_record(&header).expect("writing to memory");
        let mut seen = BTreeSet::new();
        for row in &self.data.rows {
            let code = text(self.data.cell(row, "uCode"));
            if code.is_empty() || !seen.insert(code) {
                continue;
            }
            let name = match self.data.position("uName") {
                Some(at) if !text(&row[at]).is_empty() => text(&row[at]),
                _ => code,
            };
            let known = codebook.actors.get(code).map(|actor| actor.name(Lang::Zh).to_owned());
            let mut record = vec![
                code.to_owned(),
                name.to_owned(),
                known.unwrap_or_else(|| name.to_owned()),
                "state".to_owned(),
            ];
            record.extend(groups.iter().map(|code| text(self.data.cell(row, code)).to_owned()));
            writer.write_record(&record).expect("writing to memory");
        }
        finished(writer)
    }

    fn index(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let columns = schema::INDEX.columns.iter().map(|column| column.name);
        writer.write_record(columns).expect("writing to memory");
        let optional = |row: &[String], column: &str| {
            self.meta.position(column).map_or(String::new(), |at| text(&row[at]).to_owned())
        };
        for row in &self.meta.rows {
            if !matches!(self.kind(row).as_str(), "indicator" | "aggregate") {
                continue;
            }
            let code = self.meta.cell(row, "iCode");
            let name = optional(row, "iName");
            let name = if name.is_empty() { code.to_owned() } else { name };
            let or_one = |column: &str| {
                Some(optional(row, column)).filter(|t| !t.is_empty()).unwrap_or("1".to_owned())
            };
            let goalposts = (optional(row, "goalpost_lower"), optional(row, "goalpost_upper"));
            let cells = schema::INDEX.columns.iter().map(|column| match column.name {
                "code" => code.to_owned(),
                "name_en" | "name_zh" => name.clone(),
                "parent" => optional(row, "Parent"),
                "level" => optional(row, "Level"),
                "direction" => or_one("Direction"),
                "weight" => or_one("Weight"),
                "denominator" => optional(row, "Denominator"),
                "target" => optional(row, "Target"),
                "goalposts" if !goalposts.0.is_empty() => format!("{}..{}", goalposts.0, goalposts.1),
                _ => String::new(),
            });
            writer.write_record(cells).expect("writing to memory");
        }
        finished(writer)
    }

    fn indicators(&mut self, values: &[String], years: &[Option<i16>]) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer
            .write_record(["actor", "indicator", "year", "value", "unit", "reference"])
            .expect("writing to memory");
        let units: BTreeMap<&str, &str> = self
            .meta
            .rows
            .iter()
            .map(|row| {
                (self.meta.cell(row, "iCode"), self.meta.position("Unit").map_or("", |at| text(&row[at])))
            })
            .collect();
        let mut seen: BTreeSet<(String, i16)> = BTreeSet::new();
        let rows = self.data.rows.iter().zip(&self.data.lines);
        for ((row, line), year) in rows.zip(years).filter_map(|(row, year)| Some((row, (*year)?))) {
            let actor = text(self.data.cell(row, "uCode"));
            if actor.is_empty() {
                self.notes.push(Note::new(
                    Kind::MissingValue,
                    STAGE,
                    Place::cell(&self.data.path, *line, "uCode"),
                ));
                continue;
            }
            if !seen.insert((actor.to_owned(), year)) {
                let key = format!("{actor}, {year}");
                self.notes.push(
                    Note::new(Kind::DuplicateRow, STAGE, Place::row(&self.data.path, *line)).with("key", key),
                );
                continue;
            }
            for code in values.iter().filter(|code| self.data.position(code).is_some()) {
                let value = text(self.data.cell(row, code));
                if value.is_empty() {
                    continue;
                }
                if value.parse::<f64>().is_err() {
                    let at = Place::cell(&self.data.path, *line, code);
                    self.notes.push(Note::new(Kind::NotANumber, STAGE, at).with("text", value));
                    continue;
                }
                let unit = units.get(code.as_str()).copied().unwrap_or("");
                let year = year.to_string();
                writer.write_record([actor, code, &year, value, unit, REFERENCE]).expect("writing to memory");
            }
        }
        finished(writer)
    }
}

fn finished(writer: csv::Writer<Vec<u8>>) -> String {
    String::from_utf8(writer.into_inner().expect("writing to memory")).expect("texts are UTF-8")
}

/// A study that measures as COINr does by default.
fn study_text(id: &str, from: i16, to: i16) -> String {
    let mut measure =
        MeasureOptions { scale: Scale::Native, min_coverage: 0.0, max_age: 0, ..MeasureOptions::default() };
    measure.vary.weights = VaryWeights::Off;
    measure.vary.named = vec!["weights".to_owned()];
    let mut out = String::from("[study]\nformat = 1\n");
    let _ =
        writeln!(out, "id = {}\ncodebook = \"none\"\nfrom = {from}\nto = {to}", serde_json::Value::from(id));
    out.push_str(&recipe_text(&measure));
    out
}
