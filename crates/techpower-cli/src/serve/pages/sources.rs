//! The sources of power, weighed as one likes: ranks and scores at once, beside those of the recipe as stated.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};
use techpower::measure::{self, Node, Trial};
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
/// The slider's end, as a multiple of the weight as stated.
const MOST: f64 = 4.0;

/// A source whose chosen recipe is tried.
struct Chosen<'a> {
    stated: &'a Trial,
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
fn option<T: Copy + PartialEq>(asked: &Asked, name: &str, all: &[(&'static str, T)], stated: &str) -> Markup {
    let options: Vec<(String, String)> =
        all.iter().map(|(word, _)| ((*word).to_owned(), (*word).replace('-', " "))).collect();
    let as_stated = asked.say("sources_as_stated", &[("value", &stated.replace('-', " "))]);
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
        (option(asked, "normalisation", Normalisation::ALL, recipe.normalisation.id()))
        (option(asked, "aggregation", Aggregation::ALL, &aggregation.join(", ")))
        (option(asked, "treatment", Treatment::ALL, recipe.treatment.id()))
        (option(asked, "weights", Weights::ALL, recipe.weights.id()))
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
    }
}

fn slider(asked: &Asked, study: &Study, node: &Node, depth: usize, left_out: bool) -> Markup {
    let stated = study.index.iter().find(|row| row.code == node.code).map_or(1.0, |row| row.weight);
    let name = format!("{WEIGHT}{}", node.code);
    let now = asked.read::<f64>(&name).unwrap_or(stated);
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
    let weights: BTreeMap<&str, f64> = asked
        .under(WEIGHT)
        .filter_map(|(code, text)| Some((code, text.parse().ok().filter(|w: &f64| (0.0..1e9).contains(w))?)))
        .collect();
    let out: BTreeSet<&str> = asked.all(OUT).collect();
    let mut study = measure::altered(&app.measured, &weights, &out);
    recipe(asked, &mut study.options.measure);
    let code = &chosen.root().code;
    // Acceptability is shown of the chosen source alone.
    let trial = measure::trial(&study, |other| if other == code { DRAWS } else { 0 });
    let found = trial.roots.iter().find(|root| trial.nodes[root.node].code == *code);
    let contents = app.contents();
    html! {
        @match found {
            None => { (layout::warning(asked.word("sources_nothing_left"))) }
            Some(root) if root.scores.iter().all(Option::is_none) => { (layout::warning(asked.word("sources_no_scores"))) }
            Some(root) => { (of_report(asked.lang, report::trial(&contents, chosen.stated, &trial, root, asked.lang))) }
        }
        p.note { (asked.word("sources_note")) }
        p { a href=(asked.link("/sources", [("source", code.as_str())])) { (asked.word("sources_reset")) } }
        (others(asked, app, &trial))
    }
}

/// The ranks in all sources side by side, as what is chosen holds for all.
fn others(asked: &Asked, app: &App, trial: &Trial) -> Markup {
    let mut head = vec![asked.word("sources_actor")];
    head.extend(
        trial
            .roots
            .iter()
            .map(|root| either(asked.lang, &trial.nodes[root.node].name_en, &trial.nodes[root.node].name_zh)),
    );
    let rows: Vec<Vec<Markup>> =
        trial
            .actors
            .iter()
            .enumerate()
            .map(|(actor, id)| {
                let mut row = vec![html! { (app.study.actor_name(id, asked.lang)) }];
                row.extend(trial.roots.iter().map(
                    |root| html! { (root.ranks[actor].map_or("–".to_owned(), |rank| rank.to_string())) },
                ));
                row
            })
            .collect();
    layout::table(asked.word("sources_all"), &head, &rows)
}
