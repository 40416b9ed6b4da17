//! Source strength: composite indices whose uncertainty is carried along.
//!
//! For every year, indicators are normalised over the ranked actors and averaged up the hierarchy (weighted arithmetic
//! mean; OECD/JRC, *Handbook on Constructing Composite Indicators*, 2008). Every draw varies what the study says is
//! uncertain: rival rows, measurement intervals, normalisation and weights.

mod cells;

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::diag::{Kind, Note, Notes, Place};
use crate::num::{Seed, Stream, Summary, mean, ranks_descending};
use crate::study::{Normalisation, Study};
use cells::{Cells, cells};

const STAGE: &str = "measure";
/// Scores lie between these: not from 0, so that a product of sources stays above zero for the weakest actor.
const SCALE: (f64, f64) = (1.0, 100.0);

/// A node of the hierarchy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// Code.
    pub code: String,
    /// English name.
    pub name_en: String,
    /// Chinese name.
    pub name_zh: String,
    /// Position of the parent; `None` for the root of a source.
    pub parent: Option<usize>,
    /// Positions of the children.
    pub children: Vec<usize>,
    /// 1 for indicators.
    pub level: u8,
    /// Nominal weight among siblings, as a share.
    pub weight: f64,
}

/// A score of one actor, node and year.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// The recipe as stated, nothing varied; `None` if unknown.
    pub nominal: Option<f64>,
    /// Over the draws; `None` if unknown.
    pub summary: Option<Summary>,
}

/// Source strengths of all ranked actors in all years.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Index {
    /// Number of draws.
    pub draws: usize,
    /// Years, ascending.
    pub years: Vec<i16>,
    /// Ranked states and blocs, sorted by id.
    pub actors: Vec<String>,
    /// Nodes: each root (in the codebook's order of sources) followed by all nodes below it.
    pub nodes: Vec<Node>,
    /// Positions of the roots, one per measured source, in the codebook's order.
    pub roots: Vec<usize>,
    scores: Vec<Score>,
    root_draws: Vec<f64>,
}

impl Index {
    /// The score of an actor (by position) at a node (by position) in a year (by position).
    #[must_use]
    pub fn score(&self, node: usize, year: usize, actor: usize) -> Score {
        self.scores[(node * self.years.len() + year) * self.actors.len() + actor]
    }

    /// The draws of a source (by position in [`Index::roots`]); all NaN if unknown.
    #[must_use]
    pub fn draws_of(&self, root: usize, year: usize, actor: usize) -> &[f64] {
        let start = ((root * self.years.len() + year) * self.actors.len() + actor) * self.draws;
        &self.root_draws[start..start + self.draws]
    }

    /// Position of the root that measures a source.
    #[must_use]
    pub fn root_of(&self, source: &str) -> Option<usize> {
        self.roots.iter().position(|node| self.nodes[*node].code == source)
    }

    /// Probability of each rank (from 1) of each actor in a source and year: rank acceptability (Lahdelma & Salminen 2001)
    /// over all that is varied. Empty for actors whose score is unknown. Ties share the smallest rank.
    #[must_use]
    pub fn rank_probabilities(&self, root: usize, year: usize) -> Vec<Vec<f64>> {
        let n = self.actors.len();
        let mut counts = vec![vec![0u32; n]; n];
        for draw in 0..self.draws {
            let values: Vec<f64> = (0..n).map(|actor| self.draws_of(root, year, actor)[draw]).collect();
            for (actor, rank) in ranks_descending(&values).into_iter().enumerate() {
                if let Some(rank) = rank {
                    counts[actor][rank as usize - 1] += 1;
                }
            }
        }
        counts
            .into_iter()
            .map(|row| {
                let known = row.iter().sum::<u32>() > 0;
                let share = |count: u32| f64::from(count) / self.draws as f64;
                if known { row.into_iter().map(share).collect() } else { Vec::new() }
            })
            .collect()
    }

