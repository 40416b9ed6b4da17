//! Values that may be uncertain or unknown, and truth that may be open.

use std::fmt;

/// Truth in Kleene's strong three-valued logic (Kleene 1952, *Introduction to Metamathematics*, § 64): what is open stays open unless it
/// cannot matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Truth {
    /// It does not hold.
    False,
    /// What is known leaves it open.
    Open,
    /// It holds.
    True,
}

impl Truth {
    /// Both hold.
    #[must_use]
    pub fn and(self, other: Truth) -> Truth {
        self.min(other)
    }

    /// One of them holds.
    #[must_use]
    pub fn or(self, other: Truth) -> Truth {
        self.max(other)
    }
}

impl std::ops::Not for Truth {
    type Output = Truth;

    fn not(self) -> Truth {
        match self {
            Truth::False => Truth::True,
            Truth::Open => Truth::Open,
            Truth::True => Truth::False,
        }
    }
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Truth {
        if holds { Truth::True } else { Truth::False }
    }
}

/// All numbers from `low` to `high`, both included; the true one is among them. Ends may be infinite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Least possible value.
    pub low: f64,
    /// Greatest possible value.
    pub high: f64,
}

impl Interval {
    /// A number that is known exactly.
    #[must_use]
    pub fn exact(value: f64) -> Interval {
        Interval { low: value, high: value }
    }

    /// The interval between two ends; `None` if they are not numbers in this order.
    #[must_use]
    pub fn new(low: f64, high: f64) -> Option<Interval> {
        (low <= high).then_some(Interval { low, high })
    }

    /// Whether it is a single number.
    #[must_use]
    pub fn is_exact(self) -> bool {
        self.low == self.high
    }

    /// The smallest interval that holds both.
    #[must_use]
    pub fn hull(self, other: Interval) -> Interval {
        Interval { low: self.low.min(other.low), high: self.high.max(other.high) }
    }

    /// Multiplied by a positive factor. A hundredth and the like divide, so that 35 % is the number nearest to 0.35.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Interval {
        let inverse = (1.0 / factor).round();
        if factor < 1.0 && (inverse * factor - 1.0).abs() < 1e-12 {
            return Interval { low: self.low / inverse, high: self.high / inverse };
        }
        Interval { low: self.low * factor, high: self.high * factor }
    }

    /// A sum, difference, product or quotient of any number of the one and any of the other; `None` where it has no bounds that are
    /// numbers, as for division by an interval that holds zero.
    #[must_use]
    pub(super) fn combine(self, operation: Operation, other: Interval) -> Option<Interval> {
        let ends = |f: fn(f64, f64) -> f64| {
            let all = [
                f(self.low, other.low),
                f(self.low, other.high),
                f(self.high, other.low),
                f(self.high, other.high),
            ];
            all.iter().all(|x| !x.is_nan()).then(|| Interval {
                low: all.into_iter().fold(f64::INFINITY, f64::min),
                high: all.into_iter().fold(f64::NEG_INFINITY, f64::max),
            })
        };
        match operation {
            Operation::Plus => Interval::new(self.low + other.low, self.high + other.high),
            Operation::Minus => Interval::new(self.low - other.high, self.high - other.low),
            Operation::Times => ends(|a, b| a * b),
            Operation::Over if other.low <= 0.0 && other.high >= 0.0 => None,
            Operation::Over => ends(|a, b| a / b),
        }
    }

    /// Whether every number of the one is at least every number of the other, open if only some are.
    #[must_use]
    pub fn at_least(self, other: Interval) -> Truth {
        if self.low >= other.high {
            Truth::True
        } else if self.high < other.low {
            Truth::False
        } else {
            Truth::Open
        }
    }

    /// Whether they are the same number.
    #[must_use]
    pub fn equals(self, other: Interval) -> Truth {
        if self.is_exact() && self == other {
            Truth::True
        } else if self.high < other.low || self.low > other.high {
            Truth::False
        } else {
            Truth::Open
        }
    }
}

impl fmt::Display for Interval {
    /// `4800`, `4500..5000`, `4500..` or `..5000`, with thousands apart.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_exact() {
            return f.write_str(&told(self.low));
        }
        if self.low.is_finite() {
            f.write_str(&told(self.low))?;
        }
        f.write_str("..")?;
        if self.high.is_finite() {
            f.write_str(&told(self.high))?;
        }
        Ok(())
    }
}

