//! Words for people, in English and Chinese, kept in TOML catalogues so that they can be read and mended in one place.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::Lang;

/// A catalogue: for each id a few parts (`text`, `hint`, ...), each in both languages.
///
/// In the TOML file an entry is a table with keys `en`, `zh` (the text itself) and `hint_en`, `hint_zh` and so on.
#[derive(Debug)]
pub struct Words {
    entries: BTreeMap<String, BTreeMap<String, String>>,
}

impl Words {
    /// Reads a catalogue.
    ///
    /// # Errors
    /// Returns the TOML error if the text is not a table of tables of strings.
    pub fn parse(text: &str) -> Result<Words, toml::de::Error> {
        Ok(Words { entries: toml::from_str(text)? })
    }

    /// The words of notes.
    #[must_use]
    pub fn notes() -> &'static Words {
        static NOTES: LazyLock<Words> = LazyLock::new(|| {
            Words::parse(include_str!("notes.toml")).expect("notes.toml is checked by a test")
        });
        &NOTES
    }

    /// The text of an entry; empty if there is none.
    #[must_use]
    pub fn text(&self, id: &str, lang: Lang) -> &str {
        self.get(
            id,
            match lang {
                Lang::En => "en",
                Lang::Zh => "zh",
            },
        )
    }

    /// A further part of an entry, such as its hint; empty if there is none.
    #[must_use]
    pub fn part(&self, id: &str, part: &str, lang: Lang) -> &str {
        self.get(
            id,
            &match lang {
                Lang::En => format!("{part}_en"),
                Lang::Zh => format!("{part}_zh"),
            },
        )
    }

    /// The ids in the catalogue.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// The keys present in an entry.
    pub fn keys(&self, id: &str) -> impl Iterator<Item = &str> {
        self.entries.get(id).into_iter().flat_map(|entry| entry.keys().map(String::as_str))
    }

    fn get(&self, id: &str, key: &str) -> &str {
        self.entries.get(id).and_then(|entry| entry.get(key)).map_or("", String::as_str)
    }
}

/// Replaces each `{name}` by its value; a name without a value stays as it is, so that a mistake is seen.
///
/// ```
/// use std::collections::BTreeMap;
/// let args = BTreeMap::from([("id".to_owned(), "USA".to_owned())]);
/// assert_eq!(techpower::diag::fill("actor {id}, {other}", &args), "actor USA, {other}");
/// ```
#[must_use]
pub fn fill(template: &str, args: &BTreeMap<String, String>) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        rest = &rest[open..];
        let Some(close) = rest.find('}') else { break };
        match args.get(&rest[1..close]) {
            Some(value) => out.push_str(value),
            None => out.push_str(&rest[..=close]),
        }
        rest = &rest[close + 1..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::super::Kind;
    use super::*;

    fn placeholders(text: &str) -> Vec<&str> {
        let mut found: Vec<&str> =
            text.split('{').skip(1).filter_map(|piece| piece.split_once('}')).map(|(name, _)| name).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    #[test]
    fn every_kind_has_words_in_both_languages_with_the_same_placeholders() {
        let words = Words::notes();
        for kind in Kind::ALL {
            for (en, zh) in [
                (words.text(kind.id(), Lang::En), words.text(kind.id(), Lang::Zh)),
                (words.part(kind.id(), "hint", Lang::En), words.part(kind.id(), "hint", Lang::Zh)),
                (words.part(kind.id(), "hint_near", Lang::En), words.part(kind.id(), "hint_near", Lang::Zh)),
            ] {
                assert_eq!(placeholders(en), placeholders(zh), "{}: {en} / {zh}", kind.id());
                assert_eq!(en.is_empty(), zh.is_empty(), "{}", kind.id());
            }
            assert!(!words.text(kind.id(), Lang::En).is_empty(), "no words for {}", kind.id());
        }
        let known: Vec<&str> = Kind::ALL.iter().map(|kind| kind.id()).collect();
        for id in words.ids() {
            assert!(known.contains(&id), "words for `{id}`, which is no kind of note");
        }
    }
}
