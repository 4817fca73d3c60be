//! A dataset judged anew is the dataset that a build under the new policy would have made, and more is never admitted.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod crawl;
mod support;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use crawl::{gzip, response};
use sayso::Error;
use sayso::build::default_limits;
use sayso::library::{Library, Window};
use sayso::policy::read_policy;
use sayso::rejudge::{RejudgeOptions, RejudgeReport, policy_of, rejudge};
use sayso_core::{Policy, PolicyName, Purpose, Sample, Stance, UsageCategory};
use sayso_dataset::Dataset;

const HTML: &str = "Content-Type: text/html\r\n";
const CC_BY: &str = "<a rel=license href='https://creativecommons.org/licenses/by/4.0/'>CC BY</a>";
const CC_BY_NC: &str = "<a rel=license href='https://creativecommons.org/licenses/by-nc/4.0/'>CC BY-NC</a>";

fn page(site: &str, header: &str, body: &str) -> Vec<u8> {
    let body = format!("<img src='https://{site}/1.jpg' alt='picture of {site}'>{body}");
    response(&format!("https://{site}/"), &format!("{HTML}{header}"), body.as_bytes())
}

fn robots(site: &str, text: &str) -> Vec<u8> {
    response(&format!("https://{site}/robots.txt"), "Content-Type: text/plain\r\n", text.as_bytes())
}

fn write(path: &Path, records: &[Vec<u8>]) {
    std::fs::write(path, records.iter().flat_map(|record| gzip(record)).collect::<Vec<u8>>()).unwrap();
}

/// A crawl of sites of which each says something else.
fn crawl(dir: &Path) -> PathBuf {
    let path = dir.join("old.warc.gz");
    let records = [
        page("by.example", "", CC_BY),
        page("granting.example", "tdm-reservation: 0\r\n", ""),
        page("nc.example", "", CC_BY_NC),
        page("noai.example", "X-Robots-Tag: noai\r\n", ""),
        page("nosearch.example", "Content-Usage: search=n\r\n", ""),
        robots("robots.example", "User-agent: GPTBot\nDisallow: /\n"),
        page("robots.example", "", ""),
        page("silent.example", "", ""),
    ];
    write(&path, &records);
    path
}

fn built(crawl: &Path, out: &Path, policy: Policy) -> Vec<Sample> {
    let mut options = support::options(&[crawl], out, PolicyName::Record);
    options.policy = policy;
    support::run(&options).unwrap();
    support::samples(out)
}

fn again(dir: &Path, policy: Policy, robots: &[&Path]) -> Result<RejudgeReport, Error> {
    let options = RejudgeOptions {
        dir: dir.to_owned(),
        policy,
        robots: robots.iter().map(|path| path.display().to_string()).collect(),
        online: None,
        registry: None,
        prefix: None,
        limits: default_limits(),
        threads: std::num::NonZeroUsize::MIN,
        memory_bytes: 32 << 20,
        dry_run: false,
    };
    rejudge(&options, &AtomicBool::new(false), &|_| {})
}

const GENAI: Purpose = Purpose(UsageCategory::TrainGenai);

#[test]
fn a_record_dataset_judged_anew_is_the_one_that_a_build_would_have_made() {
    let dir = tempfile::tempdir().unwrap();
    let crawl = crawl(dir.path());
    let museum = "name = 'museum'\nbase = 'opt-in'\ngrant-licences = ['cc-by', 'cc-by-nc']\nrefuse = ['noindex']";
    let wary = "name = 'wary'\nbase = 'opt-out'\nrefuse-licences = ['cc-by-nc']";
    for category in UsageCategory::ALL {
        let purpose = Purpose(*category);
        let mut policies: Vec<Policy> = PolicyName::ALL.iter().map(|name| Policy::new(*name, purpose)).collect();
        policies.extend([museum, wary].map(|text| read_policy(text, purpose).unwrap()));
        for policy in policies {
            let (fresh, recorded) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
            let expected = built(&crawl, fresh.path(), policy.clone());
            let before = built(&crawl, recorded.path(), Policy::new(PolicyName::Record, GENAI)).len();
            let report = again(recorded.path(), policy.clone(), &[]).unwrap();
            assert_eq!(support::samples(recorded.path()), expected, "{category} {policy}");
            assert_eq!((report.judged, report.samples), (before as u64, expected.len() as u64));
            let (fresh, recorded) = (Dataset::open(fresh.path()).unwrap(), Dataset::open(recorded.path()).unwrap());
            assert_eq!(recorded.manifest().exclusions_by_reason, fresh.manifest().exclusions_by_reason);
            assert_eq!(recorded.manifest().policy(), policy);
        }
    }
}

