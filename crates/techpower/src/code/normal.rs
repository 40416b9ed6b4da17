//! Normal form of a text with an exact map back to the text as stored.
//!
//! Compatibility forms become plain (NFKC: full-width letters, ligatures, superscripts), characters that are not seen are taken out
//! (zero-width, soft hyphens), typographic quotes and blanks become plain ones, and `Al` where `AI` must be meant becomes `AI`.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A text in normal form.
///
/// ```
/// use techpower::code::Normal;
/// let normal = Normal::new("10\u{b2}\u{2075} FLOP, ﬁne\u{200b}-tuned");
/// assert_eq!(normal.text(), "1025 FLOP, fine-tuned");
/// let at = normal.text().find("fine-").unwrap();
/// assert_eq!(normal.stored(at, at + 5), 14..23); // from the ligature to the hyphen behind the invisible blank
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Normal {
    text: String,
    pieces: Vec<Piece>,
    stored_length: usize,
}

/// From `at` on, normal and stored text run byte by byte alike; or the piece is one stored character in another form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    at: usize,
    stored: usize,
    alike: bool,
}

impl Normal {
    /// Brings a text into normal form.
    #[must_use]
    pub fn new(stored: &str) -> Normal {
        let mut normal = Normal::default();
        normal.read(stored);
        normal
    }

    /// Brings another text into normal form, in the memory of this one.
    pub(crate) fn read(&mut self, stored: &str) {
        self.text.clear();
        self.text.reserve(stored.len());
        self.pieces.clear();
        self.pieces.push(Piece { at: 0, stored: 0, alike: true });
        self.stored_length = stored.len();
        let bytes = stored.as_bytes();
        let mut from = 0; // start of the run that is alike and not yet copied
        let mut at = 0;
        while at < bytes.len() {
            // Most characters stay as they are: those of ASCII, and ideographs from U+5000 on, which have three bytes.
            match bytes[at] {
                ..0x80 => {
                    at += 1;
                    continue;
                }
                0xE5..=0xE9 => {
                    at += 3;
                    continue;
                }
                _ => {}
            }
            let rest = &stored[at..];
            let Some(first) = rest.chars().next() else { break };
            if is_plain(first) {
                at += first.len_utf8();
                continue;
            }
            // A mark joins the plain character before it.
            if joins(first)
                && let Some(base) = stored[from..at].chars().next_back()
            {
                at -= base.len_utf8();
            }
            self.copy(&stored[from..at], from);
            let rest = &stored[at..];
            let Some(first) = rest.chars().next() else { break };
            // Marks that follow belong to the character before them, as far as a word may reasonably carry any.
            let marks: usize =
                rest.chars().skip(1).take(8).take_while(|c| joins(*c)).map(char::len_utf8).sum();
            let cluster = first.len_utf8() + marks;
            self.replace(&rest[..cluster], at);
            at += cluster;
            from = at;
        }
        self.copy(&stored[from..], from);
        self.mend_look_alikes();
    }

    /// The text in normal form.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The bytes of the stored text that a span of bytes of the normal text came from.
    #[must_use]
    pub fn stored(&self, start: usize, end: usize) -> std::ops::Range<usize> {
        let place = |at: usize| {
            let index = self.pieces.partition_point(|piece| piece.at <= at).saturating_sub(1);
            (index, self.pieces[index])
        };
        let (_, first) = place(start);
        let from = if first.alike { first.stored + (start - first.at) } else { first.stored };
        if end <= start {
            return from..from;
        }
        let (index, last) = place(end - 1);
        let to = if last.alike {
            last.stored + (end - last.at)
        } else {
            self.pieces.get(index + 1).map_or(self.stored_length, |next| next.stored)
        };
        from..to
    }

    fn copy(&mut self, run: &str, stored: usize) {
        if run.is_empty() {
            return;
        }
        self.begin(stored, true);
        self.text.push_str(run);
    }

    fn replace(&mut self, cluster: &str, stored: usize) {
        self.begin(stored, false);
        let mut characters = cluster.chars();
        match (characters.next(), characters.next()) {
            // The commonest forms, which no table needs to be asked about.
            (Some(wide @ '\u{ff01}'..='\u{ff5e}'), None) => {
                self.text.push((wide as u32 as u8 - 1 + b'!') as char)
            }
            (Some(quote @ '\u{2018}'..='\u{201d}'), None) => self.push(quote),
            _ => cluster.nfkc().for_each(|c| self.push(c)),
        }
    }

