//! Texts in whatever encoding.

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::Encoding;
use encoding_rs_io::DecodeReaderBytesBuilder;

use super::{Files, STAGE};
use crate::diag::{Kind, Note, Notes, Place};

/// How much of a file is looked at to find its encoding and separator.
pub(super) const LOOK: usize = 1 << 18;

/// Reads a whole text file, whatever its encoding; `None` (with a note if it exists) if there is nothing to read.
pub(crate) fn read_text(files: &dyn Files, path: &str, notes: &mut Notes) -> Option<String> {
    let mut bytes = Vec::new();
    let read = files.open(path).and_then(|file| match file {
        Some(mut file) => file.read_to_end(&mut bytes).map(|_| true),
        None => Ok(false),
    });
    match read {
        Ok(false) => None,
        Ok(true) => Some(decoded(path, &bytes, notes)),
        Err(error) => {
            notes.push(Note::new(Kind::UnreadableFile, STAGE, Place::file(path)).because(error));
            None
        }
    }
}

/// The text of a file in whatever encoding, with a note if it is not UTF-8.
#[must_use]
pub fn decoded(path: &str, bytes: &[u8], notes: &mut Notes) -> String {
    let (text, other) = decode_all(bytes);
    if let Some(other) = other {
        notes.push(other.note(STAGE, Place::file(path)));
    }
    text
}

/// A note for a TOML error. `before` is the number of lines of the file above the text. A missing key is told as such,
/// an unknown one with the likeliest meaning.
pub(crate) fn toml_note(stage: &str, path: &str, text: &str, before: u64, error: &toml::de::Error) -> Note {
    let line = |at: usize| before + 1 + text[..at.min(text.len())].matches('\n').count() as u64;
    let row = error.span().map(|span| line(span.start));
    let message = error.message();
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    match quoted.split_first() {
        Some((key, _)) if message.starts_with("missing field") => {
            Note::new(Kind::MissingKey, stage, Place::key(path, key)).with("key", format!("{key} = ..."))
        }
        Some((key, known)) if message.starts_with("unknown field") => {
            Note::new(Kind::BadToml, stage, Place { row, ..Place::key(path, key) })
                .with("why", format!("unknown key `{key}`"))
                .near(key, known.iter().copied())
        }
        _ => Note::new(Kind::BadToml, stage, Place { row, ..Place::file(path) }).with("why", message),
    }
}

/// An encoding other than UTF-8, and how it is known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Other {
    pub(crate) encoding: &'static Encoding,
    /// Whether the bytes themselves led to it; else a mark or the file says so.
    guessed: bool,
}

impl Other {
    /// As a mark, or the file itself, says.
    pub(crate) fn stated(encoding: &'static Encoding) -> Other {
        Other { encoding, guessed: false }
    }

    /// The likeliest encoding of bytes that are not UTF-8. Where the bytes leave it open, Chinese is assumed.
    fn guessed(bytes: &[u8]) -> Other {
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        detector.feed(bytes, true);
        Other { encoding: detector.guess(Some(b"cn"), Utf8Detection::Deny), guessed: true }
    }

    /// That a file is read in this encoding.
    pub(crate) fn note(self, stage: &str, at: Place) -> Note {
        let kind = if self.guessed { Kind::GuessedEncoding } else { Kind::NotUtf8 };
        Note::new(kind, stage, at).with("encoding", self.encoding.name())
    }

    /// Whether bytes that are UTF-8, too, are meant in this encoding. Two bytes of a Chinese, Japanese or Korean character may be a letter in
    /// UTF-8, such as those of 铜 in GBK, which no such text has alone; what has a character as these languages have them in UTF-8 is UTF-8.
    /// In encodings of one byte a character, what happens to be UTF-8 is meant to be.
    fn claims(self, text: &str) -> bool {
        let plain = |c| matches!(c, '\u{2000}'..='\u{27ff}' | '\u{3000}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{ff00}'..='\u{ffef}' | '\u{10000}'..);
        !self.encoding.is_single_byte()
            && !text.is_ascii()
            && !text.contains(plain)
            && !self.encoding.decode_without_bom_handling(text.as_bytes()).1
    }
}

