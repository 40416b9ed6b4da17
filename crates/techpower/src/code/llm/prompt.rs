//! What a language model is told: the codebook in short, and what every field means.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::code::coder::{EVERYONE, NO_ONE};
use crate::code::sentences;
use crate::codebook::{ActorKind, Codebook, NONE, Page};
use crate::diag::{Lang, Words, fill};

/// States, and as many blocs, named as examples of how ids are written.
const SHOWN: usize = 3;

static WORDS: LazyLock<Words> =
    LazyLock::new(|| Words::parse(include_str!("words.toml")).expect("words.toml is checked by a test"));

/// The prompt for a codebook in a language: the same text for the same codebook, compiled from its pages.
///
/// ```
/// use techpower::{code::llm::prompt, codebook::Codebook, diag::Lang};
/// let (codebook, _) = Codebook::builtin();
/// let text = prompt(&codebook, Lang::En);
/// assert!(text.contains("- `export-control` Export control: A state forbids the export"));
/// assert_eq!(text, prompt(&codebook, Lang::En));
/// ```
#[must_use]
pub fn prompt(codebook: &Codebook, lang: Lang) -> String {
    let of_kind = |kind: ActorKind| {
        codebook
            .actors
            .values()
            .filter(move |actor| actor.kind == kind)
            .take(SHOWN)
            .map(|actor| actor.id.as_str())
    };
    let states: Vec<&str> = of_kind(ActorKind::State).chain(of_kind(ActorKind::Bloc)).collect();
    let args: BTreeMap<String, String> = [
        ("title", codebook.title(lang)),
        ("id", &codebook.id),
        ("version", &codebook.version),
        ("states", &states.join(", ")),
        ("everyone", EVERYONE),
        ("no_one", NO_ONE),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect();
    let pages = |kind: &'static str| codebook.pages.iter().filter(move |page| page.kind == kind);
    let mut out = String::new();
    for id in ["task", "unit", "roles"] {
        out.push_str(&fill(WORDS.text(id, lang), &args));
        out.push_str("\n\n");
    }
    for (heading, kind) in [("types", "type"), ("modes", "mode"), ("layers", "layer")] {
        out.push_str(WORDS.text(heading, lang));
        for page in pages(kind) {
            out.push_str(&format!("\n- {}", entry(page, definition(page, lang), lang)));
        }
        out.push_str("\n\n");
    }
    out.push_str(WORDS.text("instruments", lang));
    for power in codebook.types.iter().map(|power| power.id.as_str()).chain([NONE]) {
        let of = |page: &&Page| codebook.instrument(&page.id).is_some_and(|i| i.power == power);
        let mut found = pages("instrument").filter(of).peekable();
        if found.peek().is_none() {
            continue;
        }
        out.push_str(&format!("\n## `{power}`"));
        for page in found {
            out.push_str(&format!("\n- {}", entry(page, first_sentence(definition(page, lang)), lang)));
        }
    }
    let decided: Vec<(&Page, Vec<&str>)> = ["type", "mode", "layer"]
        .into_iter()
        .flat_map(pages)
        .map(|page| (page, decisions(page, lang)))
        .filter(|(_, lines)| !lines.is_empty())
        .collect();
    if !decided.is_empty() {
        out.push_str(&format!("\n\n{}", WORDS.text("decisions", lang)));
    }
    for (page, lines) in decided {
        out.push_str(&format!("\n## `{}`\n{}", page.id, lines.join("\n")));
    }
    out.push('\n');
    out
}

fn entry(page: &Page, text: &str, lang: Lang) -> String {
    let colon = if lang == Lang::Zh { "：" } else { ": " };
    // One line an entry, so that the lists stay lists.
    let text: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let between = if lang == Lang::Zh { "" } else { " " };
    format!("`{}` {}{colon}{}", page.id, page.name(lang), text.join(between))
}

/// A page's first section, which defines what it is about.
fn definition(page: &Page, lang: Lang) -> &str {
    page.sections.get(&lang).and_then(|sections| sections.first()).map_or("", |section| &section.text)
}

fn first_sentence(text: &str) -> &str {
    sentences(text).first().map_or(text, |first| text[first.range.clone()].trim())
}

/// The lines of a page that decide a doubtful case: `- case -- **decision**: ...`.
fn decisions(page: &Page, lang: Lang) -> Vec<&str> {
    page.sections
        .get(&lang)
        .into_iter()
        .flatten()
        .flat_map(|section| section.text.lines())
        .filter(|line| line.starts_with("- ") && line.contains(" -- **"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_ids_a_reply_may_use_are_told_in_both_languages() {
        let (codebook, _) = Codebook::builtin();
        for lang in [Lang::En, Lang::Zh] {
            let text = prompt(&codebook, lang);
            for page in codebook.pages.iter() {
                if ["type", "mode", "layer", "instrument"].contains(&page.kind.as_str()) {
                    let listed = format!("- `{}` {}", page.id, page.name(lang));
                    assert!(text.contains(&listed), "{listed}");
                }
            }
            assert!(!text.contains("{title}") && !text.contains("{states}"), "{text}");
        }
    }

    #[test]
    fn words_exist_in_both_languages() {
        for id in WORDS.ids() {
            assert!(!WORDS.text(id, Lang::En).is_empty() && !WORDS.text(id, Lang::Zh).is_empty(), "{id}");
        }
    }

    #[test]
    fn a_definition_is_told_by_its_first_sentence() {
        assert_eq!(first_sentence("The U.S. bans it. More."), "The U.S. bans it.");
        assert_eq!(first_sentence("国家禁止出口。其余从略。"), "国家禁止出口。");
    }
}
