//! Claims: sentences of an argument, each tied to a query on the results and a threshold.
//!
//! A query returns one number per draw, or one number (or a few rival ones). The probability of a claim is the share of the
//! numbers that pass its test.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::diag::{Kind, Lang, Note, Notes, Place};
use crate::num::Summary;
use crate::study::About;
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
    /// What follows from the theory for years after it was written.
    Prediction,
}

impl ClaimKind {
    /// The word used in tables.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            ClaimKind::Figure => "figure",
            ClaimKind::Inference => "inference",
            ClaimKind::Proposition => "proposition",
            ClaimKind::Prediction => "prediction",
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
    /// SQL that returns one number per draw, or one number, in its first column; further columns may say what each row is, and do not count.
    pub query: String,
    /// How the number is held against the threshold.
    pub test: Test,
    /// The threshold.
    pub threshold: f64,
    /// The year of which it speaks, if it is not the study's headline year. It is then judged at no other.
    #[serde(default)]
    pub year: Option<i16>,
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
    /// Answers a query that only reads, by what is dated up to the end of a year: of tables with a column `year` or `date` no later row is seen,
    /// of draws only those of the year, and the parameter `:year` is the year.
    ///
    /// # Errors
    /// The database's message if the query cannot be run.
    fn query(&self, sql: &str, year: i16) -> Result<Answer, String>;
}

/// The numbers that a claim's query returns for a year, as they were returned.
///
/// ```
/// use techpower::claims::{Answer, Query, Value, numbers, parse};
/// struct Two;
/// impl Query for Two {
///     fn query(&self, _: &str, _: i16) -> Result<Answer, String> {
///         Ok(Answer { columns: vec!["x".into()], rows: vec![vec![Value::Number(0.4)], vec![Value::Number(0.6)]] })
///     }
/// }
/// let text = "[[claim]]\nid='a'\nsection='1'\nkind='figure'\nen='A'\nzh='甲'\nquery='q'\ntest='>'\nthreshold=0.5";
/// assert_eq!(numbers(&parse(text).0[0], 2024, &Two), Ok(Some(vec![0.4, 0.6])));
/// ```
///
/// # Errors
/// The database's message if the query cannot be run. `None` if it returns no number, or one that is unknown.
pub fn numbers(claim: &Claim, year: i16, results: &dyn Query) -> Result<Option<Vec<f64>>, String> {
    results.query(&claim.query, year).map(|answer| known(&answer))
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

/// What the numbers of a claim are, and so what the share of them that passes tells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Chance {
    /// A single number, which passes or does not.
    Single(bool),
    /// A few rival figures or ways of counting: no sample of anything, so that their share is no probability.
    Counts {
        /// How many pass.
        passing: usize,
        /// How many there are.
        of: usize,
    },
    /// Draws: their share estimates a probability.
    Draws {
        /// The share that passes.
        share: f64,
        /// Whether it lies within two standard errors of a share at which the verdict changes: other draws could give another verdict.
        close: bool,
    },
}

impl Chance {
    /// From the share of a number of numbers; a study with as many draws has drawn them.
    ///
    /// ```
    /// use techpower::claims::Chance;
    /// assert_eq!(Chance::of(1.0, 1, 1000), Chance::Single(true));
    /// assert_eq!(Chance::of(0.75, 4, 1000), Chance::Counts { passing: 3, of: 4 });
    /// assert_eq!(Chance::of(0.75, 1000, 1000), Chance::Draws { share: 0.75, close: false });
    /// assert_eq!(Chance::of(0.91, 1000, 1000), Chance::Draws { share: 0.91, close: true });
    /// ```
    #[must_use]
    pub fn of(share: f64, numbers: usize, draws: usize) -> Chance {
        match numbers {
            1 => Chance::Single(share > 0.5),
            n if n == draws => {
                let near = |bound: f64| {
                    (share - bound).abs() < 2.0 * libm::sqrt(bound * (1.0 - bound) / draws as f64)
                };
                Chance::Draws { share, close: near(SUPPORTED_FROM) || near(UNSUPPORTED_TO) }
            }
            of => Chance::Counts { passing: libm::round(share * of as f64) as usize, of },
        }
    }
}

/// What a claim comes to at a year.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The year.
    pub year: i16,
    /// The verdict.
    pub verdict: Verdict,
    /// Share of the numbers that pass; `None` if not testable.
    pub probability: Option<f64>,
    /// The numbers in short; `None` if not testable.
    pub value: Option<Summary>,
    /// How many numbers the query returned.
    pub numbers: usize,
}

impl Finding {
    /// What the numbers are in a study with so many draws; `None` if not testable.
    #[must_use]
    pub fn chance(&self, draws: usize) -> Option<Chance> {
        self.probability.map(|share| Chance::of(share, self.numbers, draws))
    }
}

/// A claim with its verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    /// The claim.
    pub claim: Claim,
    /// What it comes to at the year at which it is judged.
    pub own: Finding,
    /// What it comes to at every year that is asked about, its own among them.
    pub by_year: Vec<Finding>,
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
            Ok(claim) if !claim.threshold.is_finite() => {
                let at = place(text, &claim.id);
                notes.push(Note::new(Kind::ClaimThreshold, STAGE, at).with("id", &claim.id));
            }
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

