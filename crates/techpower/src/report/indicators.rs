//! The hierarchy and its indicators: what each node counts against what it weighs, and which outliers were treated.

use super::answer::ordered;
use super::figure::spotted;
use super::links;
use super::sources::node_name;
use super::switches::choice;
use super::table::{Cell, caption, closed, held, table};
use super::words::{View, percent, signed};
use crate::measure::{Importance, Treatment};

/// An influence is remarkable from this multiple of the weight on, or below its reciprocal.
const FAR: f64 = 2.0;

/// The name of a node, set in by its depth below the depth given.
pub(super) fn indented(view: View<'_>, at: usize, from: usize) -> Cell {
    let nodes = &view.c.index.nodes;
    let depth = std::iter::successors(nodes[at].parent, |up| nodes[*up].parent).count();
    let name = node_name(view, at);
    let name = if depth == 0 { format!("<b>{name}</b>") } else { name };
    Cell::html(format!(
        "<span style=\"display:block;padding-left:{}px\">{name}</span>",
        depth.saturating_sub(from) * 22
    ))
}

/// All nodes under their parents, with nominal weights and the focal actors' scores in the headline year.
pub(super) fn hierarchy(view: View<'_>) -> String {
    let index = view.c.index;
    let focal: Vec<String> = ordered(view).into_iter().filter(|id| view.focal().contains(id)).collect();
    let mut head = vec![Cell::html(view.word("node")), Cell::html(view.word("weight")).class("num")];
    head.extend(focal.iter().map(|id| Cell::html(spotted(view, id)).class("num")));
    let line = |at: usize| {
        let node = &index.nodes[at];
        let weight = if node.parent.is_none() { String::new() } else { percent(node.weight) };
        let mut row = vec![indented(view, at, 0), Cell::number(weight)];
        row.extend(focal.iter().map(|id| {
            let actor = index.actors.iter().position(|other| other == id);
            let summary = actor.and_then(|actor| index.score(at, index.headline, actor).summary);
            Cell::known(view, summary.map(|s| view.score(s)))
        }));
        row
    };
    let rows: Vec<Vec<Cell>> = (0..index.nodes.len()).map(line).collect();
    let words = [("year", view.headline().to_string()), ("held", held(view, &["scores"]))];
    links::titled(view, "hierarchy-title")
        + &table("", &caption(view, "hierarchy-caption", &words), &head, &rows)
}

