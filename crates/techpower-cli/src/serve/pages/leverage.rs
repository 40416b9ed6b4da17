//! Who could deny what to whom: chosen suppliers withhold chosen inputs, and what the target loses is told at once.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, PreEscaped, html};
use techpower::relate::{self, BASE, Loss, Remainder, Withheld, Withholding};
use techpower::report::{self, percent, percent_range};

use crate::serve::App;
use crate::serve::layout::{self, Sheet, either, select, tick_of};
use crate::serve::state::Asked;

/// Field that holds a supplier that withholds.
const FROM: &str = "by";
/// Field that holds an input that is withheld.
const INPUT: &str = "input";
/// Losses below this mean exposure are not told.
const SMALL: f64 = 0.0005;
/// Inputs that are listed before the others are folded away.
const FIRST: usize = 15;

/// The question of an address, and what of it is not understood. Without one it is what the first focal actor could withhold from the second.
fn question(app: &App, asked: &Asked) -> (Withholding, Vec<String>) {
    let mut misread = Vec::new();
    let targets = app.study.ranked();
    let is_target = |id: &str| targets.iter().any(|target| target == id);
    let asked_of = asked.known("target", is_target, &mut misread).last().copied();
    let target = targets.iter().find(|id| asked_of == Some(id.as_str()));
    // The first of the focal actors withholds at first, and the second is the target.
    let focal = || app.study.focal.iter().skip(1).find(|id| targets.contains(id));
    let target = target.or_else(focal).or(targets.first()).cloned().unwrap_or_default();
    let all = suppliers(app);
    let is_sender = |id: &str| all.iter().any(|sender| sender == id);
    let senders = asked.known(FROM, is_sender, &mut misread);
    let mut senders: Vec<String> = senders.into_iter().map(str::to_owned).collect();
    if asked.all(FROM).next().is_none() && asked.one("chosen").is_empty() {
        senders.extend(app.study.focal.iter().find(|id| **id != target && all.contains(id)).cloned());
    }
    senders.retain(|id| *id != target);
    let is_input = |id: &str| app.study.inputs.iter().any(|input| input.id == id);
    let inputs = asked.known(INPUT, is_input, &mut misread).into_iter().map(str::to_owned).collect();
    (Withholding { senders, inputs, target }, misread)
}

/// Those that supply anything in the headline year, the weightiest first.
fn suppliers(app: &App) -> Vec<String> {
    let year = app.study.options.about.headline;
    let mut weights: Vec<_> =
        app.exposure.weights.iter().filter(|w| w.specification == BASE && w.year == year).collect();
    weights.sort_by(|a, b| b.banzhaf.mean.total_cmp(&a.banzhaf.mean).then(a.actor.cmp(&b.actor)));
    weights.into_iter().map(|weight| weight.actor.clone()).collect()
}

pub(super) fn page(app: &App, asked: &Asked) -> Sheet {
    let (question, misread) = question(app, asked);
    let lead = html! { p.lead-in { (asked.word("leverage_lead")) } };
    // No input at all stands for every one of them; that is not what was asked where none was understood.
    let answers = !question.inputs.is_empty() || asked.all(INPUT).next().is_none();
    let found = if answers { relate::withhold(&app.related, &question) } else { None };
    let live = html! {
        (layout::warnings(&misread))
        @match &found {
            Some(found) => { (told(app, asked, &question, found)) }
            None => { p.nothing { (asked.word("leverage_none")) } }
        }
    };
    Sheet::new(asked.word("leverage").to_owned(), lead, Some(controls(app, asked, &question)), live)
}

fn controls(app: &App, asked: &Asked, question: &Withholding) -> Markup {
    let name = |id: &String| (id.clone(), app.study.actor_name(id, asked.lang).to_owned());
    let targets: Vec<(String, String)> = app.study.ranked().iter().map(name).collect();
    let mut layers: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for input in &app.study.inputs {
        layers
            .entry(&input.layer)
            .or_default()
            .push((&input.id, either(asked.lang, &input.name_en, &input.name_zh)));
    }
    let all = suppliers(app);
    html! {
        input type="hidden" name="chosen" value="1";
        (select("target", asked.word("leverage_target"), None, &targets, &question.target))
        fieldset {
            legend { (asked.word("leverage_by")) }
            div.ticks {
                @for (id, name) in all.iter().filter(|id| **id != question.target).map(name) {
                    (tick_of(FROM, &id, &name, question.senders.contains(&id)))
                }
            }
        }
        details open[!question.inputs.is_empty()] {
            summary { (asked.word("leverage_inputs")) }
            @for (layer, inputs) in &layers {
                fieldset {
                    legend { (app.study.codebook.name(layer, asked.lang).unwrap_or(layer)) }
                    div.ticks { @for (id, name) in inputs { (tick_of(INPUT, id, name, question.inputs.iter().any(|one| one == id))) } }
                }
            }
        }
        p.note {
            @for (coalition, members) in &app.study.options.relate.coalitions {
                @let units: BTreeSet<&str> = members.iter().filter_map(|id| app.study.home_of(id)).filter(|id| all.iter().any(|one| one == id)).collect();
                @let names: Vec<&str> = units.iter().map(|id| app.study.actor_name(id, asked.lang)).collect();
                @let fields = [("chosen", "1"), ("target", question.target.as_str())].into_iter().chain(units.into_iter().map(|id| (FROM, id)));
                a href=(asked.link("/leverage", fields)) title=(coalition) { (names.join(" + ")) } br;
            }
        }
    }
}

