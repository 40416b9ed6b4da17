//! The answer first: what each focal actor relies on, the map of the types, and the two rankings side by side.

use std::collections::BTreeSet;

use serde_json::Value;

use super::claims;
use super::corollary;
use super::figure::{Data, INTERVAL, colour, figure, interval, said, spotted};
use super::links;
use super::table::{Cell, caption, scale, strip, table};
use super::words::{View, escape, percent, percent_range, probability, stated};
use crate::claims::at_the_line;
use crate::code::Act;
use crate::infer::Reliance;

/// Probability above which the report says plainly that a type leads.
const SURE: f64 = 0.9;
/// Probability above which it says that a type probably leads.
const LIKELY: f64 = 0.5;

pub(super) fn section(view: View<'_>) -> String {
    let mut out = String::new();
    if !has_acts(view) {
        out.push_str(&format!("<p class=\"nothing\">{}</p>\n", view.word("no-acts")));
    } else {
        out.push_str(&format!("<p class=\"how\">{}</p>\n", view.word("how-to-read")));
        for actor in view.focal() {
            out.push_str(&lead(view, actor));
        }
        out.push_str(&claims::short(view));
        out.push_str(&cannot(view));
        out.push_str(&links::titled(view, "map-title"));
        out.push_str(&figure(
            view,
            "map",
            &map(view),
            &view.say("map-caption", &[("year", view.headline().to_string())]),
            &map_data(view),
        ));
        out.push_str(&format!(
            "{}<p>{}</p>\n",
            links::titled(view, "rankings-title"),
            view.word("rankings-text")
        ));
        out.push_str(&rankings(view));
    }
    out.push_str(&corollary::short(view));
    out
}

/// Probability of a use above the average beyond which an actor is said to lean to a type.
const LEANS: f64 = 0.65;

/// Whether any actor has an act that exercises power.
pub(super) fn has_acts(view: View<'_>) -> bool {
    let headline = view.headline();
    view.c.power.reliance.iter().any(|r| r.year == headline && r.acts > 0)
}

/// The reliance of an actor on every type in the headline year.
pub(super) fn profile<'a>(view: View<'a>, actor: &str) -> Vec<&'a Reliance> {
    profile_in(view, actor, view.headline())
}

/// The reliance of an actor on every type in a year.
pub(super) fn profile_in<'a>(view: View<'a>, actor: &str, year: i16) -> Vec<&'a Reliance> {
    let power = view.c.power;
    (0..view.types().len()).filter_map(|k| power.reliance_of(actor, k, year)).collect()
}

/// The reliance of an actor on a type in the headline year; `None` for an actor without acts, of which nothing but the prior is known.
pub(super) fn observed<'a>(view: View<'a>, actor: &str, k: usize) -> Option<&'a Reliance> {
    let acts: usize = profile(view, actor).iter().map(|r| r.acts).sum();
    view.c.power.reliance_of(actor, k, view.headline()).filter(|_| acts > 0)
}

/// The type that most probably leads an actor's profile; among equals the one with the larger share.
pub(super) fn leading<'a>(profile: &[&'a Reliance]) -> Option<&'a Reliance> {
    profile
        .iter()
        .copied()
        .reduce(|best, r| if (r.leading, r.share.mean) > (best.leading, best.share.mean) { r } else { best })
}

/// Whether a probability from so many draws lies above a line whatever other draws would say.
fn beyond(p: f64, line: f64, draws: usize) -> bool {
    p >= line && !at_the_line(p, line, draws)
}

/// How it is said that a type leads; at a line in the weaker words, which are true on both sides of it.
fn how_sure(p: f64, draws: usize) -> &'static str {
    match p {
        p if beyond(p, SURE, draws) => "lead-sure",
        p if beyond(p, LIKELY, draws) => "lead-likely",
        _ => "lead-open",
    }
}

/// What is said of one focal actor, in two or three sentences.
fn lead(view: View<'_>, actor: &str) -> String {
    let profile = profile(view, actor);
    let acts: usize = profile.iter().map(|r| r.acts).sum();
    let style = format!("style=\"border-color:{}\"", colour(view, actor));
    let name = format!("<b>{}</b>", view.actor(actor));
    let Some(lead) = leading(&profile).filter(|_| acts > 0) else {
        return format!("<p class=\"lead\" {style}>{}</p>\n", view.say("lead-none", &[("actor", name)]));
    };
    let draws = view.c.power.draws;
    let mut text = view.say(
        how_sure(lead.leading, draws),
        &[
            ("actor", name),
            ("type", format!("<b>{}</b>", view.power_within(lead.power))),
            ("share", percent(lead.share.mean)),
            ("interval", percent_range(lead.share)),
            ("p", probability(lead.leading)),
            ("acts", acts.to_string()),
        ],
    );
    // What sets an actor apart from the others is another question than what it does most.
    let used = profile.iter().copied().filter(|r| r.acts > 0);
    let apart = used.reduce(|best, r| if r.rca.q50 > best.rca.q50 { r } else { best });
    if let Some(apart) = apart.filter(|r| beyond(r.above_one, LEANS, draws)) {
        let sentence = if apart.rca.q05 > 1.0 { "apart-sure" } else { "apart-open" };
        text.push_str(view.gap());
        text.push_str(&view.say(
            sentence,
            &[
                ("type", view.power_within(apart.power)),
                ("rca", format!("{:.1}", apart.rca.q50)),
                ("interval", format!("{:.1}–{:.1}", apart.rca.q05, apart.rca.q95)),
            ],
        ));
    }
    let first: Vec<String> = profile
        .iter()
        .filter(|r| r.first >= LIKELY)
        .map(|r| format!("{}{}", view.power_short_within(r.power), view.brackets(&stated(r.first))))
        .collect();
    text.push_str(view.gap());
    text.push_str(&if first.is_empty() {
        view.word("volume-none").to_owned()
    } else {
        view.say("volume", &[("types", view.list(&first))])
    });
    text.push_str(&since(view, actor, lead.power));
    format!("<p class=\"lead\" {style}>{text}</p>\n")
}

