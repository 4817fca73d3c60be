//! What is known of every picture that can be found, kept in a file so that a run that was cut off goes on.

use std::fs::{File, OpenOptions};
use std::io::{BufReader, Read, Write};
use std::path::{Path, PathBuf};

use sayso_core::{Features, Pdq};
use sayso_index::{FeatureIndex, FeatureIndexWriter, SnapshotId};

use crate::both::on_two_threads;
use crate::picture::indexed;

/// Pictures that are written at a time.
const CHUNK: usize = 256;

/// What a dataset holds of a picture.
pub struct Known {
    pub features: Features,
    /// Only a hash that is worth comparing.
    pub pdq: Option<Pdq>,
}

/// Looks at the pictures that the file does not have yet.
pub fn complete(paths: &[PathBuf], file: &Path) {
    let done = read(file).len();
    let mut out = OpenOptions::new().create(true).append(true).open(file).expect("the file of what is known");
    for (number, chunk) in paths.get(done..).unwrap_or_default().chunks(CHUNK).enumerate() {
        let records: Vec<u8> = on_two_threads(chunk, |path| record(&indexed(path))).into_iter().flatten().collect();
        out.write_all(&records).expect("the file of what is known can be written");
        if number % 20 == 0 {
            println!("{} of {} pictures looked at", done + number * CHUNK + chunk.len(), paths.len());
        }
    }
}

fn record(known: &Option<Known>) -> Vec<u8> {
    let hash = known.as_ref().and_then(|known| known.pdq);
    let features = known.as_ref().map(|known| known.features.to_bytes()).unwrap_or_default();
    let mut record = u32::from(hash.is_some()).to_le_bytes().to_vec();
    record.extend(hash.map_or([0; 32], |hash| *hash.as_bytes()));
    record.extend((features.len() as u32).to_le_bytes());
    record.extend(features);
    record
}

/// All that the file has, up to what was cut off, which is taken off it.
pub fn read(file: &Path) -> Vec<Known> {
    let (mut all, mut good) = (Vec::new(), 0);
    if let Ok(opened) = File::open(file) {
        let mut reader = BufReader::new(opened);
        while let Ok((known, bytes)) = read_one(&mut reader) {
            all.push(known);
            good += bytes;
        }
        OpenOptions::new().write(true).open(file).and_then(|file| file.set_len(good)).expect("the file can be cut");
    }
    all
}

fn read_one(reader: &mut impl Read) -> std::io::Result<(Known, u64)> {
    let mut head = [0; 40];
    reader.read_exact(&mut head)?;
    let word = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let mut bytes = vec![0; word(36) as usize];
    reader.read_exact(&mut bytes)?;
    let hash: [u8; 32] = std::array::from_fn(|at| head[4 + at]);
    let features = Features::from_bytes(&bytes).unwrap_or_else(|_| Features::new(1024, 1024, Vec::new()));
    Ok((Known { features, pdq: (word(0) == 1).then(|| Pdq::from_bytes(hash)) }, 40 + bytes.len() as u64))
}

/// The feature index of all of them, built anew.
pub fn index_of(known: &[Known], dir: &Path) -> FeatureIndex {
    let mut writer = FeatureIndexWriter::create(dir).expect("a place for the index");
    for (row, known) in (0..).zip(known) {
        writer.add(0, row, &known.features).expect("the index can be written");
    }
    writer.finish(SnapshotId("bench".to_owned())).expect("the index can be written");
    let files = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let bytes: u64 = files.filter_map(|file| file.metadata().ok()).map(|file| file.len()).sum();
    let stored: usize = known.iter().map(|known| known.features.to_bytes().len()).sum();
    println!("bytes a picture: {} stored, {} in the index", stored / known.len(), bytes / known.len() as u64);
    let index = FeatureIndex::open(dir).expect("the index that was just written");
    println!("{} pictures, {} with keypoints, {} keypoints", known.len(), index.pictures(), index.keypoints());
    index
}
