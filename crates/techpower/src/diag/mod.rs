//! Notes: the one currency for doubts about data, options and results.
//!
//! A [`Note`] says *what* ([`Kind`] and its arguments), *where* ([`Place`]) and, rendered through the catalogue of
//! words (`diag/notes.toml`), *how to mend it*, in English or Chinese. Stages never fail on bad data: they return a result
//! together with [`Notes`].

mod kinds;
mod reason;
mod words;

pub use kinds::Kind;
pub use reason::reason;
pub use words::{Words, fill};

use std::collections::BTreeMap;
use std::fmt;
use std::io;

use serde::{Deserialize, Serialize};

/// A language in which texts for people exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// English.
    En,
    /// Chinese (simplified).
    Zh,
}

/// How much a note matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something was assumed or done that a careful reader wants to know.
    Info,
    /// Something looks wrong, but everything was used.
    Warning,
    /// Something could not be used and was left out.
    Error,
}

impl Severity {
    /// The word used in tables and JSON.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// Where a note points: a file and, as far as known, the row or line (from 1, the header line included), the column and a
/// span of Unicode code points.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// Path relative to the study or codebook folder; empty when the note is not about a file.
    pub file: String,
    /// Line of the file, counted from 1 (so the first data row of a table without line breaks in cells is row 2).
    pub row: Option<u64>,
    /// Name of the column or key.
    pub column: Option<String>,
    /// First and one-past-last code point of the passage within the cell or line.
    pub span: Option<(u64, u64)>,
}

impl Place {
    /// A whole file.
    #[must_use]
    pub fn file(file: &str) -> Place {
        Place { file: file.to_owned(), ..Place::default() }
    }

    /// A line of a file.
    #[must_use]
    pub fn row(file: &str, row: u64) -> Place {
        Place { file: file.to_owned(), row: Some(row), ..Place::default() }
    }

    /// A cell of a table.
    #[must_use]
    pub fn cell(file: &str, row: u64, column: &str) -> Place {
        Place { file: file.to_owned(), row: Some(row), column: Some(column.to_owned()), span: None }
    }

    /// A key of a TOML file.
    #[must_use]
    pub fn key(file: &str, key: &str) -> Place {
        Place { file: file.to_owned(), row: None, column: Some(key.to_owned()), span: None }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(row) = self.row {
            write!(f, ":{row}")?;
        }
        if let Some(column) = &self.column {
            write!(f, " [{column}]")?;
        }
        if let Some((from, to)) = self.span {
            write!(f, " ({from}-{to})")?;
        }
        Ok(())
    }
}

/// A value in the words of a note.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Value {
    /// The same in every language.
    Text(String),
    /// Several, set apart as the language does it.
    List(Vec<String>),
    /// Told in each language.
    Told {
        /// In English.
        en: String,
        /// In Chinese.
        zh: String,
    },
}

impl Value {
    /// The value in a language.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        match (self, lang) {
            (Value::Text(text), _) => text.clone(),
            (Value::List(list), Lang::En) => list.join(", "),
            (Value::List(list), Lang::Zh) => list.join("、"),
            (Value::Told { en, .. }, Lang::En) => en.clone(),
            (Value::Told { zh, .. }, Lang::Zh) => zh.clone(),
        }
    }
}

/// One doubt: what, where, and the values needed to say it in words.
///
/// ```
/// use techpower::diag::{Kind, Lang, Note, Place};
/// let note = Note::new(Kind::UnknownActor, "study", Place::cell("tables/events.csv", 7, "sender"))
///     .with("id", "US")
///     .with("near", "USA");
/// assert_eq!(note.message(Lang::En), "unknown actor `US`");
/// assert!(note.hint(Lang::En).contains("USA"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Note {
    /// What kind of doubt; decides severity and words.
    pub kind: Kind,
    /// The stage that raised it.
    pub stage: String,
    /// Where it points.
    pub at: Place,
    /// Values for the placeholders of the words.
    pub args: BTreeMap<String, Value>,
}

impl Note {
    /// A note without arguments.
    #[must_use]
    pub fn new(kind: Kind, stage: &str, at: Place) -> Note {
        Note { kind, stage: stage.to_owned(), at, args: BTreeMap::new() }
    }

