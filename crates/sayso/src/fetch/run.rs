use std::num::NonZeroUsize;
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use crossbeam_channel::{RecvTimeoutError, bounded};
use sayso_dataset::{Dataset, remove_unlisted, retire, write_atomically};

use super::ask::{Answered, Asker, Job, Step};
use super::client::Client;
use super::desk::Desk;
use super::gate::Gate;
use super::journal::{JOURNAL_VERSION, Journal, JournalPlan};
use super::keep::{KeepOptions, forget_refused, open_folder, remember};
use super::options::FetchOptions;
use super::plan::{PartPlan, parts};
use super::report::FetchReport;
use super::settle::{Settled, Settler};
use super::snapshot::write_shards;
use super::turns::Turns;
use crate::Error;
use crate::build::{Progress, Workshop};
use crate::library::{Library, rebuild_index};
use crate::rejudge::publish;

/// How often it is looked whether somebody wants it to stop.
const PATIENCE: Duration = Duration::from_millis(100);

/// Fetches the pictures of a dataset's newest snapshot and makes a snapshot of what was learned.
///
/// Whoever is interrupted, or killed, runs it again: what was had is not fetched twice. A snapshot comes to be as the last
/// step or not at all.
pub fn fetch(
    options: &FetchOptions,
    interrupt: &AtomicBool,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<FetchReport, Error> {
    // No workshop in a folder that is no dataset; and nobody else may make a snapshot of the one that is fetched here.
    drop(Dataset::open(&options.dir)?);
    let workshop = Workshop::open(&options.dir)?;
    remove_unlisted(&options.dir)?;
    let dataset = Dataset::open(&options.dir)?;
    let plan = plan_of(options, &dataset);
    let (journal, goes_on) = Journal::open(&options.dir, &plan)?;
    if let Some(KeepOptions { folder, .. }) = &options.keep {
        open_folder(folder, goes_on)?;
        remember(&options.dir, folder)?;
    }
    let plans = parts(&dataset, options.part_rows.get())?;
    let requests = AtomicU64::new(0);
    fetch_all(options, &dataset, &plans, &journal, &requests, interrupt, progress)?;
    let mut report = FetchReport::new(dataset.manifest().snapshot, dataset.samples());
    report.requests = requests.load(Ordering::Relaxed);
    match write_shards(&dataset, &plans, &journal, &mut report, interrupt) {
        Ok(Some(judged)) => {
            report.snapshot = dataset.manifest().snapshot + 1;
            write_report(&options.dir, &report)?;
            let policy = dataset.manifest().policy();
            let head = dataset.manifest().registry_head.clone();
            publish(&options.dir, policy, dataset.manifest(), judged, head)?;
        }
        Ok(None) => {}
        Err(error) => {
            // Shards of a snapshot that did not come to be are of no use; what was fetched is in the journal.
            remove_unlisted(&options.dir)?;
            return Err(error);
        }
    }
    retire(&options.dir, Dataset::open(&options.dir)?.manifest())?;
    // Of a run that was killed behind its last step the indexes may be missing.
    if Library::open(std::slice::from_ref(&options.dir)).is_err() {
        rebuild_index(&options.dir, options.memory_bytes, options.threads)?;
    }
    // What is refused by now was perhaps kept by an earlier run.
    report.removed = forget_refused(&options.dir)?;
    if report.removed > 0 {
        write_report(&options.dir, &report)?;
    }
    journal.clear()?;
    workshop.clear()?;
    Ok(report)
}

fn plan_of(options: &FetchOptions, dataset: &Dataset) -> JournalPlan {
    JournalPlan {
        version: JOURNAL_VERSION,
        // Not that of its indexes: which rows a part has depends on what was removed.
        snapshot: dataset.manifest().name(),
        part_rows: options.part_rows.get(),
        agent: options.online.options.agent.clone(),
        keep: options.keep.as_ref().map(KeepOptions::in_words).unwrap_or_default(),
        without_features: !options.features,
    }
}

/// Nobody waits for ever for a thread that panicked over what a stranger sent.
fn guarded<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    std::panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(Error::Stopped("fetch")))
}

