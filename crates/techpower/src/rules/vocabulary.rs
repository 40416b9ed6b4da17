//! The vocabulary: what kinds of objects there are, what is said of them and in which unit, what is computed from what, and which
//! figures cannot be meant.

use std::collections::{BTreeSet, HashMap};
use std::ops::ControlFlow;

use super::expression::{
    Checked, Field, Gap, Hear, Known, Quantity, Scope, Test, Type, Uses, View, compile, compile_test,
};
use super::source::VocabularySource;
use super::unit::Unit;
use super::value::{Interval, Lexicon, Symbol, Truth, Value};
use super::{STAGE, line_of, located};
use crate::diag::{Kind, Lang, Note, Notes, Place, nearest};
use crate::table::toml_note;

/// Path of the vocabulary in a study.
pub(super) const PATH: &str = "instruments/vocabulary.toml";

/// A kind of object.
#[derive(Debug, Clone, PartialEq)]
pub struct ObjectKind {
    /// Id, such as `chip`.
    pub id: String,
    /// Name in English.
    pub en: String,
    /// Name in Chinese.
    pub zh: String,
}

/// Something that can be said of objects.
#[derive(Debug, Clone)]
pub struct FieldInfo {
    /// Name in expressions and tables.
    pub name: String,
    /// Kinds of objects that have it, by position.
    pub of: Vec<usize>,
    /// Name of the unit; empty for counts, shares, flags and texts.
    pub unit: String,
    /// Meaning in English.
    pub en: String,
    /// Meaning in Chinese.
    pub zh: String,
    /// Whether a maker can change it.
    pub lever: bool,
    /// Whether it is a fact of the use or transaction, not of the object.
    pub circumstance: bool,
    /// How it is computed; empty if it is not.
    pub formula: String,
    /// Where the formula or definition is from.
    pub reference: String,
    pub(super) kind: Type,
    derived: Option<Derived>,
    /// Fields that it is computed from directly; none if it is not computed.
    pub(super) computed_from: BTreeSet<Field>,
}

impl FieldInfo {
    /// Meaning.
    #[must_use]
    pub fn meaning(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Zh => &self.zh,
        }
    }

    /// Whether it is a flag.
    #[must_use]
    pub fn is_flag(&self) -> bool {
        self.kind == Type::Truth
    }

    /// Whether it is a date.
    #[must_use]
    pub fn is_date(&self) -> bool {
        self.kind == Type::Date
    }

    /// Whether it is a number.
    #[must_use]
    pub fn is_number(&self) -> bool {
        matches!(self.kind, Type::Number(_))
    }
}

#[derive(Debug, Clone)]
enum Derived {
    Quantity(Quantity),
    Test(Test),
}

impl Derived {
    fn uses(&self) -> BTreeSet<Field> {
        let mut uses = Uses::default();
        match self {
            Derived::Quantity(quantity) => quantity.uses(&mut uses),
            Derived::Test(test) => test.uses(&mut uses),
        }
        uses.fields
    }
}

/// A figure that the makers of instruments cannot have meant.
#[derive(Debug, Clone)]
struct Implausible {
    of: Vec<usize>,
    when: Test,
    field: Field,
    en: String,
    zh: String,
}

/// A value that was set aside because it cannot be meant, and why.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Doubt {
    pub(super) field: Field,
    pub(super) en: String,
    pub(super) zh: String,
}

/// Kinds of objects, fields, constants and checks.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    /// Kinds of objects.
    pub kinds: Vec<ObjectKind>,
    /// Fields, in order of their names.
    pub fields: Vec<FieldInfo>,
    pub(super) constants: Vec<(String, Interval, Unit)>,
    implausible: Vec<Implausible>,
    by_name: HashMap<String, Field>,
    /// Fields that are computed, each after those it is computed from.
    order: Vec<Field>,
    values: Vec<Interval>,
}

