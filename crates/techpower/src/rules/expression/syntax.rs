//! The written form of conditions: a part of the Common Expression Language (CEL, github.com/google/cel-spec), with units on numbers.

use super::Fault;
use crate::rules::value::{Operation, Relation};

/// A part of an expression and where it begins, in bytes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub(super) at: usize,
    pub(super) what: Syntax,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Syntax {
    /// A number, with its unit if it has one.
    Number(f64, Option<String>),
    Text(String),
    Flag(bool),
    Name(String),
    List(Vec<Node>),
    Call(String, Vec<Node>),
    Not(Box<Node>),
    Negative(Box<Node>),
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    Compare(Relation, Box<Node>, Box<Node>),
    In(Box<Node>, Box<Node>),
    Arithmetic(Operation, Box<Node>, Box<Node>),
}

/// Brackets within brackets, and operators before operands, beyond which an expression is refused rather than read.
const DEEPEST: usize = 64;
/// Operators in a row, other than those that join conditions, beyond which an expression is refused.
const LONGEST: usize = 256;
/// The same of those that join conditions.
const JOINED: usize = 10_000;

/// Reads an expression.
pub(super) fn parse(text: &str) -> Result<Node, Fault> {
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens: &tokens, at: 0, end: text.len(), depth: 0 };
    let node = parser.expression(0)?;
    match parser.peek() {
        None => Ok(node),
        Some(token) => Err(Fault::syntax(token.at, &token.shown())),
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Word {
    Number(f64),
    Text(String),
    Name(String),
    /// What stands between square brackets behind a number.
    Unit(String),
    Sign(&'static str),
}

#[derive(Debug, Clone, PartialEq)]
struct Token {
    at: usize,
    word: Word,
}

impl Token {
    fn shown(&self) -> String {
        match &self.word {
            Word::Number(number) => number.to_string(),
            Word::Text(text) => format!("'{text}'"),
            Word::Name(name) => name.clone(),
            Word::Unit(unit) => format!("[{unit}]"),
            Word::Sign(sign) => (*sign).to_owned(),
        }
    }
}

const SIGNS: [&str; 18] =
    ["&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "+", "-", "*", "/", "(", ")", "[", "]", ","];

fn tokens(text: &str) -> Result<Vec<Token>, Fault> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let (word, length) = if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        } else if first.is_ascii_digit() {
            number(rest).ok_or_else(|| Fault::syntax(at, first.encode_utf8(&mut [0; 4])))?
        } else if first.is_alphabetic() || first == '_' {
            let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            (Word::Name(rest[..length].to_owned()), length)
        } else if first == '\'' || first == '"' {
            let close = rest[1..].find(first).ok_or_else(|| Fault::syntax(at, &first.to_string()))?;
            (Word::Text(rest[1..=close].to_owned()), close + 2)
        } else if first == '[' && matches!(tokens.last(), Some(Token { word: Word::Number(_), .. })) {
            let close = rest.find(']').ok_or_else(|| Fault::syntax(at, "["))?;
            (Word::Unit(rest[1..close].to_owned()), close + 1)
        } else {
            let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
            let sign = *sign.ok_or_else(|| Fault::syntax(at, &first.to_string()))?;
            (Word::Sign(sign), sign.len())
        };
        tokens.push(Token { at, word });
        at += length;
    }
    Ok(tokens)
}

/// A number such as `4800`, `5.92` or `1e25` and its length.
fn number(text: &str) -> Option<(Word, usize)> {
    let digits =
        |from: usize| text[from..].bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'_').count();
    let mut end = digits(0);
    if text[end..].starts_with('.') && digits(end + 1) > 0 {
        end += 1 + digits(end + 1);
    }
    if text[end..].starts_with(['e', 'E']) {
        let sign = usize::from(text[end + 1..].starts_with(['+', '-']));
        let power = digits(end + 1 + sign);
        if power > 0 {
            end += 1 + sign + power;
        }
    }
    let value: f64 = text[..end].replace('_', "").parse().ok()?;
    value.is_finite().then_some((Word::Number(value), end))
}

struct Parser<'t> {
    tokens: &'t [Token],
    at: usize,
    end: usize,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn take(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Token { word: Word::Sign(found), .. }) if *found == sign);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &str) -> Result<(), Fault> {
        if self.take(sign) { Ok(()) } else { Err(self.unexpected()) }
    }

    fn unexpected(&self) -> Fault {
        match self.peek() {
            Some(token) => Fault::syntax(token.at, &token.shown()),
            None => Fault::Incomplete { at: self.end },
        }
    }

    /// An expression whose operators bind more strongly than `least`.
    fn expression(&mut self, least: u8) -> Result<Node, Fault> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.unexpected());
        }
        let mut left = self.operand()?;
        let mut row = 0;
        while let Some(token) = self.peek() {
            let at = token.at;
            let operator: &str = match &token.word {
                Word::Sign(sign) => sign,
                Word::Name(name) if name == "in" => "in",
                _ => break,
            };
            let Some((strength, build)) = operator_of(operator) else { break };
            if strength <= least {
                break;
            }
            row += 1;
            if row > if strength > 2 { LONGEST } else { JOINED } {
                return Err(self.unexpected());
            }
            self.at += 1;
            let right = self.expression(strength)?;
            left = Node { at, what: build(Box::new(left), Box::new(right)) };
        }
        self.depth -= 1;
        Ok(left)
    }

    fn operand(&mut self) -> Result<Node, Fault> {
        let Some(token) = self.peek() else { return Err(self.unexpected()) };
        let at = token.at;
        let word = token.word.clone();
        if matches!(word, Word::Unit(_)) {
            return Err(self.unexpected());
        }
        if matches!(&word, Word::Sign(sign) if !matches!(*sign, "!" | "-" | "(" | "[")) {
            return Err(self.unexpected());
        }
        self.at += 1;
        let what = match word {
            Word::Number(value) => {
                let unit = match self.peek() {
                    Some(Token { word: Word::Unit(unit), .. }) => Some(unit.clone()),
                    _ => None,
                };
                self.at += usize::from(unit.is_some());
                Syntax::Number(value, unit)
            }
            Word::Text(text) => Syntax::Text(text),
            Word::Name(name) => match name.as_str() {
                "true" => Syntax::Flag(true),
                "false" => Syntax::Flag(false),
                _ if self.take("(") => Syntax::Call(name, self.items(")")?),
                _ => Syntax::Name(name),
            },
            Word::Sign("!") => Syntax::Not(Box::new(self.expression(STRONGEST)?)),
            Word::Sign("-") => Syntax::Negative(Box::new(self.expression(STRONGEST)?)),
            Word::Sign("(") => {
                let within = self.expression(0)?;
                self.expect(")")?;
                within.what
            }
            _ => Syntax::List(self.items("]")?),
        };
        Ok(Node { at, what })
    }

    /// Expressions separated by commas up to a closing sign.
    fn items(&mut self, close: &str) -> Result<Vec<Node>, Fault> {
        let mut items = Vec::new();
        if self.take(close) {
            return Ok(items);
        }
        loop {
            items.push(self.expression(0)?);
            if self.take(close) {
                return Ok(items);
            }
            self.expect(",")?;
        }
    }
}

