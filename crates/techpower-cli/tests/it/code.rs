//! `techpower code`: what it writes for documents good and bad.

use std::fs;
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

use crate::techpower;

fn run(arguments: &[&str]) -> Output {
    techpower().args(arguments).output().expect("the command")
}

fn scratch() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

const NEWS: &str = concat!(
    r#"{"id":"a","date":"2024-03-12","title":"Chip tools","text":"Japan put 23 types of chipmaking equipment under export controls on Friday."}"#,
    "\n",
    r#"{"id":"b","date":"2024-03-13","title":"芯片","text":"天气晴朗。美国商务部将华为列入实体清单。😀"}"#,
    "\n",
    r#"{"id":"c","title":"Weather","text":"It rained in Rotterdam, and the museum was full."}"#,
    "\n",
    r#"{"id":"d","text":"half a line"#,
    "\n",
);

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("a JSON line")).collect()
}

#[test]
fn one_line_an_event_and_a_reason_for_the_rest() {
    let dir = scratch();
    let file = dir.path().join("news.jsonl");
    fs::write(&file, NEWS).expect("a writable folder");
    let path = file.to_str().expect("a plain path");
    let output = run(&["code", path, "--format", "jsonl", "--all"]);
    // The broken line is a note of severity error; the others are coded.
    assert_eq!(output.status.code(), Some(1));
    let found = lines(&String::from_utf8_lossy(&output.stdout));
    assert_eq!(found.len(), 3);
    let keys = [
        "document",
        "sender",
        "targets",
        "instrument",
        "layer",
        "power",
        "mode",
        "confidence",
        "evidence",
        "evidence_start",
        "evidence_end",
        "rule",
    ];
    for key in keys {
        assert!(found[0].get(key).is_some(), "{key}");
    }
    assert_eq!((found[0]["sender"].as_str(), found[0]["power"].as_str()), (Some("JPN"), Some("compulsory")));
    assert_eq!(
        (found[1]["sender"].as_str(), found[1]["targets"][0].as_str()),
        (Some("USA"), Some("firm:huawei"))
    );
    let text = "天气晴朗。美国商务部将华为列入实体清单。😀";
    let place = |key: &str| found[1][key].as_u64().expect("a place") as usize;
    let (start, end) = (place("evidence_start"), place("evidence_end"));
    let quote: String = text.chars().skip(start).take(end - start).collect();
    assert_eq!(found[1]["evidence"].as_str(), Some(quote.as_str()));
    assert!(found[2]["event"].is_null());
    assert_eq!(found[2]["reason"].as_str(), Some("topic"));
}

#[test]
fn the_same_bytes_for_any_number_of_threads() {
    let dir = scratch();
    let file = dir.path().join("news.jsonl");
    let many: String = (0..300)
        .map(|at| format!("{{\"id\":\"n{at}\",\"text\":\"Japan put {at} chip tools under export controls. 中国对镓实施出口管制。\"}}\n"))
        .collect();
    fs::write(&file, many).expect("a writable folder");
    let path = file.to_str().expect("a plain path");
    let one = run(&["--jobs", "1", "code", path, "--format", "jsonl"]);
    let two = run(&["--jobs", "2", "code", path, "--format", "jsonl"]);
    assert_eq!(one.stdout, two.stdout);
    assert!(!one.stdout.is_empty());
}

#[test]
fn reports_of_one_act_are_merged_if_asked() {
    let dir = scratch();
    let file = dir.path().join("news.csv");
    let rows = "id,date,text\nx,2024-05-01,The Netherlands banned the export of lithography machines to China.\ny,2024-05-03,\"On Wednesday the Dutch government banned exports of lithography machines to China, in a step that had been expected.\"\n";
    fs::write(&file, rows).expect("a writable folder");
    let path = file.to_str().expect("a plain path");
    let apart = run(&["code", path, "--format", "jsonl"]);
    let merged = run(&["code", path, "--format", "jsonl", "--merge"]);
    assert_eq!(lines(&String::from_utf8_lossy(&apart.stdout)).len(), 2);
    let merged = lines(&String::from_utf8_lossy(&merged.stdout));
    assert_eq!(merged.len(), 1);
    assert_eq!(merged[0]["source_count"].as_u64(), Some(2));
}

