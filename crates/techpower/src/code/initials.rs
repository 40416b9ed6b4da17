//! English words at which nothing begins that is looked for, so that an automaton need not be sent along them.

use super::bits::Bits;

/// The words with which something may begin, each by its first [five letters](letters).
///
/// In a text, the initials of those words are [put in upper case](Initials::raise), and so they are in what is looked for: an automaton then stays at
/// its root in the middle of a word and along words that begin nothing.
pub(super) struct Initials {
    /// Five letters.
    words: Bits,
    /// The first three letters of stems that end before the fifth.
    stems: Bits,
}

impl Initials {
    /// From what is looked for in lower case, and whether the rest of a word may follow on it.
    pub(super) fn new<'a>(sought: impl Iterator<Item = (&'a str, bool)>) -> Initials {
        let mut initials = Initials { words: Bits::new(1 << 16), stems: Bits::new(1 << 15) };
        for (text, open) in sought {
            let bytes = text.as_bytes();
            initials.words.add(spread(letters(bytes)));
            if open {
                let last =
                    bytes.iter().rposition(|byte| !byte.is_ascii_alphanumeric()).map_or(0, |at| at + 1);
                let first = letters(&bytes[last..]) >> 10;
                // What the word goes on with in a text is not known.
                let ways = match bytes.len() - last {
                    1 => 1 << 10,
                    2 => 1 << 5,
                    3 | 4 => 1,
                    _ => 0,
                };
                (first..first + ways).for_each(|place| initials.stems.add(place));
            }
        }
        initials
    }

    /// A text in lower case with those initials in upper case; `before` is the byte before the text.
    pub(super) fn raise(&self, lower: &[u8], before: u8, raised: &mut Vec<u8>) {
        raised.clear();
        raised.extend_from_slice(lower);
        let mut ahead = 0;
        // From the end, so that a word's letters are known where it begins; without branches, which are hard to foresee here.
        for (at, letter) in raised.iter_mut().enumerate().rev() {
            ahead = with_letter(*letter, ahead);
            let begins = self.words.has(spread(ahead)) | self.stems.has(ahead >> 10);
            let before = if at > 0 { lower[at - 1] } else { before };
            let initial = begins & !before.is_ascii_alphanumeric() & letter.is_ascii_lowercase();
            *letter ^= u8::from(initial) << 5;
        }
    }
}

/// The first five letters and digits of the word that a text begins with, of each the last five bits.
fn letters(text: &[u8]) -> usize {
    text.iter().rev().fold(0, |ahead, letter| with_letter(*letter, ahead))
}

/// The letters from a byte on; `ahead` are those from the byte behind it on. There are none from a byte on that is neither letter nor digit.
fn with_letter(byte: u8, ahead: usize) -> usize {
    let letters = usize::from(byte & 31) << 20 | ahead >> 5;
    if byte.is_ascii_alphanumeric() { letters } else { 0 }
}

/// Letters as sixteen bits.
fn spread(letters: usize) -> usize {
    (letters as u32).wrapping_mul(0x9e37_79b9) as usize >> 16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_initials_of_words_that_begin_something_are_raised() {
        let initials = Initials::new([("export control", false), ("u.s.", false), ("ban", true)].into_iter());
        let raised = |text: &str, before: u8| {
            let mut raised = Vec::new();
            initials.raise(text.as_bytes(), before, &mut raised);
            String::from_utf8(raised).expect("letters only change their case")
        };
        assert_eq!(raised("the export controls bind", b' '), "the Export controls bind");
        assert_eq!(raised("u.s. urban banning", b' '), "U.s. urban Banning");
        assert_eq!(raised("ban", b'r'), "ban");
        assert_eq!(raised("exports", b' '), "Exports");
        assert_eq!(raised("expo", b' '), "expo");
    }
}
