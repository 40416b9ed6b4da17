//! Events as records of PLOVER (Open Event Data Alliance, PLOVER manual, chapter on data fields).

use std::io::{self, Write};

use jiff::ToSpan;
use serde::Serialize;

use super::{Made, dyads, place, rounded};
use crate::code::coder::{EVERYONE, NO_ONE};
use crate::code::event::{Coded, Event, EventDate, Modality, Party};
use crate::codebook::Plover;
use crate::diag::Lang;
use crate::table::When;
use crate::text::Document;

/// Context of all acts of a codebook of technology power; the manual of PLOVER has none of the kind and lets coders add their own.
const CONTEXT: &str = "technology";

/// First and last day, as PLOVER asks for days.
pub(super) struct Dates {
    pub(super) first: Option<String>,
    last: Option<String>,
}

impl Dates {
    pub(super) fn of(date: &EventDate) -> Dates {
        let Ok(when) = date.date.parse::<When>() else { return Dates { first: None, last: None } };
        let (first, last) = (when.from(), when.to().saturating_sub(1.day()));
        Dates { first: Some(first.to_string()), last: (last > first).then(|| last.to_string()) }
    }
}

/// The fields of a record whose names have no other meaning among codings.
#[derive(Serialize)]
pub(super) struct Record<'a> {
    id: String,
    has_event: bool,
    enddate: Option<&'a str>,
    source: Vec<Actor<'a>>,
    recipient: Vec<Actor<'a>>,
    event_text: [&'a str; 1],
    quad_code: Option<u8>,
    event_scale: Option<f64>,
    context: Vec<&'static str>,
    link: &'a str,
    text: &'a str,
    text_info: TextInfo,
    cite_info: CiteInfo<'a>,
}

#[derive(Serialize)]
struct Actor<'a> {
    code: Option<&'a str>,
    actor_text: Option<&'a str>,
    identifier_text: &'a str,
}

#[derive(Serialize)]
struct TextInfo {
    start: usize,
    end: usize,
    #[serde(rename = "in")]
    place: &'static str,
}

#[derive(Serialize)]
struct CiteInfo<'a> {
    citation: &'a str,
    url: Option<&'a str>,
    title: Option<&'a str>,
    language: Option<&'static str>,
    coder: &'a str,
    codebook: &'a str,
}

#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    record: Record<'a>,
    date: Option<&'a str>,
    event: Option<[&'a str; 1]>,
    mode: Option<[&'a str; 1]>,
    coder: &'a str,
    power: &'a str,
    instrument: &'a str,
    layer: &'a str,
    act: &'a str,
    confidence: f64,
    sources: &'a [String],
}

/// Writes the events of a document as records of PLOVER, one line a dyad.
///
/// What an act is in PLOVER says the codebook ([`Codebook::plover`](crate::codebook::Codebook::plover)); where nothing fits, `event` is null.
/// Further fields are the power, instrument, layer and mode (`act`) of the codebook, the confidence, and the documents that tell the act.
///
/// ```
/// use techpower::code::{Coder, Made, write_plover};
/// use techpower::codebook::Codebook;
/// # use techpower::text::Document;
/// # let text = "The United States imposed export controls on advanced chips sold to China.";
/// # let document = Document { id: "d".to_owned(), lang: None, date: None, title: String::new(), text: text.to_owned(),
/// #     source: String::new(), file: String::new(), row: 1 };
/// let (codebook, _) = Codebook::builtin();
/// let coder = Coder::new(&codebook, &Default::default(), None);
/// let made = Made { coder: coder.name(), codebook: &codebook };
/// let mut lines = Vec::new();
/// write_plover(&document, &coder.code(&document), made, &mut lines).unwrap();
/// let record: serde_json::Value = serde_json::from_slice(&lines).unwrap();
/// assert_eq!(record["source"][0]["code"], "USA");
/// assert_eq!(record["event"][0], "SANCTION");
/// ```
///
/// # Errors
/// What writing gives.
pub fn write_plover(document: &Document, coded: &Coded, made: Made, out: &mut dyn Write) -> io::Result<()> {
    let codebook = made.codebook_name();
    for event in &coded.events {
        let dates = Dates::of(&event.date);
        let act = made.codebook.plover(&event.instrument, &event.mode);
        for target in dyads(event) {
            let targets: Vec<&Party> = target.into_iter().collect();
            let line = Line {
                record: Record::of(event, &targets, act, &dates, &codebook, made, document),
                date: dates.first.as_deref(),
                event: act.map(|act| [act.event]),
                mode: act.and_then(|act| act.event_mode).map(|mode| [mode]),
                coder: made.coder,
                power: &event.power,
                instrument: &event.instrument,
                layer: &event.layer,
                act: &event.mode,
                confidence: rounded(event.overall),
                sources: &event.sources,
            };
            serde_json::to_writer(&mut *out, &line)?;
            out.write_all(b"\n")?;
        }
    }
    Ok(())
}

impl<'a> Record<'a> {
    pub(super) fn of(
        event: &'a Event,
        targets: &[&'a Party],
        act: Option<Plover<'a>>,
        dates: &'a Dates,
        codebook: &'a str,
        made: Made<'a>,
        document: &'a Document,
    ) -> Record<'a> {
        let sender = event.sender.as_ref();
        let ids: Vec<&str> = targets.iter().map(|party| party.actor.as_str()).collect();
        let context = match event.modality {
            Modality::Done => None,
            Modality::Planned => Some("future"),
            Modality::Hypothetical => Some("hypothetical"),
        };
        Record {
            id: format!(
                "{}/{}/{}",
                event.event,
                sender.map_or("", |party| party.actor.as_str()),
                ids.join("|")
            ),
            has_event: true,
            enddate: dates.last.as_deref(),
            source: sender.into_iter().filter_map(actor).collect(),
            recipient: targets.iter().copied().filter_map(actor).collect(),
            event_text: [&event.evidence.text],
            quad_code: act.map(|act| act.quad_code),
            event_scale: act.and_then(|act| act.score),
            context: [CONTEXT].into_iter().chain(context).collect(),
            link: &event.event,
            text: &event.sentence.text,
            text_info: TextInfo {
                start: event.sentence.points.0,
                end: event.sentence.points.1,
                place: place(&event.sentence),
            },
            cite_info: CiteInfo {
                citation: &event.document,
                url: Some(document.source.as_str()).filter(|source| source.contains("://")),
                title: Some(document.title.as_str()).filter(|title| !title.is_empty()),
                language: document.lang.map(|lang| match lang {
                    Lang::En => "en",
                    Lang::Zh => "zh",
                }),
                coder: made.coder,
                codebook,
            },
        }
    }
}

/// An actor as PLOVER names it: a state by its code, others by what they are; everyone and no one are no actors.
fn actor(party: &Party) -> Option<Actor<'_>> {
    let id = party.actor.as_str();
    if id == EVERYONE || id == NO_ONE {
        return None;
    }
    let code = match id.split_once(':') {
        Some(("firm", _)) => Some("MNC"),
        Some(("org", _)) => Some("IGO"),
        Some(_) => None,
        None if id.len() == 3 && id.bytes().all(|byte| byte.is_ascii_uppercase()) => Some(id),
        // A bloc of states.
        None => Some("IGO"),
    };
    let actor_text = party.quote.as_ref().map(|quote| quote.text.as_str());
    Some(Actor { code, actor_text, identifier_text: id })
}
