//! Results as tables: versioned schemas, rows, and the descriptor that tells other tools what they hold.

mod agreement;
mod schema;

pub use agreement::{CODERS, agreed, judged};
pub use schema::{ALL, DRAWS};

use serde_json::{Value, json};

use crate::claims::{self, Judged};
use crate::code::Coded;
use crate::codebook::{Codebook, NONE};
use crate::diag::{Lang, Notes};
use crate::infer::Power;
use crate::measure::{self, Explanation, Index, Origin};
use crate::num::Summary;
use crate::relate::{EVERYONE, Exposure, Rest, Trade, Transacted};
use crate::study::Study;
use crate::table::Table;

/// Version of techpower.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
/// Hash of the library's sources: results of other sources are not current.
pub const SOURCES: &str = env!("TECHPOWER_SOURCES");

/// A cell of an output table.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Unknown.
    Empty,
    /// A text.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// A number.
    Number(f64),
}

impl Cell {
    /// As written in CSV: numbers with at most fifteen significant digits; the database keeps them in full.
    #[must_use]
    pub fn csv(&self) -> String {
        match self {
            Cell::Empty => String::new(),
            Cell::Text(text) => text.clone(),
            Cell::Whole(number) => number.to_string(),
            Cell::Number(number) => rounded(*number).to_string(),
        }
    }

    /// As a JSON value; unknown is null.
    #[must_use]
    pub fn json(&self) -> Value {
        match self {
            Cell::Empty => Value::Null,
            Cell::Text(text) => json!(text),
            Cell::Whole(number) => json!(number),
            Cell::Number(number) => json!(rounded(*number)),
        }
    }
}

/// A number with at most fifteen significant digits, as many as every double keeps.
fn rounded(number: f64) -> f64 {
    format!("{number:.14e}").parse().unwrap_or(number)
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        if text.is_empty() { Cell::Empty } else { Cell::Text(text.to_owned()) }
    }
}

impl From<f64> for Cell {
    fn from(number: f64) -> Cell {
        if number.is_nan() { Cell::Empty } else { Cell::Number(number) }
    }
}

impl From<i16> for Cell {
    fn from(number: i16) -> Cell {
        Cell::Whole(number.into())
    }
}

impl From<usize> for Cell {
    fn from(number: usize) -> Cell {
        Cell::Whole(number as i64)
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Cell {
        value.map_or(Cell::Empty, Into::into)
    }
}

/// An output table.
#[derive(Debug, Clone)]
pub struct Output {
    /// Its schema.
    pub schema: &'static Table,
    /// Its rows; every row has a cell per column.
    pub rows: Vec<Vec<Cell>>,
}

impl Output {
    fn new(schema: &'static Table) -> Output {
        Output { schema, rows: Vec::new() }
    }

    fn push<const N: usize>(&mut self, head: [Cell; N], tail: &[Cell]) {
        let mut row = Vec::with_capacity(N + tail.len());
        row.extend(head);
        row.extend_from_slice(tail);
        debug_assert_eq!(row.len(), self.schema.columns.len(), "{}", self.schema.name);
        self.rows.push(row);
    }

    /// The table as CSV text.
    #[must_use]
    pub fn csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let header: Vec<&str> = self.schema.columns.iter().map(|column| column.name).collect();
        writer.write_record(header).expect("writing to memory");
        for row in &self.rows {
            writer.write_record(row.iter().map(Cell::csv)).expect("writing to memory");
        }
        String::from_utf8(writer.into_inner().expect("writing to memory")).expect("texts are UTF-8")
    }
}

fn summary(summary: Option<Summary>) -> [Cell; 4] {
    match summary {
        Some(s) => [s.mean.into(), s.q05.into(), s.q50.into(), s.q95.into()],
        None => [Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty],
    }
}

/// Tables of source strengths: `scores`, `ranks`, `standings`, `pairwise`, `profile`, `factors`, `sensitivity`, `switches`, `acceptability`,
/// `central_weights`, `dominance`, `importance`, `treatment`, `recipe`, and the draws `scores_draws` of the headline year.
#[must_use]
pub fn measured(study: &Study, index: &Index) -> Vec<Output> {
    let mut tables = scored(index);
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
                t.transform.map(crate::study::Treatment::id).into(),
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
            let of = |e: crate::num::Estimate| -> [Cell; 3] { [e.value.into(), e.low.into(), e.high.into()] };
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

/// Tables that follow from scores alone: `scores`, `ranks`, `standings`, `pairwise`, and the draws `scores_draws`.
fn scored(index: &Index) -> Vec<Output> {
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
            let nominal = index.nominal_ranks(root_at, year_at);
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
            for (draw, score) in index.draws_of(root_at, index.headline, actor_at).iter().enumerate() {
                if !score.is_nan() {
                    draws.push([actor.as_str().into(), code.into(), draw.into(), (*score).into()], &[]);
                }
            }
        }
    }
    vec![scores, ranks, standings, pairwise, draws]
}

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

/// Tables of power: `potential`, `exercise`, `reliance`, `implied`, `corollary`, and the headline draws.
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
        let mut tail = summary(Some(row.agreement)).to_vec();
        tail.extend(summary(Some(row.kappa)));
        tail.extend([
            row.chance.mean.into(),
            row.above_chance.into(),
            row.log_score.into(),
            row.base_score.into(),
        ]);
        corollary.push([row.basis.id().into(), row.year.into(), row.actors.len().into()], &tail);
    }
    let mut reliance_draws = Output::new(&schema::RELIANCE_DRAWS);
    for row in &power.reliance_draws {
        for draw in 0..row.share.len() {
            reliance_draws.push(
                [
                    row.actor.as_str().into(),
                    id(row.power),
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
                    draw.into(),
                    row.exposure[draw].into(),
                    row.potential[draw].into(),
                ],
                &[],
            );
        }
    }
    vec![reliance, potential, exercise, implied, corollary, reliance_draws, potential_draws]
}

