//! `techpower rules`: puts questions to the legal instruments of a study and shows the answers.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use clap::{Args, Subcommand};
use jiff::Span;
use jiff::civil::Date;
use techpower::codebook::Codebook;
use techpower::diag::{Lang, Notes, nearest};
use techpower::disk::Folder;
use techpower::package::{self, Output};
use techpower::rules::{
    Ask, Change, Circumstances, Moment, OUTCOMES, Reform, Rulebook, Stretch, VerdictKind, Weight, Window,
};
use techpower::study::codebook_of;
use techpower::table::Files;

use crate::fault::{DONE, Fault};
use crate::show::{self, Format};
use crate::words::{say, word};
use crate::{code_of, piped};

/// Path under which objects from standard input are read.
const INPUT: &str = "objects/-.csv";
const FACTS: &str = "objects/facts.csv";

/// What is asked.
#[derive(Debug, Subcommand)]
pub(crate) enum Question {
    /// Tell which instruments touch which objects on a day.
    Assess(Assess),
    /// Tell why an instrument touches an object or not, figure by figure.
    Explain(One),
    /// Tell the smallest changes of an object that flip a verdict.
    WhyNot(One),
    /// Tell how an object fared through time, as a chart or a table.
    Timeline(Timeline),
    /// Tell what differs between two versions of an instrument, and which verdicts differ.
    Diff(Diff),
    /// Tell what a reform (a TOML file of changes) would move.
    Reform(Changed),
    /// Tell which instruments and objects move if a parameter, a list or a status changes.
    Impact(Impact),
    /// Tell what share of the objects on the market each instrument touches, and what each version adds.
    Reach(Shares),
    /// Tell whether objects crowd just under the lines of instruments, and lines under objects.
    Bunching(Crowds),
    /// Hold verdicts against known outcomes.
    Score(Score),
    /// List the instruments, their status on a day and how much of each is modelled.
    List(Listing),
    /// Run the tests in the instruments' files and look for limbs out of reach, overlaps, what is unused or untested, and what should be read again.
    Check(Check),
}

/// The first of the three clocks, and the rest.
#[derive(Debug, Args)]
struct When {
    /// Day asked about; the last of which every instrument is known if not given.
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    #[command(flatten)]
    given: Given,
}

/// What is taken for known, and the circumstances.
#[derive(Debug, Args)]
struct Given {
    /// Take for known only what was published by this day.
    #[arg(long, value_name = "DATE")]
    known: Option<Date>,
    /// Take for written down only what was recorded by this day.
    #[arg(long, value_name = "DATE")]
    recorded: Option<Date>,
    /// A fact of the transaction or use, such as destination=CHN; may be given several times.
    #[arg(long, value_name = "FIELD=VALUE")]
    given: Vec<String>,
}

impl Given {
    fn moment(&self) -> Moment {
        Moment { known: self.known, recorded: self.recorded }
    }

    fn circumstances(&self, book: &mut Rulebook, lang: Lang) -> Result<Circumstances, Fault> {
        let mut told = Vec::new();
        for given in &self.given {
            let Some((field, value)) = given.split_once('=') else {
                return Err(Fault::usage(lang, "given_form", &[("text", given)], ""));
            };
            told.push((field.trim().to_owned(), value.trim().to_owned()));
        }
        let circumstances = book.circumstances(&told).map_err(|wrong| {
            let fields: Vec<&str> = book.vocabulary.fields.iter().map(|f| f.name.as_str()).collect();
            let near = nearest(&wrong.field, fields).unwrap_or("");
            let args = [("field", wrong.field.as_str()), ("text", &wrong.text), ("near", near)];
            let hint = if near.is_empty() || near == wrong.field { "" } else { "no_page_near" };
            Fault::usage(lang, "given_unknown", &args, hint)
        })?;
        for text in &circumstances.strange {
            talk!("{}", say(lang, "given_strange", &[("text", text)]));
        }
        Ok(circumstances)
    }
}

