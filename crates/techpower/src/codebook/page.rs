//! A page of the coding manual: TOML front matter between `+++` lines, then the same text in English and Chinese.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::example::{self, Example};
use super::rule::{Pattern, Rule};
use super::{Channel, Instrument, PowerType, Source, Weighted};
use crate::diag::{Kind, Lang, Note, Notes, Place};
use crate::table::toml_note;
use crate::text::markdown::{self, Lead};

const STAGE: &str = "codebook";

/// A page as it is printed.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Id, the same as the file's name.
    pub id: String,
    /// `source`, `type`, `arena`, `layer`, `mode`, `status`, `instrument` or `rule`.
    pub kind: String,
    /// Position in the manual.
    pub order: i64,
    /// English name.
    pub name_en: String,
    /// Chinese name.
    pub name_zh: String,
    /// Section of the article in which it appears; empty if in none.
    pub section: String,
    /// Path of the file.
    pub file: String,
    /// Literature and law.
    pub references: Vec<String>,
    /// Sections of the text, by language.
    pub sections: BTreeMap<Lang, Vec<Section>>,
    /// Worked examples and near-misses.
    pub examples: Vec<Example>,
    /// Words by which a coder finds what the page is about: `*` stands for the rest of a word, `…` for other words between.
    pub cues: BTreeMap<Lang, Vec<String>>,
    /// The front matter as written.
    front: String,
}

/// A section of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Heading.
    pub title: String,
    /// Markdown below it.
    pub text: String,
    /// Line of the heading.
    pub line: u64,
}

impl Page {
    /// The name.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.name_en,
            Lang::Zh => &self.name_zh,
        }
    }

    /// The place of a key of the front matter.
    pub(super) fn place(&self, key: &str) -> Place {
        place(&self.file, &self.front, key)
    }

    /// The page as Markdown in one language.
    #[must_use]
    pub fn markdown(&self, lang: Lang) -> String {
        let mut out = format!("# {} ({})\n", self.name(lang), self.id);
        for section in self.sections.get(&lang).into_iter().flatten() {
            out.push_str(&format!("\n## {}\n\n{}\n", section.title, section.text));
        }
        if !self.references.is_empty() {
            out.push('\n');
            for reference in &self.references {
                out.push_str(&format!("- {reference}\n"));
            }
        }
        out
    }
}

/// Markdown as HTML. HTML within it is shown, not obeyed, and a link leads only to the web.
///
/// ```
/// use techpower::codebook::html;
/// assert_eq!(html("*a* <b>"), "<p><em>a</em> &lt;b&gt;</p>\n");
/// ```
#[must_use]
pub fn html(markdown: &str) -> String {
    // Other links mark words of worked examples.
    let lead = |to: &str| if Lead::is_web(to) { Lead::To(to.to_owned()) } else { Lead::Marked };
    markdown::Page::read(markdown, 2, lead).html
}

