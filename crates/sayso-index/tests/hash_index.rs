//! The hash index finds what comparing all hashes finds, whatever they are and however it came to be.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::path::Path;

use proptest::prelude::*;
use sayso_core::Pdq;
use sayso_index::{HashHit, HashIndex, HashIndexWriter, IndexError, IndexedHash, SnapshotId};

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn hash(&mut self) -> Pdq {
        let mut bytes = [0; 32];
        bytes.chunks_exact_mut(8).for_each(|chunk| chunk.copy_from_slice(&self.next().to_le_bytes()));
        Pdq::from_bytes(bytes)
    }

    /// A hash with up to `most` bits of `hash` turned.
    fn near(&mut self, hash: &Pdq, most: u64) -> Pdq {
        let mut bytes = *hash.as_bytes();
        for _ in 0..self.below(most + 1) {
            let bit = self.below(256) as usize;
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
        Pdq::from_bytes(bytes)
    }
}

/// Hashes as pictures of the web have them: some by themselves, some near others, some of which there are many.
fn hashes(dice: &mut Dice, count: usize, spread: u64) -> Vec<Pdq> {
    let families: Vec<Pdq> = (0..count / 50 + 1).map(|_| dice.hash()).collect();
    let one = |_| match dice.below(10) {
        0..4 => dice.hash(),
        4..6 => families[0],
        6 => dice.near(&families[0], spread),
        _ => {
            let family = families[dice.below(families.len() as u64) as usize];
            dice.near(&family, spread)
        }
    };
    (0..count).map(one).collect()
}

/// The place of a number: shards of 1,000 rows, of which every second has a hash.
fn place(number: usize) -> (u32, u32) {
    (u32::try_from(number / 500).unwrap(), u32::try_from(number % 500 * 2).unwrap())
}

fn add(writer: &mut HashIndexWriter, from: usize, hashes: &[Pdq]) {
    for (number, hash) in (from..).zip(hashes) {
        let (shard, row) = place(number);
        writer.add(&IndexedHash { shard, row, hash: *hash, quality: 100 }).unwrap();
    }
}

fn snapshot() -> SnapshotId {
    SnapshotId("manifest-000001".to_owned())
}

fn index(dir: &Path, hashes: &[Pdq], memory_bytes: usize) -> HashIndex {
    let mut writer = HashIndexWriter::create(dir, memory_bytes).unwrap();
    add(&mut writer, 0, hashes);
    writer.finish(snapshot()).unwrap();
    HashIndex::open(dir).unwrap()
}

fn compared(hashes: &[Pdq], wanted: &Pdq, distance: u32) -> Vec<HashHit> {
    let hit = |(number, hash): (usize, &Pdq)| {
        let (shard, row) = place(number);
        HashHit { distance: hash.distance(wanted), shard, row }
    };
    let mut hits: Vec<_> = hashes.iter().enumerate().map(hit).filter(|hit| hit.distance <= distance).collect();
    hits.sort_unstable();
    hits
}

#[track_caller]
fn assert_equal(index: &HashIndex, hashes: &[Pdq], wanted: &Pdq, distance: u32) {
    let expected = compared(hashes, wanted, distance);
    let answer = index.find(wanted, distance, usize::MAX, &|_, _| false).unwrap();
    assert_eq!(answer.total, expected.len() as u64);
    assert!(answer.hits == expected, "{distance}: {:?} is not {expected:?}", answer.hits);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]

    #[test]
    fn it_finds_what_comparing_all_finds(
        seed in any::<u64>(),
        count in prop_oneof![0_usize..40, 16_000_usize..17_000, 30_000_usize..40_000],
        spread in prop_oneof![Just(4_u64), Just(31), Just(90)],
    ) {
        let mut dice = Dice(seed);
        let hashes = hashes(&mut dice, count, spread);
        let dir = tempfile::tempdir().unwrap();
        let index = index(&dir.path().join("hash"), &hashes, 1 << 20);
        prop_assert_eq!(index.hashes(), count as u64);
        for distance in [0, 1, 9, 15, 16, 24, 31, 31, 31, 32, 40, 47, 48, 256] {
            let near = hashes.get(dice.below(count.max(1) as u64) as usize).map(|hash| dice.near(hash, 40));
            let wanted = near.unwrap_or_else(|| dice.hash());
            assert_equal(&index, &hashes, &wanted, distance);
            let far = dice.hash();
            assert_equal(&index, &hashes, &far, distance);
        }
    }

    #[test]
    fn bytes_from_anywhere_are_an_error_or_an_answer(
        seed in any::<u64>(),
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40),
    ) {
        let mut dice = Dice(seed);
        let hashes = hashes(&mut dice, 16_400, 31);
        let dir = tempfile::tempdir().unwrap();
        let place = dir.path().join("hash");
        drop(index(&place, &hashes, 1 << 20));
        let file = place.join("00000.hashes");
        let mut bytes = std::fs::read(&file).unwrap();
        for (at, byte) in places {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        std::fs::write(&file, &bytes).unwrap();
        if let Ok(index) = HashIndex::open(&place) {
            for hash in hashes.iter().step_by(997) {
                // It may find less than it should; it neither panics nor finds what is not near.
                if let Ok(answer) = index.find(hash, 31, 50, &|_, _| false) {
                    prop_assert!(answer.hits.len() <= 50 && answer.hits.iter().all(|hit| hit.distance <= 31));
                }
            }
        }
    }
}