    /// Probability that one actor's source is stronger than another's; `None` if either is unknown. Ties count half.
    #[must_use]
    pub fn winning_probability(&self, root: usize, year: usize, actor: usize, other: usize) -> Option<f64> {
        let (a, b) = (self.draws_of(root, year, actor), self.draws_of(root, year, other));
        if a[0].is_nan() || b[0].is_nan() {
            return None;
        }
        let wins: f64 = a
            .iter()
            .zip(b)
            .map(|(x, y)| {
                if x > y {
                    1.0
                } else if x == y {
                    0.5
                } else {
                    0.0
                }
            })
            .sum();
        Some(wins / self.draws as f64)
    }
}

/// Measures the sources of power of a study.
///
/// Ranked are the states and blocs of the study that have at least one indicator value in the hierarchy; members of a bloc
/// are not ranked beside it. A value is carried forward at most `max_age` years; an aggregate of which less than
/// `min_coverage` of the weight has data is unknown.
///
/// ```
/// use techpower::{measure::measure, study::{Keep, Study, template}};
/// let mut files = template("demo");
/// let mut put = |name: &str, text: &str| files.insert(format!("tables/{name}.csv"), text.to_owned());
/// put("actors", "actor,name_en,name_zh,kind\nUSA,United States,美国,state\nCHN,China,中国,state\nJPN,Japan,日本,state\n");
/// put("index", "code,name_en,name_zh,parent,level,direction,weight\nmarket,Market,市场,,2,1,1\ngdp,GDP,生产总值,market,1,1,1\n");
/// put("indicators", "actor,indicator,year,value,reference\nUSA,gdp,2023,27,r\nCHN,gdp,2023,18,r\nJPN,gdp,2023,4,r\n");
/// let (study, _) = Study::read(&files, Keep::Rows);
/// let (index, _) = measure(&study.expect("a study"));
/// assert_eq!(index.actors, ["CHN", "JPN", "USA"]);
/// let year = index.years.iter().position(|year| *year == 2023).expect("in the study");
/// assert_eq!(index.score(index.roots[0], year, 2).nominal, Some(100.0)); // the largest market, of 1 to 100
/// ```
#[must_use]
pub fn measure(study: &Study) -> (Index, Notes) {
    let mut notes = Notes::new();
    let nodes = tree(study);
    let actors = study.ranked();
    if actors.is_empty() && !study.indicators.is_empty() {
        notes.push(Note::new(Kind::NothingToRank, STAGE, Place::file("tables/indicators.csv")));
    }
    let years: Vec<i16> = (study.options.about.from..=study.options.about.to).collect();
    let draws = study.options.uncertainty.draws;
    let cells = cells(study, &nodes, &actors, &years, &mut notes);
    let model = Model::new(study, &nodes, &cells, actors.len(), years.len());
    let roots: Vec<usize> = (0..nodes.len()).filter(|node| nodes[*node].parent.is_none()).collect();

    let nominal = model.scores(None);
    let drawn: Vec<Vec<f64>> = (0..draws).into_par_iter().map(|draw| model.scores(Some(draw))).collect();
    model.note_saturated(&years, &mut notes);

    let size = nodes.len() * years.len() * actors.len();
    let scores: Vec<Score> = (0..size)
        .into_par_iter()
        .map(|at| {
            let column: Vec<f64> = drawn.iter().map(|draw| draw[at]).collect();
            // A score that is unknown in some draws has no summary.
            Score { nominal: Some(nominal[at]).filter(|x| !x.is_nan()), summary: Summary::of(&column) }
        })
        .collect();
    let per_node = years.len() * actors.len();
    let mut root_draws = Vec::with_capacity(roots.len() * per_node * draws);
    for root in &roots {
        for at in root * per_node..(root + 1) * per_node {
            let column = drawn.iter().map(|draw| draw[at]);
            let known = !column.clone().any(f64::is_nan);
            root_draws.extend(column.map(|score| if known { score } else { f64::NAN }));
        }
    }
    let index = Index { draws, years, actors, nodes, roots, scores, root_draws };
    note_unknown(&index, study.options.measure.min_coverage, &mut notes);
    (index, notes)
}

