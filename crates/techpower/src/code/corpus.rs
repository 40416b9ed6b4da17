//! The corpus of a study: its documents coded, held against the curated events where a document says which it tells, and turned into events
//! that count where the study asks for it.

mod counted;
mod read;

pub use counted::{count, errors};

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::agreement::{self, Comparing, Comparison, Resampling};
use super::{Coded, Coder, Duplicates, Event, Sameness, Scorer};
use crate::diag::{Kind, Note, Notes, Place};
use crate::num::Seed;
use crate::study::{EventRow, Study};
use crate::table::Files;

const STAGE: &str = "code";
/// Folder of a study's documents.
pub const CORPUS: &str = "corpus";
/// Name under which curated events are compared.
pub const CURATED: &str = "curated";
/// Resampled documents behind the intervals of agreement.
const DRAWS: usize = 1000;

/// What a document states about the curated event that it tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tells {
    /// It states nothing: nobody has checked it.
    Unstated,
    /// That it tells none.
    Nothing,
    /// An event of the study, by its id.
    Event(String),
}

/// A document of a corpus, without its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Id, unique in the corpus.
    pub id: String,
    /// Title; empty if unknown.
    pub title: String,
    /// Where it comes from; empty if unknown.
    pub source: String,
    /// The event that it is known to tell.
    pub tells: Tells,
}

/// A corpus as coded. Without documents it is empty.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Corpus {
    /// Name and version of the coder.
    pub coder: String,
    /// The documents, in the order of files and lines.
    pub documents: Vec<Source>,
    /// What was coded in each document, each act once: reports of one act are merged.
    pub coded: Vec<Coded>,
    /// What was coded in each document before merging, for comparison.
    pub told: Vec<agreement::Coded>,
}

/// Reads and codes the documents of a study (`corpus/*.jsonl`) by its codebook and actors. The key `event` of a document names the event of
/// `events.csv` that it tells, and is empty if it tells none; a document without the key is not checked. An id that `events.csv` does not have is a note,
/// and the document counts as not checked.
///
/// ```
/// use techpower::code::{Tells, corpus};
/// use techpower::study::{Keep, Study, template};
/// let mut files = template("demo");
/// files.insert("tables/actors.csv".to_owned(), "actor,name_en,name_zh,kind\nUSA,United States,美国,state\n\
///     CHN,China,中国,state\n".to_owned());
/// files.insert("corpus/news.jsonl".to_owned(), "{\"id\":\"d1\",\"date\":\"2022-10-07\",\"event\":\"\",\"text\":\"\
///     The United States imposed export controls on advanced chips sold to China.\"}\n".to_owned());
/// let study = Study::read(&files, Keep::Rows).0.expect("a study");
/// let (corpus, notes) = corpus(&study, &files);
/// assert_eq!(notes.count(), 0);
/// assert_eq!((corpus.documents[0].tells.clone(), corpus.acts()), (Tells::Nothing, 1));
/// // The document says that it tells nothing, and the coder found an act.
/// let (agreement, _) = corpus.compare(&study);
/// assert_eq!(agreement.disagreements[0].document, "d1");
/// ```
#[must_use]
pub fn corpus(study: &Study, files: &dyn Files) -> (Corpus, Notes) {
    let mut notes = Notes::new();
    let names = read::names(files, &mut notes);
    if names.is_empty() {
        return (Corpus::default(), notes);
    }
    let scorer = Scorer::of(&study.codebook).unwrap_or_else(|error| {
        notes.push(Note::new(Kind::UnreadableFile, STAGE, Place::file("scorer.tsv")).with("why", error));
        None
    });
    let coder = Coder::new(&study.codebook, &study.actors, scorer);
    let mut corpus = Corpus { coder: coder.name().to_owned(), ..Corpus::default() };
    let mut duplicates = Duplicates::new(Sameness::default());
    read::documents(study, files, &names, &coder, &mut notes, &mut |document, sketch, source, coded| {
        duplicates.add(document, sketch, &coded);
        corpus.told.push(codings(&coded));
        corpus.documents.push(source);
        corpus.coded.push(coded);
    });
    let merged = duplicates.finish();
    for (story, coded) in corpus.coded.iter_mut().enumerate() {
        merged.apply(story, coded);
    }
    (corpus, notes)
}

impl Corpus {
    /// Number of acts after merging; joint senders share one.
    #[must_use]
    pub fn acts(&self) -> usize {
        let of = |coded: &Coded| {
            let ids: BTreeSet<&str> = coded.events.iter().map(|event| event.event.as_str()).collect();
            ids.len()
        };
        self.coded.iter().map(of).sum()
    }

    /// Number of documents in which an event was found.
    #[must_use]
    pub fn telling(&self) -> usize {
        self.told.iter().filter(|document| !document.codings.is_empty()).count()
    }

