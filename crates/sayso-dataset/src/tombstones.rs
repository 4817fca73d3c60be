use std::fs::File;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use arrow_array::builder::{StringBuilder, TimestampMicrosecondBuilder, UInt32Builder, UInt64Builder};
use arrow_array::cast::AsArray;
use arrow_array::types::{TimestampMicrosecondType, UInt32Type, UInt64Type};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use sayso_core::{ReasonCode, Timestamp, Uid};

use crate::{DatasetError, FileEntry, ShardWriter};

static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
    let column = |name: &str, kind: DataType| Field::new(name, kind, false);
    let instant = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    Arc::new(Schema::new(vec![
        column("uid", DataType::Utf8),
        column("url_uid", DataType::Utf8),
        column("file", DataType::Utf8),
        column("row", DataType::UInt32),
        column("log", DataType::Utf8),
        column("entry", DataType::UInt64),
        column("reason", DataType::Utf8),
        column("removed_at", instant),
    ]))
});

/// What is left of a sample that was removed because of a claim: digests, and where it stood. It belongs to the claim and not to
/// the picture: the same picture elsewhere has a tombstone of its own, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tombstone {
    /// The sample's identity.
    pub uid: Uid,
    /// The identity of its picture's address, by [`url_uid`], so that the picture does not come back with another caption.
    pub url_uid: Uid,
    /// The shard that held it, as the manifest named it.
    pub file: String,
    /// The row in that shard.
    pub row: u32,
    /// The registry's origin.
    pub log: String,
    /// The number of the claim.
    pub entry: u64,
    /// The code of what the claim said.
    pub reason: ReasonCode,
    /// When it was removed.
    pub removed_at: Timestamp,
}

/// The identity of an address: that of the pair that it would be with no caption, which no sample is.
#[must_use]
pub fn url_uid(url: &str) -> Uid {
    Uid::of_pair(url, "")
}

/// Writes tombstones into the file `name` inside the dataset's folder `dir`.
pub fn write_tombstones(dir: &Path, name: &str, tombstones: &[Tombstone]) -> Result<FileEntry, DatasetError> {
    let mut shard = ShardWriter::create(dir, name, Arc::clone(&SCHEMA))?;
    for some in tombstones.chunks(8192) {
        shard.write(&batch_of(some).map_err(DatasetError::arrow(name))?)?;
    }
    shard.finish()
}

fn batch_of(tombstones: &[Tombstone]) -> Result<RecordBatch, arrow_schema::ArrowError> {
    let texts = |of: &dyn Fn(&Tombstone) -> String| {
        let mut column = StringBuilder::new();
        tombstones.iter().for_each(|stone| column.append_value(of(stone)));
        Arc::new(column.finish()) as ArrayRef
    };
    let (mut rows, mut entries) = (UInt32Builder::new(), UInt64Builder::new());
    let mut instants = TimestampMicrosecondBuilder::new();
    for stone in tombstones {
        rows.append_value(stone.row);
        entries.append_value(stone.entry);
        instants.append_value(stone.removed_at.as_micros());
    }
    let columns: Vec<ArrayRef> = vec![
        texts(&|stone| stone.uid.to_string()),
        texts(&|stone| stone.url_uid.to_string()),
        texts(&|stone| stone.file.clone()),
        Arc::new(rows.finish()),
        texts(&|stone| stone.log.clone()),
        Arc::new(entries.finish()),
        texts(&|stone| stone.reason.as_str().to_owned()),
        Arc::new(instants.finish().with_timezone("UTC")),
    ];
    RecordBatch::try_new(Arc::clone(&SCHEMA), columns)
}

/// Calls `each` with every tombstone of a file.
pub(crate) fn read_tombstones(path: &Path, mut each: impl FnMut(Tombstone)) -> Result<(), DatasetError> {
    let damaged =
        |what: &str| DatasetError::Damaged { file: path.to_owned(), message: format!("a tombstone has {what}") };
    scan(path, None, |batch| {
        let text = |name: &str| {
            let column = batch.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
            column.ok_or_else(|| damaged(&format!("no `{name}`")))
        };
        let number = |name: &str| batch.column_by_name(name).ok_or_else(|| damaged(&format!("no `{name}`")));
        let (uids, url_uids, files) = (text("uid")?, text("url_uid")?, text("file")?);
        let (logs, reasons) = (text("log")?, text("reason")?);
        let rows = number("row")?.as_primitive_opt::<UInt32Type>().ok_or_else(|| damaged("no row"))?;
        let entries = number("entry")?.as_primitive_opt::<UInt64Type>().ok_or_else(|| damaged("no entry"))?;
        let instants = number("removed_at")?.as_primitive_opt::<TimestampMicrosecondType>();
        let instants = instants.ok_or_else(|| damaged("no instant"))?;
        for row in 0..batch.num_rows() {
            each(Tombstone {
                uid: uids.value(row).parse().map_err(|_| damaged("a uid that is none"))?,
                url_uid: url_uids.value(row).parse().map_err(|_| damaged("a url_uid that is none"))?,
                file: files.value(row).to_owned(),
                row: rows.value(row),
                log: logs.value(row).to_owned(),
                entry: entries.value(row),
                reason: ReasonCode::stored(reasons.value(row).to_owned()),
                removed_at: Timestamp::from_micros(instants.value(row)),
            });
        }
        Ok(())
    })
}

/// Calls `each` with the shard and row of every tombstone of a file.
pub(crate) fn read_places(path: &Path, mut each: impl FnMut(&str, u32)) -> Result<(), DatasetError> {
    let damaged = || DatasetError::Damaged { file: path.to_owned(), message: "it has no places".to_owned() };
    scan(path, Some(&["file", "row"]), |batch| {
        let files = batch.column_by_name("file").and_then(|column| column.as_string_opt::<i32>());
        let rows = batch.column_by_name("row").and_then(|column| column.as_primitive_opt::<UInt32Type>());
        let (files, rows) = files.zip(rows).ok_or_else(damaged)?;
        for (file, row) in files.iter().zip(rows.values()) {
            each(file.unwrap_or_default(), *row);
        }
        Ok(())
    })
}

fn scan(
    path: &Path,
    columns: Option<&[&str]>,
    mut each: impl FnMut(&RecordBatch) -> Result<(), DatasetError>,
) -> Result<(), DatasetError> {
    let file = File::open(path).map_err(DatasetError::io(path))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(DatasetError::parquet(path))?;
    let mask = match columns {
        Some(columns) => ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied()),
        None => ProjectionMask::all(),
    };
    for batch in builder.with_projection(mask).build().map_err(DatasetError::parquet(path))? {
        each(&batch.map_err(DatasetError::arrow(path))?)?;
    }
    Ok(())
}
