//! A dataset that a cluster of processes judges anew, or counts, is what one machine makes of it, whoever dies meanwhile.
#![cfg(feature = "cluster")]
#![allow(clippy::unwrap_used, clippy::panic, dead_code, reason = "tests")]

mod clustered;
#[path = "../../sayso/tests/sites/mod.rs"]
mod sites;
mod support;

use std::path::Path;
use std::process::Output;

use crate::clustered::{build, command, copy, done, local, same_files, start, wait_until, write_crawl};
use crate::sites::{Site, nothing, reply};
use crate::support::{json, said, sayso, text};

/// A dataset in many shards, of which nothing was refused, and crawls and claims by which it is judged anew.
fn dataset(dir: &Path, shard_rows: &str) {
    write_crawl(&dir.join("crawl"), 6, 100);
    write_crawl(&dir.join("newer"), 4, 77);
    let more = ["--shard-rows", shard_rows, "--policy", "record"];
    let built = build(dir, "crawl", &dir.join("set"), None).args(more).output().unwrap();
    assert!(dir.join("set/CURRENT").exists(), "{}", said(&built));
    let claim =
        ["claim", "add", "--registry", "r", "--subject", "domain:pictures7.example", "--preference", "train-ai=n"];
    assert!(sayso(&claim, dir).status.success());
}

const OPTIONS: &[&str] = &["--policy", "opt-out", "--robots", "newer", "--registry", "r", "--json"];

fn judge(dir: &Path, set: &str, more: &[&str]) -> Output {
    sayso(&[&["judge", set], OPTIONS, more].concat(), dir)
}

#[test]
fn a_worker_is_killed_and_the_snapshot_is_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    dataset(dir, "150");
    for set in ["alone", "together", "looked-at"] {
        copy(&dir.join("set"), &dir.join(set));
    }
    // Whoever only looks counts the same, and leaves nothing.
    let (cluster, address) = local("3", &[]);
    let looked = judge(dir, "looked-at", &["--dry-run", "--cluster", &address]);
    assert_eq!(json(&looked), json(&judge(dir, "looked-at", &["--dry-run"])), "{}", said(&looked));
    assert!(!dir.join("looked-at/.build").exists() && !dir.join("looked-at/manifest-000002.json").exists());
    drop(cluster);

    let alone = judge(dir, "alone", &[]);
    let (_scheduler, address) = start(&["cluster", "scheduler", "--listen", "127.0.0.1:0", "--patience", "12"], &[]);
    let worker = || start(&["worker", "--scheduler", &address, "--slots", "1"], &[]).0;
    let mut workers = vec![worker(), worker(), worker()];
    let arguments = [&["judge", "together"], OPTIONS, &["--cluster", &address]].concat();
    let judging = command(dir, &arguments).spawn().unwrap();
    let together = dir.join("together");
    wait_until("some shards are judged", || done(&together, "judging-", "judged").len() >= 2);
    workers.pop().unwrap().kill();
    let second = command(dir, &arguments).output().unwrap();
    let output = judging.wait_with_output().unwrap();
    assert_eq!(output.status.code(), alone.status.code(), "{}", said(&output));
    let report = json(&output);
    assert_eq!(report, json(&alone));
    assert!(report["refused"].as_u64().unwrap() > 100 && report["snapshot"] == 2, "{report}");
    // The second came while the first was at it, or found all judged.
    assert!(
        said(&second).contains("another build is at work there") || json(&second)["snapshot"] == 2,
        "{}",
        said(&second)
    );
    same_files(&dir.join("alone"), &together);
    let found = sayso(&["search", "together", "picture", "-n", "3"], dir);
    assert!(found.status.success() && text(&found).contains("picture"), "{}", said(&found));

    // Judged once more nothing changes.
    let again = json(&judge(dir, "together", &["--cluster", &address]));
    assert_eq!((&again["snapshot"], &again["changed"]), (&2.into(), &0.into()));
    same_files(&dir.join("alone"), &together);
}

#[test]
fn a_shard_that_harms_leaves_the_dataset_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    dataset(dir, "400");
    copy(&dir.join("set"), &dir.join("alone"));
    judge(dir, "alone", &[]);
    for (how, says) in
        [("panic", "it made the program panic: on purpose"), ("abort", "it ended the worker that read it 3 times")]
    {
        let (_cluster, address) = local("2", &[("SAYSO_FAIL_ON", &format!("{how} samples/00003.parquet"))]);
        let failed = judge(dir, "set", &["--cluster", &address]);
        assert_eq!(failed.status.code(), Some(2), "{}", said(&failed));
        assert!(said(&failed).contains(&format!("`samples/00003.parquet`: {says}\nhint: ")), "{}", said(&failed));
        assert!(!dir.join("set/manifest-000002.json").exists());
    }
    let (_cluster, address) = local("2", &[]);
    for (arguments, says) in [
        (&["judge", "set", "--robots", "-"][..], "other machines cannot read it"),
        (&["judge", "set", "--registry", "http://127.0.0.1:1"][..], "a registry at an address"),
        (&["judge", "crawl"][..], "is not a dataset"),
    ] {
        let output = sayso(&[arguments, &["--cluster", &address]].concat(), dir);
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains(says) && said(&output).contains("\nhint: "), "{}", said(&output));
    }
    // What the others did counts when it is begun again.
    let judged = judge(dir, "set", &["--cluster", &address]);
    assert_eq!(json(&judged)["snapshot"], 2, "{}", said(&judged));
    same_files(&dir.join("alone"), &dir.join("set"));
}

