use std::sync::atomic::AtomicBool;
use std::time::Instant;

use super::complete::{complete, finished};
use super::extract::extract;
use super::input::all_inputs;
use super::merge_runs::{FAN_IN, merge_runs};
use super::options::BuildOptions;
use super::plan::{Journal, Workshop, digest};
use super::report::{Progress, REPORT_VERSION, Report, Seconds};
use super::write::write;
use crate::Error;

/// Builds a dataset, or goes on with a build that was stopped, or finds it built already.
///
/// When `interrupt` becomes true, the build stops at the next place from which it can go on.
pub fn build(
    options: &BuildOptions,
    interrupt: &AtomicBool,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Report, Error> {
    let inputs = all_inputs(options)?;
    let plan = digest(options, &inputs)?;
    if let Some(report) = finished(&options.writing(), &plan)? {
        return Ok(report);
    }
    let workshop = Workshop::open(&options.out)?;
    let mut journal: Journal = workshop.journal(&plan)?;
    let pool = extract(options, &inputs, &workshop, &mut journal, interrupt, progress)?;
    let started = Instant::now();
    merge_runs(&workshop, &mut journal, FAN_IN)?;
    let written = write(&options.writing(), &workshop, &journal, pool, interrupt, progress)?;
    let report = Report {
        format: "sayso-report".to_owned(),
        version: REPORT_VERSION,
        plan,
        inputs: inputs.len() as u64,
        counts: journal.counts,
        samples: written.manifest.sample_rows(),
        exclusions: written.manifest.exclusion_rows(),
        exclusions_by_reason: written.manifest.exclusions_by_reason.clone(),
        verdicts: written.verdicts,
        duplicates: written.duplicates,
        personal: written.personal,
        damage: journal.damage.clone(),
        set_aside: Vec::new(),
        bytes_read: journal.bytes_read,
        bytes_written: written.manifest.samples.iter().map(|entry| entry.bytes).sum(),
        seconds: Seconds { extract: journal.extract_seconds, write: started.elapsed().as_secs_f64() },
    };
    complete(&options.out, &report, &written.manifest, workshop)?;
    Ok(report)
}
