//! Passages that people coded: what a scorer is trained on and held against.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::coder::{EVERYONE, NO_ONE};
use crate::codebook::{Actor, Codebook, Example};
use crate::diag::{Kind, Lang, Note, Notes, Place};
use crate::text::Document;

const STAGE: &str = "code";

/// What one person says that a passage tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gold {
    /// Who acts; several if jointly.
    pub senders: Vec<String>,
    /// On whom.
    pub targets: Vec<String>,
    /// Instrument of the codebook; empty if not stated or not one of its ids.
    pub instrument: String,
    /// Layer.
    pub layer: String,
    /// Type of power.
    pub power: String,
    /// Mode.
    pub mode: String,
    /// The words that show the act; empty if not stated.
    pub evidence: String,
}

/// A passage with what one or two people say that it tells: `None` that it tells no event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// The passage.
    pub document: Document,
    /// Codings, the first the main one.
    pub codings: Vec<Option<Gold>>,
    /// Whether the first coder was in doubt.
    pub uncertain: bool,
}

#[derive(Deserialize)]
struct Line {
    id: String,
    lang: Option<String>,
    date: Option<String>,
    title: Option<String>,
    text: String,
    uncertain: Option<bool>,
    second: Option<Coding>,
    #[serde(flatten)]
    first: Coding,
}

#[derive(Deserialize)]
struct Coding {
    kind: String,
    sender: Option<String>,
    #[serde(default)]
    targets: Vec<String>,
    instrument: Option<String>,
    layer: Option<String>,
    power: Option<String>,
    mode: Option<String>,
    evidence: Option<String>,
}

/// Finds the id of an actor as people write it in codings: an id, a name, a two-letter code.
pub(crate) struct Ids<'a> {
    actors: BTreeMap<&'a str, &'a Actor>,
    names: BTreeMap<String, &'a str>,
}

impl<'a> Ids<'a> {
    /// Of the actors of a codebook and further ones.
    pub(crate) fn new(codebook: &'a Codebook, further: &'a BTreeMap<String, Actor>) -> Ids<'a> {
        let actors: BTreeMap<&str, &Actor> =
            codebook.actors.iter().chain(further).map(|(id, actor)| (id.as_str(), actor)).collect();
        let mut names: BTreeMap<String, &str> = BTreeMap::new();
        for (id, actor) in &actors {
            for name in [&actor.name_en, &actor.name_zh].into_iter().chain(&actor.aliases) {
                names.entry(plain(name)).or_insert(id);
            }
        }
        for (short, id) in [("us", "USA"), ("cn", "CHN"), ("eu", "EU27"), ("uk", "GBR")] {
            if actors.contains_key(id) {
                names.insert(short.to_owned(), id);
            }
        }
        Ids { actors, names }
    }

    /// Whether it is the id of an actor, everyone or no one.
    pub(crate) fn knows(&self, id: &str) -> bool {
        self.actors.contains_key(id) || matches!(id, EVERYONE | NO_ONE)
    }

    /// The id; the text itself if no actor has it.
    pub(crate) fn id(&self, text: &str) -> String {
        let text = text.trim();
        match text {
            "global" | EVERYONE => return EVERYONE.to_owned(),
            "none" | NO_ONE => return NO_ONE.to_owned(),
            _ => {}
        }
        if self.actors.contains_key(text) {
            return text.to_owned();
        }
        if text.len() == 2
            && let Some(found) = alpha3(text).filter(|id| self.actors.contains_key(id))
        {
            return found.to_owned();
        }
        let bare = text.strip_prefix("firm:").or_else(|| text.strip_prefix("org:")).unwrap_or(text);
        let bare = bare.split(" (").next().unwrap_or(bare);
        self.names.get(&plain(bare)).map_or_else(|| text.to_owned(), |id| (*id).to_owned())
    }

    /// The ids of joint actors, `A|B` or `firm:A/B`.
    pub(crate) fn joint(&self, text: &str) -> Vec<String> {
        if let Some(firms) = text.strip_prefix("firm:").filter(|_| !text.contains('|')) {
            return firms.split('/').map(|firm| self.id(&format!("firm:{firm}"))).collect();
        }
        text.split('|').filter(|part| !part.trim().is_empty()).map(|part| self.id(part)).collect()
    }
}

/// Letters and digits in lower case, so that `NSO-Group` and `NSO Group` are one.
fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// ISO 3166-1 alpha-3 of the alpha-2 codes of states that codings commonly name.
fn alpha3(two: &str) -> Option<&'static str> {
    const CODES: [(&str, &str); 44] = [
        ("US", "USA"),
        ("CN", "CHN"),
        ("EU", "EU27"),
        ("GB", "GBR"),
        ("UK", "GBR"),
        ("JP", "JPN"),
        ("KR", "KOR"),
        ("NL", "NLD"),
        ("DE", "DEU"),
        ("FR", "FRA"),
        ("IT", "ITA"),
        ("ES", "ESP"),
        ("IE", "IRL"),
        ("SE", "SWE"),
        ("FI", "FIN"),
        ("DK", "DNK"),
        ("PL", "POL"),
        ("BE", "BEL"),
        ("AT", "AUT"),
        ("CZ", "CZE"),
        ("TW", "TWN"),
        ("IN", "IND"),
        ("SG", "SGP"),
        ("CA", "CAN"),
        ("AU", "AUS"),
        ("NZ", "NZL"),
        ("IL", "ISR"),
        ("AE", "ARE"),
        ("SA", "SAU"),
        ("QA", "QAT"),
        ("CH", "CHE"),
        ("NO", "NOR"),
        ("BR", "BRA"),
        ("MX", "MEX"),
        ("RU", "RUS"),
        ("TR", "TUR"),
        ("VN", "VNM"),
        ("MY", "MYS"),
        ("ID", "IDN"),
        ("TH", "THA"),
        ("ZA", "ZAF"),
        ("KE", "KEN"),
        ("EG", "EGY"),
        ("IR", "IRN"),
    ];
    CODES.iter().find(|(code, _)| *code == two).map(|(_, id)| *id)
}

