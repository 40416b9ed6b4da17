//! The production graph: what each input needs, which sub-types it has, and in which order it can be walked.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use super::STAGE;
use crate::diag::{Kind, Note, Notes, Place};
use crate::study::{Input, Study, Subtypes};

/// The production graph. Inputs stand so that each comes after what it needs, circles aside.
pub(super) struct Graph {
    pub(super) inputs: Vec<Input>,
    /// For each input what it needs, sub-types aside.
    pub(super) needs: Vec<Vec<Need>>,
    /// For each input its sub-types.
    pub(super) kinds: Vec<Vec<usize>>,
    /// The final products: inputs that go into nothing else. Of a circle that goes into nothing else, all.
    pub(super) finals: Vec<usize>,
    /// Positions, circle by circle; most circles are a single input.
    pub(super) circles: Vec<Vec<usize>>,
}

/// One thing that an input needs.
#[derive(Debug, Clone)]
pub(super) struct Need {
    /// What is needed.
    pub(super) input: usize,
    /// Its share in the cost, (low, high), if known.
    pub(super) cost_share: Option<(f64, f64)>,
}

/// What the availability of an input rests on, besides its inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Basis {
    /// Its own suppliers; of sub-types, if any, nothing counts.
    Own,
    /// All of its sub-types.
    AllKinds,
    /// Any one of its sub-types.
    AnyKind,
    /// Nothing: of its suppliers nothing is known, and it has no sub-types.
    Nothing,
}

impl Graph {
    pub(super) fn new(study: &Study) -> Graph {
        let mut sorted: Vec<&Input> = study.inputs.iter().collect();
        sorted.sort_by(|a, b| a.id.cmp(&b.id));
        let position: BTreeMap<&str, usize> =
            sorted.iter().enumerate().map(|(at, input)| (input.id.as_str(), at)).collect();
        let kinds: BTreeSet<(usize, usize)> = sorted
            .iter()
            .enumerate()
            .filter_map(|(at, input)| Some((at, *position.get(input.kind_of.as_deref()?)?)))
            .collect();
        // An edge that repeats a sub-type says nothing new.
        let needs: BTreeMap<(usize, usize), Option<(f64, f64)>> = study
            .requires
            .iter()
            .filter_map(|edge| {
                let ends = (*position.get(edge.input.as_str())?, *position.get(edge.goes_into.as_str())?);
                (!kinds.contains(&ends)).then_some((ends, edge.cost_share))
            })
            .collect();
        let edges: Vec<(usize, usize)> = needs.keys().chain(&kinds).copied().collect();
        let circles = ordered_circles(sorted.len(), &edges);
        let order: Vec<usize> = circles.iter().flatten().copied().collect();
        let mut place = vec![0; sorted.len()];
        for (new, old) in order.iter().enumerate() {
            place[*old] = new;
        }
        let mut graph = Graph {
            inputs: order.iter().map(|at| sorted[*at].clone()).collect(),
            needs: vec![Vec::new(); sorted.len()],
            kinds: vec![Vec::new(); sorted.len()],
            finals: Vec::new(),
            circles: circles.iter().map(|circle| circle.iter().map(|old| place[*old]).collect()).collect(),
        };
        for ((from, to), cost_share) in needs {
            graph.needs[place[to]].push(Need { input: place[from], cost_share });
        }
        for (kind, broader) in kinds {
            graph.kinds[place[broader]].push(place[kind]);
        }
        graph.finals = graph.sinks();
        graph
    }

    /// Inputs of circles from which no edge leads out.
    fn sinks(&self) -> Vec<usize> {
        let mut circle_of = vec![0; self.inputs.len()];
        for (at, circle) in self.circles.iter().enumerate() {
            circle.iter().for_each(|input| circle_of[*input] = at);
        }
        let mut open = vec![true; self.circles.len()];
        for product in 0..self.inputs.len() {
            for from in self.below(product) {
                if circle_of[from] != circle_of[product] {
                    open[circle_of[from]] = false;
                }
            }
        }
        (0..self.inputs.len()).filter(|input| open[circle_of[*input]]).collect()
    }

