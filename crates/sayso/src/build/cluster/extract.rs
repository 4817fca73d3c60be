use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::slice;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use sayso_cluster::{Failure, write_table};
use sayso_core::fail_on;
use sayso_crawl::blocks::Input;
use sayso_crawl::{Counts, DamageCounts};
use serde::{Deserialize, Serialize};

use super::job::Job;
use super::part::{Key, PartWriter};
use crate::Error;
use crate::build::extract::{Pool, extract};
use crate::build::input::{InputFile, InputPlace};
use crate::build::merge::{Merge, SortedBatches};
use crate::build::merge_runs::{FAN_IN, merge_runs};
use crate::build::plan::{Journal, Workshop};
use crate::build::runs::read_run;
use crate::build::write::merged_sites;

/// A crawl file that is to be read.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ToExtract {
    /// Which of the inputs, in the order of the build.
    pub(super) number: usize,
    pub(super) place: InputPlace,
    pub(super) name: String,
    pub(super) bytes: Option<u64>,
    pub(super) robots_only: bool,
}

/// What came of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Extracted {
    pub(super) number: usize,
    pub(super) counts: Counts,
    pub(super) damage: DamageCounts,
    pub(super) bytes_read: u64,
    pub(super) has_sites: bool,
    /// Why it could not be read. Then there is nothing of it.
    pub(super) error: Option<String>,
}

/// Where the results of this step lie.
pub(super) const EXTRACTED: &str = "extracted";
/// Runs of candidate pairs.
pub(super) const PAIRS: &str = "pairs";
/// Facts about sites.
pub(super) const SITES: &str = "sites";
/// Samples of the keys of runs, by which ranges are cut.
pub(super) const KEYS: &str = "keys";
/// A file for each try that has not ended. A worker that dies leaves it.
pub(super) const TRIES: &str = "tries";

/// Workers that may die over one input until it is set aside.
const DEATHS: usize = 3;

/// Rows that one key stands for.
const KEY_ROWS: usize = 1024;

/// The input's name.
pub(super) fn label(what: &str) -> String {
    super::parsed::<ToExtract>(what).map(|what| what.name).unwrap_or_default()
}

pub(super) fn call(what: &str, folder: &str) -> Result<String, Failure> {
    run(what, folder).map_err(|error| super::failure(&error))
}

fn run(what: &str, folder: &str) -> Result<String, Error> {
    let (what, job) = (super::parsed::<ToExtract>(what)?, Job::open(folder)?);
    let name = format!("{EXTRACTED}/{:06}.json", what.number);
    if let Some(done) = job.storage.read(&name)? {
        return Ok(String::from_utf8_lossy(&done).into_owned());
    }
    let prefix = format!("{:06}-", what.number);
    let tries = job.storage.list(TRIES)?.iter().filter(|name| name.starts_with(&prefix)).count();
    if tries >= DEATHS {
        return set_aside(&what, format!("it ended the worker that read it {tries} times"));
    }
    let scratch = job.storage.scratch()?;
    let unique = scratch.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
    let attempt = format!("{TRIES}/{prefix}{unique}");
    job.storage.write(&attempt, b"")?;
    let tried = catch_unwind(AssertUnwindSafe(|| read(&what, &job, scratch.path())));
    job.storage.remove(&attempt)?;
    match tried {
        Ok(Ok(extracted)) => {
            let json = super::written(&extracted)?;
            job.storage.write(&name, json.as_bytes())?;
            Ok(json)
        }
        // The input's own fault, and not that of the storage that its pairs are written to.
        Ok(Err(error @ (Error::Crawl(_) | Error::Input { .. }))) => set_aside(&what, error.to_string()),
        Ok(Err(error)) => Err(error),
        Err(panic) => set_aside(&what, format!("it made the program panic: {}", said(panic.as_ref()))),
    }
}

fn set_aside(what: &ToExtract, error: String) -> Result<String, Error> {
    super::written(&Extracted {
        number: what.number,
        counts: Counts::default(),
        damage: DamageCounts::default(),
        bytes_read: 0,
        has_sites: false,
        error: Some(error),
    })
}

/// The words of a panic.
fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "without a word".to_owned())
}

/// Reads one input as a build of it alone would, and lays down what is in it.
fn read(what: &ToExtract, job: &Job, scratch: &Path) -> Result<Extracted, Error> {
    fail_on(&what.name);
    let input = InputFile::at(what.place.clone(), what.name.clone(), what.bytes, what.robots_only);
    let workshop = Workshop::open(scratch)?;
    let mut journal = Journal::default();
    let never = AtomicBool::new(false);
    let options = job.reading(scratch);
    let pool = extract(&options, slice::from_ref(&input), &workshop, &mut journal, &never, &|_| ())?;
    debug_assert_eq!(input.name(), what.name);
    merge_runs(&workshop, &mut journal, FAN_IN)?;
    let Pool { batches, sites } = pool;
    let number = what.number;
    let mut sources = Vec::new();
    for run in &journal.runs {
        sources.push(Box::new(read_run(&workshop.dir.join(run))?) as SortedBatches);
    }
    sources.extend(batches.into_iter().map(|batch| Box::new(std::iter::once(Ok(batch))) as SortedBatches));
    write_pairs(Merge::keeping_all(sources)?, job, scratch, number)?;
    let sites = merged_sites(&workshop, &journal, sites)?;
    if let Some(path) = &sites {
        job.storage.put(path, &format!("{SITES}/{number:06}.rows"))?;
    }
    Ok(Extracted {
        number,
        counts: journal.counts,
        damage: journal.damage,
        bytes_read: input.read.load(Ordering::Relaxed),
        has_sites: sites.is_some(),
        error: None,
    })
}

/// Lays down the pairs as one run, and every so many rows a key of them; nothing of nothing.
fn write_pairs(mut merge: Merge, job: &Job, scratch: &Path, number: usize) -> Result<(), Error> {
    let path = scratch.join("pairs.arrow");
    let mut part: Option<PartWriter> = None;
    let mut keys: Vec<(Key, i64)> = Vec::new();
    while let Some(merged) = merge.next_batch()? {
        let batch = merged.batch;
        for first in (0..batch.num_rows()).step_by(KEY_ROWS) {
            let rows = KEY_ROWS.min(batch.num_rows() - first);
            keys.push((Key::of(&batch, first)?, i64::try_from(rows).unwrap_or(i64::MAX)));
        }
        let part = match &mut part {
            Some(part) => part,
            none => none.insert(PartWriter::create(&path, &batch.schema())?),
        };
        part.write_sorted(&batch)?;
    }
    let Some(part) = part else { return Ok(()) };
    part.finish()?;
    let texts = |of: fn(&Key) -> &str| -> ArrayRef {
        Arc::new(keys.iter().map(|(key, _)| Some(of(key))).collect::<StringArray>())
    };
    let rows: ArrayRef = Arc::new(keys.iter().map(|(_, rows)| *rows).collect::<Int64Array>());
    let columns = [("domain", texts(|key| &key.domain)), ("url", texts(|key| &key.url)), ("rows", rows)];
    let table = scratch.join("keys.parquet");
    write_table(&table, &RecordBatch::try_from_iter(columns)?)?;
    job.storage.put(&table, &format!("{KEYS}/{number:06}.parquet"))?;
    job.storage.put(&path, &format!("{PAIRS}/{number:06}.arrow"))
}
