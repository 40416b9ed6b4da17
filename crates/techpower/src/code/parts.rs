//! Long documents are coded part by part, so that memory does not grow with them.

use std::ops::Range;

use super::coder::Coder;
use super::event::{Coded, Event, Party, Passed, Quote};
use crate::text::Document;

/// Bytes from which a document is divided, and of each part but the last at least.
const PART: usize = 1 << 19;

impl Coder {
    /// Codes a document; `passed` is told of each sentence that was passed over, and why. A document of more than half a megabyte is divided at ends of
    /// lines or sentences: names, context and the sentences beside one are then those of its part.
    pub fn code_with(&self, document: &Document, mut passed: Option<&mut dyn FnMut(Passed)>) -> Coded {
        let hash = document.hash();
        let parts = parts(&document.text);
        if parts.len() <= 1 {
            return self.code_part(document, &hash, passed);
        }
        let mut whole: Option<Coded> = None;
        let mut before = Before::default();
        let mut from = 0;
        for range in parts {
            let text = document.text[range.clone()].to_owned();
            before.add(&document.text[from..range.start]);
            from = range.start;
            let part = Document { text, ..without_text(document) };
            let mut shifted = |mut one: Passed| {
                if let Some(passed) = &mut passed {
                    before.shift(&mut one.sentence);
                    passed(one);
                }
            };
            let mut coded = self.code_part(&part, &hash, Some(&mut shifted));
            for quote in coded.events.iter_mut().flat_map(quotes) {
                before.shift(quote);
            }
            match &mut whole {
                None => whole = Some(coded),
                Some(whole) => join(whole, coded),
            }
        }
        let mut whole = whole.unwrap_or_else(|| self.code_part(document, &hash, None));
        settle(&mut whole);
        whole
    }
}

/// A document but for its text.
fn without_text(document: &Document) -> Document {
    Document {
        id: document.id.clone(),
        lang: document.lang,
        date: document.date,
        title: document.title.clone(),
        text: String::new(),
        source: String::new(),
        file: String::new(),
        row: document.row,
    }
}

/// Adds what a further part tells. The same act of the same sender stays once, the surest; a title counts once.
fn join(whole: &mut Coded, more: Coded) {
    let key = |event: &Event| {
        let sender = event.sender.as_ref().map(|sender| sender.actor.clone());
        (sender, event.instrument.clone(), event.evidence.in_title)
    };
    for event in more.events {
        match whole.events.iter_mut().find(|other| key(other) == key(&event)) {
            Some(other) if other.confidence.event >= event.confidence.event => {}
            Some(other) => *other = event,
            None => whole.events.push(event),
        }
    }
    if more.reason > whole.reason || more.reason == whole.reason && more.probability > whole.probability {
        (whole.reason, whole.probability) = (more.reason, more.probability);
    }
}

/// Sorts the events of all parts, the surest first, and numbers their acts anew; a title counts only if no sentence tells an act.
fn settle(whole: &mut Coded) {
    if whole.events.iter().any(|event| !event.evidence.in_title) {
        whole.events.retain(|event| !event.evidence.in_title);
    }
    whole.events.sort_by(|a, b| {
        b.confidence.event.total_cmp(&a.confidence.event).then(a.evidence.bytes.cmp(&b.evidence.bytes))
    });
    let mut acts: Vec<(usize, usize)> = Vec::new();
    for event in &mut whole.events {
        let act = event.sentence.bytes;
        let number = acts.iter().position(|known| *known == act).unwrap_or_else(|| {
            acts.push(act);
            acts.len() - 1
        });
        event.event = format!("{}#{}", whole.document, number + 1);
    }
    if let Some(first) = whole.events.first() {
        whole.reason = None;
        whole.probability = Some(first.confidence.event);
    }
}

/// All spans of an event.
fn quotes(event: &mut Event) -> impl Iterator<Item = &mut Quote> {
    fn of(party: &mut Party) -> Option<&mut Quote> {
        party.quote.as_mut()
    }
    [
        Some(&mut event.sentence),
        Some(&mut event.evidence),
        event.trigger.as_mut(),
        event.cue.as_mut(),
        event.date.quote.as_mut(),
    ]
    .into_iter()
    .flatten()
    .chain(event.sender.as_mut().and_then(of))
    .chain(event.reported_by.as_mut().and_then(of))
    .chain(event.targets.iter_mut().filter_map(of))
}

/// What stands before a part, counted three ways.
#[derive(Debug, Clone, Copy, Default)]
struct Before {
    bytes: usize,
    points: usize,
    utf16: usize,
}

impl Before {
    fn add(&mut self, text: &str) {
        self.bytes += text.len();
        self.points += text.chars().count();
        self.utf16 += text.encode_utf16().count();
    }

    fn shift(&self, quote: &mut Quote) {
        if quote.in_title {
            return;
        }
        for (place, by) in
            [(&mut quote.bytes, self.bytes), (&mut quote.points, self.points), (&mut quote.utf16, self.utf16)]
        {
            *place = (place.0 + by, place.1 + by);
        }
    }
}

/// Divides a text behind the first line break or full stop from [`PART`] bytes on; without one within as many bytes more, anywhere.
fn parts(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while text.len() - from > PART {
        let mut least = from + PART;
        while !text.is_char_boundary(least) {
            least += 1;
        }
        let stop = text[least..].char_indices().take_while(|(at, _)| *at < PART).find(|(at, c)| match c {
            '\n' | '。' => true,
            '.' => text[least + at + 1..].starts_with([' ', '\n']),
            _ => false,
        });
        let to = stop.map_or(least, |(at, c)| least + at + c.len_utf8());
        found.push(from..to);
        from = to;
    }
    found.push(from..text.len());
    found
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::codebook::Codebook;

    #[test]
    fn spans_in_later_parts_are_those_of_the_whole() {
        let coder = Coder::new(&Codebook::builtin().0, &BTreeMap::new(), None);
        let filler = "The weather was fine in 東京 😀. ".repeat(20_000);
        let text =
            format!("{filler}Japan put chip tools under export controls. {filler}美国将华为列入实体清单。");
        let document = Document {
            text: text.clone(),
            id: "d".to_owned(),
            ..without_text(&Document {
                id: String::new(),
                lang: None,
                date: None,
                title: String::new(),
                text: String::new(),
                source: String::new(),
                file: String::new(),
                row: 1,
            })
        };
        let coded = coder.code(&document);
        let senders: Vec<&str> =
            coded.events.iter().filter_map(|event| Some(event.sender.as_ref()?.actor.as_str())).collect();
        assert!(senders.contains(&"JPN") && senders.contains(&"USA"), "{senders:?}");
        for event in &coded.events {
            let quote = &event.evidence;
            assert_eq!(&text[quote.bytes.0..quote.bytes.1], quote.text);
            let points: String =
                text.chars().skip(quote.points.0).take(quote.points.1 - quote.points.0).collect();
            assert_eq!(points, quote.text);
        }
        assert_eq!(coded.hash, document.hash());
    }

    #[test]
    fn parts_cover_the_text() {
        for text in ["", "short", &"x".repeat(3 * PART), &"芯片。".repeat(PART), &"é".repeat(PART)] {
            let parts = parts(text);
            assert_eq!(parts[0].start, 0);
            assert!(parts.windows(2).all(|pair| pair[0].end == pair[1].start));
            assert_eq!(parts[parts.len() - 1].end, text.len());
        }
    }
}
