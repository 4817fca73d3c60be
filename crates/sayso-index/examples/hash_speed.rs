//! How fast the hash index answers: `cargo run --release --example hash_speed -- HASHES QUERIES FOLDER [DISTANCE]`.
//!
//! `HASHES` and `QUERIES` are files of hashes of 32 bytes, one behind the other. The index is built in `FOLDER` if it is
//! not there. A line of figures comes out, and in `FOLDER.found` how many hashes each query found, to be compared with
//! what other programs find.
#![allow(clippy::unwrap_used, clippy::panic, reason = "an example fails by panicking")]

use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

use sayso_core::Pdq;
use sayso_index::{HashIndex, HashIndexWriter, IndexedHash, SnapshotId};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [hashes, queries, folder, rest @ ..] = &arguments[..] else { panic!("HASHES QUERIES FOLDER [DISTANCE]") };
    let distance = rest.first().map_or(Pdq::NEAR, |number| number.parse().unwrap());
    let folder = Path::new(folder);
    if !folder.exists() {
        let started = Instant::now();
        let mut writer = HashIndexWriter::create(folder, 128 << 20).unwrap();
        for (row, hash) in (0..).zip(read(hashes)) {
            writer.add(&IndexedHash { shard: 0, row, hash, quality: 100 }).unwrap();
        }
        writer.finish(SnapshotId("speed".to_owned())).unwrap();
        eprintln!("built in {:.1} s", started.elapsed().as_secs_f64());
    }
    let bytes: u64 = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum();
    let started = Instant::now();
    let index = HashIndex::open(folder).unwrap();
    let opened = started.elapsed();
    let queries = read(queries);
    let (mut times, mut found) = (Vec::new(), String::new());
    for round in 0..2 {
        for hash in &queries {
            let started = Instant::now();
            let answer = index.find(hash, distance, 100, &|_, _| false).unwrap();
            // The first round brings the files into memory.
            if round > 0 {
                times.push(started.elapsed());
                let _ = writeln!(found, "{}", answer.total);
            }
        }
    }
    std::fs::write(folder.with_extension("found"), found).unwrap();
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0;
    println!(
        "{} hashes, {:.1} bytes each, opened in {:.3} ms; {} queries at {distance}: p50 {:.3} ms, p99 {:.3} ms, most {:.3} ms",
        index.hashes(),
        bytes as f64 / index.hashes() as f64,
        opened.as_secs_f64() * 1000.0,
        queries.len(),
        at(0.5),
        at(0.99),
        at(1.0),
    );
}

fn read(path: &str) -> Vec<Pdq> {
    let bytes = std::fs::read(path).unwrap();
    bytes.as_chunks::<32>().0.iter().copied().map(Pdq::from_bytes).collect()
}
