//! The results of the last run, asked in SQL. The database is read and nothing else, within limits of time, rows and memory.

use std::time::Duration;

use maud::{Markup, html};
use techpower::package::{self, Cell};

use crate::results::{Limits, Results};
use crate::serve::App;
use crate::serve::layout::{self, Sheet};
use crate::serve::state::Asked;

/// What a query may take.
const LIMITS: Limits =
    Limits { time: Duration::from_secs(5), rows: 1_000, bytes: 1 << 20, memory: 256 << 20 };
/// What is asked at first.
const FIRST: &str = "SELECT claim, verdict, probability FROM claims ORDER BY probability DESC";
const TABLES: &str = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name";

/// Columns, rows (one more than are shown if there are more), or why not.
type Answer = Result<(Vec<String>, Vec<Vec<Cell>>), String>;

/// Asks all rows, or those that a claim of a year sees.
fn ask(app: &App, sql: &str, year: Option<i16>) -> Answer {
    let told = |error: rusqlite::Error| error.to_string();
    let mut results = Results::open(&app.database).map_err(told)?;
    if let Some(year) = year {
        results.as_of(year).map_err(told)?;
    }
    results.limited(LIMITS).and_then(|reader| reader.ask_at_most(sql, LIMITS.rows)).map_err(told)
}

pub(super) fn page(app: &App, asked: &Asked) -> Sheet {
    let sql = asked.one("sql");
    let controls = html! {
        label.field.long {
            span { (asked.word("query_sql")) }
            textarea.code name="sql" rows="4" spellcheck="false" data-whole="" { (if sql.is_empty() { FIRST } else { sql }) }
        }
        label.field {
            span { (asked.word("query_year")) }
            select name="year" {
                option value="" { (asked.word("query_all_years")) }
                @for year in app.study.options.about.reported() {
                    option value=(year) selected[asked.read("year") == Some(year)] { (year) }
                }
            }
        }
    };
    let live = html! {
        (answer(app, asked, if sql.is_empty() { FIRST } else { sql }))
        h2 { (asked.word("query_tables")) }
        (tables(app, asked))
    };
    let (seconds, rows) = (LIMITS.time.as_secs().to_string(), LIMITS.rows.to_string());
    let lead = html! {
        p.lead-in { (asked.word("query_lead")) " " (asked.say("query_limits", &[("seconds", &seconds), ("rows", &rows)])) }
    };
    Sheet::new(asked.word("query").to_owned(), lead, Some(controls), live)
}

fn answer(app: &App, asked: &Asked, sql: &str) -> Markup {
    match ask(app, sql, asked.read("year")) {
        Err(why) => layout::warning(&asked.say("query_failed", &[("why", &why)])),
        Ok((columns, rows)) => {
            let more = rows.len() > LIMITS.rows;
            let shown = rows.len().min(LIMITS.rows).to_string();
            let cells: Vec<Vec<Markup>> =
                rows.iter().take(LIMITS.rows).map(|row| row.iter().map(layout::cell).collect()).collect();
            let head: Vec<&str> = columns.iter().map(String::as_str).collect();
            html! {
                @if more { (layout::warning(&asked.say("query_cut", &[("rows", &shown)]))) }
                (layout::table(asked, &asked.say("query_rows", &[("rows", &shown)]), &head, &cells))
                p { a href=(asked.link("/query.csv", [("sql", sql), ("year", asked.one("year"))])) { (asked.word("query_csv")) } }
            }
        }
    }
}

/// The tables, each with a query that shows it.
fn tables(app: &App, asked: &Asked) -> Markup {
    let names: Vec<String> = ask(app, TABLES, None)
        .map(|(_, rows)| rows.into_iter().flatten().map(|cell| cell.csv()).collect())
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

/// The answer as a table to keep, or why there is none.
pub(super) fn csv(app: &App, asked: &Asked) -> String {
    match ask(app, asked.one("sql"), asked.read("year")) {
        Err(why) => why + "\n",
        Ok((columns, rows)) => {
            let rows = rows.into_iter().take(LIMITS.rows).map(|row| row.iter().map(Cell::csv).collect());
            package::csv_text(std::iter::once(columns).chain(rows))
        }
    }
}
