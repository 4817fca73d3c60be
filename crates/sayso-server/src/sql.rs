use std::io::{self, Read, Write};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sayso::sql::{SqlDataset, SqlLimits, WorkerAnswer, WorkerQuestion, WorkerRows};
use sayso_core::Uid;
use tokio::sync::Semaphore;

use crate::refusal::Refusal;

/// How questions in SQL are answered: each by a process of its own, which is ended when its time is over or its reader is
/// gone. Nothing that a question does inside reaches further than that.
#[derive(Debug, Clone)]
pub struct SqlService {
    /// The program that reads a [`WorkerQuestion`] on standard input and writes a [`WorkerAnswer`] on standard output, with
    /// its arguments. It bounds its own memory.
    pub worker: (PathBuf, Vec<String>),
    /// Questions that are worked on at once; more wait for their turn.
    pub at_once: NonZeroUsize,
    /// How long a question may take.
    pub time: Duration,
    /// Memory for what a question has to hold at once.
    pub memory_bytes: usize,
    /// Bytes of an answer's values.
    pub answer_bytes: u64,
}

/// Bytes of a question; the address that it stands in is bounded, too.
const QUESTION_BYTES: usize = 16 << 10;

/// What a worker may say on standard output beside its values: names, brackets, escapes.
const TIMES_ANSWER: u64 = 8;

/// What of a worker's last words is looked at.
const LAST_WORDS_BYTES: u64 = 4 << 10;

/// Where requests ask in SQL.
#[derive(Clone)]
pub(crate) struct SqlDesk {
    service: SqlService,
    datasets: Arc<[SqlDataset]>,
    /// Samples that are hidden from everybody.
    hidden: Vec<Uid>,
    places: Arc<Semaphore>,
}

impl SqlDesk {
    /// Where nothing can be asked about yet.
    pub(crate) fn new(service: SqlService) -> Self {
        let places = Arc::new(Semaphore::new(service.at_once.get().min(Semaphore::MAX_PERMITS)));
        Self { service, datasets: Arc::default(), hidden: Vec::new(), places }
    }

    /// The same for these tables, as if they did not hold these samples.
    pub(crate) fn of(&self, datasets: Vec<SqlDataset>, hidden: Vec<Uid>) -> Self {
        Self { service: self.service.clone(), datasets: datasets.into(), hidden, places: Arc::clone(&self.places) }
    }

    /// The tables.
    pub(crate) fn datasets(&self) -> &[SqlDataset] {
        &self.datasets
    }

    /// Asks a question, whose names without a dot are of the dataset of this name, or else of the first.
    pub(crate) async fn ask(&self, question: String, dataset: Option<&str>, rows: u64) -> Result<WorkerRows, Refusal> {
        let limits = SqlLimits {
            question_bytes: QUESTION_BYTES,
            rows,
            answer_bytes: self.service.answer_bytes,
            memory_bytes: self.service.memory_bytes,
            time: self.service.time,
        };
        let question = self.question(question, dataset, limits)?;
        let waited = tokio::time::timeout(self.service.time, Arc::clone(&self.places).acquire_owned()).await;
        let place = waited.ok().and_then(Result::ok).ok_or(Refusal::Busy)?;
        let child = Ended(Arc::new(Mutex::new(self.start()?)));
        let working = Arc::clone(&child.0);
        let most_bytes = self.service.answer_bytes.saturating_mul(TIMES_ANSWER).saturating_add(1 << 20);
        let answered = tokio::task::spawn_blocking(move || {
            let _place = place;
            work(&working, &question, most_bytes)
        });
        // The worker keeps its time itself; one that cannot any more is ended. So is one whose reader went away: what is
        // asked here is dropped then, and `child` with it.
        let patience = self.service.time + Duration::from_secs(1);
        let answered = tokio::time::timeout(patience, answered).await;
        drop(child);
        match answered {
            Ok(Ok(Ok(answer))) => self.told(answer),
            Ok(Ok(Err(error))) => Err(Refusal::Worker { message: error.to_string() }),
            Ok(Err(_)) => Err(Refusal::Stopped),
            Err(_) => Err(Refusal::TooSlow),
        }
    }

    fn question(&self, question: String, dataset: Option<&str>, limits: SqlLimits) -> Result<WorkerQuestion, Refusal> {
        let first = match dataset {
            Some(name) => self.datasets.iter().position(|dataset| dataset.name == name),
            None => Some(0),
        };
        let first = first.ok_or_else(|| Refusal::NoDataset { name: dataset.unwrap_or_default().to_owned() })?;
        let mut datasets: Vec<&SqlDataset> = self.datasets.iter().collect();
        if let Some(own) = datasets.get_mut(..=first) {
            own.rotate_right(1);
        }
        let dirs = datasets.iter().map(|dataset| dataset.dir.clone()).collect();
        let names = datasets.iter().map(|dataset| dataset.name.clone()).collect();
        Ok(WorkerQuestion { dirs, names, hidden: self.hidden.clone(), question, limits, is_masked: true })
    }

    fn start(&self) -> Result<Child, Refusal> {
        let (program, arguments) = &self.service.worker;
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // Fewer arenas of the allocator: what they keep aside counts, too.
        command.env("MALLOC_ARENA_MAX", "2").env("RUST_BACKTRACE", "0");
        command.spawn().map_err(|error| Refusal::Worker { message: format!("cannot start: {error}") })
    }

    fn told(&self, answer: Option<WorkerAnswer>) -> Result<WorkerRows, Refusal> {
        match answer {
            Some(WorkerAnswer::Rows(rows)) => Ok(rows),
            Some(WorkerAnswer::Fault(fault)) => Err(Refusal::of_sql(fault)),
            None => Err(Refusal::SqlMemory { most_mib: self.service.memory_bytes >> 20 }),
        }
    }
}

/// Hands a worker its question and reads what it says to its end. None if it was ended by the system: its memory is
/// bounded, and so is its stack.
fn work(child: &Mutex<Child>, question: &WorkerQuestion, most_bytes: u64) -> io::Result<Option<WorkerAnswer>> {
    let (stdin, stdout, stderr) = {
        let mut child = child.lock().unwrap_or_else(PoisonError::into_inner);
        (child.stdin.take(), child.stdout.take(), child.stderr.take())
    };
    if let Some(mut stdin) = stdin {
        // One that ended before it read is asked for its status below.
        let _ = stdin.write_all(&serde_json::to_vec(question)?);
    }
    let mut said = Vec::new();
    if let Some(stdout) = stdout {
        stdout.take(most_bytes).read_to_end(&mut said)?;
    }
    let mut last_words = String::new();
    if let Some(stderr) = stderr {
        // What it prints goes no further than the log, and is no text if it likes.
        let _ = stderr.take(LAST_WORDS_BYTES).read_to_string(&mut last_words);
    }
    let status = child.lock().unwrap_or_else(PoisonError::into_inner).wait()?;
    match status.code() {
        Some(0) => Ok(Some(serde_json::from_slice(&said)?)),
        Some(code) => Err(io::Error::other(format!("status {code}: {}", last_words.trim()))),
        None => Ok(None),
    }
}

/// A process that ends when nobody waits for it any more.
struct Ended(Arc<Mutex<Child>>);

impl Drop for Ended {
    fn drop(&mut self) {
        // One that has ended already cannot be ended again.
        let _ = self.0.lock().unwrap_or_else(PoisonError::into_inner).kill();
    }
}
