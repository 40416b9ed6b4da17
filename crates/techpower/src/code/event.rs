//! What one coded event says.

use serde::{Deserialize, Deserializer, Serialize};

use crate::table::{Granularity, When};
use crate::text::Document;

/// A span of a document, with its place counted three ways. Positions count from the beginning of the title or of the text as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// The words, exactly as stored.
    pub text: String,
    /// Whether it stands in the title; else in the text.
    pub in_title: bool,
    /// Unicode code points: first, and one past the last.
    pub points: (usize, usize),
    /// Bytes of UTF-8.
    pub bytes: (usize, usize),
    /// Units of UTF-16.
    pub utf16: (usize, usize),
}

/// An actor with the words that name it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Party {
    /// Id; `*` everyone, `-` no one.
    pub actor: String,
    /// Where it is named; `None` if it is implied.
    pub quote: Option<Quote>,
    /// The dictionary entry that matched and its kind; empty if none did.
    pub entry: String,
    /// Pattern of grammar that fits; empty if none does.
    pub pattern: String,
    /// How likely it has this part.
    pub probability: f64,
}

/// Whether an act is told as done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Modality {
    /// It is.
    Done,
    /// It is to come.
    Planned,
    /// It depends on something.
    Hypothetical,
}

/// When an act took place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventDate {
    /// The words that tell it; `None` if the day of the document stands in.
    pub quote: Option<Quote>,
    /// `YYYY-MM-DD`, `YYYY-MM` or `YYYY`; empty if unknown.
    pub date: String,
    /// `day`, `month`, `year`; `document` if it is the day of the document; empty if unknown.
    #[serde(deserialize_with = "granularity")]
    pub granularity: Word,
}

/// A word of the program. By its own name, as deserialization would else borrow it from what is read.
type Word = &'static str;

/// One of the words for a granularity.
fn granularity<'de, D: Deserializer<'de>>(from: D) -> Result<&'static str, D::Error> {
    let text = String::deserialize(from)?;
    let known = ["day", "month", "year", "document", ""].into_iter().find(|word| *word == text);
    known.ok_or_else(|| serde::de::Error::custom("no granularity of a date"))
}

/// How sure the coder is: probabilities after calibration, 0 to 1. Rules alone give none and say 1; a language model gives none and says 0, so
/// that nothing takes its events for sure.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Confidence {
    /// That the sentence tells an event.
    pub event: f64,
    /// Of the type of power.
    pub power: f64,
    /// Of the mode.
    pub mode: f64,
    /// Of the layer.
    pub layer: f64,
    /// Of the instrument among those of the type.
    pub instrument: f64,
    /// Of the sender.
    pub sender: f64,
    /// Of the targets.
    pub targets: f64,
}

impl EventDate {
    /// A date that words of the document tell; they may tell none that is known.
    pub(crate) fn told(when: Option<When>, quote: Quote) -> EventDate {
        let granularity = match when.map(When::granularity) {
            Some(Granularity::Day) => "day",
            Some(Granularity::Month) => "month",
            Some(Granularity::Year) => "year",
            None => "",
        };
        EventDate {
            quote: Some(quote),
            date: when.map_or(String::new(), |when| when.to_string()),
            granularity,
        }
    }

    /// The day of the document.
    pub(crate) fn of_document(document: &Document) -> EventDate {
        EventDate {
            quote: None,
            date: document.date.map_or(String::new(), |when| when.to_string()),
            granularity: if document.date.is_some() { "document" } else { "" },
        }
    }
}

/// One event as coded: one sender, one instrument, its targets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Id of the document.
    pub document: String,
    /// Hash of the document.
    pub hash: String,
    /// Id: that of the document, `#` and the number of the act in it. Joint senders share it.
    pub event: String,
    /// Who acts; `None` if the text does not tell.
    pub sender: Option<Party>,
    /// On whom.
    pub targets: Vec<Party>,
    /// Instrument.
    pub instrument: String,
    /// Layer.
    pub layer: String,
    /// Type of power, or `none`.
    pub power: String,
    /// Mode.
    pub mode: String,
    /// Told as done, planned or under a condition.
    pub modality: Modality,
    /// Who says so, if another than the sender.
    pub reported_by: Option<Party>,
    /// When.
    pub date: EventDate,
    /// The sentence.
    pub sentence: Quote,
    /// The words that show the act.
    pub evidence: Quote,
    /// The word that carries the act.
    pub trigger: Option<Quote>,
    /// The words that show the instrument, if a cue of its page does.
    pub cue: Option<Quote>,
    /// What decided: the page of the instrument, the cue, and the pattern that gave the sender its part; `llm` for a language model.
    pub rule: String,
    /// How sure.
    pub confidence: Confidence,
    /// All of it in one number: the probability that event, type and sender are right.
    pub overall: f64,
    /// Whether a person should look: some part is less likely than the scorer's bound, or rules or a language model alone decided.
    pub uncertain: bool,
    /// Documents that tell the same act, this one included.
    pub sources: Vec<String>,
    /// Name and version of the coder; `llm:` and the name of the model if a language model is one.
    pub coder: String,
}

/// At which stage a sentence was passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// There is no text.
    Empty,
    /// Neither English nor Chinese.
    Language,
    /// No technology, firm, law or instrument is named in the sentence or near it.
    Topic,
    /// Nothing is done in it and nobody is named.
    Act,
    /// Without a scorer: no cue of an instrument.
    Instrument,
    /// Without a scorer: nobody is told to act.
    Sender,
    /// The scorer holds it unlikely to tell an event.
    Unlikely,
    /// The act is denied.
    Denied,
    /// The scorer is not sure enough; a person should look.
    Unsure,
    /// It tells an act that another sentence tells better, or another document told before.
    Same,
    /// A language model tells of no event in it, or gave no answer that could be used (then a note says so).
    Model,
}

impl Reason {
    /// The word used in tables and JSON.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Reason::Empty => "empty",
            Reason::Language => "language",
            Reason::Topic => "topic",
            Reason::Act => "act",
            Reason::Instrument => "instrument",
            Reason::Sender => "sender",
            Reason::Unlikely => "unlikely",
            Reason::Denied => "denied",
            Reason::Unsure => "unsure",
            Reason::Same => "same",
            Reason::Model => "model",
        }
    }
}

/// A sentence that was passed over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Passed {
    /// The sentence.
    pub sentence: Quote,
    /// Why.
    pub reason: Reason,
    /// How likely it tells an event, if a scorer was asked.
    pub probability: Option<f64>,
}

/// What became of a document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Coded {
    /// Id.
    pub document: String,
    /// Hash.
    pub hash: String,
    /// Events, the surest first.
    pub events: Vec<Event>,
    /// Why there is none; `None` if there is any.
    pub reason: Option<Reason>,
    /// How likely the likeliest sentence tells an event, if a scorer was asked.
    pub probability: Option<f64>,
}
