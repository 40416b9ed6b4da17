//! The codebook: a theory of power as data, compiled from the pages of a coding manual.
//!
//! A codebook is a folder of Markdown pages with TOML front matter, English and Chinese in the same page: sources of power,
//! types of power (each naming the sources it draws on), arenas, layers, modes, statuses and instruments. The library
//! knows no type or source by name; another theory is another folder.

mod actor;
mod example;
mod name;
mod page;
mod plover;
mod rule;

pub(crate) use actor::read_actors;
pub use actor::{ACTORS, Actor, ActorKind};
pub use example::{Example, Expected, Role, Span};
pub use name::{FALSE_FRIENDS, FalseFriend, MEMBERS, Member, NAMES, Name, NameKind};
pub use page::{Page, Section, html};
pub use plover::{PLOVER, Plover, PloverRow};
pub use rule::{Pattern, Place as PatternPlace, Rule, RuleRole, Voice};

use std::collections::{BTreeMap, BTreeSet};

use include_dir::{Dir, include_dir};
use serde::Deserialize;

use crate::diag::{Kind, Lang, Note, Notes, Place};
use crate::table::{Files, read_text, toml_note};
use page::parse;

static BUILTIN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../codebook");
const STAGE: &str = "codebook";
const SCORER: &str = "scorer.tsv";
/// Examples an instrument's page must have in each language.
const FEWEST_EXAMPLES: usize = 3;
/// The power of acts that exercise none: source building, and reports of effects.
pub const NONE: &str = "none";

/// A source of power.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Source {
    /// Id.
    pub id: String,
    /// Arena in which it counts.
    pub arena: String,
}

/// The channel through which a type of power reaches another actor; each is computed by the stage `relate`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// Loss under denial of inputs, after substitution.
    Denial,
    /// How often the sender is pivotal for sustaining the target's production.
    Pivotality,
    /// Share of the target's sales that lies in the sender's market.
    Market,
    /// Share of actors that endorsed the sender's texts.
    Endorsement,
}

impl Channel {
    /// All channels.
    pub const ALL: [Channel; 4] =
        [Channel::Denial, Channel::Pivotality, Channel::Market, Channel::Endorsement];

    /// Word used in codebooks and tables.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Channel::Denial => "denial",
            Channel::Pivotality => "pivotality",
            Channel::Market => "market",
            Channel::Endorsement => "endorsement",
        }
    }
}

/// A type of power.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct PowerType {
    /// Id.
    pub id: String,
    /// Sources it draws on.
    pub draws_on: Vec<String>,
    /// What it works through: interaction, constitution, rules, meanings.
    pub works_through: String,
    /// `direct` or `diffuse`.
    pub reach: String,
    /// `conduct` or `context`.
    pub shapes: String,
    /// How it reaches others.
    pub exposure: Channel,
}

/// A layer of the industry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// Id.
    pub id: String,
}

/// A mode or a status: how much an act of this mode or status counts as exercise of power.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Weighted {
    /// Id.
    pub id: String,
    /// Nominal weight, 0 to 1.
    pub weight: f64,
    /// Least weight a draw may take.
    pub weight_low: f64,
    /// Greatest weight a draw may take.
    pub weight_high: f64,
}

/// An instrument of power.
#[derive(Debug, Clone, PartialEq)]
pub struct Instrument {
    /// Id.
    pub id: String,
    /// Type of power, or [`NONE`].
    pub power: String,
    /// Arena.
    pub arena: String,
    /// Usual layers.
    pub layers: Vec<String>,
}

