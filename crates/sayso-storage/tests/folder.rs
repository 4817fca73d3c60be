//! Folders of object stores, against a server that others wrote.
//!
//! Who asks is said by the environment, which belongs to the whole process. So each test starts a store and runs itself
//! again in a process whose environment names it.
#![cfg(feature = "s3")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod store;

use std::io::{Read, Seek, SeekFrom};
use std::process::Command;
use std::sync::atomic::Ordering;

use sayso_storage::{Address, Folder, StorageError};
use store::{Mood, Store};

const INSIDE: &str = "SAYSO_TEST_INSIDE";

/// Whether this is the process whose environment names a store; otherwise starts that and waits for it.
fn inside(test: &str, mood: impl FnOnce(&Mood)) -> bool {
    inside_with(test, mood, &[])
}

/// The same with an environment that says something else besides.
fn inside_with(test: &str, mood: impl FnOnce(&Mood), variables: &[(&str, &str)]) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let store = Store::start("bucket");
    mood(&store.mood);
    let mut again = Command::new(std::env::current_exe().unwrap());
    again.args(["--exact", test, "--nocapture"]).envs(store.variables()).env(INSIDE, "1");
    let ran = again.envs(variables.iter().copied()).output().unwrap();
    let said = String::from_utf8_lossy(&ran.stdout).into_owned() + &String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success() && said.contains("1 passed"), "{said}");
    let has_asked = store.mood.asked.load(Ordering::Relaxed) > 0;
    assert!(has_asked || variables.iter().any(|(name, _)| *name == "AWS_ENDPOINT_URL"), "nobody asked the store");
    false
}

fn folder(path: &str) -> Folder {
    Folder::open(&format!("s3://bucket/{path}").parse::<Address>().unwrap()).unwrap()
}

/// Bytes that are everywhere others.
fn bytes(count: usize) -> Vec<u8> {
    let mut state = 7_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..count).map(|_| next()).collect()
}

#[test]
fn files_are_laid_down_listed_and_removed() {
    if !inside("files_are_laid_down_listed_and_removed", |_| ()) {
        return;
    }
    let folder = folder("some/folder");
    assert_eq!(folder.read("a").unwrap(), None);
    assert_eq!(folder.size("a").unwrap(), None);
    assert!(folder.list("").unwrap().is_empty());
    folder.write("a", b"one".to_vec()).unwrap();
    folder.write("b c/d", b"two and more".to_vec()).unwrap();
    folder.write("a", b"replaced".to_vec()).unwrap();
    assert_eq!(folder.read("a").unwrap().unwrap(), b"replaced");
    assert_eq!(folder.size("b c/d").unwrap(), Some(12));
    let names = |listed: Vec<sayso_storage::Listed>| -> Vec<(String, u64)> {
        listed.into_iter().map(|listed| (listed.name, listed.bytes)).collect()
    };
    assert_eq!(names(folder.list("").unwrap()), [("a".to_owned(), 8)]);
    assert_eq!(names(folder.list("b c").unwrap()), [("d".to_owned(), 12)]);
    assert_eq!(names(folder.list_all("").unwrap()), [("a".to_owned(), 8), ("b c/d".to_owned(), 12)]);
    folder.remove("a").unwrap();
    folder.remove("a").unwrap();
    assert_eq!(names(folder.list_all("").unwrap()), [("b c/d".to_owned(), 12)]);
    let missing = folder.reader("a").unwrap_err();
    assert!(matches!(missing, StorageError::NotFound { .. }), "{missing}");
    assert!(missing.to_string().starts_with("there is nothing at `s3://bucket/some/folder/a`\nhint: "), "{missing}");
}

