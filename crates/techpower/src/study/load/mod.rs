//! Reads the tables of a study one after another, each checked against those before it and against the codebook.

mod acts;
mod measured;
mod related;

use std::collections::{BTreeMap, BTreeSet};

use super::links::unknown;
use super::{Extra, Keep, Options, STAGE, STUDY_FILE, Study, Sym, Texts, options, schema};
use crate::codebook::{Codebook, read_actors};
use crate::diag::{Kind, Note, Notes, Place};
use crate::table::{Files, Found, Row, Table, read_table, read_text};

pub(super) fn read(files: &dyn Files, keep: Keep, notes: &mut Notes) -> Option<Study> {
    let Some(text) = read_text(files, STUDY_FILE, notes) else {
        // One that cannot be read is told by the reader.
        if notes.is_empty() {
            notes.push(Note::new(Kind::NotAStudy, STAGE, Place::file(STUDY_FILE)));
        }
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
                .list("expected", &known)
                .near(&name, known.iter().map(String::as_str));
            notes.push(note);
        }
    }
}

/// The codebook that a study names: the builtin one, or a folder of the study. `None` if there is no such folder.
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
}
