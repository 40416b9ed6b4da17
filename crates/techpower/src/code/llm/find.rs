//! Finds the words that a model quotes where they stand in a document.

use std::ops::Range;

use crate::code::lexicon::{begins_word, ends_word};
use crate::code::normal::Normal;
use crate::code::reading::Reading;

/// How a quote must stand in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bounds {
    /// It begins where a word begins.
    Begins,
    /// It begins and ends where words do.
    Whole,
}

/// Where a quote stands in the joined text: nearest to a place, else first in the text, else first in the title. Quote and text are compared in
/// normal form, letter by letter; only blanks may be more or other blanks, since texts break lines within sentences.
pub(super) fn find(
    reading: &Reading,
    quote: &str,
    bounds: Bounds,
    near: Option<&Range<usize>>,
) -> Option<Range<usize>> {
    let normal = Normal::new(quote);
    let words: Vec<&str> = normal.text().split_whitespace().collect();
    let first = words.first()?;
    let bytes = reading.joined.as_bytes();
    let text_at = reading.text_at();
    let mut best: Option<((usize, bool, usize), Range<usize>)> = None;
    let mut from = 0;
    while let Some(at) = memchr::memmem::find(&bytes[from..], first.as_bytes()) {
        let start = from + at;
        from = start + 1;
        let Some(end) = matched(&reading.joined, start, &words) else { continue };
        let crosses = start < text_at && end >= text_at;
        let whole = bounds == Bounds::Begins || ends_word(bytes, end);
        if crosses || !begins_word(bytes, start) || !whole {
            continue;
        }
        let distance = near.map_or(0, |near| {
            if near.contains(&start) {
                0
            } else {
                near.start.saturating_sub(end).max(start.saturating_sub(near.end)) + 1
            }
        });
        let rank = (distance, start < text_at, start);
        if best.as_ref().is_none_or(|(other, _)| rank < *other) {
            best = Some((rank, start..end));
        }
    }
    best.map(|(_, range)| range)
}

/// The end of the words if they stand at a place with blanks between them.
fn matched(text: &str, start: usize, words: &[&str]) -> Option<usize> {
    let mut end = start;
    for (number, word) in words.iter().enumerate() {
        let rest = text.get(end..)?;
        let trimmed = if number == 0 { rest } else { rest.trim_start() };
        if number > 0 && trimmed.len() == rest.len() || !trimmed.starts_with(word) {
            return None;
        }
        end += rest.len() - trimmed.len() + word.len();
    }
    Some(end)
}
