//! The sources of power: strengths with intervals, probabilities of ranks, years, and the hierarchy behind them.

use std::collections::BTreeSet;

use serde_json::Value;

use super::answer::ordered;
use super::figure::{Data, Dot, INTERVAL, Series, dots, draw, figure, interval, known, lines, said, spotted};
use super::links;
use super::robustness::factor_names;
use super::table::{Cell, caption, caption_of, folded, grouped, held, scale, table};
use super::words::{View, number, probability, slug, stated};
use super::{indicators, profile, robustness, switches, weights};
use crate::num::{Summary, hundredths};
use crate::study::{Missing, Scale};

/// The most actors whose ranks fit beside a chart.
const MOST_BESIDE: usize = 13;
/// The most actors whose ranks get wide cells.
const FEW: usize = 8;
/// Probability of the first rank from which an actor is named.
const WORTH_A_WORD: f64 = 0.05;

pub(super) fn section(view: View<'_>) -> String {
    let index = view.c.index;
    if index.roots.is_empty() || index.actors.is_empty() || view.c.study.indicators.is_empty() {
        return format!("<p class=\"nothing\">{}</p>\n", view.word("no-sources"));
    }
    let scale = match view.c.study.options.measure.scale {
        Scale::Native => view.word("sources-scale-native").to_owned(),
        Scale::Ends(low, high) => view.say("sources-scale", &[("low", number(low)), ("high", number(high))]),
    };
    let varied = of_varied(view, "varied") + view.gap();
    let words = [("n", index.actors.len().to_string()), ("scale", scale), ("varied", varied)];
    let mut out = view.paragraph("sources-text", &words);
    for root in 0..index.roots.len() {
        out.push_str(&source(view, root));
    }
    out.push_str(&strengths(view));
    out.push_str(&over_years(view));
    let parts = [
        profile::write,
        robustness::write,
        switches::write,
        weights::write,
        indicators::hierarchy,
        indicators::importance,
        indicators::treatments,
    ];
    out.extend(parts.map(|write| write(view)));
    out
}

/// What was varied, or how sure what comes of it is: of draws, of all combinations, or of nothing.
fn of_varied(view: View<'_>, family: &str) -> String {
    let index = view.c.index;
    let (id, n) = match (index.factors.is_empty(), index.combinations) {
        (true, _) => ("none", 0),
        (_, Some(n)) => ("all", n),
        (_, None) => ("draws", index.draws as u64),
    };
    let words = [("n", number(n as f64)), ("factors", factor_names(view))];
    view.say(&format!("{family}-{id}"), &words)
}

/// The name of a node, escaped.
pub(super) fn node_name(view: View<'_>, node: usize) -> String {
    let node = &view.c.index.nodes[node];
    view.either(&node.name_en, &node.name_zh)
}

/// Strengths and ranks of one source in the headline year.
fn source(view: View<'_>, root: usize) -> String {
    let index = view.c.index;
    let node = index.roots[root];
    let year = index.headline;
    let mean = |actor: usize| index.score(node, year, actor).summary.map_or(f64::NEG_INFINITY, |s| s.mean);
    let mut actors: Vec<usize> = (0..index.actors.len()).collect();
    actors.sort_by(|a, b| mean(*b).total_cmp(&mean(*a)));
    let rows: Vec<Dot<'_>> = actors
        .iter()
        .map(|actor| {
            let score = index.score(node, year, *actor);
            Dot { actor: &index.actors[*actor], value: score.summary, nominal: score.nominal }
        })
        .collect();
    let (name, id) = (node_name(view, node), slug(&index.nodes[node].code));
    let heading = links::heading(view, &format!("source-{id}"), &name);
    let [mean, low, high] = INTERVAL;
    let mut data = Data::new(view, &["actor", mean, low, high, "nominal"]);
    for row in &rows {
        let start = [said(&view.actor(row.actor))];
        data.row(start.into_iter().chain(interval(row.value)).chain([known(row.nominal)]));
    }
    let words =
        [("source", name.clone()), ("year", view.headline().to_string()), ("held", held(view, &["scores"]))];
    let chart = draw(&dots(view, &rows), &view.say("dots-label", &words), false);
    let chart = figure(view, &format!("dots-{id}"), &chart, &view.say("dots-caption", &words), &data);

    let ranks_table = acceptability(view, root, &actors);
    let scale = scale(view, "0", "100%");
    let right = format!("<div>{ranks_table}{scale}</div>");
    // Many actors need the whole width for their ranks.
    let class = if actors.len() > MOST_BESIDE { "stack" } else { "pair" };
    format!("{heading}<div class=\"{class}\"><div>{chart}</div>{right}</div>\n")
}

