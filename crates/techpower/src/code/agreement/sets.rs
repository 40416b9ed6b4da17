//! Agreement on sets, such as the targets of an act: how far two sets are apart.

use std::collections::BTreeSet;

use super::Ratings;

/// How far two sets are apart, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetDistance {
    /// One less what both hold over what either holds (Jaccard 1901).
    Jaccard,
    /// MASI (Passonneau 2006, *Proceedings of LREC*, 831-836): one less Jaccard's similarity times 1 if the sets are equal, 2/3 if one holds the
    /// other, 1/3 if they only share members, 0 if they share none.
    Masi,
}

impl SetDistance {
    /// The word used in tables.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            SetDistance::Jaccard => "alpha_jaccard",
            SetDistance::Masi => "alpha_masi",
        }
    }

    /// The distance of two sets. Two empty sets are equal; an empty set shares nothing with another.
    ///
    /// ```
    /// use techpower::code::agreement::SetDistance;
    /// let set = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
    /// let (one, two) = (set(&["CHN"]), set(&["CHN", "RUS"]));
    /// assert_eq!(SetDistance::Jaccard.between(&one, &two), 0.5);
    /// assert!((SetDistance::Masi.between(&one, &two) - 2.0 / 3.0).abs() < 1e-12);
    /// ```
    #[must_use]
    pub fn between(self, first: &BTreeSet<String>, second: &BTreeSet<String>) -> f64 {
        if first == second {
            return 0.0;
        }
        let both = first.intersection(second).count();
        let either = first.len() + second.len() - both;
        let jaccard = both as f64 / either as f64;
        match self {
            SetDistance::Jaccard => 1.0 - jaccard,
            SetDistance::Masi => {
                let kinship = if both == 0 {
                    0.0
                } else if both == first.len() || both == second.len() {
                    2.0 / 3.0
                } else {
                    1.0 / 3.0
                };
                1.0 - jaccard * kinship
            }
        }
    }
}

/// Sets that coders named: each different set is a category.
#[derive(Debug, Clone, PartialEq)]
pub struct SetRatings {
    /// The units, with positions in `sets` as categories.
    pub ratings: Ratings,
    /// The different sets, in order.
    pub sets: Vec<BTreeSet<String>>,
}

impl SetRatings {
    /// Takes units: a set per coder, `None` if it is missing, and the cluster of the unit.
    #[must_use]
    pub fn of(coders: usize, units: &[(Vec<Option<BTreeSet<String>>>, usize)]) -> SetRatings {
        let distinct: BTreeSet<&BTreeSet<String>> =
            units.iter().flat_map(|(sets, _)| sets.iter().flatten()).collect();
        let sets: Vec<BTreeSet<String>> = distinct.into_iter().cloned().collect();
        let mut ratings = Ratings::new(coders, sets.len());
        for (row, cluster) in units {
            let cells: Vec<Option<usize>> =
                row.iter().map(|set| set.as_ref().and_then(|set| sets.binary_search(set).ok())).collect();
            ratings.push(&cells, *cluster);
        }
        SetRatings { ratings, sets }
    }

    /// The distances of all sets, row by row, as [`super::Distance::Given`] takes them.
    ///
    /// ```
    /// use techpower::code::agreement::{Distance, SetDistance, SetRatings, krippendorff_alpha};
    /// let set = |ids: &[&str]| Some(ids.iter().map(|id| (*id).to_owned()).collect());
    /// let units = [(vec![set(&["CHN"]), set(&["CHN", "RUS"])], 0), (vec![set(&["EU27"]), set(&["EU27"])], 1)];
    /// let found = SetRatings::of(2, &units);
    /// let distances = found.distances(SetDistance::Jaccard);
    /// // Ratings: {CHN}, {CHN, RUS}, {EU27} twice. Observed 2 * 1/2; expected 2 * (1/2 + 2 + 2): 1 - 3 * 1 / 9.
    /// let alpha = krippendorff_alpha(&found.ratings, &Distance::Given(&distances)).expect("there is variation");
    /// assert!((alpha - 2.0 / 3.0).abs() < 1e-12);
    /// ```
    #[must_use]
    pub fn distances(&self, distance: SetDistance) -> Vec<f64> {
        let row = |set: &BTreeSet<String>| -> Vec<f64> {
            self.sets.iter().map(|other| distance.between(set, other)).collect()
        };
        self.sets.iter().flat_map(row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Passonneau's cases: equal, one within the other, overlapping, apart; and sets without a member.
    #[test]
    fn distances_are_those_of_the_definitions() {
        let check = |first: &[&str], second: &[&str], jaccard: f64, masi: f64| {
            let set = |ids: &[&str]| -> BTreeSet<String> { ids.iter().map(|id| (*id).to_owned()).collect() };
            for (distance, expected) in [(SetDistance::Jaccard, jaccard), (SetDistance::Masi, masi)] {
                for found in
                    [distance.between(&set(first), &set(second)), distance.between(&set(second), &set(first))]
                {
                    assert!((found - expected).abs() < 1e-12, "{first:?} {second:?}: {found}");
                }
            }
        };
        check(&["a", "b"], &["b", "a"], 0.0, 0.0);
        check(&["a"], &["a", "b", "c"], 2.0 / 3.0, 1.0 - 2.0 / 9.0);
        check(&["a", "b"], &["b", "c"], 2.0 / 3.0, 1.0 - 1.0 / 9.0);
        check(&["a"], &["b"], 1.0, 1.0);
        check(&[], &[], 0.0, 0.0);
        check(&[], &["a"], 1.0, 1.0);
    }
}
