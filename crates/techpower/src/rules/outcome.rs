//! Known outcomes: what makers, officials or observers have said of objects, held against verdicts.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::assess::{Ask, Assessed, VerdictKind};
use super::object::bad_value;
use super::{Moment, Rulebook, STAGE};
use crate::diag::{Kind, Lang, Note, Notes};
use crate::table::{Files, Table, Type, When, column, read_table};

/// Path of the known outcomes in a study.
pub const OUTCOMES: &str = "instruments/outcomes.csv";

const COLUMNS: Table = Table {
    name: "outcomes",
    en: "What is known to be touched or not.",
    zh: "已知的触及与否。",
    columns: &[
        column!("object", Type::Id, required, "object", "对象"),
        column!("instrument", Type::Id, required, "instrument", "文书"),
        column!("version", Type::Text, "version that counts on the day", "当日有效版本"),
        column!("on", Type::Date, required, "day", "日期"),
        column!(
            "verdict",
            Type::Choice(&["touched", "not_touched", "undetermined", "conditional", "conflict"]),
            required,
            "what is known",
            "已知结果"
        ),
        column!("limb", Type::Text, "limb that touches", "触及条款"),
        column!("circumstances", Type::Text, "field=value;field=value", "情形：字段=值；…"),
        column!(
            "evidence",
            Type::Choice(&["primary", "secondary", "inference"]),
            "what the source is worth",
            "证据等级"
        ),
        column!("reference", Type::Text, "source", "出处"),
        column!("note", Type::Text, "remark", "备注"),
    ],
    key: &[],
};

/// How a verdict stands to what is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Agreement {
    /// They say the same.
    Agree,
    /// They contradict each other.
    Disagree,
    /// The verdict is open where the outcome is known.
    Open,
}

impl Agreement {
    /// All, in order.
    pub const ALL: [Agreement; 3] = [Agreement::Agree, Agreement::Disagree, Agreement::Open];

    /// The word used in tables.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Agreement::Agree => "agree",
            Agreement::Disagree => "disagree",
            Agreement::Open => "undetermined",
        }
    }
}

/// A known outcome and the verdict on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// Line of the file.
    pub row: u64,
    /// Version by the source.
    pub version: String,
    /// Known verdict.
    pub known: VerdictKind,
    /// Known limb; empty if not told.
    pub limb: String,
    /// What the source is worth; empty if not told.
    pub evidence: String,
    /// Source.
    pub reference: String,
    /// The verdict.
    pub assessed: Assessed,
    /// How they stand to each other.
    pub agreement: Agreement,
}

impl Rulebook {
    /// Holds verdicts against the known outcomes of a table. Rows about an object or instrument that the rulebook does not have are left out with a
    /// note.
    pub fn outcomes(&mut self, files: &dyn Files, path: &str, lang: Lang) -> (Vec<Held>, Notes) {
        let mut notes = Notes::new();
        let mut held = Vec::new();
        read_table(files, path, &COLUMNS, &mut notes, |row, notes| {
            let (object, instrument) = (row.text("object"), row.text("instrument"));
            if self.object(object).is_none() {
                let known = self.objects().iter().map(|object| object.id.as_str());
                notes.push(row.note(Kind::UnknownObject, "object").with("id", object).near(object, known));
                return false;
            }
            if self.instrument(instrument).is_none() {
                let known = self.instruments.iter().map(|instrument| instrument.id.as_str());
                let note = row.note(Kind::NoSuchRule, "instrument").with("id", instrument);
                notes.push(note.near(instrument, known));
                return false;
            }
            let parts = row.text("circumstances").split([';', '；']).filter(|part| !part.trim().is_empty());
            let told: Vec<(String, String)> = parts
                .map(|part| part.split_once('=').unwrap_or((part, "")))
                .map(|(field, value)| (field.trim().to_owned(), value.trim().to_owned()))
                .collect();
            let circumstances = match self.circumstances(&told) {
                Ok(circumstances) => circumstances,
                Err(wrong) => {
                    let place = row.place("circumstances");
                    notes.push(match self.vocabulary.field(&wrong.field) {
                        Some(field) => bad_value(&self.vocabulary, field, &wrong.text, place),
                        None => self.vocabulary.unknown_field(&wrong.field, place),
                    });
                    return false;
                }
            };
            let on: Date = row.when("on").map_or(Date::ZERO, When::from);
            let ask = Ask {
                objects: vec![object.to_owned()],
                instruments: vec![instrument.to_owned()],
                on: vec![on],
                moment: Moment::default(),
                circumstances,
            };
            let Some(assessed) = self.assess_all(&ask, lang).pop() else { return false };
            let word = row.text("verdict");
            let known = VerdictKind::ALL.into_iter().find(|v| v.id() == word).unwrap_or(VerdictKind::Touched);
            let limb = row.text("limb").to_owned();
            let found = assessed.verdict.kind;
            let open = |kind| matches!(kind, VerdictKind::Undetermined | VerdictKind::Conditional);
            let agreement = if found == known && (limb.is_empty() || limb == assessed.limb) {
                Agreement::Agree
            } else if open(found) && !open(known) {
                Agreement::Open
            } else {
                Agreement::Disagree
            };
            held.push(Held {
                row: row.line,
                version: row.text("version").to_owned(),
                known,
                limb,
                evidence: row.text("evidence").to_owned(),
                reference: row.text("reference").to_owned(),
                assessed,
                agreement,
            });
            true
        });
        if held.is_empty() && notes.is_empty() {
            let place = crate::diag::Place::file(path);
            notes.push(Note::new(Kind::NoFile, STAGE, place));
        }
        (held, notes)
    }
}

/// How many outcomes agree, disagree and are open, by instrument and version.
#[must_use]
pub fn counted(book: &Rulebook, held: &[Held]) -> BTreeMap<(String, String), [usize; 3]> {
    let mut counts: BTreeMap<(String, String), [usize; 3]> = BTreeMap::new();
    for one in held {
        let instrument = &book.instruments[one.assessed.instrument];
        let version = one.assessed.verdict.version.map(|at| instrument.versions[at].id.clone());
        let key = (instrument.id.clone(), version.unwrap_or_else(|| one.version.clone()));
        let at = Agreement::ALL.iter().position(|kind| *kind == one.agreement).unwrap_or(0);
        counts.entry(key).or_default()[at] += 1;
    }
    counts
}
