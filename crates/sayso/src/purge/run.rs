use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use sayso_core::crash_point;
use sayso_dataset::{Dataset, remove_superseded, remove_unlisted, retire};

use super::beside::{clear_quotes, remove_journal};
use super::report::PurgeReport;
use super::shards::rewrite;
use crate::Error;
use crate::build::{Progress, Workshop};
use crate::fetch::forget_refused;
use crate::library::{Library, rebuild_index, remove_index_leftovers};
use crate::rejudge::publish;
use crate::vectors::keep_present;

/// How a dataset is purged.
#[derive(Debug, Clone)]
pub struct PurgeOptions {
    /// The dataset.
    pub dir: PathBuf,
    /// Threads for indexing.
    pub threads: NonZeroUsize,
    /// Memory for indexing.
    pub memory_bytes: usize,
}

/// Removes everything from a dataset's folder that its newest snapshot does not hold.
///
/// Whoever is interrupted, or killed, runs it again: what was done is not done twice, and the newest snapshot can be read at
/// any moment.
pub fn purge(
    options: &PurgeOptions,
    interrupt: &AtomicBool,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<PurgeReport, Error> {
    let dir = &options.dir;
    drop(Dataset::open(dir)?);
    let workshop = Workshop::open(dir)?;
    remove_unlisted(dir)?;
    let dataset = Dataset::open(dir)?;
    let old = dataset.manifest();
    let mut report = PurgeReport {
        dir: dir.clone(),
        from_snapshot: old.snapshot,
        snapshot: old.snapshot,
        samples: dataset.samples(),
        rows: dataset.removed().len(),
        ..PurgeReport::default()
    };
    if !dataset.removed().is_empty() {
        match rewrite(&dataset, &mut report, interrupt, progress) {
            Ok(shards) => publish(dir, old.policy(), old, shards, old.registry_head.clone())?,
            Err(error) => {
                remove_unlisted(dir)?;
                return Err(error);
            }
        }
        report.snapshot += 1;
    }
    crash_point("before what is purged is retired");
    let newest = Dataset::open(dir)?;
    retire(dir, newest.manifest())?;
    report.vectors = keep_present(&newest)?;
    // Indexes of removed rows hold their words; and of a run that was killed they may be missing.
    if report.vectors > 0 || Library::open(std::slice::from_ref(dir)).is_err() {
        rebuild_index(dir, options.memory_bytes, options.threads)?;
    }
    crash_point("before kept pictures go");
    remove_index_leftovers(dir)?;
    report.pictures = forget_refused(dir)?;
    report.files = clear_quotes(dir)? + remove_journal(dir)?;
    crash_point("before older snapshots go");
    let (snapshots, files) = remove_superseded(dir, newest.manifest())?;
    report.snapshots = snapshots;
    report.files += files;
    workshop.clear()?;
    Ok(report)
}
