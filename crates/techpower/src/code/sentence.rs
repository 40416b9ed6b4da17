//! Sentences and clauses of a text in normal form, each with its language.

use std::ops::Range;

use crate::diag::Lang;

/// Bytes after which a sentence is cut at the next blank, so that no text without punctuation makes a sentence without bounds.
const LONGEST: usize = 3_000;

/// Bytes of a sentence, about.
const USUAL: usize = 100;

/// A sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// Bytes of the normal text.
    pub range: Range<usize>,
    /// Language; `None` if it is neither English nor Chinese.
    pub lang: Option<Lang>,
    /// Whether a paragraph begins with it.
    pub opens_paragraph: bool,
}

/// Splits a text into sentences: at the stops of both languages, not at those of abbreviations, initials and numbers; at ends of lines
/// that end a paragraph, a heading or an item of a list, not at those that only wrap.
///
/// ```
/// use techpower::code::sentences;
/// let text = "The U.S. added 12.5 kt. 商务部“坚决反对”。此举违反规则！";
/// let found: Vec<&str> = sentences(text).into_iter().map(|s| &text[s.range]).collect();
/// assert_eq!(found, ["The U.S. added 12.5 kt.", "商务部“坚决反对”。", "此举违反规则！"]);
/// ```
#[must_use]
pub fn sentences(text: &str) -> Vec<Sentence> {
    let bytes = text.as_bytes();
    let mut found = Vec::with_capacity(bytes.len() / USUAL);
    let mut start = 0;
    let mut line = 0;
    let mut opens = true;
    let mut at = 0;
    while at < bytes.len() {
        // Nothing ends before the next stop or break, but what is too long.
        let longest = bytes.len().min(start + LONGEST + 1);
        if at < longest {
            at = next_end(&bytes[..longest], at);
            if at == bytes.len() {
                break;
            }
        }
        let end = match bytes[at] {
            b'\n' => {
                let ends = line_ends(text, line, at);
                line = at + 1;
                if ends {
                    push(text, start..at, opens, &mut found);
                    opens = true;
                    start = at + 1;
                }
                at += 1;
                continue;
            }
            b'.' if !stops(bytes, at) => None,
            b'.' | b'!' | b'?' => Some(at + 1),
            0xE3 if bytes[at..].starts_with("。".as_bytes()) => Some(at + 3),
            _ => None,
        };
        if let Some(end) = end {
            let end = with_closing(text, end);
            if push(text, start..end, opens, &mut found) {
                opens = false;
            }
            start = end;
            at = end;
        } else if at - start > LONGEST
            && (bytes[at] == b' ' || bytes[at] == b',' || at - start > LONGEST + 200)
            && text.is_char_boundary(at)
        {
            if push(text, start..at, opens, &mut found) {
                opens = false;
            }
            start = at;
            at += 1;
        } else {
            at += 1;
        }
    }
    push(text, start..bytes.len(), opens, &mut found);
    found
}

/// The first byte from `at` on at which a sentence or line may end, or a character begins that may end one; else the end of the text.
fn next_end(bytes: &[u8], mut at: usize) -> usize {
    let may_end =
        |byte: u8| (byte == b'\n') | (byte == b'.') | (byte == b'!') | (byte == b'?') | (byte == 0xE3);
    // Without branches, so that a run of bytes is looked at at once.
    while let Some(run) = bytes[at..].first_chunk::<32>() {
        if run.iter().fold(0, |any, byte| any | u8::from(may_end(*byte))) > 0 {
            break;
        }
        at += run.len();
    }
    bytes[at..].iter().position(|byte| may_end(*byte)).map_or(bytes.len(), |next| at + next)
}

/// Adds a sentence without the blanks around it; `false` if nothing is left.
fn push(text: &str, range: Range<usize>, opens_paragraph: bool, found: &mut Vec<Sentence>) -> bool {
    let part = &text[range.clone()];
    let trimmed = part.trim_start();
    let start = range.start + (part.len() - trimmed.len());
    let end = start + trimmed.trim_end().len();
    if end <= start {
        return false;
    }
    found.push(Sentence { lang: language(&text.as_bytes()[start..end]), range: start..end, opens_paragraph });
    true
}