#[test]
fn rules_of_ones_own_admit_and_refuse_by_licence() {
    let dir = tempfile::tempdir().unwrap();
    let crawl = crawl(dir.path());
    let admitted = |text: &str| -> Vec<String> {
        let out = tempfile::tempdir().unwrap();
        let samples = built(&crawl, out.path(), read_policy(text, GENAI).unwrap());
        samples.iter().map(|sample| sample.pair.domain.clone()).collect()
    };
    assert_eq!(
        admitted("name = 'a'\nbase = 'opt-in'\ngrant-licences = ['cc-by-nc']"),
        ["granting.example", "nc.example"]
    );
    assert_eq!(
        admitted("name = 'a'\nbase = 'opt-out'\nrefuse-licences = ['cc-by-nc']\nrefuse = ['no-statement']"),
        ["granting.example"]
    );
    // Even a policy that refuses nothing else refuses what it names, and no reservation goes unheard for a licence.
    assert_eq!(admitted("name = 'a'\nbase = 'record'\nrefuse = ['noai']").len(), 6);
}

#[test]
fn newer_robots_txt_files_refuse_and_take_nothing_back() {
    let dir = tempfile::tempdir().unwrap();
    let (crawl, out) = (crawl(dir.path()), dir.path().join("out"));
    let policy = Policy::new(PolicyName::OptOut, GENAI);
    let before: Vec<String> = built(&crawl, &out, policy.clone()).iter().map(|s| s.pair.url.clone()).collect();
    let newer = dir.path().join("new.warc.gz");
    let records = [
        robots("silent.example", "User-agent: *\nContent-Usage: train-ai=n\nAllow: /\n"),
        // Gone is what was said, but it was said: the page was captured under it.
        robots("noai.example", "User-agent: *\nAllow: /\nContent-Usage: train-ai=y\n"),
        response(
            "https://by.example/.well-known/tdmrep.json",
            "Content-Type: application/json\r\n",
            br#"[{"location":"/*","tdm-reservation":1}]"#,
        ),
    ];
    write(&newer, &records);
    let report = again(&out, policy.clone(), &[&newer]).unwrap();
    assert_eq!((report.refused, report.robots, report.snapshot), (2, 2, 2));
    assert_eq!(report.refused_by_reason.keys().collect::<Vec<_>>(), ["content-usage-reserved", "tdm-reserved"]);
    let after: Vec<String> = support::samples(&out).iter().map(|sample| sample.pair.url.clone()).collect();
    let gone: Vec<_> = before.iter().filter(|url| !after.contains(url)).collect();
    assert_eq!(gone, ["https://by.example/1.jpg", "https://silent.example/1.jpg"]);
    // The index belongs to the new snapshot and finds nothing of what is gone.
    let library = Library::open(std::slice::from_ref(&out)).unwrap();
    let window = Window { offset: 0, limit: 10 };
    assert_eq!(library.search("silent", window).unwrap().total, 0);
    assert_eq!(library.search("picture", window).unwrap().total, after.len() as u64);
    // What was refused before and what is refused now stand in the list of exclusions, each once.
    let manifest = Dataset::open(&out).unwrap().manifest().clone();
    assert_eq!(manifest.exclusion_rows() as usize + after.len(), 7);
    assert_eq!(manifest.exclusions.len(), 2);
    // Judged once more, nothing changes, and no snapshot is made for nothing.
    let report = again(&out, policy, &[&newer]).unwrap();
    assert_eq!((report.refused, report.changed, report.from_snapshot, report.snapshot), (0, 0, 2, 2));
}

