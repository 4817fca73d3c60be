#![allow(dead_code, clippy::unwrap_used, reason = "each test file uses the part of this it needs")]

use std::num::NonZeroUsize;
use std::path::Path;

use sayso_core::Stance;
use sayso_index::{IndexedSample, Query, SnapshotId, TextIndex, TextIndexOptions, TextIndexWriter};

pub(crate) const SAMPLE: IndexedSample<'static> = IndexedSample {
    shard: 0,
    row: 0,
    caption: "",
    creator: None,
    licence: None,
    verdict: Stance::Unknown,
    language: None,
    steps: &[],
    picture_host: "cdn.example.org",
    domain: "example.org",
    page_host: "www.example.net",
    page_domain: "example.net",
};

pub(crate) fn options(memory_bytes: usize, threads: usize) -> TextIndexOptions {
    TextIndexOptions { memory_bytes, threads: NonZeroUsize::new(threads).unwrap() }
}

pub(crate) fn snapshot() -> SnapshotId {
    SnapshotId("manifest-000001".to_owned())
}

/// Builds an index of the samples, numbering their rows, and opens it.
pub(crate) fn index(dir: &Path, samples: &[IndexedSample<'_>]) -> TextIndex {
    let mut writer = TextIndexWriter::create(dir, options(64 << 20, 1)).unwrap();
    for (row, sample) in (0..).zip(samples) {
        writer.add(&IndexedSample { row, ..*sample }).unwrap();
    }
    writer.finish(snapshot()).unwrap();
    TextIndex::open(dir).unwrap()
}

/// The rows that a query finds, in the order in which it finds them.
pub(crate) fn rows(index: &TextIndex, query: &str) -> Vec<u32> {
    let found = index.search(&Query::parse(query).unwrap(), 0, 1_000).unwrap();
    assert_eq!(found.total, found.hits.len() as u64, "{query}");
    found.hits.iter().map(|hit| hit.row).collect()
}

/// The same, in the order of rows.
pub(crate) fn sorted_rows(index: &TextIndex, query: &str) -> Vec<u32> {
    let mut rows = rows(index, query);
    rows.sort_unstable();
    rows
}
