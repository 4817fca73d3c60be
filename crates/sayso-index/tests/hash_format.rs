//! The bytes of the hash index, as docs/specs/hashes.md has them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::path::Path;

use sayso_core::Pdq;
use sayso_index::{HashIndex, HashIndexWriter, IndexError, IndexedHash, SnapshotId};

/// A part of three hashes, two of them equal, written by the first version.
const PART: &str = concat!(
    "534159534f504451", // SAYSOPDQ
    "0100000000000000", // version 1, no tables
    "0300000000000000", // three hashes
    "0200000000000000", // two distinct ones
    "0000000000000000000000000000000000000000000000000000000000000001",
    "0000000000000000000000000000000000000000000000000000000000000001",
    "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22",
    "01000000", // row 1 of shard 0
    "04000000", // row 2 of shard 1, before which 2 are numbered
    "00000000", // row 0 of shard 0
);

const MARK: &str = r#"{
  "format": "sayso-hash",
  "version": 1,
  "snapshot": "1-abc",
  "hashes": 3,
  "too_plain": 1,
  "shards": [
    2,
    3
  ],
  "parts": [
    {
      "file": "00000.hashes",
      "hashes": 3
    }
  ]
}
"#;

fn bytes() -> Vec<u8> {
    PART.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn one() -> Pdq {
    "0000000000000000000000000000000000000000000000000000000000000001".parse().unwrap()
}

fn write(dir: &Path) {
    let mut writer = HashIndexWriter::create(dir, 0).unwrap();
    let other = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22".parse().unwrap();
    for (shard, row, hash, quality) in [(0, 0, other, 50), (0, 1, one(), 100), (1, 0, one(), 3), (1, 2, one(), 90)] {
        writer.add(&IndexedHash { shard, row, hash, quality }).unwrap();
    }
    writer.finish(SnapshotId("1-abc".to_owned())).unwrap();
}

#[test]
fn version_1_is_written_as_ever() {
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().join("hash");
    write(&place);
    assert_eq!(std::fs::read(place.join("00000.hashes")).unwrap(), bytes());
    assert_eq!(std::fs::read_to_string(place.join("index.json")).unwrap(), MARK);
}

#[test]
fn version_1_is_read_as_ever() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("00000.hashes"), bytes()).unwrap();
    std::fs::write(dir.path().join("index.json"), MARK).unwrap();
    let index = HashIndex::open(dir.path()).unwrap();
    let hits = index.find(&one(), 31, 10, &|_, _| false).unwrap().hits;
    let places: Vec<_> = hits.iter().map(|hit| (hit.distance, hit.shard, hit.row)).collect();
    assert_eq!((places, index.too_plain()), (vec![(0, 0, 1), (0, 1, 2)], 1));
}

/// The tables of a larger part take a megabyte; their digest stands for them.
#[test]
fn tables_are_written_as_ever() {
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().join("hash");
    let mut writer = HashIndexWriter::create(&place, 1 << 20).unwrap();
    let mut state = 1_u64;
    for row in 0..20_000 {
        let mut hash = [0; 32];
        for byte in &mut hash {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = state.to_be_bytes()[0];
        }
        writer.add(&IndexedHash { shard: 0, row, hash: Pdq::from_bytes(hash), quality: 100 }).unwrap();
    }
    writer.finish(SnapshotId("1-abc".to_owned())).unwrap();
    let bytes = std::fs::read(place.join("00000.hashes")).unwrap();
    assert_eq!(bytes.len(), 1_348_192);
    let digest = blake3::hash(&bytes).to_hex();
    assert_eq!(digest.as_str(), "65e0a575e8bbeab4bcb54e7b502d0f0e6379ee06e3bb0dc611bf71b13e48ad89");
}

#[test]
fn what_cannot_be_right_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let (part, mark) = (dir.path().join("00000.hashes"), dir.path().join("index.json"));
    std::fs::write(&part, bytes()).unwrap();
    std::fs::write(&mark, MARK).unwrap();
    let changed = |at: usize, byte: u8| {
        let mut bytes = bytes();
        bytes[at] = byte;
        bytes
    };
    let reason = || match HashIndex::open(dir.path()) {
        Ok(index) => index.find(&one(), 31, 10, &|_, _| false).unwrap_err().to_string(),
        Err(error) => error.to_string(),
    };
    for (bytes, expected) in [
        (Vec::new(), "has no header"),
        (bytes()[..31].to_vec(), "has no header"),
        (bytes()[..139].to_vec(), "longer or shorter"),
        ([bytes(), vec![0]].concat(), "longer or shorter"),
        (changed(0, b's'), "no part of a hash index"),
        (changed(8, 2), "a version that this program does not read"),
        (changed(9, 17), "cannot be right"),
        (changed(9, 16), "longer or shorter"),
        (changed(10, 1), "cannot be right"),
        (changed(24, 4), "cannot be right"),
        (changed(23, 1), "more hashes than any has"),
        (changed(128, 5), "leads to where nothing is"),
        (changed(131, 255), "leads to where nothing is"),
    ] {
        std::fs::write(&part, bytes).unwrap();
        let reason = reason();
        assert!(reason.contains(expected) && reason.contains("00000.hashes"), "{expected}: {reason}");
    }
    std::fs::write(&part, bytes()).unwrap();
    for (from, to, expected) in [
        ("\"hashes\": 3,\n  \"too", "\"hashes\": 4,\n  \"too", "as many hashes"),
        ("00000.hashes", "../../x.hashes", "names a part that is none"),
        ("00000.hashes", "00001.hashes", "00001.hashes"),
        ("    3\n", "    4294967295\n", "more rows than can be numbered"),
        ("    2,\n    3", "    2", "leads to where nothing is"),
        ("sayso-hash", "sayso-text", "is of format `sayso-text`"),
        ("\"version\": 1", "\"version\": 0", "version 0"),
    ] {
        assert!(MARK.contains(from), "{from}");
        std::fs::write(&mark, MARK.replace(from, to)).unwrap();
        let reason = reason();
        assert!(reason.contains(expected), "{expected}: {reason}");
    }
    std::fs::write(&mark, MARK.replace("\"version\": 1", "\"version\": 2")).unwrap();
    assert!(matches!(HashIndex::open(dir.path()), Err(IndexError::Future { version: 2, supported: 1, .. })));
    std::fs::remove_file(&mark).unwrap();
    assert!(matches!(HashIndex::open(dir.path()), Err(IndexError::Absent { .. })));
}
