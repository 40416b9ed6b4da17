//! What the ranks depend on: the factors that were varied, and single choices made otherwise.

use plotly::common::MarkerSymbol;

use super::answer::ordered;
use super::figure::{Data, NEUTRAL, draw, figure, known, said, spotted};
use super::links;
use super::ranges::{Mark, Set, ranges, shares};
use super::sources::node_name;
use super::table::{Cell, caption, caption_of, closed, grouped, held, table};
use super::words::{View, number, percent, signed};
use crate::measure::Sensitivity;
use crate::num::{Estimate, Indices};

/// An effect alone, and with interactions.
const ALONE: &str = NEUTRAL[0];
const TOGETHER: &str = NEUTRAL[1];

/// The name of a factor, as it begins a sentence.
pub(super) fn factor_name(view: View<'_>, factor: &str) -> String {
    view.term("factor", factor)
}

/// The names of all factors that vary, within a sentence.
pub(super) fn factor_names(view: View<'_>) -> String {
    let factors = &view.c.index.factors;
    view.list(&factors.iter().map(|f| view.within(factor_name(view, &f.id))).collect::<Vec<_>>())
}

/// Sensitivity of the ranks of every source to the factors.
pub(super) fn write(view: View<'_>) -> String {
    let index = view.c.index;
    let title = links::titled(view, "sensitivity-title");
    if index.factors.is_empty() {
        return title + &view.paragraph("sensitivity-none", &[]);
    }
    let ranks: Vec<&Sensitivity> = index.sensitivities.iter().filter(|row| row.actor.is_none()).collect();
    if ranks.is_empty() {
        return title + &view.paragraph("sensitivity-absent", &[]) + &tables(view, &ranks);
    }
    let panels: String = ranks.iter().map(|row| panel(view, row, &ranks)).collect();
    let words = [
        ("year", view.headline().to_string()),
        ("largest", view.list(&ranks.iter().filter_map(|row| largest(view, row)).collect::<Vec<_>>())),
        ("held", held(view, &["sensitivity"])),
    ];
    let caption = view.say("sensitivity-caption", &words);
    format!(
        "{title}{}{}{}{}{}",
        view.paragraph("sensitivity-text", &[("how", how(view))]),
        legend(view),
        figure(
            view,
            "sensitivity",
            &format!("<div class=\"grid\">{panels}</div>"),
            &caption,
            &data(view, &ranks)
        ),
        missing(view, &ranks),
        tables(view, &ranks)
    )
}

/// Whether the indices are exact or sampled.
fn how(view: View<'_>) -> String {
    match view.c.index.combinations {
        Some(n) => view.say("sensitivity-exact", &[("n", number(n as f64))]),
        None => {
            let points = view.c.study.options.uncertainty.sensitivity;
            view.say("sensitivity-sampled", &[("n", number(points as f64))])
        }
    }
}

/// What the two marks stand for.
fn legend(view: View<'_>) -> String {
    let drawn = |shape: &str, id: &str| {
        format!(
            "<span><svg width=\"13\" height=\"12\" aria-hidden=\"true\">{shape}</svg> {}</span>",
            view.word(id)
        )
    };
    let dot = format!("<circle cx=\"6\" cy=\"7\" r=\"4\" fill=\"{ALONE}\"/>");
    let diamond = format!("<path d=\"M6 2l5 5l-5 5l-5 -5z\" fill=\"none\" stroke=\"{TOGETHER}\"/>");
    let marks = drawn(&dot, "alone") + &drawn(&diamond, "with-interactions");
    format!("<p class=\"legend\">{marks}</p>\n")
}

/// One source: its factors, in the order of the steps of the index.
fn panel(view: View<'_>, row: &Sensitivity, all: &[&Sensitivity]) -> String {
    let factors = &view.c.index.factors;
    let names: Vec<String> = factors.iter().map(|f| factor_name(view, &f.id)).collect();
    let set = |id: &str, colour, symbol, lift, of: &dyn Fn(&Indices) -> Estimate| Set {
        marks: row
            .indices
            .iter()
            .enumerate()
            .map(|(line, indices)| mark(view, line, &names[line], id, of(indices)))
            .collect(),
        name: view.word(id).to_owned(),
        colour,
        symbol,
        lift,
    };
    let sets = [
        set("alone", ALONE, MarkerSymbol::Circle, 0.14, &|i| i.first),
        set("with-interactions", TOGETHER, MarkerSymbol::DiamondOpen, -0.14, &|i| i.total),
    ];
    let ends = all.iter().flat_map(|row| &row.indices);
    let axis = shares(ends.flat_map(|i| [i.first.low, i.first.high, i.total.low, i.total.high]));
    let name = node_name(view, row.node);
    let label = view.say("sensitivity-label", &[("source", name.clone())]);
    format!("<div><h4>{name}</h4>{}</div>", draw(&ranges(view, &names, &sets, axis, None), &label, false))
}

fn mark(view: View<'_>, line: usize, name: &str, id: &str, e: Estimate) -> Mark {
    let hover = format!("{name}, {}: {}", view.within(view.word(id).to_owned()), estimate(view, e));
    Mark { line, value: (e.value, e.low, e.high), hover }
}

