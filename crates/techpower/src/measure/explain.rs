//! How a score came to be: every step from raw values to the root, for one actor.

use crate::diag::Notes;
use crate::study::Study;

use super::cells::Fill;
use super::engine::{Account, Engine, Work};
use super::hierarchy::row_of;
use super::treat::Treated;

/// The steps behind an actor's scores in a year.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// Actor.
    pub actor: String,
    /// Year.
    pub year: i16,
    /// One for each node, in the order of the hierarchy.
    pub steps: Vec<Step>,
}

/// A row behind a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Origin {
    /// Its value, or the middle of its interval.
    pub value: f64,
    /// Year it is of.
    pub year: i16,
    /// Unit.
    pub unit: String,
    /// Definition, source or edition.
    pub vintage: String,
    /// Reference.
    pub reference: String,
}

/// What happened at a node. Values are NaN where unknown, and of aggregates only the last three are told.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Code of the node.
    pub code: String,
    /// English name.
    pub name_en: String,
    /// Chinese name.
    pub name_zh: String,
    /// Depth below the root, which has 0.
    pub depth: usize,
    /// Whether it is an indicator.
    pub is_leaf: bool,
    /// Rows behind the value; rivals are averaged.
    pub origins: Vec<Origin>,
    /// What is declared of a missing value, and why.
    pub declared: Option<(&'static str, String)>,
    /// Code of the denominator.
    pub denominator: Option<String>,
    /// Value after denomination.
    pub denominated: f64,
    /// Value after screening, declared bounds and imputation.
    pub imputed: f64,
    /// What treatment did to the indicator.
    pub treated: Option<Treated>,
    /// Value after treatment.
    pub treated_value: f64,
    /// Numbers that fix the scale (goalposts, a target, the zero of a fraction) and that treatment moved: before and after.
    pub moved: Vec<(f64, f64)>,
    /// Score on the scale of the index.
    pub score: f64,
    /// Weight among the siblings that are known, as a share; NaN if the node does not count.
    pub weight: f64,
    /// Score times weight: what it adds to an arithmetic mean.
    pub contribution: f64,
}

/// Explains the scores of an actor in the headline year by the recipe as stated. `None` if the actor is not ranked.
#[must_use]
pub fn explain(study: &Study, actor: &str) -> Option<Explanation> {
    let engine = Engine::of(study, &mut Notes::new());
    let at = engine.actors.iter().position(|id| id == actor)?;
    let (nodes, year) = (&engine.nodes, engine.headline);
    let (mut work, mut account) = (Work::default(), Account::default());
    engine.compute(&engine.nominal(), 0..engine.n_years, &mut work, Some(&mut account));
    let mut leaf = 0;
    let mut steps: Vec<Step> = Vec::with_capacity(nodes.len());
    let score = |node: usize| work.scores[engine.at(node, year, at)];
    for (place, node) in nodes.iter().enumerate() {
        let mut step = Step {
            code: node.code.clone(),
            name_en: node.name_en.clone(),
            name_zh: node.name_zh.clone(),
            depth: node.parent.map_or(0, |parent| steps[parent].depth + 1),
            is_leaf: node.is_leaf(),
            origins: Vec::new(),
            declared: None,
            denominator: None,
            denominated: f64::NAN,
            imputed: f64::NAN,
            treated: None,
            treated_value: f64::NAN,
            moved: Vec::new(),
            score: score(place),
            weight: f64::NAN,
            contribution: f64::NAN,
        };
        if let Some(parent) = node.parent {
            // Weights are those of the siblings that count and are known of this actor.
            let weight = |node: &usize| {
                account.weights.get(&(*node, year)).copied().filter(|_| !score(*node).is_nan())
            };
            if let Some(mine) = weight(&place) {
                step.weight = mine / nodes[parent].children.iter().filter_map(weight).sum::<f64>();
                step.contribution = step.weight * step.score;
            }
        }
        if node.is_leaf() {
            let cell = (leaf * engine.n_years + year) * engine.n_actors + at;
            step.origins = origins(&engine, cell);
            step.declared = engine.cells.declared.get(&cell).map(|d| (d.missing.id(), d.reason.clone()));
            step.denominator = row_of(study, node).denominator.clone();
            step.denominated = account.denominated[cell];
            step.imputed = account.imputed[cell];
            step.treated_value = account.treated[cell];
            let treated =
                account.treatments.get(&(leaf, year)).or_else(|| account.treatments.get(&(leaf, 0)));
            step.treated = treated.copied();
            let posts = account.posts.get(&(leaf, year)).or_else(|| account.posts.get(&(leaf, 0)));
            let posts = posts.into_iter().flatten().copied();
            step.moved = posts.filter(|(before, after)| !before.is_nan() && before != after).collect();
            leaf += 1;
        }
        steps.push(step);
    }
    Some(Explanation { actor: actor.to_owned(), year: engine.years[year], steps })
}

fn origins(engine: &Engine<'_>, cell: usize) -> Vec<Origin> {
    let data = match engine.cells.cells[cell] {
        Fill::Unknown => vec![],
        Fill::Of(datum) => vec![datum],
        Fill::Between(a, b, _) => vec![a, b],
    };
    data.into_iter()
        .map(|datum| &engine.cells.data[datum as usize])
        .flat_map(|datum| {
            datum.rivals.iter().map(|rival| Origin {
                value: rival.point(),
                year: datum.year,
                unit: rival.unit.clone(),
                vintage: rival.vintage.clone(),
                reference: rival.reference.clone(),
            })
        })
        .collect()
}
