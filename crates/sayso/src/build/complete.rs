use std::path::Path;

use sayso_dataset::{Manifest, write_atomically};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::options::Writing;
use super::plan::Workshop;
use super::write::ensure_index;
use crate::Error;

/// The report of a build or an import, which knows the plan that it is of.
pub(crate) trait PlanReport: Serialize + DeserializeOwned {
    /// The digest of the plan.
    fn plan(&self) -> &str;
}

/// The report of a dataset that is complete, if it was made by this very plan.
pub(crate) fn finished<R: PlanReport>(writing: &Writing<'_>, plan: &str) -> Result<Option<R>, Error> {
    let out = writing.out;
    if !out.join("CURRENT").exists() {
        return Ok(None);
    }
    let report = fs_err::read(out.join("report.json")).ok().and_then(|json| serde_json::from_slice::<R>(&json).ok());
    match report {
        Some(report) if report.plan() == plan => {
            // What one left behind that was killed at its very end; if it is still at it, the two are not to index beside each other.
            let left = out.join(".build").exists().then(|| Workshop::open(out)).transpose()?;
            if let Some(left) = &left {
                left.clear_but_for_lock()?;
            }
            ensure_index(writing)?;
            left.map_or(Ok(()), Workshop::clear)?;
            Ok(Some(report))
        }
        _ => {
            let message =
                "it holds a dataset of other inputs or other options\nhint: choose an empty folder".to_owned();
            Err(Error::Output { dir: out.to_owned(), message })
        }
    }
}

/// Makes what was written a dataset, for good.
pub(crate) fn complete<R: PlanReport>(
    out: &Path,
    report: &R,
    manifest: &Manifest,
    workshop: Workshop,
) -> Result<(), Error> {
    publish(out, report, manifest)?;
    workshop.clear()
}

/// Makes what was written a dataset, beside what is left of its making.
pub(super) fn publish<R: PlanReport>(out: &Path, report: &R, manifest: &Manifest) -> Result<(), Error> {
    // The report goes first: a manifest without its report would look like somebody else's dataset to the next start.
    write_report(out, report)?;
    Ok(manifest.publish(out)?)
}

/// Writes the report of a dataset.
pub(super) fn write_report<R: PlanReport>(out: &Path, report: &R) -> Result<(), Error> {
    let mut json =
        serde_json::to_vec_pretty(report).map_err(|error| arrow_schema::ArrowError::JsonError(error.to_string()))?;
    json.push(b'\n');
    Ok(write_atomically(&out.join("report.json"), &json)?)
}