/// Limits of the study's own data that stand beside the answer.
const GRAVEST: usize = 3;

/// The events in which a ranked actor exercised power up to the headline year; one on which several acted together is one.
fn counted_events(view: View<'_>) -> usize {
    let (study, ranked) = (view.c.study, view.c.study.ranked());
    let counts = |act: &&Act| {
        let coded = act.power.is_some() || act.coded.is_some();
        coded && act.year <= view.headline() && ranked.contains(&act.unit)
    };
    let events: BTreeSet<&str> =
        view.c.acts.iter().filter(counts).map(|act| study.events[act.row].event.as_str()).collect();
    events.len()
}

/// What an actor relies on most by the last year that is asked about, if that is later than the headline year.
fn since(view: View<'_>, actor: &str, then: usize) -> String {
    let Some(year) = view.c.study.options.about.reported().pop().filter(|year| *year > view.headline())
    else {
        return String::new();
    };
    let power = view.c.power;
    let profile: Vec<&Reliance> =
        (0..view.types().len()).filter_map(|k| power.reliance_of(actor, k, year)).collect();
    let Some(lead) = leading(&profile) else { return String::new() };
    let id = if lead.power == then { "since-same" } else { "since-other" };
    let until = view
        .last_act(year)
        .map_or_else(|| view.say("year-end", &[("year", year.to_string())]), |last| view.date(last));
    let words = [
        ("until", until),
        ("type", format!("<b>{}</b>", view.power_within(lead.power))),
        ("share", percent(lead.share.mean)),
        ("interval", percent_range(lead.share)),
        ("p", probability(lead.leading)),
    ];
    format!("{}{}", view.gap(), view.say(id, &words))
}

/// What these results cannot tell, as plainly as what they tell.
fn cannot(view: View<'_>) -> String {
    let words = [("acts", counted_events(view).to_string()), ("year", view.headline().to_string())];
    let mut points = vec![view.say("cannot-acts", &words)];
    points.extend(view.limits().iter().take(GRAVEST).map(|limit| escape(limit)));
    points.push(view.word("cannot-interval").to_owned());
    points.push(view.word("cannot-cause").to_owned());
    let (all, open) = claims::open(view);
    if open > 0 {
        points.push(view.say("cannot-claims", &[("open", open.to_string()), ("all", all.to_string())]));
    }
    let points: String = points.iter().map(|point| format!("<li>{point}</li>")).collect();
    let more = view.say("cannot-more", &[("link", format!("#{}", view.anchor("limits")))]);
    format!("{}<ul>{points}</ul>\n<p class=\"elsewhere\">{more}</p>\n", links::titled(view, "cannot-title"))
}

/// The map of the types: a row for each reach; a column for what types work through where the rows share it, otherwise the
/// codebook's order within the row. Each cell shows the share of the type in each focal actor's acts.
fn map(view: View<'_>) -> String {
    let types = view.types();
    let mut rows: Vec<(&str, Vec<usize>)> = Vec::new();
    let mut through: Vec<&str> = Vec::new();
    for (k, kind) in types.iter().enumerate() {
        match rows.iter_mut().find(|(reach, _)| *reach == kind.reach) {
            Some((_, list)) => list.push(k),
            None => rows.push((&kind.reach, vec![k])),
        }
        if !through.contains(&kind.works_through.as_str()) {
            through.push(&kind.works_through);
        }
    }
    let longest = rows.iter().map(|(_, list)| list.len()).max().unwrap_or(0);
    let aligned = through.len() == longest;
    let side =
        format!("<div class=\"types\" style=\"grid-template-columns:92px repeat({longest},minmax(0,1fr))\">");
    let mut out = side;
    if aligned {
        out.push_str("<div class=\"head blank\"></div>");
        for word in &through {
            out.push_str(&format!("<div class=\"head\">{}</div>", view.term("through", word)));
        }
    }
    for (reach, list) in &rows {
        out.push_str(&format!("<div class=\"side\">{}</div>", view.term("reach", reach)));
        let cells: Vec<Option<usize>> = if aligned {
            through
                .iter()
                .map(|word| list.iter().copied().find(|k| types[*k].works_through == *word))
                .collect()
        } else {
            (0..longest).map(|column| list.get(column).copied()).collect()
        };
        for cell in cells {
            match cell {
                Some(k) => out.push_str(&map_cell(view, k)),
                None => out.push_str("<div class=\"blank\"></div>"),
            }
        }
    }
    out + "</div>\n"
}

