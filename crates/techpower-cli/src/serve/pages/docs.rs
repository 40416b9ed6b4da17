//! Guides, concepts and reference.

use maud::{Markup, PreEscaped, html};

use crate::serve::App;
use crate::serve::docs::{self, Doc, GROUPS};
use crate::serve::layout::{self, Sheet, input};
use crate::serve::state::Asked;

/// Sections of a page that are listed among what is found.
const SECTIONS: usize = 6;

pub(super) fn page(app: &App, asked: &Asked) -> Sheet {
    let words: Vec<String> = asked.one("q").to_lowercase().split_whitespace().map(str::to_owned).collect();
    let wanted = asked.one("page");
    let open = docs::find(wanted, asked.lang).filter(|_| words.is_empty());
    let live = html! {
        div.columns.docs {
            nav.side aria-label=(asked.word("contents")) {
                @if let Some(doc) = open { (places(asked, doc)) }
                (contents(asked, open))
            }
            div.prose {
                @match open {
                    Some(doc) => { (told(app, asked, doc)) }
                    None if !words.is_empty() => { (found(asked, &words)) }
                    None if wanted.is_empty() => { (index(app, asked)) }
                    None => { (layout::warning(asked.word("docs_none"))) }
                }
            }
        }
    };
    let lead = html! { p.lead-in { (asked.word("docs_lead")) } };
    let controls = input("search", "q", asked.word("search"), asked.one("q"), "");
    let mut sheet = Sheet::new(asked.word("docs").to_owned(), lead, Some(controls), live);
    sheet.found = open.is_some() || wanted.is_empty() || !words.is_empty();
    sheet
}

/// A page, with a line before it if it is not in the reader's language.
fn told(app: &App, asked: &Asked, doc: &Doc) -> Markup {
    html! {
        @if doc.lang != asked.lang { p.note { (asked.word("docs_other_language")) } }
        article lang=(layout::code(doc.lang)) { (PreEscaped(doc.html(asked, &app.study.codebook))) }
    }
}

/// What there is: the page that says so, or those of the groups.
fn index(app: &App, asked: &Asked) -> Markup {
    let whole = docs::find("README", asked.lang).filter(|doc| doc.lang == asked.lang);
    let groups = GROUPS.iter().filter_map(|(group, _)| docs::find(&format!("{group}/README"), asked.lang));
    html! {
        @match whole {
            Some(doc) => { (told(app, asked, doc)) }
            None => { @for doc in groups { (told(app, asked, doc)) } }
        }
    }
}

/// The places of a page.
fn places(asked: &Asked, doc: &Doc) -> Markup {
    let least = doc.sections().iter().map(|section| section.level).min().unwrap_or(1);
    html! {
        @if !doc.sections().is_empty() {
            details.places open {
                summary { (asked.word("docs_places")) }
                ul lang=(layout::code(doc.lang)) {
                    @for section in doc.sections() {
                        li.deeper[section.level > least] { a href={ "#" (section.anchor) } { (section.title) } }
                    }
                }
            }
        }
    }
}

/// All pages by group; that of the open page is unfolded.
fn contents(asked: &Asked, open: Option<&Doc>) -> Markup {
    html! {
        @for (group, word) in GROUPS {
            @let pages: Vec<&Doc> = docs::all(asked.lang).filter(|doc| doc.group() == group).collect();
            details open[open.is_none_or(|doc| doc.group() == group)] {
                summary { (asked.word(word)) (asked.aside(pages.len())) }
                ul {
                    @for doc in pages {
                        @let here = open.is_some_and(|open| open.id == doc.id);
                        li { (link(asked, doc, "", doc.title(), here)) }
                    }
                }
            }
        }
    }
}

fn link(asked: &Asked, doc: &Doc, anchor: &str, text: &str, here: bool) -> Markup {
    let lang = Some(doc.lang).filter(|lang| *lang != asked.lang).map(layout::code);
    html! { a href=(doc.link(asked, anchor)) lang=[lang] aria-current=[here.then_some("page")] { (text) } }
}

/// The pages that hold all words, and of each the sections that do.
fn found(asked: &Asked, words: &[String]) -> Markup {
    let found: Vec<&Doc> = docs::all(asked.lang).filter(|doc| doc.holds(words)).collect();
    html! {
        p { (asked.say("docs_found", &[("n", &found.len().to_string())])) }
        ul.hits {
            @for doc in found {
                @let places: Vec<_> = doc.sections().iter().filter(|section| {
                    let text = section.text.to_lowercase();
                    words.iter().all(|word| text.contains(word))
                }).collect();
                li {
                    @if let Some((_, word)) = GROUPS.iter().find(|(group, _)| *group == doc.group()) { (asked.word(word)) (asked.word("colon")) }
                    (link(asked, doc, "", doc.title(), false))
                    @if !places.is_empty() {
                        ul {
                            @for section in places.iter().take(SECTIONS) {
                                li { (link(asked, doc, &section.anchor, &section.title, false)) }
                            }
                            @if places.len() > SECTIONS { li { "…" } }
                        }
                    }
                }
            }
        }
    }
}
