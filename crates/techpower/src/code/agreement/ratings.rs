//! Ratings: units by coders, with missing values, grouped into clusters that are resampled together.

/// What coders said of units: a matrix of categories with missing values. Units belong to clusters (the units of one document), which a
/// bootstrap draws as a whole.
///
/// ```
/// use techpower::code::agreement::Ratings;
/// let mut ratings = Ratings::new(2, 3);
/// ratings.push(&[Some(0), Some(2)], 0);
/// ratings.push(&[Some(1), None], 1);
/// assert_eq!((ratings.units(), ratings.pairable(), ratings.missing()), (2, 1, 1));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ratings {
    coders: usize,
    categories: usize,
    cells: Vec<Option<usize>>,
    clusters: Vec<usize>,
}

impl Ratings {
    /// No units yet. `categories` is the number of categories that coders could choose from, used or not: chance depends on it in Gwet's
    /// coefficients.
    #[must_use]
    pub fn new(coders: usize, categories: usize) -> Ratings {
        Ratings { coders, categories, cells: Vec::new(), clusters: Vec::new() }
    }

    /// Adds a unit. What is not there, or is none of the categories, is missing; what is beyond the coders is left out.
    pub fn push(&mut self, cells: &[Option<usize>], cluster: usize) {
        let known = |coder: usize| cells.get(coder).copied().flatten().filter(|k| *k < self.categories);
        let row: Vec<Option<usize>> = (0..self.coders).map(known).collect();
        self.cells.extend(row);
        self.clusters.push(cluster);
    }

    /// Number of coders.
    #[must_use]
    pub fn coders(&self) -> usize {
        self.coders
    }

    /// Number of categories.
    #[must_use]
    pub fn categories(&self) -> usize {
        self.categories
    }

    /// Number of units.
    #[must_use]
    pub fn units(&self) -> usize {
        self.clusters.len()
    }

    /// Number of units of which at least two coders said something.
    #[must_use]
    pub fn pairable(&self) -> usize {
        self.rows().filter(|row| row.iter().flatten().count() >= 2).count()
    }

    /// Number of units of which fewer than two coders said something.
    #[must_use]
    pub fn missing(&self) -> usize {
        self.units() - self.pairable()
    }

    /// The units, each with a cell per coder.
    pub fn rows(&self) -> impl Iterator<Item = &[Option<usize>]> {
        (0..self.units()).map(|unit| &self.cells[unit * self.coders..(unit + 1) * self.coders])
    }

    /// The units of each of so many clusters, by position.
    pub(super) fn by_cluster(&self, clusters: usize) -> Vec<Vec<usize>> {
        let mut units = vec![Vec::new(); clusters];
        for (unit, cluster) in self.clusters.iter().enumerate() {
            if let Some(list) = units.get_mut(*cluster) {
                list.push(unit);
            }
        }
        units
    }

    /// The ratings of a sample of clusters, a cluster as often as it was drawn.
    pub(super) fn sample(&self, by_cluster: &[Vec<usize>], drawn: &[usize]) -> Ratings {
        let mut sample = Ratings::new(self.coders, self.categories);
        for cluster in drawn {
            for unit in by_cluster.get(*cluster).into_iter().flatten() {
                sample.cells.extend_from_slice(&self.cells[unit * self.coders..(unit + 1) * self.coders]);
                sample.clusters.push(*cluster);
            }
        }
        sample
    }
}

#[cfg(test)]
pub(super) mod examples {
    use super::*;

    /// Ratings in one cluster per unit; 0 is missing, categories count from 1.
    pub(in super::super) fn ratings(categories: usize, units: &[&[usize]]) -> Ratings {
        let mut ratings = Ratings::new(units.first().map_or(0, |row| row.len()), categories);
        for (at, row) in units.iter().enumerate() {
            let cells: Vec<Option<usize>> = row.iter().map(|k| k.checked_sub(1)).collect();
            ratings.push(&cells, at);
        }
        ratings
    }

    /// A cross table of two coders.
    pub(in super::super) fn crossed(table: &[&[usize]]) -> Ratings {
        let mut ratings = Ratings::new(2, table.len());
        for (first, row) in table.iter().enumerate() {
            for (second, count) in row.iter().enumerate() {
                for _ in 0..*count {
                    ratings.push(&[Some(first), Some(second)], ratings.units());
                }
            }
        }
        ratings
    }

    /// The example of Krippendorff (2011), *Computing Krippendorff's alpha-reliability*, section C: twelve units, four observers.
    pub(in super::super) fn krippendorff() -> Ratings {
        ratings(
            5,
            &[
                &[1, 1, 0, 1],
                &[2, 2, 3, 2],
                &[3, 3, 3, 3],
                &[3, 3, 3, 3],
                &[2, 2, 2, 2],
                &[1, 2, 3, 4],
                &[4, 4, 4, 4],
                &[1, 1, 2, 1],
                &[2, 2, 2, 2],
                &[0, 5, 5, 5],
                &[0, 0, 1, 1],
                &[0, 0, 3, 0],
            ],
        )
    }

    #[test]
    fn what_is_no_category_is_missing() {
        let mut ratings = Ratings::new(2, 2);
        ratings.push(&[Some(1), Some(2), Some(0)], 0);
        ratings.push(&[Some(1)], 0);
        assert_eq!(ratings.rows().collect::<Vec<_>>(), [[Some(1), None], [Some(1), None]]);
    }
}