const STRONGEST: u8 = 6;

type Build = fn(Box<Node>, Box<Node>) -> Syntax;

/// How strongly an operator of two operands binds, and what it makes.
fn operator_of(sign: &str) -> Option<(u8, Build)> {
    Some(match sign {
        "||" => (1, Syntax::Or as Build),
        "&&" => (2, Syntax::And),
        "==" => (3, |a, b| Syntax::Compare(Relation::Equal, a, b)),
        "!=" => (3, |a, b| Syntax::Compare(Relation::Unequal, a, b)),
        "<" => (3, |a, b| Syntax::Compare(Relation::Less, a, b)),
        "<=" => (3, |a, b| Syntax::Compare(Relation::AtMost, a, b)),
        ">" => (3, |a, b| Syntax::Compare(Relation::More, a, b)),
        ">=" => (3, |a, b| Syntax::Compare(Relation::AtLeast, a, b)),
        "in" => (3, Syntax::In),
        "+" => (4, |a, b| Syntax::Arithmetic(Operation::Plus, a, b)),
        "-" => (4, |a, b| Syntax::Arithmetic(Operation::Minus, a, b)),
        "*" => (5, |a, b| Syntax::Arithmetic(Operation::Times, a, b)),
        "/" => (5, |a, b| Syntax::Arithmetic(Operation::Over, a, b)),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(node: &Node) -> String {
        let pair = |sign: &str, a: &Node, b: &Node| format!("({} {sign} {})", told(a), told(b));
        match &node.what {
            Syntax::Number(value, None) => value.to_string(),
            Syntax::Number(value, Some(unit)) => format!("{value}[{unit}]"),
            Syntax::Text(text) => format!("'{text}'"),
            Syntax::Flag(flag) => flag.to_string(),
            Syntax::Name(name) => name.clone(),
            Syntax::List(items) => format!("[{}]", items.iter().map(told).collect::<Vec<_>>().join(",")),
            Syntax::Call(name, items) => {
                format!("{name}({})", items.iter().map(told).collect::<Vec<_>>().join(","))
            }
            Syntax::Not(inner) => format!("!{}", told(inner)),
            Syntax::Negative(inner) => format!("-{}", told(inner)),
            Syntax::And(a, b) => pair("&&", a, b),
            Syntax::Or(a, b) => pair("||", a, b),
            Syntax::Compare(relation, a, b) => pair(relation.sign(), a, b),
            Syntax::In(a, b) => pair("in", a, b),
            Syntax::Arithmetic(operation, a, b) => pair(&format!("{operation:?}"), a, b),
        }
    }

    #[test]
    fn operators_bind_as_in_cel() {
        let check = |text: &str, expected: &str| assert_eq!(told(&parse(text).expect(text)), expected);
        check("a || b && !c", "(a || (b && !c))");
        check("tpp>=1_600[TPP] && pd >= 5.92[TPP/mm2]", "((tpp >= 1600[TPP]) && (pd >= 5.92[TPP/mm2]))");
        check("2 * a + b / 3 - 1", "(((2 Times a) Plus (b Over 3)) Minus 1)");
        check(
            "x in list('ear:D:5') || !(y in ['a', \"b\"])",
            "((x in list('ear:D:5')) || !(y in ['a','b']))",
        );
        check("-1e25 < flop", "(-10000000000000000000000000 < flop)");
        check("a - -b - c", "((a Minus -b) Minus c)");
    }

    #[test]
    fn what_is_no_expression_is_refused_where_it_breaks() {
        let fault = |text: &str| parse(text).expect_err(text).at();
        assert_eq!(fault("a &&"), 4);
        assert_eq!(fault("a & b"), 2);
        assert_eq!(fault("(a"), 2);
        assert_eq!(fault("a b"), 2);
        assert_eq!(fault("'abc"), 0);
        assert_eq!(fault(""), 0);
        assert_eq!(fault("f(a,)"), 4);
        assert_eq!(fault("600[GB/s"), 3);
        parse(&"(".repeat(100_000)).expect_err("too deep");
        parse(&"!".repeat(100_000)).expect_err("too deep");
        parse(&vec!["a"; 10_000].join(" && ")).expect("long, but not deep");
    }
}
