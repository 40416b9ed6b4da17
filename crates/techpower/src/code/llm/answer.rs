//! From what a language model wrote to events, each part of which stands in the document.

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Value;

use super::RULE;
use super::find::{Bounds, find};
use crate::code::coder::{EVERYONE, NO_ONE};
use crate::code::dates::dates;
use crate::code::event::{Confidence, Event, EventDate, Modality, Party, Quote};
use crate::code::lexicon::{Entry, Found, Lexicon};
use crate::code::normal::Normal;
use crate::code::passage::Ids;
use crate::code::reading::Reading;
use crate::code::telling::quote;
use crate::codebook::{Actor, Codebook};
use crate::diag::{Kind, Lang, Note, Notes, Place};
use crate::table::{Granularity, When};
use crate::text::Document;

const STAGE: &str = "code";

/// Reads what a language model wrote about documents.
pub struct Answers<'a> {
    codebook: &'a Codebook,
    ids: Ids<'a>,
    lexicon: Lexicon,
    coder: String,
}

/// An event as the model wrote it.
#[derive(Debug, Deserialize)]
struct Told {
    sender: Option<String>,
    sender_quote: Option<String>,
    targets: Option<Vec<String>>,
    target_quotes: Option<Vec<Option<String>>>,
    instrument: Option<String>,
    layer: Option<String>,
    power: Option<String>,
    mode: Option<String>,
    evidence: Option<String>,
    trigger: Option<String>,
    date_quote: Option<String>,
    note: Option<String>,
}

impl<'a> Answers<'a> {
    /// For a codebook, the actors of a study and the name of a model.
    #[must_use]
    pub fn new(codebook: &'a Codebook, further: &'a BTreeMap<String, Actor>, model: &str) -> Answers<'a> {
        Answers {
            codebook,
            ids: Ids::new(codebook, further),
            lexicon: Lexicon::new(codebook, further),
            coder: format!("{RULE}:{model}"),
        }
    }

    /// The name of the coder: `llm:` and the model.
    #[must_use]
    pub fn coder(&self) -> &str {
        &self.coder
    }

    /// The events in what a model wrote about a document, all of them for review. Whatever does not stand in the document or the codebook is left
    /// out with a note.
    ///
    /// ```
    /// use techpower::{code::llm::Answers, codebook::Codebook, diag::Notes, text::{Options, read}};
    /// let file = r#"{"id":"a","text":"Japan placed chip tools under export controls."}"#;
    /// let (mut documents, mut notes) = (Vec::new(), Notes::new());
    /// read("a.jsonl", &mut file.as_bytes(), &Options::by_name(), &mut |document| documents.push(document), &mut notes);
    /// let written = r#"{"events":[{"sender":"JPN","sender_quote":"Japan","targets":["*"],"target_quotes":[null],
    ///     "instrument":"export-control","layer":"foundation","power":null,"mode":"impose",
    ///     "evidence":"placed chip tools under export controls","trigger":"placed","date_quote":"in 2023","note":null}]}"#;
    /// let (codebook, _) = Codebook::builtin();
    /// let none = Default::default();
    /// let events = Answers::new(&codebook, &none, "m").read(&documents[0], written, &mut notes);
    /// assert_eq!(events[0].evidence.points, (6, 45));
    /// assert!(events[0].uncertain && events[0].coder == "llm:m");
    /// // The text does not say `in 2023`.
    /// assert_eq!(notes.count(), 1);
    /// ```
    pub fn read(&self, document: &Document, written: &str, notes: &mut Notes) -> Vec<Event> {
        let told = match parse(written) {
            Ok(told) => told,
            Err(why) => {
                let at = Place::row(&document.file, document.row);
                notes.push(Note::new(Kind::ModelReply, STAGE, at).with("why", why));
                return Vec::new();
            }
        };
        let reading = Reading::new(document, &self.lexicon);
        let hash = document.hash();
        let on = document.date.filter(|when| when.granularity() == Granularity::Day).map(When::from);
        let mut acts: Vec<(Range<usize>, String, String)> = Vec::new();
        let mut events: Vec<Event> = Vec::new();
        for (number, value) in told.into_iter().enumerate() {
            let mut one = One { answers: self, document, reading: &reading, on, number: number + 1, notes };
            let Some((mut event, evidence)) = one.event(value, &hash) else { continue };
            // Joint senders of one act share its id.
            let act = (evidence, event.instrument.clone(), event.mode.clone());
            let at = acts.iter().position(|known| *known == act).unwrap_or_else(|| {
                acts.push(act);
                acts.len() - 1
            });
            event.event = format!("{}#{}", document.id, at + 1);
            if !events.contains(&event) {
                events.push(event);
            }
        }
        events
    }
}

