//! Directed weighted networks and what their shape alone says: centre and periphery ([`coreness`], [`core_periphery_profile`]), and
//! measures of topology that serve as baselines.

mod coreness;
mod search;
mod topology;

pub use coreness::{Coreness, Profile, core_periphery_profile, coreness};
pub use search::betweenness;
pub use topology::{Cut, articulation_points, dominators, eigenvector, min_cut, page_rank};

/// An arc of a [`Network`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Arc {
    /// Where it starts, as a position in [`Network::names`].
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    /// How much flows along it, above zero, in the unit of the data.
    pub weight: f64,
}

/// Whether an arc can be followed one way only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From its start to its end.
    Directed,
    /// Both ways. Of two opposite arcs the shorter one is the tie between their ends.
    Undirected,
}

/// A directed weighted network without loops and parallel arcs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Network {
    names: Vec<String>,
    /// By start, then end.
    arcs: Vec<Arc>,
    /// For each node the position of its first arc, and at the end the number of arcs.
    starts: Vec<usize>,
}

impl Network {
    /// A network of named nodes. Weights of parallel arcs are added. Arcs from a node to itself, to or from a node that does not exist,
    /// and those whose weight is not a finite number above zero are left out: they carry nothing.
    ///
    /// ```
    /// use techpower::relate::network::Network;
    /// let names = ["CHN", "DEU", "USA"].map(str::to_owned).to_vec();
    /// let trade = Network::new(names, [(0, 2, 3.0), (0, 1, 1.0), (0, 2, 2.0), (1, 1, 9.0), (2, 1, 0.0)]);
    /// assert_eq!(trade.arcs().len(), 2);
    /// assert_eq!(trade.weight(0, 2), 5.0);
    /// assert_eq!(trade.weight(2, 0), 0.0);
    /// ```
    #[must_use]
    pub fn new(names: Vec<String>, arcs: impl IntoIterator<Item = (usize, usize, f64)>) -> Network {
        let n = names.len();
        let mut all: Vec<Arc> = arcs
            .into_iter()
            .map(|(from, to, weight)| Arc { from, to, weight })
            .filter(|arc| arc.from < n && arc.to < n && arc.from != arc.to)
            .filter(|arc| arc.weight > 0.0 && arc.weight.is_finite())
            .collect();
        // By weight too, so that parallel arcs add up to the same bits in whatever order they come.
        all.sort_by(|a, b| (a.from, a.to).cmp(&(b.from, b.to)).then(a.weight.total_cmp(&b.weight)));
        let mut arcs: Vec<Arc> = Vec::with_capacity(all.len());
        for arc in all {
            match arcs.last_mut() {
                Some(last) if (last.from, last.to) == (arc.from, arc.to) => last.weight += arc.weight,
                _ => arcs.push(arc),
            }
        }
        let starts = (0..=n).map(|node| arcs.partition_point(|arc| arc.from < node)).collect();
        Network { names, arcs, starts }
    }

    /// Names of the nodes; their positions stand for them everywhere else.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Number of nodes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.names.len()
    }

    /// All arcs, by start and then end.
    #[must_use]
    pub fn arcs(&self) -> &[Arc] {
        &self.arcs
    }

    /// The arcs that start at a node, by end.
    ///
    /// # Panics
    /// If there is no such node.
    #[must_use]
    pub fn arcs_from(&self, node: usize) -> &[Arc] {
        &self.arcs[self.starts[node]..self.starts[node + 1]]
    }

    /// How much flows from one node to another; zero if there is no arc.
    #[must_use]
    pub fn weight(&self, from: usize, to: usize) -> f64 {
        if from >= self.size() {
            return 0.0;
        }
        let list = self.arcs_from(from);
        list.binary_search_by_key(&to, |arc| arc.to).map_or(0.0, |at| list[at].weight)
    }

    /// The same network with weights changed, say to their logarithms; what is then not above zero is no arc.
    #[must_use]
    pub fn map(&self, change: impl Fn(f64) -> f64) -> Network {
        let arcs = self.arcs.iter().map(|arc| (arc.from, arc.to, change(arc.weight)));
        Network::new(self.names.clone(), arcs)
    }

    /// The network with both directions added up: there and back the same weight, `w(i, j) + w(j, i)`.
    #[must_use]
    pub fn symmetrised(&self) -> Network {
        let both = self.arcs.iter().flat_map(|arc| {
            let there = (arc.from, arc.to, arc.weight);
            [there, (arc.to, arc.from, arc.weight)]
        });
        Network::new(self.names.clone(), both)
    }

    /// What leaves each node, summed.
    #[must_use]
    pub fn out_strengths(&self) -> Vec<f64> {
        (0..self.size()).map(|node| self.arcs_from(node).iter().map(|arc| arc.weight).sum()).collect()
    }

    /// What reaches each node, summed.
    #[must_use]
    pub fn in_strengths(&self) -> Vec<f64> {
        let mut strengths = vec![0.0; self.size()];
        for arc in &self.arcs {
            strengths[arc.to] += arc.weight;
        }
        strengths
    }
}

#[cfg(test)]
pub(crate) mod examples {
    use super::Network;

    /// A network of unnamed nodes.
    pub(crate) fn network(n: usize, arcs: &[(usize, usize, f64)]) -> Network {
        Network::new((0..n).map(|node| format!("n{node}")).collect(), arcs.iter().copied())
    }

    /// A pseudo-random network by a linear congruential generator (Park & Miller 1988, *Communications of the ACM* 31(10),
    /// 1192-1201), so that other programs can make the same one: `arcs` times two nodes and a whole weight from 1 to `most`, the first
    /// of parallel arcs kept.
    pub(crate) fn random(n: usize, arcs: usize, most: u64, seed: u64) -> Network {
        let mut state = seed;
        let mut next = move |below: u64| {
            state = state * 16_807 % 2_147_483_647;
            state % below
        };
        let mut seen = std::collections::BTreeSet::new();
        let mut list = Vec::new();
        for _ in 0..arcs {
            let (from, to, weight) = (next(n as u64) as usize, next(n as u64) as usize, 1 + next(most));
            if from != to && seen.insert((from, to)) {
                list.push((from, to, weight as f64));
            }
        }
        network(n, &list)
    }
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod own_tests {
    use super::examples::network;

    #[test]
    fn strengths_are_sums_of_rows_and_columns() {
        let trade = network(3, &[(0, 1, 1.0), (0, 2, 2.0), (2, 1, 4.0)]);
        assert_eq!(trade.out_strengths(), [3.0, 0.0, 4.0]);
        assert_eq!(trade.in_strengths(), [0.0, 5.0, 2.0]);
        let both = trade.symmetrised();
        assert_eq!(both.out_strengths(), [3.0, 5.0, 6.0]);
        assert_eq!(both.weight(1, 2), both.weight(2, 1));
    }

    /// Nodes that do not exist and weights that are no weights carry nothing.
    #[test]
    fn what_carries_nothing_is_left_out() {
        let arcs =
            [(0, 5, 1.0), (7, 0, 1.0), (0, 0, 1.0), (0, 1, f64::NAN), (1, 0, -1.0), (0, 1, f64::INFINITY)];
        let nothing = network(2, &arcs);
        assert!(nothing.arcs().is_empty());
        assert_eq!(nothing.weight(9, 0), 0.0);
    }
}
