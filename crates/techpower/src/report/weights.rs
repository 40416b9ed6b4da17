//! What is left of the order if nothing is known of the weights: acceptability, central weights, dominance.

use super::figure::spotted;
use super::indicators::indented;
use super::links;
use super::sources::node_name;
use super::table::{Cell, caption, caption_of, closed, held, table};
use super::words::{View, number, percent};
use crate::measure::Smaa;

/// The most actors whose central weights stand side by side.
const MOST_BESIDE: usize = 6;

/// Acceptability and dominance of every source.
pub(super) fn write(view: View<'_>) -> String {
    let index = view.c.index;
    let title = links::titled(view, "smaa-title");
    let draws = index.smaa.iter().flatten().map(|smaa| smaa.draws).max();
    if draws.is_none() && index.dominances.is_empty() {
        return title + &view.paragraph("smaa-none", &[]);
    }
    let text = match draws {
        Some(n) => view.paragraph("smaa-text", &[("n", number(n as f64))]),
        None => view.paragraph("smaa-none", &[]),
    };
    title + &text + &dominance(view) + &overview(view) + &central(view)
}

/// Pairs of actors of a source: all that are known, those ordered whatever the weights, those ordered within bounds.
fn pairs(view: View<'_>, root: usize) -> [usize; 3] {
    let index = view.c.index;
    let node = index.roots[root];
    let known = |actor: &usize| index.score(node, index.headline, *actor).nominal.is_some();
    let n = (0..index.actors.len()).filter(known).count();
    let found = || index.dominances.iter().filter(|row| row.node == node);
    let any = found().filter(|row| row.any_weights).count();
    let bounded = found().filter(|row| row.any_weights || row.least_lead.is_some()).count();
    [n * n.saturating_sub(1) / 2, any, bounded]
}

/// Whether the index sets bounds for any weight.
fn has_bounds(view: View<'_>) -> bool {
    view.c.index.nodes.iter().any(|node| node.weight_bounds.is_some())
}

/// One sentence on how much of the order stands whatever the weights.
fn dominance(view: View<'_>) -> String {
    let total = (0..view.c.index.roots.len())
        .map(|root| pairs(view, root))
        .fold([0; 3], |sum, pairs| [sum[0] + pairs[0], sum[1] + pairs[1], sum[2] + pairs[2]]);
    let [all, any, bounded] = total.map(|n| n.to_string());
    if total[0] == 0 {
        return String::new();
    }
    if has_bounds(view) {
        view.paragraph("dominance-text", &[("all", all), ("any", any), ("bounded", bounded)])
    } else {
        view.paragraph("dominance-text-any", &[("all", all), ("any", any)])
    }
}

/// Per source who can be first, and how many pairs are ordered.
fn overview(view: View<'_>) -> String {
    let index = view.c.index;
    let bounds = has_bounds(view);
    let mut head = vec![Cell::html(view.word("source")), Cell::html(view.word("can-be-first"))];
    head.push(Cell::html(view.word("ordered-any")).class("num wrap"));
    if bounds {
        head.push(Cell::html(view.word("ordered-bounds")).class("num wrap"));
    }
    let row = |(root, node): (usize, &usize)| {
        let [all, any, bounded] = pairs(view, root);
        let of =
            |n: usize| Cell::number(view.say("switch-of", &[("n", n.to_string()), ("all", all.to_string())]));
        let smaa = index.smaa.get(root).and_then(Option::as_ref);
        let mut cells = vec![
            Cell::html(node_name(view, *node)),
            smaa.map_or_else(|| Cell::unknown(view), |smaa| Cell::html(first_shares(view, smaa))),
            of(any),
        ];
        cells.extend(bounds.then(|| of(bounded)));
        cells
    };
    let rows: Vec<Vec<Cell>> = index.roots.iter().enumerate().map(row).collect();
    let words =
        [("year", view.headline().to_string()), ("held", held(view, &["acceptability", "dominance"]))];
    table("", &caption(view, "smaa-caption", &words), &head, &rows)
}

