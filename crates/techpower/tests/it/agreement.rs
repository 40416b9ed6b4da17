//! Agreement between coders from outside: files in, tables out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde_json::{Value, json};
use techpower::code::agreement::{Coder, Comparing, Comparison, Field, Resampling, codings, compare};
use techpower::diag::Notes;
use techpower::num::Seed;
use techpower::package::{CODERS, agreed};

fn coder(name: &str, file: &str) -> Coder {
    let mut notes = Notes::new();
    let coded = codings(&format!("{name}.jsonl"), &mut file.as_bytes(), &mut notes);
    assert!(notes.is_empty(), "{notes:?}");
    Coder { name: name.to_owned(), coded }
}

fn compared(coders: &[Coder]) -> Comparison {
    let lengths = BTreeMap::from([("d1".to_owned(), 80)]);
    compare(coders, &Comparing { resampling: Resampling { seed: Seed(1), draws: 200 }, lengths: &lengths }).0
}

#[test]
fn tables_fit_their_schemas_and_keys_are_unique() {
    let first = r#"{"document":"d1","event":"1","sender":"USA","targets":["CHN"],"power":"compulsory","mode":"impose","evidence":"a","evidence_start":3,"evidence_end":9}
{"document":"d2","event":null,"reason":"no act"}
{"document":"d3","event":"2","sender":"JPN|NLD","targets":["*"],"power":"structural","mode":"cooperate"}"#;
    let second = r#"{"id":"d1","kind":"event","sender":"USA","targets":["CHN","RUS"],"power":"compulsory","mode":"threaten","evidence":"b","evidence_start":3,"evidence_end":8}
{"id":"d2","kind":"event","sender":"EU27","targets":["-"],"power":"none","mode":"support","uncertain":true}
{"id":"d3","kind":"event","sender":"NLD|JPN","targets":["*"],"power":"structural","mode":"cooperate"}"#;
    let third = r#"{"id":"d1","kind":"distractor"}"#;
    let coders = [coder("a", first), coder("b", second), coder("c", third)];
    let tables = agreed(&compared(&coders));
    assert_eq!(tables.len(), CODERS.len());
    for (table, known) in tables.iter().zip(CODERS) {
        let schema = table.schema;
        assert_eq!(schema.name, known.name);
        assert!(!table.rows.is_empty(), "{} is empty", schema.name);
        let key: Vec<usize> = schema.key.iter().map(|column| schema.position(column)).collect();
        let mut seen = BTreeSet::new();
        for row in &table.rows {
            assert_eq!(row.len(), schema.columns.len(), "{}", schema.name);
            let identity: Vec<String> = key.iter().map(|at| row[*at].csv()).collect();
            assert!(key.is_empty() || seen.insert(identity.clone()), "{}: {identity:?} twice", schema.name);
            for (column, cell) in schema.columns.iter().zip(row) {
                assert!(!column.required || !cell.csv().is_empty(), "{}.{}", schema.name, column.name);
            }
        }
        assert!(table.csv().starts_with(schema.columns[0].name));
    }
    // Joint senders are the same in either order.
    let disagreements = &tables[3].rows;
    assert!(disagreements.iter().all(|row| row[0].csv() != "d3" || row[1].csv() != "a|b"));
}

/// Two independent codings of 64 real passages. They were made before the codebook settled what coders disagreed on, and they agree well all the same.
/// Skipped without the folder of test data.
#[test]
fn real_codings_agree_beyond_chance() {
    let Some(folder) = std::env::var_os("TECHPOWER_TESTDATA").map(PathBuf::from) else { return };
    let file = std::fs::read_to_string(folder.join("coding-dev.jsonl")).expect("the file");
    let mut second = String::new();
    for line in file.lines() {
        let value: Value = serde_json::from_str(line).expect("JSON");
        let mut other = value["second"].clone();
        other["id"] = value["id"].clone();
        second.push_str(&json!(other).to_string());
        second.push('\n');
    }
    let coders = [coder("first", &file), coder("second", &second)];
    assert_eq!((coders[0].coded.len(), coders[1].coded.len()), (64, 64));
    let found = compared(&coders);
    for field in [Field::Detection, Field::Power, Field::Mode, Field::Layer] {
        let alpha = found.value(field, "first|second", "krippendorff_alpha").expect("there is variation");
        assert!(alpha > 0.5, "{}: {alpha}", field.id());
    }
}
