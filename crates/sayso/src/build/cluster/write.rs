use std::path::Path;

use sayso_cluster::Failure;
use sayso_dataset::{ExclusionWriter, FileEntry, ShardWriter, read_exclusions};
use serde::{Deserialize, Serialize};

use super::job::Job;
use super::judge::{EXCLUSIONS, SAMPLES};
use super::part::Part;
use super::storage::storage_at;
use crate::Error;

/// A file of the dataset that is to be written.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ToWrite {
    /// The folder of the judging that it is made of.
    pub(super) folder: String,
    /// The file's path inside the dataset.
    pub(super) file: String,
    /// The samples that a shard is made of, in order; `None` for the file of all exclusions.
    pub(super) samples: Option<Vec<Stretch>>,
}

/// Rows of a judged range that follow each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stretch {
    pub(super) range: usize,
    pub(super) first: u64,
    pub(super) rows: u64,
}

/// Where the results of this step lie, inside the folder of the judging.
const WRITTEN: &str = "written";

/// The file's name.
pub(super) fn label(what: &str) -> String {
    super::parsed::<ToWrite>(what).map(|what| what.file).unwrap_or_default()
}

pub(super) fn call(what: &str, folder: &str) -> Result<String, Failure> {
    run(what, folder).map_err(|error| super::failure(&error))
}

fn run(what: &str, folder: &str) -> Result<String, Error> {
    let (what, job) = (super::parsed::<ToWrite>(what)?, Job::open(folder)?);
    let name = format!("{}/{WRITTEN}/{}.json", what.folder, what.file.replace('/', "-"));
    let dataset = storage_at(&job.settings.out)?;
    if let Some(done) = job.storage.read(&name)?
        // What no manifest names is removed whenever a build starts.
        && dataset.has(&what.file)?
    {
        return Ok(String::from_utf8_lossy(&done).into_owned());
    }
    // In the job's folder, which is on the dataset's file system and goes with the job.
    let scratch = job.storage.scratch()?;
    let entry = match &what.samples {
        Some(stretches) => shard(&what, stretches, &job, scratch.path())?,
        None => exclusions(&what, &job, scratch.path())?,
    };
    dataset.put(&scratch.path().join(&what.file), &what.file)?;
    let entry = super::written(&entry)?;
    job.storage.write(&name, entry.as_bytes())?;
    Ok(entry)
}

fn shard(what: &ToWrite, stretches: &[Stretch], job: &Job, scratch: &Path) -> Result<FileEntry, Error> {
    let mut writer: Option<ShardWriter> = None;
    for Stretch { range, first, rows } in stretches {
        let part = Part::open(job.storage.as_ref(), &format!("{}/{SAMPLES}/{range:06}.arrow", what.folder))?;
        for batch in part.rows(*first, *rows)? {
            let batch = batch?;
            let writer = match &mut writer {
                Some(writer) => writer,
                none => none.insert(ShardWriter::create(scratch, &what.file, batch.schema())?),
            };
            writer.write(&batch)?;
        }
    }
    let writer = writer.ok_or(Error::Stopped("writer of an empty shard"))?;
    Ok(writer.finish()?)
}

fn exclusions(what: &ToWrite, job: &Job, scratch: &Path) -> Result<FileEntry, Error> {
    let mut writer = ExclusionWriter::create(scratch, &what.file)?;
    let folder = format!("{}/{EXCLUSIONS}", what.folder);
    for name in job.storage.list(&folder)? {
        let mut failed = Ok(());
        let Some(part) = job.storage.local(&format!("{folder}/{name}"))? else { continue };
        read_exclusions(&part, |exclusion| {
            if failed.is_ok() {
                failed = writer.push(&exclusion);
            }
        })?;
        failed?;
    }
    Ok(writer.finish()?)
}
