//! Objects that instruments speak of, and what is known of them on a day.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;

use super::expression::{Field, Type};
use super::source::interval;
use super::unit::Unit;
use super::value::{Interval, Lexicon, Symbol, Truth, Value};
use super::vocabulary::{Doubt, Vocabulary};
use super::{Moment, STAGE, days};
use crate::diag::{Kind, Lang, Note, Notes, Place};
use crate::table::{Files, Row, SHARE, Table, Type as Cells, When, column, read_grid, read_table};

/// Folder of objects in a study.
pub(super) const FOLDER: &str = "objects";
/// Table of facts.
const FACTS: &str = "objects/facts.csv";
/// Table of owners.
pub(super) const OWNERS: &str = "objects/owners.csv";

const FACT_COLUMNS: Table = Table {
    name: "facts",
    en: "Facts about objects, one figure a row.",
    zh: "对象的事实，每行一项。",
    columns: &[
        column!("object", Cells::Id, required, "object", "对象"),
        column!("field", Cells::Id, required, "field of the vocabulary", "词汇表中的字段"),
        column!(
            "value",
            Cells::Text,
            required,
            "a number, low..high, low.., ..high, true, false, a text, texts separated by |, or a date",
            "数值、区间、真假、文本（多项以 | 分隔）或日期"
        ),
        column!("unit", Cells::Text, "unit, if not the field's", "单位（与字段不同时填写）"),
        column!("from", Cells::Date, "first day on which it holds", "起始日"),
        column!("to", Cells::Date, "first day on which it holds no more", "终止日（不含）"),
        column!("published", Cells::Date, "when it became known", "公开日期"),
        column!("set_aside", Cells::Text, "why it is not used", "弃用理由"),
        column!("reference", Cells::Text, "source", "出处"),
        column!("note", Cells::Text, "remark", "备注"),
    ],
    key: &[],
};

pub(super) const OWNER_COLUMNS: Table = Table {
    name: "owners",
    en: "Who holds which share of whom.",
    zh: "持股关系。",
    columns: &[
        column!("owner", Cells::Id, required, "who holds", "持有者"),
        column!("owned", Cells::Id, required, "what is held", "被持有者"),
        column!("share", SHARE, "share, 0 to 1", "比例（0 至 1）"),
        column!("low", SHARE, "least possible share", "比例下限"),
        column!("high", SHARE, "greatest possible share", "比例上限"),
        column!("from", Cells::Date, "first day", "起始日"),
        column!("to", Cells::Date, "first day on which it holds no more", "终止日（不含）"),
        column!("reference", Cells::Text, "source", "出处"),
        column!("note", Cells::Text, "remark", "备注"),
    ],
    key: &["owner", "owned", "from"],
};

/// Columns of a table of objects that are no fields.
const COLUMNS: [&str; 9] =
    ["object", "kind", "name_en", "name_zh", "aliases", "maker", "released", "reference", "note"];

/// Something that an instrument may touch.
#[derive(Debug, Clone)]
pub struct Object {
    /// Id.
    pub id: String,
    /// Position of its kind in the vocabulary.
    pub kind: usize,
    /// Name in English.
    pub name_en: String,
    /// Name in Chinese.
    pub name_zh: String,
    /// Other names.
    pub aliases: Vec<String>,
    /// Who makes it; empty if unknown.
    pub maker: String,
    /// When it was put on the market; `None` if unknown.
    pub released: Option<When>,
    /// Source of the row.
    pub reference: String,
    pub(super) facts: Vec<Fact>,
}

impl Object {
    /// Its name; the id if it has none in the language.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        let name = match lang {
            Lang::En => &self.name_en,
            Lang::Zh => &self.name_zh,
        };
        if name.is_empty() { &self.id } else { name }
    }
}

/// One figure from one source.
#[derive(Debug, Clone)]
pub(super) struct Fact {
    pub(super) field: Field,
    pub(super) value: Value,
    from: Option<Date>,
    to: Option<Date>,
    published: Option<Date>,
    pub(super) set_aside: String,
    pub(super) reference: String,
}

impl Fact {
    /// Whether it counts on a day, by what was known.
    pub(super) fn holds(&self, on: Date, moment: Moment) -> bool {
        self.set_aside.is_empty()
            && self.from.is_none_or(|from| from <= on)
            && self.to.is_none_or(|to| on < to)
            && moment.knows(self.published)
    }
}

/// What is known of an object on a day.
#[derive(Debug, Clone)]
pub(super) struct Facts {
    pub(super) values: Vec<Value>,
    /// Values that were set aside because they cannot be meant.
    pub(super) doubts: Vec<Doubt>,
}

