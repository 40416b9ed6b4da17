//! Agreement between coders from outside: files in, tables out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde_json::{Value, json};
use techpower::code::agreement::{
    Coded, Coder, Coding, Comparing, Comparison, Field, Found, Resampling, codings, compare,
};
use techpower::diag::{Kind, Notes};
use techpower::num::Seed;
use techpower::package::{ALL, agreed};

fn read(name: &str, file: &str) -> Coder {
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
    let coders = [read("a", first), read("b", second), read("c", third)];
    let tables = agreed(&compared(&coders));
    let known: Vec<_> = ALL.iter().filter(|known| known.name.starts_with("agreement_")).collect();
    assert_eq!(tables.len(), known.len());
    for (table, known) in tables.iter().zip(known) {
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
    let coders = [read("first", &file), read("second", &second)];
    assert_eq!((coders[0].coded.len(), coders[1].coded.len()), (64, 64));
    let found = compared(&coders);
    for field in [Field::Detection, Field::Power, Field::Mode, Field::Layer] {
        let alpha = found.value(field, "first|second", "krippendorff_alpha").expect("there is variation");
        assert!(alpha > 0.5, "{}: {alpha}", field.id());
    }
}

fn event(document: &str, sender: &str, power: &str, start: usize, end: usize) -> Coding {
    Coding {
        document: document.to_owned(),
        sender: Some(sender.to_owned()),
        targets: vec!["CHN".to_owned()],
        power: Some(power.to_owned()),
        mode: Some("impose".to_owned()),
        evidence: Some(format!("{document} {start}-{end}")),
        evidence_start: Some(start),
        evidence_end: Some(end),
        ..Coding::default()
    }
}

fn coder(name: &str, documents: &[&str], events: &[Coding]) -> Coder {
    let coded = |id: &&str| Coded {
        document: (*id).to_owned(),
        codings: events.iter().filter(|event| event.document == *id).cloned().collect(),
    };
    Coder { name: name.to_owned(), coded: documents.iter().map(coded).collect() }
}

/// Two coders of five documents in common; the second coded a sixth.
fn two() -> [Coder; 2] {
    let doubtful = Coding { uncertain: true, ..event("d3", "KOR", "structural", 0, 4) };
    [
        coder(
            "ann",
            &["d1", "d2", "d3", "d4", "d5"],
            &[
                event("d1", "USA", "compulsory", 0, 10),
                event("d2", "EU27", "institutional", 5, 15),
                event("d4", "JPN", "structural", 0, 10),
            ],
        ),
        coder(
            "bo",
            &["d6", "d5", "d4", "d3", "d2", "d1"],
            &[
                event("d1", "USA", "compulsory", 0, 10),
                event("d2", "EU27", "productive", 5, 25),
                doubtful,
                event("d4", "CHN", "productive", 40, 50),
                event("d4", "JPN", "structural", 0, 10),
                event("d6", "CHN", "productive", 0, 5),
            ],
        ),
    ]
}

fn comparing(lengths: &BTreeMap<String, usize>) -> Comparing<'_> {
    Comparing { resampling: Resampling { seed: Seed(4), draws: 200 }, lengths }
}

#[test]
fn measures_of_two_coders_agree_with_a_case_worked_by_hand() {
    let (found, notes) = compare(&two(), &comparing(&BTreeMap::new()));
    let check = |field, measure, expected: f64| {
        let value = found.value(field, "ann|bo", measure).expect(measure);
        assert!((value - expected).abs() < 1e-12, "{measure}: {value}, not {expected}");
    };
    // Event or not: e e n e n against e e e e n. Chance 3/5 * 4/5 + 2/5 * 1/5 = 14/25.
    check(Field::Detection, "percent", 0.8);
    check(Field::Detection, "cohen_kappa", 6.0 / 11.0);
    // Three events of the first, five of the second, three of both.
    check(Field::Event, "precision", 0.6);
    check(Field::Event, "recall", 1.0);
    check(Field::Event, "f1", 0.75);
    check(Field::Power, "percent", 2.0 / 3.0);
    check(Field::Targets, "percent", 1.0);
    // Passages 0-10 twice alike; 5-15 is half of 5-25.
    check(Field::Evidence, "exact_f1", 0.5);
    check(Field::Evidence, "iou50_f1", 0.75);
    check(Field::Evidence, "partial_f1", 0.75);
    // All say the same, and nothing varies.
    check(Field::Mode, "percent", 1.0);
    assert_eq!(found.value(Field::Mode, "ann|bo", "krippendorff_alpha"), None);
    assert_eq!(found.value(Field::Targets, "ann|bo", "alpha_masi"), None);
    // No one stated a layer, and no length of a document is known.
    assert_eq!(found.value(Field::Layer, "ann|bo", "percent"), None);
    assert!(found.agreement.iter().all(|row| row.measure != "u_alpha"));
    let units = |field: Field| {
        found.agreement.iter().find(|row| row.field == field).map(|row| (row.units, row.missing))
    };
    assert_eq!(units(Field::Detection), Some((5, 1)));
    assert_eq!(units(Field::Power), Some((3, 2)));
    assert_eq!(units(Field::Layer), Some((0, 5)));
    let percent = found.agreement.iter().find(|row| row.measure == "percent").expect("a row");
    let interval = percent.interval.expect("five documents");
    assert!(interval.q05 < 0.8 && interval.q95 == 1.0);
    assert_eq!(notes.iter().map(|note| note.kind).collect::<Vec<_>>(), [Kind::EventsUnpaired]);
}

