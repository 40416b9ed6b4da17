//! Features of a sentence and of what is around it, for a linear scorer: readable strings, found by the hash of their bytes.
//!
//! Names of actors are masked: `@s` a state or bloc, `@f` a firm, `@o` an organisation. Who acts is thus no feature of what is done.

use std::ops::Range;

use crate::diag::Lang;

/// An odd number with bits all over: the golden ratio's fraction.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
/// Another, of which the hash of several words is a polynomial.
const BASE: u64 = 0xd6e8_feb8_6659_fd93;

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
    fn letter(self) -> Phrase<'static> {
        match self {
            Space::Sentence => phrase!("s:"),
            Space::Title => phrase!("t:"),
            Space::Cue => phrase!("c:"),
            Space::CueAround => phrase!("d:"),
            Space::Grammar => phrase!("g:"),
            Space::GrammarAround => phrase!("h:"),
            Space::Clause => phrase!("e:"),
            Space::Shape => phrase!("p:"),
            Space::Role => phrase!("r:"),
        }
    }
}

/// One or more words, parted by blanks, with their hash. Those of known phrases are made by the compiler.
///
/// The hash of several words is a polynomial of the hashes of each, so that it does not matter in which parts they come.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Phrase<'a> {
    text: &'a str,
    hash: u64,
    /// What the hash of the words before is multiplied by.
    shift: u64,
}

impl<'a> Phrase<'a> {
    pub(crate) const fn new(text: &'a str) -> Phrase<'a> {
        let bytes = text.as_bytes();
        let mut phrase = Phrase { text, hash: 0, shift: 1 };
        let (mut from, mut at) = (0, 0);
        while at <= bytes.len() {
            if at == bytes.len() || bytes[at] == b' ' {
                let word = bytes.split_at(at).0.split_at(from).1;
                phrase.hash = phrase.hash.wrapping_mul(BASE).wrapping_add(of_bytes(word));
                phrase.shift = phrase.shift.wrapping_mul(BASE);
                from = at + 1;
            }
            at += 1;
        }
        phrase
    }

    /// A single word.
    #[inline]
    pub(crate) fn word(text: &'a str) -> Phrase<'a> {
        Phrase { text, hash: of_bytes(text.as_bytes()), shift: BASE }
    }

    /// The hash of words with those of the phrase behind them.
    #[inline]
    fn behind(&self, words: u64) -> u64 {
        words.wrapping_mul(self.shift).wrapping_add(self.hash)
    }
}

/// A word of the codebook, hashed once.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) text: String,
    hash: u64,
    shift: u64,
}

impl Known {
    pub(crate) fn new(text: &str) -> Known {
        let Phrase { hash, shift, .. } = Phrase::new(text);
        Known { text: text.to_owned(), hash, shift }
    }

    #[inline]
    pub(crate) fn phrase(&self) -> Phrase<'_> {
        Phrase { text: &self.text, hash: self.hash, shift: self.shift }
    }
}

/// Known phrases, hashed by the compiler: one, or several to choose from.
macro_rules! phrase {
    ($text:literal) => {
        const { $crate::code::feature::Phrase::new($text) }
    };
    ($($text:literal),+) => {
        const { [$($crate::code::feature::Phrase::new($text)),+] }
    };
}
pub(crate) use phrase;

/// Takes features as they are found.
pub(crate) trait Sink {
    /// A feature: its parts, joined by blanks, behind the letter of its space.
    fn add(&mut self, space: Space, parts: &[Phrase<'_>]);
    /// What was found since the last call is complete: its features share a weight.
    fn close(&mut self, weight: f32);
}

/// The hash of a feature as written in a model: that of its space with those of its words behind.
pub(crate) fn key(text: &str) -> u64 {
    let (space, words) = text.split_at(text.len().min(2));
    Phrase::new(words).behind(Phrase::word(space).hash)
}

/// The hash of a word, eight bytes at a time.
#[inline]
const fn of_bytes(word: &[u8]) -> u64 {
    let mut state = word.len() as u64;
    let mut rest = word;
    while let Some((eight, behind)) = rest.split_first_chunk() {
        state = mix(state, u64::from_le_bytes(*eight));
        rest = behind;
    }
    if rest.is_empty() { state } else { mix(state, little_endian(rest)) }
}

/// One to seven bytes as a number. Reads that overlap find the same bytes in the same places.
#[inline]
const fn little_endian(bytes: &[u8]) -> u64 {
    let length = bytes.len();
    match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(first), Some(last)) => {
            u32::from_le_bytes(*first) as u64 | (u32::from_le_bytes(*last) as u64) << (8 * (length - 4))
        }
        _ => {
            bytes[0] as u64
                | (bytes[length / 2] as u64) << (8 * (length / 2))
                | (bytes[length - 1] as u64) << (8 * (length - 1))
        }
    }
}

