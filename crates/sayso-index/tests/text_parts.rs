//! An index in parts answers as one index over the same samples does, before and after its parts are merged.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod corpus;

use std::path::Path;
use std::sync::Arc;

use corpus::{SAMPLE, options, snapshot};
use proptest::prelude::*;
use sayso_core::{RowMask, Stance};
use sayso_index::{
    Behind, IndexError, IndexedSample, Query, TextIndex, TextIndexWriter, TextPart, TextPartWriter, join_text_parts,
    merge_text_parts,
};

const WORDS: [&str; 8] = ["boat", "hill", "cat", "dawn", "noon", "rain", "船", "école"];
const QUERIES: [&str; 14] = [
    "boat",
    "boat hill",
    "\"hill cat\"",
    "rain",
    "cat -hill",
    "site:example.org",
    "-rain",
    "none",
    "船",
    "ecole",
    "creator:jo",
    "licence:cc",
    "verdict:disallowed boat",
    "verdict:unknown",
];

/// Samples of a shard, with captions that follow from a number.
fn each(shards: &[u32], mut take: impl FnMut(&IndexedSample<'_>)) {
    for (shard, rows) in (0..).zip(shards) {
        for row in 0..*rows {
            let number = (row + 1).wrapping_mul(2_654_435_761).wrapping_add(shard * 97);
            let words: Vec<&str> = (0..5)
                .map(|at| WORDS[(number >> (at * 5)) as usize % WORDS.len()])
                .take(1 + number as usize % 5)
                .collect();
            take(&IndexedSample {
                shard,
                row,
                caption: &words.join(" "),
                creator: number.is_multiple_of(7).then_some("Jo Maker"),
                licence: number.is_multiple_of(5).then_some("https://creativecommons.org/licenses/by/4.0/"),
                verdict: if number.is_multiple_of(3) { Stance::Disallowed } else { Stance::Unknown },
                ..SAMPLE
            });
        }
    }
}

fn whole(dir: &Path, shards: &[u32]) -> TextIndex {
    let mut writer = TextIndexWriter::create(dir, options(1 << 20, 2)).unwrap();
    each(shards, |sample| writer.add(sample).unwrap());
    writer.finish(snapshot()).unwrap();
    TextIndex::open(dir).unwrap()
}

/// Each shard's part is made in a folder of its own, as by other machines.
fn parts(dir: &Path, shards: &[u32]) -> Vec<TextPart> {
    std::fs::create_dir_all(dir).unwrap();
    let elsewhere = dir.with_extension("elsewhere");
    let mut made: Vec<TextPart> = Vec::new();
    let mut writer: Option<(u32, TextPartWriter)> = None;
    let finish = |writer: TextPartWriter| {
        let part = writer.finish().unwrap();
        std::fs::rename(elsewhere.join(&part.file), dir.join(&part.file)).unwrap();
        part
    };
    each(shards, |sample| {
        if writer.as_ref().is_none_or(|(shard, _)| *shard != sample.shard) {
            made.extend(writer.take().map(|(_, writer)| finish(writer)));
            writer =
                Some((sample.shard, TextPartWriter::create(&elsewhere, sample.shard, options(1 << 20, 1)).unwrap()));
        }
        writer.as_mut().unwrap().1.add(sample).unwrap();
    });
    made.extend(writer.take().map(|(_, writer)| finish(writer)));
    assert_eq!(std::fs::read_dir(&elsewhere).unwrap().count(), 0, "something was left");
    made
}

fn joined(dir: &Path, shards: &[u32]) -> TextIndex {
    join_text_parts(dir, parts(dir, shards), snapshot()).unwrap();
    TextIndex::open(dir).unwrap()
}

fn same(one: &TextIndex, other: &TextIndex, removed: &Arc<RowMask>) {
    let (one, other) = (one.clone().without(Arc::clone(removed)), other.clone().without(Arc::clone(removed)));
    assert_eq!((one.documents(), one.snapshot()), (other.documents(), other.snapshot()));
    for text in QUERIES {
        let query = Query::parse(text).unwrap();
        for (offset, limit) in [(0, 10_000), (3, 20), (0, 0)] {
            assert_eq!(
                one.search(&query, offset, limit).unwrap(),
                other.search(&query, offset, limit).unwrap(),
                "{text}"
            );
        }
        let (mut places, mut others) = (Vec::new(), Vec::new());
        one.each(&query, &mut |place| places.push(place)).unwrap();
        other.each(&query, &mut |place| others.push(place)).unwrap();
        assert_eq!(places, others, "{text}");
        let behind = Behind { score: 1.0, place: 40 };
        let behind = |index: &TextIndex| index.search_behind(&query, behind, 30).unwrap();
        assert_eq!(behind(&one), behind(&other), "{text}");
        let in_order = |index: &TextIndex| index.search_in_order(&query, 57, 2, 30).unwrap();
        assert_eq!(in_order(&one), in_order(&other), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn parts_answer_as_one_index_does(
        shards in prop::collection::vec(1_u32..400, 1..9),
        most in 1_usize..6,
        removed in prop::collection::vec(0_u64..1_000, 0..30),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let removed = Arc::new(removed.into_iter().collect::<RowMask>());
        let one = whole(&dir.path().join("whole"), &shards);
        let text = dir.path().join("text");
        let before = joined(&text, &shards);
        same(&one, &before, &removed);
        let merged = merge_text_parts(&text, most).unwrap();
        prop_assert_eq!(merged.before, shards.len());
        prop_assert!(merged.after <= most.min(shards.len()));
        let after = TextIndex::open(&text).unwrap();
        same(&one, &after, &removed);
        // Whoever had it open keeps it as it was.
        same(&one, &before, &removed);
        // Merged parts are merged on.
        merge_text_parts(&text, 1).unwrap();
        same(&one, &TextIndex::open(&text).unwrap(), &removed);
        prop_assert_eq!(merge_text_parts(&text, 1).unwrap().before, 1);
    }
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn the_same_samples_give_the_same_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let (one, other) = (dir.path().join("one"), dir.path().join("other"));
    let shards = [300, 1, 250, 90];
    drop((joined(&one, &shards), joined(&other, &shards)));
    assert_eq!(names(&one), ["00000.part", "00001.part", "00002.part", "00003.part", "index.json"]);
    let same = || {
        assert_eq!(names(&one), names(&other));
        names(&one).iter().for_each(|name| {
            assert!(std::fs::read(one.join(name)).unwrap() == std::fs::read(other.join(name)).unwrap(), "{name}");
        });
    };
    same();
    merge_text_parts(&one, 2).unwrap();
    merge_text_parts(&other, 2).unwrap();
    assert_eq!(names(&one), ["00000-00001.part", "00002-00003.part", "index.json"]);
    same();
}

#[test]
fn a_part_of_another_build_is_removed_when_parts_are_joined() {
    let dir = tempfile::tempdir().unwrap();
    let text = dir.path().join("text");
    let mut made = parts(&text, &[20, 20, 20]);
    made.pop();
    join_text_parts(&text, made, snapshot()).unwrap();
    assert_eq!(names(&text), ["00000.part", "00001.part", "index.json"]);
    assert_eq!(TextIndex::open(&text).unwrap().documents(), 40);
    // One that is built as a whole takes their place.
    whole(&text, &[7]);
    assert!(!names(&text).iter().any(|name| name.ends_with(".part")));
}

#[test]
fn damaged_parts_are_told_and_never_searched() {
    let dir = tempfile::tempdir().unwrap();
    let text = dir.path().join("text");
    drop(joined(&text, &[40, 60]));
    let (part, mark) = (text.join("00001.part"), text.join("index.json"));
    let (bytes, said) = (std::fs::read(&part).unwrap(), std::fs::read_to_string(&mark).unwrap());
    let damaged = |what: &str| match TextIndex::open(&text) {
        Err(IndexError::Damaged { reason, .. }) => assert!(reason.contains("00001.part"), "{what}: {reason}"),
        Err(IndexError::File { source }) => assert!(source.to_string().contains("00001.part"), "{what}: {source}"),
        other => panic!("{what}: {other:?}"),
    };
    std::fs::write(&part, &bytes[..bytes.len() - 1]).unwrap();
    damaged("cut off");
    std::fs::write(&part, b"").unwrap();
    damaged("empty");
    let mut other = bytes.clone();
    *other.last_mut().unwrap() ^= 1;
    std::fs::write(&part, &other).unwrap();
    damaged("another ending");
    // A length of contents that goes beyond the file, and one beyond all bounds.
    for length in [bytes.len() as u64, u64::MAX, 1 << 40, 3] {
        let mut other = bytes.clone();
        let at = other.len() - 16;
        other[at..at + 8].copy_from_slice(&length.to_le_bytes());
        std::fs::write(&part, &other).unwrap();
        damaged("a length that lies");
    }
    std::fs::remove_file(&part).unwrap();
    damaged("missing");
    std::fs::write(&part, &bytes).unwrap();
    for (from, to) in [("\"documents\": 60", "\"documents\": 61"), ("00001.part", "../text/00001.part")] {
        std::fs::write(&mark, said.replacen(from, to, 1)).unwrap();
        damaged(to);
    }
    std::fs::write(&mark, &said).unwrap();
    assert_eq!(TextIndex::open(&text).unwrap().documents(), 100);
}

#[test]
fn a_part_takes_the_samples_of_its_shard_alone() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = TextPartWriter::create(dir.path(), 3, options(1 << 20, 1)).unwrap();
    writer.add(&IndexedSample { shard: 3, row: 0, ..SAMPLE }).unwrap();
    assert!(matches!(writer.add(&IndexedSample { shard: 4, row: 0, ..SAMPLE }), Err(IndexError::Order { .. })));
    drop(writer);
    assert!(names(dir.path()).is_empty(), "{:?}", names(dir.path()));
}
