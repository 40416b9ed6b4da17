//! Files of many documents: JSON lines, arrays of JSON, tables. Read record by record.

use std::cell::Cell;
use std::collections::HashSet;
use std::fmt;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

use serde::de::{DeserializeSeed, SeqAccess, Visitor};
use serde_json::Value;

use super::{Document, Format, LARGEST_TEXT, Options, STAGE, bare, broken, day, language, stem, too_large};
use crate::diag::{Kind, Note, Notes, Place};
use crate::table::{Decoder, Quotes, open_bytes};

/// What every record goes through.
struct Sink<'s> {
    name: &'s str,
    text_column: &'s str,
    each: &'s mut dyn FnMut(Document),
    notes: &'s mut Notes,
    seen: HashSet<[u8; 16]>,
}

impl<'s> Sink<'s> {
    fn new(
        name: &'s str,
        options: &'s Options,
        each: &'s mut dyn FnMut(Document),
        notes: &'s mut Notes,
    ) -> Sink<'s> {
        Sink { name, text_column: &options.text_column, each, notes, seen: HashSet::new() }
    }

    /// Takes the fields of a record; `field` answers with the text under a name, empty if unknown.
    fn take(&mut self, row: u64, mut field: impl FnMut(&str, &mut Notes) -> String) {
        let text = field(self.text_column, self.notes);
        if text.trim().is_empty() {
            let at = Place::cell(self.name, row, self.text_column);
            self.notes.push(Note::new(Kind::DocumentEmpty, STAGE, at));
            return;
        }
        let stated = field("id", self.notes).trim().to_owned();
        let id = if stated.is_empty() { format!("{}#{row}", stem(self.name)) } else { stated };
        let mut key = [0; 16];
        key.copy_from_slice(&blake3::hash(id.as_bytes()).as_bytes()[..16]);
        if !self.seen.insert(key) {
            self.notes.push(Note::new(Kind::DuplicateRow, STAGE, Place::row(self.name, row)).with("key", id));
            return;
        }
        let date = field("date", self.notes);
        let lang = field("lang", self.notes);
        let document = Document {
            id,
            date: day(&date, || Place::cell(self.name, row, "date"), self.notes),
            lang: language(&lang, || Place::cell(self.name, row, "lang"), self.notes),
            title: field("title", self.notes),
            source: field("source", self.notes),
            row,
            ..bare(self.name, text)
        };
        (self.each)(document);
    }

    fn value(&mut self, row: u64, value: &Value) {
        let Value::Object(fields) = value else {
            self.notes.push(broken(Place::row(self.name, row), Format::Json, &"not an object"));
            return;
        };
        let name = self.name;
        self.take(row, |key, notes| match fields.get(key) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) if matches!(key, "id" | "date") => number.to_string(),
            None | Some(Value::Null) => String::new(),
            Some(_) => {
                notes.push(
                    Note::new(Kind::DocumentField, STAGE, Place::cell(name, row, key)).with("field", key),
                );
                String::new()
            }
        });
    }
}

/// JSON lines.
pub(super) fn lines(
    name: &str,
    input: &mut dyn BufRead,
    options: &Options,
    each: &mut dyn FnMut(Document),
    notes: &mut Notes,
) -> io::Result<()> {
    let (mut source, other) = open_bytes(input, name, notes)?;
    let mut decoder = Decoder::new(other, name);
    let mut sink = Sink::new(name, options, each, notes);
    let mut line = Vec::new();
    for row in 1.. {
        line.clear();
        if source.by_ref().take(LARGEST_TEXT).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        if line.len() as u64 == LARGEST_TEXT && line.last() != Some(&b'\n') {
            sink.notes.push(too_large(Place::row(name, row), LARGEST_TEXT));
            source.skip_until(b'\n')?;
            continue;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let text = decoder.decode(&line, row, sink.notes);
        match serde_json::from_str::<Value>(&text) {
            Ok(value) => sink.value(row, &value),
            Err(error) => sink.notes.push(broken(Place::row(name, row), Format::JsonLines, &error)),
        }
    }
    Ok(())
}

/// An array of JSON objects. What comes after an error of syntax cannot be told apart and is left out.
pub(super) fn array(
    name: &str,
    input: &mut dyn BufRead,
    options: &Options,
    each: &mut dyn FnMut(Document),
    notes: &mut Notes,
) -> io::Result<()> {
    let (source, other) = open_bytes(input, name, notes)?;
    // JSON is UTF-8 by its standard; a file in another encoding is decoded as a whole by what its beginning shows.
    let source: Box<dyn Read> = match other {
        Some(other) => {
            notes.push(other.note(STAGE, Place::file(name)));
            let decoded =
                encoding_rs_io::DecodeReaderBytesBuilder::new().encoding(Some(other.encoding)).build(source);
            Box::new(BufReader::new(decoded))
        }
        None => source,
    };
    let meter = Meter::new();
    let metered = Metered { inner: source, meter: meter.clone() };
    let mut sink = Sink::new(name, options, each, notes);
    let mut deserializer = serde_json::Deserializer::from_reader(metered);
    let found = Elements { sink: &mut sink, meter: &meter }.deserialize(&mut deserializer);
    if let Err(error) = found.and_then(|()| deserializer.end()) {
        let note = match meter.left.get() {
            0 => too_large(Place::row(name, meter.line()), LARGEST_TEXT),
            _ => broken(Place::row(name, meter.line()), Format::Json, &error),
        };
        sink.notes.push(note);
    }
    Ok(())
}

struct Elements<'e, 's> {
    sink: &'e mut Sink<'s>,
    meter: &'e Meter,
}

impl<'de> DeserializeSeed<'de> for Elements<'_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Elements<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        self.meter.renew();
        while let Some(value) = elements.next_element::<Value>()? {
            self.sink.value(self.meter.line(), &value);
            self.meter.renew();
        }
        Ok(())
    }
}

