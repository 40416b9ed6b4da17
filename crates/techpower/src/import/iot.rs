//! From an inter-country input-output table: a square of sectors by countries with final demand, such as the tables of the OECD (ICIO) or
//! the World Input-Output Database, turned into long `transactions.csv`.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufReader, Cursor, Read, Write};

use encoding_rs_io::DecodeReaderBytesBuilder;

use super::STAGE;
use super::shared::{Actors, COUNTRIES, columns, file_name, number, some, study_text};
use crate::diag::{Kind, Note, Notes, Place};
use crate::study::STUDY_FILE;
use crate::table::Files;

/// Columns of final demand: those of the OECD's tables, then those of the World Input-Output Database that differ.
pub const FINAL_DEMAND: &[&str] = &[
    "HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR", "NONRES", "P33", "CONS_h", "CONS_np", "CONS_g",
    "INVEN",
];
/// Rows and columns of gross output.
pub const OUTPUT: &[&str] = &["OUT", "OUTPUT", "TOTAL", "GO"];
/// Rows that are no sales of a sector.
const VALUE_ADDED: &[&str] =
    &["VA", "VALU", "TLS", "TAXSUB", "II_fob", "TXSP", "EXP_adj", "PURR", "PURNR", "VA_TLS", "IntTTM"];
/// Actor that stands for all other countries.
const REST: &str = "ROW";
/// Part of output by which a row may differ from the output that the table states.
const TOLERANCE: f64 = 1e-3;
/// How much of a file is looked at to find what separates its cells.
const LOOK: u64 = 1 << 18;
/// Most rows and columns of labels.
const MOST_LABELS: usize = 2;

/// How an inter-country table is read.
#[derive(Debug, Clone, Copy)]
pub struct Iot<'a> {
    /// Year of the table.
    pub year: i16,
    /// Sectors of final demand, such as `HFCE`; [`FINAL_DEMAND`] if there is none.
    pub final_demand: &'a [String],
    /// Label of the row or column of output; those of [`OUTPUT`] if empty.
    pub output: &'a str,
    /// 1 if a label is `ACTOR_SECTOR`; 2 if actor and sector stand in two header rows and two columns, in either order.
    pub labels: usize,
    /// What every row refers to; the name of the file if empty.
    pub reference: &'a str,
}

/// The files of a study that holds the transactions of an inter-country table, by path, all but `transactions.csv`, which is written to
/// `transactions` while the table is read, because it can be far longer than memory allows. `None` if the table cannot be used.
///
/// A cell that is zero has no row: in a table without a row for a pair, that pair trades nothing. A cell that is blank or no number is unknown and
/// gets a row without a value. Final demand is added up by buyer, whose `buyer_sector` is empty. Negative values, as of inventories, are
/// kept. Rows of value added and of output are left out; sales that do not sum to the output that the table states are noted.
///
/// # Errors
/// If `transactions` cannot be written.
///
/// ```
/// use std::collections::BTreeMap;
/// use techpower::import::{Iot, iot};
/// let table = "V1,CHN_C26,USA_C26,CHN_HFCE,USA_HFCE,USA_INVNT,OUT\nCHN_C26,5,2,3,4,-1,13\nUSA_C26,0,7,1,6,1,15\nVA,8,6,0,0,0,14\n";
/// let files = BTreeMap::from([("icio.csv".to_owned(), table.to_owned())]);
/// let options = Iot { year: 2020, final_demand: &[], output: "", labels: 1, reference: "" };
/// let mut out = Vec::new();
/// let (study, _) = iot(&files, "icio.csv", &options, "demo", &mut out).unwrap();
/// assert!(study.is_some());
/// let rows = String::from_utf8(out).unwrap();
/// assert!(rows.contains("CHN,C26,USA,C26,2020,2,") && rows.contains("CHN,C26,USA,,2020,3,"));
/// assert!(!rows.contains("USA,C26,CHN,C26"));
/// ```
pub fn iot(
    files: &dyn Files,
    path: &str,
    options: &Iot<'_>,
    id: &str,
    transactions: &mut dyn Write,
) -> io::Result<(Option<BTreeMap<String, String>>, Notes)> {
    let mut notes = Notes::new();
    let mut import = Import { files, path, options, notes: &mut notes };
    let made = import.files(id, transactions)?;
    Ok((made, notes))
}

