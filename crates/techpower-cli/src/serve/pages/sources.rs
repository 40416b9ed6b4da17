//! The sources of power, weighed as one likes: ranks and scores at once, beside those of the recipe as stated.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};
use techpower::measure::{self, Feasible, Node, Nominal};
use techpower::report;
use techpower::study::{Aggregation, MeasureOptions, Normalisation, Study, Treatment, Weights};

use crate::serve::App;
use crate::serve::layout::{self, Sheet, either, of_report, select};
use crate::serve::state::Asked;

/// Draws of weights for acceptability: enough for the second decimal, and few enough that a slider is followed.
const DRAWS: usize = 20_480;
/// Prefix of the names of fields that hold weights.
const WEIGHT: &str = "w.";
/// Field that holds a node that is left out.
const OUT: &str = "out";
/// Field that says by how much weights may be off.
const OFF: &str = "off";
/// By how much, as shares in percent; the second is that of a page that was not told.
const SHARES: [&str; 4] = ["10", "25", "50", "100"];
/// Nothing is known of the weights.
const ANY: &str = "any";
/// The slider's end, as a multiple of the weight as stated.
const MOST: f64 = 4.0;

/// A source whose recipe is chosen.
struct Chosen<'a> {
    stated: &'a Nominal,
    /// Position of the root among those of the index as stated.
    root: usize,
}

pub(super) fn page(app: &App, asked: &Asked) -> Sheet {
    let stated = &app.stated;
    let code = |root: usize| stated.nodes[stated.roots[root].node].code.as_str();
    let root = (0..stated.roots.len()).find(|root| code(*root) == asked.one("source")).unwrap_or(0);
    let lead = html! { p.lead-in { (asked.word("sources_lead")) } };
    let title = asked.word("sources").to_owned();
    if stated.roots.is_empty() {
        return Sheet::new(title, lead, None, html! { p.nothing { (asked.word("none")) } });
    }
    let chosen = Chosen { stated, root };
    Sheet::new(title, lead, Some(controls(app, asked, &chosen)), answer(app, asked, &chosen))
}

impl Chosen<'_> {
    fn root(&self) -> &Node {
        &self.stated.nodes[self.stated.roots[self.root].node]
    }

    /// Nodes below the root, with how deeply each stands, from 1.
    fn below(&self) -> Vec<(&Node, usize)> {
        let depth = |at: usize| {
            std::iter::successors(self.stated.nodes[at].parent, |up| self.stated.nodes[*up].parent).count()
        };
        let from = self.stated.roots[self.root].node + 1;
        let end = self.stated.roots.get(self.root + 1).map_or(self.stated.nodes.len(), |next| next.node);
        (from..end).map(|at| (&self.stated.nodes[at], depth(at))).collect()
    }
}

