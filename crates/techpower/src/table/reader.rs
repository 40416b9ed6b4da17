//! Reads a table row by row: finds encoding and separator, checks every cell against the schema, notes what is wrong and
//! hands on the rows that are good.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};
use std::io::{BufRead, BufReader, Read};

use super::decode::{Decoder, LOOK, Other, open_bytes};
use super::schema::{Table, Type};
use super::when::When;
use super::{Files, STAGE};
use crate::diag::{Kind, Note, Notes, Place};

/// The checked value of a cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell<'a> {
    Empty,
    Text(Cow<'a, str>),
    Number(f64),
    Year(i16),
    Date(When),
    Interval(f64, f64),
}

/// A row whose required cells are all good.
pub(crate) struct Row<'a> {
    /// Line of the file, from 1.
    pub(crate) line: u64,
    schema: &'a Table,
    path: &'a str,
    cells: Vec<Cell<'a>>,
    extra: Vec<String>,
}

impl Row<'_> {
    /// The text of a cell; empty if unknown.
    pub(crate) fn text(&self, column: &str) -> &str {
        match &self.cells[self.schema.position(column)] {
            Cell::Text(text) => text,
            _ => "",
        }
    }

    /// The text of a cell; `None` if unknown.
    pub(crate) fn optional(&self, column: &str) -> Option<String> {
        Some(self.text(column)).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// The parts of a cell separated by `|`.
    pub(crate) fn list(&self, column: &str) -> Vec<String> {
        self.text(column)
            .split('|')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect()
    }

    /// A number; `None` if unknown.
    pub(crate) fn number(&self, column: &str) -> Option<f64> {
        match self.cells[self.schema.position(column)] {
            Cell::Number(number) => Some(number),
            _ => None,
        }
    }

    /// A year of a required column.
    pub(crate) fn year(&self, column: &str) -> i16 {
        match self.cells[self.schema.position(column)] {
            Cell::Year(year) => year,
            _ => unreachable!("`{column}` is a required column of years"),
        }
    }

    /// A date of a required column.
    pub(crate) fn date(&self, column: &str) -> When {
        match self.cells[self.schema.position(column)] {
            Cell::Date(when) => when,
            _ => unreachable!("`{column}` is a required column of dates"),
        }
    }

    /// A date; `None` if unknown.
    pub(crate) fn when(&self, column: &str) -> Option<When> {
        match self.cells[self.schema.position(column)] {
            Cell::Date(when) => Some(when),
            _ => None,
        }
    }

    /// An interval; `None` if unknown.
    pub(crate) fn interval(&self, column: &str) -> Option<(f64, f64)> {
        match self.cells[self.schema.position(column)] {
            Cell::Interval(low, high) => Some((low, high)),
            _ => None,
        }
    }

    /// The place of a cell.
    pub(crate) fn place(&self, column: &str) -> Place {
        Place::cell(self.path, self.line, column)
    }

    /// A note about a cell.
    pub(crate) fn note(&self, kind: Kind, column: &str) -> Note {
        Note::new(kind, STAGE, self.place(column))
    }

    /// Texts of the columns that the schema does not know.
    pub(crate) fn extra(&self) -> &[String] {
        &self.extra
    }
}

/// What reading a table found besides its rows.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Whether the file exists.
    pub(crate) exists: bool,
    /// Columns that the schema does not know, in file order.
    pub(crate) extra_columns: Vec<String>,
    /// First key of the rows that were left out, so that links to them are not called unknown.
    pub(crate) left_out: BTreeSet<String>,
}

