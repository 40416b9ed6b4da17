//! Legal instruments as dated, testable data, and what their shape says about power.
//!
//! A [`Rulebook`] holds the instruments, lists and objects of a study. It answers: does this instrument touch that object on a day, by what
//! was published until another day, and why ([`Rulebook::assess`], [`Rulebook::explain`]); what would have to change
//! ([`Rulebook::why_not`]); what moves if a text changes ([`Rulebook::moved`]); how an object fared through time
//! ([`Rulebook::timeline`]); and what an instrument reaches ([`Rulebook::reach`]) and whether objects crowd at its lines
//! ([`Rulebook::bunching`]).
//!
//! A verdict is never "clear": an instrument that does not touch an object says nothing of the others, and nothing here is legal advice.

mod assess;
mod bunching;
mod change;
mod check;
mod explain;
mod expression;
mod findings;
mod instrument;
mod list;
mod object;
mod outcome;
mod reach;
mod redesign;
mod source;
mod timeline;
mod told;
mod unit;
mod value;
mod vocabulary;

pub use assess::{Ask, Assessed, Circumstances, NoSuchFact, Verdict, VerdictKind};
pub use bunching::{Bunching, Window};
pub use change::{Change, Difference, Moved, NotAChange, Reached, Reform};
pub use explain::Line;
pub use findings::{Findings, findings};
pub use instrument::{Instrument, Parameter, StatusRow, Version};
pub use object::Object;
pub use outcome::{Agreement, Held, OUTCOMES, counted};
pub use reach::{Reach, Weight};
pub use redesign::{Redesign, Step};
pub use source::{Certainty, Coverage, Evidence, Status};
pub use timeline::Stretch;
pub use unit::{NotAUnit, Unit};
pub use value::{Interval, Truth};
pub use vocabulary::{FieldInfo, ObjectKind, Vocabulary};

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;

use crate::codebook::Codebook;
use crate::diag::{Kind, Note, Notes, Place};
use crate::table::{Files, read_text, toml_note};
use instrument::{Context, Written};
use list::Lists;
use object::{Objects, Owners};
use source::{CoverageSource, JurisdictionSource};
use value::{Lexicon, Symbol};

const STAGE: &str = "rules";
/// Folder of instruments in a study.
pub const INSTRUMENTS: &str = instrument::FOLDER;
/// Folder of objects in a study.
pub const OBJECTS: &str = object::FOLDER;
/// Path of what is said of jurisdictions and lists in a study.
const COVERAGE: &str = "instruments/coverage.toml";

/// What is taken for known: the second and third of the three clocks, of which the first is the day that a question is about. What has no
/// date of publication or record is taken for always known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Moment {
    /// Only what was published by this day.
    pub known: Option<Date>,
    /// Only what was written down by this day.
    pub recorded: Option<Date>,
}

impl Moment {
    fn knows(self, published: Option<Date>) -> bool {
        match (self.known, published) {
            (Some(known), Some(published)) => published <= known,
            _ => true,
        }
    }

    fn has(self, recorded: Option<Date>) -> bool {
        match (self.recorded, recorded) {
            (Some(until), Some(recorded)) => recorded <= until,
            _ => true,
        }
    }
}

/// Days since 1970-01-01.
fn days(date: Date) -> i32 {
    let epoch = Date::constant(1970, 1, 1);
    date.since(epoch).map_or(0, |span| span.get_days())
}

/// The day that is so many days after 1970-01-01.
fn date(days: f64) -> Date {
    Date::constant(1970, 1, 1).saturating_add(jiff::Span::new().days(days as i64))
}

/// The line of a place in a text, from 1.
fn line_of(text: &str, at: usize) -> u64 {
    1 + text.as_bytes()[..at.min(text.len())].iter().filter(|byte| **byte == b'\n').count() as u64
}

/// The place of a key that stands at a byte of a file.
fn located(path: &str, text: &str, at: usize, key: &str) -> Place {
    Place { row: Some(line_of(text, at)), ..Place::key(path, key) }
}

/// The instruments, lists and objects of a study.
#[derive(Debug, Clone, Default)]
pub struct Rulebook {
    /// What can be said of objects.
    pub vocabulary: Vocabulary,
    /// Instruments, in order of their ids.
    pub instruments: Vec<Instrument>,
    objects: Objects,
    owners: Owners,
    lists: Lists,
    jurisdictions: BTreeMap<String, JurisdictionSource>,
    ids: HashMap<String, usize>,
    lexicon: Lexicon,
    codebook: Codebook,
    /// For each object the members of lists that it is: by its id or by a name.
    identities: Vec<BTreeSet<Symbol>>,
}

impl Rulebook {
    /// Whether a study has instruments or objects.
    #[must_use]
    pub fn is_in(files: &dyn Files) -> bool {
        [instrument::FOLDER, object::FOLDER]
            .iter()
            .any(|folder| files.list(folder).is_ok_and(|names| !names.is_empty()))
    }