#[test]
fn every_sentence_is_explained() {
    let dir = scratch();
    let file = dir.path().join("note.txt");
    fs::write(&file, "Japan put chip tools under export controls. The weather was fine.")
        .expect("a writable folder");
    let path = file.to_str().expect("a plain path");
    let told = String::from_utf8_lossy(&run(&["code", path, "--explain"]).stdout).into_owned();
    assert!(told.contains("JPN: Japan (name)") && told.contains("export-control (compulsory)"), "{told}");
    let passed =
        String::from_utf8_lossy(&run(&["code", path, "--why-not", "--lang", "zh"]).stdout).into_owned();
    assert!(
        passed.contains("The weather was fine.")
            && passed.contains("未编码")
            && !passed.contains("chip tools"),
        "{passed}"
    );
}

#[test]
fn other_formats_are_written() {
    let dir = scratch();
    let file = dir.path().join("news.jsonl");
    fs::write(&file, NEWS).expect("a writable folder");
    let path = file.to_str().expect("a plain path");
    let project = dir.path().join("project.qdpx");
    let csv = run(&["code", path, "--format", "csv", "--qdpx", project.to_str().expect("a plain path")]);
    let text = String::from_utf8_lossy(&csv.stdout).into_owned();
    assert_eq!(text.lines().count(), 3, "{text}");
    assert!(fs::read(project).expect("a project").starts_with(b"PK"));
    let plover = run(&["code", path, "--format", "plover"]);
    assert_eq!(lines(&String::from_utf8_lossy(&plover.stdout)).len(), 2);
    let table = run(&["code", path]);
    assert!(String::from_utf8_lossy(&table.stdout).contains("firm:huawei"));
}

#[test]
fn a_scorer_is_trained_read_again_and_scored() {
    let dir = scratch();
    let gold = dir.path().join("gold.jsonl");
    let passages: String = (0..12)
        .map(|at| {
            let (kind, text) = if at % 2 == 0 {
                ("event", format!("India blocked {at} Chinese apps."))
            } else {
                ("distractor", format!("Chip sales rose by {at} percent."))
            };
            let coding = if at % 2 == 0 {
                r#","sender":"IND","targets":["CN"],"instrument":"market-access-ban","layer":"application","power":"compulsory","mode":"impose","evidence":"blocked""#
            } else {
                ""
            };
            format!("{{\"id\":\"g{at}\",\"lang\":\"en\",\"text\":\"{text}\",\"kind\":\"{kind}\"{coding}}}\n")
        })
        .collect();
    fs::write(&gold, passages + "{\"id\":\"broken\"}\n").expect("a writable folder");
    let (gold, scorer) = (gold.to_str().expect("a path").to_owned(), dir.path().join("scorer.tsv"));
    let scorer = scorer.to_str().expect("a path");
    let trained = run(&["code", "--train", &gold, "--output", scorer, "--draws", "10", "--format", "csv"]);
    assert_eq!(trained.status.code(), Some(1), "{}", String::from_utf8_lossy(&trained.stderr));
    assert!(fs::read_to_string(scorer).expect("a scorer").contains("head\tevent\t"));
    let scored = run(&["code", "--score", &gold, "--scorer", scorer, "--draws", "10", "--format", "jsonl"]);
    let figures = lines(&String::from_utf8_lossy(&scored.stdout));
    let f1 = figures
        .iter()
        .find(|figure| figure["measure"] == "detection F1" && figure["language"] == "all")
        .expect("a figure");
    assert!(f1["value"].as_f64().expect("a number") > 0.9, "{f1}");
}