#[test]
fn an_old_snapshot_stays_as_it_was_and_unchanged_shards_serve_on() {
    let dir = tempfile::tempdir().unwrap();
    let (crawl, out) = (crawl(dir.path()), dir.path().join("out"));
    let mut options = support::options(&[&crawl], &out, PolicyName::Record);
    options.shard_rows = 2;
    support::run(&options).unwrap();
    let before = support::snapshot_bytes(&out);
    let places: Vec<(u32, u32)> = (0..7).map(|row| (row / 2, row % 2)).collect();
    let (open, samples) = (Dataset::open(&out).unwrap(), support::samples(&out));
    let report =
        again(&out, read_policy("name = 'a'\nbase = 'record'\nrefuse = ['noai']", GENAI).unwrap(), &[]).unwrap();
    assert_eq!((report.refused, report.samples), (1, 6));
    for (name, bytes) in before.iter().filter(|(name, _)| name != "CURRENT") {
        let is_replaced = name == "samples/00001.parquet";
        let place = if is_replaced { out.join("superseded").join(name) } else { out.join(name) };
        assert!(std::fs::read(place).unwrap() == *bytes, "{name} changed");
        assert!(!is_replaced || !out.join(name).exists());
    }
    // Who had the old snapshot open goes on reading it.
    assert_eq!(open.samples_at(&places).unwrap(), samples);
    let manifest = Dataset::open(&out).unwrap().manifest().clone();
    let files: Vec<_> = manifest.samples.iter().map(|entry| entry.file.as_str()).collect();
    assert_eq!(
        files,
        ["samples/00000.parquet", "samples/000002-00001.parquet", "samples/00002.parquet", "samples/00003.parquet"]
    );
    assert_eq!(policy_of(&out).unwrap().to_string(), "a (record)");
    // A policy that refuses all leaves a dataset without samples, which is one still.
    let none = read_policy("name = 'b'\nbase = 'strict'\nrefuse = ['tdm-granted']", GENAI).unwrap();
    assert_eq!(again(&out, none, &[]).unwrap().samples, 0);
    assert!(support::samples(&out).is_empty());
    assert!(Library::open(&[out]).is_ok());
}

#[test]
fn a_dry_run_counts_and_an_interrupted_one_leaves_the_dataset_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let (crawl, out) = (crawl(dir.path()), dir.path().join("out"));
    built(&crawl, &out, Policy::new(PolicyName::Record, GENAI));
    let before = support::snapshot_bytes(&out);
    let mut options = RejudgeOptions {
        dir: out.clone(),
        policy: Policy::new(PolicyName::Strict, GENAI),
        robots: Vec::new(),
        online: None,
        registry: None,
        prefix: None,
        limits: default_limits(),
        threads: std::num::NonZeroUsize::MIN,
        memory_bytes: 32 << 20,
        dry_run: true,
    };
    let report = rejudge(&options, &AtomicBool::new(false), &|_| {}).unwrap();
    assert_eq!((report.refused, report.samples, report.snapshot), (6, 1, 1));
    assert_eq!(report.verdicts.get(&Stance::Allowed), Some(&1));
    assert!(!out.join("samples/000002-00000.parquet").exists() && !out.join(".build").exists());
    options.dry_run = false;
    let stopped = rejudge(&options, &AtomicBool::new(true), &|_| {}).unwrap_err();
    assert!(matches!(stopped, Error::Interrupted), "{stopped}");
    assert_eq!(support::snapshot_bytes(&out), before);
    assert!(Library::open(std::slice::from_ref(&out)).is_ok());
    let left: Vec<_> = std::fs::read_dir(out.join("samples")).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert_eq!(left, ["00000.parquet"]);
    rejudge(&options, &AtomicBool::new(false), &|_| {}).unwrap();
    assert_eq!(support::samples(&out).len(), 1);
}

#[test]
fn a_damaged_dataset_is_no_panic() {
    let dir = tempfile::tempdir().unwrap();
    let (crawl, out) = (crawl(dir.path()), dir.path().join("out"));
    built(&crawl, &out, Policy::new(PolicyName::Record, GENAI));
    std::fs::write(out.join("samples/00000.parquet"), b"PAR1 no more").unwrap();
    let error = again(&out, Policy::new(PolicyName::Strict, GENAI), &[]).unwrap_err().to_string();
    assert!(error.contains("00000.parquet"), "{error}");
    let error = again(&dir.path().join("nowhere"), Policy::new(PolicyName::Strict, GENAI), &[]).unwrap_err();
    assert!(matches!(error, Error::Dataset(_)), "{error}");
}

