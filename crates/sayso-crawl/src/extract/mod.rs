//! From a block of a crawl file to record batches: each record is read for what it is.

mod capture;
mod members;
mod notes;
mod wat;

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::ArrowError;
use sayso_core::{Limits, Pdq, Signal};

pub use self::capture::{PayloadKind, payload_kind};
use crate::blocks::{Block, BlockKind};
use crate::damage::DamageCounts;
use crate::inflate::{MemberInflater, MemberWalk};
use crate::pool::PoolBuilder;
use crate::record::{Cutter, Record, RecordKind};
use crate::sites::SiteRowsBuilder;
use crate::tail::Tail;

/// What was met, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Counts {
    /// Records of any kind.
    pub records: u64,
    /// HTML pages that were read, from WARC or WAT.
    pub pages: u64,
    /// Candidate pairs.
    pub pairs: u64,
    /// Pictures that lie in the crawl.
    pub pictures: u64,
    /// robots.txt records.
    pub robots: u64,
    /// Revisit records.
    pub revisits: u64,
    /// Pages that carry at least one signal.
    pub pages_with_signals: u64,
    /// Bytes of records, inflated.
    pub inflated_bytes: u64,
}

impl Counts {
    /// Adds the counts of more input.
    pub fn add(&mut self, more: &Self) {
        self.records += more.records;
        self.pages += more.pages;
        self.pairs += more.pairs;
        self.pictures += more.pictures;
        self.robots += more.robots;
        self.revisits += more.revisits;
        self.pages_with_signals += more.pages_with_signals;
        self.inflated_bytes += more.inflated_bytes;
    }
}

/// What one block of a crawl file gave.
#[derive(Debug)]
pub struct Extracted {
    /// The candidate pairs, in the schema of [`crate::pool_schema`].
    pub pool: RecordBatch,
    /// Robots, pictures and revisits, in the schema of [`SiteRowsBuilder::schema`].
    pub sites: RecordBatch,
    /// What was met.
    pub counts: Counts,
    /// What was wrong.
    pub damage: DamageCounts,
    /// The member that goes on beyond the block, if one does.
    pub tail: Option<Tail>,
    /// What was not read because the batches were full: to be read as a block of its own.
    pub remainder: Option<Block>,
    /// Where in the file, or in its inflated stream, to go on reading.
    pub end: u64,
}

/// Where the bytes of a block come from.
#[derive(Debug, Clone)]
pub struct Source {
    /// The crawl file's name, as it is kept in record locators.
    pub file: Arc<str>,
    /// Whether only its robots.txt records, and others that speak for a site, are wanted.
    pub robots_only: bool,
}

/// What was read of a picture's file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PictureRead {
    /// The signals inside it.
    pub signals: Vec<Signal>,
    /// Its perceptual hash and PDQ's quality of that.
    pub pdq: Option<(Pdq, u8)>,
    /// The stored form of its features in base64.
    pub features: Option<String>,
    /// Why it has none, where something is wrong with the file.
    pub damage: Option<String>,
}

/// Reads a picture's file. What a picture says and shows is not for this crate to know.
pub type ReadPicture = fn(&[u8]) -> PictureRead;

/// Makes pairs and signals of records. One for each thread; it keeps buffers, and nothing of what it read.
pub struct Extractor {
    limits: Limits,
    inflater: Option<MemberInflater>,
    cutter: Cutter,
    pool: PoolBuilder,
    sites: SiteRowsBuilder,
    url: String,
    read_picture: ReadPicture,
}

/// What is collected while one block is read.
struct Run<'a> {
    file: &'a str,
    robots_only: bool,
    counts: Counts,
    damage: DamageCounts,
    /// Bytes of the pool before the record or member that is being read.
    pool_bytes_before: usize,
    /// Whether pairs were left out because that record's or member's took too many bytes.
    is_full: bool,
}

/// Where reading a block stopped.
enum Stop {
    End,
    /// The batches are full.
    Full(usize),
    /// A member ends inside a record, and the next one goes on with it.
    Cut(usize),
    /// So does this member's last record, and it goes on beyond the block: the member is to be read with the next one.
    Again(usize),
    /// A member goes on beyond the block: how far it was walked over, and whether it is known to be too large.
    Open(usize, Box<MemberWalk>, bool),
}

/// Bytes of a batch after which no more is read into it. An ordinary block gives a fifth of it; a hostile one may repeat
/// a long address ten thousand times a page.
const BATCH_BYTES: usize = 64 << 20;

