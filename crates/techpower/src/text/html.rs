//! HTML: the main text of a page, its title, date and language.
//!
//! What is no text of the page (navigation, scripts, footers) is told by its element. Of the rest, blocks that consist of links for the most
//! part are left out: link density is the strongest single feature in Kohlschütter, Fankhauser and Nejdl, "Boilerplate Detection using
//! Shallow Text Features", WSDM 2010.

use std::collections::BTreeMap;

use html5gum::{DefaultEmitter, Token, Tokenizer};

use super::{Document, bare, day, language, plain};
use crate::diag::{Notes, Place};

/// Elements that hold no text of the page.
const APART: &[&str] = &[
    "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "select", "button",
    "textarea", "nav", "aside", "footer", "title",
];
/// Elements that have no end tag.
const VOID: &[&str] =
    &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];
/// Elements that stand within a line.
const INLINE: &[&str] = &[
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd",
    "mark", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "tt", "u",
    "var", "wbr", "img",
];
/// Names of metadata that hold the day of publication.
const DATES: &[&str] = &[
    "article:published_time",
    "datepublished",
    "date",
    "pubdate",
    "publishdate",
    "publish_date",
    "dc.date",
    "dc.date.issued",
    "dcterms.date",
    "dcterms.issued",
    "citation_publication_date",
];

/// The main text of a page.
pub(super) fn page(name: &str, bytes: &[u8], notes: &mut Notes) -> Document {
    let text = plain::decode(name, bytes, charset(bytes), notes);
    let mut walk = Walk::default();
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    for token in Tokenizer::new_with_emitter(&text, emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                let attributes =
                    tag.attributes.iter().map(|(key, value)| (lossy(key), lossy(value))).collect();
                walk.open(&lossy(&tag.name), &attributes, tag.self_closing);
            }
            Token::EndTag(tag) => walk.close(&lossy(&tag.name)),
            Token::String(text) => walk.text(&lossy(&text)),
            _ => {}
        }
    }
    walk.flush();
    let mut document = bare(name, walk.main());
    let at = || Place::file(name);
    document.title = [&walk.stated_title, &walk.heading, &walk.title]
        .into_iter()
        .map(|title| squeezed(title))
        .find(|title| !title.is_empty())
        .unwrap_or_default();
    document.date = day(&walk.date.replace('/', "-"), at, notes);
    document.lang = language(&walk.lang, at, notes);
    document.source = walk.source;
    document
}

/// The encoding that a page declares in its first bytes.
fn charset(bytes: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]).to_ascii_lowercase();
    let label = head.split_once("charset=")?.1.trim_start_matches(['"', '\'', ' ']);
    let end = label.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').unwrap_or(label.len());
    encoding_rs::Encoding::for_label(&label.as_bytes()[..end]).filter(|found| *found != encoding_rs::UTF_8)
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A text with every run of blanks as one.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[derive(Default)]
struct Element {
    name: String,
    apart: bool,
    main: bool,
}

#[derive(Default)]
struct Block {
    text: String,
    linked: usize,
    heading: bool,
    main: bool,
}

/// What is known at a point of the page. Depths are counted, so that any nesting is walked in a straight line.
#[derive(Default)]
struct Walk {
    open: Vec<Element>,
    count: BTreeMap<String, u64>,
    apart: u64,
    main: u64,
    block: Block,
    blocks: Vec<Block>,
    title: String,
    stated_title: String,
    heading: String,
    headed: bool,
    date: String,
    lang: String,
    source: String,
}

impl Walk {
    fn is_open(&self, name: &str) -> bool {
        self.count.get(name).is_some_and(|count| *count > 0)
    }