/// An index with its interval, unless it is exact: `74% (69–79%)`.
fn estimate(view: View<'_>, e: Estimate) -> String {
    let dash = if e.low < 0.0 { view.word("to") } else { "–" };
    let range = format!("{}{dash}{}%", signed(e.low * 100.0, 0), signed(e.high * 100.0, 0));
    if e.low == e.high { percent(e.value) } else { format!("{}{}", percent(e.value), view.brackets(&range)) }
}

/// The indices as rows.
fn data(view: View<'_>, ranks: &[&Sensitivity]) -> Data {
    let mut data = Data::new(view, &["source", "factor", "data-what", "data-value", "data-low", "data-high"]);
    for row in ranks {
        for (factor, indices) in view.c.index.factors.iter().zip(&row.indices) {
            for (id, e) in [("alone", indices.first), ("with-interactions", indices.total)] {
                let what =
                    [&node_name(view, row.node), &factor_name(view, &factor.id), view.word(id)].map(said);
                data.row(what.into_iter().chain([e.value, e.low, e.high].map(known)));
            }
        }
    }
    data
}

/// The factor with the largest total index of a source, in words.
fn largest(view: View<'_>, row: &Sensitivity) -> Option<String> {
    let factors = view.c.index.factors.iter().zip(&row.indices);
    let (factor, indices) = factors.max_by(|a, b| a.1.total.value.total_cmp(&b.1.total.value))?;
    let words = [
        ("factor", view.within(factor_name(view, &factor.id))),
        ("source", view.within(node_name(view, row.node))),
        ("share", percent(indices.total.value)),
    ];
    Some(view.say("largest", &words))
}

/// The sources whose ranks are not apportioned.
fn missing(view: View<'_>, found: &[&Sensitivity]) -> String {
    let without = |node: &&usize| !found.iter().any(|row| row.node == **node);
    let roots = view.c.index.roots.iter().filter(without);
    let names: Vec<String> = roots.map(|node| node_name(view, *node)).collect();
    if names.is_empty() {
        return String::new();
    }
    view.paragraph("sensitivity-missing", &[("sources", view.list(&names))])
}

/// The numbers behind the charts, and every actor's score; folded away.
fn tables(view: View<'_>, ranks: &[&Sensitivity]) -> String {
    if view.c.index.sensitivities.is_empty() {
        return String::new();
    }
    let first = if ranks.is_empty() { String::new() } else { of_ranks(view, ranks) };
    let others: String = view.c.index.roots.iter().map(|node| of_actors(view, *node)).collect();
    closed(view.word("sensitivity-tables"), &(first + &others))
}

/// The indices of the ranks of all sources.
fn of_ranks(view: View<'_>, ranks: &[&Sensitivity]) -> String {
    let mut groups = vec![Cell::html("")];
    let mut head = vec![Cell::html(view.word("factor"))];
    for row in ranks {
        groups.push(Cell::html(node_name(view, row.node)).over(2));
        head.extend(["alone", "with-interactions"].map(|id| Cell::html(view.word(id)).class("num")));
    }
    let line = |(at, factor): (usize, &crate::measure::Factor)| {
        let mut cells = vec![Cell::html(factor_name(view, &factor.id))];
        for row in ranks {
            let Indices { first, total } = row.indices[at];
            cells.extend([first, total].map(|e| Cell::number(estimate(view, e))));
        }
        cells
    };
    let rows: Vec<Vec<Cell>> = view.c.index.factors.iter().enumerate().map(line).collect();
    let caption = caption(view, "sensitivity-table-caption", &[("held", held(view, &["sensitivity"]))]);
    grouped("wide dense", &caption, &groups, &head, &rows)
}

/// The indices of every actor's score in one source, as a heat map.
fn of_actors(view: View<'_>, node: usize) -> String {
    let index = view.c.index;
    let found = |id: &String| {
        let actor = index.actors.iter().position(|other| other == id)?;
        index.sensitivities.iter().find(|row| row.node == node && row.actor == Some(actor))
    };
    let rows: Vec<Vec<Cell>> = ordered(view)
        .iter()
        .filter_map(|id| Some((id, found(id)?)))
        .map(|(id, row)| {
            let mut cells = vec![Cell::html(spotted(view, id))];
            cells.extend(row.indices.iter().map(|i| shaded(view, i)));
            cells
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    let mut head = vec![Cell::html(view.word("actor"))];
    head.extend(index.factors.iter().map(|f| Cell::html(factor_name(view, &f.id))));
    let words = [("source", node_name(view, node)), ("held", held(view, &["sensitivity"]))];
    table(
        "map roomy",
        &caption_of(view, "sensitivity-actor-caption", &index.nodes[node].code, &words),
        &head,
        &rows,
    )
}

/// The total index with the first-order one below it.
fn shaded(view: View<'_>, i: &Indices) -> Cell {
    let whole = |share: f64| signed(share * 100.0, 0);
    let title = [("with-interactions", i.total), ("alone", i.first)]
        .map(|(id, e)| format!("{}: {}", view.word(id), estimate(view, e)))
        .join(view.word("comma"));
    Cell::heat(i.total.value, &whole(i.total.value), &whole(i.first.value)).title(title)
}
