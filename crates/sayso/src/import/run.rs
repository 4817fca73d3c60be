use std::sync::atomic::AtomicBool;
use std::time::Instant;

use sayso_dataset::remove_if_there;

use super::aside::AsideFile;
use super::gather::gather;
use super::input::{ImportInput, resolve};
use super::lay_out::{LaidOut, lay_out, look_at};
use super::options::ImportOptions;
use super::plan::{ImportJournal, digest};
use super::report::{FORMAT, ImportReport, REPORT_VERSION};
use crate::Error;
use crate::build::{FAN_IN, Pool, Progress, Seconds, Workshop, complete, finished, merge_runs, write};

/// The file of rows that became no sample.
pub(super) const ASIDE: &str = "aside.jsonl";

/// Imports a dataset, or goes on with an import that was stopped, or finds it imported already.
///
/// When `interrupt` becomes true, it stops at the next place from which it can go on.
pub fn import(
    options: &ImportOptions,
    interrupt: &AtomicBool,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<ImportReport, Error> {
    let mut inputs = resolve(&options.inputs)?;
    let plan = digest(options, &inputs)?;
    if let Some(report) = finished(&options.writing(), &plan)? {
        return Ok(report);
    }
    let workshop = Workshop::open(&options.out)?;
    let mut journal: ImportJournal = workshop.journal(&plan)?;
    let look = |input: &ImportInput| look_at(input, options.header, &workshop.dir);
    let LaidOut { layouts, layout, reports, left_out, .. } = lay_out(options, &mut inputs, look)?;
    let (bytes, rows) = journal.aside_file;
    let aside_path = options.out.join(ASIDE);
    let mut aside = AsideFile::open(&aside_path, bytes, rows)?;
    let (started, seconds_before) = (Instant::now(), journal.read_seconds);
    let shelf =
        super::gather::Shelf { options, inputs: &inputs, layouts: &layouts, layout: &layout, workshop: &workshop };
    let batches = gather(&shelf, &mut journal, &mut aside, interrupt, progress)?;
    let read_seconds = started.elapsed().as_secs_f64() + seconds_before;
    drop(aside);
    if journal.aside.is_empty() {
        remove_if_there(&aside_path)?;
    }
    let started = Instant::now();
    merge_runs(&workshop, &mut journal, FAN_IN)?;
    let pool = Pool { batches, sites: Vec::new() };
    let written = write(&options.writing(), &workshop, &journal, pool, interrupt, progress)?;
    let report = ImportReport {
        format: FORMAT.to_owned(),
        version: REPORT_VERSION,
        plan,
        inputs: reports,
        left_out,
        rows: journal.rows,
        samples: written.manifest.sample_rows(),
        exclusions: written.manifest.exclusion_rows(),
        exclusions_by_reason: written.manifest.exclusions_by_reason.clone(),
        verdicts: written.verdicts,
        duplicates: written.duplicates,
        personal: written.personal,
        aside: journal.aside.clone(),
        undecoded: journal.undecoded.clone(),
        set_aside: Vec::new(),
        bytes_read: inputs.iter().filter_map(|input| input.bytes).sum(),
        bytes_written: written.manifest.samples.iter().map(|entry| entry.bytes).sum(),
        seconds: Seconds { extract: read_seconds, write: started.elapsed().as_secs_f64() },
    };
    complete(&options.out, &report, &written.manifest, workshop)?;
    Ok(report)
}
