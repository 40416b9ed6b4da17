//! Features of a sentence and of what is around it, for a linear scorer: readable strings, found by the hash of their bytes.
//!
//! Names of actors are masked: `@s` a state or bloc, `@f` a firm, `@o` an organisation. Who acts is thus no feature of what is done.

use std::ops::Range;

use crate::diag::Lang;

/// An odd number with bits all over: the golden ratio's fraction.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// Where a feature was found; its weight does not depend on features of other places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Space {
    /// The sentence.
    Sentence,
    /// The title.
    Title,
    /// Cues of the codebook in the sentence.
    Cue,
    /// Cues of the codebook around it.
    CueAround,
    /// Words of layers, modes and grammar.
    Grammar,
    /// The same around it.
    GrammarAround,
    /// A clause that may show the act.
    Clause,
    /// Shape of the passage: how many actors, of what kind, whether it reads like a law.
    Shape,
    /// What is around the name of an actor.
    Role,
}

impl Space {
    /// What a feature of the space begins with.
    fn letter(self) -> &'static str {
        match self {
            Space::Sentence => "s:",
            Space::Title => "t:",
            Space::Cue => "c:",
            Space::CueAround => "d:",
            Space::Grammar => "g:",
            Space::GrammarAround => "h:",
            Space::Clause => "e:",
            Space::Shape => "p:",
            Space::Role => "r:",
        }
    }
}

/// Takes features as they are found.
pub(crate) trait Sink {
    /// A feature: its parts, joined by blanks, behind the letter of its space.
    fn add(&mut self, space: Space, parts: &[&str]);
    /// A feature of words without blanks, whose hash is known.
    fn add_words(&mut self, space: Space, words: &[&str], key: u64);
    /// What was found since the last call is complete: its features share a weight.
    fn close(&mut self, weight: f32);
}

/// The hash of a feature as written in a model: that of its space with those of its words, one after the other.
pub(crate) fn key(text: &str) -> u64 {
    let (space, words) = text.split_at(text.len().min(2));
    with_words(of_word(space), words)
}

fn of_word(word: &str) -> u64 {
    of_bytes(word.as_bytes())
}

/// The hash of a word, eight bytes at a time.
#[inline]
fn of_bytes(word: &[u8]) -> u64 {
    let (eights, rest) = word.as_chunks::<8>();
    let state = eights.iter().fold(word.len() as u64, |state, eight| mix(state, u64::from_le_bytes(*eight)));
    if rest.is_empty() { state } else { mix(state, little_endian(rest)) }
}

/// One to seven bytes as a number. Reads that overlap find the same bytes in the same places.
#[inline]
fn little_endian(bytes: &[u8]) -> u64 {
    let byte = |at: usize| u64::from(bytes[at]) << (8 * at);
    match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        (Some(first), Some(last)) => {
            u64::from(u32::from_le_bytes(*first))
                | u64::from(u32::from_le_bytes(*last)) << (8 * (bytes.len() - 4))
        }
        _ => byte(0) | byte(bytes.len() / 2) | byte(bytes.len() - 1),
    }
}

#[inline]
fn mix(state: u64, more: u64) -> u64 {
    let spread = (state.rotate_left(23) ^ more).wrapping_mul(SPREAD);
    spread ^ (spread >> 29)
}

fn of_parts(space: Space, parts: &[&str]) -> u64 {
    parts.iter().fold(of_word(space.letter()), |state, part| with_words(state, part))
}

/// A hash with those of words that stand between blanks.
#[inline]
fn with_words(state: u64, words: &str) -> u64 {
    words.as_bytes().split(|byte| *byte == b' ').fold(state, |state, word| mix(state, of_bytes(word)))
}

/// Features as hashes, for scoring.
#[derive(Debug, Default)]
pub(crate) struct Hashes {
    pub(crate) features: Vec<(u64, f32)>,
    open: usize,
}

impl Hashes {
    pub(crate) fn clear(&mut self) {
        self.features.clear();
        self.open = 0;
    }
}

impl Sink for Hashes {
    fn add(&mut self, space: Space, parts: &[&str]) {
        self.features.push((of_parts(space, parts), 0.0));
    }

    fn add_words(&mut self, _space: Space, _words: &[&str], key: u64) {
        self.features.push((key, 0.0));
    }

    fn close(&mut self, weight: f32) {
        share(&mut self.features, self.open, weight);
        self.open = self.features.len();
    }
}

/// Features as written, for training and for telling why.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    pub(crate) features: Vec<(String, f32)>,
    open: usize,
}

impl Sink for Texts {
    fn add(&mut self, space: Space, parts: &[&str]) {
        self.features.push((format!("{}{}", space.letter(), parts.join(" ")), 0.0));
    }

    fn add_words(&mut self, space: Space, words: &[&str], _key: u64) {
        self.add(space, words);
    }

    fn close(&mut self, weight: f32) {
        share(&mut self.features, self.open, weight);
        self.open = self.features.len();
    }
}

fn share<T>(features: &mut [(T, f32)], from: usize, weight: f32) {
    let count = features.len() - from;
    if count > 0 {
        let weight = weight / (count as f32).sqrt();
        for feature in &mut features[from..] {
            feature.1 = weight;
        }
    }
}

/// A token: a word, an ideograph, a number or the mask of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    /// Bytes of the normal text.
    pub(crate) range: Range<usize>,
    /// `s`, `f` or `o` for a name.
    pub(crate) mask: Option<char>,
    /// Whether it stands directly behind the token before it.
    joined: bool,
}

