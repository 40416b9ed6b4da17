//! Sketches of texts, by which the likeness of two texts is estimated without keeping them.

use crate::code::normal::Normal;
use crate::text::Document;

/// Numbers in a sketch.
pub(crate) const PERMUTATIONS: usize = 128;
/// Words, or Chinese characters, in a shingle.
const SHINGLE: usize = 5;

/// Sketch of a text by MinHash (Broder 1997, "On the resemblance and containment of documents"): the least hash of its shingles under each of 128
/// permutations. Shingles are five words, or five characters of a Chinese text; blanks, punctuation and capitals do not count.
///
/// ```
/// use techpower::code::Sketch;
/// let a = Sketch::of_text("The ministry added 28 firms to its list of entities on Tuesday.").unwrap();
/// let b = Sketch::of_text("The ministry added 28 firms to its list of entities, on Tuesday").unwrap();
/// assert_eq!(a.similarity(&b), 1.0);
/// assert!(Sketch::of_text(" — ").is_none());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sketch {
    least: Box<[u32; PERMUTATIONS]>,
}

impl Sketch {
    /// The sketch of a document's text, or of its title if there is no text; `None` if neither has a word.
    #[must_use]
    pub fn of(document: &Document) -> Option<Sketch> {
        Sketch::of_text(&document.text).or_else(|| Sketch::of_text(&document.title))
    }

    /// The sketch of a text; `None` if it has no word.
    #[must_use]
    pub fn of_text(text: &str) -> Option<Sketch> {
        let mut least = Box::new([u32::MAX; PERMUTATIONS]);
        let permutations = permutations();
        let mut any = false;
        shingles(text, &mut |shingle| {
            any = true;
            for (least, (factor, summand)) in least.iter_mut().zip(&permutations) {
                // The upper half of a product is the one whose bits depend on all others.
                let hash = (shingle.wrapping_mul(*factor).wrapping_add(*summand) >> 32) as u32;
                *least = (*least).min(hash);
            }
        });
        any.then_some(Sketch { least })
    }

    /// Estimate of the Jaccard similarity of two texts: shingles that both have, of those that either has. Its standard error is at most 0.045.
    #[must_use]
    pub fn similarity(&self, other: &Sketch) -> f64 {
        let same = self.least.iter().zip(other.least.iter()).filter(|(a, b)| a == b).count();
        same as f64 / PERMUTATIONS as f64
    }

    /// A hash of the numbers `from..from + length`.
    pub(crate) fn band(&self, from: usize, length: usize) -> u32 {
        let numbers = self.least[from..from + length].iter();
        (numbers.fold(0, |state, number| mixed(state ^ u64::from(*number))) >> 32) as u32
    }
}

/// Hashes of the shingles of a text, some of them more than once. A text too short for one is a shingle itself.
pub(crate) fn shingles(text: &str, each: &mut dyn FnMut(u64)) {
    let normal = Normal::new(text);
    let tokens = tokens(&normal.text().to_lowercase());
    let mut hashed =
        |part: &[u64]| each(mixed(part.iter().fold(part.len() as u64, |state, token| mixed(state ^ token))));
    if tokens.len() < SHINGLE {
        if !tokens.is_empty() {
            hashed(&tokens);
        }
        return;
    }
    for part in tokens.windows(SHINGLE) {
        hashed(part);
    }
}

/// Hashes of words; of characters if most of the text is written in Chinese ones.
fn tokens(text: &str) -> Vec<u64> {
    let words = || text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let chinese = text.chars().filter(|c| is_han(*c)).count();
    let others = words().filter(|word| !word.contains(is_han)).count();
    if chinese > others {
        return text
            .chars()
            .filter(|c| c.is_alphanumeric())
            .map(|c| mixed(u64::from(u32::from(c))))
            .collect();
    }
    words().map(|word| mixed(super::feature::key(word))).collect()
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Finaliser of SplitMix64 (Steele, Lea and Flood 2014): every bit of the result depends on every bit given.
fn mixed(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Factors, which are odd, and summands of the permutations.
fn permutations() -> [(u64, u64); PERMUTATIONS] {
    std::array::from_fn(|at| (mixed(2 * at as u64) | 1, mixed(2 * at as u64 + 1)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn exact(a: &str, b: &str) -> f64 {
        let of = |text| {
            let mut found = BTreeSet::new();
            shingles(text, &mut |shingle| {
                found.insert(shingle);
            });
            found
        };
        let (a, b): (BTreeSet<u64>, BTreeSet<u64>) = (of(a), of(b));
        a.intersection(&b).count() as f64 / a.union(&b).count() as f64
    }

    /// A text of `count` words of its own, from the word `from` on.
    fn words(from: usize, count: usize) -> String {
        (from..from + count).map(|at| format!("w{at} ")).collect()
    }

    #[test]
    fn shingles_are_those_of_the_literature() {
        // Of the shingles abcde bcdef | bcdef cdefg one of three is shared.
        assert_eq!(exact("a b c d e f", "b c d e f g"), 1.0 / 3.0);
        assert_eq!(exact("半导体出口管制", "导体出口管制令"), 0.5);
        // Punctuation, width and capitals do not count; short texts are compared as a whole.
        assert_eq!(exact("A, B! c d e", "a b C d-e"), 1.0);
        assert_eq!(exact("芯片，出口管制。", "芯片出口 管制"), 1.0);
        assert_eq!((exact("a b", "a b."), exact("a b", "a c"), exact("a b", "a b c")), (1.0, 0.0, 0.0));
        // A Chinese text with a few words in Latin letters goes by characters.
        assert!(exact("英伟达H20芯片对华出口", "英伟达 H20 芯片对华出口许可") > 0.6);
    }

    #[test]
    fn the_estimate_is_near_the_exact_similarity() {
        let sketch = |text: &str| Sketch::of_text(text).expect("words");
        let mut errors = Vec::new();
        for length in [30, 200, 1000] {
            let a = words(0, length);
            for moved in [0, length / 20, length / 9, length / 3, length] {
                let b = words(moved, length);
                let error = sketch(&a).similarity(&sketch(&b)) - exact(&a, &b);
                // Four standard errors of a share of 128 draws at most.
                assert!(error.abs() <= 4.0 * 0.0442, "{length} {moved}: {error}");
                errors.push(error);
            }
        }
        let mean = errors.iter().sum::<f64>() / errors.len() as f64;
        assert!(mean.abs() < 0.03, "{mean}");
        assert_eq!(sketch(&words(0, 50)).similarity(&sketch(&words(0, 50))), 1.0);
        assert!(sketch(&words(0, 500)).similarity(&sketch(&words(900, 500))) < 0.05);
    }
}
