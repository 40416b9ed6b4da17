//! Tables of exposures: supply, loss under denial, the coalitional game, topology, trade, input-output transactions.

use super::schema::related as schema;
use super::{Cell, Output, summary};
use crate::num::Summary;
use crate::relate::{Exposure, Rest, Trade, Transacted};
use crate::study::Study;

/// Tables of exposures: `exposure` and `asymmetry` by type of power, then those of supply, of loss under denial, of the coalitional game,
/// of trade and of input-output transactions.
#[must_use]
pub fn related(study: &Study, exposure: &Exposure) -> Vec<Output> {
    let codebook = &study.codebook;
    let mut reach = Output::new(&schema::EXPOSURE);
    let mut asymmetry = Output::new(&schema::ASYMMETRY);
    for kind in &codebook.types {
        for row in exposure.channels.get(&kind.exposure).into_iter().flatten() {
            reach.push(
                [
                    row.sender.as_str().into(),
                    row.target.as_str().into(),
                    kind.id.as_str().into(),
                    row.year.into(),
                ],
                &summary(Summary::of(&row.draws)),
            );
        }
        for row in exposure.asymmetries.iter().filter(|row| row.channel == kind.exposure) {
            let mut tail = summary(Some(row.difference)).to_vec();
            tail.push(row.above_zero.into());
            asymmetry.push(
                [
                    row.sender.as_str().into(),
                    row.target.as_str().into(),
                    kind.id.as_str().into(),
                    row.year.into(),
                ],
                &tail,
            );
        }
    }
    let mut tables = vec![reach, asymmetry];
    tables.extend(supplied(exposure));
    tables.extend(coalitions(study, exposure));
    tables.extend(baselines(exposure));
    tables.extend(traded(&exposure.trade));
    tables.extend(transacted(&exposure.transacted));
    tables
}

/// Tables of supply and of loss under denial: `holdings`, `concentration`, `denial`, `paths`.
fn supplied(exposure: &Exposure) -> [Output; 4] {
    let mut holdings = Output::new(&schema::HOLDINGS);
    for row in &exposure.holdings {
        holdings.push(
            [row.provider.as_str().into(), row.input.as_str().into(), row.year.into()],
            &summary(Some(row.share)),
        );
    }
    let mut concentration = Output::new(&schema::CONCENTRATION);
    for row in &exposure.concentrations {
        let mut tail = summary(Some(row.herfindahl)).to_vec();
        tail.push(row.top.as_str().into());
        tail.extend(summary(Some(row.top_share)));
        tail.push(row.unnamed.mean.into());
        concentration.push([row.input.as_str().into(), row.year.into(), row.data_year.into()], &tail);
    }
    let mut denial = Output::new(&schema::DENIAL);
    for row in &exposure.losses {
        let mut tail = summary(Some(row.exposure)).to_vec();
        tail.extend(summary(Some(row.leontief)));
        tail.extend(summary(row.cost));
        denial.push(
            [
                row.sender.as_str().into(),
                row.target.as_str().into(),
                row.layer.as_str().into(),
                row.input.as_str().into(),
                row.year.into(),
            ],
            &tail,
        );
    }
    let mut paths = Output::new(&schema::PATHS);
    for row in &exposure.paths {
        let through: Vec<&str> =
            row.through.iter().map(|id| if id.is_empty() { "-" } else { id.as_str() }).collect();
        paths.push(
            [
                row.sender.as_str().into(),
                row.target.as_str().into(),
                row.input.as_str().into(),
                row.year.into(),
                row.contribution.into(),
                row.indirect.into(),
                row.path.join(" > ").as_str().into(),
                through.join(" > ").as_str().into(),
            ],
            &[],
        );
    }
    [holdings, concentration, denial, paths]
}

