use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use arrow_array::RecordBatch;
use crossbeam_channel::{Receiver, Sender, bounded};
use sayso_core::{Exclusion, Stance};
use sayso_dataset::{ExclusionWriter, FileEntry, Manifest, ShardWriter};

use super::captions::Captions;
use super::extract::Pool;
use super::facts::Facts;
use super::judge::Judge;
use super::merge::{Merge, SortedBatches};
use super::options::Writing;
use super::plan::{RunJournal, Workshop};
use super::report::{Progress, Stage};
use super::runs::read_run;
use super::sitestore::{SiteStore, merge_rows, write_rows};
use crate::Error;
use crate::library::{rebuild_index, snapshot_id};

/// What the second phase made.
pub(crate) struct Written {
    pub(crate) manifest: Manifest,
    pub(crate) verdicts: BTreeMap<Stance, u64>,
    pub(crate) duplicates: u64,
    /// Captions with personal data, by kind.
    pub(crate) personal: BTreeMap<String, u64>,
}

/// Samples of one shard, on their way to the file.
struct Slice {
    shard: u32,
    batch: RecordBatch,
}

/// Merges, judges, writes and indexes.
pub(crate) fn write(
    options: &Writing<'_>,
    workshop: &Workshop,
    journal: &impl RunJournal,
    pool: Pool,
    interrupt: &AtomicBool,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Written, Error> {
    let store = site_store(workshop, journal, pool.sites)?;
    let facts = Facts::new(store, options.agent, options.limits);
    let mut judge = Judge::new(
        facts,
        options.policy.clone(),
        Captions::new(options.captions),
        options.registry.cloned(),
        options.kept_out.cloned(),
    )?;
    let mut sources: Vec<SortedBatches> = Vec::new();
    for run in journal.runs() {
        sources.push(Box::new(read_run(&workshop.dir.join(run))?));
    }
    sources.extend(pool.batches.into_iter().map(|batch| Box::new(std::iter::once(Ok(batch))) as SortedBatches));
    let mut merge = Merge::new(sources)?;
    let (to_shards, shards_in) = bounded::<Slice>(4);
    let (to_index, index_in) = bounded::<Slice>(8);
    let (to_exclusions, exclusions_in) = bounded::<Vec<Exclusion>>(64);
    let (shards, exclusions, indexer, duplicates) = std::thread::scope(|scope| {
        let shard_thread = scope.spawn(move || write_shards(options, &shards_in));
        let index_thread = scope.spawn(move || index(options, &index_in));
        let exclusion_thread = scope.spawn(move || write_exclusions(options, &exclusions_in));
        let judged = judge_all(
            &mut merge,
            &mut judge,
            options,
            journal.pairs(),
            &[to_shards, to_index],
            &to_exclusions,
            interrupt,
            progress,
        );
        drop(to_exclusions);
        let stopped = |what| move |_| Error::Stopped(what);
        let shards = shard_thread.join().map_err(stopped("writer of shards"))?;
        let indexer = index_thread.join().map_err(stopped("indexer"))?;
        let exclusions = exclusion_thread.join().map_err(stopped("writer of exclusions"))?;
        // A thread that failed makes the others' channels close; its error is the one that explains.
        let shards = shards?;
        let indexer = indexer?;
        let exclusions = exclusions?;
        Ok::<_, Error>((shards, exclusions, indexer, judged?))
    })?;
    let (exclusion_files, by_reason) = exclusions;
    let tombstones = options.kept_out.map(|kept_out| kept_out.write(options.out)).transpose()?.unwrap_or_default();
    let manifest =
        Manifest::new(1, options.policy.clone(), options.agent.to_owned(), shards, exclusion_files, by_reason);
    let mut manifest = manifest.with_tombstones(tombstones);
    manifest.registry_head = options.registry.map(|registry| registry.head().clone());
    indexer.finish(snapshot_id(&manifest))?;
    Ok(Written { manifest, verdicts: judge.verdicts, duplicates, personal: judge.captions.personal })
}

/// The facts of all runs and of what is still in memory, looked up by key.
pub(super) fn site_store(
    workshop: &Workshop,
    journal: &impl RunJournal,
    rows: Vec<(String, String)>,
) -> Result<SiteStore, Error> {
    SiteStore::open(merged_sites(workshop, journal, rows)?.as_deref())
}

/// The same in one file; none where there are no facts.
pub(super) fn merged_sites(
    workshop: &Workshop,
    journal: &impl RunJournal,
    mut rows: Vec<(String, String)>,
) -> Result<Option<PathBuf>, Error> {
    let mut runs: Vec<_> = journal.site_runs().iter().map(|run| workshop.dir.join(run)).collect();
    if !rows.is_empty() {
        rows.sort_unstable();
        let path = workshop.dir.join("sites-rest.rows");
        write_rows(&path, rows.into_iter().map(Ok))?;
        runs.push(path);
    }
    if runs.is_empty() {
        return Ok(None);
    }
    let path = workshop.dir.join("sites.rows");
    merge_rows(&runs, &path)?;
    Ok(Some(path))
}

#[expect(clippy::too_many_arguments, reason = "the loop that everything meets in; a struct would only rename them")]
fn judge_all(
    merge: &mut Merge,
    judge: &mut Judge,
    options: &Writing<'_>,
    pairs: u64,
    outputs: &[Sender<Slice>; 2],
    exclusions: &Sender<Vec<Exclusion>>,
    interrupt: &AtomicBool,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<u64, Error> {
    let (mut written, mut judged) = (0_u64, 0_u64);
    while let Some(merged) = merge.next_batch()? {
        if interrupt.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        judged += merged.batch.num_rows() as u64;
        let found = judge.judge(&merged)?;
        if !found.exclusions.is_empty() && exclusions.send(found.exclusions).is_err() {
            return Err(Error::Stopped("writer of exclusions"));
        }
        let mut batch = found.samples;
        while batch.num_rows() > 0 {
            let shard = u32::try_from(written / options.shard_rows).unwrap_or(u32::MAX);
            let room = usize::try_from(options.shard_rows - written % options.shard_rows).unwrap_or(usize::MAX);
            let rows = batch.num_rows().min(room);
            let slice = batch.slice(0, rows);
            for output in outputs {
                if output.send(Slice { shard, batch: slice.clone() }).is_err() {
                    return Err(Error::Stopped("writer of samples"));
                }
            }
            written += rows as u64;
            batch = batch.slice(rows, batch.num_rows() - rows);
        }
        let done = judged + merge.duplicates;
        (progress)(Progress {
            stage: Stage::Write,
            done,
            total: Some(pairs),
            found: written,
            files: None,
            requests: None,
        });
    }
    Ok(merge.duplicates)
}

fn write_shards(options: &Writing<'_>, slices: &Receiver<Slice>) -> Result<Vec<FileEntry>, Error> {
    let mut done = Vec::new();
    let mut open: Option<(u32, ShardWriter)> = None;
    for Slice { shard, batch } in slices {
        if open.as_ref().is_none_or(|(number, _)| *number != shard) {
            if let Some((_, writer)) = open.take() {
                done.push(writer.finish()?);
            }
            open = Some((
                shard,
                ShardWriter::create(options.out, &format!("samples/{shard:05}.parquet"), batch.schema())?,
            ));
        }
        if let Some((_, writer)) = &mut open {
            writer.write(&batch)?;
        }
    }
    if let Some((_, writer)) = open {
        done.push(writer.finish()?);
    }
    Ok(done)
}

type Exclusions = (Vec<FileEntry>, BTreeMap<String, u64>);

fn write_exclusions(options: &Writing<'_>, exclusions: &Receiver<Vec<Exclusion>>) -> Result<Exclusions, Error> {
    let mut writer: Option<ExclusionWriter> = None;
    let mut by_reason: BTreeMap<String, u64> = BTreeMap::new();
    for exclusion in exclusions.iter().flatten() {
        let writer = match &mut writer {
            Some(writer) => writer,
            none => none.insert(ExclusionWriter::create(options.out, "exclusions/00000.parquet")?),
        };
        writer.push(&exclusion)?;
        *by_reason.entry(exclusion.code.as_str().to_owned()).or_default() += 1;
    }
    let files = writer.map(ExclusionWriter::finish).transpose()?;
    Ok((files.into_iter().collect(), by_reason))
}

fn index(options: &Writing<'_>, slices: &Receiver<Slice>) -> Result<crate::library::Indexer, Error> {
    let mut indexer = crate::library::Indexer::create(options.out, options.memory_bytes / 2, NonZeroUsize::MIN)?;
    for Slice { shard, batch } in slices {
        indexer.add(shard, &batch)?;
    }
    Ok(indexer)
}

/// Whether the indexes of a dataset are there; a build that was killed between manifest and index makes them again.
pub(super) fn ensure_index(options: &Writing<'_>) -> Result<(), Error> {
    if crate::library::Library::open(&[options.out.to_owned()]).is_ok() {
        return Ok(());
    }
    rebuild_index(options.out, options.memory_bytes / 2, options.threads)
}
