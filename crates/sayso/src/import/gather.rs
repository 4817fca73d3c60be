use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use arrow_array::RecordBatch;
use crossbeam_channel::{Receiver, Sender, bounded};

use super::aside::{AsideFile, count};
use super::convert::{Converted, Converter};
use super::input::ImportInput;
use super::layout::{InputLayout, Layout};
use super::options::ImportOptions;
use super::plan::ImportJournal;
use super::read::open;
use super::table::{Chunk, Position};
use crate::Error;
use crate::build::{Progress, Stage, Workshop, sorted, write_run};

/// All that the threads of an import look at.
pub(super) struct Shelf<'a> {
    pub(super) options: &'a ImportOptions,
    pub(super) inputs: &'a [ImportInput],
    pub(super) layouts: &'a [InputLayout],
    pub(super) layout: &'a Layout,
    pub(super) workshop: &'a Workshop,
}

/// A chunk on its way to a worker.
struct Task {
    number: u64,
    input: usize,
    chunk: Chunk,
}

/// What a worker made of a chunk.
struct Done {
    number: u64,
    input: usize,
    rows: u64,
    next: Position,
    result: Result<Converted, Error>,
}

/// What goes from the reader and the workers to the collector.
enum Message {
    Done(Box<Done>),
    /// The reader failed; the chunks before still count.
    Failed(Error),
    /// All chunks up to this number were sent.
    All(u64),
}

