//! Claims: sentences of an argument, each tied to a query on the results and a threshold.
//!
//! A query returns one number per draw, or one number (or a few rival ones). The probability of a claim is the share of the
//! numbers that pass its test.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::diag::{Kind, Lang, Note, Notes, Place};
use crate::num::Summary;
use crate::table::toml_note;

const STAGE: &str = "claims";
const FILE: &str = "claims.toml";
/// Probability from which a claim is supported.
pub const SUPPORTED_FROM: f64 = 0.9;
/// Probability up to which a claim is unsupported.
pub const UNSUPPORTED_TO: f64 = 0.1;
/// Rows shown as evidence for a claim; the rest is counted.
const MOST_ROWS: usize = 40;

/// What a claim asserts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClaimKind {
    /// A figure.
    Figure,
    /// An inference from the evidence.
    Inference,
    /// A general proposition of the theory.
    Proposition,
}

impl ClaimKind {
    /// The word used in tables.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            ClaimKind::Figure => "figure",
            ClaimKind::Inference => "inference",
            ClaimKind::Proposition => "proposition",
        }
    }
}

/// How a number is held against the threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Test {
    /// At least.
    #[serde(rename = ">=")]
    AtLeast,
    /// More than.
    #[serde(rename = ">")]
    MoreThan,
    /// At most.
    #[serde(rename = "<=")]
    AtMost,
    /// Less than.
    #[serde(rename = "<")]
    LessThan,
}

impl Test {
    /// Whether a value passes.
    #[must_use]
    pub fn holds(self, value: f64, threshold: f64) -> bool {
        match self {
            Test::AtLeast => value >= threshold,
            Test::MoreThan => value > threshold,
            Test::AtMost => value <= threshold,
            Test::LessThan => value < threshold,
        }
    }

    /// The sign.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Test::AtLeast => ">=",
            Test::MoreThan => ">",
            Test::AtMost => "<=",
            Test::LessThan => "<",
        }
    }
}

/// A claim as written in `claims.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// Id.
    pub id: String,
    /// Section of the argument.
    pub section: String,
    /// Kind.
    pub kind: ClaimKind,
    /// The sentence in English.
    pub en: String,
    /// The sentence in Chinese.
    pub zh: String,
    /// SQL that returns one number per draw, or one number, in its first column.
    pub query: String,
    /// How the number is held against the threshold.
    pub test: Test,
    /// The threshold.
    pub threshold: f64,
    /// SQL that returns the rows on which the claim rests.
    #[serde(default)]
    pub rests_on: Option<String>,
    /// How the sentence was made into the query, in English.
    #[serde(default)]
    pub reading_en: String,
    /// The same in Chinese.
    #[serde(default)]
    pub reading_zh: String,
}

impl Claim {
    /// The sentence.
    #[must_use]
    pub fn sentence(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Zh => &self.zh,
        }
    }

    /// How the sentence was made into the query; empty if not said.
    #[must_use]
    pub fn reading(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.reading_en,
            Lang::Zh => &self.reading_zh,
        }
    }
}

/// What becomes of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Its probability is at least [`SUPPORTED_FROM`].
    Supported,
    /// Its probability lies between.
    Contested,
    /// Its probability is at most [`UNSUPPORTED_TO`].
    Unsupported,
    /// Its query returned no number.
    NotTestable,
}

impl Verdict {
    /// All verdicts.
    pub const ALL: [Verdict; 4] =
        [Verdict::Supported, Verdict::Contested, Verdict::Unsupported, Verdict::NotTestable];

    /// The word used in tables.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Verdict::Supported => "supported",
            Verdict::Contested => "contested",
            Verdict::Unsupported => "unsupported",
            Verdict::NotTestable => "not-testable",
        }
    }

    fn of(probability: f64) -> Verdict {
        if probability >= SUPPORTED_FROM {
            Verdict::Supported
        } else if probability <= UNSUPPORTED_TO {
            Verdict::Unsupported
        } else {
            Verdict::Contested
        }
    }
}

/// A cell of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Unknown.
    Null,
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
}

/// The answer to a query.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Rows.
    pub rows: Vec<Vec<Value>>,
}

/// Something that answers SQL on the results; the library itself opens no database.
pub trait Query {
    /// Answers a query that only reads.
    ///
    /// # Errors
    /// The database's message if the query cannot be run.
    fn query(&self, sql: &str) -> Result<Answer, String>;
}

