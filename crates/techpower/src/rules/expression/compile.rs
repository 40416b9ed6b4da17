//! Checks names, types and units of an expression.

use super::syntax::{Node, Syntax, parse};
use super::{Checked, Fault, Field, Quantity, Test, Type, Word};
use crate::rules::unit::{Unit, dimension};
use crate::rules::value::{Interval, Operation, Relation, Symbol};
use crate::table::When;

/// The names that an expression may use.
pub(in crate::rules) trait Scope {
    /// A field of the vocabulary and its type.
    fn field(&self, name: &str) -> Option<(Field, Type)>;
    /// A parameter or constant by its position, and its unit.
    fn parameter(&self, name: &str) -> Option<(usize, Unit)>;
    /// A definition by its position, and its type.
    fn definition(&self, name: &str) -> Option<(usize, Type)>;
    /// A list, by the number of its id.
    fn list(&self, id: &str) -> Option<Symbol>;
    /// Another instrument by its position.
    fn instrument(&self, id: &str) -> Option<usize>;
    /// The number of a text.
    fn symbol(&mut self, text: &str) -> Symbol;
    /// The known name nearest to one that is unknown.
    fn near(&self, name: &str) -> Option<String>;
    /// Told when a parameter or definition is used, so that those without use can be found.
    fn used(&mut self, name: &str);
}

/// Reads and checks an expression of any type.
pub(in crate::rules) fn compile(text: &str, scope: &mut dyn Scope) -> Result<Checked, Fault> {
    Compiler { scope }.checked(&parse(text)?)
}

/// Reads and checks a condition.
pub(in crate::rules) fn compile_test(text: &str, scope: &mut dyn Scope) -> Result<Test, Fault> {
    let node = parse(text)?;
    Compiler { scope }.test(&node)
}

struct Compiler<'s> {
    scope: &'s mut dyn Scope,
}

