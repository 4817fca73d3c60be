//! The feature index, from its folder: what is found, what is not, and what damage does.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

use sayso_core::{FeatureQuery, Features, Keypoint};
use sayso_index::{FeatureHit, FeatureIndex, FeatureIndexWriter, IndexError, SnapshotId};

/// Numbers that look like chance and are the same every time.
fn chance(seed: u64) -> impl FnMut() -> u64 {
    let mut state = seed;
    move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }
}

/// Eighty keypoints at random.
fn picture(seed: u64) -> Features {
    let mut chance = chance(seed);
    let mut part = |of: f32| (chance() % 4096) as f32 / 4096.0 * of;
    let places: Vec<_> = (0..80).map(|_| (part(1000.0), part(700.0), part(6.0), 4.0 + part(40.0))).collect();
    let mut chance = self::chance(seed ^ 1 << 40);
    let mut bits = || u128::from(chance()) << 64 | u128::from(chance());
    let keypoints = places.into_iter().map(|(x, y, angle, size)| Keypoint::new(x, y, angle, size, bits()));
    Features::new(1024, 700, keypoints.collect())
}

/// As it is found in another picture: turned, scaled, moved, a few bits changed, and only what lies in the left `part`.
fn copied(features: &Features, angle: f32, scale: f32, part: f32) -> FeatureQuery {
    let (sin, cos) = angle.sin_cos();
    let copy = |(number, keypoint): (usize, &Keypoint)| {
        let (x, y) = (keypoint.x() * scale, keypoint.y() * scale);
        let turned = f32::from(keypoint.turn()) / 64.0 * std::f32::consts::TAU + angle;
        let size = (f32::from(keypoint.step()) / 8.0).exp2() * scale;
        let bits = keypoint.bits() ^ 0b11 << (40 + number);
        Keypoint::new(x * cos - y * sin + 300.0, x * sin + y * cos + 100.0, turned, size, bits)
    };
    let kept = features.keypoints().iter().enumerate().filter(|(_, keypoint)| keypoint.x() < part * 1024.0);
    FeatureQuery::new(Features::new(1024, 1024, kept.map(copy).collect()), Vec::new())
}

fn snapshot() -> SnapshotId {
    SnapshotId("manifest-000001.json".to_owned())
}

fn index(dir: &Path, pictures: u32) -> FeatureIndex {
    let mut writer = FeatureIndexWriter::create(dir).unwrap();
    (0..pictures).for_each(|row| writer.add(row / 100, row % 100, &picture(u64::from(row))).unwrap());
    writer.finish(snapshot()).unwrap();
    FeatureIndex::open(dir).unwrap()
}

fn places(hits: &[FeatureHit]) -> Vec<(u32, u32)> {
    hits.iter().map(|hit| (hit.shard, hit.row)).collect()
}

#[test]
fn a_part_that_is_turned_and_scaled_is_found_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let index = index(&dir.path().join("features"), 300);
    assert_eq!((index.pictures(), index.keypoints()), (300, 24_000));
    for row in [0_u32, 99, 100, 299] {
        let hits = index.find(&copied(&picture(u64::from(row)), 0.6, 0.5, 0.4), 0.0, 10, &|_, _| false).hits;
        assert_eq!(places(&hits), [(row / 100, row % 100)]);
        let hit = &hits[0];
        assert!(hit.score > FeatureHit::SURE && !hit.mirrored && hit.agreeing > 15, "{hit:?}");
        assert!((hit.frame.scale() - 0.5).abs() < 0.05, "{hit:?}");
        assert!(hit.found.left < 0.1 && (0.2..0.45).contains(&hit.found.right), "{hit:?}");
    }
}

#[test]
fn a_mirror_image_is_found_and_said_to_be_one() {
    let dir = tempfile::tempdir().unwrap();
    let index = index(&dir.path().join("features"), 50);
    let mirrored = FeatureQuery::new(picture(7).mirrored(), Vec::new());
    let hits = index.find(&mirrored, 0.0, 10, &|_, _| false).hits;
    assert_eq!(places(&hits), [(0, 7)]);
    assert!(hits[0].mirrored && hits[0].sought.left < 0.1 && hits[0].sought.right > 0.9, "{:?}", hits[0]);
}

