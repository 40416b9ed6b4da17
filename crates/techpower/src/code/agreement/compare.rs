//! Comparison of the codings of two or more coders, field by field.

use std::collections::{BTreeMap, BTreeSet};

use super::{Coded, Coder, Coding, Interval, Resampling, STAGE, align, listing, measures};
use crate::diag::{Kind, Note, Notes, Place};

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// Whether a document has an event; the unit is the document.
    Detection,
    /// Whether an event that one coder found was found by the other.
    Event,
    /// Type of power.
    Power,
    /// Mode.
    Mode,
    /// Layer.
    Layer,
    /// Instrument.
    Instrument,
    /// Sender.
    Sender,
    /// Set of targets.
    Targets,
    /// Passages marked as evidence.
    Evidence,
}

impl Field {
    /// All, in order.
    pub const ALL: [Field; 9] = [
        Field::Detection,
        Field::Event,
        Field::Power,
        Field::Mode,
        Field::Layer,
        Field::Instrument,
        Field::Sender,
        Field::Targets,
        Field::Evidence,
    ];
    /// Fields of an event that hold one category.
    pub(super) const NOMINAL: [Field; 5] =
        [Field::Power, Field::Mode, Field::Layer, Field::Instrument, Field::Sender];

    /// The word used in tables.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Field::Detection => "detection",
            Field::Event => "event",
            Field::Power => "power",
            Field::Mode => "mode",
            Field::Layer => "layer",
            Field::Instrument => "instrument",
            Field::Sender => "sender",
            Field::Targets => "targets",
            Field::Evidence => "evidence",
        }
    }

    /// What a coding says in the field, in words; `None` if nothing.
    pub(super) fn value(self, coding: &Coding) -> Option<String> {
        match self {
            Field::Detection => Some(EVENT.to_owned()),
            Field::Event => Some(coding.brief()),
            Field::Power => coding.power.clone(),
            Field::Mode => coding.mode.clone(),
            Field::Layer => coding.layer.clone(),
            Field::Instrument => coding.instrument.clone(),
            Field::Sender => coding.senders(),
            Field::Targets => coding.target_set().map(|set| {
                if set.is_empty() { "-".to_owned() } else { set.into_iter().collect::<Vec<_>>().join("|") }
            }),
            Field::Evidence => coding.evidence.clone(),
        }
    }
}

/// A document in which a coder found an event.
pub(super) const EVENT: &str = "event";
/// A document in which a coder found none.
pub(super) const NO_EVENT: &str = "none";

/// How codings are compared.
#[derive(Debug, Clone, Copy)]
pub struct Comparing<'a> {
    /// How documents are resampled for intervals.
    pub resampling: Resampling,
    /// Code points of each document, where known: alpha for unitizing needs to know how much was left unmarked.
    pub lengths: &'a BTreeMap<String, usize>,
}

/// A measure of agreement.
#[derive(Debug, Clone, PartialEq)]
pub struct Agreement {
    /// What was compared.
    pub field: Field,
    /// The coders, separated by `|`.
    pub coders: String,
    /// The measure, as it is called in tables.
    pub measure: &'static str,
    /// Its value; `None` if it is not defined on these codings.
    pub value: Option<f64>,
    /// Its interval over resampled documents, where there is one.
    pub interval: Option<Interval>,
    /// Units compared.
    pub units: usize,
    /// Units that could not be compared, because fewer than two coders say something of them.
    pub missing: usize,
}

/// Agreement on one category.
#[derive(Debug, Clone, PartialEq)]
pub struct CategoryAgreement {
    /// What was compared.
    pub field: Field,
    /// The coders, separated by `|`.
    pub coders: String,
    /// The category.
    pub category: String,
    /// How often two coders chose it, the first held against the second, events that only one of them found included; `None` for more than two.
    pub found: Option<super::Found>,
    /// Proportion of specific agreement (Cicchetti & Feinstein 1990, *Journal of Clinical Epidemiology* 43(6), 551-558): of the pairs of ratings in
    /// which the category occurs, each counted once for either rating, the share in which it is both. Of events that at least two coders found.
    pub specific: Option<f64>,
}

/// How often two coders chose a pair of categories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confused {
    /// What was compared.
    pub field: Field,
    /// The coders, separated by `|`.
    pub coders: String,
    /// What the first says; `None` if it did not find the event.
    pub first: Option<String>,
    /// What the second says; `None` if it did not find the event.
    pub second: Option<String>,
    /// How often.
    pub count: usize,
}

