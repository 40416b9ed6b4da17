//! Words of the command line, in both languages.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use techpower::diag::{Lang, Words, fill};

/// The words of the command and those of its pages in the browser.
static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let text = concat!(include_str!("words.toml"), "\n", include_str!("serve/words.toml"));
    Words::parse(text).expect("words.toml is checked by a test")
});

/// The words of an entry with its values filled in.
pub(crate) fn say(lang: Lang, id: &str, args: &[(&str, &str)]) -> String {
    let args: BTreeMap<String, String> =
        args.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    fill(WORDS.text(id, lang), &args)
}

/// The words of an entry as they are; empty if there is none.
pub(crate) fn word(lang: Lang, id: &str) -> &'static str {
    WORDS.text(id, lang)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_has_both_languages() {
        for id in WORDS.ids() {
            assert!(!WORDS.text(id, Lang::En).is_empty() && !WORDS.text(id, Lang::Zh).is_empty(), "{id}");
        }
    }
}
