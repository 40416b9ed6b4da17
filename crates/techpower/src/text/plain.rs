//! Plain text and Markdown.

use super::{Document, bare, day, language};
use crate::diag::{Kind, Note, Notes, Place};
use crate::table::{Decoder, Other, utf16};

/// A plain text.
pub(super) fn text(name: &str, bytes: &[u8], notes: &mut Notes) -> Document {
    bare(name, decode(name, bytes, None, notes))
}

/// A Markdown text. Front matter between lines of `---` gives `id`, `title`, `date`, `lang` and `source` and is not part of the text; the title is
/// else the first heading of the first level.
pub(super) fn markdown(name: &str, bytes: &[u8], notes: &mut Notes) -> Document {
    let mut document = bare(name, decode(name, bytes, None, notes));
    if let Some((matter, length)) = front_matter(&document.text) {
        let matter = matter.to_owned();
        document.text.drain(..length);
        for (line, number) in matter.lines().zip(2..) {
            let Some((key, value)) = line.split_once(':') else { continue };
            let value = value.trim().trim_matches(['"', '\'']);
            let at = || Place::row(name, number);
            match key.trim() {
                "id" if !value.is_empty() => value.clone_into(&mut document.id),
                "title" => value.clone_into(&mut document.title),
                "source" => value.clone_into(&mut document.source),
                "date" => document.date = day(value, at, notes),
                "lang" => document.lang = language(value, at, notes),
                _ => {}
            }
        }
    }
    if document.title.is_empty() {
        document.title = heading(&document.text).unwrap_or_default().to_owned();
    }
    document
}

/// The first heading of the first level outside code.
fn heading(text: &str) -> Option<&str> {
    let mut code = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            code = !code;
        } else if !code && let Some(title) = line.strip_prefix("# ") {
            return Some(title.trim());
        }
    }
    None
}

/// The lines of front matter, and how many bytes it takes with its delimiters.
fn front_matter(text: &str) -> Option<(&str, usize)> {
    let first = text.split_inclusive('\n').next()?;
    if first.trim_end() != "---" {
        return None;
    }
    let mut at = first.len();
    for line in text[at..].split_inclusive('\n') {
        if line.trim_end() == "---" {
            return Some((&text[first.len()..at], at + line.len()));
        }
        at += line.len();
    }
    None
}

/// A whole file as text: by the mark of its byte order, as UTF-8, as declared, else as detected.
pub(super) fn decode(
    name: &str,
    bytes: &[u8],
    declared: Option<&'static encoding_rs::Encoding>,
    notes: &mut Notes,
) -> String {
    let (bytes, marked) = match encoding_rs::Encoding::for_bom(bytes) {
        Some((_, length)) => (&bytes[length..], utf16(bytes)),
        None => (bytes, utf16(bytes)),
    };
    match marked {
        Some(encoding) => {
            notes.push(Other::stated(encoding).note(super::STAGE, Place::file(name)));
            let (text, replaced) = encoding.decode_without_bom_handling(bytes);
            if replaced {
                let note = Note::new(Kind::BrokenText, super::STAGE, Place::file(name));
                notes.push(note.with("encoding", encoding.name()));
            }
            text.into_owned()
        }
        None => Decoder::new(declared.map(Other::stated), name).decode(bytes, 1, notes).into_owned(),
    }
}