    /// Adds a character in its plain form.
    fn push(&mut self, c: char) {
        match c {
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{fe0e}' | '\u{fe0f}' => {}
            '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2032}' => self.text.push('\''),
            '\u{201c}' | '\u{201d}' | '\u{201f}' | '\u{2033}' => self.text.push('"'),
            '\u{2010}' | '\u{2011}' | '\u{2012}' | '\u{2212}' => self.text.push('-'),
            c if c.is_whitespace() && c != '\n' => self.text.push(' '),
            c => self.text.push(c),
        }
    }

    /// Begins a piece at the end of the text; a piece that added nothing is replaced, so that what is not seen ends the piece before it.
    fn begin(&mut self, stored: usize, alike: bool) {
        let at = self.text.len();
        self.pieces.push(Piece { at, stored, alike });
    }

    /// `Al` before a word that speaks of technology is `AI` misread by a machine; both have two bytes.
    fn mend_look_alikes(&mut self) {
        const AFTER: [&str; 14] = [
            "system",
            "model",
            "act",
            "chip",
            "office",
            "safety",
            "governance",
            "regulation",
            "technolog",
            "compan",
            "start",
            "tool",
            "summit",
            "development",
        ];
        let found: Vec<usize> = memchr::memmem::find_iter(self.text.as_bytes(), b"Al ")
            .filter(|at| {
                let before = self.text[..*at].bytes().next_back();
                let word = &self.text.as_bytes()[at + 3..self.text.len().min(at + 16)];
                before.is_none_or(|byte| !byte.is_ascii_alphanumeric())
                    && AFTER.iter().any(|after| {
                        word.len() >= after.len()
                            && word[..after.len()].eq_ignore_ascii_case(after.as_bytes())
                    })
            })
            .collect();
        for at in found {
            self.text.replace_range(at..at + 2, "AI");
        }
    }
}

/// Whether a character is a mark on the one before it. None is below U+0300 or among the forms for wide setting, where most characters are.
fn joins(c: char) -> bool {
    c >= '\u{300}' && !matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{ff01}'..='\u{ff5e}') && is_combining_mark(c)
}

/// Characters that stay as they are: ideographs and the punctuation of Chinese that has no plain form.
fn is_plain(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '\u{00c0}'..='\u{00d6}' | '\u{00d8}'..='\u{00f6}' | '\u{2013}' | '\u{2014}')
        && c != '\u{3000}'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_mapped_back_exactly() {
        let check = |stored: &str, normal: &str, part: &str, expected: &str| {
            let made = Normal::new(stored);
            assert_eq!(made.text(), normal);
            let at = made.text().find(part).expect("a part of the text");
            assert_eq!(&stored[made.stored(at, at + part.len())], expected, "{part}");
        };
        check("ＡＩ芯片", "AI芯片", "AI", "ＡＩ");
        check("ＡＩ芯片", "AI芯片", "芯片", "芯片");
        check(
            "ex\u{ad}port con\u{200b}trols on chips",
            "export controls on chips",
            "export controls",
            "ex\u{ad}port con\u{200b}trols",
        );
        check("ban \u{200b}x", "ban x", "ban", "ban");
        check("“chips”, she said", "\"chips\", she said", "chips", "chips");
        check("cafe\u{301} bar", "caf\u{e9} bar", "bar", "bar");
        check("emoji 😀 then 华为", "emoji 😀 then 华为", "华为", "华为");
        check("the Al Act", "the AI Act", "AI Act", "Al Act");
        check("Al Gore spoke", "Al Gore spoke", "Al Gore", "Al Gore");
        check("10²⁵", "1025", "1025", "10²⁵");
        check("㎏", "kg", "k", "㎏");
    }

    proptest::proptest! {
        #[test]
        fn any_text_can_be_mapped(text in "\\PC{0,60}") {
            let normal = Normal::new(&text);
            for (at, c) in normal.text().char_indices() {
                let range = normal.stored(at, at + c.len_utf8());
                proptest::prop_assert!(text.get(range).is_some());
            }
            let all = normal.stored(0, normal.text().len());
            proptest::prop_assert!(text.get(all).is_some());
        }
    }
}
