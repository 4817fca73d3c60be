use std::path::{Path, PathBuf};

use sayso_cluster::Failure;
use sayso_core::fail_on;
use serde::{Deserialize, Serialize};

use super::extract::SITES;
use super::gather::inside;
use super::harm::attempt_step;
use super::job::Job;
use crate::Error;
use crate::build::merge_runs::FAN_IN;
use crate::build::sitestore::merge_rows;

/// What crawls say of sites, pictures and revisits, all of them together, inside the folder of a judging.
pub(crate) const ALL_SITES: &str = "sites.rows";

/// What is to be merged.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ToMerge {
    /// The folder of the judging.
    pub(crate) folder: String,
    /// That in which facts lie, where they were gathered; else empty.
    pub(crate) pool: String,
}

/// The folder of the judging.
pub(super) fn label(what: &str) -> String {
    super::parsed::<ToMerge>(what).map(|what| what.folder).unwrap_or_default()
}

/// Merges the facts of all inputs into one file.
pub(super) fn call(what: &str, folder: &str) -> Result<String, Failure> {
    run(what, folder).map_err(|error| super::failure(&error))
}

fn run(what: &str, folder: &str) -> Result<String, Error> {
    let (what, job) = (super::parsed::<ToMerge>(what)?, Job::open(folder)?);
    let name = format!("{}/{ALL_SITES}", what.folder);
    if job.storage.has(&name)? {
        return Ok(name);
    }
    attempt_step(job.storage.as_ref(), "facts of sites", |scratch| {
        let all = merged(&what, &job, scratch)?;
        job.storage.put(&all, &name)
    })?;
    Ok(name)
}

fn merged(what: &ToMerge, job: &Job, scratch: &Path) -> Result<PathBuf, Error> {
    fail_on("facts of sites");
    let mut runs = Vec::new();
    let facts = inside(&what.pool, SITES);
    for name in job.storage.list(&facts)? {
        runs.extend(job.storage.local(&format!("{facts}/{name}"))?);
    }
    let mut serial = 0;
    let mut merge = |runs: &[PathBuf]| -> Result<PathBuf, Error> {
        let path = scratch.join(format!("{serial}.rows"));
        serial += 1;
        merge_rows(runs, &path)?;
        Ok(path)
    };
    // No more files are open at once than in a build on one machine.
    while runs.len() > FAN_IN {
        runs = runs.chunks(FAN_IN).map(&mut merge).collect::<Result<_, _>>()?;
    }
    merge(&runs)
}