/// Rank acceptability in one source, as a heat map.
fn acceptability(view: View<'_>, root: usize, actors: &[usize]) -> String {
    let index = view.c.index;
    let ranks = index.rank_probabilities(root, index.headline);
    let stated = index.ranks_as_stated(root, index.headline);
    let mut head = vec![Cell::html(view.word("actor"))];
    head.extend((1..=actors.len()).map(|rank| Cell::html(rank.to_string())));
    let cell = |actor: usize, rank: usize| {
        let framed = stated[actor] == Some(rank as u32 + 1);
        let cell = match ranks[actor].get(rank) {
            None => return Cell::unknown(view),
            // Ranks that never occur stay empty, so that the eye finds those that do.
            Some(p) if *p == 0.0 => Cell::heat(0.0, "", ""),
            Some(p) => Cell::heat(*p, &rank_share(*p), "").title(probability(*p)),
        };
        if framed { cell.class("heat stated") } else { cell }
    };
    let line = |actor: &usize| {
        let mut row = vec![Cell::html(spotted(view, &index.actors[*actor]))];
        row.extend((0..actors.len()).map(|rank| cell(*actor, rank)));
        row
    };
    let rows: Vec<Vec<Cell>> = actors.iter().map(line).collect();
    let words = [
        ("source", node_name(view, index.roots[root])),
        ("firsts", firsts(view, actors, &ranks)),
        ("sure", of_varied(view, "sure")),
        ("held", held(view, &["ranks"])),
    ];
    // Few ranks are drawn wider, so that the caption has room.
    let class = if actors.len() > FEW { "map ranks" } else { "map ranks few" };
    let id = &index.nodes[index.roots[root]].code;
    table(class, &caption_of(view, "ranks-caption", id, &words), &head, &rows)
}

/// Who is first, with the probabilities that are worth a word.
fn firsts(view: View<'_>, actors: &[usize], ranks: &[Vec<f64>]) -> String {
    let mut list: Vec<(usize, f64)> =
        actors.iter().filter_map(|actor| Some((*actor, *ranks[*actor].first()?))).collect();
    list.sort_by(|a, b| b.1.total_cmp(&a.1));
    list.retain(|(_, p)| *p >= WORTH_A_WORD);
    if list.is_empty() {
        return view.word("firsts-unknown").to_owned();
    }
    let name = |(actor, p): &(usize, f64)| {
        format!("{}{}", view.actor(&view.c.index.actors[*actor]), view.brackets(&stated(*p)))
    };
    view.say("firsts", &[("list", view.list(&list.iter().map(name).collect::<Vec<_>>()))])
}

/// The numbers behind the charts of all sources in the headline year.
fn strengths(view: View<'_>) -> String {
    let index = view.c.index;
    let year = index.headline;
    let ranks: Vec<Vec<Vec<f64>>> =
        (0..index.roots.len()).map(|root| index.rank_probabilities(root, year)).collect();
    let mut groups = vec![Cell::html("")];
    let mut head = vec![Cell::html(view.word("actor"))];
    for node in &index.roots {
        groups.push(Cell::html(node_name(view, *node)).over(3));
        for id in ["nominal", "mean-interval", "first-probability"] {
            head.push(Cell::html(view.word(id)).class("num"));
        }
    }
    let rows: Vec<Vec<Cell>> = ordered(view)
        .iter()
        .filter_map(|id| Some((id, index.actors.iter().position(|other| other == id)?)))
        .map(|(id, actor)| {
            let mut row = vec![Cell::html(spotted(view, id))];
            for (root, node) in index.roots.iter().enumerate() {
                let score = index.score(*node, year, actor);
                row.push(Cell::known(view, score.nominal.map(|x| format!("{x:.0}"))));
                row.push(Cell::known(view, score.summary.map(|s| view.score(s))));
                row.push(Cell::known(view, ranks[root][actor].first().map(|p| probability(*p))));
            }
            row
        })
        .collect();
    let words = [("year", view.headline().to_string()), ("held", held(view, &["scores", "standings"]))];
    let caption = caption(view, "values-caption", &words);
    folded(view, &grouped("wide dense", &caption, &groups, &head, &rows))
}

/// A probability as a whole number of percent, to fit a small cell; never 0 or 100 unless it is exactly that.
fn rank_share(p: f64) -> String {
    match p {
        p if p > 0.0 && p < 0.005 => "&lt;1".to_owned(),
        p if (0.995..1.0).contains(&p) => "&gt;99".to_owned(),
        p => format!("{:.0}", hundredths(p)),
    }
}

/// Part of the actors of the best known year that must be known in a year for it to be drawn.
const LINED: f64 = 0.75;

