//! What a request asks for: all of a page's state stands in its address, so that a link shows the same again.

use std::str::FromStr;

use techpower::diag::Lang;

use crate::words;

/// The choices of a reader that every link keeps.
const KEPT: [&str; 2] = ["lang", "theme"];

/// Bytes of a value up to which links carry it; an address has no room for a long text.
const LINKED: usize = 4_000;

/// A request, read.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// Path of the page.
    pub(super) path: &'static str,
    /// Language of the page.
    pub(super) lang: Lang,
    /// Whether only the live part is wanted.
    pub(super) part: bool,
    fields: Vec<(String, String)>,
}

impl Asked {
    /// Reads a request: its fields, the language that the browser prefers, and that of the command.
    pub(super) fn new(
        path: &'static str,
        fields: Vec<(String, String)>,
        part: bool,
        preferred: Option<&str>,
        default: Lang,
    ) -> Asked {
        let mut asked = Asked { path, lang: default, part, fields };
        asked.lang = match (asked.one("lang"), preferred) {
            ("en", _) => Lang::En,
            ("zh", _) => Lang::Zh,
            (_, Some(preferred)) if preferred.trim_start().starts_with("zh") => Lang::Zh,
            _ => default,
        };
        asked
    }

    /// The last value of a field, trimmed; empty if it has none.
    pub(super) fn one(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// The last value of a field as it was sent; empty if it has none.
    pub(super) fn raw(&self, name: &str) -> &str {
        self.fields.iter().rfind(|(field, _)| field == name).map_or("", |(_, value)| value)
    }

    /// All values of a field that are not empty.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields
            .iter()
            .filter(move |(field, value)| field == name && !value.trim().is_empty())
            .map(|(_, value)| value.trim())
    }

    /// Fields whose names begin with a prefix, by what follows it; those without a value are left out.
    pub(super) fn under<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let named = self.fields.iter().map(move |(name, value)| (name.strip_prefix(prefix), value.trim()));
        named.filter_map(|(name, value)| Some((name?, value))).filter(|(_, value)| !value.is_empty())
    }

    /// The value of a field as something that can be read from text; `None` if it cannot.
    pub(super) fn read<T: FromStr>(&self, name: &str) -> Option<T> {
        self.one(name).parse().ok()
    }

    /// The same; what is there and cannot be read is told.
    pub(super) fn read_or_tell<T: FromStr>(&self, name: &str, told: &mut Vec<String>) -> Option<T> {
        let read = self.read(name);
        if read.is_none() && !self.one(name).is_empty() {
            told.push(self.not_understood(name, self.one(name)));
        }
        read
    }

    /// The same of a number, which must be finite.
    pub(super) fn finite(&self, name: &str, told: &mut Vec<String>) -> Option<f64> {
        let read: Option<f64> = self.read_or_tell(name, told);
        if read.is_some_and(|number| !number.is_finite()) {
            told.push(self.not_understood(name, self.one(name)));
        }
        read.filter(|number| number.is_finite())
    }

    /// That a value of a field is not understood, and so counts for nothing.
    pub(super) fn not_understood(&self, name: &str, value: &str) -> String {
        self.say("not_understood", &[("field", name), ("value", value)])
    }

    /// Of all values of a field those that are known, each once; the others are told.
    pub(super) fn known<'a>(
        &'a self,
        name: &'a str,
        is_known: impl Fn(&str) -> bool,
        told: &mut Vec<String>,
    ) -> Vec<&'a str> {
        let mut known = Vec::new();
        for value in self.all(name) {
            if !is_known(value) {
                told.push(self.not_understood(name, value));
            } else if !known.contains(&value) {
                known.push(value);
            }
        }
        known
    }

    /// `dark`, `light`, or empty if the system decides.
    pub(super) fn theme(&self) -> &'static str {
        match self.one("theme") {
            "dark" => "dark",
            "light" => "light",
            _ => "",
        }
    }

    /// A number in brackets behind a word.
    pub(super) fn aside(&self, number: usize) -> String {
        words::say(self.lang, "aside", &[("text", &number.to_string())])
    }

    /// A word of the catalogue.
    pub(super) fn word(&self, id: &str) -> &'static str {
        let id = format!("serve_{id}");
        let text = words::word(self.lang, &id);
        debug_assert!(!text.is_empty(), "no word `{id}`");
        text
    }

    /// A sentence of the catalogue with its places filled.
    pub(super) fn say(&self, id: &str, values: &[(&str, &str)]) -> String {
        words::say(self.lang, &format!("serve_{id}"), values)
    }

    /// What the reader chose that every link keeps.
    pub(super) fn kept<'a>(&'a self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let value = |name: &'static str| -> (&'a str, &'a str) { (name, self.one(name)) };
        KEPT.into_iter().map(value).filter(|(_, value)| !value.is_empty())
    }

    /// The address of a page with some fields, and with what every link keeps.
    pub(super) fn link<'a>(
        &'a self,
        path: &str,
        fields: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> String {
        address(path, fields.into_iter().chain(self.kept()))
    }

    /// The address of this page with one field otherwise; empty leaves it out.
    pub(super) fn with<'a>(&'a self, name: &'a str, value: &'a str) -> String {
        let others = self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let changed = others.filter(|(other, _)| *other != name).chain([(name, value)]);
        address(self.path, changed.filter(|(_, value)| !value.is_empty() && value.len() <= LINKED))
    }
}