/// What people coded is read in any encoding, as documents are.
#[test]
fn passages_in_another_encoding_are_scored_alike() {
    let text = fs::read_to_string(crate::root().join("training/zh-daily.jsonl")).expect("passages");
    let text: String = text.split_inclusive('\n').take(8).collect();
    let folder = tempfile::tempdir().expect("a folder");
    let (plain, utf16) = (folder.path().join("a.jsonl"), folder.path().join("b.jsonl"));
    let bytes = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes));
    fs::write(&utf16, bytes.collect::<Vec<u8>>()).expect("a file");
    fs::write(&plain, text).expect("a file");
    let scored = [plain, utf16].map(|path| {
        let path = path.to_str().expect("a path").to_owned();
        let output = run(&["code", "--score", &path, "--draws", "10", "--format", "jsonl"]);
        assert_ne!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    });
    assert!(!scored[0].is_empty() && scored[0] == scored[1]);
}

/// A name without an ending is told what to do, and no option that there is not.
#[test]
fn a_file_without_an_ending_is_told_the_endings() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("news");
    fs::write(&path, "Chips are controlled.").expect("a file");
    let output = run(&["code", path.to_str().expect("a path")]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("jsonl") && !told.contains("state the format"), "{told}");
}

#[test]
fn codings_of_two_coders_are_compared() {
    let dir = scratch();
    let (a, b) = (dir.path().join("ann.jsonl"), dir.path().join("bo.jsonl"));
    let row = |id: &str, power: &str| {
        format!("{{\"id\":\"{id}\",\"kind\":\"event\",\"sender\":\"USA\",\"power\":\"{power}\"}}\n")
    };
    fs::write(&a, row("1", "compulsory") + &row("2", "structural")).expect("a writable folder");
    fs::write(&b, row("1", "compulsory") + &row("2", "productive")).expect("a writable folder");
    let (a, b) = (a.to_str().expect("a path"), b.to_str().expect("a path"));
    let output = run(&["code", "--agreement", a, b, "--format", "jsonl", "--draws", "20"]);
    let found = lines(&String::from_utf8_lossy(&output.stdout));
    let percent =
        found.iter().find(|row| row["field"] == "power" && row["measure"] == "percent").expect("a row");
    assert_eq!(percent["value"].as_f64(), Some(0.5));
}

#[test]
fn a_model_that_was_not_asked_is_no_scorer_that_said_no() {
    let dir = scratch();
    let (file, cache) = (dir.path().join("news.jsonl"), dir.path().join("replies"));
    fs::write(&file, NEWS.lines().next().expect("a line")).expect("a writable folder");
    let (path, cache) = (file.to_str().expect("a path"), cache.to_str().expect("a path"));
    let output = run(&[
        "code",
        path,
        "--llm-offline",
        "--llm-model",
        "m",
        "--llm-cache",
        cache,
        "--format",
        "jsonl",
        "--all",
    ]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("news.jsonl:1"));
    let found = lines(&String::from_utf8_lossy(&output.stdout));
    assert_eq!((found[0]["reason"].as_str(), found[0]["probability"].as_f64()), (Some("model"), None));
}

#[test]
fn wrong_use_is_told() {
    let missing = run(&["code", "no-such-file.jsonl"]);
    assert_eq!(missing.status.code(), Some(3));
    let dir = scratch();
    let empty = run(&["code", dir.path().to_str().expect("a path")]);
    assert_eq!(empty.status.code(), Some(2));
    let scorer = dir.path().join("bad.tsv");
    fs::write(&scorer, "head\tevent\tx\tyes no\n").expect("a writable folder");
    let bad = run(&["code", "-", "--scorer", scorer.to_str().expect("a path")]);
    assert_eq!(bad.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&bad.stderr).contains("line 1"));
    fs::write(&scorer, "head\tevent\t1\tyes no\n").expect("a writable folder");
    let half = run(&["code", "-", "--scorer", scorer.to_str().expect("a path")]);
    assert_eq!(half.status.code(), Some(3));
}
