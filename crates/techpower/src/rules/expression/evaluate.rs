//! What an expression comes to for an object on a day.

use std::ops::ControlFlow;

use super::{Field, Quantity, Test, Word};
use crate::rules::value::{Interval, Symbol, Truth, Value};

/// Something that is not known well enough to settle a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::rules) enum Gap {
    /// A field of the object, unknown or not known exactly enough.
    Field(Field),
    /// Who is in a list.
    List(Symbol),
    /// Who owns the object.
    Owners,
    /// A parameter that the sources leave uncertain, by its name.
    Parameter(Symbol),
    /// The status of an instrument (by position) after the days of which anything is known.
    Status(usize),
}

/// Who is told of gaps, one by one and the same one perhaps again; they break off when they have heard enough.
pub(in crate::rules) type Hear<'h> = &'h mut dyn FnMut(Gap) -> ControlFlow<()>;

/// What is known of the world around an object: lists, owners, other instruments.
pub(in crate::rules) trait Known {
    /// Whether a text is in a list.
    fn in_list(&self, word: Symbol, list: Symbol) -> Truth;
    /// Whether the object is in a list.
    fn listed(&self, list: Symbol) -> Truth;
    /// Share of the object that is held by parties in a list.
    fn owned_by(&self, list: Symbol) -> Interval;
    /// Whether another instrument touches the object, by any limb or by one.
    fn touched_by(&self, instrument: usize, limb: Option<Symbol>) -> Truth;
    /// What keeps it open whether another instrument touches the object.
    fn open_because(&self, instrument: usize, limb: Option<Symbol>, hear: Hear<'_>) -> ControlFlow<()>;
}

/// Everything an expression looks at.
pub(in crate::rules) struct View<'a> {
    /// Values of the object's fields.
    pub(in crate::rules) facts: &'a [Value],
    /// Values of the parameters on the day.
    pub(in crate::rules) parameters: &'a [Interval],
    /// Conditions among the definitions.
    pub(in crate::rules) tests: &'a [Option<Test>],
    /// Numbers among the definitions.
    pub(in crate::rules) quantities: &'a [Option<Quantity>],
    /// The day, in days since 1970-01-01.
    pub(in crate::rules) day: i32,
    /// The world around the object.
    pub(in crate::rules) world: &'a dyn Known,
}