/// One event of a reply on its way into an [`Event`].
struct One<'a, 'b> {
    answers: &'b Answers<'a>,
    document: &'b Document,
    reading: &'b Reading,
    on: Option<Date>,
    /// Which of the reply, from 1.
    number: usize,
    notes: &'b mut Notes,
}

impl One<'_, '_> {
    /// The event and where its evidence stands; `None` with a note if it cannot be used.
    fn event(&mut self, value: Value, hash: &str) -> Option<(Event, Range<usize>)> {
        let told: Told = match serde_json::from_value(value) {
            Ok(told) => told,
            Err(error) => {
                self.note(Kind::ModelField, "events", &[("why", &error.to_string())]);
                return None;
            }
        };
        let codebook = self.answers.codebook;
        let ids = |kind: &'static str| {
            codebook.pages.iter().filter(move |page| page.kind == kind).map(|page| page.id.as_str())
        };
        let instrument = self.id("instrument", told.instrument, ids("instrument"));
        let layer = self.id("layer", told.layer, ids("layer"));
        let mode = self.id("mode", told.mode, ids("mode"));
        let (instrument, layer, mode) = (instrument?, layer?, mode?);
        let power = codebook.instrument(&instrument)?.power.clone();
        if let Some(said) = told.power.filter(|said| *said != power) {
            let args = [("power", said.as_str()), ("expected", &power), ("instrument", &instrument)];
            self.note(Kind::ModelPower, "power", &args);
        }
        let evidence = told.evidence.unwrap_or_default();
        let Some(range) = find(self.reading, &evidence, Bounds::Begins, None) else {
            self.note(Kind::ModelNoEvidence, "evidence", &[("quote", &evidence)]);
            return None;
        };
        let sentence = self.sentence(&range);
        let sender = told.sender.filter(|sender| !sender.trim().is_empty());
        let sender = sender.and_then(|sender| self.party("sender", &sender, told.sender_quote, &range));
        let targets = self.targets(told.targets, told.target_quotes, &range);
        let trigger = self.words("trigger", told.trigger, Bounds::Begins, &range).and_then(Result::ok);
        let date = match self.words("date_quote", told.date_quote, Bounds::Whole, &range) {
            Some(Ok(words)) => self.date(&words),
            _ => EventDate::of_document(self.document),
        };
        if let Some(remark) = told.note.filter(|remark| !remark.trim().is_empty()) {
            self.note(Kind::ModelRemark, "note", &[("remark", &remark)]);
        }
        let modality =
            if matches!(mode.as_str(), "propose" | "threaten") { Modality::Planned } else { Modality::Done };
        let event = Event {
            document: self.document.id.clone(),
            hash: hash.to_owned(),
            event: String::new(),
            sender,
            targets,
            instrument,
            layer,
            power,
            mode,
            modality,
            reported_by: None,
            date,
            sentence: self.quote(&sentence),
            evidence: self.quote(&range),
            trigger: trigger.map(|range| self.quote(&range)),
            cue: None,
            rule: RULE.to_owned(),
            confidence: Confidence {
                event: 0.0,
                power: 0.0,
                mode: 0.0,
                layer: 0.0,
                instrument: 0.0,
                sender: 0.0,
                targets: 0.0,
            },
            overall: 0.0,
            uncertain: true,
            sources: vec![self.document.id.clone()],
            coder: self.answers.coder.clone(),
        };
        Some((event, range))
    }

    fn note(&mut self, kind: Kind, field: &str, args: &[(&str, &str)]) {
        let at = Place::cell(&self.document.file, self.document.row, field);
        let note = Note::new(kind, STAGE, at).with("field", field).with("number", self.number);
        self.notes.push(args.iter().fold(note, |note, (name, value)| note.with(name, value)));
    }

    /// An id that the codebook has.
    fn id<'c>(
        &mut self,
        field: &str,
        said: Option<String>,
        mut known: impl Iterator<Item = &'c str> + Clone,
    ) -> Option<String> {
        let said = said.unwrap_or_default();
        if known.clone().any(|id| id == said) {
            return Some(said);
        }
        let at = Place::cell(&self.document.file, self.document.row, field);
        let note =
            Note::new(Kind::ModelUnknownId, STAGE, at).with("field", field).with("number", self.number);
        self.notes.push(note.with("id", &said).near(&said, &mut known));
        None
    }

    fn quote(&self, range: &Range<usize>) -> Quote {
        quote(self.reading, self.document, range)
    }

    /// Where quoted words stand: `None` if none are quoted, an error with a note if they do not stand in the document.
    fn words(
        &mut self,
        field: &str,
        said: Option<String>,
        bounds: Bounds,
        near: &Range<usize>,
    ) -> Option<Result<Range<usize>, ()>> {
        let said = said.filter(|said| !said.trim().is_empty())?;
        let found = find(self.reading, &said, bounds, Some(near));
        if found.is_none() {
            self.note(Kind::ModelNoQuote, field, &[("quote", &said)]);
        }
        Some(found.ok_or(()))
    }

    /// The sentences in which the evidence stands; the evidence itself in a language that is not read.
    fn sentence(&self, evidence: &Range<usize>) -> Range<usize> {
        let over = |range: &Range<usize>| range.start < evidence.end && evidence.start < range.end;
        let ranges = self.reading.units.iter().map(|unit| &unit.range).filter(|range| over(range));
        ranges.fold(evidence.clone(), |all, one| all.start.min(one.start)..all.end.max(one.end))
    }

    fn date(&self, words: &Range<usize>) -> EventDate {
        let unit = self.reading.units.iter().find(|unit| unit.range.contains(&words.start));
        let lang = unit.map(|unit| unit.lang).or(self.document.lang).unwrap_or(Lang::En);
        let told = dates(lang, &self.reading.lower, words.clone(), self.on).into_iter().next();
        EventDate::told(told.and_then(|told| told.when), self.quote(words))
    }

    fn targets(
        &mut self,
        said: Option<Vec<String>>,
        quotes: Option<Vec<Option<String>>>,
        evidence: &Range<usize>,
    ) -> Vec<Party> {
        let quotes = quotes.unwrap_or_default();
        let mut found: Vec<Party> = Vec::new();
        for (at, target) in said.unwrap_or_default().iter().enumerate() {
            if target.trim().is_empty() {
                continue;
            }
            let quoted = quotes.get(at).cloned().flatten();
            if let Some(party) = self.party("targets", target, quoted, evidence)
                && !found.iter().any(|known| known.actor == party.actor)
            {
                found.push(party);
            }
        }
        let named = |party: &Party| party.actor != EVERYONE && party.actor != NO_ONE;
        if found.len() > 1 && !found.iter().all(named) {
            self.note(Kind::ModelTargets, "targets", &[]);
            match found.iter().any(named) {
                true => found.retain(named),
                false => found.truncate(1),
            }
        }
        found
    }

    /// An actor with the words that name it; `None` with a note if it is quoted with words that do not stand in the document.
    fn party(
        &mut self,
        field: &str,
        said: &str,
        quoted: Option<String>,
        evidence: &Range<usize>,
    ) -> Option<Party> {
        let range = match self.words(field, quoted, Bounds::Whole, evidence) {
            Some(Ok(range)) => Some(range),
            Some(Err(())) => return None,
            None => None,
        };
        let named: Vec<&Entry> = range.as_ref().map_or(Vec::new(), |range| self.named(range));
        let written = self.answers.ids.id(said);
        let actor = if self.answers.ids.knows(&written) {
            Some(written)
        } else {
            let only = named.first().filter(|first| named.iter().all(|other| other.actor == first.actor));
            only.map(|entry| entry.actor.clone()).or_else(|| self.by_name(said))
        };
        let entry = named.iter().find(|entry| Some(&entry.actor) == actor.as_ref());
        let entry = entry.map_or(String::new(), |entry| format!("{} ({})", entry.name, entry.kind.id()));
        let other = named.first().map(|other| other.actor.clone());
        match (&actor, other) {
            (None, _) => self.note(Kind::ModelActor, field, &[("actor", said.trim())]),
            (Some(actor), Some(other)) if entry.is_empty() => {
                let words = range.as_ref().map_or(String::new(), |range| self.quote(range).text);
                self.note(Kind::ModelParty, field, &[("actor", actor), ("quote", &words), ("other", &other)]);
            }
            _ => {}
        }
        Some(Party {
            actor: actor.unwrap_or_else(|| said.trim().to_owned()),
            quote: range.map(|range| self.quote(&range)),
            entry,
            pattern: String::new(),
            probability: 0.0,
        })
    }

    /// Who is named within words of the document.
    fn named(&self, words: &Range<usize>) -> Vec<&'_ Entry> {
        let within = |range: &Range<usize>| words.start < range.end && range.start < words.end;
        let mentions = self.reading.units.iter().flat_map(|unit| &unit.mentions);
        mentions
            .filter(|mention| within(&mention.range))
            .flat_map(|mention| &mention.entries)
            .map(|entry| &self.answers.lexicon.entries()[*entry as usize])
            .collect()
    }

    /// The actor for which the whole of a name stands on the day of the document.
    fn by_name(&self, said: &str) -> Option<String> {
        let normal = Normal::new(said.trim());
        let text = normal.text();
        let lower = text.to_ascii_lowercase();
        let start = if lower.starts_with("the ") { 4 } else { 0 };
        let mut found = Found::default();
        [Lang::En, Lang::Zh].into_iter().find_map(|lang| {
            self.answers.lexicon.find(lang, text, &lower, 0..text.len(), &mut found);
            let whole =
                found.names.iter().find(|name| name.range.end == text.len() && name.range.start <= start)?;
            let entries = whole.entries.iter().map(|entry| &self.answers.lexicon.entries()[*entry as usize]);
            let mut holding = entries.filter(|entry| entry.context.is_empty() && entry.holds(self.on));
            let first = holding.next()?;
            holding.all(|other| other.actor == first.actor).then(|| first.actor.clone())
        })
    }
}

