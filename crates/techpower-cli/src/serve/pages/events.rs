//! The events: filtered, searched, with their evidence; and suggestions of changes, which are written nowhere but into a file to keep.

use std::collections::BTreeSet;

use maud::{Markup, PreEscaped, html};
use techpower::diag::Lang;
use techpower::package;
use techpower::report;
use techpower::study::{EventRow, schema};

use crate::serve::App;
use crate::serve::layout::{self, Sheet, either, input, labelled, select};
use crate::serve::state::Asked;

/// Events of a page.
const PER_PAGE: usize = 50;
/// What parts a suggestion: event, sender, column, value.
const BETWEEN: char = '~';

/// What is looked for.
struct Wanted<'a> {
    words: Vec<String>,
    power: &'a str,
    mode: &'a str,
    sender: &'a str,
    from: &'a str,
    to: &'a str,
}

impl<'a> Wanted<'a> {
    fn of(asked: &'a Asked) -> Wanted<'a> {
        Wanted {
            words: asked.one("q").to_lowercase().split_whitespace().map(str::to_owned).collect(),
            power: asked.one("power"),
            mode: asked.one("mode"),
            sender: asked.one("sender"),
            from: asked.one("from"),
            to: asked.one("to"),
        }
    }

    fn holds(&self, app: &App, event: &EventRow) -> bool {
        let is = |wanted: &str, value: &str| wanted.is_empty() || wanted == value;
        let date = event.date.to_string();
        // A date of a month or a year is told by fewer letters, and counts from its beginning.
        let after = self.from.is_empty() || date.as_str() >= self.from || self.from.starts_with(&date);
        let before = self.to.is_empty() || date.as_str() <= self.to;
        if !(is(self.power, &event.power)
            && is(self.mode, &event.mode)
            && is(self.sender, &event.sender)
            && after
            && before)
        {
            return false;
        }
        self.words.is_empty() || {
            let text = searched(app, event);
            self.words.iter().all(|word| text.contains(word))
        }
    }
}

/// Everything of an event that a word may stand in.
fn searched(app: &App, event: &EventRow) -> String {
    let named =
        |id: &str| [Lang::En, Lang::Zh].map(|lang| app.study.actor_name(id, lang).to_owned()).join(" ");
    let targets: Vec<String> = event.targets.iter().map(|target| named(target)).collect();
    let instrument =
        [Lang::En, Lang::Zh].map(|lang| app.study.codebook.name(&event.instrument, lang).unwrap_or_default());
    [
        event.event.as_str(),
        &event.evidence,
        &event.evidence_zh,
        &event.document,
        &event.note,
        &named(&event.sender),
        &targets.join(" "),
        &instrument.join(" "),
        &event.instrument,
    ]
    .join(" ")
    .to_lowercase()
}

pub(super) fn page(app: &App, asked: &Asked) -> Sheet {
    let wanted = Wanted::of(asked);
    let mut found: Vec<&EventRow> =
        app.study.events.iter().filter(|event| wanted.holds(app, event)).collect();
    found.sort_by(|a, b| (b.date, &a.event, &a.sender).cmp(&(a.date, &b.event, &b.sender)));
    let last = found.len().div_ceil(PER_PAGE).max(1);
    let at = asked.read::<usize>("page").unwrap_or(1).clamp(1, last);
    let shown: Vec<&EventRow> = found.iter().skip((at - 1) * PER_PAGE).take(PER_PAGE).copied().collect();
    let edits = edits(asked);
    let live = html! {
        @if !edits.is_empty() { (suggested(app, asked, &edits)) }
        @if let Some(event) = open(app, asked) { (form(app, asked, event)) }
        (list(app, asked, &shown, &found))
        @if last > 1 { (pager(asked, at, last)) }
    };
    let lead = html! { p.lead-in { (asked.word("events_lead")) } };
    Sheet::new(asked.word("events").to_owned(), lead, Some(controls(app, asked)), live)
}

fn controls(app: &App, asked: &Asked) -> Markup {
    let book = &app.study.codebook;
    let named = |kind: &str| -> Vec<(String, String)> {
        let pages = book.pages.iter().filter(|page| page.kind == kind);
        pages.map(|page| (page.id.clone(), page.name(asked.lang).to_owned())).collect()
    };
    let mut senders: Vec<&str> = app.study.events.iter().map(|event| event.sender.as_str()).collect();
    senders.sort_unstable();
    senders.dedup();
    let mut senders: Vec<(String, String)> = senders
        .iter()
        .map(|id| ((*id).to_owned(), app.study.actor_name(id, asked.lang).to_owned()))
        .collect();
    senders.sort_by(|a, b| a.1.cmp(&b.1));
    let any = Some(asked.word("any"));
    html! {
        (labelled(asked.word("search"), html! { input type="search" name="q" value=(asked.one("q")); }))
        (select("sender", asked.word("sender"), any, &senders, asked.one("sender")))
        (select("power", asked.word("power"), any, &named("type"), asked.one("power")))
        (select("mode", asked.word("mode"), any, &named("mode"), asked.one("mode")))
        (input("date", "from", asked.word("from"), asked.one("from"), ""))
        (input("date", "to", asked.word("to"), asked.one("to"), ""))
        @for edit in asked.all("edit") { input type="hidden" name="edit" value=(edit); }
    }
}

fn list(app: &App, asked: &Asked, shown: &[&EventRow], found: &[&EventRow]) -> Markup {
    let lang = asked.lang;
    let page = |id: &str| app.study.codebook.name(id, lang).unwrap_or(id).to_owned();
    let rows: Vec<Vec<Markup>> = shown
        .iter()
        .map(|event| {
            let targets: Vec<&str> = event
                .targets
                .iter()
                .map(|id| match id.as_str() {
                    "*" => asked.word("everyone"),
                    "-" => asked.word("no_one"),
                    id => app.study.actor_name(id, lang),
                })
                .collect();
            let key = format!("{}{BETWEEN}{}", event.event, event.sender);
            vec![
                html! { span.whole { (event.date) } },
                html! { b { (app.study.actor_name(&event.sender, lang)) } " → " (targets.join(asked.word("comma"))) },
                html! {
                    a href=(asked.link("/codebook", [("page", event.instrument.as_str())])) { (page(&event.instrument)) }
                    span.also { (layout::power(app, asked, &event.power).unwrap_or(asked.word("no_power"))) }
                },
                html! { span.whole { (page(&event.mode)) span.also { (page(&event.status)) } } },
                html! {
                    (either(lang, &event.evidence, &event.evidence_zh))
                    details { summary { (asked.word("reference")) }
                        p.note { (layout::linked(&event.reference)) }
                        p.note { code { (event.event) } " · " (event.document) " · " (event.coder) " · " (PreEscaped(report::certainty(&event.certainty, lang))) }
                        @if !event.note.is_empty() { p.note { (event.note) } }
                    }
                    a href=(asked.with("row", &key)) { (asked.word("suggest")) }
                },
            ]
        })
        .collect();
    let events: BTreeSet<&str> = found.iter().map(|event| event.event.as_str()).collect();
    let [n, all, events] = [shown.len(), found.len(), events.len()].map(layout::count);
    let caption = asked.say("events_caption", &[("shown", &n), ("all", &all), ("events", &events)]);
    let head = ["date", "who", "instrument", "mode", "evidence"].map(|id| asked.word(id));
    layout::table(asked, &caption, &head, &rows)
}

fn pager(asked: &Asked, at: usize, last: usize) -> Markup {
    html! {
        nav.pager aria-label=(asked.word("pager")) {
            @if at > 1 { a href=(asked.with("page", &(at - 1).to_string())) { (asked.word("earlier_page")) } }
            span { (asked.say("page_of", &[("at", &at.to_string()), ("last", &last.to_string())])) }
            @if at < last { a href=(asked.with("page", &(at + 1).to_string())) { (asked.word("later_page")) } }
        }
    }
}

/// A change that somebody suggests.
struct Edit<'a> {
    event: &'a str,
    sender: &'a str,
    column: &'a str,
    value: &'a str,
}

