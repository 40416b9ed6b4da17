//! Reader of codings: JSON lines as the coder writes them or in a flat format, and tables with the same columns.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, Read};

use serde_json::{Map, Value};

use super::{Coded, Coding, STAGE, Span};
use crate::diag::{Kind, Note, Notes, Place, nearest};
use crate::table::{Decoder, Quotes, open_bytes};

/// Most bytes of a line or table row.
const LARGEST: u64 = 16 << 20;
/// Keys and columns that are read.
const READ: [&str; 15] = [
    "document",
    "id",
    "event",
    "kind",
    "sender",
    "targets",
    "instrument",
    "layer",
    "power",
    "mode",
    "evidence",
    "evidence_start",
    "evidence_end",
    "uncertain",
    "reason",
];
/// Keys and columns that are known and say nothing of agreement.
const PASSED_OVER: [&str; 13] = [
    "confidence",
    "rule",
    "lang",
    "date",
    "title",
    "text",
    "source",
    "second",
    "status",
    "coder",
    "certainty",
    "reference",
    "note",
];
/// Words for what a row says: that there is an event, or none.
const KINDS: [&str; 2] = ["event", "distractor"];

/// Reads the codings of one coder. Documents come in the order in which they first stand in the file; a document of which the file says that it
/// has no event has no coding. A file whose name ends in `csv` or `tsv` is a table, with commas, semicolons or tabs; any other is JSON lines.
///
/// Two formats are read, in either form. As the coder writes it: `document`, `event` (null, with `reason`, if the document has none), `sender`,
/// `targets`, `instrument`, `layer`, `power`, `mode`, `evidence`, `evidence_start`, `evidence_end`. Flat: `id`, `kind` (`event`, or `distractor` for
/// a document without one) and the same fields, with `uncertain`. In a table, `targets` are separated by `|`, and a row says that its document has no
/// event by `distractor` in `kind`, or, without that column, by an empty `event`.
///
/// Joint senders stand in one row with `|` between them, or in a row each with the same `event`; both are one event.
///
/// A row that cannot be read is left out with a note; a field that is not what it should be counts as unknown, with a note.
///
/// ```
/// use techpower::{code::agreement::codings, diag::Notes};
/// let file = r#"{"document":"d1","event":"d1#1","sender":"USA","targets":["CHN"],"power":"compulsory","mode":"impose"}
/// {"document":"d2","event":null,"reason":"no act"}
/// {"document":"d3","event":"#;
/// let mut notes = Notes::new();
/// let found = codings("ann.jsonl", &mut file.as_bytes(), &mut notes);
/// assert_eq!((found[0].codings.len(), found[1].codings.len()), (1, 0));
/// // The third line is only half there.
/// assert_eq!((found.len(), notes.count()), (2, 1));
/// ```
pub fn codings(name: &str, input: &mut dyn BufRead, notes: &mut Notes) -> Vec<Coded> {
    let mut sink = Sink {
        name,
        notes,
        found: Vec::new(),
        places: BTreeMap::new(),
        empty: BTreeMap::new(),
        acts: BTreeMap::new(),
    };
    let lower = name.to_ascii_lowercase();
    let result = if lower.ends_with(".csv") || lower.ends_with(".tsv") {
        table(input, &mut sink)
    } else {
        lines(input, &mut sink)
    };
    if let Err(error) = result {
        let at = Place::file(name);
        sink.notes.push(Note::new(Kind::UnreadableFile, STAGE, at).because(error));
    }
    sink.found
}

/// What every row goes through.
struct Sink<'s> {
    name: &'s str,
    notes: &'s mut Notes,
    found: Vec<Coded>,
    /// Where each document stands in `found`.
    places: BTreeMap<String, usize>,
    /// The row that says that a document has no event.
    empty: BTreeMap<String, u64>,
    /// Codings by document and stated id of the event.
    acts: BTreeMap<(String, String), Vec<usize>>,
}

