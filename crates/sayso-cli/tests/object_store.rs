//! Crawls and datasets in an object store: a real server on loopback that others wrote, real processes, and what goes wrong.
#![cfg(feature = "cluster")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod clustered;
#[path = "../../sayso-storage/tests/store/mod.rs"]
mod store;
mod support;

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::Ordering;

use crate::clustered::{Role, local, report, same_dataset, same_files, wait_until, write_crawl};
use crate::store::Store;
use crate::support::{said, text};

/// The program, with the store's variables in its environment.
fn command(store: &Store, dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
    command.args(arguments).current_dir(dir).envs(store.variables()).env_remove("SAYSO_CLUSTER_SECRET");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(store: &Store, dir: &Path, arguments: &[&str]) -> Output {
    command(store, dir, arguments).output().unwrap()
}

fn refused(output: &Output, says: &str) {
    assert_eq!(output.status.code(), Some(2), "{}", said(output));
    assert!(said(output).contains(says) && said(output).contains("\nhint: "), "{}", said(output));
}

fn cluster(store: &Store, workers: &str) -> (Role, String) {
    let variables = store.variables();
    let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    local(workers, &variables)
}

/// How many inputs a build into the store has read.
fn extracted(store: &Store, dataset: &str) -> usize {
    let jobs = std::fs::read_dir(store.path(dataset).join(".build")).into_iter().flatten().flatten();
    let folders = jobs.filter_map(|job| std::fs::read_dir(job.path().join("extracted")).ok());
    folders.map(Iterator::count).sum()
}

/// Waits for something that happens while a build is at work.
fn wait_for(what: &str, building: &mut Child, is_so: impl Fn() -> bool) {
    wait_until(what, || {
        let has_ended = building.try_wait().unwrap().is_some();
        if has_ended && !is_so() {
            let mut words = String::new();
            building.stderr.take().unwrap().read_to_string(&mut words).unwrap();
            panic!("it ended before {what}: {words}");
        }
        is_so()
    });
}

const BUILD: &[&str] = &["build", "s3://bucket/crawl/", "--memory", "16"];

fn build<'a>(out: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [BUILD, &["-o", out], more].concat()
}

#[test]
fn crawls_in_a_store_are_read_as_those_on_disk() {
    let (store, dir) = (Store::start("bucket"), tempfile::tempdir().unwrap());
    let dir = dir.path();
    write_crawl(&dir.join("crawl"), 4, 60);
    write_crawl(&store.path("bucket/crawl"), 4, 60);
    std::fs::write(store.path("bucket/crawl/notes.md"), "no crawl").unwrap();
    std::fs::write(store.path("bucket/some.paths"), "crawl/crawl-00003.warc\ncrawl/crawl-00001.warc\n").unwrap();
    let alone = run(&store, dir, &["build", "crawl", "-o", "alone"]);
    let built = run(&store, dir, &build("remote", &[]));
    assert_eq!(built.status.code(), alone.status.code(), "{}", said(&built));
    let (one, other) = (report(&dir.join("alone")), report(&dir.join("remote")));
    for what in ["inputs", "samples", "exclusions", "exclusions_by_reason", "verdicts", "duplicates", "bytes_read"] {
        assert_eq!(one[what], other[what], "{what}");
    }
    // A list in the store, whose lines are completed by a prefix, and a file by its name.
    let listed = ["build", "s3://bucket/some.paths", "--prefix", "s3://bucket/", "-o", "listed"];
    assert!(matches!(run(&store, dir, &listed).status.code(), Some(0 | 3)));
    let named = ["build", "s3://bucket/crawl/crawl-00003.warc", "s3://bucket/crawl/crawl-00001.warc", "-o", "named"];
    assert!(matches!(run(&store, dir, &named).status.code(), Some(0 | 3)));
    same_dataset(&dir.join("listed"), &dir.join("named"));
    assert_eq!(report(&dir.join("named"))["inputs"], 2);

    // A store that now and then asks to come back later changes nothing.
    store.mood.fails_every.store(5, Ordering::Relaxed);
    run(&store, dir, &build("moody", &[]));
    same_dataset(&dir.join("remote"), &dir.join("moody"));
    assert!(store.mood.failed.load(Ordering::Relaxed) > 0);
    store.mood.fails_every.store(0, Ordering::Relaxed);

    let refuse = |input: &str, says: &str| refused(&run(&store, dir, &["build", input, "-o", "none"]), says);
    refuse("s3://bucket/nothing/here", "there is nothing at `s3://bucket/nothing/here`");
    refuse("s3://bucket/a/../b", "is no address of an object store");
    refuse("s3://bucket/crawl.wacz", "a WACZ is read from its end");
    std::fs::create_dir(store.path("bucket/texts")).unwrap();
    std::fs::write(store.path("bucket/texts/notes.md"), "no crawl").unwrap();
    refuse("s3://bucket/texts/", "no crawl file lies in it");
    refused(&run(&store, dir, &build("s3://bucket/set", &[])), "this machine alone builds into a folder");
    let stranger = command(&store, dir, &build("none", &[])).env("AWS_SECRET_ACCESS_KEY", "wrong").output().unwrap();
    refused(&stranger, "the store does not let us use");
    assert!(!dir.join("none").exists());
}

