use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use sayso_dataset::{Dataset, FileEntry, ShardWriter};

use super::report::PurgeReport;
use crate::Error;
use crate::build::{Progress, Stage};
use crate::rejudge::{Judged, STAGE};

/// Writes the shards anew that hold removed rows; the others go on to serve.
pub(super) fn rewrite(
    dataset: &Dataset,
    report: &mut PurgeReport,
    interrupt: &AtomicBool,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Judged, Error> {
    let manifest = dataset.manifest();
    let (mut samples, mut first, mut done) = (Vec::new(), 0_u64, 0_u64);
    for (number, entry) in manifest.samples.iter().enumerate() {
        let end = first + entry.rows;
        let is_touched = dataset.removed().iter().any(|place| (first..end).contains(&place));
        first = end;
        if !is_touched {
            samples.push(entry.clone());
            done += entry.rows;
            continue;
        }
        let name = format!("{STAGE}/{:06}-{number:05}.parquet", manifest.snapshot + 1);
        let mut show = |rows: u64| {
            done += rows;
            let total = Some(dataset.samples());
            progress(Progress { stage: Stage::Write, done, total, found: done, files: None, requests: None });
        };
        samples.extend(write_shard(dataset, number, &name, interrupt, &mut show)?);
        report.shards += 1;
    }
    Ok(Judged { samples, exclusions: None, refused_by_reason: BTreeMap::new(), is_same: false })
}

/// Writes one shard without its removed rows; none where no row is left.
fn write_shard(
    dataset: &Dataset,
    number: usize,
    name: &str,
    interrupt: &AtomicBool,
    show: &mut dyn FnMut(u64),
) -> Result<Option<FileEntry>, Error> {
    let mut writer: Option<ShardWriter> = None;
    for batch in dataset.shard(number)? {
        let batch = batch?;
        if interrupt.load(Ordering::Relaxed) {
            writer.map(ShardWriter::abandon).transpose()?;
            return Err(Error::Interrupted);
        }
        if batch.num_rows() == 0 {
            continue;
        }
        let writer = match &mut writer {
            Some(writer) => writer,
            none => none.insert(ShardWriter::create(dataset.dir(), name, batch.schema())?),
        };
        writer.write(&batch)?;
        show(batch.num_rows() as u64);
    }
    Ok(writer.map(ShardWriter::finish).transpose()?)
}
