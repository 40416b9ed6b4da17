//! Word files: the paragraphs of `word/document.xml`.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::{Document, LARGEST, bare};

/// The paragraphs of a Word file, a line each, and the title among its properties. Deleted and moved text is left out.
pub(super) fn document(name: &str, bytes: &[u8]) -> Result<Document, String> {
    let body = part(bytes, "word/document.xml")?.ok_or("no word/document.xml in it")?;
    let mut document = bare(name, text(&body)?);
    if let Ok(Some(core)) = part(bytes, "docProps/core.xml") {
        document.title = property(&core, "title");
    }
    Ok(document)
}

/// A part of an archive, decompressed; `None` if there is no such part.
fn part(bytes: &[u8], path: &str) -> Result<Option<Vec<u8>>, String> {
    let said = |error: rawzip::Error| error.to_string();
    let archive = rawzip::ZipArchive::from_slice(bytes).map_err(said)?;
    let mut entries = archive.entries();
    while let Some(entry) = entries.next_entry().map_err(said)? {
        if entry.file_path().as_ref() != path.as_bytes() {
            continue;
        }
        let method = entry.compression_method();
        let local = archive.get_entry(entry.wayfinder()).map_err(said)?;
        let limit = usize::try_from(LARGEST).unwrap_or(usize::MAX);
        return match method {
            rawzip::CompressionMethod::STORE => Ok(Some(local.data().to_vec())),
            rawzip::CompressionMethod::DEFLATE => {
                miniz_oxide::inflate::decompress_to_vec_with_limit(local.data(), limit)
                    .map(Some)
                    .map_err(|error| format!("{path}: {:?}", error.status))
            }
            _ => Err(format!("{path} is compressed or encrypted in another way")),
        };
    }
    Ok(None)
}

fn text(xml: &[u8]) -> Result<String, String> {
    let mut reader = Reader::from_reader(xml);
    reader.config_mut().check_end_names = false;
    let mut out = String::new();
    let (mut inside, mut skipped) = (false, 0_u64);
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Eof => return Ok(out),
            Event::Start(tag) => match tag.local_name().as_ref() {
                "t" => inside = true,
                "moveFrom" | "Fallback" => skipped += 1,
                _ => {}
            },
            Event::Empty(tag) if skipped == 0 => match tag.local_name().as_ref() {
                "tab" => out.push('\t'),
                "br" | "cr" | "p" => out.push('\n'),
                _ => {}
            },
            Event::End(tag) => match tag.local_name().as_ref() {
                "t" => inside = false,
                "p" if skipped == 0 => out.push('\n'),
                "moveFrom" | "Fallback" => skipped = skipped.saturating_sub(1),
                _ => {}
            },
            event if inside && skipped == 0 => push(event, &mut out),
            _ => {}
        }
        if out.len() as u64 > LARGEST {
            return Err("too much text".to_owned());
        }
    }
}

/// Adds the characters of an event.
fn push(event: Event<'_>, out: &mut String) {
    match event {
        Event::Text(text) => out.push_str(&text),
        Event::CData(text) => out.push_str(&text),
        Event::GeneralRef(reference) => match reference.resolve_char_ref() {
            Ok(Some(character)) => out.push(character),
            _ => out.push_str(match reference.as_ref() {
                "amp" => "&",
                "lt" => "<",
                "gt" => ">",
                "quot" => "\"",
                "apos" => "'",
                _ => "\u{fffd}",
            }),
        },
        _ => {}
    }
}

/// The text of the first element of a name.
fn property(xml: &[u8], name: &str) -> String {
    let mut reader = Reader::from_reader(xml);
    let (mut inside, mut out) = (false, String::new());
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) if tag.local_name().as_ref() == name => inside = true,
            Ok(Event::End(tag)) if tag.local_name().as_ref() == name => return out,
            Ok(Event::Eof) | Err(_) => return out,
            Ok(event) if inside => push(event, &mut out),
            Ok(_) => {}
        }
    }
}