fn input<'a>(app: &'a App, asked: &Asked, id: &'a str) -> &'a str {
    let row = app.study.inputs.iter().find(|input| input.id == id);
    row.map_or(id, |row| either(asked.lang, &row.name_en, &row.name_zh))
}

fn told(app: &App, asked: &Asked, question: &Withholding, found: &Withheld) -> Markup {
    let name = |id: &str| app.study.actor_name(id, asked.lang).to_owned();
    let senders: Vec<String> = question.senders.iter().map(|id| name(id)).collect();
    let title = format!("{} → {}", senders.join(" + "), name(&question.target));
    let (total, single): (Vec<&Loss>, Vec<&Loss>) =
        found.losses.iter().partition(|loss| loss.input.is_empty());
    let whole = total.iter().find(|loss| loss.layer.is_empty());
    let (year, draws) = (app.study.options.about.headline.to_string(), found.draws.to_string());
    html! {
        h2 { (title) }
        @if let Some(whole) = whole {
            ul.facts-list {
                li { b { (percent(whole.exposure.mean)) } (asked.say("leverage_loss", &[("range", &percent_range(whole.exposure))])) }
                li { b { (percent(whole.leontief.mean)) } (asked.say("leverage_leontief", &[("range", &percent_range(whole.leontief))])) }
                li { b { (percent(found.stops)) } (asked.word("leverage_stops")) }
            }
        }
        p.note { (asked.say("leverage_note", &[("year", &year), ("draws", &draws)])) }
        (chain(app, asked, single, found))
        (paths(app, asked, found))
    }
}

/// What is lost at each input, the largest losses first, and where the others hold too little to go on.
fn chain(app: &App, asked: &Asked, mut losses: Vec<&Loss>, found: &Withheld) -> Markup {
    let left = |id: &str| found.remainders.iter().find(|one| one.input == id);
    losses.retain(|loss| {
        loss.exposure.mean > SMALL || left(&loss.input).and_then(Remainder::share) > Some(0.0)
    });
    losses.sort_by(|a, b| b.exposure.mean.total_cmp(&a.exposure.mean));
    let rows: Vec<Vec<Markup>> = losses
        .iter()
        .map(|loss| {
            vec![
                html! { (input(app, asked, &loss.input)) },
                html! { (app.study.codebook.name(&loss.layer, asked.lang).unwrap_or(&loss.layer)) },
                html! { (PreEscaped(report::strip(loss.exposure, asked.lang))) },
                layout::number(&report::share(loss.exposure, asked.lang)),
                layout::number(&report::share(loss.leontief, asked.lang)),
                remainder(asked, left(&loss.input), found.draws),
            ]
        })
        .collect();
    let head = [
        "leverage_input",
        "leverage_layer",
        "leverage_scale",
        "leverage_exposure",
        "leverage_worst",
        "leverage_blocked",
    ]
    .map(|id| asked.word(id));
    let (first, rest) = rows.split_at(rows.len().min(FIRST));
    let caption = asked.word("leverage_chain");
    let further = asked.say("leverage_further", &[("n", &rest.len().to_string())]);
    html! {
        (layout::table(asked, caption, &head, first))
        @if !rest.is_empty() {
            details.data {
                summary { (further) }
                (layout::table(asked, &further, &head, rest))
            }
        }
    }
}

/// In what share of the draws the others hold too little of an input; unknown if no draw can tell.
fn remainder(asked: &Asked, left: Option<&Remainder>, draws: usize) -> Markup {
    let Some((left, share)) = left.and_then(|left| Some((left, left.share()?))) else {
        return layout::unknown(asked);
    };
    if left.known == draws {
        return layout::number(&percent(share));
    }
    let of =
        asked.say("leverage_known", &[("known", &left.known.to_string()), ("draws", &draws.to_string())]);
    html! { span.num { (percent(share)) span.also { (of) } } }
}

/// At which inputs the loss arises, and by which way it arrives.
fn paths(app: &App, asked: &Asked, found: &Withheld) -> Markup {
    let rows: Vec<Vec<Markup>> = found
        .paths
        .iter()
        .map(|path| {
            let way: Vec<&str> = path.path.iter().map(|id| input(app, asked, id)).collect();
            let through: Vec<&str> = path
                .through
                .iter()
                .filter(|id| !id.is_empty())
                .map(|id| app.study.actor_name(id, asked.lang))
                .collect();
            vec![
                html! { (input(app, asked, &path.input)) },
                layout::number(&percent(path.contribution)),
                layout::number(&percent(path.indirect)),
                html! { (way.join(" → ")) },
                html! { (through.join(" → ")) },
            ]
        })
        .collect();
    let head =
        ["leverage_input", "leverage_contribution", "leverage_indirect", "leverage_way", "leverage_through"]
            .map(|id| asked.word(id));
    html! {
        @if !rows.is_empty() {
            (layout::table(asked, asked.word("leverage_paths"), &head, &rows))
            p.note { (asked.word("leverage_paths_note")) }
        }
    }
}