impl Compiler<'_> {
    fn checked(&mut self, node: &Node) -> Result<Checked, Fault> {
        let at = node.at;
        Ok(match &node.what {
            Syntax::Number(value, unit) => {
                let unit = match unit {
                    Some(text) => text.parse().map_err(|_| Fault::NoUnit { at, unit: text.clone() })?,
                    None => Unit::one(),
                };
                Checked::Quantity(Quantity::Constant(Interval::exact(*value)), Type::Number(unit))
            }
            Syntax::Text(text) => Checked::Word(Word::Constant(self.scope.symbol(text))),
            Syntax::Flag(flag) => Checked::Test(Test::Constant(*flag)),
            Syntax::Name(name) => self.name(at, name)?,
            Syntax::List(items) => {
                let words = items.iter().map(|item| match &item.what {
                    Syntax::Text(text) => Ok(self.scope.symbol(text)),
                    _ => {
                        let found = self.checked(item)?.kind();
                        Err(Fault::Type { at: item.at, found, expected: Type::Word })
                    }
                });
                Checked::Words(words.collect::<Result<_, _>>()?)
            }
            Syntax::Call(name, arguments) => self.call(at, name, arguments)?,
            Syntax::Not(inner) => Checked::Test(Test::Not(Box::new(self.test(inner)?))),
            Syntax::And(..) => Checked::Test(Test::All(self.chain(node, |what| match what {
                Syntax::And(a, b) => Some((a, b)),
                _ => None,
            })?)),
            Syntax::Or(..) => Checked::Test(Test::Any(self.chain(node, |what| match what {
                Syntax::Or(a, b) => Some((a, b)),
                _ => None,
            })?)),
            Syntax::Negative(inner) => {
                let (quantity, unit) = self.number(inner)?;
                let zero = Box::new(Quantity::Constant(Interval::exact(0.0)));
                let negative = Quantity::Combined(Operation::Minus, zero, Box::new(quantity));
                Checked::Quantity(negative, Type::Number(unit))
            }
            Syntax::Compare(relation, left, right) => {
                Checked::Test(self.comparison(at, *relation, left, right)?)
            }
            Syntax::In(left, right) => Checked::Test(self.membership(left, right)?),
            Syntax::Arithmetic(operation, left, right) => self.arithmetic(at, *operation, left, right)?,
        })
    }

    fn name(&mut self, at: usize, name: &str) -> Result<Checked, Fault> {
        if name == "on" {
            return Ok(Checked::Quantity(Quantity::Today, Type::Date));
        }
        if let Some((position, kind)) = self.scope.definition(name) {
            self.scope.used(name);
            return Ok(match kind {
                Type::Truth => Checked::Test(Test::Defined(position)),
                kind => Checked::Quantity(Quantity::Defined(position), kind),
            });
        }
        if let Some((position, unit)) = self.scope.parameter(name) {
            self.scope.used(name);
            let symbol = self.scope.symbol(name);
            return Ok(Checked::Quantity(Quantity::Parameter(position, symbol), Type::Number(unit)));
        }
        match self.scope.field(name) {
            Some((field, kind @ (Type::Number(_) | Type::Date))) => {
                Ok(Checked::Quantity(Quantity::Field(field), kind))
            }
            Some((field, Type::Truth)) => Ok(Checked::Test(Test::Flag(field))),
            Some((field, Type::Word)) => Ok(Checked::Word(Word::Field(field))),
            Some((field, Type::Words)) => Ok(Checked::WordsField(field)),
            None => Err(Fault::Name { at, name: name.to_owned(), near: self.scope.near(name) }),
        }
    }

    /// The parts of a chain of one operator, which may be long.
    fn chain<'n>(
        &mut self,
        node: &'n Node,
        parts: fn(&'n Syntax) -> Option<(&'n Node, &'n Node)>,
    ) -> Result<Vec<Test>, Fault> {
        let mut tests = Vec::new();
        let mut rest = node;
        while let Some((left, right)) = parts(&rest.what) {
            tests.push(self.test(right)?);
            rest = left;
        }
        tests.push(self.test(rest)?);
        tests.reverse();
        Ok(tests)
    }

    fn test(&mut self, node: &Node) -> Result<Test, Fault> {
        match self.checked(node)? {
            Checked::Test(test) => Ok(test),
            other => Err(Fault::Type { at: node.at, found: other.kind(), expected: Type::Truth }),
        }
    }

    fn quantity(&mut self, node: &Node) -> Result<(Quantity, Type), Fault> {
        match self.checked(node)? {
            Checked::Quantity(quantity, kind) => Ok((quantity, kind)),
            other => {
                Err(Fault::Type { at: node.at, found: other.kind(), expected: Type::Number(Unit::one()) })
            }
        }
    }

    fn number(&mut self, node: &Node) -> Result<(Quantity, Unit), Fault> {
        match self.quantity(node)? {
            (quantity, Type::Number(unit)) => Ok((quantity, unit)),
            (_, kind) => Err(Fault::Type { at: node.at, found: kind, expected: Type::Number(Unit::one()) }),
        }
    }

    /// A quantity turned into another unit; a plain number may stand for one only where it is a count or share.
    fn converted(&self, at: usize, quantity: Quantity, unit: &Unit, into: &Unit) -> Result<Quantity, Fault> {
        let told = |unit: &Unit| {
            let name = unit.to_string();
            if name.is_empty() { "1".to_owned() } else { format!("{name} ({})", dimension(unit)) }
        };
        let factor = unit.to(into).ok_or_else(|| Fault::Unit { at, left: told(into), right: told(unit) })?;
        Ok(match quantity {
            quantity if factor == 1.0 => quantity,
            Quantity::Constant(interval) => Quantity::Constant(interval.scaled(factor)),
            quantity => Quantity::Scaled(Box::new(quantity), factor),
        })
    }

    fn comparison(
        &mut self,
        at: usize,
        relation: Relation,
        left: &Node,
        right: &Node,
    ) -> Result<Test, Fault> {
        let same = |test: Test| match relation {
            Relation::Equal => Ok(test),
            Relation::Unequal => Ok(Test::Not(Box::new(test))),
            _ => Err(Fault::Syntax { at, found: relation.sign().to_owned() }),
        };
        match (self.checked(left)?, self.checked(right)?) {
            (Checked::Quantity(a, Type::Number(one)), Checked::Quantity(b, Type::Number(two))) => {
                Ok(Test::Compare(relation, a, self.converted(at, b, &two, &one)?))
            }
            (Checked::Quantity(a, Type::Date), Checked::Quantity(b, Type::Date)) => {
                Ok(Test::Compare(relation, a, b))
            }
            (Checked::Word(a), Checked::Word(b)) => same(Test::Same(a, b)),
            (Checked::Test(a), Checked::Test(b)) => {
                let both = Test::All(vec![a.clone(), b.clone()]);
                let neither = Test::All(vec![Test::Not(Box::new(a)), Test::Not(Box::new(b))]);
                same(Test::Any(vec![both, neither]))
            }
            (a, b) => Err(Fault::Type { at: right.at, found: b.kind(), expected: a.kind() }),
        }
    }

    fn membership(&mut self, left: &Node, right: &Node) -> Result<Test, Fault> {
        if let Syntax::Call(name, arguments) = &right.what
            && name == "list"
        {
            let list = self.list(right.at, arguments)?;
            return match self.checked(left)? {
                Checked::Word(word) => Ok(Test::InList(word, list)),
                other => Err(Fault::Type { at: left.at, found: other.kind(), expected: Type::Word }),
            };
        }
        match (self.checked(left)?, self.checked(right)?) {
            (Checked::Word(word), Checked::Words(words)) => Ok(Test::Among(word, words)),
            (Checked::Word(word), Checked::WordsField(field)) => Ok(Test::Contains(field, word)),
            (Checked::Word(_), other) => {
                Err(Fault::Type { at: right.at, found: other.kind(), expected: Type::Words })
            }
            (other, _) => Err(Fault::Type { at: left.at, found: other.kind(), expected: Type::Word }),
        }
    }

    fn arithmetic(
        &mut self,
        at: usize,
        operation: Operation,
        left: &Node,
        right: &Node,
    ) -> Result<Checked, Fault> {
        let ((a, one), (b, two)) = (self.number(left)?, self.number(right)?);
        let (b, unit) = match operation {
            Operation::Plus | Operation::Minus => (self.converted(at, b, &two, &one)?, one),
            Operation::Times => (b, one.times(&two)),
            Operation::Over => (b, one.per(&two)),
        };
        let combined = Quantity::Combined(operation, Box::new(a), Box::new(b));
        Ok(Checked::Quantity(combined, Type::Number(unit)))
    }

    /// The id of a list, the only argument of a function.
    fn list(&mut self, at: usize, arguments: &[Node]) -> Result<Symbol, Fault> {
        match arguments {
            [Node { at, what: Syntax::Text(id) }] => self.scope.list(id).ok_or_else(|| Fault::Reference {
                at: *at,
                id: id.clone(),
                near: self.scope.near(id),
            }),
            _ => Err(Fault::Function { at, name: "list".to_owned() }),
        }
    }

    fn call(&mut self, at: usize, name: &str, arguments: &[Node]) -> Result<Checked, Fault> {
        let wrong = || Fault::Function { at, name: name.to_owned() };
        Ok(match name {
            "largest" | "smallest" | "first_known" => {
                let mut quantities = Vec::with_capacity(arguments.len());
                let mut common: Option<Type> = None;
                for argument in arguments {
                    let (quantity, kind) = self.quantity(argument)?;
                    quantities.push(match (&common, kind) {
                        (Some(Type::Number(into)), Type::Number(unit)) => {
                            self.converted(argument.at, quantity, &unit, into)?
                        }
                        (Some(common), kind) if *common != kind => {
                            return Err(Fault::Type {
                                at: argument.at,
                                found: kind,
                                expected: common.clone(),
                            });
                        }
                        (_, kind) => {
                            common.get_or_insert(kind);
                            quantity
                        }
                    });
                }
                let kind = common.ok_or_else(wrong)?;
                let quantity = match name {
                    "largest" => Quantity::Largest(quantities),
                    "smallest" => Quantity::Smallest(quantities),
                    _ => Quantity::FirstKnown(quantities),
                };
                Checked::Quantity(quantity, kind)
            }
            "known" => match arguments {
                [Node { at, what: Syntax::Name(field) }] => {
                    let found = self.scope.field(field);
                    let (field, _) = found.ok_or_else(|| Fault::Name {
                        at: *at,
                        name: field.clone(),
                        near: self.scope.near(field),
                    })?;
                    Checked::Test(Test::Known(field))
                }
                _ => return Err(wrong()),
            },
            "listed" => Checked::Test(Test::Listed(self.list(at, arguments)?)),
            "owned_by" => {
                Checked::Quantity(Quantity::OwnedBy(self.list(at, arguments)?), Type::Number(Unit::one()))
            }
            "touched_by" => {
                let (id, limb) = match arguments {
                    [Node { what: Syntax::Text(id), .. }] => (id, None),
                    [Node { what: Syntax::Text(id), .. }, Node { what: Syntax::Text(limb), .. }] => {
                        (id, Some(self.scope.symbol(limb)))
                    }
                    _ => return Err(wrong()),
                };
                let instrument = self.scope.instrument(id).ok_or_else(|| Fault::Reference {
                    at: arguments[0].at,
                    id: id.clone(),
                    near: self.scope.near(id),
                })?;
                Checked::Test(Test::TouchedBy(instrument, limb))
            }
            "date" => match arguments {
                [Node { at, what: Syntax::Text(text) }] => {
                    let when: When =
                        text.parse().map_err(|_| Fault::NoDate { at: *at, text: text.clone() })?;
                    let day = f64::from(crate::rules::days(when.from()));
                    Checked::Quantity(Quantity::Constant(Interval::exact(day)), Type::Date)
                }
                _ => return Err(wrong()),
            },
            _ => return Err(wrong()),
        })
    }
}
