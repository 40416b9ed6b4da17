//! Worked examples: a quoted line whose links mark spans, and the events it must yield.
//!
//! ```text
//! > [The Union](#sender) [adopted](#trigger) a [law on AI](#instrument) in [June 2024](#date).
//!
//! yields: sender=EU27; target=*; layer=cross; mode=impose; status=in_force; date=2024-06
//! ```

use std::collections::BTreeMap;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::page::Section;
use crate::diag::{Kind, Lang, Note, Notes, Place};
use crate::table::When;

const STAGE: &str = "codebook";

/// What a marked span of an example shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Who acts.
    Sender,
    /// On whom.
    Target,
    /// The words that show the instrument.
    Instrument,
    /// The verb or noun that shows the act.
    Trigger,
    /// When.
    Date,
}

impl Role {
    /// The roles with the words that mark them.
    pub const ALL: [(&'static str, Role); 5] = [
        ("sender", Role::Sender),
        ("target", Role::Target),
        ("instrument", Role::Instrument),
        ("trigger", Role::Trigger),
        ("date", Role::Date),
    ];
}

/// A marked span of an example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// What it shows.
    pub role: Role,
    /// First code point of the plain text.
    pub start: usize,
    /// One past the last code point.
    pub end: usize,
}

/// An event that an example must yield.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// Who acts.
    pub sender: String,
    /// On whom; `*` is everyone, `-` no one.
    pub targets: Vec<String>,
    /// Instrument; that of the page unless stated.
    pub instrument: Option<String>,
    /// Type of power; that of the page unless stated.
    pub power: Option<String>,
    /// Layer.
    pub layer: String,
    /// Mode.
    pub mode: String,
    /// Status.
    pub status: String,
    /// Date, if the text names it.
    pub date: Option<When>,
    /// Line of the page.
    pub line: u64,
}

/// A worked example, or a near-miss if it yields nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// Language of the section it stands in.
    pub lang: Lang,
    /// The plain text, without marks.
    pub text: String,
    /// Marked spans.
    pub spans: Vec<Span>,
    /// Events it must yield; empty for a near-miss.
    pub yields: Vec<Expected>,
    /// Why a near-miss yields nothing.
    pub because: Option<String>,
    /// Line of the page on which the quotation starts.
    pub line: u64,
}

/// Parses the quotations of a section that are followed by `yields:` lines; other quotations are noted.
pub(super) fn parse(path: &str, lang: Lang, section: &Section, notes: &mut Notes) -> Vec<Example> {
    let line_at = |offset: usize| section.line + 1 + section.text[..offset].matches('\n').count() as u64;
    let mut examples: Vec<Example> = Vec::new();
    let mut open: Option<Example> = None;
    let mut in_quote = false;
    let mut attempted = false;
    let mut link: Option<(Role, usize)> = None;
    let mut settle = |open: &mut Option<Example>, attempted: bool, notes: &mut Notes| {
        if let Some(example) = open.take() {
            if example.yields.is_empty() && example.because.is_none() {
                // What was meant to be yielded has its own notes.
                if !attempted {
                    notes.push(Note::new(Kind::ExampleWithoutYield, STAGE, Place::row(path, example.line)));
                }
            } else {
                check_spans(path, &example, notes);
                examples.push(example);
            }
        }
    };
    for (event, range) in Parser::new(&section.text).into_offset_iter() {
        match event {
            Event::Start(Tag::BlockQuote(_)) => {
                settle(&mut open, attempted, notes);
                (in_quote, attempted) = (true, false);
                open = Some(Example {
                    lang,
                    text: String::new(),
                    spans: Vec::new(),
                    yields: Vec::new(),
                    because: None,
                    line: line_at(range.start),
                });
            }
            Event::End(TagEnd::BlockQuote(_)) => in_quote = false,
            Event::Start(Tag::Link { dest_url, .. }) if in_quote => {
                let role = dest_url
                    .strip_prefix('#')
                    .and_then(|name| Role::ALL.iter().find(|(word, _)| *word == name));
                match (role, &open) {
                    (Some((_, role)), Some(example)) => link = Some((*role, example.text.chars().count())),
                    _ => {
                        let words: Vec<String> =
                            Role::ALL.iter().map(|(word, _)| format!("#{word}")).collect();
                        notes.push(
                            Note::new(Kind::UnknownRole, STAGE, Place::row(path, line_at(range.start)))
                                .with("found", &dest_url)
                                .list("expected", words),
                        );
                    }
                }
            }
            Event::End(TagEnd::Link) => {
                if let (Some((role, start)), Some(example)) = (link.take(), open.as_mut()) {
                    example.spans.push(Span { role, start, end: example.text.chars().count() });
                }
            }
            // The lines as written: `target=*` must not be taken for emphasis.
            Event::End(TagEnd::Paragraph) if !in_quote => {
                if let Some(example) = open.as_mut() {
                    for (at, line) in section.text[range.clone()].lines().enumerate() {
                        if let Some(rest) = line.trim().strip_prefix("yields:") {
                            attempted = true;
                            yields(path, line_at(range.start) + at as u64, rest, example, notes);
                        }
                    }
                }
            }
            Event::Text(text) | Event::Code(text) if in_quote => {
                open.iter_mut().for_each(|example| example.text.push_str(&text));
            }
            Event::SoftBreak | Event::HardBreak if in_quote => {
                open.iter_mut().for_each(|example| example.text.push(' '));
            }
            _ => {}
        }
    }
    settle(&mut open, attempted, notes);
    examples
}

