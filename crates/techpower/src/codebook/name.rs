//! The dictionary beside `actors.csv`: names that stand for an actor, phrases that only look like a name or cue, members of organisations.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{Codebook, STAGE};
use crate::diag::{Kind, Lang, Note, Notes, Place};
use crate::table::{Files, Row, Table, Type, When, column, read_table};

const LANGUAGES: &[&str] = &["en", "zh"];
const NAME_KINDS: &[&str] =
    &["name", "demonym", "short", "pair", "capital", "agency", "office", "person", "part", "law"];

/// `names.csv`.
pub const NAMES: Table = Table {
    name: "names",
    en: "Names that stand for an actor: agencies, offices, those who held them, capitals, demonyms, short forms.",
    zh: "可指代行为体的名称：机构、职务、任职者、首都、国民称谓与简称。",
    key: &["name", "lang", "actor", "from"],
    columns: &[
        column!(
            "actor",
            Type::Id,
            required,
            "Actor that the name stands for when it acts.",
            "名称所代表的行为体。"
        ),
        column!("name", Type::Text, required, "The name as it is written.", "名称的书写形式。"),
        column!(
            "lang",
            Type::Choice(LANGUAGES),
            required,
            "Language of the texts in which it is looked for.",
            "在何种语言的文本中查找。"
        ),
        column!("kind", Type::Choice(NAME_KINDS), required, "Kind of name.", "名称类别。"),
        column!(
            "from",
            Type::Date,
            "First day from which it holds; empty if always.",
            "起始日期；空白表示一直有效。"
        ),
        column!(
            "to",
            Type::Date,
            "Day from which it holds no longer; empty if it still does.",
            "终止日期（不含当日）；空白表示仍有效。"
        ),
        column!(
            "context",
            Type::Text,
            "Actors of which one must be named in the document, separated by |; `-` for names that count only in headlines.",
            "文中须同时提及的行为体，以 | 分隔；“-”表示仅在标题中有效。"
        ),
        column!("reference", Type::Text, "Source of the dates.", "日期的出处。"),
    ],
};

/// `false-friends.csv`.
pub const FALSE_FRIENDS: Table = Table {
    name: "false-friends",
    en: "Phrases that contain a name or a cue and do not mean it.",
    zh: "含有名称或线索词、但并非其义的词语。",
    key: &["text", "lang"],
    columns: &[
        column!("text", Type::Text, required, "The phrase.", "词语。"),
        column!("lang", Type::Choice(LANGUAGES), required, "Language.", "语言。"),
        column!("reason_en", Type::Text, "What it means, in English.", "英文释义。"),
        column!("reason_zh", Type::Text, "What it means, in Chinese.", "中文释义。"),
    ],
};

/// `members.csv`.
pub const MEMBERS: Table = Table {
    name: "members",
    en: "Members of organisations.",
    zh: "组织成员。",
    key: &["organisation", "member", "from"],
    columns: &[
        column!("organisation", Type::Id, required, "Organisation.", "组织。"),
        column!("member", Type::Id, required, "Member.", "成员。"),
        column!(
            "from",
            Type::Date,
            "First day of membership; empty if unknown or always.",
            "加入日期；空白表示未知或一直。"
        ),
        column!("to", Type::Date, "Day from which it is no longer a member.", "退出日期。"),
        column!("reference", Type::Text, "Source.", "出处。"),
    ],
};

/// Kinds of name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameKind {
    /// The actor's own name.
    Name,
    /// Its people or adjective.
    Demonym,
    /// A short form.
    Short,
    /// A short form of several actors together, one row each.
    Pair,
    /// Its capital or seat, speaking for it.
    Capital,
    /// A body of it.
    Agency,
    /// An office.
    Office,
    /// Who holds an office.
    Person,
    /// A part of a state.
    Part,
    /// A law, list or programme that is known by its name and tells whose it is.
    Law,
}

impl NameKind {
    const ALL: [NameKind; 10] = [
        NameKind::Name,
        NameKind::Demonym,
        NameKind::Short,
        NameKind::Pair,
        NameKind::Capital,
        NameKind::Agency,
        NameKind::Office,
        NameKind::Person,
        NameKind::Part,
        NameKind::Law,
    ];

    /// The word of the column `kind`.
    #[must_use]
    pub fn id(self) -> &'static str {
        NAME_KINDS[self as usize]
    }
}

/// A row of `names.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// Actor.
    pub actor: String,
    /// The name.
    pub name: String,
    /// Language of the texts in which it is looked for.
    pub lang: Lang,
    /// Kind.
    pub kind: NameKind,
    /// First day.
    pub from: Option<Date>,
    /// One past the last day.
    pub to: Option<Date>,
    /// Actors of which one must be named.
    pub context: Vec<String>,
    /// Line of the file.
    pub line: u64,
}

impl Name {
    /// Whether it holds on a day; always, if the day is unknown.
    #[must_use]
    pub fn holds(&self, on: Option<Date>) -> bool {
        on.is_none_or(|on| self.from.is_none_or(|from| from <= on) && self.to.is_none_or(|to| on < to))
    }
}