/// The report lies in the dataset, for whoever comes later.
fn write_report(dir: &Path, report: &FetchReport) -> Result<(), Error> {
    let json = serde_json::to_string_pretty(report);
    let mut json = json.map_err(|error| arrow_schema::ArrowError::JsonError(error.to_string()))?;
    json.push('\n');
    Ok(write_atomically(&dir.join("fetch.json"), json.as_bytes())?)
}

/// Asks for all that is not done yet; the journal knows of everything when it returns.
fn fetch_all(
    options: &FetchOptions,
    dataset: &Dataset,
    plans: &[PartPlan],
    journal: &Journal,
    requests: &AtomicU64,
    interrupt: &AtomicBool,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<(), Error> {
    let gate = Gate { policy: dataset.manifest().policy() };
    let client = Client::new(options);
    let turns: Turns<Job> = Turns::new(options.manners.connections.get());
    let (asker, settler) =
        (Asker { options, client: &client, gate: &gate, requests }, Settler { options, gate: &gate });
    let (answered_by, answered) = bounded::<Answered>(options.threads.get() * 2);
    let (settled_by, settled) = bounded::<Result<Settled, Error>>(options.threads.get() * 4);
    let threads = |count: NonZeroUsize| 0..count.get();
    std::thread::scope(|scope| {
        for _ in threads(options.manners.hosts) {
            let (answered_by, settled_by) = (answered_by.clone(), settled_by.clone());
            let (asker, turns) = (&asker, &turns);
            scope.spawn(move || {
                while let Some(turn) = turns.next() {
                    let (host, given_up) = (turn.host, turn.given_up);
                    match guarded(|| asker.step(turn.job, given_up)) {
                        Ok(Step::Again(job, rest)) => turns.again(&host, job, rest),
                        Ok(Step::Elsewhere(job, rest)) => {
                            turns.done(&host, rest);
                            let next = job.place().host().to_owned();
                            turns.push(&next, job);
                        }
                        Ok(Step::Done(done)) => {
                            // Whoever was not asked need not rest.
                            let rest = match given_up {
                                Some(_) => Duration::ZERO,
                                None => options.online.pause_at(&host),
                            };
                            if given_up.is_none() {
                                turns.learn(&host, &done.server.0, done.server.1);
                            }
                            turns.done(&host, rest);
                            // Nobody takes it any more when it is over.
                            let _ = answered_by.send(done);
                        }
                        Err(error) => drop(settled_by.send(Err(error))),
                    }
                }
            });
        }
        for _ in threads(options.threads) {
            let (answered, settled_by, settler) = (answered.clone(), settled_by.clone(), &settler);
            scope.spawn(move || {
                for answered in &answered {
                    if settled_by.send(guarded(|| settler.settle(answered))).is_err() {
                        return;
                    }
                }
            });
        }
        // The channels end when those who send into them have ended.
        drop((answered_by, answered, settled_by));
        let mut desk = Desk::new(options, dataset, &gate, journal, plans, &turns);
        let result = (|| {
            loop {
                desk.open_parts()?;
                if desk.is_done() {
                    return Ok(());
                }
                progress(desk.progress());
                match settled.recv_timeout(PATIENCE) {
                    Ok(settled) => desk.take(settled?)?,
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => return Err(Error::Stopped("fetch")),
                }
                if interrupt.load(Ordering::Relaxed) {
                    return Err(Error::Interrupted);
                }
            }
        })();
        turns.end();
        // What is on the way is had already, and is written down as long as that goes well.
        let mut is_well = matches!(result, Ok(()) | Err(Error::Interrupted));
        for settled in &settled {
            is_well = is_well && settled.and_then(|settled| desk.take(settled)).is_ok();
        }
        progress(desk.progress());
        result
    })
}