/// Reads `sender=USA; target=CHN; ...` or `nothing; because=...`.
fn yields(path: &str, line: u64, text: &str, example: &mut Example, notes: &mut Notes) {
    let mut pairs: BTreeMap<&str, &str> = BTreeMap::new();
    let mut nothing = false;
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        match part.split_once('=') {
            Some((key, value)) => {
                pairs.insert(key.trim(), value.trim());
            }
            None if part == "nothing" => nothing = true,
            None => notes.push(Note::new(Kind::BadYield, STAGE, Place::row(path, line)).with("text", part)),
        }
    }
    if nothing {
        example.because = Some(pairs.remove("because").unwrap_or("").to_owned());
        return;
    }
    let needed = ["sender", "target", "layer", "mode", "status"];
    let missing: Vec<&str> =
        needed.into_iter().filter(|key| pairs.get(key).is_none_or(|v| v.is_empty())).collect();
    let mut take = |key: &str| pairs.remove(key).filter(|value| !value.is_empty()).map(str::to_owned);
    let date = take("date");
    let parsed = date.as_ref().map(|date| date.parse::<When>());
    if let (Some(date), Some(Err(_))) = (&date, &parsed) {
        notes.push(Note::new(Kind::BadDate, STAGE, Place::cell(path, line, "date")).with("text", date));
    }
    let expected = Expected {
        sender: take("sender").unwrap_or_default(),
        targets: take("target").unwrap_or_default().split('|').map(|id| id.trim().to_owned()).collect(),
        instrument: take("instrument"),
        power: take("power"),
        layer: take("layer").unwrap_or_default(),
        mode: take("mode").unwrap_or_default(),
        status: take("status").unwrap_or_default(),
        date: parsed.and_then(Result::ok),
        line,
    };
    for key in pairs.keys() {
        notes.push(
            Note::new(Kind::UnknownKey, STAGE, Place::row(path, line))
                .with("key", key)
                .near(key, ["sender", "target", "instrument", "power", "layer", "mode", "status", "date"]),
        );
    }
    if !missing.is_empty() {
        notes.push(Note::new(Kind::MissingKey, STAGE, Place::row(path, line)).list("key", missing));
        return;
    }
    example.yields.push(expected);
}

/// An example that yields events must show its instrument and its sender.
fn check_spans(path: &str, example: &Example, notes: &mut Notes) {
    if example.yields.is_empty() {
        return;
    }
    for (word, role) in [("sender", Role::Sender), ("instrument", Role::Instrument)] {
        if !example.spans.iter().any(|span| span.role == role && span.start < span.end) {
            notes
                .push(Note::new(Kind::SpanMissing, STAGE, Place::row(path, example.line)).with("role", word));
        }
    }
}
