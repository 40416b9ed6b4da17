//! The command line: help, exit codes, formats, language.

use std::fs;

use crate::{root, small_case, techpower};

fn stdout(arguments: &[&str]) -> String {
    let output = techpower().args(arguments).output().expect("a run");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The reference page of the command line is what `--help` prints; `UPDATE=1` writes it.
#[test]
fn the_reference_page_is_what_help_prints() {
    let commands =
        ["", "new", "check", "run", "measure", "relate", "infer", "claims", "report", "query", "codebook"];
    let mut page = String::from("# Command line\n\nWritten by a test from the program's own help.\n");
    for command in commands {
        let mut arguments: Vec<&str> = command.split_whitespace().collect();
        arguments.push("--help");
        let help: Vec<String> = stdout(&arguments).lines().map(|line| line.trim_end().to_owned()).collect();
        let title = if command.is_empty() { "techpower".to_owned() } else { format!("techpower {command}") };
        page.push_str(&format!("\n## {title}\n\n```text\n{}\n```\n", help.join("\n").trim_end()));
    }
    let path = root().join("docs/reference/command.md");
    if std::env::var_os("UPDATE").is_some() {
        fs::create_dir_all(path.parent().expect("a folder")).expect("docs/reference");
        fs::write(&path, &page).expect("the page");
    }
    let written = fs::read_to_string(&path).expect("docs/reference/command.md");
    assert!(written == page, "docs/reference/command.md is not current: run the tests with UPDATE=1");
}

#[test]
fn exit_codes_are_as_documented() {
    let case = small_case();
    let path = case.path().to_str().expect("UTF-8");
    techpower().args(["check", path]).assert().code(0);
    techpower().args(["check", "/no/such/folder"]).assert().code(3);
    techpower().args(["query", path, "SELECT 1"]).assert().code(3);
    techpower().args(["measure", path, "--table", "no"]).assert().code(2);
    techpower().args(["magic"]).assert().code(2);
    techpower().args(["run", path, "--draws", "0"]).assert().code(2);
    techpower().args(["codebook", "no-such-page"]).assert().code(2);
    fs::write(case.path().join("tables/requires.csv"), "input,goes_into\nnothing,anything\n")
        .expect("a table");
    techpower().args(["check", path]).assert().code(1);
}

#[test]
fn a_new_study_can_be_checked_and_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("mine");
    let path = path.to_str().expect("UTF-8");
    techpower().args(["new", path]).assert().code(0);
    techpower().args(["check", path]).assert().code(0);
    techpower().args(["run", path]).assert().code(0);
    // Nothing is overwritten without being asked.
    techpower().args(["new", path]).assert().code(2);
    techpower().args(["new", path, "--force"]).assert().code(0);
}

#[test]
fn data_come_in_four_formats_and_two_languages() {
    let case = small_case();
    let path = case.path().to_str().expect("UTF-8");
    let csv = stdout(&["infer", path, "--format", "csv"]);
    assert!(csv.starts_with("actor,power,year,acts,share_mean"));
    let json: serde_json::Value =
        serde_json::from_str(&stdout(&["infer", path, "--format", "json"])).expect("JSON");
    let lines = stdout(&["infer", path, "--format", "jsonl"]);
    assert_eq!(json.as_array().map(Vec::len), Some(lines.lines().count()));
    assert_eq!(csv.lines().count(), lines.lines().count() + 1);
    for line in lines.lines() {
        serde_json::from_str::<serde_json::Value>(line).expect("a JSON object a line");
    }
    assert!(stdout(&["infer", path]).starts_with("actor"));
    assert!(stdout(&["codebook", "entity-listing", "--lang", "zh"]).contains("实体清单"));
    assert!(stdout(&["codebook"]).contains("`entity-listing`"));
    for (stage, table) in [("measure", "ranks"), ("relate", "coalitions"), ("claims", "claims")] {
        let output = stdout(&[stage, path, "--table", table, "--format", "csv"]);
        assert!(output.lines().count() > 1, "{stage} {table}");
    }
}

#[test]
fn every_claim_of_the_shipped_case_can_be_asked() {
    let case = small_case();
    let path = case.path().to_str().expect("UTF-8");
    let output = techpower().args(["claims", path, "--format", "json"]).output().expect("a run");
    let claims: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(claims.len() >= 25, "{} claims", claims.len());
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!stderr.contains("cannot be run"), "{stderr}");
}
