//! An index ready to be computed again and again: for benchmarks, and for whoever changes one choice and wants to see at once what comes
//! of it.

use std::ops::Range;

use super::engine::{Account, Engine, Work};
use super::{Node, Weighable};
use crate::diag::Notes;
use crate::study::{Aggregation, Study};

/// A study's index, its data read and laid out.
pub struct Model<'a> {
    engine: Engine<'a>,
}

/// Buffers of one thread.
#[derive(Default)]
pub struct Workspace {
    work: Work,
}

impl<'a> Model<'a> {
    /// Lays out the data of a study.
    ///
    /// ```
    /// use techpower::{measure::{Model, Workspace}, study::{Keep, Study, template}};
    /// let mut files = template("demo");
    /// let mut put = |name: &str, text: &str| files.insert(format!("tables/{name}.csv"), text.to_owned());
    /// put("actors", "actor,name_en,name_zh,kind\nUSA,United States,美国,state\nCHN,China,中国,state\n");
    /// put("index", "code,name_en,name_zh,parent,level,direction,weight\nmarket,Market,市场,,2,1,1\ngdp,GDP,生产总值,market,1,1,1\n");
    /// put("indicators", "actor,indicator,year,value,reference\nUSA,gdp,2024,27,r\nCHN,gdp,2024,18,r\n");
    /// let (study, _) = Study::read(&files, Keep::Rows);
    /// let study = study.expect("a study");
    /// let (model, mut space) = (Model::new(&study), Workspace::default());
    /// assert_eq!(model.rebuild(&mut space)[..2], [1.0, 100.0]); // the root, China before the United States
    /// ```
    #[must_use]
    pub fn new(study: &'a Study) -> Model<'a> {
        Model { engine: Engine::of(study, &mut Notes::new()) }
    }

    /// Ranked states and blocs, sorted by id.
    #[must_use]
    pub fn actors(&self) -> &[String] {
        &self.engine.actors
    }

    /// Nodes: each root followed by all nodes below it.
    #[must_use]
    pub fn nodes(&self) -> &[Node] {
        &self.engine.nodes
    }

    /// Positions of the roots.
    #[must_use]
    pub fn roots(&self) -> Vec<usize> {
        self.engine.roots()
    }

    /// Scores of the headline year by the recipe as stated, by node and actor, from raw values anew; NaN where unknown.
    pub fn rebuild(&self, space: &mut Workspace) -> Vec<f64> {
        let engine = &self.engine;
        space.work.forget();
        engine.compute(&engine.nominal(), self.year(), &mut space.work, None);
        let row = |node| {
            let from = engine.at(node, engine.headline, 0);
            &space.work.scores[from..from + engine.n_actors]
        };
        (0..engine.nodes.len()).flat_map(row).copied().collect()
    }

    /// The index below a root in the headline year, normalised by the recipe as stated, for [`Weighable::weigh`]. `None` if its aggregation is not
    /// one kind of mean on all levels.
    pub fn weighable(&self, root: usize, space: &mut Workspace) -> Option<Weighable> {
        let mut account = Account::default();
        self.engine.compute(&self.engine.nominal(), self.year(), &mut space.work, Some(&mut account));
        let parts = Parts::of(&self.engine, &space.work, self.engine.headline);
        parts.linear.then(|| parts.weighable(&self.engine, &space.work, &account, root))
    }

    fn year(&self) -> Range<usize> {
        self.engine.headline..self.engine.headline + 1
    }
}

/// Normalised indicators of a year such that aggregation is a weighted arithmetic mean of them.
pub(super) struct Parts {
    /// Whether there is such a form; if not, the indicators are as they are.
    pub(super) linear: bool,
    /// Whether more is better.
    upward: bool,
    /// For each node that is an indicator and counts, its values by actor.
    rows: Vec<Option<Vec<f64>>>,
    year: usize,
}

impl Parts {
    /// From a computation of the year.
    pub(super) fn of(engine: &Engine<'_>, work: &Work, year: usize) -> Parts {
        let power = engine.options.power;
        let how = engine.single_mean().filter(|how| as_mean(*how, 1.0, power).is_some());
        // In units of the greatest score, so that no power leaves the range of numbers; the order is the same in any unit.
        let scores = engine.leaf_rows(work, year);
        let top = scores
            .iter()
            .flat_map(|(_, row)| row.iter())
            .filter(|x| !x.is_nan())
            .fold(0.0, |m: f64, x| m.max(x.abs()));
        let unit = if how.is_none_or(|how| how == Aggregation::Arithmetic) || top <= 0.0 { 1.0 } else { top };
        let part = |x: f64| how.map_or(Some(x), |how| as_mean(how, x / unit, power)).unwrap_or(f64::NAN);
        let mut rows: Vec<Option<Vec<f64>>> = vec![None; engine.nodes.len()];
        for (leaf, (counts, row)) in scores.into_iter().enumerate() {
            if counts {
                rows[engine.node_of(leaf)] = Some(row.iter().map(|x| part(*x)).collect());
            }
        }
        Parts { linear: how.is_some(), upward: part(2.0) > part(1.0), rows, year }
    }

    /// The values, such that more is better.
    pub(super) fn better(&self) -> Vec<Option<Vec<f64>>> {
        let sign = if self.upward { 1.0 } else { -1.0 };
        self.rows.iter().map(|row| row.as_ref().map(|row| row.iter().map(|x| sign * x).collect())).collect()
    }

    /// The part of the hierarchy below a root, by its own places; nodes of which an actor's score is unknown are unknown.
    pub(super) fn weighable(
        &self,
        engine: &Engine<'_>,
        work: &Work,
        account: &Account,
        root: usize,
    ) -> Weighable {
        let nodes = root..end_of(&engine.nodes, root);
        let known = |node: usize| -> Vec<f64> {
            let from = engine.at(node, self.year, 0);
            work.scores[from..from + engine.n_actors]
                .iter()
                .map(|x| if x.is_nan() { *x } else { 0.0 })
                .collect()
        };
        let weight = |node: usize| account.weights.get(&(node, self.year)).copied();
        let weights = nodes.clone().map(|node| weight(node).unwrap_or(engine.nodes[node].weight)).collect();
        Weighable {
            children: nodes
                .clone()
                .map(|node| engine.nodes[node].children.iter().map(|child| child - root).collect())
                .collect(),
            scores: nodes
                .map(|node| match (&self.rows[node], engine.nodes[node].is_leaf()) {
                    (Some(row), _) => row.clone(),
                    (None, true) => vec![f64::NAN; engine.n_actors],
                    (None, false) => known(node),
                })
                .collect(),
            weights,
            upward: self.upward,
        }
    }
}

/// One past the last node below a root.
pub(super) fn end_of(nodes: &[Node], root: usize) -> usize {
    (root + 1..nodes.len()).find(|at| nodes[*at].parent.is_none()).unwrap_or(nodes.len())
}

/// The function whose weighted arithmetic mean a mean is, at a score; NaN outside its domain. `None` if the aggregation is no mean.
fn as_mean(how: Aggregation, x: f64, power: f64) -> Option<f64> {
    let p = match how {
        Aggregation::Arithmetic => return Some(x),
        Aggregation::Geometric => 0.0,
        Aggregation::Harmonic => -1.0,
        Aggregation::Generalised => power,
        Aggregation::Copeland | Aggregation::Outranking => return None,
    };
    Some(if x < 0.0 || (x == 0.0 && p <= 0.0) {
        f64::NAN
    } else if p == 0.0 {
        libm::log(x)
    } else {
        libm::pow(x, p)
    })
}