/// Judges claims by their queries, each at its own year or the headline year, and those without a year of their own also at others.
#[must_use]
pub fn judge(claims: Vec<Claim>, about: &About, results: &dyn Query) -> (Vec<Judged>, Notes) {
    let mut notes = Notes::new();
    let judged = claims.into_iter().map(|claim| judge_one(claim, about, results, &mut notes)).collect();
    (judged, notes)
}

fn judge_one(claim: Claim, about: &About, results: &dyn Query, notes: &mut Notes) -> Judged {
    let at = || Place::key(FILE, &claim.id);
    let year = claim.year.unwrap_or(about.headline);
    let failed =
        |why: String| Note::new(Kind::QueryFailed, STAGE, at()).with("id", &claim.id).with("why", why);
    let ask = |sql: &str, year: i16, notes: &mut Notes| {
        results.query(sql, year).unwrap_or_else(|why| {
            notes.push(failed(why));
            Answer::default()
        })
    };
    let own = finding(&claim, year, &ask(&claim.query, year, notes));
    if own.verdict == Verdict::NotTestable {
        notes.push(Note::new(Kind::NotTestable, STAGE, at()).with("id", &claim.id));
    }
    let mut by_year = vec![own.clone()];
    // Where the query fails at its own year, it has been told so already.
    for other in about.reported().into_iter().filter(|other| claim.year.is_none() && *other != year) {
        by_year.push(finding(&claim, other, &results.query(&claim.query, other).unwrap_or_default()));
    }
    by_year.sort_by_key(|finding| finding.year);
    let mut rests_on = claim.rests_on.as_deref().map(|sql| ask(sql, year, notes)).unwrap_or_default();
    let rests_on_count = rests_on.rows.len();
    rests_on.rows.truncate(MOST_ROWS);
    Judged { claim, own, by_year, rests_on, rests_on_count }
}

/// What the numbers of an answer come to.
fn finding(claim: &Claim, year: i16, answer: &Answer) -> Finding {
    let numbers = known(answer);
    let value = numbers.as_deref().and_then(Summary::of);
    let weighed = numbers.as_deref().and_then(|numbers| weighed(claim, numbers, claim.threshold));
    let (Some(numbers), Some(value), Some((verdict, probability))) = (numbers, value, weighed) else {
        return Finding { year, verdict: Verdict::NotTestable, probability: None, value: None, numbers: 0 };
    };
    Finding { year, verdict, probability: Some(probability), value: Some(value), numbers: numbers.len() }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(Result<Vec<Value>, String>);

    fn about(also: &[i16]) -> About {
        About {
            id: "a".into(),
            title_en: "A".into(),
            title_zh: "甲".into(),
            codebook: "builtin".into(),
            from: 2020,
            to: 2026,
            headline: 2024,
            also: also.to_vec(),
            focal: Vec::new(),
            limits_en: Vec::new(),
            limits_zh: Vec::new(),
        }
    }

    /// Answers with the year.
    struct Year;

    impl Query for Year {
        fn query(&self, _: &str, year: i16) -> Result<Answer, String> {
            Ok(Answer { columns: vec!["x".into()], rows: vec![vec![Value::Number(f64::from(year))]] })
        }
    }

    impl Query for Fixed {
        fn query(&self, _: &str, _: i16) -> Result<Answer, String> {
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
            let (judged, _) = judge(claims, &about(&[]), &Fixed(values));
            assert_eq!((judged[0].own.verdict, judged[0].own.probability), (verdict, probability));
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
    fn a_claim_is_judged_at_its_year_and_at_others_if_it_has_none_of_its_own() {
        let text = CLAIM.replace("threshold = 0.5", "threshold = 2025");
        let claims = format!("{text}\n{}\nyear = 2026", text.replace("\"a\"", "\"b\""));
        let (judged, _) = judge(parse(&claims).0, &about(&[2026]), &Year);
        let found = |claim: usize| -> Vec<(i16, Verdict)> {
            judged[claim].by_year.iter().map(|finding| (finding.year, finding.verdict)).collect()
        };
        assert_eq!((judged[0].own.year, judged[0].own.verdict), (2024, Verdict::Unsupported));
        assert_eq!(found(0), [(2024, Verdict::Unsupported), (2026, Verdict::Supported)]);
        assert_eq!((judged[1].own.year, judged[1].own.verdict), (2026, Verdict::Supported));
        assert_eq!(found(1), [(2026, Verdict::Supported)]);
    }

    #[test]
    fn a_threshold_is_finite() {
        for threshold in ["nan", "inf", "-inf"] {
            let (claims, notes) = parse(&CLAIM.replace("0.5", threshold));
            assert!(claims.is_empty(), "{threshold}");
            assert_eq!(notes.iter().map(|note| note.kind).collect::<Vec<_>>(), [Kind::ClaimThreshold]);
        }
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
