//! Documents in: files of many formats become texts with their dates and languages. QDA projects and Markdown as HTML out.

mod html;
pub mod markdown;
mod pdf;
mod plain;
pub mod qdpx;
mod records;
mod word;

use std::io::{BufRead, Read};

use crate::diag::{Kind, Lang, Note, Notes, Place};
use crate::table::When;

const STAGE: &str = "text";
/// Most bytes of a PDF, of a Word or HTML file, and of what a compressed part of them holds.
const LARGEST: u64 = 64 << 20;
/// Most bytes of a plain text and of one record of a table.
const LARGEST_TEXT: u64 = 256 << 20;

/// Text made safe for HTML, in content and in quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// A text to be coded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Id, unique within its file: as stated, else the name of the file without its ending, with `#` and the row if it holds several.
    pub id: String,
    /// Language, if stated and one of the two that are known.
    pub lang: Option<Lang>,
    /// When it was issued, if stated. When a file was made says nothing of that.
    pub date: Option<When>,
    /// Title; empty if unknown.
    pub title: String,
    /// The text as stored, nothing trimmed, without a byte-order mark. Offsets of codings count its Unicode code points.
    pub text: String,
    /// Where it comes from; empty if unknown.
    pub source: String,
    /// The file it was read from.
    pub file: String,
    /// Line of the file on which it begins, from 1; in a JSON array the line on which it ends.
    pub row: u64,
}

impl Document {
    /// The first 16 hexadecimal digits of the BLAKE3 hash of title, a separator (U+001F) and text: tells whether a coding was made on this very text.
    #[must_use]
    pub fn hash(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.title.as_bytes()).update(&[0x1f]).update(self.text.as_bytes());
        hasher.finalize().to_hex()[..16].to_owned()
    }
}

/// A format of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Plain text: one document.
    Text,
    /// Markdown: one document, front matter told apart.
    Markdown,
    /// HTML: the main text of one page.
    Html,
    /// One JSON object a line.
    JsonLines,
    /// An array of JSON objects.
    Json,
    /// A table with a header; commas, semicolons or tabs.
    Csv,
    /// PDF: the text of one document.
    Pdf,
    /// Word (Office Open XML): the paragraphs of one document.
    Docx,
}

impl Format {
    /// All formats.
    pub const ALL: [Format; 8] = [
        Format::Text,
        Format::Markdown,
        Format::Html,
        Format::JsonLines,
        Format::Json,
        Format::Csv,
        Format::Pdf,
        Format::Docx,
    ];

    /// The endings of files of the format.
    #[must_use]
    pub fn extensions(self) -> &'static [&'static str] {
        match self {
            Format::Text => &["txt", "text"],
            Format::Markdown => &["md", "markdown"],
            Format::Html => &["html", "htm", "xhtml"],
            Format::JsonLines => &["jsonl", "ndjson"],
            Format::Json => &["json"],
            Format::Csv => &["csv", "tsv"],
            Format::Pdf => &["pdf"],
            Format::Docx => &["docx"],
        }
    }

    /// The format that the name of a file tells; `None` if it tells none.
    ///
    /// ```
    /// use techpower::text::Format;
    /// assert_eq!(Format::of("corpus/News.JSONL"), Some(Format::JsonLines));
    /// assert_eq!(Format::of("scan.tiff"), None);
    /// ```
    #[must_use]
    pub fn of(name: &str) -> Option<Format> {
        let extension = name.rsplit_once('.')?.1.to_ascii_lowercase();
        Format::ALL.into_iter().find(|format| format.extensions().contains(&extension.as_str()))
    }

    fn name(self) -> &'static str {
        match self {
            Format::Text => "text",
            Format::Markdown => "Markdown",
            Format::Html => "HTML",
            Format::JsonLines => "JSON lines",
            Format::Json => "JSON",
            Format::Csv => "CSV",
            Format::Pdf => "PDF",
            Format::Docx => "Word",
        }
    }
}

/// How documents are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The format; `None` goes by the name of the file.
    pub format: Option<Format>,
    /// The column or key that holds the text.
    pub text_column: String,
}

impl Options {
    /// By the name of the file, the text in `text`.
    #[must_use]
    pub fn by_name() -> Options {
        Options { format: None, text_column: "text".to_owned() }
    }
}

