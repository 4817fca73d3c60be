//! Cuts a crawl file into blocks that can be worked on apart from each other.
//!
//! A file with a gzip member for each record is cut at the starts of members, so that inflating, the dearest part of
//! reading a crawl, runs on all cores. Every other file is inflated while it is read and cut between records.

use std::io::{self, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use flate2::{Decompress, FlushDecompress, Status};
use memchr::memmem;
use sayso_core::Limits;

use crate::damage::{DamageCounts, DamageKind};
use crate::error::CrawlError;
use crate::inflate::{GZIP_MAGIC, Inflated, open_stream};
use crate::record::{Cut, Cutter, is_arc_line, is_start, next_record};

/// Where the bytes of a crawl file come from.
pub trait Input: Send {
    /// The file's name, as it is kept in record locators.
    fn name(&self) -> &str;

    /// Opens the file for reading from `offset` on. An error of the kind `InvalidData` says that its content is damaged;
    /// any other that it cannot be read.
    fn open_at(&self, offset: u64) -> io::Result<Box<dyn Read + Send>>;
}

/// What a block consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BlockKind {
    /// Gzip members as they lie in the file.
    Members,
    /// Records, inflated.
    Records,
}

/// A piece of a crawl file that holds whole members or whole records.
#[derive(Debug, Clone)]
pub struct Block {
    /// What it consists of.
    pub kind: BlockKind,
    /// Where it starts: in the file for members, in the inflated stream for records.
    pub offset: u64,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Whether no block comes after it.
    pub last: bool,
    /// What was wrong with the bytes between the last block and this one's end.
    pub damage: DamageCounts,
}

/// Where to go on reading a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Position {
    /// The kind of the file's blocks, found out when it was first opened.
    pub kind: BlockKind,
    /// The offset of the next block.
    pub offset: u64,
}

/// Reads a crawl file block by block.
pub struct BlockReader {
    name: String,
    stream: Inflated<BufReader<Box<dyn Read + Send>>>,
    kind: BlockKind,
    cutter: Cutter,
    block_bytes: usize,
    limit_bytes: usize,
    carry: Vec<u8>,
    offset: u64,
    ended: bool,
    done: bool,
    /// Whether the stream broke off: what it ends with is no record's end.
    broken: bool,
    /// Whether the bytes at hand are part of a member that is larger than the limit.
    in_large_member: bool,
    /// Whether the bytes could not be read; an error while inflating is the file's otherwise.
    unreadable: Arc<AtomicBool>,
    damage: DamageCounts,
}

/// Bytes that are made room for before they are there.
const MAX_RESERVE_BYTES: usize = 4 << 20;

/// Bytes on which a file's kind is decided.
const PROBE_BYTES: usize = 1 << 18;

/// Notes that reading failed, which an inflater on top of it reports like damage of its own.
struct Noting {
    reader: Box<dyn Read + Send>,
    failed: Arc<AtomicBool>,
}

impl Read for Noting {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reader.read(buffer).inspect_err(|error| {
            if !matches!(error.kind(), io::ErrorKind::Interrupted | io::ErrorKind::InvalidData) {
                self.failed.store(true, Ordering::Relaxed);
            }
        })
    }
}

