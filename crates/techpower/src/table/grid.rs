//! Tables of other tools: any columns, every cell a text.

use super::decode::read_text;
use super::quotes::Quotes;
use super::{Files, STAGE};
use crate::diag::{Kind, Note, Notes, Place};

/// A table whose columns no schema knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Grid {
    /// Path of the file.
    pub(crate) path: String,
    /// Names of the columns.
    pub(crate) header: Vec<String>,
    /// Rows as wide as the header.
    pub(crate) rows: Vec<Vec<String>>,
    /// Lines of the rows in the file, from 1.
    pub(crate) lines: Vec<u64>,
}

impl Grid {
    /// Place of a column.
    pub(crate) fn position(&self, column: &str) -> Option<usize> {
        self.header.iter().position(|name| name == column)
    }

    /// A cell by the name of its column, which must exist.
    pub(crate) fn cell<'r>(&self, row: &'r [String], column: &str) -> &'r str {
        self.position(column).map_or("", |at| &row[at])
    }
}

/// Reads a table of any columns; rows of another width are left out with a note. `None`, with a note, if there is no such file or
/// it is empty.
pub(crate) fn read_grid(files: &dyn Files, path: &str, notes: &mut Notes) -> Option<Grid> {
    if let Ok(None) = files.open(path) {
        notes.push(Note::new(Kind::NoFile, STAGE, Place::file(path)));
        return None;
    }
    let text = read_text(files, path, notes)?;
    let first = text.lines().next().unwrap_or_default();
    let delimiter = [b'\t', b';', b','].into_iter().max_by_key(|c| first.bytes().filter(|b| b == c).count());
    let delimiter = delimiter.unwrap_or(b',');
    let (source, open) = Quotes::of(text.as_bytes(), delimiter);
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(source);
    let mut grid = Grid { path: path.to_owned(), ..Grid::default() };
    let mut records = reader.records();
    while let Some(record) = records.next() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                notes.push(Note::new(Kind::UnreadableFile, STAGE, Place::file(path)).because(error));
                break;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        let swallowed = open.above(records.reader().position().line());
        if swallowed > 0 {
            notes.push(Note::new(Kind::OpenQuote, STAGE, Place::row(path, line)).with("lines", swallowed));
            // Without a header nothing can be read.
            if grid.header.is_empty() {
                return None;
            }
            continue;
        }
        let cells: Vec<String> = record.iter().map(|cell| cell.trim().to_owned()).collect();
        if grid.header.is_empty() {
            grid.header = cells;
        } else if cells.len() == grid.header.len() {
            grid.rows.push(cells);
            grid.lines.push(line);
        } else if cells.iter().any(|cell| !cell.is_empty()) {
            notes.push(
                Note::new(Kind::RaggedRow, STAGE, Place::row(path, line))
                    .with("found", cells.len())
                    .with("expected", grid.header.len()),
            );
        }
    }
    if grid.header.is_empty() {
        notes.push(Note::new(Kind::EmptyFile, STAGE, Place::file(path)));
        return None;
    }
    Some(grid)
}
