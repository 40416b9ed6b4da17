//! Reads the documents of a corpus, with what each states, and codes them on all threads.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read};

use rayon::prelude::*;
use serde_json::Value;

use super::super::{Coded, Coder, Sketch};
use super::{CORPUS, STAGE, Source, Tells};
use crate::diag::{Kind, Note, Notes, Place};
use crate::study::Study;
use crate::table::{Decoder, Files, open_bytes};
use crate::text::{self, Document, Format};

/// Bytes of text that are coded at once.
const BATCH: usize = 32 << 20;

/// Takes a document with its sketch, what it states and what was coded in it.
type Take<'t> = dyn FnMut(&Document, Option<Sketch>, Source, Coded) + 't;

/// Paths of the files of the corpus, in order.
pub(super) fn names(files: &dyn Files, notes: &mut Notes) -> Vec<String> {
    let listed = files.list(CORPUS).unwrap_or_else(|error| {
        notes.push(Note::new(Kind::UnreadableFile, STAGE, Place::file(CORPUS)).because(error));
        Vec::new()
    });
    let lines = listed.into_iter().filter(|name| Format::of(name) == Some(Format::JsonLines));
    lines.map(|name| format!("{CORPUS}/{name}")).collect()
}

/// Reads files and codes their documents, in their order whatever the number of threads.
pub(super) fn documents(
    study: &Study,
    files: &dyn Files,
    names: &[String],
    coder: &Coder,
    notes: &mut Notes,
    take: &mut Take<'_>,
) {
    let events: BTreeSet<&str> = study.events.iter().map(|event| event.event.as_str()).collect();
    let mut ids: BTreeSet<String> = BTreeSet::new();
    for name in names {
        let mut events_told = stated(files, name);
        let Some(file) = open(files, name, notes) else { continue };
        let mut batch: Vec<(Document, Source)> = Vec::new();
        let mut bytes = 0;
        let mut own = Notes::new();
        let mut each = |document: Document| {
            let at = Place::row(name, document.row);
            if !ids.insert(document.id.clone()) {
                own.push(Note::new(Kind::DuplicateRow, STAGE, at).with("key", &document.id));
                return;
            }
            let mut tells = events_told.remove(&document.row).unwrap_or(Tells::Unstated);
            if let Tells::Event(id) = &tells
                && !events.contains(id.as_str())
            {
                let note = Note::new(Kind::DocumentEventUnknown, STAGE, at).with("id", id);
                own.push(note.near(id, events.iter().copied()));
                tells = Tells::Unstated;
            }
            let source = Source {
                id: document.id.clone(),
                title: document.title.clone(),
                source: document.source.clone(),
                tells,
            };
            bytes += document.text.len();
            batch.push((document, source));
            if bytes >= BATCH {
                code(std::mem::take(&mut batch), coder, take);
                bytes = 0;
            }
        };
        text::read(name, &mut BufReader::new(file), &text::Options::by_name(), &mut each, notes);
        code(batch, coder, take);
        notes.extend(own);
    }
}

fn code(batch: Vec<(Document, Source)>, coder: &Coder, take: &mut Take<'_>) {
    let coded: Vec<(Coded, Option<Sketch>)> =
        batch.par_iter().map(|(document, _)| (coder.code(document), Sketch::of(document))).collect();
    for ((document, source), (coded, sketch)) in batch.into_iter().zip(coded) {
        take(&document, sketch, source, coded);
    }
}

fn open<'f>(files: &'f dyn Files, name: &str, notes: &mut Notes) -> Option<Box<dyn Read + 'f>> {
    match files.open(name) {
        Ok(file) => file,
        Err(error) => {
            notes.push(Note::new(Kind::UnreadableFile, STAGE, Place::file(name)).because(error));
            None
        }
    }
}

/// What each line states with the key `event`. What is wrong with a line is told by the reader of documents.
fn stated(files: &dyn Files, name: &str) -> BTreeMap<u64, Tells> {
    let mut found = BTreeMap::new();
    let mut unheard = Notes::new();
    let Some(file) = open(files, name, &mut unheard) else { return found };
    let Ok((mut source, other)) = open_bytes(BufReader::new(file), name, &mut unheard) else {
        return found;
    };
    let mut decoder = Decoder::new(other, name);
    let mut line = Vec::new();
    for row in 1.. {
        line.clear();
        if source.read_until(b'\n', &mut line).unwrap_or(0) == 0 {
            break;
        }
        let text = decoder.decode(&line, row, &mut unheard);
        let Ok(Value::Object(fields)) = serde_json::from_str::<Value>(&text) else { continue };
        match fields.get("event") {
            Some(Value::String(id)) if id.trim().is_empty() => found.insert(row, Tells::Nothing),
            Some(Value::String(id)) => found.insert(row, Tells::Event(id.trim().to_owned())),
            _ => None,
        };
    }
    found
}
