//! Whatever is wrong with an input: it is counted once, at its place, and its neighbours are all still there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod containers;
mod contents;
#[path = "../crawl/mod.rs"]
mod crawl;
mod inputs;
#[path = "../support/mod.rs"]
mod support;

use std::path::Path;

use crawl::{assert_pages, joined, members, pages};
use sayso::build::Report;
use sayso_core::PolicyName;
use sayso_crawl::DamageKind;

/// Damage that is expected: kind, how often, and where first.
type Expected = (DamageKind, u64, u64);

struct Case<'a> {
    name: &'a str,
    file: &'a str,
    bytes: Vec<u8>,
    pages: std::ops::Range<usize>,
    lost: &'a [usize],
    damage: Vec<Expected>,
}

/// A file of ten pages, of which those in `lost` cannot be had.
fn case<'a>(name: &'a str, file: &'a str, bytes: Vec<u8>, lost: &'a [usize], damage: &[Expected]) -> Case<'a> {
    Case { name, file, bytes, pages: 0..10, lost, damage: damage.to_vec() }
}

fn build(name: &str, file: &Path, out: &Path) -> Report {
    support::run(&support::options(&[file], out, PolicyName::Record)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[track_caller]
fn check(case: Case<'_>) -> Report {
    let dir = tempfile::tempdir().unwrap();
    let (file, out) = (dir.path().join(case.file), dir.path().join("out"));
    std::fs::write(&file, &case.bytes).unwrap();
    let report = build(case.name, &file, &out);
    let found: Vec<Expected> = report
        .damage
        .iter()
        .map(|(kind, count)| (kind, count.count, count.examples.first().map_or(0, |first| first.offset)))
        .collect();
    assert_eq!(found, case.damage, "{}: {:?}", case.name, report.damage);
    for (_, count) in report.damage.iter() {
        assert!(
            count.examples.iter().all(|example| example.file.ends_with(case.file) && !example.message.is_empty()),
            "{}",
            case.name
        );
    }
    assert_pages(case.name, &out, case.pages.filter(|page| !case.lost.contains(page)));
    report
}

/// Ten pages, a gzip member each, of which number `at` is replaced.
fn with_member(at: usize, change: impl FnOnce(&mut Vec<u8>)) -> (Vec<u8>, Vec<u64>) {
    let mut parts = members(&pages(0..10));
    change(&mut parts[at]);
    joined(&parts)
}

/// Ten pages, plain, of which number `at` is replaced.
fn with_record(at: usize, change: impl FnOnce(&mut Vec<u8>)) -> (Vec<u8>, Vec<u64>) {
    let mut parts = pages(0..10);
    change(&mut parts[at]);
    joined(&parts)
}

fn replace(bytes: &mut Vec<u8>, from: &str, to: &str) {
    let at = bytes.windows(from.len()).position(|window| window == from.as_bytes()).expect("what is replaced is there");
    bytes.splice(at..at + from.len(), to.bytes());
}

fn length_line(record: &[u8]) -> String {
    let text = String::from_utf8_lossy(record);
    let start = text.find("Content-Length: ").unwrap();
    text[start..start + text[start..].find("\r\n").unwrap()].to_owned()
}

fn length_of(record: &[u8]) -> u64 {
    length_line(record).rsplit(' ').next().unwrap().parse().unwrap()
}
