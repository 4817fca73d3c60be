//! What the house rules say and a machine can check.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn files(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("target") {
            files(&path, ending, found);
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
}

fn sources() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    files(&root().join("crates"), ".rs", &mut found);
    found.sort();
    found.into_iter().map(|path| (path.clone(), std::fs::read_to_string(path).unwrap())).collect()
}

/// The dependencies that a crate's program has, tests left out.
fn dependencies(name: &str) -> Vec<String> {
    let text = std::fs::read_to_string(root().join("crates").join(name).join("Cargo.toml")).unwrap();
    let section = text.split("[dependencies]").nth(1).unwrap().split("\n[").next().unwrap();
    section
        .lines()
        .filter_map(|line| line.split(['.', ' ', '=']).next())
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

#[test]
fn dependencies_point_one_way() {
    let layers = [
        &["sayso-core"][..],
        &["sayso-caption", "sayso-crawl", "sayso-consent", "sayso-dataset", "sayso-index", "sayso-registry"],
        &["sayso"],
        &["sayso-server"],
        &["sayso-cli", "sayso-python"],
    ];
    let layer = |name: &str| layers.iter().position(|layer| layer.contains(&name));
    for (number, names) in layers.iter().enumerate() {
        for name in *names {
            for dependency in dependencies(name) {
                if let Some(below) = layer(&dependency) {
                    assert!(below < number, "{name} must not depend on {dependency}");
                }
                let only_in = match dependency.as_str() {
                    "axum" | "askama" | "utoipa" => "sayso-server",
                    "clap" | "indicatif" | "anyhow" => "sayso-cli",
                    "pyo3" | "arrow-pyarrow" => "sayso-python",
                    "tantivy" => "sayso-index",
                    "c2pa" => "sayso",
                    "parquet" => "sayso-dataset",
                    "rusqlite" | "postgres" | "ed25519-dalek" => "sayso-registry",
                    _ => continue,
                };
                assert_eq!(*name, only_in, "{dependency} stays inside {only_in}");
            }
        }
    }
}

#[test]
fn files_are_small() {
    for (path, text) in
        sources().into_iter().filter(|(path, _)| path.components().any(|part| part.as_os_str() == "src"))
    {
        let lines = text.lines().count();
        assert!(lines <= 500, "{} has {lines} lines: two things live there", path.display());
    }
}

#[test]
fn modules_are_named_after_what_they_do() {
    for (path, _) in sources() {
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(
            !["utils", "util", "helpers", "common", "misc", "prelude"].contains(&stem.as_str()),
            "{}",
            path.display()
        );
    }
}

#[test]
fn errors_are_sentences_of_one_form() {
    for (path, text) in
        sources().into_iter().filter(|(path, _)| path.components().any(|part| part.as_os_str() == "src"))
    {
        for attribute in text.split("#[error(").skip(1) {
            let Some(message) = attribute.trim_start().strip_prefix('"').and_then(|rest| rest.split("\")]").next())
            else {
                continue;
            };
            let first = message.chars().next().unwrap();
            assert!(first.is_lowercase() || "`{".contains(first), "{}: {message}", path.display());
            let sentence = message.split("\\nhint").next().unwrap();
            assert!(!sentence.ends_with('.'), "{}: {message}", path.display());
        }
    }
}

#[test]
fn what_can_be_wrong_and_what_is_limited_is_documented() {
    let reference = root().join("docs/reference");
    let damage = std::fs::read_to_string(reference.join("damage.md")).unwrap();
    let kinds = std::fs::read_to_string(root().join("crates/sayso-crawl/src/damage.rs")).unwrap();
    let names: Vec<&str> =
        kinds.lines().filter_map(|line| line.trim().strip_prefix("Self::")?.split('"').nth(1)).collect();
    assert!(names.len() > 10);
    for name in names {
        assert!(damage.contains(&format!("`{name}`")), "{name} is not in docs/reference/damage.md");
    }
    let limits = std::fs::read_to_string(reference.join("limits.md")).unwrap();
    let options = std::fs::read_to_string(root().join("crates/sayso/src/build/options.rs")).unwrap();
    let names: Vec<&str> = options
        .lines()
        .filter(|line| line.contains("&mut limits."))
        .filter_map(|line| line.split('"').nth(1))
        .collect();
    assert_eq!(names.len(), 10);
    for name in names {
        assert!(limits.contains(&format!("`{name}`")), "{name} is not in docs/reference/limits.md");
    }
}