    /// Reads the instruments, lists and objects of a study. What cannot be used is left out with a note.
    ///
    /// ```
    /// use std::collections::BTreeMap;
    /// use techpower::{codebook::Codebook, rules::{Moment, Rulebook, VerdictKind}};
    /// let files: BTreeMap<String, String> = [
    ///     ("instruments/vocabulary.toml", r#"
    ///         [kind.chip]
    ///         en = "chip"
    ///         zh = "芯片"
    ///         [field.rate]
    ///         of = ["chip"]
    ///         type = "number"
    ///         unit = "TOPS"
    ///         en = "rate"
    ///         zh = "速率"
    ///     "#),
    ///     ("instruments/demo.toml", r#"
    ///         id = "demo"
    ///         name_en = "Demonstration"
    ///         name_zh = "示例"
    ///         jurisdiction = "USA"
    ///         sender = "USA"
    ///         power = "compulsory"
    ///         instrument = "export-control"
    ///         layer = "foundation"
    ///         objects = ["chip"]
    ///         coverage = "modelled"
    ///         [[version]]
    ///         id = "1"
    ///         citation = "none"
    ///         evidence = "inference"
    ///         [[version.status]]
    ///         status = "in_force"
    ///         from = 2023-11-17
    ///         [version.parameter.line]
    ///         value = 300
    ///         unit = "TOPS"
    ///         [[version.limb]]
    ///         id = "a"
    ///         when = "rate >= line"
    ///         outcome = "licence"
    ///         en = "Fast chips."
    ///         zh = "高速芯片。"
    ///     "#),
    ///     ("objects/chips.csv", "object,kind,rate\nfast,chip,312\nunsure,chip,250..350\n"),
    /// ].map(|(path, text)| (path.to_owned(), text.to_owned())).into();
    /// let (book, notes) = Rulebook::read(&files, &Codebook::builtin().0);
    /// assert!(notes.is_empty());
    /// let day = "2024-01-01".parse().unwrap();
    /// let verdict = |id: &str| book.assess("demo", id, day, Moment::default()).unwrap().verdict;
    /// assert_eq!(verdict("fast").kind, VerdictKind::Touched);
    /// assert_eq!(verdict("unsure").kind, VerdictKind::Undetermined);
    /// ```
    #[must_use]
    pub fn read(files: &dyn Files, codebook: &Codebook) -> (Rulebook, Notes) {
        let mut notes = Notes::new();
        let mut book = Rulebook { codebook: codebook.clone(), ..Rulebook::default() };
        if let Some(text) = read_text(files, vocabulary::PATH, &mut notes) {
            book.vocabulary = Vocabulary::read(&text, &mut book.lexicon, &mut notes);
        }
        // Without it nothing else can be understood, and to say so of every line would not help.
        if book.vocabulary.kinds.is_empty() {
            if notes.is_empty() && Rulebook::is_in(files) {
                notes.push(Note::new(Kind::NoVocabulary, STAGE, Place::file(vocabulary::PATH)));
            }
            return (book, notes);
        }
        let coverage = coverage(files, &mut notes);
        book.jurisdictions = coverage.jurisdiction;
        book.lists.read(files, &coverage.list, &mut book.lexicon, &mut notes);
        book.read_objects(files, &mut notes);
        book.read_instruments(files, &mut notes);
        (book, notes)
    }

    fn read_objects(&mut self, files: &dyn Files, notes: &mut Notes) {
        for name in files.list(object::FOLDER).unwrap_or_default() {
            let path = format!("{}/{name}", object::FOLDER);
            let is_table = name.to_lowercase().ends_with(".csv") && !name.starts_with(['.', '~']);
            if is_table && name != "facts.csv" && name != "owners.csv" {
                self.objects.read(files, &path, &self.vocabulary, &mut self.lexicon, notes);
            }
        }
        self.objects.read_facts(files, &self.vocabulary, &mut self.lexicon, notes);
        self.objects.sort();
        self.owners.read(files, &mut self.lexicon, notes);
        for at in 0..self.objects.list.len() {
            let identity = self.identity(at);
            self.identities.push(identity);
        }
    }

    /// The members of lists that an object is.
    fn identity(&mut self, at: usize) -> BTreeSet<Symbol> {
        let object = &self.objects.list[at];
        let names = [object.name_en.as_str(), object.name_zh.as_str()];
        let aliases = object.aliases.iter().map(String::as_str);
        let mut identity = self.lists.named(names.into_iter().chain(aliases).filter(|name| !name.is_empty()));
        identity.insert(self.lexicon.symbol(&object.id));
        identity
    }

