//! Betweenness on weighted networks.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rayon::prelude::*;

use super::{Direction, Network};

/// Lengths that differ by less than this part of their sum are the same: sums of the same distances in another order differ by
/// rounding. igraph's tolerance is the same, so that both count the same shortest paths.
const SAME: f64 = 1e-10;
/// Lengths of which one is this many times the other are not the same: above (1 + `SAME`) / (1 - `SAME`).
const LONGER: f64 = 1.0 + 3.0 * SAME;
/// Parts into which the sources are divided, whatever the number of threads; their sums are added in order.
const PARTS: usize = 64;
/// A part has at least as many sources.
const LEAST_SOURCES: usize = 16;

/// Betweenness of every node: over all ordered pairs of other nodes, the share of the shortest paths between them that pass through it,
/// summed; over unordered pairs if `direction` is [`Direction::Undirected`] (Freeman 1977, *Sociometry* 40(1), 35-41). By the
/// algorithm of Brandes (2001, *Journal of Mathematical Sociology* 25(2), 163-177; 2008, *Social Networks* 30(2), 136-145).
///
/// `distances` has the length of each arc in the order of [`Network::arcs`]: for flows, often their reciprocals. An arc without a
/// distance, or with one that is not a finite number above zero, is no way. Lengths that differ by less than 1e-10 of their sum
/// are the same. Divided by (n - 1)(n - 2), half of it if undirected, the result is a share of pairs.
///
/// ```
/// use techpower::relate::network::{Direction, Network, betweenness};
/// // A chain of four, with a detour of the same length around the second node.
/// let names = ["a", "b", "c", "d", "e"].map(str::to_owned).to_vec();
/// let chain = Network::new(names, [(0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0), (0, 4, 1.0), (4, 2, 1.0)]);
/// let found = betweenness(&chain, &[1.0; 5], Direction::Directed);
/// assert_eq!(found, [0.0, 1.0, 3.0, 0.0, 1.0]); // a to c and a to d, each half by b and half by e
/// ```
#[must_use]
pub fn betweenness(network: &Network, distances: &[f64], direction: Direction) -> Vec<f64> {
    let ways = Ways::new(network, distances, direction);
    let n = network.size();
    let size = n.div_ceil(PARTS).max(LEAST_SOURCES);
    let parts: Vec<Vec<f64>> = (0..n.div_ceil(size))
        .into_par_iter()
        .map(|part| {
            let mut search = Search::new(n);
            let mut sums = vec![0.0; n];
            for source in part * size..((part + 1) * size).min(n) {
                search.from(&ways, source, &mut sums);
            }
            sums
        })
        .collect();
    let scale = if direction == Direction::Undirected { 0.5 } else { 1.0 };
    (0..n).map(|node| parts.iter().map(|sums| sums[node]).sum::<f64>() * scale).collect()
}

/// A step from a node to another.
#[derive(Clone, Copy)]
struct Step {
    to: u32,
    length: f64,
}

/// The steps that can be taken from every node.
struct Ways {
    steps: Vec<Step>,
    starts: Vec<u32>,
}

impl Ways {
    fn new(network: &Network, distances: &[f64], direction: Direction) -> Ways {
        let mut all: Vec<(u32, u32, f64)> = Vec::new();
        for (arc, distance) in network.arcs().iter().zip(distances) {
            if *distance > 0.0 && distance.is_finite() {
                let (from, to) = (arc.from as u32, arc.to as u32);
                all.push((from, to, *distance));
                if direction == Direction::Undirected {
                    all.push((to, from, *distance));
                }
            }
        }
        all.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then(a.2.total_cmp(&b.2)));
        all.dedup_by_key(|(from, to, _)| (*from, *to));
        let starts = (0..=network.size() as u32)
            .map(|node| all.partition_point(|(from, _, _)| *from < node) as u32)
            .collect();
        Ways { steps: all.into_iter().map(|(_, to, length)| Step { to, length }).collect(), starts }
    }

    fn of(&self, node: usize) -> &[Step] {
        &self.steps[self.starts[node] as usize..self.starts[node + 1] as usize]
    }
}

/// No link.
const NONE: u32 = u32::MAX;

/// Buffers of one search after another; between searches all values are those of [`Search::new`].
struct Search {
    /// Length of the shortest path from the source, as far as it is known.
    distances: Vec<f64>,
    /// Number of shortest paths.
    paths: Vec<f64>,
    /// For each node the last of its links to the nodes before it on shortest paths.
    last: Vec<u32>,
    /// A node before, and the link before this one; links of paths that turned out longer are left behind.
    links: Vec<(u32, u32)>,
    /// Nodes in the order in which they are settled.
    settled: Vec<u32>,
    /// Distances of nodes to be settled, as bits: those of numbers from zero on are in the order of the numbers.
    open: BinaryHeap<Reverse<(u64, u32)>>,
    dependencies: Vec<f64>,
}

impl Search {
    fn new(n: usize) -> Search {
        Search {
            distances: vec![f64::INFINITY; n],
            paths: vec![0.0; n],
            last: vec![NONE; n],
            links: Vec::with_capacity(n),
            settled: Vec::with_capacity(n),
            open: BinaryHeap::new(),
            dependencies: vec![0.0; n],
        }
    }

    /// Adds the dependencies of one source on every node.
    fn from(&mut self, ways: &Ways, source: usize, sums: &mut [f64]) {
        self.settle(ways, source);
        while let Some(node) = self.settled.pop() {
            let node = node as usize;
            let dependency = std::mem::take(&mut self.dependencies[node]);
            let share = (1.0 + dependency) / self.paths[node];
            let mut link = std::mem::replace(&mut self.last[node], NONE);
            while link != NONE {
                let (before, next) = self.links[link as usize];
                self.dependencies[before as usize] += share * self.paths[before as usize];
                link = next;
            }
            if node != source {
                sums[node] += dependency;
            }
            self.distances[node] = f64::INFINITY;
        }
        self.links.clear();
    }

    /// Dijkstra's search, counting shortest paths.
    fn settle(&mut self, ways: &Ways, source: usize) {
        self.distances[source] = 0.0;
        self.paths[source] = 1.0;
        self.open.push(Reverse((0, source as u32)));
        while let Some(Reverse((bits, node))) = self.open.pop() {
            let here = self.distances[node as usize];
            // A node stands in the heap once for every distance that was the shortest for a while.
            if bits != here.to_bits() {
                continue;
            }
            self.settled.push(node);
            for step in ways.of(node as usize) {
                let (to, distance) = (step.to as usize, here + step.length);
                let there = self.distances[to];
                // Most steps lead to nodes that are nearer by far; this tells them apart at once.
                if distance > there * LONGER {
                    continue;
                }
                if same(distance, there) {
                    if there > here {
                        self.paths[to] += self.paths[node as usize];
                        self.link(to, node, self.last[to]);
                    }
                } else if distance < there {
                    self.distances[to] = distance;
                    self.paths[to] = self.paths[node as usize];
                    self.link(to, node, NONE);
                    self.open.push(Reverse((distance.to_bits(), step.to)));
                }
            }
        }
    }

    /// Remembers that a shortest path to `to` comes from `before`.
    fn link(&mut self, to: usize, before: u32, next: u32) {
        self.last[to] = self.links.len() as u32;
        self.links.push((before, next));
    }
}

/// Whether two lengths above zero are the same up to rounding; an infinite one is not.
fn same(a: f64, b: f64) -> bool {
    (a - b).abs() < SAME * (a + b) && b < f64::INFINITY || a == b
}
