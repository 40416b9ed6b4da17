//! The claims with their verdicts, and for each how it was read, what was asked and the rows it rests on.

use plotly::Histogram;
use plotly::common::{Anchor, DashType, Marker};
use plotly::layout::{Annotation, Shape, ShapeLine, ShapeType};

use super::figure::{Chart, axis, draw};
use super::links;
use super::table::{Cell, caption, held, table};
use super::words::{View, escape, linkify, number, plain, probability, slug, word};
use crate::claims::{
    Answer, Chance, ClaimKind, Finding, Judged, SUPPORTED_FROM, UNSUPPORTED_TO, Value, Verdict,
};
use crate::diag::Lang;

pub(super) fn section(view: View<'_>) -> String {
    let claims = view.c.claims;
    if claims.is_empty() {
        return format!("<p class=\"nothing\">{}</p>\n", view.word("no-claims"));
    }
    let (own, _) = open(view);
    let foreseen = match claims.len() - own {
        0 => String::new(),
        n => view.say("claims-text-foreseen", &[("n", n.to_string())]),
    };
    let words = [
        ("from", number(SUPPORTED_FROM)),
        ("to", number(UNSUPPORTED_TO)),
        ("n", own.to_string()),
        ("foreseen", foreseen),
    ];
    let mut out = view.paragraph("claims-text", &words);
    out.push_str("<ul class=\"counts\">");
    for verdict in Verdict::ALL {
        out.push_str(&format!("<li><b>{}</b>{}</li>", tally(view, verdict), chip(view, verdict)));
    }
    out.push_str("</ul>\n");
    let head =
        ["verdict", "probability", "value-test", "section", "claim"].map(|id| Cell::html(view.word(id)));
    let rows: Vec<Vec<Cell>> = claims.iter().enumerate().map(|(at, judged)| row(view, at, judged)).collect();
    out.push_str(&format!("<p class=\"note print\">{}</p>\n", view.word("rows-on-screen")));
    out.push_str(&table("wide claims", &caption(view, "claims-caption", &[]), &head, &rows));
    out + &through_time(view)
}

/// Change of a probability from which a claim is listed although its verdict is the same.
const MOVED: f64 = 0.05;

/// Claims at the headline year and at later ones: how many changed to what, and which.
fn through_time(view: View<'_>) -> String {
    let then = view.headline();
    let about = &view.c.study.options.about;
    about.reported().iter().filter(|now| **now > then).map(|now| then_and_now(view, then, *now)).collect()
}

fn then_and_now(view: View<'_>, then: i16, now: i16) -> String {
    let at =
        |judged: &'_ Judged, year: i16| judged.by_year.iter().find(|finding| finding.year == year).cloned();
    let both: Vec<(&Judged, Finding, Finding)> = view
        .c
        .claims
        .iter()
        .filter_map(|judged| Some((judged, at(judged, then)?, at(judged, now)?)))
        .collect();
    if both.is_empty() {
        return String::new();
    }
    let years = [("then", then.to_string()), ("now", now.to_string())];
    let mut out = links::heading(view, &format!("then-now-{now}"), &view.say("then-now-title", &years));
    let asked = |finding: &Finding| finding.verdict != Verdict::NotTestable;
    let silent = both.iter().filter(|(_, then, now)| asked(then) && !asked(now)).count();
    let changed = both.iter().filter(|(_, then, now)| then.verdict != now.verdict && asked(now)).count();
    let mut words = years.to_vec();
    words.extend(
        [("n", both.len()), ("changed", changed), ("silent", silent)].map(|(id, n)| (id, n.to_string())),
    );
    let last = view.last_act(now).map(|last| view.say("last-act", &[("date", view.date(last))]));
    words.push(("last", last.unwrap_or_default()));
    out.push_str(&view.paragraph("then-now-text", &words));
    out.push_str(&changes(view, &both, &years));
    let moved = |(_, then, now): &&(&Judged, Finding, Finding)| {
        let shift = then.probability.zip(now.probability).map_or(0.0, |(then, now)| (now - then).abs());
        then.verdict != now.verdict || shift >= MOVED
    };
    let rows: Vec<Vec<Cell>> =
        both.iter().filter(moved).map(|(judged, then, now)| moves(view, judged, then, now)).collect();
    let year = |year: i16| Cell::html(year.to_string());
    let head = vec![year(then), year(now), Cell::html(view.word("section")), Cell::html(view.word("claim"))];
    let mut words = years.to_vec();
    words.extend([("held", held(view, &["claims_by_year"])), ("moved", number(MOVED))]);
    out + &table("wide", &caption(view, "then-now-caption", &words), &head, &rows)
}

