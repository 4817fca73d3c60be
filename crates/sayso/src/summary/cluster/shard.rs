use std::fs::File;
use std::path::Path;

use sayso_cluster::Failure;
use sayso_core::fail_on;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::build::cluster::{Job, attempt_shard, failure, opened, parsed, written};
use crate::library::each_sample_of;
use crate::summary::domains::DomainLog;
use crate::summary::measure::{COLUMNS, Counts, Reader};

/// A shard whose samples are to be counted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ToCount {
    /// Which of the snapshot's shards.
    pub(super) number: u32,
    /// Its file.
    pub(super) file: String,
    /// The root of the snapshot.
    pub(super) root: String,
}

/// What its samples come to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Counted {
    pub(super) number: u32,
    pub(super) counts: Counts,
    /// The address of its first sample, if it has any, and of its last.
    pub(super) first_url: Option<String>,
    pub(super) last_url: String,
}

/// Where the results of this step lie.
pub(super) const COUNTED: &str = "counted";

/// Where the domains of a shard lie, as a log has them.
pub(super) fn domains_of(number: u32) -> String {
    format!("domains/{number:06}.log")
}

/// The shard's file.
pub(super) fn label(what: &str) -> String {
    parsed::<ToCount>(what).map(|what| what.file).unwrap_or_default()
}

pub(super) fn call(what: &str, folder: &str) -> Result<String, Failure> {
    run(what, folder).map_err(|error| failure(&error))
}

fn run(what: &str, folder: &str) -> Result<String, Error> {
    let (what, job) = (parsed::<ToCount>(what)?, Job::open(folder)?);
    let storage = job.storage.as_ref();
    let name = format!("{COUNTED}/{:06}.json", what.number);
    if let Some(done) = storage.read(&name)? {
        return Ok(String::from_utf8_lossy(&done).into_owned());
    }
    let counted = attempt_shard(storage, &what.file, |scratch| {
        let path = scratch.join("domains");
        let counted = count(&what, &job, &path)?;
        // Before the result that speaks of it.
        storage.put(&path, &domains_of(what.number))?;
        Ok(counted)
    })?;
    let counted = written(&counted)?;
    storage.write(&name, counted.as_bytes())?;
    Ok(counted)
}

/// Counts as one machine counts all shards; the domains go to a file.
fn count(what: &ToCount, job: &Job, path: &Path) -> Result<Counted, Error> {
    fail_on(&what.file);
    let dataset = opened(&job.settings.out, &what.root)?;
    let log = DomainLog::over(File::create(path).map_err(Error::file(path))?);
    let mut reader = Reader::new(log);
    each_sample_of(&dataset, what.number, &COLUMNS, |batch| reader.read(batch, dataset.dir()))?;
    let Reader { counts, log, first_url, last_url } = reader;
    log.finish().map_err(Error::file(path))?;
    Ok(Counted { number: what.number, counts, first_url, last_url })
}
