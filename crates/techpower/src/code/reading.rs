//! A document as the coder sees it: title and text in normal form, in sentences, with who is named and which cues stand in each.

use std::ops::Range;

use jiff::civil::Date;

use super::feature::{Token, tokens};
use super::lexicon::{Cue, Entry, Found, Lexicon, Named, Sense};
use super::normal::Normal;
use super::sentence::{Sentence, sentences};
use crate::codebook::NameKind;
use crate::diag::Lang;
use crate::text::Document;

/// A sentence with what was found in it.
#[derive(Debug, Clone)]
pub(crate) struct Unit {
    pub(crate) range: Range<usize>,
    pub(crate) lang: Lang,
    pub(crate) in_title: bool,
    /// Names with what they stand for on the day of the document: an entry for each actor.
    pub(crate) mentions: Vec<Named>,
    pub(crate) cues: Vec<Cue>,
}

impl Unit {
    /// Cues of one kind.
    pub(crate) fn cues_of(&self, keep: impl Fn(Sense) -> bool) -> impl Iterator<Item = &Cue> {
        self.cues.iter().filter(move |cue| keep(cue.sense))
    }

    pub(crate) fn has_layer(&self) -> bool {
        self.cues.iter().any(|cue| matches!(cue.sense, Sense::Layer(_)))
    }
}

/// A document, title first.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    title: Normal,
    text: Normal,
    /// Title, a line break, text.
    pub(crate) joined: String,
    /// The same with ASCII letters in lower case.
    pub(crate) lower: String,
    /// Where the text begins.
    text_at: usize,
    /// Code points and units of UTF-16 of the stored text before every so many bytes.
    counted: Vec<(usize, usize)>,
    pub(crate) units: Vec<Unit>,
    /// Sentences of documents read before, for their memory.
    spare: Vec<Unit>,
    found: Found,
}

/// Where a span lies in the document as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// In the title, else in the text.
    pub(crate) in_title: bool,
    /// First byte.
    pub(crate) start: usize,
    /// One past the last byte.
    pub(crate) end: usize,
}

impl Reading {
    /// Reads a document. Sentences in other languages than English and Chinese are left out.
    pub(crate) fn new(document: &Document, lexicon: &Lexicon) -> Reading {
        let mut reading = Reading::default();
        reading.read(document, lexicon);
        reading
    }

    /// Reads another document, in the memory of this one.
    pub(crate) fn read(&mut self, document: &Document, lexicon: &Lexicon) {
        self.title.read(&document.title);
        self.text.read(&document.text);
        self.joined.clear();
        self.joined.extend([self.title.text(), "\n", self.text.text()]);
        self.lower.clone_from(&self.joined);
        self.lower.make_ascii_lowercase();
        self.text_at = self.title.text().len() + 1;
        counted(&document.text, &mut self.counted);
        self.spare.append(&mut self.units);
        let whole_title = self.title.text().trim();
        if !whole_title.is_empty() {
            let start = self.title.text().len() - self.title.text().trim_start().len();
            let lang = sentences(whole_title).into_iter().find_map(|sentence| sentence.lang);
            if let Some(lang) = lang.or(document.lang) {
                self.add(start..start + whole_title.len(), lang, true, lexicon);
            }
        }
        for Sentence { range, lang, .. } in sentences(self.text.text()) {
            if let Some(lang) = lang {
                self.add(range.start + self.text_at..range.end + self.text_at, lang, false, lexicon);
            }
        }
        self.resolve(lexicon, document.date.map(|when| when.from()));
    }

    /// Adds a sentence with what is found in it.
    fn add(&mut self, range: Range<usize>, lang: Lang, in_title: bool, lexicon: &Lexicon) {
        lexicon.find(lang, &self.joined, &self.lower, range.clone(), &mut self.found);
        let (mut mentions, mut cues) =
            self.spare.pop().map(|unit| (unit.mentions, unit.cues)).unwrap_or_default();
        mentions.clear();
        mentions.append(&mut self.found.names);
        cues.clear();
        cues.append(&mut self.found.cues);
        self.units.push(Unit { range, lang, in_title, mentions, cues });
    }