#[test]
fn a_file_is_read_at_any_place_and_through() {
    if !inside("a_file_is_read_at_any_place_and_through", |_| ()) {
        return;
    }
    let (folder, dir) = (folder("runs"), tempfile::tempdir().unwrap());
    // Larger than one part of an upload, so that it goes in several.
    for count in [0, 1, 300_000, (40 << 20) + 7] {
        let (there, back) = (dir.path().join("there"), dir.path().join("back"));
        let all = bytes(count);
        std::fs::write(&there, &all).unwrap();
        assert_eq!(folder.put(&there, "file").unwrap(), count as u64);
        assert_eq!(folder.fetch("file", &back).unwrap(), count as u64);
        assert!(std::fs::read(&back).unwrap() == all, "{count} bytes came back otherwise");
        let mut reader = folder.reader("file").unwrap();
        assert_eq!(reader.size(), count as u64);
        let mut at = 1_usize;
        for step in 0..40_usize {
            let from = at % (count + 1);
            reader
                .seek(if step % 2 == 0 {
                    SeekFrom::Start(from as u64)
                } else {
                    SeekFrom::End(from as i64 - count as i64)
                })
                .unwrap();
            let mut some = vec![0; (at % 70_000).min(count - from)];
            reader.read_exact(&mut some).unwrap();
            assert!(some == all[from..from + some.len()], "at {from} of {count}");
            at = at.wrapping_mul(2_654_435_761).wrapping_add(step) >> 3;
        }
        reader.seek(SeekFrom::Start(count as u64 + 10)).unwrap();
        assert_eq!(reader.read(&mut [0; 4]).unwrap(), 0);
        assert!(reader.seek(SeekFrom::Current(-(count as i64) - 11)).is_err());
    }
}

#[test]
fn only_one_of_many_creates_or_replaces() {
    if !inside("only_one_of_many_creates_or_replaces", |_| ()) {
        return;
    }
    let folder = folder("");
    let created: Vec<bool> = (0..5).map(|number| folder.create("CURRENT", vec![number]).is_ok()).collect();
    assert_eq!(created, [true, false, false, false, false]);
    assert!(matches!(folder.create("CURRENT", vec![9]), Err(StorageError::Raced { .. })));
    let (read, version) = folder.read_version("CURRENT").unwrap().unwrap();
    assert_eq!(read, [0]);
    folder.replace("CURRENT", vec![7], &version).unwrap();
    assert!(matches!(folder.replace("CURRENT", vec![8], &version), Err(StorageError::Raced { .. })));
    assert_eq!(folder.read("CURRENT").unwrap().unwrap(), [7]);
}

#[test]
fn a_moody_store_is_asked_again() {
    let test = "a_moody_store_is_asked_again";
    if !inside(test, |mood| mood.fails_every.store(3, Ordering::Relaxed)) {
        return;
    }
    let folder = folder("moody");
    for number in 0..10_u8 {
        folder.write(&number.to_string(), vec![number; 1000]).unwrap();
    }
    for number in 0..10_u8 {
        assert_eq!(folder.read(&number.to_string()).unwrap().unwrap(), vec![number; 1000]);
    }
    assert_eq!(folder.list("").unwrap().len(), 10);
}

#[test]
fn a_store_that_does_not_know_us_is_named() {
    let test = "a_store_that_does_not_know_us_is_named";
    if !inside_with(test, |_| (), &[("AWS_SECRET_ACCESS_KEY", "another-secret")]) {
        return;
    }
    let error = folder("folder").write("a", vec![1]).unwrap_err();
    assert!(matches!(&error, StorageError::Refused { address } if address == "s3://bucket/folder/a"), "{error}");
}

#[test]
fn a_store_that_is_not_there_is_named() {
    // Nobody listens on port 1.
    if !inside_with("a_store_that_is_not_there_is_named", |_| (), &[("AWS_ENDPOINT_URL", "http://127.0.0.1:1")]) {
        return;
    }
    let error = folder("folder").read("a").unwrap_err().to_string();
    assert!(error.starts_with("cannot use `s3://bucket/folder/a`: "), "{error}");
    assert!(error.contains("\nhint: AWS_ENDPOINT_URL"), "{error}");
    assert_eq!(error.lines().count(), 2, "{error}");
}

#[test]
fn a_full_store_is_named_and_keeps_what_was_there() {
    let test = "a_full_store_is_named_and_keeps_what_was_there";
    let full = |mood: &Mood| mood.full.store(true, Ordering::Relaxed);
    if !inside(test, full) {
        return;
    }
    let (folder, dir) = (folder("folder"), tempfile::tempdir().unwrap());
    assert!(folder.write("a", vec![1]).unwrap_err().to_string().contains("507"));
    let large = dir.path().join("large");
    std::fs::write(&large, bytes(20 << 20)).unwrap();
    assert!(folder.put(&large, "b").is_err());
    assert!(folder.list_all("").unwrap().is_empty());
}
