//! Projects for other software of qualitative data analysis, as REFI-QDA Standard 1.5 (Rotterdam Exchange Format Initiative, 2019) defines them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;

/// A code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// Id; the GUID of the code rests on it, so that a later export names the same code.
    pub id: String,
    /// Name.
    pub name: String,
    /// Position of the code above it; `None` at the top.
    pub parent: Option<usize>,
    /// What it means; empty if nothing is said.
    pub description: String,
    /// Colour as `#rrggbb`; one by its place if it is none.
    pub color: String,
}

/// A coded text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Name.
    pub name: String,
    /// Text.
    pub text: String,
    /// Its coded passages.
    pub selections: Vec<Selection>,
}

/// A coded passage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// First Unicode code point in the text as given, from 0.
    pub start: usize,
    /// One past the last code point.
    pub end: usize,
    /// Positions of its codes.
    pub codes: Vec<usize>,
    /// Name.
    pub name: String,
    /// A note; empty if there is none.
    pub note: String,
}

/// A REFI-QDA project (`.qdpx`): an archive of `project.qde` and the texts. The same project gives the same bytes.
///
/// Texts are written as UTF-8 with line feeds and without a byte-order mark. Positions count the Unicode code points of what is written (section 9.2 of the
/// standard), so they are counted anew where the text as given has other line breaks. Empty passages and codes that do not exist are left out; a code whose
/// parents form a circle stands at the top.
///
/// ```
/// use techpower::text::qdpx::{Source, project};
/// let source = Source { name: "a".to_owned(), text: "芯片".to_owned(), selections: Vec::new() };
/// let bytes = project("study", "0.1.0", &[], &[source]);
/// assert!(bytes.starts_with(b"PK"));
/// ```
#[must_use]
pub fn project(name: &str, origin_version: &str, codes: &[Code], sources: &[Source]) -> Vec<u8> {
    let user = guid(&["user", "techpower"]);
    let mut seen: BTreeMap<&str, u64> = BTreeMap::new();
    let guids: Vec<String> = codes
        .iter()
        .map(|code| {
            // Codes that share an id are told apart by their order.
            let count = seen.entry(&code.id).or_insert(0);
            *count += 1;
            guid(&["code", &code.id, &count.to_string()])
        })
        .collect();
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    let _ = writeln!(
        xml,
        "<Project xmlns=\"urn:QDA-XML:project:1.0\" name=\"{}\" origin=\"techpower {}\" creatingUserGUID=\"{user}\">",
        escaped(name),
        escaped(origin_version)
    );
    let _ = writeln!(xml, "<Users><User guid=\"{user}\" name=\"techpower\"/></Users>");
    write_codes(&mut xml, codes, &guids);
    let (mut files, mut notes) = (Vec::new(), String::new());
    if !sources.is_empty() {
        xml.push_str("<Sources>\n");
    }
    for (at, source) in sources.iter().enumerate() {
        let own = guid(&["source", &at.to_string(), &source.name, &source.text]);
        let (text, moved) = with_line_feeds(&source.text);
        let _ = writeln!(
            xml,
            "<TextSource guid=\"{own}\" name=\"{}\" plainTextPath=\"internal://{own}.txt\" creatingUser=\"{user}\">",
            escaped(&source.name)
        );
        for (number, selection) in source.selections.iter().enumerate() {
            let place = |at: usize| moved[at.min(moved.len() - 1)];
            let (start, end) = (place(selection.start), place(selection.end));
            if start < end {
                let key = [own.as_str(), &number.to_string()].concat();
                write_selection(&mut xml, &mut notes, selection, (start, end), &key, &guids, &user);
            }
        }
        xml.push_str("</TextSource>\n");
        files.push((format!("sources/{own}.txt"), text.into_bytes()));
    }
    if !sources.is_empty() {
        xml.push_str("</Sources>\n");
    }
    if !notes.is_empty() {
        let _ = writeln!(xml, "<Notes>\n{notes}</Notes>");
    }
    xml.push_str("</Project>\n");
    files.insert(0, ("project.qde".to_owned(), xml.into_bytes()));
    archive(&files)
}

