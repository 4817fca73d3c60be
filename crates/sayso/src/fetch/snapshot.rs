//! The new snapshot: every shard with what came of its samples.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arrow_array::builder::{
    BinaryBuilder, StringBuilder, TimestampMicrosecondBuilder, UInt8Builder, UInt32Builder, UInt64Builder,
};
use arrow_array::cast::AsArray;
use arrow_array::types::{TimestampMicrosecondType, UInt8Type, UInt32Type, UInt64Type};
use arrow_array::{Array, ArrayRef, BooleanArray, RecordBatch};
use arrow_schema::{DataType, Field, Schema, TimeUnit};
use arrow_select::filter::filter_record_batch;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sayso_core::{Exclusion, ReasonCode};
use sayso_dataset::{Dataset, ExclusionWriter, FEATURES, FileEntry, ShardWriter};

use super::journal::{Journal, Line};
use super::plan::PartPlan;
use super::report::FetchReport;
use crate::Error;
use crate::rejudge::{Judged, STAGE};

/// Writes the shards of the next snapshot; nothing where no sample was asked for.
pub(super) fn write_shards(
    dataset: &Dataset,
    plans: &[PartPlan],
    journal: &Journal,
    report: &mut FetchReport,
    interrupt: &AtomicBool,
) -> Result<Option<Judged>, Error> {
    let snapshot = dataset.manifest().snapshot + 1;
    let mut exclusions: Option<ExclusionWriter> = None;
    let mut samples = Vec::new();
    for shard in 0..dataset.manifest().samples.len() {
        let plans: Vec<&PartPlan> = plans.iter().filter(|plan| plan.shard == shard).collect();
        let name = format!("{STAGE}/{snapshot:06}-{shard:05}.parquet");
        let mut exclude = |exclusion: Exclusion| -> Result<(), Error> {
            let writer = match &mut exclusions {
                Some(writer) => writer,
                none => none.insert(ExclusionWriter::create(
                    dataset.dir(),
                    &format!("{STAGE}/{snapshot:06}-exclusions.parquet"),
                )?),
            };
            Ok(writer.push(&exclusion)?)
        };
        samples.extend(write_shard(dataset, shard, &plans, &name, journal, report, &mut exclude, interrupt)?);
    }
    let exclusions = exclusions.map(ExclusionWriter::finish).transpose()?;
    if report.by_kind.is_empty() {
        return Ok(None);
    }
    let refused_by_reason = report.refused_by_reason.clone();
    Ok(Some(Judged { samples, exclusions, refused_by_reason, is_same: false }))
}

#[expect(clippy::too_many_arguments, reason = "one loop, in which everything meets")]
fn write_shard(
    dataset: &Dataset,
    shard: usize,
    plans: &[&PartPlan],
    name: &str,
    journal: &Journal,
    report: &mut FetchReport,
    exclude: &mut dyn FnMut(Exclusion) -> Result<(), Error>,
    interrupt: &AtomicBool,
) -> Result<Option<FileEntry>, Error> {
    let mut writer: Option<ShardWriter> = None;
    for plan in plans {
        if interrupt.load(Ordering::Relaxed) {
            if let Some(writer) = writer {
                writer.abandon()?;
            }
            return Err(Error::Interrupted);
        }
        let lines: HashMap<u32, Line> = journal.lines(plan.number)?.into_iter().map(|line| (line.row, line)).collect();
        let batch = dataset.rows(shard, plan.first, plan.rows)?;
        let (batch, refused) = with_outcomes(&batch, &lines, report)?;
        for exclusion in refused {
            exclude(exclusion)?;
        }
        if batch.num_rows() == 0 {
            continue;
        }
        let writer = match &mut writer {
            Some(writer) => writer,
            none => none.insert(ShardWriter::create(dataset.dir(), name, batch.schema())?),
        };
        writer.write(&batch)?;
    }
    Ok(writer.map(ShardWriter::finish).transpose()?)
}

