//! Conditions: from their written form to checked trees, and what they come to for an object on a day.
//!
//! They are written with the operators of CEL and mean something else: values are intervals or unknown, truth may be open, and numbers
//! have units. A general interpreter has none of that, so that trees are checked and evaluated here.

mod compile;
mod evaluate;
mod syntax;
mod uses;

pub(super) use compile::{Scope, compile, compile_test};
pub(super) use evaluate::{Gap, Hear, Known, View};
pub(super) use uses::Uses;

use super::told::say;
use super::unit::Unit;
use super::value::{Interval, Operation, Relation, Symbol};
use crate::diag::{Kind, Lang, Note, Place};

/// Position of a field in the vocabulary.
pub(super) type Field = usize;

/// What an expression comes to.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Type {
    Number(Unit),
    Date,
    Truth,
    Word,
    Words,
}

impl Type {
    /// The word for it in messages.
    pub(super) fn told(&self, lang: Lang) -> String {
        let id = match self {
            Type::Number(unit) if unit.to_string().is_empty() => "type_number",
            Type::Number(unit) => return say(lang, "type_number_in", &[("unit", &unit.to_string())]),
            Type::Date => "type_date",
            Type::Truth => "type_condition",
            Type::Word => "type_text",
            Type::Words => "type_texts",
        };
        say(lang, id, &[])
    }
}

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Test {
    Constant(bool),
    /// A condition that could not be read: always open.
    Unread,
    Flag(Field),
    Not(Box<Test>),
    All(Vec<Test>),
    Any(Vec<Test>),
    Compare(Relation, Quantity, Quantity),
    Same(Word, Word),
    Among(Word, Vec<Symbol>),
    Contains(Field, Word),
    InList(Word, Symbol),
    /// The object itself is in a list.
    Listed(Symbol),
    /// Another instrument touches the object, by any limb or by this one.
    TouchedBy(usize, Option<Symbol>),
    Known(Field),
    Defined(usize),
}

/// A number or a date.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Quantity {
    Constant(Interval),
    Field(Field),
    /// A parameter or constant by its position, and its name.
    Parameter(usize, Symbol),
    /// The day that is asked about.
    Today,
    /// Share of the object that is held by parties in a list.
    OwnedBy(Symbol),
    Scaled(Box<Quantity>, f64),
    Combined(Operation, Box<Quantity>, Box<Quantity>),
    Largest(Vec<Quantity>),
    Smallest(Vec<Quantity>),
    FirstKnown(Vec<Quantity>),
    Defined(usize),
}

/// A text.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Word {
    Constant(Symbol),
    Field(Field),
}

/// A checked expression of whatever type.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Checked {
    Test(Test),
    Quantity(Quantity, Type),
    Word(Word),
    /// Texts that are written out.
    Words(Vec<Symbol>),
    /// A field that holds several texts.
    WordsField(Field),
}

impl Checked {
    pub(super) fn kind(&self) -> Type {
        match self {
            Checked::Test(_) => Type::Truth,
            Checked::Quantity(_, kind) => kind.clone(),
            Checked::Word(_) => Type::Word,
            Checked::Words(_) | Checked::WordsField(_) => Type::Words,
        }
    }
}

/// Why an expression cannot be used, and where in it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Fault {
    /// Something that cannot stand there.
    Syntax { at: usize, found: String },
    /// It ends too early.
    Incomplete { at: usize },
    /// A name that is no field, parameter or definition.
    Name { at: usize, name: String, near: Option<String> },
    /// A function that does not exist, or not with these arguments.
    Function { at: usize, name: String },
    /// Something of another type than is needed.
    Type { at: usize, found: Type, expected: Type },
    /// A text that is no date.
    NoDate { at: usize, text: String },
    /// Two sides that measure different things.
    Unit { at: usize, left: String, right: String },
    /// A unit that does not exist.
    NoUnit { at: usize, unit: String },
    /// A list or instrument that does not exist.
    Reference { at: usize, id: String, near: Option<String> },
}

impl Fault {
    fn syntax(at: usize, found: &str) -> Fault {
        Fault::Syntax { at, found: found.to_owned() }
    }

    /// Where it is, in bytes.
    pub(super) fn at(&self) -> usize {
        match self {
            Fault::Syntax { at, .. }
            | Fault::Incomplete { at }
            | Fault::Name { at, .. }
            | Fault::Function { at, .. }
            | Fault::Type { at, .. }
            | Fault::NoDate { at, .. }
            | Fault::Unit { at, .. }
            | Fault::NoUnit { at, .. }
            | Fault::Reference { at, .. } => *at,
        }
    }

    /// The note that tells it; `text` is the expression.
    pub(super) fn note(&self, stage: &str, place: Place, text: &str) -> Note {
        let before = text.get(..self.at()).unwrap_or(text).chars().count();
        let note = |kind: Kind| {
            Note::new(kind, stage, place.clone()).with("expression", text).with("position", before + 1)
        };
        let near = |note: Note, near: &Option<String>| match near {
            Some(near) => note.with("near", near),
            None => note,
        };
        match self {
            Fault::Syntax { found, .. } => note(Kind::ExpressionSyntax).with("found", found),
            Fault::Incomplete { .. } => note(Kind::ExpressionIncomplete),
            Fault::Name { name, near: word, .. } => near(note(Kind::ExpressionName).with("name", name), word),
            Fault::Function { name, .. } => note(Kind::ExpressionFunction).with("name", name),
            Fault::Type { found, expected, .. } => {
                let note = note(Kind::ExpressionType).told("found", |lang| found.told(lang));
                note.told("expected", |lang| expected.told(lang))
            }
            Fault::NoDate { text, .. } => note(Kind::ExpressionType)
                .with("found", format!("'{text}'"))
                .told("expected", |lang| Type::Date.told(lang)),
            Fault::Unit { left, right, .. } => {
                note(Kind::ExpressionUnits).with("left", left).with("right", right)
            }
            Fault::NoUnit { unit, .. } => note(Kind::UnknownUnit).with("unit", unit),
            Fault::Reference { id, near: word, .. } => {
                near(note(Kind::ExpressionReference).with("id", id), word)
            }
        }
    }
}