    /// Adds a value for a placeholder.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Note {
        self.args.insert(name.to_owned(), Value::Text(value.to_string()));
        self
    }

    /// Adds several values for one placeholder.
    ///
    /// ```
    /// use techpower::diag::{Kind, Lang, Note, Place};
    /// let note = Note::new(Kind::MissingKey, "study", Place::default()).list("key", ["en", "zh"]);
    /// assert!(note.message(Lang::En).contains("en, zh"));
    /// assert!(note.message(Lang::Zh).contains("en、zh"));
    /// ```
    #[must_use]
    pub fn list(mut self, name: &str, items: impl IntoIterator<Item = impl ToString>) -> Note {
        let list = items.into_iter().map(|item| item.to_string()).collect();
        self.args.insert(name.to_owned(), Value::List(list));
        self
    }

    /// Adds a value that is told in each language.
    #[must_use]
    pub fn told(mut self, name: &str, words: impl Fn(Lang) -> String) -> Note {
        self.args.insert(name.to_owned(), Value::Told { en: words(Lang::En), zh: words(Lang::Zh) });
        self
    }

    /// Adds why something could not be read or written, as `why`.
    #[must_use]
    pub fn because(self, error: impl Into<io::Error>) -> Note {
        let error = error.into();
        self.told("why", |lang| reason(&error, lang))
    }

    /// Adds the nearest of `known` to `id` as the argument `near`, if one is near enough to be a slip of the pen.
    #[must_use]
    pub fn near<'a>(self, id: &str, known: impl IntoIterator<Item = &'a str>) -> Note {
        let near = nearest(id, known).map(str::to_owned);
        match near {
            Some(near) => self.with("near", near),
            None => self,
        }
    }

    /// How much it matters.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.kind.severity()
    }

    /// What is the matter, as a lower-case fragment without a final period.
    #[must_use]
    pub fn message(&self, lang: Lang) -> String {
        self.filled(Words::notes().text(self.kind.id(), lang), lang)
    }

    /// How to mend it; empty when there is nothing to do.
    #[must_use]
    pub fn hint(&self, lang: Lang) -> String {
        let plain = if self.args.contains_key("near") { "hint_near" } else { "hint" };
        self.filled(Words::notes().part(self.kind.id(), plain, lang), lang)
    }

    fn filled(&self, template: &str, lang: Lang) -> String {
        fill(template, &self.args.iter().map(|(name, value)| (name.clone(), value.text(lang))).collect())
    }
}

/// The notes of a stage. Of each kind and file the first [`Notes::KEPT`] are kept and the rest counted, so that a table
/// with ten million bad rows neither fills the memory nor hides how bad it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notes {
    list: Vec<Note>,
    counts: BTreeMap<(Kind, String), u64>,
}

impl Notes {
    /// How many notes of one kind and file are kept in full.
    pub const KEPT: u64 = 100;

    /// No notes yet.
    #[must_use]
    pub fn new() -> Notes {
        Notes::default()
    }

    /// Adds a note.
    pub fn push(&mut self, note: Note) {
        let count = self.counts.entry((note.kind, note.at.file.clone())).or_insert(0);
        *count += 1;
        if *count <= Notes::KEPT {
            self.list.push(note);
        }
    }

    /// Adds all notes of another stage.
    pub fn extend(&mut self, other: Notes) {
        let mut kept: BTreeMap<(Kind, String), u64> = BTreeMap::new();
        for note in other.list {
            *kept.entry((note.kind, note.at.file.clone())).or_insert(0) += 1;
            self.push(note);
        }
        for (key, count) in other.counts {
            let beyond = count - kept.get(&key).copied().unwrap_or(0);
            if beyond > 0 {
                *self.counts.entry(key).or_insert(0) += beyond;
            }
        }
    }

    /// The notes kept, in the order in which they were raised.
    pub fn iter(&self) -> impl Iterator<Item = &Note> {
        self.list.iter()
    }

    /// True if nothing was noted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many notes were raised, kept or not.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.counts.values().sum()
    }

    /// How many notes of a severity were raised, kept or not.
    #[must_use]
    pub fn count_of(&self, severity: Severity) -> u64 {
        self.counts.iter().filter(|((kind, _), _)| kind.severity() == severity).map(|(_, n)| n).sum()
    }

    /// Kinds and files of which more than [`Notes::KEPT`] were raised, with the number that was only counted.
    pub fn beyond(&self) -> impl Iterator<Item = (Kind, &str, u64)> {
        self.counts
            .iter()
            .filter(|(_, count)| **count > Notes::KEPT)
            .map(|((kind, file), count)| (*kind, file.as_str(), count - Notes::KEPT))
    }
}

/// The known word nearest to `id` by edit distance, if it is near enough to be a slip: at most a third of the length
/// and at most three edits apart, letter case apart counting as no edit. Ties go to the first in `known`.
#[must_use]
pub fn nearest<'a>(id: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = id.to_lowercase();
    let limit = (lower.chars().count().div_ceil(3)).clamp(1, 3);
    known
        .into_iter()
        .map(|word| (strsim::osa_distance(&lower, &word.to_lowercase()), word))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_finds_slips_and_refuses_strangers() {
        let known = ["USA", "CHN", "EU27", "firm:nvidia"];
        assert_eq!(nearest("US", known), Some("USA"));
        assert_eq!(nearest("usa", known), Some("USA"));
        assert_eq!(nearest("firm:nvidea", known), Some("firm:nvidia"));
        assert_eq!(nearest("Atlantis", known), None);
    }

    #[test]
    fn notes_keep_some_and_count_all() {
        let mut notes = Notes::new();
        for row in 0..250 {
            notes.push(Note::new(Kind::UnknownActor, "study", Place::row("a.csv", row)).with("id", row));
        }
        assert_eq!(notes.iter().count() as u64, Notes::KEPT);
        assert_eq!(notes.count(), 250);
        assert_eq!(notes.beyond().next(), Some((Kind::UnknownActor, "a.csv", 150)));
        let mut all = Notes::new();
        all.extend(notes);
        assert_eq!(all.count(), 250);
    }
}