impl Sink<'_> {
    fn note(&mut self, kind: Kind, row: u64, column: Option<&str>, args: &[(&str, &str)]) {
        let at = Place { column: column.map(str::to_owned), ..Place::row(self.name, row) };
        let note = args.iter().fold(Note::new(kind, STAGE, at), |note, (key, value)| note.with(key, value));
        self.notes.push(note);
    }

    /// Tells of names that look like slips of one that is read.
    fn check_names<'n>(
        &mut self,
        names: impl Iterator<Item = &'n str>,
        row: u64,
        told: &mut BTreeSet<String>,
    ) {
        let names: Vec<&str> = names.collect();
        for name in &names {
            if READ.contains(name) || PASSED_OVER.contains(name) || told.contains(*name) {
                continue;
            }
            let missing = READ.into_iter().filter(|known| !names.contains(known));
            if let Some(near) = nearest(name, missing) {
                told.insert((*name).to_owned());
                self.note(Kind::UnknownColumn, row, Some(name), &[("column", name), ("near", near)]);
            }
        }
    }

    /// Takes a row.
    fn take(&mut self, row: u64, fields: &Map<String, Value>) {
        let stated = [self.text(row, fields, "document"), self.text(row, fields, "id")];
        let Some(document) = stated.into_iter().flatten().next() else {
            self.note(Kind::CodingWithoutDocument, row, None, &[]);
            return;
        };
        let Some(has_event) = self.has_event(row, fields) else { return };
        let at = match self.places.get(&document) {
            Some(at) => *at,
            None => {
                self.found.push(Coded { document: document.clone(), codings: Vec::new() });
                self.places.insert(document.clone(), self.found.len() - 1);
                self.found.len() - 1
            }
        };
        let stands_empty = self.empty.get(&document).copied();
        if !has_event {
            if let Some(above) = stands_empty {
                let above = above.to_string();
                self.note(Kind::CodingTwice, row, None, &[("document", &document), ("above", &above)]);
            } else if !self.found[at].codings.is_empty() {
                self.note(Kind::CodingContradicts, row, None, &[("document", &document)]);
            }
            self.empty.entry(document).or_insert(row);
            return;
        }
        let coding = self.coding(row, fields, &document);
        if stands_empty.is_some() && self.found[at].codings.is_empty() {
            self.note(Kind::CodingContradicts, row, None, &[("document", &document)]);
        }
        let act = match fields.get("event") {
            Some(Value::String(id)) if !id.trim().is_empty() => Some(id.trim().to_owned()),
            _ => None,
        };
        self.add(at, act, coding);
    }

    /// Adds a coding. Rows of one event that differ only in who acts and on whom are a joint act: one coding with all senders and targets.
    fn add(&mut self, at: usize, act: Option<String>, coding: Coding) {
        let Some(document) = self.found.get_mut(at) else { return };
        let Some(act) = act else {
            document.codings.push(coding);
            return;
        };
        let rows = self.acts.entry((document.document.clone(), act)).or_default();
        let parts = |one: &Coding| {
            [&one.instrument, &one.layer, &one.power, &one.mode]
                .map(|field| field.clone().unwrap_or_default())
        };
        let joint = rows.iter().copied().find(|row| {
            document.codings.get(*row).is_some_and(|one| {
                one.sender.is_some() && coding.sender.is_some() && parts(one) == parts(&coding)
            })
        });
        let Some(known) = joint.and_then(|row| document.codings.get_mut(row)) else {
            rows.push(document.codings.len());
            document.codings.push(coding);
            return;
        };
        if let (Some(senders), Some(sender)) = (&mut known.sender, &coding.sender) {
            senders.push('|');
            senders.push_str(sender);
        }
        for target in coding.targets {
            if !known.targets.contains(&target) {
                known.targets.push(target);
            }
        }
        known.uncertain |= coding.uncertain;
    }

    /// Whether a row says that there is an event; `None`, with a note, if it does not say.
    fn has_event(&mut self, row: u64, fields: &Map<String, Value>) -> Option<bool> {
        if let Some(kind) = self.text(row, fields, "kind") {
            return match KINDS.iter().position(|known| *known == kind.to_lowercase()) {
                Some(at) => Some(at == 0),
                None => {
                    let choices = KINDS.join(", ");
                    let near = nearest(&kind, KINDS);
                    let mut args = vec![("text", kind.as_str()), ("choices", choices.as_str())];
                    args.extend(near.map(|near| ("near", near)));
                    self.note(Kind::BadChoice, row, Some("kind"), &args);
                    None
                }
            };
        }
        match fields.get("event") {
            Some(Value::Null) => Some(false),
            Some(Value::String(text)) => Some(!text.trim().is_empty()),
            Some(_) => Some(true),
            None => {
                self.note(Kind::CodingWithoutKind, row, None, &[]);
                None
            }
        }
    }

    fn coding(&mut self, row: u64, fields: &Map<String, Value>, document: &str) -> Coding {
        let (start, end) = self.place(row, fields);
        Coding {
            document: document.to_owned(),
            sender: self.text(row, fields, "sender"),
            targets: self.targets(row, fields),
            instrument: self.text(row, fields, "instrument"),
            layer: self.text(row, fields, "layer"),
            power: self.text(row, fields, "power"),
            mode: self.text(row, fields, "mode"),
            evidence: self.text(row, fields, "evidence"),
            evidence_start: start,
            evidence_end: end,
            uncertain: self.flag(row, fields, "uncertain"),
        }
    }

    /// A text without the blanks around it; `None` if it is empty.
    fn text(&mut self, row: u64, fields: &Map<String, Value>, key: &str) -> Option<String> {
        match fields.get(key) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            Some(Value::Number(number)) if matches!(key, "document" | "id") => Some(number.to_string()),
            Some(other) => {
                self.bad(row, key, other);
                None
            }
        }
    }

    fn targets(&mut self, row: u64, fields: &Map<String, Value>) -> Vec<String> {
        let parts: Vec<String> = match fields.get("targets") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::String(text)) => text.split('|').map(str::to_owned).collect(),
            Some(Value::Array(list)) if list.iter().all(Value::is_string) => {
                list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
            }
            Some(other) => {
                self.bad(row, "targets", other);
                Vec::new()
            }
        };
        parts.iter().map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
    }

    /// The ends of the evidence; neither if they are no interval.
    fn place(&mut self, row: u64, fields: &Map<String, Value>) -> (Option<usize>, Option<usize>) {
        let ends = ["evidence_start", "evidence_end"].map(|key| self.position(row, fields, key));
        match ends {
            [None, None] => (None, None),
            [Some(start), Some(end)] if Span::new(start, end).is_some() => (Some(start), Some(end)),
            _ => {
                let [start, end] = ends.map(|end| end.map_or("?".to_owned(), |end| end.to_string()));
                let args = [("start", start.as_str()), ("end", end.as_str())];
                self.note(Kind::CodingSpan, row, Some("evidence_start"), &args);
                (None, None)
            }
        }
    }

    fn position(&mut self, row: u64, fields: &Map<String, Value>, key: &str) -> Option<usize> {
        let value = fields.get(key)?;
        let found = match value {
            Value::Null => return None,
            Value::String(text) if text.trim().is_empty() => return None,
            Value::String(text) => text.trim().parse().ok(),
            Value::Number(number) => number.as_u64().and_then(|number| usize::try_from(number).ok()),
            _ => None,
        };
        if found.is_none() {
            self.bad(row, key, value);
        }
        found
    }

    fn flag(&mut self, row: u64, fields: &Map<String, Value>, key: &str) -> bool {
        let Some(value) = fields.get(key) else { return false };
        let word = match value {
            Value::Null => return false,
            Value::Bool(flag) => return *flag,
            Value::String(text) => text.trim().to_lowercase(),
            other => other.to_string(),
        };
        match word.as_str() {
            "" | "false" | "no" | "0" => false,
            "true" | "yes" | "1" => true,
            _ => {
                self.bad(row, key, value);
                false
            }
        }
    }

    fn bad(&mut self, row: u64, key: &str, value: &Value) {
        let shown: String = match value {
            Value::String(text) => text.chars().take(40).collect(),
            other => other.to_string().chars().take(40).collect(),
        };
        let args = [("field", key), ("text", shown.as_str())];
        self.note(Kind::CodingField, row, Some(key), &args);
    }
}

