//! The test of the scarcity corollary, for whoever wants to attack it.

use maud::{Markup, html};
use techpower::infer::{Basis, Change};
use techpower::report::{self, Interrogation};

use crate::serve::App;
use crate::serve::layout::{Sheet, of_report, select};
use crate::serve::state::Asked;

/// What the field of the year says of all years together.
const ALL_YEARS: &str = "all";

pub(super) fn page(app: &App, asked: &Asked) -> Sheet {
    let mut years: Vec<i16> = app.power.corollary.iter().map(|one| one.year).collect();
    years.dedup();
    let named = |id: &str| asked.one(id).to_owned();
    let question = Interrogation {
        year: match asked.one("year") {
            ALL_YEARS => None,
            _ => asked.read("year").filter(|year| years.contains(year)).or(Some(first(app, &years))),
        },
        change: Change::ALL.into_iter().find(|change| change.id() == named("change")),
        basis: Basis::ALL.into_iter().find(|basis| basis.id() == named("basis")),
    };
    let all = (ALL_YEARS.to_owned(), asked.word("corollary_all_years").to_owned());
    let years: Vec<(String, String)> =
        years.iter().map(|year| (year.to_string(), year.to_string())).chain([all]).collect();
    let year = question.year.map_or(ALL_YEARS.to_owned(), |year| year.to_string());
    let changes = Change::ALL.into_iter().filter(|change| {
        *change != Change::Nothing && app.power.trials.iter().any(|trial| trial.change == *change)
    });
    let changes: Vec<(String, String)> =
        changes.map(|change| (change.id().to_owned(), report::change(change, asked.lang))).collect();
    let bases = Basis::ALL.map(|basis| (basis.id().to_owned(), report::basis(basis, asked.lang)));
    let any = Some(asked.word("corollary_all_trials"));
    let controls = html! {
        (select("year", asked.word("corollary_year"), None, &years, &year))
        (select("change", asked.word("corollary_change"), any, &changes, asked.one("change")))
        (select("basis", asked.word("corollary_basis"), any, &bases, asked.one("basis")))
    };
    let live = html! {
        (of_report(asked.lang, report::corollary(&app.contents(), &question, asked.lang)))
        (behind(asked, &question))
    };
    let lead = html! { p.lead-in { (asked.word("corollary_lead")) } };
    Sheet::new(asked.word("corollary").to_owned(), lead, Some(controls), live)
}

/// The year that is shown at first: that of the report if it was tested, else the last.
fn first(app: &App, years: &[i16]) -> i16 {
    let headline = app.study.options.about.headline;
    if years.contains(&headline) { headline } else { years.last().copied().unwrap_or(headline) }
}

/// The queries by which the same numbers come out of the results.
fn behind(asked: &Asked, question: &Interrogation) -> Markup {
    let mut queries = Vec::new();
    if let Some(year) = question.year {
        queries.push(format!("SELECT * FROM corollary WHERE year = {year}"));
        queries.push(format!(
            "SELECT i.actor, i.basis, i.scarcest_source, i.power, i.probability, r.share_mean, r.probability_leading, r.acts\n\
             FROM implied i LEFT JOIN reliance r ON r.actor = i.actor AND r.power = i.power AND r.year = i.year\n\
             WHERE i.year = {year} ORDER BY i.actor, i.basis, i.probability DESC"
        ));
    }
    let mut which = question.year.map_or("t.year IS NULL".to_owned(), |year| format!("t.year = {year}"));
    if let Some(change) = question.change {
        which.push_str(&format!(" AND t.change = '{}'", change.id()));
    }
    if let Some(basis) = question.basis {
        which.push_str(&format!(" AND t.basis = '{}'", basis.id()));
    }
    queries.push(format!(
        "SELECT t.change, t.choice, t.basis, t.compared, t.log_score - t.base_score AS advantage,\n  \
         t.log_score - t.base_score - (n.log_score - n.base_score) AS moves, t.agreement_mean, t.p_dealt\n\
         FROM corollary_trials t JOIN corollary_trials n ON n.change = 'nothing' AND n.basis = t.basis AND n.year IS t.year\n\
         WHERE t.change <> 'nothing' AND {which} ORDER BY ABS(moves) DESC"
    ));
    html! {
        h2 { (asked.word("corollary_queries")) }
        @for query in &queries {
            pre tabindex="0" { (query) }
            p { a href=(asked.link("/query", [("sql", query.as_str())])) { (asked.word("claims_ask")) } }
        }
    }
}