/// The events of a reply: a JSON object with `events` or a list of them, alone, in a code fence, or behind what the model thought aloud.
fn parse(written: &str) -> Result<Vec<Value>, String> {
    let text = written.rsplit_once("</think>").map_or(written, |(_, rest)| rest).trim();
    let fenced = text
        .split_once("```")
        .and_then(|(_, rest)| rest.rsplit_once("```"))
        .map(|(inner, _)| inner.trim_start_matches(|c: char| c.is_ascii_alphanumeric()));
    let braced = text.find('{').zip(text.rfind('}')).and_then(|(open, close)| text.get(open..=close));
    let mut first: Option<String> = None;
    for candidate in [Some(text), fenced, braced].into_iter().flatten() {
        match serde_json::from_str::<Value>(candidate) {
            Ok(Value::Array(list)) => return Ok(list),
            Ok(Value::Object(mut map)) => {
                if let Some(Value::Array(list)) = map.remove("events") {
                    return Ok(list);
                }
                first.get_or_insert_with(|| "events".to_owned());
            }
            Ok(_) => {
                first.get_or_insert_with(|| "events".to_owned());
            }
            Err(error) => {
                first.get_or_insert_with(|| error.to_string());
            }
        }
    }
    Err(first.unwrap_or_default())
}

#[cfg(test)]
mod tests;
