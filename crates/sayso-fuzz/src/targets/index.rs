//! An index whose files somebody changed answers with places that the dataset has, in order, or says that it is damaged;
//! one in which nothing changed answers as before.
//!
//! The first byte of the input says which index; every five bytes behind it, which file, where, and what is put there.

#![expect(clippy::expect_used, reason = "what the target makes for itself cannot fail")]

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::OnceLock;

use sayso_core::{EmbedderId, FeatureQuery, Features, Keypoint, Modality, Pdq, Uid};
use sayso_index::vector::{Nearby, VectorIndex, VectorIndexOptions, VectorSource, write_vector_index};
use sayso_index::{
    FeatureIndex, FeatureIndexWriter, HashIndex, HashIndexWriter, IndexedHash, SnapshotId, UidIndex, write_uids,
};

use super::Target;

pub(super) const TARGET: Target = Target {
    name: "index",
    assert,
    mutations: 2_500,
    words: &[
        "\u{0}\u{0}\u{0}\u{0}\u{0}",
        "\u{1}\u{0}\u{0}\u{8}\u{7f}",
        "\u{2}\u{0}\u{0}\u{10}\u{0}",
        "\u{3}\u{1}\u{0}\u{0}\u{7f}",
    ],
};

/// Rows of the dataset that the indexes are of: one shard.
const ROWS: u32 = 64;

const DIMENSION: u32 = 16;

/// What an index answers: a place, and how near it is.
type Answer = Vec<(u32, u32, f64)>;

/// An index, as its files and how it is asked. The answer is nothing where the index says that it is damaged.
struct Kind {
    files: Vec<(String, Vec<u8>)>,
    ask: fn(&Path) -> Option<Answer>,
    answer: Answer,
}

fn assert(input: &[u8]) {
    static KINDS: OnceLock<Vec<Kind>> = OnceLock::new();
    let kinds = KINDS.get_or_init(kinds);
    let Some((which, edits)) = input.split_first() else { return };
    let Some(kind) = kinds.get(usize::from(*which) % kinds.len().max(1)) else { return };
    let mut files = kind.files.clone();
    for edit in edits.chunks_exact(5) {
        let [file, high, middle, low, value] = *edit else { continue };
        let number = usize::from(file & 0x7f) % files.len().max(1);
        let Some((_, bytes)) = files.get_mut(number) else { continue };
        let at = usize::from(high) << 16 | usize::from(middle) << 8 | usize::from(low);
        if file & 0x80 != 0 {
            bytes.truncate(at % (bytes.len() + 1));
        } else if let Some(byte) = at.checked_rem(bytes.len()).and_then(|at| bytes.get_mut(at)) {
            *byte = value;
        }
    }
    let is_changed = files != kind.files;
    let dir = written(&files);
    let answer = (kind.ask)(dir.path());
    match answer {
        Some(answer) => {
            let is_known = |(shard, row, _): &(u32, u32, f64)| *shard == 0 && *row < ROWS;
            // What an index says of uids and pictures is checked against the samples themselves by whoever reads them.
            assert!(is_changed || answer.iter().all(is_known), "{answer:?}");
            assert!(answer.is_sorted_by(|a, b| a.2 <= b.2 || a.2.is_nan() || b.2.is_nan()), "{answer:?}");
            assert!(is_changed || answer == kind.answer, "{answer:?} and not {:?}", kind.answer);
        }
        None => assert!(is_changed, "an index in which nothing changed is damaged"),
    }
}

