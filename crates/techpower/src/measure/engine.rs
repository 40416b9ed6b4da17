//! The engine: from raw values to scores, by one recipe. It is the only place that knows the order of the steps.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::aggregate::{self, Siblings, own_weights};
use super::cells::{Cells, Fill, Reading, cells};
use super::hierarchy::{row_of, tree};
use super::impute::{self, Context};
use super::model::end_of;
use super::normalise::{self, Outcome};
use super::treat::{self, Treated};
use super::{Node, STAGE};
use crate::diag::Notes;
use crate::num::{Seed, Stream};
use crate::study::{
    Aggregation, Coverage, Imputation, MeasureOptions, Missing, Normalisation, Scale, Scope, Screened, Study,
    Treatment, VaryWeights, Weights,
};

/// Which weights a choice takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Weighing {
    Scheme(Weights),
    Draw(usize),
}

/// Everything that can differ between two draws.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Choice {
    pub(super) readings: Readings,
    pub(super) weights: Weighing,
    /// By level from the second up.
    pub(super) aggregation: Vec<Aggregation>,
}

/// The part of a choice that decides on normalised indicators.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Readings {
    pub(super) rivals: Option<Vec<u32>>,
    pub(super) intervals: Option<usize>,
    pub(super) imputation: Imputation,
    /// Data set of multiple imputation.
    pub(super) set: usize,
    /// Draw of missing values that are bounded; `None` takes the middle.
    pub(super) bounds: Option<usize>,
    pub(super) treatment: Treatment,
    pub(super) normalisation: Normalisation,
    /// Indicators that are out, by leaf; empty if none.
    pub(super) out: Vec<bool>,
}

/// An indicator of the hierarchy.
struct Leaf {
    node: usize,
    upward: bool,
    denominator: Option<usize>,
    goalposts: Option<(f64, f64)>,
    target: Option<f64>,
    treatment: Option<Treatment>,
    treat_always: Option<bool>,
    winmax: Option<usize>,
    normalisation: Option<Normalisation>,
}

/// All that is needed to compute scores.
pub(super) struct Engine<'a> {
    pub(super) options: &'a MeasureOptions,
    pub(super) nodes: Vec<Node>,
    pub(super) cells: Cells,
    pub(super) actors: Vec<String>,
    pub(super) years: Vec<i16>,
    /// Position of the headline year.
    pub(super) headline: usize,
    pub(super) n_years: usize,
    pub(super) n_actors: usize,
    leaves: Vec<Leaf>,
    /// For each node its place among the leaves.
    leaf_of: Vec<Option<usize>>,
    reference: Option<usize>,
    groups: Vec<Option<usize>>,
    siblings: Vec<Vec<usize>>,
    imputing: Stream,
    weighing: Vec<Stream>,
}

/// Buffers that a thread uses again from draw to draw.
#[derive(Default)]
pub(super) struct Work {
    /// Scores by node, year and actor; NaN where unknown.
    pub(super) scores: Vec<f64>,
    raw: Vec<f64>,
    year: Vec<f64>,
    /// Normalised indicators by leaf, year and actor, and whether a leaf counts in a year.
    leaves: Vec<f64>,
    counts: Vec<bool>,
    weights: Vec<Vec<f64>>,
    original: Vec<f64>,
    /// Of an indicator, by year: what treatment makes of the numbers that fix its scale.
    posts: Vec<[f64; 2]>,
    order: Vec<u32>,
    last: Option<(Readings, Range<usize>)>,
}

impl Work {
    /// Makes the next computation begin with raw values.
    pub(super) fn forget(&mut self) {
        self.last = None;
    }
}

