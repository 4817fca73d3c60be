//! Every target holds for its seeds and for thousands of mutations of them, always the same ones.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may stop at the first surprise")]

use std::path::Path;
use std::thread;

use sayso_fuzz::{Seed, TARGETS, Target, mutate, seeds};

const INPUT_BYTES: usize = 4096;

/// Prints the input that a target panicked on.
struct Tried<'a>(&'a Target, &'a str, &'a [u8]);

impl Drop for Tried<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            let Self(target, from, input) = self;
            eprintln!("`{}` does not hold for {from}:\n{}", target.name, input.escape_ascii());
        }
    }
}

fn hold(target: &Target) {
    let seeds: Vec<Seed> = seeds(target.name).unwrap();
    for seed in &seeds {
        let _tried = Tried(target, &seed.name, &seed.bytes);
        (target.assert)(&seed.bytes);
    }
    let pairs = seeds.iter().zip(seeds.iter().cycle().skip(1)).cycle();
    for (number, (seed, other)) in (0..u64::from(target.mutations)).zip(pairs) {
        let input = mutate(&seed.bytes, &other.bytes, target.words, number, INPUT_BYTES);
        let from = format!("mutation {number} of {}", seed.name);
        let _tried = Tried(target, &from, &input);
        (target.assert)(&input);
    }
}

#[test]
fn every_target_holds() {
    thread::scope(|scope| {
        let threads: Vec<_> = TARGETS.iter().map(|target| (target.name, scope.spawn(|| hold(target)))).collect();
        let failed: Vec<_> = threads.into_iter().filter_map(|(name, t)| t.join().is_err().then_some(name)).collect();
        assert!(failed.is_empty(), "these do not hold: {}", failed.join(", "));
    });
}

#[test]
fn every_target_is_fuzzed_too_and_has_seeds() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
    let manifest = std::fs::read_to_string(fuzz.join("Cargo.toml")).unwrap();
    let names: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
    assert!(names.is_sorted_by(|a, b| a < b), "{names:?} are in order, each once");
    for name in &names {
        assert!(!seeds(name).unwrap().is_empty(), "`seeds/{name}` holds a seed");
        let source = std::fs::read_to_string(fuzz.join(format!("fuzz_targets/{name}.rs"))).unwrap();
        assert!(source.contains(&format!("\"{name}\"")), "`{name}.rs` runs the target of its name");
        assert!(manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")), "`{name}` is in fuzz/Cargo.toml");
    }
    let binaries = std::fs::read_dir(fuzz.join("fuzz_targets")).unwrap().count();
    assert_eq!(binaries, names.len(), "a libFuzzer binary without a target");
}