impl When {
    fn day(&self, book: &Rulebook) -> Date {
        self.on.or_else(|| book.horizon()).unwrap_or_else(today)
    }
}

#[derive(Debug, Args)]
struct Shown {
    /// How to show the answer.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Assess {
    /// Folder of the study, or - for a table of objects on standard input (then --rules names the study whose instruments count).
    study: PathBuf,
    /// Study whose instruments count for objects on standard input.
    #[arg(long, value_name = "STUDY")]
    rules: Option<PathBuf>,
    /// Instrument; may be given several times. All that speak of an object's kind if not given.
    #[arg(long, value_name = "ID")]
    instrument: Vec<String>,
    /// Object; may be given several times. All if not given.
    #[arg(long, value_name = "ID")]
    object: Vec<String>,
    #[command(flatten)]
    when: When,
    #[command(flatten)]
    shown: Shown,
}

#[derive(Debug, Args)]
pub(crate) struct One {
    /// Folder of the study.
    study: PathBuf,
    /// Object.
    object: String,
    /// Instrument.
    instrument: String,
    #[command(flatten)]
    when: When,
    #[command(flatten)]
    shown: Shown,
}

#[derive(Debug, Args)]
pub(crate) struct Timeline {
    /// Folder of the study.
    study: PathBuf,
    /// Objects.
    #[arg(required = true)]
    objects: Vec<String>,
    /// Instrument; may be given several times. All that speak of an object's kind if not given.
    #[arg(long, value_name = "ID")]
    instrument: Vec<String>,
    #[command(flatten)]
    given: Given,
    #[command(flatten)]
    shown: Shown,
}

#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// Folder of the study.
    study: PathBuf,
    /// Instrument and version, such as us-3a090@2022-10.
    one: String,
    /// Another version of it, with or without the instrument.
    two: String,
    #[command(flatten)]
    when: When,
    #[command(flatten)]
    shown: Shown,
}

#[derive(Debug, Args)]
pub(crate) struct Changed {
    /// Folder of the study.
    study: PathBuf,
    /// TOML file of changes.
    file: PathBuf,
    /// Table to print: moved or reached.
    #[arg(long, default_value = "moved", value_parser = ["moved", "reached"])]
    table: String,
    #[command(flatten)]
    when: When,
    #[command(flatten)]
    shown: Shown,
}

#[derive(Debug, Args)]
pub(crate) struct Impact {
    /// Folder of the study.
    study: PathBuf,
    /// A change: us-3a090@2023-11.tpp_high=5000, ear:A:5+ARE, ear:D:5-CHN (with blanks around the minus where a name has a hyphen) or us-3a090@2022-10:in_force; may be given several times.
    #[arg(long = "change", value_name = "CHANGE", required = true)]
    changes: Vec<String>,
    /// Table to print: reached or moved.
    #[arg(long, default_value = "reached", value_parser = ["moved", "reached"])]
    table: String,
    #[command(flatten)]
    when: When,
    #[command(flatten)]
    shown: Shown,
}

#[derive(Debug, Args)]
pub(crate) struct Shares {
    /// Folder of the study.
    study: PathBuf,
    /// Field that objects are weighed by, instead of their number.
    #[arg(long, value_name = "FIELD")]
    weight: Option<String>,
    #[command(flatten)]
    when: When,
    #[command(flatten)]
    shown: Shown,
}

#[derive(Debug, Args)]
pub(crate) struct Crowds {
    /// Folder of the study.
    study: PathBuf,
    /// How far below a line an object lies just under it, as a share of the line.
    #[arg(long, value_name = "SHARE", default_value_t = Window::default().near)]
    near: f64,
    /// Factor around a line within which objects are looked at.
    #[arg(long, value_name = "FACTOR", default_value_t = Window::default().band)]
    band: f64,
    #[command(flatten)]
    shown: Shown,
}