struct Import<'a> {
    files: &'a dyn Files,
    path: &'a str,
    options: &'a Iot<'a>,
    notes: &'a mut Notes,
}

/// An actor and one of its sectors or kinds of final demand.
type Label = (String, String);

/// What a column holds.
#[derive(Debug, Clone, PartialEq)]
enum Column {
    /// Purchases of a sector.
    Sector(Label),
    /// Final demand of the buyer of this place.
    Final(usize),
    /// Output by row.
    Output,
    /// Nothing that is read.
    Idle,
}

/// The columns of a table, and who buys for final demand.
struct Columns {
    /// Names as the header has them, for notes.
    names: Vec<String>,
    kinds: Vec<Column>,
    buyers: Vec<String>,
}

/// What was found while rows were read.
#[derive(Default)]
struct Findings {
    /// Negative cells by column: how many, and the least.
    negative: BTreeMap<usize, (u64, f64)>,
    unknown: u64,
    /// Sales of each sector, if all are known.
    sales: BTreeMap<Label, f64>,
    /// Output of each sector as stated.
    output: BTreeMap<Label, f64>,
    rows: u64,
}

impl Import<'_> {
    fn place(&self, row: u64, column: &str) -> Place {
        Place { row: Some(row), column: Some(column.to_owned()), ..Place::file(self.path) }
    }

    fn push(&mut self, kind: Kind, at: Place, args: &[(&str, &str)]) {
        let note = Note::new(kind, STAGE, at);
        self.notes.push(args.iter().fold(note, |note, (name, value)| note.with(name, value)));
    }

    fn files(&mut self, id: &str, out: &mut dyn Write) -> io::Result<Option<BTreeMap<String, String>>> {
        let Some((header, labels)) = self.labels() else { return Ok(None) };
        let Some(columns) = self.columns(&header, &labels) else { return Ok(None) };
        let mut actors = Actors::new();
        let ids = labels.iter().map(|(actor, _)| actor.as_str());
        let ids: BTreeSet<&str> = ids.chain(columns.buyers.iter().map(String::as_str)).collect();
        for actor in ids {
            self.actor(actor, &mut actors);
        }
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(columns::TRANSACTIONS)?;
        let findings = self.transactions(&columns, &mut writer)?;
        writer.flush()?;
        self.note(&columns, &findings);
        if findings.rows == 0 {
            self.push(Kind::ImportNothing, Place::file(self.path), &[]);
            return Ok(None);
        }
        let year = self.options.year;
        Ok(Some(BTreeMap::from([
            ("tables/actors.csv".to_owned(), actors.text()),
            (STUDY_FILE.to_owned(), study_text(id, year, year, "")),
        ])))
    }

    /// Adds the actor of a label.
    fn actor(&mut self, id: &str, actors: &mut Actors) {
        if id == REST {
            actors.add(&[REST, "Rest of the world", "世界其他地区", "bloc", "", "", ""]);
            return;
        }
        if !COUNTRIES.contains_key(id) {
            let note = Note::new(Kind::ImportOwnActor, STAGE, Place::file(self.path));
            self.notes.push(note.near(id, COUNTRIES.keys().copied()).with("id", id));
        }
        actors.state(id, id);
    }

    /// Header rows, and the labels of all rows: what is a sector is known only when both are.
    fn labels(&mut self) -> Option<(Vec<Vec<String>>, BTreeSet<Label>)> {
        let count = self.options.labels.clamp(1, MOST_LABELS);
        let mut reader = open(self.files, self.path, self.notes)?;
        let mut header = Vec::new();
        let mut labels = BTreeSet::new();
        let mut record = csv::ByteRecord::new();
        loop {
            match reader.read_byte_record(&mut record) {
                Ok(true) if header.len() < count => header.push(record.iter().map(cell_text).collect()),
                Ok(true) => {
                    let cells: Vec<String> = record.iter().take(count).map(cell_text).collect();
                    labels.extend(self.label(&cells));
                }
                Ok(false) => break,
                Err(error) => {
                    let note = Note::new(Kind::UnreadableFile, STAGE, Place::file(self.path));
                    self.notes.push(note.because(error));
                    return None;
                }
            }
        }
        if header.len() < count {
            self.push(Kind::EmptyFile, Place::file(self.path), &[]);
            return None;
        }
        Some((header, labels))
    }

    /// The actor and sector of a label, one cell or two; `None` if it is of value added, output or no sector.
    fn label(&self, cells: &[String]) -> Option<Label> {
        let (actor, sector) = match cells {
            [label] => label.split_once('_')?,
            [first, second] if is_actor(second) && !is_actor(first) => (second.as_str(), first.as_str()),
            [first, second] => (first.as_str(), second.as_str()),
            _ => return None,
        };
        let outside = |word: &str| VALUE_ADDED.contains(&word) || self.is_output(word);
        let whole = cells.join("_");
        if actor.is_empty() || sector.is_empty() || outside(actor) || outside(sector) || outside(&whole) {
            return None;
        }
        Some((actor.to_owned(), sector.to_owned()))
    }

    fn is_output(&self, word: &str) -> bool {
        match self.options.output {
            "" => OUTPUT.contains(&word),
            output => word == output,
        }
    }

    fn is_final(&self, sector: &str) -> bool {
        match self.options.final_demand {
            [] => FINAL_DEMAND.contains(&sector),
            chosen => chosen.iter().any(|word| word == sector),
        }
    }

    /// What each column holds. Columns of sectors that have no row, and columns named before, are noted and left out.
    fn columns(&mut self, header: &[Vec<String>], labels: &BTreeSet<Label>) -> Option<Columns> {
        let skipped = header.len();
        let width = header.iter().map(Vec::len).max().unwrap_or(0);
        let mut columns = Columns { names: Vec::new(), kinds: Vec::new(), buyers: Vec::new() };
        let mut seen = BTreeSet::new();
        let mut alone = Vec::new();
        for at in skipped..width {
            let cells: Vec<String> =
                header.iter().map(|row| row.get(at).cloned().unwrap_or_default()).collect();
            let name = cells.join("_");
            let mut kind = match self.label(&cells) {
                Some((actor, sector)) if self.is_final(&sector) => {
                    let place = columns.buyers.iter().position(|buyer| *buyer == actor);
                    Column::Final(place.unwrap_or_else(|| {
                        columns.buyers.push(actor);
                        columns.buyers.len() - 1
                    }))
                }
                Some(label) if labels.contains(&label) => Column::Sector(label),
                Some(_) => {
                    alone.push(name.clone());
                    Column::Idle
                }
                None if cells.iter().any(|word| self.is_output(word)) => Column::Output,
                None => Column::Idle,
            };
            if kind != Column::Idle && !seen.insert(name.clone()) {
                self.push(Kind::RepeatedColumn, self.place(1, &name), &[("column", &name)]);
                kind = Column::Idle;
            }
            columns.names.push(name);
            columns.kinds.push(kind);
        }
        if !alone.is_empty() {
            let at = self.place(1, &alone[0]);
            let count = alone.len().to_string();
            self.push(Kind::ImportColumnAlone, at, &[("count", &count), ("labels", &some(&alone))]);
        }
        if !columns.kinds.iter().any(|kind| matches!(kind, Column::Sector(_))) {
            self.push(Kind::ImportNoSquare, Place::row(self.path, 1), &[]);
            return None;
        }
        Some(columns)
    }

    /// Writes a row for every cell that is not zero.
    fn transactions(
        &mut self,
        columns: &Columns,
        writer: &mut csv::Writer<&mut dyn Write>,
    ) -> io::Result<Findings> {
        let count = self.options.labels.clamp(1, MOST_LABELS);
        let width = columns.kinds.len() + count;
        let bought: BTreeSet<&Label> = columns.kinds.iter().filter_map(Column::label).collect();
        let (mut findings, mut seen, mut alone) = (Findings::default(), BTreeSet::new(), Vec::new());
        let Some(mut reader) = open(self.files, self.path, self.notes) else { return Ok(findings) };
        let mut record = csv::ByteRecord::new();
        let mut header = 0;
        while reader.read_byte_record(&mut record)? {
            let line = record.position().map_or(0, csv::Position::line);
            if header < count {
                header += 1;
                continue;
            }
            if record.iter().all(|cell| cell.trim_ascii().is_empty()) {
                continue;
            }
            let cells: Vec<String> = record.iter().take(count).map(cell_text).collect();
            if record.len() != width {
                let (found, expected) = (record.len().to_string(), width.to_string());
                let at = Place::row(self.path, line);
                self.push(Kind::RaggedRow, at, &[("found", &found), ("expected", &expected)]);
                continue;
            }
            let Some(label) = self.label(&cells) else {
                if cells.iter().any(|word| self.is_output(word)) {
                    output_row(&record, columns, count, &mut findings);
                }
                continue;
            };
            if !bought.contains(&label) {
                alone.push((line, cells.join("_")));
                continue;
            }
            if !seen.insert(label.clone()) {
                self.push(Kind::DuplicateRow, Place::row(self.path, line), &[("key", &cells.join("_"))]);
                continue;
            }
            self.sales(&record, line, &label, columns, &mut findings, writer)?;
        }
        if let Some((line, _)) = alone.first() {
            let (at, count) = (Place::row(self.path, *line), alone.len().to_string());
            let labels: Vec<String> = alone.into_iter().map(|(_, label)| label).collect();
            self.push(Kind::ImportRowAlone, at, &[("count", &count), ("labels", &some(&labels))]);
        }
        Ok(findings)
    }

    /// Writes the sales of a sector: to sectors cell by cell, to final demand by buyer.
    fn sales(
        &mut self,
        record: &csv::ByteRecord,
        line: u64,
        seller: &Label,
        columns: &Columns,
        findings: &mut Findings,
        writer: &mut csv::Writer<&mut dyn Write>,
    ) -> io::Result<()> {
        let year = self.options.year.to_string();
        let reference = match self.options.reference {
            "" => format!("inter-country input-output table {}", file_name(self.path)),
            reference => reference.to_owned(),
        };
        let mut demand: Vec<Option<f64>> = vec![Some(0.0); columns.buyers.len()];
        let mut total = Some(0.0);
        let skipped = record.len() - columns.kinds.len();
        for (at, kind) in columns.kinds.iter().enumerate().filter(|(_, kind)| **kind != Column::Idle) {
            let text = String::from_utf8_lossy(&record[skipped + at]);
            let text = text.trim();
            let value = self.value(text, line, &columns.names[at], findings);
            if *kind == Column::Output {
                findings.output.extend(value.map(|value| (seller.clone(), value)));
                continue;
            }
            if let Some(value) = value.filter(|value| *value < 0.0) {
                let (count, least) = findings.negative.entry(at).or_insert((0, value));
                *count += 1;
                *least = least.min(value);
            }
            total = total.zip(value).map(|(total, value)| total + value);
            match kind {
                Column::Sector(_) if value == Some(0.0) => {}
                Column::Sector((buyer, sector)) => {
                    let value = if value.is_some() { text } else { "" };
                    writer.write_record([&seller.0, &seller.1, buyer, sector, &year, value, &reference])?;
                    findings.rows += 1;
                }
                Column::Final(place) => {
                    demand[*place] = demand[*place].zip(value).map(|(sum, value)| sum + value);
                }
                Column::Output | Column::Idle => {}
            }
        }
        for (buyer, value) in columns.buyers.iter().zip(&demand).filter(|(_, value)| **value != Some(0.0)) {
            let value = value.map(|value| value.to_string()).unwrap_or_default();
            writer.write_record([&seller.0, &seller.1, buyer, "", &year, &value, &reference])?;
            findings.rows += 1;
        }
        findings.sales.extend(total.map(|total| (seller.clone(), total)));
        Ok(())
    }

    /// The number in a cell; unknown, with a note, if it holds none.
    fn value(&mut self, text: &str, line: u64, column: &str, findings: &mut Findings) -> Option<f64> {
        if text.is_empty() {
            findings.unknown += 1;
            return None;
        }
        match number(text) {
            Ok(value) => Some(value),
            Err(kind) => {
                self.push(kind, self.place(line, column), &[("text", text)]);
                None
            }
        }
    }

    /// Notes negative values, blank cells, and sales that do not sum to output.
    fn note(&mut self, columns: &Columns, findings: &Findings) {
        for (at, (count, least)) in &findings.negative {
            let name = columns.names[*at].as_str();
            let (count, least) = (count.to_string(), least.to_string());
            self.push(Kind::ImportNegative, self.place(1, name), &[("count", &count), ("least", &least)]);
        }
        if findings.unknown > 0 {
            let count = findings.unknown.to_string();
            self.push(Kind::ImportBlankCells, Place::file(self.path), &[("count", &count)]);
        }
        let differs: Vec<String> = findings
            .sales
            .iter()
            .filter_map(|(label, sales)| Some((label, sales, findings.output.get(label)?)))
            .filter(|(_, sales, output)| (*sales - *output).abs() > TOLERANCE * output.abs().max(1.0))
            .map(|((actor, sector), sales, output)| format!("{actor}_{sector} {sales} / {output}"))
            .collect();
        if !differs.is_empty() {
            let count = differs.len().to_string();
            let at = Place::file(self.path);
            self.push(Kind::ImportOutputDiffers, at, &[("count", &count), ("labels", &some(&differs))]);
        }
    }
}

