//! Which single choice, made otherwise, would change the order.

use super::figure::spotted;
use super::links;
use super::robustness::factor_name;
use super::sources::node_name;
use super::table::{Cell, caption, held, table};
use super::words::{View, escape};
use crate::measure::Switch;

/// The choices shown that reverse most pairs.
const TOP: usize = 5;
/// The most choices shown that change who is first.
const MOST_FIRST: usize = 10;

/// What each single choice does to the order of every source.
pub(super) fn write(view: View<'_>) -> String {
    let index = view.c.index;
    let title = links::titled(view, "switches-title");
    if index.switches.is_empty() {
        return title + &view.paragraph("switches-none", &[]);
    }
    let mut head = vec![Cell::html(view.word("switch-choice"))];
    head.push(Cell::html(view.word("switch-reversed")).class("num"));
    head.extend(["switch-first", "switch-focal"].map(|id| Cell::html(view.word(id))));
    let rows: Vec<Vec<Cell>> = (0..index.roots.len()).flat_map(|root| of_source(view, root)).collect();
    let words = [
        ("year", view.headline().to_string()),
        ("top", TOP.to_string()),
        ("held", held(view, &["switches"])),
    ];
    let table = table("wide", &caption(view, "switches-caption", &words), &head, &rows);
    title + &view.paragraph("switches-text", &[]) + &table
}

/// The rows of one source: what all choices come to, then those that matter.
fn of_source(view: View<'_>, root: usize) -> Vec<Vec<Cell>> {
    let node = view.c.index.roots[root];
    let mut all: Vec<&Switch> = view.c.index.switches.iter().filter(|switch| switch.node == node).collect();
    if all.is_empty() {
        return Vec::new();
    }
    // Sorting is stable, so that ties keep the order of the results.
    all.sort_by_key(|switch| std::cmp::Reverse(switch.reversed));
    let (firsts, others): (Vec<&Switch>, Vec<&Switch>) = all.iter().partition(|switch| switch.first_changes);
    let among = |switch: &&Switch| all.iter().take(TOP).any(|top| std::ptr::eq(*top, *switch));
    let mut rows = vec![vec![Cell::html(summary(view, node, &all, firsts.len())).over(4).class("group")]];
    rows.extend(firsts.iter().take(MOST_FIRST).map(|switch| row(view, root, switch)));
    let moving = others.into_iter().filter(|switch| switch.reversed > 0).filter(among);
    rows.extend(moving.map(|switch| row(view, root, switch)));
    rows
}

/// How many choices change who is first.
fn summary(view: View<'_>, node: usize, all: &[&Switch], firsts: usize) -> String {
    let n = ("n", all.len().to_string());
    let mut parts = vec![if firsts == 0 {
        view.say("switches-steady", &[n])
    } else {
        view.say("switches-first", &[n, ("k", firsts.to_string())])
    }];
    if all.iter().all(|switch| switch.reversed == 0) {
        parts.push(view.word("switches-still").to_owned());
    }
    if firsts > MOST_FIRST {
        parts.push(view.say("switches-more", &[("n", (firsts - MOST_FIRST).to_string())]));
    }
    format!("<b>{}</b><span class=\"also\">{}</span>", node_name(view, node), parts.join(view.gap()))
}

/// One choice and what comes of it.
fn row(view: View<'_>, root: usize, switch: &Switch) -> Vec<Cell> {
    let of = [("n", switch.reversed.to_string()), ("all", switch.pairs.to_string())];
    let first = if switch.first_changes { view.list(&firsts(view, switch)) } else { String::new() };
    let first = if first.is_empty() { view.word("unchanged").to_owned() } else { first };
    vec![
        Cell::html(choice(view, &switch.factor, &switch.choice)),
        Cell::number(view.say("switch-of", &of)),
        Cell::html(if switch.first_changes { format!("<b>{first}</b>") } else { first }),
        Cell::html(moves(view, root, switch)),
    ]
}

/// The names of those who are first after a choice.
fn firsts(view: View<'_>, switch: &Switch) -> Vec<String> {
    let ranked = view.c.index.actors.iter().zip(&switch.ranks);
    ranked.filter(|(_, rank)| **rank == Some(1)).map(|(id, _)| view.actor(id)).collect()
}

/// The focal actors whose rank changes: `China 3 → 2`.
fn moves(view: View<'_>, root: usize, switch: &Switch) -> String {
    let index = view.c.index;
    let before = index.nominal_ranks(root, index.headline);
    let shown = |rank: Option<u32>| rank.map_or("–".to_owned(), |rank| rank.to_string());
    let of = |id: &String| {
        let actor = index.actors.iter().position(|other| other == id)?;
        let (old, new) = (before[actor], switch.ranks[actor]);
        (old != new).then(|| {
            format!("<span class=\"line\">{} {} → {}</span>", spotted(view, id), shown(old), shown(new))
        })
    };
    let moved: Vec<String> = view.focal().iter().filter_map(of).collect();
    moved.join(view.word("comma"))
}

/// A choice in words: the factor, and the word of its option, the indicator left out, or the definition taken for one.
pub(super) fn choice(view: View<'_>, factor: &str, choice: &str) -> String {
    let named = |code: &str| {
        let node = view.c.index.nodes.iter().position(|node| node.code == code);
        node.map_or_else(|| escape(code), |node| node_name(view, node))
    };
    let what = match (factor, choice.split_once(": ")) {
        ("indicators", _) => view.say("choice-without", &[("name", named(choice))]),
        ("rivals", Some((code, definition))) => {
            view.say("choice-rival", &[("name", named(code)), ("definition", escape(definition))])
        }
        _ => view.term(&format!("choice-{factor}"), choice),
    };
    view.say("choice", &[("factor", factor_name(view, factor)), ("what", what)])
}