#[test]
fn what_is_added_later_is_found_and_parts_are_merged() {
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().join("hash");
    let mut dice = Dice(11);
    let hashes = hashes(&mut dice, 24_000, 31);
    let mut known = 4_000;
    drop(index(&place, &hashes[..known], 1 << 20));
    let mut most_parts = 0;
    while known < hashes.len() {
        let older = HashIndex::open(&place).unwrap();
        let mut writer = HashIndexWriter::append(&place, 1 << 20).unwrap();
        add(&mut writer, known, &hashes[known..known + 2_000]);
        writer.finish(SnapshotId(format!("{known}"))).unwrap();
        // Whoever has it open goes on with what was there.
        assert_equal(&older, &hashes[..known], &hashes[known - 1], 31);
        known += 2_000;
        let index = HashIndex::open(&place).unwrap();
        assert_eq!(index.hashes(), known as u64);
        for hash in hashes[..known].iter().step_by(1_777) {
            let wanted = dice.near(hash, 31);
            assert_equal(&index, &hashes[..known], &wanted, 31);
        }
        most_parts = most_parts.max(parts(&place));
    }
    assert_eq!(most_parts, 8);
    assert!(parts(&place) < 8, "{} parts", parts(&place));
    // Nothing was added: the index is of another snapshot, and the same.
    let before = parts(&place);
    HashIndexWriter::append(&place, 1 << 20).unwrap().finish(SnapshotId("last".to_owned())).unwrap();
    let index = HashIndex::open(&place).unwrap();
    assert_eq!((index.snapshot().0.as_str(), index.hashes(), parts(&place)), ("last", 24_000, before));
    // Rows of shards that are there already were numbered.
    let mut writer = HashIndexWriter::append(&place, 1 << 20).unwrap();
    let again = IndexedHash { shard: 3, row: 5_000, hash: hashes[0], quality: 100 };
    assert!(matches!(writer.add(&again), Err(IndexError::Order { shard: 3, row: 5_000 })));
}

fn parts(place: &Path) -> usize {
    let names = std::fs::read_dir(place).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.ends_with(".hashes")).count()
}

#[test]
fn what_is_gone_is_neither_found_nor_counted() {
    let dir = tempfile::tempdir().unwrap();
    let mut dice = Dice(5);
    let hash = dice.hash();
    let hashes: Vec<Pdq> = (0..20_000).map(|number| if number % 4 == 0 { hash } else { dice.hash() }).collect();
    let index = index(&dir.path().join("hash"), &hashes, 1 << 20);
    let answer = index.find(&hash, 31, 3, &|_, _| false).unwrap();
    let first: Vec<_> = answer.hits.iter().map(|hit| (hit.distance, hit.shard, hit.row)).collect();
    assert_eq!((answer.total, first), (5_000, vec![(0, 0, 0), (0, 0, 8), (0, 0, 16)]));
    let answer = index.find(&hash, 31, 2, &|shard, row| shard < 39 || row == 0).unwrap();
    let first: Vec<_> = answer.hits.iter().map(|hit| (hit.distance, hit.shard, hit.row)).collect();
    assert_eq!((answer.total, first), (124, vec![(0, 39, 8), (0, 39, 16)]));
    assert_eq!(index.find(&hash, 31, 0, &|_, _| false).unwrap().hits, []);
}

#[test]
fn plain_pictures_are_left_out() {
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().join("hash");
    let mut writer = HashIndexWriter::create(&place, 1 << 20).unwrap();
    let hash = Dice(1).hash();
    for (row, quality) in [(0, 49), (1, 50), (2, 0), (3, 100)] {
        writer.add(&IndexedHash { shard: 0, row, hash, quality }).unwrap();
    }
    for (shard, row) in [(0, 3), (0, 2)] {
        let late = writer.add(&IndexedHash { shard, row, hash, quality: 100 });
        assert!(matches!(late, Err(IndexError::Order { .. })), "{shard} {row}");
    }
    // A number has 32 bits.
    let far = writer.add(&IndexedHash { shard: 1, row: u32::MAX - 3, hash, quality: 100 });
    assert!(matches!(far, Err(IndexError::Order { .. })));
    writer.finish(snapshot()).unwrap();
    let index = HashIndex::open(&place).unwrap();
    let rows: Vec<u32> = index.find(&hash, 31, 9, &|_, _| false).unwrap().hits.iter().map(|hit| hit.row).collect();
    assert_eq!((index.hashes(), index.too_plain(), rows), (2, 2, vec![1, 3]));
}

#[test]
fn memory_and_parts_leave_no_trace() {
    let dir = tempfile::tempdir().unwrap();
    let hashes = hashes(&mut Dice(3), 20_000, 31);
    let bytes = |name: &str, memory_bytes| {
        let place = dir.path().join(name);
        drop(index(&place, &hashes, memory_bytes));
        assert_eq!(parts(&place), 1);
        (std::fs::read(place.join("00000.hashes")).unwrap(), std::fs::read(place.join("index.json")).unwrap())
    };
    assert_eq!(bytes("large", 64 << 20), bytes("small", 0));
}

#[test]
fn an_index_takes_less_than_80_bytes_a_hash() {
    let dir = tempfile::tempdir().unwrap();
    // Where tables begin, and where they are worst filled.
    for count in [16_384, 16_385, 32_767] {
        let place = dir.path().join(count.to_string());
        let mut dice = Dice(count);
        let hashes: Vec<Pdq> = (0..count).map(|_| dice.hash()).collect();
        drop(index(&place, &hashes, 1 << 20));
        let files = std::fs::read_dir(&place).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len());
        let bytes = files.sum::<u64>() as f64 / count as f64;
        assert!(bytes < 80.0, "{count}: {bytes}");
    }
}
