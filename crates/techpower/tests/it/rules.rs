//! Legal instruments as dated data: the shipped ones, the traps that export rules lay, and properties that hold whatever the data are.

mod broken;
mod clocks;
mod owners;
mod properties;
mod reforms;
mod shapes;
mod shipped;
mod traps;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use jiff::civil::Date;
use proptest::prelude::*;
use techpower::codebook::Codebook;
use techpower::diag::{Kind, Lang, Note, Notes, Severity};
use techpower::disk::Folder;
use techpower::rules::{
    Agreement, Ask, Assessed, Change, Circumstances, Interval, Moment, OUTCOMES, Reform, Rulebook, Status,
    Truth, VerdictKind, Weight, Window,
};

use VerdictKind::{Conditional, Conflict, NotTouched, Touched, Undetermined};

type Texts = BTreeMap<String, Vec<u8>>;

fn day(text: &str) -> Date {
    text.parse().expect(text)
}

fn shipped_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases/ai-rivalry")
}

static CODEBOOK: LazyLock<Codebook> = LazyLock::new(|| Codebook::builtin().0);
static SHIPPED: LazyLock<(Rulebook, Notes)> =
    LazyLock::new(|| Rulebook::read(&Folder(shipped_folder()), &CODEBOOK));

fn shipped() -> Rulebook {
    SHIPPED.0.clone()
}

/// The verdict of a shipped instrument on a shipped object.
fn ask(instrument: &str, object: &str, on: &str) -> Assessed {
    let found = SHIPPED.0.assess(instrument, object, day(on), Moment::default());
    found.unwrap_or_else(|| panic!("{instrument} or {object} is not there"))
}

const VOCABULARY: &str = r#"
    [kind.chip]
    en = "chip"
    zh = "芯片"
    [kind.party]
    en = "party"
    zh = "当事方"
    [field.rate]
    of = ["chip"]
    type = "number"
    unit = "TOPS"
    lever = true
    en = "rate"
    zh = "速率"
    [field.other_rate]
    of = ["chip"]
    type = "number"
    unit = "TOPS"
    en = "another rate"
    zh = "另一速率"
    [field.area]
    of = ["chip"]
    type = "number"
    unit = "mm2"
    lever = true
    en = "area of dies"
    zh = "裸片面积"
    [field.density]
    of = ["chip"]
    type = "number"
    unit = "TOPS/mm2"
    formula = "rate / area"
    en = "density"
    zh = "密度"
    [field.fast]
    of = ["chip"]
    type = "number"
    unit = "TOPS"
    formula = "first_known(rate, other_rate)"
    en = "rate by whichever is known"
    zh = "已知速率"
    [field.share]
    of = ["chip"]
    type = "number"
    unit = "1"
    en = "share"
    zh = "份额"
    [field.flop]
    of = ["chip"]
    type = "number"
    unit = "FLOP"
    en = "operations"
    zh = "运算量"
    [field.server]
    of = ["chip"]
    type = "flag"
    lever = true
    en = "for servers"
    zh = "用于服务器"
    [field.tags]
    of = ["chip"]
    type = "texts"
    en = "tags"
    zh = "标签"
    [field.since]
    of = ["chip"]
    type = "date"
    en = "since"
    zh = "起始"
    [field.home]
    of = ["chip", "party"]
    type = "text"
    en = "home"
    zh = "所在地"
    [field.destination]
    of = ["chip"]
    type = "text"
    circumstance = true
    en = "destination"
    zh = "目的地"
"#;

/// An instrument on chips and parties that is in force from 2023 on, with the rest of its first version.
fn instrument(id: &str, rest: &str) -> (String, String) {
    let text = format!(
        "id = \"{id}\"\nname_en = \"{id}\"\nname_zh = \"{id}\"\njurisdiction = \"USA\"\nsender = \"USA\"\n\
         power = \"compulsory\"\ninstrument = \"export-control\"\nlayer = \"foundation\"\n\
         objects = [\"chip\", \"party\"]\ncoverage = \"modelled\"\n\
         [[version]]\nid = \"1\"\ncitation = \"c\"\npublished = 2022-12-01\nevidence = \"primary\"\n\
         [[version.status]]\nstatus = \"in_force\"\nfrom = 2023-01-01\n{rest}"
    );
    (format!("instruments/{id}.toml"), text)
}

/// The TOML of a limb.
fn limb(id: &str, when: &str, outcome: &str, more: &str) -> String {
    format!(
        "[[version.limb]]\nid = \"{id}\"\nwhen = \"{when}\"\noutcome = \"{outcome}\"\nen = \"{id}\"\nzh = \"{id}\"\n{more}\n"
    )
}

/// The TOML of a parameter.
fn line(name: &str, value: &str, unit: &str) -> String {
    format!("[version.parameter.{name}]\nvalue = {value}\nunit = \"{unit}\"\n")
}

/// An instrument with one limb.
fn simple(id: &str, when: &str) -> (String, String) {
    instrument(id, &limb("a", when, "licence", ""))
}

fn file(path: &str, text: &str) -> (String, String) {
    (path.to_owned(), text.to_owned())
}

fn texts(files: impl IntoIterator<Item = (String, String)>) -> Texts {
    let mut all = Texts::from([("instruments/vocabulary.toml".to_owned(), VOCABULARY.as_bytes().to_vec())]);
    all.extend(files.into_iter().map(|(path, text)| (path, text.into_bytes())));
    all
}

fn read(texts: &Texts) -> (Rulebook, Notes) {
    Rulebook::read(texts, &CODEBOOK)
}

/// A rulebook that must be read without a note.
fn book(files: impl IntoIterator<Item = (String, String)>) -> Rulebook {
    let (book, notes) = read(&texts(files));
    assert!(notes.is_empty(), "{}", told(&notes));
    book
}

fn told(notes: &Notes) -> String {
    let lines = notes.iter().map(|note| {
        format!("{} {}:{:?} {}\n", note.kind.id(), note.at.file, note.at.row, note.message(Lang::En))
    });
    lines.collect()
}

fn has(notes: &Notes, kind: Kind) -> bool {
    notes.iter().any(|note| note.kind == kind)
}

fn on(book: &Rulebook, instrument: &str, object: &str, on: &str) -> Assessed {
    book.assess(instrument, object, day(on), Moment::default()).expect("an instrument and an object")
}

/// The verdict on 2024-01-01.
fn now(book: &Rulebook, instrument: &str, object: &str) -> VerdictKind {
    on(book, instrument, object, "2024-01-01").verdict.kind
}

/// All verdicts of a rulebook on a day, in words.
fn table(book: &Rulebook, on: &str) -> Vec<String> {
    let ask = Ask { on: vec![day(on)], ..Ask::default() };
    let row = |one: Assessed| {
        let mut missing = one.missing.clone();
        missing.sort();
        format!(
            "{} {} {} {} {missing:?}",
            book.instruments[one.instrument].id,
            book.objects()[one.object].id,
            one.verdict.kind.id(),
            one.limb,
        )
    };
    book.assess_all(&ask, Lang::En).into_iter().map(row).collect()
}