/// A point on which two coders disagree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disagreement {
    /// The document.
    pub document: String,
    /// The coders, separated by `|`.
    pub coders: String,
    /// On what.
    pub field: Field,
    /// What the first says; `None` if it did not find the event.
    pub first: Option<String>,
    /// What the second says; `None` if it did not find the event.
    pub second: Option<String>,
    /// The evidence of the first.
    pub first_evidence: Option<String>,
    /// The evidence of the second.
    pub second_evidence: Option<String>,
    /// Whether one of them was in doubt.
    pub uncertain: bool,
}

/// How coders agree.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Comparison {
    /// The coders, in their order.
    pub coders: Vec<String>,
    /// Measures, by coders and field.
    pub agreement: Vec<Agreement>,
    /// Agreement on single categories.
    pub categories: Vec<CategoryAgreement>,
    /// Pairs of categories.
    pub confusion: Vec<Confused>,
    /// Points of disagreement, by document.
    pub disagreements: Vec<Disagreement>,
}

/// Compares coders: every pair, and all together if there are more than two. Only documents that at least two of them coded are compared.
/// Events of a document are aligned first ([`align`]); fields are compared on events that at least two coders found, so that agreement on
/// fields says nothing of events that only one found: read [`Field::Detection`] and [`Field::Event`] beside it. Coders with the same name are
/// told apart by a number.
///
/// ```
/// use std::collections::BTreeMap;
/// use techpower::code::agreement::{Coded, Coder, Coding, Comparing, Field, Resampling, compare};
/// use techpower::num::Seed;
/// let coder = |name: &str, powers: [&str; 3]| Coder {
///     name: name.to_owned(),
///     coded: ["d1", "d2", "d3"]
///         .into_iter()
///         .zip(powers)
///         .map(|(document, power)| Coded {
///             document: document.to_owned(),
///             codings: vec![Coding { power: Some(power.to_owned()), ..Coding::default() }],
///         })
///         .collect(),
/// };
/// let coders = [
///     coder("ann", ["compulsory", "structural", "structural"]),
///     coder("bo", ["compulsory", "structural", "productive"]),
/// ];
/// let comparing = Comparing { resampling: Resampling { seed: Seed(1), draws: 100 }, lengths: &BTreeMap::new() };
/// let (found, notes) = compare(&coders, &comparing);
/// assert!(notes.is_empty());
/// assert_eq!(found.value(Field::Power, "ann|bo", "percent"), Some(2.0 / 3.0));
/// assert_eq!(found.disagreements[0].document, "d3");
/// ```
#[must_use]
pub fn compare(coders: &[Coder], comparing: &Comparing<'_>) -> (Comparison, Notes) {
    let mut notes = Notes::new();
    let names = distinct_names(coders);
    let mut comparison = Comparison { coders: names.clone(), ..Comparison::default() };
    if coders.len() < 2 {
        notes.push(Note::new(Kind::CodersTooFew, STAGE, Place::default()));
        return (comparison, notes);
    }
    let read: Vec<BTreeMap<&str, Vec<&Coding>>> =
        coders.iter().map(|coder| by_document(&coder.coded)).collect();
    let vocabulary = Vocabulary::of(&read);
    let mut groups: Vec<Vec<usize>> = Vec::new();
    if coders.len() > 2 {
        groups.push((0..coders.len()).collect());
    }
    for first in 0..coders.len() {
        groups.extend((first + 1..coders.len()).map(|second| vec![first, second]));
    }
    for members in groups {
        let group = Group::of(&read, &names, &members);
        if group.documents.is_empty() {
            let at = Place::default();
            notes.push(Note::new(Kind::CodersShareNothing, STAGE, at).with("coders", &group.label));
            continue;
        }
        comparison.agreement.extend(measures::measures(&group, &vocabulary, comparing));
        comparison.categories.extend(listing::categories(&group, &vocabulary));
        if members.len() == 2 {
            let alone = group.rows().filter(|(_, row)| row.iter().flatten().count() < 2).count();
            if alone > 0 {
                notes.push(
                    Note::new(Kind::EventsUnpaired, STAGE, Place::default())
                        .with("coders", &group.label)
                        .with("count", alone)
                        .with("events", group.rows().count()),
                );
            }
            comparison.confusion.extend(listing::confusion(&group));
            comparison.disagreements.extend(listing::disagreements(&group));
        }
    }
    (comparison, notes)
}

