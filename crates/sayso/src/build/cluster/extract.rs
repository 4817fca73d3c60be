use std::path::Path;
use std::slice;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use sayso_cluster::{Failure, write_table};
use sayso_core::fail_on;
use sayso_crawl::blocks::Input;
use sayso_crawl::{Counts, DamageCounts};
use serde::{Deserialize, Serialize};

use super::harm::attempt;
use super::job::Job;
use super::part::{Key, PartWriter};
use super::rounds::OfInput;
use super::storage::Storage;
use crate::Error;
use crate::build::extract::{Pool, extract};
use crate::build::input::{InputFile, InputPlace};
use crate::build::merge::{Merge, SortedBatches};
use crate::build::merge_runs::{FAN_IN, merge_runs};
use crate::build::plan::{Journal, RunJournal, Workshop};
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

impl OfInput for Extracted {
    fn number(&self) -> usize {
        self.number
    }

    fn take_error(&mut self) -> Option<String> {
        self.error.take()
    }
}

/// Where the results of this step lie.
pub(super) const EXTRACTED: &str = "extracted";
/// Runs of candidate pairs.
pub(crate) const PAIRS: &str = "pairs";
/// Facts about sites.
pub(crate) const SITES: &str = "sites";
/// Samples of the keys of runs, by which ranges are cut.
pub(crate) const KEYS: &str = "keys";
/// The columns of these samples.
pub(super) static KEY_COLUMNS: LazyLock<SchemaRef> = LazyLock::new(|| {
    let column = |name, kind| Field::new(name, kind, false);
    let (domain, url) = (column("domain", DataType::Utf8), column("url", DataType::Utf8));
    Arc::new(Schema::new(vec![domain, url, column("rows", DataType::Int64)]))
});
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
    let storage = job.storage.as_ref();
    let read = |scratch: &Path| match read(&what, &job, scratch) {
        // The input's own fault, and not that of the storage that its pairs are written to.
        Err(error @ (Error::Crawl(_) | Error::Input { .. })) => Ok(Err(error.to_string())),
        read => read.map(Ok),
    };
    match attempt(storage, &format!("{:06}", what.number), read)? {
        Ok(extracted) => {
            let json = super::written(&extracted)?;
            storage.write(&name, json.as_bytes())?;
            Ok(json)
        }
        Err(error) => set_aside(&what, error),
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
    let Pool { batches, sites } = pool;
    let number = what.number;
    lay_pairs(&workshop, &mut journal, batches, job.storage.as_ref(), number)?;
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

/// Lays down the pairs of an input as one run, and every so many rows a key of them; nothing of nothing. They lie in the runs of
/// a workshop, and what did not fill another run in `batches`.
pub(crate) fn lay_pairs<J: RunJournal>(
    workshop: &Workshop,
    journal: &mut J,
    batches: Vec<RecordBatch>,
    storage: &dyn Storage,
    number: usize,
) -> Result<(), Error> {
    merge_runs(workshop, journal, FAN_IN)?;
    let mut sources = Vec::new();
    for run in journal.runs() {
        sources.push(Box::new(read_run(&workshop.dir.join(run))?) as SortedBatches);
    }
    sources.extend(batches.into_iter().map(|batch| Box::new(std::iter::once(Ok(batch))) as SortedBatches));
    let mut merge = Merge::keeping_all(sources)?;
    let path = workshop.dir.join("all-pairs.arrow");
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
    let columns = vec![texts(|key| &key.domain), texts(|key| &key.url), rows];
    let table = workshop.dir.join("keys.parquet");
    write_table(&table, &RecordBatch::try_new(Arc::clone(&KEY_COLUMNS), columns)?)?;
    storage.put(&table, &format!("{KEYS}/{number:06}.parquet"))?;
    storage.put(&path, &format!("{PAIRS}/{number:06}.arrow"))
}
