//! Extraction alone, on one thread: reads a crawl file and prints what it found and how long that took beside the
//! time that inflating the same file takes. `cargo run --release --example extract -- FILE [TSV]`
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, reason = "an example")]

use std::io::{Read, Write};
use std::time::Instant;

use arrow_array::cast::AsArray;
use sayso_core::Limits;
use sayso_crawl::blocks::{BlockReader, Input};
use sayso_crawl::{Counts, DamageCounts, Extractor, Source, extract_block};

struct File(String);

impl Input for File {
    fn name(&self) -> &str {
        &self.0
    }

    fn open_at(&self, offset: u64) -> std::io::Result<Box<dyn Read + Send>> {
        use std::io::Seek;
        let mut file = std::fs::File::open(&self.0)?;
        file.seek(std::io::SeekFrom::Start(offset))?;
        Ok(Box::new(file))
    }
}

fn main() {
    let path = std::env::args().nth(1).expect("a crawl file");
    let mut tsv = std::env::args()
        .nth(2)
        .map(|path| std::io::BufWriter::new(std::fs::File::create(path).expect("a file to write")));
    let limits = Limits {
        record_bytes: 32 << 20,
        header_bytes: 1 << 20,
        payload_bytes: 32 << 20,
        inflation_ratio: 1032,
        page_links: 10_000,
        caption_bytes: 1 << 16,
        url_bytes: 1 << 16,
        attribute_bytes: 1 << 20,
        signal_bytes: 4096,
        robots_bytes: 500 << 10,
    };
    let start = Instant::now();
    let bytes = std::fs::read(&path).expect("a readable file");
    let mut inflater = sayso_crawl::inflate::MemberInflater::new(1 << 28).expect("memory");
    let mut at = 0;
    while let Ok((_, used)) = inflater.inflate(&bytes[at..]) {
        at += used;
    }
    println!("inflate {:.3} s", start.elapsed().as_secs_f64());
    let start = Instant::now();
    let source = Source { file: path.as_str().into(), robots_only: false };
    let mut reader = BlockReader::open(&File(path), 4 << 20, &limits, None).expect("a crawl file");
    let mut extractor = Extractor::new(limits);
    let (mut counts, mut damage) = (Counts::default(), DamageCounts::default());
    while let Some(block) = reader.next_block().expect("a readable file") {
        let extracted = extract_block(&mut extractor, &source, &block).expect("a record batch");
        counts.add(&extracted.counts);
        damage.append(block.damage);
        damage.append(extracted.damage);
        if let Some(out) = &mut tsv {
            let pool = &extracted.pool;
            let (uid, url, caption) = (
                pool.column(5).as_fixed_size_binary(),
                pool.column(1).as_string::<i32>(),
                pool.column(3).as_string::<i32>(),
            );
            for row in 0..pool.num_rows() {
                let hex: String = uid.value(row).iter().map(|byte| format!("{byte:02x}")).collect();
                writeln!(out, "{hex}\t{}\t{}", url.value(row), caption.value(row).replace(['\t', '\n'], " "))
                    .expect("written");
            }
        }
    }
    println!("extract {:.3} s", start.elapsed().as_secs_f64());
    println!("{counts:?}");
    for (kind, count) in damage.iter() {
        println!("{} {} {:?}", kind.as_str(), count.count, count.examples.first());
    }
}
