//! An index made otherwise, at once: what comes of other weights, of an indicator left out, of another recipe.

use std::collections::{BTreeMap, BTreeSet};

use super::{Count, Feasible, Model, Node, STAGE, Smaa, Workspace};
use crate::num::{Seed, ranks_descending};
use crate::study::Study;

/// What an index says in the headline year by the recipe as stated. Nothing varies but, for acceptability, the weights.
#[derive(Debug, Clone, PartialEq)]
pub struct Nominal {
    /// Ranked states and blocs, sorted by id.
    pub actors: Vec<String>,
    /// Nodes: each root followed by all nodes below it.
    pub nodes: Vec<Node>,
    /// Which weights are drawn for acceptability.
    pub feasible: Feasible,
    /// What is found of each root.
    pub roots: Vec<NominalRoot>,
}

/// What is found of a root.
#[derive(Debug, Clone, PartialEq)]
pub struct NominalRoot {
    /// Position of the root among the nodes.
    pub node: usize,
    /// Score of each actor; `None` if unknown.
    pub scores: Vec<Option<f64>>,
    /// Rank of each actor; `None` if unknown.
    pub ranks: Vec<Option<u32>>,
    /// Ranks under the weights that were drawn; `None` if the aggregation is not one kind of mean on all levels, or nothing is drawn.
    pub smaa: Option<Smaa>,
}

/// A study with other weights of nodes, by their codes, and without some nodes. A node of weight zero is left out too; so are nodes below one
/// that is left out, and a node of which nothing is left below.
///
/// ```
/// use std::collections::{BTreeMap, BTreeSet};
/// use techpower::{measure::{Feasible, altered, nominal}, study::{Keep, Study, template}};
/// let mut files = template("demo");
/// let mut put = |name: &str, text: &str| files.insert(format!("tables/{name}.csv"), text.to_owned());
/// put("actors", "actor,name_en,name_zh,kind\nUSA,United States,美国,state\nCHN,China,中国,state\n");
/// put("index", "code,name_en,name_zh,parent,level,direction,weight\nmarket,Market,市场,,2,1,1\ngdp,GDP,生产总值,market,1,1,3\nusers,Users,用户,market,1,1,1\n");
/// put("indicators", "actor,indicator,year,value,reference\nUSA,gdp,2024,27,r\nCHN,gdp,2024,18,r\nUSA,users,2024,3,r\nCHN,users,2024,9,r\n");
/// let study = Study::read(&files, Keep::Rows).0.expect("a study");
/// let ranks = |weights: &[(&str, f64)], out: &[&str]| {
///     let weights: BTreeMap<&str, f64> = weights.iter().copied().collect();
///     let out: BTreeSet<&str> = out.iter().copied().collect();
///     nominal(&altered(&study, &weights, &out), Feasible::Any, |_| 0).roots[0].ranks.clone()
/// };
/// assert_eq!(ranks(&[], &[]), [Some(2), Some(1)]); // China before the United States in the order of ids
/// assert_eq!(ranks(&[("gdp", 0.5)], &[]), [Some(1), Some(2)]);
/// assert_eq!(ranks(&[], &["gdp"]), [Some(1), Some(2)]);
/// ```
#[must_use]
pub fn altered(study: &Study, weights: &BTreeMap<&str, f64>, out: &BTreeSet<&str>) -> Study {
    let mut other = study.clone();
    for row in &mut other.index {
        row.weight = weights.get(row.code.as_str()).copied().unwrap_or(row.weight);
    }
    let parents: BTreeSet<String> = other.index.iter().filter_map(|row| row.parent.clone()).collect();
    other.index.retain(|row| row.weight > 0.0 && !out.contains(row.code.as_str()));
    loop {
        let before = other.index.len();
        let left: BTreeSet<String> = other.index.iter().map(|row| row.code.clone()).collect();
        let above: BTreeSet<String> = other.index.iter().filter_map(|row| row.parent.clone()).collect();
        other.index.retain(|row| {
            let hangs = row.parent.as_ref().is_none_or(|parent| left.contains(parent));
            hangs && (!parents.contains(&row.code) || above.contains(&row.code))
        });
        if other.index.len() == before {
            return other;
        }
    }
}

