//! Dates in sentences, told in full or against the day of the document.

use std::ops::Range;

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};

use crate::diag::Lang;
use crate::table::When;

/// A date in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) range: Range<usize>,
    /// What it means; `None` if it is told against the day of the document and that is unknown.
    pub(crate) when: Option<When>,
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const MONTHS_IN_FULL: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];
const WEEKDAYS_ZH: [(char, Weekday); 8] = [
    ('一', Weekday::Monday),
    ('二', Weekday::Tuesday),
    ('三', Weekday::Wednesday),
    ('四', Weekday::Thursday),
    ('五', Weekday::Friday),
    ('六', Weekday::Saturday),
    ('日', Weekday::Sunday),
    ('天', Weekday::Sunday),
];

/// A day, month or year told against that of the document: the word, the span from it, and how finely it is known.
type Relative = (&'static str, fn() -> Span, usize);
const RELATIVE_ZH: [Relative; 9] = [
    ("昨日", || (-1).days(), 2),
    ("昨天", || (-1).days(), 2),
    ("今日", || 0.days(), 2),
    ("今天", || 0.days(), 2),
    ("明天", || 1.days(), 2),
    ("上月", || (-1).months(), 1),
    ("下月", || 1.months(), 1),
    ("去年", || (-1).years(), 0),
    ("明年", || 1.years(), 0),
];

/// The dates in a range of a text in lower case, in their order; `on` is the day of the document.
pub(crate) fn dates(lang: Lang, lower: &str, range: Range<usize>, on: Option<Date>) -> Vec<Told> {
    match lang {
        Lang::En => english(lower, range, on),
        Lang::Zh => chinese(lower, range, on),
    }
}

fn when(year: i16, month: Option<i8>, day: Option<i8>) -> Option<When> {
    match (month, day) {
        (Some(month), Some(day)) => format!("{year:04}-{month:02}-{day:02}").parse().ok(),
        (Some(month), None) => format!("{year:04}-{month:02}").parse().ok(),
        _ => format!("{year:04}").parse().ok(),
    }
}

/// A day or month without a year is that nearest to the day of the document.
fn nearest(month: i8, day: Option<i8>, on: Option<Date>) -> Option<When> {
    let on = on?;
    (-1..=1)
        .filter_map(|shift| {
            let year = on.year() + shift;
            let date = Date::new(year, month, day.unwrap_or(15)).ok()?;
            let distance = (date - on).get_days().abs();
            Some((distance, when(year, Some(month), day)?))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, when)| when)
}

fn shifted(on: Option<Date>, by: Span, finely: usize) -> Option<When> {
    let date = on?.checked_add(by).ok()?;
    match finely {
        2 => when(date.year(), Some(date.month()), Some(date.day())),
        1 => when(date.year(), Some(date.month()), None),
        _ => when(date.year(), None, None),
    }
}

/// The last such day not after the document, or the next one behind it.
fn weekday(day: Weekday, on: Option<Date>, coming: bool) -> Option<When> {
    let on = on?;
    let back = i64::from(day.until(on.weekday()).rem_euclid(7));
    shifted(Some(on), if coming { (7 - back).days() } else { (-back).days() }, 2)
}

fn english(lower: &str, range: Range<usize>, on: Option<Date>) -> Vec<Told> {
    let words: Vec<Range<usize>> = words(lower, range);
    let text = |at: usize| words.get(at).map_or("", |word| &lower[word.clone()]);
    let month = |at: usize| {
        let word = text(at);
        MONTHS_IN_FULL
            .iter()
            .position(|name| *name == word)
            .or_else(|| MONTHS.iter().position(|name| *name == word || word == "sept" && *name == "sep"))
            .map(|at| at as i8 + 1)
    };
    let day = |at: usize| {
        let word = text(at);
        let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let ending = &word[digits.len()..];
        digits
            .parse::<i8>()
            .ok()
            .filter(|day| (1..=31).contains(day) && matches!(ending, "" | "st" | "nd" | "rd" | "th"))
    };
    let year = |at: usize| {
        text(at).parse::<i16>().ok().filter(|year| (1900..2200).contains(year) && text(at).len() == 4)
    };
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        // A day that does not exist is no date; one told against an unknown day stays open.
        let mut told = |length: usize, when: Option<When>| {
            if when.is_some() || on.is_none() {
                found.push(Told { range: words[at].start..words[at + length - 1].end, when });
            }
            length
        };
        let word = text(at);
        let step = if let Some(m) = month(at) {
            // `may` is a month only beside a number.
            match (day(at + 1), year(at + 1), year(at + 2)) {
                (Some(d), None, Some(y)) => told(3, when(y, Some(m), Some(d))),
                (Some(d), None, None) => told(2, nearest(m, Some(d), on)),
                (_, Some(y), _) => told(2, when(y, Some(m), None)),
                _ if word != "may" && word != "march" && word.len() > 3 => told(1, nearest(m, None, on)),
                _ => 1,
            }
        } else if let (Some(d), Some(m)) = (day(at), month(at + 1)) {
            match year(at + 2) {
                Some(y) => told(3, when(y, Some(m), Some(d))),
                None => told(2, nearest(m, Some(d), on)),
            }
        } else if let Some(whole) = iso(word) {
            told(1, Some(whole))
        } else if let Some((_, weekday_found)) = WEEKDAYS.iter().find(|(name, _)| *name == word) {
            let coming = at > 0 && text(at - 1) == "next";
            told(1, weekday(*weekday_found, on, coming))
        } else {
            match (word, text(at + 1)) {
                ("yesterday", _) => told(1, shifted(on, (-1).days(), 2)),
                ("today", _) => told(1, shifted(on, 0.days(), 2)),
                ("tomorrow", _) => told(1, shifted(on, 1.days(), 2)),
                ("last", "month") => told(2, shifted(on, (-1).months(), 1)),
                ("this", "month") => told(2, shifted(on, 0.months(), 1)),
                ("next", "month") => told(2, shifted(on, 1.months(), 1)),
                ("last", "year") => told(2, shifted(on, (-1).years(), 0)),
                ("this", "year") => told(2, shifted(on, 0.years(), 0)),
                ("next", "year") => told(2, shifted(on, 1.years(), 0)),
                (_, _)
                    if matches!(word, "in" | "since" | "by" | "until" | "during")
                        && year(at + 1).is_some() =>
                {
                    at += 1;
                    let y = year(at).unwrap_or_default();
                    found.push(Told { range: words[at].clone(), when: when(y, None, None) });
                    1
                }
                _ => 1,
            }
        };
        at += step;
    }
    found
}