#[derive(Debug, Args)]
pub(crate) struct Score {
    /// Folder of the study.
    study: PathBuf,
    /// Table of known outcomes; the study's own if not given.
    outcomes: Option<PathBuf>,
    /// Table to print: outcomes (counts) or outcome_rows.
    #[arg(long, default_value = "outcomes", value_parser = ["outcomes", "outcome_rows"])]
    table: String,
    #[command(flatten)]
    shown: Shown,
}

#[derive(Debug, Args)]
pub(crate) struct Listing {
    /// Folder of the study.
    study: PathBuf,
    /// Day of the statuses; the last of which every instrument is known if not given.
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    #[command(flatten)]
    shown: Shown,
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Folder of the study.
    study: PathBuf,
    /// Day on which the check is made; today if not given.
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    #[command(flatten)]
    shown: Shown,
}

/// Today, by the machine's clock, in Coordinated Universal Time.
pub(crate) fn today() -> Date {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let days = i64::try_from(since.as_secs() / 86_400).unwrap_or(0);
    Date::constant(1970, 1, 1).saturating_add(Span::new().days(days))
}

/// What is to be said of the instruments of a study, in-file tests and what is due to be read again included; nothing if it has none.
pub(crate) fn checked(study: &Path, codebook: &Codebook) -> Notes {
    let files = Folder(study.to_owned());
    if !Rulebook::is_in(&files) {
        return Notes::new();
    }
    let (mut book, mut notes) = Rulebook::read(&files, codebook);
    notes.extend(book.check(today()));
    notes
}

/// Answers a question.
pub(crate) fn carry_out(question: &Question, lang: Lang) -> Result<u8, Fault> {
    match question {
        Question::Assess(ask) => assess(ask, lang),
        Question::Explain(ask) => explain(ask, lang),
        Question::WhyNot(ask) => why_not(ask, lang),
        Question::Timeline(ask) => timeline(ask, lang),
        Question::Diff(ask) => diff(ask, lang),
        Question::Reform(ask) => {
            let path = ask.file.display().to_string();
            let text = std::fs::read_to_string(&ask.file).map_err(|e| Fault::unreadable(&ask.file, &e))?;
            let (reform, notes) = Reform::read(&path, &text);
            changed(&ask.study, &reform, notes, &ask.table, &ask.when, ask.shown.format, lang)
        }
        Question::Impact(ask) => {
            let mut reform = Reform::default();
            for text in &ask.changes {
                let change: Change = text
                    .parse()
                    .map_err(|_| Fault::usage(lang, "change_form", &[("text", text)], "change_form_hint"))?;
                reform.changes.push((change, techpower::diag::Place::key("--change", text)));
            }
            changed(&ask.study, &reform, Notes::new(), &ask.table, &ask.when, ask.shown.format, lang)
        }
        Question::Reach(ask) => {
            let (mut book, notes) = read(&ask.study, lang)?;
            let weight = weight(&book, ask.weight.as_deref(), lang)?;
            let circumstances = ask.when.given.circumstances(&mut book, lang)?;
            let rows = book.reaches(&[ask.when.day(&book)], ask.when.given.moment(), &circumstances, &weight);
            print(&package::reached(&book, &rows, weight.id()), &notes, ask.shown.format, lang)
        }
        Question::Bunching(ask) => {
            let (book, notes) = read(&ask.study, lang)?;
            if !(ask.near > 0.0 && ask.near < 1.0 && ask.band > 1.0) {
                return Err(Fault::usage(lang, "window_form", &[], ""));
            }
            let rows = book.bunching(Window { near: ask.near, band: ask.band }, Moment::default());
            print(&package::bunched(&book, &rows), &notes, ask.shown.format, lang)
        }
        Question::Score(ask) => score(ask, lang),
        Question::List(ask) => {
            let (book, notes) = read(&ask.study, lang)?;
            let day = ask.on.or_else(|| book.horizon()).unwrap_or_else(today);
            let table = package::instruments(&book, day);
            print(&table, &notes, ask.shown.format, lang)
        }
        Question::Check(ask) => {
            let (mut book, mut notes) = read(&ask.study, lang)?;
            notes.extend(book.check(ask.on.unwrap_or_else(today)));
            match ask.shown.format {
                Format::Table => show::notes(&notes, lang, false),
                format => piped(show::notes_data(&notes, lang, format))?,
            }
            Ok(code_of(&notes))
        }
    }
}

