//! Every broken study yields exactly the notes it should; every encoding the same study.

use std::fs;
use std::path::PathBuf;

use crate::{root, techpower};

fn studies(corpus: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(root().join("tests").join(corpus))
        .expect("a corpus")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .collect();
    found.sort();
    found
}

#[test]
fn broken_studies_yield_their_note() {
    let studies = studies("invalid");
    assert!(studies.len() >= 40, "{} broken studies", studies.len());
    let mut wrong = Vec::new();
    for study in studies {
        let expected = fs::read_to_string(study.join("expected.jsonl")).expect("expected.jsonl");
        let output =
            techpower().arg("check").arg(&study).args(["--format", "jsonl"]).output().expect("a run");
        let found = String::from_utf8(output.stdout).expect("UTF-8");
        if output.status.code() != Some(1) || found != expected {
            wrong.push(format!("{}: exit {:?}\n{found}", study.display(), output.status.code()));
        }
        // The same in Chinese, and with a run: nothing panics (a panic ends with code 101).
        let zh = techpower().arg("check").arg(&study).args(["--lang", "zh"]).output().expect("a run");
        assert_eq!(zh.status.code(), Some(1), "{}", study.display());
        let stderr = String::from_utf8(zh.stderr).expect("UTF-8");
        assert!(stderr.contains('错'), "{}: {stderr}", study.display());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn broken_studies_still_run_on_their_good_rows() {
    for study in studies("invalid") {
        let copied = tempfile::tempdir().expect("a folder");
        crate::copy(&study, copied.path());
        let output =
            techpower().arg("run").arg(copied.path()).args(["--draws", "5"]).output().expect("a run");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{}: {stderr}", study.display());
        assert!(!stderr.contains("panicked"), "{}: {stderr}", study.display());
        let readable = copied.path().join("build/report.html").exists();
        // Without a study.toml or a codebook that can be read there is nothing to run.
        let expected = fs::read_to_string(study.join("expected.jsonl")).expect("expected.jsonl");
        let hopeless = expected.lines().any(|line| {
            let note: serde_json::Value = serde_json::from_str(line).expect("JSON");
            let kinds = [
                "not-a-study",
                "bad-toml",
                "missing-key",
                "bad-key",
                "unknown-format",
                "years-reversed",
                "no-codebook",
            ];
            note["file"] == "study.toml" && kinds.iter().any(|kind| note["kind"] == **kind)
        });
        assert!(readable || hopeless, "{} left no report", study.display());
    }
}

#[test]
fn a_study_reads_the_same_in_any_encoding() {
    let actors = |study: &PathBuf| {
        let copied = tempfile::tempdir().expect("a folder");
        crate::copy(study, copied.path());
        techpower().arg("run").arg(copied.path()).args(["--draws", "5"]).assert().success();
        let sql = "SELECT * FROM actors ORDER BY actor";
        let output = techpower()
            .arg("query")
            .arg(copied.path())
            .args([sql, "--format", "csv"])
            .output()
            .expect("a run");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let plain = actors(&root().join("tests/encodings/plain"));
    assert!(plain.contains("中国"));
    let studies = studies("encodings");
    assert!(studies.len() >= 7);
    for study in studies {
        assert_eq!(actors(&study), plain, "{}", study.display());
        let expected = fs::read_to_string(study.join("expected.jsonl")).expect("expected.jsonl");
        let output =
            techpower().arg("check").arg(&study).args(["--format", "jsonl"]).output().expect("a run");
        assert_eq!(String::from_utf8(output.stdout).expect("UTF-8"), expected, "{}", study.display());
        assert_eq!(output.status.code(), Some(0));
    }
}

/// What the system says is told in the reader's words, once, with what to do.
#[test]
fn paths_that_do_not_lead_to_a_study_are_told_as_such() {
    let check = |arguments: &[&str], path: &std::path::Path, lang: &str, words: &str| {
        let mut command = techpower();
        let output = command.args(arguments).arg(path).args(["--lang", lang]).output().expect("a run");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(3), "{told}");
        assert!(told.contains(words), "{told}");
        assert_eq!(told.matches(&*path.to_string_lossy()).count(), 1, "{told}");
    };
    let file = root().join("cases/ai-rivalry/study.toml");
    let nothing = root().join("cases/nowhere");
    for arguments in [&["check"][..], &["run"], &["rules", "check"]] {
        check(arguments, &file, "en", "is no folder");
        check(arguments, &file, "zh", "不是文件夹");
        check(arguments, &nothing, "en", "there is no such file or folder");
        check(arguments, &nothing, "zh", "没有这个文件或文件夹");
    }
    let output = techpower().arg("query").arg(&nothing).arg("SELECT 1").output().expect("a run");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(3) && told.contains("has no results yet"), "{told}");
    assert!(!told.contains("results.sqlite"), "{told}");
}

/// A `study.toml` that is there and cannot be read is not called missing.
#[cfg(unix)]
#[test]
fn a_study_that_cannot_be_read_is_not_called_missing() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("study.toml")).expect("a folder");
    let output = techpower()
        .arg("check")
        .arg(folder.path())
        .args(["--format", "jsonl", "--lang", "zh"])
        .output()
        .expect("a run");
    let told = String::from_utf8(output.stdout).expect("UTF-8");
    assert_eq!(told.lines().count(), 1, "{told}");
    assert!(told.contains("unreadable-file") && told.contains("这是一个文件夹"), "{told}");
}