    fn open(&mut self, name: &str, attributes: &BTreeMap<String, String>, closed: bool) {
        let get = |key: &str| attributes.get(key).map_or("", String::as_str);
        match name {
            "html" => get("lang").clone_into(&mut self.lang),
            "meta" => self.meta(get, attributes),
            "link" if get("rel") == "canonical" => get("href").clone_into(&mut self.source),
            "time" if self.date.is_empty() => get("datetime").clone_into(&mut self.date),
            "br" => self.block.text.push('\n'),
            _ => {}
        }
        if !INLINE.contains(&name) && name != "br" {
            self.flush();
        }
        if closed || VOID.contains(&name) {
            return;
        }
        let header = name == "header" && self.main == 0;
        let role = ["navigation", "banner", "contentinfo", "complementary", "search"].contains(&get("role"));
        let hidden = attributes.contains_key("hidden") || get("aria-hidden") == "true";
        let element = Element {
            name: name.to_owned(),
            apart: APART.contains(&name) || header || role || hidden,
            main: matches!(name, "main" | "article")
                || get("role") == "main"
                || get("itemprop") == "articleBody",
        };
        self.apart += u64::from(element.apart);
        self.main += u64::from(element.main);
        *self.count.entry(element.name.clone()).or_insert(0) += 1;
        self.open.push(element);
    }

    fn meta<'a>(&mut self, get: impl Fn(&str) -> &'a str, attributes: &BTreeMap<String, String>) {
        let key = ["property", "name", "itemprop"].into_iter().find_map(|key| attributes.get(key));
        let key = key.map(|key| key.to_lowercase()).unwrap_or_default();
        let content = get("content");
        match key.as_str() {
            "og:title" | "articletitle" if self.stated_title.is_empty() => {
                content.clone_into(&mut self.stated_title)
            }
            "og:url" if self.source.is_empty() => content.clone_into(&mut self.source),
            key if DATES.contains(&key) && self.date.is_empty() => content.clone_into(&mut self.date),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        if !INLINE.contains(&name) {
            self.flush();
        }
        // An end tag without its beginning ends nothing; the count saves the search.
        if !self.is_open(name) {
            return;
        }
        self.headed |= name == "h1";
        while let Some(element) = self.open.pop() {
            self.apart -= u64::from(element.apart);
            self.main -= u64::from(element.main);
            if let Some(count) = self.count.get_mut(&element.name) {
                *count -= 1;
            }
            if element.name == name {
                break;
            }
        }
    }

    fn text(&mut self, text: &str) {
        if self.is_open("title") && !self.is_open("svg") {
            self.title.push_str(text);
        }
        if self.is_open("script") && self.date.is_empty() {
            self.date = published(text).unwrap_or_default();
        }
        if self.apart > 0 {
            return;
        }
        if self.is_open("h1") && !self.headed {
            self.heading.push_str(text);
        }
        self.block.heading |= ["h1", "h2", "h3", "h4", "h5", "h6"].iter().any(|name| self.is_open(name));
        self.block.main |= self.main > 0;
        if self.is_open("a") {
            self.block.linked += text.chars().filter(|c| !c.is_whitespace()).count();
        }
        if self.is_open("pre") {
            self.block.text.push_str(text);
        } else {
            self.block.text.push_str(&text.replace(['\r', '\n', '\t'], " "));
        }
    }

    /// Ends the block at hand.
    fn flush(&mut self) {
        let block = std::mem::take(&mut self.block);
        if !block.text.trim().is_empty() {
            let text = block.text.lines().map(squeezed).collect::<Vec<_>>().join("\n");
            self.blocks.push(Block { text: text.trim().to_owned(), ..block });
        }
    }

    /// The main text: blocks within `main` or `article` if these hold a third of the page or more, else all; without those that are mostly links.
    fn main(&self) -> String {
        let size = |block: &&Block| block.text.chars().count();
        let whole: usize = self.blocks.iter().map(|block| size(&block)).sum();
        let marked: usize = self.blocks.iter().filter(|block| block.main).map(|block| size(&block)).sum();
        let only_marked = marked * 3 >= whole;
        let prose = |block: &&Block| block.heading || block.linked * 2 <= size(block);
        let kept = |block: &&Block| (!only_marked || block.main) && prose(block);
        self.blocks.iter().filter(kept).map(|block| block.text.as_str()).collect::<Vec<_>>().join("\n\n")
    }
}

/// The day of publication in a script of linked data.
fn published(script: &str) -> Option<String> {
    let after = script.split_once("\"datePublished\"")?.1.trim_start().strip_prefix(':')?.trim_start();
    after.strip_prefix('"')?.split('"').next().map(str::to_owned)
}