impl BlockReader {
    /// Opens `input` at its start, or at the position where an earlier run stopped.
    pub fn open(
        input: &dyn Input,
        block_bytes: usize,
        limits: &Limits,
        from: Option<Position>,
    ) -> Result<Self, CrawlError> {
        let name = input.name().to_owned();
        let failed = |source| CrawlError::Read { file: name.clone(), source };
        let cutter = Cutter { header_limit_bytes: usize::try_from(limits.header_bytes).unwrap_or(usize::MAX) };
        let limit_bytes =
            usize::try_from(limits.record_bytes.saturating_add(limits.header_bytes)).unwrap_or(usize::MAX);
        let unreadable = Arc::new(AtomicBool::new(false));
        // An inflated stream has no way in but its start.
        let place = from.map_or(0, |from| if from.kind == BlockKind::Members { from.offset } else { 0 });
        let mut reader: Box<dyn Read + Send> =
            Box::new(Noting { reader: input.open_at(place).map_err(failed)?, failed: Arc::clone(&unreadable) });
        let mut start = Vec::new();
        let mut damage = DamageCounts::default();
        let kind = loop {
            let more = PROBE_BYTES.max(start.len()) as u64;
            let is_all = match (&mut reader).take(more).read_to_end(&mut start) {
                Ok(read) => (read as u64) < more,
                Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                    damage.add(
                        DamageKind::Compression,
                        &name,
                        start.len() as u64,
                        format!("the file cannot be read further: {error}"),
                    );
                    reader = Box::new(io::empty());
                    true
                }
                Err(source) => return Err(failed(source)),
            };
            let found = from.map(|from| from.kind).or_else(|| probe(&start, is_all, &cutter));
            // A stream can be read whatever it holds; so where nothing can be told, it is one.
            if let Some(kind) = found.or_else(|| (is_all || start.len() > limit_bytes).then_some(BlockKind::Records)) {
                break kind;
            }
        };
        let whole: Box<dyn Read + Send> = Box::new(io::Cursor::new(start).chain(reader));
        let reader = BufReader::with_capacity(1 << 16, whole);
        let (offset, stream) = match kind {
            BlockKind::Members => (place, Inflated::Plain(reader)),
            BlockKind::Records => {
                let mut stream = match open_stream(reader) {
                    Ok(stream) => stream,
                    // A dictionary that is cut off or none: what it was for cannot be read, and that is damage.
                    Err(error) if !unreadable.load(Ordering::Relaxed) => {
                        let truncated = error.kind() == io::ErrorKind::UnexpectedEof;
                        let kind = if truncated { DamageKind::Truncated } else { DamageKind::Compression };
                        damage.add(kind, &name, 0, format!("the stream cannot be inflated: {error}"));
                        let nothing: Box<dyn Read + Send> = Box::new(io::empty());
                        Inflated::Plain(BufReader::new(nothing))
                    }
                    Err(source) => return Err(failed(source)),
                };
                let offset = from.map_or(0, |from| from.offset);
                io::copy(&mut (&mut stream).take(offset), &mut io::sink()).map_err(failed)?;
                (offset, stream)
            }
        };
        Ok(Self {
            name,
            stream,
            kind,
            cutter,
            block_bytes,
            limit_bytes,
            carry: Vec::new(),
            offset,
            ended: false,
            done: false,
            broken: false,
            in_large_member: false,
            unreadable,
            damage,
        })
    }

    /// The next block, `None` after the last.
    pub fn next_block(&mut self) -> Result<Option<Block>, CrawlError> {
        if self.done {
            return Ok(None);
        }
        match self.kind {
            BlockKind::Members => self.members(),
            BlockKind::Records => self.records(),
        }
    }

    /// Reads until `wanted` bytes are at hand or the file ends.
    fn fill(&mut self, wanted: usize) -> Result<(), CrawlError> {
        while self.carry.len() < wanted && !self.ended {
            let missing = (wanted - self.carry.len()) as u64;
            let before = self.carry.len();
            // At once: growing step by step copies what is there each time. What was asked for may never come, though.
            self.carry.reserve(usize::try_from(missing).unwrap_or(usize::MAX).min(MAX_RESERVE_BYTES));
            match (&mut self.stream).take(missing).read_to_end(&mut self.carry) {
                Ok(0) => self.ended = true,
                Ok(_) => self.ended = self.carry.len() - before < usize::try_from(missing).unwrap_or(usize::MAX),
                // A stream that breaks while inflating is damage of the file; one that cannot be read is an error.
                Err(error) if !self.unreadable.load(Ordering::Relaxed) => {
                    let truncated = error.kind() == io::ErrorKind::UnexpectedEof;
                    let kind = if truncated { DamageKind::Truncated } else { DamageKind::Compression };
                    let offset = self.offset + self.carry.len() as u64;
                    self.damage.add(
                        kind,
                        &self.name,
                        offset,
                        format!("the stream cannot be inflated further: {error}"),
                    );
                    self.ended = true;
                    self.broken = true;
                }
                Err(source) => return Err(CrawlError::Read { file: self.name.clone(), source }),
            }
        }
        Ok(())
    }

    /// Hands out the first `length` bytes of what is at hand.
    fn emit(&mut self, length: usize) -> Block {
        let rest = self.carry.split_off(length);
        let bytes = std::mem::replace(&mut self.carry, rest);
        let last = self.ended && self.carry.is_empty();
        self.done = last;
        let offset = self.offset;
        self.offset += bytes.len() as u64;
        Block { kind: self.kind, offset, bytes, last, damage: std::mem::take(&mut self.damage) }
    }

    /// Cuts at the start of a member. What looks like one may be none, such as a crawl file inside a record: a block that
    /// ends inside a member is joined with the next one where it is found out (see [`crate::Tail`]).
    fn members(&mut self) -> Result<Option<Block>, CrawlError> {
        let mut wanted = self.block_bytes;
        loop {
            self.fill(wanted)?;
            if self.ended {
                return Ok(Some(self.emit(self.carry.len())));
            }
            if let Some(cut) = last_member(&self.carry) {
                self.in_large_member = false;
                return Ok(Some(self.emit(cut)));
            }
            if self.in_large_member || self.carry.len() >= self.limit_bytes {
                // Too large to be of use: handed out in pieces, which are walked over.
                self.in_large_member = true;
                return Ok(Some(self.emit(self.carry.len())));
            }
            wanted = (self.carry.len() * 2).min(self.limit_bytes.max(self.block_bytes));
        }
    }

    fn records(&mut self) -> Result<Option<Block>, CrawlError> {
        // Records up to `whole` are found. A block ends behind one without a flaw, at `clean`: what is wrong with a record
        // shows in what comes behind it.
        let (mut whole, mut clean) = (0, 0);
        self.fill(self.block_bytes)?;
        loop {
            match self.cutter.cut(self.carry.get(whole..).unwrap_or_default(), self.ended) {
                Cut::Record { end, flaw, .. } => {
                    if self.broken && flaw.is_some() && whole + end == self.carry.len() {
                        // The record that the break cut off: counted already.
                        self.carry.truncate(whole);
                        return Ok(Some(self.emit(whole)));
                    }
                    whole += end;
                    clean = if flaw.is_none() { whole } else { clean };
                    if clean >= self.block_bytes || whole >= self.limit_bytes {
                        return Ok(Some(self.emit(if clean > 0 { clean } else { whole })));
                    }
                }
                Cut::End { .. } => {
                    if self.broken {
                        self.carry.truncate(whole);
                    }
                    return Ok(Some(self.emit(self.carry.len())));
                }
                Cut::More { .. } if clean > 0 && clean >= self.block_bytes / 2 => return Ok(Some(self.emit(clean))),
                Cut::More { needed, start } => {
                    let at_hand = (self.carry.len() - whole) as u64;
                    let needed = needed.unwrap_or(at_hand.saturating_mul(2).max(4096));
                    if needed > self.limit_bytes as u64 {
                        if whole > 0 {
                            return Ok(Some(self.emit(if clean > 0 { clean } else { whole })));
                        }
                        self.skip_large_record(start)?;
                        continue;
                    }
                    self.fill(whole + usize::try_from(needed).unwrap_or(usize::MAX))?;
                }
            }
        }
    }

    /// Walks over a record that is larger than the limit, to the start of the next one.
    ///
    /// The next start is looked for instead of trusting the length: a wrong length must not cost the records behind.
    fn skip_large_record(&mut self, start: usize) -> Result<(), CrawlError> {
        let limit = self.limit_bytes;
        let is_record = self.carry.get(start..).is_some_and(is_start);
        let (kind, message) = if is_record {
            (
                DamageKind::RecordTooLarge,
                format!("a record is larger than {limit} bytes; raise it with --limit record-bytes=BYTES"),
            )
        } else {
            (DamageKind::Garbage, format!("more than {limit} bytes that belong to no record"))
        };
        self.damage.add(kind, &self.name, self.offset + start as u64, message);
        let mut from = start + 1;
        loop {
            let found = next_record(self.carry.get(from..).unwrap_or_default()).map(|at| from + at);
            let length = self.carry.len();
            let over = found.unwrap_or(if self.ended { length } else { length - OVERLAP_BYTES.min(length) });
            self.carry.drain(..over);
            self.offset += over as u64;
            if found.is_some() || self.ended {
                return Ok(());
            }
            from = 0;
            self.fill(self.carry.len() + self.block_bytes)?;
        }
    }
}