#[inline]
const fn mix(state: u64, more: u64) -> u64 {
    let spread = (state.rotate_left(23) ^ more).wrapping_mul(SPREAD);
    spread ^ (spread >> 29)
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
    #[inline]
    fn add(&mut self, space: Space, parts: &[Phrase<'_>]) {
        let key = parts.iter().fold(space.letter().hash, |words, part| part.behind(words));
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
    fn add(&mut self, space: Space, parts: &[Phrase<'_>]) {
        let words: Vec<&str> = parts.iter().map(|part| part.text).collect();
        self.features.push((format!("{}{}", space.letter().text, words.join(" ")), 0.0));
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
    /// `@s`, `@f` or `@o` for a name, `#` for a number; else it is the text.
    mask: Option<&'static str>,
    /// Whether it stands directly behind the token before it.
    joined: bool,
    hash: u64,
}

impl Token {
    /// The token as features have it.
    #[inline]
    pub(crate) fn phrase<'a>(&self, lower: &'a str) -> Phrase<'a> {
        let text = self.mask.or_else(|| lower.get(self.range.clone())).unwrap_or_default();
        Phrase { text, hash: self.hash, shift: BASE }
    }
}

/// What stands for the name of an actor of a kind.
fn masked(kind: char) -> Phrase<'static> {
    match kind {
        'f' => phrase!("@f"),
        'o' => phrase!("@o"),
        _ => phrase!("@s"),
    }
}

/// Tokens of a range of a text in lower case; `names` are those in it, in order, with the kinds of their actors.
pub(crate) fn tokens(
    lower: &str,
    range: Range<usize>,
    mut names: impl Iterator<Item = (Range<usize>, char)>,
    out: &mut Vec<Token>,
) {
    out.clear();
    // No ideograph is shorter, and few words are.
    out.reserve(range.len() / 3);
    let bytes = &lower.as_bytes()[..range.end];
    let nowhere = (usize::MAX..usize::MAX, 's');
    let mut name = names.next().unwrap_or(nowhere.clone());
    let mut at = range.start;
    let mut joined = false;
    while let Some(byte) = bytes.get(at) {
        while name.0.start < at {
            name = names.next().unwrap_or(nowhere.clone());
        }
        let (end, mask) = if name.0.start == at {
            (name.0.end, Some(masked(name.1)))
        } else if byte.is_ascii_alphanumeric() {
            let more = bytes[at + 1..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
            (at + 1 + more, byte.is_ascii_digit().then_some(phrase!("#")))
        } else if byte.is_ascii() {
            // A comma or stop parts what it stands between; blanks and hyphens do not.
            joined &= matches!(byte, b' ' | b'-' | b'\'' | b'\n');
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
                joined = false;
                at += width;
                continue;
            }
        };
        let hash = mask.map_or_else(|| of_bytes(&bytes[at..end]), |mask| mask.hash);
        out.push(Token { range: at..end, mask: mask.map(|mask| mask.text), joined, hash });
        joined = true;
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
    for (at, token) in tokens.iter().enumerate() {
        let joined = |at: usize| tokens.get(at).filter(|token| token.joined).map(|token| token.phrase(lower));
        let first = token.phrase(lower);
        let second = joined(at + 1);
        let third = second.and_then(|_| joined(at + 2));
        match lang {
            Lang::En => {
                sink.add(space, &[first]);
                if first.text.len() > 6 && first.text.is_char_boundary(5) {
                    sink.add(space, &[Phrase::word(&first.text[..5]), phrase!("~")]);
                }
                if let Some(second) = second {
                    sink.add(space, &[first, second]);
                }
                if let Some(third) = third {
                    sink.add(space, &[first, phrase!("_"), third]);
                }
            }
            Lang::Zh => {
                if token.mask.is_some() || lower.as_bytes()[token.range.start].is_ascii() {
                    sink.add(space, &[first]);
                }
                if let Some(second) = second {
                    sink.add(space, &[first, second]);
                    if let Some(third) = third {
                        sink.add(space, &[first, second, third]);
                    }
                }
            }
        }
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
        hashes.add(Space::Title, &[phrase!("export control"), phrase!("on"), Phrase::word("semiconductors")]);
        hashes.close(0.5);
        assert_eq!(hashes.features, [(key("t:export control on semiconductors"), 0.5)]);
    }
}