#[test]
fn what_a_killed_run_left_goes_and_what_is_somebody_elses_stays() {
    let dir = tempfile::tempdir().unwrap();
    let (crawl, out) = (crawl(dir.path()), dir.path().join("out"));
    built(&crawl, &out, Policy::new(PolicyName::Record, GENAI));
    for name in ["samples/000002-00000.parquet", "samples/000002-00001.parquet.tmp", "exclusions/000002-00000.parquet"]
    {
        std::fs::create_dir_all(out.join(name).parent().unwrap()).unwrap();
        std::fs::write(out.join(name), "left behind").unwrap();
    }
    std::fs::write(out.join("samples/notes.txt"), "mine").unwrap();
    again(&out, Policy::new(PolicyName::Record, GENAI), &[]).unwrap();
    let mut left: Vec<_> = std::fs::read_dir(out.join("samples")).unwrap().map(|it| it.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["00000.parquet", "notes.txt"]);
    assert!(!out.join("exclusions/000002-00000.parquet").exists());
}

#[test]
fn two_at_once_do_not_undo_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let (crawl, out) = (crawl(dir.path()), dir.path().join("out"));
    built(&crawl, &out, Policy::new(PolicyName::Record, GENAI));
    let results: Vec<_> = std::thread::scope(|scope| {
        let run = |name| again(&out, Policy::new(name, GENAI), &[]);
        let threads = [PolicyName::Strict, PolicyName::OptOut].map(|name| scope.spawn(move || run(name)));
        threads.map(|thread| thread.join().unwrap()).into()
    });
    // One may have to wait for the other, and says so; whoever comes second judges what the first one left.
    let done: Vec<_> = results.iter().filter_map(|result| result.as_ref().ok()).collect();
    assert!(!done.is_empty());
    for error in results.iter().filter_map(|result| result.as_ref().err()) {
        assert!(error.to_string().contains("another build is at work"), "{error}");
    }
    if let [a, b] = done[..] {
        assert_ne!(a.from_snapshot, b.from_snapshot);
    }
    let manifest = Dataset::open(&out).unwrap().manifest().clone();
    assert_eq!(manifest.sample_rows() + manifest.exclusion_rows(), 7);
}

#[test]
fn a_dataset_from_anywhere_touches_nobodys_files() {
    let dir = tempfile::tempdir().unwrap();
    let (crawl, out) = (crawl(dir.path()), dir.path().join("out"));
    built(&crawl, &out, Policy::new(PolicyName::Record, GENAI));
    let mine = dir.path().join("mine");
    std::fs::create_dir(&mine).unwrap();
    std::fs::write(mine.join("letter.txt"), "dear").unwrap();
    std::os::unix::fs::symlink(&mine, out.join(".build")).unwrap();
    let error = again(&out, Policy::new(PolicyName::Strict, GENAI), &[]).unwrap_err().to_string();
    assert!(error.contains("link"), "{error}");
    assert!(mine.join("letter.txt").exists());
    std::fs::remove_file(out.join(".build")).unwrap();
    let path = out.join("manifest-000001.json");
    let manifest = std::fs::read_to_string(&path).unwrap();
    for (from, to) in [
        ("\"snapshot\": 1,", "\"snapshot\": 18446744073709551615,"),
        ("\"snapshot\": 1,", "\"snapshot\": 2,"),
        ("samples/00000.parquet", "CURRENT"),
        ("samples/00000.parquet", "samples/../CURRENT.parquet"),
    ] {
        std::fs::write(&path, manifest.replace(from, to)).unwrap();
        let error = again(&out, Policy::new(PolicyName::Strict, GENAI), &[]).unwrap_err().to_string();
        assert!(error.contains("manifest-000001.json"), "{error}");
    }
}

