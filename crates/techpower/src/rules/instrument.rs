//! Legal instruments: their versions, when each applies, and the conditions under which they touch an object.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;

use super::expression::{Checked, Field, Quantity, Scope, Test, Type, Uses, compile, compile_test};
use super::list::Lists;
use super::source::{
    Certainty, Coverage, Evidence, InstrumentSource, LimbSource, Status, StatusSource, TestSource,
    VersionSource,
};
use super::unit::Unit;
use super::value::{Interval, Lexicon, Symbol};
use super::vocabulary::Vocabulary;
use super::{Moment, STAGE, located};
use crate::codebook::Codebook;
use crate::diag::{Kind, Lang, Note, Notes, Place, nearest};
use crate::table::toml_note;

/// Folder of instruments in a study.
pub(super) const FOLDER: &str = "instruments";

/// A legal instrument.
#[derive(Debug, Clone)]
pub struct Instrument {
    /// Id, also the name of its file.
    pub id: String,
    /// Name in English.
    pub name_en: String,
    /// Name in Chinese.
    pub name_zh: String,
    /// Whose law it is: ISO alpha-3, or `EU27`.
    pub jurisdiction: String,
    /// Who acts by it.
    pub sender: String,
    /// Type of power, by the codebook.
    pub power: String,
    /// Instrument of the codebook.
    pub instrument: String,
    /// Layer, by the codebook.
    pub layer: String,
    /// Kinds of objects that it speaks of, by position.
    pub objects: Vec<usize>,
    /// How much of it is modelled.
    pub coverage: Coverage,
    /// First day of which nothing is known any more.
    pub known_until: Option<Date>,
    /// When somebody should read it again.
    pub verify_by: Option<Date>,
    /// What is simplified or left out, in English.
    pub note_en: String,
    /// The same in Chinese.
    pub note_zh: String,
    /// Versions, in order of their publication.
    pub versions: Vec<Version>,
    pub(super) path: String,
}

/// The text of an instrument from one act of making or amending it.
#[derive(Debug, Clone)]
pub struct Version {
    /// Id within the instrument, such as `2023-11`.
    pub id: String,
    /// How it is cited.
    pub citation: String,
    /// Where it can be read; may be empty.
    pub reference: String,
    /// When its text became public.
    pub published: Option<Date>,
    /// When it was written down in the study.
    pub recorded: Option<Date>,
    /// What its source is worth.
    pub evidence: Evidence,
    /// Instruments on which it relies, by position.
    pub relies_on: BTreeSet<usize>,
    /// Events of the study that it is.
    pub events: Vec<String>,
    /// What its status is, and when.
    pub statuses: Vec<StatusRow>,
    /// Parameters, in order of their names.
    pub parameters: Vec<Parameter>,
    pub(super) lists: BTreeSet<Symbol>,
    pub(super) definitions: Vec<Definition>,
    pub(super) limb_list: Vec<Limb>,
    pub(super) exceptions: Vec<Exception>,
    pub(super) tests: Vec<(u64, TestSource)>,
    pub(super) tests_by_definition: Vec<Option<Test>>,
    pub(super) quantities_by_definition: Vec<Option<Quantity>>,
    /// Constants of the vocabulary, then the parameters' first values.
    pub(super) values: Vec<Interval>,
    /// Parameters and definitions that no condition uses.
    pub(super) unused: BTreeSet<String>,
    pub(super) line: u64,
}

/// A stretch of days with one status, both ends as the source gives them: from the first day to the day before `to`.
#[derive(Debug, Clone, PartialEq)]
pub struct StatusRow {
    /// The status.
    pub status: Status,
    /// First day; `None` if it has held for ever.
    pub from: Option<Date>,
    /// First day on which it holds no more, if the source itself ended it; `None` if open.
    pub to: Option<Date>,
    /// Words of the source.
    pub phrase: String,
    /// How sure it is.
    pub certainty: Certainty,
    /// When it became public.
    pub published: Option<Date>,
    /// When it was written down.
    pub recorded: Option<Date>,
    /// Where it can be read.
    pub reference: String,
}

/// A number that a text sets.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Name in conditions.
    pub name: String,
    /// First value.
    pub value: Interval,
    /// Later values, each from a day on.
    pub steps: Vec<(Date, Interval)>,
    /// Unit.
    pub unit: Unit,
    /// Place in the text.
    pub place: String,
    /// Words of the text.
    pub quote: String,
    /// Where it can be read.
    pub reference: String,
}

