//! The package as Python loads it: laid out as a wheel lays it out, and tested by Python's own tests in `tests/python`.
//!
//! What it takes is python3 with venv, and pyarrow, which pip brings. Where that is not to be had, the test says that it was
//! skipped.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Says something whether or not the test passes: what is printed by macros is shown of failed ones alone.
fn say(what: &str) {
    let _ = writeln!(std::io::stderr(), "test of the Python package: {what}");
}

fn here() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A Python with pyarrow, in a folder that outlives the test, so that the next one has it at once; or why there is none.
fn python() -> Result<PathBuf, String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("venv");
    let python = folder.join("bin").join("python");
    let has_pyarrow = || Command::new(&python).args(["-c", "import pyarrow.parquet"]).output();
    if has_pyarrow().is_ok_and(|out| out.status.success()) {
        return Ok(python);
    }
    let run = |program: &Path, arguments: &[&str]| match Command::new(program).args(arguments).output() {
        Ok(out) if out.status.success() => Ok(()),
        Ok(out) => Err(String::from_utf8_lossy(&out.stderr).lines().last().unwrap_or_default().to_owned()),
        Err(error) => Err(error.to_string()),
    };
    let is_new = "import sys; sys.exit(sys.version_info < (3, 10))";
    run(Path::new("python3"), &["-c", is_new])
        .map_err(|_| "there is no python3 of version 3.10 or newer here".to_owned())?;
    let text = folder.to_str().unwrap();
    run(Path::new("python3"), &["-m", "venv", "--clear", text])
        .map_err(|error| format!("no venv can be made: {error}"))?;
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "1", "pyarrow>=16"];
    run(&python, &install).map_err(|error| format!("pyarrow cannot be installed: {error}"))?;
    Ok(python)
}

/// The library that was built beside this test.
fn library() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let found = test.ancestors().skip(1).map(|folder| folder.join("libsayso_python.so")).find(|path| path.is_file());
    found.unwrap_or_else(|| panic!("no libsayso_python.so lies beside {}", test.display()))
}

/// The command, if it was built; a test of the whole workspace builds it before any test runs.
fn command() -> Option<PathBuf> {
    let test = std::env::current_exe().unwrap();
    test.ancestors().skip(1).take(2).map(|folder| folder.join("sayso")).find(|path| path.is_file())
}

/// The package as a wheel holds it.
fn lay_out(site: &Path) {
    let (from, to) = (here().join("python").join("sayso"), site.join("sayso"));
    std::fs::create_dir_all(&to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            std::fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
        }
    }
    std::os::unix::fs::symlink(library(), to.join("_sayso.abi3.so")).unwrap();
}

#[test]
fn python_reads_judges_checks_and_searches() {
    if !cfg!(target_os = "linux") {
        return say("skipped, the module is called otherwise on this system");
    }
    let python = match python() {
        Ok(python) => python,
        Err(why) => return say(&format!("skipped, {why}")),
    };
    let site = tempfile::tempdir().unwrap();
    lay_out(site.path());
    let shared = std::env::var_os("SAYSO_SHARED").map_or_else(|| here().join("../../../shared"), PathBuf::from);
    let mut tests = Command::new(python);
    tests
        .args(["-B", "-m", "unittest", "discover", "--verbose", "--start-directory"])
        .arg(here().join("tests").join("python"));
    tests.env("PYTHONPATH", site.path()).env("SAYSO_SHARED", shared);
    if let Some(command) = command() {
        tests.env("SAYSO_COMMAND", command);
    }
    let out = tests.output().unwrap();
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{said}");
    for line in said.lines().filter(|line| line.contains("skipped")) {
        say(line);
    }
}
