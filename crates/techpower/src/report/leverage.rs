//! Who can deny what to whom: exposures by type, asymmetry among focal actors, single inputs, and the weight of suppliers.

use std::collections::BTreeSet;

use super::answer::ordered;
use super::chain;
use super::figure::{colour, spotted};
use super::links;
use super::table::{Cell, caption, caption_of, scale, strip, table};
use super::words::{View, escape, percent, percent_range, probability, slug};
use crate::codebook::{Channel, PowerType};
use crate::num::Summary;
use crate::relate::{EVERYONE, Loss, Reach, latest_condition};
use crate::study::CONDITIONS;

/// The most targets for which two heat maps fit side by side.
const MOST_BESIDE: usize = 13;

pub(super) fn section(view: View<'_>) -> String {
    let exposure = view.c.exposure;
    if exposure.channels.values().all(Vec::is_empty) {
        return format!("<p class=\"nothing\">{}</p>\n", view.word("no-leverage"));
    }
    let mut out = view.paragraph("leverage-text", &[("year", view.headline().to_string())]);
    for k in 0..view.types().len() {
        out.push_str(&by_type(view, k));
    }
    out.push_str(&asymmetries(view));
    out.push_str(&potentials(view));
    out.push_str(&chain::part(view));
    out
}

/// The exposures of a type in the headline year.
fn reaches(view: View<'_>, channel: Channel) -> Vec<&Reach> {
    let list = view.c.exposure.channels.get(&channel);
    list.into_iter().flatten().filter(|reach| reach.year == view.headline()).collect()
}

fn by_type(view: View<'_>, k: usize) -> String {
    let PowerType { id, exposure: channel, .. } = &view.types()[k];
    let channel = *channel;
    let mut out = format!(
        "{}<p>{}</p>\n",
        links::heading(
            view,
            &format!("channel-{}", slug(id)),
            &view.say(
                "channel-title",
                &[("type", view.power(k)), ("channel", view.term("channel", channel.id()))]
            )
        ),
        view.word(match channel {
            Channel::Denial => "denial-text",
            Channel::Pivotality => "pivotality-text",
            Channel::Market => "market-text",
            Channel::Endorsement => "endorsement-text",
        })
    );
    let reaches = reaches(view, channel);
    if reaches.is_empty() {
        return out + &format!("<p class=\"nothing\">{}</p>\n", view.word("channel-none"));
    }
    let words = [("type", view.power_short(k)), ("year", view.headline().to_string())];
    if reaches.iter().all(|reach| reach.target == EVERYONE) {
        return out + &diffuse(view, id, &reaches, &words);
    }
    let cells = |sender: &str, target: &str| {
        let reach = view.c.exposure.reach(channel, sender, target, view.headline())?;
        Summary::of(&reach.draws)
    };
    let senders: BTreeSet<&str> = reaches.iter().map(|reach| reach.sender.as_str()).collect();
    let first = matrix(view, &caption_of(view, "exposure-caption", id, &words), &senders, &cells);
    if channel != Channel::Denial {
        let conditions = if channel == Channel::Market { conditions(view) } else { String::new() };
        return out + &first + &scale(view, "0%", "100%") + &conditions;
    }
    let bound = |sender: &str, target: &str| denial(view, sender, target).map(|d| d.leontief);
    let second = matrix(view, &caption_of(view, "bound-caption", id, &words), &senders, &bound);
    let class = if ordered(view).len() > MOST_BESIDE { "stack" } else { "pair" };
    let scale = scale(view, "0%", "100%");
    out.push_str(&format!("<div class=\"{class}\"><div>{first}</div><div>{second}</div></div>\n{scale}"));
    out
}

