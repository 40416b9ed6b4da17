//! The frame of a page, and the parts that pages are put together from.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use techpower::diag::Lang;
use techpower::package::{self, Cell};

use super::listen::LONGEST_ADDRESS;
use super::pages::{self, Page};
use super::state::Asked;
use super::{App, assets, docs};
use crate::show;

/// What a page shows.
pub(super) struct Sheet {
    pub(super) title: String,
    /// What the page is for.
    pub(super) lead: Markup,
    /// Fields of its form; a page without any has no form.
    pub(super) controls: Option<Markup>,
    /// The part that changes with them.
    pub(super) live: Markup,
    /// Whether there is what was asked for.
    pub(super) found: bool,
}

impl Sheet {
    /// A page of what is found.
    pub(super) fn new(title: String, lead: Markup, controls: Option<Markup>, live: Markup) -> Sheet {
        Sheet { title, lead, controls, live, found: true }
    }
}

/// The whole page.
pub(super) fn frame(app: &App, asked: &Asked, page: &Page, sheet: Sheet) -> String {
    let about = &app.study.options.about;
    let study = either(asked.lang, &about.title_en, &about.title_zh);
    let theme = asked.theme();
    let method = if page.takes_texts { "post" } else { "get" };
    html! {
        (DOCTYPE)
        html lang=(code(asked.lang)) data-lang=(id(asked.lang)) data-theme=[Some(theme).filter(|theme| !theme.is_empty())] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (sheet.title) " · techpower" }
                link rel="icon" href="data:,";
                @for name in ["report.css", "style.css"] { link rel="stylesheet" href=(asset(name)); }
                @for name in ["plotly.js", "figures.js", "live.js"] { script defer src=(asset(name)) {} }
            }
            body {
                a.skip href="#main" { (asked.word("skip")) }
                header.top {
                    p.study { a href=(asked.link("/", [])) { (study) } }
                    nav.pages aria-label=(asked.word("pages")) {
                        ul {
                            @for other in pages::shown(app) {
                                li { a href=(asked.link(other.path, [])) aria-current=[(other.path == page.path).then_some("page")] { (asked.word(other.word)) } }
                            }
                        }
                    }
                    (choices(asked))
                }
                main id="main" tabindex="-1" {
                    h1 { (sheet.title) }
                    (sheet.lead)
                    @if let Some(doc) = docs::find(page.explained, asked.lang) {
                        p.note { (asked.word("docs_more")) (asked.word("colon")) a href=(doc.link(asked, "")) lang=(code(doc.lang)) { (doc.title()) } }
                    }
                    @if let Some(controls) = sheet.controls {
                        form.controls method=(method) action=(page.path) data-live="" {
                            @for (name, value) in asked.kept() { input type="hidden" name=(name) value=(value); }
                            (controls)
                            p.actions { button type="submit" { (asked.word("show")) } }
                        }
                    }
                    p.progress role="status" data-words=(asked.word("at_work")) data-failed=(asked.word("failed")) data-long=(asked.say("address_too_long", &[("bytes", &LONGEST_ADDRESS.to_string())])) {}
                    div id="live" aria-live="polite" { (sheet.live) }
                }
                footer.bottom {
                    p { "techpower " (package::VERSION) " · " (asked.word("local")) }
                }
            }
        }
    }
    .into_string()
}

/// Switches of language and theme.
fn choices(asked: &Asked) -> Markup {
    let (other, name) = match asked.lang {
        Lang::En => (Lang::Zh, "中文"),
        Lang::Zh => (Lang::En, "English"),
    };
    html! {
        p.choices {
            a lang=(code(other)) href=(asked.with("lang", id(other))) { (name) }
            @for theme in ["light", "dark"] {
                a href=(asked.with("theme", theme)) aria-current=[(asked.theme() == theme).then_some("true")] { (asked.word(theme)) }
            }
        }
    }
}

fn asset(name: &str) -> String {
    format!("/assets/{name}?v={}", assets::stamp())
}

/// The language as HTML names it.
pub(super) fn code(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "en",
        Lang::Zh => "zh-Hans",
    }
}

/// The language as addresses name it.
pub(super) fn id(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "en",
        Lang::Zh => "zh",
    }
}

/// One of two texts by language; the other if it is empty.
pub(super) fn either<'a>(lang: Lang, en: &'a str, zh: &'a str) -> &'a str {
    match lang {
        Lang::En if !en.is_empty() => en,
        Lang::Zh if zh.is_empty() => en,
        _ => zh,
    }
}

/// The name of a type of power. A source may have the same id, so that the kind of page decides.
pub(super) fn power<'a>(app: &'a App, asked: &Asked, id: &str) -> Option<&'a str> {
    let page = app.study.codebook.pages.iter().find(|page| page.kind == "type" && page.id == id);
    page.map(|page| page.name(asked.lang))
}

/// A piece of the report. Its headings stand under that of the page, not under one of a section.
pub(super) fn of_report(lang: Lang, piece: String) -> Markup {
    let piece = [("h3", "h2"), ("h4", "h3")].iter().fold(piece, |piece, (within, here)| {
        piece
            .replace(&format!("<{within}"), &format!("<{here}"))
            .replace(&format!("</{within}>"), &format!("</{here}>"))
    });
    html! { div.page.piece lang=(code(lang)) data-lang=(id(lang)) { (PreEscaped(piece)) } }
}

