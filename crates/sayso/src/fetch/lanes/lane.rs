use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sayso_core::Timestamp;
use sayso_dataset::remove_if_there;
use serde::{Deserialize, Serialize};

use super::folder::{HOSTS, LINES, LanesFolder, Step};
use super::gather::LaneLine;
use super::lay::{PARTS, SITES};
use super::ledger::Ledger;
use crate::Error;
use crate::fetch::journal::{KnownLine, Line};
use crate::fetch::lines::{each_line, in_bytes, open_at};
use crate::fetch::part::Part;
use crate::fetch::plan::PartPlan;

/// A lane that this process alone works in.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) number: usize,
    folder: LanesFolder,
    /// Whoever holds it may ask the hosts of the lane.
    pub(super) ledger: Arc<Ledger>,
    /// The note that somebody works on it, which stays where they die.
    mark: PathBuf,
    /// What is to be done of it: stretches of parts, or sites.
    pub(super) left: AtomicUsize,
    lines: Mutex<Lines>,
    counts: Mutex<Counts>,
    /// What was laid down of them last.
    saved: Mutex<Option<Counts>>,
    /// Parts that are worked on.
    open: Mutex<Vec<Arc<Part>>>,
}

#[derive(Debug)]
struct Lines {
    file: File,
    path: PathBuf,
    /// Rows of parts that stand in it, and whether their pictures were had.
    known: HashMap<u32, Vec<(u32, bool)>>,
}

/// How far a lane is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Counts {
    /// Sites that were heard.
    pub(super) sites: u64,
    /// Samples of which it is known what came of them.
    pub(super) done: u64,
    /// Pictures that were had.
    pub(super) had: u64,
    /// Requests for pictures.
    pub(super) requests: u64,
}

/// A line of the lane's journal that tells of a sample that is done.
#[derive(Deserialize)]
struct Known {
    part: u32,
    #[serde(flatten)]
    line: KnownLine,
}

const COUNTS: &str = "counts.json";

/// What notes of somebody who works on a lane begin with.
const MARK: &str = "try-";

impl Lane {
    /// Begins to work in a lane, of which `lock` is held.
    pub(super) fn open(
        folder: &LanesFolder,
        number: usize,
        lock: File,
        pause: Duration,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let dir = folder.lane(number);
        let mark = tempfile::Builder::new().prefix(MARK).tempfile_in(&dir).map_err(Error::file(&dir))?;
        let mark = mark.into_temp_path().keep().map_err(|error| Error::file(&dir)(error.error))?;
        let ledger = Arc::new(Ledger::open(dir.join(HOSTS), pause, now, Some(lock))?);
        let path = dir.join(LINES);
        let mut known: HashMap<u32, Vec<(u32, bool)>> = HashMap::new();
        let end = each_line(&path, |Known { part, line }, _| {
            known.entry(part).or_default().push((line.row, line.outcome.kind.is_had()));
            Ok(())
        })?;
        let file = open_at(&path, end)?;
        // Of samples it is counted anew what is done, of the other step and of requests it stays.
        let counts = Self::counts(folder, number)?.map(|counts| Counts { done: 0, had: 0, ..counts });
        Ok(Self {
            number,
            folder: folder.clone(),
            ledger,
            mark,
            left: AtomicUsize::new(0),
            lines: Mutex::new(Lines { file, path, known }),
            counts: Mutex::new(counts.unwrap_or_default()),
            saved: Mutex::default(),
            open: Mutex::default(),
        })
    }

    /// How far a lane is by what lies there.
    pub(super) fn counts(folder: &LanesFolder, number: usize) -> Result<Option<Counts>, Error> {
        folder.read(&format!("{number:05}/{COUNTS}"))
    }

    /// How many of those who began with a lane did not come to an end.
    pub(super) fn tries(folder: &LanesFolder, number: usize) -> Result<Vec<PathBuf>, Error> {
        let dir = folder.lane(number);
        let mut tries = Vec::new();
        for entry in fs_err::read_dir(&dir).map_err(Error::file(&dir))? {
            let entry = entry.map_err(Error::file(&dir))?;
            if entry.file_name().to_string_lossy().starts_with(MARK) {
                tries.push(entry.path());
            }
        }
        Ok(tries)
    }

