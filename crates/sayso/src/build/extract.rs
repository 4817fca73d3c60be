use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use crossbeam_channel::{Receiver, Sender, bounded};
use sayso_crawl::blocks::{Block, BlockReader, Input, Position};
use sayso_crawl::{Extracted, Extractor, Source, Tail, extract_behind, extract_block};

use super::input::InputFile;
use super::merge_runs::write_run;
use super::options::BuildOptions;
use super::picture::{read_picture, read_picture_without_features};
use super::plan::{Journal, Workshop};
use super::report::{Progress, Stage};
use super::runs::sorted;
use super::sitestore::{Row, write_rows};
use crate::Error;

/// Bytes of a block: large enough that handing it over costs nothing, small enough for all cores to have one.
pub(crate) const BLOCK_BYTES: usize = 2 << 20;

/// Bytes of site facts that wait to be written to a run.
pub(crate) const SITE_BYTES: usize = 32 << 20;

/// What the extraction leaves: runs on disk by way of the journal, and what did not fill another run.
pub(crate) struct Pool {
    pub(crate) batches: Vec<RecordBatch>,
    pub(crate) sites: Vec<Row>,
}

/// A block on its way to a worker.
struct Task {
    number: u64,
    input: usize,
    source: Source,
    block: Arc<Block>,
}

/// What a worker made of a block.
struct Done {
    number: u64,
    input: usize,
    source: Source,
    block: Arc<Block>,
    result: Result<(Extracted, RecordBatch), Error>,
}

/// What goes from the reader and the workers to the collector.
enum Message {
    Done(Box<Done>),
    /// The reader failed; the blocks before it still count.
    Failed(Error),
    /// All blocks up to this number were sent.
    All(u64),
}