#[test]
fn a_cluster_without_a_common_disk_builds_the_same() {
    let (store, dir) = (Store::start("bucket"), tempfile::tempdir().unwrap());
    let dir = dir.path();
    write_crawl(&store.path("bucket/crawl"), 12, 60);
    let more = ["--shard-rows", "3000"];
    let alone = run(&store, dir, &build("alone", &more));
    // Slow, and now and then not willing.
    store.mood.slow.store(20, Ordering::Relaxed);
    store.mood.fails_every.store(31, Ordering::Relaxed);
    let (_cluster, address) = cluster(&store, "3");
    let on = [&more[..], &["--cluster", &address]].concat();
    let together = build("s3://bucket/sets/one", &on);
    let mut building = command(&store, dir, &together).spawn().unwrap();
    wait_for("some inputs are read", &mut building, || extracted(&store, "bucket/sets/one") >= 2);
    // Somebody else is told so.
    refused(&run(&store, dir, &together), "another build is at work there");
    let output = building.wait_with_output().unwrap();
    assert_eq!(output.status.code(), alone.status.code(), "{}", said(&output));
    assert!(text(&output).contains("s3://bucket/sets/one for train-genai"), "{}", text(&output));
    store.mood.slow.store(0, Ordering::Relaxed);
    store.mood.fails_every.store(0, Ordering::Relaxed);

    let pulled = run(&store, dir, &["pull", "s3://bucket/sets/one", "pulled"]);
    assert_eq!(pulled.status.code(), Some(0), "{}", said(&pulled));
    same_dataset(&dir.join("alone"), &dir.join("pulled"));
    let left: Vec<_> = walk(&store.path("bucket/sets/one/.build"));
    assert!(left.is_empty(), "{left:?}");
    let found = run(&store, dir, &["search", "pulled", "picture", "-n", "3"]);
    assert!(found.status.success() && text(&found).contains("picture"), "{}", said(&found));

    // The same once more is there already; something else is refused.
    let again = run(&store, dir, &together);
    assert_eq!(again.status.code(), alone.status.code(), "{}", said(&again));
    // Nor does anything of it go when somebody comes who was just too late to see it finished.
    let late = std::fs::read(store.path("bucket/sets/one/CURRENT")).unwrap();
    std::fs::create_dir_all(store.path("bucket/sets/one/.build")).unwrap();
    std::fs::write(store.path("bucket/sets/one/.build/lease"), "process 1 of a build, 7\n").unwrap();
    std::fs::remove_file(store.path("bucket/sets/one/CURRENT")).unwrap();
    let waiting = command(&store, dir, &together).spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_secs(5));
    std::fs::write(store.path("bucket/sets/one/CURRENT"), late).unwrap();
    let output = waiting.wait_with_output().unwrap();
    assert_eq!(output.status.code(), alone.status.code(), "{}", said(&output));
    let pulled = run(&store, dir, &["pull", "s3://bucket/sets/one", "pulled-again"]);
    assert_eq!(pulled.status.code(), Some(0), "{}", said(&pulled));
    same_dataset(&dir.join("pulled"), &dir.join("pulled-again"));

    let other = build("s3://bucket/sets/one", &["--cluster", &address]);
    refused(&run(&store, dir, &other), "it holds a dataset of other inputs or other options");
}

