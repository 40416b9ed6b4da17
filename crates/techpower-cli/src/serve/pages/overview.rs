//! What the study is and what it comes to.

use std::collections::BTreeSet;

use maud::{Markup, html};
use techpower::claims::Verdict;
use techpower::report;

use crate::serve::App;
use crate::serve::layout::{self, Sheet, either, id, of_report};
use crate::serve::pages;
use crate::serve::state::Asked;

pub(super) fn page(app: &App, asked: &Asked) -> Sheet {
    let about = &app.study.options.about;
    let title = either(asked.lang, &about.title_en, &about.title_zh).to_owned();
    let uncertainty = &app.study.options.uncertainty;
    let (from, to) = (about.from.to_string(), about.to.to_string());
    let (draws, seed) = (layout::count(uncertainty.draws), uncertainty.seed.to_string());
    let year = about.headline.to_string();
    let words = [
        ("from", from.as_str()),
        ("to", &to),
        ("year", &year),
        ("draws", &draws),
        ("seed", &seed),
        ("codebook", app.study.codebook.title(asked.lang)),
    ];
    let mut answer = report::section(&app.contents(), "answer", asked.lang).unwrap_or_default();
    // Within the report these are sections; here they are pages.
    for (section, path) in [("claims", "/claims"), ("corollary", "/corollary")] {
        let (within, here) = (format!("\"#{section}-{}\"", id(asked.lang)), asked.link(path, []));
        answer = answer.replace(&within, &format!("\"{}\"", here.replace('&', "&amp;")));
    }
    let answer = unlinked(&answer);
    let live = html! {
        (counts(app, asked))
        (of_report(asked.lang, answer))
        h2 { (asked.word("pages")) }
        ul {
            @for page in pages::shown(app).filter(|page| page.path != "/") {
                li {
                    a href=(asked.link(page.path, [])) { (asked.word(page.word)) } (asked.word("colon"))
                    (asked.word(&format!("{}_lead", page.word)))
                }
            }
        }
    };
    Sheet::new(title, html! { p.lead-in { (asked.say("overview_facts", &words)) } }, None, live)
}

/// A piece of the report without its links to sections that are not on the page.
fn unlinked(piece: &str) -> String {
    let mut parts = piece.split("<a href=\"#");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let inside = part.split_once('>').map_or("", |(_, inside)| inside);
        out.push_str(&inside.replacen("</a>", "", 1));
    }
    out
}

/// How much there is, and where to look at it.
fn counts(app: &App, asked: &Asked) -> Markup {
    let study = &app.study;
    let events: BTreeSet<&str> = study.events.iter().map(|event| event.event.as_str()).collect();
    let counts = [
        ("events", events.len(), "/events"),
        ("event_rows", study.events.len(), "/events"),
        ("indicators", study.indicators.len(), ""),
        ("supply", study.supply.len(), ""),
        ("instruments", app.book().instruments.len(), "/rules"),
        ("objects", app.book().objects().len(), "/rules"),
        ("documents", app.corpus.documents.len(), ""),
    ];
    let verdicts = Verdict::ALL
        .map(|verdict| (verdict, app.judged.iter().filter(|judged| judged.own.verdict == verdict).count()));
    let [errors, warnings, remarks] = app.counts.map(|count| report::number(count as f64));
    let notes = "SELECT * FROM notes";
    html! {
        ul.facts-list {
            @for (word, count, path) in counts.into_iter().filter(|(_, count, _)| *count > 0) {
                li {
                    b { (layout::count(count)) }
                    @if path.is_empty() { (asked.word(word)) } @else { a href=(asked.link(path, [])) { (asked.word(word)) } }
                }
            }
            @for (verdict, count) in verdicts.into_iter().filter(|(_, count)| *count > 0) {
                li { b { (layout::count(count)) } a href=(asked.link("/claims", [("verdict", verdict.id())])) { (asked.word(&format!("claims_{}", verdict.id()))) } }
            }
        }
        p.note {
            (asked.say("overview_notes", &[("errors", &errors), ("warnings", &warnings), ("remarks", &remarks)]))
            " " a href=(asked.link("/query", [("sql", notes)])) { (asked.word("overview_notes_link")) }
        }
    }
}
