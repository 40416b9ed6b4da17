//! How instruments and the vocabulary are written: TOML with few keys, every one checked.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, de};
use toml::Spanned;

use super::value::Interval;

/// A day of TOML, or a text that is one.
pub(super) fn day<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Date>, D::Error> {
    let value = toml::Value::deserialize(from)?;
    let text = match &value {
        toml::Value::Datetime(date) => date.to_string(),
        toml::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    text.parse().map(Some).map_err(|_| de::Error::custom(format!("`{text}` is not a date YYYY-MM-DD")))
}

/// A number, or the interval that a text such as `4500..5000` tells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Figure(pub(super) Interval);

impl<'de> Deserialize<'de> for Figure {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Figure, D::Error> {
        let value = toml::Value::deserialize(from)?;
        let interval = match &value {
            toml::Value::Integer(number) => Some(Interval::exact(*number as f64)),
            toml::Value::Float(number) if number.is_finite() => Some(Interval::exact(*number)),
            toml::Value::String(text) => interval(text),
            _ => None,
        };
        interval.map(Figure).ok_or_else(|| {
            de::Error::custom(format!("`{value}` is neither a number nor an interval \"low..high\""))
        })
    }
}

/// A number or interval as a text tells it: `5000`, `4500..5500`, `4500..`, `..5500`.
pub(super) fn interval(text: &str) -> Option<Interval> {
    let number = |text: &str, empty: f64| match text.trim() {
        "" => Some(empty),
        text => text.parse::<f64>().ok().filter(|number| number.is_finite()),
    };
    match text.split_once("..") {
        None => number(text, f64::NAN).and_then(|value| Interval::new(value, value)),
        Some((low, high)) if low.trim().is_empty() && high.trim().is_empty() => None,
        Some((low, high)) => Interval::new(number(low, f64::NEG_INFINITY)?, number(high, f64::INFINITY)?),
    }
}

/// A kind of object.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KindSource {
    pub(super) en: String,
    pub(super) zh: String,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FieldSource {
    pub(super) of: Vec<String>,
    #[serde(rename = "type")]
    pub(super) kind: Spanned<String>,
    pub(super) unit: Option<Spanned<String>>,
    pub(super) en: String,
    pub(super) zh: String,
    #[serde(default)]
    pub(super) lever: bool,
    #[serde(default)]
    pub(super) circumstance: bool,
    pub(super) formula: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) reference: String,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConstantSource {
    pub(super) value: Figure,
    pub(super) unit: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) en: String,
    #[serde(default)]
    pub(super) zh: String,
    #[serde(default)]
    pub(super) reference: String,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ImplausibleSource {
    pub(super) of: Vec<String>,
    pub(super) when: Spanned<String>,
    pub(super) field: Spanned<String>,
    pub(super) en: String,
    pub(super) zh: String,
    #[serde(default)]
    pub(super) reference: String,
}

/// `vocabulary.toml`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VocabularySource {
    #[serde(default)]
    pub(super) kind: BTreeMap<String, KindSource>,
    #[serde(default)]
    pub(super) field: BTreeMap<String, FieldSource>,
    #[serde(default)]
    pub(super) constant: BTreeMap<String, ConstantSource>,
    #[serde(default)]
    pub(super) implausible: Vec<ImplausibleSource>,
}

/// `coverage.toml`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CoverageSource {
    #[serde(default)]
    pub(super) jurisdiction: BTreeMap<String, JurisdictionSource>,
    #[serde(default)]
    pub(super) list: BTreeMap<String, ListSource>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct JurisdictionSource {
    pub(super) coverage: Coverage,
    pub(super) en: String,
    pub(super) zh: String,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ListSource {
    #[serde(default, deserialize_with = "day")]
    pub(super) complete_from: Option<Date>,
    #[serde(default, deserialize_with = "day")]
    pub(super) complete_to: Option<Date>,
    #[serde(default)]
    pub(super) en: String,
    #[serde(default)]
    pub(super) zh: String,
    #[serde(default)]
    pub(super) reference: String,
}

/// How much of the law an instrument's file, or what there is of a jurisdiction, says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Coverage {
    /// What it asks is modelled.
    Modelled,
    /// Some of what it asks is modelled; its note says what is left out.
    Partial,
    /// It is only pointed to: every verdict is open.
    Pointer,
}

impl Coverage {
    /// The word used in files and tables.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Coverage::Modelled => "modelled",
            Coverage::Partial => "partial",
            Coverage::Pointer => "pointer",
        }
    }
}

/// What a text is worth as a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Evidence {
    /// The text of the law itself was read.
    Primary,
    /// Somebody else's account of it.
    Secondary,
    /// It follows from something else.
    Inference,
}

/// What an instrument's status is on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Laid before those who decide.
    Proposed,
    /// Announced without a text.
    Announced,
    /// The text is public and does not apply yet.
    Published,
    /// Passed, and does not apply yet.
    Enacted,
    /// It applies.
    InForce,
    /// Its effect is postponed while it stands.
    Stayed,
    /// It stands, and those who enforce it have said that they do not.
    NotEnforced,
    /// Its effect is interrupted.
    Suspended,
    /// Another text has taken its place.
    Superseded,
    /// It was taken back.
    Repealed,
    /// Its time ran out.
    Expired,
    /// Nothing is known any more: the day is after the last of which anything was read.
    UnknownAfter,
}