/// Decodes bytes by their byte-order mark, else as UTF-8 if valid, else by detection; tells the encoding if it is not UTF-8.
fn decode_all(bytes: &[u8]) -> (String, Option<Other>) {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        let (text, _) = encoding.decode_without_bom_handling(&bytes[length..]);
        let other = (encoding != encoding_rs::UTF_8).then(|| Other::stated(encoding));
        return (text.into_owned(), other);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), None),
        Err(_) => {
            let other = Other::guessed(bytes);
            (other.encoding.decode_without_bom_handling(bytes).0.into_owned(), Some(other))
        }
    }
}

/// A file as bytes whose line breaks and separators are those of ASCII: the mark of the byte order is taken off, and UTF-16 becomes
/// UTF-8 with a note. Beside it the encoding of what is not UTF-8, where the beginning shows it.
pub(crate) fn open_bytes<'r>(
    mut source: impl BufRead + 'r,
    path: &str,
    notes: &mut Notes,
) -> io::Result<(Box<dyn BufRead + 'r>, Option<Other>)> {
    let head = source.fill_buf()?;
    if let Some(encoding) = utf16(head) {
        notes.push(Other::stated(encoding).note(STAGE, Place::file(path)));
        let decoded = DecodeReaderBytesBuilder::new().encoding(Some(encoding)).build(source);
        return Ok((Box::new(BufReader::with_capacity(LOOK, decoded)), None));
    }
    if head.starts_with(b"\xef\xbb\xbf") {
        source.consume(3);
    }
    let head = source.fill_buf()?;
    // A multi-byte character may be cut by the end of the look-ahead; that alone is no other encoding.
    let other = match std::str::from_utf8(head) {
        Ok(_) => None,
        Err(error) if error.error_len().is_none() => None,
        Err(_) => Some(Other::guessed(head)),
    };
    Ok((Box::new(source), other))
}

/// Which UTF-16 bytes are in, by their mark, or without it by every other byte of the beginning being zero.
pub(crate) fn utf16(head: &[u8]) -> Option<&'static Encoding> {
    match Encoding::for_bom(head) {
        Some((encoding, _)) => Some(encoding).filter(|encoding| *encoding != encoding_rs::UTF_8),
        None => match head {
            [_, 0, _, 0, ..] => Some(encoding_rs::UTF_16LE),
            [0, _, 0, _, ..] => Some(encoding_rs::UTF_16BE),
            _ => None,
        },
    }
}

/// Decodes the pieces of a file, telling once per file if it is not UTF-8. Pieces are decoded one by one, so a file of mixed
/// encodings is read as well as can be: line breaks and the separators of CSV are never part of a longer character in any encoding
/// detected here.
pub(crate) struct Decoder<'p> {
    other: Option<Other>,
    told: bool,
    path: &'p str,
}

