//! Looks for edits, some at a time, so that a run that was cut off goes on.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sayso_core::Pdq;
use sayso_index::{FeatureIndex, PartCheck, StoredPicture};

use crate::both::on_two_threads;
use crate::known::Known;
use crate::nearest::{nearest, wholes};
use crate::picture::looked;
use crate::timing::Timing;

/// Edits of one file.
const CHUNK: usize = 500;
/// Hits that are kept of each method for each edit.
const HITS: usize = 20;

/// Looks for all of them that were not looked for yet, and puts all hits into `ours.tsv`.
pub fn all(folder: &Path, edits: &[PathBuf], known: &[Known], index: &FeatureIndex) {
    let parts = folder.join("ours");
    std::fs::create_dir_all(&parts).expect("a folder for the hits");
    let numbers: Vec<usize> = (0..edits.len()).collect();
    let (mut read, mut find, mut hits) = (Timing::default(), Timing::default(), String::new());
    for (number, chunk) in numbers.chunks(CHUNK).enumerate() {
        let part = parts.join(format!("{number:05}.tsv"));
        let lines = std::fs::read_to_string(&part).unwrap_or_else(|_| {
            let made = on_two_threads(chunk, |at| one(*at, edits.get(*at), known, index));
            let mut lines = String::new();
            for (text, reading, finding) in made {
                lines.push_str(&text);
                read.add(reading);
                find.add(finding);
            }
            std::fs::write(part.with_extension("part"), &lines).expect("the hits can be written");
            std::fs::rename(part.with_extension("part"), &part).expect("the hits can be kept");
            println!("{} of {} edits looked for", chunk.last().map_or(0, |at| at + 1), edits.len());
            lines
        });
        hits.push_str(&lines);
    }
    std::fs::write(folder.join("ours.tsv"), hits).expect("the hits can be written");
    println!("reading an edit: {read}\nlooking for it, hashes left aside, among {} pictures: {find}", known.len());
}

/// The hits of an edit, how long it took to look at it, and to look for it beside its hashes.
fn one(number: usize, path: Option<&PathBuf>, known: &[Known], index: &FeatureIndex) -> (String, Duration, Duration) {
    let start = Instant::now();
    let Some(sought) = path.and_then(|path| looked(path)) else {
        eprintln!("cannot be read: {path:?}");
        return (String::new(), start.elapsed(), Duration::ZERO);
    };
    let reading = start.elapsed();
    let turns: Vec<Pdq> = sought.hashes.iter().map(|(_, pdq)| *pdq).collect();
    let mut lines = String::new();
    for (found, distance) in nearest(known, turns.get(..1).unwrap_or_default(), HITS) {
        let _ = writeln!(lines, "{number}\tpdq\t{found}\t{}", -f64::from(distance));
    }
    for (found, distance) in nearest(known, &turns, HITS) {
        let _ = writeln!(lines, "{number}\tturns\t{found}\t{}", -f64::from(distance));
    }
    for hit in &index.find(&sought.features, 0.0, HITS, &|_, _| false).hits {
        let _ = writeln!(lines, "{number}\tfeatures\t{}\t{:.3}", hit.row, hit.score);
    }
    let near = wholes(known, &sought);
    let start = Instant::now();
    let mut stored = |_, row: u32| {
        let known = known.get(row as usize)?;
        Some(StoredPicture { features: Some(known.features.clone()), pdq: known.pdq })
    };
    let likeness =
        |pdq: &Pdq, is_mirrored: bool, place: &dyn Fn(f32, f32) -> (f32, f32)| sought.likeness(pdq, is_mirrored, place);
    let mut check = PartCheck { near: &near, stored: &mut stored, likeness: &likeness };
    let parts = index.parts(&sought.features, &mut check, f32::MIN, &|_, _| false);
    let finding = start.elapsed();
    for hit in parts.iter().take(HITS) {
        let _ = writeln!(lines, "{number}\tsayso\t{}\t{:.3}", hit.row, hit.sureness);
    }
    (lines, reading, finding)
}
