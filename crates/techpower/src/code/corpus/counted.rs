//! Coded events as events of the study, with how often their type is another than was coded.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;

use super::super::agreement::Field;
use super::super::agreement::correction::Confusion;
use super::super::{Act, Event, Sameness};
use super::{CORPUS, Corpus, STAGE, Tells};
use crate::diag::{Kind, Note, Notes, Place};
use crate::study::{EventRow, Study};
use crate::table::When;

/// How sure a row is of which only a coded text is known.
const CERTAINTY: &str = "secondary";

/// Adds to the events of a study those that were coded in documents of which nobody says which event they tell, if the study asks for it
/// (`[code] count`), with the name of the coder as coder. What merges with a document that was checked, or took place within [`Sameness::days`] days of a
/// curated event of the same unit and instrument, is taken for curated already. Without checked documents nothing is added, with a note, because the
/// coder's errors are not known.
///
/// The status of what a text tells is not coded: it is the one whose weight is least certain.
#[must_use]
pub fn count(study: &mut Study, corpus: &Corpus) -> Notes {
    let mut notes = Notes::new();
    if !study.options.code.count || corpus.documents.is_empty() {
        return notes;
    }
    if corpus.checked() == 0 {
        notes.push(Note::new(Kind::CodingUnchecked, STAGE, Place::file(CORPUS)));
        return notes;
    }
    let checked: BTreeSet<&str> = corpus
        .documents
        .iter()
        .filter(|document| document.tells != Tells::Unstated)
        .map(|document| document.id.as_str())
        .collect();
    let curated = Curated::of(study);
    let (mut rows, mut left) = (Vec::new(), 0);
    for (document, coded) in corpus.documents.iter().zip(&corpus.coded) {
        if document.tells != Tells::Unstated {
            continue;
        }
        let own = |event: &&Event| !event.sources.iter().any(|id| checked.contains(id.as_str()));
        for event in coded.events.iter().filter(own) {
            let reference = if document.source.is_empty() { &document.id } else { &document.source };
            match row(study, event, &corpus.coder, reference) {
                Some(row) if curated.has(study, &row) => {}
                Some(row) => rows.push(row),
                None => left += 1,
            }
        }
    }
    let acts: BTreeSet<&str> = rows.iter().map(|row| row.event.as_str()).collect();
    notes.push(
        Note::new(Kind::CodingsCounted, STAGE, Place::file(CORPUS))
            .with("count", acts.len())
            .with("left", left),
    );
    study.add_events(rows);
    notes
}

/// What was true of what was coded, in the checked documents, and the acts marked that rest on codings which nobody checked; `None` if there are no such
/// acts.
#[must_use]
pub fn errors(study: &Study, corpus: &Corpus, acts: &mut [Act]) -> Option<Confusion> {
    let coded: BTreeSet<&str> = corpus
        .documents
        .iter()
        .zip(&corpus.coded)
        .filter(|(document, _)| document.tells == Tells::Unstated)
        .flat_map(|(_, coded)| coded.events.iter().map(|event| event.event.as_str()))
        .collect();
    let confusion = Confusion::of(&corpus.told, &corpus.curated(study), Field::Power);
    let mut any = false;
    for act in acts {
        let Some(row) = study.events.get(act.row) else { continue };
        if row.coder == corpus.coder && coded.contains(row.event.as_str()) {
            act.coded = confusion.categories().iter().position(|category| *category == row.power);
            any |= act.coded.is_some();
        }
    }
    any.then_some(confusion)
}

/// The row of a coded event; `None` if it lacks a day, or a sender that the study knows.
fn row(study: &Study, event: &Event, coder: &str, reference: &str) -> Option<EventRow> {
    let sender = event.sender.as_ref().map(|party| party.actor.clone())?;
    let date: When = event.date.date.parse().ok()?;
    let doubt = |at: &usize| {
        let status = &study.codebook.statuses[*at];
        status.weight_high - status.weight_low
    };
    let status = (0..study.codebook.statuses.len()).max_by(|a, b| doubt(a).total_cmp(&doubt(b)))?;
    let known = |id: &String| matches!(id.as_str(), "*" | "-") || study.actors.contains_key(id);
    let mut targets: Vec<String> =
        event.targets.iter().map(|party| party.actor.clone()).filter(known).collect();
    if targets.is_empty() {
        targets.push("-".to_owned());
    }
    study.actors.contains_key(&sender).then(|| EventRow {
        event: event.event.clone(),
        date,
        sender,
        targets,
        instrument: event.instrument.clone(),
        layer: event.layer.clone(),
        power: event.power.clone(),
        mode: event.mode.clone(),
        status: study.codebook.statuses[status].id.clone(),
        document: event.document.clone(),
        evidence: event.evidence.text.clone(),
        evidence_zh: String::new(),
        coder: coder.to_owned(),
        certainty: CERTAINTY.to_owned(),
        reference: reference.to_owned(),
        note: String::new(),
    })
}

/// When units used instruments, by the curated events.
struct Curated(BTreeMap<(String, String), Vec<When>>);

impl Curated {
    fn of(study: &Study) -> Curated {
        let mut found: BTreeMap<(String, String), Vec<When>> = BTreeMap::new();
        for event in &study.events {
            found.entry(key(study, event)).or_default().push(event.date);
        }
        Curated(found)
    }

    fn has(&self, study: &Study, row: &EventRow) -> bool {
        let days = i64::from(Sameness::default().days).days();
        let near = |date: &When| {
            row.date.from() <= date.to().saturating_add(days)
                && date.from() <= row.date.to().saturating_add(days)
        };
        self.0.get(&key(study, row)).is_some_and(|dates| dates.iter().any(near))
    }
}

/// Who counts as sender, and by what.
fn key(study: &Study, event: &EventRow) -> (String, String) {
    let unit = study.unit_of(&event.sender).unwrap_or(&event.sender);
    (unit.to_owned(), event.instrument.clone())
}
