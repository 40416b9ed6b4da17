//! Tables of source strengths: an index and what is asked of it.

use super::schema::measured as schema;
use super::{Cell, Output, rounded, summary};
use crate::measure::{self, Explanation, Index, Origin};
use crate::num::Estimate;
use crate::relate::EVERYONE;
use crate::study::{Study, Treatment};

/// Tables of source strengths: `scores`, `ranks`, `standings`, `pairwise`, `profile`, `factors`, `sensitivity`, `switches`, `acceptability`,
/// `central_weights`, `dominance`, `importance`, `treatment`, `recipe`, and the draws `scores_draws` of the headline year.
#[must_use]
pub fn measured(study: &Study, index: &Index) -> Vec<Output> {
    let mut tables = scored(study, index);
    let draws = tables.pop();
    tables.extend(uncertain(index));
    tables.extend(weighed(index));
    let mut treatment = Output::new(&schema::TREATMENT);
    for row in &index.treatments {
        let t = &row.treated;
        treatment.push(
            [
                index.nodes[row.node].code.as_str().into(),
                row.year.map(|year| index.years[year]).into(),
                t.why.id().into(),
                t.winsorised.into(),
                t.transform.map(Treatment::id).into(),
                t.skew.into(),
                t.kurtosis.into(),
                t.skew_after.into(),
                t.kurtosis_after.into(),
            ],
            &[],
        );
    }
    let mut recipe = Output::new(&schema::RECIPE);
    for entry in study.options.measure.entries() {
        let section = if entry.vary { "measure.vary" } else { "measure" };
        let key = format!("{section}.{}", entry.key);
        recipe.push([key.as_str().into(), entry.value.as_str().into()], &[]);
    }
    tables.extend([treatment, recipe]);
    tables.extend(draws);
    tables
}

/// Tables that follow from scores alone: `scores`, `ranks`, `standings`, `pairwise`, and the draws `scores_draws`.
fn scored(study: &Study, index: &Index) -> Vec<Output> {
    let reported = study.options.about.reported();
    let mut scores = Output::new(&schema::SCORES);
    let mut ranks = Output::new(&schema::RANKS);
    let mut standings = Output::new(&schema::STANDINGS);
    let mut pairwise = Output::new(&schema::PAIRWISE);
    let mut draws = Output::new(&schema::SCORES_DRAWS);
    for (node_at, node) in index.nodes.iter().enumerate() {
        for (year_at, year) in index.years.iter().enumerate() {
            for (actor_at, actor) in index.actors.iter().enumerate() {
                let score = index.score(node_at, year_at, actor_at);
                scores.push(
                    [
                        actor.as_str().into(),
                        (*year).into(),
                        node.code.as_str().into(),
                        usize::from(node.level).into(),
                        score.nominal.into(),
                    ],
                    &summary(score.summary),
                );
            }
        }
    }
    for (root_at, root) in index.roots.iter().enumerate() {
        let code = index.nodes[*root].code.as_str();
        for (year_at, year) in index.years.iter().enumerate() {
            let nominal = index.ranks_as_stated(root_at, year_at);
            for (actor_at, probabilities) in index.rank_probabilities(root_at, year_at).iter().enumerate() {
                if !probabilities.is_empty() {
                    let mean = measure::mean_rank(probabilities);
                    let reached = |p: f64| {
                        let mut sum = 0.0;
                        let within = probabilities.iter().take_while(|share| {
                            sum += **share;
                            sum < p - 1e-12
                        });
                        within.count() + 1
                    };
                    standings.push(
                        [
                            index.actors[actor_at].as_str().into(),
                            (*year).into(),
                            code.into(),
                            nominal[actor_at].map(|rank| rank as usize).into(),
                            mean.into(),
                            reached(0.05).into(),
                            reached(0.5).into(),
                            reached(0.95).into(),
                            nominal[actor_at].map(|rank| mean - f64::from(rank)).into(),
                            probabilities[0].into(),
                        ],
                        &[],
                    );
                }
                for (rank, probability) in probabilities.iter().enumerate().filter(|(_, p)| **p > 0.0) {
                    ranks.push(
                        [
                            index.actors[actor_at].as_str().into(),
                            (*year).into(),
                            code.into(),
                            nominal[actor_at].map(|rank| rank as usize).into(),
                            (rank + 1).into(),
                            (*probability).into(),
                        ],
                        &[],
                    );
                }
            }
            for actor in 0..index.actors.len() {
                for other in (0..index.actors.len()).filter(|other| *other != actor) {
                    if let Some(probability) = index.winning_probability(root_at, year_at, actor, other) {
                        pairwise.push(
                            [
                                index.actors[actor].as_str().into(),
                                index.actors[other].as_str().into(),
                                (*year).into(),
                                code.into(),
                                probability.into(),
                            ],
                            &[],
                        );
                    }
                }
            }
        }
        for (actor_at, actor) in index.actors.iter().enumerate() {
            for (year_at, year) in index.years.iter().enumerate().filter(|(_, year)| reported.contains(year))
            {
                for (draw, score) in index.draws_of(root_at, year_at, actor_at).iter().enumerate() {
                    if !score.is_nan() {
                        let head = [
                            actor.as_str().into(),
                            code.into(),
                            (*year).into(),
                            draw.into(),
                            (*score).into(),
                        ];
                        draws.push(head, &[]);
                    }
                }
            }
        }
    }
    vec![scores, ranks, standings, pairwise, draws]
}

