//! The stages keep their order, and only `disk` touches files.

use std::fs;
use std::path::{Path, PathBuf};

/// Stages in the order of `lib.rs`.
fn stages(src: &Path) -> Vec<String> {
    fs::read_to_string(src.join("lib.rs"))
        .expect("lib.rs")
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';').map(str::to_owned))
        .collect()
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            found.push(path);
        }
    }
}

/// Sources of a stage, whether it is a file or a folder.
fn sources(src: &Path, stage: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let folder = src.join(stage);
    if folder.is_dir() {
        files(&folder, &mut found);
    }
    let file = src.join(format!("{stage}.rs"));
    if file.is_file() {
        found.push(file);
    }
    found
}

/// The stages named by `crate::` in a source, outside comments.
fn used(text: &str) -> Vec<String> {
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| line.split("crate::").skip(1).collect::<Vec<_>>())
        .map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect())
        .collect()
}

#[test]
fn a_stage_uses_only_the_stages_above_it() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let stages = stages(&src);
    assert!(stages.len() >= 12, "{stages:?}");
    for (at, stage) in stages.iter().enumerate() {
        let sources = sources(&src, stage);
        assert!(!sources.is_empty(), "stage `{stage}` has no source");
        for path in sources {
            for name in used(&fs::read_to_string(&path).expect("a source")) {
                if let Some(other) = stages.iter().position(|known| *known == name) {
                    assert!(
                        other <= at,
                        "{}: `{stage}` uses `{name}`, which stands below it",
                        path.display()
                    );
                }
            }
        }
    }
}

#[test]
fn the_check_itself_sees_an_upward_use() {
    assert_eq!(
        used("use crate::report::html;\n// crate::disk\nlet x = crate::num::mean(&[]);"),
        ["report", "num"]
    );
}

#[test]
fn every_source_says_what_it_is_for() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    files(&src, &mut found);
    for path in found {
        let text = fs::read_to_string(&path).expect("a source");
        assert!(text.starts_with("//!"), "{} does not open with `//!`", path.display());
    }
}

#[test]
fn no_type_of_power_or_source_is_named_in_the_library() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    files(&src, &mut found);
    let names = ["compulsory", "structural", "institutional", "productive", "discourse"];
    for path in found {
        let text = fs::read_to_string(&path).expect("a source");
        for line in text.lines().take_while(|line| !line.contains("#[cfg(test)]")) {
            let code = line.split("//").next().unwrap_or("");
            for name in names {
                // The template of claims.toml shows an example in comments.
                let quoted = code.contains(&format!("\"{name}\""));
                assert!(!quoted, "{} names `{name}`: types and sources are data", path.display());
            }
        }
    }
}
