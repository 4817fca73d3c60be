use std::cmp::Ordering;
use std::collections::BinaryHeap;

use arrow_array::RecordBatch;
use arrow_select::interleave::interleave_record_batch;
use sayso_core::{RecordLocator, Signal};

use super::runs::Keys;
use crate::Error;

/// Batches in the order of the pool, each of them as well as all together.
pub(crate) type SortedBatches = Box<dyn Iterator<Item = Result<RecordBatch, Error>> + Send>;

/// Rows that a merged batch holds at most.
const BATCH_ROWS: usize = 8192;

/// Signals that are kept of all captures of one pair together.
const MAX_SIGNALS: usize = 64;

/// Distinct pairs in the order of the pool.
pub(crate) struct Merged {
    /// One row for each pair: that of its first capture.
    pub(crate) batch: RecordBatch,
    /// For each row, how many captures there were.
    pub(crate) captures: Vec<u32>,
    /// For each row, the other pages on which the pair stands, with when they were captured.
    pub(crate) pages: Vec<Vec<OtherPage>>,
    /// For each row, the signals of all its captures, where they differ from those of the first.
    pub(crate) signals: Vec<Option<String>>,
}

/// A page on which a pair stands beside the one that its row names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OtherPage {
    pub(super) url: String,
    pub(super) captured_at: Option<sayso_core::Timestamp>,
}

/// Other pages that are remembered for one pair. A logo stands on millions; their sites speak through the first few.
const MAX_PAGES: usize = 64;

/// Merges sorted batches and makes one row of equal pairs.
pub(crate) struct Merge {
    sources: Vec<SortedBatches>,
    heap: BinaryHeap<Cursor>,
    /// Batches that rows of the current output come from.
    batches: Vec<RecordBatch>,
    rows: Vec<(usize, usize)>,
    captures: Vec<u32>,
    pages: Vec<Vec<OtherPage>>,
    signals: Vec<Option<String>>,
    /// The row that later ones are compared with.
    last: Option<Last>,
    /// Whether equal pairs stay apart, as they do in a run.
    keeps_all: bool,
    /// Rows that were equal to an earlier one.
    pub(super) duplicates: u64,
}

struct Last {
    keys: Keys,
    row: usize,
    capture_row: (Keys, usize),
}

struct Cursor {
    keys: Keys,
    row: usize,
    rows: usize,
    batch: usize,
    source: usize,
}

impl PartialEq for Cursor {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Cursor {}

impl PartialOrd for Cursor {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Cursor {
    /// Reversed, because a heap hands out its greatest element first.
    fn cmp(&self, other: &Self) -> Ordering {
        other.keys.compare(other.row, &self.keys, self.row).then(other.source.cmp(&self.source))
    }
}

impl Merge {
    /// Makes one row of equal pairs.
    pub(crate) fn new(sources: Vec<SortedBatches>) -> Result<Self, Error> {
        Self::open(sources, false)
    }

    /// Keeps every row.
    pub(super) fn keeping_all(sources: Vec<SortedBatches>) -> Result<Self, Error> {
        Self::open(sources, true)
    }

    fn open(sources: Vec<SortedBatches>, keeps_all: bool) -> Result<Self, Error> {
        let mut merge = Self {
            heap: BinaryHeap::with_capacity(sources.len()),
            sources,
            batches: Vec::new(),
            rows: Vec::new(),
            captures: Vec::new(),
            pages: Vec::new(),
            signals: Vec::new(),
            last: None,
            keeps_all,
            duplicates: 0,
        };
        for source in 0..merge.sources.len() {
            merge.load(source)?;
        }
        Ok(merge)
    }

    /// Puts the next batch of a source onto the heap.
    fn load(&mut self, source: usize) -> Result<(), Error> {
        while let Some(batch) = self.sources.get_mut(source).and_then(Iterator::next) {
            let batch = batch?;
            if batch.num_rows() > 0 {
                let keys = Keys::of(&batch)?;
                self.heap.push(Cursor { keys, row: 0, rows: batch.num_rows(), batch: self.batches.len(), source });
                self.batches.push(batch);
                break;
            }
        }
        Ok(())
    }

