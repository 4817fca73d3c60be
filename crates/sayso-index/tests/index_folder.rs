//! The folder of an index: it appears whole or not at all, and says what it is.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod corpus;

use std::path::Path;

use corpus::{SAMPLE, index, options, rows};
use sayso_index::{IndexError, IndexedSample, TextIndex, TextIndexWriter};

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn started(dir: &Path) -> TextIndexWriter {
    let mut writer = TextIndexWriter::create(dir, options(64 << 20, 2)).unwrap();
    writer.add(&IndexedSample { caption: "half", ..SAMPLE }).unwrap();
    writer
}

#[test]
fn a_half_built_index_is_never_visible() {
    let dir = tempfile::tempdir().unwrap();
    let text = dir.path().join("text");
    let writer = started(&text);
    assert!(matches!(TextIndex::open(&text), Err(IndexError::Absent { .. })));
    drop(writer);
    assert_eq!(names(dir.path()), [""; 0]);

    // As a killed program leaves it: nothing is dropped.
    std::mem::forget(started(&text));
    assert_eq!(names(dir.path()), [".text.partial"]);
    assert!(matches!(TextIndex::open(&text), Err(IndexError::Absent { .. })));

    let first = index(&text, &[IndexedSample { caption: "first", ..SAMPLE }]);
    assert_eq!(names(dir.path()), ["text"]);

    // The one in place answers until the next is complete, and whoever has it open keeps it.
    std::mem::forget(started(&text));
    assert_eq!(rows(&TextIndex::open(&text).unwrap(), "first"), [0]);
    let second = index(&text, &[IndexedSample { caption: "second", ..SAMPLE }]);
    assert_eq!(names(dir.path()), ["text"]);
    assert_eq!(rows(&first, "first"), [0]);
    assert_eq!(rows(&second, "first"), [0; 0]);
    assert_eq!(rows(&second, "second"), [0]);
}

#[test]
fn opening_writes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let text = dir.path().join("text");
    let opened = index(&text, &[SAMPLE]);
    let before = names(&text);
    assert_eq!(rows(&opened, "verdict:unknown"), [0]);
    assert_eq!(names(&text), before);
    assert!(before.contains(&"index.json".to_owned()));
}

#[test]
fn the_same_samples_give_the_same_files() {
    let dir = tempfile::tempdir().unwrap();
    let samples: Vec<IndexedSample<'_>> =
        ["a cat", "two cats", "黒い猫"].iter().map(|caption| IndexedSample { caption, ..SAMPLE }).collect();
    let contents = |name: &str| {
        let text = dir.path().join(name);
        index(&text, &samples);
        names(&text).into_iter().map(|file| (std::fs::read(text.join(&file)).unwrap(), file)).collect::<Vec<_>>()
    };
    assert_eq!(contents("one"), contents("other"));
}

#[test]
fn foreign_and_future_indexes_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let text = dir.path().join("text");
    index(&text, &[SAMPLE]);
    let mark = text.join("index.json");
    let written = std::fs::read_to_string(&mark).unwrap();
    assert_eq!(
        written,
        "{\n  \"format\": \"sayso-text\",\n  \"version\": 2,\n  \"snapshot\": \"manifest-000001\",\n  \"documents\": 1\n}\n"
    );
    let message = |json: &str| {
        std::fs::write(&mark, json).unwrap();
        TextIndex::open(&text).unwrap_err().to_string().replace(&text.display().to_string(), "DIR")
    };
    assert_eq!(
        message(r#"{"format":"sayso-text","version":4,"shape":[1,2]}"#),
        "the index in `DIR` has version 4 and this program reads up to 3\n\
         hint: rebuild the index with this program, or use the newer one that wrote it"
    );
    for (json, reason) in [
        ("", "`index.json` cannot be read"),
        (r#"{"format":"other","version":1}"#, "`index.json` is of format `other`"),
        (r#"{"format":"sayso-text","version":0}"#, "has version 0"),
        (r#"{"format":"sayso-text","version":1}"#, "`index.json` cannot be read: missing field `snapshot`"),
        (&written.replace("\"documents\": 1", "\"documents\": 2"), "it holds 1 documents and should hold 2"),
    ] {
        let message = message(json);
        assert!(message.contains("is damaged: ") && message.contains(reason), "{message}");
        assert!(message.ends_with("\nhint: rebuild it; everything in it comes from the samples"), "{message}");
    }
}

#[test]
fn lost_and_cut_files_are_reported() {
    let dir = tempfile::tempdir().unwrap();
    let text = dir.path().join("text");
    let opened = index(&text, &[SAMPLE]);
    drop(opened);
    for name in names(&text) {
        let path = text.join(&name);
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
        assert!(matches!(TextIndex::open(&text), Err(IndexError::Damaged { .. })), "{name} cut");
        std::fs::remove_file(&path).unwrap();
        assert!(
            matches!(TextIndex::open(&text), Err(IndexError::Damaged { .. } | IndexError::Absent { .. })),
            "{name} lost"
        );
        std::fs::write(&path, whole).unwrap();
    }
    assert!(TextIndex::open(&text).is_ok());
}

#[test]
fn samples_come_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = TextIndexWriter::create(&dir.path().join("text"), options(64 << 20, 1)).unwrap();
    for (shard, row, is_right) in
        [(0, 5, true), (0, 5, false), (0, 4, false), (1, 0, true), (0, 9, false), (1, 1, true)]
    {
        let added = writer.add(&IndexedSample { shard, row, ..SAMPLE });
        assert_eq!(added.is_ok(), is_right, "{shard} {row}");
        assert!(is_right || matches!(added, Err(IndexError::Order { .. })));
    }
}
