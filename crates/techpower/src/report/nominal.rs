//! An index made otherwise: ranks and scores beside those of the recipe as stated, and how acceptable each rank is under the weights that were drawn.

use super::answer::ordered;
use super::figure::spotted;
use super::table::{Cell, table};
use super::words::{View, percent};
use crate::measure::{Feasible, Nominal, NominalRoot};

/// One source: actors in the order of their ranks now.
pub(super) fn write(view: View<'_>, stated: &Nominal, chosen: &Nominal, root: &NominalRoot) -> String {
    let former =
        stated.roots.iter().find(|other| stated.nodes[other.node].code == chosen.nodes[root.node].code);
    let n = chosen.actors.len();
    let known = root.ranks.iter().flatten().count();
    let mut head = vec![Cell::html(view.word("nominal-actor"))];
    for id in ["nominal-rank", "nominal-rank-stated", "nominal-score", "nominal-score-stated"] {
        head.push(Cell::html(view.word(id)).class("num"));
    }
    if root.smaa.is_some() {
        head.extend((1..=known).map(|rank| Cell::html(rank.to_string())));
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by_key(|actor| root.ranks[*actor].unwrap_or(u32::MAX));
    let rows: Vec<Vec<Cell>> = order
        .into_iter()
        .map(|actor| {
            let of = |tried: &NominalRoot| (tried.ranks[actor], tried.scores[actor]);
            let (rank, score) = of(root);
            let (rank_stated, score_stated) = former.map_or((None, None), of);
            let whole = |rank: Option<u32>| Cell::known(view, rank.map(|rank| rank.to_string()));
            let number = |score: Option<f64>| Cell::known(view, score.map(|score| format!("{score:.1}")));
            let mut cells = vec![
                Cell::html(spotted(view, &chosen.actors[actor])),
                moved(view, rank, rank_stated),
                whole(rank_stated),
                number(score),
                number(score_stated),
            ];
            let shares = root.smaa.as_ref().map(|smaa| smaa.acceptability[actor].as_slice());
            cells.extend(shares.unwrap_or_default().iter().map(|share| match *share {
                0.0 => Cell::html(""),
                share => Cell::heat(share, &percent(share), ""),
            }));
            cells
        })
        .collect();
    let draws = root.smaa.as_ref().map_or(0, |smaa| smaa.draws);
    let name = {
        let node = &chosen.nodes[root.node];
        view.either(&node.name_en, &node.name_zh)
    };
    let (id, share) = match chosen.feasible {
        _ if draws == 0 => ("nominal-caption-none", 0.0),
        Feasible::Any => ("nominal-caption-any", 1.0),
        Feasible::Near(share) => ("nominal-caption-near", share),
    };
    let year = view.headline().to_string();
    let words = [("source", name), ("year", year), ("draws", draws.to_string()), ("share", percent(share))];
    let caption = view.say(id, &words);
    table("map ranks", &caption, &head, &rows)
}

/// Ranks in all sources side by side, actors in the order of the report.
pub(super) fn ranks(view: View<'_>, chosen: &Nominal) -> String {
    let mut head = vec![Cell::html(view.word("nominal-actor"))];
    head.extend(chosen.roots.iter().map(|root| {
        let node = &chosen.nodes[root.node];
        Cell::html(view.either(&node.name_en, &node.name_zh)).class("num")
    }));
    let order = ordered(view);
    let mut actors: Vec<usize> = (0..chosen.actors.len()).collect();
    actors.sort_by_key(|at| order.iter().position(|id| *id == chosen.actors[*at]).unwrap_or(order.len()));
    let rows: Vec<Vec<Cell>> = actors
        .into_iter()
        .map(|actor| {
            let mut row = vec![Cell::html(spotted(view, &chosen.actors[actor]))];
            row.extend(
                chosen
                    .roots
                    .iter()
                    .map(|root| Cell::known(view, root.ranks[actor].map(|rank| rank.to_string()))),
            );
            row
        })
        .collect();
    table("wide", &view.say("nominal-all-caption", &[("year", view.headline().to_string())]), &head, &rows)
}

/// A rank, with an arrow if it is another than the recipe as stated gives.
fn moved(view: View<'_>, rank: Option<u32>, stated: Option<u32>) -> Cell {
    let arrow = match (rank, stated) {
        (Some(now), Some(then)) if now < then => " ↑",
        (Some(now), Some(then)) if now > then => " ↓",
        _ => "",
    };
    Cell::known(view, rank.map(|rank| format!("<b>{rank}</b>{arrow}")))
}