/// How far influence is from weight; `None` if not far, or if the node itself is unknown. Shares can only be held against weights
/// where they are known of all siblings.
fn flag(view: View<'_>, row: &Importance) -> Option<&'static str> {
    let index = view.c.index;
    let parent = |row: &Importance| index.nodes[row.node].parent;
    let mut siblings = index.importances.iter().filter(|other| parent(other) == parent(row));
    if row.share.is_nan() {
        return None;
    }
    match row.share {
        _ if siblings.any(|other| other.share.is_nan()) => Some("counts-unlike"),
        share if share > FAR * row.weight => Some("counts-more"),
        share if share < row.weight / FAR => Some("counts-less"),
        _ => None,
    }
}

/// What nodes count against what they weigh.
pub(super) fn importance(view: View<'_>) -> String {
    let mut list: Vec<&Importance> = view.c.index.importances.iter().collect();
    list.sort_by_key(|row| row.node);
    if list.iter().all(|row| row.share.is_nan()) {
        return String::new();
    }
    let named = |flagged: &str| -> Vec<String> {
        let rows = list.iter().filter(|row| flag(view, row) == Some(flagged));
        rows.map(|row| node_name(view, row.node)).collect()
    };
    let said =
        |id: &str, names: &[String]| (!names.is_empty()).then(|| view.say(id, &[("list", view.list(names))]));
    let mut flagged: Vec<String> =
        [said("importance-over", &named("counts-more")), said("importance-under", &named("counts-less"))]
            .into_iter()
            .flatten()
            .collect();
    if flagged.is_empty() {
        flagged.push(view.word("importance-even").to_owned());
    }
    format!(
        "{}<p>{}{}{}</p>\n{}",
        links::titled(view, "importance-title"),
        view.word("importance-text"),
        view.gap(),
        flagged.join(view.gap()),
        closed(view.word("importance-open"), &importances(view, &list))
    )
}

/// The table of all nodes, each under its source.
fn importances(view: View<'_>, list: &[&Importance]) -> String {
    let index = view.c.index;
    let mut head = vec![Cell::html(view.word("node")), Cell::html(view.word("importance-drawn"))];
    let numbers = ["weight", "importance-share", "ratio", "correlation"];
    head.extend(numbers.map(|id| Cell::html(view.word(id)).class("num")));
    head.push(Cell::html(view.word("remarkable")));
    let known = |x: f64, decimals| Some(signed(x, decimals)).filter(|_| x.is_finite());
    let line = |row: &Importance| {
        vec![
            indented(view, row.node, 0),
            Cell::html(drawn(row)),
            Cell::number(percent(row.weight)),
            Cell::known(view, Some(row.share).filter(|x| x.is_finite()).map(percent)),
            Cell::known(view, known(row.ratio, 2)),
            Cell::known(view, known(row.correlation, 2)),
            Cell::html(flag(view, row).map_or("", |id| view.word(id))),
        ]
    };
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for (at, node) in index.roots.iter().enumerate() {
        let end = index.roots.get(at + 1).copied().unwrap_or(index.nodes.len());
        rows.push(vec![indented(view, *node, 0).over(7).class("group")]);
        rows.extend(list.iter().filter(|row| (*node..end).contains(&row.node)).map(|row| line(row)));
    }
    let words = [("year", view.headline().to_string()), ("held", held(view, &["importance"]))];
    table("wide", &caption(view, "importance-caption", &words), &head, &rows)
}

/// Weight and influence on one scale; their numbers stand beside it.
fn drawn(row: &Importance) -> String {
    let x = |share: f64| 5.0 + 110.0 * share.clamp(0.0, 1.0);
    let weight = x(row.weight);
    let mut marks = format!(
        "<path d=\"M{:.1} 8L{weight:.1} 3.5L{:.1} 8L{weight:.1} 12.5Z\" fill=\"none\" stroke=\"#2B303A\"/>",
        weight - 4.5,
        weight + 4.5
    );
    if row.share.is_finite() {
        let share = x(row.share);
        marks = format!(
            "<line x1=\"{weight:.1}\" x2=\"{share:.1}\" y1=\"8\" y2=\"8\" stroke=\"#17497A\" stroke-opacity=\".45\" \
             stroke-width=\"2\"/><circle cx=\"{share:.1}\" cy=\"8\" r=\"3.5\" fill=\"#17497A\"/>{marks}"
        );
    }
    format!(
        "<svg class=\"strip\" viewBox=\"0 0 120 16\" width=\"120\" height=\"16\" aria-hidden=\"true\">\
         <line class=\"base\" x1=\"5\" x2=\"115\" y1=\"8\" y2=\"8\"/>{marks}</svg>"
    )
}

/// The indicators whose outliers the recipe as stated treats; nothing if there are none.
pub(super) fn treatments(view: View<'_>) -> String {
    let index = view.c.index;
    let of_year = |row: &&Treatment| row.year.is_none_or(|year| year == index.headline);
    let done = |row: &&Treatment| row.treated.winsorised > 0 || row.treated.transform.is_some();
    let rows: Vec<Vec<Cell>> =
        index.treatments.iter().filter(of_year).filter(done).map(|row| treated(view, row)).collect();
    if rows.is_empty() {
        return String::new();
    }
    let mut head: Vec<Cell> =
        ["node", "treatment-why", "treatment-done"].map(|id| Cell::html(view.word(id))).into();
    head.extend(["skewness", "kurtosis"].map(|id| Cell::html(view.word(id)).class("num")));
    let words = [("year", view.headline().to_string()), ("held", held(view, &["treatment"]))];
    let table = table("", &caption(view, "treatment-caption", &words), &head, &rows);
    closed(view.word("treatment-title"), &table)
}

/// One treated indicator: why, how, and its shape before and after.
fn treated(view: View<'_>, row: &Treatment) -> Vec<Cell> {
    let t = &row.treated;
    let what = match t.transform {
        Some(transform) => choice(view, "treatment", transform.id()),
        None => view.say("treatment-winsorised", &[("n", t.winsorised.to_string())]),
    };
    let shape = |before: f64, after: f64| {
        let words = [("before", signed(before, 2)), ("after", signed(after, 2))];
        Cell::number(view.say("before-after", &words))
    };
    vec![
        Cell::html(node_name(view, row.node)),
        Cell::html(view.term("why", t.why.id())),
        Cell::html(what),
        shape(t.skew, t.skew_after),
        shape(t.kurtosis, t.kurtosis_after),
    ]
}