/// The actors that are first with some weights, the most acceptable first.
fn can_be_first(smaa: &Smaa) -> Vec<(usize, f64)> {
    let share = |actor: usize| smaa.acceptability[actor].first().copied().unwrap_or(0.0);
    let mut list: Vec<(usize, f64)> =
        (0..smaa.acceptability.len()).map(|actor| (actor, share(actor))).filter(|(_, p)| *p > 0.0).collect();
    list.sort_by(|a, b| b.1.total_cmp(&a.1));
    list
}

/// `United States 97%, China 3%`.
fn first_shares(view: View<'_>, smaa: &Smaa) -> String {
    let name = |(actor, p): &(usize, f64)| {
        let id = &view.c.index.actors[*actor];
        format!("<span class=\"line\">{} {}</span>", spotted(view, id), percent(*p))
    };
    can_be_first(smaa).iter().map(name).collect::<Vec<_>>().join(view.word("comma"))
}

/// Central weights of all sources, folded away.
fn central(view: View<'_>) -> String {
    let found = view.c.index.smaa.iter().enumerate();
    let tables: String =
        found.filter_map(|(root, smaa)| Some(of_source(view, root, smaa.as_ref()?))).collect();
    if tables.is_empty() {
        tables
    } else {
        closed(view.word("central-title"), &format!("<div class=\"grid\">{tables}</div>"))
    }
}

/// The central weights in one source: nodes by actors that can be first.
fn of_source(view: View<'_>, root: usize, smaa: &Smaa) -> String {
    let index = view.c.index;
    let node = index.roots[root];
    let all: Vec<(usize, f64)> =
        can_be_first(smaa).into_iter().filter(|(actor, _)| smaa.central[*actor].is_some()).collect();
    let shown = &all[..all.len().min(MOST_BESIDE)];
    if shown.is_empty() {
        return String::new();
    }
    let mut head = vec![Cell::html(view.word("node")), Cell::html(view.word("nominal-weight")).class("num")];
    head.extend(shown.iter().map(|(actor, _)| Cell::html(spotted(view, &index.actors[*actor])).class("num")));
    let mut rows =
        vec![totals(view, "acceptability-first", shown, &|actor| percent(smaa.acceptability[actor][0]))];
    rows.push(totals(view, "central-confirms", shown, &|actor| {
        view.word(if smaa.confidence[actor] == Some(true) { "yes" } else { "no" }).to_owned()
    }));
    let end = index.roots.get(root + 1).copied().unwrap_or(index.nodes.len());
    rows.extend((node + 1..end).map(|at| {
        let mut cells = vec![indented(view, at, 1), Cell::number(percent(index.nodes[at].weight))];
        cells.extend(shown.iter().map(|(actor, _)| {
            let weight = smaa.central[*actor].as_ref().and_then(|weights| weights.get(at - node));
            Cell::known(view, weight.map(|w| percent(*w)))
        }));
        cells
    }));
    let words = [("source", node_name(view, node)), ("held", held(view, &["central_weights"]))];
    let table =
        table("", &caption_of(view, "central-caption", &index.nodes[node].code, &words), &head, &rows);
    let more = match all.len() - shown.len() {
        0 => String::new(),
        n => view.paragraph("central-more", &[("n", n.to_string())]),
    };
    format!("<div>{table}{more}</div>")
}

/// A row above the weights: one text for each actor.
fn totals(view: View<'_>, id: &str, shown: &[(usize, f64)], of: &dyn Fn(usize) -> String) -> Vec<Cell> {
    let mut cells = vec![Cell::html(format!("<b>{}</b>", view.word(id))), Cell::html("")];
    cells.extend(shown.iter().map(|(actor, _)| Cell::number(of(*actor))));
    cells
}