/// Bytes that are looked at twice where a record's start is searched for piece by piece: its first line fits.
const OVERLAP_BYTES: usize = 1 << 16;

/// Whether a file has gzip members that hold whole records, decided on its first member. `None` where the first
/// record is not there to its end.
fn probe(start: &[u8], is_all: bool, cutter: &Cutter) -> Option<BlockKind> {
    if !start.starts_with(&GZIP_MAGIC) {
        return Some(BlockKind::Records);
    }
    let members_if = |is_true: bool| Some(if is_true { BlockKind::Members } else { BlockKind::Records });
    let Some(first) = inflate_start(start, start.len() * 4) else {
        // Damaged at once: its neighbours tell.
        return members_if(next_member(start, 1).is_some());
    };
    if !first.ended {
        return match cutter.cut(&first.bytes, false) {
            Cut::More { .. } if !is_all => None,
            // Another record in the same member, or a file that is cut off in its first.
            _ => Some(BlockKind::Records),
        };
    }
    let behind = start.get(first.used..).unwrap_or_default();
    let leads_on = starts_record(behind) || next_member(behind, 1).is_some();
    match whole_records(&first.bytes, cutter) {
        // Whatever a member of damaged content is, its neighbours are members, too.
        None => members_if(starts_record(behind)),
        Some(0 | 1) => members_if(leads_on || is_all),
        Some(_) => members_if(leads_on),
    }
}