/// The rulebook of a study.
fn read(study: &Path, lang: Lang) -> Result<(Rulebook, Notes), Fault> {
    read_with(study, &Folder(study.to_owned()), lang)
}

fn read_with(study: &Path, files: &dyn Files, lang: Lang) -> Result<(Rulebook, Notes), Fault> {
    if !study.is_dir() {
        return Err(Fault::unreadable(study, &io::Error::from(io::ErrorKind::NotFound)));
    }
    if !Rulebook::is_in(files) {
        let path = study.display().to_string();
        return Err(Fault::usage(lang, "no_rules", &[("path", &path)], "no_rules_hint"));
    }
    Ok(Rulebook::read(files, &codebook_of(files)))
}

fn weight(book: &Rulebook, field: Option<&str>, lang: Lang) -> Result<Weight, Fault> {
    let Some(name) = field else { return Ok(Weight::Number) };
    let numbers: Vec<&str> =
        book.vocabulary.fields.iter().filter(|field| field.is_number()).map(|f| f.name.as_str()).collect();
    if numbers.contains(&name) {
        return Ok(Weight::Field(name.to_owned()));
    }
    let near = nearest(name, numbers).unwrap_or("");
    let hint = if near.is_empty() { "" } else { "no_page_near" };
    Err(Fault::usage(lang, "no_weight", &[("id", name), ("near", near)], hint))
}

/// An object that could not be read is missing, so that the notes are told first.
fn known_object(book: &Rulebook, notes: &Notes, id: &str, lang: Lang) -> Result<(), Fault> {
    if book.object(id).is_some() {
        return Ok(());
    }
    show::notes(notes, lang, true);
    let near = nearest(id, book.objects().iter().map(|object| object.id.as_str())).unwrap_or("");
    let hint = if near.is_empty() { "" } else { "no_page_near" };
    Err(Fault::usage(lang, "no_object", &[("id", id), ("near", near)], hint))
}

fn known_instrument(book: &Rulebook, notes: &Notes, id: &str, lang: Lang) -> Result<(), Fault> {
    if book.instrument(id).is_some() {
        return Ok(());
    }
    show::notes(notes, lang, true);
    let near = nearest(id, book.instruments.iter().map(|text| text.id.as_str())).unwrap_or("");
    let hint = if near.is_empty() { "no_instrument_hint" } else { "no_page_near" };
    Err(Fault::usage(lang, "no_instrument", &[("id", id), ("near", near)], hint))
}

/// Prints a table and talks about notes; then says what no table of verdicts may leave unsaid.
fn print(table: &Output, notes: &Notes, format: Format, lang: Lang) -> Result<u8, Fault> {
    let columns: Vec<&str> = table.schema.columns.iter().map(|column| column.name).collect();
    piped(show::data(&columns, &table.rows, format))?;
    show::notes(notes, lang, true);
    if format == Format::Table {
        talk!("{}", say(lang, "no_clearance", &[]));
    }
    Ok(code_of(notes))
}

/// A study's files, and a table of objects from standard input.
struct WithInput {
    study: Folder,
    input: Vec<u8>,
}

impl Files for WithInput {
    fn open(&self, path: &str) -> io::Result<Option<Box<dyn Read + '_>>> {
        match path {
            INPUT => Ok(Some(Box::new(self.input.as_slice()))),
            // Facts of the study are about its own objects.
            FACTS => Ok(None),
            path => self.study.open(path),
        }
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        match folder {
            "objects" => Ok(vec!["-.csv".to_owned()]),
            folder => self.study.list(folder),
        }
    }
}