/// Whether a line that ends at `end` ends a sentence too.
fn line_ends(text: &str, line: usize, end: usize) -> bool {
    let before = text[line..end].trim_end();
    let after = text[end + 1..].trim_start_matches(['\r', ' ', '\t']);
    if before.is_empty() || after.starts_with('\n') || after.is_empty() {
        return true;
    }
    let Some(last) = before.chars().next_back() else { return true };
    if matches!(last, '.' | '!' | '?' | '。' | ':' | ';' | '"' | '”') {
        return true;
    }
    // A line that wraps is long, and what follows goes on as words do within a sentence.
    let wraps = before.len() >= 40
        && after.chars().next().is_some_and(|c| {
            c.is_lowercase()
                || c.is_ascii_digit()
                || matches!(c, '\u{4e00}'..='\u{9fff}')
                || c == '('
                || (c.is_uppercase() && last != ',')
        });
    !wraps
}

/// Whether the full stop at `at` ends a sentence.
fn stops(bytes: &[u8], at: usize) -> bool {
    let next = bytes.get(at + 1).copied();
    match next {
        None => return true,
        Some(byte)
            if byte.is_ascii_alphanumeric() || matches!(byte, b',' | b';' | b'-' | b'/' | b'@' | b'_') =>
        {
            return false;
        }
        // `...` is one stop, at its end.
        Some(b'.') => return false,
        _ => {}
    }
    let word_start =
        bytes[..at].iter().rposition(|b| !(b.is_ascii_alphanumeric() || *b == b'.')).map_or(0, |p| p + 1);
    let word = &bytes[word_start..at];
    let mut rest =
        bytes[at + 1..].iter().skip_while(|b| matches!(b, b' ' | b'"' | b'\'' | b')' | b']' | b'\r'));
    let following = rest.next().copied();
    if following.is_some_and(|b| b.is_ascii_lowercase()) {
        return false;
    }
    const ABBREVIATIONS: [&[u8]; 44] = [
        b"mr", b"mrs", b"ms", b"dr", b"prof", b"sen", b"rep", b"gov", b"gen", b"col", b"st", b"no", b"nos",
        b"art", b"arts", b"sec", b"para", b"paras", b"cf", b"vs", b"v", b"fig", b"e.g", b"i.e", b"etc",
        b"al", b"jan", b"feb", b"mar", b"apr", b"jun", b"jul", b"aug", b"sept", b"sep", b"oct", b"nov",
        b"dec", b"vol", b"ed", b"approx", b"dept", b"hon", b"pub",
    ];
    let lower: Vec<u8> = word.iter().take(8).map(u8::to_ascii_lowercase).collect();
    if word.len() <= 6 && ABBREVIATIONS.contains(&lower.as_slice()) {
        return false;
    }
    // A number before a stop at the start of a line or sentence is an item of a list.
    if !word.is_empty() && word.len() <= 3 && word.iter().all(u8::is_ascii_digit) {
        let before = bytes[..word_start].iter().rev().find(|b| **b != b' ');
        if before.is_none_or(|b| *b == b'\n') {
            return false;
        }
    }
    // Initials and abbreviations of states: `J. Smith`, `U.S. officials`; at the end of a sentence a new one begins with another word.
    let initials = word.len() == 1 && word[0].is_ascii_uppercase()
        || word.len() >= 3 && word.contains(&b'.') && word.split(|b| *b == b'.').all(|part| part.len() == 1);
    if initials {
        let next: Vec<u8> = bytes[at + 1..].iter().skip_while(|b| **b == b' ').take(9).copied().collect();
        const OPENERS: [&[u8]; 15] = [
            b"The ", b"It ", b"In ", b"But ", b"This ", b"That ", b"They ", b"He ", b"She ", b"A ", b"On ",
            b"At ", b"We ", b"These ", b"However",
        ];
        return word.len() > 1 && OPENERS.iter().any(|opener| next.starts_with(opener))
            || following.is_none();
    }
    if matches!(lower.as_slice(), b"inc" | b"corp" | b"co" | b"ltd" | b"llc") {
        return following.is_none_or(|b| b.is_ascii_uppercase());
    }
    true
}