/// An address: a path and fields, encoded.
pub(super) fn address<'a>(path: &str, fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let query: Vec<String> =
        fields.into_iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(fields: &[(&str, &str)], preferred: Option<&str>) -> Asked {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Asked::new("/events", fields, false, preferred, Lang::En)
    }

    #[test]
    fn the_address_decides_on_the_language_then_the_browser_then_the_command() {
        assert_eq!(asked(&[("lang", "en")], Some("zh-CN")).lang, Lang::En);
        assert_eq!(asked(&[("lang", "fr")], Some("zh-CN,en")).lang, Lang::Zh);
        assert_eq!(asked(&[], Some("de")).lang, Lang::En);
    }

    #[test]
    fn links_keep_language_and_theme_and_are_encoded() {
        let asked = asked(&[("lang", "zh"), ("q", "a&b"), ("page", "2"), ("theme", "dark")], None);
        assert_eq!(asked.link("/rules", [("object", "中")]), "/rules?object=%E4%B8%AD&lang=zh&theme=dark");
        assert_eq!(asked.with("page", ""), "/events?lang=zh&q=a%26b&theme=dark");
        assert_eq!(asked.with("page", "3"), "/events?lang=zh&q=a%26b&theme=dark&page=3");
    }

    #[test]
    fn what_is_not_understood_is_told() {
        let asked = asked(&[("x", "1"), ("y", "one"), ("by", "A"), ("by", "A"), ("by", "B")], None);
        let mut told = Vec::new();
        assert_eq!(asked.read_or_tell::<u32>("x", &mut told), Some(1));
        assert_eq!(asked.read_or_tell::<u32>("z", &mut told), None);
        assert_eq!(told, Vec::<String>::new());
        assert_eq!(asked.read_or_tell::<u32>("y", &mut told), None);
        assert_eq!(asked.known("by", |id| id == "A", &mut told), ["A"]);
        assert!(told.len() == 2 && told[0].contains("“one”") && told[1].contains("“B”"), "{told:?}");
    }

    #[test]
    fn fields_are_read_by_name() {
        let asked = asked(&[("w.a", "1"), ("w.b", ""), ("x", "1"), ("x", " 2 ")], None);
        assert_eq!(asked.under("w.").collect::<Vec<_>>(), [("a", "1")]);
        assert_eq!(asked.read::<u32>("x"), Some(2));
        assert_eq!(asked.all("x").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(asked.read::<u32>("w.b"), None);
    }
}