/// Tables of the coalitional game: `specifications`, `coalitions`, `vetoes`, `cuts`, `alliances`, `chokepoints`.
fn coalitions(study: &Study, exposure: &Exposure) -> [Output; 6] {
    let mut specifications = Output::new(&schema::SPECIFICATIONS);
    // Without supply there is no game, and nothing to specify.
    for row in exposure.specifications.iter().filter(|_| !exposure.weights.is_empty()) {
        specifications.push(
            [
                row.id.as_str().into(),
                row.tau.0.into(),
                row.tau.1.into(),
                row.subtypes.id().into(),
                row.blocs.id().into(),
                row.without.join("|").as_str().into(),
            ],
            &[],
        );
    }
    let mut coalitions = Output::new(&schema::COALITIONS);
    for row in &exposure.weights {
        let mut tail = summary(Some(row.banzhaf)).to_vec();
        tail.extend(summary(Some(row.shapley)));
        tail.push(row.error.into());
        coalitions.push(
            [
                row.specification.as_str().into(),
                row.actor.as_str().into(),
                row.year.into(),
                row.veto.into(),
                usize::from(row.certain).into(),
                usize::from(row.possible).into(),
            ],
            &tail,
        );
    }
    let mut vetoes = Output::new(&schema::VETOES);
    for row in exposure.vetoes(study) {
        vetoes.push(
            [
                row.actor.as_str().into(),
                row.year.into(),
                row.specifications.into(),
                row.certain.into(),
                row.likely.into(),
                row.even.into(),
                row.possible.into(),
                row.probability.into(),
            ],
            &[],
        );
    }
    let mut cuts = Output::new(&schema::CUTS);
    for row in &exposure.cuts {
        cuts.push(
            [
                row.specification.as_str().into(),
                row.kind.id().into(),
                row.coalition.join("+").as_str().into(),
                row.year.into(),
                row.coalition.len().into(),
                row.probability.into(),
            ],
            &[],
        );
    }
    let mut alliances = Output::new(&schema::ALLIANCES);
    for row in &exposure.alliances {
        alliances.push(
            [
                row.specification.as_str().into(),
                row.name.as_str().into(),
                row.members.join("+").as_str().into(),
                row.year.into(),
                row.denies.into(),
                row.sustains.into(),
            ],
            &[],
        );
    }
    let mut chokepoints = Output::new(&schema::CHOKEPOINTS);
    for row in &exposure.chokepoints {
        chokepoints.push(
            [row.actor.as_str().into(), row.input.as_str().into(), row.year.into(), row.probability.into()],
            &[],
        );
    }
    [specifications, coalitions, vetoes, cuts, alliances, chokepoints]
}

/// Tables of topology beside denial: `baselines`, `agreement`.
fn baselines(exposure: &Exposure) -> [Output; 2] {
    let mut baselines = Output::new(&schema::BASELINES);
    for row in &exposure.baselines {
        baselines.push(
            [
                row.subject.id().into(),
                row.id.as_str().into(),
                row.year.into(),
                row.measure.as_str().into(),
                row.value.into(),
                (row.rank as usize).into(),
                row.denial.into(),
                (row.denial_rank as usize).into(),
            ],
            &[],
        );
    }
    let mut agreement = Output::new(&schema::AGREEMENT);
    for row in &exposure.agreements {
        agreement.push(
            [
                row.subject.id().into(),
                row.measure.as_str().into(),
                row.year.into(),
                row.count.into(),
                row.spearman.into(),
            ],
            &[],
        );
    }
    [baselines, agreement]
}

/// Tables of trade: `dependence`, `coreness`, `topology`.
fn traded(trade: &Trade) -> Vec<Output> {
    let mut dependence = Output::new(&schema::DEPENDENCE);
    for row in &trade.dependences {
        let flag = |flag: Option<bool>| -> Cell { flag.map(usize::from).into() };
        dependence.push(
            [
                row.importer.as_str().into(),
                row.product.as_str().into(),
                row.year.into(),
                row.import_hhi.into(),
                row.top_source.as_str().into(),
                row.top_share.into(),
                row.world_hhi.into(),
                row.import_export_ratio.into(),
                flag(Some(row.concentrated)),
                flag(Some(row.world_concentrated)),
                flag(row.unsubstitutable),
                flag(row.persistent),
                flag(row.dependent),
            ],
            &[],
        );
    }
    let mut coreness = Output::new(&schema::CORENESS);
    for row in &trade.standings {
        coreness.push(
            [
                row.actor.as_str().into(),
                row.year.into(),
                row.product.as_str().into(),
                row.coreness.into(),
                row.fit.into(),
                row.alpha.into(),
                row.centralisation.into(),
            ],
            &[],
        );
    }
    let mut topology = Output::new(&schema::TOPOLOGY);
    for row in &trade.topology {
        topology.push(
            [
                row.measure.id().into(),
                row.actor.as_str().into(),
                row.year.into(),
                row.product.as_str().into(),
                row.value.into(),
            ],
            &[],
        );
    }
    vec![dependence, coreness, topology]
}

/// Tables of input-output transactions: `extraction`, `look_through`, `forward`.
fn transacted(transacted: &Transacted) -> Vec<Output> {
    let mut extraction = Output::new(&schema::EXTRACTION);
    for row in &transacted.extractions {
        let losses = &row.losses;
        extraction.push(
            [
                row.sender.as_str().into(),
                row.target.as_str().into(),
                row.year.into(),
                row.side.id().into(),
                row.share_withheld.into(),
                losses.target.into(),
                losses.target_share.into(),
                losses.sender.into(),
                losses.sender_share.into(),
                losses.world_share.into(),
                losses.target_value_added.into(),
                losses.target_value_added_share.into(),
            ],
            &[],
        );
    }
    let mut look_through = Output::new(&schema::LOOK_THROUGH);
    let mut forward = Output::new(&schema::FORWARD);
    let parts = |row: &Rest| -> [Cell; 4] {
        [row.year.into(), row.face_value.into(), row.look_through.into(), row.hidden.into()]
    };
    for row in &transacted.look_through {
        look_through.push([row.on.as_str().into(), row.who.as_str().into()], &parts(row));
    }
    for row in &transacted.forward {
        forward.push([row.who.as_str().into(), row.on.as_str().into()], &parts(row));
    }
    vec![extraction, look_through, forward]
}