/// Quotes and brackets that close after a stop belong to the sentence.
fn with_closing(text: &str, mut end: usize) -> usize {
    while let Some(c) = text[end..].chars().next() {
        if matches!(c, '"' | '\'' | '”' | '’' | '」' | '』' | ')' | ']' | '】' | '.' | '!' | '?') {
            // A quote after a stop and a blank opens the next sentence.
            end += c.len_utf8();
        } else {
            break;
        }
    }
    end
}

/// Chinese if ideographs carry it, English if Latin letters do; other scripts are neither.
fn language(bytes: &[u8]) -> Option<Lang> {
    let latin = count(bytes, |byte| byte.is_ascii_alphabetic());
    // What a character begins with tells its script; no byte within one is as high.
    let han = count(bytes, |byte| matches!(byte, 0xE4..=0xE9));
    // Greek to Arabic and beyond; Hangul; Kana.
    let other = count(bytes, |byte| matches!(byte, 0xCE..=0xE1 | 0xEA..=0xED))
        + memchr::memchr_iter(0xE3, bytes)
            .filter(|at| matches!(bytes.get(at + 1), Some(0x81..=0x83)))
            .count();
    if other > han + latin / 3 {
        None
    } else if han > 0 && han * 4 >= latin / 2 {
        Some(Lang::Zh)
    } else if latin > 0 {
        Some(Lang::En)
    } else {
        None
    }
}

/// How many bytes are of a kind, summed in runs whose sums have room in a byte.
fn count(bytes: &[u8], is: impl Fn(u8) -> bool) -> usize {
    bytes.chunks(255).map(|run| usize::from(run.iter().map(|byte| u8::from(is(*byte))).sum::<u8>())).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_where_they_should() {
        let check = |text: &str, expected: &[&str]| {
            let found: Vec<&str> = sentences(text).into_iter().map(|s| &text[s.range]).collect();
            assert_eq!(found, expected);
        };
        check("A rule. It binds.", &["A rule.", "It binds."]);
        check("The U.S. Commerce Department acted.", &["The U.S. Commerce Department acted."]);
        check("Sales to the U.S. The rest fell.", &["Sales to the U.S.", "The rest fell."]);
        check("See Art. 5 and Sec. 2. Mr. Xi spoke.", &["See Art. 5 and Sec. 2.", "Mr. Xi spoke."]);
        check("It grew 1.5 percent.", &["It grew 1.5 percent."]);
        check("2. A model shall be presumed.", &["2. A model shall be presumed."]);
        check("Heading\n\nA line that is\nshort.", &["Heading", "A line that is", "short."]);
        check(
            "The ministry said on Monday that the exports of\ngallium need a permit.",
            &["The ministry said on Monday that the exports of\ngallium need a permit."],
        );
        check("他说：“不。”她走了。", &["他说：“不。”", "她走了。"]);
        check("What? No!", &["What?", "No!"]);
        check("", &[]);
        check(" \n \r\n ", &[]);
    }

    #[test]
    fn languages_are_told_apart() {
        let of = |text: &str| sentences(text)[0].lang;
        assert_eq!(of("Export controls."), Some(Lang::En));
        assert_eq!(of("美国对NVIDIA H20实施出口管制。"), Some(Lang::Zh));
        assert_eq!(of("経済産業省は、新しいルールを発表しました。"), None);
        assert_eq!(of("수출 통제"), None);
        assert_eq!(of("Экспортный контроль"), None);
        assert_eq!(of("12 345"), None);
    }

    #[test]
    fn a_text_without_stops_is_cut() {
        let text = "word ".repeat(400_000);
        assert!(sentences(&text).iter().all(|s| s.range.len() <= LONGEST + 210));
    }
}