/// Reads the inputs from where the journal says to their end.
pub(super) fn extract(
    options: &BuildOptions,
    inputs: &[InputFile],
    workshop: &Workshop,
    journal: &mut Journal,
    interrupt: &AtomicBool,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Pool, Error> {
    let threads = options.threads.get();
    let (tasks, waiting) = bounded::<Task>(threads);
    let (messages, inbox) = bounded::<Message>(threads * 2);
    // One block may take as long as a hundred others: nobody runs further ahead of it than this.
    let (tickets, returned) = bounded::<()>(threads * 8);
    let stop = AtomicBool::new(false);
    let (first, from) = (journal.input, journal.position);
    std::thread::scope(|scope| {
        let (stop, reader_messages) = (&stop, messages.clone());
        scope.spawn(move || read_blocks(inputs, first, from, options, (&tickets, &tasks), &reader_messages, stop));
        for _ in 0..threads {
            let (waiting, messages) = (waiting.clone(), messages.clone());
            scope.spawn(move || work(options, &waiting, &messages));
        }
        drop((waiting, messages));
        let mut collector = Collector::new(options, inputs, workshop, journal, progress);
        let result = collector.collect(&inbox, &returned, interrupt);
        drop(returned);
        // Whatever the others still hold is of no use; draining lets them end.
        stop.store(true, Ordering::Relaxed);
        while inbox.recv().is_ok() {}
        result?;
        Ok(Pool { batches: collector.batches, sites: collector.sites })
    })
}

fn read_blocks(
    inputs: &[InputFile],
    first: usize,
    from: Option<Position>,
    options: &BuildOptions,
    (tickets, tasks): (&Sender<()>, &Sender<Task>),
    messages: &Sender<Message>,
    stop: &AtomicBool,
) {
    let mut number = 0;
    let mut read = || -> Result<(), Error> {
        for (input, file) in inputs.iter().enumerate().skip(first) {
            let source = Source { file: file.name().into(), robots_only: file.robots_only };
            let mut reader = BlockReader::open(file, BLOCK_BYTES, &options.limits, from.filter(|_| input == first))?;
            while let Some(block) = reader.next_block()? {
                let task = Task { number, input, source: source.clone(), block: Arc::new(block) };
                if stop.load(Ordering::Relaxed) || tickets.send(()).is_err() || tasks.send(task).is_err() {
                    return Ok(());
                }
                number += 1;
            }
        }
        Ok(())
    };
    let result = read();
    // Neither message can be lost: the collector listens until the senders are gone.
    let _ = match result {
        Ok(()) => messages.send(Message::All(number)),
        Err(error) => messages.send(Message::Failed(error)).and_then(|()| messages.send(Message::All(number))),
    };
}

/// An extractor that also reads what the pictures in the crawl say of themselves, and hashes them.
fn extractor(options: &BuildOptions) -> Extractor {
    let read = if options.features { read_picture } else { read_picture_without_features };
    Extractor::new(options.limits).with_read_picture(read)
}

fn work(options: &BuildOptions, waiting: &Receiver<Task>, messages: &Sender<Message>) {
    let mut extractor = extractor(options);
    for Task { number, input, source, block } in waiting {
        let result = extract_sorted(&mut extractor, &source, &block);
        if messages.send(Message::Done(Box::new(Done { number, input, source, block, result }))).is_err() {
            return;
        }
    }
}

fn extract_sorted(
    extractor: &mut Extractor,
    source: &Source,
    block: &Block,
) -> Result<(Extracted, RecordBatch), Error> {
    with_sorted(extract_block(extractor, source, block)?)
}

fn with_sorted(extracted: Extracted) -> Result<(Extracted, RecordBatch), Error> {
    let batch = sorted(&extracted.pool)?;
    Ok((extracted, batch))
}

/// Takes what the workers made in the order of the input and writes runs.
struct Collector<'a> {
    options: &'a BuildOptions,
    inputs: &'a [InputFile],
    workshop: &'a Workshop,
    journal: &'a mut Journal,
    progress: &'a (dyn Fn(Progress) + Sync),
    batches: Vec<RecordBatch>,
    batch_bytes: usize,
    sites: Vec<Row>,
    site_bytes: usize,
    /// Blocks that came before their turn.
    early: BTreeMap<u64, Box<Done>>,
    /// The member inside which the last block ended.
    tail: Option<Tail>,
    started: Instant,
    seconds_before: f64,
    bytes_before: u64,
}

impl<'a> Collector<'a> {
    fn new(
        options: &'a BuildOptions,
        inputs: &'a [InputFile],
        workshop: &'a Workshop,
        journal: &'a mut Journal,
        progress: &'a (dyn Fn(Progress) + Sync),
    ) -> Self {
        let (seconds_before, bytes_before) = (journal.extract_seconds, journal.bytes_read);
        Self {
            options,
            inputs,
            workshop,
            journal,
            progress,
            batches: Vec::new(),
            batch_bytes: 0,
            sites: Vec::new(),
            site_bytes: 0,
            early: BTreeMap::new(),
            tail: None,
            started: Instant::now(),
            seconds_before,
            bytes_before,
        }
    }

    fn collect(
        &mut self,
        inbox: &Receiver<Message>,
        returned: &Receiver<()>,
        interrupt: &AtomicBool,
    ) -> Result<(), Error> {
        let (mut next, mut all, mut failed) = (0, None, None);
        while all != Some(next) {
            match inbox.recv().map_err(|_| Error::Stopped("reader"))? {
                Message::Done(done) => drop(self.early.insert(done.number, done)),
                Message::Failed(error) => failed = Some(error),
                Message::All(number) => all = Some(number),
            }
            while let Some(done) = self.early.remove(&next) {
                self.take(*done)?;
                next += 1;
                // There is one for every block, so this never waits.
                let _ = returned.try_recv();
            }
            if interrupt.load(Ordering::Relaxed) {
                // What was taken so far is not lost: it becomes a run that the next start goes on from.
                self.flush()?;
                return Err(Error::Interrupted);
            }
        }
        self.note_time();
        match failed {
            Some(error) => {
                self.flush()?;
                Err(error)
            }
            // With runs on disk the rest becomes one, too: the journal must not be ahead of what it names.
            None if !self.journal.runs.is_empty() => self.flush(),
            None => Ok(()),
        }
    }