/// Reads the documents of a file and hands them on one by one. Tables and JSON lines are read record by record, so a file may be larger
/// than memory. A document that cannot be read is a note, and the rest go on.
///
/// ```
/// use techpower::{diag::Notes, text::{Options, read}};
/// let file = "{\"id\":\"a\",\"date\":\"2024-05\",\"text\":\"Chips are controlled.\"}\n{\"id\":\"b\"\n";
/// let (mut found, mut notes) = (Vec::new(), Notes::new());
/// read("news.jsonl", &mut file.as_bytes(), &Options::by_name(), &mut |document| found.push(document), &mut notes);
/// assert_eq!(found[0].text, "Chips are controlled.");
/// // The second line is only half there.
/// assert_eq!((found.len(), notes.count()), (1, 1));
/// ```
pub fn read(
    name: &str,
    input: &mut dyn BufRead,
    options: &Options,
    each: &mut dyn FnMut(Document),
    notes: &mut Notes,
) {
    let Some(format) = options.format.or_else(|| Format::of(name)) else {
        let formats: Vec<&str> = Format::ALL.iter().flat_map(|format| format.extensions()).copied().collect();
        notes.push(Note::new(Kind::DocumentFormat, STAGE, Place::file(name)).list("formats", formats));
        return;
    };
    let result = match format {
        Format::JsonLines => records::lines(name, input, options, each, notes),
        Format::Json => records::array(name, input, options, each, notes),
        Format::Csv => records::table(name, input, options, each, notes),
        _ => single(name, format, input, each, notes),
    };
    if let Err(error) = result {
        notes.push(Note::new(Kind::UnreadableFile, STAGE, Place::file(name)).because(error));
    }
}

/// Reads a file that is one document.
fn single(
    name: &str,
    format: Format,
    input: &mut dyn BufRead,
    each: &mut dyn FnMut(Document),
    notes: &mut Notes,
) -> std::io::Result<()> {
    let limit = if matches!(format, Format::Text | Format::Markdown) { LARGEST_TEXT } else { LARGEST };
    let mut bytes = Vec::new();
    input.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        notes.push(too_large(Place::file(name), limit));
        return Ok(());
    }
    let document = match format {
        Format::Markdown => Ok(plain::markdown(name, &bytes, notes)),
        Format::Html => Ok(html::page(name, &bytes, notes)),
        Format::Pdf => pdf::document(name, &bytes, notes),
        Format::Docx => word::document(name, &bytes),
        _ => Ok(plain::text(name, &bytes, notes)),
    };
    match document {
        Ok(document) if document.text.trim().is_empty() => {
            notes.push(Note::new(Kind::DocumentEmpty, STAGE, Place::file(name)));
        }
        Ok(document) => each(document),
        Err(why) => notes.push(broken(Place::file(name), format, &why)),
    }
    Ok(())
}

fn too_large(at: Place, limit: u64) -> Note {
    Note::new(Kind::DocumentTooLarge, STAGE, at).with("limit", limit >> 20)
}

fn broken(at: Place, format: Format, why: &dyn std::fmt::Display) -> Note {
    Note::new(Kind::DocumentBroken, STAGE, at).with("format", format.name()).with("why", why)
}

/// A document of which nothing but its file and text are known.
fn bare(name: &str, text: String) -> Document {
    Document {
        id: stem(name).to_owned(),
        lang: None,
        date: None,
        title: String::new(),
        text,
        source: String::new(),
        file: name.to_owned(),
        row: 1,
    }
}

/// The name of a file without its folders and ending.
fn stem(name: &str) -> &str {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    match last.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => last,
    }
}

/// The language a tag such as `zh-CN` names, with a note if it is another than the two known.
fn language(tag: &str, at: impl FnOnce() -> Place, notes: &mut Notes) -> Option<Lang> {
    let tag = tag.trim().to_lowercase();
    match tag.split(['-', '_']).next().unwrap_or_default() {
        "en" | "eng" | "english" => Some(Lang::En),
        "zh" | "zho" | "chi" | "cmn" | "chinese" => Some(Lang::Zh),
        "" => None,
        _ => {
            notes.push(Note::new(Kind::DocumentLanguage, STAGE, at()).with("lang", tag));
            None
        }
    }
}

/// The day, month or year at the beginning of a date, which may have a time after it; a note if there is none.
fn day(text: &str, at: impl FnOnce() -> Place, notes: &mut Notes) -> Option<When> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let date = text.split(['T', ' ']).next().unwrap_or(text);
    match date.parse() {
        Ok(when) => Some(when),
        Err(_) => {
            notes.push(Note::new(Kind::BadDate, STAGE, at()).with("text", text));
            None
        }
    }
}
