//! Finds edited pictures among others: by PDQ, by PDQ in eight ways, and by features.
//!
//! ```sh
//! scripts/bench_copies.sh        # makes the pictures, runs this and the peers, prints the table
//! cargo run --release --manifest-path benches/Cargo.toml --bin copies -- FOLDER
//! ```
//!
//! `FOLDER` holds `originals.txt`, `distractors.txt` and `edits.txt`, lists of files. Originals and distractors are
//! indexed, and each edit is looked for. `FOLDER/ours.tsv` gets a line for each hit: the edit's number, the method, the
//! number of what was found (originals first), and a score that is higher the surer it is. `FOLDER/plain.txt` names the
//! originals that are too plain for PDQ.

mod nearest;
mod picture;
mod timing;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use sayso_index::{FeatureIndex, FeatureIndexWriter, SnapshotId};

use nearest::nearest;
use picture::{Indexed, Looked, indexed, looked};
use timing::Timing;

/// Hits that are kept of each method for each edit.
const HITS: usize = 20;

fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).expect("the folder of the lists"));
    let list = |name: &str| -> Vec<PathBuf> {
        let text = std::fs::read_to_string(folder.join(name)).expect("a list of files");
        text.lines().map(PathBuf::from).collect()
    };
    let known: Vec<PathBuf> = list("originals.txt").into_iter().chain(list("distractors.txt")).collect();
    let (index, hashes) = index_of(&known, &folder.join("index"));
    println!("{} pictures, {} with keypoints, {} keypoints", known.len(), index.pictures(), index.keypoints());
    let plain = (0..list("originals.txt").len()).filter(|number| matches!(hashes.get(*number), Some(None)));
    let plain: String = plain.map(|number| format!("{number}\n")).collect();
    std::fs::write(folder.join("plain.txt"), plain).expect("the plain originals can be written");
    let edits = list("edits.txt");
    let (mut lines, mut read, mut find) = (String::new(), Timing::default(), Timing::default());
    for (number, path) in edits.iter().enumerate() {
        let Some(Looked { query, turns }) = read.of(|| looked(path)) else {
            eprintln!("cannot be read: {}", path.display());
            continue;
        };
        for (found, distance) in nearest(&hashes, turns.get(..1).unwrap_or_default(), HITS) {
            let _ = writeln!(lines, "{number}\tpdq\t{found}\t{}", -f64::from(distance));
        }
        for (found, distance) in nearest(&hashes, &turns, HITS) {
            let _ = writeln!(lines, "{number}\tturns\t{found}\t{}", -f64::from(distance));
        }
        for hit in find.of(|| index.find(&query, 0.0, HITS, &|_, _| false)) {
            let _ = writeln!(lines, "{number}\tfeatures\t{}\t{:.3}", hit.row, hit.score);
        }
    }
    std::fs::write(folder.join("ours.tsv"), lines).expect("the hits can be written");
    println!("reading an edit: {read}\nlooking for it among {} pictures: {find}", known.len());
}

fn index_of(known: &[PathBuf], dir: &Path) -> (FeatureIndex, Vec<Option<sayso_core::Pdq>>) {
    let mut writer = FeatureIndexWriter::create(dir).expect("a place for the index");
    let mut timing = Timing::default();
    let mut hashes = Vec::with_capacity(known.len());
    let mut stored_bytes = 0;
    for (row, path) in (0..).zip(known) {
        let made = indexed(path, &mut timing);
        if let Some(Indexed { features, .. }) = &made {
            stored_bytes += features.to_bytes().len();
            writer.add(0, row, features).expect("the index can be written");
        }
        hashes.push(made.and_then(|made| made.pdq));
    }
    writer.finish(SnapshotId("bench".to_owned())).expect("the index can be written");
    let bytes: u64 = std::fs::read_dir(dir)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|file| file.metadata().ok())
        .map(|file| file.len())
        .sum();
    let count = known.len();
    println!("features of a decoded picture: {timing}");
    println!("bytes a picture: {} stored, {} in the index", stored_bytes / count, bytes / count as u64);
    (FeatureIndex::open(dir).expect("the index that was just written"), hashes)
}
