//! Links between rows: whether an id is known, and what to say if not.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use super::{STAGE, Study};
use crate::diag::{Kind, Note, Notes, Place};
use crate::table::Row;

/// Circles of a graph of (from, to) edges: the nodes of each strongly connected component of more than one, sorted.
pub(super) fn circles<'a>(edges: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<Vec<&'a str>> {
    let mut graph = DiGraph::<&str, ()>::new();
    let mut place: BTreeMap<&str, NodeIndex> = BTreeMap::new();
    for (from, to) in edges {
        let mut node = |id| *place.entry(id).or_insert_with(|| graph.add_node(id));
        let ends = (node(from), node(to));
        graph.add_edge(ends.0, ends.1, ());
    }
    let mut found: Vec<Vec<&str>> = kosaraju_scc(&graph)
        .into_iter()
        .filter(|nodes| nodes.len() > 1)
        .map(|nodes| {
            let mut ids: Vec<&str> = nodes.into_iter().map(|node| graph[node]).collect();
            ids.sort_unstable();
            ids
        })
        .collect();
    found.sort();
    found
}

/// A note that an id is not in a table: left out there itself, or unknown, with the likeliest meaning.
pub(super) fn unknown(
    study: &Study,
    table: &'static str,
    kind: Kind,
    id: &str,
    at: Place,
    ids: &BTreeSet<String>,
) -> Note {
    if study.left_out.get(table).is_some_and(|left_out| left_out.contains(id)) {
        return Note::new(Kind::LinkLeftOut, STAGE, at).with("id", id).with("table", format!("{table}.csv"));
    }
    let note = Note::new(kind, STAGE, at).with("id", id);
    // An actor may have been called by a name instead of its id.
    let named = study.actors.values().filter(|_| kind == Kind::UnknownActor).find(|actor| {
        let names = [&actor.name_en, &actor.name_zh].into_iter().chain(&actor.aliases);
        let short = actor.id.split_once(':').map(|(_, short)| short);
        names.map(String::as_str).chain(short).any(|name| name.eq_ignore_ascii_case(id))
    });
    match named {
        Some(actor) => note.with("near", &actor.id),
        None => note.near(id, ids.iter().map(String::as_str)),
    }
}

/// Whether an actor is in the table of actors; notes it if not.
pub(super) fn known_actor(study: &Study, row: &Row<'_>, column: &str, id: &str, notes: &mut Notes) -> bool {
    let good = study.actors.contains_key(id);
    if !good {
        let ids = study.actors.keys().cloned().collect();
        notes.push(unknown(study, "actors", Kind::UnknownActor, id, row.place(column), &ids));
    }
    good
}

/// Whether an input is in the table of inputs; notes it if not.
pub(super) fn known_input(
    study: &Study,
    ids: &BTreeSet<String>,
    row: &Row<'_>,
    column: &str,
    notes: &mut Notes,
) -> bool {
    let id = row.text(column);
    let good = ids.contains(id);
    if !good {
        notes.push(unknown(study, "inputs", Kind::UnknownInput, id, row.place(column), ids));
    }
    good
}

/// Whether the id in a column is one of `ids`; notes it if not.
pub(super) fn known<'a>(
    ids: impl Iterator<Item = &'a str> + Clone,
    kind: Kind,
    row: &Row<'_>,
    column: &str,
    notes: &mut Notes,
) -> bool {
    let id = row.text(column);
    let good = ids.clone().any(|known| known == id);
    if !good {
        notes.push(row.note(kind, column).with("id", id).near(id, ids));
    }
    good
}

/// Whether low <= value <= high as far as they are known; notes the one out of order if not.
pub(super) fn ordered(
    row: &Row<'_>,
    low: Option<f64>,
    value: Option<f64>,
    high: Option<f64>,
    notes: &mut Notes,
) -> bool {
    let column = match (low, value, high) {
        (Some(low), Some(value), _) if low > value => "low",
        (_, Some(value), Some(high)) if value > high => "high",
        (Some(low), _, Some(high)) if low > high => "low",
        _ => return true,
    };
    let shown: Vec<String> = [low, value, high].into_iter().flatten().map(|x| x.to_string()).collect();
    notes.push(row.note(Kind::IntervalDisordered, column).with("found", shown.join(" / ")));
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circles_are_found() {
        assert!(circles([("a", "b"), ("b", "c"), ("a", "c")].into_iter()).is_empty());
        let found = circles([("a", "b"), ("x", "a"), ("b", "c"), ("c", "a"), ("c", "d")].into_iter());
        assert_eq!(found, [vec!["a", "b", "c"]]);
        let two = circles([("a", "b"), ("b", "a"), ("c", "d"), ("d", "c")].into_iter());
        assert_eq!(two, [vec!["a", "b"], vec!["c", "d"]]);
    }

    /// A long chain overflows no stack.
    #[test]
    fn a_long_circle_is_found() {
        let ids: Vec<String> = (0..60_001).map(|at| format!("n{at}")).collect();
        let edges = (0..ids.len()).map(|at| (ids[at].as_str(), ids[(at + 1) % ids.len()].as_str()));
        assert_eq!(circles(edges)[0].len(), 60_001);
    }
}
