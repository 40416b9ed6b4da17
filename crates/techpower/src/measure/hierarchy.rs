//! The hierarchy of the index as the engine walks it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::study::{IndexRow, Study};

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
    /// Bounds of the weight, as multiples of the nominal one.
    pub weight_bounds: Option<(f64, f64)>,
}

impl Node {
    /// Whether it is an indicator.
    #[must_use]
    pub fn is_leaf(&self) -> bool {
        self.children.is_empty()
    }
}

/// The hierarchy: each root followed by its nodes, depth first, siblings sorted by code, so that the order of rows never
/// matters. Roots come in the codebook's order of sources; without a codebook, by code.
pub(super) fn tree(study: &Study) -> Vec<Node> {
    let mut children: BTreeMap<Option<&str>, Vec<usize>> = BTreeMap::new();
    for (at, row) in study.index.iter().enumerate() {
        children.entry(row.parent.as_deref()).or_default().push(at);
    }
    for list in children.values_mut() {
        list.sort_by(|a, b| study.index[*a].code.cmp(&study.index[*b].code));
    }
    let mut nodes: Vec<Node> = Vec::new();
    let mut roots = children.get(&None).cloned().unwrap_or_default();
    let place = |code: &str| study.codebook.sources.iter().position(|source| source.id == code);
    roots.sort_by_key(|at| place(&study.index[*at].code));
    for root in roots {
        push(study, &children, root, None, 1.0, &mut nodes);
    }
    nodes
}

fn push(
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
        weight_bounds: row.weight_bounds.map(|(low, high)| (low / row.weight, high / row.weight)),
    });
    if let Some(parent) = parent {
        nodes[parent].children.push(position);
    }
    let below = children.get(&Some(row.code.as_str())).map_or(&[][..], Vec::as_slice);
    let total: f64 = below.iter().map(|child| study.index[*child].weight).sum();
    for child in below {
        push(study, children, *child, Some(position), study.index[*child].weight / total, nodes);
    }
}

/// The row of `index.csv` behind a node.
pub(super) fn row_of<'a>(study: &'a Study, node: &Node) -> &'a IndexRow {
    study.index.iter().find(|row| row.code == node.code).expect("nodes are made from rows")
}
