//! Legal instruments: what touched which object through time, what each reaches, whether objects crowd at lines, and how verdicts stand to
//! what is known.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::Value;

use super::figure::{Data, figure, said};
use super::table::{Cell, caption, held, table};
use super::words::{View, escape, number, percent, signed};
use crate::rules::{Reach, Rulebook, Stretch, VerdictKind, counted};

/// Objects near a line, after it was published, from which on a line is shown.
const ENOUGH: usize = 5;

pub(super) fn section(view: View<'_>) -> String {
    let rules = view.c.rules;
    let kinds = |kind| rules.verdicts.iter().filter(|row| row.verdict.kind == kind).count();
    let days: Vec<String> = rules.on.iter().map(|day| day.to_string()).collect();
    let count = |n: usize| number(n as f64);
    let mut jurisdictions: Vec<String> =
        rules.book.instruments.iter().map(|text| view.actor(&text.jurisdiction)).collect();
    jurisdictions.sort_unstable();
    jurisdictions.dedup();
    let mut out = view.paragraph(
        "rules-text",
        &[
            ("instruments", count(rules.book.instruments.len())),
            ("jurisdictions", view.list(&jurisdictions)),
            ("objects", count(rules.book.objects().len())),
            ("verdicts", count(rules.verdicts.len())),
            ("days", view.list(&days)),
            ("touched", count(kinds(VerdictKind::Touched))),
            ("conditional", count(kinds(VerdictKind::Conditional))),
            ("undetermined", count(kinds(VerdictKind::Undetermined))),
            ("held", held(view, &["verdicts"])),
        ],
    );
    out.push_str(&format!("<p class=\"warn\">{}</p>\n", view.word("rules-no-advice")));
    let asked = &view.c.study.options.rules.under;
    let which = if asked.is_empty() { Lines::Touched } else { Lines::All };
    out.push_str(&timeline(view, &rules.book, &rules.timelines, which));
    out.push_str(&reach(view));
    out.push_str(&bunching(view));
    out.push_str(&outcomes(view));
    out
}

/// Width of the drawing, and of the names to its left, in pixels.
const WIDTH: i32 = 900;
const NAMES: i32 = 300;
/// Height of a line.
const LINE: i32 = 22;

/// Which lines a drawing of verdicts through time has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lines {
    /// Objects and instruments that touch them at some time, for certain, perhaps or by a text that does not apply.
    Touched,
    /// All that were asked for: what stays untouched is part of the answer.
    All,
}

