//! The pages, one module each. A page is a function of the study and of what its address asks for.

mod claims;
mod code;
mod codebook;
mod corollary;
mod docs;
mod events;
mod leverage;
mod overview;
mod query;
mod reform;
mod rules;
mod sources;

use super::App;
use super::layout::Sheet;
use super::state::Asked;

/// A page.
pub(super) struct Page {
    pub(super) path: &'static str,
    /// Word of the catalogue that names it.
    pub(super) word: &'static str,
    pub(super) make: fn(&App, &Asked) -> Sheet,
    /// Page of the documentation that says what stands behind it; empty if none does.
    pub(super) explained: &'static str,
    /// Whether it is given texts too long for an address, so that its form sends them as a body.
    pub(super) takes_texts: bool,
    /// Whether a study has anything for it.
    wanted: fn(&App) -> bool,
}

/// A file to keep.
pub(super) struct File {
    pub(super) path: &'static str,
    pub(super) name: &'static str,
    /// The file, or why there is none.
    pub(super) make: fn(&App, &Asked) -> Result<String, String>,
}

const fn page(
    path: &'static str,
    word: &'static str,
    make: fn(&App, &Asked) -> Sheet,
    explained: &'static str,
    wanted: fn(&App) -> bool,
) -> Page {
    Page { path, word, make, explained, takes_texts: false, wanted }
}

fn always(_: &App) -> bool {
    true
}

fn has_rules(app: &App) -> bool {
    !app.findings.is_empty()
}

/// All pages, in the order of the navigation.
pub(super) static ALL: [Page; 12] = [
    page("/", "overview", overview::page, "guides/read-the-report", always),
    page("/events", "events", events::page, "concepts/texts", |app| !app.study.events.is_empty()),
    page("/sources", "sources", sources::page, "concepts/measuring-sources", |app| {
        !app.stated.roots.is_empty()
    }),
    page("/leverage", "leverage", leverage::page, "concepts/denial-games", |app| {
        !app.study.supply.is_empty()
    }),
    page("/corollary", "corollary", corollary::page, "concepts/scarcity-corollary", |app| {
        !app.power.corollary.is_empty()
    }),
    page("/rules", "rules", rules::page, "concepts/legal-instruments", has_rules),
    page("/reform", "reform", reform::page, "concepts/legal-instruments", has_rules),
    page("/claims", "claims", claims::page, "concepts/power-and-claims", |app| !app.judged.is_empty()),
    Page { takes_texts: true, ..page("/code", "code", code::page, "guides/code-texts", always) },
    page("/codebook", "codebook", codebook::page, "concepts/theory", always),
    page("/query", "query", query::page, "reference/tables", always),
    page("/docs", "docs", docs::page, "", always),
];

/// What is shown where there is no page.
pub(super) static NOTHING: Page = page("", "nothing", nothing, "", always);

fn nothing(_: &App, asked: &Asked) -> Sheet {
    let live = maud::html! { p { (asked.word("nothing_hint")) } };
    Sheet { found: false, ..Sheet::new(asked.word("nothing").to_owned(), maud::html! {}, None, live) }
}

/// All files.
pub(super) static FILES: [File; 2] = [
    File { path: "/events.csv", name: "suggestions.csv", make: events::csv },
    File { path: "/query.csv", name: "query.csv", make: query::csv },
];

/// The pages for which a study has anything.
pub(super) fn shown(app: &App) -> impl Iterator<Item = &'static Page> {
    ALL.iter().filter(|page| (page.wanted)(app))
}