/// The numbers that a claim's query returns, as they were returned.
///
/// ```
/// use techpower::claims::{Answer, Query, Value, numbers, parse};
/// struct Two;
/// impl Query for Two {
///     fn query(&self, _: &str) -> Result<Answer, String> {
///         Ok(Answer { columns: vec!["x".into()], rows: vec![vec![Value::Number(0.4)], vec![Value::Number(0.6)]] })
///     }
/// }
/// let text = "[[claim]]\nid='a'\nsection='1'\nkind='figure'\nen='A'\nzh='甲'\nquery='q'\ntest='>'\nthreshold=0.5";
/// assert_eq!(numbers(&parse(text).0[0], &Two), Ok(Some(vec![0.4, 0.6])));
/// ```
///
/// # Errors
/// The database's message if the query cannot be run. `None` if it returns no number, or one that is unknown.
pub fn numbers(claim: &Claim, results: &dyn Query) -> Result<Option<Vec<f64>>, String> {
    results.query(&claim.query).map(|answer| known(&answer))
}

/// What would become of a claim with these numbers if its threshold were another; `None` if there are no numbers.
///
/// ```
/// use techpower::claims::{Verdict, parse, weighed};
/// let text = "[[claim]]\nid='a'\nsection='1'\nkind='figure'\nen='A'\nzh='甲'\nquery='q'\ntest='>'\nthreshold=0.5";
/// let claim = &parse(text).0[0];
/// assert_eq!(weighed(claim, &[0.4, 0.6], 0.5), Some((Verdict::Contested, 0.5)));
/// assert_eq!(weighed(claim, &[0.4, 0.6], 0.3), Some((Verdict::Supported, 1.0)));
/// assert_eq!(weighed(claim, &[], 0.3), None);
/// ```
#[must_use]
pub fn weighed(claim: &Claim, numbers: &[f64], threshold: f64) -> Option<(Verdict, f64)> {
    if numbers.is_empty() {
        return None;
    }
    let passing = numbers.iter().filter(|number| claim.test.holds(**number, threshold)).count();
    let probability = passing as f64 / numbers.len() as f64;
    Some((Verdict::of(probability), probability))
}

/// The first column of an answer if all of it is known.
fn known(answer: &Answer) -> Option<Vec<f64>> {
    // One unknown number makes the whole unknown: a probability over the known part would mislead.
    let number = |row: &Vec<Value>| match row.first() {
        Some(Value::Number(number)) if number.is_finite() => Some(*number),
        _ => None,
    };
    answer.rows.iter().map(number).collect::<Option<Vec<f64>>>().filter(|numbers| !numbers.is_empty())
}

/// A claim with its verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    /// The claim.
    pub claim: Claim,
    /// The verdict.
    pub verdict: Verdict,
    /// Share of the numbers that pass; `None` if not testable.
    pub probability: Option<f64>,
    /// The numbers in short; `None` if not testable.
    pub value: Option<Summary>,
    /// How many numbers the query returned.
    pub numbers: usize,
    /// Rows it rests on.
    pub rests_on: Answer,
    /// How many rows it rests on, shown or not.
    pub rests_on_count: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    claim: Vec<toml::Value>,
}

/// Reads `claims.toml`. A claim that cannot be read is left out with a note; the others still count.
#[must_use]
pub fn parse(text: &str) -> (Vec<Claim>, Notes) {
    let mut notes = Notes::new();
    let file: File = match toml::from_str(text) {
        Ok(file) => file,
        Err(error) => {
            notes.push(toml_note(STAGE, FILE, text, 0, &error));
            return (Vec::new(), notes);
        }
    };
    let mut claims: Vec<Claim> = Vec::new();
    let mut ids = BTreeSet::new();
    for value in file.claim {
        let id = value.get("id").and_then(toml::Value::as_str).unwrap_or("claim").to_owned();
        match value.try_into::<Claim>() {
            Ok(claim) if ids.insert(claim.id.clone()) => claims.push(claim),
            Ok(claim) => {
                notes.push(
                    Note::new(Kind::DuplicateClaim, STAGE, place(text, &claim.id)).with("id", &claim.id),
                );
            }
            Err(error) => {
                let mut note = toml_note(STAGE, FILE, "", 0, &error);
                note.at = place(text, &id);
                notes.push(note);
            }
        }
    }
    (claims, notes)
}

