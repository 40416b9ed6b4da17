//! Codings as a project for other software of qualitative data analysis.

use std::collections::BTreeMap;

use crate::code::coder::{EVERYONE, NO_ONE};
use crate::code::event::{Coded, Event, Quote};
use crate::code::format::rounded;
use crate::codebook::{Codebook, NONE, Page};
use crate::diag::Lang;
use crate::text::Document;
use crate::text::qdpx::{Code, Selection, Source, project};

/// Between title and text of a source.
const GAP: &str = "\n\n";

/// A REFI-QDA project (`.qdpx`) to which documents are added one by one. It holds their texts until it is written.
///
/// Codes are a tree made of the codebook: types of power with their instruments, modes, layers; and senders and targets as they come. A source
/// is a document with its title before its text, unless the text begins with it. Each event is a coded passage, its evidence.
///
/// ```
/// use techpower::code::{Coder, QdaProject};
/// use techpower::{codebook::Codebook, diag::Lang};
/// # use techpower::text::Document;
/// # let text = "The United States imposed export controls on advanced chips sold to China.";
/// # let document = Document { id: "d".to_owned(), lang: None, date: None, title: String::new(), text: text.to_owned(),
/// #     source: String::new(), file: String::new(), row: 1 };
/// let (codebook, _) = Codebook::builtin();
/// let coder = Coder::new(&codebook, &Default::default(), None);
/// let mut qda = QdaProject::new(&codebook, Lang::En);
/// qda.add(&document, &coder.code(&document));
/// assert!(qda.finish("study").starts_with(b"PK"));
/// ```
pub struct QdaProject<'a> {
    codebook: &'a Codebook,
    lang: Lang,
    codes: Vec<Code>,
    /// Positions of codes by kind and id.
    places: BTreeMap<(&'static str, String), usize>,
    sources: Vec<Source>,
}

