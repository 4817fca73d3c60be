//! How fast an index is built and searched, as a whole and in parts, on made-up captions.
//!
//! ```text
//! cargo run --release -p sayso-index --example index_speed -- [SAMPLES] [THREADS] [PARTS]
//! ```
//!
//! Captions are 3 to 16 words drawn from 50,000 by a Zipf-like law, every tenth one is Japanese, every third sample has
//! a creator and every other a licence; sites have ten samples each on average. The times to compare are the best of
//! several rounds.

use std::error::Error;
use std::num::NonZeroUsize;
use std::path::Path;
use std::time::{Duration, Instant};

use sayso_core::Stance;
use sayso_index::{
    IndexedSample, Query, SnapshotId, TextIndex, TextIndexOptions, TextIndexWriter, TextPartWriter, join_text_parts,
    merge_text_parts,
};

const ROUNDS: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let count: u32 = arguments.next().map_or(Ok(100_000), |count| count.parse())?;
    let threads: NonZeroUsize = arguments.next().map_or(Ok(NonZeroUsize::MIN), |threads| threads.parse())?;
    let parts: Option<u32> = arguments.next().map(|parts| parts.parse()).transpose()?;
    let samples = made_up_samples(count);
    let dir = tempfile::tempdir()?;
    let place = dir.path().join("text");

    let text_bytes: usize = samples.iter().map(|sample| sample.caption.len()).sum();
    println!("{count} samples, {:.1} bytes of caption each", text_bytes as f64 / f64::from(count));
    let mut best = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        let snapshot = SnapshotId("made-up".to_owned());
        let started = Instant::now();
        let mut writer = TextIndexWriter::create(&place, TextIndexOptions { memory_bytes: 512 << 20, threads })?;
        for (row, sample) in (0..).zip(&samples) {
            writer.add(&sample.indexed(row))?;
        }
        let added = started.elapsed();
        writer.finish(snapshot)?;
        best = best.min((started.elapsed(), added));
    }
    let (whole, added) = best;
    println!(
        "built in {whole:.0?}, {:.0} samples/s; adding them took {added:.0?} of it",
        f64::from(count) / whole.as_secs_f64()
    );
    let bytes: u64 = std::fs::read_dir(&place)?.flatten().filter_map(|entry| Some(entry.metadata().ok()?.len())).sum();
    println!("{:.1} bytes a sample on disk", bytes as f64 / f64::from(count));

    search(&TextIndex::open(&place)?)?;
    match parts {
        Some(parts) => in_parts(&samples, parts.clamp(1, count.max(1)), &dir.path().join("parts")),
        None => Ok(()),
    }
}

/// The same samples in so many parts, and then in fewer.
fn in_parts(samples: &[MadeUp], parts: u32, place: &Path) -> Result<(), Box<dyn Error>> {
    let options = TextIndexOptions { memory_bytes: 64 << 20, threads: NonZeroUsize::MIN };
    let started = Instant::now();
    let mut made = Vec::new();
    for (shard, samples) in (0..).zip(samples.chunks(samples.len().div_ceil(parts as usize))) {
        let mut writer = TextPartWriter::create(place, shard, options)?;
        for (row, sample) in (0..).zip(samples) {
            writer.add(&IndexedSample { shard, ..sample.indexed(row) })?;
        }
        made.push(writer.finish()?);
    }
    println!("\n{} parts made in {:.0?}", made.len(), started.elapsed());
    join_text_parts(place, made, SnapshotId("made-up".to_owned()))?;
    for most in [usize::MAX, 64, 8, 1] {
        let started = Instant::now();
        let merged = merge_text_parts(place, most)?;
        let took = started.elapsed();
        let started = Instant::now();
        let index = TextIndex::open(place)?;
        println!(
            "\n{} parts merged into {} in {took:.0?}, opened in {:.0?}",
            merged.before,
            merged.after,
            started.elapsed()
        );
        search(&index)?;
    }
    Ok(())
}

fn search(index: &TextIndex) -> Result<(), Box<dyn Error>> {
    for query in [
        "w1",
        "w100",
        "w1 w2",
        "w1 w200",
        "\"w1 w2\"",
        "creator:w7",
        "東京",
        "site:site7.example",
        "licence:cc",
        "verdict:unknown w3",
        "w1 -w2",
        "-w1",
    ] {
        let parsed = Query::parse(query)?;
        let mut times = Vec::new();
        let mut total = 0;
        for _ in 0..200 {
            let started = Instant::now();
            total = index.search(&parsed, 0, 50)?.total;
            times.push(started.elapsed());
        }
        times.sort_unstable();
        println!("{query:24} {total:>8} hits, p50 {:>9.1?} p99 {:>9.1?}", times[100], times[198]);
    }
    Ok(())
}

struct MadeUp {
    caption: String,
    creator: Option<String>,
    licence: Option<&'static str>,
    verdict: Stance,
    host: String,
    domain: String,
}

impl MadeUp {
    fn indexed(&self, row: u32) -> IndexedSample<'_> {
        IndexedSample {
            shard: 0,
            row,
            caption: &self.caption,
            creator: self.creator.as_deref(),
            licence: self.licence,
            verdict: self.verdict,
            language: None,
            steps: &[],
            picture_host: &self.host,
            domain: &self.domain,
            page_host: &self.domain,
            page_domain: &self.domain,
        }
    }
}

fn made_up_samples(count: u32) -> Vec<MadeUp> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    // Xorshift: the same samples in every run, without a crate for it.
    let mut below = move |bound: f64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 53) as f64 * bound
    };
    let japanese: Vec<char> = "東京猫山田太郎黒白赤青花木の写真とカメラで撮影した風景は美しい".chars().collect();
    (0..count)
        .map(|n| {
            let words = 3 + below(14.0) as usize;
            let caption = if n % 10 == 9 {
                (0..words * 3).map(|_| japanese[below(japanese.len() as f64) as usize]).collect()
            } else {
                let words = (0..words).map(|_| match 50_000_f64.powf(below(1.0)) as u32 {
                    short @ 0..50 => format!("w{short}"),
                    long => format!("{}ord{long}", if long % 7 == 0 { "W" } else { "w" }),
                });
                words.collect::<Vec<_>>().join(" ")
            };
            let site = n / 10;
            MadeUp {
                caption,
                creator: (n % 3 == 0).then(|| format!("First{} w{}", n % 5_000, n % 40)),
                licence: (n % 2 == 0)
                    .then_some(["cc-by-4.0", "cc-by-nc-4.0", "https://example.org/terms"][n as usize / 2 % 3]),
                verdict: Stance::ALL[n as usize % 3],
                host: format!("cdn{}.site{site}.example", n % 3),
                domain: format!("site{site}.example"),
            }
        })
        .collect()
}