/// Strengths of the focal actors over the years.
fn over_years(view: View<'_>) -> String {
    let index = view.c.index;
    let focal: Vec<(&String, usize)> = view
        .focal()
        .iter()
        .filter_map(|id| Some((id, index.actors.iter().position(|other| other == id)?)))
        .collect();
    let (Some(from), Some(to)) = (index.years.first(), index.years.last()) else { return String::new() };
    if focal.is_empty() || from == to {
        return String::new();
    }
    let title = links::titled(view, "years-title");
    let mut panels = String::new();
    let [mean, low, high] = INTERVAL;
    let mut data = Data::new(view, &["source", "actor", "year", mean, low, high]);
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for (root, node) in index.roots.iter().enumerate() {
        let dated = dated(view, root);
        // Strengths are relative to the actors of the year: of fewer they would tell of another comparison.
        let known = |at: usize| {
            (0..index.actors.len()).filter(|actor| index.score(*node, at, *actor).summary.is_some()).count()
        };
        let most = (0..index.years.len()).map(known).max().unwrap_or(0);
        let enough = |at: usize| known(at) as f64 >= LINED * most as f64;
        let series: Vec<Series<'_>> = focal
            .iter()
            .map(|(id, actor)| {
                let points = index
                    .years
                    .iter()
                    .enumerate()
                    .map(|(at, year)| (*year, index.score(*node, at, *actor).summary));
                (*id, points.collect())
            })
            .collect();
        let drawn: Vec<Series<'_>> = series
            .iter()
            .map(|(id, points)| {
                let told =
                    |(at, (year, s)): (usize, &(i16, Option<Summary>))| (*year, s.filter(|_| enough(at)));
                // Where no value is of the year, a line would show what only grew too old.
                let own = |(_, (year, _)): &(usize, &(i16, Option<Summary>))| dated.contains(year);
                (*id, points.iter().enumerate().filter(own).map(told).collect())
            })
            .collect();
        let name = node_name(view, *node);
        let label = view.say("lines-label", &[("source", name.clone())]);
        panels.push_str(&format!(
            "<div><h4>{name}</h4>{}</div>",
            draw(&lines(view, &drawn, (*from, *to)), &label, false)
        ));
        for (id, points) in &series {
            let mut row = vec![Cell::html(name.clone()), Cell::html(spotted(view, id))];
            for (year, s) in points.iter().filter(|(year, _)| dated.contains(year)) {
                let start = [said(&name), said(&view.actor(id)), Value::from(*year)];
                data.row(start.into_iter().chain(interval(*s)));
            }
            row.extend(points.iter().map(|(year, s)| {
                let mark = if dated.contains(year) { "" } else { UNDATED };
                Cell::known(view, s.map(|s| small_interval(s, mark)))
            }));
            rows.push(row);
        }
    }
    let legend: String = focal.iter().map(|(id, _)| format!("<span>{}</span>", spotted(view, id))).collect();
    let mut head = vec![Cell::html(view.word("source")), Cell::html(view.word("actor"))];
    head.extend(index.years.iter().map(|year| Cell::html(year.to_string()).class("num")));
    let words = [("held", held(view, &["scores"]))];
    format!(
        "{title}<p class=\"legend\">{legend}</p>\n{}{}",
        figure(
            view,
            "years",
            &format!("<div class=\"grid\">{panels}</div>"),
            &view.say("lines-caption", &words),
            &data
        ),
        folded(
            view,
            &table(
                "wide years",
                &caption(view, "years-caption", &[("mark", UNDATED.to_owned())]),
                &head,
                &rows
            )
        )
    )
}

/// The mark of a strength in a year of which the source has no value.
const UNDATED: &str = "†";

/// The years of which a source has a value of a ranked actor: in all others it rests on values of other years alone.
fn dated(view: View<'_>, root: usize) -> BTreeSet<i16> {
    let (index, study) = (view.c.index, view.c.study);
    let end = index.roots.get(root + 1).copied().unwrap_or(index.nodes.len());
    let below = &index.nodes[index.roots[root]..end];
    let leaves: BTreeSet<&str> =
        below.iter().filter(|node| node.is_leaf()).map(|node| node.code.as_str()).collect();
    study
        .indicators
        .iter()
        .filter(|row| row.missing == Missing::Undeclared && leaves.contains(study.resolve(row.indicator)))
        .filter(|row| !row.value.is_nan() || !(row.low + row.high).is_nan())
        .filter(|row| index.actors.iter().any(|actor| actor == study.resolve(row.actor)))
        .map(|row| row.year)
        .collect()
}

fn small_interval(s: Summary, mark: &str) -> String {
    format!("{:.0}{mark}<span class=\"also\">{:.0}–{:.0}</span>", s.mean, s.q05, s.q95)
}