/// JSON lines.
fn lines(input: &mut dyn BufRead, sink: &mut Sink<'_>) -> io::Result<()> {
    let (mut source, other) = open_bytes(input, sink.name, sink.notes)?;
    let mut decoder = Decoder::new(other, sink.name);
    let mut line = Vec::new();
    let mut told = BTreeSet::new();
    for row in 1.. {
        line.clear();
        if source.by_ref().take(LARGEST).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        if line.len() as u64 == LARGEST && line.last() != Some(&b'\n') {
            source.skip_until(b'\n')?;
            let why = format!("more than {} MB", LARGEST >> 20);
            sink.note(Kind::CodingBroken, row, None, &[("why", &why)]);
            continue;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let text = decoder.decode(&line, row, sink.notes);
        match serde_json::from_str::<Value>(&text) {
            Ok(Value::Object(fields)) => {
                sink.check_names(fields.keys().map(String::as_str), row, &mut told);
                sink.take(row, &fields);
            }
            Ok(_) => sink.note(Kind::CodingBroken, row, None, &[("why", "not an object")]),
            Err(error) => sink.note(Kind::CodingBroken, row, None, &[("why", &error.to_string())]),
        }
    }
    Ok(())
}

/// A table with a header.
fn table(input: &mut dyn BufRead, sink: &mut Sink<'_>) -> io::Result<()> {
    let (mut source, other) = open_bytes(input, sink.name, sink.notes)?;
    let first = source.fill_buf()?.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let delimiter = [b'\t', b';', b',']
        .into_iter()
        .max_by_key(|c| first.iter().filter(|byte| *byte == c).count())
        .unwrap_or(b',');
    let (source, open) = Quotes::of(source, delimiter);
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(source);
    let mut decoder = Decoder::new(other, sink.name);
    let mut record = csv::ByteRecord::new();
    if !reader.read_byte_record(&mut record)? {
        sink.notes.push(Note::new(Kind::EmptyFile, STAGE, Place::file(sink.name)));
        return Ok(());
    }
    let header: Vec<String> =
        record.iter().map(|cell| decoder.decode(cell, 1, sink.notes).trim().to_lowercase()).collect();
    sink.check_names(header.iter().map(String::as_str), 1, &mut BTreeSet::new());
    for wanted in [["document", "id"], ["kind", "event"]] {
        if !wanted.iter().any(|column| header.iter().any(|known| known == column)) {
            let near = wanted.iter().find_map(|column| nearest(column, header.iter().map(String::as_str)));
            let mut args = vec![("column", wanted[0])];
            args.extend(near.map(|near| ("near", near)));
            sink.note(Kind::MissingColumn, 1, Some(wanted[0]), &args);
            return Ok(());
        }
    }
    let mut swallowed = open.above(reader.position().line());
    if swallowed > 0 {
        sink.note(Kind::OpenQuote, 1, None, &[("lines", &swallowed.to_string())]);
        return Ok(());
    }
    while reader.read_byte_record(&mut record)? {
        let row = record.position().map_or(0, csv::Position::line);
        swallowed = open.above(reader.position().line());
        if swallowed > 0 {
            sink.note(Kind::OpenQuote, row, None, &[("lines", &swallowed.to_string())]);
            continue;
        }
        if record.iter().all(|cell| cell.trim_ascii().is_empty()) {
            continue;
        }
        if record.len() != header.len() {
            let (found, expected) = (record.len().to_string(), header.len().to_string());
            sink.note(Kind::RaggedRow, row, None, &[("found", &found), ("expected", &expected)]);
            continue;
        }
        let mut fields = Map::new();
        for (column, cell) in header.iter().zip(&record) {
            let text = decoder.decode(cell, row, sink.notes).into_owned();
            // Of a column that stands twice the first counts.
            fields.entry(column.clone()).or_insert(Value::String(text));
        }
        sink.take(row, &fields);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Lang;

    /// Reads a file; documents with their numbers of events, and kinds and rows of the notes.
    fn read(name: &str, file: &str) -> (Vec<Coded>, Vec<(Kind, Option<u64>)>) {
        let mut notes = Notes::new();
        let found = codings(name, &mut file.as_bytes(), &mut notes);
        for note in notes.iter() {
            for lang in [Lang::En, Lang::Zh] {
                assert!(
                    !note.message(lang).contains('{') || note.message(lang).contains("{\""),
                    "{}",
                    note.message(lang)
                );
                assert!(!note.hint(lang).is_empty());
            }
        }
        (found, notes.iter().map(|note| (note.kind, note.at.row)).collect())
    }

    #[test]
    fn both_formats_and_both_forms_say_the_same() {
        let written = r#"{"document":"d1","event":"d1#1","sender":"USA","targets":["CHN","firm:huawei"],"instrument":"export-control","layer":"foundation","power":"compulsory","mode":"impose","confidence":0.8,"evidence":"shall not","evidence_start":4,"evidence_end":13,"rule":"r1"}
{"document":"d2","event":null,"reason":"no act"}
"#;
        let flat = r#"{"id":"d1","lang":"en","kind":"event","sender":"USA","targets":["CHN","firm:huawei"],"instrument":"export-control","layer":"foundation","power":"compulsory","mode":"impose","evidence":"shall not","evidence_start":4,"evidence_end":13,"uncertain":false,"text":"..."}

{"id":"d2","kind":"distractor"}
"#;
        let table = "id;kind;sender;targets;instrument;layer;power;mode;evidence;evidence_start;evidence_end;uncertain\r\n\
            d1;event;USA;CHN|firm:huawei;export-control;foundation;compulsory;impose;shall not;4;13;no\r\n\
            d2;distractor;;;;;;;;;;\r\n";
        let coder_table = "document,event,sender,targets,instrument,layer,power,mode,confidence,evidence,evidence_start,evidence_end,rule\n\
            d1,d1#1,USA,CHN|firm:huawei,export-control,foundation,compulsory,impose,0.8,shall not,4,13,r1\n\
            d2,,,,,,,,,,,,\n";
        let (expected, notes) = read("a.jsonl", written);
        assert!(notes.is_empty(), "{notes:?}");
        assert_eq!(expected.len(), 2);
        let coding = &expected[0].codings[0];
        assert_eq!(coding.targets, ["CHN", "firm:huawei"]);
        assert_eq!(coding.span(), Some(Span { start: 4, end: 13 }));
        assert!(expected[1].codings.is_empty());
        for (name, file) in [("b.jsonl", flat), ("b.csv", table), ("c.CSV", coder_table)] {
            assert_eq!(read(name, file), (expected.clone(), Vec::new()), "{name}");
        }
    }

    #[test]
    fn bad_lines_are_notes_and_good_ones_count() {
        let check = |file: &str, events: &[(&str, usize)], expected: &[(Kind, u64)]| {
            let (found, notes) = read("a.jsonl", file);
            let found: Vec<(&str, usize)> =
                found.iter().map(|one| (one.document.as_str(), one.codings.len())).collect();
            assert_eq!(found, events, "{file}");
            let expected: Vec<(Kind, Option<u64>)> =
                expected.iter().map(|(k, row)| (*k, Some(*row))).collect();
            assert_eq!(notes, expected, "{file}");
        };
        let good = r#"{"id":"a","kind":"event"}"#;
        check(&format!("{{\"id\":\n{good}"), &[("a", 1)], &[(Kind::CodingBroken, 1)]);
        check(&format!("[1]\n{good}"), &[("a", 1)], &[(Kind::CodingBroken, 1)]);
        check(r#"{"kind":"event"}"#, &[], &[(Kind::CodingWithoutDocument, 1)]);
        check(r#"{"id":" ","kind":"event"}"#, &[], &[(Kind::CodingWithoutDocument, 1)]);
        check(r#"{"id":"a","sender":"USA"}"#, &[], &[(Kind::CodingWithoutKind, 1)]);
        check(r#"{"id":"a","kind":"evnt"}"#, &[], &[(Kind::BadChoice, 1)]);
        check(r#"{"id":7,"kind":"Event"}"#, &[("7", 1)], &[]);
        check(r#"{"id":"a","kind":"event","sendr":"USA"}"#, &[("a", 1)], &[(Kind::UnknownColumn, 1)]);
        check(r#"{"id":"a","kind":"event","power":["x"]}"#, &[("a", 1)], &[(Kind::CodingField, 1)]);
        check(r#"{"id":"a","kind":"event","targets":{"a":1}}"#, &[("a", 1)], &[(Kind::CodingField, 1)]);
        check(r#"{"id":"a","kind":"event","uncertain":"perhaps"}"#, &[("a", 1)], &[(Kind::CodingField, 1)]);
        check(
            r#"{"id":"a","kind":"event","evidence_start":9,"evidence_end":4}"#,
            &[("a", 1)],
            &[(Kind::CodingSpan, 1)],
        );
        check(r#"{"id":"a","kind":"event","evidence_start":9}"#, &[("a", 1)], &[(Kind::CodingSpan, 1)]);
        check(
            r#"{"id":"a","kind":"event","evidence_start":-1,"evidence_end":4}"#,
            &[("a", 1)],
            &[(Kind::CodingField, 1), (Kind::CodingSpan, 1)],
        );
        let none = r#"{"id":"a","kind":"distractor"}"#;
        check(&format!("{none}\n{none}"), &[("a", 0)], &[(Kind::CodingTwice, 2)]);
        check(&format!("{none}\n{good}"), &[("a", 1)], &[(Kind::CodingContradicts, 2)]);
        check(&format!("{good}\n{none}"), &[("a", 1)], &[(Kind::CodingContradicts, 2)]);
        // Two events of one document.
        check(&format!("{good}\n{good}"), &[("a", 2)], &[]);
        check("", &[], &[]);
    }

    #[test]
    fn joint_senders_are_one_event() {
        let row = |sender: &str, target: &str, power: &str| {
            format!(
                "{{\"document\":\"d1\",\"event\":\"d1#1\",\"sender\":\"{sender}\",\"targets\":[\"{target}\"],\"power\":\"{power}\"}}\n"
            )
        };
        let file = [row("USA", "CHN", "x"), row("JPN", "RUS", "x"), row("CHN", "USA", "y")].concat();
        let (found, notes) = read("a.jsonl", &file);
        assert!(notes.is_empty());
        let codings = &found[0].codings;
        assert_eq!(codings.len(), 2);
        assert_eq!(codings[0].senders().as_deref(), Some("JPN|USA"));
        assert_eq!(codings[0].targets, ["CHN", "RUS"]);
        // Another type is another event.
        assert_eq!(codings[1].sender.as_deref(), Some("CHN"));
    }

    #[test]
    fn bad_tables_are_notes() {
        let check = |file: &str, events: usize, expected: &[Kind]| {
            let (found, notes) = read("a.csv", file);
            assert_eq!(found.len(), events, "{file}");
            assert_eq!(notes.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), expected, "{file}");
        };
        check("", 0, &[Kind::EmptyFile]);
        check("sender,kind\nUSA,event\n", 0, &[Kind::MissingColumn]);
        check("id,sender\na,USA\n", 0, &[Kind::MissingColumn]);
        check("id,kind\na,event,x\nb,event\n", 1, &[Kind::RaggedRow]);
        check("id,kind,sendr\na,event,USA\n", 1, &[Kind::UnknownColumn]);
        check("id,kind,\"note\na,event,x\n", 0, &[Kind::OpenQuote]);
        // A quotation mark that is never closed, or by the next that opens a cell.
        check("id,kind\na,\"event\nb,event\nc,event\n", 0, &[Kind::OpenQuote]);
        check("kind,id\nevent,\"a\nevent,\"b\"\nevent,\"c\"\n", 1, &[Kind::OpenQuote]);
    }
}