/// Rows with what came of them, without those that are refused now, of which the exclusions are returned.
fn with_outcomes(
    batch: &RecordBatch,
    lines: &HashMap<u32, Line>,
    report: &mut FetchReport,
) -> Result<(RecordBatch, Vec<Exclusion>), Error> {
    let old = Old { batch };
    let rows = u32::try_from(batch.num_rows()).unwrap_or(u32::MAX);
    let (mut refused, mut admitted) = (Vec::new(), Vec::with_capacity(batch.num_rows()));
    let mut new = New::default();
    for row in 0..rows {
        let (line, at) = (lines.get(&row), row as usize);
        let outcome = line.map(|line| &line.outcome);
        match line {
            Some(line) => {
                let before = old.text("verdict", at).and_then(|verdict| verdict.parse().ok());
                report.count(old.text("url", at).unwrap_or_default(), before, &line.outcome, line.kept.is_some());
            }
            None => report.fresh += 1,
        }
        let code = outcome.and_then(|outcome| outcome.refused.as_ref());
        admitted.push(code.is_none());
        if let Some(code) = code {
            let uid = old.text("uid", at).and_then(|uid| uid.parse().ok());
            let uid = uid.ok_or_else(|| arrow_schema::ArrowError::SchemaError("a uid is none".to_owned()))?;
            refused.push(Exclusion { uid, code: ReasonCode::stored(code.clone()) });
        }
        new.add(&old, at, line);
    }
    let batch = new.finish(batch)?;
    let batch = if refused.is_empty() { batch } else { filter_record_batch(&batch, &BooleanArray::from(admitted))? };
    Ok((batch, refused))
}

/// What a row holds so far.
struct Old<'a> {
    batch: &'a RecordBatch,
}

impl<'a> Old<'a> {
    fn text(&self, name: &str, row: usize) -> Option<&'a str> {
        let column = self.batch.column_by_name(name)?.as_string_opt::<i32>()?;
        column.is_valid(row).then(|| column.value(row))
    }

    fn bytes(&self, name: &str, row: usize) -> Option<&'a [u8]> {
        let column = self.batch.column_by_name(name)?.as_binary_opt::<i32>()?;
        column.is_valid(row).then(|| column.value(row))
    }

    fn number<T: arrow_array::ArrowPrimitiveType>(&self, name: &str, row: usize) -> Option<T::Native> {
        let column = self.batch.column_by_name(name)?.as_primitive_opt::<T>()?;
        column.is_valid(row).then(|| column.value(row))
    }
}

/// The columns that fetching sets.
#[derive(Default)]
struct New {
    width: UInt32Builder,
    height: UInt32Builder,
    picture_bytes: UInt64Builder,
    sha256: StringBuilder,
    pdq: StringBuilder,
    pdq_quality: UInt8Builder,
    features: BinaryBuilder,
    verdict: StringBuilder,
    reason: StringBuilder,
    reasons: StringBuilder,
    fetch: StringBuilder,
    fetched_at: TimestampMicrosecondBuilder,
    etag: StringBuilder,
    last_modified: StringBuilder,
}