impl View<'_> {
    /// Whether a condition holds.
    pub(in crate::rules) fn truth(&self, test: &Test) -> Truth {
        match test {
            Test::Constant(holds) => (*holds).into(),
            Test::Unread => Truth::Open,
            Test::Flag(field) => match self.facts[*field] {
                Value::Flag(flag) => flag.into(),
                _ => Truth::Open,
            },
            Test::Not(inner) => !self.truth(inner),
            Test::All(parts) => {
                let mut all = Truth::True;
                for part in parts {
                    all = all.and(self.truth(part));
                    if all == Truth::False {
                        break;
                    }
                }
                all
            }
            Test::Any(parts) => {
                let mut any = Truth::False;
                for part in parts {
                    any = any.or(self.truth(part));
                    if any == Truth::True {
                        break;
                    }
                }
                any
            }
            Test::Compare(relation, left, right) => match (self.number(left), self.number(right)) {
                (Some(left), Some(right)) => relation.holds(left, right),
                _ => Truth::Open,
            },
            Test::Same(one, two) => match (self.word(one), self.word(two)) {
                (Some(one), Some(two)) => (one == two).into(),
                _ => Truth::Open,
            },
            Test::Among(word, words) => {
                self.word(word).map_or(Truth::Open, |word| words.contains(&word).into())
            }
            Test::Contains(field, word) => match (&self.facts[*field], self.word(word)) {
                (Value::Texts(texts), Some(word)) => texts.contains(&word).into(),
                _ => Truth::Open,
            },
            Test::InList(word, list) => {
                self.word(word).map_or(Truth::Open, |word| self.world.in_list(word, *list))
            }
            Test::Listed(list) => self.world.listed(*list),
            Test::TouchedBy(instrument, limb) => self.world.touched_by(*instrument, *limb),
            Test::Known(field) => (self.facts[*field] != Value::Unknown).into(),
            Test::Defined(at) => self.tests[*at].as_ref().map_or(Truth::Open, |test| self.truth(test)),
        }
    }

    /// What a number or date is; `None` if unknown.
    pub(in crate::rules) fn number(&self, quantity: &Quantity) -> Option<Interval> {
        match quantity {
            Quantity::Constant(interval) => Some(*interval),
            Quantity::Field(field) => match self.facts[*field] {
                Value::Number(interval) => Some(interval),
                _ => None,
            },
            Quantity::Parameter(at, _) => Some(self.parameters[*at]),
            Quantity::Today => Some(Interval::exact(f64::from(self.day))),
            Quantity::OwnedBy(list) => Some(self.world.owned_by(*list)),
            Quantity::Scaled(inner, factor) => Some(self.number(inner)?.scaled(*factor)),
            Quantity::Combined(operation, left, right) => {
                self.number(left)?.combine(*operation, self.number(right)?)
            }
            Quantity::Largest(parts) => self.over(parts, f64::max),
            Quantity::Smallest(parts) => self.over(parts, f64::min),
            Quantity::FirstKnown(parts) => parts.iter().find_map(|part| self.number(part)),
            Quantity::Defined(at) => self.quantities[*at].as_ref().and_then(|inner| self.number(inner)),
        }
    }

    /// The extreme of those that are known.
    fn over(&self, parts: &[Quantity], extreme: fn(f64, f64) -> f64) -> Option<Interval> {
        parts
            .iter()
            .filter_map(|part| self.number(part))
            .reduce(|one, two| Interval { low: extreme(one.low, two.low), high: extreme(one.high, two.high) })
    }

    pub(in crate::rules) fn word(&self, word: &Word) -> Option<Symbol> {
        match word {
            Word::Constant(symbol) => Some(*symbol),
            Word::Field(field) => match self.facts[*field] {
                Value::Text(symbol) => Some(symbol),
                _ => None,
            },
        }
    }

    /// Tells what keeps a condition open; nothing if it is settled.
    pub(in crate::rules) fn gaps(&self, test: &Test, hear: Hear<'_>) -> ControlFlow<()> {
        if self.truth(test) != Truth::Open {
            return ControlFlow::Continue(());
        }
        match test {
            Test::Constant(_) | Test::Unread | Test::Known(_) => ControlFlow::Continue(()),
            Test::Flag(field) => hear(Gap::Field(*field)),
            Test::Not(inner) => self.gaps(inner, hear),
            Test::All(parts) | Test::Any(parts) => parts.iter().try_for_each(|part| self.gaps(part, hear)),
            Test::Compare(_, left, right) => {
                self.doubts(left, hear)?;
                self.doubts(right, hear)
            }
            Test::Same(one, two) => {
                self.unknown(one, hear)?;
                self.unknown(two, hear)
            }
            Test::Among(word, _) => self.unknown(word, hear),
            Test::Contains(field, word) => {
                if self.facts[*field] == Value::Unknown {
                    hear(Gap::Field(*field))?;
                }
                self.unknown(word, hear)
            }
            Test::InList(word, list) => match self.word(word) {
                Some(_) => hear(Gap::List(*list)),
                None => self.unknown(word, hear),
            },
            Test::Listed(list) => hear(Gap::List(*list)),
            Test::TouchedBy(instrument, limb) => self.world.open_because(*instrument, *limb, hear),
            Test::Defined(at) => {
                self.tests[*at].as_ref().map_or(ControlFlow::Continue(()), |inner| self.gaps(inner, hear))
            }
        }
    }

    fn unknown(&self, word: &Word, hear: Hear<'_>) -> ControlFlow<()> {
        match (word, self.word(word)) {
            (Word::Field(field), None) => hear(Gap::Field(*field)),
            _ => ControlFlow::Continue(()),
        }
    }

    /// Tells what makes a number unknown or inexact. Of several of which one counts, those that are known are looked at if there are any.
    pub(in crate::rules) fn doubts(&self, quantity: &Quantity, hear: Hear<'_>) -> ControlFlow<()> {
        if self.number(quantity).is_some_and(Interval::is_exact) {
            return ControlFlow::Continue(());
        }
        match quantity {
            Quantity::Constant(_) | Quantity::Today => ControlFlow::Continue(()),
            Quantity::Field(field) => hear(Gap::Field(*field)),
            Quantity::Parameter(_, name) => hear(Gap::Parameter(*name)),
            Quantity::OwnedBy(list) => {
                hear(Gap::Owners)?;
                hear(Gap::List(*list))
            }
            Quantity::Scaled(inner, _) => self.doubts(inner, hear),
            Quantity::Combined(_, left, right) => {
                self.doubts(left, hear)?;
                self.doubts(right, hear)
            }
            Quantity::Largest(parts) | Quantity::Smallest(parts) => {
                let known = |part: &&Quantity| self.number(part).is_some();
                let any = parts.iter().any(|part| known(&part));
                let mut looked_at = parts.iter().filter(|part| !any || known(part));
                looked_at.try_for_each(|part| self.doubts(part, hear))
            }
            Quantity::FirstKnown(parts) => match parts.iter().find(|part| self.number(part).is_some()) {
                Some(part) => self.doubts(part, hear),
                None => parts.iter().try_for_each(|part| self.doubts(part, hear)),
            },
            Quantity::Defined(at) => self.quantities[*at]
                .as_ref()
                .map_or(ControlFlow::Continue(()), |inner| self.doubts(inner, hear)),
        }
    }
}