impl Comparison {
    /// The value of a measure; `None` if it was not measured or is not defined.
    #[must_use]
    pub fn value(&self, field: Field, coders: &str, measure: &str) -> Option<f64> {
        self.agreement
            .iter()
            .find(|row| row.field == field && row.coders == coders && row.measure == measure)
            .and_then(|row| row.value)
    }
}

/// The names of the coders, a name that stands above followed by a number.
fn distinct_names(coders: &[Coder]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for coder in coders {
        let mut name = coder.name.clone();
        let mut number = 1;
        while names.contains(&name) {
            number += 1;
            name = format!("{}#{number}", coder.name);
        }
        names.push(name);
    }
    names
}

fn by_document(coded: &[Coded]) -> BTreeMap<&str, Vec<&Coding>> {
    let mut documents: BTreeMap<&str, Vec<&Coding>> = BTreeMap::new();
    for one in coded {
        documents.entry(&one.document).or_default().extend(&one.codings);
    }
    documents
}

/// The values that occur in each field, over all coders: the categories from which they chose.
pub(super) struct Vocabulary(BTreeMap<Field, Vec<String>>);

impl Vocabulary {
    fn of(read: &[BTreeMap<&str, Vec<&Coding>>]) -> Vocabulary {
        let mut values: BTreeMap<Field, BTreeSet<String>> = BTreeMap::new();
        for coding in read.iter().flat_map(|documents| documents.values().flatten()) {
            for field in Field::NOMINAL {
                values.entry(field).or_default().extend(field.value(coding));
            }
        }
        Vocabulary(values.into_iter().map(|(field, set)| (field, set.into_iter().collect())).collect())
    }

    pub(super) fn categories(&self, field: Field) -> &[String] {
        self.0.get(&field).map_or(&[], Vec::as_slice)
    }

    pub(super) fn position(&self, field: Field, value: &String) -> Option<usize> {
        self.categories(field).binary_search(value).ok()
    }
}

/// Coders that are compared, and the documents that at least two of them coded.
pub(super) struct Group<'a> {
    /// Their names, separated by `|`.
    pub(super) label: String,
    /// How many.
    pub(super) coders: usize,
    /// The documents, in order.
    pub(super) documents: Vec<Shared<'a>>,
    /// How many documents only one of them coded.
    pub(super) alone: usize,
}

/// A document that several coders coded.
pub(super) struct Shared<'a> {
    /// Id.
    pub(super) id: &'a str,
    /// The events of each coder; `None` if it did not code the document.
    pub(super) coded: Vec<Option<Vec<Coding>>>,
    /// The events, aligned.
    rows: Vec<Vec<Option<usize>>>,
}

impl Shared<'_> {
    /// The events, each as the coders see it.
    pub(super) fn events(&self) -> impl Iterator<Item = Vec<Option<&Coding>>> {
        self.rows
            .iter()
            .map(|row| row.iter().zip(&self.coded).map(|(at, list)| list.as_ref()?.get((*at)?)).collect())
    }
}

impl<'a> Group<'a> {
    fn of(read: &[BTreeMap<&'a str, Vec<&'a Coding>>], names: &[String], members: &[usize]) -> Group<'a> {
        let label = members.iter().map(|at| names[*at].as_str()).collect::<Vec<&str>>().join("|");
        let ids: BTreeSet<&'a str> = members.iter().flat_map(|at| read[*at].keys().copied()).collect();
        let mut group = Group { label, coders: members.len(), documents: Vec::new(), alone: 0 };
        for id in ids {
            let coded: Vec<Option<Vec<Coding>>> = members
                .iter()
                .map(|at| read[*at].get(id).map(|list| list.iter().map(|one| (*one).clone()).collect()))
                .collect();
            if coded.iter().flatten().count() < 2 {
                group.alone += 1;
                continue;
            }
            let lists: Vec<&[Coding]> = coded.iter().map(|list| list.as_deref().unwrap_or(&[])).collect();
            let rows = align(&lists);
            group.documents.push(Shared { id, coded, rows });
        }
        group
    }

    /// All events with the position of their document.
    pub(super) fn rows(&self) -> impl Iterator<Item = (usize, Vec<Option<&Coding>>)> {
        self.documents
            .iter()
            .enumerate()
            .flat_map(|(at, document)| document.events().map(move |row| (at, row)))
    }
}