/// How many records `bytes` hold, if there is nothing wrong with any of them.
fn whole_records(bytes: &[u8], cutter: &Cutter) -> Option<usize> {
    let (mut at, mut records) = (0, 0);
    loop {
        match cutter.cut(bytes.get(at..)?, true) {
            Cut::Record { end, flaw: None, garbage: 0, .. } => (at, records) = (at + end, records + 1),
            Cut::End { .. } if records == 0 || at == bytes.len() => return Some(records),
            _ => return None,
        }
    }
}

struct MemberStart {
    bytes: Vec<u8>,
    used: usize,
    ended: bool,
}

/// The first bytes that the member at the start of `input` inflates to.
fn inflate_start(input: &[u8], room: usize) -> Option<MemberStart> {
    let mut decompress = Decompress::new_gzip(15);
    let mut bytes = vec![0; room];
    let status = decompress.decompress(input, &mut bytes, FlushDecompress::None).ok()?;
    bytes.truncate(usize::try_from(decompress.total_out()).ok()?);
    let used = usize::try_from(decompress.total_in()).ok()?;
    Some(MemberStart { bytes, used, ended: status == Status::StreamEnd })
}

/// Whether a member that starts a record starts here.
pub(crate) fn starts_record(input: &[u8]) -> bool {
    // Three reserved flag bits are zero in every gzip file (RFC 1952, section 2.3.1.2).
    if input.get(3).is_none_or(|flags| flags & 0xe0 != 0) {
        return false;
    }
    let starts = |room: usize| inflate_start(input, room).map(|start| starts_with_record(&start.bytes));
    // The first bytes rule out nearly all. An ARC record's line has to be read to its end, where it can be.
    starts(32) == Some(true) && starts(FIRST_LINE_BYTES) != Some(false)
}

/// Bytes among which the first line of an ARC record ends, unless its URL is a very long one.
const FIRST_LINE_BYTES: usize = 4096;

/// Whether `text`, the start of what a member inflates to, is the start of a record. A line such as ARC's may also be
/// the rest of one that the member before began, so it must look like one as far as it is there.
pub(crate) fn starts_with_record(text: &[u8]) -> bool {
    if text.starts_with(b"WARC/") {
        return true;
    }
    let is_arc = [&b"http://"[..], b"https://", b"dns:", b"filedesc:"].iter().any(|scheme| text.starts_with(scheme));
    is_arc && (!text.contains(&b'\n') || is_arc_line(text))
}

/// Where the last member starts that starts a record, behind the first byte.
fn last_member(bytes: &[u8]) -> Option<usize> {
    let mut end = bytes.len();
    loop {
        let at = memmem::rfind(bytes.get(..end)?, &GZIP_MAGIC)?;
        if at == 0 {
            return None;
        }
        if starts_record(bytes.get(at..)?) {
            return Some(at);
        }
        end = at + GZIP_MAGIC.len() - 1;
    }
}

/// Where the next member starts that starts a record, from `from` on.
pub(crate) fn next_member(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += memmem::find(bytes.get(at..)?, &GZIP_MAGIC)?;
        if starts_record(bytes.get(at..)?) {
            return Some(at);
        }
        at += 1;
    }
}

/// What the first bytes of an input say it is.
#[must_use]
pub fn is_crawl(start: &[u8]) -> bool {
    let inflated;
    let text = if start.starts_with(&GZIP_MAGIC) {
        inflated = inflate_start(start, 4096).map(|start| start.bytes).unwrap_or_default();
        &inflated[..]
    } else if start.starts_with(&crate::inflate::ZSTD_MAGIC)
        || start.starts_with(&crate::inflate::ZSTD_DICTIONARY_MAGIC)
    {
        return true;
    } else {
        start
    };
    matches!(Cutter { header_limit_bytes: 4096 }.cut(text, true), Cut::Record { start: 0, .. })
}
