//! Results as tables: what a table is, and where results come from. Schemas are in `schema`, by stage; a module for each stage fills its tables.

mod agreement;
mod inferred;
mod measured;
mod related;
mod ruled;
mod schema;
mod told;

pub use agreement::{CODERS, agreed, judged};
pub use inferred::inferred;
pub use measured::{explained, measured};
pub use related::related;
pub use ruled::{
    assessed, bunched, changed, differing, held, instruments, reached, redesigned, ruled, through_time,
};
pub use schema::ruled::QUESTIONS;
pub use schema::{ALL, DRAWS};
pub use told::{claimed, coded, noted};

use serde_json::{Value, json};

use crate::num::Summary;
use crate::study::Study;
use crate::table::Table;

/// Version of techpower.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
/// Hash of the library's sources: results of other sources are not current.
pub const SOURCES: &str = env!("TECHPOWER_SOURCES");

/// A cell of an output table.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Unknown.
    Empty,
    /// A text.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// A number.
    Number(f64),
}

impl Cell {
    /// As written in CSV: numbers with at most fifteen significant digits; the database keeps them in full.
    #[must_use]
    pub fn csv(&self) -> String {
        match self {
            Cell::Empty => String::new(),
            Cell::Text(text) => text.clone(),
            Cell::Whole(number) => number.to_string(),
            Cell::Number(number) => rounded(*number).to_string(),
        }
    }

    /// As a JSON value; unknown is null.
    #[must_use]
    pub fn json(&self) -> Value {
        match self {
            Cell::Empty => Value::Null,
            Cell::Text(text) => json!(text),
            Cell::Whole(number) => json!(number),
            Cell::Number(number) => json!(rounded(*number)),
        }
    }
}

/// A number with at most fifteen significant digits, as many as every double keeps.
fn rounded(number: f64) -> f64 {
    format!("{number:.14e}").parse().unwrap_or(number)
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        if text.is_empty() { Cell::Empty } else { Cell::Text(text.to_owned()) }
    }
}

impl From<f64> for Cell {
    fn from(number: f64) -> Cell {
        if number.is_nan() { Cell::Empty } else { Cell::Number(number) }
    }
}

impl From<i16> for Cell {
    fn from(number: i16) -> Cell {
        Cell::Whole(number.into())
    }
}

impl From<usize> for Cell {
    fn from(number: usize) -> Cell {
        Cell::Whole(number as i64)
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Cell {
        value.map_or(Cell::Empty, Into::into)
    }
}

/// An output table.
#[derive(Debug, Clone)]
pub struct Output {
    /// Its schema.
    pub schema: &'static Table,
    /// Its rows; every row has a cell per column.
    pub rows: Vec<Vec<Cell>>,
}

impl Output {
    fn new(schema: &'static Table) -> Output {
        Output { schema, rows: Vec::new() }
    }

    fn push<const N: usize>(&mut self, head: [Cell; N], tail: &[Cell]) {
        let mut row = Vec::with_capacity(N + tail.len());
        row.extend(head);
        row.extend_from_slice(tail);
        debug_assert_eq!(row.len(), self.schema.columns.len(), "{}", self.schema.name);
        self.rows.push(row);
    }

    /// The table as CSV text.
    #[must_use]
    pub fn csv(&self) -> String {
        let header: Vec<String> = self.schema.columns.iter().map(|column| column.name.to_owned()).collect();
        let rows = self.rows.iter().map(|row| row.iter().map(Cell::csv).collect());
        csv_text(std::iter::once(header).chain(rows))
    }
}

/// Rows of texts as CSV.
///
/// ```
/// assert_eq!(techpower::package::csv_text([["a", "b,c"].map(str::to_owned)]), "a,\"b,c\"\n");
/// ```
#[must_use]
pub fn csv_text<R: IntoIterator<Item = String>>(rows: impl IntoIterator<Item = R>) -> String {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    for row in rows {
        let cells: Vec<String> = row.into_iter().collect();
        writer.write_record(cells).expect("writing to memory");
    }
    String::from_utf8(writer.into_inner().expect("writing to memory")).expect("texts are UTF-8")
}

fn summary(summary: Option<Summary>) -> [Cell; 4] {
    match summary {
        Some(s) => [s.mean.into(), s.q05.into(), s.q50.into(), s.q95.into()],
        None => [Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty],
    }
}

/// Where the results come from: key and value.
#[must_use]
pub fn provenance(study: &Study, study_hash: &str) -> Vec<(&'static str, String)> {
    let options = serde_json::to_string(&study.options).expect("options are plain values");
    vec![
        ("techpower", VERSION.to_owned()),
        ("sources", SOURCES.to_owned()),
        ("study", study.options.about.id.clone()),
        ("study_hash", study_hash.to_owned()),
        ("codebook", study.codebook.id.clone()),
        ("codebook_version", study.codebook.version.clone()),
        ("codebook_hash", study.codebook.hash.clone()),
        ("seed", study.options.uncertainty.seed.to_string()),
        ("draws", study.options.uncertainty.draws.to_string()),
        ("options", options),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_fifteen_digits() {
        assert_eq!(Cell::Number(1.0 / 3.0).csv(), "0.333333333333333");
        assert_eq!(Cell::Number(0.1 + 0.2).csv(), "0.3");
        assert_eq!(Cell::Number(1e22).csv(), "10000000000000000000000");
        assert_eq!(Cell::from(f64::NAN), Cell::Empty);
    }
}