/// How many claims went from which verdict to which.
fn changes(view: View<'_>, both: &[(&Judged, Finding, Finding)], years: &[(&str, String)]) -> String {
    let mut head = vec![Cell::html(view.say("then-now-corner", years))];
    head.extend(Verdict::ALL.map(|verdict| Cell::html(chip(view, verdict)).class("num")));
    let rows = Verdict::ALL.map(|was| {
        let count = |is: Verdict| {
            both.iter().filter(|(_, then, now)| then.verdict == was && now.verdict == is).count()
        };
        let mut row = vec![Cell::html(chip(view, was))];
        row.extend(Verdict::ALL.map(|is| Cell::number(count(is).to_string())));
        row
    });
    table("", &caption(view, "then-now-changes", years), &head, &rows)
}

/// A claim whose verdict or probability moved.
fn moves(view: View<'_>, judged: &Judged, then: &Finding, now: &Finding) -> Vec<Cell> {
    let told = |finding: &Finding| {
        let chance = match finding.chance(view.c.power.draws) {
            None | Some(Chance::Single(_)) => String::new(),
            Some(chance) => format!("<span class=\"also\">{}</span>", told_chance(view, chance)),
        };
        let value = told_value(view, finding)
            .map_or_else(String::new, |value| format!("<span class=\"also\">{value}</span>"));
        Cell::html(format!("{}{chance}{value}", chip(view, finding.verdict)))
    };
    let said = view.either(judged.claim.sentence(Lang::En), judged.claim.sentence(Lang::Zh));
    vec![told(then), told(now), Cell::html(escape(&judged.claim.section)), Cell::html(said)]
}

/// How many claims have a verdict.
fn tally(view: View<'_>, verdict: Verdict) -> usize {
    view.c.claims.iter().filter(|judged| judged.own.verdict == verdict).count()
}

/// What becomes of the argument's own claims, and of what was foreseen by it, in two sentences.
pub(super) fn short(view: View<'_>) -> String {
    let (foreseen, own): (Vec<&Judged>, Vec<&Judged>) =
        view.c.claims.iter().partition(|judged| judged.claim.kind == ClaimKind::Prediction);
    let mut said = Vec::new();
    for (id, claims) in [("claims-short", own), ("claims-short-foreseen", foreseen)] {
        if claims.is_empty() {
            continue;
        }
        let count = |verdict: Verdict| claims.iter().filter(|judged| judged.own.verdict == verdict).count();
        let figures = claims
            .iter()
            .filter(|judged| {
                judged.own.verdict == Verdict::Supported && judged.claim.kind == ClaimKind::Figure
            })
            .count();
        let draws = view.c.power.draws;
        let close =
            |judged: &&&Judged| matches!(judged.own.chance(draws), Some(Chance::Draws { close: true, .. }));
        let close = claims.iter().filter(close).count();
        let words = [
            ("all", claims.len().to_string()),
            ("close", close.to_string()),
            ("supported", count(Verdict::Supported).to_string()),
            ("contested", count(Verdict::Contested).to_string()),
            ("unsupported", count(Verdict::Unsupported).to_string()),
            ("untestable", count(Verdict::NotTestable).to_string()),
            ("figures", figures.to_string()),
            ("link", format!("#{}", view.anchor("claims"))),
        ];
        said.push(view.say(id, &words));
        if close > 0 {
            said.push(view.say("claims-short-close", &words));
        }
    }
    if said.is_empty() { String::new() } else { format!("<p>{}</p>\n", said.join(view.gap())) }
}

/// How many of the argument's own claims there are, and how many of them are not supported.
pub(super) fn open(view: View<'_>) -> (usize, usize) {
    let own = || view.c.claims.iter().filter(|judged| judged.claim.kind != ClaimKind::Prediction);
    (own().count(), own().filter(|judged| judged.own.verdict != Verdict::Supported).count())
}

