//! Dates as half-open intervals of days, so that a month or a year is as good a date as a day.

use std::fmt;

use jiff::civil::Date;
use jiff::{Span, ToSpan};

/// How finely a date is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Granularity {
    /// A day.
    Day,
    /// A month.
    Month,
    /// A year.
    Year,
}

/// A day, a month or a year: the interval `[from, to)` of days in which something happened.
///
/// ```
/// use techpower::table::When;
/// let when: When = "2023-10".parse().unwrap();
/// assert_eq!(when.year(), 2023);
/// assert_eq!(when.to_string(), "2023-10");
/// assert!("2023-02-30".parse::<When>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct When {
    from: Date,
    granularity: Granularity,
}

impl When {
    /// First day of the interval.
    #[must_use]
    pub fn from(self) -> Date {
        self.from
    }

    /// The day after the last of the interval.
    #[must_use]
    pub fn to(self) -> Date {
        let length: Span = match self.granularity {
            Granularity::Day => 1.day(),
            Granularity::Month => 1.month(),
            Granularity::Year => 1.year(),
        };
        self.from.saturating_add(length)
    }

    /// How finely it is known.
    #[must_use]
    pub fn granularity(self) -> Granularity {
        self.granularity
    }

    /// Calendar year.
    #[must_use]
    pub fn year(self) -> i16 {
        self.from.year()
    }
}

/// The text is no date of the forms `YYYY-MM-DD`, `YYYY-MM` or `YYYY`, or the day does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a date")]
pub struct NotADate(pub String);

impl std::str::FromStr for When {
    type Err = NotADate;

    fn from_str(text: &str) -> Result<When, NotADate> {
        let wrong = || NotADate(text.to_owned());
        let mut parts = text.split('-');
        let mut part = |length: usize| -> Result<Option<i16>, NotADate> {
            let Some(digits) = parts.next() else { return Ok(None) };
            if digits.len() != length || !digits.bytes().all(|b| b.is_ascii_digit()) {
                return Err(wrong());
            }
            digits.parse().map(Some).map_err(|_| wrong())
        };
        let year = part(4)?.ok_or_else(wrong)?;
        let month = part(2)?;
        let day = if month.is_some() { part(2)? } else { None };
        if parts.next().is_some() || year < 1000 {
            return Err(wrong());
        }
        let granularity = match (month, day) {
            (_, Some(_)) => Granularity::Day,
            (Some(_), None) => Granularity::Month,
            (None, None) => Granularity::Year,
        };
        let small = |n: Option<i16>| i8::try_from(n.unwrap_or(1)).map_err(|_| wrong());
        let from = Date::new(year, small(month)?, small(day)?).map_err(|_| wrong())?;
        Ok(When { from, granularity })
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = self.from;
        match self.granularity {
            Granularity::Day => write!(f, "{date}"),
            Granularity::Month => write!(f, "{:04}-{:02}", date.year(), date.month()),
            Granularity::Year => write!(f, "{:04}", date.year()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_half_open_intervals() {
        let check = |text: &str, from: &str, to: &str| {
            let when: When = text.parse().expect("a date");
            assert_eq!((when.from().to_string(), when.to().to_string()), (from.to_owned(), to.to_owned()));
            assert_eq!(when.to_string(), text);
        };
        check("2024-02-29", "2024-02-29", "2024-03-01");
        check("2023-12", "2023-12-01", "2024-01-01");
        check("2024", "2024-01-01", "2025-01-01");
    }

    #[test]
    fn impossible_dates_are_refused() {
        for text in [
            "",
            "2023-02-29",
            "2023-13",
            "23-01-01",
            "2023/01/01",
            "2023-1-1",
            "2023-01-01-01",
            "0999",
            "１２",
        ] {
            assert!(text.parse::<When>().is_err(), "{text}");
        }
    }
}
