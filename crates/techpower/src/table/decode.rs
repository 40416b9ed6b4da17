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
        Ok(true) => {
            let (text, encoding) = decode_all(&bytes);
            if let Some(encoding) = encoding {
                notes.push(Note::new(Kind::NotUtf8, STAGE, Place::file(path)).with("encoding", encoding));
            }
            Some(text)
        }
        Err(error) => {
            notes.push(Note::new(Kind::UnreadableFile, STAGE, Place::file(path)).with("why", error));
            None
        }
    }
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

/// Decodes bytes by their byte-order mark, else as UTF-8 if valid, else by detection; names the encoding if it is not UTF-8.
fn decode_all(bytes: &[u8]) -> (String, Option<&'static str>) {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        let (text, _) = encoding.decode_without_bom_handling(&bytes[length..]);
        let name = (encoding != encoding_rs::UTF_8).then(|| encoding.name());
        return (text.into_owned(), name);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), None),
        Err(_) => {
            let encoding = detect(bytes);
            (encoding.decode_without_bom_handling(bytes).0.into_owned(), Some(encoding.name()))
        }
    }
}

/// A file as bytes whose line breaks and separators are those of ASCII: the mark of the byte order is taken off, and UTF-16 becomes
/// UTF-8 with a note. Beside it the encoding in which its pieces are to be read if they are not UTF-8, where the beginning shows it.
pub(crate) fn open_bytes<'r>(
    mut source: impl BufRead + 'r,
    path: &str,
    notes: &mut Notes,
) -> io::Result<(Box<dyn BufRead + 'r>, Option<&'static Encoding>)> {
    let head = source.fill_buf()?;
    if let Some(encoding) = utf16(head) {
        notes.push(Note::new(Kind::NotUtf8, STAGE, Place::file(path)).with("encoding", encoding.name()));
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
        Err(_) => Some(detect(head)),
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
    encoding: Option<&'static Encoding>,
    told: bool,
    path: &'p str,
}

impl<'p> Decoder<'p> {
    /// A decoder of a file; `encoding` is used for pieces that are not UTF-8, and detected on the first of them if not known.
    pub(crate) fn new(encoding: Option<&'static Encoding>, path: &'p str) -> Decoder<'p> {
        Decoder { encoding, told: false, path }
    }

    /// The text of a piece that begins on a line.
    pub(crate) fn decode<'b>(&mut self, bytes: &'b [u8], line: u64, notes: &mut Notes) -> Cow<'b, str> {
        if let Ok(text) = std::str::from_utf8(bytes) {
            return Cow::Borrowed(text);
        }
        let encoding = *self.encoding.get_or_insert_with(|| detect(bytes));
        let note =
            |kind| Note::new(kind, STAGE, Place::row(self.path, line)).with("encoding", encoding.name());
        if !self.told {
            self.told = true;
            notes.push(note(Kind::NotUtf8));
        }
        let (text, replaced) = encoding.decode_without_bom_handling(bytes);
        if replaced {
            notes.push(note(Kind::BrokenText));
        }
        Cow::Owned(text.into_owned())
    }
}

/// The likeliest encoding of bytes that are not UTF-8. Where the bytes leave it open, Chinese is assumed.
fn detect(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(Some(b"cn"), Utf8Detection::Deny)
}