impl New {
    fn add(&mut self, old: &Old<'_>, row: usize, line: Option<&Line>) {
        let outcome = line.map(|line| &line.outcome);
        // What was not had says nothing new of the picture: what was known of it stands.
        match outcome.and_then(|outcome| outcome.facts.as_ref()) {
            Some(facts) => {
                self.width.append_option(facts.size.map(|(width, _)| width));
                self.height.append_option(facts.size.map(|(_, height)| height));
                self.picture_bytes.append_value(facts.bytes);
                self.sha256.append_value(&facts.sha256);
                self.pdq.append_option(facts.pdq.as_ref().map(|(pdq, _)| pdq));
                self.pdq_quality.append_option(facts.pdq.as_ref().map(|(_, quality)| *quality));
                match facts.features.as_ref().and_then(|text| STANDARD.decode(text).ok()) {
                    Some(features) => self.features.append_value(features),
                    // Those of the same file are the same, whether or not somebody wants them again.
                    None if old.text("sha256", row) == Some(facts.sha256.as_str()) => {
                        self.features.append_option(old.bytes(FEATURES, row));
                    }
                    None => self.features.append_null(),
                }
            }
            None => {
                self.width.append_option(old.number::<UInt32Type>("width", row));
                self.height.append_option(old.number::<UInt32Type>("height", row));
                self.picture_bytes.append_option(old.number::<UInt64Type>("picture_bytes", row));
                self.sha256.append_option(old.text("sha256", row));
                self.pdq.append_option(old.text("pdq", row));
                self.pdq_quality.append_option(old.number::<UInt8Type>("pdq_quality", row));
                self.features.append_option(old.bytes(FEATURES, row));
            }
        }
        let ruling = outcome.and_then(|outcome| outcome.ruling.as_ref());
        let stored = |name| old.text(name, row).unwrap_or_default();
        self.verdict.append_value(ruling.map_or_else(|| stored("verdict"), |ruling| ruling.verdict.as_str()));
        self.reason.append_value(ruling.map_or_else(|| stored("reason"), |ruling| &ruling.reason));
        self.reasons.append_value(ruling.map_or_else(|| stored("reasons"), |ruling| &ruling.reasons));
        match outcome {
            Some(outcome) => {
                self.fetch.append_value(outcome.kind.as_str());
                self.fetched_at.append_value(outcome.at.as_micros());
                let is_same = outcome.facts.is_none();
                let of = |new: &'_ Option<String>, name| match (new, is_same) {
                    (Some(new), _) => Some(new.clone()),
                    (None, true) => old.text(name, row).map(str::to_owned),
                    (None, false) => None,
                };
                self.etag.append_option(of(&outcome.etag, "etag"));
                self.last_modified.append_option(of(&outcome.last_modified, "last_modified"));
            }
            None => {
                self.fetch.append_option(old.text("fetch", row));
                self.fetched_at.append_option(old.number::<TimestampMicrosecondType>("fetched_at", row));
                self.etag.append_option(old.text("etag", row));
                self.last_modified.append_option(old.text("last_modified", row));
            }
        }
    }

    /// The columns in the place of those of the same names, or behind all others.
    fn finish(mut self, batch: &RecordBatch) -> Result<RecordBatch, Error> {
        let instant = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
        let columns: [(&str, ArrayRef); 14] = [
            ("width", Arc::new(self.width.finish())),
            ("height", Arc::new(self.height.finish())),
            ("picture_bytes", Arc::new(self.picture_bytes.finish())),
            ("sha256", Arc::new(self.sha256.finish())),
            ("pdq", Arc::new(self.pdq.finish())),
            ("pdq_quality", Arc::new(self.pdq_quality.finish())),
            ("verdict", Arc::new(self.verdict.finish())),
            ("reason", Arc::new(self.reason.finish())),
            ("reasons", Arc::new(self.reasons.finish())),
            ("fetch", Arc::new(self.fetch.finish())),
            ("fetched_at", Arc::new(self.fetched_at.finish().with_data_type(instant))),
            ("etag", Arc::new(self.etag.finish())),
            ("last_modified", Arc::new(self.last_modified.finish())),
            (FEATURES, Arc::new(self.features.finish())),
        ];
        let mut fields: Vec<Arc<Field>> = batch.schema().fields().iter().map(Arc::clone).collect();
        let mut arrays = batch.columns().to_vec();
        for (name, array) in columns {
            match batch.schema().index_of(name).ok().and_then(|at| arrays.get_mut(at)) {
                Some(slot) => *slot = array,
                None => {
                    fields.push(Arc::new(Field::new(name, array.data_type().clone(), true)));
                    arrays.push(array);
                }
            }
        }
        Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)?)
    }
}