/// The tree of codes, walked with a stack of its own so that any depth is written.
fn write_codes(xml: &mut String, codes: &[Code], guids: &[String]) {
    if codes.is_empty() {
        return;
    }
    let mut below: Vec<Vec<usize>> = vec![Vec::new(); codes.len()];
    let mut top = Vec::new();
    for at in 0..codes.len() {
        match parent(codes, at) {
            Some(parent) => below[parent].push(at),
            None => top.push(at),
        }
    }
    xml.push_str("<CodeBook><Codes>\n");
    let mut stack: Vec<(usize, bool)> = top.iter().rev().map(|at| (*at, true)).collect();
    while let Some((at, opens)) = stack.pop() {
        if !opens {
            xml.push_str("</Code>\n");
            continue;
        }
        let code = &codes[at];
        let _ = writeln!(
            xml,
            "<Code guid=\"{}\" name=\"{}\" isCodable=\"true\" color=\"{}\">",
            guids[at],
            escaped(&code.name),
            color(&code.color, at)
        );
        if !code.description.is_empty() {
            let _ = writeln!(xml, "<Description>{}</Description>", escaped(&code.description));
        }
        stack.push((at, false));
        stack.extend(below[at].iter().rev().map(|at| (*at, true)));
    }
    xml.push_str("</Codes></CodeBook>\n");
}

/// The code above one, if it exists and the way up does not lead back.
fn parent(codes: &[Code], at: usize) -> Option<usize> {
    let first = codes[at].parent.filter(|parent| *parent < codes.len())?;
    let mut above = Some(first);
    for _ in 0..codes.len() {
        match above {
            Some(code) if code == at => return None,
            Some(code) => above = codes[code].parent.filter(|parent| *parent < codes.len()),
            None => break,
        }
    }
    Some(first)
}

fn color(stated: &str, at: usize) -> String {
    const PALETTE: [&str; 8] =
        ["#4e79a7", "#f28e2b", "#59a14f", "#e15759", "#76b7b2", "#edc948", "#b07aa1", "#9c755f"];
    let digits = stated.strip_prefix('#').unwrap_or_default();
    let good = matches!(digits.len(), 3 | 6) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if good { stated.to_owned() } else { PALETTE[at % PALETTE.len()].to_owned() }
}

fn write_selection(
    xml: &mut String,
    notes: &mut String,
    selection: &Selection,
    (start, end): (usize, usize),
    key: &str,
    guids: &[String],
    user: &str,
) {
    let own = guid(&["selection", key]);
    let _ = writeln!(
        xml,
        "<PlainTextSelection guid=\"{own}\" name=\"{}\" startPosition=\"{start}\" endPosition=\"{end}\" creatingUser=\"{user}\">",
        escaped(&selection.name)
    );
    for code in selection.codes.iter().filter(|code| **code < guids.len()) {
        let coding = guid(&["coding", key, &guids[*code]]);
        let _ = writeln!(
            xml,
            "<Coding guid=\"{coding}\" creatingUser=\"{user}\"><CodeRef targetGUID=\"{}\"/></Coding>",
            guids[*code]
        );
    }
    if !selection.note.is_empty() {
        let note = guid(&["note", key]);
        let _ = writeln!(xml, "<NoteRef targetGUID=\"{note}\"/>");
        let _ = writeln!(
            notes,
            "<Note guid=\"{note}\" name=\"{}\" creatingUser=\"{user}\"><PlainTextContent>{}</PlainTextContent></Note>",
            escaped(&selection.name),
            escaped(&selection.note)
        );
    }
    xml.push_str("</PlainTextSelection>\n");
}

/// A text with line feeds and without a byte-order mark, and for every code point of the given one, and its end, its place in it.
fn with_line_feeds(given: &str) -> (String, Vec<usize>) {
    let (mut text, mut moved, mut at) = (String::with_capacity(given.len()), Vec::new(), 0);
    let mut characters = given.chars().enumerate().peekable();
    while let Some((number, character)) = characters.next() {
        moved.push(at);
        let dropped = (number == 0 && character == '\u{feff}')
            || (character == '\r' && characters.peek().is_some_and(|(_, next)| *next == '\n'));
        if !dropped {
            text.push(if character == '\r' { '\n' } else { character });
            at += 1;
        }
    }
    moved.push(at);
    (text, moved)
}

/// A GUID made of a hash, with the marks of version 8 (RFC 9562, section 5.8).
fn guid(parts: &[&str]) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// A text within XML 1.0; characters that it cannot hold are left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => {
                let _ = write!(out, "&#{};", u32::from(character));
            }
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            _ => out.push(character),
        }
    }
    out
}

/// An archive of files, compressed, without times.
fn archive(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    const LEVEL: u8 = 6;
    let mut writer = rawzip::ZipArchiveWriter::new(Vec::new());
    for (path, bytes) in files {
        let file = writer.new_file(path.as_str()).compression_method(rawzip::CompressionMethod::DEFLATE);
        let (mut entry, _) = file.start().expect("writing to memory");
        entry.write_all(&miniz_oxide::deflate::compress_to_vec(bytes, LEVEL)).expect("writing to memory");
        let sizes = rawzip::DataDescriptorOutput::new(rawzip::crc32(bytes), bytes.len() as u64);
        entry.finish(sizes).expect("writing to memory");
    }
    writer.finish().expect("writing to memory")
}