fn chip(view: View<'_>, verdict: Verdict) -> String {
    chip_in(view.lang, verdict)
}

/// A verdict as a word with a sign, so that it does not depend on colour.
pub(super) fn chip_in(lang: Lang, verdict: Verdict) -> String {
    let sign = match verdict {
        Verdict::Supported => "✓",
        Verdict::Contested => "≈",
        Verdict::Unsupported => "✕",
        Verdict::NotTestable => "?",
    };
    format!("<span class=\"chip {}\">{sign} {}</span>", verdict.id(), word(verdict.id(), lang))
}

fn row(view: View<'_>, at: usize, judged: &Judged) -> Vec<Cell> {
    let claim = &judged.claim;
    let chance = match judged.own.chance(view.c.power.draws) {
        None => Cell::unknown(view),
        Some(chance) => {
            let told = told_chance(view, chance);
            match chance {
                Chance::Single(_) => Cell::html(told).title(view.word("single")),
                Chance::Counts { .. } => Cell::html(told).class("line").title(view.word("counts-meaning")),
                Chance::Draws { share, .. } => {
                    let width = format!("{:.0}", share * 100.0);
                    let bar = format!(
                        "<span class=\"bar\" aria-hidden=\"true\"><i style=\"width:{width}%\"></i></span>"
                    );
                    let words = [("n", judged.own.numbers.to_string())];
                    Cell::html(bar + &told).class("line").title(view.say("numbers", &words))
                }
            }
        }
    };
    let test =
        format!("<span class=\"also\">{} {}</span>", test_sign(claim.test.sign()), number(claim.threshold));
    let value = match told_value(view, &judged.own) {
        None => Cell::html(format!("–{test}")),
        // A list may be broken between its numbers.
        Some(value) if matches!(judged.own.chance(view.c.power.draws), Some(Chance::Counts { .. })) => {
            Cell::html(value + &test)
        }
        Some(value) => Cell::html(value + &test).class("line"),
    };
    let kind = view.term("claim-kind", claim.kind.id());
    let section = Cell::html(format!("{}<span class=\"also\">{kind}</span>", escape(&claim.section)));
    vec![
        Cell::html(chip(view, judged.own.verdict)),
        chance,
        value,
        section,
        Cell::html(sentence(view, at, judged)),
    ]
}

/// What the numbers of a claim say, in words.
fn told_chance(view: View<'_>, chance: Chance) -> String {
    match chance {
        Chance::Single(holds) => view.word(if holds { "holds" } else { "fails" }).to_owned(),
        Chance::Counts { passing, of } => {
            view.say("counts-passing", &[("passing", passing.to_string()), ("of", of.to_string())])
        }
        // Where the verdict could be another with other draws, a third digit says on which side it lies.
        Chance::Draws { share, close: true } => {
            format!("{share:.3}<span class=\"also\">{}</span>", view.word("at-the-line"))
        }
        Chance::Draws { share, close: false } => probability(share),
    }
}

/// The numbers of a claim: draws by their mean and interval, others one by one or, if they are many, from the least to the greatest.
pub(super) fn told_value(view: View<'_>, finding: &Finding) -> Option<String> {
    let all = finding.value?;
    Some(match (finding.chance(view.c.power.draws), finding.told.as_slice()) {
        (Some(Chance::Counts { of, .. }), [least, greatest]) if of > 2 => view.range(*least, *greatest),
        (Some(Chance::Counts { .. }), few) => {
            few.iter().map(|x| number(*x)).collect::<Vec<_>>().join(view.word("comma"))
        }
        _ => view.value(all),
    })
}

pub(super) fn test_sign(sign: &str) -> String {
    escape(match sign {
        ">=" => "≥",
        "<=" => "≤",
        other => other,
    })
}

