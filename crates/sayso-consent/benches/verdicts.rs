//! How many verdicts a second one thread gives, from statements that are read; and reading them from signals.
//!
//! `cargo bench -p sayso-consent --bench verdicts`. The statements are those of the conformance cases' headers, meta elements
//! and robots.txt, put together by ones, threes and eights, each with the record that it would have come from.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use sayso_consent::agents::AgentTable;
use sayso_consent::headers::{header_signal, meta_signal};
use sayso_consent::robots::RobotsTxt;
use sayso_consent::{judge, statements};
use sayso_core::{Policy, PolicyName, Purpose, RecordLocator, Signal, Speaker, Statement, Subject, UsageCategory};
use serde_json::Value;

const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../conformance");
const SUBJECT: Subject<'_> = Subject { url: "https://example.org/a.jpg", page_url: "https://example.org/" };
/// Rounds of each figure; its median is printed.
const ROUNDS: usize = 7;
/// Sets a round.
const SETS: usize = 200_000;

fn main() {
    let (signals, site) = found();
    println!("{} signals of headers and meta elements, {} statements of robots.txt", signals.len(), site.len());
    println!("statements | verdicts/s | to 1,000,000/s | judging to copying its evidence | reading: sets/s");
    for count in [0, 1, 3, 8] {
        let sets: Vec<Vec<Signal>> = (0..97).map(|set| taken(&signals, set * 5, count)).collect();
        // Every fourth statement or so is the site's, as every fourth signal of a crawl is.
        let judged: Vec<Vec<Statement>> = sets
            .iter()
            .enumerate()
            .map(|(set, signals)| {
                let of_site = if count == 1 { usize::from(set % 4 == 0) } else { count / 4 };
                let mut all = taken(&site, set * 3, of_site);
                all.extend(statements(&signals[..count - of_site], AgentTable::builtin(), "sayso"));
                all
            })
            .collect();
        let judging = per_second(|| each(&judged, |said| judged_once(said)));
        let copying =
            per_second(|| each(&judged, |said| said.iter().map(|said| said.signal.clone()).collect::<Vec<_>>()));
        let reading = per_second(|| each(&sets, |signals| statements(signals, AgentTable::builtin(), "sayso")));
        println!(
            "{count:>10} | {judging:>10.0} | {:>14.2} | {:>31.2} | {reading:>15.0}",
            judging / 1e6,
            copying / judging
        );
    }
}

fn judged_once(said: &[Statement]) -> sayso_core::Verdict {
    let policy = Policy::new(PolicyName::OptOut, Purpose(UsageCategory::TrainGenai));
    judge(&SUBJECT, said, None, &policy)
}

fn each<T, R>(sets: &[T], work: impl Fn(&T) -> R) {
    for set in sets.iter().cycle().take(SETS) {
        black_box(work(black_box(set)));
    }
}

fn per_second(work: impl Fn()) -> f64 {
    let mut rates: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            work();
            SETS as f64 / start.elapsed().as_secs_f64()
        })
        .collect();
    rates.sort_by(f64::total_cmp);
    rates[ROUNDS / 2]
}

fn taken<T: Clone>(all: &[T], from: usize, count: usize) -> Vec<T> {
    all.iter().cycle().skip(from % all.len()).step_by(7).take(count).cloned().collect()
}

/// The signals of all cases' answers, and the statements of their robots.txt.
fn found() -> (Vec<Signal>, Vec<Statement>) {
    let mut files: Vec<_> = std::fs::read_dir(CASES).unwrap().map(|file| file.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "json"));
    files.sort();
    let (mut signals, mut site) = (Vec::new(), Vec::new());
    for file in files {
        let cases: Vec<Value> = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        for input in cases.iter().map(|case| &case["input"]) {
            let pairs = |key: &str| input[key].as_array().into_iter().flatten();
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            signals.extend(
                pairs("headers").filter_map(|pair| {
                    header_signal(Speaker::Picture, &text(&pair[0]), text(&pair[1]).as_bytes(), 4096)
                }),
            );
            signals.extend(
                pairs("metas").filter_map(|pair| meta_signal(Speaker::Page, &text(&pair[0]), &text(&pair[1]), 4096)),
            );
            if let Some(rules) = input["robots_txt"].as_str() {
                let robots = RobotsTxt::parse(rules.as_bytes(), 500 << 10, 4096, AgentTable::builtin());
                site.extend(robots.statements(Speaker::PictureSite, "/a.jpg", "sayso"));
            }
        }
    }
    let file: Arc<str> = "crawl-data/CC-MAIN-2024-22/segments/1715971057216.39/warc/CC-MAIN-00000.warc.gz".into();
    let give_record = |number: usize, signal: &mut Signal| {
        signal.record = Some(RecordLocator {
            file: Arc::clone(&file),
            offset: number as u64 * 30_000,
            length: 20_000,
            digest: "sha1:JFMFAQ4VX5EPWNZUOYXWHOD7SYBZLNLM".to_owned(),
        });
    };
    signals.iter_mut().enumerate().for_each(|(number, signal)| give_record(number, signal));
    site.iter_mut().enumerate().for_each(|(number, said)| give_record(number, Arc::make_mut(&mut said.signal)));
    (signals, site)
}