fn assess(ask: &Assess, lang: Lang) -> Result<u8, Fault> {
    let (mut book, notes) = if ask.study == Path::new("-") {
        let Some(rules) = &ask.rules else {
            return Err(Fault::usage(lang, "no_rules_named", &[], ""));
        };
        let mut input = Vec::new();
        io::stdin().read_to_end(&mut input).map_err(|error| Fault::unreadable(Path::new("stdin"), &error))?;
        read_with(rules, &WithInput { study: Folder(rules.clone()), input }, lang)?
    } else {
        read(&ask.study, lang)?
    };
    for id in &ask.object {
        known_object(&book, &notes, id, lang)?;
    }
    for id in &ask.instrument {
        known_instrument(&book, &notes, id, lang)?;
    }
    let circumstances = ask.when.given.circumstances(&mut book, lang)?;
    let asked = Ask {
        objects: ask.object.clone(),
        instruments: ask.instrument.clone(),
        on: vec![ask.when.day(&book)],
        moment: ask.when.given.moment(),
        circumstances,
    };
    let rows = book.assess_all(&asked, lang);
    print(&package::assessed(&book, &rows), &notes, ask.shown.format, lang)
}

fn explain(ask: &One, lang: Lang) -> Result<u8, Fault> {
    let (mut book, notes) = read(&ask.study, lang)?;
    known_object(&book, &notes, &ask.object, lang)?;
    known_instrument(&book, &notes, &ask.instrument, lang)?;
    let circumstances = ask.when.given.circumstances(&mut book, lang)?;
    let (on, moment) = (ask.when.day(&book), ask.when.given.moment());
    let lines =
        book.explain(&ask.instrument, &ask.object, on, moment, &circumstances, lang).unwrap_or_default();
    let mut out = io::stdout().lock();
    for line in lines {
        piped(writeln!(out, "{}{}", "  ".repeat(line.depth), show::harmless(&line.text)))?;
    }
    show::notes(&notes, lang, true);
    Ok(code_of(&notes))
}

fn why_not(ask: &One, lang: Lang) -> Result<u8, Fault> {
    let (mut book, notes) = read(&ask.study, lang)?;
    known_object(&book, &notes, &ask.object, lang)?;
    known_instrument(&book, &notes, &ask.instrument, lang)?;
    let circumstances = ask.when.given.circumstances(&mut book, lang)?;
    let (on, moment) = (ask.when.day(&book), ask.when.given.moment());
    let rows = book.why_not(&ask.instrument, &ask.object, on, moment, &circumstances).unwrap_or_default();
    let asked = Ask {
        objects: vec![ask.object.clone()],
        instruments: vec![ask.instrument.clone()],
        on: vec![on],
        moment,
        circumstances,
    };
    if let Some(now) = book.assess_all(&asked, lang).first() {
        let open = matches!(now.verdict.kind, VerdictKind::Undetermined | VerdictKind::Conditional);
        let word = match (open, rows.is_empty()) {
            (true, _) => "why_not_open",
            (false, true) => "why_not_none",
            (false, false) => "why_not_now",
        };
        let args = [("verdict", now.verdict.kind.name(lang)), ("reason", &now.reason)];
        talk!("{}", say(lang, word, &args));
    }
    print(&package::redesigned(&ask.object, &ask.instrument, &rows), &notes, ask.shown.format, lang)
}

fn timeline(ask: &Timeline, lang: Lang) -> Result<u8, Fault> {
    let (mut book, notes) = read(&ask.study, lang)?;
    for id in &ask.objects {
        known_object(&book, &notes, id, lang)?;
    }
    for id in &ask.instrument {
        known_instrument(&book, &notes, id, lang)?;
    }
    let circumstances = ask.given.circumstances(&mut book, lang)?;
    let moment = ask.given.moment();
    let rows: Vec<Stretch> = ask
        .objects
        .iter()
        .filter_map(|object| book.timeline(object, &ask.instrument, moment, &circumstances, lang))
        .flatten()
        .collect();
    if ask.shown.format != Format::Table {
        return print(&package::through_time(&book, &rows), &notes, ask.shown.format, lang);
    }
    piped(chart(&book, &rows, lang))?;
    show::notes(&notes, lang, true);
    talk!("{}", say(lang, "no_clearance", &[]));
    Ok(code_of(&notes))
}

