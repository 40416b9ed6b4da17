//! Renders tables and notes for terminals and other programs. Computes nothing.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Write};

use serde_json::{Value, json};
use techpower::diag::{Lang, Note, Notes, Severity};
use techpower::package::{Cell, Output};
use unicode_width::UnicodeWidthStr;

use crate::words::{say, word};

/// How data are written to standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// Columns aligned for reading; long tables are cut.
    Table,
    /// Comma-separated values.
    Csv,
    /// One JSON array of objects.
    Json,
    /// One JSON object a line.
    Jsonl,
}

/// Notes of one kind and file shown in full before they are only counted.
const SHOWN: usize = 3;
/// Rows shown of a long table.
const ROWS: usize = 60;
/// Width at which a cell is cut in aligned tables.
const WIDEST: usize = 72;

/// Writes a table to standard output.
pub(crate) fn data(columns: &[&str], rows: &[Vec<Cell>], format: Format) -> io::Result<()> {
    let out = io::stdout().lock();
    let mut out = io::BufWriter::new(out);
    match format {
        Format::Table => aligned(&mut out, columns, rows)?,
        Format::Csv => {
            let line = |cells: &mut dyn Iterator<Item = String>| {
                cells.map(|c| quoted(&c)).collect::<Vec<_>>().join(",")
            };
            writeln!(out, "{}", line(&mut columns.iter().map(|c| (*c).to_owned())))?;
            for row in rows {
                writeln!(out, "{}", line(&mut row.iter().map(Cell::csv)))?;
            }
        }
        Format::Json => {
            let list: Vec<Value> = rows.iter().map(|row| object(columns, row)).collect();
            serde_json::to_writer_pretty(&mut out, &list)?;
            writeln!(out)?;
        }
        Format::Jsonl => {
            for row in rows {
                writeln!(out, "{}", object(columns, row))?;
            }
        }
    }
    out.flush()
}

/// Writes an output table; as aligned columns only the rows of the headline year, and not more than fit to be read.
pub(crate) fn output(table: &Output, headline: i16, format: Format, lang: Lang) -> io::Result<()> {
    let columns: Vec<&str> = table.schema.columns.iter().map(|column| column.name).collect();
    if format != Format::Table {
        return data(&columns, &table.rows, format);
    }
    let year = columns.iter().position(|column| *column == "year");
    let rows: Vec<Vec<Cell>> = table
        .rows
        .iter()
        .filter(|row| year.is_none_or(|at| row[at] == Cell::Whole(headline.into())))
        .take(ROWS)
        .cloned()
        .collect();
    data(&columns, &rows, format)?;
    if rows.len() < table.rows.len() {
        let args = [
            ("shown", rows.len().to_string()),
            ("all", table.rows.len().to_string()),
            ("table", table.schema.name.to_owned()),
            ("year", headline.to_string()),
        ];
        let args: Vec<(&str, &str)> = args.iter().map(|(k, v)| (*k, v.as_str())).collect();
        talk!("{}", say(lang, "rows_cut", &args));
    }
    Ok(())
}

fn object(columns: &[&str], row: &[Cell]) -> Value {
    Value::Object(columns.iter().zip(row).map(|(column, cell)| ((*column).to_owned(), cell.json())).collect())
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// A cell as people read it; data in files keep all digits.
pub(crate) fn told(cell: &Cell) -> String {
    match cell {
        Cell::Empty => "–".to_owned(),
        Cell::Number(number) if number.fract() != 0.0 && number.abs() >= 1e-3 && number.abs() < 1e7 => {
            format!("{number:.3}")
        }
        Cell::Number(number) if *number != 0.0 && number.abs() < 1e-3 => format!("{number:.2e}"),
        other => other.csv(),
    }
}

fn aligned(out: &mut impl Write, columns: &[&str], rows: &[Vec<Cell>]) -> io::Result<()> {
    let text = |cell: &Cell| cut(&harmless(&told(cell).replace('\n', " ")));
    let cells: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(text).collect()).collect();
    let columns: Vec<String> = columns.iter().map(|column| harmless(column)).collect();
    let width =
        |at: usize| cells.iter().map(|row| row[at].width()).chain([columns[at].width()]).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    let numeric: Vec<bool> = (0..columns.len())
        .map(|at| rows.iter().all(|row| !matches!(row[at], Cell::Text(_))) && !rows.is_empty())
        .collect();
    let mut line = |cells: &mut dyn Iterator<Item = &str>| -> io::Result<()> {
        let mut written = String::new();
        for (at, cell) in cells.enumerate() {
            let space = " ".repeat(widths[at] - cell.width());
            written.push_str(&if numeric[at] {
                format!("{space}{cell}  ")
            } else {
                format!("{cell}{space}  ")
            });
        }
        writeln!(out, "{}", written.trim_end())
    };
    line(&mut columns.iter().map(String::as_str))?;
    for row in &cells {
        line(&mut row.iter().map(String::as_str))?;
    }
    Ok(())
}