/// How far jurisdictions meet the conditions of the Brussels effect, as the study documents them.
fn conditions(view: View<'_>) -> String {
    let study = view.c.study;
    let actors: BTreeSet<&str> = study.conditions.iter().map(|row| row.actor.as_str()).collect();
    if actors.is_empty() {
        return String::new();
    }
    let mut head = vec![Cell::html(view.word("jurisdiction"))];
    head.extend(CONDITIONS.iter().map(|id| Cell::html(view.term("condition", id))));
    let rows: Vec<Vec<Cell>> = actors
        .into_iter()
        .map(|actor| {
            let mut row = vec![Cell::html(spotted(view, actor))];
            row.extend(CONDITIONS.iter().map(|condition| {
                let Some(found) = latest_condition(study, actor, condition, view.headline()) else {
                    return Cell::unknown(view);
                };
                let ends = match (found.low, found.high) {
                    (Some(low), Some(high)) => format!("{low:.2}–{high:.2}"),
                    _ => String::new(),
                };
                let title = escape(&format!("{}: {}", found.year, found.reference));
                match found.value {
                    Some(value) => Cell::heat(value, &format!("{value:.2}"), &ends).title(title),
                    None => Cell::html(ends).title(title),
                }
            }));
            row
        })
        .collect();
    let used = &study.options.relate.conditions;
    let used: Vec<String> = used.iter().map(|id| view.term("condition", id)).collect();
    let words = [
        ("year", view.headline().to_string()),
        ("used", if used.is_empty() { view.word("conditions-none").to_owned() } else { view.list(&used) }),
    ];
    table("map roomy", &caption(view, "conditions-caption", &words), &head, &rows) + &scale(view, "0", "1")
}

/// What a sender could withhold from a target over all inputs.
fn denial<'a>(view: View<'a>, sender: &str, target: &str) -> Option<&'a Loss> {
    let headline = view.headline();
    let same = |d: &&Loss| {
        d.sender == sender
            && d.target == target
            && d.input.is_empty()
            && d.layer.is_empty()
            && d.year == headline
    };
    view.c.exposure.losses.iter().find(same)
}

/// Senders by targets. Rows and columns run in the same order, so that the diagonal can be seen.
fn matrix(
    view: View<'_>,
    caption: &str,
    senders: &BTreeSet<&str>,
    cell: &dyn Fn(&str, &str) -> Option<Summary>,
) -> String {
    let targets = ordered(view);
    let mut rows: Vec<&str> = targets.iter().map(String::as_str).filter(|id| senders.contains(id)).collect();
    rows.extend(senders.iter().copied().filter(|id| !targets.iter().any(|target| target == id)));
    let mut head = vec![Cell::html(view.word("sender-target"))];
    head.extend(targets.iter().map(|id| Cell::text(id).title(view.actor(id))));
    let cells: Vec<Vec<Cell>> = rows
        .iter()
        .map(|sender| {
            let mut row = vec![Cell::html(spotted(view, sender))];
            row.extend(targets.iter().map(|target| {
                if target == sender {
                    return Cell::html("").class("self");
                }
                cell(sender, target).map_or_else(
                    || Cell::unknown(view),
                    |s| {
                        let title =
                            format!("{} → {}: {}", view.actor(sender), view.actor(target), view.share(s));
                        Cell::heat(s.mean, &whole(s.mean), &percent_range(s).replace('%', "")).title(title)
                    },
                )
            }));
            row
        })
        .collect();
    table("map", caption, &head, &cells)
}

fn whole(share: f64) -> String {
    percent(share).replace('%', "")
}

/// A channel that reaches everyone alike: one value for each sender.
fn diffuse(view: View<'_>, id: &str, reaches: &[&Reach], words: &[(&str, String)]) -> String {
    let mut known: Vec<(&str, Summary)> = reaches
        .iter()
        .filter_map(|reach| Some((reach.sender.as_str(), Summary::of(&reach.draws)?)))
        .collect();
    known.sort_by(|a, b| b.1.mean.total_cmp(&a.1.mean));
    let head = [
        Cell::html(view.word("sender")),
        Cell::html("0–100%"),
        Cell::html(view.word("mean-interval")).class("num"),
    ];
    let rows: Vec<Vec<Cell>> =
        known.iter().map(|(sender, s)| interval_row(view, spotted(view, sender), sender, *s)).collect();
    table("", &caption_of(view, "diffuse-caption", id, words), &head, &rows)
}

fn interval_row(view: View<'_>, name: String, actor: &str, s: Summary) -> Vec<Cell> {
    vec![
        Cell::html(name),
        Cell::html(strip(s, (0.0, 1.0), colour(view, actor), &view.share(s))),
        Cell::number(view.share(s)),
    ]
}