/// The table `codings`: events as coded from texts.
///
/// ```
/// use techpower::code::Coder;
/// use techpower::{codebook::Codebook, package::coded};
/// # use techpower::text::Document;
/// # let text = "The United States imposed export controls on advanced chips sold to China.";
/// # let document = Document { id: "d".to_owned(), lang: None, date: None, title: String::new(), text: text.to_owned(),
/// #     source: String::new(), file: String::new(), row: 1 };
/// let (codebook, _) = Codebook::builtin();
/// let coder = Coder::new(&codebook, &Default::default(), None);
/// let table = coded(&[coder.code(&document)]);
/// assert!(table.csv().lines().nth(1).unwrap().starts_with("d,d#1,USA,CHN,export-control,"));
/// ```
#[must_use]
pub fn coded<'a>(documents: impl IntoIterator<Item = &'a Coded>) -> Output {
    let mut table = Output::new(&schema::CODINGS);
    for event in documents.into_iter().flat_map(|document| &document.events) {
        let targets: Vec<&str> = event.targets.iter().map(|party| party.actor.as_str()).collect();
        let (start, end) = event.evidence.points;
        let tail = [
            event.overall.into(),
            event.evidence.text.as_str().into(),
            start.into(),
            end.into(),
            event.rule.as_str().into(),
            if event.evidence.in_title { "title" } else { "text" }.into(),
        ];
        table.push(
            [
                event.document.as_str().into(),
                event.event.as_str().into(),
                event.sender.as_ref().map(|party| party.actor.as_str()).into(),
                targets.join("|").as_str().into(),
                event.instrument.as_str().into(),
                event.layer.as_str().into(),
                event.power.as_str().into(),
                event.mode.as_str().into(),
            ],
            &tail,
        );
    }
    table
}

/// Tables of claims: `claims`, and `claim_rows` with the rows each rests on.
#[must_use]
pub fn claimed(judged: &[Judged]) -> Vec<Output> {
    let mut claims = Output::new(&schema::CLAIMS);
    let mut rows = Output::new(&schema::CLAIM_ROWS);
    for one in judged {
        let claim = &one.claim;
        let mut tail = summary(one.value).to_vec();
        tail.extend([
            claim.test.sign().into(),
            claim.threshold.into(),
            one.numbers.into(),
            claim.en.as_str().into(),
            claim.zh.as_str().into(),
        ]);
        claims.push(
            [
                claim.id.as_str().into(),
                claim.section.as_str().into(),
                claim.kind.id().into(),
                one.verdict.id().into(),
                one.probability.into(),
            ],
            &tail,
        );
        for (at, row) in one.rests_on.rows.iter().enumerate() {
            for (column, value) in one.rests_on.columns.iter().zip(row) {
                let value: Cell = match value {
                    claims::Value::Null => Cell::Empty,
                    claims::Value::Number(number) => rounded(*number).to_string().as_str().into(),
                    claims::Value::Text(text) => text.as_str().into(),
                };
                rows.push([claim.id.as_str().into(), (at + 1).into(), column.as_str().into(), value], &[]);
            }
        }
    }
    vec![claims, rows]
}

/// The table `notes`, with a last row for each kind of which not all were kept.
#[must_use]
pub fn noted(notes: &Notes) -> Output {
    let mut table = Output::new(&schema::NOTES);
    for note in notes.iter() {
        table.push(
            [
                note.severity().id().into(),
                note.kind.id().into(),
                note.stage.as_str().into(),
                note.at.to_string().as_str().into(),
                note.message(Lang::En).as_str().into(),
                note.hint(Lang::En).as_str().into(),
                note.message(Lang::Zh).as_str().into(),
                note.hint(Lang::Zh).as_str().into(),
            ],
            &[],
        );
    }
    for (kind, file, count) in notes.beyond() {
        table.push(
            [
                kind.severity().id().into(),
                kind.id().into(),
                Cell::Empty,
                file.into(),
                format!("+{count}").as_str().into(),
                Cell::Empty,
                Cell::Empty,
                Cell::Empty,
            ],
            &[],
        );
    }
    table
}

/// Where the results come from: key and value.
#[must_use]
pub fn provenance(study: &Study, study_hash: &str) -> Vec<(&'static str, String)> {
    let options = serde_json::to_string(&study.options).expect("options are plain values");
    vec![
        ("techpower", VERSION.to_owned()),
        ("sources", SOURCES.to_owned()),
        ("study", study.options.about.id.clone()),
        ("study_hash", study_hash.to_owned()),
        ("codebook", study.codebook.id.clone()),
        ("codebook_version", study.codebook.version.clone()),
        ("codebook_hash", study.codebook.hash.clone()),
        ("seed", study.options.uncertainty.seed.to_string()),
        ("draws", study.options.uncertainty.draws.to_string()),
        ("options", options),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_fifteen_digits() {
        assert_eq!(Cell::Number(1.0 / 3.0).csv(), "0.333333333333333");
        assert_eq!(Cell::Number(0.1 + 0.2).csv(), "0.3");
        assert_eq!(Cell::Number(1e22).csv(), "10000000000000000000000");
        assert_eq!(Cell::from(f64::NAN), Cell::Empty);
    }
}
