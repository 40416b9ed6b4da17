//! The texts of a study: what was coded in them, and how that agrees with the curated events.

use std::collections::BTreeMap;

use super::table::{Cell, caption, held, table};
use super::words::{View, number, percent, signed};
use crate::code::agreement::{Agreement, Disagreement, Field};
use crate::code::{CURATED, Source};

/// Fields that are shown: curated events have no passage to compare, and which events were found is told by detection.
const FIELDS: [Field; 7] = [
    Field::Detection,
    Field::Power,
    Field::Mode,
    Field::Layer,
    Field::Instrument,
    Field::Sender,
    Field::Targets,
];
/// Disagreements that are listed; the table has all.
const MOST: usize = 20;

pub(super) fn section(view: View<'_>) -> String {
    let corpus = view.c.corpus;
    let count = |n: usize| number(n as f64);
    let mut out = view.paragraph(
        "texts-text",
        &[
            ("documents", corpus.documents.len().to_string()),
            ("telling", corpus.telling().to_string()),
            ("acts", corpus.acts().to_string()),
            ("coder", super::escape(&corpus.coder)),
        ],
    );
    let counts = view.c.study.options.code.count;
    let enters = if !counts {
        "texts-not-counted"
    } else if corpus.checked() == 0 {
        "texts-unchecked"
    } else {
        "texts-counted"
    };
    out.push_str(&format!("<p class=\"warn\">{}</p>\n", view.word(enters)));
    if view.c.comparison.agreement.is_empty() {
        return out + &format!("<p class=\"nothing\">{}</p>\n", view.word("texts-no-agreement"));
    }
    out.push_str(&view.paragraph("texts-agreement", &[("checked", count(corpus.checked()))]));
    out.push_str(&agreement(view));
    out.push_str(&disagreements(view));
    out
}

/// Percent, kappa or alpha of each field with intervals.
fn agreement(view: View<'_>) -> String {
    let heads =
        ["texts-field", "texts-percent", "texts-kappa", "texts-alpha", "texts-units", "texts-missing"];
    let head: Vec<Cell> = heads
        .iter()
        .enumerate()
        .map(|(at, id)| Cell::html(view.word(id)).class(if at == 0 { "" } else { "num" }))
        .collect();
    let rows: Vec<Vec<Cell>> = FIELDS
        .iter()
        .filter_map(|field| {
            let of = |measure: &str| {
                view.c.comparison.agreement.iter().find(|row| row.field == *field && row.measure == measure)
            };
            let first = of("percent")?;
            let alpha = of("krippendorff_alpha").filter(|_| *field != Field::Targets);
            Some(vec![
                Cell::html(view.term("field", field.id())),
                Cell::known(view, shown(view, first, &|x| percent(x))),
                Cell::known(view, of("cohen_kappa").and_then(|row| shown(view, row, &|x| signed(x, 2)))),
                Cell::known(
                    view,
                    alpha.or_else(|| of("alpha_masi")).and_then(|row| shown(view, row, &|x| signed(x, 2))),
                ),
                Cell::number(first.units.to_string()),
                Cell::number(first.missing.to_string()),
            ])
        })
        .collect();
    let words =
        [("held", held(view, &["agreement_measures", "agreement_categories", "agreement_confusion"]))];
    table("texts", &caption(view, "texts-caption", &words), &head, &rows)
}

/// A measure with its interval.
fn shown(view: View<'_>, row: &Agreement, write: &dyn Fn(f64) -> String) -> Option<String> {
    let value = write(row.value?);
    let range = row.interval.map(|interval| format!("{}–{}", write(interval.q05), write(interval.q95)));
    Some(value + &range.map_or_else(String::new, |range| view.brackets(&range)))
}

/// The first points of disagreement, with their documents.
fn disagreements(view: View<'_>) -> String {
    let all = &view.c.comparison.disagreements;
    let shown: Vec<&Disagreement> =
        all.iter().filter(|row| FIELDS.contains(&row.field) || row.field == Field::Event).collect();
    if shown.is_empty() {
        return view.paragraph("texts-none-differ", &[]);
    }
    let sources: BTreeMap<&str, &Source> =
        view.c.corpus.documents.iter().map(|document| (document.id.as_str(), document)).collect();
    let head: Vec<Cell> = ["texts-document", "texts-field", "texts-curated", "texts-coder", "texts-words"]
        .iter()
        .map(|id| Cell::html(view.word(id)))
        .collect();
    let said = |text: &Option<String>| match text {
        Some(text) => Cell::text(text),
        None => Cell::html(view.word("texts-no-event")),
    };
    let rows: Vec<Vec<Cell>> = shown
        .iter()
        .take(MOST)
        .map(|row| {
            let title = sources.get(row.document.as_str()).map_or("", |source| source.title.as_str());
            vec![
                Cell::text(&format!("{} {title}", row.document)),
                Cell::html(view.term("field", row.field.id())),
                said(&row.first),
                said(&row.second),
                Cell::text(row.second_evidence.as_deref().unwrap_or_default()),
            ]
        })
        .collect();
    let words = [
        ("shown", rows.len().to_string()),
        ("all", shown.len().to_string()),
        ("held", held(view, &["agreement_disagreements", "codings"])),
    ];
    debug_assert_eq!(view.c.comparison.coders.first().map(String::as_str), Some(CURATED));
    table("texts wide", &caption(view, "texts-differ-caption", &words), &head, &rows)
}
