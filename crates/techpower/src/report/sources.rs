//! The sources of power: strengths with intervals, probabilities of ranks, years, and the hierarchy behind them.

use super::answer::ordered;
use super::figure::{Dot, Series, dots, draw, figure, lines, spotted};
use super::table::{Cell, caption, folded, grouped, scale, table};
use super::words::{View, percent, probability};
use crate::num::Summary;

/// The most actors whose ranks fit beside a chart.
const MOST_BESIDE: usize = 13;

pub(super) fn section(view: View<'_>) -> String {
    let index = view.c.index;
    if index.roots.is_empty() || index.actors.is_empty() || view.c.study.indicators.is_empty() {
        return format!("<p class=\"nothing\">{}</p>\n", view.word("no-sources"));
    }
    let mut out = view.paragraph("sources-text", &[("n", index.actors.len().to_string())]);
    for root in 0..index.roots.len() {
        out.push_str(&source(view, root));
    }
    out.push_str(&strengths(view));
    out.push_str(&over_years(view));
    out.push_str(&hierarchy(view));
    out
}

fn node_name(view: View<'_>, node: usize) -> String {
    let node = &view.c.index.nodes[node];
    view.either(&node.name_en, &node.name_zh)
}

/// Strengths and ranks of one source in the last year.
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
    let name = node_name(view, node);
    let words = [("source", name.clone()), ("year", view.last().to_string())];
    let chart = draw(&dots(view, &rows), &view.say("dots-label", &words), false);
    let chart = figure(view, &chart, &view.say("dots-caption", &words));

    let ranks = index.rank_probabilities(root, year);
    let mut head = vec![Cell::html(view.word("actor"))];
    head.extend((1..=actors.len()).map(|rank| Cell::html(rank.to_string())));
    let cells: Vec<Vec<Cell>> = actors
        .iter()
        .map(|actor| {
            let mut row = vec![Cell::html(spotted(view, &index.actors[*actor]))];
            row.extend((0..actors.len()).map(|rank| match ranks[*actor].get(rank) {
                None => Cell::unknown(view),
                // Ranks that no draw gives stay empty, so that the eye finds those that some draws give.
                Some(p) if *p == 0.0 => Cell::heat(0.0, "", ""),
                Some(p) => Cell::heat(*p, &rank_share(*p), "").title(probability(*p)),
            }));
            row
        })
        .collect();
    let ranks_table = table("map ranks", &caption(view, "ranks-caption", &words), &head, &cells);

    let scale = scale(view, "0", "100%");
    let right = format!("<div>{ranks_table}{scale}</div>");
    // Many actors need the whole width for their ranks.
    let class = if actors.len() > MOST_BESIDE { "stack" } else { "pair" };
    let anchor = view.anchor(&format!("source-{}", root + 1));
    format!("<h3 id=\"{anchor}\">{name}</h3>\n<div class=\"{class}\"><div>{chart}</div>{right}</div>\n")
}

/// The numbers behind the charts of all sources in the last year.
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
    let caption = caption(view, "values-caption", &[("year", view.last().to_string())]);
    folded(view, &grouped("wide dense", &caption, &groups, &head, &rows))
}

/// A probability as a whole number of percent, to fit a small cell.
fn rank_share(p: f64) -> String {
    if p < 0.005 { "&lt;1".to_owned() } else { format!("{:.0}", p * 100.0) }
}

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
    let mut panels = String::new();
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for node in &index.roots {
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
        let name = node_name(view, *node);
        let label = view.say("lines-label", &[("source", name.clone())]);
        panels.push_str(&format!(
            "<div><h4>{name}</h4>{}</div>",
            draw(&lines(view, &series, (*from, *to)), &label, false)
        ));
        for (id, points) in &series {
            let mut row = vec![Cell::html(name.clone()), Cell::html(spotted(view, id))];
            row.extend(points.iter().map(|(_, s)| Cell::known(view, s.map(|s| small_interval(view, s)))));
            rows.push(row);
        }
    }
    let legend: String = focal.iter().map(|(id, _)| format!("<span>{}</span>", spotted(view, id))).collect();
    let mut head = vec![Cell::html(view.word("source")), Cell::html(view.word("actor"))];
    head.extend(index.years.iter().map(|year| Cell::html(year.to_string()).class("num")));
    format!(
        "<h3>{}</h3>\n<p class=\"legend\">{legend}</p>\n{}{}",
        view.word("years-title"),
        figure(view, &format!("<div class=\"grid\">{panels}</div>"), view.word("lines-caption")),
        folded(view, &table("wide years", &caption(view, "years-caption", &[]), &head, &rows))
    )
}

fn small_interval(_: View<'_>, s: Summary) -> String {
    format!("{:.0}<span class=\"also\">{:.0}–{:.0}</span>", s.mean, s.q05, s.q95)
}

/// All nodes under their parents, with nominal weights and the focal actors' scores in the last year.
fn hierarchy(view: View<'_>) -> String {
    let index = view.c.index;
    let year = index.headline;
    let focal: Vec<String> = ordered(view).into_iter().filter(|id| view.focal().contains(id)).collect();
    let mut head = vec![Cell::html(view.word("node")), Cell::html(view.word("weight")).class("num")];
    head.extend(focal.iter().map(|id| Cell::html(spotted(view, id)).class("num")));
    let rows: Vec<Vec<Cell>> = index
        .nodes
        .iter()
        .enumerate()
        .map(|(at, node)| {
            let mut depth = 0;
            let mut up = node.parent;
            while let Some(parent) = up {
                depth += 1;
                up = index.nodes[parent].parent;
            }
            let name = node_name(view, at);
            let name = if depth == 0 { format!("<b>{name}</b>") } else { name };
            let weight = if depth == 0 { String::new() } else { percent(node.weight) };
            let mut row = vec![
                Cell::html(format!("<span style=\"padding-left:{}px\">{name}</span>", depth * 22)),
                Cell::number(weight),
            ];
            row.extend(focal.iter().map(|id| {
                let actor = index.actors.iter().position(|other| other == id);
                let summary = actor.and_then(|actor| index.score(at, year, actor).summary);
                Cell::known(view, summary.map(|s| view.score(s)))
            }));
            row
        })
        .collect();
    let table =
        table("", &caption(view, "hierarchy-caption", &[("year", view.last().to_string())]), &head, &rows);
    format!("<h3>{}</h3>\n{table}", view.word("hierarchy-title"))
}