impl Parameter {
    /// The value on a day.
    #[must_use]
    pub fn on(&self, day: Date) -> Interval {
        self.steps.iter().rfind(|(from, _)| *from <= day).map_or(self.value, |(_, value)| *value)
    }
}

#[derive(Debug, Clone)]
pub(super) struct Definition {
    pub(super) name: String,
    /// As it is written.
    pub(super) written: String,
    kind: Type,
}

/// A part of an instrument that touches by itself.
#[derive(Debug, Clone)]
pub(super) struct Limb {
    pub(super) id: String,
    pub(super) symbol: Symbol,
    pub(super) when: Test,
    /// The condition as it is written.
    pub(super) written: String,
    pub(super) outcome: String,
    pub(super) citation: String,
    pub(super) en: String,
    pub(super) zh: String,
    /// Limbs that prevail over it, by position.
    pub(super) unless: Vec<usize>,
    /// Exceptions from it, by position.
    pub(super) exceptions: Vec<usize>,
    pub(super) line: u64,
}

impl Limb {
    pub(super) fn meaning(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Zh => &self.zh,
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct Exception {
    pub(super) id: String,
    pub(super) when: Test,
    /// The condition as it is written.
    pub(super) written: String,
    pub(super) citation: String,
    pub(super) en: String,
    pub(super) zh: String,
}

impl Exception {
    pub(super) fn meaning(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Zh => &self.zh,
        }
    }
}

/// Which version applies on a day, and how.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Standing {
    pub(super) version: usize,
    /// Row of the version's statuses.
    pub(super) row: usize,
    pub(super) status: Status,
}

impl Instrument {
    /// Its name.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.name_en,
            Lang::Zh => &self.name_zh,
        }
    }

    /// A version by its id.
    #[must_use]
    pub fn version(&self, id: &str) -> Option<usize> {
        self.versions.iter().position(|version| version.id == id)
    }

    /// The version that counts on a day and its status, by what was published and recorded: of all rows that hold the day, the one that was
    /// published last; of those published together, the last in the file. After the last day of which anything is known the status is
    /// [`Status::UnknownAfter`], unless the question is what was known on an earlier day.
    pub(super) fn standing(&self, on: Date, moment: Moment) -> Option<Standing> {
        let mut found: Option<(Option<Date>, Standing)> = None;
        for (version, text) in self.versions.iter().enumerate() {
            for (row, status) in text.statuses.iter().enumerate() {
                let holds = status.from.is_none_or(|from| from <= on)
                    && status.to.is_none_or(|to| on < to)
                    && moment.knows(status.published)
                    && moment.has(status.recorded);
                if holds && found.is_none_or(|(published, _)| published <= status.published) {
                    let standing = Standing { version, row, status: status.status };
                    found = Some((status.published, standing));
                }
            }
        }
        let standing = found.map(|(_, standing)| standing);
        match self.is_beyond(on, moment) {
            true => standing.map(|standing| Standing { status: Status::UnknownAfter, ..standing }),
            false => standing,
        }
    }

    /// Whether nothing is known of a day, unless the question is what was known earlier.
    pub(super) fn is_beyond(&self, on: Date, moment: Moment) -> bool {
        self.known_until
            .is_some_and(|horizon| on >= horizon && moment.known.is_none_or(|known| known >= horizon))
    }

    /// Days on which its status or a parameter changes, or becomes known to change.
    pub(super) fn changes(&self) -> BTreeSet<Date> {
        let mut days: BTreeSet<Date> = self.known_until.into_iter().collect();
        for version in &self.versions {
            for row in &version.statuses {
                days.extend([row.from, row.to].into_iter().flatten());
            }
            days.extend(version.parameters.iter().flat_map(|p| p.steps.iter().map(|(from, _)| *from)));
        }
        days
    }
}