    /// What an input needs, and its sub-types.
    pub(super) fn below(&self, input: usize) -> impl Iterator<Item = usize> + '_ {
        self.needs[input].iter().map(|need| need.input).chain(self.kinds[input].iter().copied())
    }

    /// Notes on inputs that stand alone in a graph of several.
    pub(super) fn orphans(&self) -> Notes {
        let used: BTreeSet<usize> = (0..self.inputs.len()).flat_map(|at| self.below(at)).collect();
        let alone = |at: &usize| self.below(*at).next().is_none() && !used.contains(at);
        let mut notes = Notes::new();
        for at in (0..self.inputs.len()).filter(alone).filter(|_| self.inputs.len() > 1) {
            notes.push(
                Note::new(Kind::OrphanInput, STAGE, Place::file("tables/inputs.csv"))
                    .with("input", &self.inputs[at].id),
            );
        }
        notes
    }

    /// Inputs with what each needs, sub-types among it.
    pub(super) fn edges(&self) -> Vec<(String, Vec<String>)> {
        let name = |at: usize| self.inputs[at].id.clone();
        (0..self.inputs.len()).map(|at| (name(at), self.below(at).map(name).collect())).collect()
    }

    /// The outputs of each layer, by its id: inputs that go into nothing of the same layer. All of a layer that lives on itself.
    pub(super) fn layers(&self) -> BTreeMap<&str, Vec<usize>> {
        let layer = |at: usize| self.inputs[at].layer.as_str();
        let mut within = vec![false; self.inputs.len()];
        for product in 0..self.inputs.len() {
            for from in self.below(product).filter(|from| layer(*from) == layer(product)) {
                within[from] = true;
            }
        }
        let mut outputs: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, within) in within.iter().enumerate() {
            let list = outputs.entry(layer(at)).or_default();
            if !within {
                list.push(at);
            }
        }
        for (id, list) in outputs.iter_mut().filter(|(_, list)| list.is_empty()) {
            list.extend((0..self.inputs.len()).filter(|at| layer(*at) == *id));
        }
        outputs
    }

    /// What the availability of an input rests on under a reading of sub-types, given for which inputs there are shares.
    ///
    /// Where sub-types count, the shares of the broader input do not: they are those of its sub-types over again. The reading
    /// `parent` falls back on what the study states where the broader input has no shares of its own.
    pub(super) fn basis(&self, input: usize, reading: Subtypes, known: &[bool]) -> Basis {
        let own = if known[input] { Basis::Own } else { Basis::Nothing };
        if !self.kinds[input].iter().any(|kind| self.is_known(*kind, known)) {
            return own;
        }
        match reading {
            Subtypes::Parent if known[input] => Basis::Own,
            Subtypes::All => Basis::AllKinds,
            Subtypes::Any => Basis::AnyKind,
            Subtypes::Parent | Subtypes::Stated if self.inputs[input].needs_all => Basis::AllKinds,
            Subtypes::Parent | Subtypes::Stated => Basis::AnyKind,
        }
    }

    /// Whether there are shares of an input or of anything below it.
    fn is_known(&self, input: usize, known: &[bool]) -> bool {
        let mut seen = vec![false; self.inputs.len()];
        let mut open = vec![input];
        while let Some(at) = open.pop() {
            if known[at] {
                return true;
            }
            if !std::mem::replace(&mut seen[at], true) {
                open.extend(self.below(at));
            }
        }
        false
    }
}

/// The strongly connected components of a graph, each after those that lead to it; the smallest member first among those that could
/// come next, so that the order does not depend on how the graph was stored.
fn ordered_circles(nodes: usize, edges: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let mut graph = DiGraph::<(), ()>::new();
    (0..nodes).for_each(|_| {
        graph.add_node(());
    });
    for (from, to) in edges {
        graph.add_edge(NodeIndex::new(*from), NodeIndex::new(*to), ());
    }
    let mut circles: Vec<Vec<usize>> = kosaraju_scc(&graph)
        .into_iter()
        .map(|circle| {
            let mut members: Vec<usize> = circle.into_iter().map(NodeIndex::index).collect();
            members.sort_unstable();
            members
        })
        .collect();
    circles.sort();
    let mut circle_of = vec![0; nodes];
    for (at, circle) in circles.iter().enumerate() {
        circle.iter().for_each(|node| circle_of[*node] = at);
    }
    let links: BTreeSet<(usize, usize)> = edges
        .iter()
        .map(|(from, to)| (circle_of[*from], circle_of[*to]))
        .filter(|(from, to)| from != to)
        .collect();
    let mut leads_to: Vec<Vec<usize>> = vec![Vec::new(); circles.len()];
    let mut waiting = vec![0usize; circles.len()];
    for (from, to) in links {
        leads_to[from].push(to);
        waiting[to] += 1;
    }
    // Kahn's order.
    let mut open: BTreeSet<usize> = (0..circles.len()).filter(|at| waiting[*at] == 0).collect();
    let mut order = Vec::with_capacity(circles.len());
    while let Some(at) = open.pop_first() {
        order.push(std::mem::take(&mut circles[at]));
        for to in &leads_to[at] {
            waiting[*to] -= 1;
            if waiting[*to] == 0 {
                open.insert(*to);
            }
        }
    }
    order
}