/// Bars of verdicts on a line of time, one an object and instrument.
pub(super) fn timeline(view: View<'_>, book: &Rulebook, stretches: &[Stretch], which: Lines) -> String {
    let mut lines: BTreeMap<(usize, usize), Vec<&Stretch>> = BTreeMap::new();
    for stretch in stretches {
        lines.entry((stretch.assessed.object, stretch.assessed.instrument)).or_default().push(stretch);
    }
    lines.retain(|_, stretches| {
        which == Lines::All
            || stretches.iter().any(|stretch| match stretch.assessed.verdict.kind {
                VerdictKind::Touched | VerdictKind::Conditional | VerdictKind::Conflict => true,
                VerdictKind::NotTouched => !stretch.assessed.verdict.limbs.is_empty(),
                VerdictKind::Undetermined => false,
            })
    });
    let all = || lines.values().flatten();
    let Some(from) = all().map(|stretch| stretch.from).min() else { return String::new() };
    let end = book.horizon().into_iter().chain(all().map(|stretch| stretch.from)).max().unwrap_or(from);
    let days = |day: Date| from.until(day).map_or(0, |span| span.get_days());
    let place = |day: Date| NAMES + days(day).clamp(0, days(end)) * (WIDTH - NAMES) / days(end).max(1);
    // Under the last line stands what the colours mean.
    let key = LINE * (lines.len() as i32 + 1);
    let height = key + LINE;
    let mut svg = format!(
        "<svg class=\"timeline\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{}\">\n",
        view.word("rules-timeline-label")
    );
    for year in from.year() + 1..=end.year() {
        let x = place(Date::constant(year, 1, 1));
        svg.push_str(&format!(
            "<line class=\"year\" x1=\"{x}\" x2=\"{x}\" y1=\"14\" y2=\"{key}\"/><text class=\"axis\" x=\"{}\" y=\"12\">{year}</text>\n",
            x + 3
        ));
    }
    let columns =
        ["data-object", "rules-instrument", "data-from", "data-to", "verdict", "data-limb", "rules-status"];
    let mut data = Data::new(view, &columns);
    for (at, ((object, instrument), stretches)) in lines.iter().enumerate() {
        let y = LINE * (at as i32 + 1);
        let text = &book.instruments[*instrument];
        let name = book.objects()[*object].name(view.lang);
        svg.push_str(&format!(
            "<text x=\"0\" y=\"{}\">{} · {}</text>\n",
            y + 14,
            escape(&shortened(name, 26)),
            escape(&text.id)
        ));
        for stretch in stretches {
            let (x, to) = (place(stretch.from), stretch.to.map_or(WIDTH, &place));
            let verdict = &stretch.assessed.verdict;
            let status = verdict.status.map_or("", |status| status.name(view.lang));
            data.row([
                Value::from(name),
                Value::from(text.id.as_str()),
                said(&stretch.from.to_string()),
                stretch.to.map_or(Value::Null, |day| said(&day.to_string())),
                Value::from(verdict.kind.name(view.lang)),
                said(&escape(&stretch.assessed.limb.to_string())),
                Value::from(status),
            ]);
            let limb = view.brackets(&format!("{} {status}", stretch.assessed.limb));
            let class = match verdict.kind {
                VerdictKind::NotTouched if !verdict.limbs.is_empty() => "would",
                kind => kind.id(),
            };
            svg.push_str(&format!(
                "<rect class=\"{class}\" x=\"{x}\" y=\"{}\" width=\"{}\" height=\"{}\"><title>{} {} {}{}</title></rect>\n",
                y + 3,
                (to - x).max(1),
                LINE - 6,
                escape(name),
                stretch.from,
                verdict.kind.name(view.lang),
                escape(&limb)
            ));
        }
    }
    let mut x = 0;
    for class in ["touched", "conditional", "undetermined", "would", "not_touched"] {
        let word = view.word(&format!("rules-key-{class}"));
        svg.push_str(&format!(
            "<rect class=\"{class}\" x=\"{x}\" y=\"{}\" width=\"11\" height=\"11\"/><text class=\"axis\" x=\"{}\" y=\"{}\">{word}</text>\n",
            key + 6,
            x + 15,
            key + 15
        ));
        x += 15 + 10 + word.chars().map(|c| if c.is_ascii() { 5 } else { 10 }).sum::<i32>();
    }
    svg.push_str("</svg>\n");
    let id = if which == Lines::All { "rules-timeline" } else { "rules-timeline-touched" };
    figure(view, "rules", &svg, &view.say(id, &[("last", end.to_string())]), &data)
}

/// A name cut to a number of letters; those of Chinese take the room of two.
fn shortened(name: &str, most: usize) -> String {
    let mut room = most;
    let mut kept = String::new();
    for letter in name.chars() {
        let need = if letter.is_ascii() { 1 } else { 2 };
        if need > room {
            return kept + "…";
        }
        room -= need;
        kept.push(letter);
    }
    kept
}

