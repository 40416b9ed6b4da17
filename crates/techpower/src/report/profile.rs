//! The profile of each focal actor by itself: its sources relative to the mean actor.

use plotly::common::MarkerSymbol;

use super::figure::{Data, INTERVAL, colour, draw, figure, interval, said, spotted};
use super::links;
use super::ranges::{Mark, Set, multiples, ranges};
use super::sources::node_name;
use super::table::{Cell, caption, folded, held, table};
use super::words::{View, probability, signed};
use crate::measure::Profile;

/// A focal actor with its profile, by source.
type Actor<'a> = (&'a String, Vec<&'a Profile>);

/// Profiles of the focal actors of whom all sources are known; nothing where there is nothing to compare.
pub(super) fn write(view: View<'_>) -> String {
    let index = view.c.index;
    let actors = focal(view);
    if actors.is_empty() || index.roots.len() < 2 || index.actors.len() < 2 {
        return String::new();
    }
    let all = actors.iter().flat_map(|(_, rows)| rows).map(|row| row.relative);
    let logarithmic = multiples(all.flat_map(|s| [s.q05, s.mean, s.q95])).1;
    let panels: String = actors.iter().map(|actor| panel(view, actor, &actors)).collect();
    let [mean, low, high] = INTERVAL;
    let mut data = Data::new(view, &["actor", "source", mean, low, high]);
    for (id, rows) in &actors {
        let start = |row: &Profile| [said(&view.actor(id)), said(&node_name(view, row.node))];
        rows.iter().for_each(|row| data.row(start(row).into_iter().chain(interval(Some(row.relative)))));
    }
    let words = [
        ("year", view.headline().to_string()),
        ("scale", if logarithmic { view.word("profile-log").to_owned() } else { String::new() }),
        ("held", held(view, &["profile"])),
    ];
    format!(
        "{}{}{}{}{}",
        links::titled(view, "profile-title"),
        view.paragraph("profile-text", &[]),
        figure(
            view,
            "profile",
            &format!("<div class=\"grid narrow\">{panels}</div>"),
            &view.say("profile-caption", &words),
            &data
        ),
        missing(view, &actors),
        folded(view, &numbers(view, &actors)),
    )
}

/// The focal actors that have a profile.
fn focal(view: View<'_>) -> Vec<Actor<'_>> {
    let index = view.c.index;
    let of = |id: &String| -> Vec<&Profile> {
        index.profiles.iter().filter(|row| index.actors[row.actor] == *id).collect()
    };
    view.focal().iter().map(|id| (id, of(id))).filter(|(_, rows)| !rows.is_empty()).collect()
}

/// The sources of one actor; the axis is the same for all.
fn panel(view: View<'_>, (id, rows): &Actor<'_>, all: &[Actor<'_>]) -> String {
    let every = all.iter().flat_map(|(_, rows)| rows).map(|row| row.relative);
    let (axis, _) = multiples(every.flat_map(|s| [s.q05, s.mean, s.q95]));
    let names: Vec<String> = rows.iter().map(|row| node_name(view, row.node)).collect();
    let mark = |(line, row): (usize, &&Profile)| Mark {
        line,
        value: (row.relative.mean, row.relative.q05, row.relative.q95),
        hover: format!("{}: {}", names[line], multiple(view, row)),
    };
    let marks = rows.iter().enumerate().map(mark).collect();
    let set =
        Set { marks, name: String::new(), colour: colour(view, id), symbol: MarkerSymbol::Circle, lift: 0.0 };
    let label = view.say("profile-label", &[("actor", view.actor(id))]);
    let chart = draw(&ranges(view, &names, &[set], axis, Some(1.0)), &label, false);
    format!("<div><h4>{}</h4>{chart}</div>", spotted(view, id))
}

/// Which focal actors have no profile.
fn missing(view: View<'_>, shown: &[Actor<'_>]) -> String {
    let without = |id: &&String| !shown.iter().any(|(other, _)| other == id);
    let names: Vec<String> = view.focal().iter().filter(without).map(|id| view.actor(id)).collect();
    if names.is_empty() {
        return String::new();
    }
    view.paragraph("profile-missing", &[("actors", view.list(&names))])
}

/// The numbers of the charts, with the probabilities of being the strongest and the weakest source.
fn numbers(view: View<'_>, actors: &[Actor<'_>]) -> String {
    let mut head = vec![Cell::html(view.word("actor")), Cell::html(view.word("source"))];
    head.extend(["relative", "strongest", "weakest"].map(|id| Cell::html(view.word(id)).class("num")));
    let line = |id: &str, row: &Profile| {
        vec![
            Cell::html(spotted(view, id)),
            Cell::html(node_name(view, row.node)),
            Cell::number(multiple(view, row)),
            Cell::heat(row.strongest, &probability(row.strongest), "").class("num heat"),
            Cell::heat(row.weakest, &probability(row.weakest), "").class("num heat"),
        ]
    };
    let rows: Vec<Vec<Cell>> =
        actors.iter().flat_map(|(id, rows)| rows.iter().map(|row| line(id, row))).collect();
    table("", &caption(view, "profile-table-caption", &[("held", held(view, &["profile"]))]), &head, &rows)
}

/// A multiple of the mean with its interval: `1.51 (0.79–2.77)`.
fn multiple(view: View<'_>, row: &Profile) -> String {
    let s = row.relative;
    let dash = if s.q05 < 0.0 { view.word("to") } else { "–" };
    let range = format!("{}{dash}{}", signed(s.q05, 2), signed(s.q95, 2));
    format!("{}{}", signed(s.mean, 2), view.brackets(&range))
}
