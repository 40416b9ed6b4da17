//! Events as JSON lines.

use std::io::{self, Write};

use serde::Serialize;

use super::plover::{Dates, Record};
use super::{Made, place, rounded};
use crate::code::event::{Coded, Confidence, Event, Modality, Party, Quote};
use crate::text::Document;

#[derive(Serialize)]
struct Line<'a> {
    document: &'a str,
    event: &'a str,
    sender: Option<&'a str>,
    targets: Vec<&'a str>,
    instrument: &'a str,
    layer: &'a str,
    power: &'a str,
    mode: &'a str,
    confidence: f64,
    evidence: &'a str,
    evidence_start: usize,
    evidence_end: usize,
    rule: &'a str,
    hash: &'a str,
    evidence_in: &'static str,
    sentence: &'a str,
    spans: Spans<'a>,
    parties: Parties<'a>,
    modality: Modality,
    polarity: &'static str,
    reported_by: Option<Named<'a>>,
    date: Told<'a>,
    confidence_parts: Confidence,
    uncertain: bool,
    coder: &'a str,
    codebook: &'a str,
    sources: &'a [String],
    source_count: usize,
    #[serde(flatten)]
    plover: Record<'a>,
    event_date: Option<&'a str>,
    event_type: Option<[&'a str; 1]>,
    event_mode: Option<[&'a str; 1]>,
}

#[derive(Serialize)]
struct Spans<'a> {
    sentence: Span<'a>,
    evidence: Span<'a>,
    trigger: Option<Span<'a>>,
    cue: Option<Span<'a>>,
    date: Option<Span<'a>>,
}

#[derive(Serialize)]
struct Span<'a> {
    text: &'a str,
    #[serde(rename = "in")]
    place: &'static str,
    code_points: (usize, usize),
    bytes: (usize, usize),
    utf16: (usize, usize),
}

#[derive(Serialize)]
struct Parties<'a> {
    sender: Option<Named<'a>>,
    targets: Vec<Named<'a>>,
}

#[derive(Serialize)]
struct Named<'a> {
    actor: &'a str,
    entry: &'a str,
    pattern: &'a str,
    probability: f64,
    span: Option<Span<'a>>,
}

#[derive(Serialize)]
struct Told<'a> {
    raw: Option<&'a str>,
    date: Option<&'a str>,
    granularity: Option<&'static str>,
}

#[derive(Serialize)]
struct Passed<'a> {
    document: &'a str,
    event: Option<&'a str>,
    reason: Option<&'static str>,
    probability: Option<f64>,
}

/// Writes the events of a document as JSON lines: one a sender of an event. With `all` a document without events has a line that says why.
///
/// Beside its own keys a line has those of PLOVER, except for three names that mean other things here: PLOVER's `date`, `event` and `mode` are
/// `event_date`, `event_type` and `event_mode`. [`write_plover`](super::write_plover) gives them their own names.
///
/// ```
/// use techpower::code::{Coder, Made, write_jsonl};
/// use techpower::codebook::Codebook;
/// # use techpower::text::Document;
/// # let text = "The United States imposed export controls on advanced chips sold to China.";
/// # let document = Document { id: "d".to_owned(), lang: None, date: None, title: String::new(), text: text.to_owned(),
/// #     source: String::new(), file: String::new(), row: 1 };
/// let (codebook, _) = Codebook::builtin();
/// let coder = Coder::new(&codebook, &Default::default(), None);
/// let made = Made { coder: coder.name(), codebook: &codebook };
/// let mut lines = Vec::new();
/// write_jsonl(&document, &coder.code(&document), made, true, &mut lines).unwrap();
/// let line: serde_json::Value = serde_json::from_slice(&lines).unwrap();
/// assert_eq!(line["sender"], "USA");
/// assert_eq!(line["event_type"][0], "SANCTION");
/// ```
///
/// # Errors
/// What writing gives.
pub fn write_jsonl(
    document: &Document,
    coded: &Coded,
    made: Made,
    all: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let codebook = made.codebook_name();
    for event in &coded.events {
        let dates = Dates::of(&event.date);
        let whole = Line::of(event, &codebook, &dates, made, document);
        serde_json::to_writer(&mut *out, &whole)?;
        out.write_all(b"\n")?;
    }
    if all && coded.events.is_empty() {
        let passed = Passed {
            document: &coded.document,
            event: None,
            reason: coded.reason.map(crate::code::Reason::id),
            probability: coded.probability.map(rounded),
        };
        serde_json::to_writer(&mut *out, &passed)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

impl<'a> Line<'a> {
    fn of(
        event: &'a Event,
        codebook: &'a str,
        dates: &'a Dates,
        made: Made<'a>,
        document: &'a Document,
    ) -> Line<'a> {
        let act = made.codebook.plover(&event.instrument, &event.mode);
        let targets: Vec<&Party> = event.targets.iter().collect();
        let c = event.confidence;
        Line {
            document: &event.document,
            event: &event.event,
            sender: event.sender.as_ref().map(|party| party.actor.as_str()),
            targets: targets.iter().map(|party| party.actor.as_str()).collect(),
            instrument: &event.instrument,
            layer: &event.layer,
            power: &event.power,
            mode: &event.mode,
            confidence: rounded(event.overall),
            evidence: &event.evidence.text,
            evidence_start: event.evidence.points.0,
            evidence_end: event.evidence.points.1,
            rule: &event.rule,
            hash: &event.hash,
            evidence_in: place(&event.evidence),
            sentence: &event.sentence.text,
            spans: Spans {
                sentence: span(&event.sentence),
                evidence: span(&event.evidence),
                trigger: event.trigger.as_ref().map(span),
                cue: event.cue.as_ref().map(span),
                date: event.date.quote.as_ref().map(span),
            },
            parties: Parties {
                sender: event.sender.as_ref().map(named),
                targets: event.targets.iter().map(named).collect(),
            },
            modality: event.modality,
            // An act that is denied is no event.
            polarity: "positive",
            reported_by: event.reported_by.as_ref().map(named),
            date: Told {
                raw: event.date.quote.as_ref().map(|quote| quote.text.as_str()),
                date: Some(event.date.date.as_str()).filter(|date| !date.is_empty()),
                granularity: Some(event.date.granularity).filter(|granularity| !granularity.is_empty()),
            },
            confidence_parts: Confidence {
                event: rounded(c.event),
                power: rounded(c.power),
                mode: rounded(c.mode),
                layer: rounded(c.layer),
                instrument: rounded(c.instrument),
                sender: rounded(c.sender),
                targets: rounded(c.targets),
            },
            uncertain: event.uncertain,
            coder: made.coder,
            codebook,
            sources: &event.sources,
            source_count: event.sources.len(),
            plover: Record::of(event, &targets, act, dates, codebook, made, document),
            event_date: dates.first.as_deref(),
            event_type: act.map(|act| [act.event]),
            event_mode: act.and_then(|act| act.event_mode).map(|mode| [mode]),
        }
    }
}

fn span(quote: &Quote) -> Span<'_> {
    Span {
        text: &quote.text,
        place: place(quote),
        code_points: quote.points,
        bytes: quote.bytes,
        utf16: quote.utf16,
    }
}

fn named(party: &Party) -> Named<'_> {
    Named {
        actor: &party.actor,
        entry: &party.entry,
        pattern: &party.pattern,
        probability: rounded(party.probability),
        span: party.quote.as_ref().map(span),
    }
}