/// The place of a claim: the last line that gives it its id.
fn place(text: &str, id: &str) -> Place {
    let is_id = |line: &str| {
        line.split_once('=').is_some_and(|(k, v)| k.trim() == "id" && v.trim().trim_matches('"') == id)
    };
    let row = text.lines().enumerate().filter(|(_, line)| is_id(line)).last().map(|(at, _)| at as u64 + 1);
    Place { row, ..Place::key(FILE, id) }
}

/// Judges claims by their queries.
#[must_use]
pub fn judge(claims: Vec<Claim>, results: &dyn Query) -> (Vec<Judged>, Notes) {
    let mut notes = Notes::new();
    let judged = claims.into_iter().map(|claim| judge_one(claim, results, &mut notes)).collect();
    (judged, notes)
}

fn judge_one(claim: Claim, results: &dyn Query, notes: &mut Notes) -> Judged {
    let at = || Place::key(FILE, &claim.id);
    let mut ask = |sql: &str| {
        results.query(sql).unwrap_or_else(|why| {
            notes.push(Note::new(Kind::QueryFailed, STAGE, at()).with("id", &claim.id).with("why", why));
            Answer::default()
        })
    };
    let answer = ask(&claim.query);
    let mut rests_on = claim.rests_on.as_deref().map(&mut ask).unwrap_or_default();
    let rests_on_count = rests_on.rows.len();
    rests_on.rows.truncate(MOST_ROWS);
    let numbers = known(&answer);
    let value = numbers.as_deref().and_then(Summary::of);
    let weighed = numbers.as_deref().and_then(|numbers| weighed(&claim, numbers, claim.threshold));
    let (Some(numbers), Some(value), Some((verdict, probability))) = (numbers, value, weighed) else {
        notes.push(Note::new(Kind::NotTestable, STAGE, at()).with("id", &claim.id));
        return Judged {
            claim,
            verdict: Verdict::NotTestable,
            probability: None,
            value: None,
            numbers: 0,
            rests_on,
            rests_on_count,
        };
    };
    Judged {
        claim,
        verdict,
        probability: Some(probability),
        value: Some(value),
        numbers: numbers.len(),
        rests_on,
        rests_on_count,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(Result<Vec<Value>, String>);

    impl Query for Fixed {
        fn query(&self, _: &str) -> Result<Answer, String> {
            let rows = self.0.clone()?.into_iter().map(|value| vec![value]).collect();
            Ok(Answer { columns: vec!["x".into()], rows })
        }
    }

    const CLAIM: &str = r#"
        [[claim]]
        id = "a"
        section = "4"
        kind = "inference"
        en = "A"
        zh = "甲"
        query = "SELECT x"
        test = ">"
        threshold = 0.5
    "#;

    #[test]
    fn verdicts_follow_the_share_of_draws_that_pass() {
        let check = |values: Result<Vec<Value>, String>, verdict: Verdict, probability: Option<f64>| {
            let (claims, notes) = parse(CLAIM);
            assert!(notes.is_empty());
            let (judged, _) = judge(claims, &Fixed(values));
            assert_eq!((judged[0].verdict, judged[0].probability), (verdict, probability));
        };
        let numbers = |list: &[f64]| Ok(list.iter().map(|x| Value::Number(*x)).collect());
        check(numbers(&[0.6, 0.7]), Verdict::Supported, Some(1.0));
        check(numbers(&[0.6, 0.5]), Verdict::Contested, Some(0.5));
        check(numbers(&[0.5]), Verdict::Unsupported, Some(0.0));
        check(numbers(&[]), Verdict::NotTestable, None);
        check(Ok(vec![Value::Number(1.0), Value::Null]), Verdict::NotTestable, None);
        check(Err("no such table".into()), Verdict::NotTestable, None);
    }

    #[test]
    fn bad_claims_are_left_out_and_good_ones_count() {
        let text = format!("{CLAIM}\n[[claim]]\nid = \"b\"\ntest = \"~\"\n{CLAIM}");
        let (claims, notes) = parse(&text);
        assert_eq!(claims.len(), 1);
        assert_eq!(notes.count(), 2);
        assert!(parse("[[claim]\n").0.is_empty());
    }
}
