//! `study.toml`: what the study is about and the choices its stages follow.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use super::recipe::MeasureOptions;
use super::relation::RelateOptions;
use crate::diag::{Kind, Note, Notes, Place};
use crate::table::toml_note;

/// The file that makes a folder a study.
pub const STUDY_FILE: &str = "study.toml";
/// The version of the study format that this release reads and writes.
pub const FORMAT: i64 = 1;
/// More draws than this serve no one and fill the memory.
const MOST_DRAWS: u64 = 20_000;
/// Years a study may span.
const MOST_YEARS: i16 = 200;
/// Base points of a sensitivity analysis beyond which its intervals hardly shrink.
const MOST_POINTS: u64 = 1 << 17;
/// Draws of weights alone.
const MOST_SMAA: u64 = 100_000_000;
/// The greatest seed that every TOML and JSON reader keeps exactly.
const MOST_SEED: u64 = 1 << 53;

/// `[study]`: what the study is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// Short id.
    pub id: String,
    /// Title in English.
    pub title_en: String,
    /// Title in Chinese.
    pub title_zh: String,
    /// `builtin`, or a folder of the study that holds a codebook.
    pub codebook: String,
    /// First year.
    pub from: i16,
    /// Last year.
    pub to: i16,
    /// The year of which headline results and draws are told, and claims speak: the last unless the study says otherwise.
    pub headline: i16,
    /// Further years of which draws are kept and at which claims are judged.
    pub also: Vec<i16>,
    /// Actors that the report dwells on.
    pub focal: Vec<String>,
    /// What the study's own data cannot tell, in English, the gravest first: plain sentences that the report prints with its own limits.
    pub limits_en: Vec<String>,
    /// The same in Chinese.
    pub limits_zh: Vec<String>,
}

impl About {
    /// The years of which draws are kept, ascending: the headline year and those beside it.
    #[must_use]
    pub fn reported(&self) -> Vec<i16> {
        let mut years: Vec<i16> = self.also.iter().copied().chain([self.headline]).collect();
        years.sort_unstable();
        years.dedup();
        years
    }
}

/// `[uncertainty]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Uncertainty {
    /// Number of draws on which every result rests.
    pub draws: usize,
    /// Seed of all random numbers.
    pub seed: u64,
    /// Base points of the sensitivity analysis, where the choices are too many to be gone through one by one; 0 for none.
    pub sensitivity: usize,
    /// Draws of weights for rank acceptability under any weights; 0 for none.
    pub smaa: usize,
}

/// Whether a firm's acts count for its home state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Firms {
    /// They count for the home state.
    Home,
    /// They are left out of the reckoning of states.
    Apart,
}

impl Firms {
    /// The words of the option, with their values.
    pub const ALL: &'static [(&'static str, Firms)] = &[("home", Firms::Home), ("apart", Firms::Apart)];
}

/// `[code]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeOptions {
    /// Whether events that were coded in texts count as events of the study, with the coder's errors.
    pub count: bool,
}

/// `[rules]`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RulesOptions {
    /// Days (`YYYY-MM-DD`) on which verdicts are given; the last of which every instrument is known if empty.
    pub on: Vec<String>,
    /// Objects whose verdicts through time the report draws; those whose verdicts changed most if empty.
    pub shown: Vec<String>,
    /// Instruments under which it draws them; all if empty.
    pub under: Vec<String>,
}

/// `[infer]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InferOptions {
    /// Concentration of the Dirichlet prior on the shares of each type (0.5 is Jeffreys' prior).
    pub prior: f64,
    /// Whether firms' acts count for their home states.
    pub firms: Firms,
    /// Whether acts by instruments that are modelled are weighed by what these reach.
    pub reach: bool,
}

/// All of `study.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Options {
    /// `[study]`.
    pub about: About,
    /// `[uncertainty]`.
    pub uncertainty: Uncertainty,
    /// `[measure]`.
    pub measure: MeasureOptions,
    /// `[relate]`.
    pub relate: RelateOptions,
    /// `[code]`.
    pub code: CodeOptions,
    /// `[rules]`.
    pub rules: RulesOptions,
    /// `[infer]`.
    pub infer: InferOptions,
}

impl Options {
    /// Reads `study.toml`; `None` if it cannot be read as a study of this format at all.
    pub(crate) fn parse(text: &str, notes: &mut Notes) -> Option<Options> {
        let root: Table = match toml::from_str(text) {
            Ok(root) => root,
            Err(error) => {
                notes.push(toml_note("study", STUDY_FILE, text, 0, &error));
                return None;
            }
        };
        let mut reader = Reader { text, notes, fatal: false };
        let options = reader.options(root);
        let fatal = reader.fatal;
        options.filter(|_| !fatal)
    }
}

