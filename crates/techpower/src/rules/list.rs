//! Dated lists: country groups, entity lists, lists of goods.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;

use super::source::ListSource;
use super::value::{Lexicon, Symbol, Truth};
use super::{Moment, STAGE};
use crate::diag::{Kind, Note, Notes, Place};
use crate::table::{Files, Table, Type, When, column, read_table};

/// Path of the lists in a study.
pub(super) const PATH: &str = "instruments/lists.csv";

const COLUMNS: Table = Table {
    name: "lists",
    en: "Who or what is on which list, and when.",
    zh: "清单成员及其时段。",
    columns: &[
        column!("list", Type::Id, required, "list", "清单"),
        column!("member", Type::Id, required, "actor, object or word", "成员"),
        column!("names", Type::Text, "names on the list, separated by |", "清单所载名称，以 | 分隔"),
        column!(
            "listed",
            Type::Choice(&["yes", "no"]),
            "no: the list was looked through and does not have it",
            "no 表示查遍清单未见"
        ),
        column!("from", Type::Date, "first day on which it is known to hold", "起始日"),
        column!("to", Type::Date, "first day on which it holds no more", "终止日（不含）"),
        column!("published", Type::Date, "when it became known", "公开日期"),
        column!("reference", Type::Text, "source", "出处"),
        column!("note", Type::Text, "remark", "备注"),
    ],
    key: &["list", "member", "from", "listed"],
};

/// A stretch of days on which somebody is, or is known not to be, on a list.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub(super) listed: bool,
    pub(super) from: Option<Date>,
    pub(super) to: Option<Date>,
    pub(super) published: Option<Date>,
}

impl Entry {
    fn holds(&self, on: Date, moment: Moment) -> bool {
        self.from.is_none_or(|from| from <= on)
            && self.to.is_none_or(|to| on < to)
            && moment.knows(self.published)
    }
}

/// All lists of a study.
#[derive(Debug, Clone, Default)]
pub(super) struct Lists {
    pub(super) entries: HashMap<(Symbol, Symbol), Vec<Entry>>,
    /// Lists, in order of their ids.
    pub(super) ids: BTreeMap<String, Symbol>,
    /// Members by the plain form of their names.
    by_name: HashMap<String, BTreeSet<Symbol>>,
    /// Days on which a list is complete.
    complete: HashMap<Symbol, (Option<Date>, Option<Date>)>,
}

impl Lists {
    pub(super) fn read(
        &mut self,
        files: &dyn Files,
        about: &BTreeMap<String, ListSource>,
        lexicon: &mut Lexicon,
        notes: &mut Notes,
    ) {
        read_table(files, PATH, &COLUMNS, notes, |row, notes| {
            let (from, to) = (row.when("from").map(When::from), row.when("to").map(When::from));
            if let (Some(from), Some(to)) = (from, to)
                && to <= from
            {
                notes.push(row.note(Kind::DatesReversed, "to").with("from", from).with("to", to));
                return false;
            }
            let member = lexicon.symbol(row.text("member"));
            let list = self.list(row.text("list"), lexicon);
            for name in row.list("names").iter().map(|name| plain(name)).filter(|name| !name.is_empty()) {
                self.by_name.entry(name).or_default().insert(member);
            }
            self.entries.entry((list, member)).or_default().push(Entry {
                listed: row.text("listed") != "no",
                from,
                to,
                published: row.when("published").map(When::from),
            });
            true
        });
        for (id, source) in about {
            let list = self.list(id, lexicon);
            if source.complete_from.is_some() || source.complete_to.is_some() {
                self.complete.insert(list, (source.complete_from, source.complete_to));
            }
        }
    }

    /// The number of a list, made if there is none.
    pub(super) fn list(&mut self, id: &str, lexicon: &mut Lexicon) -> Symbol {
        *self.ids.entry(id.to_owned()).or_insert_with(|| lexicon.symbol(id))
    }

