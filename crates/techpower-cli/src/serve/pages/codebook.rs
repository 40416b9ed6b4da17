//! The coding manual.

use maud::{Markup, PreEscaped, html};
use techpower::codebook::{Codebook, Page};
use techpower::diag::Lang;

use crate::serve::App;
use crate::serve::layout::{self, Sheet, input};
use crate::serve::state::Asked;

/// Kinds of pages, in the manual's order.
fn kinds(book: &Codebook) -> Vec<&str> {
    let mut kinds: Vec<&str> = Vec::new();
    for page in &book.pages {
        if !kinds.contains(&page.kind.as_str()) {
            kinds.push(&page.kind);
        }
    }
    kinds
}

pub(super) fn page(app: &App, asked: &Asked) -> Sheet {
    let book = &app.study.codebook;
    let (wanted, kind) = (asked.one("page"), asked.one("kind"));
    let open = book.pages.iter().find(|page| page.id == wanted && (kind.is_empty() || page.kind == kind));
    let words: Vec<String> = asked.one("q").to_lowercase().split_whitespace().map(str::to_owned).collect();
    let holds = |page: &&Page| words.iter().all(|word| searched(page).contains(word));
    let found: Vec<&Page> = book.pages.iter().filter(holds).collect();
    let live = html! {
        div.columns {
            nav.side aria-label=(asked.word("contents")) { (contents(app, asked, &found, open)) }
            div.prose {
                @match open {
                    Some(page) => { (told(app, asked, page)) }
                    None if wanted.is_empty() => { p { (asked.say("codebook_count", &[("n", &found.len().to_string())])) } }
                    None => { (layout::warning(asked.word("codebook_none"))) }
                }
            }
        }
    };
    let controls = html! {
        (input("search", "q", asked.word("search"), asked.one("q"), ""))
        @if open.is_some() { input type="hidden" name="page" value=(wanted); input type="hidden" name="kind" value=(kind); }
    };
    let lead = html! { p.lead-in { (book.title(asked.lang)) " · " (book.id) " " (book.version) } };
    let mut sheet = Sheet::new(asked.word("codebook").to_owned(), lead, Some(controls), live);
    sheet.found = open.is_some() || wanted.is_empty();
    sheet
}

fn searched(page: &Page) -> String {
    let sections =
        page.sections.values().flatten().flat_map(|section| [section.title.as_str(), &section.text]);
    let cues = page.cues.values().flatten().map(String::as_str);
    let all: Vec<&str> =
        [page.id.as_str(), &page.name_en, &page.name_zh].into_iter().chain(sections).chain(cues).collect();
    all.join(" ").to_lowercase()
}

fn contents(app: &App, asked: &Asked, found: &[&Page], open: Option<&Page>) -> Markup {
    let searching = !asked.one("q").is_empty();
    html! {
        @for kind in kinds(&app.study.codebook) {
            @let pages: Vec<&&Page> = found.iter().filter(|page| page.kind == kind).collect();
            @if !pages.is_empty() {
                details open[searching || kind == open.map_or("type", |page| page.kind.as_str())] {
                    summary { (asked.word(&format!("kind_{kind}"))) (asked.aside(pages.len())) }
                    ul {
                        @for page in pages {
                            @let here = open.is_some_and(|open| open.id == page.id && open.kind == page.kind);
                            li { a href=(asked.link("/codebook", [("page", page.id.as_str()), ("kind", kind), ("q", asked.one("q"))].into_iter().filter(|(_, value)| !value.is_empty()))) aria-current=[here.then_some("page")] { (page.name(asked.lang)) } }
                        }
                    }
                }
            }
        }
    }
}

fn told(app: &App, asked: &Asked, page: &Page) -> Markup {
    let book = &app.study.codebook;
    let instrument = book.instrument(&page.id).filter(|_| page.kind == "instrument");
    let uses = app
        .study
        .events
        .iter()
        .filter(|event| match page.kind.as_str() {
            "instrument" => event.instrument == page.id,
            "type" => event.power == page.id,
            "mode" => event.mode == page.id,
            _ => false,
        })
        .count();
    html! {
        h2 { (page.name(asked.lang)) }
        p.note {
            code { (page.id) } " · " (asked.word(&format!("kind_{}", page.kind)))
            @if let Some(instrument) = instrument {
                " · " a href=(asked.link("/codebook", [("page", instrument.power.as_str()), ("kind", "type")])) { (layout::power(app, asked, &instrument.power).unwrap_or(&instrument.power)) }
            }
            @if uses > 0 { " · " (asked.say("codebook_uses", &[("n", &layout::count(uses))])) }
        }
        @for section in page.sections.get(&asked.lang).into_iter().flatten() {
            h3 { (section.title) }
            (PreEscaped(techpower::codebook::html(&section.text)))
        }
        @let cues: Vec<&str> = page.cues.iter().filter(|(lang, _)| **lang == asked.lang).flat_map(|(_, cues)| cues).map(String::as_str).collect();
        @if !cues.is_empty() {
            h3 { (asked.word("codebook_cues")) }
            p.note { (cues.join(if asked.lang == Lang::Zh { "；" } else { "; " })) }
        }
        @if !page.references.is_empty() {
            h3 { (asked.word("codebook_references")) }
            ul { @for reference in &page.references { li.note { (layout::linked(reference)) } } }
        }
    }
}