/// What the front matter of each kind of page holds beside the keys that all pages have.
#[derive(Debug)]
pub(super) enum Front {
    Source(Source),
    Type(PowerType),
    Arena,
    Layer,
    Mode(Weighted),
    Status(Weighted),
    Instrument(Instrument),
    Rule(Rule),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Matter {
    id: String,
    kind: String,
    order: i64,
    name_en: String,
    name_zh: String,
    #[serde(default)]
    section: String,
    #[serde(default)]
    references: Vec<String>,
    arena: Option<String>,
    element: Option<String>,
    draws_on: Option<Vec<String>>,
    works_through: Option<String>,
    reach: Option<String>,
    shapes: Option<String>,
    exposure: Option<Channel>,
    weight: Option<f64>,
    weight_low: Option<f64>,
    weight_high: Option<f64>,
    #[serde(rename = "type")]
    power: Option<String>,
    layers: Option<Vec<String>>,
    cues_en: Option<Vec<String>>,
    cues_zh: Option<Vec<String>>,
    patterns: Option<Vec<Pattern>>,
    implied: Option<BTreeMap<Lang, String>>,
}

/// Parses a page; `None` if its front matter cannot be used.
pub(super) fn parse(path: &str, text: &str, kind: &str, notes: &mut Notes) -> Option<(Page, Front)> {
    let text = text.replace("\r\n", "\n");
    let parts = text.strip_prefix("+++\n").and_then(|rest| rest.split_once("\n+++\n"));
    let Some((matter_text, body)) = parts else {
        notes.push(Note::new(Kind::NoFrontMatter, STAGE, Place::row(path, 1)));
        return None;
    };
    let matter: Matter = match toml::from_str(matter_text) {
        Ok(matter) => matter,
        Err(error) => {
            notes.push(toml_note(STAGE, path, matter_text, 1, &error));
            return None;
        }
    };
    if matter.kind != kind {
        notes.push(
            Note::new(Kind::PageInWrongFolder, STAGE, place(path, matter_text, "kind"))
                .with("found", &matter.kind)
                .with("expected", kind),
        );
        return None;
    }
    let body_line = matter_text.matches('\n').count() as u64 + 4;
    let mut page = Page {
        id: matter.id.clone(),
        kind: matter.kind.clone(),
        order: matter.order,
        name_en: matter.name_en.clone(),
        name_zh: matter.name_zh.clone(),
        section: matter.section.clone(),
        file: path.to_owned(),
        references: matter.references.clone(),
        front: matter_text.to_owned(),
        sections: sections(path, body, body_line, notes),
        examples: Vec::new(),
        cues: [(Lang::En, &matter.cues_en), (Lang::Zh, &matter.cues_zh)]
            .into_iter()
            .filter_map(|(lang, cues)| Some((lang, cues.clone()?)))
            .collect(),
    };
    let front = front(path, matter_text, matter, notes)?;
    if kind == "instrument" {
        for (lang, sections) in &page.sections {
            for section in sections {
                page.examples.extend(example::parse(path, *lang, section, notes));
            }
        }
        if let Front::Instrument(instrument) = &front {
            for expected in page.examples.iter_mut().flat_map(|example| &mut example.yields) {
                expected.power.get_or_insert_with(|| instrument.power.clone());
                expected.instrument.get_or_insert_with(|| instrument.id.clone());
            }
        }
    }
    Some((page, front))
}

fn front(path: &str, text: &str, matter: Matter, notes: &mut Notes) -> Option<Front> {
    let mut missing = |key: &str| {
        notes.push(
            Note::new(Kind::MissingKey, STAGE, Place::key(path, key)).with("key", format!("{key} = ...")),
        );
    };
    /// The value of a key that this kind of page needs, or a note.
    macro_rules! need {
        ($key:ident) => {
            match matter.$key {
                Some(value) => value,
                None => {
                    missing(stringify!($key));
                    return None;
                }
            }
        };
    }
    Some(match matter.kind.as_str() {
        "source" => Front::Source(Source { arena: need!(arena), id: matter.id }),
        "type" => Front::Type(PowerType {
            draws_on: need!(draws_on),
            works_through: need!(works_through),
            reach: need!(reach),
            shapes: need!(shapes),
            exposure: need!(exposure),
            id: matter.id,
        }),
        "arena" => {
            need!(element);
            Front::Arena
        }
        "layer" => Front::Layer,
        "mode" | "status" => {
            let weighted = Weighted {
                weight: need!(weight),
                weight_low: need!(weight_low),
                weight_high: need!(weight_high),
                id: matter.id,
            };
            let good = 0.0 <= weighted.weight_low
                && weighted.weight_low <= weighted.weight
                && weighted.weight <= weighted.weight_high
                && weighted.weight_high <= 1.0;
            if !good {
                let at = place(path, text, "weight");
                notes.push(Note::new(Kind::BadWeights, STAGE, at).with("id", &weighted.id));
                return None;
            }
            if matter.kind == "mode" { Front::Mode(weighted) } else { Front::Status(weighted) }
        }
        "rule" => Front::Rule(Rule {
            patterns: matter.patterns.unwrap_or_default(),
            implied: matter.implied.unwrap_or_default(),
            id: matter.id,
        }),
        _ => {
            need!(cues_en);
            need!(cues_zh);
            Front::Instrument(Instrument {
                power: need!(power),
                arena: need!(arena),
                layers: need!(layers),
                id: matter.id,
            })
        }
    })
}

/// The place of a key in the front matter, which begins on the second line of the file.
fn place(path: &str, front: &str, key: &str) -> Place {
    let row = front.lines().position(|line| line.split('=').next().is_some_and(|name| name.trim() == key));
    Place { row: row.map(|at| at as u64 + 2), ..Place::key(path, key) }
}

/// Splits the body into its sections by language.
fn sections(path: &str, body: &str, first_line: u64, notes: &mut Notes) -> BTreeMap<Lang, Vec<Section>> {
    let mut found: BTreeMap<Lang, Vec<Section>> = BTreeMap::new();
    let mut lang = None;
    for (at, line) in body.lines().enumerate() {
        let number = first_line + at as u64;
        if let Some(title) = line.strip_prefix("# ") {
            lang = match title.trim() {
                "English" => Some(Lang::En),
                "中文" => Some(Lang::Zh),
                other => {
                    notes.push(
                        Note::new(Kind::UnknownLanguage, STAGE, Place::row(path, number))
                            .with("found", other),
                    );
                    None
                }
            };
            if let Some(lang) = lang {
                found.entry(lang).or_default();
            }
            continue;
        }
        let Some(lang) = lang else { continue };
        let list = found.entry(lang).or_default();
        if let Some(title) = line.strip_prefix("## ") {
            list.push(Section { title: title.trim().to_owned(), text: String::new(), line: number });
        } else if let Some(section) = list.last_mut() {
            section.text.push_str(line);
            section.text.push('\n');
        }
    }
    for section in found.values_mut().flatten() {
        let kept = section.text.trim_end().trim_start_matches('\n').to_owned();
        section.line += section.text.chars().take_while(|c| *c == '\n').count() as u64;
        section.text = kept;
    }
    for (lang, word) in [(Lang::En, "# English"), (Lang::Zh, "# 中文")] {
        if found.get(&lang).is_none_or(Vec::is_empty) {
            notes.push(Note::new(Kind::MissingLanguage, STAGE, Place::file(path)).with("heading", word));
        }
    }
    found
}
