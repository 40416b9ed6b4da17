//! Who could deny what to whom: chosen suppliers withhold chosen inputs, and what the target loses is told at once.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};
use techpower::num::Summary;
use techpower::relate::{self, BASE, Loss, Withheld, Withholding};

use crate::serve::App;
use crate::serve::layout::{self, Sheet, either, select, tick_of};
use crate::serve::state::Asked;

/// Field that holds a supplier that withholds.
const FROM: &str = "by";
/// Field that holds an input that is withheld.
const INPUT: &str = "input";
/// Losses below this mean exposure are not told.
const SMALL: f64 = 0.0005;

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
                @let fields = [("chosen", "1"), ("target", question.target.as_str())].into_iter().chain(units.into_iter().map(|id| (FROM, id)));
                a href=(asked.link("/leverage", fields)) { (coalition) } " "
            }
        }
    }
}

/// A share in percent.
fn percent(share: f64) -> String {
    format!("{:.0} %", 100.0 * share)
}

/// A mean with its interval.
fn interval(s: Summary) -> String {
    format!("{} ({}–{})", percent(s.mean), percent(s.q05), percent(s.q95))
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
                li { b { (percent(whole.exposure.mean)) } (asked.say("leverage_loss", &[("low", &percent(whole.exposure.q05)), ("high", &percent(whole.exposure.q95))])) }
                li { b { (percent(whole.leontief.mean)) } (asked.word("leverage_leontief")) }
                li { b { (percent(found.stops)) } (asked.word("leverage_stops")) }
            }
        }
        p.note { (asked.say("leverage_note", &[("year", &year), ("draws", &draws)])) }
        (chain(app, asked, single, &found.blocked))
        (paths(app, asked, found))
    }
}

/// What is lost at each input, and where the others hold too little to go on.
fn chain(app: &App, asked: &Asked, mut losses: Vec<&Loss>, blocked: &[(String, f64)]) -> Markup {
    let stopped = |id: &str| blocked.iter().find(|(input, _)| input == id).map(|(_, share)| *share);
    losses.retain(|loss| loss.exposure.mean > SMALL || stopped(&loss.input).is_some());
    losses.sort_by(|a, b| b.exposure.mean.total_cmp(&a.exposure.mean));
    let rows: Vec<Vec<Markup>> = losses
        .iter()
        .map(|loss| {
            vec![
                html! { (input(app, asked, &loss.input)) },
                html! { (app.study.codebook.name(&loss.layer, asked.lang).unwrap_or(&loss.layer)) },
                html! { (interval(loss.exposure)) },
                html! { (interval(loss.leontief)) },
                html! { (stopped(&loss.input).map_or("–".to_owned(), percent)) },
            ]
        })
        .collect();
    let head =
        ["leverage_input", "leverage_layer", "leverage_exposure", "leverage_worst", "leverage_blocked"]
            .map(|id| asked.word(id));
    layout::table(asked.word("leverage_chain"), &head, &rows)
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
                html! { (percent(path.contribution)) },
                html! { (percent(path.indirect)) },
                html! { (way.join(" → ")) },
                html! { (through.join(" → ")) },
            ]
        })
        .collect();
    let head =
        ["leverage_input", "leverage_contribution", "leverage_indirect", "leverage_way", "leverage_through"]
            .map(|id| asked.word(id));
    html! { @if !rows.is_empty() { (layout::table(asked.word("leverage_paths"), &head, &rows)) } }
}