impl<'p> Decoder<'p> {
    /// A decoder of a file; `other` is the encoding of pieces that are not UTF-8, detected on the first of them if not known.
    pub(crate) fn new(other: Option<Other>, path: &'p str) -> Decoder<'p> {
        Decoder { other, told: false, path }
    }

    /// The text of a piece that begins on a line.
    pub(crate) fn decode<'b>(&mut self, bytes: &'b [u8], line: u64, notes: &mut Notes) -> Cow<'b, str> {
        if let Ok(text) = std::str::from_utf8(bytes)
            && !self.other.is_some_and(|other| other.claims(text))
        {
            return Cow::Borrowed(text);
        }
        let other = *self.other.get_or_insert_with(|| Other::guessed(bytes));
        let at = || Place::row(self.path, line);
        if !self.told {
            self.told = true;
            notes.push(other.note(STAGE, at()));
        }
        let (text, replaced) = other.encoding.decode_without_bom_handling(bytes);
        if replaced {
            notes.push(Note::new(Kind::BrokenText, STAGE, at()).with("encoding", other.encoding.name()));
        }
        Cow::Owned(text.into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::{BIG5, GB18030, GBK, WINDOWS_1252};

    /// The pieces of a file of lines, and the kinds of its notes.
    fn pieces(lines: &[&[u8]]) -> (Vec<String>, Vec<Kind>) {
        let file = lines.join(&b'\n');
        let mut notes = Notes::new();
        let (mut source, other) = open_bytes(&file[..], "a.csv", &mut notes).expect("reading memory");
        let mut rest = Vec::new();
        source.read_to_end(&mut rest).expect("reading memory");
        let mut decoder = Decoder::new(other, "a.csv");
        let found = rest
            .split(|byte| *byte == b'\n')
            .zip(1..)
            .map(|(piece, line)| decoder.decode(piece, line, &mut notes).into_owned())
            .collect();
        (found, notes.iter().map(|note| note.kind).collect())
    }

    #[test]
    fn every_common_character_of_a_gbk_file_is_read_in_it() {
        // GB2312 level 1: rows 16 to 55, the last of them with 89 characters.
        let common: Vec<Vec<u8>> = (0xb0..=0xd7_u8)
            .flat_map(|row| {
                (0xa1..=if row == 0xd7 { 0xf9 } else { 0xfe_u8 }).map(move |cell| vec![row, cell])
            })
            .collect();
        assert_eq!(common.len(), 3755);
        for length in 1..=3 {
            let mut cells: Vec<Vec<u8>> = (0..common.len())
                .map(|at| (0..length).flat_map(|next| common[(at + next) % common.len()].clone()).collect())
                .collect();
            let names = ["铜", "芯片", "计算", "硅片"];
            cells.extend(names.iter().map(|name| GBK.encode(name).0.into_owned()));
            let lines: Vec<&[u8]> = cells.iter().map(Vec::as_slice).collect();
            let (found, notes) = pieces(&lines);
            for (cell, found) in cells.iter().zip(&found) {
                assert_eq!(found, &GB18030.decode_without_bom_handling(cell).0);
            }
            assert!(found.ends_with(&names.map(str::to_owned)));
            assert_eq!(notes, [Kind::GuessedEncoding]);
        }
        // Any two common characters whose bytes are letters of UTF-8, as those of a name may be.
        let other = Some(Other { encoding: GBK, guessed: true });
        let letters: Vec<&Vec<u8>> = common.iter().filter(|c| std::str::from_utf8(c).is_ok()).collect();
        assert!(letters.len() > 600);
        for first in &letters {
            for second in letters.iter().step_by(7) {
                let cell = [first.as_slice(), second.as_slice()].concat();
                let found = Decoder::new(other, "a.csv").decode(&cell, 1, &mut Notes::new()).into_owned();
                assert_eq!(found, GBK.decode_without_bom_handling(&cell).0);
            }
        }
    }

    #[test]
    fn what_is_plainly_utf8_stays_so_in_a_file_of_another_encoding() {
        let gbk = |text: &str| GBK.encode(text).0.into_owned();
        let (row, short) = (gbk("中华人民共和国"), gbk("芯片"));
        let (found, _) = pieces(&[&row, "美国,“A”".as_bytes(), "café，2".as_bytes(), b"plain", &short]);
        assert_eq!(found, ["中华人民共和国", "美国,“A”", "café，2", "plain", "芯片"]);
        // Alone, nothing tells that it is not UTF-8.
        assert_eq!(pieces(&["é".as_bytes()]), (vec!["é".to_owned()], vec![]));
        // In an encoding of one byte a character, letters of UTF-8 are what they are.
        let mut decoder = Decoder::new(Some(Other::stated(WINDOWS_1252)), "a.csv");
        assert_eq!(decoder.decode("é".as_bytes(), 1, &mut Notes::new()), "é");
        // Bytes that are nothing in the file's encoding are UTF-8 if they can be.
        let mut decoder = Decoder::new(Some(Other::stated(BIG5)), "a.csv");
        assert_eq!(decoder.decode("é\u{80}".as_bytes(), 1, &mut Notes::new()), "é\u{80}");
    }
}