impl Version {
    /// Values of constants and parameters on a day.
    pub(super) fn values_on(&self, day: Date) -> Cow<'_, [Interval]> {
        if self.parameters.iter().all(|parameter| parameter.steps.is_empty()) {
            return Cow::Borrowed(&self.values);
        }
        let constants = self.values.len() - self.parameters.len();
        let now = self.parameters.iter().map(|parameter| parameter.on(day));
        Cow::Owned(self.values[..constants].iter().copied().chain(now).collect())
    }

    /// Puts changed parameters into force.
    pub(super) fn refresh(&mut self) {
        let constants = self.values.len() - self.parameters.len();
        for (at, parameter) in self.parameters.iter().enumerate() {
            self.values[constants + at] = parameter.value;
        }
    }

    /// A parameter by its position among the values, which begin with the constants of the vocabulary.
    pub(super) fn parameter(&self, at: usize) -> Option<&Parameter> {
        let constants = self.values.len() - self.parameters.len();
        at.checked_sub(constants).map(|at| &self.parameters[at])
    }

    /// Everything that its conditions look at.
    pub(super) fn uses(&self) -> Uses {
        let mut uses = Uses::default();
        self.tests_by_definition.iter().flatten().for_each(|test| test.uses(&mut uses));
        self.quantities_by_definition.iter().flatten().for_each(|quantity| quantity.uses(&mut uses));
        self.limb_list.iter().for_each(|limb| limb.when.uses(&mut uses));
        self.exceptions.iter().for_each(|exception| exception.when.uses(&mut uses));
        uses
    }

    /// Leaves it open what its limbs ask for.
    pub(super) fn give_up(&mut self) {
        self.limb_list.iter_mut().for_each(|limb| limb.when = Test::Unread);
        self.exceptions.clear();
        self.limb_list.iter_mut().for_each(|limb| limb.exceptions.clear());
        self.relies_on.clear();
    }

    /// Whether all its conditions could be read, and it has a status.
    pub(super) fn is_whole(&self) -> bool {
        let read = |test: &Test| !matches!(test, Test::Unread);
        !self.statuses.is_empty()
            && self.limb_list.iter().all(|limb| read(&limb.when))
            && self.exceptions.iter().all(|exception| read(&exception.when))
            && self.tests_by_definition.iter().flatten().all(read)
    }

    /// Takes down the instruments and lists that its conditions name.
    pub(super) fn refer(&mut self) {
        let uses = self.uses();
        self.relies_on.extend(uses.instruments);
        self.lists = uses.lists;
    }

    pub(super) fn limb(&self, id: &str) -> Option<usize> {
        self.limb_list.iter().position(|limb| limb.id == id)
    }

    /// Ids of its limbs, in order.
    pub fn limbs(&self) -> impl Iterator<Item = &str> {
        self.limb_list.iter().map(|limb| limb.id.as_str())
    }

    /// Checks a condition against what this version defines.
    pub(super) fn compile(
        &mut self,
        text: &str,
        context: &mut Context<'_>,
    ) -> Result<Test, super::expression::Fault> {
        compile_test(text, &mut VersionScope { version: self, context })
    }

    /// A condition as it is written; one that cannot be read is open, with a note.
    fn condition(&mut self, text: &str, place: Place, context: &mut Context<'_>, notes: &mut Notes) -> Test {
        self.compile(text, context).unwrap_or_else(|fault| {
            notes.push(fault.note(STAGE, place, text));
            Test::Unread
        })
    }
}

/// What the conditions of instruments are checked against.
pub(super) struct Context<'c> {
    pub(super) vocabulary: &'c Vocabulary,
    pub(super) lexicon: &'c mut Lexicon,
    pub(super) lists: &'c Lists,
    /// Positions of instruments by their ids.
    pub(super) ids: &'c HashMap<String, usize>,
    pub(super) codebook: &'c Codebook,
}

/// A file of an instrument as read.
pub(super) struct Written {
    pub(super) path: String,
    pub(super) text: String,
    pub(super) source: InstrumentSource,
}

/// Reads the file of an instrument; `None`, with a note, if it cannot be read.
pub(super) fn parse(path: &str, text: String, notes: &mut Notes) -> Option<Written> {
    match toml::from_str::<InstrumentSource>(&text) {
        Ok(source) => Some(Written { path: path.to_owned(), text, source }),
        Err(error) => {
            notes.push(toml_note(STAGE, path, &text, 0, &error));
            None
        }
    }
}

impl Written {
    fn place(&self, at: usize, key: &str) -> Place {
        located(&self.path, &self.text, at, key)
    }

