//! Reads the tables of a study one after another, each checked against those before it and against the codebook.

use std::collections::{BTreeMap, BTreeSet};

use super::links::{circles, known, known_actor, known_input, ordered, unknown};
use super::{
    Condition, Endorsement, Endorsers, EventRow, Extra, IndexRow, IndicatorRow, Input, Keep, Market, Missing,
    Options, Requirement, STAGE, STUDY_FILE, Study, Supply, Sym, Texts, TradeRow, TransactionRow, options,
    schema,
};
use crate::codebook::{Codebook, read_actors};
use crate::diag::{Kind, Note, Notes, Place};
use crate::table::{Files, Found, Row, Table, read_table, read_text};

pub(super) fn read(files: &dyn Files, keep: Keep, notes: &mut Notes) -> Option<Study> {
    let Some(text) = read_text(files, STUDY_FILE, notes) else {
        notes.push(Note::new(Kind::NotAStudy, STAGE, Place::file(STUDY_FILE)));
        return None;
    };
    let options = Options::parse(&text, notes)?;
    let codebook = codebook(files, &options.about.codebook, &text, notes)?;
    let claims = read_text(files, "claims.toml", notes);
    let mut study = Study {
        options,
        focal: Vec::new(),
        codebook,
        actors: BTreeMap::new(),
        index: Vec::new(),
        indicators: Vec::new(),
        inputs: Vec::new(),
        requires: Vec::new(),
        supply: Vec::new(),
        markets: Vec::new(),
        conditions: Vec::new(),
        events: Vec::new(),
        endorsements: Vec::new(),
        endorsers: Vec::new(),
        transactions: Vec::new(),
        trade: Vec::new(),
        claims,
        present: BTreeSet::new(),
        extra: BTreeMap::new(),
        texts: Texts::default(),
        left_out: BTreeMap::new(),
    };
    strangers(files, notes);
    let mut load = Load { files, keep, notes, study: &mut study, text: &text };
    load.actors();
    let lines = load.index();
    load.indicators(&lines);
    load.inputs();
    load.requires();
    load.supply();
    load.markets();
    load.conditions();
    let events = load.events();
    load.endorsements(&events);
    load.endorsers(&events);
    load.transactions();
    load.trade();
    measure_links(&mut study, &text, notes);
    relate_links(&mut study, &text, notes);
    study.focal = focal(&study, &text, notes);
    if study.options.uncertainty.draws < FEW_DRAWS {
        let at = options::place(&text, "uncertainty.draws");
        notes.push(Note::new(Kind::FewDraws, STAGE, at).with("draws", study.options.uncertainty.draws));
    }
    if study.present.is_empty() {
        notes.push(Note::new(Kind::NoTables, STAGE, Place::file("tables")));
    }
    Some(study)
}

/// Options of `[measure]` that name an actor, a column or an indicator which the study does not have are taken back.
fn measure_links(study: &mut Study, text: &str, notes: &mut Notes) {
    let mut note = |kind: Kind, key: &str, name: &str, near: Vec<String>| {
        let at = options::place(text, &format!("measure.{key}"));
        notes.push(Note::new(kind, STAGE, at).near(name, near.iter().map(String::as_str)).with("id", name));
    };
    let reference = study.options.measure.reference.clone();
    if !reference.is_empty() && !study.actors.contains_key(&reference) {
        note(Kind::UnknownActor, "reference", &reference, study.actors.keys().cloned().collect());
        study.options.measure.reference.clear();
    }
    let group = study.options.measure.group.clone();
    if !group.is_empty() && study.groups(&group).is_none() {
        let columns = study.extra.get("actors").map(|extra| extra.columns.clone()).unwrap_or_default();
        note(Kind::UnknownGroup, "group", &group, columns);
        study.options.measure.group.clear();
    }
    let codes: Vec<String> = study.index.iter().map(|node| node.code.clone()).collect();
    for code in study.options.measure.overrides.keys() {
        if !codes.contains(code) {
            note(Kind::UnknownOverride, &format!("overrides.{code}"), code, codes.clone());
        }
    }
    study.options.measure.overrides.retain(|code, _| codes.contains(code));
}

