use std::path::Path;

use arrow_array::RecordBatch;
use crossbeam_channel::{Receiver, Sender, bounded};
use sayso_cluster::Failure;
use sayso_dataset::{ExclusionWriter, FileEntry, ShardWriter, read_exclusions};
use sayso_storage::is_address;
use serde::{Deserialize, Serialize};

use super::harm::attempt_step;
use super::job::Job;
use super::judge::{EXCLUSIONS, SAMPLES};
use super::part::Part;
use super::storage::storage_at;
use crate::Error;
use crate::library::{ShardIndex, ShardIndexer};

/// A file of the dataset that is to be written.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ToWrite {
    /// The folder of the judging that it is made of.
    pub(super) folder: String,
    /// The file's path inside the dataset.
    pub(super) file: String,
    /// Which of the files of its kind it is.
    pub(super) number: u32,
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

/// A file of the dataset that was written.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Wrote {
    pub(super) entry: FileEntry,
    /// Of a shard in a folder, what was indexed of it. An object store gets no indexes: those who copy the dataset make them,
    /// so that no word of it lies where it is not looked after.
    pub(super) index: Option<ShardIndex>,
}

/// Where it lies, in the job's folder, what was counted of a shard.
pub(super) fn facets_of(folder: &str, shard: u32) -> String {
    format!("{folder}/{}", ShardIndexer::facets(shard))
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
    if let Some(done) = job.storage.read(&name)? {
        let done = String::from_utf8_lossy(&done).into_owned();
        // What no manifest names is removed whenever a build starts.
        let wrote: Wrote = super::parsed(&done)?;
        let indexes = wrote.index.iter().flat_map(|index| ShardIndexer::files(what.number, &index.text));
        let mut is_there = wrote.index.is_none() || job.storage.has(&facets_of(&what.folder, what.number))?;
        for file in indexes.chain([what.file.clone()]) {
            is_there &= dataset.has(&file)?;
        }
        if is_there {
            return Ok(done);
        }
    }
    let wrote = attempt_step(job.storage.as_ref(), &what.file, |scratch| {
        let wrote = match &what.samples {
            Some(stretches) => shard(&what, stretches, &job, scratch)?,
            None => Wrote { entry: exclusions(&what, &job, scratch)?, index: None },
        };
        if wrote.index.is_some() {
            let counted = scratch.join(ShardIndexer::facets(what.number));
            job.storage.put(&counted, &facets_of(&what.folder, what.number))?;
        }
        let indexes = wrote.index.iter().flat_map(|index| ShardIndexer::files(what.number, &index.text));
        // The folder to work in is the job's, which is on the dataset's file system and goes with the job.
        for file in indexes.chain([what.file.clone()]) {
            dataset.put(&scratch.join(&file), &file)?;
        }
        Ok(wrote)
    })?;
    let wrote = super::written(&wrote)?;
    job.storage.write(&name, wrote.as_bytes())?;
    Ok(wrote)
}

fn shard(what: &ToWrite, stretches: &[Stretch], job: &Job, scratch: &Path) -> Result<Wrote, Error> {
    let index = |batches: Receiver<RecordBatch>| -> Result<Option<ShardIndex>, Error> {
        if is_address(&job.settings.out) {
            return Ok(None);
        }
        let mut indexer = ShardIndexer::create(scratch, what.number, job.settings.memory_bytes / 2)?;
        batches.iter().try_for_each(|batch| indexer.add(&batch))?;
        Ok(Some(indexer.finish()?))
    };
    // The last shards of a build are written by few machines: beside each other the two take half as long.
    std::thread::scope(|scope| {
        let (to_index, batches) = bounded(8);
        let indexing = scope.spawn(move || index(batches));
        let entry = write(what, stretches, job, scratch, &to_index);
        drop(to_index);
        let index = indexing.join().unwrap_or(Err(Error::Stopped("indexer")));
        // An indexer that failed is nobody's to send to, and its error is the one that explains.
        let index = index?;
        Ok(Wrote { entry: entry?, index })
    })
}

fn write(
    what: &ToWrite,
    stretches: &[Stretch],
    job: &Job,
    scratch: &Path,
    to_index: &Sender<RecordBatch>,
) -> Result<FileEntry, Error> {
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
            // Nobody listens where there is no index.
            let _ = to_index.send(batch);
        }
    }
    let writer = writer.ok_or(Error::Stopped("writer of an empty shard"))?;
    Ok(writer.finish()?)
}

fn exclusions(what: &ToWrite, job: &Job, scratch: &Path) -> Result<FileEntry, Error> {
    let mut writer = ExclusionWriter::create(scratch, &what.file)?;
    let folder = format!("{}/{EXCLUSIONS}", what.folder);
    for name in job.storage.list(&folder)? {
        let Some(part) = job.storage.local(&format!("{folder}/{name}"))? else { continue };
        append_exclusions(&mut writer, &part)?;
    }
    Ok(writer.finish()?)
}

/// Adds the exclusions of a file behind those that were added before.
pub(crate) fn append_exclusions(writer: &mut ExclusionWriter, part: &Path) -> Result<(), Error> {
    let mut pushed = Ok(());
    read_exclusions(part, |exclusion| {
        if pushed.is_ok() {
            pushed = writer.push(&exclusion);
        }
    })?;
    Ok(pushed?)
}
