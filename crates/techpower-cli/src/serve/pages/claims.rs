//! The claims, and what becomes of one if its threshold moves.

use maud::{Markup, PreEscaped, html};
use techpower::claims::{self, Chance, Claim, Judged, SUPPORTED_FROM, UNSUPPORTED_TO, Verdict};
use techpower::report;

use crate::serve::App;
use crate::serve::layout::{self, Sheet, either, of_report, select};
use crate::serve::state::Asked;

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
    let contents = app.contents();
    let rows: Vec<Vec<Markup>> = found
        .iter()
        .map(|judged| {
            let claim = &judged.claim;
            vec![
                chip(asked, judged.own.verdict),
                html! { (chance(asked, judged.own.chance(app.power.draws))) },
                html! {
                    (report::value(&contents, &judged.own, asked.lang).unwrap_or("–".to_owned()))
                    span.also { (test(claim, claim.threshold)) }
                },
                html! { (claim.section) },
                html! { a.sentence href=(asked.link("/claims", [("claim", claim.id.as_str())])) { (either(asked.lang, &claim.en, &claim.zh)) } },
            ]
        })
        .collect();
    let head = ["verdict", "probability", "claims_value", "section", "claim"].map(|id| asked.word(id));
    let (shown, all) = (found.len().to_string(), app.judged.len().to_string());
    let caption = asked.say("claims_caption", &[("shown", &shown), ("all", &all)]);
    let controls = html! {
        (layout::input("search", "q", asked.word("search"), asked.one("q"), ""))
        (select("verdict", asked.word("verdict"), Some(asked.word("any")), &verdicts, asked.one("verdict")))
        (select("section", asked.word("section"), Some(asked.word("any")), &sections, asked.one("section")))
    };
    let lead = html! { p.lead-in { (asked.word("claims_lead")) " " (bounds(asked)) } };
    Sheet::new(
        asked.word("claims").to_owned(),
        lead,
        Some(controls),
        layout::table(asked, &caption, &head, &rows),
    )
}

fn bounds(asked: &Asked) -> String {
    asked.say("claims_bounds", &[("from", &SUPPORTED_FROM.to_string()), ("to", &UNSUPPORTED_TO.to_string())])
}

fn chip(asked: &Asked, verdict: Verdict) -> Markup {
    PreEscaped(report::verdict(verdict, asked.lang))
}

/// The test of a claim with a threshold.
fn test(claim: &Claim, threshold: f64) -> String {
    format!("{} {}", report::sign(claim.test), report::number(threshold))
}

/// What the numbers of a claim say: only draws give a probability.
fn chance(asked: &Asked, chance: Option<Chance>) -> String {
    match chance {
        None => "–".to_owned(),
        Some(Chance::Single(holds)) => asked.word(if holds { "holds" } else { "fails" }).to_owned(),
        Some(Chance::Counts { passing, of }) => {
            asked.say("claims_counts", &[("passing", &layout::count(passing)), ("of", &layout::count(of))])
        }
        Some(Chance::Draws { share, .. }) => report::probability(share),
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
    let (stated, now) = (report::number(claim.threshold), threshold.to_string());
    let told = judged.own.chance(app.power.draws);
    // What is no draw is told one by one.
    let rivals = report::value(&app.contents(), &judged.own, asked.lang)
        .filter(|_| matches!(told, Some(Chance::Counts { .. })));
    let controls = html! {
        input type="hidden" name="claim" value=(claim.id);
        label.slider.field.grow {
            span { (asked.say("claims_threshold", &[("test", &report::sign(claim.test)), ("stated", &stated)])) }
            output { (now) }
            input type="range" name="threshold" min=(low) max=(high) step=(step) value=(now);
        }
    };
    let live = html! {
        (layout::warnings(&misread))
        p {
            (chip(asked, judged.own.verdict)) " " (asked.say("claims_stated", &[("threshold", &stated)])) " " (chance(asked, told))
        }
        @if let Some((verdict, p)) = moved {
            p {
                (chip(asked, verdict)) " "
                (asked.say("claims_moved", &[("test", &test(claim, threshold))])) " "
                b { (chance(asked, Some(Chance::of(p, numbers.len(), app.power.draws)))) } " " (asked.say("claims_numbers", &[("n", &layout::count(numbers.len()))]))
            }
            @if let Some(value) = rivals { p { (asked.say("claims_few", &[("list", &value)])) } }
            figure { (of_report(asked.lang, report::distribution(&app.contents(), &numbers, claim.threshold, threshold, asked.lang))) }
        } @else { p.nothing { (asked.word("claims_untestable")) } }
        p { (either(asked.lang, &claim.reading_en, &claim.reading_zh)) }
        h2 { (asked.word("claims_query")) }
        pre tabindex="0" { (claim.query.trim()) }
        p { a href=(asked.link("/query", [("sql", claim.query.trim()), ("year", &judged.own.year.to_string())])) { (asked.word("claims_ask")) } }
        @if let Some(rests_on) = &claim.rests_on {
            h2 { (asked.word("claims_rests_on")) }
            p { (asked.say("claims_rows", &[("n", &layout::count(judged.rests_on_count))])) " " a href=(asked.link("/query", [("sql", rests_on.trim()), ("year", &judged.own.year.to_string())])) { (asked.word("claims_ask")) } }
        }
    };
    let lead = html! {
        p { a href=(asked.link("/claims", [])) { (asked.word("claims_all")) } " · " (claim.section) }
    };
    // Where the query returns nothing there is nothing to move.
    let controls = (!numbers.is_empty()).then_some(controls);
    Sheet::new(either(asked.lang, &claim.en, &claim.zh).to_owned(), lead, controls, live)
}