impl Object {
    /// What is known of it on a day; `more` takes the place of its own facts.
    pub(super) fn facts(
        &self,
        on: Date,
        moment: Moment,
        vocabulary: &Vocabulary,
        more: &[(Field, Value)],
    ) -> Facts {
        let mut values = vec![Value::Unknown; vocabulary.fields.len()];
        let mut rivals: Vec<Field> = Vec::new();
        for fact in self.facts.iter().filter(|fact| fact.holds(on, moment)) {
            let merged = match (&values[fact.field], &fact.value) {
                _ if rivals.contains(&fact.field) => continue,
                (Value::Unknown, value) => value.clone(),
                (Value::Number(one), Value::Number(two)) => Value::Number(one.hull(*two)),
                (one, two) if one.is_same(two) => continue,
                // Rival texts or flags: which of them is right is unknown.
                _ => {
                    rivals.push(fact.field);
                    Value::Unknown
                }
            };
            values[fact.field] = merged;
        }
        for (field, value) in more {
            values[*field] = value.clone();
        }
        let doubts = vocabulary.complete(self.kind, &mut values, days(on));
        Facts { values, doubts }
    }

    /// Days on which what is known of it changes.
    pub(super) fn changes(&self) -> impl Iterator<Item = Date> {
        self.facts.iter().flat_map(|fact| [fact.from, fact.to]).flatten()
    }
}

/// The value that a cell tells of a field; `None` if it is none of the field's type.
pub(super) fn value(text: &str, kind: &Type, unit: &str, lexicon: &mut Lexicon) -> Option<Value> {
    let text = text.trim();
    Some(match kind {
        Type::Number(into) => {
            let factor = match unit {
                "" => 1.0,
                unit => unit.parse::<Unit>().ok()?.to(into)?,
            };
            let interval = interval(text)?.scaled(factor);
            // An end that no number can tell is no end.
            if interval.low == f64::INFINITY || interval.high == f64::NEG_INFINITY {
                return None;
            }
            Value::Number(interval)
        }
        Type::Truth => match text.to_lowercase().as_str() {
            "true" | "yes" | "是" => Value::Flag(true),
            "false" | "no" | "否" => Value::Flag(false),
            _ => return None,
        },
        Type::Word if text.is_empty() => return None,
        Type::Word => Value::Text(lexicon.symbol(text)),
        Type::Words => Value::Texts(
            text.split('|')
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .map(|part| lexicon.symbol(part))
                .collect(),
        ),
        Type::Date => Value::Number(dates(text.parse().ok()?)),
    })
}

/// A date as an interval of days.
fn dates(when: When) -> Interval {
    Interval { low: f64::from(days(when.from())), high: f64::from(days(when.to()) - 1) }
}

/// Objects by id, in order of their ids.
#[derive(Debug, Clone, Default)]
pub(super) struct Objects {
    pub(super) list: Vec<Object>,
    by_id: HashMap<String, usize>,
    /// Tables of rows that were left out, by their ids.
    left_out: BTreeMap<String, String>,
}

