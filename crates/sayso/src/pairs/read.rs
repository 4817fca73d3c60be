use std::collections::VecDeque;
use std::num::NonZeroUsize;

use arrow_array::RecordBatch;
use sayso_core::Limits;
use sayso_crawl::blocks::{Block, BlockReader, Input};
use sayso_crawl::{Counts, DamageCounts, Extracted, Extractor, Source, Tail, extract_behind, extract_block};
use serde::Serialize;

use super::input::PairInput;
use super::shown::shown;
use crate::Error;
use crate::build::{BLOCK_BYTES, CaptionOptions, Captions};

/// How pairs are read.
#[derive(Debug, Clone)]
pub struct ReadOptions {
    /// Limits on what is read.
    pub limits: Limits,
    /// What is looked for in captions; nothing is refused for it here.
    pub captions: CaptionOptions,
    /// Rows of a batch at most.
    pub batch_rows: NonZeroUsize,
}

/// What was met so far.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ReadReport {
    /// Crawl files that were opened.
    pub inputs: u64,
    /// What was met.
    pub counts: Counts,
    /// What was wrong with the input, by kind.
    pub damage: DamageCounts,
}

/// Reads the pairs of crawl files block by block: no more of them are in memory than one block gives.
///
/// They are the candidate pairs of a build of the same files, capture by capture, before equal ones become one.
pub struct PairReader {
    inputs: std::vec::IntoIter<Box<dyn Input>>,
    open: Option<(Source, BlockReader)>,
    extractor: Extractor,
    captions: Captions,
    options: ReadOptions,
    /// The member inside which the last block ended.
    tail: Option<Tail>,
    /// What of a block was not read yet, because its pairs were many.
    rest: Option<Block>,
    ready: VecDeque<RecordBatch>,
    report: ReadReport,
    is_done: bool,
}

impl PairReader {
    /// Opens the input. What is not there or of no known kind is an error before anything is read.
    pub fn open(input: PairInput, options: ReadOptions) -> Result<Self, Error> {
        Ok(Self {
            inputs: input.open()?.into_iter(),
            open: None,
            extractor: Extractor::new(options.limits),
            captions: Captions::new(&options.captions),
            options,
            tail: None,
            rest: None,
            ready: VecDeque::new(),
            report: ReadReport::default(),
            is_done: false,
        })
    }

    /// What was met so far.
    #[must_use]
    pub const fn report(&self) -> &ReadReport {
        &self.report
    }

    /// A batch that is there already.
    pub fn ready(&mut self) -> Option<RecordBatch> {
        self.ready.pop_front()
    }

    /// Reads one block on, which may give many batches or none; `false` at the end. Behind an error there is nothing more.
    pub fn advance(&mut self) -> Result<bool, Error> {
        let result = self.next_block();
        self.is_done = !matches!(result, Ok(true));
        result
    }

    /// The next batch, `None` at the end.
    pub fn next_batch(&mut self) -> Result<Option<RecordBatch>, Error> {
        loop {
            if let Some(batch) = self.ready() {
                return Ok(Some(batch));
            }
            if !self.advance()? {
                return Ok(None);
            }
        }
    }

    fn next_block(&mut self) -> Result<bool, Error> {
        if self.is_done {
            return Ok(false);
        }
        let (source, reader) = match &mut self.open {
            Some(open) => open,
            none => {
                let Some(input) = self.inputs.next() else { return Ok(false) };
                let source = Source { file: input.name().into(), robots_only: false };
                let reader = BlockReader::open(input.as_ref(), BLOCK_BYTES, &self.options.limits, None)?;
                self.report.inputs += 1;
                none.insert((source, reader))
            }
        };
        let (block, is_rest) = match self.rest.take() {
            Some(rest) => (rest, true),
            None => match reader.next_block()? {
                Some(block) => (block, false),
                None => {
                    self.open = None;
                    return Ok(true);
                }
            },
        };
        let extracted = match self.tail.take() {
            // The member that the last block ended in goes on here.
            Some(tail) if !is_rest => extract_behind(tail, &mut self.extractor, source, &block)?,
            _ => extract_block(&mut self.extractor, source, &block)?,
        };
        if !is_rest {
            self.report.damage.append(block.damage);
        }
        self.take(extracted)?;
        Ok(true)
    }

    fn take(&mut self, extracted: Extracted) -> Result<(), Error> {
        self.report.counts.add(&extracted.counts);
        self.report.damage.append(extracted.damage);
        (self.tail, self.rest) = (extracted.tail, extracted.remainder);
        let batch = shown(&extracted.pool, &self.captions)?;
        let rows = self.options.batch_rows.get();
        let starts = (0..batch.num_rows()).step_by(rows);
        self.ready.extend(starts.map(|start| batch.slice(start, rows.min(batch.num_rows() - start))));
        Ok(())
    }
}