    /// Number of documents that state which curated event they tell, or that they tell none.
    #[must_use]
    pub fn checked(&self) -> usize {
        self.documents.iter().filter(|document| document.tells != Tells::Unstated).count()
    }

    /// Compares the curated events with what was coded, in the documents that state which they tell. The first coder is [`CURATED`]. Without such a
    /// document nothing is compared.
    #[must_use]
    pub fn compare(&self, study: &Study) -> (Comparison, Notes) {
        let curated = self.curated(study);
        if curated.is_empty() {
            return (Comparison::default(), Notes::new());
        }
        let told = self.documents.iter().zip(&self.told);
        let told = told.filter(|(document, _)| document.tells != Tells::Unstated);
        let coders = [
            agreement::Coder { name: CURATED.to_owned(), coded: curated },
            agreement::Coder {
                name: self.coder.clone(),
                coded: told.map(|(_, told)| told.clone()).collect(),
            },
        ];
        let resampling = Resampling { seed: Seed(study.options.uncertainty.seed), draws: DRAWS };
        agreement::compare(&coders, &Comparing { resampling, lengths: &BTreeMap::new() })
    }

    /// The curated events of the documents that state which they tell.
    fn curated(&self, study: &Study) -> Vec<agreement::Coded> {
        let mut rows: BTreeMap<&str, Vec<&EventRow>> = BTreeMap::new();
        for event in &study.events {
            rows.entry(event.event.as_str()).or_default().push(event);
        }
        let of = |document: &Source| {
            let rows = match &document.tells {
                Tells::Unstated => return None,
                Tells::Nothing => &[][..],
                Tells::Event(id) => rows.get(id.as_str())?.as_slice(),
            };
            Some(agreement::Coded { document: document.id.clone(), codings: joined(&document.id, rows) })
        };
        self.documents.iter().filter_map(of).collect()
    }
}

/// Rows of one event as codings; those that differ only in who acts and on whom are one.
fn joined(document: &str, rows: &[&EventRow]) -> Vec<agreement::Coding> {
    let mut codings: Vec<agreement::Coding> = Vec::new();
    for row in rows {
        let one = agreement::Coding {
            document: document.to_owned(),
            sender: Some(row.sender.clone()),
            targets: row.targets.clone(),
            instrument: Some(row.instrument.clone()),
            layer: Some(row.layer.clone()),
            power: Some(row.power.clone()),
            mode: Some(row.mode.clone()),
            ..agreement::Coding::default()
        };
        join(&mut codings, one, |_| true);
    }
    codings
}

/// What was coded in a document as codings for comparison.
fn codings(coded: &Coded) -> agreement::Coded {
    let mut acts: Vec<&str> = Vec::new();
    let mut codings: Vec<agreement::Coding> = Vec::new();
    for event in &coded.events {
        let known = acts.iter().position(|act| *act == event.event);
        let before = codings.len();
        join(&mut codings, coding(event), |at| Some(at) == known);
        if codings.len() > before {
            acts.push(&event.event);
        }
    }
    agreement::Coded { document: coded.document.clone(), codings }
}

fn coding(event: &Event) -> agreement::Coding {
    let place = (!event.evidence.in_title).then_some(event.evidence.points);
    agreement::Coding {
        document: event.document.clone(),
        sender: event.sender.as_ref().map(|party| party.actor.clone()),
        targets: event.targets.iter().map(|party| party.actor.clone()).collect(),
        instrument: Some(event.instrument.clone()),
        layer: Some(event.layer.clone()),
        power: Some(event.power.clone()),
        mode: Some(event.mode.clone()),
        evidence: Some(event.evidence.text.clone()),
        evidence_start: place.map(|place| place.0),
        evidence_end: place.map(|place| place.1),
        uncertain: event.uncertain,
    }
}

/// Adds a coding, or its sender and targets to one that is the same act of others.
fn join(codings: &mut Vec<agreement::Coding>, one: agreement::Coding, may: impl Fn(usize) -> bool) {
    let fields =
        |c: &agreement::Coding| [c.instrument.clone(), c.layer.clone(), c.power.clone(), c.mode.clone()];
    let wanted = fields(&one);
    let same = codings.iter_mut().enumerate().find(|(at, known)| may(*at) && fields(known) == wanted);
    let Some((_, known)) = same else {
        codings.push(one);
        return;
    };
    match (&mut known.sender, one.sender) {
        (Some(senders), Some(sender)) if !senders.split('|').any(|known| known == sender) => {
            senders.push('|');
            senders.push_str(&sender);
        }
        _ => {}
    }
    for target in one.targets {
        if !known.targets.contains(&target) {
            known.targets.push(target);
        }
    }
    known.uncertain |= one.uncertain;
}

#[cfg(test)]
mod tests;