impl Found {
    fn leave_out(&mut self, cells: &[Cell<'_>], key: &[usize]) {
        if let Some(Cell::Text(id)) = key.first().map(|at| &cells[*at]) {
            self.left_out.insert(id.clone().into_owned());
        }
    }
}

/// Reads a table and calls `keep` with every good row. `keep` answers whether it kept the row, so that a row that is refused
/// for its meaning does not block a later row with the same key.
pub(crate) fn read_table(
    files: &dyn Files,
    path: &str,
    schema: &Table,
    notes: &mut Notes,
    mut keep: impl FnMut(&Row<'_>, &mut Notes) -> bool,
) -> Found {
    let mut found = Found::default();
    match files.open(path) {
        Ok(None) => {}
        Ok(Some(file)) => {
            found.exists = true;
            if let Err(error) = read_rows(file, schema, path, notes, &mut found, &mut keep) {
                notes.push(Note::new(Kind::UnreadableFile, STAGE, Place::file(path)).because(error));
            }
        }
        Err(error) => {
            found.exists = true;
            notes.push(Note::new(Kind::UnreadableFile, STAGE, Place::file(path)).because(error));
        }
    }
    found
}

fn read_rows(
    file: Box<dyn Read + '_>,
    schema: &Table,
    path: &str,
    notes: &mut Notes,
    found: &mut Found,
    keep: &mut dyn FnMut(&Row<'_>, &mut Notes) -> bool,
) -> Result<(), csv::Error> {
    let mut source = BufReader::with_capacity(LOOK, file);
    if source.fill_buf()?.starts_with(b"PK\x03\x04") {
        notes.push(Note::new(Kind::IsWorkbook, STAGE, Place::file(path)));
        return Ok(());
    }
    let (source, other) = open_bytes(source, path, notes)?;
    read_records(source, other, schema, path, notes, found, keep)
}

fn read_records(
    mut source: impl BufRead,
    other: Option<Other>,
    schema: &Table,
    path: &str,
    notes: &mut Notes,
    found: &mut Found,
    keep: &mut dyn FnMut(&Row<'_>, &mut Notes) -> bool,
) -> Result<(), csv::Error> {
    let delimiter = separator(source.fill_buf()?, schema);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .comment(Some(b'#'))
        .from_reader(source);
    let mut decoder = Decoder::new(other, path);
    let mut record = csv::ByteRecord::new();
    if !reader.read_byte_record(&mut record)? {
        notes.push(Note::new(Kind::EmptyFile, STAGE, Place::file(path)));
        return Ok(());
    }
    let header_line = record.position().map_or(1, csv::Position::line);
    let header: Vec<String> =
        record.iter().map(|name| decoder.decode(name, header_line, notes).trim().to_owned()).collect();
    let Some(positions) = columns(&header, schema, path, header_line, notes, found) else { return Ok(()) };
    let extras: Vec<usize> = (0..header.len()).filter(|i| !positions.contains(&Some(*i))).collect();
    let key: Vec<usize> = schema.key.iter().map(|name| schema.position(name)).collect();
    let mut seen: HashSet<u64> = HashSet::new();
    while reader.read_byte_record(&mut record)? {
        let line = record.position().map_or(0, csv::Position::line);
        if record.iter().all(|cell| cell.trim_ascii().is_empty()) {
            continue;
        }
        let swallowed = swallowed_rows(&record, delimiter, header.len());
        if swallowed > 0 {
            notes.push(Note::new(Kind::OpenQuote, STAGE, Place::row(path, line)).with("lines", swallowed));
            continue;
        }
        if record.len() != header.len() {
            notes.push(
                Note::new(Kind::RaggedRow, STAGE, Place::row(path, line))
                    .with("found", record.len())
                    .with("expected", header.len()),
            );
            continue;
        }
        let mut good = true;
        let mut cells = Vec::with_capacity(schema.columns.len());
        for (column, position) in schema.columns.iter().zip(&positions) {
            let text = match position {
                Some(at) => decoder.decode(&record[*at], line, notes),
                None => Cow::Borrowed(""),
            };
            let cell = match trimmed(text) {
                text if text.is_empty() => Ok(Cell::Empty),
                text => check(text, column.kind),
            };
            match cell {
                Ok(Cell::Empty) if column.required => {
                    good = false;
                    notes.push(Note::new(Kind::MissingValue, STAGE, Place::cell(path, line, column.name)));
                    cells.push(Cell::Empty);
                }
                Ok(cell) => cells.push(cell),
                Err(note) => {
                    good &= !column.required;
                    let mut note = *note;
                    note.at = Place::cell(path, line, column.name);
                    notes.push(note);
                    cells.push(Cell::Empty);
                }
            }
        }
        if !good {
            found.leave_out(&cells, &key);
            continue;
        }
        let identity = identity(&cells, &key);
        if !key.is_empty() && seen.contains(&identity) {
            let words: Vec<String> =
                key.iter().map(|at| shown(&cells[*at])).filter(|w| !w.is_empty()).collect();
            notes.push(Note::new(Kind::DuplicateRow, STAGE, Place::row(path, line)).list("key", words));
            continue;
        }
        let extra =
            extras.iter().map(|at| decoder.decode(&record[*at], line, notes).trim().to_owned()).collect();
        let row = Row { line, schema, path, cells, extra };
        if keep(&row, notes) {
            seen.insert(identity);
        } else {
            found.leave_out(&row.cells, &key);
        }
    }
    Ok(())
}

/// The separator under which the header line names most columns of the schema; commas win ties.
fn separator(head: &[u8], schema: &Table) -> u8 {
    let line = head.split(|b| *b == b'\n').find(|line| !line.starts_with(b"#")).unwrap_or(head);
    let known = |separator: u8| {
        line.split(|b| *b == separator)
            .filter(|name| {
                let name = String::from_utf8_lossy(name.trim_ascii());
                schema.columns.iter().any(|column| column.name == name.trim_matches('"'))
            })
            .count()
    };
    *[b'\t', b';', b','].iter().max_by_key(|separator| known(**separator)).unwrap_or(&b',')
}

/// For each column of the schema its place in the file; `None` if a required column is missing.
fn columns(
    header: &[String],
    schema: &Table,
    path: &str,
    line: u64,
    notes: &mut Notes,
    found: &mut Found,
) -> Option<Vec<Option<usize>>> {
    let strangers: Vec<&str> = header
        .iter()
        .map(String::as_str)
        .filter(|name| schema.columns.iter().all(|c| c.name != *name))
        .collect();
    if strangers.len() == header.len() {
        let expected: Vec<&str> = schema.columns.iter().map(|column| column.name).collect();
        notes.push(
            Note::new(Kind::NoHeader, STAGE, Place::row(path, line)).with("expected", expected.join(",")),
        );
        return None;
    }
    let mut complete = true;
    let positions = schema
        .columns
        .iter()
        .map(|column| {
            let mut places =
                header.iter().enumerate().filter(|(_, name)| *name == column.name).map(|(at, _)| at);
            let first = places.next();
            if places.next().is_some() {
                notes.push(
                    Note::new(Kind::RepeatedColumn, STAGE, Place::cell(path, line, column.name))
                        .with("column", column.name),
                );
            }
            if first.is_none() && column.required {
                complete = false;
                notes.push(
                    Note::new(Kind::MissingColumn, STAGE, Place::cell(path, line, column.name))
                        .with("column", column.name)
                        .near(column.name, strangers.iter().copied()),
                );
            }
            first
        })
        .collect();
    for (at, name) in header.iter().enumerate() {
        if schema.columns.iter().any(|column| column.name == name) {
            // A repeated column is kept under its name beside the one that counts.
            if header[..at].contains(name) {
                found.extra_columns.push(name.clone());
            }
            continue;
        }
        let missing = schema.columns.iter().map(|c| c.name).filter(|known| header.iter().all(|h| h != known));
        notes.push(
            Note::new(Kind::UnknownColumn, STAGE, Place::cell(path, line, name))
                .with("column", name)
                .near(name, missing),
        );
        found.extra_columns.push(name.clone());
    }
    complete.then_some(positions)
}

fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) if text.trim().len() == text.len() => Cow::Owned(text),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

/// Checks the text of a cell that is not empty.
fn check(text: Cow<'_, str>, kind: Type) -> Result<Cell<'_>, Box<Note>> {
    let wrong = |kind: Kind| Box::new(Note::new(kind, STAGE, Place::default()).with("text", &text));
    match kind {
        Type::Text => Ok(Cell::Text(text)),
        Type::Id if text.chars().any(|c| c.is_whitespace() || c == '|') => Err(wrong(Kind::BadId)),
        Type::Ids if text.split('|').any(|id| id.is_empty() || id.chars().any(divides)) => {
            Err(wrong(Kind::BadIds))
        }
        Type::Id | Type::Ids => Ok(Cell::Text(text)),
        Type::Choice(words) if words.contains(&text.as_ref()) => Ok(Cell::Text(text)),
        Type::Choice(words) => {
            let note =
                wrong(Kind::BadChoice).list("choices", words.iter()).near(&text, words.iter().copied());
            Err(Box::new(note))
        }
        Type::Number { min, max } => match number(&text) {
            Ok(value) if (value < min || value > max) && (min, max) == (0.0, 1.0) => {
                Err(wrong(Kind::NotAShare))
            }
            Ok(value) if value < min && (min, max) == (0.0, f64::INFINITY) => Err(wrong(Kind::BelowZero)),
            Ok(value) if value < min || value > max => {
                Err(Box::new(wrong(Kind::OutOfRange).with("min", min).with("max", max)))
            }
            Ok(value) => Ok(Cell::Number(value)),
            Err(kind) => Err(wrong(kind)),
        },
        // Other programs write years as `2022.0`.
        Type::Year => match text.strip_suffix(".0").unwrap_or(&text).parse::<i16>() {
            Ok(year) if (1000..3000).contains(&year) => Ok(Cell::Year(year)),
            _ => Err(wrong(Kind::BadYear)),
        },
        Type::Date => text.parse().map(Cell::Date).map_err(|_| wrong(Kind::BadDate)),
        Type::Interval => {
            let (low, high) = text.split_once("..").unwrap_or((&text, &text));
            match (number(low), number(high)) {
                (Ok(low), Ok(high)) if low <= high => Ok(Cell::Interval(low, high)),
                _ => Err(wrong(Kind::BadInterval)),
            }
        }
    }
}

/// Whether a character separates ids where only `|` should.
fn divides(character: char) -> bool {
    character.is_whitespace() || matches!(character, ',' | ';' | '，' | '；' | '、' | '｜')
}

/// How many lines of a quoted cell look like rows of their own: they have as many separators as a row.
fn swallowed_rows(record: &csv::ByteRecord, delimiter: u8, columns: usize) -> usize {
    let is_row = |line: &&[u8]| line.iter().filter(|byte| **byte == delimiter).count() + 1 >= columns.max(2);
    record.iter().flat_map(|cell| cell.split(|byte| *byte == b'\n').skip(1)).filter(is_row).count()
}

/// A finite number written with a point and without thousand marks.
fn number(text: &str) -> Result<f64, Kind> {
    let text = text.trim();
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        Ok(_) => Err(Kind::NotFinite),
        Err(_) if text.ends_with(['%', '％']) => Err(Kind::Percent),
        Err(_) => {
            let digits: String =
                text.chars().filter(|c| !matches!(c, ',' | ' ' | '\'' | '，' | '\u{a0}' | '_')).collect();
            let marked = digits.len() < text.len() && digits.parse::<f64>().is_ok();
            Err(if marked { Kind::ThousandMarks } else { Kind::NotANumber })
        }
    }
}

/// 64 bits that stand for the key of a row: equal for equal keys, and among ten million different keys the chance of any two
/// being taken for equal is 3e-6.
fn identity(cells: &[Cell<'_>], key: &[usize]) -> u64 {
    let mut hasher = blake3::Hasher::new();
    for at in key {
        hasher.update(shown(&cells[*at]).as_bytes());
        hasher.update(&[0x1f]);
    }
    let mut identity = [0; 8];
    identity.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
    u64::from_le_bytes(identity)
}

fn shown(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.clone().into_owned(),
        Cell::Number(number) => number.to_string(),
        Cell::Year(year) => year.to_string(),
        Cell::Date(when) => when.to_string(),
        Cell::Interval(low, high) => format!("{low}..{high}"),
    }
}
