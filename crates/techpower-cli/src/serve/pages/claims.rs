//! The claims, and what becomes of one if its threshold moves.

use maud::{Markup, html};
use techpower::claims::{self, Chance, Judged, SUPPORTED_FROM, UNSUPPORTED_TO, Verdict};
use techpower::num::hundredths;
use techpower::package::Cell;
use techpower::report;

use crate::serve::App;
use crate::serve::layout::{self, Sheet, either, of_report, select};
use crate::serve::state::Asked;
use crate::show;

/// Steps of the slider from the least to the greatest number.
const STEPS: f64 = 200.0;

pub(super) fn page(app: &App, asked: &Asked) -> Sheet {
    match app.judged.iter().find(|judged| judged.claim.id == asked.one("claim")) {
        Some(judged) => one(app, asked, judged),
        None => all(app, asked),
    }
}

fn all(app: &App, asked: &Asked) -> Sheet {
    let verdicts: Vec<(String, String)> = Verdict::ALL
        .iter()
        .map(|verdict| (verdict.id().to_owned(), asked.word(&format!("claims_{}", verdict.id())).to_owned()))
        .collect();
    let mut sections: Vec<(String, String)> = app
        .judged
        .iter()
        .map(|judged| (judged.claim.section.clone(), judged.claim.section.clone()))
        .collect();
    sections.sort();
    sections.dedup();
    let words: Vec<String> = asked.one("q").to_lowercase().split_whitespace().map(str::to_owned).collect();
    let is = |name: &str, value: &str| asked.one(name).is_empty() || asked.one(name) == value;
    let found: Vec<&Judged> = app
        .judged
        .iter()
        .filter(|judged| is("verdict", judged.own.verdict.id()) && is("section", &judged.claim.section))
        .filter(|judged| {
            let text = format!("{} {} {}", judged.claim.id, judged.claim.en, judged.claim.zh).to_lowercase();
            words.iter().all(|word| text.contains(word))
        })
        .collect();
    let rows: Vec<Vec<Markup>> = found
        .iter()
        .map(|judged| {
            let claim = &judged.claim;
            vec![
                chip(asked, judged.own.verdict),
                html! { (chance(asked, judged.own.chance(app.power.draws))) },
                html! { (claim.section) },
                html! {
                    (either(asked.lang, &claim.en, &claim.zh)) " "
                    a href=(asked.link("/claims", [("claim", claim.id.as_str())])) { (asked.word("claims_move")) }
                },
            ]
        })
        .collect();
    let head = ["verdict", "probability", "section", "claim"].map(|id| asked.word(id));
    let (shown, all) = (found.len().to_string(), app.judged.len().to_string());
    let caption = asked.say("claims_caption", &[("shown", &shown), ("all", &all)]);
    let controls = html! {
        (layout::input("search", "q", asked.word("search"), asked.one("q"), ""))
        (select("verdict", asked.word("verdict"), Some(asked.word("any")), &verdicts, asked.one("verdict")))
        (select("section", asked.word("section"), Some(asked.word("any")), &sections, asked.one("section")))
    };
    let lead = html! { p.lead-in { (asked.word("claims_lead")) " " (bounds(asked)) } };
    Sheet::new(asked.word("claims").to_owned(), lead, Some(controls), layout::table(&caption, &head, &rows))
}

fn bounds(asked: &Asked) -> String {
    asked.say("claims_bounds", &[("from", &SUPPORTED_FROM.to_string()), ("to", &UNSUPPORTED_TO.to_string())])
}

fn chip(asked: &Asked, verdict: Verdict) -> Markup {
    html! { span class={ "chip " (verdict.id()) } { (asked.word(&format!("claims_{}", verdict.id()))) } }
}

/// What the numbers of a claim say: only draws give a probability.
fn chance(asked: &Asked, chance: Option<Chance>) -> String {
    match chance {
        None => "–".to_owned(),
        Some(Chance::Single(holds)) => asked.word(if holds { "holds" } else { "fails" }).to_owned(),
        Some(Chance::Counts { passing, of }) => {
            asked.say("claims_counts", &[("passing", &passing.to_string()), ("of", &of.to_string())])
        }
        Some(Chance::Draws { share, .. }) => told(share),
    }
}