/// The rows of the map: the share of each type in the acts of each focal actor.
fn map_data(view: View<'_>) -> Data {
    let [mean, low, high] = INTERVAL;
    let mut data = Data::new(view, &["type", "actor", mean, low, high, "acts"]);
    for k in 0..view.types().len() {
        for actor in view.focal() {
            let found = observed(view, actor, k);
            let acts = found.map_or(Value::Null, |r| Value::from(r.acts));
            let start = [said(&view.power(k)), said(&view.actor(actor))];
            data.row(start.into_iter().chain(interval(found.map(|r| r.share))).chain([acts]));
        }
    }
    data
}

fn map_cell(view: View<'_>, k: usize) -> String {
    let kind = &view.types()[k];
    let rows: Vec<Vec<Cell>> = view
        .focal()
        .iter()
        .map(|actor| {
            let name = Cell::html(spotted(view, actor));
            match observed(view, actor, k) {
                None => vec![name, Cell::unknown(view), Cell::unknown(view), Cell::unknown(view)],
                Some(r) => {
                    let label = format!("{}: {}", view.actor(actor), view.share(r.share));
                    vec![
                        name,
                        Cell::html(strip(r.share, (0.0, 1.0), colour(view, actor), &label)),
                        Cell::number(view.share(r.share)),
                        Cell::number(view.say("acts-number", &[("n", r.acts.to_string())])),
                    ]
                }
            }
        })
        .collect();
    // For those who hear the table, or read it in Markdown.
    let head = ["actor", "map-scale", "mean-interval", "acts"].map(|id| Cell::html(view.word(id)));
    let sources: Vec<String> = kind.draws_on.iter().map(|source| view.page("source", source)).collect();
    let place = view.say(
        "map-place",
        &[
            ("through", view.term("through", &kind.works_through)),
            ("shapes", view.term("shapes", &kind.shapes)),
            ("sources", view.list(&sources)),
        ],
    );
    format!(
        "<div><h4>{}</h4><p class=\"where\">{place}</p>{}</div>\n",
        view.power(k),
        table("", "", &head, &rows)
    )
}

/// The within-actor profile and the absolute ranking, side by side.
fn rankings(view: View<'_>) -> String {
    let types = view.types().len();
    let mut head = vec![Cell::html(view.word("actor"))];
    head.extend((0..types).map(|k| Cell::html(view.power_short(k)).title(view.power(k))));
    let actors = ordered(view);
    let rows = |cell: &dyn Fn(&Reliance) -> Cell| -> Vec<Vec<Cell>> {
        actors
            .iter()
            .map(|actor| {
                let mut row = vec![Cell::html(spotted(view, actor))];
                row.extend((0..types).map(|k| match observed(view, actor, k) {
                    Some(r) => cell(r),
                    None => Cell::unknown(view),
                }));
                row
            })
            .collect()
    };
    let acts = |r: &Reliance| view.say("acts-number", &[("n", r.acts.to_string())]);
    let within = table(
        "map roomy",
        &caption(view, "within-caption", &[]),
        &head,
        &rows(&|r| {
            let cell =
                Cell::heat(r.share.mean, &percent(r.share.mean), &percent_range(r.share)).title(acts(r));
            if r.acts == 0 { cell.class("heat prior") } else { cell }
        }),
    );
    let absolute = table(
        "map roomy",
        &caption(view, "absolute-caption", &[]),
        &head,
        &rows(&|r| Cell::heat(r.first, &probability(r.first), &acts(r))),
    );
    format!(
        "<div class=\"pair\"><div>{within}{}</div><div>{absolute}{}</div></div>\n",
        scale(view, "0%", "100%"),
        scale(view, "0", "1")
    )
}

/// The ranked actors: first those the report dwells on, in its order, then the others by name.
pub(super) fn ordered(view: View<'_>) -> Vec<String> {
    let ranked = view.c.study.ranked();
    let mut actors: Vec<String> = view.focal().iter().filter(|id| ranked.contains(id)).cloned().collect();
    actors.extend(ranked.into_iter().filter(|id| !view.focal().contains(id)));
    actors
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_a_line_the_words_are_the_weaker_ones() {
        assert_eq!(how_sure(0.95, 1000), "lead-sure");
        assert_eq!((how_sure(0.91, 1000), how_sure(0.89, 1000)), ("lead-likely", "lead-likely"));
        assert_eq!((how_sure(0.91, 200_000), how_sure(0.89, 200_000)), ("lead-sure", "lead-likely"));
        assert_eq!((how_sure(0.51, 1000), how_sure(0.3, 1000)), ("lead-open", "lead-open"));
    }
}
