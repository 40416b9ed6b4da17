//! Units of measurement: what may be compared with what, and by which factor.

use std::fmt;

/// Base dimensions, in the order of [`Unit::powers`]. Money of different currencies is never converted.
const BASES: [&str; 7] = ["bit", "s", "op", "m", "USD", "EUR", "CNY"];

/// Symbols with their factor and powers of the base dimensions.
const SYMBOLS: [(&str, f64, [i8; 7]); 21] = [
    ("1", 1.0, [0, 0, 0, 0, 0, 0, 0]),
    ("%", 0.01, [0, 0, 0, 0, 0, 0, 0]),
    ("bit", 1.0, [1, 0, 0, 0, 0, 0, 0]),
    ("B", 8.0, [1, 0, 0, 0, 0, 0, 0]),
    ("s", 1.0, [0, 1, 0, 0, 0, 0, 0]),
    ("h", 3_600.0, [0, 1, 0, 0, 0, 0, 0]),
    ("day", 86_400.0, [0, 1, 0, 0, 0, 0, 0]),
    ("op", 1.0, [0, 0, 1, 0, 0, 0, 0]),
    ("FLOP", 1.0, [0, 0, 1, 0, 0, 0, 0]),
    ("OPS", 1.0, [0, -1, 1, 0, 0, 0, 0]),
    ("FLOPS", 1.0, [0, -1, 1, 0, 0, 0, 0]),
    ("TPP", 1e12, [1, -1, 1, 0, 0, 0, 0]),
    ("m", 1.0, [0, 0, 0, 1, 0, 0, 0]),
    ("ft", 0.3048, [0, 0, 0, 1, 0, 0, 0]),
    ("USD", 1.0, [0, 0, 0, 0, 1, 0, 0]),
    ("EUR", 1.0, [0, 0, 0, 0, 0, 1, 0]),
    ("CNY", 1.0, [0, 0, 0, 0, 0, 0, 1]),
    ("$", 1.0, [0, 0, 0, 0, 1, 0, 0]),
    ("€", 1.0, [0, 0, 0, 0, 0, 1, 0]),
    ("¥", 1.0, [0, 0, 0, 0, 0, 0, 1]),
    ("", 1.0, [0, 0, 0, 0, 0, 0, 0]),
];

const PREFIXES: [(&str, f64); 11] = [
    ("k", 1e3),
    ("M", 1e6),
    ("G", 1e9),
    ("T", 1e12),
    ("P", 1e15),
    ("E", 1e18),
    ("Z", 1e21),
    ("m", 1e-3),
    ("µ", 1e-6),
    ("u", 1e-6),
    ("n", 1e-9),
];

/// A unit: a factor times powers of the base dimensions.
///
/// ```
/// use techpower::rules::Unit;
/// let (tops, bit): (Unit, Unit) = ("TOPS".parse().unwrap(), "bit".parse().unwrap());
/// let tpp: Unit = "TPP".parse().unwrap();
/// // Total processing performance is counted in 10^12 operations a second times bits.
/// assert_eq!(tops.times(&bit).to(&tpp), Some(1.0));
/// assert_eq!("TB/s".parse::<Unit>().unwrap().to(&"GB/s".parse().unwrap()), Some(1000.0));
/// assert_eq!(tops.to(&bit), None);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Unit {
    factor: f64,
    powers: [i8; 7],
    name: String,
}

/// A text that is no unit, with the part that is unknown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a unit")]
pub struct NotAUnit(pub String);

impl Unit {
    /// The unit of counts and shares.
    #[must_use]
    pub fn one() -> Unit {
        Unit { factor: 1.0, powers: [0; 7], name: String::new() }
    }

    /// What a number of this unit is multiplied by to be one of `other`; `None` if they measure different things.
    #[must_use]
    pub fn to(&self, other: &Unit) -> Option<f64> {
        (self.powers == other.powers).then(|| self.factor / other.factor)
    }

    /// Whether numbers of this unit are mere counts or shares.
    #[must_use]
    pub fn is_one(&self) -> bool {
        self.powers == [0; 7]
    }

    /// The unit of a product.
    #[must_use]
    pub fn times(&self, other: &Unit) -> Unit {
        self.joined(other, 1, "*")
    }

    /// The unit of a quotient.
    #[must_use]
    pub fn per(&self, other: &Unit) -> Unit {
        self.joined(other, -1, "/")
    }

