//! What several tests need: the real command, and what it printed.
#![allow(dead_code, clippy::unwrap_used, clippy::panic, reason = "shared by tests that each use a part")]

use std::path::Path;
use std::process::{Command, Output};

/// Runs the command in a folder.
pub(crate) fn sayso(arguments: &[&str], dir: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sayso")).args(arguments).current_dir(dir).output().unwrap()
}

/// Its standard output as one JSON document.
pub(crate) fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

/// Its standard output.
pub(crate) fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What it said on standard error.
pub(crate) fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}
