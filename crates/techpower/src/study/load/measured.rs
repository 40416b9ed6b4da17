//! The tables of the sources of power: indicators and what is known of them.

use std::collections::{BTreeMap, BTreeSet};

use super::Load;
use crate::diag::{Kind, Note, Place};
use crate::study::links::{known_actor, ordered};
use crate::study::{IndexRow, IndicatorRow, Keep, Missing, STAGE, options, schema};

impl Load<'_> {
    /// Reads the hierarchy; returns the lines of its nodes.
    pub(super) fn index(&mut self) -> BTreeMap<String, u64> {
        let mut lines: BTreeMap<String, u64> = BTreeMap::new();
        self.table(&schema::INDEX, |row, study, notes| {
            let direction = row.number("direction").unwrap_or(f64::NAN);
            if direction != 1.0 && direction != -1.0 {
                notes.push(row.note(Kind::BadDirection, "direction").with("found", direction));
                return false;
            }
            let weight = row.number("weight").unwrap_or(f64::NAN);
            if weight <= 0.0 {
                notes.push(row.note(Kind::WeightNotPositive, "weight").with("found", weight));
                return false;
            }
            let level = row.number("level").unwrap_or(f64::NAN);
            if level != libm::trunc(level) || !(1.0..=20.0).contains(&level) {
                notes.push(row.note(Kind::BadLevel, "level").with("found", level));
                return false;
            }
            let goalposts = row.interval("goalposts");
            if let Some((low, high)) = goalposts.filter(|(low, high)| low >= high) {
                notes.push(row.note(Kind::BadInterval, "goalposts").with("text", format!("{low}..{high}")));
            }
            let (low, high) = (row.number("weight_low"), row.number("weight_high"));
            let weight_bounds = match (low, high) {
                (Some(low), Some(high)) if low > 0.0 && low <= weight && weight <= high => Some((low, high)),
                (None, None) => None,
                _ => {
                    notes.push(row.note(Kind::BadWeightBounds, "weight_low").with("weight", weight));
                    None
                }
            };
            lines.insert(row.text("code").to_owned(), row.line);
            study.index.push(IndexRow {
                target: row.number("target"),
                weight_bounds,
                code: row.text("code").to_owned(),
                name_en: row.text("name_en").to_owned(),
                name_zh: row.text("name_zh").to_owned(),
                parent: row.optional("parent"),
                level: level as u8,
                direction,
                weight,
                denominator: row.optional("denominator"),
                goalposts: goalposts.filter(|(low, high)| low < high),
            });
            true
        });
        self.index_tree(&lines);
        self.index_sense(&lines);
        let roots: Vec<&str> =
            self.study.index.iter().filter(|n| n.parent.is_none()).map(|n| n.code.as_str()).collect();
        if self.study.codebook.sources.is_empty() && roots.len() > 1 {
            let note =
                Note::new(Kind::SeveralRoots, STAGE, Place::file(&schema::INDEX.path())).list("roots", roots);
            self.notes.push(note);
        }
        lines
    }

    /// Denominators must be indicators, in the hierarchy or beside it, and have values; and not the node itself.
    pub(super) fn denominators(&mut self, lines: &BTreeMap<String, u64>, with_data: &BTreeSet<String>) {
        let path = schema::INDEX.path();
        let parents: BTreeSet<String> = self.study.index.iter().filter_map(|n| n.parent.clone()).collect();
        let leaves: BTreeSet<String> =
            self.study.index.iter().map(|n| n.code.clone()).filter(|code| !parents.contains(code)).collect();
        for node in &mut self.study.index {
            let Some(code) = node.denominator.clone() else { continue };
            let at = Place::cell(&path, lines[&node.code], "denominator");
            if code == node.code || parents.contains(&code) || parents.contains(&node.code) {
                self.notes.push(Note::new(Kind::DenominatorNotIndicator, STAGE, at).with("code", &code));
                node.denominator = None;
            } else if !with_data.contains(&code) && !leaves.contains(&code) {
                let known = with_data.union(&leaves).map(String::as_str);
                let note =
                    Note::new(Kind::UnknownDenominator, STAGE, at).near(&code, known).with("code", &code);
                self.notes.push(note);
                node.denominator = None;
            }
        }
    }

    /// What an aggregate says that means something of indicators only, and weights that look like shares and are none.
    pub(super) fn index_sense(&mut self, lines: &BTreeMap<String, u64>) {
        let path = schema::INDEX.path();
        let mut children: BTreeMap<&str, Vec<&IndexRow>> = BTreeMap::new();
        for node in &self.study.index {
            if let Some(parent) = &node.parent {
                children.entry(parent).or_default().push(node);
            }
        }
        for node in self.study.index.iter().filter(|node| children.contains_key(node.code.as_str())) {
            let idle = [
                ("direction", node.direction < 0.0),
                ("goalposts", node.goalposts.is_some()),
                ("target", node.target.is_some()),
            ];
            for (column, _) in idle.iter().filter(|(_, said)| *said) {
                let at = Place::cell(&path, lines[&node.code], column);
                self.notes.push(
                    Note::new(Kind::ColumnOfIndicators, STAGE, at)
                        .with("code", &node.code)
                        .with("column", column),
                );
            }
            let below = &children[node.code.as_str()];
            let total: f64 = below.iter().map(|child| child.weight).sum();
            if below.len() > 1 && below.iter().all(|child| child.weight < 1.0) && (total - 1.0).abs() > 1e-3 {
                let at = Place::cell(&path, lines[&below[0].code], "weight");
                self.notes.push(
                    Note::new(Kind::WeightsDoNotSum, STAGE, at)
                        .with("code", &node.code)
                        .with("total", (total * 1e6).round() / 1e6),
                );
            }
        }
    }

    /// Leaves out nodes whose parent is missing or not above them, and roots that are no source of the codebook.
    pub(super) fn index_tree(&mut self, lines: &BTreeMap<String, u64>) {
        let path = schema::INDEX.path();
        loop {
            let levels: BTreeMap<String, u8> =
                self.study.index.iter().map(|n| (n.code.clone(), n.level)).collect();
            let sources: Vec<&str> = self.study.codebook.sources.iter().map(|s| s.id.as_str()).collect();
            let notes = &mut *self.notes;
            let left_out = self.study.left_out.get("index").cloned().unwrap_or_default();
            let before = self.study.index.len();
            self.study.index.retain(|node| {
                let line = lines[&node.code];
                let problem = match &node.parent {
                    None if sources.is_empty() || sources.contains(&node.code.as_str()) => None,
                    None => Some(
                        Note::new(Kind::RootNotASource, STAGE, Place::cell(&path, line, "code"))
                            .with("code", &node.code)
                            .list("sources", &sources)
                            .near(&node.code, sources.iter().copied()),
                    ),
                    Some(parent) => match levels.get(parent) {
                        None if lines.contains_key(parent) || left_out.contains(parent) => Some(
                            Note::new(Kind::LinkLeftOut, STAGE, Place::cell(&path, line, "parent"))
                                .with("id", parent)
                                .with("table", "index.csv"),
                        ),
                        None => Some(
                            Note::new(Kind::UnknownParent, STAGE, Place::cell(&path, line, "parent"))
                                .with("parent", parent)
                                .near(parent, levels.keys().map(String::as_str)),
                        ),
                        Some(level) if *level <= node.level => Some(
                            Note::new(Kind::ParentNotAbove, STAGE, Place::cell(&path, line, "parent"))
                                .with("code", &node.code)
                                .with("parent", parent),
                        ),
                        Some(_) => None,
                    },
                };
                let good = problem.is_none();
                if let Some(note) = problem {
                    notes.push(note);
                }
                good
            });
            if self.study.index.len() == before {
                break;
            }
        }
        let codes: BTreeSet<String> = self.study.index.iter().map(|n| n.code.clone()).collect();
        if self.study.present.contains("index") {
            for source in &self.study.codebook.sources {
                if !codes.contains(&source.id) {
                    self.notes.push(
                        Note::new(Kind::SourceWithoutIndex, STAGE, Place::file(&path))
                            .with("source", &source.id),
                    );
                }
            }
        }
    }

    pub(super) fn indicators(&mut self, lines: &BTreeMap<String, u64>) {
        let keep = self.keep;
        let denominators: BTreeSet<String> =
            self.study.index.iter().filter_map(|n| n.denominator.clone()).collect();
        let leaves: BTreeSet<String> = {
            let parents: BTreeSet<&String> =
                self.study.index.iter().filter_map(|n| n.parent.as_ref()).collect();
            self.study.index.iter().filter(|n| !parents.contains(&n.code)).map(|n| n.code.clone()).collect()
        };
        let all: BTreeSet<String> = self.study.index.iter().map(|n| n.code.clone()).collect();
        let mut outside: BTreeSet<String> = BTreeSet::new();
        let mut with_data: BTreeSet<String> = BTreeSet::new();
        self.table(&schema::INDICATORS, |row, study, notes| {
            let (actor, indicator) = (row.text("actor"), row.text("indicator"));
            if !known_actor(study, row, "actor", actor, notes) {
                return false;
            }
            if all.contains(indicator) && !leaves.contains(indicator) {
                notes.push(row.note(Kind::ValueOfAggregate, "indicator").with("code", indicator));
                return false;
            }
            let in_use = all.contains(indicator)
                || denominators.contains(indicator)
                || study.options.relate.demand == indicator;
            if !in_use && outside.insert(indicator.to_owned()) {
                notes.push(
                    row.note(Kind::IndicatorOutsideIndex, "indicator")
                        .with("code", indicator)
                        .near(indicator, leaves.iter().map(String::as_str)),
                );
            }
            let (value, low, high) = (row.number("value"), row.number("low"), row.number("high"));
            if !ordered(row, low, value, high, notes) {
                return false;
            }
            let missing = Missing::ALL.iter().find(|(word, _)| *word == row.text("missing"));
            let missing = missing.map_or(Missing::Undeclared, |(_, missing)| *missing);
            if missing != Missing::Undeclared && value.is_some() {
                notes.push(row.note(Kind::MissingWithValue, "missing").with("word", missing.id()));
            }
            let missing = if value.is_some() { Missing::Undeclared } else { missing };
            if !with_data.contains(indicator) {
                with_data.insert(indicator.to_owned());
            }
            if keep == Keep::Rows {
                let record = IndicatorRow {
                    actor: study.texts.intern(actor),
                    indicator: study.texts.intern(indicator),
                    year: row.year("year"),
                    value: value.unwrap_or(f64::NAN),
                    low: low.unwrap_or(f64::NAN),
                    high: high.unwrap_or(f64::NAN),
                    unit: study.texts.intern(row.text("unit")),
                    vintage: study.texts.intern(row.text("vintage")),
                    reference: study.texts.intern(row.text("reference")),
                    missing,
                    reason: study.texts.intern(row.text("reason")),
                };
                study.indicators.push(record);
            }
            true
        });
        self.denominators(lines, &with_data);
        self.demand(&with_data);
    }

    /// The indicator of demand must have data.
    pub(super) fn demand(&mut self, with_data: &BTreeSet<String>) {
        let demand = &mut self.study.options.relate.demand;
        if !demand.is_empty() && !with_data.contains(demand) {
            let code = std::mem::take(demand);
            let note = Note::new(Kind::UnknownIndicator, STAGE, options::place(self.text, "relate.demand"))
                .near(&code, with_data.iter().map(String::as_str))
                .with("code", code);
            self.notes.push(note);
        }
    }
}