impl Token {
    /// The token as features have it.
    pub(crate) fn text<'a>(&self, lower: &'a str) -> &'a str {
        match self.mask {
            Some('f') => "@f",
            Some('o') => "@o",
            Some(_) => "@s",
            None if lower.as_bytes()[self.range.start].is_ascii_digit() => "#",
            None => &lower[self.range.clone()],
        }
    }
}

/// Tokens of a range of a text in lower case; `masked` are the names in it, in order, with their masks.
pub(crate) fn tokens(
    lower: &str,
    range: Range<usize>,
    masked: impl Iterator<Item = (Range<usize>, char)>,
    out: &mut Vec<Token>,
) {
    out.clear();
    let bytes = lower.as_bytes();
    let mut masked = masked.peekable();
    let mut at = range.start;
    let mut last = usize::MAX;
    while at < range.end {
        while masked.peek().is_some_and(|(name, _)| name.start < at) {
            masked.next();
        }
        let byte = bytes[at];
        let (end, mask) = if let Some((name, mask)) = masked.next_if(|(name, _)| name.start == at) {
            (name.end, Some(mask))
        } else if byte.is_ascii_alphanumeric() {
            let mut end = at + 1;
            while end < range.end && (bytes[end].is_ascii_alphanumeric()) {
                end += 1;
            }
            (end, None)
        } else if byte < 0x80 {
            // A comma or stop parts what it stands between; blanks and hyphens do not.
            if !matches!(byte, b' ' | b'-' | b'\'' | b'\n') {
                last = usize::MAX;
            }
            at += 1;
            continue;
        } else {
            let width = match byte {
                0x80..=0xDF => 2,
                0xE0..=0xEF => 3,
                _ => 4,
            };
            if matches!(byte, 0xE4..=0xE9) || width == 2 {
                (at + width, None)
            } else {
                last = usize::MAX;
                at += width;
                continue;
            }
        };
        out.push(Token { range: at..end, mask, joined: last != usize::MAX });
        last = end;
        at = end;
    }
}

/// The tokens that begin in a range.
pub(crate) fn within<'a>(tokens: &'a [Token], range: &Range<usize>) -> &'a [Token] {
    let before = |place: usize| tokens.partition_point(|token| token.range.start < place);
    &tokens[before(range.start)..before(range.end)]
}

/// Words, runs of words, and stems of English; runs of two and three ideographs of Chinese.
pub(crate) fn words<S: Sink>(space: Space, lang: Lang, lower: &str, tokens: &[Token], sink: &mut S) {
    let of_space = of_word(space.letter());
    let (rest, gap) = (of_word("~"), of_word("_"));
    let word = |token: &Token| {
        let text = token.text(lower);
        (text, of_word(text))
    };
    let joined = |at: usize| tokens.get(at).filter(|token| token.joined).map(word);
    let mut now = tokens.first().map(word);
    let mut next = joined(1);
    for at in 0..tokens.len() {
        let third = joined(at + 2);
        let Some((first, hash)) = now else { break };
        let one = mix(of_space, hash);
        match lang {
            Lang::En => {
                sink.add_words(space, &[first], one);
                if first.len() > 6 && first.is_char_boundary(5) {
                    let stem = &first[..5];
                    sink.add_words(space, &[stem, "~"], mix(mix(of_space, of_word(stem)), rest));
                }
                if let Some((second, hash)) = next {
                    sink.add_words(space, &[first, second], mix(one, hash));
                    if let Some((third, hash)) = third {
                        sink.add_words(space, &[first, "_", third], mix(mix(one, gap), hash));
                    }
                }
            }
            Lang::Zh => {
                if first.is_ascii() {
                    sink.add_words(space, &[first], one);
                }
                if let Some((second, hash)) = next {
                    let two = mix(one, hash);
                    sink.add_words(space, &[first, second], two);
                    if let Some((third, hash)) = third {
                        sink.add_words(space, &[first, second, third], mix(two, hash));
                    }
                }
            }
        }
        now = next.or_else(|| tokens.get(at + 1).map(word));
        next = third;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(lang: Lang, text: &str, masked: &[(Range<usize>, char)]) -> Vec<String> {
        let mut list = Vec::new();
        tokens(text, 0..text.len(), masked.iter().cloned(), &mut list);
        let mut sink = Texts::default();
        words(Space::Sentence, lang, text, &list, &mut sink);
        sink.features.into_iter().map(|feature| feature.0).collect()
    }

    #[test]
    fn names_are_masked_and_stops_part_words() {
        assert_eq!(
            found(Lang::En, "japan bans 23 tools, today", &[(0..5, 's')]),
            [
                "s:@s",
                "s:@s bans",
                "s:@s _ #",
                "s:bans",
                "s:bans #",
                "s:bans _ tools",
                "s:#",
                "s:# tools",
                "s:tools",
                "s:today"
            ]
        );
        assert_eq!(
            found(Lang::Zh, "美国对ai芯片", &[(0..6, 's')]),
            [
                "s:@s",
                "s:@s 对",
                "s:@s 对 ai",
                "s:对 ai",
                "s:对 ai 芯",
                "s:ai",
                "s:ai 芯",
                "s:ai 芯 片",
                "s:芯 片"
            ]
        );
    }

    #[test]
    fn hashes_are_those_of_the_text_as_written() {
        let mut hashes = Hashes::default();
        hashes.add(Space::Title, &["export", "control"]);
        hashes.close(0.5);
        assert_eq!(hashes.features, [(key("t:export control"), 0.5)]);
    }
}