/// Takes keys out of the tables of a TOML file, noting what is wrong; what is left over at the end is unknown.
pub(super) struct Reader<'a> {
    text: &'a str,
    notes: &'a mut Notes,
    fatal: bool,
}

impl Reader<'_> {
    fn options(&mut self, mut root: Table) -> Option<Options> {
        // Without its section nothing can be said of single keys.
        if !root.contains_key("study") {
            self.fatal = true;
            self.note(Kind::MissingKey, "study", &[("key", "[study]")]);
            self.left_over_sections(&root);
            return None;
        }
        let mut study = self.section(&mut root, "study");
        match study.remove("format") {
            Some(Value::Integer(FORMAT)) => {}
            Some(other) => {
                self.fatal = true;
                self.note(
                    Kind::UnknownFormat,
                    "study.format",
                    &[("found", &other.to_string()), ("expected", &FORMAT.to_string())],
                );
            }
            None => {
                self.fatal = true;
                self.note(Kind::MissingKey, "study.format", &[("key", "format = 1")]);
            }
        }
        let id = self.required_text(&mut study, "study.id");
        let mut about = About {
            title_en: self.text(&mut study, "study.title_en", &id),
            title_zh: self.text(&mut study, "study.title_zh", &id),
            codebook: self.text(&mut study, "study.codebook", "builtin"),
            from: self.required_year(&mut study, "study.from"),
            to: self.required_year(&mut study, "study.to"),
            headline: 0,
            also: Vec::new(),
            focal: self.texts(&mut study, "study.focal"),
            limits_en: self.texts(&mut study, "study.limits_en"),
            limits_zh: self.texts(&mut study, "study.limits_zh"),
            id,
        };
        if about.from > about.to && !self.fatal {
            self.fatal = true;
            self.note(
                Kind::YearsReversed,
                "study.from",
                &[("from", &about.from.to_string()), ("to", &about.to.to_string())],
            );
        }
        if about.to.saturating_sub(about.from) > MOST_YEARS && !self.fatal {
            let expected = format!("from <= to <= from + {MOST_YEARS}");
            self.unusable("study.to", &expected, &Value::Integer(about.to.into()));
        }
        about.headline =
            self.whole(&mut study, "study.headline", about.to as u64, about.from as u64, about.to as u64)
                as i16;
        about.also = self.years(&mut study, "study.also", about.from, about.to);
        self.left_over(
            &study,
            "study",
            &[
                "format",
                "id",
                "title_en",
                "title_zh",
                "codebook",
                "from",
                "to",
                "headline",
                "also",
                "focal",
                "limits_en",
                "limits_zh",
            ],
        );

        let mut section = self.section(&mut root, "uncertainty");
        let uncertainty = Uncertainty {
            draws: self.whole(&mut section, "uncertainty.draws", 1000, 1, MOST_DRAWS) as usize,
            seed: self.whole(&mut section, "uncertainty.seed", 1, 0, MOST_SEED),
            sensitivity: self.whole(&mut section, "uncertainty.sensitivity", 1024, 0, MOST_POINTS) as usize,
            smaa: self.whole(&mut section, "uncertainty.smaa", 10_000, 0, MOST_SMAA) as usize,
        };
        self.left_over(&section, "uncertainty", &["draws", "seed", "sensitivity", "smaa"]);

        let measure = self.measure(&mut root);

        let relate = self.relate(&mut root);

        let mut section = self.section(&mut root, "code");
        let code = CodeOptions { count: self.flag(&mut section, "code.count", false) };
        self.left_over(&section, "code", &["count"]);

        let mut section = self.section(&mut root, "rules");
        let rules = RulesOptions {
            on: self.days(&mut section, "rules.on"),
            shown: self.texts(&mut section, "rules.shown"),
            under: self.texts(&mut section, "rules.under"),
        };
        self.left_over(&section, "rules", &["on", "shown", "under"]);

        let mut section = self.section(&mut root, "infer");
        let infer = InferOptions {
            prior: self.number(&mut section, "infer.prior", 0.5, 1e-6, 1e6),
            firms: self.choice(&mut section, "infer.firms", Firms::ALL, Firms::Home),
            reach: self.flag(&mut section, "infer.reach", true),
        };
        self.left_over(&section, "infer", &["prior", "firms", "reach"]);
        self.left_over_sections(&root);
        Some(Options { about, uncertainty, measure, relate, code, rules, infer })
    }

    fn left_over_sections(&mut self, root: &Table) {
        const SECTIONS: [&str; 7] = ["study", "uncertainty", "measure", "relate", "code", "rules", "infer"];
        // Keys above all sections of a file without [study] are those of [study]; one note is enough for them.
        let stray = |key: &str, value: &Value| !SECTIONS.contains(&key) && (value.is_table() || !self.fatal);
        let strays: Table = root
            .iter()
            .filter(|(key, value)| stray(key, value))
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect();
        self.left_over(&strays, "", &SECTIONS);
    }

    pub(super) fn section(&mut self, table: &mut Table, key: &str) -> Table {
        match table.remove(key) {
            Some(Value::Table(section)) => section,
            None => Table::new(),
            Some(other) => {
                self.wrong(key, &format!("[{key}]"), &other);
                Table::new()
            }
        }
    }

    fn take(&mut self, table: &mut Table, path: &str) -> Option<Value> {
        table.remove(last(path))
    }

    pub(super) fn text(&mut self, table: &mut Table, path: &str, default: &str) -> String {
        match self.take(table, path) {
            Some(Value::String(text)) => text,
            None => default.to_owned(),
            Some(other) => {
                self.wrong(path, "\"...\"", &other);
                default.to_owned()
            }
        }
    }

    fn required_text(&mut self, table: &mut Table, path: &str) -> String {
        match self.take(table, path) {
            Some(Value::String(text)) if !text.is_empty() => return text,
            Some(other) => self.unusable(path, "\"...\"", &other),
            None => {
                self.fatal = true;
                self.note(Kind::MissingKey, path, &[("key", &format!("{} = \"...\"", last(path)))]);
            }
        }
        String::new()
    }

    pub(super) fn texts(&mut self, table: &mut Table, path: &str) -> Vec<String> {
        match self.take(table, path) {
            None => Vec::new(),
            Some(Value::Array(items)) if items.iter().all(Value::is_str) => {
                items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
            }
            Some(other) => {
                self.wrong(path, "[\"...\"]", &other);
                Vec::new()
            }
        }
    }

    /// Days as TOML dates or texts; what is none is left out with a note.
    fn days(&mut self, table: &mut Table, path: &str) -> Vec<String> {
        let items = match self.take(table, path) {
            None => return Vec::new(),
            Some(Value::Array(items)) => items,
            Some(single) => vec![single],
        };
        let mut days = Vec::new();
        for item in items {
            let text = item.as_str().map_or_else(|| item.to_string(), str::to_owned);
            match text.parse::<Date>() {
                Ok(day) => days.push(day.to_string()),
                Err(_) => self.wrong(path, "[YYYY-MM-DD]", &item),
            }
        }
        days
    }

    /// Years within bounds; another is left out with a note.
    fn years(&mut self, table: &mut Table, path: &str, from: i16, to: i16) -> Vec<i16> {
        let items = match self.take(table, path) {
            None => return Vec::new(),
            Some(Value::Array(items)) => items,
            Some(single) => vec![single],
        };
        let mut years = Vec::new();
        for item in items {
            match item.as_integer().and_then(|year| i16::try_from(year).ok()) {
                Some(year) if (from..=to).contains(&year) => years.push(year),
                _ => self.wrong(path, &format!("[{from}, ..., {to}]"), &item),
            }
        }
        years
    }

    fn required_year(&mut self, table: &mut Table, path: &str) -> i16 {
        match self.take(table, path) {
            Some(Value::Integer(year)) if (1000..3000).contains(&year) => year as i16,
            Some(other) => {
                self.unusable(path, "YYYY", &other);
                0
            }
            None => {
                self.fatal = true;
                self.note(Kind::MissingKey, path, &[("key", &format!("{} = YYYY", last(path)))]);
                0
            }
        }
    }

    pub(super) fn number(&mut self, table: &mut Table, path: &str, default: f64, min: f64, max: f64) -> f64 {
        let value = match self.take(table, path) {
            None => return default,
            Some(value) => value,
        };
        match as_number(&value) {
            Some(number) if number >= min && number <= max => number,
            _ => {
                self.wrong(path, &format!("{min} <= {} <= {max}", last(path)), &value);
                default
            }
        }
    }

    pub(super) fn whole(&mut self, table: &mut Table, path: &str, default: u64, min: u64, max: u64) -> u64 {
        match self.take(table, path) {
            None => default,
            Some(Value::Integer(n)) if n >= 0 && (min..=max).contains(&n.unsigned_abs()) => n.unsigned_abs(),
            Some(other) => {
                self.wrong(path, &format!("{min}, ..., {max}"), &other);
                default
            }
        }
    }

    pub(super) fn pair(
        &mut self,
        table: &mut Table,
        path: &str,
        default: (f64, f64),
        min: f64,
        max: f64,
    ) -> (f64, f64) {
        let value = match self.take(table, path) {
            None => return default,
            Some(value) => value,
        };
        let ends = match &value {
            Value::Array(items) if items.len() == 2 => (as_number(&items[0]), as_number(&items[1])),
            single => (as_number(single), as_number(single)),
        };
        match ends {
            (Some(low), Some(high)) if min <= low && low <= high && high <= max => (low, high),
            _ => {
                self.wrong(path, &format!("[low, high], {min} <= low <= high <= {max}"), &value);
                default
            }
        }
    }

    /// Two numbers, the first below the second.
    pub(super) fn ends(&mut self, table: &mut Table, path: &str, default: (f64, f64)) -> (f64, f64) {
        let (low, high) = self.pair(table, path, default, -1e12, 1e12);
        if low < high {
            return (low, high);
        }
        self.wrong(path, "[low, high], low < high", &Value::from(vec![low, high]));
        default
    }

    pub(super) fn flag(&mut self, table: &mut Table, path: &str, default: bool) -> bool {
        match self.take(table, path) {
            None => default,
            Some(Value::Boolean(flag)) => flag,
            Some(other) => {
                self.wrong(path, "true | false", &other);
                default
            }
        }
    }

    pub(super) fn choice<T: Copy>(
        &mut self,
        table: &mut Table,
        path: &str,
        all: &[(&str, T)],
        default: T,
    ) -> T {
        match self.take(table, path) {
            None => default,
            Some(value) => self.chosen(path, &value, all).unwrap_or(default),
        }
    }

    pub(super) fn choices<T: Copy>(
        &mut self,
        table: &mut Table,
        path: &str,
        all: &[(&str, T)],
        default: &[T],
    ) -> Vec<T> {
        match self.take(table, path) {
            None => default.to_vec(),
            Some(Value::Array(items)) if !items.is_empty() => {
                let chosen: Vec<T> = items.iter().filter_map(|item| self.chosen(path, item, all)).collect();
                if chosen.is_empty() { default.to_vec() } else { chosen }
            }
            Some(other) => {
                self.wrong(path, "[\"...\"]", &other);
                default.to_vec()
            }
        }
    }

    pub(super) fn chosen<T: Copy>(&mut self, path: &str, value: &Value, all: &[(&str, T)]) -> Option<T> {
        let found = value.as_str().and_then(|text| all.iter().find(|(word, _)| *word == text));
        if found.is_none() {
            let words: Vec<&str> = all.iter().map(|(word, _)| *word).collect();
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let note = Note::new(Kind::BadChoice, "study", self.place(path))
                .near(&text, words.iter().copied())
                .with("text", text)
                .list("choices", words);
            self.notes.push(note);
        }
        found.map(|(_, chosen)| *chosen)
    }

    pub(super) fn left_over(&mut self, table: &Table, section: &str, known: &[&str]) {
        for key in table.keys() {
            let path = if section.is_empty() { key.clone() } else { format!("{section}.{key}") };
            let note = Note::new(Kind::UnknownKey, "study", self.place(&path))
                .with("key", &path)
                .near(key, known.iter().copied());
            self.notes.push(note);
        }
    }

    /// A required key with a value it cannot have.
    fn unusable(&mut self, path: &str, expected: &str, found: &Value) {
        self.fatal = true;
        self.note(
            Kind::BadKey,
            path,
            &[("key", path), ("expected", expected), ("found", &found.to_string())],
        );
    }

    pub(super) fn wrong(&mut self, path: &str, expected: &str, found: &Value) {
        self.note(
            Kind::BadOption,
            path,
            &[("key", path), ("expected", expected), ("found", &found.to_string())],
        );
    }

    pub(super) fn note(&mut self, kind: Kind, path: &str, args: &[(&str, &str)]) {
        let note = Note::new(kind, "study", self.place(path));
        self.notes.push(args.iter().fold(note, |note, (name, value)| note.with(name, value)));
    }

    fn place(&self, path: &str) -> Place {
        place(self.text, path)
    }
}

/// The place of a key of `study.toml`, with the line on which it stands if it can be found.
pub(super) fn place(text: &str, path: &str) -> Place {
    let (section, key) = path.rsplit_once('.').unwrap_or(("", path));
    let mut within = section.is_empty();
    let mut row = None;
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(name) = line.strip_prefix('[') {
            let name = name.split(']').next().unwrap_or("");
            within = name == section;
            if name == path {
                row = Some(at as u64 + 1);
            }
        } else if within && line.split('=').next().is_some_and(|name| name.trim() == key) {
            row = Some(at as u64 + 1);
            break;
        }
    }
    Place { row, ..Place::key(STUDY_FILE, path) }
}

/// The word of a choice.
pub(super) fn word<T: PartialEq>(all: &[(&'static str, T)], value: T) -> &'static str {
    all.iter().find(|(_, candidate)| *candidate == value).map_or("", |(word, _)| word)
}

fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

fn as_number(value: &Value) -> Option<f64> {
    match value {
        Value::Integer(n) => Some(*n as f64),
        Value::Float(x) => Some(*x),
        _ => None,
    }
}
