//! Tables of power: potential, exercise, reliance, the scarcity corollary, and draws of the headline year.

use super::schema::inferred as schema;
use super::{Cell, Output, summary};
use crate::codebook::{Codebook, NONE};
use crate::infer::{Corollary, Power};

/// Tables of power: `potential`, `exercise`, `reliance`, `implied`, `corollary`, `corollary_trials`, and the headline draws.
#[must_use]
pub fn inferred(power: &Power, codebook: &Codebook) -> Vec<Output> {
    let id = |k: usize| -> Cell { codebook.types[k].id.as_str().into() };
    let mut potential = Output::new(&schema::POTENTIAL);
    let mut exercise = Output::new(&schema::EXERCISE);
    for (table, dyads) in [(&mut potential, &power.potential), (&mut exercise, &power.exercise)] {
        for row in dyads {
            table.push(
                [row.sender.as_str().into(), row.target.as_str().into(), id(row.power), row.year.into()],
                &summary(Some(row.summary)),
            );
        }
    }
    let mut reliance = Output::new(&schema::RELIANCE);
    for row in &power.reliance {
        let mut tail = summary(Some(row.share)).to_vec();
        tail.extend(summary(Some(row.rca)));
        tail.extend([row.above_one.into(), row.leading.into(), row.first.into()]);
        reliance.push([row.actor.as_str().into(), id(row.power), row.year.into(), row.acts.into()], &tail);
    }
    let mut implied = Output::new(&schema::IMPLIED);
    for row in &power.implied {
        let source = (0..row.scarcest.len()).max_by(|a, b| row.scarcest[*a].total_cmp(&row.scarcest[*b]));
        let types = row.types.iter().enumerate().map(|(k, probability)| (id(k), *probability));
        let nothing = (row.nothing > 0.0).then(|| (NONE.into(), row.nothing));
        for (power, probability) in types.chain(nothing) {
            implied.push(
                [
                    row.actor.as_str().into(),
                    power,
                    row.year.into(),
                    row.basis.id().into(),
                    source.map(|s| codebook.sources[s].id.as_str()).into(),
                    source.map(|s| row.scarcest[s]).into(),
                    probability.into(),
                ],
                &[],
            );
        }
    }
    let mut corollary = Output::new(&schema::COROLLARY);
    for row in &power.corollary {
        corollary.push([row.basis.id().into(), row.year.into()], &outcome(row));
    }
    let mut trials = Output::new(&schema::COROLLARY_TRIALS);
    for row in &power.trials {
        let head = [
            row.change.id().into(),
            row.choice.as_str().into(),
            row.outcome.basis.id().into(),
            row.year.into(),
        ];
        trials.push(head, &outcome(&row.outcome));
    }
    let mut reliance_draws = Output::new(&schema::RELIANCE_DRAWS);
    for row in &power.reliance_draws {
        for draw in 0..row.share.len() {
            reliance_draws.push(
                [
                    row.actor.as_str().into(),
                    id(row.power),
                    row.year.into(),
                    draw.into(),
                    row.share[draw].into(),
                    row.rca[draw].into(),
                    row.exercise[draw].into(),
                ],
                &[],
            );
        }
    }
    let mut potential_draws = Output::new(&schema::POTENTIAL_DRAWS);
    for row in &power.potential_draws {
        for draw in 0..row.potential.len() {
            potential_draws.push(
                [
                    row.sender.as_str().into(),
                    row.target.as_str().into(),
                    id(row.power),
                    row.year.into(),
                    draw.into(),
                    row.exposure[draw].into(),
                    row.potential[draw].into(),
                ],
                &[],
            );
        }
    }
    vec![reliance, potential, exercise, implied, corollary, trials, reliance_draws, potential_draws]
}

/// How a forecast of leading types fared.
fn outcome(row: &Corollary) -> Vec<Cell> {
    let mut cells: Vec<Cell> = vec![row.actors.len().into(), row.compared.into()];
    cells.extend(summary(Some(row.agreement)));
    cells.extend(summary(Some(row.kappa)));
    let figures = [row.chance.mean, row.above_chance, row.log_score, row.base_score, row.p_dealt];
    cells.extend(figures.map(Cell::from));
    cells
}