impl Vocabulary {
    /// Reads `vocabulary.toml`.
    pub(super) fn read(text: &str, lexicon: &mut Lexicon, notes: &mut Notes) -> Vocabulary {
        let source: VocabularySource = match toml::from_str(text) {
            Ok(source) => source,
            Err(error) => {
                notes.push(toml_note(STAGE, PATH, text, 0, &error));
                return Vocabulary::default();
            }
        };
        let mut vocabulary = Vocabulary::default();
        for (id, kind) in &source.kind {
            vocabulary.kinds.push(ObjectKind { id: id.clone(), en: kind.en.clone(), zh: kind.zh.clone() });
        }
        for (name, constant) in &source.constant {
            let unit = constant.unit.as_ref().map(|unit| (unit.get_ref(), unit.span()));
            let unit = unit_of(unit, text, &format!("constant.{name}"), notes);
            vocabulary.values.push(constant.value.0);
            vocabulary.constants.push((name.clone(), constant.value.0, unit));
        }
        for (name, field) in &source.field {
            let key = format!("field.{name}");
            let unit = field.unit.as_ref().map(|unit| (unit.get_ref(), unit.span()));
            let unit = unit_of(unit, text, &key, notes);
            let kind = match field.kind.get_ref().as_str() {
                "number" => Type::Number(unit.clone()),
                "text" => Type::Word,
                "texts" => Type::Words,
                "flag" => Type::Truth,
                "date" => Type::Date,
                other => {
                    let known = ["number", "text", "texts", "flag", "date"];
                    let at = located(PATH, text, field.kind.span().start, &key);
                    notes.push(
                        Note::new(Kind::BadChoice, STAGE, at)
                            .with("text", other)
                            .list("choices", known)
                            .near(other, known),
                    );
                    continue;
                }
            };
            let of = vocabulary.kinds_of(&field.of, &key, notes);
            vocabulary.by_name.insert(name.clone(), vocabulary.fields.len());
            vocabulary.fields.push(FieldInfo {
                name: name.clone(),
                of,
                unit: unit.to_string(),
                en: field.en.clone(),
                zh: field.zh.clone(),
                lever: field.lever,
                circumstance: field.circumstance,
                formula: String::new(),
                reference: field.reference.clone(),
                kind,
                derived: None,
                computed_from: BTreeSet::new(),
            });
        }
        let mut derived = Vec::new();
        for (name, field) in &source.field {
            let (Some(formula), Some(at)) = (&field.formula, vocabulary.field(name)) else { continue };
            let place = located(PATH, text, formula.span().start, &format!("field.{name}.formula"));
            if let Some(own) = vocabulary.formula(at, formula.get_ref(), place, lexicon, notes) {
                derived.push((at, formula.get_ref().clone(), own));
            }
        }
        for (at, formula, own) in derived {
            vocabulary.fields[at].formula = formula;
            vocabulary.fields[at].computed_from = own.uses();
            vocabulary.fields[at].derived = Some(own);
        }
        vocabulary.sort(notes);
        for check in &source.implausible {
            let place = located(PATH, text, check.when.span().start, "implausible.when");
            let found = compile_test(check.when.get_ref(), &mut vocabulary.scope(lexicon));
            match (found, vocabulary.field(check.field.get_ref())) {
                (Ok(when), Some(field)) => {
                    let of = vocabulary.kinds_of(&check.of, "implausible.of", notes);
                    let (en, zh) = (check.en.clone(), check.zh.clone());
                    vocabulary.implausible.push(Implausible { of, when, field, en, zh });
                }
                (Err(fault), _) => notes.push(fault.note(STAGE, place, check.when.get_ref())),
                (_, None) => {
                    let at = located(PATH, text, check.field.span().start, "implausible.field");
                    notes.push(vocabulary.unknown_field(check.field.get_ref(), at));
                }
            }
        }
        vocabulary
    }

    fn kinds_of(&self, ids: &[String], key: &str, notes: &mut Notes) -> Vec<usize> {
        let mut kinds = Vec::new();
        for id in ids {
            match self.kind(id) {
                Some(kind) => kinds.push(kind),
                None => notes.push(self.unknown_kind(id, Place::key(PATH, key))),
            }
        }
        kinds
    }

    /// A kind by its id.
    #[must_use]
    pub fn kind(&self, id: &str) -> Option<usize> {
        self.kinds.iter().position(|kind| kind.id == id)
    }