impl Column {
    /// The label of a column of a sector.
    fn label(&self) -> Option<&Label> {
        match self {
            Column::Sector(label) => Some(label),
            _ => None,
        }
    }
}

/// Takes the row of output, which stands under the columns of sectors, for those that no column of output gives.
fn output_row(record: &csv::ByteRecord, columns: &Columns, skipped: usize, findings: &mut Findings) {
    for (at, kind) in columns.kinds.iter().enumerate() {
        let value = std::str::from_utf8(&record[skipped + at]).ok().and_then(|text| number(text).ok());
        if let (Column::Sector(label), Some(value)) = (kind, value) {
            findings.output.entry(label.clone()).or_insert(value);
        }
    }
}

/// Opens a table as records of text in any Unicode encoding; notes what is in the way.
fn open<'f>(files: &'f dyn Files, path: &str, notes: &mut Notes) -> Option<csv::Reader<Box<dyn Read + 'f>>> {
    let mut refuse = |kind: Kind, why: Option<io::Error>| {
        let note = Note::new(kind, STAGE, Place::file(path));
        notes.push(match why {
            Some(error) => note.because(error),
            None => note,
        });
        None
    };
    let file = match files.open(path) {
        Ok(Some(file)) => file,
        Ok(None) => return refuse(Kind::NoFile, None),
        Err(error) => return refuse(Kind::UnreadableFile, Some(error)),
    };
    let mut source = DecodeReaderBytesBuilder::new().build(file);
    let mut head = Vec::new();
    if let Err(error) = source.by_ref().take(LOOK).read_to_end(&mut head) {
        return refuse(Kind::UnreadableFile, Some(error));
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(&[0x1f, 0x8b]) {
        return refuse(Kind::ImportArchive, None);
    }
    let first = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let delimiter = [b'\t', b';', b','].into_iter().max_by_key(|c| first.iter().filter(|b| *b == c).count());
    let mut builder = csv::ReaderBuilder::new();
    builder.has_headers(false).flexible(true).delimiter(delimiter.unwrap_or(b','));
    Some(builder.from_reader(Box::new(BufReader::new(Cursor::new(head).chain(source)))))
}

fn cell_text(cell: &[u8]) -> String {
    String::from_utf8_lossy(cell).trim().to_owned()
}

/// Whether a word is the code of an actor, not of a sector.
fn is_actor(word: &str) -> bool {
    word == REST || COUNTRIES.contains_key(word)
}
