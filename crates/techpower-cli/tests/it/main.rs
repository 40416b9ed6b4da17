//! Tests of the command from outside, one module per subject.
#![allow(missing_docs, reason = "tests")]

mod ask;
mod bad;
mod code;
mod command;
mod imports;
mod rules;
mod run;
mod serve;

use std::path::{Path, PathBuf};

use assert_cmd::Command;

/// The command, without colours and without a terminal.
pub(crate) fn techpower() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_techpower"));
    command.env("NO_COLOR", "1");
    command
}

/// The repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository")
}

/// A copy of a folder without its outputs.
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder").flatten() {
        let name = entry.file_name();
        if name.to_string_lossy().starts_with("build") {
            continue;
        }
        let (source, target) = (entry.path(), to.join(&name));
        if source.is_dir() {
            copy(&source, &target);
        } else {
            std::fs::copy(&source, &target).expect("a copy");
        }
    }
}

/// A copy of the shipped case with few draws, so that tests are quick.
pub(crate) fn small_case() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    copy(&root().join("cases/ai-rivalry"), folder.path());
    let path = folder.path().join("study.toml");
    let text = std::fs::read_to_string(&path).expect("study.toml");
    let text: Vec<String> = text
        .lines()
        .map(|line| if line.starts_with("draws") { "draws = 100".to_owned() } else { line.to_owned() })
        .collect();
    std::fs::write(&path, text.join("\n")).expect("study.toml");
    folder
}