/// What each instrument reaches on the last day of the study's verdicts.
fn reach(view: View<'_>) -> String {
    let rules = view.c.rules;
    let Some(day) = rules.on.last() else { return String::new() };
    let mut rows: Vec<&Reach> =
        rules.reach.iter().filter(|row| row.on == *day && row.highest() > 0.0).collect();
    if rows.is_empty() {
        return String::new();
    }
    rows.sort_by(|a, b| b.touched.total_cmp(&a.touched).then(b.highest().total_cmp(&a.highest())));
    let heads =
        ["rules-instrument", "rules-status", "rules-objects", "rules-touched", "rules-highest", "rules-bite"];
    let head: Vec<Cell> = heads
        .iter()
        .enumerate()
        .map(|(at, id)| Cell::html(view.word(id)).class(if at < 2 { "" } else { "num" }))
        .collect();
    let rows: Vec<Vec<Cell>> = rows
        .iter()
        .map(|row| {
            let text = &rules.book.instruments[row.instrument];
            let version = &text.versions[row.version].id;
            let status = rules.book.standing(row.instrument, row.on).1;
            let bite = row.bite.map(|(low, high)| format!("{} … {}", signed(low, 2), signed(high, 2)));
            vec![
                Cell::text(&format!(
                    "{}{}",
                    text.name(view.lang),
                    view.brackets(&format!("{}@{version}", text.id))
                )),
                Cell::text(status.map_or("", |status| status.name(view.lang))),
                Cell::number(row.objects.to_string()),
                Cell::number(percent(row.touched)),
                Cell::number(percent(row.highest().min(1.0))),
                Cell::known(view, bite),
            ]
        })
        .collect();
    let words = [("day", day.to_string()), ("held", held(view, &["reach"]))];
    table("rules wide", &caption(view, "rules-reach", &words), &head, &rows)
}

/// Lines with enough objects near them that came after.
fn bunching(view: View<'_>) -> String {
    let rules = view.c.rules;
    let mut shown: Vec<_> = rules.bunching.iter().filter(|row| row.after.0 >= ENOUGH).collect();
    if shown.is_empty() {
        return String::new();
    }
    shown.sort_by(|a, b| a.p_near.unwrap_or(1.0).total_cmp(&b.p_near.unwrap_or(1.0)));
    let heads = [
        "rules-line",
        "rules-before",
        "rules-after",
        "rules-excess",
        "rules-p-near",
        "rules-nearest",
        "rules-p-around",
    ];
    let head: Vec<Cell> = heads
        .iter()
        .enumerate()
        .map(|(at, id)| Cell::html(view.word(id)).class(if at == 0 { "" } else { "num" }))
        .collect();
    let rows: Vec<Vec<Cell>> = shown
        .iter()
        .map(|row| {
            let text = &rules.book.instruments[row.instrument];
            let of = |(all, near): (usize, usize)| format!("{near} / {all}");
            let line = format!(
                "{}@{} {}: {} {} {} {}",
                text.id,
                text.versions[row.version].id,
                row.parameter,
                row.field,
                if row.touches_above { "↑" } else { "↓" },
                number(row.line),
                row.unit
            );
            let nearest = row.nearest.as_ref().map(|(id, ratio)| {
                let name = rules.book.object(id).map_or(id.as_str(), |object| object.name(view.lang));
                format!("{} ×{ratio:.2}", escape(&shortened(name, 24)))
            });
            vec![
                Cell::text(&line),
                Cell::number(of(row.before)),
                Cell::number(of(row.after)),
                Cell::known(view, row.excess.map(|x| signed(x, 2))),
                Cell::known(view, row.p_near.map(|p| format!("{p:.2}"))),
                Cell::known(view, nearest),
                Cell::known(view, row.p_around.map(|p| format!("{p:.2}"))),
            ]
        })
        .collect();
    let words = [("held", held(view, &["bunching"]))];
    table("rules wide", &caption(view, "rules-bunching", &words), &head, &rows)
}

/// How verdicts stand to known outcomes, never as one accuracy.
fn outcomes(view: View<'_>) -> String {
    let rules = view.c.rules;
    if rules.outcomes.is_empty() {
        return String::new();
    }
    let heads = ["rules-instrument", "rules-agree", "rules-disagree", "rules-open"];
    let head: Vec<Cell> = heads
        .iter()
        .enumerate()
        .map(|(at, id)| Cell::html(view.word(id)).class(if at == 0 { "" } else { "num" }))
        .collect();
    let rows: Vec<Vec<Cell>> = counted(&rules.book, &rules.outcomes)
        .into_iter()
        .map(|((instrument, version), counts)| {
            let mut row = vec![Cell::text(&format!("{instrument}@{version}"))];
            row.extend(counts.iter().map(|count| Cell::number(count.to_string())));
            row
        })
        .collect();
    table("rules", &caption(view, "rules-outcomes", &[]), &head, &rows)
}
