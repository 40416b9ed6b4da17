//! The scarcity corollary: the type that an actor's scarcest source implies, held against the type it is seen to rely on.

use super::Interrogation;
use super::answer::{leading, ordered, profile_in};
use super::figure::spotted;
use super::links;
use super::table::{Cell, caption, grouped, table};
use super::trials;
use super::words::{View, percent, percent_range, probability, signed};
use crate::infer::{Basis, Corollary, Implied};

/// Probability from which the report takes agreement to be beyond chance.
const SURE: f64 = 0.9;

/// What is predicted and how the prediction fared, in short.
pub(super) fn short(view: View<'_>) -> String {
    let mut out = links::heading(view, "corollary-short", view.word("corollary-title"))
        + &view.paragraph("corollary-text", &[]);
    match measured(view, view.headline()) {
        Ok(measured) => {
            measured.iter().for_each(|c| out.push_str(&verdict(view, c)));
            out + &view.paragraph("corollary-more", &[("anchor", view.anchor("corollary"))])
        }
        Err(why) => out + &why,
    }
}

/// The test in full: what is predicted from what, how it fared, and what that hangs on.
pub(super) fn section(view: View<'_>) -> String {
    told(view, Some(view.headline()), None)
}

/// The same for a year, or for none but what all years have in common, with the trials that are asked for.
pub(super) fn told(view: View<'_>, year: Option<i16>, asked: Option<&Interrogation>) -> String {
    let mut out = format!("<p>{}</p>\n", view.word("corollary-text"));
    let codebook = &view.c.study.codebook;
    let rules: Vec<String> = codebook
        .sources
        .iter()
        .filter_map(|source| {
            let kind = codebook.only_type_omitting(&source.id)?;
            let words = [("source", view.page("source", &source.id)), ("power", view.power(kind))];
            Some(format!("<li>{}</li>", view.say("corollary-rule", &words)))
        })
        .collect();
    out.push_str(&format!("<ul>{}</ul>\n", rules.concat()));
    let silent: Vec<String> = codebook
        .sources
        .iter()
        .filter(|source| codebook.only_type_omitting(&source.id).is_none())
        .map(|source| view.page("source", &source.id))
        .collect();
    if !silent.is_empty() {
        let silent = silent.join(view.word("comma"));
        out.push_str(&view.paragraph("corollary-silent", &[("sources", silent)]));
    }
    if let Some(year) = year {
        let implied: Vec<&Implied> = view.c.power.implied.iter().filter(|i| i.year == year).collect();
        match measured(view, year) {
            Err(why) => {
                out.push_str(&why);
                if !implied.is_empty() {
                    out.push_str(&actors(view, year, &implied));
                }
            }
            Ok(measured) => {
                let title = view.say("corollary-result", &[("year", year.to_string())]);
                out.push_str(&links::heading(view, "corollary-result", &title));
                measured.iter().for_each(|c| out.push_str(&verdict(view, c)));
                out.push_str(&actors(view, year, &implied));
                out.push_str(&summary(view, &measured));
            }
        }
    }
    if !view.c.power.trials.is_empty() {
        out.push_str(&asked.map_or_else(String::new, |asked| trials::listed(view, asked)));
        out.push_str(&trials::write(view));
        out.push_str(&(links::titled(view, "corollary-doubts-title") + &doubts(view)));
    }
    out
}

/// What was compared in a year; a paragraph that says why nothing was.
fn measured(view: View<'_>, year: i16) -> Result<Vec<&Corollary>, String> {
    let why = |word: &str| {
        let said = view.say(word, &[("year", year.to_string())]);
        Err(format!("<p class=\"nothing\">{said}</p>\n"))
    };
    if !view.c.power.implied.iter().any(|implied| implied.year == year) {
        return why("corollary-none");
    }
    let measured: Vec<&Corollary> = view.c.power.corollary.iter().filter(|c| c.year == year).collect();
    if measured.is_empty() { why("corollary-no-acts") } else { Ok(measured) }
}

/// What a sceptical reader can hold against the test.
fn doubts(view: View<'_>) -> String {
    let points = ["few", "years", "curated", "blind", "form", "choices", "absence"];
    let points = points.map(|id| format!("<li>{}</li>", view.word(&format!("corollary-doubt-{id}"))));
    format!("<ul>{}</ul>\n", points.concat())
}

/// Whether the theory predicts better than the base rate, in a sentence.
fn verdict(view: View<'_>, c: &Corollary) -> String {
    let sentence = match (c.advantage() > 0.0, c.above_chance >= SURE) {
        (true, true) => "verdict-better",
        (true, false) => "verdict-better-unsure",
        (false, true) => "verdict-worse-agrees",
        (false, false) => "verdict-worse",
    };
    view.paragraph(
        sentence,
        &[
            ("basis", view.term("basis", c.basis.id())),
            ("agreement", percent(c.agreement.mean)),
            ("interval", percent_range(c.agreement)),
            ("n", c.actors.len().to_string()),
            ("chance", percent(c.chance.mean)),
            ("p", probability(c.above_chance)),
            ("score", signed(c.log_score, 2)),
            ("base", signed(c.base_score, 2)),
        ],
    )
}