/// A checked codebook.
#[derive(Debug, Clone, Default)]
pub struct Codebook {
    /// Id.
    pub id: String,
    /// Version.
    pub version: String,
    /// English title.
    pub title_en: String,
    /// Chinese title.
    pub title_zh: String,
    /// Literature.
    pub references: Vec<String>,
    /// Sources, in the manual's order.
    pub sources: Vec<Source>,
    /// Types, in the manual's order.
    pub types: Vec<PowerType>,
    /// Ids of arenas, in the manual's order.
    pub arenas: Vec<String>,
    /// Layers, in the manual's order.
    pub layers: Vec<Layer>,
    /// Modes, in the manual's order.
    pub modes: Vec<Weighted>,
    /// Statuses, in the manual's order.
    pub statuses: Vec<Weighted>,
    /// Instruments, in the manual's order.
    pub instruments: Vec<Instrument>,
    /// Rules of grammar by which a coder tells who does what to whom; those of the built-in codebook if this one has none.
    pub rules: Vec<Rule>,
    /// Actors that texts commonly speak of, by id.
    pub actors: BTreeMap<String, Actor>,
    /// Names that stand for an actor without being its own: agencies, offices and who held them, capitals, demonyms.
    pub names: Vec<Name>,
    /// Phrases that contain a name or a cue and do not mean it.
    pub false_friends: Vec<FalseFriend>,
    /// Members of organisations.
    pub members: Vec<Member>,
    /// How acts read in PLOVER.
    pub plover: Vec<PloverRow>,
    /// The file of a scorer for texts (`scorer.tsv`), if the codebook has one.
    pub scorer: Option<String>,
    /// All pages, in the manual's order.
    pub pages: Vec<Page>,
    /// Hash of all files of the codebook.
    pub hash: String,
}

impl Codebook {
    /// The codebook that comes with techpower. It has no notes; a test sees to that.
    #[must_use]
    pub fn builtin() -> (Codebook, Notes) {
        let mut files: BTreeMap<String, &[u8]> = BTreeMap::new();
        collect(&BUILTIN, &mut files);
        Codebook::read(&files, "codebook")
    }

    /// Compiles the codebook in a folder. Broken pages are left out with notes that say where and why.
    #[must_use]
    pub fn read(files: &dyn Files, folder: &str) -> (Codebook, Notes) {
        let mut notes = Notes::new();
        let codebook = compile(files, folder, &mut notes);
        (codebook, notes)
    }

    /// The title.
    #[must_use]
    pub fn title(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.title_en,
            Lang::Zh => &self.title_zh,
        }
    }

    /// The name of anything that has a page.
    #[must_use]
    pub fn name(&self, id: &str, lang: Lang) -> Option<&str> {
        self.page(id).map(|page| page.name(lang))
    }

    /// The page of an id. Ids are unique over the whole codebook, apart from a type and a source of the same name: then the
    /// source's page comes first.
    #[must_use]
    pub fn page(&self, id: &str) -> Option<&Page> {
        self.pages.iter().find(|page| page.id == id)
    }

    /// A type of power.
    #[must_use]
    pub fn power(&self, id: &str) -> Option<&PowerType> {
        self.types.iter().find(|t| t.id == id)
    }

    /// An instrument.
    #[must_use]
    pub fn instrument(&self, id: &str) -> Option<&Instrument> {
        self.instruments.iter().find(|i| i.id == id)
    }

    /// The only type that does not draw on a source; `None` if no type or several omit it.
    #[must_use]
    pub fn only_type_omitting(&self, source: &str) -> Option<usize> {
        let mut omitting =
            (0..self.types.len()).filter(|k| self.types[*k].draws_on.iter().all(|s| s != source));
        match (omitting.next(), omitting.next()) {
            (Some(only), None) => Some(only),
            _ => None,
        }
    }

    /// The manual's table of contents as Markdown.
    #[must_use]
    pub fn contents(&self, lang: Lang) -> String {
        let title = self.title(lang);
        let mut out = format!("# {title} ({} {})\n", self.id, self.version);
        for (kind, folder) in FOLDERS {
            out.push_str(&format!("\n## {folder}\n\n"));
            for page in self.pages.iter().filter(|page| page.kind == kind) {
                let power =
                    self.instrument(&page.id).filter(|_| kind == "instrument").map(|i| i.power.as_str());
                let power = power.map(|power| format!(" [{power}]")).unwrap_or_default();
                out.push_str(&format!("- `{}` {}{power}\n", page.id, page.name(lang)));
            }
        }
        out
    }

    /// All examples of all instruments.
    pub fn examples(&self) -> impl Iterator<Item = (&Page, &Example)> {
        self.pages.iter().flat_map(|page| page.examples.iter().map(move |example| (page, example)))
    }
}

