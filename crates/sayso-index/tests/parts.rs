//! What features and hashes lead to is checked by all that is stored of it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::path::Path;

use sayso_core::{FeatureQuery, Features, Keypoint, Likeness, Pdq};
use sayso_index::{FeatureIndex, FeatureIndexWriter, NearPicture, PartCheck, PartHit, SnapshotId, StoredPicture};

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

/// Sixty keypoints at random, the first of which are those of another picture.
fn picture(seed: u64, shared: &[Keypoint]) -> Features {
    let mut chance = chance(seed);
    let mut keypoints = shared.to_vec();
    while keypoints.len() < 60 {
        let mut part = |of: f32| (chance() % 4096) as f32 / 4096.0 * of;
        let (x, y, angle, size) = (part(1000.0), part(700.0), part(6.0), 4.0 + part(40.0));
        let bits = u128::from(chance()) << 64 | u128::from(chance());
        keypoints.push(Keypoint::new(x, y, angle, size, bits));
    }
    Features::new(1024, 700, keypoints)
}

/// Ten pictures; the second shows six places of the first, and else something else.
fn pictures() -> Vec<Features> {
    let first = picture(0, &[]);
    let second = picture(1, first.keypoints().get(..6).unwrap());
    [first, second].into_iter().chain((2..10).map(|seed| picture(seed, &[]))).collect()
}

fn index(dir: &Path, pictures: &[Features]) -> FeatureIndex {
    let mut writer = FeatureIndexWriter::create(dir).unwrap();
    (0..).zip(pictures).for_each(|(row, features)| writer.add(0, row, features).unwrap());
    writer.finish(SnapshotId("manifest-000001.json".to_owned())).unwrap();
    FeatureIndex::open(dir).unwrap()
}

const HASH: Pdq = Pdq::from_bytes([3; 32]);

/// Looks for the picture of a row, and says of each what a hash would.
fn parts(row: usize, near: &[NearPicture], agreement: f32, gone: Option<u32>) -> Vec<PartHit> {
    let dir = tempfile::tempdir().unwrap();
    let pictures = pictures();
    let index = index(&dir.path().join("features"), &pictures);
    let mut stored = |_, row: u32| {
        Some(StoredPicture { features: pictures.get(row as usize).cloned(), pdq: (row != 9).then_some(HASH) })
    };
    let likeness = |_: &Pdq, _: bool, place: &dyn Fn(f32, f32) -> (f32, f32)| {
        assert!(place(0.5, 0.5).0.is_finite());
        Some(Likeness { inside: 1.0, agreement, strength: 1.0 })
    };
    let mut check = PartCheck { near, stored: &mut stored, likeness: &likeness };
    let query = FeatureQuery::new(pictures[row].clone(), Vec::new());
    index.parts(&query, &mut check, f32::MIN, &|_, row| Some(row) == gone)
}

fn sureness(hits: &[PartHit], row: u32) -> f32 {
    hits.iter().find(|hit| hit.row == row).map_or(f32::MIN, |hit| hit.sureness)
}

#[test]
fn what_should_agree_and_does_not_weighs_against_a_picture() {
    let hits = parts(0, &[], 1.0, None);
    assert_eq!(hits[0].row, 0);
    assert!(sureness(&hits, 0) > PartHit::SURE + 4.0 && hits[0].agreeing >= 55, "{hits:?}");
    // Six places that agree are enough for the index; that fifty others do not, is not seen by it.
    assert!((f32::MIN..PartHit::SURE).contains(&sureness(&hits, 1)) && sureness(&hits, 1) > f32::MIN, "{hits:?}");
}

#[test]
fn a_hash_that_goes_with_the_place_makes_it_surer() {
    let (without, with) = (parts(0, &[], 0.0, None), parts(0, &[], 10.0, None));
    assert!(sureness(&with, 1) > sureness(&without, 1) + 3.0);
}

#[test]
fn what_a_hash_leads_to_is_checked_too_and_what_is_gone_is_not() {
    let near = |row: u32| {
        let corners = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)];
        NearPicture { shard: 0, row, distance: 4, is_mirrored: false, corners }
    };
    let hits = parts(0, &[near(5), near(0)], 9.0, None);
    // No place of picture 5 agrees; its hash does, and that is said.
    let hit = hits.iter().find(|hit| hit.row == 5).unwrap();
    assert!(hit.agreeing < 3 && hit.sureness > sureness(&parts(0, &[near(5)], 0.0, None), 5), "{hit:?}");
    assert_eq!(hits.iter().filter(|hit| hit.row == 0).count(), 1);
    assert!(parts(0, &[near(5)], 9.0, Some(5)).iter().all(|hit| hit.row != 5));
}

#[test]
fn where_a_picture_lies_in_its_mirror_image_is_said_of_the_picture() {
    let dir = tempfile::tempdir().unwrap();
    let pictures = pictures();
    let index = index(&dir.path().join("features"), &pictures);
    let mut stored = |_, row: u32| Some(StoredPicture { features: pictures.get(row as usize).cloned(), pdq: None });
    let likeness = |_: &Pdq, _: bool, _: &dyn Fn(f32, f32) -> (f32, f32)| None;
    let mut check = PartCheck { near: &[], stored: &mut stored, likeness: &likeness };
    let query = FeatureQuery::new(pictures[7].mirrored(), Vec::new());
    let hits = index.parts(&query, &mut check, 0.0, &|_, _| false);
    assert_eq!((hits.len(), hits[0].row, hits[0].mirrored), (1, 7, true));
    assert!(hits[0].sought.left < 0.1 && hits[0].sought.right > 0.9 && (hits[0].frame.scale() - 1.0).abs() < 0.05);
    // What cannot be read is not found.
    let mut nothing = |_, _| None;
    let mut check = PartCheck { near: &[], stored: &mut nothing, likeness: &likeness };
    assert!(index.parts(&query, &mut check, f32::MIN, &|_, _| false).is_empty());
}
