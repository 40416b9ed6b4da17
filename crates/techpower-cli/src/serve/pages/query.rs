//! The results of the last run, asked in SQL. The database is read and nothing else, within limits of time, rows and memory.

use std::collections::BTreeSet;
use std::time::Duration;

use maud::{Markup, html};
use techpower::package::{self, Cell};

use crate::results::{Found, Limits, Results, Unanswered};
use crate::serve::App;
use crate::serve::layout::{self, Sheet};
use crate::serve::state::Asked;
use crate::words;

/// What a query may take.
const LIMITS: Limits =
    Limits { time: Duration::from_secs(5), rows: 1_000, answer: 8 << 20, value: 1 << 20, memory: 256 << 20 };
/// What a query may take whose answer is kept as a file.
const OF_FILES: Limits =
    Limits { time: Duration::from_secs(20), rows: usize::MAX, answer: 64 << 20, ..LIMITS };
/// What is asked at first.
const FIRST: &str = "SELECT claim, verdict, probability FROM claims ORDER BY probability DESC";
const TABLES: &str = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name";

/// Asks all rows, or those that a claim of a year sees.
fn ask(app: &App, sql: &str, year: Option<i16>, limits: Limits) -> Result<Found, Unanswered> {
    let mut results = Results::of(app.database)?;
    if let Some(year) = year {
        results.as_of(year)?;
    }
    results.limited(limits)?.ask(sql)
}

/// The query of an address and what comes of it, or why nothing does.
fn answered(app: &App, asked: &Asked, limits: Limits) -> Result<Found, String> {
    let mut told = Vec::new();
    let year = asked.read_or_tell("year", &mut told);
    if let Some(told) = told.pop() {
        // All rows would be an answer to something else.
        return Err(told);
    }
    ask(app, sql(asked), year, limits)
        .map_err(|why| asked.say("query_failed", &[("why", &why.told(asked.lang))]))
}

fn sql(asked: &Asked) -> &str {
    Some(asked.one("sql")).filter(|sql| !sql.is_empty()).unwrap_or(FIRST)
}

pub(super) fn page(app: &App, asked: &Asked) -> Sheet {
    // A year of the address that is no year of the report is shown too, as the answer is of it.
    let chosen: Option<i16> = asked.read("year");
    let years: BTreeSet<i16> = app.study.options.about.reported().into_iter().chain(chosen).collect();
    let controls = html! {
        label.field.long {
            span { (asked.word("query_sql")) }
            textarea.code name="sql" rows="4" spellcheck="false" data-whole="" { (sql(asked)) }
        }
        label.field {
            span { (asked.word("query_year")) }
            select name="year" {
                option value="" { (asked.word("query_all_years")) }
                @for year in &years { option value=(year) selected[chosen == Some(*year)] { (year) } }
            }
        }
    };
    let live = html! {
        (answer(app, asked))
        h2 { (asked.word("query_tables")) }
        (tables(app, asked))
    };
    let (seconds, rows) = (LIMITS.time.as_secs().to_string(), LIMITS.rows.to_string());
    let lead = html! {
        p.lead-in { (asked.word("query_lead")) " " (asked.say("query_limits", &[("seconds", &seconds), ("rows", &rows)])) }
    };
    Sheet::new(asked.word("query").to_owned(), lead, Some(controls), live)
}

fn answer(app: &App, asked: &Asked) -> Markup {
    let found = match answered(app, asked, LIMITS) {
        Ok(found) => found,
        Err(why) => return layout::warning(&why),
    };
    let shown = found.rows.len().to_string();
    let cells: Vec<Vec<Markup>> =
        found.rows.iter().map(|row| row.iter().map(layout::cell).collect()).collect();
    let head: Vec<&str> = found.columns.iter().map(String::as_str).collect();
    let renamed = found.renamed.join(asked.word("comma"));
    html! {
        @if found.more { (layout::warning(&asked.say("query_cut", &[("rows", &shown)]))) }
        @if !renamed.is_empty() { p.note { (words::say(asked.lang, "query_renamed", &[("columns", &renamed)])) } }
        (layout::table(asked, &asked.say("query_rows", &[("rows", &shown)]), &head, &cells))
        p { a href=(asked.link("/query.csv", [("sql", sql(asked)), ("year", asked.one("year"))])) { (asked.word("query_csv")) } }
    }
}

/// The tables, each with a query that shows it.
fn tables(app: &App, asked: &Asked) -> Markup {
    let names: Vec<String> = ask(app, TABLES, None, LIMITS)
        .map(|found| found.rows.into_iter().flatten().map(|cell| cell.csv()).collect())
        .unwrap_or_default();
    let meaning = |name: &str| {
        let mut tables = package::ALL.into_iter().chain(techpower::study::schema::TABLES);
        tables.find(|table| table.name == name).map_or("", |table| table.meaning(asked.lang))
    };
    let rows: Vec<Vec<Markup>> = names
        .iter()
        .map(|name| {
            let sql = format!("SELECT * FROM {name} LIMIT 100");
            vec![
                html! { a href=(asked.link("/query", [("sql", sql.as_str())])) { (name) } },
                html! { (meaning(name)) },
            ]
        })
        .collect();
    let caption = asked.say("query_count", &[("n", &rows.len().to_string())]);
    layout::table(asked, &caption, &[asked.word("table"), asked.word("meaning")], &rows)
}

/// The answer as a table to keep, which is whole or not there.
pub(super) fn csv(app: &App, asked: &Asked) -> Result<String, String> {
    let found = answered(app, asked, OF_FILES)?;
    if found.more {
        let mib = (OF_FILES.answer >> 20).to_string();
        return Err(asked.say("query_too_much", &[("mib", &mib)]));
    }
    let rows = found.rows.into_iter().map(|row| row.iter().map(Cell::csv).collect());
    Ok(package::csv_text(std::iter::once(found.columns).chain(rows)))
}
