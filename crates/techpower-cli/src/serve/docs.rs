//! The documentation: guides, concepts and reference, from memory. A page that is not there in Chinese stands in English.

use std::path::{Component, Path};
use std::sync::LazyLock;

use include_dir::{Dir, include_dir};
use techpower::codebook::Codebook;
use techpower::diag::Lang;
use techpower::text::markdown::{self, Lead};

use super::state::Asked;

static FOLDER: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../docs");
/// Where that folder stands in the repository.
const ROOT: &str = "docs";
/// The folder within it that holds the Chinese pages, under the same names as the English ones.
const CHINESE: &str = "zh/";
/// The page of a group that says what its others are for.
const README: &str = "README";
/// Level of a page's title in HTML.
const LEVEL: u8 = 2;

/// The groups of pages: a folder each, and the word of the catalogue that names it.
pub(super) const GROUPS: [(&str, &str); 3] =
    [("guides", "docs_guides"), ("concepts", "docs_concepts"), ("reference", "docs_reference")];

/// A page in one language.
pub(super) struct Doc {
    /// Its path below the folder of its language, without ending: `guides/make-a-study`.
    pub(super) id: String,
    pub(super) lang: Lang,
    /// Path within the repository.
    path: String,
    markdown: &'static str,
    sections: Vec<markdown::Section>,
}

/// Every page in every language in which it is there, in the order of the contents.
static ALL: LazyLock<Vec<Doc>> = LazyLock::new(|| {
    let mut docs: Vec<Doc> = files(&FOLDER).filter_map(|(path, text)| Doc::of(&path, text)).collect();
    // A group's pages stand in the order in which its own page leads to them.
    let orders: Vec<(String, String)> = docs
        .iter()
        .filter(|doc| doc.name() == README)
        .map(|doc| (doc.group().to_owned(), doc.markdown.to_owned()))
        .collect();
    docs.sort_by_cached_key(|doc| {
        let link = format!("({}.md)", doc.name());
        let place = |(group, text): &(String, String)| text.find(&link).filter(|_| group == doc.group());
        let place = orders.iter().find_map(place).unwrap_or(usize::MAX);
        let group = GROUPS.iter().position(|(group, _)| *group == doc.group());
        (group, doc.name() != README, place, doc.id.clone(), doc.lang)
    });
    docs
});

fn files<'a>(dir: &'a Dir<'static>) -> Box<dyn Iterator<Item = (String, &'static str)> + 'a> {
    let own = dir
        .files()
        .filter_map(|file| Some((file.path().to_string_lossy().replace('\\', "/"), file.contents_utf8()?)));
    Box::new(own.chain(dir.dirs().flat_map(files)))
}

impl Doc {
    /// The page of a file below the folder; `None` if it is no page for readers.
    fn of(file: &str, text: &'static str) -> Option<Doc> {
        let name = file.strip_suffix(".md")?;
        let (lang, id) = name.strip_prefix(CHINESE).map_or((Lang::En, name), |id| (Lang::Zh, id));
        let is_page = id == README || GROUPS.iter().any(|(group, _)| id.split('/').next() == Some(group));
        is_page.then(|| Doc {
            id: id.to_owned(),
            lang,
            path: format!("{ROOT}/{file}"),
            markdown: text,
            sections: markdown::Page::read(text, LEVEL, |_| Lead::Nowhere).sections,
        })
    }

    /// The title.
    pub(super) fn title(&self) -> &str {
        self.sections.first().map_or(&self.id, |first| &first.title)
    }

    /// Its sections below the title.
    pub(super) fn sections(&self) -> &[markdown::Section] {
        self.sections.get(1..).unwrap_or_default()
    }

    /// The group to which it belongs; empty if to none.
    pub(super) fn group(&self) -> &str {
        self.id.split_once('/').map_or("", |(group, _)| group)
    }

    fn name(&self) -> &str {
        self.id.rsplit('/').next().unwrap_or_default()
    }

    /// Whether it holds all of some words, which are in small letters.
    pub(super) fn holds(&self, words: &[String]) -> bool {
        let text = self.markdown.to_lowercase();
        words.iter().all(|word| text.contains(word))
    }

    /// The page as HTML. Links to other pages of the documentation and of the codebook stay within the program.
    pub(super) fn html(&self, asked: &Asked, book: &Codebook) -> String {
        markdown::Page::read(self.markdown, LEVEL, |to| self.lead(to, asked, book)).html
    }

    fn lead(&self, to: &str, asked: &Asked, book: &Codebook) -> Lead {
        if Lead::is_web(to) {
            return Lead::To(to.to_owned());
        }
        let (file, anchor) = to.split_once('#').unwrap_or((to, ""));
        if file.is_empty() {
            return if self.has(anchor) { Lead::To(to.to_owned()) } else { Lead::Nowhere };
        }
        let Some(path) = beside(&self.path, file) else { return Lead::Nowhere };
        if let Some(doc) = path.strip_prefix(ROOT).and_then(|rest| meant(rest, asked.lang)) {
            return Lead::To(doc.link(asked, anchor));
        }
        match book.pages.iter().find(|page| page.file == path) {
            Some(page) => {
                Lead::To(asked.link("/codebook", [("page", page.id.as_str()), ("kind", page.kind.as_str())]))
            }
            None if path == "codebook" => Lead::To(asked.link("/codebook", [])),
            None => Lead::Nowhere,
        }
    }