/// The sentence, and folded under it everything by which a reader can check it.
fn sentence(view: View<'_>, at: usize, judged: &Judged) -> String {
    let claim = &judged.claim;
    let other = match view.lang {
        Lang::En => Lang::Zh,
        Lang::Zh => Lang::En,
    };
    let pick = |here: &str, there: &str| escape(if here.is_empty() { there } else { here });
    let said = pick(claim.sentence(view.lang), claim.sentence(other));
    let reading = pick(claim.reading(view.lang), claim.reading(other));
    let anchor = view.anchor_of(&format!("claim-{}", slug(&claim.id)));
    let mut out = format!(
        "<span class=\"sentence\" id=\"{anchor}\">{said}{}</span><details><summary>{}</summary>",
        links::permalink(view, &anchor),
        view.word("check")
    );
    if !reading.is_empty() {
        out.push_str(&format!("<p class=\"reading\"><b>{}</b> {reading}</p>", view.word("reading")));
    }
    let rows = judged.rests_on.rows.len();
    let words = [("shown", rows.to_string()), ("all", judged.rests_on_count.to_string())];
    let rests = if rows == 0 { view.word("rests-on-none").to_owned() } else { view.say("rests-on", &words) };
    out + &format!("<p class=\"reading\">{rests}</p><div data-shared=\"{}\"></div></details>", shared_id(at))
}

fn shared_id(at: usize) -> String {
    format!("claim-evidence-{}", at + 1)
}

/// What both languages share, once: the query of each claim and the rows it rests on. The script of the page puts it in its
/// place under the claim in the language that is read; without the script it stands at the end.
pub(super) fn shared(claims: &[Judged]) -> String {
    let parts: String = claims
        .iter()
        .enumerate()
        .map(|(at, judged)| {
            format!(
                "<div id=\"{}\"><pre>{}</pre>{}</div>\n",
                shared_id(at),
                escape(judged.claim.query.trim()),
                rows(&judged.rests_on)
            )
        })
        .collect();
    format!("<div class=\"shared\" hidden>\n{parts}</div>\n")
}

fn rows(answer: &Answer) -> String {
    if answer.rows.is_empty() {
        return String::new();
    }
    let head: Vec<Cell> = answer.columns.iter().map(|name| Cell::text(name)).collect();
    let rows: Vec<Vec<Cell>> = answer
        .rows
        .iter()
        .map(|row| {
            row.iter()
                .map(|value| match value {
                    Value::Null => Cell::html("–").class("unknown"),
                    // A year is a number too, and has no thousands.
                    Value::Number(x) if *x == libm::trunc(*x) && x.abs() < 10_000.0 => {
                        Cell::number(format!("{x:.0}"))
                    }
                    Value::Number(x) => Cell::number(number(*x)),
                    Value::Text(text) => Cell::html(linkify(text)),
                })
                .collect()
        })
        .collect();
    table("", "", &head, &rows)
}

/// The numbers of a claim as a histogram, with the threshold as it is stated and another beside it as lines that are named.
pub(super) fn distribution(view: View<'_>, numbers: &[f64], stated: f64, moved: f64) -> String {
    let mut chart = Chart::new(view, 260);
    chart.add(Histogram::new(numbers.to_vec()).marker(Marker::new().color("#0072B2")));
    let mut lines = vec![("threshold-stated", stated, DashType::Solid)];
    if moved != stated {
        lines.push(("threshold-moved", moved, DashType::Dash));
    }
    let drawn = |(_, at, dash): &(&str, f64, DashType)| {
        Shape::new()
            .shape_type(ShapeType::Line)
            .y_ref("paper")
            .x0(*at)
            .x1(*at)
            .y0(0.0)
            .y1(1.0)
            .line(ShapeLine::new().color("#D55E00").width(2.0).dash(dash.clone()))
    };
    // One name a line of text, so that lines near one another do not hide them.
    let named = |(row, (id, at, _)): (usize, &(&str, f64, DashType))| {
        let text = plain(&view.say(id, &[("threshold", number(*at))]));
        Annotation::new()
            .text(text)
            .x(*at)
            .y(1.0 - 0.1 * row as f64)
            .y_ref("paper")
            .x_anchor(Anchor::Left)
            .y_anchor(Anchor::Top)
            .show_arrow(false)
    };
    let (shapes, names) = (lines.iter().map(drawn).collect(), lines.iter().enumerate().map(named).collect());
    let chart = chart.layout(|layout| {
        layout
            .x_axis(axis().title(view.word("distribution-value")))
            .y_axis(axis().title(view.word("distribution-count")))
            .shapes(shapes)
            .annotations(names)
    });
    let label = view.say("distribution-label", &[("threshold", number(moved))]);
    draw(&chart, &label, false)
}
