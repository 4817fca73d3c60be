use std::io::BufReader;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use sayso_cluster::Cluster;
use sayso_dataset::{DatasetError, FileEntry};

use super::COUNT_SHARD;
use super::shard::{COUNTED, Counted, ToCount, domains_of};
use crate::Error;
use crate::build::cluster::destination::{job_in, job_name};
use crate::build::cluster::{Drive, Settings, Shown, Storage, parsed, written};
use crate::build::{CaptionOptions, Grounds, Progress, Stage, Workshop, Writing, default_limits, digest_of};
use crate::library::{Library, Shelf};
use crate::summary::Measurements;
use crate::summary::domains::{DomainLog, read};
use crate::summary::measure::{Counts, Measured, NOT_SORTED, is_row};

/// Has all samples of the datasets in `dirs` counted by a cluster, as [`Measurements::of`] counts them. The folders have to be at the
/// same path on every machine.
pub fn measure_on(
    cluster: &Cluster,
    dirs: &[PathBuf],
    interrupt: &AtomicBool,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Measurements, Error> {
    let library = Library::open(dirs)?;
    let measured = |shelf| of_shelf(cluster, shelf, interrupt, progress);
    let all = library.shelves.iter().map(measured).collect::<Result<_, _>>()?;
    Ok(Measurements { library, all })
}

fn of_shelf(
    cluster: &Cluster,
    shelf: &Shelf,
    interrupt: &AtomicBool,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Measured, Error> {
    let (dir, manifest) = (shelf.dataset.dir(), shelf.dataset.manifest());
    // Nobody may make another snapshot meanwhile, whose shards would not be these.
    let workshop = Workshop::open(dir)?;
    let removed: Vec<&str> = manifest.tombstones.iter().map(|entry| entry.sha256.as_str()).collect();
    let job = job_name(&digest_of(&("count", &manifest.root, manifest.snapshot, removed))?);
    let storage = job_in(&workshop, &job)?;
    let out = std::path::absolute(dir).map_err(Error::file(dir))?;
    let (policy, captions) = (manifest.policy(), CaptionOptions::default());
    let writing = Writing {
        out: &out,
        policy: &policy,
        agent: &manifest.agent,
        limits: default_limits(),
        threads: NonZeroUsize::MIN,
        memory_bytes: 0,
        shard_rows: u64::MAX,
        captions: &captions,
        registry: None,
        kept_out: None,
    };
    let place = out.to_string_lossy().into_owned();
    Settings::of(&writing, true, &Grounds::default(), place)?.save(storage.as_ref())?;
    let drive = Drive::new(cluster, storage, interrupt, &|| false, progress);
    drive.clear_tries()?;
    let (counts, log) = counted(&drive, shelf)?;
    clear(workshop, &job)?;
    Measured::counted(shelf, counts, log)
}

/// Has all shards counted, and adds up what they come to.
fn counted(drive: &Drive<'_>, shelf: &Shelf) -> Result<(Counts, DomainLog), Error> {
    let (dir, manifest) = (shelf.dataset.dir(), shelf.dataset.manifest());
    let task = |(number, entry): (u32, &FileEntry)| {
        written(&ToCount { number, file: entry.file.clone(), root: manifest.root.clone() })
    };
    let tasks = (0..).zip(&manifest.samples).map(task).collect::<Result<Vec<_>, _>>()?;
    let total = Some(shelf.dataset.samples());
    let shown = Shown { stage: Stage::Count, results: COUNTED, total, of: samples };
    let (mut all, mut last_url) = (Counts::default(), String::new());
    let mut log = DomainLog::create().map_err(Error::file(dir))?;
    drive.each_shown(COUNT_SHARD, tasks.into_iter().map(Ok), &shown, |made| {
        let Counted { number, mut counts, first_url, last_url: last } = parsed(made)?;
        if let Some(first) = first_url {
            // A picture whose captions lie in two shards is one.
            if first == last_url && !first.is_empty() && !is_row(&first) {
                counts.pictures -= 1;
            }
            last_url = last;
        }
        all.append(counts);
        append_domains(drive.storage.as_ref(), number, &mut log, dir)
    })?;
    Ok((all, log))
}

fn append_domains(storage: &dyn Storage, number: u32, log: &mut DomainLog, dir: &Path) -> Result<(), Error> {
    let name = domains_of(number);
    let mut domains = BufReader::with_capacity(1 << 16, storage.open(&name)?);
    while let Some(count) = read(&mut domains).map_err(Error::file(&name))? {
        if !log.append(count).map_err(Error::file(dir))? {
            return Err(DatasetError::Damaged { file: dir.to_owned(), message: NOT_SORTED.to_owned() }.into());
        }
    }
    Ok(())
}

/// Removes what was laid down, and nothing of what somebody else left to go on from.
fn clear(workshop: Workshop, job: &str) -> Result<(), Error> {
    let folder = workshop.dir.join(job);
    fs_err::remove_dir_all(&folder).map_err(Error::file(&folder))?;
    if workshop.is_empty()? { workshop.clear() } else { Ok(()) }
}

fn samples(result: &str) -> (u64, u64) {
    parsed::<Counted>(result).map_or((0, 0), |counted| (counted.counts.samples, counted.counts.samples))
}