/// A text without what would command a terminal: control characters are written out.
pub(crate) fn harmless(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' => written.push(character),
            character if character.is_control() => written.extend(character.escape_default()),
            character => written.push(character),
        }
    }
    written
}

fn cut(text: &str) -> String {
    if text.width() <= WIDEST {
        return text.to_owned();
    }
    let mut kept = String::new();
    for character in text.chars() {
        if kept.width() + 2 > WIDEST {
            break;
        }
        kept.push(character);
    }
    kept.push('…');
    kept
}

/// Talks about notes on standard error, grouped by severity, kind and file; `brief` leaves out remarks.
pub(crate) fn notes(notes: &Notes, lang: Lang, brief: bool) {
    let mut groups: BTreeMap<(std::cmp::Reverse<Severity>, &str, &str), Vec<&Note>> = BTreeMap::new();
    for note in notes.iter() {
        let key = (std::cmp::Reverse(note.severity()), note.kind.id(), note.at.file.as_str());
        groups.entry(key).or_default().push(note);
    }
    let beyond: BTreeMap<(&str, &str), u64> =
        notes.beyond().map(|(kind, file, n)| ((kind.id(), file), n)).collect();
    let colour = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    for ((severity, kind, file), list) in groups {
        let severity = severity.0;
        if brief && severity == Severity::Info {
            continue;
        }
        let name = say(lang, severity.id(), &[]);
        let code = match severity {
            Severity::Error => "31;1",
            Severity::Warning => "33;1",
            Severity::Info => "36",
        };
        for note in list.iter().take(SHOWN) {
            let head = if colour { format!("\x1b[{code}m{name}\x1b[0m") } else { name.clone() };
            let at = note.at.to_string();
            let at = if at.is_empty() { note.stage.clone() } else { at };
            let colon = word(lang, "colon");
            let (at, message) = (harmless(&at), harmless(&note.message(lang)));
            talk!("{head}{colon}{at}{colon}{message}");
            let hint = note.hint(lang);
            if !hint.is_empty() {
                talk!("  {}{colon}{}", say(lang, "hint", &[]), harmless(&hint));
            }
        }
        let more =
            (list.len() - list.len().min(SHOWN)) as u64 + beyond.get(&(kind, file)).copied().unwrap_or(0);
        if more > 0 {
            let more = say(lang, "more", &[("count", &more.to_string())]);
            talk!("  {more}{}", say(lang, "aside", &[("text", kind)]));
        }
    }
    if notes.count() == 0 {
        talk!("{}", say(lang, "clean", &[]));
        return;
    }
    counts(
        notes.count_of(Severity::Error),
        notes.count_of(Severity::Warning),
        notes.count_of(Severity::Info),
        lang,
    );
}

/// Talks about the number of notes on standard error.
pub(crate) fn counts(errors: u64, warnings: u64, remarks: u64, lang: Lang) {
    let (error, warning, info) = (errors.to_string(), warnings.to_string(), remarks.to_string());
    talk!("{}", say(lang, "counts", &[("error", &error), ("warning", &warning), ("info", &info)]));
}

/// Writes notes as data.
pub(crate) fn notes_data(notes: &Notes, lang: Lang, format: Format) -> io::Result<()> {
    if format == Format::Csv {
        let table = techpower::package::noted(notes);
        let columns: Vec<&str> = table.schema.columns.iter().map(|column| column.name).collect();
        return data(&columns, &table.rows, format);
    }
    let list: Vec<Value> = notes.iter().map(|note| note_json(note, lang)).collect();
    let mut out = io::stdout().lock();
    if format == Format::Json {
        serde_json::to_writer_pretty(&mut out, &list)?;
        return writeln!(out);
    }
    for note in list {
        writeln!(out, "{note}")?;
    }
    Ok(())
}

fn note_json(note: &Note, lang: Lang) -> Value {
    json!({
        "severity": note.severity().id(),
        "kind": note.kind.id(),
        "stage": note.stage,
        "file": note.at.file,
        "row": note.at.row,
        "column": note.at.column,
        "span": note.at.span,
        "message": note.message(lang),
        "hint": note.hint(lang),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminals_are_not_commanded() {
        let mut out = Vec::new();
        let rows = [vec![Cell::from("\u{1b}[31mred\u{7}\u{9b}2J\tend")]];
        aligned(&mut out, &["a\u{1b}"], &rows).expect("memory");
        let text = String::from_utf8(out).expect("UTF-8");
        assert_eq!(text, "a\\u{1b}\n\\u{1b}[31mred\\u{7}\\u{9b}2J\\tend\n");
        assert_eq!(harmless("中文 — “a”\nb"), "中文 — “a”\nb");
    }
}