#[test]
fn categories_confusion_and_disagreements_tell_what_lies_behind() {
    let (found, _) = compare(&two(), &comparing(&BTreeMap::new()));
    let category = |field: Field, name: &str| {
        let row = found.categories.iter().find(|row| row.field == field && row.category == name);
        row.map(|row| (row.found.expect("two coders"), row.specific))
    };
    // The one of d3, which the first did not find, counts against the second.
    let structural = category(Field::Power, "structural").expect("a row");
    assert_eq!(structural, (Found { both: 1, first: 1, second: 2 }, Some(1.0)));
    assert_eq!(category(Field::Power, "institutional").expect("a row").1, Some(0.0));
    assert_eq!(category(Field::Detection, "none").expect("a row").0, Found { both: 1, first: 2, second: 1 });
    assert_eq!(category(Field::Targets, "CHN").expect("a row").0, Found { both: 3, first: 3, second: 5 });
    let count = |field: Field, first: Option<&str>, second: Option<&str>| {
        found
            .confusion
            .iter()
            .find(|row| {
                row.field == field && row.first.as_deref() == first && row.second.as_deref() == second
            })
            .map_or(0, |row| row.count)
    };
    assert_eq!(count(Field::Power, Some("institutional"), Some("productive")), 1);
    assert_eq!(count(Field::Power, None, Some("productive")), 1);
    assert_eq!(count(Field::Detection, Some("none"), Some("event")), 1);
    assert_eq!(count(Field::Detection, Some("event"), Some("event")), 3);
    let points: Vec<String> = found
        .disagreements
        .iter()
        .map(|row| {
            let said = |text: &Option<String>| text.clone().unwrap_or_default();
            let doubt = if row.uncertain { " ?" } else { "" };
            format!(
                "{} {}: {} / {}{doubt}",
                row.document,
                row.field.id(),
                said(&row.first),
                said(&row.second)
            )
        })
        .collect();
    assert_eq!(
        points,
        [
            "d2 power: institutional / productive",
            "d3 detection: none / event ?",
            "d3 event:  / KOR > CHN: ? (structural, impose) ?",
            "d4 event:  / CHN > CHN: ? (productive, impose)",
        ]
    );
    assert_eq!(found.disagreements[0].second_evidence.as_deref(), Some("d2 5-25"));
}

#[test]
fn more_than_two_are_compared_together_and_in_pairs() {
    let [ann, bo] = two();
    let third = coder("ann", &["d1", "d2"], &[event("d1", "USA", "structural", 0, 10)]);
    let lengths = BTreeMap::from([("d1".to_owned(), 100), ("d2".to_owned(), 100)]);
    let (found, _) = compare(&[ann, bo, third], &comparing(&lengths));
    assert_eq!(found.coders, ["ann", "bo", "ann#2"]);
    let mut labels: Vec<&str> = found.agreement.iter().map(|row| row.coders.as_str()).collect();
    labels.dedup();
    assert_eq!(labels, ["ann|bo|ann#2", "ann|bo", "ann|ann#2", "bo|ann#2"]);
    // d1: two pairs of three differ. d2 and d4: two coders, one pair that differs and one that does not.
    let percent = found.value(Field::Power, "ann|bo|ann#2", "percent").expect("a value");
    assert!((percent - (1.0 / 3.0 + 0.0 + 1.0) / 3.0).abs() < 1e-12);
    assert_eq!(found.value(Field::Power, "ann|bo|ann#2", "cohen_kappa"), None);
    assert!(found.value(Field::Evidence, "ann|bo|ann#2", "u_alpha_binary").is_some());
    assert!(found.confusion.iter().all(|row| row.coders != "ann|bo|ann#2"));
}

#[test]
fn nothing_in_common_is_a_note() {
    let kinds = |coders: &[Coder]| {
        let (found, notes) = compare(coders, &comparing(&BTreeMap::new()));
        (found.agreement.len(), notes.iter().map(|note| note.kind).collect::<Vec<_>>())
    };
    let [ann, _] = two();
    let other = coder("cy", &["d9"], &[]);
    assert_eq!(kinds(&[ann.clone(), other]), (0, vec![Kind::CodersShareNothing]));
    assert_eq!(kinds(&[ann]), (0, vec![Kind::CodersTooFew]));
    assert_eq!(kinds(&[]), (0, vec![Kind::CodersTooFew]));
}

/// Neither threads nor the order of documents change a bit.
#[test]
fn the_same_codings_give_the_same_results() {
    let lengths = BTreeMap::from([("d1".to_owned(), 100), ("d4".to_owned(), 60)]);
    let run = |coders: &[Coder], threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| compare(coders, &comparing(&lengths)))
    };
    let coders = two();
    let mut turned = coders.clone();
    turned.iter_mut().for_each(|coder| coder.coded.reverse());
    let found = run(&coders, 1);
    assert_eq!(found, run(&coders, 3));
    assert_eq!(found, run(&turned, 2));
}
