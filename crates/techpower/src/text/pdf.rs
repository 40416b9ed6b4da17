//! PDF: the text of its pages.

use std::panic::{AssertUnwindSafe, catch_unwind};

use lopdf::{DecompressError, Error, LoadOptions, decode_text_string};

use super::{Document, LARGEST, STAGE, bare};
use crate::diag::{Kind, Note, Notes, Place};

/// The text of a PDF, pages one after the other with a line break between, and the title among its properties.
pub(super) fn document(name: &str, bytes: Vec<u8>, notes: &mut Notes) -> Result<Document, String> {
    // Files of others reach corners of the parser that its own tests do not. A panic there is one bad document and must not end the program.
    let read = catch_unwind(AssertUnwindSafe(|| pages(&bytes)));
    let (title, text) = read.unwrap_or_else(|_| Err("its structure is not understood".to_owned()))?;
    let gaps = text.matches('\u{fffd}').count();
    if gaps > 0 {
        notes.push(Note::new(Kind::DocumentGaps, STAGE, Place::file(name)).with("count", gaps));
    }
    Ok(Document { title, ..bare(name, text) })
}

fn pages(bytes: &[u8]) -> Result<(String, String), String> {
    let limit = usize::try_from(LARGEST).unwrap_or(usize::MAX);
    let pdf = lopdf::Document::load_mem_with_options(bytes, LoadOptions::with_max_decompressed_size(limit))
        .map_err(|error| error.to_string())?;
    if pdf.is_encrypted() && !pdf.was_encrypted() {
        return Err("it is encrypted".to_owned());
    }
    let info = pdf.trailer.get_deref(b"Info", &pdf).and_then(lopdf::Object::as_dict);
    let title = info.and_then(|info| info.get_deref(b"Title", &pdf)).and_then(decode_text_string);
    let mut text = String::new();
    for page in pdf.get_pages().into_keys() {
        for piece in pdf.extract_text_chunks_with_limit(&[page], limit) {
            match piece {
                Ok(piece) => text.push_str(&piece),
                Err(error @ Error::Decompress(DecompressError::MemoryLimitExceeded { .. })) => {
                    return Err(error.to_string());
                }
                // A piece in a font that is not understood; the others are read.
                Err(_) => text.push('\u{fffd}'),
            }
        }
        if !text.ends_with('\n') {
            text.push('\n');
        }
        if text.len() > limit {
            return Err("too much text".to_owned());
        }
    }
    Ok((title.unwrap_or_default(), text))
}
