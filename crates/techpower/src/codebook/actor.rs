//! Actors: states, blocs, firms and organisations, with the names they go by.

use std::collections::BTreeMap;

use crate::diag::{Kind, Lang, Note, Notes, Place};
use crate::table::{Files, Found, Table, Type, column, read_table};

/// Kinds of actor.
const ACTOR_KINDS: &[&str] = &["state", "bloc", "firm", "organisation"];

/// `actors.csv`.
pub const ACTORS: Table = Table {
    name: "actors",
    en: "States, blocs, firms and organisations that the study speaks of.",
    zh: "本研究涉及的国家、集团、企业与组织。",
    key: &["actor"],
    columns: &[
        column!(
            "actor",
            Type::Id,
            required,
            "Id: ISO 3166 alpha-3 for states, EU27, firm:name, org:name.",
            "编号：国家用 ISO 3166 三字母代码，欧盟为 EU27，企业为 firm:名称，组织为 org:名称。"
        ),
        column!("name_en", Type::Text, required, "Name in English.", "英文名称。"),
        column!("name_zh", Type::Text, required, "Name in Chinese.", "中文名称。"),
        column!("kind", Type::Choice(ACTOR_KINDS), required, "Kind of actor.", "行为体类别。"),
        column!(
            "part_of",
            Type::Id,
            "Bloc it belongs to; members are not ranked beside their bloc.",
            "所属集团；成员不与集团并列参评。"
        ),
        column!(
            "home",
            Type::Id,
            "Home state of a firm; its acts count for that state.",
            "企业的母国；企业行为计入母国。"
        ),
        column!("aliases", Type::Text, "Other names, separated by |.", "其他名称，以 | 分隔。"),
    ],
};

/// What kind of actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActorKind {
    /// A state.
    State,
    /// A bloc of states that acts as one.
    Bloc,
    /// A firm.
    Firm,
    /// An organisation.
    Organisation,
}

impl ActorKind {
    /// The kind for a word of the column `kind`.
    #[must_use]
    pub fn of(word: &str) -> Option<ActorKind> {
        Some(match word {
            "state" => ActorKind::State,
            "bloc" => ActorKind::Bloc,
            "firm" => ActorKind::Firm,
            "organisation" => ActorKind::Organisation,
            _ => return None,
        })
    }

    /// The word of the column `kind`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            ActorKind::State => "state",
            ActorKind::Bloc => "bloc",
            ActorKind::Firm => "firm",
            ActorKind::Organisation => "organisation",
        }
    }
}

/// A row of `actors.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Id.
    pub id: String,
    /// English name.
    pub name_en: String,
    /// Chinese name.
    pub name_zh: String,
    /// Kind.
    pub kind: ActorKind,
    /// Bloc it belongs to.
    pub part_of: Option<String>,
    /// Home state of a firm.
    pub home: Option<String>,
    /// Other names.
    pub aliases: Vec<String>,
}

impl Actor {
    /// The name.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.name_en,
            Lang::Zh => &self.name_zh,
        }
    }
}

/// Actors by id, with what else their table held.
pub(crate) struct ActorTable {
    pub(crate) actors: BTreeMap<String, Actor>,
    pub(crate) found: Found,
    /// Texts of unknown columns, in the order of the ids.
    pub(crate) extra: Vec<Vec<String>>,
}

/// Reads a table of actors. Links to blocs and homes that the table lacks are noted and taken out.
pub(crate) fn read_actors(files: &dyn Files, path: &str, stage: &str, notes: &mut Notes) -> ActorTable {
    let mut rows: BTreeMap<String, (Actor, u64, Vec<String>)> = BTreeMap::new();
    let found = read_table(files, path, &ACTORS, notes, |row, _| {
        let Some(kind) = ActorKind::of(row.text("kind")) else { return false };
        let actor = Actor {
            id: row.text("actor").to_owned(),
            name_en: row.text("name_en").to_owned(),
            name_zh: row.text("name_zh").to_owned(),
            kind,
            part_of: row.optional("part_of"),
            home: row.optional("home"),
            aliases: row.list("aliases"),
        };
        rows.insert(actor.id.clone(), (actor, row.line, row.extra().to_vec()));
        true
    });
    let kinds: BTreeMap<String, (ActorKind, bool)> =
        rows.iter().map(|(id, (actor, ..))| (id.clone(), (actor.kind, actor.part_of.is_some()))).collect();
    for (actor, line, _) in rows.values_mut() {
        let note = |kind: Kind, column: &str| Note::new(kind, stage, Place::cell(path, *line, column));
        if actor.kind == ActorKind::Firm && actor.home.is_none() {
            notes.push(note(Kind::FirmWithoutHome, "home").with("id", &actor.id));
        }
        for (column, link) in [("part_of", &mut actor.part_of), ("home", &mut actor.home)] {
            let Some(id) = link.as_deref() else { continue };
            let fault = match kinds.get(id) {
                _ if id == actor.id => Some(Kind::PartOfItself),
                None if found.left_out.contains(id) => Some(Kind::LinkLeftOut),
                None => Some(Kind::UnknownActor),
                Some((kind, within)) if column == "part_of" && (*kind != ActorKind::Bloc || *within) => {
                    Some(Kind::NotABloc)
                }
                Some((kind, _)) if column == "home" && *kind != ActorKind::State => Some(Kind::NotAState),
                Some(_) => None,
            };
            if let Some(kind) = fault {
                let known = kinds.keys().map(String::as_str);
                let near = note(kind, column).with("table", "actors.csv");
                notes.push(
                    if kind == Kind::UnknownActor { near.near(id, known) } else { near }.with("id", id),
                );
                *link = None;
            }
        }
    }
    let mut table = ActorTable { actors: BTreeMap::new(), found, extra: Vec::new() };
    for (id, (actor, _, extra)) in rows {
        table.actors.insert(id, actor);
        table.extra.push(extra);
    }
    table
}