    fn joined(&self, other: &Unit, sign: i8, word: &str) -> Unit {
        let mut powers = self.powers;
        for (power, more) in powers.iter_mut().zip(other.powers) {
            *power = power.saturating_add(more.saturating_mul(sign));
        }
        let factor = if sign > 0 { self.factor * other.factor } else { self.factor / other.factor };
        let name = match (self.name.as_str(), other.name.as_str()) {
            (name, "") => name.to_owned(),
            ("", name) if sign > 0 => name.to_owned(),
            ("", name) => format!("1/{name}"),
            (one, two) => format!("{one}{word}{two}"),
        };
        Unit { factor, powers, name }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl std::str::FromStr for Unit {
    type Err = NotAUnit;

    fn from_str(text: &str) -> Result<Unit, NotAUnit> {
        let text = text.trim();
        let mut unit = Unit::one();
        let mut sign = 1;
        let mut rest = text;
        while !rest.is_empty() {
            let end = rest.find(['*', '/', '·']).unwrap_or(rest.len());
            let part = simple(rest[..end].trim()).ok_or_else(|| NotAUnit(rest[..end].trim().to_owned()))?;
            unit = unit.joined(&part, sign, "*");
            let Some(operator) = rest[end..].chars().next() else { break };
            sign = if operator == '/' { -1 } else { 1 };
            rest = &rest[end + operator.len_utf8()..];
            if rest.trim().is_empty() {
                return Err(NotAUnit(text.to_owned()));
            }
        }
        unit.name = if text == "1" { String::new() } else { text.to_owned() };
        Ok(unit)
    }
}

/// A symbol with or without a prefix and a power.
fn simple(text: &str) -> Option<Unit> {
    let plain = text.trim_end_matches(['2', '3', '²', '³', '^']);
    let power = match text[plain.len()..].trim_start_matches('^') {
        "" => 1,
        "2" | "²" => 2,
        "3" | "³" => 3,
        _ => return None,
    };
    if plain.is_empty() {
        return None;
    }
    let symbol = |name: &str| SYMBOLS.iter().find(|(known, ..)| *known == name);
    let (factor, powers) = match symbol(plain) {
        Some((_, factor, powers)) => (*factor, *powers),
        None => PREFIXES.iter().find_map(|(prefix, by)| {
            let (_, factor, powers) = symbol(plain.strip_prefix(prefix)?)?;
            Some((by * factor, *powers))
        })?,
    };
    let one = Unit { factor, powers, name: String::new() };
    Some((1..power).fold(one.clone(), |unit, _| unit.joined(&one, 1, "*")))
}

/// A unit's dimension in words, such as `bit*op/s`; `1` for counts and shares.
pub(super) fn dimension(unit: &Unit) -> String {
    let part = |sign: i8| {
        let parts: Vec<String> = BASES
            .iter()
            .zip(unit.powers)
            .filter(|(_, power)| power.signum() == sign)
            .map(|(base, power)| match power.abs() {
                1 => (*base).to_owned(),
                n => format!("{base}{n}"),
            })
            .collect();
        parts.join("*")
    };
    match (part(1), part(-1)) {
        (above, below) if below.is_empty() => {
            if above.is_empty() {
                "1".to_owned()
            } else {
                above
            }
        }
        (above, below) if above.is_empty() => format!("1/{below}"),
        (above, below) => format!("{above}/{below}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_convert_by_exact_factors() {
        let factor =
            |from: &str, to: &str| from.parse::<Unit>().expect(from).to(&to.parse::<Unit>().expect(to));
        assert_eq!(factor("TPP/mm2", "TPP/mm²"), Some(1.0));
        assert_eq!(factor("Gbit/s", "GB/s"), Some(0.125));
        assert_eq!(factor("GB/s/mm2", "GB/s/mm2"), Some(1.0));
        assert_eq!(factor("%", "1"), Some(0.01));
        assert_eq!(factor("PFLOPS", "TOPS"), Some(1000.0));
        assert_eq!(factor("nm", "mm2"), None);
        assert_eq!(factor("USD", "EUR"), None);
        assert_eq!(factor("ft3", "m3").map(|x| (x * 1e6).round()), Some(28_317.0));
        assert_eq!(factor("G", "1"), Some(1e9));
        for wrong in ["parsec", "GB/", "GB/s//s", "mm5", "2"] {
            assert!(wrong.parse::<Unit>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn dimensions_are_told_in_base_words() {
        let tell = |text: &str| dimension(&text.parse().expect(text));
        assert_eq!(tell("TPP"), "bit*op/s");
        assert_eq!(tell("TPP/mm2"), "bit*op/s*m2");
        assert_eq!(tell("%"), "1");
    }
}
