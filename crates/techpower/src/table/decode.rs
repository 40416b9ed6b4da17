//! Texts in whatever encoding.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::Encoding;

use super::{Files, STAGE};
use crate::diag::{Kind, Note, Notes, Place};

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

/// The likeliest encoding of bytes that are not UTF-8. Where the bytes leave it open, Chinese is assumed.
pub(super) fn detect(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(Some(b"cn"), Utf8Detection::Deny)
}