fn iso(word: &str) -> Option<When> {
    (word.len() == 10 && word.as_bytes()[4] == b'-').then(|| word.parse().ok()).flatten()
}

/// Words, numbers and ISO dates.
fn words(lower: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let bytes = lower.as_bytes();
    let mut found = Vec::new();
    let mut at = range.start;
    while at < range.end {
        if !bytes[at].is_ascii_alphanumeric() {
            at += 1;
            continue;
        }
        let start = at;
        while at < range.end
            && (bytes[at].is_ascii_alphanumeric() || bytes[at] == b'-' && bytes[start].is_ascii_digit())
        {
            at += 1;
        }
        found.push(start..at);
    }
    found
}

fn chinese(lower: &str, range: Range<usize>, on: Option<Date>) -> Vec<Told> {
    let mut found = Vec::new();
    let mut at = range.start;
    let number = |from: usize| {
        let digits: usize = lower[from..range.end].bytes().take_while(u8::is_ascii_digit).count();
        let value = lower[from..from + digits].parse::<i16>().ok();
        value.map(|value| (value, from + digits))
    };
    let follows = |at: usize, text: &str| lower[at..range.end].starts_with(text).then_some(at + text.len());
    while at < range.end {
        let Some(c) = lower[at..].chars().next() else { break };
        let start = at;
        let mut told = |end: usize, when: Option<When>| {
            if when.is_some() || on.is_none() {
                found.push(Told { range: start..end, when });
            }
            end
        };
        at = if c.is_ascii_digit() {
            let Some((first, end)) = number(at) else { break };
            if let Some(end) = follows(end, "年") {
                match number(end).and_then(|(m, end)| follows(end, "月").map(|end| (m, end))) {
                    Some((m, end)) => {
                        let d = number(end).and_then(|(d, end)| follows(end, "日").map(|end| (d, end)));
                        match d {
                            Some((d, end)) => told(end, when(first, Some(m as i8), Some(d as i8))),
                            None => told(end, when(first, Some(m as i8), None)),
                        }
                    }
                    None if (1900..2200).contains(&first) => told(end, when(first, None, None)),
                    None => end,
                }
            } else if let Some(end) = follows(end, "月") {
                let month = i8::try_from(first).ok().filter(|m| (1..=12).contains(m));
                let d = number(end).and_then(|(d, end)| follows(end, "日").map(|end| (d, end)));
                match (month, d) {
                    (Some(m), Some((d, end))) => told(end, nearest(m, Some(d as i8), on)),
                    (Some(m), None) => told(end, nearest(m, None, on)),
                    (None, _) => end,
                }
            } else if let Some(end) = follows(end, "日") {
                // The day of a month alone is that on or before the document.
                let date = on.and_then(|on| {
                    (0..2).find_map(|back: i64| {
                        let month = on.checked_sub(back.months()).ok()?;
                        let date = Date::new(month.year(), month.month(), first as i8).ok()?;
                        (date <= on).then_some(date)
                    })
                });
                told(end, date.and_then(|date| when(date.year(), Some(date.month()), Some(date.day()))))
            } else {
                end
            }
        } else if let Some(end) = follows(at, "周").or_else(|| follows(at, "星期"))
            && let Some(c) = lower[end..range.end].chars().next()
            && let Some((_, day)) = WEEKDAYS_ZH.iter().find(|(name, _)| *name == c)
        {
            let coming = lower[range.start..at].ends_with('下');
            told(end + c.len_utf8(), weekday(*day, on, coming))
        } else {
            let relative =
                RELATIVE_ZH.iter().find_map(|(word, by, finely)| Some((follows(at, word)?, by, *finely)));
            match relative {
                Some((end, by, finely)) => told(end, shifted(on, by(), finely)),
                None => at + c.len_utf8(),
            }
        };
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_resolved_against_the_document() {
        // A Tuesday.
        let on: Date = "2024-03-12".parse().expect("a date");
        let check = |lang: Lang, text: &str, expected: &[&str]| {
            let found: Vec<String> = dates(lang, text, 0..text.len(), Some(on))
                .into_iter()
                .map(|told| told.when.expect("resolved").to_string())
                .collect();
            assert_eq!(found, expected, "{text}");
        };
        check(Lang::En, "on december 29 and january 3rd", &["2023-12-29", "2024-01-03"]);
        check(Lang::En, "from 1 april 2024, it may ban", &["2024-04-01"]);
        check(Lang::En, "since october 2023; in 2025", &["2023-10", "2025"]);
        check(Lang::En, "on wednesday, next friday, tuesday", &["2024-03-06", "2024-03-15", "2024-03-12"]);
        check(Lang::En, "yesterday; last month; 2022-10-07", &["2024-03-11", "2024-02", "2022-10-07"]);
        check(Lang::En, "on february 30", &[]);
        check(Lang::Zh, "自2024年9月7日起，10月17日", &["2024-09-07", "2023-10-17"]);
        check(Lang::Zh, "22日宣布，5日生效", &["2024-02-22", "2024-03-05"]);
        check(Lang::Zh, "周三表示，2023年3月，去年", &["2024-03-06", "2023-03", "2023"]);
    }

    #[test]
    fn without_a_day_of_the_document_relative_dates_stay_open() {
        let text = "on wednesday and on 3 may 2024";
        let found = dates(Lang::En, text, 0..text.len(), None);
        assert_eq!(found[0].when, None);
        assert_eq!(found[1].when.map(|when| when.to_string()).as_deref(), Some("2024-05-03"));
    }
}