#[test]
fn an_import_by_a_cluster_without_a_common_disk_is_the_same() {
    let (store, dir) = (Store::start("bucket"), tempfile::tempdir().unwrap());
    let dir = dir.path();
    std::fs::create_dir(dir.join("tables")).unwrap();
    for file in 0..6 {
        let rows: String =
            (0..500).map(|row| format!("https://h{}.example/{row}.jpg,picture {row} of {file}\n", row % 31)).collect();
        std::fs::write(dir.join(format!("tables/{file}.csv")), format!("url,caption\n{rows},no address\n")).unwrap();
    }
    let more = ["import", "tables", "--shard-rows", "700", "-o"];
    let alone = run(&store, dir, &[&more[..], &["alone"]].concat());
    let (_cluster, address) = cluster(&store, "2");
    let together = run(&store, dir, &[&more[..], &["s3://bucket/set", "--cluster", &address]].concat());
    assert_eq!(together.status.code(), alone.status.code(), "{}", said(&together));
    assert!(walk(&store.path("bucket/set/.build")).is_empty());
    let pulled = run(&store, dir, &["pull", "s3://bucket/set", "pulled"]);
    assert_eq!(pulled.status.code(), Some(0), "{}", said(&pulled));
    // What became no pair is no part of a dataset, and stays where it is.
    std::fs::copy(store.path("bucket/set/aside.jsonl"), dir.join("pulled/aside.jsonl")).unwrap();
    same_dataset(&dir.join("alone"), &dir.join("pulled"));
}

#[test]
fn a_driver_is_killed_and_the_store_fills_up_and_the_build_goes_on() {
    let (store, dir) = (Store::start("bucket"), tempfile::tempdir().unwrap());
    let dir = dir.path();
    write_crawl(&store.path("bucket/crawl"), 10, 40);
    run(&store, dir, &build("alone", &[]));
    let (_cluster, address) = cluster(&store, "2");
    let together = build("s3://bucket/set", &["--cluster", &address]);
    let mut building = command(&store, dir, &together).spawn().unwrap();
    wait_for("some inputs are read", &mut building, || extracted(&store, "bucket/set") >= 2);
    building.kill().unwrap();
    building.wait().unwrap();
    assert!(!store.path("bucket/set/CURRENT").exists());

    // The next waits until it is sure that nobody is at work any more. Then there is no room.
    let read = extracted(&store, "bucket/set");
    let mut building = command(&store, dir, &together).spawn().unwrap();
    wait_for("it goes on", &mut building, || extracted(&store, "bucket/set") > read);
    store.mood.full.store(true, Ordering::Relaxed);
    let output = building.wait_with_output().unwrap();
    if store.path("bucket/set/CURRENT").exists() {
        panic!("it was done before the store was full: {}", said(&output));
    }
    refused(&output, "s3://bucket/set");
    store.mood.full.store(false, Ordering::Relaxed);
    let output = run(&store, dir, &together);
    assert!(matches!(output.status.code(), Some(0 | 3)), "{}", said(&output));
    assert_eq!(run(&store, dir, &["pull", "s3://bucket/set", "pulled"]).status.code(), Some(0));
    same_dataset(&dir.join("alone"), &dir.join("pulled"));
}