impl Objects {
    pub(super) fn find(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    /// Adds objects from a table whose further columns are fields.
    pub(super) fn read(
        &mut self,
        files: &dyn Files,
        path: &str,
        vocabulary: &Vocabulary,
        lexicon: &mut Lexicon,
        notes: &mut Notes,
    ) {
        let Some(grid) = read_grid(files, path, notes) else { return };
        for required in ["object", "kind"] {
            if grid.position(required).is_none() {
                let note = Note::new(Kind::MissingColumn, STAGE, Place::cell(path, 1, required))
                    .with("column", required)
                    .near(required, grid.header.iter().map(String::as_str));
                notes.push(note);
                return;
            }
        }
        let fields: Vec<Option<Field>> = grid
            .header
            .iter()
            .map(|name| {
                let field = vocabulary.field(name);
                if field.is_none() && !COLUMNS.contains(&name.as_str()) {
                    let known = COLUMNS.into_iter().chain(vocabulary.fields.iter().map(|f| f.name.as_str()));
                    notes.push(
                        Note::new(Kind::UnknownColumn, STAGE, Place::cell(path, 1, name))
                            .with("column", name)
                            .near(name, known),
                    );
                }
                field
            })
            .collect();
        for (row, line) in grid.rows.iter().zip(&grid.lines) {
            let cell = |column: &str| grid.cell(row, column);
            let at = |column: &str| Place::cell(path, *line, column);
            let id = cell("object");
            if id.is_empty() {
                notes.push(Note::new(Kind::MissingValue, STAGE, at("object")));
                continue;
            }
            if id.chars().any(|c| c.is_whitespace() || c == '|') {
                notes.push(Note::new(Kind::BadId, STAGE, at("object")).with("text", id));
                continue;
            }
            if self.by_id.contains_key(id) {
                notes.push(Note::new(Kind::DuplicateRow, STAGE, Place::row(path, *line)).with("key", id));
                continue;
            }
            let Some(kind) = vocabulary.kind(cell("kind")) else {
                self.left_out.insert(id.to_owned(), path.to_owned());
                notes.push(vocabulary.unknown_kind(cell("kind"), at("kind")));
                continue;
            };
            let released = cell("released");
            let when = released.parse::<When>();
            if !released.is_empty() && when.is_err() {
                notes.push(Note::new(Kind::BadDate, STAGE, at("released")).with("text", released));
            }
            let mut object = Object {
                id: id.to_owned(),
                kind,
                name_en: cell("name_en").to_owned(),
                name_zh: cell("name_zh").to_owned(),
                aliases: cell("aliases")
                    .split('|')
                    .map(str::trim)
                    .filter(|name| !name.is_empty())
                    .map(str::to_owned)
                    .collect(),
                maker: cell("maker").to_owned(),
                released: when.ok(),
                reference: cell("reference").to_owned(),
                facts: Vec::new(),
            };
            for ((name, field), text) in grid.header.iter().zip(&fields).zip(row) {
                let Some(field) = field else { continue };
                if text.is_empty() {
                    continue;
                }
                notes.extend(vocabulary.of_kind(*field, object.kind, at(name)));
                match value(text, &vocabulary.fields[*field].kind, "", lexicon) {
                    Some(value) => object.facts.push(Fact {
                        field: *field,
                        value,
                        from: None,
                        to: None,
                        published: None,
                        set_aside: String::new(),
                        reference: object.reference.clone(),
                    }),
                    None => notes.push(bad_value(vocabulary, *field, text, at(name))),
                }
            }
            self.add(object);
        }
    }

    /// Adds an object; one of the same id is replaced.
    pub(super) fn add(&mut self, object: Object) -> usize {
        let at = *self.by_id.entry(object.id.clone()).or_insert(self.list.len());
        if at == self.list.len() {
            self.list.push(object);
        } else {
            self.list[at] = object;
        }
        at
    }

    /// Puts objects in order of their ids, so that the order of files and rows does not matter.
    pub(super) fn sort(&mut self) {
        self.list.sort_by(|a, b| a.id.cmp(&b.id));
        self.by_id = self.list.iter().enumerate().map(|(at, object)| (object.id.clone(), at)).collect();
    }

    /// Adds the rows of `objects/facts.csv` to their objects.
    pub(super) fn read_facts(
        &mut self,
        files: &dyn Files,
        vocabulary: &Vocabulary,
        lexicon: &mut Lexicon,
        notes: &mut Notes,
    ) {
        read_table(files, FACTS, &FACT_COLUMNS, notes, |row, notes| {
            let id = row.text("object");
            let Some(object) = self.by_id.get(id).copied() else {
                if let Some(table) = self.left_out.get(id) {
                    let note = row.note(Kind::LinkLeftOut, "object").with("id", id);
                    notes.push(note.with("table", table));
                    return false;
                }
                let known = self.list.iter().map(|object| object.id.as_str());
                notes.push(row.note(Kind::UnknownObject, "object").with("id", id).near(id, known));
                return false;
            };
            let Some(field) = vocabulary.field(row.text("field")) else {
                notes.push(vocabulary.unknown_field(row.text("field"), row.place("field")));
                return false;
            };
            let Some(value) =
                value(row.text("value"), &vocabulary.fields[field].kind, row.text("unit"), lexicon)
            else {
                notes.push(bad_value(vocabulary, field, row.text("value"), row.place("value")));
                return false;
            };
            let Some((from, to)) = stretch(row, notes) else { return false };
            notes.extend(vocabulary.of_kind(field, self.list[object].kind, row.place("field")));
            self.list[object].facts.push(Fact {
                field,
                value,
                from,
                to,
                published: row.when("published").map(When::from),
                set_aside: row.text("set_aside").to_owned(),
                reference: row.text("reference").to_owned(),
            });
            true
        });
    }

    /// Notes values that cannot be meant, as they stand without regard to dates.
    pub(super) fn implausible(&self, vocabulary: &Vocabulary, on: Date, notes: &mut Notes) {
        for object in &self.list {
            for doubt in object.facts(on, Moment::default(), vocabulary, &[]).doubts {
                let place = Place::key(FOLDER, &object.id);
                notes.push(
                    Note::new(Kind::FactImplausible, STAGE, place)
                        .with("object", &object.id)
                        .with("field", &vocabulary.fields[doubt.field].name)
                        .told("why", |lang| match lang {
                            Lang::En => doubt.en.to_owned(),
                            Lang::Zh => doubt.zh.to_owned(),
                        }),
                );
            }
        }
    }
}

/// The days on which a row holds; `None`, with a note, if they end before they begin.
fn stretch(row: &Row<'_>, notes: &mut Notes) -> Option<(Option<Date>, Option<Date>)> {
    let (from, to) = (row.when("from").map(When::from), row.when("to").map(When::from));
    if let (Some(from), Some(to)) = (from, to)
        && to <= from
    {
        notes.push(row.note(Kind::DatesReversed, "to").with("from", from).with("to", to));
        return None;
    }
    Some((from, to))
}

pub(super) fn bad_value(vocabulary: &Vocabulary, field: Field, text: &str, place: Place) -> Note {
    let info = &vocabulary.fields[field];
    Note::new(Kind::FactValue, STAGE, place)
        .with("text", text)
        .with("field", &info.name)
        .told("expected", |lang| info.kind.told(lang))
}

/// Who holds what, by what is held.
#[derive(Debug, Clone, Default)]
pub(super) struct Owners {
    of: BTreeMap<Symbol, Vec<Holding>>,
}

#[derive(Debug, Clone)]
struct Holding {
    owner: Symbol,
    share: Interval,
    from: Option<Date>,
    to: Option<Date>,
}

/// Share from which a party's holdings are looked through as if they were the listed party's own: 50 %, held directly or indirectly, alone or
/// together (the rule of 90 FR 47201, after the practice of the US Treasury).
const LOOKED_THROUGH: f64 = 0.5;

impl Owners {
    pub(super) fn read(&mut self, files: &dyn Files, lexicon: &mut Lexicon, notes: &mut Notes) {
        read_table(files, OWNERS, &OWNER_COLUMNS, notes, |row, notes| {
            let ends = match (row.number("share"), row.number("low"), row.number("high")) {
                (Some(share), low, high) => (low.unwrap_or(share), high.unwrap_or(share)),
                (None, low, high) => (low.unwrap_or(0.0), high.unwrap_or(1.0)),
            };
            let Some(share) = Interval::new(ends.0, ends.1) else {
                notes.push(row.note(Kind::IntervalDisordered, "low"));
                return false;
            };
            let Some((from, to)) = stretch(row, notes) else { return false };
            let holding = Holding { owner: lexicon.symbol(row.text("owner")), share, from, to };
            self.of.entry(lexicon.symbol(row.text("owned"))).or_default().push(holding);
            true
        });
    }