/// Differences between the two directions of each pair of focal actors.
fn asymmetries(view: View<'_>) -> String {
    let focal = view.focal();
    let mut rows = Vec::new();
    for k in 0..view.types().len() {
        for (at, one) in focal.iter().enumerate() {
            rows.extend(focal[at + 1..].iter().filter_map(|other| asymmetry(view, k, one, other)));
        }
    }
    let title = links::titled(view, "asymmetry-title");
    if rows.is_empty() {
        return title + &format!("<p class=\"nothing\">{}</p>\n", view.word("asymmetry-none"));
    }
    let head =
        ["type", "pair", "there", "back", "asymmetry-axis", "asymmetry", "above-zero", "holder"].map(|id| {
            let cell = Cell::html(view.word(id));
            if ["there", "back", "asymmetry", "above-zero"].contains(&id) { cell.class("num") } else { cell }
        });
    title
        + &table(
            "wide dense",
            &caption(view, "asymmetry-caption", &[("year", view.headline().to_string())]),
            &head,
            &rows,
        )
}

/// One pair of actors through the channel of one type; `None` if exposure is not known both ways.
fn asymmetry(view: View<'_>, k: usize, one: &str, other: &str) -> Option<Vec<Cell>> {
    let exposure = view.c.exposure;
    let channel = view.types()[k].exposure;
    let headline = view.headline();
    let found = exposure
        .asymmetries
        .iter()
        .find(|a| a.channel == channel && a.year == headline && a.sender == one && a.target == other)?;
    let s = found.difference;
    let of = |sender: &str, target: &str| {
        let reach = exposure.reach(channel, sender, target, headline);
        Cell::known(view, reach.and_then(|r| Summary::of(&r.draws)).map(|s| view.share(s)))
    };
    // The sign says who holds the advantage; so does a name, for those who do not want to keep signs in mind.
    let holder = match (s.q05 > 0.0, s.q95 < 0.0) {
        (true, _) => spotted(view, one),
        (_, true) => spotted(view, other),
        _ if s.q05 == 0.0 && s.q95 == 0.0 => view.word("even").to_owned(),
        _ => view.word("undecided").to_owned(),
    };
    let stronger = if s.mean < 0.0 { other } else { one };
    let range = format!("{}{}{}", percent(s.q05), view.word("to"), percent(s.q95));
    Some(vec![
        Cell::html(view.power_short(k)),
        Cell::html(pair(view, one, other)).class("line"),
        of(one, other),
        of(other, one),
        Cell::html(strip(s, (-1.0, 1.0), colour(view, stronger), &view.share(s))),
        Cell::number(format!("{}{}", percent(s.mean), view.brackets(&range))),
        Cell::number(probability(found.above_zero)),
        Cell::html(holder),
    ])
}

/// Who acts on whom.
fn pair(view: View<'_>, sender: &str, target: &str) -> String {
    format!("{} → {}", spotted(view, sender), spotted(view, target))
}

/// Potential of focal actors over one another: sources times exposure.
fn potentials(view: View<'_>) -> String {
    let focal = view.focal();
    let headline = view.headline();
    let types = view.types().len();
    let mut rows = Vec::new();
    for sender in focal {
        for target in focal.iter().filter(|target| *target != sender) {
            let mut row = vec![Cell::html(pair(view, sender, target)).class("line")];
            let known = |k: usize| {
                view.c.power.potential.iter().find(|d| {
                    d.power == k
                        && d.year == headline
                        && d.sender == *sender
                        && (d.target == *target || d.target == EVERYONE)
                })
            };
            if (0..types).all(|k| known(k).is_none()) {
                continue;
            }
            row.extend((0..types).map(|k| {
                known(k).map_or_else(
                    || Cell::unknown(view),
                    |d| {
                        let s = d.summary;
                        Cell::heat(
                            s.mean / 100.0,
                            &format!("{:.0}", s.mean),
                            &format!("{:.0}–{:.0}", s.q05, s.q95),
                        )
                    },
                )
            }));
            rows.push(row);
        }
    }
    if rows.is_empty() {
        return String::new();
    }
    let mut head = vec![Cell::html(view.word("pair"))];
    head.extend((0..types).map(|k| Cell::html(view.power_short(k)).title(view.power(k))));
    format!(
        "{}{}{}",
        links::titled(view, "potential-title"),
        table(
            "map roomy",
            &caption(view, "potential-caption", &[("year", headline.to_string())]),
            &head,
            &rows
        ),
        scale(view, "0", "100")
    )
}