/// Numbers that are no draws: one by one, or the least and the greatest of many.
fn few(asked: &Asked, numbers: &[f64]) -> String {
    let told: Vec<String> = claims::told(numbers).into_iter().map(|x| show::told(&Cell::from(x))).collect();
    match told.as_slice() {
        [least, greatest] if numbers.len() > 2 => {
            asked.say("claims_range", &[("least", least), ("greatest", greatest)])
        }
        few => asked.say("claims_few", &[("list", &few.join(asked.word("comma")))]),
    }
}

/// A probability with two decimals, never certain unless it is.
fn told(p: f64) -> String {
    match p {
        p if p > 0.0 && p < 0.005 => "<0.01".to_owned(),
        p if (0.995..1.0).contains(&p) => ">0.99".to_owned(),
        p => format!("{:.2}", hundredths(p) / 100.0),
    }
}

fn one(app: &App, asked: &Asked, judged: &Judged) -> Sheet {
    let claim = &judged.claim;
    let numbers = app.numbers(judged).unwrap_or_default();
    let mut misread = Vec::new();
    let threshold = asked.finite("threshold", &mut misread).unwrap_or(claim.threshold);
    let moved = claims::weighed(claim, &numbers, threshold);
    let (low, high) = numbers
        .iter()
        .chain([&claim.threshold, &threshold])
        .fold((f64::MAX, f64::MIN), |(low, high), x| (low.min(*x), high.max(*x)));
    let step = if high > low { (high - low) / STEPS } else { 1.0 };
    let (stated, now) = (claim.threshold.to_string(), threshold.to_string());
    let controls = html! {
        input type="hidden" name="claim" value=(claim.id);
        label.slider.field.grow {
            span { (asked.say("claims_threshold", &[("test", claim.test.sign()), ("stated", &stated)])) }
            output { (now) }
            input type="range" name="threshold" min=(low) max=(high) step=(step) value=(now);
        }
    };
    let live = html! {
        (layout::warnings(&misread))
        p {
            (chip(asked, judged.own.verdict)) " " (asked.say("claims_stated", &[("threshold", &stated)])) " " (chance(asked, judged.own.chance(app.power.draws)))
        }
        @if let Some((verdict, p)) = moved {
            p {
                (chip(asked, verdict)) " "
                (asked.say("claims_moved", &[("test", claim.test.sign()), ("threshold", &show::told(&Cell::from(threshold)))])) " "
                b { (chance(asked, Some(Chance::of(p, numbers.len(), app.power.draws)))) } " " (asked.say("claims_numbers", &[("n", &numbers.len().to_string())]))
            }
            @if let Chance::Counts { .. } = Chance::of(p, numbers.len(), app.power.draws) { p { (few(asked, &numbers)) } }
            figure { (of_report(asked.lang, report::distribution(&app.contents(), &numbers, threshold, asked.lang))) }
        } @else { p.nothing { (asked.word("claims_untestable")) } }
        p { (either(asked.lang, &claim.reading_en, &claim.reading_zh)) }
        h2 { (asked.word("claims_query")) }
        pre tabindex="0" { (claim.query.trim()) }
        p { a href=(asked.link("/query", [("sql", claim.query.trim()), ("year", &judged.own.year.to_string())])) { (asked.word("claims_ask")) } }
        @if let Some(rests_on) = &claim.rests_on {
            h2 { (asked.word("claims_rests_on")) }
            p { (asked.say("claims_rows", &[("n", &judged.rests_on_count.to_string())])) " " a href=(asked.link("/query", [("sql", rests_on.trim()), ("year", &judged.own.year.to_string())])) { (asked.word("claims_ask")) } }
        }
    };
    let lead = html! {
        p { a href=(asked.link("/claims", [])) { (asked.word("claims_all")) } " · " (claim.section) }
    };
    Sheet::new(either(asked.lang, &claim.en, &claim.zh).to_owned(), lead, Some(controls), live)
}