/// How the results of the index depend on what varies: `profile`, `factors`, `sensitivity`, `switches`.
fn uncertain(index: &Index) -> Vec<Output> {
    let code = |node: usize| -> Cell { index.nodes[node].code.as_str().into() };
    let actor = |at: usize| -> Cell { index.actors[at].as_str().into() };
    let mut profile = Output::new(&schema::PROFILE);
    for row in &index.profiles {
        let mut tail = summary(Some(row.relative)).to_vec();
        tail.extend([row.strongest.into(), row.weakest.into()]);
        profile.push([actor(row.actor), code(row.node), index.years[index.headline].into()], &tail);
    }
    let mut factors = Output::new(&schema::FACTORS);
    for factor in &index.factors {
        let whole = |n: Option<u64>| -> Cell { n.map(|n| n as usize).into() };
        factors.push([factor.id.as_str().into(), whole(factor.levels), whole(index.combinations)], &[]);
    }
    let mut sensitivity = Output::new(&schema::SENSITIVITY);
    for row in &index.sensitivities {
        for (factor, indices) in index.factors.iter().zip(&row.indices) {
            let target = row.actor.map_or(EVERYONE, |actor| index.actors[actor].as_str());
            let of = |e: Estimate| -> [Cell; 3] { [e.value.into(), e.low.into(), e.high.into()] };
            let tail = [of(indices.first), of(indices.total)].concat();
            sensitivity.push([code(row.node), target.into(), factor.id.as_str().into()], &tail);
        }
    }
    let mut switches = Output::new(&schema::SWITCHES);
    for row in &index.switches {
        let root = index.roots.iter().position(|node| *node == row.node).expect("switches are of roots");
        let nominal = index.nominal_ranks(root, index.headline);
        for (at, (before, after)) in nominal.iter().zip(&row.ranks).enumerate() {
            switches.push(
                [
                    code(row.node),
                    row.factor.as_str().into(),
                    row.choice.as_str().into(),
                    actor(at),
                    before.map(|rank| rank as usize).into(),
                    after.map(|rank| rank as usize).into(),
                    row.reversed.into(),
                    row.pairs.into(),
                    usize::from(row.first_changes).into(),
                ],
                &[],
            );
        }
    }
    vec![profile, factors, sensitivity, switches]
}