#[test]
fn rsl_in_a_newer_crawl_is_heard_whatever_its_server_calls_it() {
    let rsl = br#"<?xml version="1.0"?><rsl xmlns="https://rslstandard.org/rsl"><content url="/"><license>
        <prohibits type="usage">ai-train</prohibits></license></content></rsl>"#;
    for media_type in ["application/rsl+xml", "text/xml; charset=utf-8", "application/xml"] {
        let dir = tempfile::tempdir().unwrap();
        let (crawl, out) = (crawl(dir.path()), dir.path().join("out"));
        built(&crawl, &out, Policy::new(PolicyName::OptOut, GENAI));
        let newer = dir.path().join("new.warc.gz");
        let records = [
            robots("silent.example", "License: HTTPS://silent.example/rights.xml\nUser-agent: *\nAllow: /\n"),
            response("https://silent.example/rights.xml", &format!("Content-Type: {media_type}\r\n"), rsl),
            response("https://silent.example/page", HTML, b"<img src=x.jpg alt='no pair of this crawl'>"),
        ];
        write(&newer, &records);
        let report = again(&out, Policy::new(PolicyName::OptOut, GENAI), &[&newer]).unwrap();
        assert_eq!(report.refused_by_reason.get("rsl-prohibited"), Some(&1), "{media_type}");
    }
}

#[test]
fn one_site_cannot_say_what_the_file_of_another_is() {
    let dir = tempfile::tempdir().unwrap();
    let (crawl, out) = (crawl(dir.path()), dir.path().join("out"));
    built(&crawl, &out, Policy::new(PolicyName::OptOut, GENAI));
    let newer = dir.path().join("new.warc.gz");
    let records = [
        robots("by.example", "License: https://silent.example/ai.txt\nUser-agent: *\nAllow: /\n"),
        response("https://silent.example/ai.txt", "Content-Type: text/plain\r\n", b"User-Agent: *\nDisallow: /\n"),
    ];
    write(&newer, &records);
    let report = again(&out, Policy::new(PolicyName::OptOut, GENAI), &[&newer]).unwrap();
    assert_eq!(report.refused_by_reason.get("ai-txt-reserved"), Some(&1));
}

#[test]
fn a_robots_txt_that_cannot_be_unpacked_is_one_that_was_not_to_be_had() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.warc.gz");
    let packed = "Content-Type: text/plain\r\nContent-Encoding: gzip\r\n";
    let cut = &gzip(b"User-agent: *\nAllow: /\n# and much more than that, in many different words\n")[..30];
    let records = [response("https://a.example/robots.txt", packed, cut), page("a.example", "", "")];
    write(&path, &records);
    let out = dir.path().join("out");
    let report = support::run(&support::options(&[&path], &out, PolicyName::OptOut)).unwrap();
    assert_eq!(report.exclusions_by_reason.keys().collect::<Vec<_>>(), ["robots-assumed-disallowed"]);
    assert!(!report.damage.is_empty());
}

#[test]
fn what_was_assumed_of_a_site_that_failed_is_taken_back_when_it_answers() {
    let dir = tempfile::tempdir().unwrap();
    let (path, out) = (dir.path().join("x.warc.gz"), dir.path().join("out"));
    let failed = || {
        let header = "WARC-Type: response\r\nWARC-Target-URI: https://a.example/robots.txt\r\n\
                      WARC-Date: 2026-02-03T04:05:06Z\r\nContent-Type: application/http\r\n";
        crawl::record(header, b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
    };
    write(&path, &[failed(), page("a.example", "", "")]);
    let samples = built(&path, &out, Policy::new(PolicyName::Record, GENAI));
    assert_eq!(samples[0].verdict().stance, Stance::Disallowed);
    let newer = dir.path().join("new.warc.gz");
    // It still fails: nothing is taken back.
    write(&newer, &[failed()]);
    assert_eq!(again(&out, Policy::new(PolicyName::Record, GENAI), &[&newer]).unwrap().changed, 0);
    write(&newer, &[robots("a.example", "User-agent: *\nAllow: /\n")]);
    let report = again(&out, Policy::new(PolicyName::Record, GENAI), &[&newer]).unwrap();
    assert_eq!((report.changed, report.verdicts.get(&Stance::Unknown)), (1, Some(&1)));
    // And it is assumed again when it fails again.
    write(&newer, &[failed()]);
    assert_eq!(again(&out, Policy::new(PolicyName::Record, GENAI), &[&newer]).unwrap().changed, 1);
}
