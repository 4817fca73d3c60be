use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use sayso_dataset::{Dataset, remove_unlisted, retire, write_atomically};

use super::book::PartsBook;
use super::journal::{JOURNAL_VERSION, Journal, JournalPlan};
use super::keep::{KeepOptions, forget_refused, open_folder, remember};
use super::lanes::{Known, LanesFolder, gather, halt};
use super::options::FetchOptions;
use super::plan::{PartPlan, parts};
use super::report::FetchReport;
use super::snapshot::write_shards;
use super::warden::{Everywhere, HOSTS};
use super::work::{AllAtOnce, Work, fetch_all};
use crate::Error;
use crate::build::{Progress, Workshop};
use crate::library::{Library, rebuild_index};
use crate::online::Shared;
use crate::rejudge::publish;

/// Fetches the pictures of a dataset's newest snapshot and makes a snapshot of what was learned.
///
/// Whoever is interrupted, or killed, runs it again: what was had is not fetched twice. A snapshot comes to be as the last
/// step or not at all.
pub fn fetch(
    options: &FetchOptions,
    interrupt: &AtomicBool,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<FetchReport, Error> {
    Opened::open(options)?.finish(options, None, 0, interrupt, progress)
}

/// A dataset whose pictures are fetched, against everybody else.
pub(super) struct Opened {
    workshop: Workshop,
    pub(super) dataset: Dataset,
    pub(super) journal: Journal,
    pub(super) plans: Vec<PartPlan>,
    /// Until when hosts rest that were asked before.
    pub(super) rests: Known,
}

impl Opened {
    pub(super) fn open(options: &FetchOptions) -> Result<Self, Error> {
        // No workshop in a folder that is no dataset; and nobody else may make a snapshot of the one that is fetched here.
        drop(Dataset::open(&options.dir)?);
        let workshop = Workshop::open(&options.dir)?;
        remove_unlisted(&options.dir)?;
        let dataset = Dataset::open(&options.dir)?;
        let plan = plan_of(options, &dataset);
        // Workers of a cluster may still ask for somebody who was killed.
        let (lanes, now) = (LanesFolder::of(&options.dir), options.online.now());
        let mut rests = halt(&lanes, now)?;
        rests.add(Known::read(&options.dir.join(".fetch").join(HOSTS))?);
        rests.keep_from(now);
        rests.forgive();
        let (journal, goes_on) = Journal::open(&options.dir, &plan)?;
        gather(&lanes, &journal)?;
        if let Some(KeepOptions { folder, .. }) = &options.keep {
            open_folder(folder, goes_on)?;
            remember(&options.dir, folder)?;
        }
        let plans = parts(&dataset, options.part_rows.get())?;
        Ok(Self { workshop, dataset, journal, plans, rests })
    }

    /// The folder for what is not yet a dataset.
    #[cfg(feature = "cluster")]
    pub(super) fn workshop(&self) -> &Workshop {
        &self.workshop
    }

    /// Asks for all that is not known yet, and makes a snapshot of it. With `shared`, what sites say is taken from there, too;
    /// `requests` were sent before.
    pub(super) fn finish(
        self,
        options: &FetchOptions,
        shared: Option<&Shared>,
        requests: u64,
        interrupt: &AtomicBool,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<FetchReport, Error> {
        let Self { workshop, dataset, journal, plans, rests } = self;
        let requests = AtomicU64::new(requests);
        let (pause, now) = (options.online.options.pause, options.online.now());
        let everywhere = Arc::new(Everywhere::open(&journal, pause, now, &rests)?);
        let online = Arc::new(options.online.for_run(Arc::clone(&everywhere) as Arc<_>, shared)?);
        {
            let options = FetchOptions { online, ..options.clone() };
            let work = Work { options: &options, dataset: &dataset, warden: everywhere.as_ref(), requests: &requests };
            let book = PartsBook { options: &options, journal: &journal };
            fetch_all(&work, &plans, &mut AllAtOnce { interrupt, progress, requests: &requests }, &book)?;
        }
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
        drop(everywhere);
        journal.clear()?;
        workshop.clear()?;
        Ok(report)
    }
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

/// The report lies in the dataset, for whoever comes later.
fn write_report(dir: &Path, report: &FetchReport) -> Result<(), Error> {
    let json = serde_json::to_string_pretty(report);
    let mut json = json.map_err(|error| arrow_schema::ArrowError::JsonError(error.to_string()))?;
    json.push('\n');
    Ok(write_atomically(&dir.join("fetch.json"), json.as_bytes())?)
}