    /// A field by its name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    pub(super) fn unknown_kind(&self, id: &str, place: Place) -> Note {
        let known = self.kinds.iter().map(|kind| kind.id.as_str());
        Note::new(Kind::UnknownObjectKind, STAGE, place).with("id", id).near(id, known)
    }

    pub(super) fn unknown_field(&self, name: &str, place: Place) -> Note {
        let known = self.fields.iter().map(|field| field.name.as_str());
        Note::new(Kind::UnknownField, STAGE, place).with("name", name).near(name, known)
    }

    /// A note if a field is none of a kind of objects.
    pub(super) fn of_kind(&self, field: Field, kind: usize, place: Place) -> Notes {
        let mut notes = Notes::new();
        let info = &self.fields[field];
        if !info.of.contains(&kind) {
            let note = Note::new(Kind::FieldNotOfKind, STAGE, place).with("field", &info.name);
            notes.push(note.with("kind", &self.kinds[kind].id));
        }
        notes
    }

    fn scope<'v>(&'v self, lexicon: &'v mut Lexicon) -> FieldScope<'v> {
        FieldScope { vocabulary: self, lexicon }
    }

    /// Checks the formula of a field against the field's type and unit.
    fn formula(
        &self,
        at: Field,
        text: &str,
        place: Place,
        lexicon: &mut Lexicon,
        notes: &mut Notes,
    ) -> Option<Derived> {
        let found = match compile(text, &mut self.scope(lexicon)) {
            Ok(found) => found,
            Err(fault) => {
                notes.push(fault.note(STAGE, place, text));
                return None;
            }
        };
        match (found, &self.fields[at].kind) {
            (Checked::Quantity(quantity, Type::Number(unit)), Type::Number(into)) => {
                if let Some(factor) = unit.to(into) {
                    let quantity = match factor {
                        1.0 => quantity,
                        factor => Quantity::Scaled(Box::new(quantity), factor),
                    };
                    return Some(Derived::Quantity(quantity));
                }
                notes.push(
                    Note::new(Kind::ExpressionUnits, STAGE, place)
                        .with("expression", text)
                        .with("position", 1)
                        .with("left", into)
                        .with("right", unit),
                );
                None
            }
            (Checked::Test(test), Type::Truth) => Some(Derived::Test(test)),
            (found, kind) => {
                notes.push(
                    Note::new(Kind::ExpressionType, STAGE, place)
                        .with("expression", text)
                        .with("position", 1)
                        .told("found", |lang| found.kind().told(lang))
                        .told("expected", |lang| kind.told(lang)),
                );
                None
            }
        }
    }

    /// Puts computed fields behind those they are computed from; one that is computed from itself is not computed.
    fn sort(&mut self, notes: &mut Notes) {
        let mut rest: BTreeSet<Field> =
            (0..self.fields.len()).filter(|at| self.fields[*at].derived.is_some()).collect();
        loop {
            let ready: Vec<Field> =
                rest.iter().copied().filter(|at| self.fields[*at].computed_from.is_disjoint(&rest)).collect();
            if ready.is_empty() {
                break;
            }
            rest.retain(|at| !ready.contains(at));
            self.order.extend(ready);
        }
        for at in rest {
            let name = &self.fields[at].name;
            let place = Place::key(PATH, &format!("field.{name}.formula"));
            notes.push(Note::new(Kind::RuleCircle, STAGE, place).with("circle", name));
            self.fields[at].derived = None;
            self.fields[at].computed_from.clear();
        }
    }

    /// Computes what is derived from an object's own facts; what the object states itself stays. Facts that cannot be meant are set aside,
    /// with what would have been derived from them, and are returned.
    pub(super) fn complete(&self, kind: usize, facts: &mut [Value], day: i32) -> Vec<Doubt> {
        let stated = |field: &Field| facts[*field] != Value::Unknown;
        let own: Vec<Field> = self.order.iter().copied().filter(stated).collect();
        self.derive(facts, day);
        let view = self.view(facts, day);
        let is_own = |field: Field| !self.order.contains(&field) || own.contains(&field);
        let doubts: Vec<Doubt> = self
            .implausible
            .iter()
            .filter(|check| check.of.contains(&kind) && is_own(check.field))
            .filter(|check| facts[check.field] != Value::Unknown && view.truth(&check.when) == Truth::True)
            .map(|check| Doubt { field: check.field, en: check.en.clone(), zh: check.zh.clone() })
            .collect();
        if !doubts.is_empty() {
            let computed = self.order.iter().copied().filter(|field| !own.contains(field));
            let aside: Vec<Field> = doubts.iter().map(|doubt| doubt.field).chain(computed).collect();
            aside.into_iter().for_each(|field| facts[field] = Value::Unknown);
            self.derive(facts, day);
        }
        doubts
    }

    fn derive(&self, facts: &mut [Value], day: i32) {
        for field in &self.order {
            if facts[*field] != Value::Unknown {
                continue;
            }
            let view = self.view(facts, day);
            let value = match &self.fields[*field].derived {
                Some(Derived::Quantity(quantity)) => {
                    view.number(quantity).map_or(Value::Unknown, Value::Number)
                }
                Some(Derived::Test(test)) => match view.truth(test) {
                    Truth::Open => Value::Unknown,
                    truth => Value::Flag(truth == Truth::True),
                },
                None => Value::Unknown,
            };
            facts[*field] = value;
        }
    }

    /// Tells which facts, if they were known or exact, would make a field so: of a computed one what it is computed from, if some of that is
    /// known.
    pub(super) fn behind(&self, field: Field, facts: &[Value], day: i32, hear: Hear<'_>) -> ControlFlow<()> {
        let Some(derived) = &self.fields[field].derived else { return hear(Gap::Field(field)) };
        let mut deeper = false;
        if self.fields[field].computed_from.iter().any(|part| facts[*part] != Value::Unknown) {
            let below: Hear<'_> = &mut |gap| {
                deeper = true;
                match gap {
                    Gap::Field(part) => self.behind(part, facts, day, hear),
                    other => hear(other),
                }
            };
            match derived {
                Derived::Quantity(quantity) => self.view(facts, day).doubts(quantity, below)?,
                Derived::Test(test) => self.view(facts, day).gaps(test, below)?,
            }
        }
        if deeper { ControlFlow::Continue(()) } else { hear(Gap::Field(field)) }
    }

    fn view<'v>(&'v self, facts: &'v [Value], day: i32) -> View<'v> {
        View { facts, parameters: &self.values, tests: &[], quantities: &[], day, world: &Nothing }
    }
}

