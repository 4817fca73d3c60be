//! PDQ's own pictures: every edit and every turn of the bridge is found by its features, and nothing else is. What was
//! squeezed has other features, and is found by its hash.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::path::{Path, PathBuf};

use sayso_core::{Features, Pdq};
use sayso_index::{FeatureHit, FeatureIndex, FeatureIndexWriter, PartHit, SnapshotId};
use sayso_picture::{Grey, PictureLimits, decode, facts, feature_query, features};

const LIMITS: PictureLimits =
    PictureLimits { file_bytes: 16 << 20, side_pixels: 8192, area_pixels: 1 << 25, decoded_bytes: 1 << 28 };

fn grey(path: &Path) -> Grey {
    decode(&std::fs::read(path).unwrap(), &LIMITS).unwrap().grey_on([u8::MAX; 3]).unwrap()
}

fn pdq(path: &Path) -> Pdq {
    facts(&std::fs::read(path).unwrap(), &LIMITS).unwrap().pdq.unwrap().pdq
}

fn pictures(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "jpg" || extension == "png"));
    paths.sort();
    paths
}

#[test]
fn every_edit_and_every_turn_is_found() {
    let Some(anchors) = support::anchors() else { return };
    let copies = anchors.join("pictures/copies");
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().join("features");
    let mut writer = FeatureIndexWriter::create(&place).unwrap();
    let original = copies.join("bridge-mods/aaa-orig.jpg");
    let bridge = features(&grey(&original));
    // What is stored is what is indexed.
    writer.add(0, 0, &Features::from_bytes(&bridge.to_bytes()).unwrap()).unwrap();
    let others = ["misc-images/c.png", "misc-images/small.jpg", "misc-images/wee.jpg"];
    (1..).zip(others).for_each(|(row, name)| writer.add(0, row, &features(&grey(&copies.join(name)))).unwrap());
    writer.finish(SnapshotId("manifest-000001.json".to_owned())).unwrap();
    let index = FeatureIndex::open(&place).unwrap();

    let edits = pictures(&copies.join("bridge-mods")).into_iter().chain(pictures(&copies.join("dih")));
    let mut asked = 0;
    for path in edits {
        asked += 1;
        let name = path.file_stem().unwrap().to_string_lossy();
        if name.starts_with("square-") {
            assert!(pdq(&path).distance(&pdq(&original)) <= Pdq::NEAR, "{name}");
            continue;
        }
        let hits = index.find(&feature_query(&grey(&path)), FeatureHit::SURE, 10, &|_, _| false).hits;
        let [hit] = hits.as_slice() else { unreachable!("{}: {hits:?}", path.display()) };
        assert_eq!((hit.shard, hit.row), (0, 0), "{}", path.display());
        assert_eq!(hit.mirrored, name.contains("-flip"), "{name}");
    }
    assert_eq!(asked, 12 + 8);
}

#[test]
fn the_page_on_matching_names_the_score_that_counts() {
    let page = include_str!("../../../docs/reference/match.md");
    assert!(page.contains(&format!("with a score of {} or more", PartHit::SURE)));
}
