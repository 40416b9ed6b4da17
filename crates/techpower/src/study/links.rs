//! Links between rows: whether an id is known, and what to say if not.

use std::collections::BTreeSet;

use super::{STAGE, Study};
use crate::diag::{Kind, Note, Notes, Place};
use crate::table::Row;

/// A path of inputs from `product` up to `input`, if the edges have one: then an edge from `input` to `product` closes a circle.
pub(super) fn needs_path(edges: &[(String, String)], input: &str, product: &str) -> Option<Vec<String>> {
    if input == product {
        return Some(vec![product.to_owned()]);
    }
    edges.iter().filter(|(from, _)| from == product).find_map(|(_, next)| {
        let mut rest = needs_path(edges, input, next)?;
        rest.insert(0, product.to_owned());
        Some(rest)
    })
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
pub(super) fn known_input(study: &Study, row: &Row<'_>, column: &str, notes: &mut Notes) -> bool {
    let id = row.text(column);
    let good = study.inputs.iter().any(|input| input.id == id);
    if !good {
        let ids = study.inputs.iter().map(|input| input.id.clone()).collect();
        notes.push(unknown(study, "inputs", Kind::UnknownInput, id, row.place(column), &ids));
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