/// Makes the index of a study by its recipe as stated. `feasible` says which weights are drawn for acceptability, and `draws` for each root, by its
/// code, how many.
#[must_use]
pub fn nominal(study: &Study, feasible: Feasible, draws: impl Fn(&str) -> usize) -> Nominal {
    let (model, mut space) = (Model::new(study), Workspace::default());
    let scores = model.rebuild(&mut space);
    let actors = model.actors().to_vec();
    let seed = Seed(study.options.uncertainty.seed);
    let of = |node: usize| {
        let row = &scores[node * actors.len()..(node + 1) * actors.len()];
        let code = &model.nodes()[node].code;
        let (draws, stream) = (draws(code), seed.stream(STAGE, &format!("smaa/{code}")));
        let weighable = if draws > 0 { model.weighable(node, &mut space) } else { None };
        NominalRoot {
            node,
            scores: row.iter().map(|score| Some(*score).filter(|score| !score.is_nan())).collect(),
            ranks: ranks_descending(row),
            smaa: weighable.map(|weighable| weighable.weigh(draws, feasible, Count::Ranks, stream)),
        }
    };
    let roots = if actors.is_empty() { Vec::new() } else { model.roots().into_iter().map(of).collect() };
    Nominal { nodes: model.nodes().to_vec(), feasible, roots, actors }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::{Keep, template};

    fn study() -> Study {
        let mut files = template("demo");
        let mut put = |name: &str, text: &str| files.insert(format!("tables/{name}.csv"), text.to_owned());
        put("actors", "actor,name_en,name_zh,kind\nUSA,United States,美国,state\nCHN,China,中国,state\n");
        put(
            "index",
            "code,name_en,name_zh,parent,level,direction,weight\nmarket,M,市,,3,1,1\na,A,甲,market,2,1,1\nb,B,乙,market,2,1,1\n\
             c,C,丙,a,1,1,1\nd,D,丁,b,1,1,1\n",
        );
        put(
            "indicators",
            "actor,indicator,year,value,reference\nUSA,c,2024,1,r\nCHN,c,2024,2,r\nUSA,d,2024,2,r\nCHN,d,2024,1,r\n",
        );
        let mut study = Study::read(&files, Keep::Rows).0.expect("a study");
        study.options.uncertainty.draws = 100;
        study
    }

    #[test]
    fn what_hangs_on_nothing_is_left_out_too() {
        let codes = |weights: &[(&str, f64)], out: &[&str]| -> Vec<String> {
            let other = altered(&study(), &weights.iter().copied().collect(), &out.iter().copied().collect());
            other.index.iter().map(|row| row.code.clone()).collect()
        };
        assert_eq!(codes(&[], &["c"]), ["market", "b", "d"]);
        assert_eq!(codes(&[("a", 0.0)], &[]), ["market", "b", "d"]);
        assert!(codes(&[], &["c", "d"]).is_empty());
        assert!(
            nominal(&altered(&study(), &BTreeMap::new(), &BTreeSet::from(["market"])), Feasible::Any, |_| {
                1024
            })
            .roots
            .is_empty()
        );
    }

    #[test]
    fn nothing_altered_is_what_measure_says() {
        let study = study();
        let (index, _) = crate::measure::measure(&study);
        let draws = study.options.uncertainty.smaa;
        let made = nominal(&altered(&study, &BTreeMap::new(), &BTreeSet::new()), Feasible::Any, |_| draws);
        assert_eq!(made.actors, index.actors);
        for (root, one) in made.roots.iter().enumerate() {
            assert_eq!(one.ranks, index.nominal_ranks(root, index.headline));
            let (found, known) =
                (one.smaa.as_ref().expect("a mean"), index.smaa[root].as_ref().expect("a mean"));
            assert_eq!((&found.acceptability, &found.central), (&known.acceptability, &known.central));
        }
    }
}
