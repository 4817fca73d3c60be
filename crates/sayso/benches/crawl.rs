//! Reading a crawl, in ratios: to the time that inflating the same file takes, of two threads to one, of a whole build
//! to its extraction. Lone times depend on the machine; these hardly do.
//!
//! `cargo bench --bench crawl -- FILE...` measures the files named; without any it makes a crawl of its own.
//! `scripts/bench.sh` makes the input that `docs/benchmarks.md` reports, and runs the peers beside it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a benchmark")]

use std::io::{Read, Seek, SeekFrom, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use sayso::build::{BuildOptions, build, default_limits};
use sayso_core::{Policy, PolicyName, Purpose, UsageCategory};
use sayso_crawl::blocks::{Block, BlockReader, Input};
use sayso_crawl::inflate::MemberInflater;
use sayso_crawl::{Counts, Extractor, Source, extract_block};

/// Rounds; every figure is measured once in each, so that a slow moment of the machine hits all of them.
const ROUNDS: usize = 7;

struct File(PathBuf);

impl Input for File {
    fn name(&self) -> &str {
        self.0.to_str().unwrap_or("crawl")
    }

    fn open_at(&self, offset: u64) -> std::io::Result<Box<dyn Read + Send>> {
        let mut file = std::fs::File::open(&self.0)?;
        file.seek(SeekFrom::Start(offset))?;
        Ok(Box::new(file))
    }
}

fn main() {
    let files: Vec<PathBuf> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).map(PathBuf::from).collect();
    let dir = tempfile::tempdir().unwrap();
    let files = if files.is_empty() { vec![made_up(dir.path())] } else { files };
    for file in files {
        measure(&file, dir.path());
    }
}

fn measure(path: &Path, dir: &Path) {
    let (mut floor, mut one, mut two, mut whole) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut counts = Counts::default();
    for round in 0..ROUNDS {
        floor.push(seconds(|| inflate(path)));
        one.push(seconds(|| counts = extract(path, 1)));
        two.push(seconds(|| assert_eq!(extract(path, 2), counts)));
        let out = dir.join(format!("out-{round}"));
        whole.push(seconds(|| whole_build(path, &out)));
        std::fs::remove_dir_all(&out).unwrap();
    }
    let ratio = |a: &[f64], b: &[f64]| median(a.iter().zip(b).map(|(a, b)| a / b).collect());
    println!("{}", path.display());
    println!("  {} pages, {} pairs, {} MB inflated", counts.pages, counts.pairs, counts.inflated_bytes / 1_000_000);
    println!("  extraction, one thread, to inflating alone: {:.2}", ratio(&one, &floor));
    println!("  extraction, one thread to two:              {:.2}", ratio(&one, &two));
    println!("  whole build, two threads, to extraction, two threads: {:.2}", ratio(&whole, &two));
    println!("  whole build, two threads, to extraction, one thread:  {:.2}", ratio(&whole, &one));
    println!(
        "  (medians here: inflating {:.3} s, extraction {:.3} s and {:.3} s, build {:.3} s)",
        median(floor),
        median(one),
        median(two),
        median(whole)
    );
}

fn seconds(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The floor: the file read and every member inflated, and nothing else.
fn inflate(path: &Path) {
    let bytes = std::fs::read(path).unwrap();
    let mut inflater = MemberInflater::new(1 << 28).unwrap();
    let (mut at, mut inflated) = (0, 0);
    while at < bytes.len() {
        let (member, used) = inflater.inflate(&bytes[at..]).unwrap();
        inflated += member.len();
        at += used;
    }
    assert!(inflated > bytes.len());
}

/// Extraction of pairs and signals into record batches, which are dropped.
fn extract(path: &Path, threads: usize) -> Counts {
    let limits = default_limits();
    let source = Source { file: path.to_string_lossy().into(), robots_only: false };
    let mut reader = BlockReader::open(&File(path.to_owned()), 2 << 20, &limits, None).unwrap();
    if threads == 1 {
        let mut extractor = Extractor::new(limits);
        let mut counts = Counts::default();
        while let Some(block) = reader.next_block().unwrap() {
            counts.add(&extract_block(&mut extractor, &source, &block).unwrap().counts);
        }
        return counts;
    }
    let (to_workers, blocks) = crossbeam_channel::bounded::<Arc<Block>>(threads);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                let (blocks, source) = (blocks.clone(), source.clone());
                scope.spawn(move || {
                    let mut extractor = Extractor::new(limits);
                    let mut counts = Counts::default();
                    for block in blocks {
                        counts.add(&extract_block(&mut extractor, &source, &block).unwrap().counts);
                    }
                    counts
                })
            })
            .collect();
        while let Some(block) = reader.next_block().unwrap() {
            to_workers.send(Arc::new(block)).unwrap();
        }
        drop(to_workers);
        let mut counts = Counts::default();
        for worker in workers {
            counts.add(&worker.join().unwrap());
        }
        counts
    })
}

fn whole_build(path: &Path, out: &Path) {
    let options = BuildOptions {
        inputs: vec![path.to_string_lossy().into_owned()],
        robots: Vec::new(),
        prefix: None,
        out: out.to_owned(),
        policy: Policy::new(PolicyName::OptOut, Purpose(UsageCategory::TrainGenai)),
        agent: "sayso".to_owned(),
        limits: default_limits(),
        threads: NonZeroUsize::new(2).unwrap(),
        memory_bytes: 128 << 20,
        shard_rows: 1_000_000,
        captions: sayso::build::CaptionOptions::default(),
        registry: None,
        kept_out: None,
        features: true,
    };
    build(&options, &AtomicBool::new(false), &|_| {}).unwrap();
}

/// A WARC of made-up pages, for a first impression where no real one is at hand.
fn made_up(dir: &Path) -> PathBuf {
    let path = dir.join("made-up.warc.gz");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
    for page in 0..5_000 {
        let body: String = (0..40)
            .map(|n| format!("<p>paragraph {n} of page {page} with <a href='/x/{n}'>a link</a><img src='/p/{page}-{n}.jpg' alt='picture {n} of {page}'></p>\n"))
            .collect();
        let http = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<!doctype html><title>{page}</title>{body}"
        );
        let record = format!(
            "WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: https://site{}.example/{page}\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n\
             Content-Type: application/http\r\nContent-Length: {}\r\n\r\n{http}\r\n\r\n",
            page % 500,
            http.len()
        );
        let mut member = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        member.write_all(record.as_bytes()).unwrap();
        file.write_all(&member.finish().unwrap()).unwrap();
    }
    path
}