fn written(files: &[(String, Vec<u8>)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder for an index");
    for (name, bytes) in files {
        std::fs::write(dir.path().join(name), bytes).expect("room for an index");
    }
    dir
}

fn kinds() -> Vec<Kind> {
    let kind = |make: fn(&Path), ask: fn(&Path) -> Option<Answer>| {
        let dir = tempfile::tempdir().expect("a folder for an index");
        let place = dir.path().join("index");
        make(&place);
        let entries = std::fs::read_dir(&place).expect("an index has a folder").flatten();
        let mut files: Vec<_> = entries
            .map(|entry| (entry.file_name().to_string_lossy().into_owned(), std::fs::read(entry.path())))
            .map(|(name, bytes)| (name, bytes.expect("an index can be read")))
            .collect();
        files.sort();
        let answer = ask(&place).expect("an index that was just made is whole");
        assert!(!answer.is_empty());
        Kind { files, ask, answer }
    };
    vec![
        kind(make_hashes, ask_hashes),
        kind(make_features, ask_features),
        kind(make_uids, ask_uids),
        kind(make_vectors, ask_vectors),
    ]
}

/// Bytes that look like chance and are the same every time.
fn chance(seed: u32, number: u32) -> [u8; 32] {
    let mut bytes = [0; 32];
    let mut state = u64::from(seed) << 32 | u64::from(number);
    for chunk in bytes.chunks_exact_mut(8) {
        // SplitMix64.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        chunk.copy_from_slice(&(mixed ^ mixed >> 31).to_le_bytes());
    }
    bytes
}

fn snapshot() -> SnapshotId {
    SnapshotId("1-abc".to_owned())
}

fn hash(row: u32) -> Pdq {
    // Half of them near one another.
    let mut bytes = chance(1, if row.is_multiple_of(2) { 0 } else { row });
    if let Some(byte) = bytes.get_mut(row as usize % 32) {
        *byte ^= 1;
    }
    Pdq::from_bytes(bytes)
}

fn make_hashes(dir: &Path) {
    let mut writer = HashIndexWriter::create(dir, 1 << 20).expect("a hash index begins");
    for row in 0..ROWS {
        writer.add(&IndexedHash { shard: 0, row, hash: hash(row), quality: 100 }).expect("a hash is added");
    }
    writer.finish(snapshot()).expect("a hash index ends");
}

fn ask_hashes(dir: &Path) -> Option<Answer> {
    let index = HashIndex::open(dir).ok()?;
    let answer = index.find(&hash(0), 31, 20, &|_, _| false).ok()?;
    assert!(answer.total >= answer.hits.len() as u64 && answer.hits.len() <= 20);
    assert!(answer.hits.iter().all(|hit| hit.distance <= 31));
    Some(answer.hits.iter().map(|hit| (hit.shard, hit.row, f64::from(hit.distance))).collect())
}

fn picture(row: u32) -> Features {
    let keypoint = |number: u32| {
        let bytes = chance(row + 2, number);
        let part = |at: usize, of: f32| f32::from(bytes.get(at).copied().unwrap_or(0)) / 256.0 * of;
        let bits = bytes.get(16..).and_then(|bits| bits.try_into().ok()).map_or(0, u128::from_le_bytes);
        Keypoint::new(part(0, 1000.0), part(1, 700.0), part(2, 6.0), 4.0 + part(3, 40.0), bits)
    };
    Features::new(1024, 700, (0..20).map(keypoint).collect())
}

fn make_features(dir: &Path) {
    let mut writer = FeatureIndexWriter::create(dir).expect("a feature index begins");
    (0..ROWS).for_each(|row| writer.add(0, row, &picture(row)).expect("a picture is added"));
    writer.finish(snapshot()).expect("a feature index ends");
}

fn ask_features(dir: &Path) -> Option<Answer> {
    let index = FeatureIndex::open(dir).ok()?;
    let answer = index.find(&FeatureQuery::new(picture(7), Vec::new()), 0.0, 10, &|_, _| false);
    Some(answer.hits.iter().map(|hit| (hit.shard, hit.row, -f64::from(hit.score))).collect())
}

fn uid(row: u32) -> Uid {
    let hex: Vec<String> = chance(3, row).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    hex.concat().parse().expect("thirty-two digits are a uid")
}

fn make_uids(dir: &Path) {
    std::fs::create_dir(dir).expect("a folder for uids");
    let mut rows: Vec<_> = (0..ROWS).map(|row| (uid(row), row)).collect();
    write_uids(dir, 0, &mut rows).expect("uids are written");
}

fn ask_uids(dir: &Path) -> Option<Answer> {
    let index = UidIndex::open(dir, 1).ok()?;
    let mut answer = Vec::new();
    for row in [0, 7, ROWS - 1, ROWS] {
        answer.extend(index.find(uid(row)).ok()?.map(|(shard, row)| (shard, row, 0.0)));
    }
    Some(answer)
}

struct Cloud;

fn vector(number: u32) -> Vec<f32> {
    chance(4, number).iter().take(DIMENSION as usize).map(|byte| f32::from(*byte) - 127.5).collect()
}

impl VectorSource for Cloud {
    fn vectors(&self) -> usize {
        ROWS as usize
    }

    fn read(&self, number: usize, into: &mut [f32]) -> std::io::Result<()> {
        into.copy_from_slice(&vector(u32::try_from(number).unwrap_or(0)));
        Ok(())
    }

    fn place(&self, number: usize) -> (u32, u32) {
        (0, u32::try_from(number).unwrap_or(0))
    }
}

const VECTORS: &str = "image.vec";

fn make_vectors(dir: &Path) {
    std::fs::create_dir(dir).expect("a folder for vectors");
    let options = VectorIndexOptions {
        embedder: EmbedderId::new("made-up", DIMENSION, None).expect("a name of an embedder"),
        modality: Modality::Image,
        snapshot: snapshot(),
        memory_bytes: 1 << 20,
        threads: NonZeroUsize::MIN,
    };
    write_vector_index(&dir.join(VECTORS), &options, &Cloud).expect("vectors are written");
}

fn ask_vectors(dir: &Path) -> Option<Answer> {
    let index = VectorIndex::open(&dir.join(VECTORS)).ok()?;
    let nearby = Nearby { limit: 10, cells: VectorIndex::USUAL_CELLS, keep: &|_, _| true };
    let hits = index.nearest(&vector(5), &nearby).ok()?;
    assert!(hits.len() <= 10);
    Some(hits.iter().map(|hit| (hit.shard, hit.row, -f64::from(hit.similarity))).collect())
}