    fn read_instruments(&mut self, files: &dyn Files, notes: &mut Notes) {
        let mut written: Vec<Written> = Vec::new();
        for name in files.list(instrument::FOLDER).unwrap_or_default() {
            let path = format!("{}/{name}", instrument::FOLDER);
            if !name.ends_with(".toml") || [vocabulary::PATH, COVERAGE].contains(&path.as_str()) {
                continue;
            }
            let Some(text) = read_text(files, &path, notes) else { continue };
            let Some(one) = instrument::parse(&path, text, notes) else { continue };
            let id = one.source.id.get_ref();
            if written.iter().any(|other| other.source.id.get_ref() == id) {
                notes.push(Note::new(Kind::DuplicateRow, STAGE, Place::file(&path)).with("key", id));
                continue;
            }
            if name != format!("{id}.toml") {
                notes.push(Note::new(Kind::InstrumentFileName, STAGE, Place::file(&path)).with("id", id));
            }
            written.push(one);
        }
        written.sort_by(|a, b| a.source.id.get_ref().cmp(b.source.id.get_ref()));
        self.ids = written.iter().enumerate().map(|(at, w)| (w.source.id.get_ref().clone(), at)).collect();
        let mut context = Context {
            vocabulary: &self.vocabulary,
            lexicon: &mut self.lexicon,
            lists: &self.lists,
            ids: &self.ids,
            codebook: &self.codebook,
        };
        self.instruments = written.iter().map(|one| one.build(&mut context, notes)).collect();
        self.break_circles(notes);
    }

    /// Instruments that rely on one another in a circle have no verdict by themselves; the limbs of the one that closes it stay open.
    fn break_circles(&mut self, notes: &mut Notes) {
        for at in 0..self.instruments.len() {
            if let Some(path) = self.circle(at) {
                let place = Place::file(&self.instruments[at].path);
                notes.push(Note::new(Kind::RuleCircle, STAGE, place).with("circle", self.way(&path)));
                for version in &mut self.instruments[at].versions {
                    version.give_up();
                }
            }
        }
    }

    /// Instruments by position, as a way from one to the next.
    fn way(&self, path: &[usize]) -> String {
        let ids: Vec<&str> = path.iter().map(|at| self.instruments[*at].id.as_str()).collect();
        ids.join(" → ")
    }

    /// The way on which an instrument relies on itself, if it does.
    fn circle(&self, at: usize) -> Option<Vec<usize>> {
        let mut path = Vec::new();
        self.leads_to(at, at, &mut path, &mut BTreeSet::new()).then_some(path)
    }

    /// Whether what an instrument relies on leads to another; `path` is the way.
    fn leads_to(&self, from: usize, to: usize, path: &mut Vec<usize>, seen: &mut BTreeSet<usize>) -> bool {
        path.push(from);
        let next: BTreeSet<usize> =
            self.instruments[from].versions.iter().flat_map(|version| &version.relies_on).copied().collect();
        for at in next {
            if at == to || (seen.insert(at) && self.leads_to(at, to, path, seen)) {
                return true;
            }
        }
        path.pop();
        false
    }

    /// The version of an instrument (by position) that counts on a day, and its status; neither if none counts.
    #[must_use]
    pub fn standing(&self, instrument: usize, on: Date) -> (Option<usize>, Option<Status>) {
        match self.instruments[instrument].standing(on, Moment::default()) {
            Some(standing) => (Some(standing.version), Some(standing.status)),
            None => (None, None),
        }
    }

    /// Objects, in order of their ids.
    #[must_use]
    pub fn objects(&self) -> &[Object] {
        &self.objects.list
    }

    /// An object by its id.
    #[must_use]
    pub fn object(&self, id: &str) -> Option<&Object> {
        self.objects.find(id).map(|at| &self.objects.list[at])
    }

    /// An instrument by its id, whatever the case of its letters.
    #[must_use]
    pub fn instrument(&self, id: &str) -> Option<&Instrument> {
        self.position(id).map(|at| &self.instruments[at])
    }

    fn position(&self, id: &str) -> Option<usize> {
        self.ids
            .get(id)
            .copied()
            .or_else(|| self.instruments.iter().position(|instrument| instrument.id.eq_ignore_ascii_case(id)))
    }

    /// How much of a jurisdiction's law is here, with a sentence on it; `None` if nothing is said.
    #[must_use]
    pub fn coverage_of(&self, jurisdiction: &str) -> Option<(Coverage, &str, &str)> {
        self.jurisdictions.get(jurisdiction).map(|j| (j.coverage, j.en.as_str(), j.zh.as_str()))
    }

    /// The last day of which every instrument that is more than pointed to is known: the day before the first on which one is not. `None` if
    /// no instrument says.
    #[must_use]
    pub fn horizon(&self) -> Option<Date> {
        let modelled = self.instruments.iter().filter(|text| text.coverage != Coverage::Pointer);
        let first = modelled.filter_map(|instrument| instrument.known_until).min()?;
        first.yesterday().ok()
    }
}

fn coverage(files: &dyn Files, notes: &mut Notes) -> CoverageSource {
    let Some(text) = read_text(files, COVERAGE, notes) else { return CoverageSource::default() };
    toml::from_str(&text).unwrap_or_else(|error| {
        notes.push(toml_note(STAGE, COVERAGE, &text, 0, &error));
        CoverageSource::default()
    })
}