/// How many bytes the record at hand may still take, and the lines so far.
#[derive(Debug, Clone)]
struct Meter {
    left: Rc<Cell<u64>>,
    breaks: Rc<Cell<u64>>,
}

impl Meter {
    fn new() -> Meter {
        Meter { left: Rc::new(Cell::new(LARGEST_TEXT)), breaks: Rc::default() }
    }

    fn renew(&self) {
        self.left.set(LARGEST_TEXT);
    }

    fn line(&self) -> u64 {
        self.breaks.get() + 1
    }
}

/// A reader that ends with an error when a record takes more than its due, so that a quotation mark that is never closed does not fill the
/// memory.
struct Metered<R> {
    inner: R,
    meter: Meter,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.meter.left.get() == 0 {
            return Err(io::Error::other("a record is too large"));
        }
        let read = self.inner.read(buffer)?;
        self.meter.left.set(self.meter.left.get().saturating_sub(read as u64));
        let breaks = buffer[..read].iter().filter(|byte| **byte == b'\n').count() as u64;
        self.meter.breaks.set(self.meter.breaks.get() + breaks);
        Ok(read)
    }
}

/// A table with a header.
pub(super) fn table(
    name: &str,
    input: &mut dyn BufRead,
    options: &Options,
    each: &mut dyn FnMut(Document),
    notes: &mut Notes,
) -> io::Result<()> {
    let (mut source, other) = open_bytes(input, name, notes)?;
    let head = source.fill_buf()?;
    let first = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let tab = name.to_ascii_lowercase().ends_with(".tsv");
    let delimiter = [b'\t', b';', b',']
        .into_iter()
        .max_by_key(|c| first.iter().filter(|byte| *byte == c).count())
        .filter(|_| !tab)
        .unwrap_or(b'\t');
    let meter = Meter::new();
    let (source, open) = Quotes::of(source, delimiter);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(Metered { inner: source, meter: meter.clone() });
    let mut decoder = Decoder::new(other, name);
    let mut record = csv::ByteRecord::new();
    if !reader.read_byte_record(&mut record)? {
        notes.push(Note::new(Kind::EmptyFile, STAGE, Place::file(name)));
        return Ok(());
    }
    let header: Vec<String> =
        record.iter().map(|cell| decoder.decode(cell, 1, notes).trim().to_owned()).collect();
    if !header.contains(&options.text_column) {
        let column = options.text_column.as_str();
        notes.push(
            Note::new(Kind::MissingColumn, STAGE, Place::cell(name, 1, column))
                .with("column", column)
                .near(column, header.iter().map(String::as_str)),
        );
        return Ok(());
    }
    let open_quote =
        |row, lines| Note::new(Kind::OpenQuote, STAGE, Place::row(name, row)).with("lines", lines);
    let swallowed = open.above(reader.position().line());
    if swallowed > 0 {
        notes.push(open_quote(1, swallowed));
        return Ok(());
    }
    let mut sink = Sink::new(name, options, each, notes);
    loop {
        meter.renew();
        if !reader.read_byte_record(&mut record)? {
            return Ok(());
        }
        let row = record.position().map_or(0, csv::Position::line);
        let swallowed = open.above(reader.position().line());
        if swallowed > 0 {
            sink.notes.push(open_quote(row, swallowed));
            continue;
        }
        if record.iter().all(|cell| cell.trim_ascii().is_empty()) {
            continue;
        }
        if record.len() != header.len() {
            sink.notes.push(
                Note::new(Kind::RaggedRow, STAGE, Place::row(name, row))
                    .with("found", record.len())
                    .with("expected", header.len()),
            );
            continue;
        }
        sink.take(row, |column, notes| {
            let cell = header.iter().position(|known| known == column).and_then(|at| record.get(at));
            decoder.decode(cell.unwrap_or_default(), row, notes).into_owned()
        });
    }
}