impl<'a> QdaProject<'a> {
    /// A project without documents; names of codes are in the language given.
    #[must_use]
    pub fn new(codebook: &'a Codebook, lang: Lang) -> QdaProject<'a> {
        let mut qda =
            QdaProject { codebook, lang, codes: Vec::new(), places: BTreeMap::new(), sources: Vec::new() };
        let pages = |kind: &'static str| codebook.pages.iter().filter(move |page| page.kind == kind);
        let powers = qda.root("power", "Power", "权力");
        for page in pages("type") {
            qda.page("power", page, powers);
        }
        let none = match lang {
            Lang::En => "Not power over others",
            Lang::Zh => "非对他者的权力",
        };
        qda.code("power", NONE, none, Some(powers), String::new());
        for page in pages("instrument") {
            let power = codebook.instrument(&page.id).map_or(NONE, |instrument| &instrument.power);
            let above = qda.places.get(&("power", power.to_owned())).copied().unwrap_or(powers);
            qda.page("instrument", page, above);
        }
        for (kind, en, zh) in [("mode", "Mode", "方式"), ("layer", "Layer", "层次")] {
            let root = qda.root(kind, en, zh);
            for page in pages(kind) {
                qda.page(kind, page, root);
            }
        }
        qda.root("sender", "Sender", "发起方");
        qda.root("target", "Target", "作用对象");
        qda
    }

    /// Adds a document with its events.
    pub fn add(&mut self, document: &Document, coded: &Coded) {
        let title = document.title.as_str();
        let before = if title.is_empty() || document.text.starts_with(title) {
            String::new()
        } else {
            format!("{title}{GAP}")
        };
        let shift = before.chars().count();
        let place = |quote: &Quote| {
            let by = if quote.in_title { 0 } else { shift };
            (quote.points.0 + by, quote.points.1 + by)
        };
        let mut selections: Vec<(&str, Selection)> = Vec::new();
        for event in &coded.events {
            let (start, end) = place(&event.evidence);
            let codes = self.codes_of(event);
            match selections.iter_mut().find(|(id, _)| *id == event.event) {
                // A joint act is one passage with all its senders.
                Some((_, selection)) => {
                    selection.codes.extend(codes);
                    selection.codes.sort_unstable();
                    selection.codes.dedup();
                    selection.note = format!("{}\n{}", selection.note, note(event));
                }
                None => {
                    let selection =
                        Selection { start, end, codes, name: event.event.clone(), note: note(event) };
                    selections.push((&event.event, selection));
                }
            }
        }
        self.sources.push(Source {
            name: document.id.clone(),
            text: before + &document.text,
            selections: selections.into_iter().map(|(_, selection)| selection).collect(),
        });
    }

    /// The project as a file.
    #[must_use]
    pub fn finish(self, name: &str) -> Vec<u8> {
        project(name, env!("CARGO_PKG_VERSION"), &self.codes, &self.sources)
    }

    fn codes_of(&mut self, event: &Event) -> Vec<usize> {
        let mut codes: Vec<usize> = [
            ("power", &event.power),
            ("instrument", &event.instrument),
            ("mode", &event.mode),
            ("layer", &event.layer),
        ]
        .into_iter()
        .filter_map(|(kind, id)| self.places.get(&(kind, id.clone())).copied())
        .collect();
        codes.extend(event.sender.iter().map(|party| self.actor("sender", &party.actor)));
        codes.extend(event.targets.iter().map(|party| self.actor("target", &party.actor)));
        codes.sort_unstable();
        codes.dedup();
        codes
    }

    fn actor(&mut self, role: &'static str, id: &str) -> usize {
        if let Some(place) = self.places.get(&(role, id.to_owned())) {
            return *place;
        }
        let name = match (id, self.lang) {
            (EVERYONE, Lang::En) => "everyone",
            (EVERYONE, Lang::Zh) => "所有行为体",
            (NO_ONE, Lang::En) => "no one",
            (NO_ONE, Lang::Zh) => "无对象",
            (id, lang) => self.codebook.actors.get(id).map_or(id, |actor| actor.name(lang)),
        };
        let above = self.places.get(&(role, String::new())).copied();
        // An actor that is both has two codes, and some software drops the second code of a name.
        let name = match self.lang {
            Lang::En => format!("{}: {name}", above.map_or(role, |above| &self.codes[above].name)),
            Lang::Zh => format!("{}：{name}", above.map_or(role, |above| &self.codes[above].name)),
        };
        self.code(role, id, &name, above, String::new())
    }

    fn root(&mut self, kind: &'static str, en: &str, zh: &str) -> usize {
        let name = match self.lang {
            Lang::En => en,
            Lang::Zh => zh,
        };
        self.code(kind, "", name, None, String::new())
    }

    fn page(&mut self, kind: &'static str, page: &Page, above: usize) {
        let description = page
            .sections
            .get(&self.lang)
            .and_then(|sections| sections.first())
            .map_or(String::new(), |section| section.text.trim().to_owned());
        self.code(kind, &page.id, page.name(self.lang), Some(above), description);
    }

    fn code(
        &mut self,
        kind: &'static str,
        id: &str,
        name: &str,
        parent: Option<usize>,
        description: String,
    ) -> usize {
        let place = self.codes.len();
        let taken = self.codes.iter().any(|code| code.name == name);
        self.codes.push(Code {
            id: format!("{kind}/{id}"),
            name: if taken { format!("{name} ({kind}/{id})") } else { name.to_owned() },
            parent,
            description,
            color: String::new(),
        });
        self.places.insert((kind, id.to_owned()), place);
        place
    }
}

/// What a coder's colleague wants to know of a passage.
fn note(event: &Event) -> String {
    let sender = event.sender.as_ref().map_or("?", |party| &party.actor);
    let targets: Vec<&str> = event.targets.iter().map(|party| party.actor.as_str()).collect();
    let date = if event.date.date.is_empty() { "?" } else { &event.date.date };
    format!("{sender} > {}; {date}; {}; {}", targets.join("|"), rounded(event.overall), event.rule)
}