#[test]
fn datasets_are_pushed_and_pulled_and_only_what_lacks_is_sent() {
    let (store, dir) = (Store::start("bucket"), tempfile::tempdir().unwrap());
    let dir = dir.path();
    write_crawl(&dir.join("crawl"), 4, 60);
    run(&store, dir, &["build", "crawl", "-o", "set", "--shard-rows", "2000"]);
    let transferred = |arguments: &[&str]| -> serde_json::Value {
        let output = run(&store, dir, arguments);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        serde_json::from_str(&text(&output)).unwrap()
    };
    let pushed = transferred(&["push", "set", "s3://bucket/a/set", "--json"]);
    assert!(pushed["files"].as_u64().unwrap() >= 3, "{pushed}");
    assert_eq!(pushed["sent"], pushed["files"]);
    assert_eq!(transferred(&["push", "set", "s3://bucket/a/set", "--json"])["sent"], 0);
    assert_eq!(transferred(&["pull", "s3://bucket/a/set", "pulled", "--json"])["sent"], pushed["files"]);
    same_dataset(&dir.join("set"), &dir.join("pulled"));
    assert_eq!(transferred(&["pull", "s3://bucket/a/set", "pulled", "--json"])["sent"], 0);

    // What is taken out here is out there, and what it was known by is sent alone.
    let claim =
        ["claim", "add", "--registry", "r", "--subject", "domain:pictures7.example", "--preference", "train-ai=n"];
    assert!(run(&store, dir, &claim).status.success());
    assert!(run(&store, dir, &["takedown", "--registry", "r", "set"]).status.success());
    let later = transferred(&["push", "set", "s3://bucket/a/set", "--json"]);
    assert_eq!((later["sent"].as_u64(), later["snapshot"].as_u64()), (Some(1), Some(2)), "{later}");
    assert_eq!(transferred(&["pull", "s3://bucket/a/set", "pulled", "--json"])["sent"], 1);
    let search = |set: &str| text(&run(&store, dir, &["search", set, "domain:pictures7.example", "--json"]));
    assert_eq!(search("set"), search("pulled"));
    assert!(!search("pulled").contains("pictures7.example/p"), "{}", search("pulled"));

    // An older one does not take its place, and no other dataset does.
    run(&store, dir, &["build", "crawl", "-o", "older", "--shard-rows", "2000"]);
    refused(&run(&store, dir, &["push", "older", "s3://bucket/a/set"]), "it holds a newer snapshot");
    run(&store, dir, &["build", "crawl", "-o", "other", "--purpose", "search"]);
    refused(&run(&store, dir, &["push", "other", "s3://bucket/a/set"]), "it holds ");
    refused(&run(&store, dir, &["pull", "s3://bucket/a/set", "other"]), "it holds another dataset");
    refused(&run(&store, dir, &["pull", "s3://bucket/nowhere", "new"]), "is not a dataset");

    // A changed byte is noticed, and there is no dataset then; when it is mended, it goes on.
    let shard = store.path("bucket/a/set/samples/00001.parquet");
    let good = std::fs::read(&shard).unwrap();
    let mut bad = good.clone();
    let middle = bad.len() / 2;
    *bad.get_mut(middle).unwrap() ^= 1;
    std::fs::write(&shard, bad).unwrap();
    let output = run(&store, dir, &["pull", "s3://bucket/a/set", "new"]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("its bytes are not those that its manifest names"), "{}", said(&output));
    assert!(!dir.join("new/CURRENT").exists());
    std::fs::write(&shard, good).unwrap();
    let again = transferred(&["pull", "s3://bucket/a/set", "new", "--json"]);
    assert!(again["sent"].as_u64() < again["files"].as_u64(), "{again}");
    // Who had the older snapshot still has its manifest, by which receipts are checked.
    std::fs::remove_file(dir.join("pulled/manifest-000001.json")).unwrap();
    same_files(&dir.join("pulled"), &dir.join("new"));
}

fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { files.extend(walk(&path)) } else { files.push(path) }
    }
    files
}
