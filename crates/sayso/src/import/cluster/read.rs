use std::collections::BTreeMap;
use std::path::Path;
use std::slice;
use std::sync::atomic::AtomicBool;

use arrow_array::RecordBatch;
use sayso_cluster::Failure;
use sayso_core::fail_on;
use sayso_dataset::DatasetError;
use serde::{Deserialize, Serialize};

use super::look::ToRead;
use super::settings::ReadSettings;
use crate::Error;
use crate::build::cluster::{Attempt, Job, OfInput, attempt, failure, lay_pairs, parsed, written};
use crate::build::{RunJournal, Workshop};
use crate::import::aside::{AsideFile, AsideReason};
use crate::import::gather::{Shelf, gather};
use crate::import::input::ImportInput;
use crate::import::lay_out::{Looked, look_at, of_input};
use crate::import::layout::Layout;
use crate::import::options::ImportOptions;
use crate::import::plan::ImportJournal;
use crate::import::report::AsideCount;

/// What came of an input.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ReadInput {
    pub(super) number: usize,
    pub(super) bytes: u64,
    pub(super) rows: u64,
    pub(super) pairs: u64,
    pub(super) aside: BTreeMap<AsideReason, AsideCount>,
    pub(super) undecoded: AsideCount,
    /// Why it could not be read. Then there is nothing of it.
    error: Option<String>,
}

impl OfInput for ReadInput {
    fn number(&self) -> usize {
        self.number
    }

    fn take_error(&mut self) -> Option<String> {
        self.error.take()
    }
}

/// Where the results of this step lie.
pub(super) const RESULTS: &str = "read";
/// Rows that became no pair.
pub(super) const ASIDE: &str = "aside";

/// The input's name.
pub(super) fn label(what: &str) -> String {
    super::look::label(what)
}

pub(super) fn call(what: &str, folder: &str) -> Result<String, Failure> {
    run(what, folder).map_err(|error| failure(&error))
}

fn run(what: &str, folder: &str) -> Result<String, Error> {
    let (what, job) = (parsed::<ToRead>(what)?, Job::open(folder)?);
    let (storage, number) = (job.storage.as_ref(), what.number);
    let name = format!("{RESULTS}/{number:06}.json");
    if let Some(done) = storage.read(&name)? {
        return Ok(String::from_utf8_lossy(&done).into_owned());
    }
    match attempt(storage, &format!("{number:06}"), |scratch| read(&what, &job, scratch))? {
        Ok(read) => {
            let json = written(&read)?;
            storage.write(&name, json.as_bytes())?;
            Ok(json)
        }
        Err(error) => written(&ReadInput { error: Some(error), ..ReadInput::of(number, &ImportJournal::of(""), 0) }),
    }
}

/// What came of reading an input: an error of the folder that one works in is none of the input.
pub(super) fn of_input_alone<T>(read: Result<T, Error>, scratch: &Path) -> Result<Attempt<T>, Error> {
    match read {
        Ok(read) => Ok(Ok(read)),
        Err(Error::File { file, source }) if file.starts_with(scratch) => Err(Error::File { file, source }),
        Err(Error::Dataset(DatasetError::Io { file, source })) if file.starts_with(scratch) => {
            Err(Error::Dataset(DatasetError::Io { file, source }))
        }
        Err(error) => Ok(Err(error.to_string())),
    }
}

impl ReadInput {
    fn of(number: usize, journal: &ImportJournal, bytes: u64) -> Self {
        let (aside, undecoded) = (journal.aside.clone(), journal.undecoded.clone());
        Self { number, bytes, rows: journal.rows, pairs: journal.pairs, aside, undecoded, error: None }
    }
}

/// Reads one input as an import of it alone would, into the columns of all, and lays down what is in it.
fn read(ToRead { number, input }: &ToRead, job: &Job, scratch: &Path) -> Result<Attempt<ReadInput>, Error> {
    fail_on(&input.name);
    let storage = job.storage.as_ref();
    let settings = ReadSettings::read(storage)?;
    let layout = settings.layout.clone().ok_or(Error::Stopped("decision on columns"))?.layout()?;
    let options = settings.reading(job, scratch);
    let workshop = Workshop::open(scratch)?;
    let mut journal = ImportJournal::of("");
    let path = scratch.join("aside.jsonl");
    let batches = {
        let mut aside = AsideFile::open(&path, 0, 0)?;
        let gathered = gathered(&options, input, &layout, &workshop, &mut journal, &mut aside);
        match of_input_alone(gathered, scratch)? {
            Ok(batches) => batches,
            Err(error) => return Ok(Err(error)),
        }
    };
    lay_pairs(&workshop, &mut journal, batches, storage, *number)?;
    if !journal.aside.is_empty() {
        storage.put(&path, &format!("{ASIDE}/{number:06}.jsonl"))?;
    }
    Ok(Ok(ReadInput::of(*number, &journal, input.bytes.unwrap_or_default())))
}

/// Looks at the columns of an input once more, and reads it.
fn gathered(
    options: &ImportOptions,
    input: &ImportInput,
    layout: &Layout,
    workshop: &Workshop,
    journal: &mut ImportJournal,
    aside: &mut AsideFile,
) -> Result<Vec<RecordBatch>, Error> {
    let Looked { schema, dataset } = look_at(input, options.header, &workshop.dir)?;
    let of_input = of_input(options, input, &schema, dataset.as_deref())?;
    let (inputs, layouts) = (slice::from_ref(input), slice::from_ref(&of_input));
    let shelf = Shelf { options, inputs, layouts, layout, workshop };
    gather(&shelf, journal, aside, &AtomicBool::new(false), &|_| ())
}
