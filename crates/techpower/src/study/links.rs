//! Links between rows: whether an id is known, and what to say if not.

use std::collections::{BTreeMap, BTreeSet};

use super::{STAGE, Study};
use crate::diag::{Kind, Note, Notes, Place};
use crate::table::Row;

/// A circle of edges: the position of the edge to leave out, and the ids along the circle.
pub(super) struct Circle {
    pub(super) edge: usize,
    pub(super) path: Vec<String>,
}

/// Circles of a graph of (input, product) edges. Of each circle found the latest edge is to be left out; without these edges
/// the graph has no circle.
pub(super) fn circles(edges: &[(String, String)]) -> Vec<Circle> {
    let mut place: BTreeMap<&str, usize> = BTreeMap::new();
    for (from, to) in edges {
        for id in [from, to] {
            let next = place.len();
            place.entry(id).or_insert(next);
        }
    }
    let ends: Vec<(usize, usize)> =
        edges.iter().map(|(from, to)| (place[from.as_str()], place[to.as_str()])).collect();
    let mut alive = vec![true; edges.len()];
    let mut found = Vec::new();
    while let Some(circle) = one_circle(place.len(), &ends, &alive) {
        let edge = circle.iter().copied().max().unwrap_or_default();
        alive[edge] = false;
        // The circle from the left-out edge onwards, so that it reads along the arrows.
        let start = circle.iter().position(|at| *at == edge).unwrap_or_default();
        let path = circle[start..].iter().chain(&circle[..start]).map(|at| edges[*at].0.clone()).collect();
        found.push(Circle { edge, path });
    }
    found
}

/// The edges of some circle among the living edges, in the order of the arrows. Nodes without living edges into them are
/// taken away until none is left (Kahn 1962); if nodes remain, walking backwards from any of them runs into a circle.
fn one_circle(nodes: usize, ends: &[(usize, usize)], alive: &[bool]) -> Option<Vec<usize>> {
    let living = || (0..ends.len()).filter(|at| alive[*at]);
    let mut leaving: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    let mut entering = vec![0usize; nodes];
    for at in living() {
        leaving[ends[at].0].push(at);
        entering[ends[at].1] += 1;
    }
    let mut open: Vec<usize> = (0..nodes).filter(|node| entering[*node] == 0).collect();
    while let Some(node) = open.pop() {
        for at in &leaving[node] {
            let to = ends[*at].1;
            entering[to] -= 1;
            if entering[to] == 0 {
                open.push(to);
            }
        }
    }
    let mut into: Vec<Option<usize>> = vec![None; nodes];
    for at in living().filter(|at| entering[ends[*at].0] > 0 && entering[ends[*at].1] > 0) {
        into[ends[at].1] = Some(at);
    }
    let mut node = (0..nodes).find(|node| entering[*node] > 0)?;
    let mut met = vec![false; nodes];
    while !met[node] {
        met[node] = true;
        node = ends[into[node]?].0;
    }
    let (first, mut circle) = (node, Vec::new());
    loop {
        let at = into[node]?;
        circle.push(at);
        node = ends[at].0;
        if node == first {
            circle.reverse();
            return Some(circle);
        }
    }
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

    fn edges(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect()
    }

    #[test]
    fn circles_are_found_and_broken_at_their_latest_edge() {
        assert!(circles(&edges(&[("a", "b"), ("b", "c"), ("a", "c")])).is_empty());
        let found = circles(&edges(&[("a", "b"), ("x", "a"), ("b", "c"), ("c", "a"), ("c", "d")]));
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].edge, found[0].path.join("")), (3, "cab".to_owned()));
        let two = circles(&edges(&[("a", "b"), ("b", "a"), ("c", "d"), ("d", "c")]));
        assert_eq!(two.iter().map(|c| c.edge).collect::<BTreeSet<_>>(), BTreeSet::from([1, 3]));
    }

    /// Ladders have exponentially many paths and chains may be long; neither takes long.
    #[test]
    fn large_graphs_are_checked_quickly() {
        let mut ladder = Vec::new();
        for layer in 0..2000 {
            for (from, to) in [("a", "a"), ("a", "b"), ("b", "a"), ("b", "b")] {
                ladder.push((format!("{from}{layer}"), format!("{to}{}", layer + 1)));
            }
        }
        ladder.reverse();
        assert!(circles(&ladder).is_empty());
        let mut chain: Vec<(String, String)> =
            (0..60_000).map(|at| (format!("n{at}"), format!("n{}", at + 1))).collect();
        chain.push(("n60000".to_owned(), "n0".to_owned()));
        assert_eq!(circles(&chain)[0].path.len(), 60_001);
    }
}