/// Options of `[relate]` that name an actor or an input which the study does not have are taken back.
fn relate_links(study: &mut Study, text: &str, notes: &mut Notes) {
    let actors: Vec<String> = study.actors.keys().cloned().collect();
    let inputs: Vec<String> = study.inputs.iter().map(|input| input.id.clone()).collect();
    let mut kept = |kind: Kind, key: &str, id: &String, known: &[String]| {
        let good = known.contains(id);
        if !good {
            let at = options::place(text, key);
            let near = known.iter().map(String::as_str);
            notes.push(Note::new(kind, STAGE, at).near(id, near).with("id", id));
        }
        good
    };
    let relate = &mut study.options.relate;
    for (name, ids) in &mut relate.coalitions {
        ids.retain(|id| kept(Kind::UnknownActor, &format!("relate.coalitions.{name}"), id, &actors));
    }
    relate.coalitions.retain(|_, ids| ids.len() > 1);
    relate.grid.doubtful.retain(|id| kept(Kind::UnknownInput, "relate.grid.doubtful", id, &inputs));
}

/// Fewer draws than this tell little about quantiles and probabilities.
const FEW_DRAWS: usize = 200;
/// Actors that the report dwells on if none are named.
const CHOSEN: usize = 5;

/// The actors that the report dwells on. A firm or member stands for the state or bloc it counts for.
fn focal(study: &Study, text: &str, notes: &mut Notes) -> Vec<String> {
    let mut focal: Vec<String> = Vec::new();
    for id in &study.options.about.focal {
        let unit = study.home_of(id);
        if unit != Some(id) {
            let note =
                Note::new(Kind::FocalNotRanked, STAGE, options::place(text, "study.focal")).with("id", id);
            notes.push(match unit {
                Some(unit) => note.with("near", unit),
                None => note,
            });
        }
        focal.extend(unit.map(str::to_owned).filter(|unit| !focal.contains(unit)));
    }
    if focal.is_empty() {
        let mut active: BTreeMap<&str, usize> = BTreeMap::new();
        for unit in study.events.iter().filter_map(|event| study.unit_of(&event.sender)) {
            *active.entry(unit).or_insert(0) += 1;
        }
        let mut ranked = study.ranked();
        ranked.sort_by_key(|id| std::cmp::Reverse(active.get(id.as_str()).copied().unwrap_or(0)));
        ranked.truncate(CHOSEN);
        focal = ranked;
    }
    focal
}

/// Notes files among the tables that are none of the format's.
fn strangers(files: &dyn Files, notes: &mut Notes) {
    let known: Vec<String> = schema::TABLES.iter().map(|table| format!("{}.csv", table.name)).collect();
    for name in files.list("tables").unwrap_or_default() {
        // Hidden files and what other programs leave beside tables are nobody's mistake.
        if !known.contains(&name) && !name.starts_with(['.', '~']) {
            let note = Note::new(Kind::UnknownTable, STAGE, Place::file(&format!("tables/{name}")))
                .with("name", &name)
                .with("expected", known.join(", "))
                .near(&name, known.iter().map(String::as_str));
            notes.push(note);
        }
    }
}

/// The codebook that a study names: the builtin one, or a folder of the study. `None` if there is no such folder.
/// Whether the text of a row was issued in an event of the study; a note if not.
fn issued(study: &Study, row: &Row<'_>, events: &BTreeSet<String>, notes: &mut Notes) -> bool {
    let text = row.text("text");
    let issued = events.contains(text);
    if !issued {
        notes.push(unknown(study, "events", Kind::UnknownEvent, text, row.place("text"), events));
    }
    issued
}

fn codebook(files: &dyn Files, name: &str, text: &str, notes: &mut Notes) -> Option<Codebook> {
    const BUILTIN: &str = "builtin";
    const NONE: &str = "none";
    if name == NONE {
        return Some(Codebook::default());
    }
    if name == BUILTIN {
        let (codebook, own) = Codebook::builtin();
        notes.extend(own);
        return Some(codebook);
    }
    let within = name.split(['/', '\\']).all(|part| !matches!(part, "" | "." | ".."));
    let exists = within && matches!(files.open(&format!("{name}/codebook.toml")), Ok(Some(_)));
    if !exists {
        let at = options::place(text, "study.codebook");
        notes.push(Note::new(Kind::NoCodebook, STAGE, at).near(name, [BUILTIN, NONE]));
        return None;
    }
    let (codebook, own) = Codebook::read(files, name);
    notes.extend(own);
    Some(codebook)
}

