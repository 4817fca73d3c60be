use std::path::Path;

use arrow_array::RecordBatch;

use super::merge::{Merge, SortedBatches};
use super::plan::{RunJournal, Workshop};
use super::runs::{RunWriter, read_run};
use crate::Error;

/// Runs that are merged at once; each holds a batch in memory.
pub(crate) const FAN_IN: usize = 64;

/// Merges sorted batches into a run, without making one of equal pairs: that needs all runs.
pub(crate) fn write_run(path: &Path, batches: Vec<RecordBatch>) -> Result<(), Error> {
    let sources = batches.into_iter().map(|batch| Box::new(std::iter::once(Ok(batch))) as SortedBatches).collect();
    write_sources(path, sources)
}

/// Merges runs of pairs until few enough are left to be merged in one go.
pub(crate) fn merge_runs<J: RunJournal>(workshop: &Workshop, journal: &mut J, fan_in: usize) -> Result<(), Error> {
    let mut serial = journal.runs().len();
    while journal.runs().len() > fan_in {
        let group: Vec<String> = journal.runs().iter().take(fan_in).cloned().collect();
        let name = format!("pairs-m{serial:06}.arrow");
        serial += 1;
        let sources = group
            .iter()
            .map(|run| Ok(Box::new(read_run(&workshop.dir.join(run))?) as SortedBatches))
            .collect::<Result<Vec<_>, Error>>()?;
        write_sources(&workshop.dir.join(&name), sources)?;
        let left = journal.runs().iter().skip(group.len()).cloned().chain([name]).collect();
        *journal.runs_mut() = left;
        workshop.save(journal)?;
        for run in &group {
            sayso_dataset::remove_if_there(&workshop.dir.join(run))?;
        }
    }
    Ok(())
}

/// Merges sorted batches of all sources into a run, without making one of equal pairs.
pub(super) fn write_sources(path: &Path, sources: Vec<SortedBatches>) -> Result<(), Error> {
    let mut merge = Merge::keeping_all(sources)?;
    let mut run = None;
    while let Some(merged) = merge.next_batch()? {
        let run = match &mut run {
            Some(run) => run,
            none => none.insert(RunWriter::create(path, &merged.batch.schema())?),
        };
        run.write(&merged.batch)?;
    }
    // Of nothing comes a run of nothing: whoever counts runs counts on it.
    run.map_or_else(|| RunWriter::create(path, &sayso_crawl::pool_schema())?.finish(), RunWriter::finish)
}