/// Reads passages in the flat form, one JSON object a line: `id, lang, date, title, text, kind` (`event` or `distractor`) and, of events,
/// `sender` (several parted by `|`), `targets`, `instrument`, `layer`, `power`, `mode`, `evidence`; `uncertain`; `second`, the coding of another person.
/// Lines that cannot be read are notes.
///
/// ```
/// use techpower::{code::passages, codebook::Codebook, diag::Notes};
/// let line = r#"{"id":"a","title":"","text":"Japan put 23 chip tools under export controls.","kind":"event","sender":"JP","targets":["global"],"power":"compulsory"}"#;
/// let mut notes = Notes::new();
/// let found = passages("gold.jsonl", line, &Codebook::builtin().0, &mut notes);
/// let gold = found[0].codings[0].as_ref().unwrap();
/// assert_eq!((gold.senders[0].as_str(), gold.targets[0].as_str()), ("JPN", "*"));
/// ```
pub fn passages(file: &str, text: &str, codebook: &Codebook, notes: &mut Notes) -> Vec<Passage> {
    let none = BTreeMap::new();
    let ids = Ids::new(codebook, &none);
    let mut found = Vec::new();
    for (row, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let row = row as u64 + 1;
        if line.trim().is_empty() {
            continue;
        }
        let mut bad = |why: &str| {
            notes.push(Note::new(Kind::BadPassage, STAGE, Place::row(file, row)).with("why", why));
        };
        let line: Line = match serde_json::from_str(line) {
            Ok(line) => line,
            Err(error) => {
                bad(&error.to_string());
                continue;
            }
        };
        let mut codings = Vec::new();
        let mut readable = true;
        for coding in std::iter::once(&line.first).chain(&line.second) {
            match coding.kind.as_str() {
                "distractor" => codings.push(None),
                "event" => codings.push(Some(gold(coding, codebook, &ids))),
                other => {
                    bad(&format!("kind is `{other}`, not event or distractor"));
                    readable = false;
                }
            }
        }
        if !readable {
            continue;
        }
        let lang = match line.lang.as_deref() {
            Some("zh") => Some(Lang::Zh),
            Some("en") => Some(Lang::En),
            _ => None,
        };
        found.push(Passage {
            document: Document {
                id: line.id,
                lang,
                date: line.date.as_deref().and_then(|date| date.parse().ok()),
                title: line.title.unwrap_or_default(),
                text: line.text,
                source: String::new(),
                file: file.to_owned(),
                row,
            },
            codings,
            uncertain: line.uncertain.unwrap_or(false),
        });
    }
    found
}

fn gold(coding: &Coding, codebook: &Codebook, ids: &Ids<'_>) -> Gold {
    let text = |field: &Option<String>| field.clone().unwrap_or_default();
    let instrument = text(&coding.instrument);
    Gold {
        senders: ids.joint(coding.sender.as_deref().unwrap_or_default()),
        targets: coding.targets.iter().map(|target| ids.id(target)).collect(),
        instrument: if codebook.instrument(&instrument).is_some() { instrument } else { String::new() },
        layer: text(&coding.layer),
        power: text(&coding.power),
        mode: text(&coding.mode),
        evidence: text(&coding.evidence),
    }
}

/// The worked examples of a codebook as passages.
#[must_use]
pub fn examples(codebook: &Codebook) -> Vec<Passage> {
    codebook.examples().map(|(page, example)| of_example(&page.id, example)).collect()
}

fn of_example(page: &str, example: &Example) -> Passage {
    let coding = example.yields.first().map(|first| {
        let mut senders: Vec<String> = Vec::new();
        let mut targets: Vec<String> = Vec::new();
        // Rows of another type are another act.
        for expected in example.yields.iter().filter(|expected| expected.power == first.power) {
            if !senders.contains(&expected.sender) {
                senders.push(expected.sender.clone());
            }
            for target in &expected.targets {
                if !targets.contains(target) {
                    targets.push(target.clone());
                }
            }
        }
        Gold {
            senders,
            targets,
            instrument: first.instrument.clone().unwrap_or_default(),
            layer: first.layer.clone(),
            power: first.power.clone().unwrap_or_default(),
            mode: first.mode.clone(),
            evidence: String::new(),
        }
    });
    Passage {
        document: Document {
            id: format!("{page}:{}", example.line),
            lang: Some(example.lang),
            date: None,
            title: String::new(),
            text: example.text.clone(),
            source: String::new(),
            file: String::new(),
            row: example.line,
        },
        codings: vec![coding],
        uncertain: false,
    }
}