    /// Gives names the actors they stand for: those whose dictionary rows hold on the day, and whose context is in the document.
    fn resolve(&mut self, lexicon: &Lexicon, on: Option<Date>) {
        let entries = lexicon.entries();
        let mut present = vec![false; lexicon.numbered()];
        for entry in self.units.iter().flat_map(|unit| &unit.mentions).flat_map(|name| &name.entries) {
            let entry = &entries[*entry as usize];
            if entry.asks.is_empty() && entry.holds(on) {
                present[entry.number] = true;
            }
        }
        // When actors were named last, from 1: `the ministry` is that of the state named before it.
        let mut last = vec![0; lexicon.numbered()];
        let mut number = 0;
        for unit in &mut self.units {
            unit.mentions.retain_mut(|name| {
                choose(&mut name.entries, entries, &present, &last, on);
                number += usize::from(!name.entries.is_empty());
                for entry in &name.entries {
                    last[entries[*entry as usize].number] = number;
                }
                !name.entries.is_empty()
            });
        }
    }

    /// Tokens of a sentence, names masked; names of laws and lists are words like others.
    pub(crate) fn tokens(&self, unit: &Unit, lexicon: &Lexicon, out: &mut Vec<Token>) {
        let masked = unit
            .mentions
            .iter()
            .map(|mention| (mention, &lexicon.entries()[mention.entries[0] as usize]))
            .filter(|(_, entry)| entry.kind != NameKind::Law)
            .map(|(mention, entry)| (mention.range.clone(), entry.mask));
        tokens(&self.lower, unit.range.clone(), masked, out);
    }

    /// Code points and units of UTF-16 before a place; `whole` is the title or text as stored.
    pub(crate) fn counts(&self, whole: &str, place: &Place) -> (usize, usize) {
        if place.in_title {
            return count(whole.get(..place.start).unwrap_or_default());
        }
        let mut at = (place.start / COUNTED_EVERY).min(self.counted.len() - 1);
        let mut from = boundary(whole, at * COUNTED_EVERY);
        if from > place.start {
            at -= 1;
            from = boundary(whole, at * COUNTED_EVERY);
        }
        let (points, utf16) = count(whole.get(from..place.start).unwrap_or_default());
        (self.counted[at].0 + points, self.counted[at].1 + utf16)
    }

    /// Where in the joined text the text begins.
    pub(crate) fn text_at(&self) -> usize {
        self.text_at
    }

    /// Where a span of the joined text lies in the document as stored.
    pub(crate) fn place(&self, span: &Range<usize>) -> Place {
        let in_title = span.start < self.text_at;
        let stored = if in_title {
            self.title.stored(span.start, span.end.min(self.text_at - 1))
        } else {
            self.text.stored(span.start - self.text_at, span.end - self.text_at)
        };
        Place { in_title, start: stored.start, end: stored.end }
    }
}

/// Bytes between two places at which characters were counted.
const COUNTED_EVERY: usize = 1 << 9;

/// Code points and UTF-16 units before each multiple of so many bytes, or the next character's beginning.
fn counted(text: &str, list: &mut Vec<(usize, usize)>) {
    list.clear();
    list.push((0, 0));
    let (mut points, mut utf16, mut from) = (0, 0, 0);
    for at in (COUNTED_EVERY..text.len()).step_by(COUNTED_EVERY) {
        let to = boundary(text, at);
        let (more, more16) = count(&text[from..to]);
        points += more;
        utf16 += more16;
        from = to;
        list.push((points, utf16));
    }
}

/// The first place from `at` on at which a character begins.
fn boundary(text: &str, at: usize) -> usize {
    (at..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}

/// Code points and units of UTF-16.
pub(crate) fn count(text: &str) -> (usize, usize) {
    let points = text.chars().count();
    // Characters of four bytes are two units.
    (points, points + text.bytes().filter(|byte| *byte >= 0xF0).count())
}

/// Keeps of the rows of a name those that hold; several only if the name is short for several actors.
fn choose(rows: &mut Vec<u32>, entries: &[Entry], present: &[bool], last: &[usize], on: Option<Date>) {
    let entry = |row: &u32| &entries[*row as usize];
    rows.retain(|row| {
        let entry = entry(row);
        entry.holds(on) && (entry.asks.is_empty() || entry.asks.iter().any(|actor| present[*actor]))
    });
    let is_pair = |row: &u32| entry(row).kind == NameKind::Pair;
    if rows.iter().any(is_pair) {
        let mut seen: Vec<usize> = Vec::new();
        rows.retain(|row| {
            let actor = entry(row).number;
            let first = is_pair(row) && !seen.contains(&actor);
            seen.extend(first.then_some(actor));
            first
        });
        return;
    }
    // A row that asks for a context and has it says more than one that holds anywhere; of several such that whose context was named last.
    let says_most = rows.iter().copied().min_by_key(|row| {
        let asks = &entry(row).asks;
        (asks.is_empty(), std::cmp::Reverse(asks.iter().map(|actor| last[*actor]).max()))
    });
    rows.clear();
    rows.extend(says_most);
}