    /// Checks everything and makes the instrument of it. What is wrong is left out with a note.
    pub(super) fn build(&self, context: &mut Context<'_>, notes: &mut Notes) -> Instrument {
        let source = &self.source;
        self.words(context.codebook, notes);
        let mut objects = Vec::new();
        for kind in &source.objects {
            match context.vocabulary.kind(kind.get_ref()) {
                Some(at) => objects.push(at),
                None => {
                    let place = self.place(kind.span().start, "objects");
                    notes.push(context.vocabulary.unknown_kind(kind.get_ref(), place));
                }
            }
        }
        let mut versions: Vec<Version> = Vec::new();
        for version in &source.version {
            let at = self.place(version.span().start, "version");
            if versions.iter().any(|known| known.id == version.get_ref().id) {
                notes.push(Note::new(Kind::DuplicateRow, STAGE, at).with("key", &version.get_ref().id));
                continue;
            }
            versions.push(self.version(version.get_ref(), at.row.unwrap_or(0), context, notes));
        }
        versions.sort_by_key(|version| version.published);
        Instrument {
            id: source.id.get_ref().clone(),
            name_en: source.name_en.clone(),
            name_zh: source.name_zh.clone(),
            jurisdiction: source.jurisdiction.clone(),
            sender: source.sender.clone(),
            power: source.power.get_ref().clone(),
            instrument: source.instrument.get_ref().clone(),
            layer: source.layer.get_ref().clone(),
            objects,
            coverage: source.coverage,
            known_until: source.known_until,
            verify_by: source.verify_by,
            note_en: source.note_en.clone(),
            note_zh: source.note_zh.clone(),
            versions,
            path: self.path.clone(),
        }
    }

    /// Words that the codebook must have.
    fn words(&self, codebook: &Codebook, notes: &mut Notes) {
        let source = &self.source;
        let mut check = |word: &toml::Spanned<String>, key: &str, known: Vec<&str>| {
            if !known.is_empty() && !known.contains(&word.get_ref().as_str()) {
                let note = Note::new(Kind::UnknownId, STAGE, self.place(word.span().start, key))
                    .with("id", word.get_ref())
                    .near(word.get_ref(), known);
                notes.push(note);
            }
        };
        let types = codebook.types.iter().map(|t| t.id.as_str()).collect();
        check(&source.power, "power", types);
        let instruments = codebook.instruments.iter().map(|i| i.id.as_str()).collect();
        check(&source.instrument, "instrument", instruments);
        let layers = codebook.layers.iter().map(|l| l.id.as_str()).collect();
        check(&source.layer, "layer", layers);
    }

    fn version(
        &self,
        source: &VersionSource,
        line: u64,
        context: &mut Context<'_>,
        notes: &mut Notes,
    ) -> Version {
        let mut version = Version {
            id: source.id.clone(),
            citation: source.citation.clone(),
            reference: source.reference.clone(),
            published: source.published,
            recorded: source.recorded,
            evidence: source.evidence,
            relies_on: BTreeSet::new(),
            events: source.events.iter().map(|event| event.get_ref().clone()).collect(),
            statuses: Vec::new(),
            parameters: Vec::new(),
            lists: BTreeSet::new(),
            definitions: Vec::new(),
            limb_list: Vec::new(),
            exceptions: Vec::new(),
            tests: Vec::new(),
            tests_by_definition: Vec::new(),
            quantities_by_definition: Vec::new(),
            values: context.vocabulary.constants.iter().map(|(_, value, _)| *value).collect(),
            unused: source.parameter.keys().chain(source.define.keys()).cloned().collect(),
            line,
        };
        if source.status.is_empty() {
            let place = Place { row: Some(line), ..Place::key(&self.path, "status") };
            notes.push(Note::new(Kind::MissingKey, STAGE, place).with("key", "[[version.status]]"));
        }
        for row in &source.status {
            let place = self.place(row.span().start, "status");
            version.statuses.extend(status(row.get_ref(), source, place, notes));
        }
        for id in &source.relies_on {
            match context.ids.get(id.get_ref()) {
                Some(at) => {
                    version.relies_on.insert(*at);
                }
                None => {
                    let known: BTreeSet<&str> = context.ids.keys().map(String::as_str).collect();
                    let place = self.place(id.span().start, "relies_on");
                    notes.push(
                        Note::new(Kind::ExpressionReference, STAGE, place)
                            .with("id", id.get_ref())
                            .with("expression", id.get_ref())
                            .with("position", 1)
                            .near(id.get_ref(), known),
                    );
                }
            }
        }
        for (name, parameter) in &source.parameter {
            let (at, parameter) = (parameter.span().start, parameter.get_ref());
            let unit: Unit = parameter.unit.parse().unwrap_or_else(|_| {
                let place = self.place(at, &format!("parameter.{name}"));
                notes.push(Note::new(Kind::UnknownUnit, STAGE, place).with("unit", &parameter.unit));
                Unit::one()
            });
            let mut steps: Vec<(Date, Interval)> =
                parameter.steps.iter().filter_map(|step| Some((step.from?, step.value.0))).collect();
            steps.sort_by_key(|(from, _)| *from);
            let reference = match parameter.reference.as_str() {
                "" => source.reference.clone(),
                own => own.to_owned(),
            };
            version.values.push(parameter.value.0);
            version.parameters.push(Parameter {
                name: name.clone(),
                value: parameter.value.0,
                steps,
                unit,
                place: parameter.place.clone(),
                quote: parameter.quote.clone(),
                reference,
            });
        }
        self.definitions(source, &mut version, context, notes);
        self.limbs(source, &mut version, context, notes);
        version.refer();
        version.tests = source
            .test
            .iter()
            .map(|test| (self.place(test.span().start, "test").row.unwrap_or(line), test.get_ref().clone()))
            .collect();
        version
    }

