use std::sync::atomic::AtomicBool;
use std::time::Instant;

use sayso_dataset::write_atomically;

use super::extract::extract;
use super::input::resolve_inputs;
use super::merge_runs::{FAN_IN, merge_runs};
use super::options::BuildOptions;
use super::plan::{Journal, Workshop, digest};
use super::report::{Progress, REPORT_VERSION, Report, Seconds};
use super::write::{ensure_index, write};
use crate::Error;

/// Builds a dataset, or goes on with a build that was stopped, or finds it built already.
///
/// When `interrupt` becomes true, the build stops at the next place from which it can go on.
pub fn build(
    options: &BuildOptions,
    interrupt: &AtomicBool,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Report, Error> {
    let mut inputs = resolve_inputs(&options.robots, options.prefix.as_deref(), true)?;
    inputs.extend(resolve_inputs(&options.inputs, options.prefix.as_deref(), false)?);
    let plan = digest(options, &inputs)?;
    if let Some(report) = finished(options, &plan)? {
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
        bytes_read: journal.bytes_read,
        bytes_written: written.manifest.samples.iter().map(|entry| entry.bytes).sum(),
        seconds: Seconds { extract: journal.extract_seconds, write: started.elapsed().as_secs_f64() },
    };
    let mut json =
        serde_json::to_vec_pretty(&report).map_err(|error| arrow_schema::ArrowError::JsonError(error.to_string()))?;
    json.push(b'\n');
    // The report goes first: a manifest without its report would look like somebody else's dataset to the next build.
    write_atomically(&options.out.join("report.json"), &json)?;
    written.manifest.publish(&options.out)?;
    workshop.clear()?;
    Ok(report)
}

/// The report of a dataset that is complete, if it was built by this very plan.
fn finished(options: &BuildOptions, plan: &str) -> Result<Option<Report>, Error> {
    if !options.out.join("CURRENT").exists() {
        return Ok(None);
    }
    let path = options.out.join("report.json");
    let report = fs_err::read(&path).ok().and_then(|json| serde_json::from_slice::<Report>(&json).ok());
    match report {
        Some(report) if report.plan == plan => {
            ensure_index(&options.writing())?;
            // What a build that was killed at its very end left behind.
            if options.out.join(".build").exists() {
                Workshop::open(&options.out)?.clear()?;
            }
            Ok(Some(report))
        }
        _ => {
            let message =
                "it holds a dataset of other inputs or another policy\nhint: choose an empty folder".to_owned();
            Err(Error::Output { dir: options.out.clone(), message })
        }
    }
}