/// What weights decide: `acceptability`, `central_weights`, `dominance`, `importance`.
fn weighed(index: &Index) -> Vec<Output> {
    let code = |node: usize| -> Cell { index.nodes[node].code.as_str().into() };
    let actor = |at: usize| -> Cell { index.actors[at].as_str().into() };
    let mut acceptability = Output::new(&schema::ACCEPTABILITY);
    let mut central = Output::new(&schema::CENTRAL_WEIGHTS);
    for (root, smaa) in index.roots.iter().zip(&index.smaa) {
        let Some(smaa) = smaa else { continue };
        for (at, ranks) in smaa.acceptability.iter().enumerate() {
            for (rank, probability) in ranks.iter().enumerate().filter(|(_, p)| **p > 0.0) {
                acceptability.push([actor(at), code(*root), (rank + 1).into(), (*probability).into()], &[]);
            }
            let Some(weights) = &smaa.central[at] else { continue };
            let confident = smaa.confidence[at] == Some(true);
            for (offset, weight) in weights.iter().enumerate().skip(1) {
                central.push(
                    [
                        actor(at),
                        code(*root),
                        code(root + offset),
                        (*weight).into(),
                        index.nodes[root + offset].weight.into(),
                        usize::from(confident).into(),
                    ],
                    &[],
                );
            }
        }
    }
    let mut dominance = Output::new(&schema::DOMINANCE);
    for row in &index.dominances {
        dominance.push(
            [
                code(row.node),
                actor(row.actor),
                actor(row.other),
                usize::from(row.any_weights).into(),
                row.least_lead.into(),
            ],
            &[],
        );
    }
    let mut importance = Output::new(&schema::IMPORTANCE);
    for row in &index.importances {
        let parent = index.nodes[row.node].parent.expect("roots have no importance");
        importance.push(
            [
                code(row.node),
                code(parent),
                row.weight.into(),
                row.correlation.into(),
                row.ratio.into(),
                row.share.into(),
            ],
            &[],
        );
    }
    vec![acceptability, central, dominance, importance]
}

/// The table `explanation`, printed for one actor.
#[must_use]
pub fn explained(explanation: &Explanation) -> Output {
    let mut table = Output::new(&schema::EXPLANATION);
    for step in &explanation.steps {
        let joined = |of: &dyn Fn(&Origin) -> String| -> String {
            let mut parts: Vec<String> = step.origins.iter().map(of).collect();
            parts.dedup();
            parts.join(" | ")
        };
        let missing = step.declared.as_ref().map(|(word, reason)| format!("{word}: {reason}"));
        let treatment = step.treated.map(|t| {
            let mut done = t.why.id().to_owned();
            if t.winsorised > 0 {
                done.push_str(&format!(", winsorised {}", t.winsorised));
            }
            match t.transform {
                Some(transform) => done.push_str(&format!(", {}", transform.id())),
                None if t.winsorised == 0 && t.why == measure::Why::Fails => done.push_str(", untreated"),
                None => {}
            }
            for (before, after) in &step.moved {
                done.push_str(&format!(", {} -> {}", rounded(*before), rounded(*after)));
            }
            done
        });
        let of = joined(&|o| {
            if o.vintage.is_empty() { o.year.to_string() } else { format!("{} {}", o.year, o.vintage) }
        });
        table.push(
            [
                format!("{}{}", "  ".repeat(step.depth), step.code).as_str().into(),
                step.score.into(),
                step.weight.into(),
                step.contribution.into(),
                joined(&|o| rounded(o.value).to_string()).as_str().into(),
                joined(&|o| o.unit.clone()).as_str().into(),
                of.as_str().into(),
                missing.unwrap_or_default().as_str().into(),
                step.denominator.clone().unwrap_or_default().as_str().into(),
                step.denominated.into(),
                step.imputed.into(),
                treatment.unwrap_or_default().as_str().into(),
                step.treated_value.into(),
                joined(&|o| o.reference.clone()).as_str().into(),
            ],
            &[],
        );
    }
    table
}