#[test]
fn a_driver_that_dies_anywhere_is_started_again() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    dataset(dir, "2500");
    copy(&dir.join("set"), &dir.join("alone"));
    judge(dir, "alone", &[]);
    let (_cluster, address) = local("2", &[]);
    let mut died = 0;
    for place in (1..60).step_by(3) {
        let set = format!("at-{place}");
        copy(&dir.join("set"), &dir.join(&set));
        let arguments = [&["judge", &set], OPTIONS, &["--cluster", &address]].concat();
        let first = command(dir, &arguments).env("SAYSO_CRASH_AT", place.to_string()).output().unwrap();
        if first.status.code().is_some() {
            break;
        }
        died += 1;
        judge(dir, &set, &["--cluster", &address]);
        same_files(&dir.join("alone"), &dir.join(&set));
        std::fs::remove_dir_all(dir.join(&set)).unwrap();
    }
    assert!(died > 5, "{died}");
}

#[test]
fn sites_are_asked_by_whoever_drives() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let site = Site::of(vec![(
        "/robots.txt",
        reply(200, "Content-Type: text/plain\r\n", "User-agent: CCBot\nDisallow: /a\n"),
    )]);
    let quiet = Site::start(|_| nothing());
    let page = |site: &Site, path: &str| {
        let url = site.url(path);
        let answer =
            format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<img src='{path}.jpg' alt='one of {path}'>");
        format!(
            "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n\
             Content-Type: application/http; msgtype=response\r\nContent-Length: {}\r\n\r\n{answer}\r\n\r\n",
            answer.len()
        )
    };
    let pages = [page(&site, "/a"), page(&site, "/b"), page(&quiet, "/a"), page(&quiet, "/b")].concat();
    std::fs::write(dir.join("old.warc"), pages).unwrap();
    assert!(sayso(&["build", "old.warc", "-o", "alone", "--shard-rows", "1"], dir).status.success());
    copy(&dir.join("alone"), &dir.join("together"));
    let polite = ["--online", "--allow-private", "--pause", "0", "--cache", "cache", "--json"];
    let alone = sayso(&[&["judge", "alone"][..], &polite].concat(), dir);
    let (_cluster, address) = local("2", &[]);
    // What was answered a moment ago is answered from the cache, word for word.
    let together = sayso(&[&["judge", "together", "--cluster", &address][..], &polite].concat(), dir);
    assert_eq!(json(&together), json(&alone), "{}", said(&together));
    assert_eq!(json(&alone)["refused"], 1, "{}", text(&alone));
    same_files(&dir.join("alone"), &dir.join("together"));
    assert_eq!(site.asked().iter().filter(|asked| asked.path == "/robots.txt").count(), 1);
}

#[test]
fn reports_are_those_of_one_machine() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    // Shards that end between captions of one picture, and one that is smaller than what is removed.
    dataset(dir, "73");
    let taken = sayso(&["takedown", "--registry", "r", "set"], dir);
    assert!(taken.status.success(), "{}", said(&taken));
    std::fs::write(dir.join("t.csv"), "url,caption\nhttps://h.example/9.jpg,nine\nhttps://h.example/9.jpg,neuf\n")
        .unwrap();
    assert!(sayso(&["import", "t.csv", "-o", "tables", "--shard-rows", "1"], dir).status.success());
    let (cluster, address) = local("3", &[]);
    for arguments in [
        &["report", "set", "tables", "--kind", "eu-summary", "--json"][..],
        &["report", "set", "--kind", "eu-summary", "--small-provider", "--format", "html"][..],
        &["report", "set", "--kind", "croissant"][..],
    ] {
        let alone = sayso(arguments, dir);
        let together = sayso(&[arguments, &["--cluster", &address]].concat(), dir);
        assert_eq!(together.status.code(), Some(0), "{}", said(&together));
        assert_eq!(text(&together), text(&alone));
    }
    assert!(!dir.join("set/.build").exists() && !dir.join("tables/.build").exists());
    for kind in ["card", "portfolio"] {
        let output = sayso(&["report", "set", "--kind", kind, "--cluster", &address], dir);
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains("a cluster counts for eu-summary and croissant alone"), "{}", said(&output));
    }
    drop(cluster);
    // A shard that harms ends it, and what was counted of others is found when it is begun again.
    let arguments = ["report", "set", "--kind", "croissant"];
    let (cluster, address) = local("2", &[("SAYSO_FAIL_ON", "panic samples/00009.parquet")]);
    let failed = sayso(&[&arguments[..], &["--cluster", &address]].concat(), dir);
    assert!(failed.status.code() == Some(2) && said(&failed).contains("made the program panic"), "{}", said(&failed));
    drop(cluster);
    let (_cluster, address) = local("2", &[]);
    let again = sayso(&[&arguments[..], &["--cluster", &address]].concat(), dir);
    assert_eq!(text(&again), text(&sayso(&arguments, dir)), "{}", said(&again));
    assert!(!dir.join("set/.build").exists());
}