/// The codebook of the study in a folder, without reading its tables; empty if there is no such study.
#[must_use]
pub fn codebook_of(files: &dyn Files) -> Codebook {
    let mut notes = Notes::new();
    read_text(files, STUDY_FILE, &mut notes)
        .and_then(|text| {
            let options = Options::parse(&text, &mut notes)?;
            codebook(files, &options.about.codebook, &text, &mut notes)
        })
        .unwrap_or_default()
}

/// Stands for all products together in results, and so is no product.
pub(crate) const ALL_PRODUCTS: &str = "all";
/// Ids of a circle that a note shows.
const MOST_OF_A_CIRCLE: usize = 8;

/// Reads the tables one after another, each checked against those before it.
struct Load<'a> {
    files: &'a dyn Files,
    keep: Keep,
    notes: &'a mut Notes,
    study: &'a mut Study,
    /// The text of `study.toml`.
    text: &'a str,
}

impl Load<'_> {
    /// Reads a table; `take` turns a row into what is kept of it, or refuses it.
    fn table(
        &mut self,
        schema: &'static Table,
        mut take: impl FnMut(&Row<'_>, &mut Study, &mut Notes) -> bool,
    ) {
        let study = &mut *self.study;
        let keep = self.keep;
        let mut extra: Vec<Vec<Sym>> = Vec::new();
        let found = read_table(self.files, &schema.path(), schema, self.notes, |row, notes| {
            let kept = take(row, study, notes);
            if kept && keep == Keep::Rows && !row.extra().is_empty() {
                extra.push(row.extra().iter().map(|text| study.texts.intern(text)).collect());
            }
            kept
        });
        self.found(schema, found, extra);
    }

    /// Remembers that a table exists and what unknown columns it has.
    fn found(&mut self, schema: &'static Table, found: Found, rows: Vec<Vec<Sym>>) {
        if found.exists {
            self.study.present.insert(schema.name);
        }
        self.study.left_out.insert(schema.name, found.left_out);
        if !found.extra_columns.is_empty() {
            self.study.extra.insert(schema.name, Extra { columns: found.extra_columns, rows });
        }
    }

    fn actors(&mut self) {
        let table = read_actors(self.files, &schema::ACTORS.path(), STAGE, self.notes);
        self.study.actors = table.actors;
        let study = &mut *self.study;
        let intern = |texts: Vec<String>| texts.iter().map(|text| study.texts.intern(text)).collect();
        let extra = table.extra.into_iter().map(intern).collect();
        self.found(&schema::ACTORS, table.found, extra);
        let ids: BTreeSet<String> = self.study.actors.keys().cloned().collect();
        let focal = std::mem::take(&mut self.study.options.about.focal);
        for id in focal {
            if self.study.actors.contains_key(&id) {
                self.study.options.about.focal.push(id);
            } else {
                let at = options::place(self.text, "study.focal");
                self.notes.push(unknown(self.study, "actors", Kind::UnknownActor, &id, at, &ids));
            }
        }
    }

    /// Reads the hierarchy; returns the lines of its nodes.
    fn index(&mut self) -> BTreeMap<String, u64> {
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
            let note = Note::new(Kind::SeveralRoots, STAGE, Place::file(&schema::INDEX.path()))
                .with("roots", roots.join(", "));
            self.notes.push(note);
        }
        lines
    }

    /// Denominators must be indicators, in the hierarchy or beside it, and have values; and not the node itself.
    fn denominators(&mut self, lines: &BTreeMap<String, u64>, with_data: &BTreeSet<String>) {
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
    fn index_sense(&mut self, lines: &BTreeMap<String, u64>) {
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
    fn index_tree(&mut self, lines: &BTreeMap<String, u64>) {
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
                            .with("sources", sources.join(", "))
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

    fn indicators(&mut self, lines: &BTreeMap<String, u64>) {
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
    fn demand(&mut self, with_data: &BTreeSet<String>) {
        let demand = &mut self.study.options.relate.demand;
        if !demand.is_empty() && !with_data.contains(demand) {
            let code = std::mem::take(demand);
            let note = Note::new(Kind::UnknownIndicator, STAGE, options::place(self.text, "relate.demand"))
                .near(&code, with_data.iter().map(String::as_str))
                .with("code", code);
            self.notes.push(note);
        }
    }

    fn inputs(&mut self) {
        let mut lines: BTreeMap<String, u64> = BTreeMap::new();
        self.table(&schema::INPUTS, |row, study, notes| {
            if !known(
                study.codebook.layers.iter().map(|l| l.id.as_str()),
                Kind::UnknownLayer,
                row,
                "layer",
                notes,
            ) {
                return false;
            }
            let elasticity = row.interval("elasticity").unwrap_or((f64::NAN, f64::NAN));
            if let Some((low, high)) = row.interval("stock").filter(|(low, _)| *low < 0.0) {
                let note = row.note(Kind::OutOfRange, "stock").with("text", format!("{low}..{high}"));
                notes.push(note.with("min", 0).with("max", "∞"));
                return false;
            }
            if elasticity.0 <= 1.0 {
                notes.push(row.note(Kind::ElasticityTooLow, "elasticity").with("found", elasticity.0));
                return false;
            }
            lines.insert(row.text("input").to_owned(), row.line);
            study.inputs.push(Input {
                id: row.text("input").to_owned(),
                name_en: row.text("name_en").to_owned(),
                name_zh: row.text("name_zh").to_owned(),
                layer: row.text("layer").to_owned(),
                kind_of: row.optional("kind_of"),
                needs_all: row.text("needs") == "all",
                elasticity,
                stock: row.interval("stock"),
                reference: row.text("reference").to_owned(),
            });
            true
        });
        let ids: BTreeSet<String> = self.study.inputs.iter().map(|i| i.id.clone()).collect();
        for input in &mut self.study.inputs {
            let at = Place::cell(&schema::INPUTS.path(), lines[&input.id], "kind_of");
            if let Some(id) = input.kind_of.take_if(|id| *id == input.id) {
                self.notes.push(Note::new(Kind::PartOfItself, STAGE, at).with("id", id));
            }
            if input.kind_of.as_ref().is_some_and(|id| !ids.contains(id)) {
                let id = input.kind_of.take().unwrap_or_default();
                let at = Place::cell(&schema::INPUTS.path(), lines[&input.id], "kind_of");
                let note = Note::new(Kind::UnknownInput, STAGE, at)
                    .near(&id, ids.iter().map(String::as_str))
                    .with("id", id);
                self.notes.push(note);
            }
        }
    }

    /// Circles are legal, and noted: they may be meant, or slips.
    fn requires(&mut self) {
        let ids = self.input_ids();
        self.table(&schema::REQUIRES, |row, study, notes| {
            let good = known_input(study, &ids, row, "input", notes)
                & known_input(study, &ids, row, "goes_into", notes);
            if !good {
                return false;
            }
            let (input, goes_into) = (row.text("input").to_owned(), row.text("goes_into").to_owned());
            if input == goes_into {
                notes.push(row.note(Kind::InputIntoItself, "goes_into").with("id", input));
                return false;
            }
            let cost_share = row.interval("cost_share");
            if let Some((low, high)) = cost_share.filter(|(low, high)| *low < 0.0 || *high > 1.0) {
                notes.push(row.note(Kind::NotAShare, "cost_share").with("text", format!("{low}..{high}")));
                return false;
            }
            let reference = row.text("reference").to_owned();
            study.requires.push(Requirement { input, goes_into, cost_share, reference });
            true
        });
        let edges = self.study.requires.iter().map(|edge| (edge.input.as_str(), edge.goes_into.as_str()));
        let kinds = self.study.inputs.iter().filter_map(|i| Some((i.id.as_str(), i.kind_of.as_deref()?)));
        for circle in circles(edges.chain(kinds)) {
            let mut names: Vec<&str> = circle.iter().copied().take(MOST_OF_A_CIRCLE).collect();
            if circle.len() > names.len() {
                names.push("…");
            }
            self.notes.push(
                Note::new(Kind::CycleInGraph, STAGE, Place::file(&schema::REQUIRES.path()))
                    .with("inputs", names.join(", ")),
            );
        }
    }

    fn input_ids(&self) -> BTreeSet<String> {
        self.study.inputs.iter().map(|input| input.id.clone()).collect()
    }

    fn supply(&mut self) {
        let keep = self.keep;
        let ids = self.input_ids();
        let mut sums: BTreeMap<(String, i16), f64> = BTreeMap::new();
        self.table(&schema::SUPPLY, |row, study, notes| {
            let good = known_actor(study, row, "provider", row.text("provider"), notes)
                & known_input(study, &ids, row, "input", notes);
            if !good {
                return false;
            }
            let (share, low, high) = (row.number("share"), row.number("low"), row.number("high"));
            if !ordered(row, low, share, high, notes) {
                return false;
            }
            let year = row.year("year");
            let input = row.text("input").to_owned();
            let sum = sums.entry((input.clone(), year)).or_insert(0.0);
            let before = *sum;
            if study.home_of(row.text("provider")).is_some() {
                *sum += share.or(low).unwrap_or(0.0);
            } else {
                notes.push(row.note(Kind::ProviderNoState, "provider").with("id", row.text("provider")));
            }
            if before <= 1.005 && *sum > 1.005 {
                notes.push(
                    row.note(Kind::SharesAboveOne, "share")
                        .with("input", &input)
                        .with("year", year)
                        .with("sum", format!("{sum:.3}")),
                );
            }
            if keep == Keep::Rows {
                study.supply.push(Supply {
                    provider: row.text("provider").to_owned(),
                    input,
                    year,
                    share,
                    low,
                    high,
                    reference: row.text("reference").to_owned(),
                });
            }
            true
        });
    }

    fn markets(&mut self) {
        let keep = self.keep;
        self.table(&schema::MARKETS, |row, study, notes| {
            let good = known_actor(study, row, "actor", row.text("actor"), notes)
                & known_actor(study, row, "market", row.text("market"), notes);
            if good && keep == Keep::Rows {
                study.markets.push(Market {
                    actor: row.text("actor").to_owned(),
                    market: row.text("market").to_owned(),
                    year: row.year("year"),
                    share: row.number("share"),
                    reference: row.text("reference").to_owned(),
                });
            }
            good
        });
    }

    fn conditions(&mut self) {
        let keep = self.keep;
        self.table(&schema::CONDITIONS, |row, study, notes| {
            let (value, low, high) = (row.number("value"), row.number("low"), row.number("high"));
            let good = known_actor(study, row, "actor", row.text("actor"), notes)
                & ordered(row, low, value, high, notes);
            if good && keep == Keep::Rows {
                study.conditions.push(Condition {
                    actor: row.text("actor").to_owned(),
                    condition: row.text("condition").to_owned(),
                    year: row.year("year"),
                    value,
                    low,
                    high,
                    reference: row.text("reference").to_owned(),
                });
            }
            good
        });
    }

    /// Reads events and returns the ids of all good ones.
    fn events(&mut self) -> BTreeSet<String> {
        let keep = self.keep;
        let mut ids = BTreeSet::new();
        self.table(&schema::EVENTS, |row, study, notes| {
            let codebook = &study.codebook;
            let mut good = known_actor(study, row, "sender", row.text("sender"), notes);
            let targets = row.list("targets");
            for target in targets.iter().filter(|id| *id != "*" && *id != "-") {
                good &= known_actor(study, row, "targets", target, notes);
            }
            let instruments = codebook.instruments.iter().map(|i| i.id.as_str());
            good &= known(instruments, Kind::UnknownInstrument, row, "instrument", notes);
            good &=
                known(codebook.layers.iter().map(|l| l.id.as_str()), Kind::UnknownLayer, row, "layer", notes);
            let types = codebook.types.iter().map(|t| t.id.as_str()).chain(["none"]);
            good &= known(types, Kind::UnknownPower, row, "power", notes);
            good &=
                known(codebook.modes.iter().map(|m| m.id.as_str()), Kind::UnknownMode, row, "mode", notes);
            good &= known(
                codebook.statuses.iter().map(|s| s.id.as_str()),
                Kind::UnknownStatus,
                row,
                "status",
                notes,
            );
            if !good {
                return false;
            }
            if targets.len() > 1 && targets.iter().any(|id| id == "*" || id == "-") {
                notes.push(row.note(Kind::MixedTargets, "targets").with("text", row.text("targets")));
                return false;
            }
            let expected = codebook.instrument(row.text("instrument")).map_or("", |i| i.power.as_str());
            if expected != row.text("power") {
                notes.push(
                    row.note(Kind::PowerNotOfInstrument, "power")
                        .with("power", row.text("power"))
                        .with("instrument", row.text("instrument"))
                        .with("expected", expected),
                );
            }
            if targets.iter().any(|id| id == row.text("sender"))
                && row.text("power") != "none"
                && targets.len() == 1
            {
                notes.push(row.note(Kind::ActsOnItself, "targets").with("id", row.text("sender")));
            }
            let date = row.date("date");
            let about = &study.options.about;
            if date.year() < about.from || date.year() > about.to {
                notes.push(
                    row.note(Kind::DateOutsideStudy, "date")
                        .with("date", date)
                        .with("from", about.from)
                        .with("to", about.to),
                );
            }
            ids.insert(row.text("event").to_owned());
            if keep == Keep::Rows {
                let text = |column: &str| row.text(column).to_owned();
                study.events.push(EventRow {
                    event: text("event"),
                    date,
                    sender: text("sender"),
                    targets,
                    instrument: text("instrument"),
                    layer: text("layer"),
                    power: text("power"),
                    mode: text("mode"),
                    status: text("status"),
                    document: text("document"),
                    evidence: text("evidence"),
                    evidence_zh: text("evidence_zh"),
                    coder: text("coder"),
                    certainty: text("certainty"),
                    reference: text("reference"),
                    note: text("note"),
                });
            }
            true
        });
        ids
    }

    fn endorsements(&mut self, events: &BTreeSet<String>) {
        let keep = self.keep;
        self.table(&schema::ENDORSEMENTS, |row, study, notes| {
            let good = issued(study, row, events, notes)
                & known_actor(study, row, "actor", row.text("actor"), notes);
            if good && keep == Keep::Rows {
                study.endorsements.push(Endorsement {
                    text: row.text("text").to_owned(),
                    actor: row.text("actor").to_owned(),
                    date: row.date("date"),
                    reference: row.text("reference").to_owned(),
                    act: row.text("act").to_owned(),
                });
            }
            good
        });
    }

    fn endorsers(&mut self, events: &BTreeSet<String>) {
        let keep = self.keep;
        self.table(&schema::ENDORSERS, |row, study, notes| {
            let [low, high, eligible] = ["low", "high", "eligible"].map(|column| row.number(column));
            let good = issued(study, row, events, notes) & ordered(row, low, high, eligible, notes);
            if good && keep == Keep::Rows {
                // A fraction of a state is none.
                let whole = |count: Option<f64>| count.unwrap_or(0.0) as u32;
                study.endorsers.push(Endorsers {
                    text: row.text("text").to_owned(),
                    low: whole(low),
                    high: whole(high),
                    eligible: whole(eligible),
                    reference: row.text("reference").to_owned(),
                });
            }
            good
        });
    }

    /// Negative values are kept: changes in inventories are. They are noted between sectors when the table is put together.
    fn transactions(&mut self) {
        let keep = self.keep;
        self.table(&schema::TRANSACTIONS, |row, study, notes| {
            let good = known_actor(study, row, "seller", row.text("seller"), notes)
                & known_actor(study, row, "buyer", row.text("buyer"), notes);
            if good && keep == Keep::Rows {
                let [seller, seller_sector, buyer, buyer_sector, reference] =
                    ["seller", "seller_sector", "buyer", "buyer_sector", "reference"]
                        .map(|column| study.texts.intern(row.text(column)));
                study.transactions.push(TransactionRow {
                    seller,
                    seller_sector,
                    buyer,
                    buyer_sector,
                    year: row.year("year"),
                    value: row.number("value").unwrap_or(f64::NAN),
                    reference,
                });
            }
            good
        });
    }

    fn trade(&mut self) {
        let keep = self.keep;
        self.table(&schema::TRADE, |row, study, notes| {
            let (exporter, importer, product) =
                (row.text("exporter"), row.text("importer"), row.text("product"));
            let good = known_actor(study, row, "exporter", exporter, notes)
                & known_actor(study, row, "importer", importer, notes);
            if !good {
                return false;
            }
            if exporter == importer {
                notes.push(row.note(Kind::TradesWithItself, "importer").with("id", importer));
                return false;
            }
            if product == ALL_PRODUCTS {
                notes.push(row.note(Kind::ProductReserved, "product").with("id", product));
                return false;
            }
            if keep == Keep::Rows {
                let record = TradeRow {
                    exporter: study.texts.intern(exporter),
                    importer: study.texts.intern(importer),
                    product: study.texts.intern(product),
                    year: row.year("year"),
                    value: row.number("value").unwrap_or(f64::NAN),
                    quantity: row.number("quantity").unwrap_or(f64::NAN),
                    reference: study.texts.intern(row.text("reference")),
                };
                study.trade.push(record);
            }
            true
        });
    }
}