/// For each ranked actor what its scarcest source implies on each basis, beside what is observed.
fn actors(view: View<'_>, year: i16, implied: &[&Implied]) -> String {
    let groups: Vec<Cell> = [Cell::html("")]
        .into_iter()
        .chain(Basis::ALL.iter().map(|basis| Cell::html(view.term("basis-column", basis.id())).over(3)))
        .chain([Cell::html(view.word("observed")).over(2)])
        .collect();
    let mut head = vec![Cell::html(view.word("actor"))];
    for _ in Basis::ALL {
        head.push(Cell::html(view.word("scarcest")));
        head.push(Cell::html(view.word("implied-type")));
        head.push(Cell::html(view.word("same")).title(view.word("same-title")));
    }
    head.push(Cell::html(view.word("leading-type")));
    head.push(Cell::html(view.word("acts")).class("num"));
    let rows: Vec<Vec<Cell>> = ordered(view)
        .iter()
        .map(|actor| {
            let profile = profile_in(view, actor, year);
            let acts: usize = profile.iter().map(|r| r.acts).sum();
            let observed = leading(&profile).filter(|_| acts > 0);
            let mut row = vec![Cell::html(spotted(view, actor))];
            for basis in Basis::ALL {
                let found = implied.iter().find(|i| i.actor == *actor && i.basis == basis);
                let scarcest = found.and_then(|i| largest(&i.scarcest));
                let kind = found.map(|i| (largest(&i.types), i.nothing));
                row.push(scarcest.map_or_else(
                    || Cell::unknown(view),
                    |(s, p)| with_probability(&view.page("source", &view.c.study.codebook.sources[s].id), p),
                ));
                let (implied, same) = match (kind, observed) {
                    (Some((best, nothing)), _) if best.is_none_or(|(_, p)| p < nothing) => {
                        (with_probability(view.word("implies-nothing"), nothing), Cell::html("–"))
                    }
                    (Some((Some((k, p)), _)), Some(r)) => {
                        let same = if k == r.power { view.word("yes") } else { view.word("no") };
                        (with_probability(&view.power_short(k), p), Cell::html(same))
                    }
                    (Some((Some((k, p)), _)), None) => {
                        (with_probability(&view.power_short(k), p), Cell::unknown(view))
                    }
                    _ => (Cell::unknown(view), Cell::unknown(view)),
                };
                row.extend([implied, same]);
            }
            row.push(observed.map_or_else(
                || Cell::unknown(view),
                |r| with_probability(&view.power_short(r.power), r.leading),
            ));
            row.push(Cell::number(acts.to_string()));
            row
        })
        .collect();
    grouped("wide", &caption(view, "corollary-caption", &[]), &groups, &head, &rows)
}

fn with_probability(name: &str, p: f64) -> Cell {
    Cell::html(format!("{name} <span class=\"hint\">{}</span>", probability(p)))
}

/// Position and value of the largest probability; `None` if none is above zero.
fn largest(probabilities: &[f64]) -> Option<(usize, f64)> {
    probabilities
        .iter()
        .copied()
        .enumerate()
        .filter(|(_, p)| *p > 0.0)
        .reduce(|best, other| if other.1 > best.1 { other } else { best })
}

/// Agreement, kappa and scores on each basis.
fn summary(view: View<'_>, measured: &[&Corollary]) -> String {
    let head: Vec<Cell> = [Cell::html(view.word("basis"))]
        .into_iter()
        .chain(
            ["agreement", "chance", "above-chance", "kappa", "log-score", "base-score", "p-dealt"]
                .iter()
                .map(|id| Cell::html(view.word(id)).class("num")),
        )
        .collect();
    let rows: Vec<Vec<Cell>> = measured
        .iter()
        .map(|c| {
            vec![
                Cell::html(view.term("basis-column", c.basis.id())),
                Cell::number(view.share(c.agreement)),
                Cell::number(view.share(c.chance)),
                Cell::number(probability(c.above_chance)),
                Cell::number(format!(
                    "{}{}",
                    signed(c.kappa.mean, 2),
                    view.brackets(&format!(
                        "{}{}{}",
                        signed(c.kappa.q05, 2),
                        view.word("to"),
                        signed(c.kappa.q95, 2)
                    ))
                )),
                Cell::number(signed(c.log_score, 2)),
                Cell::number(signed(c.base_score, 2)),
                Cell::number(probability(c.p_dealt)),
            ]
        })
        .collect();
    let n = measured.iter().map(|c| c.actors.len()).max().unwrap_or(0);
    table("", &caption(view, "agreement-caption", &[("n", n.to_string())]), &head, &rows)
}