/// Cells of a chart.
const WIDTH: usize = 60;

/// Stretches as bars on a line of time, one line an object and instrument.
fn chart(book: &Rulebook, rows: &[Stretch], lang: Lang) -> io::Result<()> {
    let Some(first) = rows.iter().map(|row| row.from).min() else { return Ok(()) };
    let last = book.horizon().into_iter().chain(rows.iter().map(|row| row.from)).max().unwrap_or(first);
    let days = |day: Date| first.until(day).map_or(0, |span| span.get_days().max(0));
    let all = days(last).max(1);
    let cell = |day: Date| (i64::from(days(day)) * WIDTH as i64 / i64::from(all)) as usize;
    let mut lines: BTreeMap<(usize, usize), Vec<&Stretch>> = BTreeMap::new();
    for row in rows {
        lines.entry((row.assessed.object, row.assessed.instrument)).or_default().push(row);
    }
    let mut out = io::stdout().lock();
    let name = |object: usize, instrument: usize| {
        format!("{} · {}", book.objects()[object].id, book.instruments[instrument].id)
    };
    let widest = lines.keys().map(|(o, i)| name(*o, *i).chars().count()).max().unwrap_or(0);
    let years: Vec<i16> = (first.year() + 1..=last.year()).collect();
    let mut axis = vec![' '; WIDTH + 5];
    for year in years {
        let at = cell(Date::constant(year, 1, 1));
        for (offset, digit) in year.to_string().chars().enumerate() {
            if at + offset < axis.len() && (offset > 0 || axis[at.saturating_sub(1)] == ' ') {
                axis[at + offset] = digit;
            }
        }
    }
    writeln!(out, "{}  {}", " ".repeat(widest), axis.iter().collect::<String>().trim_end())?;
    for ((object, instrument), stretches) in &lines {
        let mut bar = vec![' '; WIDTH];
        for stretch in stretches {
            let sign = sign(stretch);
            let to = stretch.to.map_or(WIDTH, cell).min(WIDTH);
            let from = cell(stretch.from).min(WIDTH - 1);
            bar[from..to.max(from + 1)].fill(sign);
        }
        let label = name(*object, *instrument);
        let space = " ".repeat(widest - label.chars().count());
        writeln!(out, "{label}{space}  {}", bar.iter().collect::<String>().trim_end())?;
        for stretch in stretches {
            let verdict = stretch.assessed.verdict.kind.name(lang);
            let status = stretch.assessed.verdict.status.map_or("", |status| status.name(lang));
            let limb = match stretch.assessed.limb.as_str() {
                "" => String::new(),
                limb => format!(" {limb}"),
            };
            let status = say(lang, "aside", &[("text", status)]);
            writeln!(out, "  {} {}  {verdict}{limb}{status}", sign(stretch), stretch.from)?;
        }
    }
    Ok(())
}

/// The sign of a stretch in a chart.
fn sign(stretch: &Stretch) -> char {
    match stretch.assessed.verdict.kind {
        VerdictKind::Touched => '█',
        VerdictKind::Conflict => '#',
        VerdictKind::Conditional => '▒',
        VerdictKind::Undetermined => '?',
        // It would touch if it applied.
        VerdictKind::NotTouched if !stretch.assessed.verdict.limbs.is_empty() => '░',
        VerdictKind::NotTouched => '·',
    }
}