/// Where in its file a record lies.
#[derive(Clone, Copy)]
struct Span {
    offset: u64,
    length: u64,
}

/// Reads one block: pairs, site facts, counts and damage.
pub fn extract_block(extractor: &mut Extractor, source: &Source, block: &Block) -> Result<Extracted, ArrowError> {
    let mut run = Run {
        file: &source.file,
        robots_only: source.robots_only,
        counts: Counts::default(),
        damage: DamageCounts::default(),
        pool_bytes_before: 0,
        is_full: false,
    };
    let stop = match block.kind {
        BlockKind::Members => match extractor.members(&mut run, block) {
            Stop::Again(at) => return extract_up_to(extractor, source, block, at),
            stop => stop,
        },
        BlockKind::Records => extractor.records(&mut run, &block.bytes, block.offset, None),
    };
    run.counts.pairs = extractor.pool.rows() as u64;
    let (pool, sites) = (extractor.pool.finish()?, extractor.sites.finish()?);
    let (at, tail, is_remaining) = match stop {
        Stop::End => (block.bytes.len(), None, false),
        Stop::Full(at) | Stop::Cut(at) | Stop::Again(at) => (at, None, true),
        Stop::Open(at, walk, is_too_large) => (at, Some((walk, is_too_large)), false),
    };
    let (end, rest) = (block.offset + at as u64, block.bytes.get(at..).unwrap_or_default());
    let room = extractor.limits.record_bytes.saturating_add(extractor.limits.header_bytes);
    let tail = tail
        .map(|(walk, is_too_large)| Tail::new(end, rest, (is_too_large || rest.len() as u64 > room).then_some(walk)));
    let remainder = is_remaining.then(|| Block {
        kind: block.kind,
        offset: end,
        bytes: rest.to_vec(),
        last: block.last,
        damage: DamageCounts::default(),
    });
    Ok(Extracted { pool, sites, counts: run.counts, damage: run.damage, tail, remainder, end })
}

/// Reads `block` once more, but only up to the member at `at`, which is handed on with what comes behind it.
fn extract_up_to(
    extractor: &mut Extractor,
    source: &Source,
    block: &Block,
    at: usize,
) -> Result<Extracted, ArrowError> {
    (extractor.pool, extractor.sites) = Default::default();
    let (before, rest) = block.bytes.split_at_checked(at).unwrap_or((&block.bytes, &[]));
    let before = Block { bytes: before.to_vec(), damage: DamageCounts::default(), last: false, ..*block };
    let mut extracted = extract_block(extractor, source, &before)?;
    if extracted.tail.is_none() && extracted.remainder.is_none() {
        extracted.tail = Some(Tail::new(block.offset + at as u64, rest, None));
    } else if let Some(remainder) = &mut extracted.remainder {
        // The batches were full before: the rest of the block is to be read after all of it.
        remainder.bytes.extend_from_slice(rest);
        remainder.last = block.last;
    }
    Ok(extracted)
}

impl Extractor {
    /// An extractor under `limits`.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        let room = usize::try_from(limits.record_bytes.saturating_add(limits.header_bytes)).unwrap_or(usize::MAX);
        Self {
            limits,
            inflater: MemberInflater::new(room),
            cutter: Cutter { header_limit_bytes: usize::try_from(limits.header_bytes).unwrap_or(usize::MAX) },
            pool: PoolBuilder::default(),
            sites: SiteRowsBuilder::default(),
            url: String::new(),
            read_picture: |_| PictureRead::default(),
        }
    }

    /// Reads the pictures that lie in the crawl with `read_picture`.
    #[must_use]
    pub fn with_read_picture(self, read_picture: ReadPicture) -> Self {
        Self { read_picture, ..self }
    }

    fn is_full(&self) -> bool {
        self.pool.bytes() + self.sites.bytes() >= BATCH_BYTES
    }

    pub(crate) fn too_large(&self) -> String {
        let limit = self.limits.record_bytes;
        format!("a gzip member inflates to more than {limit} bytes; raise it with --limit record-bytes=BYTES")
    }

    fn record(&mut self, run: &mut Run<'_>, record: &Record<'_>, span: Span) {
        match record.kind {
            // Whether it speaks for a site may show only in what it holds.
            RecordKind::Response | RecordKind::Resource => self.capture(run, record, span),
            RecordKind::Metadata if !run.robots_only => self.wat(run, record, span),
            RecordKind::Revisit if !run.robots_only => self.revisit(run, record, span),
            RecordKind::Metadata | RecordKind::Revisit | RecordKind::Warcinfo | RecordKind::Other => {}
        }
    }
}