/// What a careful reader wants to know of one computation.
#[derive(Default)]
pub(super) struct Account {
    /// Raw values after denomination, before imputation, by leaf, year and actor.
    pub(super) denominated: Vec<f64>,
    /// After imputation and screening.
    pub(super) imputed: Vec<f64>,
    /// After treatment.
    pub(super) treated: Vec<f64>,
    /// Treatment by leaf and year; one of all years together stands at the first.
    pub(super) treatments: BTreeMap<(usize, usize), Treated>,
    /// Numbers that fix the scale, before and after treatment, by leaf and year in the same way.
    pub(super) posts: BTreeMap<(usize, usize), [(f64, f64); 2]>,
    /// Actors screened out, by year.
    pub(super) screened: BTreeMap<usize, Vec<usize>>,
    /// Leaf and year without variance.
    pub(super) saturated: BTreeSet<(usize, usize)>,
    /// Leaf and year for which the normalisation has no scale.
    pub(super) unscaled: BTreeSet<(usize, usize)>,
    /// Node, year and actors whose mean met a part that is not above zero.
    pub(super) refused: BTreeMap<usize, BTreeMap<usize, Vec<usize>>>,
    /// Nodes whose own weights were refused.
    pub(super) unweighted: BTreeSet<usize>,
    /// What each node that counts weighs among its siblings, by node and year.
    pub(super) weights: BTreeMap<(usize, usize), f64>,
}

impl<'a> Engine<'a> {
    /// Everything of a study that its index is computed from.
    pub(super) fn of(study: &'a Study, notes: &mut Notes) -> Engine<'a> {
        let nodes = tree(study);
        let actors = study.measured();
        let about = &study.options.about;
        let years: Vec<i16> = (about.from..=about.to).collect();
        let cells = cells(study, &nodes, &actors, &years, notes);
        let options = &study.options.measure;
        let series = |code: &str| cells.series.iter().position(|other| other == code);
        let leaves: Vec<Leaf> = nodes
            .iter()
            .enumerate()
            .filter(|(_, node)| node.is_leaf())
            .map(|(at, node)| {
                let row = row_of(study, node);
                let one = options.overrides.get(&node.code).cloned().unwrap_or_default();
                Leaf {
                    node: at,
                    upward: row.direction > 0.0,
                    denominator: row.denominator.as_deref().filter(|_| options.denominate).and_then(series),
                    goalposts: row.goalposts,
                    target: row.target,
                    treatment: one.treatment,
                    treat_always: one.treat_always,
                    winmax: one.winmax,
                    normalisation: one.normalisation,
                }
            })
            .collect();
        let mut leaf_of = vec![None; nodes.len()];
        for (at, leaf) in leaves.iter().enumerate() {
            leaf_of[leaf.node] = Some(at);
        }
        let siblings = nodes
            .iter()
            .map(|node| node.children.iter().filter_map(|child| leaf_of[*child]).collect::<Vec<usize>>())
            .filter(|leaves| !leaves.is_empty())
            .collect();
        let groups = study.groups(&options.group).unwrap_or_default();
        let names: BTreeSet<&str> = groups.values().copied().collect();
        let groups = actors
            .iter()
            .map(|id| groups.get(id.as_str()).and_then(|group| names.iter().position(|name| name == group)))
            .collect();
        let seed = Seed(study.options.uncertainty.seed);
        Engine {
            options,
            n_years: years.len(),
            n_actors: actors.len(),
            headline: (about.headline - about.from) as usize,
            leaves,
            leaf_of,
            reference: actors.iter().position(|id| *id == options.reference),
            groups,
            siblings,
            imputing: seed.stream(STAGE, "imputation"),
            weighing: nodes
                .iter()
                .map(|node| seed.stream(STAGE, &format!("weights/{}", node.code)))
                .collect(),
            nodes,
            cells,
            actors,
            years,
        }
    }

    /// The recipe as stated.
    pub(super) fn nominal(&self) -> Choice {
        Choice {
            readings: Readings {
                rivals: None,
                intervals: None,
                // Without a draw, multiple imputation is its conditional mean.
                imputation: match self.options.imputation {
                    Imputation::Multiple => Imputation::Em,
                    other => other,
                },
                set: 0,
                bounds: None,
                treatment: self.options.treatment,
                normalisation: self.options.normalisation,
                out: Vec::new(),
            },
            weights: Weighing::Scheme(self.options.weights),
            aggregation: self.options.aggregation.clone(),
        }
    }

    /// Positions of the roots.
    pub(super) fn roots(&self) -> Vec<usize> {
        (0..self.nodes.len()).filter(|node| self.nodes[*node].parent.is_none()).collect()
    }

    pub(super) fn n_leaves(&self) -> usize {
        self.leaves.len()
    }

    /// The leaves of every root.
    fn leaves_by_root(&self) -> Vec<Vec<usize>> {
        let of = |root: usize| {
            let below = root..end_of(&self.nodes, root);
            (0..self.leaves.len()).filter(|leaf| below.contains(&self.leaves[*leaf].node)).collect()
        };
        self.roots().into_iter().map(of).collect()
    }

    /// Leaves that can be left out without leaving nothing of their root.
    pub(super) fn removable(&self) -> Vec<usize> {
        self.leaves_by_root().into_iter().filter(|leaves| leaves.len() > 1).flatten().collect()
    }

    /// Takes all indicators of a root in again if all are out.
    pub(super) fn keep_one_each(&self, out: &mut [bool]) {
        for leaves in self.leaves_by_root() {
            if leaves.iter().all(|leaf| out[*leaf]) {
                leaves.iter().for_each(|leaf| out[*leaf] = false);
            }
        }
    }

    /// The node of a leaf.
    pub(super) fn node_of(&self, leaf: usize) -> usize {
        self.leaves[leaf].node
    }

    /// Place of a score.
    pub(super) fn at(&self, node: usize, year: usize, actor: usize) -> usize {
        (node * self.n_years + year) * self.n_actors + actor
    }

    /// Normalised indicators of the last computation, in a year: for each leaf whether it counts, and its row of scores.
    pub(super) fn leaf_rows<'w>(&'w self, work: &'w Work, year: usize) -> Vec<(bool, &'w [f64])> {
        (0..self.leaves.len())
            .map(|leaf| (work.counts[leaf * self.n_years + year], self.row(&work.leaves, leaf, year)))
            .collect()
    }