    /// Whether somebody is on a list on a day, by what was known. Where rows contradict each other, the one that begins last counts.
    pub(super) fn holds(&self, list: Symbol, member: Symbol, on: Date, moment: Moment) -> Truth {
        let entries = self.entries.get(&(list, member)).map_or(&[][..], Vec::as_slice);
        let latest =
            entries.iter().filter(|entry| entry.holds(on, moment)).max_by_key(|e| (e.from, !e.listed));
        match latest {
            Some(entry) => entry.listed.into(),
            None => match self.complete.get(&list) {
                Some((from, to)) if from.is_none_or(|from| from <= on) && to.is_none_or(|to| on < to) => {
                    Truth::False
                }
                _ => Truth::Open,
            },
        }
    }

    /// Members that bear one of the names.
    pub(super) fn named<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> BTreeSet<Symbol> {
        names.into_iter().filter_map(|name| self.by_name.get(&plain(name))).flatten().copied().collect()
    }

    /// Adds an entry that counts before all others from its first day on.
    pub(super) fn put(&mut self, list: Symbol, member: Symbol, entry: Entry) {
        let entries = self.entries.entry((list, member)).or_default();
        entries.retain(|other| other.from < entry.from);
        for other in entries.iter_mut() {
            other.to = match (other.to, entry.from) {
                (Some(to), Some(from)) => Some(to.min(from)),
                (to, from) => to.or(from),
            };
        }
        entries.push(entry);
    }

    /// Everyone who is or was on a list.
    pub(super) fn members(&self, list: Symbol) -> BTreeSet<Symbol> {
        let of = |((of, member), entries): (&(Symbol, Symbol), &Vec<Entry>)| {
            (*of == list && entries.iter().any(|entry| entry.listed)).then_some(*member)
        };
        self.entries.iter().filter_map(of).collect()
    }

    /// Days on which a list changes.
    pub(super) fn changes(&self, list: Symbol) -> BTreeSet<Date> {
        let own = self.entries.iter().filter(|((of, _), _)| *of == list).flat_map(|(_, entries)| entries);
        let complete = self.complete.get(&list).into_iter().flat_map(|(from, to)| [*from, *to]);
        own.flat_map(|entry| [entry.from, entry.to]).chain(complete).flatten().collect()
    }

    /// Notes entries of a list that hold on the same day and contradict each other.
    pub(super) fn check(&self, lexicon: &Lexicon, notes: &mut Notes) {
        let mut keys: Vec<_> = self.entries.keys().collect();
        keys.sort_by_key(|(list, member)| (lexicon.text(*list), lexicon.text(*member)));
        for key in keys {
            let entries = &self.entries[key];
            let twice = entries.iter().enumerate().any(|(at, one)| {
                entries[..at].iter().any(|two| one.from == two.from && one.listed != two.listed)
            });
            if twice {
                let place = Place::key(PATH, lexicon.text(key.1));
                notes.push(
                    Note::new(Kind::ListContradicts, STAGE, place)
                        .with("list", lexicon.text(key.0))
                        .with("member", lexicon.text(key.1)),
                );
            }
        }
    }
}

/// Words of legal form, which names bear or not.
const FORMS: [&str; 14] = [
    "co",
    "ltd",
    "limited",
    "inc",
    "incorporated",
    "corp",
    "corporation",
    "company",
    "llc",
    "plc",
    "gmbh",
    "ag",
    "bv",
    "the",
];

/// A name without case, punctuation and legal form, so that `Moore Threads Technology Co., Ltd.` is `moore threads technology`.
pub(super) fn plain(name: &str) -> String {
    let lower = name.to_lowercase();
    let lower =
        ["股份有限公司", "有限责任公司", "有限公司"].iter().fold(lower, |name, form| name.replace(form, " "));
    lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty() && !FORMS.contains(word))
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_without_case_punctuation_and_legal_form() {
        assert_eq!(plain("MOORE Threads Technology Co., Ltd."), "moore threads technology");
        assert_eq!(plain("北京智谱华章科技有限公司"), "北京智谱华章科技");
        assert_ne!(plain("Inspur Group Co., Ltd."), plain("Inspur"));
    }
}