    /// Definitions may use those that stand before them in the order in which they can be read; those that are left use each other.
    fn definitions(
        &self,
        source: &VersionSource,
        version: &mut Version,
        context: &mut Context<'_>,
        notes: &mut Notes,
    ) {
        let mut rest: Vec<(&String, &toml::Spanned<String>)> = source.define.iter().collect();
        loop {
            let before = rest.len();
            let mut open = Vec::new();
            let mut faults = Vec::new();
            for (name, text) in rest {
                match compile(text.get_ref(), &mut VersionScope { version, context }) {
                    Ok(found) => {
                        let kind = found.kind();
                        let (test, quantity) = match found {
                            Checked::Test(test) => (Some(test), None),
                            Checked::Quantity(quantity, _) => (None, Some(quantity)),
                            _ => {
                                let place = self.place(text.span().start, &format!("define.{name}"));
                                notes.push(
                                    Note::new(Kind::ExpressionType, STAGE, place)
                                        .with("expression", text.get_ref())
                                        .with("position", 1)
                                        .told("found", |lang| kind.told(lang))
                                        .told("expected", |lang| Type::Truth.told(lang)),
                                );
                                continue;
                            }
                        };
                        version.tests_by_definition.push(test);
                        version.quantities_by_definition.push(quantity);
                        let (name, written) = (name.clone(), text.get_ref().clone());
                        version.definitions.push(Definition { name, written, kind });
                    }
                    Err(fault) => {
                        open.push((name, text));
                        faults.push(fault);
                    }
                }
            }
            if open.len() == before || open.is_empty() {
                for ((name, text), fault) in open.into_iter().zip(faults) {
                    let place = self.place(text.span().start, &format!("define.{name}"));
                    notes.push(fault.note(STAGE, place, text.get_ref()));
                }
                break;
            }
            rest = open;
        }
    }

    fn limbs(
        &self,
        source: &VersionSource,
        version: &mut Version,
        context: &mut Context<'_>,
        notes: &mut Notes,
    ) {
        let mut kept: Vec<&LimbSource> = Vec::new();
        for limb in &source.limb {
            if kept.iter().any(|known| known.id.get_ref() == limb.id.get_ref()) {
                let place = self.place(limb.id.span().start, "limb.id");
                notes.push(Note::new(Kind::DuplicateRow, STAGE, place).with("key", limb.id.get_ref()));
                continue;
            }
            let place = self.place(limb.when.span().start, &format!("limb {}", limb.id.get_ref()));
            let line = place.row.unwrap_or(0);
            let when = version.condition(limb.when.get_ref(), place, context, notes);
            kept.push(limb);
            version.limb_list.push(Limb {
                id: limb.id.get_ref().clone(),
                symbol: context.lexicon.symbol(limb.id.get_ref()),
                when,
                written: limb.when.get_ref().clone(),
                outcome: limb.outcome.clone(),
                citation: limb.citation.clone(),
                en: limb.en.clone(),
                zh: limb.zh.clone(),
                unless: Vec::new(),
                exceptions: Vec::new(),
                line,
            });
        }
        let find = |version: &Version, id: &toml::Spanned<String>, key: &str, notes: &mut Notes| {
            let found = version.limb(id.get_ref());
            if found.is_none() {
                let place = self.place(id.span().start, key);
                let known = version.limb_list.iter().map(|limb| limb.id.as_str());
                notes.push(
                    Note::new(Kind::UnknownLimb, STAGE, place)
                        .with("id", id.get_ref())
                        .near(id.get_ref(), known),
                );
            }
            found
        };
        for (at, limb) in kept.iter().enumerate() {
            for id in &limb.unless {
                if let Some(other) = find(version, id, "limb.unless", notes) {
                    if prevails(version, at, other) {
                        let place = self.place(id.span().start, "limb.unless");
                        let circle = format!("{}, {}", limb.id.get_ref(), id.get_ref());
                        notes.push(Note::new(Kind::RuleCircle, STAGE, place).with("circle", circle));
                    } else {
                        version.limb_list[at].unless.push(other);
                    }
                }
            }
        }
        for exception in &source.exception {
            let key = format!("exception {}", exception.id.get_ref());
            let place = self.place(exception.when.span().start, &key);
            for id in &exception.limbs {
                if let Some(limb) = find(version, id, "exception.limbs", notes) {
                    version.limb_list[limb].exceptions.push(version.exceptions.len());
                }
            }
            let when = version.condition(exception.when.get_ref(), place, context, notes);
            version.exceptions.push(Exception {
                id: exception.id.get_ref().clone(),
                when,
                written: exception.when.get_ref().clone(),
                citation: exception.citation.clone(),
                en: exception.en.clone(),
                zh: exception.zh.clone(),
            });
        }
    }
}