fn collect<'a>(dir: &Dir<'a>, files: &mut BTreeMap<String, &'a [u8]>) {
    for file in dir.files() {
        files.insert(
            format!("codebook/{}", file.path().to_string_lossy().replace('\\', "/")),
            file.contents(),
        );
    }
    for sub in dir.dirs() {
        collect(sub, files);
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Title {
    id: String,
    version: String,
    title_en: String,
    title_zh: String,
    #[serde(default)]
    references: Vec<String>,
}

/// Kinds of page with the folder each lives in, in the manual's order.
const FOLDERS: [(&str, &str); 8] = [
    ("source", "sources"),
    ("type", "types"),
    ("arena", "arenas"),
    ("layer", "layers"),
    ("mode", "modes"),
    ("status", "statuses"),
    ("instrument", "instruments"),
    ("rule", "rules"),
];

fn compile(files: &dyn Files, folder: &str, notes: &mut Notes) -> Codebook {
    let mut codebook = Codebook::default();
    let mut hasher = blake3::Hasher::new();
    let path = format!("{folder}/codebook.toml");
    match read_text(files, &path, notes) {
        None => notes.push(Note::new(Kind::NoCodebook, STAGE, Place::file(&path))),
        Some(text) => {
            hasher.update(text.as_bytes());
            match toml::from_str::<Title>(&text) {
                Ok(title) => {
                    codebook.id = title.id;
                    codebook.version = title.version;
                    codebook.title_en = title.title_en;
                    codebook.title_zh = title.title_zh;
                    codebook.references = title.references;
                }
                Err(error) => notes.push(toml_note(STAGE, &path, &text, 0, &error)),
            }
        }
    }
    codebook.scorer = read_text(files, &format!("{folder}/{SCORER}"), notes);
    if let Some(scorer) = &codebook.scorer {
        hasher.update(scorer.as_bytes());
    }
    for (kind, sub) in FOLDERS {
        let sub = format!("{folder}/{sub}");
        let names = files.list(&sub).unwrap_or_else(|error| {
            notes.push(Note::new(Kind::UnreadableFile, STAGE, Place::file(&sub)).because(error));
            Vec::new()
        });
        let mut pages = Vec::new();
        if !names.iter().any(|name| name.ends_with(".md")) && kind != "arena" && kind != "rule" {
            notes.push(Note::new(Kind::NoPages, STAGE, Place::file(&sub)).with("kind", kind));
        }
        for name in names.iter().filter(|name| name.ends_with(".md")) {
            let path = format!("{sub}/{name}");
            let Some(text) = read_text(files, &path, notes) else { continue };
            hasher.update(path.strip_prefix(folder).unwrap_or(&path).as_bytes());
            hasher.update(text.as_bytes());
            if let Some(found) = parse(&path, &text, kind, notes) {
                if found.0.id != name.trim_end_matches(".md") {
                    notes.push(
                        Note::new(Kind::PageNameDiffers, STAGE, Place::row(&path, 1))
                            .with("id", &found.0.id)
                            .with("file", name),
                    );
                }
                pages.push(found);
            }
        }
        pages.sort_by(|a, b| (a.0.order, &a.0.id).cmp(&(b.0.order, &b.0.id)));
        for (page, front) in pages {
            let same = codebook.pages.iter().find(|other| other.id == page.id && other.kind == page.kind);
            if let Some(other) = same {
                notes.push(
                    Note::new(Kind::DuplicatePage, STAGE, Place::row(&page.file, 1))
                        .with("id", &page.id)
                        .with("other", &other.file),
                );
                continue;
            }
            if codebook.add(&page, front, notes) {
                codebook.pages.push(page);
            }
        }
    }
    let path = format!("{folder}/actors.csv");
    codebook.actors = read_actors(files, &path, STAGE, notes).actors;
    for actor in codebook.actors.values() {
        hasher.update(format!("{actor:?}").as_bytes());
    }
    name::read(files, folder, &mut codebook, &mut hasher, notes);
    plover::read(files, folder, &mut codebook, &mut hasher, notes);
    codebook.hash = hasher.finalize().to_hex()[..16].to_owned();
    codebook.check(notes);
    codebook
}

impl Codebook {
    /// Takes what a page says into the lists; `false` if it names something that does not exist.
    fn add(&mut self, page: &Page, front: page::Front, notes: &mut Notes) -> bool {
        let known = |ids: &mut dyn Iterator<Item = &str>, id: &str, key: &str, notes: &mut Notes| -> bool {
            let ids: Vec<&str> = ids.collect();
            let good = ids.contains(&id);
            if !good {
                notes.push(Note::new(Kind::UnknownId, STAGE, page.place(key)).with("id", id).near(id, ids));
            }
            good
        };
        match front {
            page::Front::Source(source) => self.sources.push(source),
            page::Front::Type(power) => {
                for source in &power.draws_on {
                    if !known(&mut self.sources.iter().map(|s| s.id.as_str()), source, "draws_on", notes) {
                        return false;
                    }
                }
                self.types.push(power);
            }
            page::Front::Arena => self.arenas.push(page.id.clone()),
            page::Front::Rule(rule) => self.rules.push(rule),
            page::Front::Layer => self.layers.push(Layer { id: page.id.clone() }),
            page::Front::Mode(mode) => self.modes.push(mode),
            page::Front::Status(status) => self.statuses.push(status),
            page::Front::Instrument(instrument) => {
                let mut good = known(
                    &mut self.types.iter().map(|t| t.id.as_str()).chain([NONE]),
                    &instrument.power,
                    "type",
                    notes,
                );
                good &= known(&mut self.arenas.iter().map(String::as_str), &instrument.arena, "arena", notes);
                for layer in &instrument.layers {
                    good &= known(&mut self.layers.iter().map(|l| l.id.as_str()), layer, "layers", notes);
                }
                if !good {
                    return false;
                }
                self.instruments.push(instrument);
            }
        }
        true
    }

    /// Checks what can only be seen when all pages are read.
    fn check(&self, notes: &mut Notes) {
        for source in &self.sources {
            if !self.arenas.contains(&source.arena)
                && let Some(page) = self.page(&source.id)
            {
                let at = page.place("arena");
                let arenas = self.arenas.iter().map(String::as_str);
                notes.push(
                    Note::new(Kind::UnknownId, STAGE, at)
                        .with("id", &source.arena)
                        .near(&source.arena, arenas),
                );
            }
        }
        for page in self.pages.iter().filter(|page| page.kind == "instrument") {
            for (lang, word) in [(Lang::En, "en"), (Lang::Zh, "zh")] {
                let of = |example: &&Example| example.lang == lang;
                let good = page.examples.iter().filter(of).filter(|e| !e.yields.is_empty()).count();
                if good < FEWEST_EXAMPLES {
                    notes.push(
                        Note::new(Kind::TooFewExamples, STAGE, Place::file(&page.file))
                            .with("lang", word)
                            .with("found", good)
                            .with("expected", FEWEST_EXAMPLES),
                    );
                }
                if !page.examples.iter().filter(of).any(|e| e.yields.is_empty()) {
                    notes
                        .push(Note::new(Kind::NoNearMiss, STAGE, Place::file(&page.file)).with("lang", word));
                }
            }
            for example in &page.examples {
                self.check_example(page, example, notes);
            }
        }
    }

    fn check_example(&self, page: &Page, example: &Example, notes: &mut Notes) {
        for expected in &example.yields {
            let ids = self.actors.keys().map(String::as_str);
            let named = expected.targets.iter().filter(|id| *id != "*" && *id != "-");
            for (key, id) in [("sender", &expected.sender)].into_iter().chain(named.map(|id| ("target", id)))
            {
                if !self.actors.contains_key(id) {
                    let at = Place::cell(&page.file, expected.line, key);
                    notes.push(Note::new(Kind::UnknownActor, STAGE, at).with("id", id).near(id, ids.clone()));
                }
            }
            let sets: [(&str, &str, BTreeSet<&str>); 5] = [
                (
                    "instrument",
                    expected.instrument.as_deref().unwrap_or(&page.id),
                    self.instruments.iter().map(|i| i.id.as_str()).collect(),
                ),
                (
                    "power",
                    expected.power.as_deref().unwrap_or(NONE),
                    self.types.iter().map(|t| t.id.as_str()).chain([NONE]).collect(),
                ),
                ("layer", &expected.layer, self.layers.iter().map(|l| l.id.as_str()).collect()),
                ("mode", &expected.mode, self.modes.iter().map(|m| m.id.as_str()).collect()),
                ("status", &expected.status, self.statuses.iter().map(|s| s.id.as_str()).collect()),
            ];
            for (key, id, ids) in sets {
                if !ids.contains(id) {
                    let at = Place::cell(&page.file, expected.line, key);
                    notes.push(Note::new(Kind::UnknownId, STAGE, at).with("id", id).near(id, ids));
                }
            }
        }
    }
}
