//! Tests of the command from outside, one module per subject.
#![allow(missing_docs, reason = "tests")]

mod ask;
mod bad;
mod code;
mod command;
#[path = "../common/mod.rs"]
mod common;
mod imports;
mod rules;
mod run;
mod serve;

use assert_cmd::Command;

pub(crate) use common::{copy, root};

/// The command, without colours and without a terminal.
pub(crate) fn techpower() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_techpower"));
    command.env("NO_COLOR", "1");
    command
}

/// A copy of the shipped case with few draws, so that tests are quick.
pub(crate) fn small_case() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    copy(&root().join("cases/ai-rivalry"), folder.path());
    common::few_draws(folder.path());
    folder
}
