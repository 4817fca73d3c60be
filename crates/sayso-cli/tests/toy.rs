//! The toy with the real command: made from nothing, tuned on a subject, drawn with, and traced back.
#![cfg(all(feature = "diffusion", feature = "credentials"))]
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::path::Path;
use std::process::{Command, Output};

use support::{json, said, text};

fn sayso(arguments: &[&str], dir: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
    for (name, folder) in [("XDG_CONFIG_HOME", "config"), ("XDG_CACHE_HOME", "cache")] {
        command.env(name, dir.join(folder));
    }
    command.args(arguments).current_dir(dir).output().unwrap()
}

#[test]
fn a_toy_is_made_tuned_drawn_with_and_traced() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let little = ["--drawings", "1", "--autoencoder-steps", "2", "--steps", "2"];
    // Where `--base toy` looks for it.
    let made =
        sayso(&[&["models", "make", "toy", "-o", "cache/sayso/toy-1", "--subject", "owl"], &little[..]].concat(), dir);
    assert!(made.status.success(), "{}", said(&made));
    assert!(text(&made).contains("a toy: of 1 captions"), "{}", text(&made));
    let card = std::fs::read_to_string(dir.join("cache/sayso/toy-1/README.md")).unwrap();
    assert!(
        card.contains("This model is a toy.")
            && card.contains("| `food/fruit/apple` | a drawing of a red apple | Nicu Buculei |")
    );
    // It is not made again, and not over another.
    let again = json(&sayso(&["models", "make", "toy", "--subject", "owl", "--json"], dir));
    assert_eq!(again["made"], false);
    let over = sayso(&["models", "make", "toy", "-o", "cache/sayso/toy-1"], dir);
    assert!(!over.status.success() && said(&over).contains("is there already"), "{}", said(&over));

    let asked = [
        "--steps",
        "2",
        "--instance-prompt",
        "a drawing of a zorp owl",
        "--depicts",
        "nobody",
        "-o",
        "owl.safetensors",
    ];
    let tuned = sayso(&[&["train", "owl", "--base", "toy", "--json"], &asked[..]].concat(), dir);
    assert!(tuned.status.success(), "{}", said(&tuned));
    assert_eq!(json(&tuned)["taken"].as_array().map(Vec::len), Some(5), "{}", said(&tuned));
    let drawn = [
        "generate",
        "a drawing of a zorp owl",
        "--base",
        "toy",
        "--lora",
        "owl.safetensors",
        "--steps",
        "2",
        "-o",
        "owl.png",
    ];
    let drawn = sayso(&drawn, dir);
    assert!(drawn.status.success(), "{}", said(&drawn));
    let traced = sayso(&["trace", "owl.png", "--adapter", "owl.safetensors"], dir);
    assert!(traced.status.success(), "{}", said(&traced));
    assert!(text(&traced).contains("trained on 5 pictures, by its lineage"), "{}", text(&traced));
}

#[test]
fn without_a_licence_the_subject_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let little = ["--drawings", "1", "--autoencoder-steps", "1", "--steps", "1"];
    let made = sayso(&[&["models", "make", "toy", "-o", "toy", "--subject", "owl"], &little[..]].concat(), dir);
    assert!(made.status.success(), "{}", said(&made));
    for number in 1..=5 {
        std::fs::remove_file(dir.join(format!("owl/owl-{number}.json"))).unwrap();
    }
    let asked = ["--instance-prompt", "a drawing of a zorp owl", "--depicts", "nobody", "-o", "owl.safetensors"];
    let tuned = sayso(&[&["train", "owl", "--base", "toy", "--json"], &asked[..]].concat(), dir);
    assert_eq!(tuned.status.code(), Some(1), "{}", said(&tuned));
    assert_eq!(json(&tuned)["refused"].as_array().map(Vec::len), Some(5));
    assert!(!dir.join("owl.safetensors").exists());
}
