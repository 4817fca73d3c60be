use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arrow_array::builder::StringBuilder;
use arrow_array::{ArrayRef, BooleanArray, RecordBatch};
use arrow_select::filter::filter_record_batch;
use sayso_core::Exclusion;
use sayso_dataset::{Dataset, DatasetError, FileEntry, ShardWriter};
use serde::{Deserialize, Serialize};

use super::report::RejudgeReport;
use super::rows::{Columns, RowJudge};
use crate::Error;

/// What became of a shard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum Outcome {
    /// Every row stands as it stood: the file goes on to serve.
    Same,
    /// It has a successor.
    Successor(FileEntry),
    /// No sample is left.
    Empty,
}

/// Judges one shard and writes its successor into `file`, a folder and a path inside it, if it needs one and that is given.
#[expect(clippy::too_many_arguments, reason = "one loop, in which everything meets")]
pub(super) fn rejudge_shard(
    dataset: &Dataset,
    number: usize,
    file: Option<(&Path, &str)>,
    judge: &mut RowJudge<'_>,
    report: &mut RejudgeReport,
    exclude: &mut dyn FnMut(&Exclusion) -> Result<(), Error>,
    interrupt: &AtomicBool,
    progress: &dyn Fn(&RejudgeReport),
) -> Result<Outcome, Error> {
    let path = dataset.manifest().samples.get(number).map(|entry| dataset.dir().join(&entry.file)).unwrap_or_default();
    let mut writer: Option<ShardWriter> = None;
    let (mut is_same, mut rows) = (true, 0);
    let mut write = || -> Result<(), Error> {
        for batch in dataset.shard(number)? {
            if interrupt.load(Ordering::Relaxed) {
                return Err(Error::Interrupted);
            }
            let (judged, same) = rejudge_batch(&batch?, &path, judge, report, exclude)?;
            is_same &= same;
            rows += judged.num_rows() as u64;
            if let Some((dir, name)) = file {
                let writer = match &mut writer {
                    Some(writer) => writer,
                    none => none.insert(ShardWriter::create(dir, name, judged.schema())?),
                };
                writer.write(&judged)?;
            }
            progress(report);
        }
        Ok(())
    };
    let result = write();
    match writer {
        Some(writer) if result.is_err() || is_same || rows == 0 => writer.abandon()?,
        Some(writer) => return Ok(Outcome::Successor(writer.finish()?)),
        None => {}
    }
    result?;
    Ok(if is_same { Outcome::Same } else { Outcome::Empty })
}

/// The rows of a batch that are still admitted, with their new verdicts; and whether all of it stands as it stood.
fn rejudge_batch(
    batch: &RecordBatch,
    path: &Path,
    judge: &mut RowJudge<'_>,
    report: &mut RejudgeReport,
    exclude: &mut dyn FnMut(&Exclusion) -> Result<(), Error>,
) -> Result<(RecordBatch, bool), Error> {
    let columns = Columns::of(batch, path)?;
    let (mut verdicts, mut codes, mut texts) = (StringBuilder::new(), StringBuilder::new(), StringBuilder::new());
    let mut admitted = Vec::with_capacity(batch.num_rows());
    let mut is_same = true;
    for row in 0..batch.num_rows() {
        let (ruling, exclusion) = judge.judge(&columns, row)?;
        let stance = ruling.verdict.stance;
        report.judged += 1;
        *report.verdicts.entry(stance).or_default() += 1;
        report.changed += u64::from(stance != columns.stance(row)?);
        is_same &= exclusion.is_none() && ruling.reasons == columns.reasons(row);
        admitted.push(exclusion.is_none());
        if let Some(exclusion) = exclusion {
            report.refused += 1;
            *report.refused_by_reason.entry(exclusion.code.as_str().to_owned()).or_default() += 1;
            exclude(&exclusion)?;
        }
        verdicts.append_value(stance.as_str());
        codes.append_value(ruling.verdict.reasons.first().map_or("", |reason| reason.code.as_str()));
        texts.append_value(&ruling.reasons);
    }
    let mut arrays = batch.columns().to_vec();
    for (name, array) in [("verdict", verdicts.finish()), ("reason", codes.finish()), ("reasons", texts.finish())] {
        let column = batch.schema().index_of(name).ok().and_then(|at| arrays.get_mut(at));
        let message = || format!("it has no column `{name}`");
        let slot = column.ok_or_else(|| DatasetError::Damaged { file: path.to_owned(), message: message() })?;
        *slot = Arc::new(array) as ArrayRef;
    }
    let judged = RecordBatch::try_new(batch.schema(), arrays)?;
    let judged = if is_same { judged } else { filter_record_batch(&judged, &BooleanArray::from(admitted))? };
    Ok((judged, is_same))
}
