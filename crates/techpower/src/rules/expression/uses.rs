//! What an expression looks at.

use std::collections::BTreeSet;

use super::{Field, Quantity, Test, Word};
use crate::rules::value::Symbol;

/// What an expression looks at, definitions apart.
#[derive(Debug, Default)]
pub(in crate::rules) struct Uses {
    pub(in crate::rules) fields: BTreeSet<Field>,
    pub(in crate::rules) parameters: BTreeSet<usize>,
    pub(in crate::rules) lists: BTreeSet<Symbol>,
    pub(in crate::rules) instruments: BTreeSet<usize>,
    /// Days, since 1970-01-01, with which the day that is asked about is compared.
    pub(in crate::rules) days: BTreeSet<i32>,
    /// Fields that hold such days.
    pub(in crate::rules) dates: BTreeSet<Field>,
}

impl Uses {
    fn word(&mut self, word: &Word) {
        if let Word::Field(field) = word {
            self.fields.insert(*field);
        }
    }
}

impl Test {
    pub(in crate::rules) fn uses(&self, uses: &mut Uses) {
        match self {
            Test::Constant(_) | Test::Unread | Test::Defined(_) => {}
            Test::Flag(field) | Test::Known(field) => {
                uses.fields.insert(*field);
            }
            Test::Not(inner) => inner.uses(uses),
            Test::All(parts) | Test::Any(parts) => parts.iter().for_each(|part| part.uses(uses)),
            Test::Compare(_, left, right) => {
                left.uses(uses);
                right.uses(uses);
                match (left, right) {
                    (Quantity::Today, Quantity::Constant(day))
                    | (Quantity::Constant(day), Quantity::Today) => {
                        uses.days.insert(day.low as i32);
                    }
                    (Quantity::Today, Quantity::Field(field)) | (Quantity::Field(field), Quantity::Today) => {
                        uses.dates.insert(*field);
                    }
                    _ => {}
                }
            }
            Test::Same(one, two) => {
                uses.word(one);
                uses.word(two);
            }
            Test::Among(word, _) => uses.word(word),
            Test::Contains(field, word) => {
                uses.fields.insert(*field);
                uses.word(word);
            }
            Test::InList(word, list) => {
                uses.word(word);
                uses.lists.insert(*list);
            }
            Test::Listed(list) => {
                uses.lists.insert(*list);
            }
            Test::TouchedBy(instrument, _) => {
                uses.instruments.insert(*instrument);
            }
        }
    }
}

impl Quantity {
    pub(in crate::rules) fn uses(&self, uses: &mut Uses) {
        match self {
            Quantity::Constant(_) | Quantity::Today | Quantity::Defined(_) => {}
            Quantity::Field(field) => {
                uses.fields.insert(*field);
            }
            Quantity::Parameter(at, _) => {
                uses.parameters.insert(*at);
            }
            Quantity::OwnedBy(list) => {
                uses.lists.insert(*list);
            }
            Quantity::Scaled(inner, _) => inner.uses(uses),
            Quantity::Combined(_, left, right) => {
                left.uses(uses);
                right.uses(uses);
            }
            Quantity::Largest(parts) | Quantity::Smallest(parts) | Quantity::FirstKnown(parts) => {
                parts.iter().for_each(|part| part.uses(uses));
            }
        }
    }
}