    /// Whether a step is through with a lane.
    pub(super) fn is_done(folder: &LanesFolder, number: usize, step: Step) -> bool {
        folder.lane(number).join(step.done()).exists()
    }

    /// Forgets how far it is and who died over it, as a command does that is given again.
    pub(super) fn forget(folder: &LanesFolder, number: usize) -> Result<(), Error> {
        for path in Self::tries(folder, number)? {
            remove_if_there(&path)?;
        }
        remove_if_there(&folder.lane(number).join(COUNTS))?;
        Ok(remove_if_there(&folder.lane(number).join(Step::Sites.done()))?)
    }

    /// The stretches of parts that lie in it.
    pub(super) fn parts(&self) -> Result<Vec<PartPlan>, Error> {
        let parts: Option<Vec<PartPlan>> = self.folder.read(&format!("{:05}/{PARTS}", self.number))?;
        let parts = parts.unwrap_or_default();
        self.left.store(parts.len(), Ordering::Relaxed);
        Ok(parts)
    }

    /// The sites of pages in it that others wait for.
    pub(super) fn sites(&self) -> Result<Vec<String>, Error> {
        let path = self.folder.lane(self.number).join(SITES);
        let file = fs_err::File::open(&path).map_err(Error::file(&path))?;
        let mut sites = BufReader::new(file).lines().collect::<Result<Vec<_>, _>>().map_err(Error::file(&path))?;
        sites.sort_unstable();
        sites.dedup();
        self.left.store(sites.len(), Ordering::Relaxed);
        Ok(sites)
    }

    /// The rows of a part of which its journal knows.
    pub(super) fn known(&self, part: u32) -> Vec<(u32, bool)> {
        lock(&self.lines).known.get(&part).cloned().unwrap_or_default()
    }

    /// Writes down what came of samples, in one piece.
    pub(super) fn write(&self, part: u32, lines: Vec<Line>) -> Result<(), Error> {
        let bytes = in_bytes(lines.into_iter().map(|line| LaneLine { part, line }))?;
        let mut lines = lock(&self.lines);
        lines.file.write_all(&bytes).map_err(|error| Error::file(&lines.path)(error))
    }

    /// Notes that a part is worked on.
    pub(super) fn begin(&self, part: &Arc<Part>) {
        lock(&self.open).push(Arc::clone(part));
    }

    /// Notes that a part is complete.
    pub(super) fn complete(&self, part: &Arc<Part>) {
        lock(&self.open).retain(|open| !Arc::ptr_eq(open, part));
        lock(&self.counts).requests += part.asked.load(Ordering::Relaxed);
    }

    pub(super) fn count(&self, sites: u64, done: u64, had: u64) {
        let mut counts = lock(&self.counts);
        counts.sites += sites;
        counts.done += done;
        counts.had += had;
    }

    /// Lays down how far it is, for whoever drives to see.
    pub(super) fn save(&self) -> Result<(), Error> {
        let mut counts = *lock(&self.counts);
        counts.requests += lock(&self.open).iter().map(|part| part.asked.load(Ordering::Relaxed)).sum::<u64>();
        if lock(&self.saved).replace(counts) == Some(counts) {
            return Ok(());
        }
        // It is to be seen, and need not last: nobody waits for the disk.
        let path = self.folder.lane(self.number).join(COUNTS);
        let temporary = path.with_extension("new");
        let json = crate::build::cluster::written(&counts)?;
        let write = || fs_err::write(&temporary, json).and_then(|()| fs_err::rename(&temporary, &path));
        write().map_err(Error::file(&path))
    }

    /// Ends work in it, for good or for now. Its hosts may be asked by others when the last request came to an end.
    pub(super) fn close(&self, done: Option<Step>) -> Result<(), Error> {
        self.save()?;
        {
            let lines = lock(&self.lines);
            lines.file.sync_data().map_err(|error| Error::file(&lines.path)(error))?;
        }
        if let Some(step) = done {
            self.folder.write(&format!("{:05}/{}", self.number, step.done()), &())?;
        }
        Ok(remove_if_there(&self.mark)?)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