/// The suggestions of an address; the one just filled in comes last.
fn edits(asked: &Asked) -> Vec<String> {
    let mut edits: Vec<String> = asked.all("edit").map(str::to_owned).collect();
    let (row, column, value) = (asked.one("row"), asked.one("column"), asked.one("value"));
    if !row.is_empty() && !column.is_empty() && !value.is_empty() {
        let edit = [row, column, value].join(&BETWEEN.to_string());
        if !edits.contains(&edit) {
            edits.push(edit);
        }
    }
    edits
}

fn read(edit: &str) -> Option<Edit<'_>> {
    let mut parts = edit.splitn(4, BETWEEN);
    let (event, sender, column, value) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    Some(Edit { event, sender, column, value })
}

fn row(app: &App, event: &str, sender: &str) -> Option<usize> {
    app.study.events.iter().position(|row| row.event == event && row.sender == sender)
}

/// Cells of a row of the table as they are written.
fn cells(app: &App, at: usize) -> Vec<String> {
    techpower::study::rows(&app.study, &schema::EVENTS).nth(at).unwrap_or_default()
}

/// Columns of which a change can be suggested; the others say which row is meant.
fn columns() -> impl Iterator<Item = (usize, &'static str)> {
    let names = schema::EVENTS.columns.iter().map(|column| column.name).enumerate();
    names.filter(|(_, name)| !["event", "sender"].contains(name))
}

