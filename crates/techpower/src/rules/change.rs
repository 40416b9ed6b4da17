//! What moves if a text changes: reforms, differences between versions, and which instruments an edit reaches.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;

use super::assess::{Ask, Assessed};
use super::instrument::{Context, Instrument, StatusRow};
use super::list::Entry;
use super::source::{Figure, Status, day, interval};
use super::unit::Unit;
use super::value::Interval;
use super::{Certainty, Rulebook, STAGE, located};
use crate::diag::{Kind, Lang, Note, Notes, Place, nearest};
use crate::table::toml_note;

/// One edit of the law.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Another value of a parameter, in one version or in all that have it.
    Parameter {
        /// Instrument.
        instrument: String,
        /// Version; empty for all.
        version: String,
        /// Name of the parameter.
        name: String,
        /// Its value.
        value: Interval,
        /// Unit of the value; empty for the parameter's own.
        unit: String,
    },
    /// Somebody is put on a list, or taken off.
    Member {
        /// List.
        list: String,
        /// Who.
        member: String,
        /// Whether put on.
        listed: bool,
        /// First day; `None` for always.
        from: Option<Date>,
    },
    /// A version has another status.
    Status {
        /// Instrument.
        instrument: String,
        /// Version.
        version: String,
        /// Status.
        status: Status,
        /// First day; `None` for always.
        from: Option<Date>,
        /// First day on which it holds no more.
        to: Option<Date>,
    },
    /// A limb asks for something else.
    Limb {
        /// Instrument.
        instrument: String,
        /// Version; empty for all.
        version: String,
        /// Limb.
        limb: String,
        /// Its condition.
        when: String,
    },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReformSource {
    #[serde(default)]
    name_en: String,
    #[serde(default)]
    name_zh: String,
    #[serde(default)]
    parameter: Vec<Spanned<ParameterChange>>,
    #[serde(default)]
    list: Vec<Spanned<MemberChange>>,
    #[serde(default)]
    status: Vec<Spanned<StatusChange>>,
    #[serde(default)]
    limb: Vec<Spanned<LimbChange>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ParameterChange {
    instrument: String,
    #[serde(default)]
    version: String,
    parameter: String,
    value: Figure,
    #[serde(default)]
    unit: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct MemberChange {
    list: String,
    member: String,
    listed: bool,
    #[serde(default, deserialize_with = "day")]
    from: Option<Date>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct StatusChange {
    instrument: String,
    version: String,
    status: Status,
    #[serde(default, deserialize_with = "day")]
    from: Option<Date>,
    #[serde(default, deserialize_with = "day")]
    to: Option<Date>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct LimbChange {
    instrument: String,
    #[serde(default)]
    version: String,
    limb: String,
    when: String,
}

/// A set of edits.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reform {
    /// Name in English; may be empty.
    pub name_en: String,
    /// Name in Chinese; may be empty.
    pub name_zh: String,
    /// Edits with the place each is written at.
    pub changes: Vec<(Change, Place)>,
}

impl Reform {
    /// Reads a reform file: TOML with any number of `[[parameter]]`, `[[list]]`, `[[status]]` and `[[limb]]`.
    ///
    /// ```
    /// use techpower::rules::{Change, Reform};
    /// let text = "[[parameter]]\ninstrument = \"eu-aia-systemic\"\nparameter = \"line\"\nvalue = 1e26\nunit = \"FLOP\"\n";
    /// let (reform, notes) = Reform::read("reform.toml", text);
    /// assert!(notes.is_empty());
    /// assert!(matches!(&reform.changes[0].0, Change::Parameter { name, .. } if name == "line"));
    /// ```
    #[must_use]
    pub fn read(path: &str, text: &str) -> (Reform, Notes) {
        let mut notes = Notes::new();
        let source: ReformSource = match toml::from_str(text) {
            Ok(source) => source,
            Err(error) => {
                notes.push(toml_note(STAGE, path, text, 0, &error));
                return (Reform::default(), notes);
            }
        };
        let mut changes = Vec::new();
        let place = |at: usize, key: &str| located(path, text, at, key);
        for one in source.parameter {
            let (at, one) = (one.span().start, one.into_inner());
            let (instrument, version, name) = (one.instrument, one.version, one.parameter);
            let change = Change::Parameter { instrument, version, name, value: one.value.0, unit: one.unit };
            changes.push((change, place(at, "parameter")));
        }
        for one in source.list {
            let (at, one) = (one.span().start, one.into_inner());
            let MemberChange { list, member, listed, from } = one;
            changes.push((Change::Member { list, member, listed, from }, place(at, "list")));
        }
        for one in source.status {
            let (at, one) = (one.span().start, one.into_inner());
            let StatusChange { instrument, version, status, from, to } = one;
            changes.push((Change::Status { instrument, version, status, from, to }, place(at, "status")));
        }
        for one in source.limb {
            let (at, one) = (one.span().start, one.into_inner());
            let LimbChange { instrument, version, limb, when } = one;
            changes.push((Change::Limb { instrument, version, limb, when }, place(at, "limb")));
        }
        (Reform { name_en: source.name_en, name_zh: source.name_zh, changes }, notes)
    }
}

/// A change written on one line: `us-3a090@2023-11.tpp_high=5000`, `ear:A:5+ARE`, `ear:D:5-CHN`, `us-3a090@2022-10:in_force`. A minus between blanks
/// parts a list from a member with a hyphen: `us:entity-list - entity:moore-threads`.
impl std::str::FromStr for Change {
    type Err = NotAChange;

    fn from_str(text: &str) -> Result<Change, NotAChange> {
        let wrong = || NotAChange(text.to_owned());
        if let Some((what, value)) = text.split_once('=') {
            let (of, name) = what.rsplit_once('.').ok_or_else(wrong)?;
            let (instrument, version) = of.split_once('@').unwrap_or((of, ""));
            let (number, unit) = match value.trim().find(|c: char| c.is_whitespace() || c == '[') {
                Some(at) => value.trim().split_at(at),
                None => (value.trim(), ""),
            };
            return Ok(Change::Parameter {
                instrument: instrument.trim().to_owned(),
                version: version.trim().to_owned(),
                name: name.trim().to_owned(),
                value: interval(number).ok_or_else(wrong)?,
                unit: unit.trim().trim_matches(['[', ']']).to_owned(),
            });
        }
        if let Some((instrument, rest)) = text.split_once('@') {
            let (version, status) = rest.rsplit_once(':').ok_or_else(wrong)?;
            let status = Status::deserialize(serde::de::value::StrDeserializer::new(status.trim()));
            let status = status.map_err(|_: serde::de::value::Error| wrong())?;
            let (instrument, version) = (instrument.trim().to_owned(), version.trim().to_owned());
            return Ok(Change::Status { instrument, version, status, from: None, to: None });
        }
        let apart = text.find(" - ").map(|at| at + 1);
        let at = text.find('+').or(apart).or_else(|| text.rfind('-')).ok_or_else(wrong)?;
        let (list, member) = (text[..at].trim(), text[at + 1..].trim());
        if list.is_empty() || member.is_empty() {
            return Err(wrong());
        }
        let (list, member) = (list.to_owned(), member.to_owned());
        Ok(Change::Member { list, member, listed: text[at..].starts_with('+'), from: None })
    }
}

/// A text that is no change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no change")]
pub struct NotAChange(pub String);

/// A verdict that a change moves.
#[derive(Debug, Clone, PartialEq)]
pub struct Moved {
    /// The verdict before.
    pub before: Assessed,
    /// The verdict after.
    pub after: Assessed,
}

/// An instrument that an edit reaches, and by which way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    /// Position of the instrument.
    pub instrument: usize,
    /// From what is edited to the instrument: ids of a list or instruments.
    pub way: Vec<String>,
}

/// What differs between two versions of an instrument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// `parameter`, `definition`, `limb` or `exception`.
    pub what: &'static str,
    /// Its id.
    pub id: String,
    /// As it was; empty if it is new.
    pub before: String,
    /// As it is; empty if it is gone.
    pub after: String,
}

impl Rulebook {
    /// The rulebook as a reform leaves it. An edit of something that does not exist is left out with a note.
    #[must_use]
    pub fn reformed(&self, reform: &Reform) -> (Rulebook, Notes) {
        let mut book = self.clone();
        let mut notes = Notes::new();
        for (change, place) in &reform.changes {
            if let Err(note) = book.change(change, place) {
                notes.push(*note);
            }
        }
        (book, notes)
    }

    fn change(&mut self, change: &Change, place: &Place) -> Result<(), Box<Note>> {
        match change {
            Change::Parameter { instrument, version, name, value, unit } => {
                let at = self.found(instrument, place)?;
                let mut known = BTreeSet::new();
                let mut done = false;
                let mut changed = self.instruments[at].versions.clone();
                for text in self.versions(at, version, place)? {
                    let text = &mut changed[text];
                    known.extend(text.parameters.iter().map(|parameter| parameter.name.clone()));
                    for parameter in text.parameters.iter_mut().filter(|p| p.name == *name) {
                        let factor = match unit.as_str() {
                            "" => Some(1.0),
                            unit => unit.parse::<Unit>().ok().and_then(|unit| unit.to(&parameter.unit)),
                        };
                        let factor = factor.ok_or_else(|| {
                            Box::new(Note::new(Kind::UnknownUnit, STAGE, place.clone()).with("unit", unit))
                        })?;
                        parameter.value = value.scaled(factor);
                        parameter.steps.clear();
                        done = true;
                    }
                    text.refresh();
                }
                if !done {
                    return Err(nothing(place, name, known.iter().map(String::as_str)));
                }
                self.instruments[at].versions = changed;
                Ok(())
            }
            Change::Member { list, member, listed, from } => {
                let Some(list) = self.lists.ids.get(list).copied() else {
                    return Err(nothing(place, list, self.lists.ids.keys().map(String::as_str)));
                };
                let member = self.lexicon.symbol(member);
                self.lists.put(
                    list,
                    member,
                    Entry { listed: *listed, from: *from, to: None, published: None },
                );
                Ok(())
            }
            Change::Status { instrument, version, status, from, to } => {
                let at = self.found(instrument, place)?;
                let text = self.versions(at, version, place)?[0];
                make_room(&mut self.instruments[at], *from, *to);
                self.instruments[at].versions[text].statuses.push(StatusRow {
                    status: *status,
                    from: *from,
                    to: *to,
                    phrase: String::new(),
                    certainty: Certainty::Legal,
                    published: None,
                    recorded: None,
                    reference: String::new(),
                });
                Ok(())
            }
            Change::Limb { instrument, version, limb, when } => {
                let at = self.found(instrument, place)?;
                let mut done = false;
                for text in self.versions(at, version, place)? {
                    let mut changed = self.instruments[at].versions[text].clone();
                    let Some(position) = changed.limb(limb) else { continue };
                    let mut context = Context {
                        vocabulary: &self.vocabulary,
                        lexicon: &mut self.lexicon,
                        lists: &self.lists,
                        ids: &self.ids,
                        codebook: &self.codebook,
                    };
                    let test = changed
                        .compile(when, &mut context)
                        .map_err(|fault| Box::new(fault.note(STAGE, place.clone(), when)))?;
                    changed.limb_list[position].when = test;
                    changed.limb_list[position].written.clone_from(when);
                    changed.refer();
                    let former = std::mem::replace(&mut self.instruments[at].versions[text], changed);
                    if let Some(circle) = self.circle(at) {
                        self.instruments[at].versions[text] = former;
                        let note = Note::new(Kind::RuleCircle, STAGE, place.clone());
                        return Err(Box::new(note.with("circle", self.way(&circle))));
                    }
                    done = true;
                }
                let known = self.instruments[at].versions.iter().flat_map(|version| version.limbs());
                if done { Ok(()) } else { Err(nothing(place, limb, known)) }
            }
        }
    }

    fn found(&self, instrument: &str, place: &Place) -> Result<usize, Box<Note>> {
        let known = self.instruments.iter().map(|instrument| instrument.id.as_str());
        self.position(instrument).ok_or_else(|| nothing(place, instrument, known))
    }

    fn versions(&self, at: usize, version: &str, place: &Place) -> Result<Vec<usize>, Box<Note>> {
        let texts = &self.instruments[at].versions;
        if version.is_empty() {
            return Ok((0..texts.len()).collect());
        }
        let known = texts.iter().map(|version| version.id.as_str());
        match texts.iter().position(|text| text.id == version) {
            Some(found) => Ok(vec![found]),
            None => Err(nothing(place, version, known)),
        }
    }

    /// Instruments that the edits of a reform reach: those edited, those that cite an edited list, and those that rely on any of these.
    #[must_use]
    pub fn reached(&self, reform: &Reform) -> Vec<Reached> {
        let mut found: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for (change, _) in &reform.changes {
            match change {
                Change::Parameter { instrument, .. }
                | Change::Status { instrument, .. }
                | Change::Limb { instrument, .. } => {
                    if let Some(at) = self.position(instrument) {
                        found.entry(at).or_insert_with(|| vec![self.instruments[at].id.clone()]);
                    }
                }
                Change::Member { list, .. } => {
                    let Some(symbol) = self.lists.ids.get(list) else { continue };
                    for (at, instrument) in self.instruments.iter().enumerate() {
                        if instrument.versions.iter().any(|version| version.lists.contains(symbol)) {
                            found.entry(at).or_insert_with(|| vec![list.clone(), instrument.id.clone()]);
                        }
                    }
                }
            }
        }
        let mut open: Vec<usize> = found.keys().copied().collect();
        while let Some(at) = open.pop() {
            for (other, instrument) in self.instruments.iter().enumerate() {
                let relies = instrument.versions.iter().any(|version| version.relies_on.contains(&at));
                if relies && !found.contains_key(&other) {
                    let mut way = found[&at].clone();
                    way.push(instrument.id.clone());
                    found.insert(other, way);
                    open.push(other);
                }
            }
        }
        found.into_iter().map(|(instrument, way)| Reached { instrument, way }).collect()
    }

    /// Verdicts that differ between this rulebook and another with the same objects and instruments.
    #[must_use]
    pub fn moved(&self, other: &Rulebook, ask: &Ask, lang: Lang) -> Vec<Moved> {
        let (before, after) = (self.assess_all(ask, lang), other.assess_all(ask, lang));
        before
            .into_iter()
            .zip(after)
            .filter(|(before, after)| before.verdict.kind != after.verdict.kind || before.limb != after.limb)
            .map(|(before, after)| Moved { before, after })
            .collect()
    }

    /// What differs between the texts of two versions of an instrument; `None` if one of them does not exist.
    #[must_use]
    pub fn difference(&self, instrument: &str, one: &str, two: &str) -> Option<Vec<Difference>> {
        let text = self.instrument(instrument)?;
        let (one, two) = (&text.versions[text.version(one)?], &text.versions[text.version(two)?]);
        let parts = |version: &super::Version| {
            let parameters = version.parameters.iter().map(|p| {
                let steps = p.steps.iter().map(|(from, value)| format!("; {from}: {value}"));
                let told = format!("{}{} {}", p.value, steps.collect::<String>(), p.unit);
                (("parameter", p.name.clone()), told.trim_end().to_owned())
            });
            let limbs = version
                .limb_list
                .iter()
                .map(|limb| (("limb", limb.id.clone()), format!("{} → {}", limb.written, limb.outcome)));
            let definitions =
                version.definitions.iter().map(|d| (("definition", d.name.clone()), d.written.clone()));
            let exceptions =
                version.exceptions.iter().map(|e| (("exception", e.id.clone()), e.written.clone()));
            parameters.chain(definitions).chain(limbs).chain(exceptions).collect::<BTreeMap<_, _>>()
        };
        let (before, after) = (parts(one), parts(two));
        let keys: BTreeSet<_> = before.keys().chain(after.keys()).cloned().collect();
        let differ = keys.into_iter().filter(|key| before.get(key) != after.get(key));
        Some(
            differ
                .map(|key| {
                    let told = |map: &BTreeMap<_, String>| map.get(&key).cloned().unwrap_or_default();
                    let (before, after) = (told(&before), told(&after));
                    Difference { what: key.0, id: key.1, before, after }
                })
                .collect(),
        )
    }
}

/// Takes the days of a stretch out of every row of an instrument's statuses.
fn make_room(instrument: &mut Instrument, from: Option<Date>, to: Option<Date>) {
    for version in &mut instrument.versions {
        let rows = std::mem::take(&mut version.statuses);
        for row in rows {
            if let Some(from) = from.filter(|from| row.from.is_none_or(|own| own < *from)) {
                let to = Some(row.to.map_or(from, |own| own.min(from)));
                version.statuses.push(StatusRow { to, ..row.clone() });
            }
            if let Some(to) = to.filter(|to| row.to.is_none_or(|own| *to < own)) {
                let from = Some(row.from.map_or(to, |own| own.max(to)));
                version.statuses.push(StatusRow { from, ..row });
            }
        }
    }
}

fn nothing<'k>(place: &Place, id: &str, known: impl IntoIterator<Item = &'k str>) -> Box<Note> {
    let known: Vec<&str> = known.into_iter().collect();
    let note = Note::new(Kind::NoSuchRule, STAGE, place.clone()).with("id", id);
    Box::new(match nearest(id, known.iter().copied()) {
        Some(near) => note.with("near", near),
        None => note,
    })
}