/// A number for reading: at most six significant digits, whole numbers below a thousand million in full with thousands apart.
fn told(number: f64) -> String {
    if number != 0.0 && (number.abs() >= 1e9 || number.abs() < 1e-4) {
        return format!("{number:.3e}").replace(".000e", "e");
    }
    let digits = if number == 0.0 { 0 } else { 5 - libm::log10(number.abs()).floor() as i32 };
    let text = format!("{number:.*}", digits.clamp(0, 6) as usize);
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    let (whole, part) = text.split_once('.').map_or((text, ""), |(whole, part)| (whole, part));
    let (sign, figures) = whole.strip_prefix('-').map_or(("", whole), |rest| ("-", rest));
    let mut grouped = String::new();
    for (at, digit) in figures.chars().enumerate() {
        if at > 0 && (figures.len() - at) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if part.is_empty() { format!("{sign}{grouped}") } else { format!("{sign}{grouped}.{part}") }
}

/// An operation on numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Plus,
    Minus,
    Times,
    Over,
}

/// A comparison of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    Less,
    AtMost,
    More,
    AtLeast,
    Equal,
    Unequal,
}

impl Relation {
    pub(super) fn sign(self) -> &'static str {
        match self {
            Relation::Less => "<",
            Relation::AtMost => "<=",
            Relation::More => ">",
            Relation::AtLeast => ">=",
            Relation::Equal => "==",
            Relation::Unequal => "!=",
        }
    }

    pub(super) fn holds(self, one: Interval, two: Interval) -> Truth {
        match self {
            Relation::AtLeast => one.at_least(two),
            Relation::Less => !one.at_least(two),
            Relation::AtMost => two.at_least(one),
            Relation::More => !two.at_least(one),
            Relation::Equal => one.equals(two),
            Relation::Unequal => !one.equals(two),
        }
    }
}

/// A text by its number in a [`Lexicon`], so that texts are compared by number.
pub(super) type Symbol = u32;

/// Texts by number.
#[derive(Debug, Clone, Default)]
pub(super) struct Lexicon {
    texts: Vec<String>,
    numbers: std::collections::HashMap<String, Symbol>,
}

impl Lexicon {
    pub(super) fn symbol(&mut self, text: &str) -> Symbol {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number = self.texts.len() as Symbol;
        self.texts.push(text.to_owned());
        self.numbers.insert(text.to_owned(), number);
        number
    }

    pub(super) fn has(&self, text: &str) -> bool {
        self.numbers.contains_key(text)
    }

    pub(super) fn text(&self, symbol: Symbol) -> &str {
        &self.texts[symbol as usize]
    }
}

/// What is known of a field of an object.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) enum Value {
    /// Nothing.
    #[default]
    Unknown,
    /// A number, or a date in days since 1970-01-01.
    Number(Interval),
    /// Whether something is so.
    Flag(bool),
    /// One of these texts: one if it is known.
    Text(Symbol),
    /// All of these texts.
    Texts(std::sync::Arc<[Symbol]>),
}

impl Value {
    /// Whether both say the same; texts in whatever order.
    pub(super) fn is_same(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::Texts(one), Value::Texts(two)) => {
                one.iter().all(|text| two.contains(text)) && two.iter().all(|text| one.contains(text))
            }
            (one, two) => one == two,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_open_where_they_meet() {
        let line = Interval::exact(4800.0);
        let value = |low, high| Interval::new(low, high).expect("in order");
        assert_eq!(Interval::exact(4800.0).at_least(line), Truth::True);
        assert_eq!(value(4700.0, 4900.0).at_least(line), Truth::Open);
        assert_eq!(Relation::Less.holds(Interval::exact(4800.0), line), Truth::False);
        assert_eq!(Relation::More.holds(Interval::exact(4800.0), line), Truth::False);
        assert_eq!(Relation::AtMost.holds(value(1.0, 4800.0), line), Truth::True);
        assert_eq!(Relation::Equal.holds(value(1.0, 4800.0), line), Truth::Open);
        assert_eq!(value(1.0, f64::INFINITY).at_least(Interval::exact(1.0)), Truth::True);
    }

    #[test]
    fn quotients_by_what_may_be_zero_have_no_bounds() {
        let one = Interval::exact(1.0);
        assert_eq!(one.combine(Operation::Over, Interval::exact(0.0)), None);
        assert_eq!(one.combine(Operation::Over, Interval { low: -1.0, high: 1.0 }), None);
        let area = Interval { low: 2.0, high: f64::INFINITY };
        assert_eq!(one.combine(Operation::Over, area), Some(Interval { low: 0.0, high: 0.5 }));
        let endless = Interval { low: 0.0, high: f64::INFINITY };
        assert_eq!(endless.combine(Operation::Times, Interval::exact(0.0)), None);
    }

    #[test]
    fn numbers_are_told_for_reading() {
        assert_eq!(Interval::exact(15840.0).to_string(), "15,840");
        assert_eq!(Interval::exact(5.92).to_string(), "5.92");
        assert_eq!(Interval { low: 1476.8, high: f64::INFINITY }.to_string(), "1,476.8..");
        assert_eq!(Interval::exact(1e25).to_string(), "1e25");
        assert_eq!(Interval::exact(0.0).to_string(), "0");
        assert_eq!(Interval::exact(-1234.5).to_string(), "-1,234.5");
    }
}