/// The event for which a change is being filled in.
fn open<'a>(app: &'a App, asked: &Asked) -> Option<&'a EventRow> {
    let (event, sender) = asked.one("row").split_once(BETWEEN)?;
    Some(&app.study.events[row(app, event, sender)?])
}

/// A form of its own, as what it sends is no filter.
fn form(app: &App, asked: &Asked, event: &EventRow) -> Markup {
    let at = row(app, &event.event, &event.sender).unwrap_or_default();
    let now = cells(app, at);
    let options: Vec<(String, String)> = columns()
        .map(|(at, name)| {
            let value: String = now.get(at).map_or("", String::as_str).chars().take(40).collect();
            (name.to_owned(), format!("{name}{}{value}", asked.word("colon")))
        })
        .collect();
    let kept = ["q", "sender", "power", "mode", "from", "to", "page", "lang", "theme"];
    html! {
        h2 id="suggest" { (asked.say("suggest_for", &[("event", &event.event)])) }
        p { (either(asked.lang, &event.evidence, &event.evidence_zh)) }
        form.own method="get" action=(asked.path) {
            @for name in kept { @if !asked.one(name).is_empty() { input type="hidden" name=(name) value=(asked.one(name)); } }
            @for edit in edits(asked) { input type="hidden" name="edit" value=(edit); }
            input type="hidden" name="row" value=(asked.one("row"));
            (select("column", asked.word("column"), None, &options, ""))
            (input("text", "value", asked.word("new_value"), "", ""))
            p.actions { button type="submit" { (asked.word("suggest_add")) } }
        }
    }
}

fn suggested(app: &App, asked: &Asked, edits: &[String]) -> Markup {
    let told = edits.iter().filter_map(|edit| read(edit));
    let rows: Vec<Vec<Markup>> = told
        .map(|edit| {
            let now = value_now(app, &edit);
            vec![
                html! { (edit.event) span.also { (edit.sender) } },
                html! { (edit.column) },
                html! { @if let Some(now) = &now { (now) } @else { (asked.word("suggest_unknown")) } },
                html! { b { (edit.value) } },
            ]
        })
        .collect();
    let fields = edits.iter().map(|edit| ("edit", edit.as_str()));
    let head = ["event", "column", "now", "new_value"].map(|id| asked.word(id));
    html! {
        h2 { (asked.word("suggestions")) }
        (layout::table(asked, asked.word("suggestions_caption"), &head, &rows))
        p { a href=(asked.link("/events.csv", fields)) { (asked.word("suggestions_csv")) } " · " a href=(asked.link("/events", [])) { (asked.word("suggestions_drop")) } }
    }
}

/// What a suggestion would change; `None` if it speaks of no row or column.
fn value_now(app: &App, edit: &Edit<'_>) -> Option<String> {
    let (column, _) = columns().find(|(_, name)| *name == edit.column)?;
    cells(app, row(app, edit.event, edit.sender)?).into_iter().nth(column)
}

/// The suggestions as a table to keep.
pub(super) fn csv(app: &App, asked: &Asked) -> Result<String, String> {
    let head = ["event", "sender", "column", "now", "suggested"].map(str::to_owned);
    let edits = edits(asked);
    let rows = edits.iter().filter_map(|edit| {
        let edit = read(edit)?;
        let now = value_now(app, &edit)?;
        Some([
            edit.event.to_owned(),
            edit.sender.to_owned(),
            edit.column.to_owned(),
            now,
            edit.value.to_owned(),
        ])
    });
    Ok(package::csv_text(std::iter::once(head).chain(rows)))
}