impl Status {
    /// The word used in files and tables.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Status::Proposed => "proposed",
            Status::Announced => "announced",
            Status::Published => "published",
            Status::Enacted => "enacted",
            Status::InForce => "in_force",
            Status::Stayed => "stayed",
            Status::NotEnforced => "not_enforced",
            Status::Suspended => "suspended",
            Status::Superseded => "superseded",
            Status::Repealed => "repealed",
            Status::Expired => "expired",
            Status::UnknownAfter => "unknown_after",
        }
    }

    /// Whether the text applies: what it says of an object is then its verdict. What is in the books and not enforced applies.
    #[must_use]
    pub fn applies(self) -> bool {
        matches!(self, Status::InForce | Status::NotEnforced)
    }
}

/// How sure a status is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// A legal text says so.
    #[default]
    Legal,
    /// It was announced by those who can make it law.
    Announced,
    /// It is a political statement or a report of one.
    Political,
}

impl Certainty {
    /// The word used in files and tables.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Certainty::Legal => "legal",
            Certainty::Announced => "announced",
            Certainty::Political => "political",
        }
    }
}

/// One instrument's file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InstrumentSource {
    pub(super) id: Spanned<String>,
    pub(super) name_en: String,
    pub(super) name_zh: String,
    pub(super) jurisdiction: String,
    pub(super) sender: String,
    pub(super) power: Spanned<String>,
    pub(super) instrument: Spanned<String>,
    pub(super) layer: Spanned<String>,
    pub(super) objects: Vec<Spanned<String>>,
    pub(super) coverage: Coverage,
    #[serde(default, deserialize_with = "day")]
    pub(super) known_until: Option<Date>,
    #[serde(default, deserialize_with = "day")]
    pub(super) verify_by: Option<Date>,
    #[serde(default)]
    pub(super) note_en: String,
    #[serde(default)]
    pub(super) note_zh: String,
    #[serde(default)]
    pub(super) version: Vec<Spanned<VersionSource>>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VersionSource {
    pub(super) id: String,
    pub(super) citation: String,
    #[serde(default)]
    pub(super) reference: String,
    #[serde(default, deserialize_with = "day")]
    pub(super) published: Option<Date>,
    #[serde(default, deserialize_with = "day")]
    pub(super) recorded: Option<Date>,
    pub(super) evidence: Evidence,
    #[serde(default)]
    pub(super) relies_on: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) events: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) status: Vec<Spanned<StatusSource>>,
    #[serde(default)]
    pub(super) parameter: BTreeMap<String, Spanned<ParameterSource>>,
    #[serde(default)]
    pub(super) define: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    pub(super) limb: Vec<LimbSource>,
    #[serde(default)]
    pub(super) exception: Vec<ExceptionSource>,
    #[serde(default)]
    pub(super) test: Vec<Spanned<TestSource>>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StatusSource {
    pub(super) status: Status,
    #[serde(default, deserialize_with = "day")]
    pub(super) from: Option<Date>,
    #[serde(default, deserialize_with = "day")]
    pub(super) to: Option<Date>,
    #[serde(default)]
    pub(super) phrase: String,
    #[serde(default)]
    pub(super) certainty: Certainty,
    #[serde(default, deserialize_with = "day")]
    pub(super) published: Option<Date>,
    #[serde(default, deserialize_with = "day")]
    pub(super) recorded: Option<Date>,
    #[serde(default)]
    pub(super) reference: String,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ParameterSource {
    pub(super) value: Figure,
    #[serde(default)]
    pub(super) steps: Vec<StepSource>,
    #[serde(default)]
    pub(super) unit: String,
    #[serde(default, rename = "where")]
    pub(super) place: String,
    #[serde(default)]
    pub(super) quote: String,
    #[serde(default)]
    pub(super) reference: String,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StepSource {
    #[serde(deserialize_with = "day")]
    pub(super) from: Option<Date>,
    pub(super) value: Figure,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LimbSource {
    pub(super) id: Spanned<String>,
    pub(super) when: Spanned<String>,
    pub(super) outcome: String,
    #[serde(default)]
    pub(super) citation: String,
    pub(super) en: String,
    pub(super) zh: String,
    #[serde(default)]
    pub(super) unless: Vec<Spanned<String>>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExceptionSource {
    pub(super) id: Spanned<String>,
    pub(super) limbs: Vec<Spanned<String>>,
    pub(super) when: Spanned<String>,
    #[serde(default)]
    pub(super) citation: String,
    pub(super) en: String,
    pub(super) zh: String,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TestSource {
    pub(super) name: String,
    #[serde(default)]
    pub(super) id: String,
    #[serde(default)]
    pub(super) object: BTreeMap<String, toml::Value>,
    #[serde(default, deserialize_with = "day")]
    pub(super) on: Option<Date>,
    #[serde(default, deserialize_with = "day")]
    pub(super) known: Option<Date>,
    pub(super) verdict: Spanned<String>,
    #[serde(default)]
    pub(super) limb: String,
    #[serde(default)]
    pub(super) missing: Vec<String>,
}