    fn take(&mut self, done: Done) -> Result<(), Error> {
        let Done { input, source, block, result, .. } = done;
        self.journal.damage.append(block.damage.clone());
        let mut extractor = None;
        let mut extracted = match self.tail.take() {
            None => result?,
            // The member that the last block ended in goes on here, so this block was read from the wrong place.
            Some(tail) => {
                let extractor = extractor.insert(self::extractor(self.options));
                with_sorted(extract_behind(tail, extractor, &source, &block)?)?
            }
        };
        while let Some(rest) = self.add(input, &block, extracted)? {
            let extractor = extractor.get_or_insert_with(|| self::extractor(self.options));
            extracted = extract_sorted(extractor, &source, &rest)?;
        }
        let total = self.inputs.iter().map(|input| input.bytes).sum::<Option<u64>>();
        let done = self.bytes_read();
        let (found, files) = (self.journal.counts.pairs, (self.journal.input as u64, self.inputs.len() as u64));
        (self.progress)(Progress { stage: Stage::Extract, done, total, found, files: Some(files), requests: None });
        Ok(())
    }

    /// Adds what a block gave, and returns what of it is still to be read.
    fn add(
        &mut self,
        input: usize,
        block: &Block,
        (extracted, batch): (Extracted, RecordBatch),
    ) -> Result<Option<Block>, Error> {
        self.journal.counts.add(&extracted.counts);
        self.journal.damage.append(extracted.damage);
        if self.inputs.get(input).is_some_and(|input| input.keeps_pairs) {
            self.batch_bytes += batch.get_array_memory_size();
            self.batches.push(batch);
        }
        let (keys, values) =
            (extracted.sites.column(0).as_string::<i32>(), extracted.sites.column(1).as_string::<i32>());
        for (key, value) in keys.iter().flatten().zip(values.iter().flatten()) {
            self.site_bytes += key.len() + value.len() + 64;
            self.sites.push((key.to_owned(), value.to_owned()));
        }
        self.tail = extracted.tail;
        (self.journal.input, self.journal.position) = if block.last && extracted.remainder.is_none() {
            (input + 1, None)
        } else {
            (input, Some(Position { kind: block.kind, offset: extracted.end }))
        };
        if self.batch_bytes >= self.options.memory_bytes || self.site_bytes >= SITE_BYTES {
            self.flush()?;
        }
        Ok(extracted.remainder)
    }

    fn bytes_read(&self) -> u64 {
        self.bytes_before + self.inputs.iter().map(|input| input.read.load(Ordering::Relaxed)).sum::<u64>()
    }

    fn note_time(&mut self) {
        self.journal.extract_seconds = self.seconds_before + self.started.elapsed().as_secs_f64();
        self.journal.bytes_read = self.bytes_read();
    }

    /// Writes what is in memory to runs, and then the journal that names them.
    fn flush(&mut self) -> Result<(), Error> {
        if !self.batches.is_empty() {
            let name = format!("pairs-{:06}.arrow", self.journal.runs.len());
            write_run(&self.workshop.dir.join(&name), std::mem::take(&mut self.batches))?;
            self.journal.runs.push(name);
            self.batch_bytes = 0;
        }
        if !self.sites.is_empty() {
            let name = format!("sites-{:06}.rows", self.journal.site_runs.len());
            let mut rows = std::mem::take(&mut self.sites);
            rows.sort_unstable();
            write_rows(&self.workshop.dir.join(&name), rows.into_iter().map(Ok))?;
            self.journal.site_runs.push(name);
            self.site_bytes = 0;
        }
        self.note_time();
        self.workshop.save(self.journal)
    }
}