#[test]
fn rows_that_are_gone_are_not_found() {
    let dir = tempfile::tempdir().unwrap();
    let index = index(&dir.path().join("features"), 120);
    let query = FeatureQuery::new(picture(110), Vec::new());
    assert_eq!(places(&index.find(&query, 0.0, 10, &|_, _| false).hits), [(1, 10)]);
    assert!(index.find(&query, 0.0, 10, &|shard, row| (shard, row) == (1, 10)).hits.is_empty());
    assert!(index.find(&query, 0.0, 0, &|_, _| false).hits.is_empty());
    assert!(index.find(&query, 1e6, 10, &|_, _| false).hits.is_empty());
}

#[test]
fn what_is_appended_is_found_beside_what_was_there() {
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().join("features");
    drop(index(&place, 20));
    let mut writer = FeatureIndexWriter::append(&place).unwrap();
    writer.add(5, 3, &picture(1000)).unwrap();
    writer.add(5, 4, &Features::new(1024, 1024, Vec::new())).unwrap();
    writer.finish(SnapshotId("manifest-000002.json".to_owned())).unwrap();
    let index = FeatureIndex::open(&place).unwrap();
    assert_eq!((index.pictures(), index.snapshot().0.as_str()), (21, "manifest-000002.json"));
    for (seed, place) in [(1000, (5, 3)), (19, (0, 19))] {
        let query = FeatureQuery::new(picture(seed), Vec::new());
        assert_eq!(places(&index.find(&query, 0.0, 10, &|_, _| false).hits), [place]);
    }
}

#[test]
fn equal_features_give_equal_files() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["a", "b"] {
        index(&dir.path().join(name), 40);
    }
    let read = |name: &str| std::fs::read(dir.path().join(name).join("00000.features")).unwrap();
    assert_eq!(read("a"), read("b"));
}

#[test]
fn an_empty_index_and_an_empty_query_find_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let empty = index(&dir.path().join("empty"), 0);
    assert!(empty.find(&FeatureQuery::new(picture(1), Vec::new()), 0.0, 10, &|_, _| false).hits.is_empty());
    let some = index(&dir.path().join("some"), 5);
    let nothing = FeatureQuery::new(Features::new(1024, 1, Vec::new()), Vec::new());
    assert!(some.find(&nothing, 0.0, 10, &|_, _| false).hits.is_empty());
    assert!(matches!(FeatureIndex::open(&dir.path().join("none")), Err(IndexError::Absent { .. })));
}

#[test]
fn a_damaged_index_is_refused_or_finds_less_and_never_panics() {
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().join("features");
    drop(index(&place, 10));
    let part = place.join("00000.features");
    let bytes = std::fs::read(&part).unwrap();
    for length in [0, 7, 31, 32, 200, bytes.len() - 1] {
        std::fs::write(&part, &bytes[..length]).unwrap();
        assert!(matches!(FeatureIndex::open(&place), Err(IndexError::Damaged { .. })), "{length}");
    }
    let query = FeatureQuery::new(picture(3), Vec::new());
    for at in (0..24).chain((32..bytes.len()).step_by(13)) {
        let mut changed = bytes.clone();
        changed[at] ^= 0xff;
        std::fs::write(&part, &changed).unwrap();
        match FeatureIndex::open(&place) {
            Err(IndexError::Damaged { .. }) => {}
            Err(error) => unreachable!("{error}"),
            Ok(index) => {
                assert!(at >= 24, "byte {at} of the header was changed");
                assert!(index.find(&query, 0.0, 10, &|_, _| false).hits.len() <= 10);
            }
        }
    }
}

#[test]
fn keypoints_that_are_all_alike_end() {
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().join("features");
    let keypoint = |at: u32| Keypoint::new(at as f32, at as f32, 0.0, 4.0, 0);
    let alike = Features::new(1024, 1024, (0..1024).map(keypoint).collect());
    let mut writer = FeatureIndexWriter::create(&place).unwrap();
    (0..20).for_each(|row| writer.add(0, row, &alike).unwrap());
    writer.finish(snapshot()).unwrap();
    let index = FeatureIndex::open(&place).unwrap();
    let hits = index.find(&FeatureQuery::new(alike, Vec::new()), 0.0, 50, &|_, _| false).hits;
    assert!(hits.len() <= 20);
}