    /// The address of the page, and of a place within it if it is there in this language.
    pub(super) fn link(&self, asked: &Asked, anchor: &str) -> String {
        let page = asked.link("/docs", [("page", self.id.as_str())]);
        if self.has(anchor) { format!("{page}#{anchor}") } else { page }
    }

    fn has(&self, anchor: &str) -> bool {
        self.sections.iter().any(|section| section.anchor == anchor)
    }
}

/// The pages, each in a language if it is there in it, else in the other.
pub(super) fn all(lang: Lang) -> impl Iterator<Item = &'static Doc> {
    ALL.iter().filter(move |doc| doc.lang == lang || of(&doc.id, lang).is_none())
}

/// A page in a language if it is there in it, else in the other.
pub(super) fn find(id: &str, lang: Lang) -> Option<&'static Doc> {
    of(id, lang).or_else(|| ALL.iter().find(|doc| doc.id == id))
}

fn of(id: &str, lang: Lang) -> Option<&'static Doc> {
    ALL.iter().find(|doc| doc.id == id && doc.lang == lang)
}

/// The page that a path below the folder means, in whichever language it is written; a folder means its own page.
fn meant(path: &str, lang: Lang) -> Option<&'static Doc> {
    let path = path.trim_matches('/');
    let path = path.strip_prefix(CHINESE).unwrap_or(path);
    match path.strip_suffix(".md") {
        Some(id) => find(id, lang),
        None => find(&format!("{path}/{README}"), lang),
    }
}

/// The path of a file that is named from beside another; `None` if it lies outside the repository.
fn beside(path: &str, file: &str) -> Option<String> {
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in Path::new(file).components() {
        match part {
            Component::ParentDir => {
                parts.pop()?;
            }
            Component::Normal(part) => parts.push(part.to_str()?),
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn on_disk(folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                on_disk(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "md") {
                let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
                let path = path.strip_prefix(&root).expect("a file of the repository");
                found.push(path.to_string_lossy().replace('\\', "/"));
            }
        }
    }

    #[test]
    fn every_page_is_there_as_it_stands_on_disk() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut found = Vec::new();
        on_disk(&root.join(ROOT), &mut found);
        found.retain(|path| path != "docs/ARCHITECTURE.md");
        assert!(found.len() > 20);
        for path in found {
            let doc = ALL.iter().find(|doc| doc.path == path);
            let doc = doc.unwrap_or_else(|| {
                panic!("{path} was added after this file was compiled: touch {}", file!())
            });
            assert_eq!(doc.markdown, std::fs::read_to_string(root.join(&path)).expect(&path), "{path}");
            assert!(!doc.title().is_empty(), "{path}");
            let anchors: BTreeSet<&str> =
                doc.sections.iter().map(|section| section.anchor.as_str()).collect();
            assert_eq!(anchors.len(), doc.sections.len(), "{path}");
            assert!(anchors.iter().all(|anchor| !["main", "live", ""].contains(anchor)), "{path}");
        }
    }

    #[test]
    fn links_lead_within_the_program_or_to_the_web_or_nowhere() {
        let fields = |lang: &str| vec![("lang".to_owned(), lang.to_owned())];
        let asked = |lang| Asked::new("/docs", fields(lang), false, None, Lang::En);
        let (book, _) = Codebook::builtin();
        let doc = find("guides/build-an-index", Lang::En).expect("a page");
        let lead = |to: &str| doc.lead(to, &asked("en"), &book);
        let to = |address: &str| Lead::To(address.to_owned());
        assert_eq!(lead("https://example.org/a"), to("https://example.org/a"));
        assert_eq!(lead("#from-here"), Lead::Nowhere);
        assert_eq!(
            lead(&format!("#{}", doc.sections[1].anchor)),
            to(&format!("#{}", doc.sections[1].anchor))
        );
        assert_eq!(lead("make-a-study.md"), to("/docs?page=guides%2Fmake-a-study&lang=en"));
        assert_eq!(lead("../reference/tables.md#scores"), to("/docs?page=reference%2Ftables&lang=en#scores"));
        assert_eq!(lead("../concepts/"), to("/docs?page=concepts%2FREADME&lang=en"));
        assert_eq!(
            lead("../../codebook/types/compulsory.md"),
            to("/codebook?page=compulsory&kind=type&lang=en")
        );
        for nowhere in
            ["../../README.md", "../ARCHITECTURE.md", "../../../etc/passwd.md", "/etc/passwd", "javascript:x"]
        {
            assert_eq!(lead(nowhere), Lead::Nowhere, "{nowhere}");
        }
        let chinese = asked("zh");
        let Lead::To(address) = doc.lead("make-a-study.md", &chinese, &book) else { panic!("a page") };
        assert_eq!(address, "/docs?page=guides%2Fmake-a-study&lang=zh");
    }

    #[test]
    fn pages_of_a_group_stand_in_the_order_of_its_own_page() {
        let of = |group: &str| -> Vec<String> {
            all(Lang::En).filter(|doc| doc.group() == group).map(|doc| doc.name().to_owned()).collect()
        };
        assert_eq!(of("concepts")[..3], ["README", "theory", "uncertainty"]);
        assert_eq!(of("guides")[..2], ["README", "make-a-study"]);
    }
}