/// The hierarchy: each root followed by its nodes, depth first, siblings sorted by code, so that the order of rows never
/// matters.
fn tree(study: &Study) -> Vec<Node> {
    let mut children: BTreeMap<Option<&str>, Vec<usize>> = BTreeMap::new();
    for (at, row) in study.index.iter().enumerate() {
        children.entry(row.parent.as_deref()).or_default().push(at);
    }
    for list in children.values_mut() {
        list.sort_by(|a, b| study.index[*a].code.cmp(&study.index[*b].code));
    }
    let mut nodes: Vec<Node> = Vec::new();
    let roots = children.get(&None).cloned().unwrap_or_default();
    for source in &study.codebook.sources {
        for root in roots.iter().filter(|at| study.index[**at].code == source.id) {
            push_node(study, &children, *root, None, 1.0, &mut nodes);
        }
    }
    nodes
}

fn push_node(
    study: &Study,
    children: &BTreeMap<Option<&str>, Vec<usize>>,
    at: usize,
    parent: Option<usize>,
    weight: f64,
    nodes: &mut Vec<Node>,
) {
    let row = &study.index[at];
    let position = nodes.len();
    nodes.push(Node {
        code: row.code.clone(),
        name_en: row.name_en.clone(),
        name_zh: row.name_zh.clone(),
        parent,
        children: Vec::new(),
        level: row.level,
        weight,
    });
    if let Some(parent) = parent {
        nodes[parent].children.push(position);
    }
    let below = children.get(&Some(row.code.as_str())).map_or(&[][..], Vec::as_slice);
    let total: f64 = below.iter().map(|child| study.index[*child].weight).sum();
    for child in below {
        push_node(study, children, *child, Some(position), study.index[*child].weight / total, nodes);
    }
}

/// All that is needed to compute the scores of one draw.
struct Model<'a> {
    study: &'a Study,
    nodes: &'a [Node],
    cells: &'a Cells,
    n_actors: usize,
    n_years: usize,
    /// Whether larger values of a leaf mean a stronger actor.
    upward: Vec<bool>,
    goalposts: Vec<Option<(f64, f64)>>,
    /// For each leaf the position of the leaf that divides it.
    denominators: Vec<Option<usize>>,
    weights: Vec<Stream>,
    choice: Stream,
}