/// Reads the inputs from where the journal says to their end, into runs. What did not fill another run is returned.
pub(super) fn gather(
    shelf: &Shelf<'_>,
    journal: &mut ImportJournal,
    aside: &mut AsideFile,
    interrupt: &AtomicBool,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Vec<RecordBatch>, Error> {
    let threads = shelf.options.threads.get();
    let (tasks, waiting) = bounded::<Task>(threads);
    let (messages, inbox) = bounded::<Message>(threads * 2);
    // One chunk may take as long as many others: nobody runs further ahead of it than this.
    let (tickets, returned) = bounded::<()>(threads * 8);
    let stop = AtomicBool::new(false);
    let from = (journal.input, journal.position);
    std::thread::scope(|scope| {
        let (stop, reader_messages) = (&stop, messages.clone());
        scope.spawn(move || read_all(shelf, from, (&tickets, &tasks), &reader_messages, stop));
        for _ in 0..threads {
            let (waiting, messages) = (waiting.clone(), messages.clone());
            scope.spawn(move || work(shelf, &waiting, &messages));
        }
        drop((waiting, messages));
        let mut collector = Collector { shelf, journal, aside, batches: Vec::new(), bytes: 0, started: Instant::now() };
        let result = collector.collect(&inbox, &returned, interrupt, progress);
        drop(returned);
        // Whatever the others still hold is of no use; draining lets them end.
        stop.store(true, Ordering::Relaxed);
        while inbox.recv().is_ok() {}
        result?;
        Ok(collector.batches)
    })
}

fn read_all(
    shelf: &Shelf<'_>,
    (first, from): (usize, Position),
    (tickets, tasks): (&Sender<()>, &Sender<Task>),
    messages: &Sender<Message>,
    stop: &AtomicBool,
) {
    let mut number = 0;
    let mut read = || -> Result<(), Error> {
        for (at, input) in shelf.inputs.iter().enumerate().skip(first) {
            let from = if at == first { from } else { Position::default() };
            let mut table = open(input, shelf.options.header, from, &shelf.workshop.dir)?;
            while let Some(chunk) = table.next_chunk()? {
                if let Some(part) = table.rows().zip(input.bytes).and_then(|(rows, bytes)| {
                    (u128::from(bytes) * u128::from(chunk.next.row)).checked_div(u128::from(rows))
                }) {
                    input.read.store(u64::try_from(part).unwrap_or(0), Ordering::Relaxed);
                }
                let task = Task { number, input: at, chunk };
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

fn work(shelf: &Shelf<'_>, waiting: &Receiver<Task>, messages: &Sender<Message>) {
    let mut converter = Converter::new(shelf.options.limits, shelf.options.features);
    for Task { number, input, chunk } in waiting {
        let (next, rows) = (chunk.next, (chunk.rows.len() + chunk.aside.len()) as u64);
        let result = convert(shelf, &mut converter, input, chunk);
        if messages.send(Message::Done(Box::new(Done { number, input, rows, next, result }))).is_err() {
            return;
        }
    }
}

fn convert(shelf: &Shelf<'_>, converter: &mut Converter, input: usize, chunk: Chunk) -> Result<Converted, Error> {
    let (Some(file), Some(layout)) = (shelf.inputs.get(input), shelf.layouts.get(input)) else {
        return Err(Error::Stopped("reader"));
    };
    let Converted { batch, aside, undecoded } = converter.convert(&file.name, chunk, layout, shelf.layout)?;
    Ok(Converted { batch: sorted(&batch)?, aside, undecoded })
}

/// Takes what the workers made in the order of the input and writes runs.
struct Collector<'a> {
    shelf: &'a Shelf<'a>,
    journal: &'a mut ImportJournal,
    aside: &'a mut AsideFile,
    batches: Vec<RecordBatch>,
    bytes: usize,
    started: Instant,
}

impl Collector<'_> {
    fn collect(
        &mut self,
        inbox: &Receiver<Message>,
        returned: &Receiver<()>,
        interrupt: &AtomicBool,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<(), Error> {
        let (mut next, mut all, mut failed) = (0, None, None);
        let mut early = BTreeMap::new();
        while all != Some(next) {
            match inbox.recv().map_err(|_| Error::Stopped("reader"))? {
                Message::Done(done) => drop(early.insert(done.number, done)),
                Message::Failed(error) => failed = Some(error),
                Message::All(number) => all = Some(number),
            }
            while let Some(done) = early.remove(&next) {
                self.take(*done)?;
                next += 1;
                // There is one for every chunk, so this never waits.
                let _ = returned.try_recv();
            }
            progress(self.progress());
            if interrupt.load(Ordering::Relaxed) {
                // What was taken so far is not lost: it becomes a run that the next start goes on from.
                self.flush()?;
                return Err(Error::Interrupted);
            }
        }
        match failed {
            Some(error) => {
                self.flush()?;
                Err(error)
            }
            // With runs on disk the rest becomes one, too: the journal must not be ahead of what it names.
            None if !self.journal.runs.is_empty() => self.flush(),
            None => self.aside.sync().map(|_| ()),
        }
    }

    fn take(&mut self, done: Done) -> Result<(), Error> {
        let Converted { batch, aside, undecoded } = done.result?;
        self.journal.undecoded.add(undecoded);
        for row in &aside {
            count(&mut self.journal.aside, row);
            self.aside.push(row)?;
        }
        self.journal.rows += done.rows;
        self.journal.pairs += batch.num_rows() as u64;
        (self.journal.input, self.journal.position) = (done.input, done.next);
        self.bytes += batch.get_array_memory_size();
        self.batches.push(batch);
        if self.bytes >= self.shelf.options.memory_bytes { self.flush() } else { Ok(()) }
    }

    fn progress(&self) -> Progress {
        let inputs = self.shelf.inputs;
        let before = inputs.iter().take(self.journal.input).map(|input| input.bytes.unwrap_or(0)).sum::<u64>();
        let now = inputs.get(self.journal.input).map_or(0, |input| input.read.load(Ordering::Relaxed));
        let total = inputs.iter().map(|input| input.bytes).sum::<Option<u64>>();
        let files = Some((self.journal.input as u64, inputs.len() as u64));
        Progress { stage: Stage::Extract, done: before + now, total, found: self.journal.pairs, files, requests: None }
    }

    /// Writes what is in memory to a run, and then the journal that names it.
    fn flush(&mut self) -> Result<(), Error> {
        if !self.batches.is_empty() {
            let name = format!("pairs-{:06}.arrow", self.journal.runs.len());
            write_run(&self.shelf.workshop.dir.join(&name), std::mem::take(&mut self.batches))?;
            self.journal.runs.push(name);
            self.bytes = 0;
        }
        self.journal.aside_file = self.aside.sync()?;
        self.journal.read_seconds += self.started.elapsed().as_secs_f64();
        self.started = Instant::now();
        self.shelf.workshop.save(self.journal)
    }
}
