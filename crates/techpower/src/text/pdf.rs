//! PDF: the text of its pages.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use lopdf::content::Content;
use lopdf::{Dictionary, Encoding, LoadOptions, Object, decode_text_string};

use super::{Document, LARGEST, STAGE, bare};
use crate::diag::{Kind, Note, Notes, Place};

/// The text of a PDF, pages one after the other with a line break between, and the title among its properties.
pub(super) fn document(name: &str, bytes: &[u8], notes: &mut Notes) -> Result<Document, String> {
    // Files of others reach corners of the parser that its own tests do not. A panic there is one bad document and must not end the program.
    let read = catch_unwind(AssertUnwindSafe(|| pages(bytes)));
    let (title, text) = read.unwrap_or_else(|_| Err("its structure is not understood".to_owned()))?;
    let gaps = text.matches('\u{fffd}').count();
    if gaps > 0 {
        notes.push(Note::new(Kind::DocumentGaps, STAGE, Place::file(name)).with("count", gaps));
    }
    Ok(Document { title, ..bare(name, text) })
}

fn pages(bytes: &[u8]) -> Result<(String, String), String> {
    let limit = usize::try_from(LARGEST).unwrap_or(usize::MAX);
    let said = |error: lopdf::Error| error.to_string();
    let pdf = lopdf::Document::load_mem_with_options(bytes, LoadOptions::with_max_decompressed_size(limit))
        .map_err(said)?;
    if pdf.is_encrypted() && !pdf.was_encrypted() {
        return Err("it is encrypted".to_owned());
    }
    let info = pdf.trailer.get_deref(b"Info", &pdf).and_then(Object::as_dict);
    let title = info.and_then(|info| info.get_deref(b"Title", &pdf)).and_then(decode_text_string);
    let (mut text, mut left) = (String::new(), limit);
    for page in pdf.get_pages().into_values() {
        let content = pdf.get_page_content_with_limit(page, left).map_err(said)?;
        // All pages together may not hold more than one: many pages can share one stream.
        left -= content.len().min(left);
        let Ok(content) = Content::decode(&content) else {
            text.push('\u{fffd}');
            continue;
        };
        let plain: BTreeMap<Vec<u8>, Dictionary> = pdf
            .get_page_fonts(page)
            .unwrap_or_default()
            .into_iter()
            .map(|(name, font)| (name, preferred(font)))
            .collect();
        let fonts: BTreeMap<&[u8], Encoding<'_>> = plain
            .iter()
            .filter_map(|(name, font)| {
                Some((&name[..], font.get_font_encoding_with_limit(&pdf, limit).ok()?))
            })
            .collect();
        let mut line =
            Line { text: &mut text, fonts: &fonts, font: None, size: 1.0, at: (0.0, 0.0), shown: 0 };
        for operation in &content.operations {
            line.follow(&operation.operator, &operation.operands);
        }
        line.new_line();
        if text.len() > limit {
            return Err("too much text".to_owned());
        }
    }
    Ok((title.unwrap_or_default(), text))
}

/// A font whose map to Unicode, if it has one, goes before its encoding: subsets of fonts often have encodings of their own making.
fn preferred(font: &Dictionary) -> Dictionary {
    let mut font = font.clone();
    if font.has(b"ToUnicode") {
        font.remove(b"Encoding");
    }
    font
}

/// The text so far and where the pen is: PDF places pieces of text, and lines and blanks must be told from the places (ISO 32000-1, section 9.4).
struct Line<'p> {
    text: &'p mut String,
    fonts: &'p BTreeMap<&'p [u8], Encoding<'p>>,
    font: Option<&'p Encoding<'p>>,
    size: f32,
    at: (f32, f32),
    shown: usize,
}

impl Line<'_> {
    fn follow(&mut self, operator: &str, operands: &[Object]) {
        let number = |at: usize| operands.get(at).and_then(|operand| operand.as_float().ok()).unwrap_or(0.0);
        match operator {
            "Tf" => {
                self.font = operands.first().and_then(|name| self.fonts.get(name.as_name().ok()?));
                self.size = number(1).abs();
            }
            "Td" | "TD" => self.step(number(0), number(1)),
            "Tm" => {
                let scale = number(3).abs().max(number(1).abs()).max(f32::MIN_POSITIVE);
                let to = (number(4) / scale, number(5) / scale);
                self.step(to.0 - self.at.0, to.1 - self.at.1);
                self.at = to;
            }
            "T*" => self.new_line(),
            "BT" => self.at = (f32::NAN, f32::NAN),
            "Tj" => self.show(operands.first()),
            "'" => {
                self.new_line();
                self.show(operands.first());
            }
            "\"" => {
                self.new_line();
                self.show(operands.get(2));
            }
            "TJ" => {
                for piece in operands.first().and_then(|pieces| pieces.as_array().ok()).into_iter().flatten()
                {
                    match piece.as_float() {
                        // Thousandths of the size; a blank of most fonts is a quarter.
                        Ok(back) if back < -200.0 => self.blank(),
                        Ok(_) => {}
                        Err(_) => self.show(Some(piece)),
                    }
                }
            }
            _ => {}
        }
    }

    /// Moves the beginning of the line. A move of less than half a line up or down stays on it, as for a raised number.
    fn step(&mut self, right: f32, up: f32) {
        if up.is_nan() || up.abs() > self.size / 2.0 {
            self.new_line();
        } else if right < 0.0 || self.shown != 1 || right > self.size {
            self.blank();
        }
        self.at = (self.at.0 + right, self.at.1 + up);
        self.shown = 0;
    }

    fn new_line(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    /// A blank between words; scripts from U+2E80 on are written without.
    fn blank(&mut self) {
        if self.text.chars().next_back().is_some_and(|last| !last.is_whitespace() && last < '\u{2e80}') {
            self.text.push(' ');
        }
    }

    fn show(&mut self, piece: Option<&Object>) {
        let Some(bytes) = piece.and_then(|piece| piece.as_str().ok()) else { return };
        let piece = match self.font {
            Some(Encoding::SimpleEncoding(name)) if chinese(name).is_some() => {
                let encoding = chinese(name).unwrap_or(encoding_rs::UTF_16BE);
                encoding.decode_without_bom_handling(bytes).0.into_owned()
            }
            Some(font) => font.bytes_to_string(bytes).unwrap_or_else(|_| "\u{fffd}".to_owned()),
            None => "\u{fffd}".to_owned(),
        };
        self.shown += piece.chars().count();
        self.text.push_str(&piece);
    }
}

/// The encoding of strings in a predefined character map of East Asian fonts (ISO 32000-1, table 118).
fn chinese(map: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let name = std::str::from_utf8(map).ok()?;
    let begins = |starts: &[&str]| starts.iter().any(|start| name.starts_with(start));
    Some(match name {
        _ if begins(&["UniGB-U", "UniCNS-U", "UniJIS-U", "UniKS-U"]) => encoding_rs::UTF_16BE,
        _ if begins(&["GBK", "GB-EUC", "GBpc-EUC"]) => encoding_rs::GB18030,
        _ if begins(&["B5pc", "ETen-B5", "HKscs-B5"]) => encoding_rs::BIG5,
        _ if begins(&["90ms-RKSJ", "90msp-RKSJ", "83pv-RKSJ"]) => encoding_rs::SHIFT_JIS,
        _ if begins(&["KSC-EUC", "KSCms-UHC"]) => encoding_rs::EUC_KR,
        _ => return None,
    })
}
