//! Output tables and their descriptors.

use std::collections::BTreeSet;

use serde_json::Value;
use techpower::code::acts;
use techpower::infer::infer;
use techpower::measure::measure;
use techpower::package::{ALL, CODERS, DRAWS, Output, inferred, measured, related};
use techpower::relate::relate;
use techpower::study::{self, descriptor, schema::TABLES};

use crate::small;

/// The part of the Data Package standard (version 1) that our descriptors use, written out from its specification.
fn standard() -> Value {
    serde_json::from_str(include_str!("datapackage.schema.json")).expect("a schema")
}

#[test]
fn descriptors_keep_to_the_standard() {
    let validator = jsonschema::validator_for(&standard()).expect("a valid schema");
    let inputs: Vec<_> = TABLES.iter().collect();
    for tables in [&ALL[..], &inputs] {
        let text = descriptor("A Study", "A title", tables);
        let value: Value = serde_json::from_str(&text).expect("JSON");
        let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
    // The check can fail.
    let mut broken: Value = serde_json::from_str(&descriptor("a", "t", &ALL)).expect("JSON");
    broken["resources"][0]["schema"]["fields"][0]["type"] = "magic".into();
    assert!(!validator.is_valid(&broken));
}

fn outputs() -> Vec<Output> {
    let study = small::study();
    let (index, _) = measure(&study);
    let (exposure, _) = relate(&study);
    let (acts, _) = acts(&study);
    let (power, _) = infer(&study, &index, &exposure, &acts);
    let mut tables = measured(&study, &index);
    tables.extend(related(&study, &exposure));
    tables.extend(inferred(&power, &study.codebook));
    tables
}

#[test]
fn rows_fit_their_schema_and_keys_are_unique() {
    for table in outputs() {
        let schema = table.schema;
        assert!(!table.rows.is_empty(), "{} is empty", schema.name);
        assert!(ALL.iter().chain(&DRAWS).any(|known| known.name == schema.name));
        let key: Vec<usize> = schema.key.iter().map(|column| schema.position(column)).collect();
        let mut seen = BTreeSet::new();
        for row in &table.rows {
            assert_eq!(row.len(), schema.columns.len(), "{}", schema.name);
            let identity: Vec<String> = key.iter().map(|at| row[*at].csv()).collect();
            assert!(key.is_empty() || seen.insert(identity.clone()), "{}: {identity:?} twice", schema.name);
            for (column, cell) in schema.columns.iter().zip(row) {
                assert!(
                    !column.required || !cell.csv().is_empty(),
                    "{}.{} is empty",
                    schema.name,
                    column.name
                );
            }
        }
    }
}

#[test]
fn every_table_is_explained_in_both_languages() {
    for table in TABLES.iter().chain(ALL).chain(DRAWS).chain(CODERS) {
        assert!(!table.en.is_empty() && !table.zh.is_empty());
        let mut names = BTreeSet::new();
        for column in table.columns {
            assert!(names.insert(column.name), "{}.{} stands twice", table.name, column.name);
            assert!(!column.en.is_empty() && !column.zh.is_empty(), "{}.{}", table.name, column.name);
        }
    }
    let rows = study::rows(&small::study(), &TABLES[0]).count();
    assert_eq!(rows, 6);
}