/// Whether a limb prevails over another, itself or by others in between.
fn prevails(version: &Version, limb: usize, over: usize) -> bool {
    let mut seen = BTreeSet::from([over]);
    let mut open = vec![over];
    while let Some(next) = open.pop() {
        open.extend(version.limb_list[next].unless.iter().filter(|other| seen.insert(**other)));
    }
    seen.contains(&limb)
}

fn status(row: &StatusSource, version: &VersionSource, place: Place, notes: &mut Notes) -> Option<StatusRow> {
    if let (Some(from), Some(to)) = (row.from, row.to)
        && to <= from
    {
        notes.push(Note::new(Kind::DatesReversed, STAGE, place).with("from", from).with("to", to));
        return None;
    }
    let reference = if row.reference.is_empty() { &version.reference } else { &row.reference };
    Some(StatusRow {
        status: row.status,
        from: row.from,
        to: row.to,
        phrase: row.phrase.clone(),
        certainty: row.certainty,
        published: row.published.or(version.published),
        recorded: row.recorded.or(version.recorded),
        reference: reference.clone(),
    })
}

/// What the conditions of a version may speak of.
struct VersionScope<'s, 'c> {
    version: &'s mut Version,
    context: &'s mut Context<'c>,
}

impl Scope for VersionScope<'_, '_> {
    fn field(&self, name: &str) -> Option<(Field, Type)> {
        let at = self.context.vocabulary.field(name)?;
        Some((at, self.context.vocabulary.fields[at].kind.clone()))
    }

    fn parameter(&self, name: &str) -> Option<(usize, Unit)> {
        let constants = &self.context.vocabulary.constants;
        match self.version.parameters.iter().position(|parameter| parameter.name == name) {
            Some(at) => Some((constants.len() + at, self.version.parameters[at].unit.clone())),
            None => {
                let at = constants.iter().position(|(known, ..)| known == name)?;
                Some((at, constants[at].2.clone()))
            }
        }
    }

    fn definition(&self, name: &str) -> Option<(usize, Type)> {
        let at = self.version.definitions.iter().position(|definition| definition.name == name)?;
        Some((at, self.version.definitions[at].kind.clone()))
    }

    fn list(&self, id: &str) -> Option<Symbol> {
        self.context.lists.ids.get(id).copied()
    }

    fn instrument(&self, id: &str) -> Option<usize> {
        self.context.ids.get(id).copied()
    }

    fn symbol(&mut self, text: &str) -> Symbol {
        self.context.lexicon.symbol(text)
    }

    fn near(&self, name: &str) -> Option<String> {
        let fields = self.context.vocabulary.fields.iter().map(|field| field.name.as_str());
        let parameters = self.version.parameters.iter().map(|parameter| parameter.name.as_str());
        let definitions = self.version.definitions.iter().map(|definition| definition.name.as_str());
        let lists = self.context.lists.ids.keys().map(String::as_str);
        let ids: BTreeSet<&str> = self.context.ids.keys().map(String::as_str).collect();
        nearest(name, fields.chain(parameters).chain(definitions).chain(lists).chain(ids)).map(str::to_owned)
    }

    fn used(&mut self, name: &str) {
        self.version.unused.remove(name);
    }
}