    /// Days on which holdings change.
    pub(super) fn changes(&self) -> impl Iterator<Item = Date> {
        self.of.values().flatten().flat_map(|holding| [holding.from, holding.to]).flatten()
    }

    /// Share of a party that listed parties hold on a day. What no row tells may be held by anyone.
    pub(super) fn held(&self, party: Symbol, on: Date, listed: &dyn Fn(Symbol) -> Truth) -> Interval {
        let mut behind = vec![party];
        let mut at = 0;
        while let Some(next) = behind.get(at).copied() {
            for owner in self.of_day(next, on).map(|holding| holding.owner) {
                if !behind.contains(&owner) {
                    behind.push(owner);
                }
            }
            at += 1;
        }
        // From what the lists say upwards until nothing changes, so that a circle of owners adds nothing that is not counted already.
        let mut counts: BTreeMap<Symbol, Truth> =
            behind.iter().map(|party| (*party, listed(*party))).collect();
        let mut settled = false;
        while !settled {
            settled = true;
            for party in behind.iter().rev() {
                let half = self.held_by(*party, on, &counts).at_least(Interval::exact(LOOKED_THROUGH));
                let counted = counts[party].or(half);
                settled &= counted == counts[party];
                counts.insert(*party, counted);
            }
        }
        self.held_by(party, on, &counts)
    }

    /// Share of a party that those hold who count.
    fn held_by(&self, party: Symbol, on: Date, counts: &BTreeMap<Symbol, Truth>) -> Interval {
        let sum = |counted: Truth| -> f64 {
            let chosen = self.of_day(party, on).filter(|holding| counts[&holding.owner] == counted);
            chosen.map(|holding| holding.share.low).sum()
        };
        let low = sum(Truth::True).min(1.0);
        Interval { low, high: (1.0 - sum(Truth::False)).clamp(low, 1.0) }
    }

    fn of_day(&self, party: Symbol, on: Date) -> impl Iterator<Item = &Holding> {
        let all = self.of.get(&party).map_or(&[][..], Vec::as_slice).iter();
        all.filter(move |holding| {
            holding.from.is_none_or(|from| from <= on) && holding.to.is_none_or(|to| on < to)
        })
    }
}