/// A field with its label.
pub(super) fn labelled(label: &str, field: Markup) -> Markup {
    html! { label.field { span { (label) } (field) } }
}

/// A choice among values, the first of which is none if `any` says what that means.
pub(super) fn select(
    name: &str,
    label: &str,
    any: Option<&str>,
    options: &[(String, String)],
    chosen: &str,
) -> Markup {
    labelled(
        label,
        html! {
            select name=(name) {
                @if let Some(any) = any { option value="" { (any) } }
                @for (value, text) in options {
                    option value=(value) selected[value == chosen] { (text) }
                }
            }
        },
    )
}

/// A field of one line: `text`, `search`, `date` or `number`.
pub(super) fn input(kind: &str, name: &str, label: &str, value: &str, placeholder: &str) -> Markup {
    let step = (kind == "number").then_some("any");
    labelled(
        label,
        html! { input type=(kind) name=(name) value=(value) placeholder=[Some(placeholder).filter(|text| !text.is_empty())] step=[step]; },
    )
}

/// A box to tick.
pub(super) fn tick(name: &str, label: &str, ticked: bool) -> Markup {
    tick_of(name, "1", label, ticked)
}

/// One of several boxes of a field.
pub(super) fn tick_of(name: &str, value: &str, label: &str, ticked: bool) -> Markup {
    html! { label.tick { input type="checkbox" name=(name) value=(value) checked[ticked]; span { (label) } } }
}

/// What a cell begins with that holds a number.
const NUMBER: &str = "<span class=\"num\">";

/// A count with its thousands set apart, as the report writes it.
pub(super) fn count(n: usize) -> String {
    techpower::report::number(n as f64)
}

/// A cell that holds a number, written as the report writes it.
pub(super) fn number(text: &str) -> Markup {
    html! { span.num { (text) } }
}

/// A cell of what is not known, which is never zero.
pub(super) fn unknown(asked: &Asked) -> Markup {
    html! { span.num { span.unknown title=(asked.word("unknown")) { "–" } } }
}

/// A table whose rows begin with their headings; without rows it says so.
pub(super) fn table(asked: &Asked, caption: &str, head: &[&str], rows: &[Vec<Markup>]) -> Markup {
    if rows.is_empty() {
        return html! { p.nothing { (caption) (asked.word("colon")) (asked.word("none")) } };
    }
    let class = |cell: &Markup| cell.0.starts_with(NUMBER).then_some("num");
    let of_column = |at: usize| rows.iter().find_map(|row| row.get(at).and_then(class));
    html! {
        div.scroll tabindex="0" role="region" aria-label=(caption) {
            table.wide.plain {
                caption { (caption) }
                thead {
                    tr {
                        @for (at, name) in head.iter().enumerate() { th scope="col" class=[of_column(at)] { (name) } }
                    }
                }
                tbody {
                    @for row in rows {
                        tr {
                            @for (at, cell) in row.iter().enumerate() {
                                @if at == 0 { th scope="row" { (cell) } } @else { td class=[class(cell)] { (cell) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Letters of a cell that are shown.
const LONGEST: usize = 600;

/// A cell of data as people read it.
pub(super) fn cell(cell: &Cell) -> Markup {
    let text = show::told(cell);
    let number = matches!(cell, Cell::Whole(_) | Cell::Number(_));
    let cut: String = text.chars().take(LONGEST).collect();
    html! {
        span class=[number.then_some("num")] { (cut) @if cut.len() < text.len() { "…" } }
    }
}

/// A text whose addresses are links.
pub(super) fn linked(text: &str) -> Markup {
    PreEscaped(techpower::report::linked(text))
}

/// Lines that warn.
pub(super) fn warnings(texts: &[String]) -> Markup {
    html! { @for text in texts { (warning(text)) } }
}

/// A line that warns.
pub(super) fn warning(text: &str) -> Markup {
    html! { p.warn { (text) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_to_the_right_and_without_rows_there_is_no_head() {
        let asked = Asked::new("/", Vec::new(), false, None, Lang::En);
        let row = vec![html! { "a" }, number("61%"), unknown(&asked), html! { "b" }];
        let told = table(&asked, "Shares", &["name", "share", "other", "text"], &[row]).into_string();
        assert_eq!(told.matches("<td class=\"num\">").count(), 2, "{told}");
        assert!(
            told.contains("<th scope=\"col\">name</th><th scope=\"col\" class=\"num\">share</th>"),
            "{told}"
        );
        let nothing = table(&asked, "Shares", &["name"], &[]).into_string();
        assert_eq!(nothing, "<p class=\"nothing\">Shares: nothing</p>");
    }

    #[test]
    fn headings_of_the_report_stand_under_that_of_the_page() {
        let piece = of_report(Lang::En, "<h3 id=\"a\">A</h3><h4>B</h4>".to_owned()).into_string();
        assert!(piece.contains("<h2 id=\"a\">A</h2><h3>B</h3>"), "{piece}");
    }
}
