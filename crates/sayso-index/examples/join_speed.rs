//! How fast many hashes are looked for in many: `cargo run --release --example join_speed -- STORED WANTED FOLDER`.
//!
//! `STORED` hashes are made up, a third of them in families of like ones as pictures of the web are, and of `WANTED` others half
//! are near a stored one. Printed are the seconds that a look-up of all takes, and of a thousand of them one by one.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "an example")]

use std::path::PathBuf;
use std::time::Instant;

use sayso_core::Pdq;
use sayso_index::{HashIndex, HashIndexWriter, IndexedHash, SnapshotId};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number = |usual: usize| arguments.next().map_or(usual, |text| text.parse().unwrap());
    let (stored, wanted) = (number(2_000_000), number(100_000));
    let folder = PathBuf::from(arguments.next().unwrap_or_else(|| "target/join-speed".to_owned()));
    let mut state = 7_u64;
    let mut roll = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut hash = |like: Option<&Pdq>, bits: u64| {
        let mut bytes = [0; 32];
        match like {
            Some(like) => bytes = *like.as_bytes(),
            None => bytes.as_chunks_mut::<8>().0.iter_mut().for_each(|chunk| *chunk = roll().to_le_bytes()),
        }
        (0..bits).for_each(|_| bytes[(roll() % 32) as usize] ^= 1 << (roll() % 8));
        Pdq::from_bytes(bytes)
    };
    let mut hashes: Vec<Pdq> = Vec::with_capacity(stored);
    for at in 0..stored {
        let like = (at % 3 == 2).then(|| hashes[at / 50 * 31 % at]);
        hashes.push(hash(like.as_ref(), if like.is_some() { 20 } else { 0 }));
    }
    let questions: Vec<(Pdq, u32)> =
        (0..wanted).map(|at| (hash((at % 2 == 0).then(|| &hashes[at * 17 % stored]), 15), 31)).collect();
    let mut writer = HashIndexWriter::create(&folder, 256 << 20).unwrap();
    for (row, hash) in (0..).zip(&hashes) {
        writer.add(&IndexedHash { shard: 0, row, hash: *hash, quality: 100 }).unwrap();
    }
    writer.finish(SnapshotId("1".to_owned())).unwrap();
    let index = HashIndex::open(&folder).unwrap();
    let started = Instant::now();
    let mut found = 0_u64;
    index.join(&questions, &|_, _| false, &mut |_, _| found += 1).unwrap();
    let all = started.elapsed().as_secs_f64();
    let started = Instant::now();
    let some = questions.len().min(1_000);
    for (hash, distance) in questions.iter().take(some) {
        index.find(hash, *distance, 10, &|_, _| false).unwrap();
    }
    let each = started.elapsed().as_secs_f64() / some as f64;
    println!("{wanted} hashes in {stored}: {all:.2} s, {found} pairs; one by one {:.1} s", each * wanted as f64);
    std::fs::remove_dir_all(&folder).unwrap();
}
