use std::path::{Path, PathBuf};

use arrow_select::concat::concat_batches;
use sayso_cluster::{Failure, read_table, write_table};
use sayso_core::fail_on;
use serde::{Deserialize, Serialize};

use super::GATHER;
use super::drive::Drive;
use super::extract::{KEY_COLUMNS, KEYS, PAIRS, SITES};
use super::harm::attempt_step;
use super::job::Job;
use super::judging::ToRange;
use super::part::{Part, PartWriter};
use crate::Error;
use crate::build::merge::{Merge, SortedBatches};
use crate::build::merge_runs::FAN_IN;
use crate::build::plan::digest_of;
use crate::build::sitestore::merge_rows;

/// What neighbouring inputs gave, which is to become one run and one file of facts.
///
/// Each range is merged out of all runs. With a run for each file of a whole crawl that would be hundreds of millions of small
/// reads; with one for so many files it is what reading is meant to be.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct ToGather {
    /// Where the result comes to lie.
    folder: String,
    /// The first of the inputs.
    first: usize,
}

/// Inputs whose runs become one: as many as are merged in one go.
const INPUTS: usize = FAN_IN;

/// The first of the inputs.
pub(super) fn label(what: &str) -> String {
    super::parsed::<ToGather>(what).map(|what| format!("inputs from {} on", what.first)).unwrap_or_default()
}

pub(super) fn call(what: &str, folder: &str) -> Result<String, Failure> {
    run(what, folder).map_err(|error| super::failure(&error))
}

fn run(what: &str, folder: &str) -> Result<String, Error> {
    let (what, job) = (super::parsed::<ToGather>(what)?, Job::open(folder)?);
    let number = format!("{:06}", what.first);
    let done = format!("{}/done/{number}", what.folder);
    if job.storage.has(&done)? {
        return Ok(number);
    }
    attempt_step(job.storage.as_ref(), &format!("runs from {number} on"), |scratch| lay(&what, &job, scratch))?;
    job.storage.write(&done, b"")?;
    Ok(number)
}

/// Lays down what the inputs gave together.
fn lay(what: &ToGather, job: &Job, scratch: &Path) -> Result<(), Error> {
    let number = format!("{:06}", what.first);
    fail_on(&format!("runs from {number} on"));
    // Asked for one by one: the folder of a whole crawl has ninety thousand names, and there are many such tasks.
    let names = |folder: &str, ending: &str| -> Result<Vec<String>, Error> {
        let mut names = Vec::new();
        for input in what.first..what.first.saturating_add(INPUTS) {
            let name = format!("{folder}/{input:06}.{ending}");
            if job.storage.has(&name)? {
                names.push(name);
            }
        }
        Ok(names)
    };
    if let Some(path) = pairs(&names(PAIRS, "arrow")?, job, scratch)? {
        job.storage.put(&path, &format!("{}/{PAIRS}/{number}.arrow", what.folder))?;
    }
    keys(&names(KEYS, "parquet")?, what, job, scratch)?;
    let mut facts = Vec::new();
    for name in names(SITES, "rows")? {
        facts.extend(job.storage.local(&name)?);
    }
    if !facts.is_empty() {
        let path = scratch.join("sites.rows");
        merge_rows(&facts, &path)?;
        job.storage.put(&path, &format!("{}/{SITES}/{number}.rows", what.folder))?;
    }
    Ok(())
}

/// Merges runs into one that is sorted as they are; `None` where they are none.
fn pairs(names: &[String], job: &Job, scratch: &Path) -> Result<Option<PathBuf>, Error> {
    let mut sources: Vec<SortedBatches> = Vec::new();
    for name in names {
        let part = Part::open(job.storage.as_ref(), name)?;
        sources.push(Box::new(part.between(None, None)?));
    }
    let mut merge = Merge::keeping_all(sources)?;
    let path = scratch.join("pairs.arrow");
    let mut part: Option<PartWriter> = None;
    while let Some(merged) = merge.next_batch()? {
        let part = match &mut part {
            Some(part) => part,
            none => none.insert(PartWriter::create(&path, &merged.batch.schema())?),
        };
        part.write_sorted(&merged.batch)?;
    }
    part.map(PartWriter::finish).transpose().map(|finished| finished.map(|()| path))
}

/// Puts samples of keys into one table: whoever asks for all of them opens a file for each of the runs, and no more.
fn keys(names: &[String], what: &ToGather, job: &Job, scratch: &Path) -> Result<(), Error> {
    let mut batches = Vec::new();
    for name in names {
        if let Some(path) = job.storage.local(name)? {
            batches.extend(read_table(&path)?);
        }
    }
    if batches.is_empty() {
        return Ok(());
    }
    let path = scratch.join("keys.parquet");
    write_table(&path, &concat_batches(&KEY_COLUMNS, &batches)?)?;
    job.storage.put(&path, &format!("{}/{KEYS}/{:06}.parquet", what.folder, what.first))
}

/// The path of something in the folder of a gathering, or in the job's own where there was none.
pub(super) fn inside(gathered: &str, name: &str) -> String {
    if gathered.is_empty() { name.to_owned() } else { format!("{gathered}/{name}") }
}

impl Drive<'_> {
    /// Has runs of many inputs merged into fewer, and says in which folder they lie: the job's own where they were few.
    pub(super) fn gather(&self, pool: &ToRange<'_>) -> Result<String, Error> {
        if pool.inputs <= INPUTS {
            return Ok(String::new());
        }
        // An input that was set aside may be read when the build is started again: then it is another gathering.
        let lacking: Vec<&str> = pool.set_aside.iter().map(|aside| aside.input.as_str()).collect();
        let digest = digest_of(&lacking)?;
        let folder = format!("gathered-{}", digest.get(..16).unwrap_or(&digest));
        let task = |first| super::written(&ToGather { folder: folder.clone(), first });
        let tasks = (0..pool.inputs).step_by(INPUTS).map(task).collect::<Result<Vec<_>, _>>()?;
        self.each(GATHER, &tasks, |_| Ok(()))?;
        Ok(folder)
    }
}