/// A row of `false-friends.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FalseFriend {
    /// The phrase.
    pub text: String,
    /// Language.
    pub lang: Lang,
    /// What it means, in English.
    pub reason_en: String,
    /// What it means, in Chinese.
    pub reason_zh: String,
}

/// A row of `members.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Organisation.
    pub organisation: String,
    /// Member.
    pub member: String,
    /// First day.
    pub from: Option<Date>,
    /// One past the last day.
    pub to: Option<Date>,
}

/// Reads the tables beside `actors.csv` into the codebook.
pub(super) fn read(
    files: &dyn Files,
    folder: &str,
    codebook: &mut Codebook,
    hasher: &mut blake3::Hasher,
    notes: &mut Notes,
) {
    let actors = &codebook.actors;
    let path = format!("{folder}/{}.csv", NAMES.name);
    let mut names: Vec<Name> = Vec::new();
    if exists(files, &path) {
        read_table(files, &path, &NAMES, notes, |row, notes| {
            let actor = row.text("actor");
            if !known(actors.keys(), actor, &path, row, "actor", notes) {
                return false;
            }
            let name = Name {
                actor: actor.to_owned(),
                name: row.text("name").to_owned(),
                lang: lang(row),
                kind: NameKind::ALL
                    .into_iter()
                    .find(|kind| kind.id() == row.text("kind"))
                    .unwrap_or(NameKind::Name),
                from: row.when("from").map(When::from),
                to: row.when("to").map(When::from),
                context: row.list("context"),
                line: row.line,
            };
            if let (Some(from), Some(to)) = (name.from, name.to)
                && from >= to
            {
                notes.push(
                    Note::new(Kind::NameWithoutDays, STAGE, Place::cell(&path, row.line, "to"))
                        .with("name", &name.name),
                );
                return false;
            }
            for id in name.context.iter().filter(|id| *id != "-") {
                known(actors.keys(), id, &path, row, "context", notes);
            }
            names.push(name);
            true
        });
    }
    lint(&names, &path, notes);
    let path = format!("{folder}/{}.csv", FALSE_FRIENDS.name);
    let mut false_friends = Vec::new();
    if exists(files, &path) {
        read_table(files, &path, &FALSE_FRIENDS, notes, |row, _| {
            false_friends.push(FalseFriend {
                text: row.text("text").to_owned(),
                lang: lang(row),
                reason_en: row.text("reason_en").to_owned(),
                reason_zh: row.text("reason_zh").to_owned(),
            });
            true
        });
    }
    let path = format!("{folder}/{}.csv", MEMBERS.name);
    let mut members = Vec::new();
    if exists(files, &path) {
        read_table(files, &path, &MEMBERS, notes, |row, notes| {
            let good = ["organisation", "member"]
                .iter()
                .all(|column| known(actors.keys(), row.text(column), &path, row, column, notes));
            if good {
                members.push(Member {
                    organisation: row.text("organisation").to_owned(),
                    member: row.text("member").to_owned(),
                    from: row.when("from").map(When::from),
                    to: row.when("to").map(When::from),
                });
            }
            good
        });
    }
    hasher.update(format!("{names:?}{false_friends:?}{members:?}").as_bytes());
    codebook.names = names;
    codebook.false_friends = false_friends;
    codebook.members = members;
}

fn exists(files: &dyn Files, path: &str) -> bool {
    matches!(files.open(path), Ok(Some(_)))
}

fn lang(row: &Row) -> Lang {
    if row.text("lang") == "zh" { Lang::Zh } else { Lang::En }
}

fn known<'a>(
    ids: impl Iterator<Item = &'a String> + Clone,
    id: &str,
    path: &str,
    row: &Row,
    column: &str,
    notes: &mut Notes,
) -> bool {
    let found = ids.clone().any(|known| known == id);
    if !found {
        notes.push(
            Note::new(Kind::UnknownActor, STAGE, Place::cell(path, row.line, column))
                .with("id", id)
                .with("table", "actors.csv")
                .near(id, ids.map(String::as_str)),
        );
    }
    found
}

/// A name that stands for two actors on the same day, without a context that tells them apart, would be decided by the order of the rows.
fn lint(names: &[Name], path: &str, notes: &mut Notes) {
    let mut same: BTreeMap<(&str, Lang), Vec<&Name>> = BTreeMap::new();
    for name in names.iter().filter(|name| name.kind != NameKind::Pair && name.context.is_empty()) {
        same.entry((&name.name, name.lang)).or_default().push(name);
    }
    for ((text, _), rows) in same {
        let actors: BTreeSet<&str> = rows.iter().map(|name| name.actor.as_str()).collect();
        let apart = rows.iter().enumerate().all(|(at, a)| {
            rows[at + 1..].iter().all(|b| {
                a.actor == b.actor
                    || a.to.is_some_and(|to| b.from.is_some_and(|from| to <= from))
                    || b.to.is_some_and(|to| a.from.is_some_and(|from| to <= from))
            })
        });
        if !apart && let Some(last) = rows.last() {
            notes.push(
                Note::new(Kind::AmbiguousName, STAGE, Place::row(path, last.line))
                    .with("name", text)
                    .list("actors", actors),
            );
        }
    }
}