fn diff(ask: &Diff, lang: Lang) -> Result<u8, Fault> {
    let (mut book, notes) = read(&ask.study, lang)?;
    let form = || Fault::usage(lang, "diff_form", &[], "");
    let (instrument, one) = ask.one.split_once('@').ok_or_else(form)?;
    let (other, two) = ask.two.split_once('@').unwrap_or((instrument, &ask.two));
    known_instrument(&book, &notes, instrument, lang)?;
    if !other.eq_ignore_ascii_case(instrument) {
        return Err(form());
    }
    let Some(rows) = book.difference(instrument, one, two) else {
        let versions = book.instrument(instrument).map(|text| text.versions.as_slice()).unwrap_or_default();
        let ids: Vec<&str> = versions.iter().map(|version| version.id.as_str()).collect();
        let args = [("id", instrument), ("versions", &ids.join(word(lang, "comma")))];
        return Err(Fault::usage(lang, "no_version", &args, ""));
    };
    let circumstances = ask.when.given.circumstances(&mut book, lang)?;
    let forced = |version: &str| {
        let mut reform = Reform::default();
        let status = techpower::rules::Status::InForce;
        let (instrument, version) = (instrument.to_owned(), version.to_owned());
        let change = Change::Status { instrument, version, status, from: None, to: None };
        reform.changes.push((change, techpower::diag::Place::default()));
        book.reformed(&reform).0
    };
    let asked = Ask {
        objects: Vec::new(),
        instruments: vec![instrument.to_owned()],
        on: vec![ask.when.day(&book)],
        moment: ask.when.given.moment(),
        circumstances,
    };
    let kinds = book.instrument(instrument).map(|text| text.objects.clone()).unwrap_or_default();
    let moved: Vec<_> = forced(one)
        .moved(&forced(two), &asked, lang)
        .into_iter()
        .filter(|moved| kinds.contains(&book.objects()[moved.before.object].kind))
        .collect();
    let columns = |table: &Output| -> Vec<&'static str> {
        table.schema.columns.iter().map(|column| column.name).collect()
    };
    let texts = package::differing(&rows);
    piped(show::data(&columns(&texts), &texts.rows, ask.shown.format))?;
    let [verdicts, _] = <[Output; 2]>::try_from(package::changed(&book, &moved, &[]))
        .map_err(|_| Fault::Internal("changed".to_owned()))?;
    if ask.shown.format == Format::Table {
        piped(writeln!(io::stdout()))?;
    }
    print(&verdicts, &notes, ask.shown.format, lang)
}

fn changed(
    study: &Path,
    reform: &Reform,
    mut notes: Notes,
    table: &str,
    when: &When,
    format: Format,
    lang: Lang,
) -> Result<u8, Fault> {
    let (mut book, reading) = read(study, lang)?;
    notes.extend(reading);
    let circumstances = when.given.circumstances(&mut book, lang)?;
    let (other, changing) = book.reformed(reform);
    notes.extend(changing);
    let asked =
        Ask { on: vec![when.day(&book)], moment: when.given.moment(), circumstances, ..Ask::default() };
    let moved = book.moved(&other, &asked, lang);
    let tables = package::changed(&book, &moved, &book.reached(reform));
    let Some(found) = tables.iter().find(|one| one.schema.name == table) else { return Ok(DONE) };
    print(found, &notes, format, lang)
}

fn score(ask: &Score, lang: Lang) -> Result<u8, Fault> {
    let (mut book, mut notes) = read(&ask.study, lang)?;
    let own = Folder(ask.study.clone());
    let (held, found) = match &ask.outcomes {
        None => book.outcomes(&own, OUTCOMES, lang),
        Some(path) => {
            let bytes = std::fs::read(path).map_err(|error| Fault::unreadable(path, &error))?;
            let name = path.display().to_string();
            book.outcomes(&BTreeMap::from([(name.clone(), bytes)]), &name, lang)
        }
    };
    notes.extend(found);
    let tables = package::held(&book, &held);
    let Some(table) = tables.iter().find(|table| table.schema.name == ask.table) else { return Ok(DONE) };
    print(table, &notes, ask.shown.format, lang)
}