/// The unit that is written behind a key; a count if there is none or it is unknown.
fn unit_of(
    written: Option<(&String, std::ops::Range<usize>)>,
    text: &str,
    key: &str,
    notes: &mut Notes,
) -> Unit {
    let Some((unit, span)) = written else { return Unit::one() };
    unit.parse().unwrap_or_else(|_| {
        let at = Place { row: Some(line_of(text, span.start)), ..Place::key(PATH, key) };
        notes.push(Note::new(Kind::UnknownUnit, STAGE, at).with("unit", unit));
        Unit::one()
    })
}

/// What the formulas of the vocabulary may speak of: fields and constants.
struct FieldScope<'v> {
    vocabulary: &'v Vocabulary,
    lexicon: &'v mut Lexicon,
}

impl Scope for FieldScope<'_> {
    fn field(&self, name: &str) -> Option<(Field, Type)> {
        let at = self.vocabulary.field(name)?;
        Some((at, self.vocabulary.fields[at].kind.clone()))
    }

    fn parameter(&self, name: &str) -> Option<(usize, Unit)> {
        let found = self.vocabulary.constants.iter().position(|(known, ..)| known == name)?;
        Some((found, self.vocabulary.constants[found].2.clone()))
    }

    fn definition(&self, _: &str) -> Option<(usize, Type)> {
        None
    }

    fn list(&self, _: &str) -> Option<Symbol> {
        None
    }

    fn instrument(&self, _: &str) -> Option<usize> {
        None
    }

    fn symbol(&mut self, text: &str) -> Symbol {
        self.lexicon.symbol(text)
    }

    fn near(&self, name: &str) -> Option<String> {
        let fields = self.vocabulary.fields.iter().map(|field| field.name.as_str());
        let constants = self.vocabulary.constants.iter().map(|(name, ..)| name.as_str());
        nearest(name, fields.chain(constants)).map(str::to_owned)
    }

    fn used(&mut self, _: &str) {}
}

/// The world of formulas, which look at nothing but the object.
struct Nothing;

impl Known for Nothing {
    fn in_list(&self, _: Symbol, _: Symbol) -> Truth {
        Truth::Open
    }

    fn listed(&self, _: Symbol) -> Truth {
        Truth::Open
    }

    fn owned_by(&self, _: Symbol) -> Interval {
        Interval { low: 0.0, high: 1.0 }
    }

    fn touched_by(&self, _: usize, _: Option<Symbol>) -> Truth {
        Truth::Open
    }

    fn open_because(&self, _: usize, _: Option<Symbol>, _: Hear<'_>) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}
