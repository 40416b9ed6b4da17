//! Schemas: what the columns of a table are, said once and used to check, to write, to describe (Frictionless) and to
//! explain it.

use serde_json::{Value, json};

use crate::diag::Lang;

/// What the cells of a column hold. Empty cells are unknown values, whatever the type.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Type {
    /// Free text.
    Text,
    /// An id: no blanks, no `|`.
    Id,
    /// Ids separated by `|`.
    Ids,
    /// A number within bounds (both included).
    Number {
        /// Least value allowed.
        min: f64,
        /// Greatest value allowed.
        max: f64,
    },
    /// A year from 1000 to 2999.
    Year,
    /// A date `YYYY-MM-DD`, or a month `YYYY-MM`, or a year `YYYY`.
    Date,
    /// One of a few words.
    Choice(&'static [&'static str]),
    /// A number, or an interval `low..high`.
    Interval,
}

/// A number without bounds.
pub const NUMBER: Type = Type::Number { min: f64::NEG_INFINITY, max: f64::INFINITY };
/// A share of a whole, from 0 to 1.
pub const SHARE: Type = Type::Number { min: 0.0, max: 1.0 };

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Name in the header line.
    pub name: &'static str,
    /// What its cells hold.
    pub kind: Type,
    /// Whether every row needs a value.
    pub required: bool,
    /// What it means, in English.
    pub en: &'static str,
    /// What it means, in Chinese.
    pub zh: &'static str,
}

impl Column {
    /// What it means.
    #[must_use]
    pub fn meaning(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.en,
            Lang::Zh => self.zh,
        }
    }
}

/// A table: its name (also the file name without `.csv`), what it is for, its columns and the columns that identify a row.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Name.
    pub name: &'static str,
    /// What it is for, in English.
    pub en: &'static str,
    /// What it is for, in Chinese.
    pub zh: &'static str,
    /// Columns in file order.
    pub columns: &'static [Column],
    /// Columns that together identify a row; empty if rows may repeat.
    pub key: &'static [&'static str],
}

impl Table {
    /// Path of the table within a study.
    #[must_use]
    pub fn path(&self) -> String {
        format!("tables/{}.csv", self.name)
    }

    /// What it is for.
    #[must_use]
    pub fn meaning(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.en,
            Lang::Zh => self.zh,
        }
    }

    /// Position of a column.
    ///
    /// # Panics
    /// If the table has no such column; names are written in code, so this is a mistake in the code.
    #[must_use]
    pub fn position(&self, column: &str) -> usize {
        self.columns
            .iter()
            .position(|c| c.name == column)
            .unwrap_or_else(|| panic!("table `{}` has no column `{column}`", self.name))
    }

    /// The table as a Frictionless tabular data resource (Data Package standard, version 1).
    #[must_use]
    pub fn resource(&self) -> Value {
        let fields: Vec<Value> = self.columns.iter().map(field).collect();
        let mut schema = json!({ "fields": fields, "missingValues": [""] });
        if !self.key.is_empty() && self.key.iter().all(|key| self.columns[self.position(key)].required) {
            schema["primaryKey"] = json!(self.key);
        }
        json!({
            "name": self.name.replace('_', "-"),
            "title": self.en,
            "path": self.path(),
            "profile": "tabular-data-resource",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "dialect": { "delimiter": ",", "lineTerminator": "\n", "commentChar": "#" },
            "schema": schema,
        })
    }
}

/// A column as a Frictionless field.
fn field(column: &Column) -> Value {
    let mut constraints = serde_json::Map::new();
    if column.required {
        constraints.insert("required".into(), json!(true));
    }
    let kind = match column.kind {
        Type::Number { min, max } => {
            if min.is_finite() {
                constraints.insert("minimum".into(), json!(min));
            }
            if max.is_finite() {
                constraints.insert("maximum".into(), json!(max));
            }
            "number"
        }
        Type::Year => "year",
        Type::Id => {
            constraints.insert("pattern".into(), json!(r"[^\s|]+"));
            "string"
        }
        Type::Ids => {
            constraints.insert("pattern".into(), json!(r"[^\s|]+(\|[^\s|]+)*"));
            "string"
        }
        Type::Date => {
            constraints.insert("pattern".into(), json!(r"\d{4}(-\d{2}(-\d{2})?)?"));
            "string"
        }
        Type::Choice(words) => {
            constraints.insert("enum".into(), json!(words));
            "string"
        }
        Type::Interval => {
            constraints.insert("pattern".into(), json!(r"[-+0-9.eE]+(\.\.[-+0-9.eE]+)?"));
            "string"
        }
        Type::Text => "string",
    };
    let mut value = json!({ "name": column.name, "type": kind, "description": column.en });
    if !constraints.is_empty() {
        value["constraints"] = Value::Object(constraints);
    }
    value
}

macro_rules! column {
    ($name:literal, $kind:expr, required, $en:literal, $zh:literal) => {
        $crate::table::Column { name: $name, kind: $kind, required: true, en: $en, zh: $zh }
    };
    ($name:literal, $kind:expr, $en:literal, $zh:literal) => {
        $crate::table::Column { name: $name, kind: $kind, required: false, en: $en, zh: $zh }
    };
}
pub(crate) use column;