/// A choice among the words of an option.
fn option<T: Copy + PartialEq>(
    asked: &Asked,
    name: &str,
    all: &[(&'static str, T)],
    stated: &[&str],
) -> Markup {
    let options: Vec<(String, String)> =
        all.iter().map(|(word, _)| ((*word).to_owned(), report::choice(name, word, asked.lang))).collect();
    let stated: Vec<String> = stated.iter().map(|word| report::choice(name, word, asked.lang)).collect();
    let as_stated = asked.say("sources_as_stated", &[("value", &stated.join(asked.word("comma")))]);
    select(name, asked.word(&format!("sources_{name}")), Some(&as_stated), &options, asked.one(name))
}

fn controls(app: &App, asked: &Asked, chosen: &Chosen<'_>) -> Markup {
    let recipe = &app.study.options.measure;
    let left_out: BTreeSet<&str> = asked.all(OUT).collect();
    let aggregation: Vec<&str> = recipe.aggregation.iter().map(|one| one.id()).collect();
    html! {
        label.field {
            span { (asked.word("sources_source")) }
            select name="source" data-reload="" {
                @for root in &chosen.stated.roots {
                    @let node = &chosen.stated.nodes[root.node];
                    option value=(node.code) selected[node.code == chosen.root().code] { (either(asked.lang, &node.name_en, &node.name_zh)) }
                }
            }
        }
        (option(asked, "normalisation", Normalisation::ALL, &[recipe.normalisation.id()]))
        (option(asked, "aggregation", Aggregation::ALL, &aggregation))
        (option(asked, "treatment", Treatment::ALL, &[recipe.treatment.id()]))
        (option(asked, "weights", Weights::ALL, &[recipe.weights.id()]))
        fieldset {
            legend { (asked.word("sources_weights_of")) }
            div.sliders {
                @for block in chosen.below().chunk_by(|_, (_, depth)| *depth > 1) {
                    div.block {
                        @for (node, depth) in block {
                            (slider(asked, &app.study, node, *depth, left_out.contains(node.code.as_str())))
                        }
                    }
                }
            }
            p.note { (asked.word("sources_weights_note")) }
        }
        (select(OFF, asked.word("sources_off"), None, &sureness(asked), off(asked)))
    }
}

fn as_stated(study: &Study, code: &str) -> f64 {
    study.index.iter().find(|row| row.code == code).map_or(1.0, |row| row.weight)
}

/// The weight that is chosen for a node; what its slider cannot be set to is told and counts for nothing.
fn weight(asked: &Asked, study: &Study, code: &str, told: &mut Vec<String>) -> Option<f64> {
    let name = format!("{WEIGHT}{code}");
    let chosen: f64 = asked.read_or_tell(&name, told)?;
    // A browser may round the end of the slider in its last digit.
    let within = (0.0..=MOST * as_stated(study, code) * (1.0 + 1e-9)).contains(&chosen);
    if !within {
        told.push(asked.not_understood(&name, asked.one(&name)));
    }
    within.then_some(chosen)
}

/// What of an address is not understood, but for weights.
fn misread(app: &App, asked: &Asked) -> Vec<String> {
    let mut told = Vec::new();
    let nodes = &app.stated.nodes;
    let roots = || app.stated.roots.iter().map(|root| &nodes[root.node]);
    asked.known("source", |code| roots().any(|node| node.code == code), &mut told);
    asked.known(OUT, |code| nodes.iter().any(|node| node.code == code), &mut told);
    asked.known(OFF, |share| share == ANY || SHARES.contains(&share), &mut told);
    asked.known("normalisation", |word| Normalisation::ALL.iter().any(|one| one.0 == word), &mut told);
    asked.known("aggregation", |word| Aggregation::ALL.iter().any(|one| one.0 == word), &mut told);
    asked.known("treatment", |word| Treatment::ALL.iter().any(|one| one.0 == word), &mut told);
    asked.known("weights", |word| Weights::ALL.iter().any(|one| one.0 == word), &mut told);
    told
}

fn slider(asked: &Asked, study: &Study, node: &Node, depth: usize, left_out: bool) -> Markup {
    let stated = as_stated(study, &node.code);
    let name = format!("{WEIGHT}{}", node.code);
    let now = weight(asked, study, &node.code, &mut Vec::new()).unwrap_or(stated);
    let label = either(asked.lang, &node.name_en, &node.name_zh);
    html! {
        div.weighed style={ "padding-left:" (depth.saturating_sub(1) * 14) "px" } {
            label.slider {
                span { @if node.is_leaf() { (label) } @else { b { (label) } } }
                output { (now) }
                input type="range" name=(name) min="0" max=(MOST * stated) step=(stated / 20.0) value=(now);
            }
            label.tick.out {
                input type="checkbox" name=(OUT) value=(node.code) checked[left_out] aria-label={ (asked.word("sources_out")) (asked.word("colon")) (label) };
                span { (asked.word("sources_out")) }
            }
        }
    }
}

/// By how much the chosen weights may be off.
fn off(asked: &Asked) -> &str {
    match asked.one(OFF) {
        ANY => ANY,
        other => SHARES.into_iter().find(|share| *share == other).unwrap_or(SHARES[1]),
    }
}

fn sureness(asked: &Asked) -> Vec<(String, String)> {
    let near = |share: &str| (share.to_owned(), asked.say("sources_off_by", &[("share", share)]));
    let any = (ANY.to_owned(), asked.word("sources_off_any").to_owned());
    SHARES.into_iter().map(near).chain([any]).collect()
}

/// The weights that are drawn.
fn feasible(asked: &Asked) -> Feasible {
    off(asked).parse().map_or(Feasible::Any, |share: f64| Feasible::Near(share / 100.0))
}

/// The word of an option that was chosen, as its value.
fn word<T: Copy>(asked: &Asked, name: &str, all: &[(&'static str, T)]) -> Option<T> {
    all.iter().find(|(word, _)| *word == asked.one(name)).map(|(_, value)| *value)
}

/// The recipe with what was chosen otherwise.
fn recipe(asked: &Asked, options: &mut MeasureOptions) {
    options.normalisation = word(asked, "normalisation", Normalisation::ALL).unwrap_or(options.normalisation);
    options.treatment = word(asked, "treatment", Treatment::ALL).unwrap_or(options.treatment);
    options.weights = word(asked, "weights", Weights::ALL).unwrap_or(options.weights);
    if let Some(aggregation) = word(asked, "aggregation", Aggregation::ALL) {
        options.aggregation = vec![aggregation];
    }
}

fn answer(app: &App, asked: &Asked, chosen: &Chosen<'_>) -> Markup {
    let mut told = misread(app, asked);
    let mut weights: BTreeMap<&str, f64> = BTreeMap::new();
    for (code, text) in asked.under(WEIGHT) {
        if !app.stated.nodes.iter().any(|node| node.code == code) {
            told.push(asked.not_understood(&format!("{WEIGHT}{code}"), text));
        } else if let Some(chosen) = weight(asked, &app.study, code, &mut told) {
            weights.insert(code, chosen);
        }
    }
    let out: BTreeSet<&str> = asked.all(OUT).collect();
    let mut study = measure::altered(&app.measured, &weights, &out);
    recipe(asked, &mut study.options.measure);
    let code = &chosen.root().code;
    // Acceptability is shown of the chosen source alone.
    let made = measure::nominal(&study, feasible(asked), |other| if other == code { DRAWS } else { 0 });
    let found = made.roots.iter().find(|root| made.nodes[root.node].code == *code);
    let contents = app.contents();
    html! {
        (layout::warnings(&told))
        @match found {
            None => { (layout::warning(asked.word("sources_nothing_left"))) }
            Some(root) if root.scores.iter().all(Option::is_none) => { (layout::warning(asked.word("sources_no_scores"))) }
            Some(root) => { (of_report(asked.lang, report::nominal(&contents, chosen.stated, &made, root, asked.lang))) }
        }
        p.note { (asked.word("sources_note")) }
        p { a href=(asked.link("/sources", [("source", code.as_str())])) { (asked.word("sources_reset")) } }
        (of_report(asked.lang, report::ranks(&contents, &made, asked.lang)))
    }
}