impl<'a> Model<'a> {
    fn new(
        study: &'a Study,
        nodes: &'a [Node],
        cells: &'a Cells,
        n_actors: usize,
        n_years: usize,
    ) -> Model<'a> {
        let row = |node: &Node| study.index.iter().find(|row| row.code == node.code);
        let seed = Seed(study.options.uncertainty.seed);
        let position = |code: &str| nodes.iter().position(|node| node.code == code);
        Model {
            study,
            nodes,
            cells,
            n_actors,
            n_years,
            upward: nodes.iter().map(|node| row(node).is_none_or(|row| row.direction > 0.0)).collect(),
            goalposts: nodes.iter().map(|node| row(node).and_then(|row| row.goalposts)).collect(),
            denominators: nodes
                .iter()
                .map(|node| row(node).and_then(|row| row.denominator.as_deref()).and_then(position))
                .collect(),
            weights: nodes.iter().map(|node| seed.stream(STAGE, &format!("weights/{}", node.code))).collect(),
            choice: seed.stream(STAGE, "normalisation"),
        }
    }

    /// Scores of all nodes, years and actors, in that order; NaN where unknown. Without a draw, the recipe as stated.
    fn scores(&self, draw: Option<usize>) -> Vec<f64> {
        let per_node = self.n_years * self.n_actors;
        let mut scores = vec![f64::NAN; self.nodes.len() * per_node];
        let options = &self.study.options.measure;
        let normalisation = match draw {
            Some(draw) => {
                let choices = &options.vary_normalisation;
                choices[self.choice.draw(draw).below(choices.len())]
            }
            None => options.normalisation,
        };
        let raw = self.cells.values(draw);
        for (node, _) in self.nodes.iter().enumerate().filter(|(_, node)| node.children.is_empty()) {
            for year in 0..self.n_years {
                let values = self.row(&raw, node, year);
                let normal = normalise(&values, normalisation, self.upward[node], self.goalposts[node]);
                let start = node * per_node + year * self.n_actors;
                scores[start..start + self.n_actors].copy_from_slice(&normal);
            }
        }
        // Children stand after their parents, so walking backwards meets every child before its parent.
        for (at, node) in self.nodes.iter().enumerate().rev().filter(|(_, node)| !node.children.is_empty()) {
            let nominal: Vec<f64> = node.children.iter().map(|child| self.nodes[*child].weight).collect();
            let weights = self.draw_weights(at, &nominal, draw);
            for cell in 0..per_node {
                let (mut sum, mut weight, mut coverage) = (0.0, 0.0, 0.0);
                for ((child, drawn), nominal) in node.children.iter().zip(&weights).zip(&nominal) {
                    let score = scores[child * per_node + cell];
                    if !score.is_nan() {
                        sum += drawn * score;
                        weight += drawn;
                        coverage += nominal;
                    }
                }
                // A tolerance of rounding: three of six equal weights are half of them.
                if coverage > 0.0 && coverage + 1e-9 >= options.min_coverage && weight > 0.0 {
                    scores[at * per_node + cell] = sum / weight;
                }
            }
        }
        scores
    }

    /// The values of a leaf in a year, divided by its denominator if it has one.
    fn row(&self, raw: &[f64], node: usize, year: usize) -> Vec<f64> {
        let at = |node: usize| {
            let start = (node * self.n_years + year) * self.n_actors;
            &raw[start..start + self.n_actors]
        };
        match self.denominators[node] {
            None => at(node).to_vec(),
            Some(denominator) => at(node)
                .iter()
                .zip(at(denominator))
                .map(|(value, by)| if *by == 0.0 { f64::NAN } else { value / by })
                .collect(),
        }
    }

    fn draw_weights(&self, node: usize, nominal: &[f64], draw: Option<usize>) -> Vec<f64> {
        let concentration = self.study.options.measure.vary_weights;
        match draw {
            Some(draw) if concentration > 0.0 && nominal.len() > 1 => {
                let n = nominal.len() as f64;
                let alphas: Vec<f64> = nominal.iter().map(|w| concentration * n * w).collect();
                self.weights[node].draw(draw).dirichlet(&alphas)
            }
            _ => nominal.to_vec(),
        }
    }

    fn note_saturated(&self, years: &[i16], notes: &mut Notes) {
        let raw = self.cells.values(None);
        for (at, node) in self.nodes.iter().enumerate().filter(|(_, node)| node.children.is_empty()) {
            let saturated: Vec<i16> = years
                .iter()
                .enumerate()
                .filter(|(year, _)| {
                    let known: Vec<f64> =
                        self.row(&raw, at, *year).into_iter().filter(|x| !x.is_nan()).collect();
                    self.goalposts[at].is_none() && !known.is_empty() && known.iter().all(|x| *x == known[0])
                })
                .map(|(_, year)| *year)
                .collect();
            if !saturated.is_empty() {
                notes.push(
                    Note::new(Kind::IndicatorSaturated, STAGE, Place::file("tables/indicators.csv"))
                        .with("indicator", &node.code)
                        .with("years", spans(&saturated)),
                );
            }
        }
    }
}