    fn row<'w>(&self, values: &'w [f64], at: usize, year: usize) -> &'w [f64] {
        let from = (at * self.n_years + year) * self.n_actors;
        &values[from..from + self.n_actors]
    }

    /// Computes the scores of some years into `work.scores`. Indicators are normalised anew only if their part of the choice differs from
    /// that of the last computation.
    pub(super) fn compute(
        &self,
        choice: &Choice,
        years: Range<usize>,
        work: &mut Work,
        mut account: Option<&mut Account>,
    ) {
        if self.n_actors == 0 {
            return;
        }
        // Over a panel, other years decide on normalisation too.
        let panel = self.options.scope == Scope::Panel || self.options.treatment_scope == Scope::Panel;
        let span = if panel { 0..self.n_years } else { years.clone() };
        let same = matches!(&work.last, Some((last, of)) if *last == choice.readings && *of == span);
        if !same || account.is_some() {
            self.fill(&choice.readings, span.clone(), work, account.as_deref_mut());
            self.normalise(&choice.readings, span.clone(), work, account.as_deref_mut());
            work.last = Some((choice.readings.clone(), span));
        }
        self.aggregate(choice, years, work, account);
    }

    /// Steps up to imputation: values, denomination, declared bounds, screening, imputation.
    fn fill(
        &self,
        readings: &Readings,
        years: Range<usize>,
        work: &mut Work,
        mut account: Option<&mut Account>,
    ) {
        let n = self.n_actors;
        let size = self.leaves.len() * self.n_years * n;
        work.raw.resize(self.cells.series.len() * n, f64::NAN);
        work.year.resize(self.leaves.len() * n, f64::NAN);
        work.leaves.resize(size, f64::NAN);
        if let Some(account) = account.as_deref_mut() {
            account.denominated.resize(size, f64::NAN);
            account.imputed.resize(size, f64::NAN);
            account.treated.resize(size, f64::NAN);
        }
        let reading = Reading { rivals: readings.rivals.as_deref(), intervals: readings.intervals };
        let context = Context {
            groups: &self.groups,
            siblings: &self.siblings,
            neighbours: self.options.neighbours,
            stream: self.imputing,
        };
        for year in years {
            self.cells.read(reading, year, &mut work.raw);
            for (at, leaf) in self.leaves.iter().enumerate() {
                let row = &mut work.year[at * n..(at + 1) * n];
                row.copy_from_slice(&work.raw[at * n..(at + 1) * n]);
                if let Some(by) = leaf.denominator {
                    for (value, by) in row.iter_mut().zip(&work.raw[by * n..(by + 1) * n]) {
                        *value = if *by == 0.0 { f64::NAN } else { *value / by };
                    }
                }
            }
            if let Some(account) = account.as_deref_mut() {
                self.store(&work.year, &mut account.denominated, year);
            }
            // What is screened out is not filled in again.
            let mut out = vec![false; n];
            if self.options.screen_on == Screened::Raw {
                out = self.screen(&mut work.year, year, account.as_deref_mut());
            }
            self.bound(readings, year, work);
            impute::impute(&mut work.year, n, readings.imputation, &context, readings.set);
            for actor in (0..n).filter(|actor| out[*actor]) {
                (0..self.leaves.len()).for_each(|leaf| work.year[leaf * n + actor] = f64::NAN);
            }
            if self.options.screen_on == Screened::Imputed {
                self.screen(&mut work.year, year, account.as_deref_mut());
            }
            self.store(&work.year, &mut work.leaves, year);
            if let Some(account) = account.as_deref_mut() {
                self.store(&work.year, &mut account.imputed, year);
            }
        }
    }

    fn store(&self, year_values: &[f64], into: &mut [f64], year: usize) {
        for (at, row) in year_values.chunks_exact(self.n_actors).enumerate() {
            let from = (at * self.n_years + year) * self.n_actors;
            into[from..from + self.n_actors].copy_from_slice(row);
        }
    }

    /// Makes all values of actors with too little data unknown, and says which these are.
    fn screen(&self, values: &mut [f64], year: usize, account: Option<&mut Account>) -> Vec<bool> {
        let mut out = vec![false; self.n_actors];
        if self.options.screen <= 0.0 {
            return out;
        }
        for (actor, out) in out.iter_mut().enumerate() {
            let known =
                (0..self.leaves.len()).filter(|leaf| !values[leaf * self.n_actors + actor].is_nan()).count();
            *out = (known as f64 / self.leaves.len() as f64) + 1e-9 < self.options.screen;
            if *out {
                (0..self.leaves.len()).for_each(|leaf| values[leaf * self.n_actors + actor] = f64::NAN);
            }
        }
        if let (Some(account), true) = (account, out.contains(&true)) {
            let screened = (0..self.n_actors).filter(|actor| out[*actor]).collect();
            account.screened.insert(year, screened);
        }
        out
    }

    /// Gives missing values what is declared of them.
    fn bound(&self, readings: &Readings, year: usize, work: &mut Work) {
        if self.cells.declared.is_empty() {
            return;
        }
        let n = self.n_actors;
        for (at, leaf) in self.leaves.iter().enumerate() {
            let from = (at * self.n_years + year) * n;
            if self.cells.declared.range(from..from + n).next().is_none() {
                continue;
            }
            let row = &mut work.year[at * n..(at + 1) * n];
            let low = row.iter().copied().filter(|x| !x.is_nan()).fold(f64::INFINITY, f64::min);
            let high = row.iter().copied().filter(|x| !x.is_nan()).fold(f64::NEG_INFINITY, f64::max);
            for (cell, declared) in self.cells.declared.range(from..from + n) {
                let actor = cell - from;
                if self.cells.cells[*cell] != Fill::Unknown || !row[actor].is_nan() {
                    continue;
                }
                let by = leaf.denominator.map_or(1.0, |by| work.raw[by * n + actor]);
                let end = |own: f64, other: f64| if own.is_nan() { other } else { own / by };
                let (best, worst) = if leaf.upward { (high, low) } else { (low, high) };
                let value = match declared.missing {
                    Missing::Best => best,
                    Missing::Worst => worst,
                    Missing::Interval => {
                        // An end that is not stated is that of the known values, or the stated one beyond them.
                        let (from, to) = (end(declared.low, low), end(declared.high, high));
                        let (from, to) = match (declared.low.is_nan(), declared.high.is_nan()) {
                            (true, false) => (from.min(to), to),
                            (false, true) => (from, to.max(from)),
                            _ => (from, to),
                        };
                        match readings.bounds {
                            Some(draw) => declared.stream.draw(draw).uniform_in(from, to),
                            None => (from + to) / 2.0,
                        }
                    }
                    Missing::Unknown | Missing::Undeclared => f64::NAN,
                };
                row[actor] = if value.is_finite() { value } else { f64::NAN };
            }
        }
    }

    /// Treatment and normalisation of every indicator, over a year or the panel.
    fn normalise(
        &self,
        readings: &Readings,
        years: Range<usize>,
        work: &mut Work,
        mut account: Option<&mut Account>,
    ) {
        let n = self.n_actors;
        work.counts.resize(self.leaves.len() * self.n_years, true);
        for (at, leaf) in self.leaves.iter().enumerate() {
            let treating = treat::Plan {
                treatment: leaf.treatment.unwrap_or(readings.treatment),
                always: leaf.treat_always.unwrap_or(self.options.treat_always),
                winmax: leaf.winmax.unwrap_or(self.options.winmax),
                skew: self.options.skew,
                kurtosis: self.options.kurtosis,
                lambda: self.options.lambda,
            };
            let normalising = normalise::Plan {
                how: leaf.normalisation.unwrap_or(readings.normalisation),
                upward: leaf.upward,
                scale: self.options.scale,
                goalposts: leaf.goalposts,
                target: leaf.target,
                scaled: self.options.scaled,
                zero: 0.0,
            };
            let treats = treating.treatment != Treatment::None;
            let posts = normalising.posts();
            work.posts.clear();
            work.posts.resize(self.n_years, posts);
            if treats || account.is_some() {
                for span in self.spans(self.options.treatment_scope, &years) {
                    let values = &mut work.leaves[self.span_of(at, &span)];
                    let mut moved = posts;
                    let treated = treat::treat(values, &mut moved, &treating, &mut work.original);
                    // Winsorised values have their unit still, and are a fraction of the greatest as before.
                    if normalising.how == Normalisation::FractionOfMax && treated.transform.is_none() {
                        moved = posts;
                    }
                    work.posts[span.clone()].fill(moved);
                    if let Some(account) = account.as_deref_mut() {
                        account.treatments.insert((at, span.start), treated);
                        account.posts.insert((at, span.start), [0, 1].map(|post| (posts[post], moved[post])));
                    }
                }
            }
            if let Some(account) = account.as_deref_mut() {
                let whole = self.span_of(at, &years);
                account.treated[whole.clone()].copy_from_slice(&work.leaves[whole]);
            }
            // Goalposts place each value by itself, as they stand where it was treated.
            let scope =
                if normalising.by_goalposts() { self.options.treatment_scope } else { self.options.scope };
            for span in self.spans(scope, &years) {
                let values = &mut work.leaves[self.span_of(at, &span)];
                // Over a panel the reference is the actor in the last year, and so are a target and the zero of a fraction.
                let normalising = normalising.with_posts(work.posts[span.end - 1]);
                let reference = self.reference.map(|actor| values.len() - n + actor);
                let outcome = normalise::normalise(values, &normalising, reference, &mut work.order);
                let has_scale = matches!(outcome, Outcome::Fine | Outcome::Nothing);
                let counts = has_scale && readings.out.get(at) != Some(&true);
                for year in span {
                    work.counts[at * self.n_years + year] = counts;
                    let Some(account) = account.as_deref_mut() else { continue };
                    match outcome {
                        Outcome::Fine | Outcome::Nothing => {}
                        Outcome::Constant => drop(account.saturated.insert((at, year))),
                        Outcome::NoScale => drop(account.unscaled.insert((at, year))),
                    }
                }
            }
        }
    }

    fn spans(&self, scope: Scope, years: &Range<usize>) -> Vec<Range<usize>> {
        match scope {
            Scope::Panel => vec![years.clone()],
            Scope::Year => years.clone().map(|year| year..year + 1).collect(),
        }
    }

    fn span_of(&self, leaf: usize, years: &Range<usize>) -> Range<usize> {
        let from = (leaf * self.n_years + years.start) * self.n_actors;
        from..from + years.len() * self.n_actors
    }

    /// Walks up the hierarchy.
    fn aggregate(
        &self,
        choice: &Choice,
        years: Range<usize>,
        work: &mut Work,
        mut account: Option<&mut Account>,
    ) {
        let n = self.n_actors;
        work.scores.resize(self.nodes.len() * self.n_years * n, f64::NAN);
        let Work { scores, leaves, counts, weights, .. } = work;
        self.draw_weights(choice.weights, weights);
        let levels = &choice.aggregation;
        let ends = match self.options.scale {
            Scale::Native => None,
            Scale::Ends(bottom, top) => Some((bottom, top)),
        };
        let mut coverage = vec![0.0; n];
        for year in years {
            let mut active = vec![true; self.nodes.len()];
            // A mean that is not defined leaves nothing above it defined: it is not as if the part were missing.
            let mut undefined: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
            // Children stand after their parents, so walking backwards meets every child before its parent.
            for (at, node) in self.nodes.iter().enumerate().rev() {
                let from = self.at(at, year, 0);
                if let Some(leaf) = self.leaf_of[at] {
                    active[at] = counts[leaf * self.n_years + year];
                    scores[from..from + n].copy_from_slice(self.row(leaves, leaf, year));
                    continue;
                }
                let (head, tail) = scores.split_at_mut(from + n);
                let out = &mut head[from..];
                let children: Vec<usize> =
                    (0..node.children.len()).filter(|child| active[node.children[*child]]).collect();
                active[at] = !children.is_empty();
                if children.is_empty() {
                    out.fill(f64::NAN);
                    continue;
                }
                let rows: Vec<&[f64]> = children
                    .iter()
                    .map(|child| {
                        let start = self.at(node.children[*child], year, 0) - (from + n);
                        &tail[start..start + n]
                    })
                    .collect();
                let given: Vec<f64> =
                    children.iter().map(|child| self.nodes[node.children[*child]].weight).collect();
                let used: Vec<f64> = match choice.weights {
                    Weighing::Scheme(scheme) => own_weights(scheme, &rows, &given).unwrap_or_else(|| {
                        if let Some(account) = account.as_deref_mut() {
                            account.unweighted.insert(at);
                        }
                        given.clone()
                    }),
                    Weighing::Draw(_) => children.iter().map(|child| weights[at][*child]).collect(),
                };
                let level = usize::from(node.level.saturating_sub(2)).min(levels.len() - 1);
                let siblings = Siblings { rows: &rows, weights: &used };
                let refused = aggregate::aggregate(&siblings, levels[level], self.options.power, ends, out);
                let mut barred: Vec<usize> = children
                    .iter()
                    .filter_map(|child| undefined.get(&node.children[*child]))
                    .flatten()
                    .copied()
                    .collect();
                if refused {
                    let lost = (0..n)
                        .filter(|actor| out[*actor].is_nan() && rows.iter().any(|row| !row[*actor].is_nan()));
                    let lost: Vec<usize> = lost.collect();
                    if let Some(account) = account.as_deref_mut() {
                        account.refused.entry(at).or_default().insert(year, lost.clone());
                    }
                    barred.extend(lost);
                }
                self.cover(&rows, &given, out, &mut coverage);
                if !barred.is_empty() {
                    barred.iter().for_each(|actor| out[*actor] = f64::NAN);
                    undefined.insert(at, barred);
                }
                if let Some(account) = account.as_deref_mut() {
                    let nodes = children.iter().map(|child| (node.children[*child], year));
                    account.weights.extend(nodes.zip(used));
                }
            }
        }
    }

    /// Makes scores unknown that rest on too little.
    fn cover(&self, rows: &[&[f64]], given: &[f64], out: &mut [f64], coverage: &mut [f64]) {
        if self.options.min_coverage <= 0.0 {
            return;
        }
        let parts: Vec<f64> = match self.options.coverage_by {
            Coverage::Weight => given.to_vec(),
            Coverage::Count => vec![1.0; rows.len()],
        };
        let total: f64 = parts.iter().sum();
        coverage.fill(0.0);
        for (row, part) in rows.iter().zip(&parts) {
            for (sum, x) in coverage.iter_mut().zip(*row) {
                *sum += if x.is_nan() { 0.0 } else { *part };
            }
        }
        for (score, covered) in out.iter_mut().zip(&*coverage) {
            // A tolerance of rounding: three of six equal weights are half of them.
            if covered / total + 1e-9 < self.options.min_coverage {
                *score = f64::NAN;
            }
        }
    }

    /// Drawn weights of the children of every node.
    fn draw_weights(&self, weighing: Weighing, weights: &mut Vec<Vec<f64>>) {
        weights.resize(self.nodes.len(), Vec::new());
        let Weighing::Draw(draw) = weighing else { return };
        for (at, node) in self.nodes.iter().enumerate().filter(|(_, node)| !node.is_leaf()) {
            let equal = 1.0 / node.children.len() as f64;
            let given = node.children.iter().map(|child| match self.options.weights {
                Weights::Equal => equal,
                // Weights that the scores themselves give are not known before them: the given ones vary.
                _ => self.nodes[*child].weight,
            });
            weights[at].clear();
            if node.children.len() < 2 {
                weights[at].extend(given);
                continue;
            }
            let mut random = self.weighing[at].draw(draw);
            match &self.options.vary.weights {
                VaryWeights::Dirichlet(concentration) => {
                    let n = node.children.len() as f64;
                    let alphas: Vec<f64> = given.map(|w| concentration * n * w).collect();
                    weights[at] = random.dirichlet(&alphas);
                }
                VaryWeights::Noise(f) => {
                    weights[at].extend(given.map(|w| w * (1.0 + f * (2.0 * random.uniform() - 1.0))));
                }
                VaryWeights::Bounds => {
                    for (w, child) in given.zip(&node.children) {
                        let (low, high) = self.nodes[*child].weight_bounds.unwrap_or((1.0, 1.0));
                        weights[at].push(w * random.uniform_in(low, high));
                    }
                }
                VaryWeights::Off | VaryWeights::Schemes(_) => weights[at].extend(given),
            }
            let total: f64 = weights[at].iter().sum();
            if total > 0.0 {
                weights[at].iter_mut().for_each(|w| *w /= total);
            }
        }
    }

    /// Indicators that lack the column which a normalisation needs, among those for which it is used.
    pub(super) fn lacking(&self, how: Normalisation) -> Vec<&str> {
        let general = self.options.normalisation == how || self.options.vary.normalisation.contains(&how);
        self.leaves
            .iter()
            .filter(|leaf| leaf.normalisation.map_or(general, |own| own == how))
            .filter(|leaf| match how {
                Normalisation::Goalposts => leaf.goalposts.is_none(),
                Normalisation::DistanceToTarget => leaf.target.is_none(),
                Normalisation::FractionOfMax => !leaf.upward && self.options.scale == Scale::Native,
                _ => false,
            })
            .map(|leaf| self.nodes[leaf.node].code.as_str())
            .collect()
    }

    /// Whether every indicator has goalposts.
    pub(super) fn all_have_goalposts(&self) -> bool {
        self.leaves.iter().all(|leaf| leaf.goalposts.is_some())
    }

    /// Normalisations in use: the nominal one, those that vary and those of single indicators.
    pub(super) fn normalisations(&self) -> BTreeSet<Normalisation> {
        let own = self.leaves.iter().filter_map(|leaf| leaf.normalisation);
        own.chain(self.options.vary.normalisation.iter().copied())
            .chain([self.options.normalisation])
            .collect()
    }

    /// Whether an aggregation of one kind alone is used on all levels.
    pub(super) fn single_mean(&self) -> Option<Aggregation> {
        let first = *self.options.aggregation.first()?;
        self.options.aggregation.iter().all(|how| *how == first).then_some(first)
    }
}