    /// The next batch of distinct pairs, `None` after the last.
    pub(crate) fn next_batch(&mut self) -> Result<Option<Merged>, Error> {
        loop {
            let Some(mut top) = self.heap.pop() else {
                return if self.rows.is_empty() { Ok(None) } else { self.emit().map(Some) };
            };
            // Rows of one run follow each other most of the time: stay with it while it is ahead of all others.
            loop {
                let is_new = self.keeps_all
                    || self.last.as_ref().is_none_or(|last| top.keys.uid(top.row) != last.keys.uid(last.row));
                if is_new && self.rows.len() >= BATCH_ROWS {
                    self.heap.push(top);
                    return self.emit().map(Some);
                }
                self.take(&top, is_new)?;
                top.row += 1;
                if top.row == top.rows {
                    let source = top.source;
                    drop(top);
                    self.load(source)?;
                    break;
                }
                if self.heap.peek().is_some_and(|next| *next > top) {
                    self.heap.push(top);
                    break;
                }
            }
        }
    }

    /// Takes a row: a new pair, or one more capture of the last.
    fn take(&mut self, cursor: &Cursor, is_new: bool) -> Result<(), Error> {
        if is_new {
            self.rows.push((cursor.batch, cursor.row));
            self.captures.push(1);
            self.pages.push(Vec::new());
            self.signals.push(None);
            match &mut self.last {
                // Cloning keys means counting ten references; the row alone moves while a batch lasts.
                Some(last) if last.batch_is(cursor) => {
                    last.row = cursor.row;
                    last.capture_row.1 = cursor.row;
                }
                last => {
                    let keys = cursor.keys.clone();
                    *last = Some(Last { keys: keys.clone(), row: cursor.row, capture_row: (keys, cursor.row) });
                }
            }
            return Ok(());
        }
        self.duplicates += 1;
        let Some(last) = &mut self.last else { return Ok(()) };
        if last.capture_row.0.capture(last.capture_row.1) != cursor.keys.capture(cursor.row) {
            if let Some(captures) = self.captures.last_mut() {
                *captures = captures.saturating_add(1);
            }
            last.capture_row = (cursor.keys.clone(), cursor.row);
        }
        let page = cursor.keys.page(cursor.row);
        if page != last.keys.page(last.row)
            && let Some(pages) = self.pages.last_mut()
        {
            let is_known = pages.iter().any(|known| (known.url.as_str(), known.captured_at) == page);
            if pages.len() < MAX_PAGES && !is_known {
                pages.push(OtherPage { url: page.0.to_owned(), captured_at: page.1 });
            }
        }
        let (first, later) = (last.keys.signals(last.row), cursor.keys.signals(cursor.row));
        if later.is_some()
            && later != first
            && let Some(slot) = self.signals.last_mut()
        {
            let known = slot.as_deref().or(first);
            let (file, offset) = cursor.keys.capture(cursor.row);
            *slot = Some(union(known, later.unwrap_or_default(), file, offset));
        }
        Ok(())
    }

    /// Hands out what was collected, and lets go of the batches that no cursor stands in any more.
    fn emit(&mut self) -> Result<Merged, Error> {
        let sources: Vec<&RecordBatch> = self.batches.iter().collect();
        let batch = interleave_record_batch(&sources, &self.rows)?;
        let merged = Merged {
            batch,
            captures: std::mem::take(&mut self.captures),
            pages: std::mem::take(&mut self.pages),
            signals: std::mem::take(&mut self.signals),
        };
        self.rows.clear();
        let mut kept = Vec::with_capacity(self.heap.len());
        let mut cursors: Vec<Cursor> = std::mem::take(&mut self.heap).into_vec();
        for cursor in &mut cursors {
            if let Some(batch) = self.batches.get(cursor.batch) {
                kept.push(batch.clone());
                cursor.batch = kept.len() - 1;
            }
        }
        self.batches = kept;
        self.heap = cursors.into();
        Ok(merged)
    }
}

impl Last {
    /// Whether the cursor stands in the batch of the last row.
    fn batch_is(&self, cursor: &Cursor) -> bool {
        std::ptr::eq(self.keys.uid(0), cursor.keys.uid(0))
            && std::ptr::eq(self.capture_row.0.uid(0), cursor.keys.uid(0))
    }
}

/// The signals of several captures together, each once; those of later captures with the record they came from.
fn union(known: Option<&str>, later: &str, file: &str, offset: u64) -> String {
    let mut signals: Vec<Signal> = known.and_then(|known| serde_json::from_str(known).ok()).unwrap_or_default();
    let later: Vec<Signal> = serde_json::from_str(later).unwrap_or_default();
    for mut signal in later {
        let same = |known: &Signal| {
            (known.kind, known.speaker, &known.place, &known.raw)
                == (signal.kind, signal.speaker, &signal.place, &signal.raw)
        };
        if signals.len() < MAX_SIGNALS && !signals.iter().any(same) {
            signal.record = Some(RecordLocator { file: file.into(), offset, length: 0, digest: String::new() });
            signals.push(signal);
        }
    }
    serde_json::to_string(&signals).unwrap_or_default()
}
