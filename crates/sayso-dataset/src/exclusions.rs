use std::fs::File;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use arrow_array::builder::StringBuilder;
use arrow_array::cast::AsArray;
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use sayso_core::{Exclusion, ReasonCode};

use crate::{DatasetError, FileEntry, ShardWriter};

static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
    let text = |name: &str| Field::new(name, DataType::Utf8, false);
    Arc::new(Schema::new(vec![text("uid"), text("reason")]))
});

/// The columns of exclusions.
#[must_use]
pub fn exclusion_schema() -> SchemaRef {
    Arc::clone(&SCHEMA)
}

/// Writes exclusions: the digest of each pair that was refused and the reason that decided, nothing of its content.
pub struct ExclusionWriter {
    shard: ShardWriter,
    uid: StringBuilder,
    reason: StringBuilder,
    pending: usize,
}

impl ExclusionWriter {
    /// Starts the file `name` inside the dataset's folder `dir`.
    pub fn create(dir: &Path, name: &str) -> Result<Self, DatasetError> {
        let shard = ShardWriter::create(dir, name, Arc::clone(&SCHEMA))?;
        Ok(Self { shard, uid: StringBuilder::new(), reason: StringBuilder::new(), pending: 0 })
    }

    /// Adds one exclusion.
    pub fn push(&mut self, exclusion: &Exclusion) -> Result<(), DatasetError> {
        let mut hex = [0; 32];
        exclusion.uid.write_hex(&mut hex);
        self.uid.append_value(std::str::from_utf8(&hex).unwrap_or_default());
        self.reason.append_value(exclusion.code.as_str());
        self.pending += 1;
        if self.pending >= 8192 { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), DatasetError> {
        self.pending = 0;
        let columns: Vec<ArrayRef> = vec![Arc::new(self.uid.finish()), Arc::new(self.reason.finish())];
        let batch = RecordBatch::try_new(Arc::clone(&SCHEMA), columns).map_err(DatasetError::arrow("exclusions"))?;
        self.shard.write(&batch)
    }

    /// Completes the file.
    pub fn finish(mut self) -> Result<FileEntry, DatasetError> {
        self.flush()?;
        self.shard.finish()
    }
}

/// Calls `each` with every exclusion of a file.
pub fn read_exclusions(path: &Path, mut each: impl FnMut(Exclusion)) -> Result<(), DatasetError> {
    let file = File::open(path).map_err(DatasetError::io(path))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(DatasetError::parquet(path))?;
    for batch in builder.build().map_err(DatasetError::parquet(path))? {
        let batch = batch.map_err(DatasetError::arrow(path))?;
        let column = |name: &str| {
            let array = batch.column_by_name(name).and_then(|array| array.as_string_opt::<i32>());
            array.ok_or_else(|| DatasetError::Damaged {
                file: path.to_owned(),
                message: format!("it has no column `{name}`"),
            })
        };
        let (uids, reasons) = (column("uid")?, column("reason")?);
        for (uid, reason) in uids.iter().zip(reasons) {
            let uid = uid.unwrap_or_default().parse();
            let uid =
                uid.map_err(|_| DatasetError::Damaged { file: path.to_owned(), message: "a uid is none".to_owned() })?;
            each(Exclusion { uid, code: ReasonCode::stored(reason.unwrap_or_default().to_owned()) });
        }
    }
    Ok(())
}