/// Values on the scale of scores; all NaN if they do not vary. Goalposts stand in for the smallest and largest value of min-max;
/// z-scores
/// need them only where the values do not vary.
fn normalise(values: &[f64], how: Normalisation, upward: bool, goalposts: Option<(f64, f64)>) -> Vec<f64> {
    let (floor, top) = SCALE;
    let known: Vec<f64> = values.iter().copied().filter(|x| !x.is_nan()).collect();
    let low = known.iter().copied().fold(f64::INFINITY, f64::min);
    let high = known.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let score: Box<dyn Fn(f64) -> f64> = match (goalposts, how) {
        (Some((from, to)), Normalisation::MinMax) => {
            Box::new(move |x: f64| ((x - from) / (to - from)).clamp(0.0, 1.0))
        }
        (Some((from, to)), Normalisation::ZScore) if low == high => {
            Box::new(move |x: f64| ((x - from) / (to - from)).clamp(0.0, 1.0))
        }
        _ if known.is_empty() || low == high => return vec![f64::NAN; values.len()],
        (_, Normalisation::MinMax) => Box::new(move |x: f64| (x - low) / (high - low)),
        (_, Normalisation::ZScore) => {
            let centre = mean(&known);
            let squares: f64 = known.iter().map(|x| (x - centre) * (x - centre)).sum();
            let sd = libm::sqrt(squares / (known.len() as f64 - 1.0));
            Box::new(move |x: f64| (0.5 + (x - centre) / sd / 6.0).clamp(0.0, 1.0))
        }
    };
    values
        .iter()
        .map(|x| {
            let part = if upward { score(*x) } else { 1.0 - score(*x) };
            floor + (top - floor) * part
        })
        .collect()
}

fn note_unknown(index: &Index, min_coverage: f64, notes: &mut Notes) {
    for root in &index.roots {
        for (year_at, year) in index.years.iter().enumerate() {
            let unknown: Vec<&str> = index
                .actors
                .iter()
                .enumerate()
                .filter(|(actor, _)| index.score(*root, year_at, *actor).summary.is_none())
                .map(|(_, id)| id.as_str())
                .collect();
            if !unknown.is_empty() {
                notes.push(
                    Note::new(Kind::ScoreUnknown, STAGE, Place::file("tables/indicators.csv"))
                        .with("source", &index.nodes[*root].code)
                        .with("actors", unknown.join(", "))
                        .with("year", year)
                        .with("coverage", min_coverage),
                );
            }
        }
    }
}

/// Years in words: `2018-2020, 2023`.
pub(crate) fn spans(years: &[i16]) -> String {
    let mut parts: Vec<(i16, i16)> = Vec::new();
    for year in years {
        match parts.last_mut() {
            Some((_, last)) if *last + 1 == *year => *last = *year,
            _ => parts.push((*year, *year)),
        }
    }
    let word = |(from, to): &(i16, i16)| if from == to { from.to_string() } else { format!("{from}-{to}") };
    parts.iter().map(word).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normalisation_is_exact_on_small_cases() {
        let values = [1.0, 2.0, 3.0, f64::NAN];
        let up = normalise(&values, Normalisation::MinMax, true, None);
        assert_eq!(&up[..3], [1.0, 50.5, 100.0]);
        assert!(up[3].is_nan());
        assert_eq!(&normalise(&values, Normalisation::MinMax, false, None)[..3], [100.0, 50.5, 1.0]);
        // Mean 2, standard deviation 1: one deviation is a sixth of the scale.
        let z = normalise(&values, Normalisation::ZScore, true, None);
        assert!((z[0] - (1.0 + 99.0 / 3.0)).abs() < 1e-12 && (z[2] - (1.0 + 99.0 * 2.0 / 3.0)).abs() < 1e-12);
        assert_eq!(
            &normalise(&values, Normalisation::MinMax, true, Some((0.0, 4.0)))[..3],
            [25.75, 50.5, 75.25]
        );
        assert!(normalise(&[5.0, 5.0], Normalisation::MinMax, true, None).iter().all(|x| x.is_nan()));
    }

    #[test]
    fn years_are_told_in_spans() {
        assert_eq!(spans(&[2018, 2019, 2020, 2023]), "2018-2020, 2023");
        assert_eq!(spans(&[]), "");
    }
}
